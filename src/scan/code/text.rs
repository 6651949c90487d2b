//! Codes that are text.

use heapless::String;

use super::{Candidate, Expect, Kind};
use crate::scan::document::mrz::Zone;
use crate::scan::document::{Check, vin::Vin};
use crate::scan::plate::Plate;

fn begins(payload: &[u8], with: &str) -> bool {
    let begin = payload.get(..with.len());
    begin.is_some_and(|begin| begin.eq_ignore_ascii_case(with.as_bytes()))
}

/// The links that payment services print for payers, and what they are.
const PAYEES: [(&str, &str); 3] = [
    ("wxp://", "WeChat Pay code of a payee, for payers to scan; cannot be charged"),
    ("https://qr.alipay.com/", "Alipay code of a payee, for payers to scan; cannot be charged"),
    ("https://qr.95516.com/", "UnionPay code of a payee, for payers to scan; cannot be charged"),
];

fn payee(payload: &[u8]) -> Option<&'static str> {
    let (_, reason) = PAYEES.iter().find(|(begin, _)| begins(payload, begin))?;
    Some(reason)
}

pub(super) fn payee_link(payload: &[u8]) -> Option<Candidate> {
    payee(payload).map(|reason| Candidate::of_form(Kind::PayeeLink, reason))
}

pub(super) fn url(payload: &[u8]) -> Option<Candidate> {
    let is_link = begins(payload, "http://") || begins(payload, "https://");
    let reason = payee(payload).or_else(|| is_link.then_some("link; cannot be charged"))?;
    Some(Candidate::of_form(Kind::Url, reason))
}

/// Where the check digit is prescribed and wrong, it is still one where a
/// licence is expected; so is one of digits alone, which makers do not give.
pub(super) fn vin(payload: &[u8], expect: Expect) -> Option<Candidate> {
    let vin = Vin::parse(payload).ok()?;
    let form = |reason| Some(Candidate::of_form(Kind::Vin, reason));
    match (vin.check(), vin.is_check_mandatory()) {
        _ if expect != Expect::Licence && payload.iter().all(u8::is_ascii_digit) => None,
        (Check::Valid, _) => {
            let reason = "17 characters of a vehicle number, check digit agrees";
            Some(Candidate::verified(Kind::Vin, reason))
        }
        (_, false) => form("17 characters of a vehicle number; no check digit is prescribed"),
        _ if expect == Expect::Licence => {
            form("17 characters of a vehicle number, but the check digit does not agree")
        }
        _ => None,
    }
}

pub(super) fn plate(payload: &[u8]) -> Option<Candidate> {
    let form = |reason| Some(Candidate::of_form(Kind::Plate, reason));
    let is_plate = |text: &str| Plate::parse(text).is_ok();
    if core::str::from_utf8(payload).is_ok_and(is_plate) {
        return form("number plate by its grammar");
    }
    if Plate::parse_gbk(payload).is_ok() {
        return form("number plate by its grammar, in GBK");
    }
    let wide = |unit| utf_16(payload, unit).is_some_and(|text| is_plate(&text));
    let fits = wide(u16::from_be_bytes) || wide(u16::from_le_bytes);
    fits.then(|| form("number plate by its grammar, in UTF-16"))?
}

/// Text of UTF-16, with or without a mark; `None` if it is longer than a plate.
fn utf_16(payload: &[u8], unit: fn([u8; 2]) -> u16) -> Option<String<32>> {
    let (pairs, []) = payload.as_chunks::<2>() else { return None };
    let units = pairs.iter().map(|pair| unit(*pair));
    let mut text = String::new();
    for c in char::decode_utf16(units) {
        match c.ok()? {
            '\u{FEFF}' => {}
            c => text.push(c).ok()?,
        }
    }
    Some(text)
}

/// Any text can have as many characters; what is no zone has no fillers.
pub(super) fn mrz(payload: &[u8]) -> Option<Candidate> {
    let zone = Zone::read(payload).ok().filter(|_| payload.contains(&b'<'))?;
    Some(match zone.mrz().checks().agree() {
        true => Candidate::verified(Kind::Mrz, "machine readable zone, its checks agree"),
        false => Candidate::of_form(Kind::Mrz, "machine readable zone, but checks do not agree"),
    })
}

/// The header of a licence by AAMVA (annex D.12.3): `@`, what separates, and the
/// name of the file type.
pub(super) fn aamva(payload: &[u8]) -> Option<Candidate> {
    let (b'@', rest) = payload.split_first()? else { return None };
    let header = rest.get(..9.min(rest.len())).unwrap_or_default();
    let fits = header.windows(5).any(|name| matches!(name, b"ANSI " | b"AAMVA"));
    let reason = "header of a driving licence or ID card by AAMVA";
    fits.then_some(Candidate::of_form(Kind::Aamva, reason))
}

/// Device engagement (ISO/IEC 18013-5, 8.2.2.3).
pub(super) fn mdoc(payload: &[u8]) -> Option<Candidate> {
    let rest = begins(payload, "mdoc:").then(|| payload.get(5..))??;
    let is_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let fits = !rest.is_empty() && rest.iter().all(is_base64);
    let reason = "device engagement of a mobile driving licence";
    fits.then_some(Candidate::of_form(Kind::Mdoc, reason))
}

pub(super) fn aim_prefixed(payload: &[u8]) -> Option<Candidate> {
    let reason = "an AIM identifier is in front of it: take it off and classify the rest";
    split_aim(payload).map(|_| Candidate::of_form(Kind::AimPrefixed, reason))
}

/// The AIM identifier that an engine was set to send in front of each code
/// (`]Q1`), without the `]`, and what follows it; `None` if there is none. No
/// payload is cut unasked: one may begin like that by itself.
#[must_use]
pub fn split_aim(payload: &[u8]) -> Option<([u8; 2], &[u8])> {
    match payload {
        [b']', letter, modifier, rest @ ..]
            if letter.is_ascii_alphabetic() && modifier.is_ascii_alphanumeric() =>
        {
            Some(([*letter, *modifier], rest))
        }
        _ => None,
    }
}
