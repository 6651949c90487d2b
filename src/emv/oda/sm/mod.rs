//! Offline data authentication of Chinese cards with SM2 and SM3 (PBOC 3.0; JR/T
//! 0025.17-2013, 5): feature `sm`.
//!
//! Nothing is recovered here as it is with RSA: a certificate is plain text with
//! a [signature](Message) behind it. The chain is the same. Where the terminal's
//! key for the card's index (`8F`) is one [of SM2](super::Capk::sm2), the card's
//! certificates are taken for those of SM2, and with any other key for those of
//! RSA; the methods are called in the same way. A terminal with a key of SM2
//! tells cards so (`DF69` = `01`) if they ask in their PDOL, and a card that has
//! both kinds of certificates answers by that.
//!
//! ```
//! use embedded_pos::emv::oda::sm::Message;
//!
//! // GM/T 0003.5-2012, the example of a signature.
//! let signer = *b"\x09\xF9\xDF\x31\x1E\x54\x21\xA1\x50\xDD\x7D\x16\x1E\x4B\xC5\xC6\
//!     \x72\x17\x9F\xAD\x18\x33\xFC\x07\x6B\xB0\x8F\xF3\x56\xF3\x50\x20\
//!     \xCC\xEA\x49\x0C\xE2\x67\x75\xA5\x2D\xC6\xEA\x71\x8C\xC1\xAA\x60\
//!     \x0A\xED\x05\xFB\xF3\x5E\x08\x4A\x66\x32\xF6\x07\x2D\xA9\xAD\x13";
//! let signature = *b"\xF5\xA0\x3B\x06\x48\xD2\xC4\x63\x0E\xEA\xC5\x13\xE1\xBB\x81\xA1\
//!     \x59\x44\xDA\x38\x27\xD5\xB7\x41\x43\xAC\x7E\xAC\xEE\xE7\x20\xB3\
//!     \xB1\xB6\xAA\x29\xDF\x21\x2F\xD8\x76\x31\x82\xBC\x0D\x42\x1C\xA1\
//!     \xBB\x90\x38\xFD\x1F\x7F\x42\xD4\x84\x0B\x69\xC4\x85\xBB\xC1\xAA";
//!
//! let mut message = Message::new(&signer).expect("it is a point of the curve");
//! message.add(b"message ");
//! message.add(b"digest");
//! assert!(message.is_signed(&signature));
//! ```
//!
//! # What is known, and from where
//!
//! The standard is not published in full. All of its layouts stand in
//! `layout.rs`, and nowhere else.
//!
//! | object | layout | known |
//! | --- | --- | --- |
//! | issuer's certificate, `90` | `12`, issuer identifier 4, expiry MMYY 2, serial 3, algorithms 3 (`04 00 11`), length of the key `40`, X 32, Y 32, r 32, s 32: 142 bytes | verified with data of test cards under UnionPay's test key 57 |
//! | card's certificate, `9F46` | `14`, card number 10, then the same; signed with the static data behind it: 148 bytes | verified, likewise |
//! | signed static data, `93` | `13`, Data Authentication Code 2, r 32, s 32; signed with the static data behind it: 67 bytes | verified, likewise |
//! | signed dynamic data, `9F4B` | `15`, length of the dynamic data 1, the dynamic data, r 32, s 32; signed with the terminal's data behind it | inferred: the format goes on as `12` to `14` do after RSA's `02` to `04`, and what pads and hashes a signature of RSA has no place here |
//! | dynamic data of a combined signature | as with RSA, with the hash of SM3, 32 bytes | inferred; whether there are such cards at all is not known |
//! | what is hashed | SM3 of Z, the body of the object, what is signed with it; Z with the identifier `1234567812345678` | verified, likewise |
//! | `DF69` | `01` SM2 and SM3, `00` not | read, in traces and in configurations of terminals |
//!
//! Of the algorithms of a certificate the first counts, that of the signature:
//! `04`, SM2. The second is about enciphering, for which no key is used here.
//! The third names the curve: `11` in one kind of test card, `04` in another, so
//! it is not compared; there is one curve, and a key that is no point of it is
//! refused.
//!
//! # Cost
//!
//! Three signatures for DDA, each as much as a hundred operations of RSA with
//! exponent 3, and 7 KB of stack: `docs/performance.md` has time, flash and
//! stack. How long it takes depends on the numbers, which is right: all of them
//! are public.
//!
//! # What it does not do
//!
//! Encipher a PIN for the card: [`Check::KeyAlgorithm`](super::Check). SM4,
//! with which such a card makes its cryptograms, is between the card and its
//! issuer.

mod certificate;
mod layout;
mod message;
mod methods;

pub use message::{KEY_LEN, Message, SIGNATURE_LEN};
pub(super) use methods::{
    combined_authentication, dynamic_authentication, is_for, recover_icc_key, static_authentication,
};
