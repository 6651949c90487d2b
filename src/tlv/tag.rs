use core::fmt;

/// The tag of a data object: its one to four bytes as they stand on the wire,
/// read as a big-endian number.
///
/// The constants are the data elements of EMV Book 3, annex A, that the
/// kernel knows; any other tag is as good a value.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Tag(pub u32);

/// How a data element is cut or padded in a list (EMV Book 3, 5.4).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Format {
    /// Numeric: right-justified, leading zeros.
    N,
    /// Compressed numeric: left-justified, trailing `F`.
    Cn,
    /// Any other: left-justified, trailing zero bytes.
    Other,
}

impl Tag {
    /// Application Cryptogram.
    pub const AC: Self = Self(0x9F26);
    /// Acquirer Identifier.
    pub const ACQUIRER: Self = Self(0x9F01);
    /// Additional Terminal Capabilities.
    pub const ADDITIONAL_CAPABILITIES: Self = Self(0x9F40);
    /// Application Dedicated File (ADF) Name, in a directory entry.
    pub const ADF_NAME: Self = Self(0x4F);
    /// Application File Locator.
    pub const AFL: Self = Self(0x94);
    /// Application Identifier, as the terminal has it.
    pub const AID_TERMINAL: Self = Self(0x9F06);
    /// Application Interchange Profile.
    pub const AIP: Self = Self(0x82);
    /// Amount, Authorised, numeric.
    pub const AMOUNT: Self = Self(0x9F02);
    /// Amount, Authorised, binary.
    pub const AMOUNT_BINARY: Self = Self(0x81);
    /// Amount, Other, numeric.
    pub const AMOUNT_OTHER: Self = Self(0x9F03);
    /// Amount, Other, binary.
    pub const AMOUNT_OTHER_BINARY: Self = Self(0x9F04);
    /// Application template, of a directory entry.
    pub const APPLICATION: Self = Self(0x61);
    /// Application Version Number, as the card has it.
    pub const APPLICATION_VERSION: Self = Self(0x9F08);
    /// Authorisation Response Code.
    pub const ARC: Self = Self(0x8A);
    /// Application Transaction Counter.
    pub const ATC: Self = Self(0x9F36);
    /// Data Authentication Code.
    pub const AUTHENTICATION_CODE: Self = Self(0x9F45);
    /// Certification Authority Public Key Index.
    pub const AUTHORITY_INDEX: Self = Self(0x8F);
    /// Merchant Category Code.
    pub const CATEGORY: Self = Self(0x9F15);
    /// Card Risk Management Data Object List 1.
    pub const CDOL1: Self = Self(0x8C);
    /// Card Risk Management Data Object List 2.
    pub const CDOL2: Self = Self(0x8D);
    /// Cryptogram Information Data.
    pub const CID: Self = Self(0x9F27);
    /// Issuer Code Table Index: the part of ISO/IEC 8859.
    pub const CODE_TABLE: Self = Self(0x9F11);
    /// Command Template, of GET PROCESSING OPTIONS.
    pub const COMMAND: Self = Self(0x83);
    /// Terminal Country Code.
    pub const COUNTRY: Self = Self(0x9F1A);
    /// Issuer Country Code.
    pub const COUNTRY_ISSUER: Self = Self(0x5F28);
    /// Transaction Currency Code.
    pub const CURRENCY: Self = Self(0x5F2A);
    /// Application Currency Code.
    pub const CURRENCY_APPLICATION: Self = Self(0x9F42);
    /// Transaction Currency Exponent.
    pub const CURRENCY_EXPONENT: Self = Self(0x5F36);
    /// Cardholder Verification Method (CVM) List.
    pub const CVM_LIST: Self = Self(0x8E);
    /// Cardholder Verification Method (CVM) Results.
    pub const CVM_RESULTS: Self = Self(0x9F34);
    /// Transaction Date.
    pub const DATE: Self = Self(0x9A);
    /// Dynamic Data Authentication Data Object List.
    pub const DDOL: Self = Self(0x9F49);
    /// Dedicated File (DF) Name.
    pub const DF_NAME: Self = Self(0x84);
    /// Signed Dynamic Application Data.
    pub const DYNAMIC_DATA: Self = Self(0x9F4B);
    /// ICC Dynamic Number.
    pub const DYNAMIC_NUMBER: Self = Self(0x9F4C);
    /// Application Effective Date.
    pub const EFFECTIVE_DATE: Self = Self(0x5F25);
    /// Application Expiration Date.
    pub const EXPIRATION_DATE: Self = Self(0x5F24);
    /// File Control Information (FCI) template.
    pub const FCI: Self = Self(0x6F);
    /// FCI proprietary template.
    pub const FCI_PROPRIETARY: Self = Self(0xA5);
    /// Terminal Floor Limit.
    pub const FLOOR_LIMIT: Self = Self(0x9F1B);
    /// Issuer Action Code, default.
    pub const IAC_DEFAULT: Self = Self(0x9F0D);
    /// Issuer Action Code, denial.
    pub const IAC_DENIAL: Self = Self(0x9F0E);
    /// Issuer Action Code, online.
    pub const IAC_ONLINE: Self = Self(0x9F0F);
    /// Issuer Application Data.
    pub const IAD: Self = Self(0x9F10);
    /// ICC Public Key Certificate.
    pub const ICC_CERTIFICATE: Self = Self(0x9F46);
    /// ICC Public Key Exponent.
    pub const ICC_EXPONENT: Self = Self(0x9F47);
    /// ICC Public Key Remainder.
    pub const ICC_REMAINDER: Self = Self(0x9F48);
    /// Interface Device (IFD) Serial Number.
    pub const IFD_SERIAL: Self = Self(0x9F1E);
    /// Issuer Authentication Data.
    pub const ISSUER_AUTHENTICATION: Self = Self(0x91);
    /// Issuer Public Key Certificate.
    pub const ISSUER_CERTIFICATE: Self = Self(0x90);
    /// Issuer Public Key Exponent.
    pub const ISSUER_EXPONENT: Self = Self(0x9F32);
    /// Issuer Public Key Remainder.
    pub const ISSUER_REMAINDER: Self = Self(0x92);
    /// Application Label.
    pub const LABEL: Self = Self(0x50);
    /// Language Preference: up to four, two letters each.
    pub const LANGUAGES: Self = Self(0x5F2D);
    /// Last Online Application Transaction Counter (ATC) Register.
    pub const LAST_ONLINE_ATC: Self = Self(0x9F13);
    /// Lower Consecutive Offline Limit.
    pub const LOWER_LIMIT: Self = Self(0x9F14);
    /// Merchant Identifier.
    pub const MERCHANT: Self = Self(0x9F16);
    /// Merchant Name and Location.
    pub const MERCHANT_NAME: Self = Self(0x9F4E);
    /// Application Primary Account Number (PAN).
    pub const PAN: Self = Self(0x5A);
    /// PAN Sequence Number.
    pub const PAN_SEQUENCE: Self = Self(0x5F34);
    /// Processing Options Data Object List.
    pub const PDOL: Self = Self(0x9F38);
    /// ICC PIN Encipherment Public Key Certificate.
    pub const PIN_CERTIFICATE: Self = Self(0x9F2D);
    /// ICC PIN Encipherment Public Key Exponent.
    pub const PIN_EXPONENT: Self = Self(0x9F2E);
    /// ICC PIN Encipherment Public Key Remainder.
    pub const PIN_REMAINDER: Self = Self(0x9F2F);
    /// Personal Identification Number (PIN) Try Counter.
    pub const PIN_TRY_COUNTER: Self = Self(0x9F17);
    /// Point-of-Service (POS) Entry Mode.
    pub const POS_ENTRY_MODE: Self = Self(0x9F39);
    /// Application Preferred Name.
    pub const PREFERRED_NAME: Self = Self(0x9F12);
    /// Application Priority Indicator.
    pub const PRIORITY: Self = Self(0x87);
    /// READ RECORD response template.
    pub const RECORD: Self = Self(0x70);
    /// Response template, format 1: values without tags.
    pub const RESPONSE_1: Self = Self(0x80);
    /// Response template, format 2: data objects.
    pub const RESPONSE_2: Self = Self(0x77);
    /// Issuer Script Template 1, before the second GENERATE AC.
    pub const SCRIPT_1: Self = Self(0x71);
    /// Issuer Script Template 2, after the second GENERATE AC.
    pub const SCRIPT_2: Self = Self(0x72);
    /// Issuer Script Command.
    pub const SCRIPT_COMMAND: Self = Self(0x86);
    /// Issuer Script Identifier.
    pub const SCRIPT_ID: Self = Self(0x9F18);
    /// Issuer Script Results.
    pub const SCRIPT_RESULTS: Self = Self(0x9F5B);
    /// Transaction Sequence Counter.
    pub const SEQUENCE: Self = Self(0x9F41);
    /// Short File Identifier (SFI).
    pub const SFI: Self = Self(0x88);
    /// SM Algorithm Support Indicator (PBOC 3.0): `01` if the terminal has SM2
    /// and SM3.
    pub const SM_SUPPORT: Self = Self(0xDF69);
    /// Static Data Authentication Tag List.
    pub const STATIC_DATA_TAGS: Self = Self(0x9F4A);
    /// Signed Static Application Data.
    pub const STATIC_SIGNATURE: Self = Self(0x93);
    /// Transaction Certificate (TC) Hash Value.
    pub const TC_HASH: Self = Self(0x98);
    /// Transaction Certificate Data Object List.
    pub const TDOL: Self = Self(0x97);
    /// Terminal Capabilities.
    pub const TERMINAL_CAPABILITIES: Self = Self(0x9F33);
    /// Terminal Identification.
    pub const TERMINAL_ID: Self = Self(0x9F1C);
    /// Terminal Type.
    pub const TERMINAL_TYPE: Self = Self(0x9F35);
    /// Transaction Time.
    pub const TIME: Self = Self(0x9F21);
    /// Track 2 Equivalent Data.
    pub const TRACK2: Self = Self(0x57);
    /// Transaction Type.
    pub const TRANSACTION_TYPE: Self = Self(0x9C);
    /// Transaction Status Information.
    pub const TSI: Self = Self(0x9B);
    /// Terminal Verification Results.
    pub const TVR: Self = Self(0x95);
    /// Unpredictable Number.
    pub const UNPREDICTABLE_NUMBER: Self = Self(0x9F37);
    /// Upper Consecutive Offline Limit.
    pub const UPPER_LIMIT: Self = Self(0x9F23);
    /// Application Usage Control.
    pub const USAGE_CONTROL: Self = Self(0x9F07);
    /// Application Version Number, as the terminal has it.
    pub const VERSION_TERMINAL: Self = Self(0x9F09);

