//! EMVCo merchant-presented codes (EMV QRCPS, Merchant-Presented Mode 1.1):
//! what a payee shows, read and made.
//!
//! A payload is text of objects, each an identifier of two digits, a length of
//! two digits, and the content; some are templates, which hold objects. The
//! first is the payload format `000201`, the last the CRC; any order between.
//!
//! [`Mpm::parse`] borrows the payload and copies nothing. Only the frame can
//! be wrong: an identifier or a length that is none, an object that is too
//! long. All else is told: the [CRC](Mpm::crc), and every
//! [finding](Mpm::findings): what is missing, repeated, out of place, not of
//! its form. Identifiers that are not in the standard survive.
//!
//! ```
//! use embedded_pos::scan::code::mpm::{Currency, Field, Mpm, Said};
//! use embedded_pos::scan::document::Check;
//!
//! // The sample of the standard, annex B.
//! let payload = "00020101021229300012D156000000000510A93FO3230Q31280012D1560000000103\
//!     0812345678520441115802CN5914BEST TRANSPORT6007BEIJING64200002ZH0104最佳运输\
//!     0202北京540523.7253031565502016233030412340603***0708A60086670902ME91320016\
//!     A0112233449988770708123456786304A13A";
//! let code = Mpm::parse(payload.as_bytes())?;
//! assert_eq!(code.crc(), Check::Valid);
//! assert_eq!((code.currency(), code.minor_amount()), (Some(Currency::CNY), Some(23_72)));
//! assert_eq!(code.localised().unwrap().name, "最佳运输".as_bytes());
//! assert_eq!(code.additional(Field::Store), Some(Said::Value(b"1234")));
//! assert_eq!(code.findings().count(), 0);
//! # Ok::<(), embedded_pos::scan::code::mpm::MpmError>(())
//! ```
//!
//! # Characters and bytes
//!
//! A length counts characters, and the CRC is over the bytes of UTF-8. Some
//! generators count bytes, or write GBK. Where it makes a difference both are
//! tried, and [`Mpm::lengths`] says which fits: by the frame, then by the CRC,
//! then by what else is [found](Mpm::findings); if both do, characters, and the
//! [other](Mpm::other_reading) comes back too.
//!
//! # Making one
//!
//! [`Builder`] writes into a buffer of the caller's; lengths and CRC are
//! computed, and what must be there is asked for.
//!
//! ```
//! use embedded_pos::scan::code::mpm::{Builder, Currency, Field, Initiation, Mpm, UnionPay};
//!
//! let mut buf = [0; 256];
//! let mut builder = Builder::new(&mut buf, Initiation::Dynamic)?;
//! builder.unionpay(&UnionPay {
//!     acquirer: "00000000",
//!     forwarder: "00000000",
//!     merchant: "TESTMERCHANT001",
//! })?;
//! builder.merchant("9399", "CN", "TEST", "TIANJIN")?;
//! builder.price(Currency::CNY, Some(200_00))?;
//! builder.template(62, &[(Field::Reference as u8, "1201011500000007")])?;
//! let payload = builder.finish()?;
//! assert_eq!(Mpm::parse(payload.as_bytes()).unwrap().minor_amount(), Some(200_00));
//! # Ok::<(), embedded_pos::scan::code::mpm::BuildError>(())
//! ```

mod build;
mod finding;
mod money;
mod object;
mod view;

pub use build::{BuildError, BuildWhat, Builder};
pub use finding::Finding;
pub use money::{Amount, Currency};
pub use object::{Lengths, MpmError, MpmWhat, Object, Objects};
pub use view::{Account, Field, Initiation, Localised, Network, Said, Tip, UnionPay};

use crc::{CRC_16_IBM_3740, Crc, NoTable};

use crate::scan::document::Check;

/// EMV QRCPS merchant-presented mode 4.7.3: ISO/IEC 13239 with initial value
/// FFFF.
const CRC: Crc<u16, NoTable> = Crc::<u16, NoTable>::new(&CRC_16_IBM_3740);

/// Identifiers (EMV QRCPS merchant-presented mode, table 4.2).
mod id {
    use core::ops::RangeInclusive;

