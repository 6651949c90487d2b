//! What a scanned code can be.
//!
//! A scan engine gives bytes and, at best, a symbology. What they are depends
//! on what was to be scanned: the number of a Tianjin driving licence has 18
//! digits beginning 12, and so has a WeChat payment code. So [`classify`] is
//! told what is expected, and gives every reading there is, each with its
//! reason: the expected kinds first, none left out, nothing guessed.
//!
//! | kind | form | known by |
//! | --- | --- | --- |
//! | [`Wechat`](Kind::Wechat) | 18 digits beginning 10 to 15 | form |
//! | [`Alipay`](Kind::Alipay) | 16 to 24 digits beginning 25 to 30 | form |
//! | [`UnionPayQr`](Kind::UnionPayQr) | 19 digits beginning 62 | form |
//! | [`ECny`](Kind::ECny) | 19 digits beginning 01 | form |
//! | [`JdPay`](Kind::JdPay), [`BestPay`](Kind::BestPay), [`QqWallet`](Kind::QqWallet) | 18 digits beginning 18, 51, 91 | form |
//! | [`EmvCpm`](Kind::EmvCpm) | Base64 of TLV that begins with `CPV01` | structure |
//! | [`ResidentId`](Kind::ResidentId) | 18 characters, GB 11643 | date and check |
//! | [`LicenceCore`](Kind::LicenceCore) | 13 characters | check |
//! | [`ArchiveNumber`](Kind::ArchiveNumber) | 12 digits, the first two a province | form |
//! | [`Vin`](Kind::Vin) | 17 characters, ISO 3779 | check, where it is prescribed |
//! | [`Plate`](Kind::Plate) | UTF-8, GBK or UTF-16 | grammar |
//! | [`Mrz`](Kind::Mrz) | lines of 30, 36 or 44 characters | checks |
//! | [`Aamva`](Kind::Aamva) | `@`, `ANSI ` or `AAMVA` | form |
//! | [`Mdoc`](Kind::Mdoc) | `mdoc:` and Base64 for links | form |
//! | [`Pan`](Kind::Pan) | beginning and length of a bank card | Luhn |
//! | [`EmvMpm`](Kind::EmvMpm) | text with lengths, ending in `63` | CRC |
//! | [`Ean13`](Kind::Ean13) | 13 digits | check |
//! | [`Url`](Kind::Url) | `https://`, `wxp://` and the like | form |
//! | [`PayeeLink`](Kind::PayeeLink) | `wxp://`, `https://qr.alipay.com/`, `https://qr.95516.com/` | form |
//! | [`AimPrefixed`](Kind::AimPrefixed) | `]`, a letter, a digit or letter | form |
//!
//! What rests on what: the forms of WeChat and Alipay are those that they and
//! acquirers publish. That of UnionPay is in the code of many tills, that of
//! the digital yuan in that of two, those of JD and Bestpay in that of one,
//! which agree with each other; no standard for them is public. That of QQ
//! Wallet is hearsay.
//!
//! # The symbology
//!
//! Where the engine says it, it speaks for or against a reading:
//! [`Candidate::carrier`]. A number of 18 digits in an EAN is no payment code,
//! thirteen digits in Code 128 are no article, AAMVA's frame is PDF417's.
//! What it speaks against is not dropped: [`Candidates::ruled_out`].
//!
//! # What can be charged
//!
//! Only what a payer shows: [`Kind::is_chargeable`]. A link is what hangs at
//! the till for payers to scan, and so is a merchant-presented code; a terminal
//! that scans one has been shown the wrong thing.
//!
//! # Payment codes are secrets
//!
//! For a minute, whoever has the number can spend with it. [`PaymentCode`]
//! holds one: it does not show in `Debug`, is compared in constant time, and is
//! overwritten when dropped. [`OneTime`] lets each through once: what comes out
//! is the only form that a payment takes, and can be read once.
//!
//! EMVCo's codes are taken apart by [`cpm`] (what a payer shows) and [`mpm`]
//! (what a payee shows).
//!
//! ```
//! use embedded_pos::scan::code::{Expect, Kind, classify};
//!
//! // A made-up number with the form of both.
//! let number = b"120101199001011212";
//! let found = classify(number, Some(*b"C0"), Expect::Licence);
//! let kinds: Vec<Kind> = found.iter().map(|candidate| candidate.kind).collect();
//! assert_eq!(kinds, [Kind::ResidentId, Kind::Wechat]);
//! assert!(found.is_ambiguous());
//!
//! // The number of an article, and of a licence: the symbology tells.
//! let number = b"1240792010866";
//! assert!(classify(number, None, Expect::Any).is_ambiguous());
//! let found = classify(number, Some(*b"E0"), Expect::Any);
//! assert_eq!(found.iter().map(|found| found.kind).collect::<Vec<_>>(), [Kind::Ean13]);
//! assert_eq!(found.ruled_out().next().unwrap().kind, Kind::LicenceCore);
//! ```

mod carrier;
mod classify;
pub mod cpm;
mod emv;
mod encoding;
mod kind;
pub mod mpm;
mod number;
mod once;
mod payment;
mod text;

pub use carrier::Carrier;
pub use classify::{Candidate, Candidates, classify};
pub use encoding::Encodings;
pub use kind::{Expect, Kind};
pub use once::{AdmittedCode, OneTime, Refusal};
pub use payment::PaymentCode;
pub use text::split_aim;
