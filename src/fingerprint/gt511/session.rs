use super::command::{Command, Info, Open, Probe};
use super::fault::Fault;
use super::link::{Answer, Link, probed};
use crate::fingerprint::Slot;
use crate::fingerprint::bulk::Cargo;
use crate::fingerprint::wire::Silence;

/// What a [`Script`](super::Script) speaks to the module through.
pub type Session<'a> = crate::fingerprint::Session<'a, Link>;

impl Session<'_> {
    /// Whether the light under the glass was switched on in this session.
    pub(super) fn is_lit(&self) -> bool {
        self.link.lit
    }

    pub(super) fn set_lit(&mut self, lit: bool) {
        self.link.lit = lit;
    }

    /// What the module says it is. Opens a session where there is none.
    ///
    /// # Errors
    /// As [`ask`](Self::ask).
    pub fn info(&mut self) -> nb::Result<Info, Fault> {
        self.open()?;
        self.link.info.ok_or(nb::Error::Other(Fault::OutOfStep(Open::CODE)))
    }

    /// Sends a command, or goes on with it: ask for the same one until it is
    /// answered. Opens a session first where there is none.
    ///
    /// An answer is sure only once that to the [`Probe`] has come behind it:
    /// see [`Ask`](super::Ask), which sees to it.
    ///
    /// # Errors
    /// `WouldBlock` until it is answered; pass that on. After a fault the
    /// session is closed; the next command opens another.
    pub fn ask<C: Command>(&mut self, command: &C) -> Answer<C::Reply> {
        self.transfer(command, Cargo::None)
    }

    /// The same, with what goes or comes with it.
    pub(super) fn transfer<C: Command>(
        &mut self,
        command: &C,
        cargo: Cargo<'_, Fault>,
    ) -> Answer<C::Reply> {
        self.speak(|link, now| link.exchange(command, cargo, Silence::Quiet, now))
    }

    /// Makes sure that no answer is outstanding: the answer before is believed
    /// only if this passes behind it.
    ///
    /// # Errors
    /// As [`ask`](Self::ask).
    pub fn seal(&mut self) -> nb::Result<(), Fault> {
        Ok(probed(self.ask(&Probe)?)?)
    }

    /// Makes sure that the library has this slot.
    ///
    /// # Errors
    /// [`Fault::Slot`].
    pub fn check(&self, slot: Slot) -> Result<(), Fault> {
        if slot.0 < self.config().capacity { Ok(()) } else { Err(Fault::Slot(slot)) }
    }

    /// The module says that it is this one; whether it was.
    pub(super) fn recognise(&mut self, info: Info) -> bool {
        self.link.recognise(info)
    }
}
