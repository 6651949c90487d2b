//! Newland engines.

use std::collections::BTreeMap;
use std::string::String;
use std::vec::Vec;

use super::engine::{Dialect, Engine, Heard, Outcome, menu};

/// A Newland engine that was told to look on command and is otherwise as it
/// leaves the factory.
pub type NewlandModule = Engine<Tilde>;

impl NewlandModule {
    /// One with unified commands, just switched on.
    #[must_use]
    pub fn new() -> Self {
        Self::speaking(Tilde { is_older: false, now: factory(), kept: factory() })
    }

    /// One with the older commands.
    #[must_use]
    pub fn older() -> Self {
        let mut module = Self::new();
        module.dialect.is_older = true;
        module
    }

    /// One that knows no way to obey no setup codes.
    #[must_use]
    pub fn without_lock() -> Self {
        let mut module = Self::new();
        module.dialect.now.remove("SETUPN");
        module.dialect.kept.remove("SETUPN");
        module
    }
}

impl Default for NewlandModule {
    fn default() -> Self {
        Self::new()
    }
}

type Settings = BTreeMap<&'static str, String>;

/// What it speaks: `~` SOH `0000`, storage, items, `;` ETX; or `NLS`, seven
/// digits, `;`.
#[derive(Debug)]
pub struct Tilde {
    is_older: bool,
    now: Settings,
    kept: Settings,
}

/// The settings, from the factory, and their range.
const SETTINGS: [(&str, &str, &str); 28] = [
    ("SETUPE", "0", "0-1"),
    ("SETUPN", "1", "0-1"),
    ("SCNMOD", "0", "0|2-4"),
    ("SCNTRG", "0", "0-1"),
    ("AIDENA", "0", "0-1"),
    ("TSUENA", "1", "0-1"),
    ("TSUSET", "0D", ""),
    ("PACKAG", "0", "0-2"),
    ("ORTSET", "5000", "0-60000"),
    ("RRDDUR", "1000", "0-60000"),
    ("GRBENA", "1", "0-1"),
    ("ILLSCN", "1", "0-2"),
    ("AMLENA", "1", "0-2"),
    ("E13ENA", "1", "0-1"),
    ("EA8ENA", "1", "0-1"),
    ("UPAENA", "1", "0-1"),
    ("UPEENA", "1", "0-1"),
    ("128ENA", "1", "0-1"),
    ("C39ENA", "1", "0-1"),
    ("C93ENA", "0", "0-1"),
    ("C11ENA", "0", "0-1"),
    ("I25ENA", "1", "0-1"),
    ("PDFENA", "1", "0-1"),
    ("QRCENA", "1", "0-1"),
    ("DMCENA", "1", "0-1"),
    ("232BAD", "9", "0-9"),
    ("INTERF", "0", "0-9"),
    ("FACDEF", "", ""),
];

fn factory() -> Settings {
    SETTINGS.iter().map(|(name, value, _)| (*name, String::from(*value))).collect()
}

fn fits(value: &str, range: &str) -> bool {
    let Ok(number) = value.parse::<u32>() else { return range.is_empty() };
    range.is_empty()
        || range.split('|').any(|part| match part.split_once('-') {
            Some((from, to)) => {
                let [from, to] = [from, to].map(|end| end.parse().unwrap_or(u32::MAX));
                (from..=to).contains(&number)
            }
            None => part == value,
        })
}

impl Tilde {
    /// What a setting is.
    #[must_use]
    pub fn setting(&self, name: &str) -> Option<&str> {
        self.now.get(name).map(String::as_str)
    }

    /// What a setting will be after the power was off.
    #[must_use]
    pub fn kept(&self, name: &str) -> Option<&str> {
        self.kept.get(name).map(String::as_str)
    }

    fn set(&mut self, name: &'static str, value: &str, is_kept: bool) {
        self.now.insert(name, value.into());
        if is_kept {
            self.kept.insert(name, value.into());
        }
    }

    fn obey(&mut self, name: &str, value: &str, is_kept: bool) -> Outcome {
        let known = SETTINGS.into_iter().find(|(known, ..)| *known == name);
        let known = known.filter(|(name, ..)| self.now.contains_key(name));
        let Some((name, factory, range)) = known else { return (value.into(), 0x05) };
        match value {
            "*" => (self.setting(name).unwrap_or_default().into(), 0x06),
            "&" => (factory.into(), 0x06),
            "^" => (range.into(), 0x06),
            value if fits(value, range) => {
                self.set(name, value, is_kept);
                (value.into(), 0x06)
            }
            value => (value.into(), 0x15),
        }
    }

