//! Whether a configuration can be.

use core::fmt;

use super::oda::Capk;
use super::tlv::Tag;
use super::{Application, Capabilities, Dol, Terminal};
use crate::ErrorKind;

/// What is wrong with a [`Terminal`].
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum ConfigFault {
    /// The country is no number of three digits.
    Country,
    /// The type, `9F35`, is none of EMV Book 4, annex A1.
    Kind,
    /// The acquirer, `9F01`, has not 6 to 11 digits.
    Acquirer,
    /// The terminal's identification, `9F1C`, is not all letters and digits.
    TerminalId,
    /// The reader's serial number, `9F1E`, is not all letters and digits.
    SerialNumber,
    /// The merchant's identifier, `9F16`, is not all printable.
    MerchantId,
    /// The merchant's category, `9F15`, has more than four digits.
    MerchantCategory,
    /// It does not claim to read chips by contact, `9F33`.
    NoContacts,
    /// It claims no method of cardholder verification, not even "no CVM".
    NoVerification,
    /// It approves offline, and does not claim both SDA and DDA (EMV Book 4,
    /// 6.3.2).
    NoOfflineAuthentication,
    /// It claims DDA or CDA, and the application of this index has no default
    /// DDOL that asks for the Unpredictable Number (EMV Book 2, 6.5.1).
    NoDefaultDdol(usize),
    /// It has no applications.
    NoApplications,
    /// The application of this index cannot be.
    Application(usize, ApplicationFault),
    /// The application of this index has the identifier of one before it.
    SameApplication(usize),
    /// The key of this index cannot be: its modulus has not 64 to 248 bytes or
    /// is even, or its exponent is not 3 or 65537 (EMV Book 2, 11.2).
    Key(usize),
    /// The key of this index has the identifier and index of one before it.
    SameKey(usize),
}

/// What is wrong with an [`Application`].
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum ApplicationFault {
    /// The identifier has not 5 to 16 bytes.
    Identifier,
    /// The target percentage is above the maximum, or that above 99.
    Percentages,
    /// The threshold of biased selection is not below the floor limit, and
    /// they are not both zero.
    Threshold,
    /// The default DDOL is no data object list.
    DefaultDdol,
    /// The default TDOL is no data object list.
    DefaultTdol,
}

impl ConfigFault {
    const fn text(self) -> &'static str {
        match self {
            Self::Country => "the country must be 1 to 999",
            Self::Kind => "there is no such type of terminal (9F35)",
            Self::Acquirer => "the acquirer (9F01) must have 6 to 11 digits",
            Self::TerminalId => "the terminal's identification (9F1C) must be letters and digits",
            Self::SerialNumber => "the reader's serial number (9F1E) must be letters and digits",
            Self::MerchantId => "the merchant's identifier (9F16) must be printable",
            Self::MerchantCategory => "the merchant's category (9F15) must be 0 to 9999",
            Self::NoContacts => "the terminal must claim to read chips by contact (9F33)",
            Self::NoVerification => "the terminal must claim a cardholder verification method",
            Self::NoOfflineAuthentication => {
                "a terminal that approves offline must claim SDA and DDA"
            }
            Self::NoDefaultDdol(_) => "with DDA, a default DDOL must ask for 9F37",
            Self::NoApplications => "there must be an application",
            Self::Application(_, fault) => fault.text(),
            Self::SameApplication(_) => "an application is there twice",
            Self::Key(_) => "a key has a modulus or exponent that cannot be",
            Self::SameKey(_) => "a key is there twice",
        }
    }

    /// Of which application or key.
    const fn index(self) -> Option<usize> {
        match self {
            Self::NoDefaultDdol(index)
            | Self::Application(index, _)
            | Self::SameApplication(index)
            | Self::Key(index)
            | Self::SameKey(index) => Some(index),
            _ => None,
        }
    }
}

impl ApplicationFault {
    const fn text(self) -> &'static str {
        match self {
            Self::Identifier => "an application identifier must have 5 to 16 bytes",
            Self::Percentages => "the percentages must rise, up to 99",
            Self::Threshold => "the threshold must be below the floor limit, or both zero",
            Self::DefaultDdol => "the default DDOL must be a data object list",
            Self::DefaultTdol => "the default TDOL must be a data object list",
        }
    }
}

impl fmt::Display for ConfigFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())?;
        match self.index() {
            Some(index) => write!(f, " (number {index}, from 0)"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for ApplicationFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

impl core::error::Error for ConfigFault {}

impl core::error::Error for ApplicationFault {}

impl crate::Error for ConfigFault {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Argument
    }
}

impl crate::Error for ApplicationFault {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Argument
    }
}

