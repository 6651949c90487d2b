//! Dynamic data authentication of a card with keys of 1408, 1408 and 1024 bits:
//! two certificates, static data, a signature.

use std::sync::LazyLock;

use embedded_pos::civil::Date;
use embedded_pos::emv::oda::{Authorities, Capk, CardData};
use embedded_pos::emv::{Afl, Aip, Store, Tag};

use crate::digest;

struct Card {
    aid: Vec<u8>,
    modulus: Vec<u8>,
    /// File, whether it takes part, record.
    records: Vec<(u8, bool, Vec<u8>)>,
    response: Vec<u8>,
}

/// The card of emvpt, as `tests/vectors/emv/ORIGIN` says.
static CARD: LazyLock<Card> = LazyLock::new(|| {
    let line = include_str!("../../../tests/vectors/emv/oda-public.jsonl").lines().next().unwrap();
    let every = |name: &'static str| line.split(name).skip(1).map(|rest| hex(&rest[4..]));
    let only = |name| every(name).next().unwrap();
    let (afl, mut data) = (only("\"afl"), every("\"data"));
    // The records stand in the line in the order in which they are read.
    let records = Afl::new(&afl).unwrap().records();
    let records =
        records.map(|record| (record.sfi, record.authenticated, data.next().unwrap())).collect();
    let response = only("\"internal_authenticate_response");
    Card { aid: only("\"aid"), modulus: only("\"modulus"), records, response }
});

fn hex(text: &str) -> Vec<u8> {
    let digits = text.split('"').next().unwrap();
    let byte = |at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
    (0..digits.len()).step_by(2).map(byte).collect()
}

pub fn ours() -> u64 {
    let Card { aid, modulus, records, response } = &*CARD;
    let mut memory = [0; Store::ROOM];
    let mut card = CardData::new(&mut memory, aid, Aip::from_bits_retain(0x3C00)).unwrap();
    for (sfi, authenticated, record) in records {
        card.record(*sfi, *authenticated, record).unwrap();
    }
    let keys = [Capk::new([0xAF, 0xFF, 0xFF, 0xFF, 0xFF], 0x92, modulus, &[3])];
    let trusted = Authorities { keys: &keys, revoked: &[] };
    let date = Date::new(2017, 11, 30).unwrap();
    card.dda(&trusted, date, response, &[0x01, 0x23, 0x45, 0x67]).unwrap();
    let number = card.data(Tag::DYNAMIC_NUMBER).unwrap();
    number.iter().fold(0, |state, &byte| digest(state, byte.into()))
}
