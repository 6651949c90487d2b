use super::exposure::light;
use crate::fingerprint::gt511::command::{Command, IsPressFinger};
use crate::fingerprint::gt511::fault::Fault;
use crate::fingerprint::gt511::session::Session;
use crate::fingerprint::script::{Patience, Waiting};
use crate::port::Instant;

/// After so many looks the light is switched on again: a module that lost power
/// has forgotten it, and would see nobody for ever.
const LOOKS: u8 = 16;

/// Waits until a finger is there, or is not.
#[derive(Clone, Copy, Debug)]
pub(super) struct Presence {
    finger: bool,
    waiting: Waiting,
    next: Option<Instant>,
    looks: u8,
    /// It is so, if that answer was to this look.
    seen: bool,
}

impl Presence {
    /// Waits for a finger.
    pub(super) const fn finger(patience: Patience) -> Self {
        Self { finger: true, waiting: Waiting::new(patience), next: None, looks: 0, seen: false }
    }

    /// Waits until the finger is lifted.
    pub(super) const fn no_finger(patience: Patience) -> Self {
        Self { finger: false, ..Self::finger(patience) }
    }

    /// `WouldBlock` until it is so.
    pub(super) fn poll(&mut self, session: &mut Session<'_>) -> nb::Result<(), Fault> {
        while !self.seen {
            if let Some(next) = self.next {
                session.wait_until(next)?;
                self.next = None;
            }
            if self.looks >= LOOKS {
                session.set_lit(false);
                self.looks = 0;
            }
            light(session)?;
            let pressed = session.glance(&IsPressFinger.request())? == 0;
            self.looks = self.looks.saturating_add(1);
            self.seen = pressed == self.finger;
            if !self.seen {
                self.again(session)?;
            }
        }
        match session.seal() {
            Err(nb::Error::Other(fault)) => {
                self.seen = false;
                Err(nb::Error::Other(fault))
            }
            result => result,
        }
    }

    /// The same wait, from a new look on.
    pub(super) const fn renew(&mut self) {
        self.seen = false;
    }

    /// Another look later, if there is time.
    fn again(&mut self, session: &Session<'_>) -> Result<(), Fault> {
        let (timing, now) = (&session.config().timing, session.now());
        let (length, late) = match self.finger {
            true => (timing.finger, Fault::NoFinger),
            false => (timing.lift, Fault::NotLifted),
        };
        self.waiting.begin(now, length);
        self.waiting.again(now, late)?;
        self.next = Some(now + timing.poll);
        Ok(())
    }
}
