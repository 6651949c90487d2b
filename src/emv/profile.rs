use super::amount::{Amount, Currency, bcd, date_bcd, time_bcd};
use super::oda::Authorities;
use super::store::Store;
use super::tlv::{Full, Tag};
use super::{Capabilities, Tvr};
use crate::civil::CivilTime;

/// The application identifiers of UnionPay.
pub mod aid {
    /// UnionPay debit.
    pub const UNIONPAY_DEBIT: &[u8] = b"\xA0\x00\x00\x03\x33\x01\x01\x01";
    /// UnionPay credit.
    pub const UNIONPAY_CREDIT: &[u8] = b"\xA0\x00\x00\x03\x33\x01\x01\x02";
    /// UnionPay quasi-credit.
    pub const UNIONPAY_QUASI_CREDIT: &[u8] = b"\xA0\x00\x00\x03\x33\x01\x01\x03";
}

/// An application that the terminal supports, and what the acquirer says of
/// it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Application<'a> {
    /// Its identifier, 5 to 16 bytes (ISO/IEC 7816-5).
    pub aid: &'a [u8],
    /// Whether an application of the card whose name only begins with it is
    /// this one as well (Application Selection Indicator).
    pub partial: bool,
    /// The version of its specification, `9F09`.
    pub version: u16,
    /// Which payments go online, by amount and at random.
    pub limits: Limits,
    /// Terminal Action Codes: what the acquirer makes of what was found.
    pub codes: ActionCodes,
    /// Default DDOL: what the card signs for dynamic data authentication if it
    /// does not say itself.
    pub default_ddol: &'a [u8],
    /// Default TDOL: over what the TC hash `98` is made if the card does not
    /// say itself.
    pub default_tdol: &'a [u8],
}

/// Limits of terminal risk management (EMV Book 3, 10.6).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Limits {
    /// Terminal Floor Limit, `9F1B`: from here on, a payment is to go online.
    pub floor: Amount,
    /// Threshold Value for Biased Random Selection, below the floor limit.
    pub threshold: Amount,
    /// Of payments below the threshold, so many in a hundred go online.
    pub target_percent: u8,
    /// At the floor limit, so many in a hundred would.
    pub maximum_percent: u8,
}

/// Action codes: for each bit of the [`Tvr`], whether it makes the terminal
/// decline, go online, or decline where it cannot go online (EMV Book 3, 10.7).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ActionCodes {
    /// Declined, without asking the issuer.
    pub denial: Tvr,
    /// The issuer is to be asked.
    pub online: Tvr,
    /// Declined, if the issuer cannot be asked.
    pub default: Tvr,
}

impl ActionCodes {
    /// No bit counts: what the acquirer leaves out.
    pub const NONE: Self =
        Self { denial: Tvr::empty(), online: Tvr::empty(), default: Tvr::empty() };
}

impl Limits {
    /// Every payment is to go online.
    pub const ONLINE: Self = Self {
        floor: Amount::ZERO,
        threshold: Amount::ZERO,
        target_percent: 99,
        maximum_percent: 99,
    };
}

impl Application<'static> {
    /// UnionPay debit, with the values that acquirers in China commonly give
    /// out; the acquirer's own take their place.
    pub const UNIONPAY: Self = Self {
        aid: aid::UNIONPAY_DEBIT,
        partial: false,
        version: 0x0030,
        limits: Limits::ONLINE,
        codes: ActionCodes {
            denial: Tvr::from_bytes([0x00, 0x10, 0x00, 0x00, 0x00]),
            online: Tvr::from_bytes([0xD8, 0x40, 0x04, 0xF8, 0x00]),
            default: Tvr::from_bytes([0xD8, 0x40, 0x00, 0xA8, 0x00]),
        },
        // The unpredictable number.
        default_ddol: &[0x9F, 0x37, 0x04],
        default_tdol: &[],
    };
}

impl Application<'_> {
    pub(crate) fn matches(&self, name: &[u8]) -> bool {
        name == self.aid || (self.partial && name.starts_with(self.aid))
    }
}

