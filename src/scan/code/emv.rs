//! EMVCo codes: as readings among others.

use super::mpm::Mpm;
use super::{Candidate, Kind};
use crate::scan::base64::Base64;
use crate::scan::document::Check;

/// Payload format indicator 01, the first object (EMV QRCPS merchant-presented
/// mode 4.7.1).
const FORMAT: &[u8] = b"000201";
/// Identifier and length of the CRC, and the CRC.
const CRC_LEN: usize = 8;

pub(super) fn looks_like_merchant(payload: &[u8]) -> bool {
    payload.starts_with(FORMAT)
}

pub(super) fn merchant(payload: &[u8]) -> Option<Candidate> {
    if !looks_like_merchant(payload) {
        return None;
    }
    let code = Mpm::parse(payload).ok()?;
    let is_last = code.get(63).is_some_and(|crc| crc.offset + CRC_LEN == payload.len());
    let reason = "merchant-presented code, CRC agrees; for payers to scan, cannot be charged";
    (is_last && code.crc() == Check::Valid).then_some(Candidate::verified(Kind::EmvMpm, reason))
}

/// Payload format indicator of consumer-presented codes: tag 85, `CPV01` (EMV
/// QRCPS consumer-presented mode 4.2).
const INDICATOR: &[u8] = b"\x85\x05CPV01";

pub(super) fn consumer(payload: &[u8]) -> Option<Candidate> {
    let mut data = Base64::new(payload).map(Result::ok);
    let begins = INDICATOR.iter().all(|want| data.next() == Some(Some(*want)));
    let reason = "consumer-presented code, Base64 of objects that begin with CPV01";
    (begins && are_templates(&mut data)?).then_some(Candidate::verified(Kind::EmvCpm, reason))
}

/// Whether these are objects of tag, length and value to the end, at least
/// one: an application template (61) or what is common to them (62). Nothing
/// of the secret is kept.
fn are_templates(data: &mut impl Iterator<Item = Option<u8>>) -> Option<bool> {
    let mut any = false;
    while let Some(tag) = data.next() {
        if !matches!(tag?, 0x61 | 0x62) {
            return None;
        }
        let len = match data.next()?? {
            0x81 => data.next()??,
            len @ 0..=0x7F => len,
            _ => return None,
        };
        for _ in 0..len {
            data.next()??;
        }
        any = true;
    }
    Some(any)
}