impl Terminal<'_> {
    /// Whether such a terminal can be: each element by itself, and those that
    /// depend on each other. What it says of itself is not all that a payment
    /// scheme asks of it.
    ///
    /// Of the keys it looks at lengths; their checksums are for
    /// [`Capk`] to check.
    ///
    /// # Errors
    /// It cannot: one of its faults.
    pub const fn check(&self) -> Result<(), ConfigFault> {
        if let Err(fault) = self.check_elements() {
            return Err(fault);
        }
        if let Err(fault) = self.check_applications() {
            return Err(fault);
        }
        check_keys(self.authorities.keys)
    }

    /// [Checks](Self::check) a constant when the program is built. At run
    /// time use `check`.
    ///
    /// ```
    /// use embedded_pos::emv::Terminal;
    ///
    /// const TERMINAL: Terminal = Terminal { merchant_category: 9222, ..Terminal::CHINA };
    /// const _: () = TERMINAL.checked();
    /// ```
    ///
    /// What cannot be does not compile:
    ///
    /// ```compile_fail,E0080
    /// use embedded_pos::emv::Terminal;
    ///
    /// const TERMINAL: Terminal = Terminal { merchant_category: 92220, ..Terminal::CHINA };
    /// const _: () = TERMINAL.checked();
    /// ```
    ///
    /// # Panics
    /// It cannot be, with what is wrong as the message.
    pub const fn checked(&self) {
        if let Err(fault) = self.check() {
            let message = fault.text();
            assert!(message.is_empty(), "{}", message);
        }
    }

    const fn check_elements(&self) -> Result<(), ConfigFault> {
        let offline = Capabilities::SDA.union(Capabilities::DDA);
        let verifies = Capabilities::from_bytes([0x00, 0xFF, 0x00]);
        Err(if self.country == 0 || self.country > 999 {
            ConfigFault::Country
        } else if !matches!(self.kind, 0x11..=0x16 | 0x21..=0x26 | 0x34..=0x36) {
            ConfigFault::Kind
        } else if let Some(0..=99_999 | 100_000_000_000..) = self.acquirer {
            ConfigFault::Acquirer
        } else if !is_alphanumeric(&self.terminal_id) {
            ConfigFault::TerminalId
        } else if !is_alphanumeric(&self.ifd_serial) {
            ConfigFault::SerialNumber
        } else if !is_printable(&self.merchant_id) {
            ConfigFault::MerchantId
        } else if self.merchant_category > 9999 {
            ConfigFault::MerchantCategory
        } else if !self.capabilities.contains(Capabilities::IC_WITH_CONTACTS) {
            ConfigFault::NoContacts
        } else if !self.capabilities.intersects(verifies) {
            ConfigFault::NoVerification
        } else if !self.is_online_only() && !self.capabilities.contains(offline) {
            ConfigFault::NoOfflineAuthentication
        } else {
            return Ok(());
        })
    }

    const fn check_applications(&self) -> Result<(), ConfigFault> {
        let dynamic = self.capabilities.intersects(Capabilities::DDA.union(Capabilities::CDA));
        let mut rest = self.applications;
        if rest.is_empty() {
            return Err(ConfigFault::NoApplications);
        }
        while let [first @ .., last] = rest {
            let index = first.len();
            if let Err(fault) = last.check() {
                return Err(ConfigFault::Application(index, fault));
            }
            let signed = Dol::new(last.default_ddol).asks_for(Tag::UNPREDICTABLE_NUMBER);
            if dynamic && !signed {
                return Err(ConfigFault::NoDefaultDdol(index));
            }
            if has_application(first, last.aid) {
                return Err(ConfigFault::SameApplication(index));
            }
            rest = first;
        }
        Ok(())
    }
}

impl Application<'_> {
    /// Whether such an application can be.
    ///
    /// # Errors
    /// It cannot: the first fault.
    pub const fn check(&self) -> Result<(), ApplicationFault> {
        let limits = &self.limits;
        let (floor, threshold) = (limits.floor.minor(), limits.threshold.minor());
        Err(if self.aid.len() < 5 || self.aid.len() > 16 {
            ApplicationFault::Identifier
        } else if limits.target_percent > limits.maximum_percent || limits.maximum_percent > 99 {
            ApplicationFault::Percentages
        } else if threshold >= floor && threshold > 0 {
            ApplicationFault::Threshold
        } else if Dol::new(self.default_ddol).check().is_err() {
            ApplicationFault::DefaultDdol
        } else if Dol::new(self.default_tdol).check().is_err() {
            ApplicationFault::DefaultTdol
        } else {
            return Ok(());
        })
    }
}

const fn check_keys(mut keys: &[Capk<'_>]) -> Result<(), ConfigFault> {
    while let [first @ .., key] = keys {
        let odd = matches!(key.modulus, [.., last] if *last & 1 == 1);
        let exponent = matches!(key.exponent, [0x03] | [0x01, 0x00, 0x01]);
        let rsa = odd && exponent && key.modulus.len() >= 64 && key.modulus.len() <= 248;
        let sm2 = cfg!(feature = "sm") && key.modulus.len() == 64 && key.exponent.is_empty();
        if !rsa && !sm2 {
            return Err(ConfigFault::Key(first.len()));
        }
        if has_key(first, key) {
            return Err(ConfigFault::SameKey(first.len()));
        }
        keys = first;
    }
    Ok(())
}

const fn has_application(mut applications: &[Application<'_>], aid: &[u8]) -> bool {
    while let [application, rest @ ..] = applications {
        if same(application.aid, aid) {
            return true;
        }
        applications = rest;
    }
    false
}

const fn has_key(mut keys: &[Capk<'_>], sought: &Capk<'_>) -> bool {
    while let [key, rest @ ..] = keys {
        if key.index == sought.index && same(&key.rid, &sought.rid) {
            return true;
        }
        keys = rest;
    }
    false
}

const fn same(mut one: &[u8], mut other: &[u8]) -> bool {
    while let ([a, behind_a @ ..], [b, behind_b @ ..]) = (one, other) {
        if *a != *b {
            return false;
        }
        (one, other) = (behind_a, behind_b);
    }
    one.is_empty() && other.is_empty()
}

const fn is_alphanumeric(mut text: &[u8]) -> bool {
    while let [byte, rest @ ..] = text {
        if !byte.is_ascii_alphanumeric() {
            return false;
        }
        text = rest;
    }
    true
}

const fn is_printable(mut text: &[u8]) -> bool {
    while let [byte, rest @ ..] = text {
        if !matches!(byte, b' '..=b'~') {
            return false;
        }
        text = rest;
    }
    true
}
