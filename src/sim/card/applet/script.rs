//! Issuer scripts: commands with a MAC of the issuer (EMV Book 2, 9; Book 3,
//! 6.5).

use std::vec::Vec;

use super::EmvApplet;
use super::session::At;
use super::wire::{Command, pin_block};

impl EmvApplet {
    /// Carries out a command, if its MAC is right.
    pub(super) fn obey(&mut self, command: &Command<'_>) -> Result<Vec<u8>, u16> {
        let (At::Asked(index) | At::Done(index)) = self.session.at else { return Err(0x6985) };
        let done = self.carry_out(index, command);
        match done {
            Ok(()) => self.session.scripts = (self.session.scripts + 1).min(15),
            Err(_) => self.session.script_failed = true,
        }
        done.map(|()| Vec::new())
    }

    fn carry_out(&mut self, index: usize, command: &Command<'_>) -> Result<(), u16> {
        let data = self.genuine(index, command)?;
        match command.header {
            [_, 0x16, ..] => self.memory.blocked = true,
            [_, 0x18, ..] => self.block(index, false)?,
            [_, 0x1E, ..] => self.block(index, true)?,
            [_, 0x24, _, 0x00] => self.change_pin(None)?,
            [_, 0x24, ..] => {
                let (cryptogram, _) = self.session.first.ok_or(0x6985_u16)?;
                let key = self.keys(index)?.confidentiality.script_session(cryptogram);
                let block = key.decipher(data).ok_or(0x6988_u16)?;
                self.change_pin(Some(&block))?;
            }
            [_, _, high, low] => self.put_data(index, u16::from_be_bytes([high, low]), data)?,
        }
        Ok(())
    }

    /// The data of a command without their MAC, which is right.
    fn genuine<'c>(&self, index: usize, command: &Command<'c>) -> Result<&'c [u8], u16> {
        let (cryptogram, _) = self.session.first.ok_or(0x6985_u16)?;
        let (data, mac) = command.data.split_last_chunk::<8>().ok_or(0x6987_u16)?;
        let length = u8::try_from(command.data.len()).map_err(|_| 0x6700_u16)?;
        let [class, instruction, p1, p2] = command.header;
        let header = [class, instruction, p1, p2, length];
        let key = self.keys(index)?.integrity.script_session(cryptogram);
        let wanted = key.script_mac(header, self.memory.counter, cryptogram, data);
        if wanted == *mac { Ok(data) } else { Err(0x6988) }
    }

    pub(super) fn block(&mut self, index: usize, blocked: bool) -> Result<(), u16> {
        let application = self.personal.applications.get_mut(index);
        application.ok_or(0x6985_u16)?.blocked = blocked;
        Ok(())
    }

    /// All tries again, and another PIN, if there is one.
    fn change_pin(&mut self, block: Option<&[u8]>) -> Result<(), u16> {
        let pin = self.personal.pin.as_mut().ok_or(0x6A88_u16)?;
        if let Some(block) = block {
            let length = block.first().map_or(0, |first| usize::from(first & 0x0F));
            let digits =
                block.iter().skip(1).flat_map(|byte| [byte >> 4, byte & 0x0F]).take(length);
            let digits: std::string::String =
                digits.filter_map(|digit| char::from_digit(digit.into(), 10)).collect();
            if block != pin_block(&digits) || !(4..=12).contains(&digits.len()) {
                return Err(0x6A80);
            }
            pin.digits = digits;
        }
        pin.tries = pin.limit;
        Ok(())
    }

    /// The limits of the card and of the terminal can be changed so.
    fn put_data(&mut self, index: usize, tag: u16, data: &[u8]) -> Result<(), u16> {
        let application = self.personal.applications.get_mut(index).ok_or(0x6985_u16)?;
        match (tag, data) {
            (0x9F58, [limit]) => application.risk.online_after = Some(*limit),
            (0x9F59, [limit]) => application.risk.decline_after = Some(*limit),
            (0x9F14 | 0x9F23, [_]) => {
                let changed = application.clone().with(tag.into(), data);
                *application = changed;
            }
            (0x9F14 | 0x9F23 | 0x9F58 | 0x9F59, _) => return Err(0x6A80),
            _ => return Err(0x6A88),
        }
        self.files = None;
        Ok(())
    }
}
