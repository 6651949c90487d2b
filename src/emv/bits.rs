use bitflags::bitflags;

bitflags! {
    /// Application Interchange Profile, `82`: what the card can do (EMV Book
    /// 3, annex C1).
    #[derive(Clone, Copy, Debug, Eq, PartialEq)]
    pub struct Aip: u16 {
        /// Static data authentication.
        const SDA = 0x4000;
        /// Dynamic data authentication.
        const DDA = 0x2000;
        /// Cardholder verification.
        const CARDHOLDER_VERIFICATION = 0x1000;
        /// Terminal risk management is to be performed.
        const RISK_MANAGEMENT = 0x0800;
        /// Issuer authentication by EXTERNAL AUTHENTICATE.
        const ISSUER_AUTHENTICATION = 0x0400;
        /// Combined data authentication.
        const CDA = 0x0100;
        const _ = !0;
    }

    /// Terminal Verification Results, `95` (EMV Book 3, annex C5). The number
    /// has five bytes.
    #[derive(Clone, Copy, Debug, Eq, PartialEq)]
    pub struct Tvr: u64 {
        /// Offline data authentication was not performed.
        const NO_OFFLINE_AUTHENTICATION = 0x80_00_00_00_00;
        /// Static data authentication failed.
        const SDA_FAILED = 0x40_00_00_00_00;
        /// Data of the card are missing.
        const ICC_DATA_MISSING = 0x20_00_00_00_00;
        /// The card is on the exception file of the terminal.
        const EXCEPTION_FILE = 0x10_00_00_00_00;
        /// Dynamic data authentication failed.
        const DDA_FAILED = 0x08_00_00_00_00;
        /// Combined data authentication failed.
        const CDA_FAILED = 0x04_00_00_00_00;
        /// Static data authentication was selected.
        const SDA_SELECTED = 0x02_00_00_00_00;

        /// Card and terminal have different versions of the application.
        const VERSIONS_DIFFER = 0x80_00_00_00;
        /// The application has expired.
        const EXPIRED = 0x40_00_00_00;
        /// The application is not yet effective.
        const NOT_YET_EFFECTIVE = 0x20_00_00_00;
        /// The requested service is not allowed for the card.
        const SERVICE_NOT_ALLOWED = 0x10_00_00_00;
        /// The card was never used online.
        const NEW_CARD = 0x08_00_00_00;

        /// Cardholder verification was not successful.
        const VERIFICATION_FAILED = 0x80_00_00;
        /// A cardholder verification method is not known.
        const UNRECOGNISED_METHOD = 0x40_00_00;
        /// No PIN tries are left.
        const PIN_TRY_LIMIT = 0x20_00_00;
        /// A PIN was wanted, and there is no PIN pad or it does not work.
        const PIN_PAD_ABSENT = 0x10_00_00;
        /// A PIN was wanted, and was not entered.
        const PIN_NOT_ENTERED = 0x08_00_00;
        /// A PIN was entered, for the issuer to verify.
        const ONLINE_PIN = 0x04_00_00;

        /// The amount is at or above the floor limit.
        const FLOOR_LIMIT = 0x80_00;
        /// More payments were made offline in a row than the lower limit.
        const LOWER_OFFLINE_LIMIT = 0x40_00;
        /// More payments were made offline in a row than the upper limit.
        const UPPER_OFFLINE_LIMIT = 0x20_00;
        /// The transaction was selected at random to go online.
        const RANDOMLY_SELECTED = 0x10_00;
        /// The merchant wants the transaction to go online.
        const FORCED_ONLINE = 0x08_00;

        /// The TC hash was made over the terminal's default TDOL.
        const DEFAULT_TDOL = 0x80;
        /// Issuer authentication failed.
        const ISSUER_AUTHENTICATION_FAILED = 0x40;
        /// An issuer script failed before the last GENERATE AC.
        const SCRIPT_FAILED_BEFORE = 0x20;
        /// An issuer script failed after the last GENERATE AC.
        const SCRIPT_FAILED_AFTER = 0x10;
        const _ = !0;
    }

    /// Transaction Status Information, `9B` (EMV Book 3, annex C6).
    #[derive(Clone, Copy, Debug, Eq, PartialEq)]
    pub struct Tsi: u16 {
        /// Offline data authentication was performed.
        const OFFLINE_AUTHENTICATION = 0x8000;
        /// Cardholder verification was performed.
        const CARDHOLDER_VERIFICATION = 0x4000;
        /// Card risk management was performed.
        const CARD_RISK_MANAGEMENT = 0x2000;
        /// Issuer authentication was performed.
        const ISSUER_AUTHENTICATION = 0x1000;
        /// Terminal risk management was performed.
        const TERMINAL_RISK_MANAGEMENT = 0x0800;
        /// Issuer scripts were processed.
        const SCRIPT_PROCESSING = 0x0400;
        const _ = !0;
    }

    /// Terminal Capabilities, `9F33` (EMV Book 4, annex A2). The number has
    /// three bytes.
    #[derive(Clone, Copy, Debug, Eq, PartialEq)]
    pub struct Capabilities: u32 {
        /// Card data are keyed in.
        const MANUAL_KEY_ENTRY = 0x80_00_00;
        /// Magnetic stripes are read.
        const MAGNETIC_STRIPE = 0x40_00_00;
        /// Chips are read, by contact.
        const IC_WITH_CONTACTS = 0x20_00_00;

        /// The card verifies a PIN that is sent to it in the clear.
        const PLAINTEXT_PIN = 0x80_00;
        /// The issuer verifies an enciphered PIN.
        const ONLINE_PIN = 0x40_00;
        /// The cardholder signs on paper.
        const SIGNATURE = 0x20_00;
        /// The card verifies a PIN that is sent to it enciphered.
        const ENCIPHERED_PIN = 0x10_00;
        /// No cardholder verification is required.
        const NO_CVM = 0x08_00;

        /// Static data authentication.
        const SDA = 0x80;
        /// Dynamic data authentication.
        const DDA = 0x40;
        /// Cards are kept.
        const CARD_CAPTURE = 0x20;
        /// Combined data authentication.
        const CDA = 0x08;
        const _ = !0;
    }

    /// Application Usage Control, `9F07`: what the card may be used for (EMV
    /// Book 3, annex C2).
    #[derive(Clone, Copy, Debug, Eq, PartialEq)]
    pub struct UsageControl: u16 {
        /// Cash in its own country.
        const DOMESTIC_CASH = 0x8000;
        /// Cash abroad.
        const INTERNATIONAL_CASH = 0x4000;
        /// Goods in its own country.
        const DOMESTIC_GOODS = 0x2000;
        /// Goods abroad.
        const INTERNATIONAL_GOODS = 0x1000;
        /// Services in its own country.
        const DOMESTIC_SERVICES = 0x0800;
        /// Services abroad.
        const INTERNATIONAL_SERVICES = 0x0400;
        /// At automated teller machines.
        const AT_ATM = 0x0200;
        /// At other terminals.
        const AT_OTHERS = 0x0100;
        /// Cashback in its own country.
        const DOMESTIC_CASHBACK = 0x0080;
        /// Cashback abroad.
        const INTERNATIONAL_CASHBACK = 0x0040;
        const _ = !0;
    }
}

