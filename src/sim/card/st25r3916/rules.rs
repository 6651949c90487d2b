use std::format;

use super::{St25r3916Model, at};

/// The registers after "set default" that are not 0 (DS12484, register tables).
pub(super) const RESET: [u8; 64] = {
    let mut registers = [0; 64];
    registers[0x0F] = 0x08;
    registers[0x2A] = 0x13;
    registers[0x2B] = 0x02;
    registers
};

/// Those of space B.
pub(super) const RESET_B: [u8; 64] = [0; 64];

/// Which bits of a register the host may choose, the others are 0; `None` for
/// registers that are reserved or only read.
const fn writable(register: u8, model_b: bool) -> Option<u8> {
    Some(match register {
        0x00 => 0xF7,
        0x01 => 0xFD,
        0x02 | 0x03 => 0xFF,
        0x04 => 0x73,
        0x05 => 0xFF,
        0x06 => 0xFF,
        0x07 => 0xF3,
        0x08 => 0xFD,
        0x09 => 0x7F,
        0x0A => 0xBF,
        0x0B..=0x11 => 0xFF,
        0x12 => 0xEF,
        0x13..=0x15 => 0xFF,
        0x16 => 0xFE,
        0x17..=0x19 => 0xFF,
        0x22 | 0x23 | 0x26..=0x29 => 0xFF,
        0x2A | 0x2B => 0x7F,
        0x2C => 0xFF,
        0x2F | 0x32..=0x34 | 0x37 | 0x38 => 0xFF,
        0x3B | 0x3C if !model_b => 0xFF,
        _ => return None,
    })
}

/// Whether space B has this register; the 3916B has more.
pub(super) const fn is_in_space_b(register: u8, model_b: bool) -> bool {
    match register {
        0x05 | 0x06 | 0x0B..=0x0D | 0x0F | 0x15 | 0x28..=0x2C | 0x30..=0x33 => true,
        0x2E | 0x2F | 0x34..=0x39 => model_b,
        _ => false,
    }
}

impl St25r3916Model {
    pub(super) fn check_write(&mut self, register: u8, value: u8) {
        let model_b = self.identity >> 3 == 6;
        match writable(register, model_b) {
            None => self.violation(format!("register {register:02X} is not written to")),
            Some(free) if value & !free != 0 => {
                self.violation(format!("reserved bits of register {register:02X}: {value:02X}"));
            }
            Some(_) => {}
        }
        let fixes_frame = matches!(
            register,
            at::MODE..=at::AUXILIARY
                | at::MASK_RECEIVE..=at::TIMER_CONTROL
                | at::BITS_HIGH..=at::BITS_LOW
        );
        if self.is_busy() && fixes_frame {
            self.violation(format!("register {register:02X} written to while busy"));
        }
    }
}