/// What the terminal is: the data elements that stay the same from one
/// transaction to the next. Can be a constant.
///
/// ```
/// use embedded_pos::emv::Terminal;
///
/// const TERMINAL: Terminal = Terminal {
///     terminal_id: *b"12345678",
///     merchant_id: *b"898120000000001",
///     ..Terminal::CHINA
/// };
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Terminal<'a> {
    /// The country it stands in, `9F1A` (ISO 3166-1 numeric).
    pub country: u16,
    /// Its type, `9F35` (EMV Book 4, annex A1).
    pub kind: u8,
    /// Acquirer Identifier, `9F01`: 6 to 11 digits; where it is given out.
    pub acquirer: Option<u64>,
    /// Terminal Capabilities, `9F33`.
    pub capabilities: Capabilities,
    /// Additional Terminal Capabilities, `9F40` (EMV Book 4, annex A3).
    pub additional_capabilities: [u8; 5],
    /// Terminal Identification, `9F1C`.
    pub terminal_id: [u8; 8],
    /// Serial number of the card reader, `9F1E`.
    pub ifd_serial: [u8; 8],
    /// Merchant Identifier, `9F16`.
    pub merchant_id: [u8; 15],
    /// Merchant Category Code, `9F15` (ISO 18245).
    pub merchant_category: u16,
    /// Merchant Name and Location, `9F4E`.
    pub merchant_name: &'a str,
    /// The applications it supports, in no particular order.
    pub applications: &'a [Application<'a>],
    /// The keys of the certification authorities, and the certificates they
    /// called back.
    pub authorities: Authorities<'a>,
    /// Whether the terminal has a list of cards not to be accepted, or a log of
    /// payments: `Step::Assess` then asks about them.
    pub assessment: bool,
    /// Whether the cardholder can choose among several applications, and can
    /// confirm one. Where not, the one of highest priority is taken.
    pub cardholder_choice: bool,
    /// Whether to ask for the directory of the card before trying one
    /// application after the other. Either way finds all applications.
    pub directory: bool,
}

impl Terminal<'static> {
    /// The least a terminal in China is: attended, online only, operated by the
    /// merchant (an authority counts as one), with a contact reader and all
    /// UnionPay applications. It claims no PIN pad, takes no signature and
    /// authenticates no card. One that does says so, and has the keys:
    ///
    /// ```
    /// use embedded_pos::emv::oda::Authorities;
    /// use embedded_pos::emv::{Capabilities, Terminal};
    ///
    /// const TERMINAL: Terminal = Terminal {
    ///     kind: 0x22, // offline with online capability
    ///     // Contacts; each kind of PIN, signature, none; SDA, DDA, CDA.
    ///     capabilities: Capabilities::from_bytes([0x20, 0xF8, 0xC8]),
    ///     authorities: Authorities { keys: &[/* the acquirer's */], revoked: &[] },
    ///     ..Terminal::CHINA
    /// };
    /// const _: () = TERMINAL.checked();
    /// ```
    pub const CHINA: Self = Self {
        country: 156,
        kind: 0x21,
        acquirer: None,
        capabilities: Capabilities::from_bytes([0x20, 0x08, 0x00]),
        // Goods and services; keys for digits and for commands; prints for and
        // shows to attendant and cardholder; code table 1.
        additional_capabilities: [0x60, 0x00, 0xA0, 0xF0, 0x01],
        terminal_id: *b"00000000",
        ifd_serial: *b"00000000",
        merchant_id: *b"000000000000000",
        merchant_category: 9222,
        merchant_name: "",
        applications: &[
            Application::UNIONPAY,
            Application { aid: aid::UNIONPAY_CREDIT, ..Application::UNIONPAY },
            Application { aid: aid::UNIONPAY_QUASI_CREDIT, ..Application::UNIONPAY },
        ],
        authorities: Authorities::NONE,
        assessment: false,
        cardholder_choice: true,
        directory: true,
    };
}

impl Terminal<'_> {
    /// Whether it can only ask the issuer: it approves nothing by itself (EMV
    /// Book 4, annex A1).
    #[must_use]
    pub const fn is_online_only(&self) -> bool {
        matches!(self.kind & 0x0F, 1 | 4)
    }

    /// Whether it can never ask the issuer.
    #[must_use]
    pub const fn is_offline_only(&self) -> bool {
        matches!(self.kind & 0x0F, 3 | 6)
    }

    /// Whether somebody attends to it.
    #[must_use]
    pub const fn is_attended(&self) -> bool {
        matches!(self.kind & 0x0F, 1..=3)
    }

    /// Whether it is an automated teller machine: an unattended terminal of a
    /// bank that pays out cash (EMV Book 4, annex A1).
    #[must_use]
    pub const fn is_atm(&self) -> bool {
        let [services, ..] = self.additional_capabilities;
        matches!(self.kind, 0x14..=0x16) && services & 0x80 != 0
    }

    pub(crate) fn store(&self, store: &mut Store<'_>) -> Result<(), Full> {
        store.add(Tag::COUNTRY, &bcd::<2>(self.country.into()))?;
        if let Some(acquirer) = self.acquirer {
            store.add(Tag::ACQUIRER, &bcd::<6>(acquirer))?;
        }
        store.add(Tag::TERMINAL_TYPE, &[self.kind])?;
        store.add(Tag::TERMINAL_CAPABILITIES, &self.capabilities.to_bytes())?;
        store.add(Tag::ADDITIONAL_CAPABILITIES, &self.additional_capabilities)?;
        store.add(Tag::TERMINAL_ID, &self.terminal_id)?;
        store.add(Tag::IFD_SERIAL, &self.ifd_serial)?;
        store.add(Tag::MERCHANT, &self.merchant_id)?;
        #[cfg(feature = "sm")]
        if self.authorities.has_sm2() {
            store.add(Tag::SM_SUPPORT, &[0x01])?;
        }
        store.add(Tag::CATEGORY, &bcd::<2>(self.merchant_category.into()))?;
        // ISO 8583: read from the chip, by contact.
        store.add(Tag::POS_ENTRY_MODE, &[0x05])?;
        store.add(Tag::MERCHANT_NAME, self.merchant_name.as_bytes())
    }
}

