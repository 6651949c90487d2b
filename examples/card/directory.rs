//! The payment system directory of a card (EMV Book 1, clause 12).

use embedded_pos::emv::Tag;
use embedded_pos::emv::tlv::{Objects, find};

/// Its name.
pub(super) const NAME: &[u8] = b"1PAY.SYS.DDF01";

/// The data of a response that ends with 9000.
fn data(response: &[u8]) -> &[u8] {
    response.strip_suffix(&[0x90, 0x00]).unwrap_or_default()
}

/// The short file identifier in the answer to the selection of the directory.
pub(super) fn sfi(response: &[u8]) -> Option<u8> {
    let path = [Tag::FCI, Tag::FCI_PROPRIETARY, Tag::SFI];
    find(data(response), &path).ok()??.value.first().copied()
}

/// An entry of the directory.
pub(super) struct Entry {
    pub(super) aid: Vec<u8>,
    pub(super) label: Vec<u8>,
}

/// The applications in a record. What is malformed is passed over.
pub(super) fn applications(response: &[u8]) -> Vec<Entry> {
    let Ok(Some(record)) = find(data(response), &[Tag::RECORD]) else { return Vec::new() };
    let objects = Objects::new(record.value).flatten();
    let value = |entry: &[u8], tag| {
        let found = find(entry, &[tag]).ok().flatten();
        found.map_or(Vec::new(), |object| object.value.to_vec())
    };
    objects
        .filter(|object| object.tag == Tag::APPLICATION)
        .map(|entry| Entry {
            aid: value(entry.value, Tag::ADF_NAME),
            label: value(entry.value, Tag::LABEL),
        })
        .collect()
}
