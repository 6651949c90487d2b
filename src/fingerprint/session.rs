use super::script::{Family, Patience, Script, Wait};
use super::wire::{Framing, Pace, Progress, Silence, Wire};
use super::{Capabilities, Event, Library, Match, Slot};
use crate::Error;
use crate::port::{Duration, Instant, Told};

/// How often a session is opened before the line is given up.
const OPENINGS: u8 = 3;

/// A family by what is its own: its frames, how a session is opened, what each
/// answer means. The rest is done here, for all of them.
pub trait Kin: Sized {
    /// What the driver has to know about a module.
    type Config;
    /// A command on its way, and its answer.
    type Frames: Framing<Fault = Self::Fault>;
    /// How far the opening of a session is.
    type Stage: Copy;
    /// What goes wrong.
    type Fault: Error + Copy;
    /// As [`Family::Identify`].
    type Identify: Script<Link = Self, Output = Option<Match>>;
    /// As [`Family::Enrol`].
    type Enrol: Script<Link = Self, Output = ()>;
    /// As [`Family::Delete`].
    type Delete: Script<Link = Self, Output = ()>;
    /// As [`Family::Count`].
    type Count: Script<Link = Self, Output = Library>;

    /// The first stage of an opening.
    const FIRST: Self::Stage;

    /// As [`Family::identify`].
    fn identify(slot: Option<Slot>, patience: Patience) -> Self::Identify;

    /// As [`Family::enrol`].
    fn enrol(slot: Slot, patience: Patience) -> Self::Enrol;

    /// As [`Family::delete`].
    fn delete(slot: Slot) -> Self::Delete;

    /// As [`Family::count`].
    fn count() -> Self::Count;

    /// As [`Family::capabilities`].
    fn capabilities(&self) -> Capabilities;

    /// The times of the table that are the line's.
    fn pace(config: &Self::Config) -> Pace;

    /// How many line faults a conversation survives.
    fn retries(config: &Self::Config) -> u8;

    /// Whether the line is to blame for a fault, so that trying again may help.
    fn is_line(fault: Self::Fault) -> bool;

    /// Whether a session that could not be opened so is tried again.
    fn opens_again(fault: Self::Fault) -> bool {
        Self::is_line(fault)
    }

    /// Whether a fault says that the module fell silent: it may have been
    /// exchanged since.
    fn is_silence(_fault: Self::Fault) -> bool {
        false
    }

    /// What all links have.
    fn core(&self) -> &Core<Self>;

    /// What all links have.
    fn core_mut(&mut self) -> &mut Core<Self>;

    /// Goes on with a stage of the opening: the next one, or `None` when the
    /// session is open.
    ///
    /// # Errors
    /// `WouldBlock` until the stage is over; after a fault, the opening begins
    /// anew.
    fn opening(
        &mut self,
        stage: Self::Stage,
        now: Instant,
    ) -> nb::Result<Option<Self::Stage>, Self::Fault>;

    /// The session is closed: what holds only as long as one is forgotten.
    fn closed(&mut self) {}

    /// A conversation begins: whether the one before left something half done,
    /// besides a command on its way, for which a new session is needed.
    fn is_unfinished(&mut self) -> bool {
        false
    }

    /// As [`Family::unasked`].
    fn unasked(&mut self) -> Option<Event> {
        None
    }

    /// Ends the session; the next command opens another.
    fn close(&mut self) {
        let core = self.core_mut();
        core.wire.abandon();
        core.stage = Some(Self::FIRST);
        self.closed();
    }

    /// Opens a session where there is none.
    ///
    /// # Errors
    /// `WouldBlock` until it is open; the fault of the last attempt.
    fn open(&mut self, now: Instant) -> nb::Result<(), Self::Fault> {
        while let Some(stage) = self.core().stage {
            match self.opening(stage, now) {
                Ok(next) => self.core_mut().stage = next,
                Err(nb::Error::WouldBlock) => return Err(nb::Error::WouldBlock),
                Err(nb::Error::Other(fault)) => {
                    self.close();
                    self.core_mut().count_attempt(Self::opens_again(fault), fault)?;
                }
            }
        }
        self.core_mut().openings = OPENINGS;
        Ok(())
    }
}

/// What all links have.
#[derive(Debug)]
pub struct Core<L: Kin> {
    pub(super) config: L::Config,
    wire: Wire<L::Frames>,
    /// `None` while a session is open.
    stage: Option<L::Stage>,
    openings: u8,
    retries: u8,
    interruptions: u32,
    wait: Wait,
}

impl<L: Kin> Core<L> {
    pub(super) const fn new(config: L::Config, frames: L::Frames) -> Self {
        Self {
            config,
            wire: Wire::new(frames),
            stage: Some(L::FIRST),
            openings: OPENINGS,
            retries: 0,
            interruptions: 0,
            wait: Wait::Pause(Instant::ZERO),
        }
    }

    pub(super) const fn frames(&self) -> &L::Frames {
        &self.wire.frames
    }

