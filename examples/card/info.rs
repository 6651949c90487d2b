//! What a card is: its answer to reset, and its payment applications.

use embedded_pos::card::atr::{Reset, Verdict};
use embedded_pos::card::{Atr, Command};
use embedded_pos::emv::Tag;
use embedded_pos::emv::tlv::{Objects, find};

use crate::{Bad, Session, shown};

/// The directories of a card with contacts (EMV Book 1, 12.2) and without (EMV
/// Contactless Book B, 3.3).
const DIRECTORIES: [&[u8]; 2] = [b"1PAY.SYS.DDF01", b"2PAY.SYS.DDF01"];

/// Applications that are asked for where there is no directory.
pub(crate) const KNOWN: [(&[u8], &str); 9] = [
    (&[0xA0, 0x00, 0x00, 0x03, 0x33, 0x01, 0x01, 0x01], "UnionPay debit"),
    (&[0xA0, 0x00, 0x00, 0x03, 0x33, 0x01, 0x01, 0x02], "UnionPay credit"),
    (&[0xA0, 0x00, 0x00, 0x03, 0x33, 0x01, 0x01, 0x03], "UnionPay quasi-credit"),
    (&[0xA0, 0x00, 0x00, 0x03, 0x33, 0x01, 0x01, 0x06], "UnionPay e-cash"),
    (&[0xA0, 0x00, 0x00, 0x00, 0x03, 0x10, 0x10], "Visa"),
    (&[0xA0, 0x00, 0x00, 0x00, 0x04, 0x10, 0x10], "Mastercard"),
    (&[0xA0, 0x00, 0x00, 0x00, 0x65, 0x10, 0x10], "JCB"),
    (&[0xA0, 0x00, 0x00, 0x00, 0x25, 0x01], "American Express"),
    (&[0xA0, 0x00, 0x00, 0x01, 0x52, 0x30, 0x10], "Discover"),
];

pub(crate) fn show(session: &mut Session, atr: &Atr) -> Result<(), Bad> {
    show_atr(atr);
    for name in DIRECTORIES {
        let response = select(session, name)?;
        let Some(directory) = data(&response) else { continue };
        say!("directory    {}", String::from_utf8_lossy(name));
        return show_directory(session, directory);
    }
    say!("directory    none");
    for (aid, label) in KNOWN {
        if data(&select(session, aid)?).is_some() {
            say!("application  {} {label}", shown(aid));
        }
    }
    Ok(())
}

pub(crate) fn show_atr(atr: &Atr) {
    let protocols: Vec<_> = atr.protocols().map(|t| format!("T={t}")).collect();
    let or_reserved = |n: Option<u16>| n.map_or("reserved".into(), |n| n.to_string());
    say!("ATR          {}", shown(atr.as_bytes()));
    say!("convention   {}", atr.convention());
    say!("protocols    {}", protocols.join(", "));
    match atr.specific_mode() {
        Some(mode) => say!("mode         specific, T={}", mode.protocol),
        None => say!("mode         negotiable, T={} first", atr.first_protocol()),
    }
    say!("speed        F {}, D {}", or_reserved(atr.fi()), or_reserved(atr.di().map(u16::from)));
    let historical = String::from_utf8_lossy(atr.historical());
    let readable = historical.replace(|c: char| c.is_control() || c == '\u{FFFD}', ".");
    say!("historical   {} {readable}", shown(atr.historical()));
    say!("check byte   {}", atr.tck());
    if let [0x3B, 0x80..=0x8F, 0x80, 0x01, ..] = atr.as_bytes() {
        // PC/SC part 3, 3.1.3.2.3: a card without contacts has none of its own.
        return say!("EMV          made by the reader for a card without contacts");
    }
    match Verdict::of(atr.as_bytes(), Reset::Cold) {
        Verdict::Accepted(terms) => say!("EMV          accepted, T={}", terms.protocol),
        Verdict::WarmReset(refusal) => say!("EMV          warm reset: {refusal}"),
        Verdict::Rejected(refusal) => say!("EMV          rejected: {refusal}"),
    }
}

/// The data of a response that ends with 9000.
fn data(response: &[u8]) -> Option<&[u8]> {
    response.strip_suffix(&[0x90, 0x00])
}

fn select(session: &mut Session, name: &[u8]) -> Result<Vec<u8>, Bad> {
    send(session, Command::new(0x00, 0xA4, 0x04, 0x00).data(name).expect(256))
}

fn send(session: &mut Session, command: Command<'_>) -> Result<Vec<u8>, Bad> {
    let mut buf = [0; Command::MAX];
    session.transmit(command.write_to(&mut buf).expect("a short command"))
}

/// The applications in a directory: in its own answer, without contacts, else in
/// its records.
fn show_directory(session: &mut Session, directory: &[u8]) -> Result<(), Bad> {
    let inside = [Tag::FCI, Tag::FCI_PROPRIETARY, Tag(0xBF0C)];
    if let Ok(Some(entries)) = find(directory, &inside) {
        show_entries(entries.value);
    }
    let file = [Tag::FCI, Tag::FCI_PROPRIETARY, Tag::SFI];
    let Some(sfi) = find(directory, &file).ok().flatten().and_then(|it| it.value.first().copied())
    else {
        return Ok(());
    };
    // EMV Book 1, 12.2.3: records from 1 until the card says there is none.
    for record in 1..=10 {
        let read = Command::new(0x00, 0xB2, record, sfi << 3 | 0x04).expect(256);
        let response = send(session, read)?;
        let Some(data) = data(&response) else { break };
        if let Ok(Some(record)) = find(data, &[Tag::RECORD]) {
            show_entries(record.value);
        }
    }
    Ok(())
}

/// The entries of a directory. What is malformed is passed over.
fn show_entries(entries: &[u8]) {
    let value = |entry: &[u8], tag| {
        let found = find(entry, &[tag]).ok().flatten();
        found.map_or(Vec::new(), |object| object.value.to_vec())
    };
    let objects = Objects::new(entries).flatten();
    for entry in objects.filter(|object| object.tag == Tag::APPLICATION) {
        let (aid, label) = (value(entry.value, Tag::ADF_NAME), value(entry.value, Tag::LABEL));
        say!("application  {} {}", shown(&aid), String::from_utf8_lossy(&label));
    }
}
