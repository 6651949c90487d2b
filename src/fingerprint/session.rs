use super::Event;
use super::link::Family;
use crate::port::{Instant, Told};

/// What a [`Script`](super::Script) speaks to a module through. Each family adds what it asks.
#[derive(Debug)]
pub struct Session<'a, L> {
    pub(super) link: &'a mut L,
    now: Instant,
}

impl<'a, L: Family> Session<'a, L> {
    pub(super) fn new(link: &'a mut L, now: Instant) -> Self {
        Self { link, now }
    }

    /// The time.
    #[must_use]
    pub fn now(&self) -> Instant {
        self.now
    }

    /// The driver's configuration.
    #[must_use]
    pub fn config(&self) -> &L::Config {
        &self.link.core().config
    }

    /// Ends the session; the next command opens another.
    pub fn close(&mut self) {
        self.link.close();
    }

    /// Opens a session where there is none.
    ///
    /// # Errors
    /// `WouldBlock` until it is open; the fault of the last attempt.
    pub fn open(&mut self) -> nb::Result<(), L::Fault> {
        self.link.open(self.now)
    }

    /// Speaks to the module in a session, which a fault ends.
    pub(super) fn speak<T>(
        &mut self,
        speak: impl FnOnce(&mut L, Instant) -> nb::Result<T, L::Fault>,
    ) -> nb::Result<T, L::Fault> {
        self.open()?;
        let result = speak(self.link, self.now);
        if let Err(nb::Error::Other(_)) = result {
            self.link.close();
        }
        result
    }

    /// Waits.
    ///
    /// # Errors
    /// `WouldBlock` until then.
    pub fn wait_until(&mut self, until: Instant) -> nb::Result<(), L::Fault> {
        if self.now >= until {
            return Ok(());
        }
        self.link.core_mut().pause(until);
        Err(nb::Error::WouldBlock)
    }

    /// Whether a fault may be passed over, so that the script can begin again
    /// from where it is sure.
    ///
    /// # Errors
    /// The fault, if the line is not to blame or was to blame too often.
    pub fn forgive(&mut self, fault: L::Fault) -> Result<(), L::Fault> {
        self.link.core_mut().forgive(fault)
    }

    /// Goes on with what has one result; on a line fault that is forgiven, from
    /// its start.
    ///
    /// # Errors
    /// `WouldBlock` when `advance` does; the fault that was not forgiven.
    pub fn persist<T>(
        &mut self,
        mut advance: impl FnMut(&mut Self) -> nb::Result<T, L::Fault>,
    ) -> nb::Result<Told<T, Event>, L::Fault> {
        self.persist_from(&mut (), |(), session| advance(session), |()| {})
    }

    /// The same, with a script that knows how far it is: `again` takes it back
    /// to its start.
    ///
    /// # Errors
    /// As [`persist`](Self::persist).
    pub fn persist_from<S, T>(
        &mut self,
        script: &mut S,
        mut advance: impl FnMut(&mut S, &mut Self) -> nb::Result<T, L::Fault>,
        mut again: impl FnMut(&mut S),
    ) -> nb::Result<Told<T, Event>, L::Fault> {
        loop {
            match advance(script, self) {
                Err(nb::Error::Other(fault)) => {
                    self.forgive(fault)?;
                    again(script);
                }
                result => return result.map(Told::Done),
            }
        }
    }
}
