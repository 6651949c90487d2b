use std::format;

use super::radio::Phase;
use super::{Mfrc522Model, at};

/// The registers after a reset (9.2, table 20 and the tables of 9.3).
pub(super) const RESET: [u8; 64] = {
    let mut registers = [0; 64];
    registers[0x01] = 0x20;
    registers[0x02] = 0x80;
    registers[0x04] = 0x14;
    registers[0x07] = 0x21;
    registers[0x0B] = 0x08;
    registers[0x0C] = 0x10;
    registers[0x0E] = 0xA0;
    registers[0x11] = 0x3F;
    registers[0x14] = 0x80;
    registers[0x16] = 0x10;
    registers[0x17] = 0x84;
    registers[0x18] = 0x84;
    registers[0x19] = 0x4D;
    registers[0x1C] = 0x62;
    registers[0x1F] = 0xEB;
    registers[0x21] = 0xFF;
    registers[0x22] = 0xFF;
    registers[0x24] = 0x26;
    registers[0x26] = 0x48;
    registers[0x27] = 0x88;
    registers[0x28] = 0x20;
    registers[0x29] = 0x20;
    registers
};

/// Which bits of a register the host may choose; `None` for registers that are
/// reserved or only read. Bits that it may not choose stay as after a reset.
const fn writable(register: u8) -> Option<u8> {
    Some(match register {
        0x01 => 0x3F,
        0x02 | 0x04 | 0x09 => 0xFF,
        0x03 | 0x05 => 0x94,
        0x08 => 0xC8,
        0x0A | 0x0E => 0x80,
        0x0B => 0x3F,
        0x0C => 0xC0,
        0x0D => 0xF7,
        0x11 => 0xAB,
        0x12 => 0xF8,
        0x13 => 0xFC,
        0x14 => 0xFB,
        0x15 => 0x40,
        0x16 => 0x3F,
        0x17 | 0x19 | 0x1F => 0xFF,
        0x18 => 0xF7,
        0x1C => 0x03,
        0x1D => 0x10,
        0x24 | 0x27 | 0x2A..=0x2D => 0xFF,
        0x26 => 0x70,
        0x28 | 0x29 => 0x3F,
        _ => return None,
    })
}

impl Mfrc522Model {
    pub(super) fn check_address(&mut self, address: u8, read: bool) {
        // Bit 7 says read, bit 0 is 0 (8.1.2.3).
        if address & 1 != 0 || (address & 0x80 != 0) != read {
            self.violation(format!("address byte {address:02X}"));
        }
        let register = address >> 1 & 0x3F;
        let is_known = matches!(register, at::ERROR | at::STATUS1 | at::VERSION)
            || matches!(register, 0x21 | 0x22 | 0x2E | 0x2F)
            || writable(register).is_some();
        if !is_known {
            self.violation(format!("register {register:02X} is reserved"));
        }
    }

    pub(super) fn check_write(&mut self, register: u8, value: u8) {
        let framing =
            if self.type_b && matches!(register, at::TX_MODE | at::RX_MODE) { 3 } else { 0 };
        let Some(free) = writable(register).map(|bits| bits | framing) else {
            return self.violation(format!("register {register:02X} is not written to"));
        };
        let reset = RESET.get(usize::from(register)).copied().unwrap_or(0);
        // Those where a bit is an order or a flag begin with zeros.
        let fixed = if matches!(register, 0x0A | 0x0C | 0x0E) { 0 } else { reset & !free };
        if value & !free != fixed & !free && register != 0x01 {
            self.violation(format!("reserved bits of register {register:02X}: {value:02X}"));
        }
        if self.starts_until.is_some() && register != at::COMMAND {
            self.violation(format!("register {register:02X} written to while it starts"));
        }
        let is_down = self.get(at::COMMAND) & 0x10 != 0;
        if is_down && matches!(register, at::FIFO_DATA | at::BIT_FRAMING) {
            self.violation("a frame during power-down".into());
        }
        let is_busy = !matches!(self.phase, Phase::Idle | Phase::Ready);
        let fixes_frame = matches!(register, at::TX_MODE..=at::TX_ASK | at::BIT_FRAMING | at::T_MODE..=at::T_RELOAD_LOW);
        if is_busy && fixes_frame {
            self.violation(format!(
                "register {register:02X} written to while a frame is under way"
            ));
        }
        let (speed, crc) = (value & 0x70, value & 0x80);
        if matches!(register, at::TX_MODE | at::RX_MODE) && speed != 0 && crc == 0 {
            self.violation("CRC off above 106 kBd".into());
        }
        if matches!(register, at::TX_MODE | at::RX_MODE) && speed > 0x30 {
            self.violation(format!("speed {speed:02X}"));
        }
    }
}
