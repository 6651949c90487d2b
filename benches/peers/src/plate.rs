//! Reading number plates of several kinds, as typed.

use std::hint::black_box;

use embedded_pos::scan::plate::Plate;

use crate::digest;

static PLATES: [&str; 6] =
    ["津A12345", "津AD12345", "津·A1234学", "粤Z1234港", "津A12345D", "WJ津01234"];

fn add(state: u64, canonical: &str) -> u64 {
    canonical.bytes().fold(state, |state, byte| digest(state, byte.into()))
}

/// No grammar at all: characters, one by one, without separators.
pub fn floor() -> u64 {
    black_box(PLATES).iter().fold(0, |state, text| {
        text.chars()
            .filter(|c| *c != '·')
            .fold(state, |state, c| add(state, c.encode_utf8(&mut [0; 4])))
    })
}

/// `embedded_pos::scan::plate`.
pub fn ours() -> u64 {
    black_box(PLATES).iter().fold(0, |state, text| {
        let plate = Plate::parse(text).expect("the plates are well-formed");
        add(state, plate.canonical().as_str())
    })
}
