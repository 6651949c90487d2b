//! Codes that are numbers.

use core::ops::RangeInclusive;

use super::{Candidate, Expect, Kind};
use crate::scan::document::{Check, LicenceCore, ResidentId};

fn is_digits(payload: &[u8]) -> bool {
    payload.iter().all(u8::is_ascii_digit)
}

/// The value of the first two digits.
fn first_two(payload: &[u8]) -> Option<u8> {
    match payload {
        [a @ b'0'..=b'9', b @ b'0'..=b'9', ..] => Some((a - b'0') * 10 + (b - b'0')),
        _ => None,
    }
}

/// A number that a wallet shows: so many digits, the first two one of these.
fn wallet(
    payload: &[u8],
    lens: RangeInclusive<usize>,
    begins: RangeInclusive<u8>,
    candidate: Candidate,
) -> Option<Candidate> {
    let fits = lens.contains(&payload.len())
        && is_digits(payload)
        && first_two(payload).is_some_and(|two| begins.contains(&two));
    fits.then_some(candidate)
}

pub(super) fn wechat(payload: &[u8]) -> Option<Candidate> {
    let reason = "18 digits beginning 10 to 15";
    wallet(payload, 18..=18, 10..=15, Candidate::of_form(Kind::Wechat, reason))
}

pub(super) fn alipay(payload: &[u8]) -> Option<Candidate> {
    let reason = "16 to 24 digits beginning 25 to 30";
    wallet(payload, 16..=24, 25..=30, Candidate::of_form(Kind::Alipay, reason))
}

pub(super) fn unionpay(payload: &[u8]) -> Option<Candidate> {
    let reason = "19 digits beginning 62";
    wallet(payload, 19..=19, 62..=62, Candidate::of_form(Kind::UnionPayQr, reason))
}

pub(super) fn e_cny(payload: &[u8]) -> Option<Candidate> {
    let reason = "19 digits beginning 01, as tills take it; no rule is published";
    wallet(payload, 19..=19, 1..=1, Candidate::of_form(Kind::ECny, reason))
}

pub(super) fn jd_pay(payload: &[u8]) -> Option<Candidate> {
    let reason = "18 digits beginning 18, as one till takes it; no rule is published";
    wallet(payload, 18..=18, 18..=18, Candidate::of_form(Kind::JdPay, reason))
}

pub(super) fn bestpay(payload: &[u8]) -> Option<Candidate> {
    let reason = "18 digits beginning 51, as one till takes it; no rule is published";
    wallet(payload, 18..=18, 51..=51, Candidate::of_form(Kind::BestPay, reason))
}

pub(super) fn qq_wallet(payload: &[u8]) -> Option<Candidate> {
    let reason = "18 digits beginning 91, by hearsay; no source is known";
    wallet(payload, 18..=18, 91..=91, Candidate::of_form(Kind::QqWallet, reason))
}

/// Four digits of the area (GB/T 2260), eight in sequence.
pub(super) fn archive_number(payload: &[u8]) -> Option<Candidate> {
    let is_province = matches!(
        first_two(payload),
        Some(11..=15 | 21..=23 | 31..=37 | 41..=46 | 50..=54 | 61..=65)
    );
    let fits = payload.len() == 12 && is_digits(payload) && is_province;
    let reason = "12 digits beginning with the area of a province";
    fits.then_some(Candidate::of_form(Kind::ArchiveNumber, reason))
}

pub(super) fn resident_id(payload: &[u8]) -> Option<Candidate> {
    let id = ResidentId::parse(payload).ok()?;
    let reason = match (id.check(), id.is_area_known()) {
        (Check::Valid, true) => "18 characters, day of birth and check character agree",
        (Check::Valid, false) => {
            "18 characters, day of birth and check character agree; area not known"
        }
        (Check::Absent, true) => {
            let reason = "15 digits with a day of birth, of before 1999";
            return Some(Candidate::of_form(Kind::ResidentId, reason));
        }
        _ => return None,
    };
    Some(Candidate::verified(Kind::ResidentId, reason))
}

pub(super) fn is_wrong_resident_id(payload: &[u8]) -> bool {
    ResidentId::parse(payload).is_ok_and(|id| id.check() == Check::Invalid)
}

/// The rule of the check character is no standard's. So a licence whose number
/// disagrees is still one where a licence is expected.
pub(super) fn licence_core(payload: &[u8], expect: Expect) -> Option<Candidate> {
    match LicenceCore::parse(payload)?.check() {
        Check::Valid => {
            let reason = "13 characters, check character at the third agrees";
            Some(Candidate::verified(Kind::LicenceCore, reason))
        }
        _ if expect == Expect::Licence => {
            let reason = "13 characters, but the check character at the third does not agree";
            Some(Candidate::of_form(Kind::LicenceCore, reason))
        }
        _ => None,
    }
}

/// ISO/IEC 7812-1: the last digit by the Luhn formula; beginning and length as
/// the card schemes publish them and issue them today: Visa's 13 digits are
/// gone, and would be taken for article numbers.
pub(super) fn pan(payload: &[u8]) -> Option<Candidate> {
    let issued = match (first_two(payload)?, payload.len()) {
        // Mastercard's second range, Mir.
        (22..=27, len) => len == 16 && is_second_range(payload),
        // Diners Club, JCB, American Express.
        (30 | 36 | 38 | 39, 14..=16) | (35, 16) | (34 | 37, 15) => true,
        // Visa, Mastercard.
        (40..=49, 16 | 19) | (51..=55, 16) => true,
        // Maestro, UnionPay, Discover, national cards.
        (50 | 56..=69 | 81 | 90..=99, 16..=19) => true,
        _ => false,
    };
    let fits = issued && is_digits(payload) && luhn(payload);
    let reason = "beginning and length of a bank card number, Luhn digit agrees";
    fits.then_some(Candidate::verified(Kind::Pan, reason))
}

/// 2221 to 2720 and 2200 to 2204.
fn is_second_range(payload: &[u8]) -> bool {
    payload.first_chunk::<4>().is_some_and(|begin| {
        (b"2221"..=b"2720").contains(&begin) || (b"2200"..=b"2204").contains(&begin)
    })
}

/// ISO/IEC 7812-1, annex B.
fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(at, byte)| match (at % 2, u32::from(byte & 0x0F)) {
            (0, value) => value,
            (_, value @ 0..=4) => 2 * value,
            (_, value) => 2 * value - 9,
        })
        .sum();
    sum.is_multiple_of(10)
}

/// GS1 General Specifications 7.9: weights 1 and 3, modulo 10.
pub(super) fn ean_13(payload: &[u8]) -> Option<Candidate> {
    let weighted = payload.iter().zip([1, 3].into_iter().cycle());
    let sum: u32 = weighted.map(|(byte, weight)| u32::from(byte & 0x0F) * weight).sum();
    let fits = payload.len() == 13 && is_digits(payload) && sum.is_multiple_of(10);
    let reason = "13 digits, check digit agrees";
    fits.then_some(Candidate::verified(Kind::Ean13, reason))
}
