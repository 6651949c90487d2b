//! VERIFY and what is random in a card.

use std::vec::Vec;

use super::EmvApplet;
use super::session::At;
use super::wire::{Command, pin_block};
use crate::sim::card::pki::sha1;

impl EmvApplet {
    /// VERIFY (EMV Book 3, 6.5.12): a PIN block of format 2 in the clear, or
    /// enciphered with the challenge of the command before (Book 2, 7.2).
    pub(super) fn verify_pin(
        &mut self,
        command: &Command<'_>,
        way: u8,
        challenge: Option<[u8; 8]>,
    ) -> Result<Vec<u8>, u16> {
        let At::Opened(index) = self.session.at else { return Err(0x6985) };
        let Some(pin) = &self.personal.pin else { return Err(0x6A88) };
        if command.expects {
            return Err(0x6700);
        }
        if pin.tries == 0 {
            return Err(0x6983);
        }
        let wanted = pin_block(&pin.digits);
        let right = match way {
            0x80 if command.data.len() != 8 => return Err(0x6700),
            0x80 => command.data == wanted,
            _ => {
                let clear = self.deciphered(index, command.data)?;
                let challenge = challenge.ok_or(0x6984_u16)?;
                clear.starts_with(&[&[0x7F], &wanted[..], &challenge].concat())
            }
        };
        self.session.verified = Some(right);
        let Some(pin) = &mut self.personal.pin else { return Err(0x6A88) };
        pin.tries = if right { pin.limit } else { pin.tries.saturating_sub(1) };
        if right { Ok(Vec::new()) } else { Err(0x63C0 | u16::from(pin.tries.min(15))) }
    }

    /// A block that was enciphered with the card's key for PINs.
    fn deciphered(&self, index: usize, data: &[u8]) -> Result<Vec<u8>, u16> {
        let pki = self.application(index)?.authentication.as_ref().ok_or(0x6A81_u16)?;
        let key = pki.pin_key();
        if data.len() != key.len() {
            return Err(0x6700);
        }
        Ok(key.sign(data))
    }

    /// GET CHALLENGE (EMV Book 3, 6.5.6).
    pub(super) fn challenge(&mut self, command: &Command<'_>) -> Result<Vec<u8>, u16> {
        let At::Opened(_) = self.session.at else { return Err(0x6985) };
        if !command.expects || !command.data.is_empty() {
            return Err(0x6700);
        }
        let challenge = self.drawn();
        self.session.challenge = Some(challenge);
        Ok(challenge.to_vec())
    }

    /// Eight bytes, each time others.
    pub(super) fn drawn(&mut self) -> [u8; 8] {
        self.memory.drawn = self.memory.drawn.wrapping_add(1);
        let hash = sha1(&[
            self.personal.pan.as_bytes(),
            &self.memory.counter.to_be_bytes(),
            &self.memory.drawn.to_be_bytes(),
        ]);
        hash.first_chunk().copied().unwrap_or_default()
    }
}
