use core::fmt;

use crate::{Error, ErrorKind};

/// A CVM list, `8E`: how the issuer wants its cardholder verified (EMV Book 3,
/// 10.5 and annex C3). Two amounts, and rules in the order of its preference.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct CvmList<'a> {
    x: u32,
    y: u32,
    rules: &'a [[u8; 2]],
}

impl<'a> CvmList<'a> {
    /// The longest there is (EMV Book 3, annex A1): 122 rules.
    pub const MAX: usize = 252;

    /// A list from the bytes of `8E`.
    ///
    /// # Errors
    /// It is none: see [`CvmFault`].
    pub fn new(value: &'a [u8]) -> Result<Self, CvmFault> {
        let length = value.len();
        let (&x, rest) = value.split_first_chunk().ok_or(CvmFault::Amounts(length))?;
        let (&y, rest) = rest.split_first_chunk().ok_or(CvmFault::Amounts(length))?;
        let (rules, half) = rest.as_chunks();
        match (rules, half) {
            (_, [_, ..]) => Err(CvmFault::HalfRule(length)),
            ([], _) => Err(CvmFault::NoRules),
            _ if length > Self::MAX => Err(CvmFault::Long(length)),
            _ => Ok(Self { x: u32::from_be_bytes(x), y: u32::from_be_bytes(y), rules }),
        }
    }

    /// The first amount, "X", in the minor unit of the application's currency.
    #[must_use]
    pub const fn x(&self) -> u32 {
        self.x
    }

    /// The second amount, "Y", in the same unit.
    #[must_use]
    pub const fn y(&self) -> u32 {
        self.y
    }

    /// The rules, in the order in which they are to be tried.
    pub fn rules(&self) -> impl Iterator<Item = CvmRule> + 'a {
        self.rules.iter().map(|&[code, condition]| CvmRule::new(code, condition))
    }

    pub(super) fn rule(&self, index: u8) -> Option<CvmRule> {
        self.rules.get(usize::from(index)).map(|&[code, condition]| CvmRule::new(code, condition))
    }
}

/// Why there is no CVM list in these bytes. Each says how many there are.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum CvmFault {
    /// They end within the two amounts, which have 8 bytes.
    Amounts(usize),
    /// They end within a rule, which has 2 bytes.
    HalfRule(usize),
    /// They are more than [`CvmList::MAX`].
    Long(usize),
    /// They end behind the amounts. A list without a rule counts as none (EMV
    /// Book 3, 10.5).
    NoRules,
}

impl CvmFault {
    /// At which byte of the list it lies.
    #[must_use]
    pub const fn offset(self) -> usize {
        match self {
            Self::Amounts(length) => length,
            Self::HalfRule(length) => length.saturating_sub(1),
            Self::Long(_) => CvmList::MAX,
            Self::NoRules => 8,
        }
    }
}

impl fmt::Display for CvmFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Amounts(length) => {
                write!(f, "the CVM list ends within its amounts, after {length} bytes")
            }
            Self::HalfRule(length) => {
                write!(f, "the CVM list ends within a rule, after {length} bytes")
            }
            Self::Long(length) => write!(f, "the CVM list has {length} bytes"),
            Self::NoRules => f.write_str("the CVM list has no rule"),
        }
    }
}

impl core::error::Error for CvmFault {}

impl Error for CvmFault {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Protocol
    }
}

/// A rule of a CVM list: what to do, in which case, and what then if it was not
/// successful.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct CvmRule {
    code: u8,
    condition: u8,
}

impl CvmRule {
    /// A rule from its two bytes.
    #[must_use]
    pub const fn new(code: u8, condition: u8) -> Self {
        Self { code, condition }
    }

