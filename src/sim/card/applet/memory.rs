//! What a card remembers from one transaction to the next, and GET DATA.

use std::vec::Vec;

use super::wire::{Command, element, value};
use super::{EmvApplet, Personalisation};
use crate::sim::card::applet::session::At;

/// What stays when the card is reset.
#[derive(Clone, Copy, Debug)]
pub(super) struct Memory {
    /// Application Transaction Counter.
    pub(super) counter: u16,
    /// The counter of the last transaction that its issuer approved.
    pub(super) last_online: u16,
    /// How many transactions it approved alone since then.
    pub(super) offline: u8,
    /// How much they were together.
    pub(super) offline_amount: u64,
    /// Whether the card is blocked as a whole.
    pub(super) blocked: bool,
    /// How many random numbers it drew.
    pub(super) drawn: u32,
}

impl Memory {
    pub(super) const fn new(personal: &Personalisation) -> Self {
        Self {
            counter: personal.counter,
            last_online: personal.last_online,
            offline: 0,
            offline_amount: 0,
            blocked: false,
            drawn: 0,
        }
    }
}

impl EmvApplet {
    /// GET DATA (EMV Book 3, 6.5.7).
    pub(super) fn get_data(&self, command: &Command<'_>, tag: u16) -> Result<Vec<u8>, u16> {
        if !command.expects || !command.data.is_empty() {
            return Err(0x6700);
        }
        let (At::Selected(index) | At::Opened(index) | At::Asked(index) | At::Done(index)) =
            self.session.at
        else {
            return Err(0x6985);
        };
        let application = self.application(index)?;
        let pin = self.personal.pin.as_ref();
        let found = match tag {
            0x9F36 => Some(self.memory.counter.to_be_bytes().to_vec()),
            0x9F13 => Some(self.memory.last_online.to_be_bytes().to_vec()),
            0x9F17 => pin.map(|pin| [pin.tries].into()),
            0x9F4F => value(&application.elements, 0x9F4F).cloned(),
            _ => None,
        };
        found.map(|value| element(tag.into(), &value)).ok_or(0x6A88)
    }
}
