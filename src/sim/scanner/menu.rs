//! Engines with Honeywell's serial menu.

use std::collections::BTreeMap;
use std::string::String;
use std::vec::Vec;

use super::de2120::letter;
use super::engine::{Dialect, Engine, Heard, Outcome, menu};

/// An engine with Honeywell's serial menu, as it leaves the factory.
pub type MenuModule = Engine<Menu>;

impl MenuModule {
    /// One of Honeywell's, just switched on.
    #[must_use]
    pub fn new() -> Self {
        Self::speaking(Menu { has_header: true, kept: factory(), now: factory() })
    }

    /// One that knows no header.
    #[must_use]
    pub fn clone_of_the_menu() -> Self {
        let mut module = Self::new();
        module.dialect.has_header = false;
        module.dialect.power_cycle();
        module
    }
}

impl Default for MenuModule {
    fn default() -> Self {
        Self::new()
    }
}

type Settings = BTreeMap<&'static str, u8>;

/// What it speaks: SYN M CR, items, `!` or `.`; SYN T, U and BEL.
#[derive(Debug)]
pub struct Menu {
    has_header: bool,
    kept: Settings,
    now: Settings,
}

/// The settings, from the factory, and their highest value.
const SETTINGS: [(&str, u8, u8); 23] = [
    ("DECHDR", 0, 1),
    ("TRGMOD", 3, 9),
    ("SCNAIM", 2, 3),
    ("SCNLED", 1, 1),
    ("E13ENA", 1, 1),
    ("EA8ENA", 1, 1),
    ("UPBENA", 1, 1),
    ("128ENA", 1, 1),
    ("GS1ENA", 1, 1),
    ("C39ENA", 1, 1),
    ("C93ENA", 1, 1),
    ("C11ENA", 0, 1),
    ("CBRENA", 1, 1),
    ("I25ENA", 1, 1),
    ("MSIENA", 0, 1),
    ("RSSENA", 1, 1),
    ("PDFENA", 1, 1),
    ("QRCENA", 1, 1),
    ("IDMENA", 1, 1),
    ("AZTENA", 1, 1),
    ("HX_ENA", 0, 1),
    ("232BAD", 9, 9),
    ("TERMID", 0, 9),
];

fn factory() -> Settings {
    SETTINGS.iter().map(|(name, value, _)| (*name, *value)).collect()
}

impl Menu {
    /// What a setting is.
    #[must_use]
    pub fn setting(&self, name: &str) -> Option<u8> {
        self.now.get(name).copied()
    }

    /// What a setting will be after the power was off.
    #[must_use]
    pub fn kept(&self, name: &str) -> Option<u8> {
        self.kept.get(name).copied()
    }

    fn obey(&mut self, name: &str, value: &str, is_kept: bool) -> Outcome {
        let known = SETTINGS.into_iter().find(|(known, ..)| *known == name);
        let known = known.filter(|(name, ..)| self.has_header || *name != "DECHDR");
        let Some((name, factory, most)) = known else { return (value.into(), 0x05) };
        let now = self.setting(name).unwrap_or_default();
        match (value, value.parse::<u8>()) {
            ("?", _) => (std::format!("{now}"), 0x06),
            ("^", _) => (std::format!("{factory}"), 0x06),
            ("*", _) => (std::format!("0-{most}"), 0x06),
            (_, Ok(new)) if new <= most => {
                self.now.insert(name, new);
                if is_kept {
                    self.kept.insert(name, new);
                }
                (value.into(), 0x06)
            }
            _ => (value.into(), 0x15),
        }
    }
}

impl Dialect for Menu {
    fn hear(&mut self, input: &[u8]) -> Heard {
        let taken = |used, looks| Heard { used, looks, ..Heard::default() };
        match input {
            [0x16] | [0x16, b'T' | b'U' | b'M' | 0x07] => return Heard::default(),
            [0x16, b'T', b'\r', ..] => return taken(3, Some(self.setting("TRGMOD") == Some(0))),
            [0x16, b'U', b'\r', ..] => return taken(3, Some(false)),
            [0x16, 0x07, b'\r', ..] => return taken(3, None),
            [0x16, b'M', b'\r', ..] => {}
            _ => return taken(1, None),
        }
        let Some(end) = input.iter().position(|byte| matches!(byte, b'!' | b'.')) else {
            return Heard::default();
        };
        let text = String::from_utf8_lossy(input.get(3..end).unwrap_or_default()).into_owned();
        let is_kept = input.get(end) == Some(&b'.');
        let mut reply = menu(&text, |name, value| self.obey(name, value, is_kept));
        reply.push(if is_kept { '.' } else { '!' });
        let upper = text.to_ascii_uppercase();
        let harm = ["232", "TERMID", "DEF", "%"].iter().any(|name| upper.starts_with(name));
        Heard { used: end + 1, reply: reply.into_bytes(), looks: None, harm }
    }

    fn output(&self, code: &[u8], aim: [u8; 2]) -> Vec<u8> {
        let mut data = Vec::from(code);
        data.push(b'\r');
        if self.setting("DECHDR") != Some(1) {
            return data;
        }
        let digits = std::format!("{:04}", data.len() % 10_000);
        let mut message = Vec::from(b"MSGGET");
        message.extend(digits.bytes());
        message.push(letter(aim));
        message.extend(aim);
        message.push(0x1D);
        message.append(&mut data);
        let len = message.len().to_le_bytes();
        let mut output = Vec::from([0x16, 0xFE]);
        output.extend(len.into_iter().take(4));
        output.push(b'\r');
        output.append(&mut message);
        output
    }

    fn set_up(&mut self, code: &[u8]) -> bool {
        // Its setup codes are its commands.
        let text = String::from_utf8_lossy(code).into_owned();
        let Some(text) = text.strip_suffix('.').filter(|text| text.len() >= 7) else {
            return false;
        };
        let mut known = false;
        menu(text, |name, value| {
            let outcome = self.obey(name, value, true);
            known |= outcome.1 == 0x06;
            outcome
        });
        known
    }

    fn always_looks(&self) -> bool {
        self.setting("TRGMOD").is_some_and(|mode| mode != 0)
    }

    fn power_cycle(&mut self) {
        self.now = self.kept.clone();
        if !self.has_header {
            self.now.remove("DECHDR");
        }
    }
}
