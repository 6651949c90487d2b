//! `inspect apdu`: commands and responses (ISO/IEC 7816-4), as hex. `>` or `<`
//! in front, as a log has it, says which it is; without, what is shorter than a
//! command's header is a response.

use embedded_pos::card::apdu::{Case, Command, Response};
use serde_json::{Value, json};

use super::{Args, Bad, bytes, hex};

/// A command, or a response.
pub fn line(input: &str, _args: &Args) -> Result<Value, Bad> {
    let text = input.trim_start();
    let (is_response, text) = match (text.strip_prefix('>'), text.strip_prefix('<')) {
        (Some(command), _) => (Some(false), command),
        (_, Some(response)) => (Some(true), response),
        _ => (None, text),
    };
    let bytes = bytes(text)?;
    if is_response.unwrap_or(bytes.len() < 4) { response(&bytes) } else { command(&bytes) }
}

/// Fields as ISO/IEC 7816-4 names them.
pub(super) fn command(bytes: &[u8]) -> Result<Value, Bad> {
    let command = Command::parse(bytes)
        .map_err(|error| Bad { error: error.to_string(), offset: bytes.len() })?;
    let [cla, ins, p1, p2] = command.header();
    let case = match command.case() {
        Case::One => "1",
        Case::ShortTwo => "2S",
        Case::ShortThree => "3S",
        Case::ShortFour => "4S",
        Case::ExtendedTwo => "2E",
        Case::ExtendedThree => "3E",
        Case::ExtendedFour => "4E",
    };
    // 5.4.1: two ranges of interindustry classes.
    let channel = match cla {
        0x00..=0x1F => Some(cla & 0x03),
        0x40..=0x7F => Some(4 + (cla & 0x0F)),
        _ => None,
    };
    let secure = match cla {
        0x00..=0x1F => cla & 0x0C != 0,
        0x40..=0x7F => cla & 0x20 != 0,
        _ => false,
    };
    let (lc, le) = (command.reveal().len(), command.expected());
    Ok(json!({
        "kind": "command",
        "case": case,
        "cla": hex(&[cla]),
        "channel": channel,
        "secure_messaging": secure,
        "chaining": cla & 0x10 != 0 && cla < 0xF0,
        "ins": hex(&[ins]),
        "name": name(cla, ins),
        "p1": hex(&[p1]),
        "p2": hex(&[p2]),
        "lc": (lc > 0).then_some(lc),
        "data": hex(command.reveal()),
        "le": (le > 0).then_some(le),
    }))
}

pub(super) fn response(bytes: &[u8]) -> Result<Value, Bad> {
    let response =
        Response::new(bytes).map_err(|error| Bad { error: error.to_string(), offset: 0 })?;
    let status = response.status();
    let text = status.text().map_or_else(|| status.meaning().to_string(), String::from);
    Ok(json!({
        "kind": "response",
        "data": hex(response.data()),
        "sw": format!("{:04X}", status.0),
        "meaning": text,
    }))
}

/// The command, by class and INS: ISO/IEC 7816-4:2013, table 4; EMV Book 3, 6.5.
fn name(cla: u8, ins: u8) -> Option<&'static str> {
    Some(match (cla & 0x80, ins) {
        (0x80, 0xA8) => "GET PROCESSING OPTIONS",
        (0x80, 0xAE) => "GENERATE AC",
        (0x80, 0xCA) => "GET DATA",
        (0x80, 0x16) => "CARD BLOCK",
        (0x80, 0x18) => "APPLICATION UNBLOCK",
        (0x80, 0x1E) => "APPLICATION BLOCK",
        (0x80, 0x24) => "PIN CHANGE/UNBLOCK",
        (0x80, 0xEA) => "EXCHANGE RELAY RESISTANCE DATA",
        (0x80, _) => return None,
        (_, 0x0E | 0x0F) => "ERASE BINARY",
        (_, 0x20 | 0x21) => "VERIFY",
        (_, 0x22) => "MANAGE SECURITY ENVIRONMENT",
        (_, 0x24) => "CHANGE REFERENCE DATA",
        (_, 0x2A) => "PERFORM SECURITY OPERATION",
        (_, 0x2C) => "RESET RETRY COUNTER",
        (_, 0x70) => "MANAGE CHANNEL",
        (_, 0x82) => "EXTERNAL AUTHENTICATE",
        (_, 0x84) => "GET CHALLENGE",
        (_, 0x86 | 0x87) => "GENERAL AUTHENTICATE",
        (_, 0x88) => "INTERNAL AUTHENTICATE",
        (_, 0xA4) => "SELECT",
        (_, 0xB0 | 0xB1) => "READ BINARY",
        (_, 0xB2 | 0xB3) => "READ RECORD",
        (_, 0xC0) => "GET RESPONSE",
        (_, 0xC2 | 0xC3) => "ENVELOPE",
        (_, 0xCA | 0xCB) => "GET DATA",
        (_, 0xD0 | 0xD1) => "WRITE BINARY",
        (_, 0xD2) => "WRITE RECORD",
        (_, 0xD6 | 0xD7) => "UPDATE BINARY",
        (_, 0xDA | 0xDB) => "PUT DATA",
        (_, 0xDC | 0xDD) => "UPDATE RECORD",
        (_, 0xE2) => "APPEND RECORD",
        _ => return None,
    })
}
