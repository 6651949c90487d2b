use core::fmt;

/// Why a module refused: the parameter of a NACK.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Nack {
    /// 0 to 2999, of an enrolment: the finger is in the library as this one.
    Duplicate(u16),
    /// 1001h: the capture took too long.
    Timeout,
    /// 1002h: no such speed.
    BaudRate,
    /// 1003h: the library has no such slot.
    Position,
    /// 1004h: there is no template in the slot.
    NotUsed,
    /// 1005h: there is a template in the slot.
    Used,
    /// 1006h: the command arrived damaged.
    Communication,
    /// 1007h: the finger is not that of the slot.
    VerifyFailed,
    /// 1008h: the finger is that of no slot.
    IdentifyFailed,
    /// 1009h: the library is full.
    Full,
    /// 100Ah: the library is empty.
    Empty,
    /// 100Bh: an enrolment's commands in the wrong order.
    Order,
    /// 100Ch: too bad a fingerprint.
    BadFinger,
    /// 100Dh: the captures make no template.
    EnrolFailed,
    /// 100Eh: no such command.
    Unsupported,
    /// 100Fh: the module is broken, mostly its crypto chip.
    Device,
    /// 1010h: the capture was cancelled.
    Cancelled,
    /// 1011h: a parameter is wrong.
    Parameter,
    /// 1012h: no finger on the sensor.
    NotPressed,
    /// Any other.
    Other(u32),
}

/// The most templates that any model holds: GT-521F52.
const CAPACITY: u32 = 3_000;

impl From<u32> for Nack {
    fn from(code: u32) -> Self {
        match code {
            0x1001 => Self::Timeout,
            0x1002 => Self::BaudRate,
            0x1003 => Self::Position,
            0x1004 => Self::NotUsed,
            0x1005 => Self::Used,
            0x1006 => Self::Communication,
            0x1007 => Self::VerifyFailed,
            0x1008 => Self::IdentifyFailed,
            0x1009 => Self::Full,
            0x100A => Self::Empty,
            0x100B => Self::Order,
            0x100C => Self::BadFinger,
            0x100D => Self::EnrolFailed,
            0x100E => Self::Unsupported,
            0x100F => Self::Device,
            0x1010 => Self::Cancelled,
            0x1011 => Self::Parameter,
            0x1012 => Self::NotPressed,
            other => match u16::try_from(other) {
                Ok(slot) if other < CAPACITY => Self::Duplicate(slot),
                _ => Self::Other(other),
            },
        }
    }
}

impl Nack {
    /// The parameter as it stands in the response.
    #[must_use]
    pub const fn code(self) -> u32 {
        match self {
            Self::Duplicate(slot) => slot as u32,
            Self::Timeout => 0x1001,
            Self::BaudRate => 0x1002,
            Self::Position => 0x1003,
            Self::NotUsed => 0x1004,
            Self::Used => 0x1005,
            Self::Communication => 0x1006,
            Self::VerifyFailed => 0x1007,
            Self::IdentifyFailed => 0x1008,
            Self::Full => 0x1009,
            Self::Empty => 0x100A,
            Self::Order => 0x100B,
            Self::BadFinger => 0x100C,
            Self::EnrolFailed => 0x100D,
            Self::Unsupported => 0x100E,
            Self::Device => 0x100F,
            Self::Cancelled => 0x1010,
            Self::Parameter => 0x1011,
            Self::NotPressed => 0x1012,
            Self::Other(code) => code,
        }
    }

    /// What it says.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Duplicate(_) => "the finger is enrolled already",
            Self::Timeout => "the capture took too long",
            Self::BaudRate => "no such speed",
            Self::Position => "no such slot",
            Self::NotUsed => "no template in the slot",
            Self::Used => "the slot is in use",
            Self::Communication => "the command arrived damaged",
            Self::VerifyFailed => "not the finger of the slot",
            Self::IdentifyFailed => "the finger of no slot",
            Self::Full => "the library is full",
            Self::Empty => "the library is empty",
            Self::Order => "wrong order of an enrolment",
            Self::BadFinger => "too bad a fingerprint",
            Self::EnrolFailed => "the captures make no template",
            Self::Unsupported => "no such command",
            Self::Device => "the module is broken",
            Self::Cancelled => "the capture was cancelled",
            Self::Parameter => "wrong parameter",
            Self::NotPressed => "no finger on the sensor",
            Self::Other(_) => "unknown error",
        }
    }
}

impl fmt::Display for Nack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({:04X}h)", self.meaning(), self.code())
    }
}