/// What is to be paid: the data elements of one transaction.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Payment {
    /// The amount, `9F02`.
    pub amount: Amount,
    /// How much of it is paid out in cash, `9F03`.
    pub cashback: Amount,
    /// The currency, `5F2A` and `5F36`.
    pub currency: Currency,
    /// Transaction Type, `9C` (ISO 8583): `00` is goods and services.
    pub kind: u8,
    /// When, as the terminal's clock has it: `9A` and `9F21`.
    pub time: CivilTime,
    /// Transaction Sequence Counter, `9F41`; eight digits are used.
    pub sequence: u32,
    /// Unpredictable Number, `9F37`: from a random number generator that the
    /// card cannot guess, new for every transaction (EMV Book 4, 6.5.6).
    pub unpredictable_number: [u8; 4],
    /// For the random selection of payments that go online: drawn anew from 1
    /// to 99 for every transaction (EMV Book 3, 10.6.2).
    pub selection: u8,
    /// Whether the merchant wants it to go online (EMV Book 4, 6.3.5).
    pub forced_online: bool,
}

impl Payment {
    /// A payment for goods or services in yuan.
    #[must_use]
    pub const fn yuan(
        amount: Amount,
        time: CivilTime,
        sequence: u32,
        unpredictable_number: [u8; 4],
    ) -> Self {
        Self {
            amount,
            cashback: Amount::ZERO,
            currency: Currency::CNY,
            kind: 0x00,
            time,
            sequence,
            unpredictable_number,
            // As good as any other digits of a number that cannot be guessed.
            selection: unpredictable_number[3] % 99 + 1,
            forced_online: false,
        }
    }

    /// Whether it pays out cash: Transaction Type `01`, or `17`, cash over the
    /// counter.
    #[must_use]
    pub const fn is_cash(&self) -> bool {
        matches!(self.kind, 0x01 | 0x17)
    }

    /// Whether goods or services are paid for: Transaction Type `00`, or `09`,
    /// the same with cashback.
    #[must_use]
    pub const fn is_purchase(&self) -> bool {
        matches!(self.kind, 0x00 | 0x09)
    }

    /// Whether a part of the amount is paid out in cash: Transaction Type
    /// `09`, or an amount of [`cashback`](Self::cashback).
    #[must_use]
    pub const fn has_cashback(&self) -> bool {
        self.kind == 0x09 || self.cashback.minor() > 0
    }

    pub(crate) fn store(&self, store: &mut Store<'_>) -> Result<(), Full> {
        store.add(Tag::AMOUNT, &self.amount.to_bcd())?;
        store.add(Tag::AMOUNT_OTHER, &self.cashback.to_bcd())?;
        if let Some(amount) = self.amount.to_binary() {
            store.add(Tag::AMOUNT_BINARY, &amount)?;
        }
        if let Some(cashback) = self.cashback.to_binary() {
            store.add(Tag::AMOUNT_OTHER_BINARY, &cashback)?;
        }
        store.add(Tag::CURRENCY, &bcd::<2>(self.currency.code.into()))?;
        store.add(Tag::CURRENCY_EXPONENT, &bcd::<1>(self.currency.exponent.into()))?;
        store.add(Tag::TRANSACTION_TYPE, &[self.kind])?;
        store.add(Tag::DATE, &date_bcd(self.time.date()))?;
        store.add(Tag::TIME, &time_bcd(self.time))?;
        store.add(Tag::SEQUENCE, &bcd::<4>(self.sequence.into()))?;
        store.add(Tag::UNPREDICTABLE_NUMBER, &self.unpredictable_number)
    }
}
