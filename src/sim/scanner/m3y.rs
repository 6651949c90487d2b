//! M3Y-W modules.

use std::vec::Vec;

use super::engine::{Dialect, Engine, Heard};

/// An M3Y-W that was shown the setup code for output with protocol, and obeys
/// others still.
pub type M3yModule = Engine<Framed>;

impl M3yModule {
    /// Just switched on.
    #[must_use]
    pub fn new() -> Self {
        Self::speaking(Framed { obeys_codes: true, has_light: false })
    }
}

impl Default for M3yModule {
    fn default() -> Self {
        Self::new()
    }
}

/// What it speaks: `5A`, kind, length, text, XOR, `A5`.
#[derive(Debug)]
pub struct Framed {
    obeys_codes: bool,
    has_light: bool,
}

fn frame(kind: u8, body: &[u8]) -> Vec<u8> {
    let len = u16::try_from(body.len()).unwrap_or(u16::MAX).to_be_bytes();
    let mut checked = Vec::from([kind]);
    checked.extend(len);
    checked.extend(body);
    let bcc = checked.iter().copied().reduce(|bcc, byte| bcc ^ byte).unwrap_or_default();
    let mut frame = Vec::from([0x5A]);
    frame.append(&mut checked);
    frame.extend([bcc, 0xA5]);
    frame
}

impl Framed {
    /// Whether it obeys setup codes.
    #[must_use]
    pub const fn obeys_codes(&self) -> bool {
        self.obeys_codes
    }

    /// Whether its light is on.
    #[must_use]
    pub const fn has_light(&self) -> bool {
        self.has_light
    }

    fn obey(&mut self, text: &[u8]) -> Heard {
        let mut heard = Heard { reply: Vec::from([0x90, 0x00]), ..Heard::default() };
        match text {
            b"T_OUT_CVER" => heard.reply = Vec::from(b"V2.3.0.7\r\n"),
            b"S_CMD_0000" => self.obeys_codes = false,
            b"S_CMD_0001" => self.obeys_codes = true,
            b"S_CMD_020E" => heard.looks = Some(true),
            b"S_CMD_020D" => heard.looks = Some(false),
            b"S_CMD_03L0" => self.has_light = false,
            b"S_CMD_03L1" => self.has_light = true,
            [b'S', b'_', b'C', b'M', b'D', b'_', ..] => heard.harm = true,
            _ => heard.reply = Vec::from([0x6A, 0x89]),
        }
        heard
    }
}

impl Dialect for Framed {
    fn hear(&mut self, input: &[u8]) -> Heard {
        let (len, rest) = match input {
            [0x5A] | [0x5A, 0x00] | [0x5A, 0x00, _] => return Heard::default(),
            [0x5A, 0x00, high, low, rest @ ..] => (u16::from_be_bytes([*high, *low]), rest),
            _ => return Heard { used: 1, ..Heard::default() },
        };
        let Some((text, [bcc, end, ..])) = rest.split_at_checked(len.into()) else {
            return Heard::default();
        };
        let used = 6 + text.len();
        let right = input.get(1..4 + text.len()).unwrap_or_default();
        let right = right.iter().fold(0, |bcc, byte| bcc ^ byte) == *bcc && *end == 0xA5;
        if !right {
            return Heard { used: 1, ..Heard::default() };
        }
        let mut heard = self.obey(text);
        heard.used = used;
        heard.reply = frame(0x01, &heard.reply);
        heard
    }

    fn output(&self, code: &[u8], _aim: [u8; 2]) -> Vec<u8> {
        frame(0x02, code)
    }

    fn set_up(&mut self, code: &[u8]) -> bool {
        let is_setup = code.starts_with(b"S_CMD_") && self.obeys_codes;
        if is_setup {
            self.obey(code);
        }
        is_setup
    }

    fn stops_after_code(&self) -> bool {
        false
    }

    fn power_cycle(&mut self) {
        *self = Self { obeys_codes: true, has_light: false };
    }
}
