//! The card's own reading and writing of bytes: none of `crate::emv`.

use std::vec::Vec;

/// An element with its tag as it stands on the wire.
pub(crate) fn tlv(tag: &[u8], value: &[u8]) -> Vec<u8> {
    let mut bytes = tag.to_vec();
    let length = u16::try_from(value.len()).unwrap_or(u16::MAX);
    let [high, low] = length.to_be_bytes();
    match length {
        0..0x80 => bytes.push(low),
        0x80..0x100 => bytes.extend([0x81, low]),
        _ => bytes.extend([0x82, high, low]),
    }
    bytes.extend(value);
    bytes
}

/// Takes a tag off the front.
fn tag(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (&first, mut rest) = bytes.split_first()?;
    let mut tag = u32::from(first);
    let mut goes_on = first & 0x1F == 0x1F;
    while goes_on {
        let (&next, tail) = rest.split_first()?;
        tag = tag.checked_mul(256)?.checked_add(next.into())?;
        goes_on = next & 0x80 != 0;
        rest = tail;
    }
    Some((tag, rest))
}

/// The elements of one level; `None` when they are none.
pub(crate) fn elements(mut bytes: &[u8]) -> Option<Vec<(u32, Vec<u8>)>> {
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let (tag, rest) = tag(bytes)?;
        let (length, rest) = match *rest {
            [0x82, high, low, ref rest @ ..] => (u16::from_be_bytes([high, low]).into(), rest),
            [0x81, low, ref rest @ ..] => (usize::from(low), rest),
            [low, ref rest @ ..] if low < 0x80 => (low.into(), rest),
            _ => return None,
        };
        let (value, rest) = rest.split_at_checked(length)?;
        found.push((tag, value.to_vec()));
        bytes = rest;
    }
    Some(found)
}

/// Takes apart what a list of ours asked for; `None` when the data have not
/// exactly that length.
pub(crate) fn answered(mut list: &[u8], mut data: &[u8]) -> Option<Vec<(u32, Vec<u8>)>> {
    let mut found = Vec::new();
    while !list.is_empty() {
        let (tag, rest) = tag(list)?;
        let (&length, rest) = rest.split_first()?;
        let (value, left) = data.split_at_checked(length.into())?;
        found.push((tag, value.to_vec()));
        (list, data) = (rest, left);
    }
    data.is_empty().then_some(found)
}

/// A command APDU, taken apart (ISO/IEC 7816-4, short form).
#[derive(Debug)]
pub(crate) struct Command<'a> {
    pub(crate) header: [u8; 4],
    pub(crate) data: &'a [u8],
    pub(crate) expects: bool,
}

impl<'a> Command<'a> {
    pub(crate) fn parse(bytes: &'a [u8]) -> Option<Self> {
        let (&header, body) = bytes.split_first_chunk()?;
        let (data, expects) = match body {
            [] => (&[][..], false),
            [_] => (&[][..], true),
            [0, ..] => return None,
            [length, rest @ ..] => {
                let (data, rest) = rest.split_at_checked((*length).into())?;
                match rest {
                    [] => (data, false),
                    [_] => (data, true),
                    _ => return None,
                }
            }
        };
        Some(Self { header, data, expects })
    }
}

/// An element by the number of its tag.
pub(crate) fn element(tag: u32, value: &[u8]) -> Vec<u8> {
    let bytes = tag.to_be_bytes();
    let zeros = bytes.iter().take(3).take_while(|&&byte| byte == 0).count();
    tlv(bytes.get(zeros..).unwrap_or_default(), value)
}

/// The tags of a list of tags or of a list with lengths after them; as far as
/// it is one.
pub(crate) fn tags(mut list: &[u8]) -> Vec<u32> {
    let mut found = Vec::new();
    while let Some((tag, rest)) = tag(list) {
        found.push(tag);
        list = rest;
    }
    found
}

/// The value of an element.
pub(crate) fn value(found: &[(u32, Vec<u8>)], tag: u32) -> Option<&Vec<u8>> {
    found.iter().find(|(known, _)| *known == tag).map(|(_, value)| value)
}

/// Digits two in a byte, padded with `F`; `D` is a separator.
pub(crate) fn compressed(digits: &str) -> Vec<u8> {
    let nibble = |digit: u8| if digit == b'D' { 0xD } else { digit.wrapping_sub(b'0') & 0x0F };
    let pair = |pair: &[u8]| match *pair {
        [high, low] => nibble(high) << 4 | nibble(low),
        [high] => nibble(high) << 4 | 0x0F,
        _ => 0xFF,
    };
    digits.as_bytes().chunks(2).map(pair).collect()
}

/// A PIN block of format 2 (ISO 9564-1).
pub(crate) fn pin_block(pin: &str) -> [u8; 8] {
    let mut block = [0xFF; 8];
    let length = u8::try_from(pin.len()).unwrap_or(0x0F) & 0x0F;
    let bytes = [&[0x20 | length][..], &compressed(pin)].concat();
    block.iter_mut().zip(bytes).for_each(|(to, byte)| *to = byte);
    block
}

/// The number in digits that stand two in a byte.
pub(crate) fn decimal(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |number: u64, &byte| {
        let pair = u64::from(byte >> 4) * 10 + u64::from(byte & 0x0F);
        number.saturating_mul(100).saturating_add(pair)
    })
}
