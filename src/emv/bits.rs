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

    /// Terminal Verification Results, `95` (EMV Book 3, annex C5): the bits
    /// that this kernel sets. The number has five bytes.
    #[derive(Clone, Copy, Debug, Eq, PartialEq)]
    pub struct Tvr: u64 {
        /// Offline data authentication was not performed.
        const NO_OFFLINE_AUTHENTICATION = 0x80_00_00_00_00;
        /// Issuer authentication failed.
        const ISSUER_AUTHENTICATION_FAILED = 0x00_00_00_00_40;
        const _ = !0;
    }

    /// Transaction Status Information, `9B` (EMV Book 3, annex C6): the bits
    /// that this kernel sets.
    #[derive(Clone, Copy, Debug, Eq, PartialEq)]
    pub struct Tsi: u16 {
        /// Card risk management was performed.
        const CARD_RISK_MANAGEMENT = 0x2000;
        /// Issuer authentication was performed.
        const ISSUER_AUTHENTICATION = 0x1000;
        const _ = !0;
    }
}

impl Tvr {
    /// The five bytes.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 5] {
        let [_, _, _, a, b, c, d, e] = self.bits().to_be_bytes();
        [a, b, c, d, e]
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
