use core::fmt;

use crate::{Error, ErrorKind};

/// A short command APDU (ISO/IEC 7816-4:2013, 5.1): cases 1 to 4.
///
/// It borrows its data, which can be a secret; `Debug` shows the header and
/// lengths only.
///
/// ```
/// use embedded_pos::card::Command;
///
/// let select = Command::new(0x00, 0xA4, 0x04, 0x00).data(b"1PAY.SYS.DDF01").expect(256);
/// let mut buf = [0; Command::MAX];
/// let apdu = select.write_to(&mut buf)?;
/// assert_eq!(apdu[..5], [0x00, 0xA4, 0x04, 0x00, 14]);
/// assert_eq!(apdu.last(), Some(&0x00));
/// # Ok::<(), embedded_pos::card::ApduError>(())
/// ```
#[derive(Clone, Copy, Eq, PartialEq)]
#[must_use]
pub struct Command<'a> {
    header: [u8; 4],
    data: &'a [u8],
    expected: u16,
}

impl<'a> Command<'a> {
    /// The longest short command: header, Lc, 255 bytes, Le.
    pub const MAX: usize = 4 + 1 + 255 + 1;

    /// Case 1: no data, nothing expected but a status word.
    pub const fn new(cla: u8, ins: u8, p1: u8, p2: u8) -> Self {
        Self { header: [cla, ins, p1, p2], data: &[], expected: 0 }
    }

    /// With data, at most 255 bytes: cases 3 and 4. Empty data is none.
    pub const fn data(mut self, data: &'a [u8]) -> Self {
        self.data = data;
        self
    }

    /// With up to `expected` bytes of data in the response, at most 256, which
    /// means as many as there are: cases 2 and 4.
    pub const fn expect(mut self, expected: u16) -> Self {
        self.expected = expected;
        self
    }

    /// CLA, INS, P1 and P2.
    #[must_use]
    pub const fn header(&self) -> [u8; 4] {
        self.header
    }

    /// Writes the command to the front of `buf` and returns it.
    ///
    /// # Errors
    /// More data than 255 bytes, more expected than 256, or a `buf` that is too
    /// short ([`Command::MAX`] never is).
    pub fn write_to<'b>(&self, buf: &'b mut [u8]) -> Result<&'b [u8], ApduError> {
        let lc = u8::try_from(self.data.len()).map_err(|_| ApduError::TooLong)?;
        let le = match self.expected {
            0 => None,
            256 => Some(0),
            n => Some(u8::try_from(n).map_err(|_| ApduError::TooLong)?),
        };
        let lc = (lc > 0).then_some(lc);
        let parts = [&self.header, lc.as_slice(), self.data, le.as_slice()];
        let mut len = 0;
        for part in parts {
            let end = len + part.len();
            buf.get_mut(len..end).ok_or(ApduError::Buffer)?.copy_from_slice(part);
            len = end;
        }
        Ok(buf.get(..len).unwrap_or_default())
    }
}

impl fmt::Debug for Command<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [cla, ins, p1, p2] = self.header;
        let (lc, le) = (self.data.len(), self.expected);
        write!(f, "Command({cla:02X} {ins:02X} {p1:02X} {p2:02X}, {lc} bytes, expects {le})")
    }
}

/// A response APDU: data and a status word.
///
/// `Debug` shows the length of the data, not the data.
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct Response<'a> {
    data: &'a [u8],
    status: StatusWord,
}

impl<'a> Response<'a> {
    /// The longest response to a short command: 256 bytes and the status word.
    pub const MAX: usize = 256 + 2;

    /// Takes a response apart.
    ///
    /// # Errors
    /// It is shorter than a status word.
    pub const fn new(response: &'a [u8]) -> Result<Self, ApduError> {
        match response.split_last_chunk() {
            Some((data, [sw1, sw2])) => {
                Ok(Self { data, status: StatusWord(u16::from_be_bytes([*sw1, *sw2])) })
            }
            None => Err(ApduError::NoStatus),
        }
    }

    /// The data, without the status word.
    #[must_use]
    pub const fn data(&self) -> &'a [u8] {
        self.data
    }

    /// The status word.
    #[must_use]
    pub const fn status(&self) -> StatusWord {
        self.status
    }
}

impl fmt::Debug for Response<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Response({} bytes, {})", self.data.len(), self.status)
    }
}

/// SW1 and SW2 (ISO/IEC 7816-4:2013, 5.6).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct StatusWord(pub u16);

