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
//! | [`EmvCpm`](Kind::EmvCpm) | Base64 of TLV that begins with `CPV01` | structure |
//! | [`ResidentId`](Kind::ResidentId) | 18 characters, GB 11643 | date and check |
//! | [`LicenceCore`](Kind::LicenceCore) | 13 characters | check |
//! | [`Pan`](Kind::Pan) | beginning and length of a bank card | Luhn |
//! | [`EmvMpm`](Kind::EmvMpm) | text with lengths, ending in `63` | CRC |
//! | [`Ean13`](Kind::Ean13) | 13 digits | check |
//! | [`Url`](Kind::Url) | `https://`, `wxp://` and the like | form |
//!
//! The forms of the payment codes are those that acquirers publish; that of
//! UnionPay is common use, and no standard for it is public.
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
//! overwritten when dropped.
//!
//! ```
//! use embedded_pos::scan::code::{Expect, Kind, classify};
//!
//! // A made-up number with the form of both.
//! let number = b"120101199001011212";
//! let found = classify(number, Expect::Licence);
//! let kinds: Vec<Kind> = found.iter().map(|candidate| candidate.kind).collect();
//! assert_eq!(kinds, [Kind::ResidentId, Kind::Wechat]);
//! assert!(found.is_ambiguous());
//! ```

mod emv;
mod number;
mod payment;

pub use payment::PaymentCode;

use core::fmt;

/// What the caller is about to scan.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Expect {
    /// What a payer shows.
    Payment,
    /// What is on a driving or vehicle licence or a resident ID card.
    Licence,
    /// Anything.
    #[default]
    Any,
}

/// What a code can be.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Kind {
    /// A WeChat Pay code shown by a payer (付款码).
    Wechat,
    /// An Alipay code shown by a payer (付款码).
    Alipay,
    /// A UnionPay code shown by a payer, as a number (付款码).
    UnionPayQr,
    /// An EMVCo consumer-presented code.
    EmvCpm,
    /// A resident ID number, which is the number of a driving licence too.
    ResidentId,
    /// The core number of a licence (证芯编号).
    LicenceCore,
    /// A bank card number.
    Pan,
    /// An EMVCo merchant-presented code: for payers to scan.
    EmvMpm,
    /// An article number.
    Ean13,
    /// A link.
    Url,
    /// None of these.
    Unknown,
}

impl Kind {
    /// The name as tools print it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Wechat => "wechat",
            Self::Alipay => "alipay",
            Self::UnionPayQr => "unionpay-qr",
            Self::EmvCpm => "emv-cpm",
            Self::ResidentId => "resident-id",
            Self::LicenceCore => "licence-core",
            Self::Pan => "pan",
            Self::EmvMpm => "emv-mpm",
            Self::Ean13 => "ean13",
            Self::Url => "url",
            Self::Unknown => "unknown",
        }
    }

    /// Whether it is what a payer shows to be charged.
    #[must_use]
    pub const fn is_chargeable(self) -> bool {
        matches!(self, Self::Wechat | Self::Alipay | Self::UnionPayQr | Self::EmvCpm)
    }

    /// Whether it is what stands on a licence or an ID card.
    #[must_use]
    pub const fn is_licence(self) -> bool {
        matches!(self, Self::ResidentId | Self::LicenceCore)
    }

    /// Whether it is of what is expected.
    #[must_use]
    pub const fn fits(self, expect: Expect) -> bool {
        match expect {
            Expect::Payment => self.is_chargeable(),
            Expect::Licence => self.is_licence(),
            Expect::Any => !matches!(self, Self::Unknown),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One reading of a code.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Candidate {
    /// What it would be.
    pub kind: Kind,
    /// What speaks for it, as a sentence for a person.
    pub reason: &'static str,
    /// Whether something other than length and beginning was verified: a
    /// check digit, a CRC, a structure.
    pub checked: bool,
}

impl Candidate {
    const fn of_form(kind: Kind, reason: &'static str) -> Self {
        Self { kind, reason, checked: false }
    }

    const fn verified(kind: Kind, reason: &'static str) -> Self {
        Self { kind, reason, checked: true }
    }
}

/// All readings of a code, at least one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Candidates {
    found: [Option<Candidate>; Self::MOST],
    expect: Expect,
}

impl Candidates {
    /// More than any code has.
    const MOST: usize = 8;

    /// Every reading: the expected kinds first, in either part in the order of
    /// [`Kind`].
    pub fn iter(&self) -> impl Iterator<Item = Candidate> {
        let of = |fits| {
            let all = self.found.into_iter().flatten();
            all.filter(move |candidate: &Candidate| candidate.kind.fits(self.expect) == fits)
        };
        of(true).chain(of(false))
    }

    /// The readings that are of what was expected.
    pub fn expected(&self) -> impl Iterator<Item = Candidate> {
        self.iter().filter(|candidate| candidate.kind.fits(self.expect))
    }

    /// The reading of one kind.
    #[must_use]
    pub fn get(&self, kind: Kind) -> Option<Candidate> {
        self.iter().find(|candidate| candidate.kind == kind)
    }

    /// Whether there is more than one.
    #[must_use]
    pub fn is_ambiguous(&self) -> bool {
        self.iter().nth(1).is_some()
    }
}

/// Every reading of a scanned code. Nothing is trimmed or converted: the
/// payload is taken as it is in the code.
#[must_use]
pub fn classify(payload: &[u8], expect: Expect) -> Candidates {
    let readings = [
        number::wechat(payload),
        number::alipay(payload),
        number::unionpay(payload),
        emv::consumer(payload),
        number::resident_id(payload),
        number::licence_core(payload, expect),
        number::pan(payload),
        emv::merchant(payload),
        number::ean_13(payload),
        url(payload),
    ];
    let mut found = [None; Candidates::MOST];
    let all = readings.into_iter().flatten();
    found.iter_mut().zip(all).for_each(|(slot, candidate)| *slot = Some(candidate));
    if let [first @ None, ..] = &mut found {
        *first = Some(unknown(payload));
    }
    Candidates { found, expect }
}

fn unknown(payload: &[u8]) -> Candidate {
    let reason = match payload {
        [] => "empty",
        _ if number::is_wrong_resident_id(payload) => {
            "like resident-id, but its check character does not agree"
        }
        _ if emv::looks_like_merchant(payload) => "begins like emv-mpm, but its CRC does not agree",
        _ => "of no form that is known",
    };
    Candidate::of_form(Kind::Unknown, reason)
}

/// The links that payment services print for payers, and what they are.
const STATIC: [(&str, &str); 3] = [
    ("wxp://", "WeChat Pay code of a payee, for payers to scan; cannot be charged"),
    ("https://qr.alipay.com/", "Alipay code of a payee, for payers to scan; cannot be charged"),
    ("https://qr.95516.com/", "UnionPay code of a payee, for payers to scan; cannot be charged"),
];

fn url(payload: &[u8]) -> Option<Candidate> {
    let begins = |with: &str| {
        let begin = payload.get(..with.len());
        begin.is_some_and(|begin| begin.eq_ignore_ascii_case(with.as_bytes()))
    };
    let known = STATIC.iter().find(|(begin, _)| begins(begin)).map(|(_, reason)| *reason);
    let other = || (begins("http://") || begins("https://")).then_some("link; cannot be charged");
    known.or_else(other).map(|reason| Candidate::of_form(Kind::Url, reason))
}