    // What the kernel keeps in its store beside the data elements, under tags
    // that no card can send: their bytes are no tag by ISO/IEC 8825-1.
    /// The content of a record that takes part in offline data authentication.
    pub(crate) const STATIC_DATA: Self = Self(0xFFFF_FFE0);
    /// The issuer's public key that was recovered.
    pub(crate) const ISSUER_KEY: Self = Self(0xFFFF_FFE1);
    /// The card's public key that was recovered.
    pub(crate) const ICC_KEY: Self = Self(0xFFFF_FFE2);
    /// The card's key for enciphering a PIN that was recovered.
    pub(crate) const PIN_KEY: Self = Self(0xFFFF_FFE3);
    /// What was sent in answer to the PDOL.
    pub(crate) const PDOL_DATA: Self = Self(0xFFFF_FFE4);
    /// What was sent in answer to CDOL1.
    pub(crate) const CDOL1_DATA: Self = Self(0xFFFF_FFE5);
    /// What was sent in answer to CDOL2.
    pub(crate) const CDOL2_DATA: Self = Self(0xFFFF_FFE6);
    /// That a record without template takes part in offline data authentication.
    pub(crate) const BARE_RECORD: Self = Self(0xFFFF_FFE7);
    /// The issuer's public key of SM2, out of its certificate.
    #[cfg(feature = "sm")]
    pub(crate) const SM2_ISSUER_KEY: Self = Self(0xFFFF_FFE8);
    /// The card's public key of SM2, out of its certificate.
    #[cfg(feature = "sm")]
    pub(crate) const SM2_ICC_KEY: Self = Self(0xFFFF_FFE9);