    /// The two bytes, as CVM results begin with them.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 2] {
        [self.code, self.condition]
    }

    /// What is to be done.
    #[must_use]
    pub const fn method(self) -> CvmMethod {
        // EMV Book 3, table 39. b8 is reserved and has no meaning.
        match self.code & 0x3F {
            0x00 => CvmMethod::Fail,
            0x01 => CvmMethod::PlaintextPin,
            0x02 => CvmMethod::OnlinePin,
            0x03 => CvmMethod::PlaintextPinAndSignature,
            0x04 => CvmMethod::EncipheredPin,
            0x05 => CvmMethod::EncipheredPinAndSignature,
            0x1E => CvmMethod::Signature,
            0x1F => CvmMethod::NoCvm,
            other => CvmMethod::Other(other),
        }
    }

    /// In which case.
    #[must_use]
    pub const fn condition(self) -> CvmCondition {
        // EMV Book 3, table 40.
        match self.condition {
            0x00 => CvmCondition::Always,
            0x01 => CvmCondition::UnattendedCash,
            0x02 => CvmCondition::NoCash,
            0x03 => CvmCondition::Supported,
            0x04 => CvmCondition::ManualCash,
            0x05 => CvmCondition::Cashback,
            0x06 => CvmCondition::UnderX,
            0x07 => CvmCondition::OverX,
            0x08 => CvmCondition::UnderY,
            0x09 => CvmCondition::OverY,
            other => CvmCondition::Other(other),
        }
    }

    /// Whether the next rule counts if this method is not successful; else
    /// cardholder verification has then failed.
    #[must_use]
    pub const fn continues(self) -> bool {
        self.code & 0x40 != 0
    }
}

/// A method of cardholder verification (EMV Book 3, table 39).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum CvmMethod {
    /// `00`: cardholder verification fails.
    Fail,
    /// `01`: the card verifies a PIN that is sent to it in the clear.
    PlaintextPin,
    /// `02`: the issuer verifies an enciphered PIN.
    OnlinePin,
    /// `03`: both, a PIN in the clear to the card and a signature.
    PlaintextPinAndSignature,
    /// `04`: the card verifies a PIN that is sent to it enciphered.
    EncipheredPin,
    /// `05`: both, an enciphered PIN to the card and a signature.
    EncipheredPinAndSignature,
    /// `1E`: the cardholder signs.
    Signature,
    /// `1F`: no verification is required.
    NoCvm,
    /// Reserved, or a payment system's or issuer's own.
    Other(u8),
}

impl CvmMethod {
    /// Whether a PIN is part of it.
    #[must_use]
    pub const fn has_pin(self) -> bool {
        matches!(
            self,
            Self::PlaintextPin
                | Self::OnlinePin
                | Self::PlaintextPinAndSignature
                | Self::EncipheredPin
                | Self::EncipheredPinAndSignature
        )
    }
}

impl fmt::Display for CvmMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Fail => "fail",
            Self::PlaintextPin => "plaintext PIN to the card",
            Self::OnlinePin => "online PIN",
            Self::PlaintextPinAndSignature => "plaintext PIN to the card and signature",
            Self::EncipheredPin => "enciphered PIN to the card",
            Self::EncipheredPinAndSignature => "enciphered PIN to the card and signature",
            Self::Signature => "signature",
            Self::NoCvm => "no CVM required",
            Self::Other(code) => return write!(f, "unknown method {code:02X}"),
        })
    }
}

/// The case in which a rule counts (EMV Book 3, table 40).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum CvmCondition {
    /// `00`: always.
    Always,
    /// `01`: cash, and nobody attends to the terminal.
    UnattendedCash,
    /// `02`: neither cash nor a purchase with cashback.
    NoCash,
    /// `03`: the terminal supports the method.
    Supported,
    /// `04`: cash, handed out by a person.
    ManualCash,
    /// `05`: a purchase with cashback.
    Cashback,
    /// `06`: in the application's currency, and below X.
    UnderX,
    /// `07`: in the application's currency, and above X.
    OverX,
    /// `08`: in the application's currency, and below Y.
    UnderY,
    /// `09`: in the application's currency, and above Y.
    OverY,
    /// Reserved, or a payment system's own: never met.
    Other(u8),
}

impl fmt::Display for CvmCondition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Always => "always",
            Self::UnattendedCash => "unattended cash",
            Self::NoCash => "neither cash nor cashback",
            Self::Supported => "the terminal supports it",
            Self::ManualCash => "manual cash",
            Self::Cashback => "purchase with cashback",
            Self::UnderX => "in the application's currency and under X",
            Self::OverX => "in the application's currency and over X",
            Self::UnderY => "in the application's currency and under Y",
            Self::OverY => "in the application's currency and over Y",
            Self::Other(code) => return write!(f, "unknown condition {code:02X}"),
        })
    }
}
