//! Walking the eight templates that the card of `payment` answers with, 800
//! bytes with 53 objects: the measure of how fast a parser is for each byte.

use std::hint::black_box;
use std::sync::LazyLock;

use crate::tlv;

static TEMPLATES: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let session = include_str!("../../../tests/vectors/emv/session.txt");
    let answers = session.lines().map(|line| crate::hex(line.split_once(' ').unwrap().1));
    let mut templates: Vec<_> = answers.filter(|answer| answer.len() > 24).collect();
    // That of INTERNAL AUTHENTICATE is none of them, but the last.
    templates.retain(|answer| answer[0] != 0x80);
    for template in &mut templates {
        template.truncate(template.len() - 2);
    }
    templates
});

fn each(walk: fn(&[u8]) -> u64) -> u64 {
    TEMPLATES.iter().fold(0, |state, bytes| state ^ walk(black_box(bytes)))
}

pub fn floor() -> u64 {
    each(tlv::floor_of)
}

/// `embedded_pos::emv::tlv`.
pub fn ours() -> u64 {
    each(tlv::ours_of)
}

/// `iso7816-tlv`, which makes a tree.
pub fn iso7816_tlv() -> u64 {
    each(tlv::iso7816_tlv_of)
}

/// `tlv_parser`, which makes a tree.
pub fn tlv_parser() -> u64 {
    each(tlv::tlv_parser_of)
}
