use core::fmt;

/// The status in an answer. A search that hits has a permission in its place:
/// only [`Search`](super::command::Search) can tell them apart.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Ack {
    /// 00h.
    Success,
    /// 01h: it did not work; of a comparison, the finger is another one.
    Fail,
    /// 04h: the library is full.
    Full,
    /// 05h: there is no such template.
    NoUser,
    /// 06h: there is a template of this number.
    UserOccupied,
    /// 07h: the finger is in the library.
    FingerOccupied,
    /// 08h: nobody came in time.
    Timeout,
    /// 09h: no finger (some 1020A modules).
    TryAgain,
    /// Any other.
    Other(u8),
}

impl From<u8> for Ack {
    fn from(code: u8) -> Self {
        match code {
            0x00 => Self::Success,
            0x01 => Self::Fail,
            0x04 => Self::Full,
            0x05 => Self::NoUser,
            0x06 => Self::UserOccupied,
            0x07 => Self::FingerOccupied,
            0x08 => Self::Timeout,
            0x09 => Self::TryAgain,
            other => Self::Other(other),
        }
    }
}

impl Ack {
    /// The byte as it stands in the answer.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Success => 0x00,
            Self::Fail => 0x01,
            Self::Full => 0x04,
            Self::NoUser => 0x05,
            Self::UserOccupied => 0x06,
            Self::FingerOccupied => 0x07,
            Self::Timeout => 0x08,
            Self::TryAgain => 0x09,
            Self::Other(code) => code,
        }
    }

    /// What it says.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Success => "done",
            Self::Fail => "failed",
            Self::Full => "the library is full",
            Self::NoUser => "no such template",
            Self::UserOccupied => "the slot is in use",
            Self::FingerOccupied => "the finger is enrolled already",
            Self::Timeout => "nobody came in time",
            Self::TryAgain => "no finger on the sensor",
            Self::Other(_) => "unknown status",
        }
    }

    pub(super) const fn is_nobody(self) -> bool {
        matches!(self, Self::Timeout | Self::TryAgain)
    }
}

impl fmt::Display for Ack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({:02X}h)", self.meaning(), self.code())
    }
}
