use core::fmt;

/// SW1 and SW2 (ISO/IEC 7816-4:2013, 5.6).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct StatusWord(pub u16);

/// What a status word means, by its class (ISO/IEC 7816-4:2013, table 5).
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

    /// What the standard says of it, if it says something of this very word
    /// (ISO/IEC 7816-4:2013, tables 5 and 6).
    #[must_use]
    pub const fn text(self) -> Option<&'static str> {
        Some(match self.0 {
            0x9000 => "done",
            0x6281 => "part of the data may be wrong",
            0x6282 => "the file or record ends before that",
            0x6283 => "selected file deactivated",
            0x6284 => "file control information malformed",
            0x6285 => "selected file terminated",
            0x6286 => "no data from a sensor",
            0x6287 => "a referenced record is deactivated",
            0x6300 => "memory changed",
            0x6381 => "file filled up",
            0x6400 => "not executed",
            0x6401 => "the card wants an answer first",
            0x6500 => "memory changed by what failed",
            0x6581 => "memory failure",
            0x6600 => "security issue",
            0x6700 => "wrong length",
            0x6881 => "logical channel not supported",
            0x6882 => "secure messaging not supported",
            0x6883 => "the last command of the chain is missing",
            0x6884 => "command chaining not supported",
            0x6981 => "not for this structure of file",
            0x6982 => "security status not satisfied",
            0x6983 => "authentication method blocked",
            0x6984 => "reference data not usable",
            0x6985 => "conditions of use not satisfied",
            0x6986 => "command not allowed",
            0x6987 => "secure messaging objects missing",
            0x6988 => "secure messaging objects wrong",
            0x6A80 => "wrong data",
            0x6A81 => "function not supported",
            0x6A82 => "file or application not found",
            0x6A83 => "record not found",
            0x6A84 => "not enough room in the file",
            0x6A85 => "length does not fit the structure of the data",
            0x6A86 => "wrong P1 or P2",
            0x6A87 => "length does not fit P1 and P2",
            0x6A88 => "referenced data not found",
            0x6A89 => "file exists",
            0x6A8A => "name of the application exists",
            0x6B00 => "P1 or P2 out of range",
            0x6D00 => "instruction not supported",
            0x6E00 => "class not supported",
            0x6F00 => "no diagnosis",
            _ => return None,
        })
    }

    /// What EMV says of it as the answer to the command with this INS, where
    /// that is more than the standard's meaning (EMV Book 1, 11.3.5 and 12.4;
    /// Book 3, 6.5).
    #[must_use]
    pub const fn emv(self, ins: u8) -> Option<&'static str> {
        Some(match (ins, self.0) {
            (0xA4, 0x6283) => "application blocked",
            (0xA4, 0x6A81) => "card blocked, or no selection by name",
            (0xA4, 0x6A82) => "no such application",
            (0xA8, 0x6985) => "application not for this transaction: take another",
            (0x20, 0x63C0) | (0x20, 0x6983) => "PIN blocked",
            (0x20, 0x63C1..=0x63CF) => "wrong PIN",
            (0x20, 0x6984) => "PIN not usable",
            (0x82, 0x6300) => "issuer not authenticated",
            (0x82, 0x6985) => "issuer was authenticated before",
            (0xAE, 0x6985) => "no further cryptogram",
            (0xB2, 0x6A83) => "no more records",
            (0xCA, 0x6A88) => "no such data object",
            _ => return None,
        })
    }
}

impl From<[u8; 2]> for StatusWord {
    fn from(bytes: [u8; 2]) -> Self {
        Self(u16::from_be_bytes(bytes))
    }
}

impl fmt::Display for StatusWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04X} (", self.0)?;
        match self.text() {
            Some(text) => f.write_str(text)?,
            None => self.meaning().fmt(f)?,
        }
        f.write_str(")")
    }
}

impl fmt::Display for Meaning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Success => f.write_str("done"),
            Self::More(n) => write!(f, "{n} bytes more"),
            Self::WrongLength(n) => write!(f, "wrong length, {n} is right"),
            Self::Warning | Self::WarningChanged => f.write_str("warning"),
            Self::Counter(n) => write!(f, "counter at {n}"),
            Self::Failed => f.write_str("execution failed"),
            Self::Refused => f.write_str("refused"),
            Self::Other => f.write_str("unknown"),
        }
    }
}