/// What a status word means, by its class (tables 5 and 6).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Meaning {
    /// 9000: done.
    Success,
    /// 61xx: done; this many more bytes (256 for 00) wait for GET RESPONSE.
    More(u16),
    /// 6Cxx: not done; this is the length to ask for (256 for 00).
    WrongLength(u16),
    /// 62xx: done, memory unchanged; look at SW2.
    Warning,
    /// 63Cx: done; the counter, such as of PIN tries left.
    Counter(u8),
    /// 63xx other than 63Cx: done, memory changed; look at SW2.
    WarningChanged,
    /// 64xx, 65xx, 66xx: execution failed.
    Failed,
    /// 67xx to 6Fxx: refused before execution.
    Refused,
    /// Anything else: the application's own.
    Other,
}

impl StatusWord {
    /// 9000.
    pub const SUCCESS: Self = Self(0x9000);

    /// SW1.
    #[must_use]
    pub const fn sw1(self) -> u8 {
        self.0.to_be_bytes()[0]
    }

    /// SW2.
    #[must_use]
    pub const fn sw2(self) -> u8 {
        self.0.to_be_bytes()[1]
    }

    /// Whether it is 9000.
    #[must_use]
    pub const fn is_success(self) -> bool {
        self.0 == Self::SUCCESS.0
    }

    /// What it means.
    #[must_use]
    pub const fn meaning(self) -> Meaning {
        let [sw1, sw2] = self.0.to_be_bytes();
        let length = if sw2 == 0 { 256 } else { sw2 as u16 };
        match (sw1, sw2) {
            (0x90, 0x00) => Meaning::Success,
            (0x61, _) => Meaning::More(length),
            (0x6C, _) => Meaning::WrongLength(length),
            (0x62, _) => Meaning::Warning,
            (0x63, 0xC0..=0xCF) => Meaning::Counter(sw2 & 0x0F),
            (0x63, _) => Meaning::WarningChanged,
            (0x64..=0x66, _) => Meaning::Failed,
            (0x67..=0x6F, _) => Meaning::Refused,
            _ => Meaning::Other,
        }
    }
}

impl From<[u8; 2]> for StatusWord {
    fn from(bytes: [u8; 2]) -> Self {
        Self(u16::from_be_bytes(bytes))
    }
}

impl fmt::Display for StatusWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04X}", self.0)?;
        let text = match self.0 {
            0x9000 => "done",
            0x6283 => "selected file deactivated",
            0x6581 => "memory failure",
            0x6700 => "wrong length",
            0x6882 => "secure messaging not supported",
            0x6982 => "security status not satisfied",
            0x6983 => "authentication method blocked",
            0x6984 => "reference data not usable",
            0x6985 => "conditions of use not satisfied",
            0x6986 => "command not allowed",
            0x6A80 => "wrong data",
            0x6A81 => "function not supported",
            0x6A82 => "file or application not found",
            0x6A83 => "record not found",
            0x6A86 => "wrong P1 or P2",
            0x6A88 => "referenced data not found",
            0x6D00 => "instruction not supported",
            0x6E00 => "class not supported",
            _ => return self.meaning().fmt_after_code(f),
        };
        write!(f, " ({text})")
    }
}

impl Meaning {
    fn fmt_after_code(self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Success => Ok(()),
            Self::More(n) => write!(f, " ({n} bytes more)"),
            Self::WrongLength(n) => write!(f, " (wrong length, {n} is right)"),
            Self::Warning | Self::WarningChanged => f.write_str(" (warning)"),
            Self::Counter(n) => write!(f, " (counter at {n})"),
            Self::Failed => f.write_str(" (execution failed)"),
            Self::Refused => f.write_str(" (refused)"),
            Self::Other => f.write_str(" (unknown)"),
        }
    }
}

/// Why an APDU is none.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum ApduError {
    /// More data, or more data expected, than a short APDU can have.
    TooLong,
    /// The buffer is too short for the command.
    Buffer,
    /// The response is shorter than a status word.
    NoStatus,
}

impl fmt::Display for ApduError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLong => "more than a short APDU can carry",
            Self::Buffer => "the buffer is too short for the command APDU",
            Self::NoStatus => "the response APDU has no status word",
        })
    }
}

impl core::error::Error for ApduError {}

impl Error for ApduError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::TooLong | Self::Buffer => ErrorKind::Argument,
            Self::NoStatus => ErrorKind::Protocol,
        }
    }
}