    fn hear_older(&mut self, input: &[u8]) -> Heard {
        let answer =
            |used, reply, looks| Heard { used, reply: Vec::from([reply]), looks, harm: false };
        match input {
            [b'?', ..] => return answer(1, b'!', None),
            [0x1B, b'1', ..] => return answer(2, 0x06, Some(true)),
            [0x1B, b'0', ..] => return answer(2, 0x06, Some(false)),
            [0x1B] | [b'N'] | [b'N', b'L'] => return Heard::default(),
            [b'N', b'L', b'S', ..] => {}
            _ => return Heard { used: 1, ..Heard::default() },
        }
        let Some(end) = input.iter().position(|byte| *byte == b';') else {
            return Heard::default();
        };
        let set = match input.get(3..end).unwrap_or_default() {
            b"0006000" => ("SETUPN", "0"),
            b"0006010" => ("SETUPN", "1"),
            b"0302000" => ("SCNMOD", "0"),
            b"0302010" => ("SCNMOD", "2"),
            b"0314000" => ("PACKAG", "0"),
            b"0314070" => ("PACKAG", "2"),
            b"0203010" => ("GRBENA", "1"),
            b"0203000" => ("GRBENA", "0"),
            _ => return answer(end + 1, 0x15, None),
        };
        self.set(set.0, set.1, true);
        answer(end + 1, 0x06, None)
    }
}

impl Dialect for Tilde {
    fn hear(&mut self, input: &[u8]) -> Heard {
        if self.is_older {
            return self.hear_older(input);
        }
        let head = b"~\x010000";
        if !head.iter().zip(input).all(|(a, b)| a == b) {
            return Heard { used: 1, ..Heard::default() };
        }
        let Some(end) = input.windows(2).position(|pair| pair == b";\x03") else {
            return Heard::default();
        };
        let body = input.get(head.len()..end).unwrap_or_default();
        let [storage @ (b'@' | b'#'), items @ ..] = body else {
            return Heard { used: end + 2, ..Heard::default() };
        };
        let text = String::from_utf8_lossy(items).into_owned();
        let echo = menu(&text, |name, value| self.obey(name, value, *storage == b'@'));
        let mut reply = Vec::from(b"\x02\x010000");
        reply.push(*storage);
        reply.extend(echo.bytes());
        reply.extend(b";\x03");
        let looks = text.strip_prefix("SCNTRG").map(|value| value == "1");
        let harm = ["232", "INTERF", "FAC", "PWR", "REB"];
        let harm = harm.iter().any(|name| text.starts_with(name));
        Heard { used: end + 2, reply, looks, harm }
    }

    fn output(&self, code: &[u8], aim: [u8; 2]) -> Vec<u8> {
        let is_on = |name| self.setting(name) == Some("1");
        let mut output = Vec::new();
        if self.setting("PACKAG") == Some("2") {
            let len = u16::try_from(code.len()).unwrap_or(u16::MAX).to_be_bytes();
            output.extend([0x02, 0x00]);
            output.extend(len);
            output.extend([0x3B, number(aim)]);
            output.extend(code);
            let check = output.iter().skip(2).fold(0xFF, |check, byte| check ^ byte);
            output.push(check);
            return output;
        }
        if is_on("AIDENA") {
            output.push(b']');
            output.extend(aim);
        }
        output.extend(code);
        if is_on("TSUENA") {
            output.push(b'\r');
        }
        output
    }

    fn set_up(&mut self, code: &[u8]) -> bool {
        let text = String::from_utf8_lossy(code).into_owned();
        let Some(text) = text.strip_prefix('@') else { return false };
        if self.setting("SETUPN") == Some("0") {
            return false;
        }
        menu(text, |name, value| self.obey(name, value, true));
        true
    }

    fn always_looks(&self) -> bool {
        self.setting("SCNMOD") != Some("0")
    }

    fn power_cycle(&mut self) {
        self.now = self.kept.clone();
    }
}

/// The number of the symbology.
fn number(aim: [u8; 2]) -> u8 {
    match &aim {
        b"C0" => 2,
        b"E4" => 4,
        b"E0" => 5,
        b"A0" => 13,
        b"L0" => 32,
        b"Q1" => 33,
        b"d1" => 35,
        _ => 0,
    }
}