impl Tvr {
    /// From the five bytes, of `95` or of action codes.
    #[must_use]
    pub const fn from_bytes([a, b, c, d, e]: [u8; 5]) -> Self {
        Self::from_bits_retain(u64::from_be_bytes([0, 0, 0, a, b, c, d, e]))
    }

    /// The five bytes.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 5] {
        let [_, _, _, a, b, c, d, e] = self.bits().to_be_bytes();
        [a, b, c, d, e]
    }
}

impl Capabilities {
    /// From the three bytes of `9F33`.
    #[must_use]
    pub const fn from_bytes([a, b, c]: [u8; 3]) -> Self {
        Self::from_bits_retain(u32::from_be_bytes([0, a, b, c]))
    }

    /// The three bytes.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 3] {
        let [_, a, b, c] = self.bits().to_be_bytes();
        [a, b, c]
    }
}

/// The kind of an application cryptogram.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Cryptogram {
    /// Application Authentication Cryptogram: declined.
    Aac,
    /// Transaction Certificate: approved.
    Tc,
    /// Authorisation Request Cryptogram: to be authorised online.
    Arqc,
}

impl Cryptogram {
    /// As GENERATE AC asks for it in P1 (EMV Book 3, 6.5.5.2).
    pub(crate) const fn reference(self) -> u8 {
        match self {
            Self::Aac => 0x00,
            Self::Tc => 0x40,
            Self::Arqc => 0x80,
        }
    }
}

/// Cryptogram Information Data, `9F27` (EMV Book 3, 6.5.5.4, table 14).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Cid(pub u8);

impl Cid {
    /// The kind of the cryptogram; `None` where the value is reserved.
    #[must_use]
    pub const fn cryptogram(self) -> Option<Cryptogram> {
        match self.0 >> 6 {
            0b00 => Some(Cryptogram::Aac),
            0b01 => Some(Cryptogram::Tc),
            0b10 => Some(Cryptogram::Arqc),
            _ => None,
        }
    }

    /// Whether the card wants the issuer to get an advice.
    #[must_use]
    pub const fn advice(self) -> bool {
        self.0 & 0x08 != 0
    }

    /// The reason for that: 1 service not allowed, 2 PIN try limit exceeded,
    /// 3 issuer authentication failed; 0 says nothing.
    #[must_use]
    pub const fn reason(self) -> u8 {
        self.0 & 0x07
    }
}
