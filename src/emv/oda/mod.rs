//! Offline data authentication (EMV Book 2, 5 to 7; Book 3, 10.3): whether the
//! card's data are its issuer's, and the card is not a copy.
//!
//! A certification authority, whose [key](Capk) the terminal has, signed the
//! issuer's key; the issuer signed either the data of the card (SDA) or the
//! card's own key and the data; with that key the card signs what the terminal
//! sent (DDA), or that together with its cryptogram (CDA). [`method`] says which
//! it is.
//!
//! [`CardData`] holds what a card told, and does it.
//!
//! ```
//! use embedded_pos::civil::Date;
//! use embedded_pos::emv::oda::{Authorities, CardData, Check, OdaFault};
//! use embedded_pos::emv::{Aip, Store, Tag};
//!
//! let mut memory = [0; Store::ROOM];
//! let aid = [0xA0, 0x00, 0x00, 0x03, 0x33, 0x01, 0x01, 0x01];
//! let mut card = CardData::new(&mut memory, &aid, Aip::SDA)?;
//! // A record of file 2 that takes part: the card number, and which key of its
//! // scheme's it is. There are no certificates in it.
//! let record = [0x70, 0x0D, 0x5A, 0x08, 0x62, 0, 0, 0, 0, 0, 0, 5, 0x8F, 0x01, 0x0B];
//! card.record(2, true, &record)?;
//! let date = Date::new(2026, 3, 2).unwrap();
//! let result = card.sda(&Authorities::NONE, date);
//! assert_eq!(result, Err(OdaFault::Missing(Tag::STATIC_SIGNATURE)));
//! # Ok::<(), OdaFault>(())
//! ```
//!
//! # Keys
//!
//! [`Authorities`] are keys and a revocation list, in flash or out of a
//! [`KeyRing`] that is changed at run time. A key with a checksum is refused if
//! it is wrong: a digit that was mistyped would show as forged cards.
//!
//! # Cost
//!
//! [`rsa`] has nothing but the public operation with exponents 3 and 65537, in
//! 1.7 KB of stack and 1.3 KB of flash. SHA-1 is what EMV prescribes. What was recovered from a
//! card's certificate has its number in it, and is zeroised.
//!
//! # What it does not do
//!
//! The elliptic curves of EMV's XDA: a certificate with another algorithm than
//! RSA and SHA-1 is refused, with [`Check::KeyAlgorithm`] or
//! [`Check::HashAlgorithm`]. SM2 and SM3 of Chinese cards are the module `sm`, of
//! the feature of that name.

mod capk;
mod card_data;
mod certificate;
mod digest;
mod dynamic;
mod fault;
mod key;
mod keys;
mod ring;
pub mod rsa;
mod sha1;
mod signed;
#[cfg(feature = "sm")]
pub mod sm;
mod static_data;

pub use capk::{Authorities, Capk, CapkFault, Revoked};
pub use card_data::{CardData, Sent};
pub(crate) use dynamic::{combined_authentication, dynamic_authentication};
pub use fault::{Check, OdaFault};
pub(crate) use keys::{recover_icc_key, recover_pin_key};
pub use ring::{KeyRing, Keys};
pub(crate) use sha1::Sha1;
pub(crate) use static_data::{keep_record, static_authentication};

use super::store::Store;
use super::tlv::Tag;
use super::{Aip, Capabilities};

/// How a card's data are authenticated.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Method {
    /// Static data authentication: the data are the issuer's.
    Sda,
    /// Dynamic data authentication: and the card is.
    Dda,
    /// Combined data authentication: and so is its cryptogram.
    Cda,
}

/// The method that card and terminal both know; of several, the strongest (EMV
/// Book 3, 10.3).
///
/// ```
/// use embedded_pos::emv::oda::{Method, method};
/// use embedded_pos::emv::{Aip, Capabilities};
///
/// let card = Aip::SDA | Aip::DDA | Aip::CDA;
/// assert_eq!(method(card, Capabilities::SDA | Capabilities::DDA), Some(Method::Dda));
/// assert_eq!(method(card, Capabilities::NO_CVM), None);
/// ```
#[must_use]
pub const fn method(aip: Aip, terminal: Capabilities) -> Option<Method> {
    if aip.contains(Aip::CDA) && terminal.contains(Capabilities::CDA) {
        Some(Method::Cda)
    } else if aip.contains(Aip::DDA) && terminal.contains(Capabilities::DDA) {
        Some(Method::Dda)
    } else if aip.contains(Aip::SDA) && terminal.contains(Capabilities::SDA) {
        Some(Method::Sda)
    } else {
        None
    }
}

/// An element without which it cannot be done.
fn need<'s>(store: &'s Store<'_>, tag: Tag) -> Result<&'s [u8], OdaFault> {
    store.get(tag).ok_or(OdaFault::Missing(tag))
}

/// The check of an object, made.
fn ensure(good: bool, object: Tag, check: Check) -> Result<(), OdaFault> {
    if good { Ok(()) } else { Err(OdaFault::Failed(object, check)) }
}
