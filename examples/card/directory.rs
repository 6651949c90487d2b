//! The payment system directory (EMV Book 1, clause 12): as read from a card,
//! and on the simulated card of this program.

use embedded_pos::sim::card::Application;

/// Its name.
pub(super) const NAME: &[u8] = b"1PAY.SYS.DDF01";

/// The values of a tag among the objects of `data`, at any depth.
fn values<'a>(data: &'a [u8], tag: u16, found: &mut Vec<&'a [u8]>) {
    let Some((first, rest)) = data.split_first() else { return };
    let (this, rest) = match (first & 0x1F, rest.split_first()) {
        (0x1F, Some((second, rest))) => (u16::from_be_bytes([*first, *second]), rest),
        _ => (u16::from(*first), rest),
    };
    let Some((len, rest)) = rest.split_first() else { return };
    let (len, rest) = match (len, rest.split_first()) {
        (0x81, Some((len, rest))) => (*len, rest),
        _ => (*len, rest),
    };
    let Some((value, rest)) = rest.split_at_checked(len.into()) else { return };
    if this == tag {
        found.push(value);
    }
    if first & 0x20 != 0 {
        values(value, tag, found);
    }
    values(rest, tag, found);
}

fn all(response: &[u8], tag: u16) -> Vec<&[u8]> {
    let mut found = Vec::new();
    if let Some(data) = response.strip_suffix(&[0x90, 0x00]) {
        values(data, tag, &mut found);
    }
    found
}

/// The short file identifier in the answer to the selection of the directory.
pub(super) fn sfi(response: &[u8]) -> Option<u8> {
    all(response, 0x88).first()?.first().copied()
}

/// Identifier and label of the applications in a record.
pub(super) fn applications(response: &[u8]) -> Vec<(Vec<u8>, Vec<u8>)> {
    let of = |template: &[u8], tag| {
        let mut found = Vec::new();
        values(template, tag, &mut found);
        found.first().map_or(Vec::new(), |value| value.to_vec())
    };
    all(response, 0x61).iter().map(|entry| (of(entry, 0x4F), of(entry, 0x50))).collect()
}

/// A card with a directory of two applications and nothing behind it.
#[derive(Debug, Default)]
pub(super) struct Card {
    selected: bool,
}

impl Application for Card {
    fn reset(&mut self) {
        self.selected = false;
    }

    fn process(&mut self, command: &[u8]) -> Vec<u8> {
        const FCI: &[u8] = b"\x6F\x15\x84\x0E1PAY.SYS.DDF01\xA5\x03\x88\x01\x01\x90\x00";
        const RECORD: &[u8] = b"\x70\x36\x61\x19\x4F\x08\xA0\x00\x00\x03\x33\x01\x01\x01\
            \x50\x0APBOC DEBIT\x87\x01\x01\x61\x19\x4F\x08\xA0\x00\x00\x03\x33\x01\x01\x06\
            \x50\x0APBOC ECASH\x87\x01\x02\x90\x00";
        match command {
            [0x00, 0xA4, 0x04, 0x00, _, name @ .., 0x00] if name == NAME => {
                self.selected = true;
                FCI.into()
            }
            [0x00, 0xA4, ..] => vec![0x6A, 0x82],
            [0x00, 0xB2, 1, 0x0C, 0x00] if self.selected => RECORD.into(),
            [0x00, 0xB2, _, 0x0C, 0x00] if self.selected => vec![0x6A, 0x83],
            [0x00, 0xB2, ..] => vec![0x69, 0x85],
            _ => vec![0x6D, 0x00],
        }
    }
}
