//! Datalogic and CipherLab scanners.

use std::vec::Vec;

use super::engine::{Dialect, Engine, Heard};

/// A Datalogic or CipherLab scanner that reads when it is switched on.
pub type DatalogicModule = Engine<Bytes>;

impl DatalogicModule {
    /// A Datalogic, just switched on.
    #[must_use]
    pub fn new() -> Self {
        Self::speaking(Bytes { is_cipherlab: false, is_enabled: true, beeps: 0 })
    }

    /// A CipherLab, just switched on.
    #[must_use]
    pub fn cipherlab() -> Self {
        Self::speaking(Bytes { is_cipherlab: true, is_enabled: true, beeps: 0 })
    }
}

impl Default for DatalogicModule {
    fn default() -> Self {
        Self::new()
    }
}

/// What it speaks: single bytes, or `#@` to a carriage return.
#[derive(Debug)]
pub struct Bytes {
    is_cipherlab: bool,
    is_enabled: bool,
    beeps: u32,
}

impl Bytes {
    /// How often it was told to beep.
    #[must_use]
    pub const fn beeps(&self) -> u32 {
        self.beeps
    }
}

impl Dialect for Bytes {
    fn hear(&mut self, input: &[u8]) -> Heard {
        let mut heard = Heard { used: 1, ..Heard::default() };
        match input {
            [b'E', ..] => self.is_enabled = true,
            [b'D', ..] => self.is_enabled = false,
            [b'B' | 0x01, ..] if !self.is_cipherlab => self.beeps += 1,
            [b'#', ..] if self.is_cipherlab => {
                let Some(end) = input.iter().position(|byte| *byte == b'\r') else {
                    return Heard::default();
                };
                heard.used = end + 1;
                match input.get(..end).unwrap_or_default() {
                    b"#@////" => self.beeps += 1,
                    b"#@----" => self.is_enabled = false,
                    b"#@...." => self.is_enabled = true,
                    _ => heard.harm = true,
                }
            }
            _ => {}
        }
        heard
    }

    fn output(&self, code: &[u8], _aim: [u8; 2]) -> Vec<u8> {
        let mut output = Vec::from(code);
        output.push(b'\r');
        output
    }

    fn always_looks(&self) -> bool {
        self.is_enabled
    }

    fn power_cycle(&mut self) {
        self.is_enabled = true;
    }
}
