use super::command::{Command, INFO, Info, Open, Request};
use super::fault::Fault;
use super::link::{Answer, Link};
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
        self.link.info.ok_or(nb::Error::Other(Open.request().out_of_step()))
    }

    /// Sends a command and makes sure of its answer, or goes on with it: ask
    /// for the same one until it is answered. Opens a session first where there
    /// is none.
    ///
    /// The answer is believed once that to the [`Probe`](super::command::Probe)
    /// has come behind it.
    ///
    /// # Errors
    /// `WouldBlock` until it is answered; pass that on. After a fault the
    /// session is closed; the next command opens another.
    pub fn ask(&mut self, request: &Request) -> Answer {
        self.transfer(request, Cargo::None)
    }

    /// The same, for a command that is to succeed: the parameter of its answer.
    ///
    /// # Errors
    /// [`Fault::Refused`], else as [`ask`](Self::ask).
    pub fn demand(&mut self, request: &Request) -> nb::Result<u32, Fault> {
        Ok(self.ask(request)?.map_err(|nack| request.refused(nack))?)
    }

    /// As [`ask`](Self::ask), with what goes or comes with it.
    pub(super) fn transfer(&mut self, request: &Request, cargo: Cargo<'_, Fault>) -> Answer {
        self.speak(|link, now| link.sealed(request, cargo, now))
    }

    /// As [`demand`](Self::demand), but nobody makes sure of the answer yet:
    /// [`seal`](Self::seal).
    pub(super) fn glance(&mut self, request: &Request) -> nb::Result<u32, Fault> {
        let answer =
            self.speak(|link, now| link.exchange(request, Cargo::None, Silence::Quiet, now));
        Ok(answer?.map_err(|nack| request.refused(nack))?)
    }

    /// Makes sure that no answer is outstanding: that before is believed only
    /// if this passes behind it.
    pub(super) fn seal(&mut self) -> nb::Result<(), Fault> {
        self.speak(|link, now| link.seal(now))
    }

    /// Makes sure that the library has this slot.
    ///
    /// # Errors
    /// [`Fault::Slot`].
    pub fn check(&self, slot: Slot) -> Result<(), Fault> {
        if slot.0 < self.config().capacity { Ok(()) } else { Err(Fault::Slot(slot)) }
    }

    /// The data behind the answer to [`Open`].
    pub(super) const fn data(&self) -> &[u8; INFO] {
        self.link.core.frames().info()
    }

    /// What the module said that it is, when it was asked last; whether it was
    /// that before is known then.
    pub(super) fn recognise(&mut self) -> Result<Info, Fault> {
        let info = self.link.said()?;
        self.link.recognise(info);
        Ok(info)
    }
}
