//! The keys and signatures of a simulated payment system (EMV Book 2, 5 to 7).
//!
//! A certification authority signs the issuer's key, the issuer those of the
//! card and its data, and the card signs what the terminal says; all of it live,
//! with RSA keys that were made for it (`tools/sim-keys.py`) and are known to
//! everybody. A [`Pki`] chooses among them; [`Pki::authority_key`] is what a
//! terminal has to know. Any signature can have a [`Flaw`].
//!
//! The private operation is that of `num-bigint`: its numbers are of any
//! length, and nothing has to be kept secret from a clock here.
//!
//! ```
//! use embedded_pos::sim::card::pki::{Key, Pki, Size};
//!
//! let pki = Pki { authority: Key::new(Size::Bits1152).with_f4(), ..Pki::default() };
//! let key = pki.authority_key([0xA0, 0x00, 0x00, 0x03, 0x33]);
//! assert_eq!(key.modulus.len(), 144);
//! assert_eq!(key.exponent, [1, 0, 1]);
//! ```

mod flaw;
#[rustfmt::skip]
mod primes;
mod rsa;
mod sign;
#[cfg(feature = "sm")]
mod sm;

use std::vec::Vec;

use sha1::{Digest, Sha1};

pub use flaw::{Flaw, Signed};
pub(super) use rsa::RsaKey;
pub use rsa::{Exponent, Key, Size};
pub(super) use sign::Signer;
#[cfg(feature = "sm")]
pub use sm::Sm2AuthorityKey;

/// Which keys sign, and what stands in the certificates.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Pki {
    /// The key of the certification authority.
    pub authority: Key,
    /// The issuer's, not longer than that.
    pub issuer: Key,
    /// The card's, not longer than the issuer's. For combined data
    /// authentication, 1408 bits at most: an answer has 256 bytes.
    pub card: Key,
    /// The card's for PINs, if it has one of its own.
    pub pin: Option<Key>,
    /// When the certificates expire: `MMYY`, two digits in a byte.
    pub expires: [u8; 2],
    /// The serial number of the issuer's certificate.
    pub serial: [u8; 3],
    /// Whether there are keys of SM2 as well: a card whose PDOL asks for `DF69`
    /// signs with them for a terminal that says `01`.
    #[cfg(feature = "sm")]
    pub sm2: bool,
}

/// With which of its keys a card signs.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum Algorithm {
    #[default]
    Rsa,
    #[cfg(feature = "sm")]
    Sm2,
}

impl Default for Pki {
    /// 1984 bits, 1408 and 1024, the exponent 3, no key for PINs, valid until
    /// December 2049.
    fn default() -> Self {
        Self {
            authority: Key::new(Size::Bits1984),
            issuer: Key::new(Size::Bits1408),
            card: Key::new(Size::Bits1024),
            pin: None,
            expires: [0x12, 0x49],
            serial: [0x00, 0x10, 0x01],
            #[cfg(feature = "sm")]
            sm2: false,
        }
    }
}

/// A Certification Authority Public Key, as terminals are loaded with it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AuthorityKey {
    /// Registered Application Provider Identifier.
    pub rid: [u8; 5],
    /// Certification Authority Public Key Index.
    pub index: u8,
    /// Modulus.
    pub modulus: Vec<u8>,
    /// Exponent, in one byte or three.
    pub exponent: Vec<u8>,
    /// SHA-1 over all that, in this order (Book 2, 11.2.2).
    pub checksum: [u8; 20],
}

impl Pki {
    /// The key by which a terminal authenticates the cards of this payment
    /// system.
    #[must_use]
    pub fn authority_key(&self, rid: [u8; 5]) -> AuthorityKey {
        let key = RsaKey::new(&primes::AUTHORITY, self.authority);
        let (index, modulus, exponent) = (self.index(), key.modulus(), key.exponent().to_vec());
        let checksum = sha1(&[&rid, &[index], &modulus, &exponent]);
        AuthorityKey { rid, index, modulus, exponent, checksum }
    }

    /// With what it signs for a terminal that says this of itself.
    #[cfg(feature = "sm")]
    pub(super) fn algorithm(&self, told: &[(u32, Vec<u8>)]) -> Algorithm {
        let wanted = self.sm2 && told.contains(&(0xDF69, [0x01].into()));
        if wanted { Algorithm::Sm2 } else { Algorithm::Rsa }
    }

    #[cfg(not(feature = "sm"))]
    pub(super) const fn algorithm(&self, _told: &[(u32, Vec<u8>)]) -> Algorithm {
        Algorithm::Rsa
    }

    /// `E0` to `E7`: each of the eight keys of RSA has its own.
    const fn index(&self) -> u8 {
        let size = match self.authority.size {
            Size::Bits1024 => 0,
            Size::Bits1152 => 2,
            Size::Bits1408 => 4,
            Size::Bits1984 => 6,
        };
        let exponent = match self.authority.exponent {
            Exponent::Three => 0,
            Exponent::F4 => 1,
        };
        0xE0 | size | exponent
    }

    /// The key by which a PIN is deciphered (Book 2, 7.1).
    pub(super) fn pin_key(&self) -> RsaKey {
        match self.pin {
            Some(pin) => RsaKey::new(&primes::PIN, pin),
            None => RsaKey::new(&primes::CARD, self.card),
        }
    }
}

/// SHA-1 over these parts.
pub(crate) fn sha1(parts: &[&[u8]]) -> [u8; 20] {
    let mut hash = Sha1::new();
    parts.iter().for_each(|part| hash.update(part));
    hash.finalize().into()
}
