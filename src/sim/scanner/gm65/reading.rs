//! What it does with a code that it sees.

use std::vec::Vec;

use super::{Gm65Module, Symbology};
use crate::port::{Duration, Instant};

impl Gm65Module {
    /// Looks at what is held up, if it is looking at all.
    pub(super) fn look(&mut self, now: Instant) {
        while self.is_looking() && now >= self.blind_until {
            let Some((code, symbology)) = self.view.pop_front() else { return };
            self.triggered = false;
            let interval = Duration::from_millis(100 * u64::from(self.register(0x05)));
            self.blind_until =
                if self.register(0x00) & 0b11 == 0b01 { now } else { now + interval };
            if self.register(0x03) & 0b10 == 0 && self.obey(&code) {
                self.harm.setup_codes += 1;
                continue;
            }
            let bytes = self.output(&code, symbology);
            self.outbox.push(now, Duration::ZERO, bytes);
        }
    }

    /// Setup codes as the manual prints them: 80, `R`, then register, mask and
    /// value in hex, and a full stop; `W` for two registers in a row.
    fn obey(&mut self, code: &[u8]) -> bool {
        let [0x80, kind, digits @ .., b'.'] = code else { return false };
        let Ok(digits) = core::str::from_utf8(digits) else { return false };
        let Ok(number) = u32::from_str_radix(digits, 16) else { return false };
        let [_, address, first, second] = number.to_be_bytes();
        match kind {
            b'R' => self.write(address, self.register(address) & !first | second & first),
            b'W' => {
                self.write(address, first);
                self.write(address.wrapping_add(1), second);
            }
            _ => return false,
        }
        true
    }

    /// A code as it leaves (manual 7 and 7.7).
    pub(super) fn output(&self, code: &[u8], symbology: Symbology) -> Vec<u8> {
        let output = self.register(0x60);
        let mut data = Vec::new();
        if output & 0x04 != 0 && self.register(0xE0) != 0x60 {
            data.push(self.register(0x91 + symbology as u8));
        }
        data.extend_from_slice(code);
        if output & 0x80 != 0 {
            let [low, high, ..] = data.len().to_le_bytes();
            let mut framed = match (self.register(0xE0), self.register(0x1A) >> 6) {
                (0x60, 0b01) => std::vec![0x04, high, low],
                (0x60, 0b11) => Vec::new(),
                _ => std::vec![0x03, low],
            };
            framed.append(&mut data);
            return framed;
        }
        let tail: &[u8] = match (output & 1, output >> 5 & 0b11) {
            (0, _) | (_, 0b11) => b"",
            (_, 0b00) => b"\r",
            (_, 0b01) => b"\r\n",
            _ => b"\t",
        };
        data.extend_from_slice(tail);
        data
    }
}
