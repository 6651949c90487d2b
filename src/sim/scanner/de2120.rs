//! DE2120 modules.

use std::collections::BTreeMap;
use std::string::String;
use std::vec::Vec;

use super::engine::{Dialect, Engine, Heard};

/// A DE2120 that was shown the setup code for TTL, and is otherwise as it
/// leaves the factory.
pub type De2120Module = Engine<Caret>;

impl De2120Module {
    /// Just switched on.
    #[must_use]
    pub fn new() -> Self {
        Self::speaking(Caret { settings: BTreeMap::new() })
    }
}

impl Default for De2120Module {
    fn default() -> Self {
        Self::new()
    }
}

/// What it speaks: `^_^NAMEvalue.`
#[derive(Debug)]
pub struct Caret {
    settings: BTreeMap<String, String>,
}

/// The names with the values that they may have.
const SETTINGS: [(&str, &[&str]); 16] = [
    ("SCM", &["MAN", "CNT", "MDH"]),
    ("ODC", &["ENA", "DIS"]),
    ("AQR", &["ENA", "DIS"]),
    ("MDTTHR", &["15", "20", "30", "50", "100"]),
    ("IMGREG", &["0", "1", "2", "3", "4"]),
    ("CNTALW", &["0", "1", "2", "3"]),
    ("232UTF", &["0", "1", "2", "3"]),
    ("BEPPWM", &["0", "1", "2", "3"]),
    ("CIDENA", &["0", "1"]),
    ("LAMENA", &["0", "1"]),
    ("AIMENA", &["0", "1"]),
    ("MIRLRE", &["0", "1"]),
    ("BEPSUC", &["0", "1"]),
    ("BEPPWR", &["0", "1"]),
    ("POR", &["KBD", "HID", "VIC", "232"]),
    ("232BAD", &["2", "3", "4", "5", "6", "7", "8", "9"]),
];

/// The families of codes, each with `0` and `1`.
const FAMILIES: &str = "UPAENA UPEENA EA8ENA E13ENA 128ENA GS1ENA C39ENA C93ENA C11ENA I25ENA \
    M25ENA D25ENA QRCENA DMCENA PDFENA MCFENA AZTENA";

impl Caret {
    /// What a setting was set to.
    #[must_use]
    pub fn setting(&self, name: &str) -> Option<&str> {
        self.settings.get(name).map(String::as_str)
    }

    fn obey(&mut self, command: &str) -> bool {
        let family = FAMILIES.split(' ').find(|name| command.starts_with(name));
        let family = family.map(|name| (name, ["0", "1"].as_slice()));
        let known = SETTINGS.into_iter().find(|(name, _)| command.starts_with(name)).or(family);
        let Some((name, values)) = known else { return false };
        let value = command.get(name.len()..).unwrap_or_default();
        if !values.contains(&value) {
            return false;
        }
        self.settings.insert(name.into(), value.into());
        true
    }
}

impl Dialect for Caret {
    fn hear(&mut self, input: &[u8]) -> Heard {
        let mark = b"^_^";
        if !mark.iter().zip(input).all(|(a, b)| a == b) {
            return Heard { used: 1, ..Heard::default() };
        }
        let Some(end) = input.iter().position(|byte| *byte == b'.') else {
            return Heard::default();
        };
        let command = input.get(mark.len()..end).unwrap_or_default();
        let command = String::from_utf8_lossy(command).into_owned();
        let (is_good, looks) = match command.as_str() {
            "SCAN" => (true, Some(true)),
            "SLEEP" => (true, Some(false)),
            "DEFALT" | "DSPYFW" => (true, None),
            other => (self.obey(other), None),
        };
        let lost = ["POR", "232BAD", "DEFALT", "DSPYFW"];
        Heard {
            used: end + 1,
            reply: Vec::from([if is_good { 0x06 } else { 0x15 }]),
            looks,
            harm: lost.iter().any(|name| command.starts_with(name)),
        }
    }

    fn output(&self, code: &[u8], aim: [u8; 2]) -> Vec<u8> {
        let mut output = Vec::new();
        if self.setting("CIDENA") == Some("1") {
            output.push(letter(aim));
        }
        output.extend(code);
        output.push(b'\r');
        output
    }

    fn always_looks(&self) -> bool {
        matches!(self.setting("SCM"), Some("CNT" | "MDH"))
    }
}

/// Honeywell's letter.
pub(super) fn letter(aim: [u8; 2]) -> u8 {
    match &aim {
        b"E0" => b'd',
        b"E4" => b'D',
        b"C0" => b'j',
        b"C1" => b'I',
        b"A0" => b'b',
        b"I0" => b'e',
        b"L0" => b'r',
        b"Q1" => b's',
        b"d1" => b'w',
        b"z0" => b'z',
        _ => b'?',
    }
}