    /// How many bytes the tag has on the wire: 1 to 4.
    #[must_use]
    #[inline]
    pub const fn width(self) -> usize {
        match self.0 {
            0..=0xFF => 1,
            0x100..=0xFFFF => 2,
            0x1_0000..=0xFF_FFFF => 3,
            _ => 4,
        }
    }

    /// Whether the content is objects again (bit 6 of the first byte).
    #[must_use]
    #[inline]
    pub const fn is_constructed(self) -> bool {
        let first = self.0 << (self.0.leading_zeros() & 0x18) >> 24;
        first & 0x20 != 0
    }

    /// The format of the data element, for [lists](crate::emv::Dol).
    pub(crate) const fn format(self) -> Format {
        match self.0 {
            // EMV Book 3, annex A1, format "n".
            0x9A | 0x9C | 0x5F24 | 0x5F25 | 0x5F28 | 0x5F2A | 0x5F30 | 0x5F34 | 0x5F36 | 0x5F57
            | 0x9F01 | 0x9F02 | 0x9F03 | 0x9F11 | 0x9F15 | 0x9F1A | 0x9F21 | 0x9F35 | 0x9F39
            | 0x9F3B | 0x9F3C | 0x9F3D | 0x9F41 | 0x9F42 | 0x9F43 | 0x9F44 => Format::N,
            // The same, format "cn".
            0x5A | 0x9F20 => Format::Cn,
            _ => Format::Other,
        }
    }

    /// Whether the data element comes from the terminal or the issuer (EMV
    /// Book 3, annex A1), so that no card can supply it.
    pub(crate) const fn is_not_the_cards(self) -> bool {
        matches!(
            self.0,
            0x71 | 0x72
                | 0x81
                | 0x83
                | 0x86
                | 0x89
                | 0x8A
                | 0x91
                | 0x95
                | 0x98
                | 0x99
                | 0x9A
                | 0x9B
                | 0x9C
                | 0x5F2A
                | 0x5F36
                | 0x5F57
                | 0x9F01
                | 0x9F02
                | 0x9F03
                | 0x9F04
                | 0x9F06
                | 0x9F09
                | 0x9F15
                | 0x9F16
                | 0x9F18
                | 0x9F1A
                | 0x9F1B
                | 0x9F1C
                | 0x9F1D
                | 0x9F1E
                | 0x9F21
                | 0x9F22
                | 0x9F33
                | 0x9F34
                | 0x9F35
                | 0x9F37
                | 0x9F39
                | 0x9F3A
                | 0x9F3C
                | 0x9F3D
                | 0x9F40
                | 0x9F41
                | 0x9F4E
                | 0x9F5B
                // PBOC 3.0: SM Algorithm Support Indicator.
                | 0xDF69
        )
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:0width$X}", self.0, width = 2 * self.width())
    }
}

impl fmt::Debug for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tag({self})")
    }
}
