//! Walking the record of an EMV card: each tag, length and value, in order.

use std::hint::black_box;

use embedded_pos::emv::tlv::Walk;
use iso7816_tlv::ber;

use crate::digest;

/// A record of an EMV card and its directory, invented; the
/// shape is that of EMV Book 3, annex B, and Book 1, 11.3.4.
#[rustfmt::skip]
static RECORD: &[u8] = &[
    // record
    0x70, 0x81, 0xA1,
    // directory
    0x6F, 0x3A,
    // its name
    0x84, 0x0E, 0x31, 0x50, 0x41, 0x59, 0x2E, 0x53, 0x59, 0x53, 0x2E, 0x44, 0x44, 0x46, 0x30, 0x31,
    // its data
    0xA5, 0x28,
    // SFI
    0x88, 0x01, 0x01,
    // language
    0x5F, 0x2D, 0x04, 0x7A, 0x68, 0x65, 0x6E,
    // issuer data
    0xBF, 0x0C, 0x1B,
    // application
    0x61, 0x19,
    // AID
    0x4F, 0x08, 0xA0, 0x00, 0x00, 0x03, 0x33, 0x01, 0x01, 0x01,
    // priority
    0x87, 0x01, 0x01,
    // label
    0x50, 0x0A, 0x54, 0x45, 0x53, 0x54, 0x20, 0x44, 0x45, 0x42, 0x49, 0x54,
    // track 2
    0x57, 0x11, 0x62, 0x22, 0x00, 0x00, 0x00, 0x00, 0x00, 0x07, 0xD3, 0x01, 0x22, 0x01, 0x00, 0x00,
    0x00, 0x00, 0x0F,
    // name
    0x5F, 0x20, 0x08, 0x54, 0x45, 0x53, 0x54, 0x2F, 0x4F, 0x4E, 0x45,
    // CDOL1
    0x8C, 0x18, 0x9F, 0x02, 0x06, 0x9F, 0x03, 0x06, 0x9F, 0x1A, 0x02, 0x95, 0x05, 0x5F, 0x2A, 0x02,
    0x9A, 0x03, 0x9C, 0x01, 0x9F, 0x37, 0x04, 0x9F, 0x21, 0x03,
    // CVM list
    0x8E, 0x0E, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x42, 0x03, 0x1E, 0x03, 0x1F, 0x00,
    // action codes: default
    0x9F, 0x0D, 0x05, 0xB8, 0x60, 0xAC, 0x88, 0x00,
    // denial
    0x9F, 0x0E, 0x05, 0x00, 0x10, 0x00, 0x00, 0x00,
    // online
    0x9F, 0x0F, 0x05, 0xB8, 0x68, 0xBC, 0x98, 0x00,
    // country
    0x5F, 0x28, 0x02, 0x01, 0x56,
];

/// Adds an object; `None` is the content of a constructed one.
fn object(state: u64, tag: u32, value: Option<&[u8]>) -> u64 {
    let (length, last) = value.map_or((0, 0), |value| (value.len(), value[value.len() - 1]));
    digest(state, u64::from(tag) << 32 | (length as u64) << 8 | u64::from(last))
}

/// One loop over offsets, for this record only: it panics on a bad one.
pub fn floor() -> u64 {
    floor_of(black_box(RECORD))
}

pub(crate) fn floor_of(bytes: &[u8]) -> u64 {
    let (mut at, mut state) = (0, 0);
    while at < bytes.len() {
        let constructed = bytes[at] & 0x20 != 0;
        let mut tag = u32::from(bytes[at]);
        if tag & 0x1F == 0x1F {
            at += 1;
            tag = tag << 8 | u32::from(bytes[at]);
        }
        at += 1;
        let mut length = usize::from(bytes[at]);
        if length == 0x81 {
            at += 1;
            length = usize::from(bytes[at]);
        }
        at += 1;
        if constructed {
            state = object(state, tag, None);
        } else {
            state = object(state, tag, Some(&bytes[at..at + length]));
            at += length;
        }
    }
    state
}

/// `embedded_pos::emv::tlv`.
pub fn ours() -> u64 {
    ours_of(black_box(RECORD))
}

pub(crate) fn ours_of(bytes: &[u8]) -> u64 {
    Walk::new(bytes).fold(0, |state, visit| {
        let object = visit.expect("the record is well-formed").object;
        let primitive = (!object.tag.is_constructed()).then_some(object.value);
        self::object(state, object.tag.0, primitive)
    })
}

/// `iso7816-tlv`, which makes a tree.
pub fn iso7816_tlv() -> u64 {
    iso7816_tlv_of(black_box(RECORD))
}

pub(crate) fn iso7816_tlv_of(bytes: &[u8]) -> u64 {
    fn visit(state: u64, tlv: &ber::Tlv) -> u64 {
        let tag = tlv.tag().to_bytes().iter().fold(0, |tag, byte| tag << 8 | u32::from(*byte));
        match tlv.value() {
            ber::Value::Primitive(value) => object(state, tag, Some(value)),
            ber::Value::Constructed(children) => {
                children.iter().fold(object(state, tag, None), visit)
            }
        }
    }
    let tree = ber::Tlv::from_bytes(bytes).expect("the record is well-formed");
    visit(0, &tree)
}

/// `tlv_parser`, which makes a tree.
pub fn tlv_parser() -> u64 {
    tlv_parser_of(black_box(RECORD))
}

pub(crate) fn tlv_parser_of(bytes: &[u8]) -> u64 {
    use tlv_parser::tlv::{Tlv, Value};
    fn visit(state: u64, tlv: &Tlv) -> u64 {
        let tag = u32::try_from(tlv.tag()).expect("tags of the record fit");
        match tlv.val() {
            Value::Val(value) => object(state, tag, Some(value)),
            Value::TlvList(children) => children.iter().fold(object(state, tag, None), visit),
            Value::Nothing => unreachable!("no object of the record is empty"),
        }
    }
    let tree = Tlv::from_vec(bytes).expect("the record is well-formed");
    visit(0, &tree)
}