    pub(super) const fn frames_mut(&mut self) -> &mut L::Frames {
        &mut self.wire.frames
    }

    /// Sends a command and waits for its answer, which the frames then have, or
    /// goes on with it. `begin` puts the command into the frames and says how
    /// long the answer may take.
    pub(super) fn exchange(
        &mut self,
        silence: Silence,
        now: Instant,
        begin: impl FnOnce(&mut L::Frames, &L::Config) -> Result<Duration, L::Fault>,
    ) -> nb::Result<(), L::Fault> {
        self.transfer(silence, now, begin, |_| Ok(()))
    }

    /// The same, for one that comes or goes in pieces: `piece` takes each out
    /// of the frames, or puts the next into them.
    pub(super) fn transfer(
        &mut self,
        silence: Silence,
        now: Instant,
        begin: impl FnOnce(&mut L::Frames, &L::Config) -> Result<Duration, L::Fault>,
        mut piece: impl FnMut(&mut L::Frames) -> Result<(), L::Fault>,
    ) -> nb::Result<(), L::Fault> {
        if self.wire.is_idle() {
            let time = begin(&mut self.wire.frames, &self.config)?;
            self.wire.begin(silence, time, L::pace(&self.config), now);
        }
        while !self.advance(now)? {
            if let Err(fault) = piece(&mut self.wire.frames) {
                self.wire.abandon();
                return Err(fault.into());
            }
        }
        Ok(())
    }

    /// Goes on with the command; whether it was answered, or a piece is there.
    fn advance(&mut self, now: Instant) -> nb::Result<bool, L::Fault> {
        match self.wire.poll(L::pace(&self.config), now) {
            Ok(Progress::Answered) => Ok(true),
            Ok(Progress::Piece) => Ok(false),
            Ok(Progress::Waiting(wait)) => {
                self.wait = wait;
                Err(nb::Error::WouldBlock)
            }
            Err(fault) => {
                if L::is_silence(fault) {
                    self.interrupted();
                }
                Err(fault.into())
            }
        }
    }

    /// The module may have been exchanged for another.
    pub(super) fn interrupted(&mut self) {
        self.interruptions = self.interruptions.saturating_add(1);
    }

    /// As [`Identified::interruptions`](super::Identified::interruptions).
    pub(super) const fn interruptions(&self) -> u32 {
        self.interruptions
    }

    /// An attempt to open a session failed.
    fn count_attempt(&mut self, again: bool, fault: L::Fault) -> Result<(), L::Fault> {
        self.openings = self.openings.saturating_sub(1);
        if again && self.openings > 0 {
            return Ok(());
        }
        self.retries = 0;
        Err(fault)
    }
}

impl<L: Kin> Family for L {
    type Session<'a>
        = Session<'a, L>
    where
        Self: 'a;
    type Fault = L::Fault;
    type Identify = L::Identify;
    type Enrol = L::Enrol;
    type Delete = L::Delete;
    type Count = L::Count;

    fn identify(slot: Option<Slot>, patience: Patience) -> L::Identify {
        L::identify(slot, patience)
    }

    fn enrol(slot: Slot, patience: Patience) -> L::Enrol {
        L::enrol(slot, patience)
    }

    fn delete(slot: Slot) -> L::Delete {
        L::delete(slot)
    }

    fn count() -> L::Count {
        L::count()
    }

    fn capabilities(&self) -> Capabilities {
        L::capabilities(self)
    }

    fn begin(&mut self) {
        if self.is_unfinished() || !self.core().wire.is_idle() {
            self.close();
        }
        let core = self.core_mut();
        core.retries = L::retries(&core.config);
        core.openings = OPENINGS;
    }

    fn unasked(&mut self) -> Option<Event> {
        L::unasked(self)
    }

    fn session(&mut self, now: Instant) -> Session<'_, L> {
        Session { link: self, now }
    }

    fn wait(&self) -> Wait {
        self.core().wait
    }

    fn outgoing(&self) -> &[u8] {
        self.core().wire.outgoing()
    }

    fn sent(&mut self, n: usize) {
        self.core_mut().wire.sent(n);
    }

    fn received(&mut self, bytes: &[u8], now: Instant) -> usize {
        self.core_mut().wire.received(bytes, now)
    }
}

/// What a [`Script`] speaks to a module through. Each family adds what it asks.
#[derive(Debug)]
pub struct Session<'a, L> {
    pub(super) link: &'a mut L,
    now: Instant,
}

impl<L: Kin> Session<'_, L> {
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
        self.link.core_mut().wait = Wait::Pause(until);
        Err(nb::Error::WouldBlock)
    }

    /// Whether a fault may be passed over, so that the script can begin again
    /// from where it is sure.
    ///
    /// # Errors
    /// The fault, if the line is not to blame or was to blame too often.
    pub fn forgive(&mut self, fault: L::Fault) -> Result<(), L::Fault> {
        let core = self.link.core_mut();
        match core.retries.checked_sub(1) {
            Some(left) if L::is_line(fault) => {
                core.retries = left;
                Ok(())
            }
            _ => Err(fault),
        }
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
