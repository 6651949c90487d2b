//! EMVCo QR codes.

use crc::{CRC_16_IBM_3740, Crc, NoTable};
use zeroize::Zeroize;

use super::{Candidate, Kind};

/// EMV QRCPS merchant-presented mode 4.7.3: ISO/IEC 13239 with initial value
/// FFFF.
const CHECK: Crc<u16, NoTable> = Crc::<u16, NoTable>::new(&CRC_16_IBM_3740);

/// Payload format indicator 01, the first object (4.7.1).
const FORMAT: &[u8] = b"000201";
/// Identifier and length of the CRC, the last object.
const CRC_OBJECT: &[u8] = b"6304";

pub(super) fn looks_like_merchant(payload: &[u8]) -> bool {
    payload.starts_with(FORMAT)
}

/// The CRC is over the bytes as they are in the code, UTF-8, up to and with the
/// identifier and length of the CRC itself. Lengths of other objects count
/// characters in some codes and bytes in others, so they prove nothing.
pub(super) fn merchant(payload: &[u8]) -> Option<Candidate> {
    let (checked, check) = payload.split_last_chunk::<4>()?;
    let check = core::str::from_utf8(check).ok()?;
    let is_hex = check.bytes().all(|byte| byte.is_ascii_hexdigit());
    let check = u16::from_str_radix(check, 16).ok().filter(|_| is_hex)?;
    let fits = looks_like_merchant(payload)
        && checked.ends_with(CRC_OBJECT)
        && CHECK.checksum(checked) == check;
    let reason = "merchant-presented code, CRC agrees; for payers to scan, cannot be charged";
    fits.then_some(Candidate::verified(Kind::EmvMpm, reason))
}

/// Payload format indicator of consumer-presented codes: tag 85, `CPV01` (EMV
/// QRCPS consumer-presented mode 4.2).
const INDICATOR: &[u8] = b"\x85\x05CPV01";
/// The longest code is 512 characters of Base64.
const LONGEST: usize = 384;

pub(super) fn consumer(payload: &[u8]) -> Option<Candidate> {
    let mut data = base64(payload)?;
    let fits = data.strip_prefix(INDICATOR).is_some_and(is_objects);
    data.zeroize();
    let reason = "consumer-presented code, Base64 of objects that begin with CPV01";
    fits.then_some(Candidate::verified(Kind::EmvCpm, reason))
}

/// Whether these are objects of tag, length and value to the end, at least
/// one: an application template (61) or what is common to them (62).
fn is_objects(data: &[u8]) -> bool {
    let mut rest = data;
    // Ends: each object takes at least two bytes.
    while let [0x61 | 0x62, len, value @ ..] = rest {
        let (len, value) = match (len, value) {
            (0..=0x7F, value) => (len, value),
            (0x81, [len, value @ ..]) => (len, value),
            _ => return false,
        };
        let Some(behind) = value.get(usize::from(*len)..) else { return false };
        rest = behind;
    }
    rest.is_empty() && !data.is_empty()
}

/// RFC 4648, section 4, with padding.
fn base64(text: &[u8]) -> Option<heapless::Vec<u8, LONGEST>> {
    let mut data = heapless::Vec::new();
    let padding = text.iter().rev().take_while(|byte| **byte == b'=').count();
    if !text.len().is_multiple_of(4) || padding > 2 {
        return None;
    }
    let (mut bits, mut count) = (0_u32, 0);
    for byte in text.get(..text.len() - padding)? {
        bits = bits << 6 | u32::from(sextet(*byte)?);
        count += 6;
        if count >= 8 {
            count -= 8;
            let [.., byte] = (bits >> count).to_be_bytes();
            data.push(byte).ok()?;
        }
    }
    Some(data)
}

fn sextet(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}