    pub(super) const FORMAT: u8 = 0;
    pub(super) const INITIATION: u8 = 1;
    pub(super) const ACCOUNTS: RangeInclusive<u8> = 2..=51;
    pub(super) const ACCOUNT_TEMPLATES: RangeInclusive<u8> = 26..=51;
    pub(super) const CATEGORY: u8 = 52;
    pub(super) const CURRENCY: u8 = 53;
    pub(super) const AMOUNT: u8 = 54;
    pub(super) const TIP: u8 = 55;
    pub(super) const FEE: u8 = 56;
    pub(super) const PERCENTAGE: u8 = 57;
    pub(super) const COUNTRY: u8 = 58;
    pub(super) const NAME: u8 = 59;
    pub(super) const CITY: u8 = 60;
    pub(super) const POSTAL_CODE: u8 = 61;
    pub(super) const ADDITIONAL: u8 = 62;
    pub(super) const CRC: u8 = 63;
    pub(super) const LANGUAGE: u8 = 64;
    pub(super) const UNRESERVED: RangeInclusive<u8> = 80..=99;
}

/// A merchant-presented code, borrowed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Mpm<'a> {
    payload: &'a [u8],
    lengths: Lengths,
}

impl<'a> Mpm<'a> {
    /// Takes a payload.
    ///
    /// # Errors
    /// It is no objects from the first byte to the last, neither with lengths
    /// in characters nor in bytes. The error is that of characters if the
    /// payload is UTF-8.
    pub fn parse(payload: &'a [u8]) -> Result<Self, MpmError> {
        let with = |lengths| Self { payload, lengths }.framed();
        if payload.is_ascii() {
            return with(Lengths::Either);
        }
        let Ok(_) = core::str::from_utf8(payload) else { return with(Lengths::Bytes) };
        match (with(Lengths::Characters), with(Lengths::Bytes)) {
            (Ok(characters), Ok(bytes)) if bytes.misfit() < characters.misfit() => Ok(bytes),
            (Err(_), Ok(bytes)) => Ok(bytes),
            (characters, _) => characters,
        }
    }

    fn framed(self) -> Result<Self, MpmError> {
        if self.payload.is_empty() {
            return Err(MpmError { offset: 0, what: MpmWhat::Empty });
        }
        self.objects().try_for_each(|object| object.map(|_| ()))?;
        Ok(self)
    }

    /// How much speaks against the lengths: a length that is too long by chance
    /// swallows whole objects, the CRC among them.
    fn misfit(&self) -> (bool, usize) {
        (self.crc() != Check::Valid, self.findings().count())
    }

    /// What its lengths count.
    #[must_use]
    pub const fn lengths(&self) -> Lengths {
        self.lengths
    }

    /// The same with lengths of the other kind, if that fits as well: a length
    /// in bytes can be right in characters too, when what it then takes in are
    /// whole objects that nobody misses.
    #[must_use]
    pub fn other_reading(&self) -> Option<Self> {
        let lengths = match self.lengths {
            Lengths::Characters => Lengths::Bytes,
            Lengths::Bytes if core::str::from_utf8(self.payload).is_ok() => Lengths::Characters,
            _ => return None,
        };
        let other = Self { lengths, ..*self }.framed().ok()?;
        (other.misfit() == self.misfit()).then_some(other)
    }

    /// The objects, in the order they stand in.
    #[must_use]
    pub const fn objects(&self) -> Objects<'a> {
        Objects::new(self.payload, self.lengths)
    }

    /// The first object with this identifier.
    #[must_use]
    pub fn get(&self, id: u8) -> Option<Object<'a>> {
        self.objects().get(id)
    }

    /// The objects that hold objects: 26 to 51, 62, 64 and 80 to 99.
    pub fn templates(&self) -> impl Iterator<Item = Object<'a>> + use<'a> {
        self.objects().filter_map(Result::ok).filter(Object::is_template)
    }

    /// What the CRC says, over all bytes up to and with its own `6304`.
    #[must_use]
    pub fn crc(&self) -> Check {
        let Some(object) = self.get(id::CRC) else { return Check::Absent };
        let covered = self.payload.get(..object.offset + object::HEADER).unwrap_or_default();
        match hex_16(object.value) {
            Some(crc) if crc == CRC.checksum(covered) => Check::Valid,
            _ => Check::Invalid,
        }
    }
}

impl Object<'_> {
    /// Whether it holds objects, as an object of the first level.
    #[must_use]
    pub fn is_template(&self) -> bool {
        is_template(self.id)
    }
}

fn is_template(id: u8) -> bool {
    id::ACCOUNT_TEMPLATES.contains(&id)
        || matches!(id, id::ADDITIONAL | id::LANGUAGE)
        || id::UNRESERVED.contains(&id)
}

/// Four hexadecimal digits; capital letters in the standard.
fn hex_16(text: &[u8]) -> Option<u16> {
    let text = core::str::from_utf8(text).ok()?;
    let fits = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    u16::from_str_radix(text, 16).ok().filter(|_| fits)
}
