use std::string::String;

use crate::port::{Duration, Instant};

use super::misbehaviour::{Misbehaviour, When};
use super::module::{Claim, R503Module, Skin};

/// What somebody does to the module, and what can be seen of it, past the wire.
impl R503Module {
    /// Somebody lays a finger down.
    pub fn place(&mut self, name: &str) {
        self.place_badly(name, Skin::Good);
    }

    /// Somebody lays a finger down that can hardly be read.
    pub fn place_badly(&mut self, name: &str, skin: Skin) {
        self.finger = Some((name.into(), skin));
        self.touched |= core::mem::take(&mut self.asleep);
    }

    /// The finger is lifted.
    pub fn lift(&mut self) {
        self.finger = None;
    }

    /// Puts a template into the library, past the wire.
    pub fn store(&mut self, slot: u16, name: &str) {
        self.library.insert(slot, name.into());
    }

    /// Takes a template out of the library, past the wire.
    pub fn erase(&mut self, slot: u16) {
        self.library.remove(&slot);
    }

    /// How many templates there is room for.
    #[must_use]
    pub fn capacity(&self) -> u16 {
        self.capacity
    }

    /// Whose template is in this slot.
    #[must_use]
    pub fn stored(&self, slot: u16) -> Option<&str> {
        self.library.get(&slot).map(String::as_str)
    }

    /// The matches that the module made so far.
    #[must_use]
    pub fn claims(&self) -> &[Claim] {
        &self.claims
    }

    /// The commands that it received so far.
    #[must_use]
    pub fn commands(&self) -> &[u8] {
        &self.commands
    }

    /// Control, speed, colour and times of the light.
    #[must_use]
    pub fn light(&self) -> Option<[u8; 4]> {
        self.light
    }

    /// The password.
    #[must_use]
    pub fn password(&self) -> u32 {
        self.password
    }

    /// Its address.
    #[must_use]
    pub fn address(&self) -> u32 {
        self.address
    }

    /// Its speed, in bits a second.
    #[must_use]
    pub fn baud(&self) -> u32 {
        u32::from(self.baud) * 9_600
    }

    /// How strictly it matches.
    #[must_use]
    pub fn level(&self) -> u8 {
        self.level
    }

    /// Its code for the content of a data packet.
    #[must_use]
    pub fn packet(&self) -> u8 {
        self.packet
    }

    /// Whether it goes on with something by itself.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.running.is_some()
    }

    /// The host sends and listens at this speed. If the module does not, neither
    /// understands the other. Without this, the speed does not matter.
    pub fn hears_at(&mut self, baud: u32) {
        self.host = Some(baud);
    }

    /// Runs at this speed, in bits a second, as if it had been told to.
    pub fn runs_at(&mut self, baud: u32) {
        self.baud = u8::try_from(baud / 9_600).unwrap_or(6);
    }

    /// Answers the next command of this opcode with the code, and does not do
    /// what it says.
    pub fn refuse(&mut self, opcode: u8, code: u8) {
        self.refused = Some((opcode, code));
    }

    /// Misbehaves with the next reply to this command.
    pub fn misbehave_on(&mut self, opcode: u8, how: Misbehaviour) {
        self.faults.push_back((When::Command(opcode), how));
    }

    /// Misbehaves with the reply after so many good ones.
    pub fn misbehave_after(&mut self, replies: usize, how: Misbehaviour) {
        self.faults.push_back((When::Replies(replies), how));
    }

    /// Whether all that was to go wrong has gone wrong.
    #[must_use]
    pub fn has_misbehaved(&self) -> bool {
        self.faults.is_empty() && self.data.has_misbehaved()
    }

    /// Sends bytes on its own.
    pub fn babble(&mut self, bytes: &[u8], now: Instant) {
        self.outbox.push(now, Duration::ZERO, bytes);
    }
}
