use super::script::{Patience, Script};
use super::wire::{Framing, Pace, Progress, Silence, Wait, Wire};
use super::{Capabilities, Event, Library, Match, Slot};
use crate::Error;
use crate::port::{Duration, Instant, Line, Step};

/// How often a session is opened before the line is given up.
const OPENINGS: u8 = 3;

/// A family of modules by what is its own: its frames, how a session is opened,
/// what each answer means. The rest is done here, for all of them.
///
/// [`zfm::Link`], [`gt511::Link`], [`f5::Link`], [`bmlite::Link`] and
/// [`sfm::Link`] are, and no other can be; a script names the one that it is for.
///
/// [`zfm::Link`]: super::zfm::Link
/// [`gt511::Link`]: super::gt511::Link
/// [`f5::Link`]: super::f5::Link
/// [`bmlite::Link`]: super::bmlite::Link
/// [`sfm::Link`]: super::sfm::Link
pub trait Family: Sized {
    /// What the driver has to know about a module.
    type Config;
    /// A command on its way, and its answer.
    type Frames: Framing<Fault = Self::Fault>;
    /// How far the opening of a session is.
    type Stage: Copy;
    /// What goes wrong.
    type Fault: Error + Copy;
    /// Waits for a finger and searches it.
    type Identify: Script<Link = Self, Output = Option<Match>>;
    /// Enrols a finger.
    type Enrol: Script<Link = Self, Output = ()>;
    /// Deletes a template.
    type Delete: Script<Link = Self, Output = ()>;
    /// How full the library is.
    type Count: Script<Link = Self, Output = Library>;

    /// The first stage of an opening.
    const FIRST: Self::Stage;

    /// In the whole library, or in one slot.
    fn identify(slot: Option<Slot>, patience: Patience) -> Self::Identify;

    /// Into that slot.
    fn enrol(slot: Slot, patience: Patience) -> Self::Enrol;

    /// There need not be a template.
    fn delete(slot: Slot) -> Self::Delete;

    /// Templates stored and slots.
    fn count() -> Self::Count;

    /// As [`FingerprintSensor::capabilities`](super::FingerprintSensor::capabilities).
    fn capabilities(&self) -> Capabilities;

    /// The times of the table that are the line's.
    fn pace(config: &Self::Config) -> Pace<'_>;

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

    /// What the module said by itself.
    fn unasked(&mut self) -> Option<Event> {
        None
    }

    /// A conversation begins; one that was dropped half way leaves an answer
    /// outstanding.
    fn begin(&mut self) {
        if self.is_unfinished() || !self.core().wire.is_idle() {
            self.close();
        }
        let core = self.core_mut();
        core.retries = Self::retries(&core.config);
        core.openings = OPENINGS;
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
pub struct Core<L: Family> {
    pub(super) config: L::Config,
    wire: Wire<L::Frames>,
    /// `None` while a session is open.
    stage: Option<L::Stage>,
    openings: u8,
    retries: u8,
    interruptions: u32,
}

impl<L: Family> Core<L> {
    pub(super) const fn new(config: L::Config, frames: L::Frames) -> Self {
        Self {
            config,
            wire: Wire::new(frames),
            stage: Some(L::FIRST),
            openings: OPENINGS,
            retries: 0,
            interruptions: 0,
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
    /// long the answer may take; of what comes or goes in pieces, `piece` takes
    /// each out of the frames, or puts the next into them.
    pub(super) fn transfer(
        &mut self,
        silence: Silence,
        now: Instant,
        begin: impl FnOnce(&mut L::Frames, &L::Config) -> Result<Duration, L::Fault>,
        piece: impl FnMut(&mut L::Frames) -> Result<(), L::Fault>,
    ) -> nb::Result<(), L::Fault> {
        self.begin(silence, now, begin)?;
        self.go_on(now, piece)
    }

    /// The first half of that: puts the command in, unless one is on its way.
    pub(super) fn begin(
        &mut self,
        silence: Silence,
        now: Instant,
        begin: impl FnOnce(&mut L::Frames, &L::Config) -> Result<Duration, L::Fault>,
    ) -> Result<(), L::Fault> {
        if self.wire.is_idle() {
            let time = begin(&mut self.wire.frames, &self.config)?;
            self.wire.begin(silence, time, L::pace(&self.config), now);
        }
        Ok(())
    }

    /// The second half: goes on with it.
    pub(super) fn go_on(
        &mut self,
        now: Instant,
        mut piece: impl FnMut(&mut L::Frames) -> Result<(), L::Fault>,
    ) -> nb::Result<(), L::Fault> {
        while !self.advance(now)? {
            if let Err(fault) = piece(&mut self.wire.frames) {
                self.wire.abandon();
                return Err(fault.into());
            }
        }
        Ok(())
    }

    /// Has the face change the line, once; then the script is asked again.
    pub(super) fn set<T>(&mut self, line: Line) -> nb::Result<T, L::Fault> {
        self.wire.wait = Step::Set(line);
        Err(nb::Error::WouldBlock)
    }

    /// Goes on with the command; whether it was answered, or a piece is there.
    fn advance(&mut self, now: Instant) -> nb::Result<bool, L::Fault> {
        match self.wire.poll(L::pace(&self.config), now) {
            Ok(Progress::Answered) => Ok(true),
            Ok(Progress::Piece) => Ok(false),
            Ok(Progress::Waiting) => Err(nb::Error::WouldBlock),
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

    /// What the face is to do when a script would block.
    pub(super) const fn wait(&self) -> Wait {
        self.wire.wait
    }

    pub(super) fn outgoing(&self) -> &[u8] {
        self.wire.outgoing()
    }

    pub(super) fn sent(&mut self, n: usize) {
        self.wire.sent(n);
    }

    pub(super) fn received(&mut self, bytes: &[u8], now: Instant) -> usize {
        self.wire.received(bytes, now)
    }

    /// The script waits until then.
    pub(super) fn pause(&mut self, until: Instant) {
        self.wire.wait = Step::Pause { until };
    }

    /// As [`Session::forgive`].
    pub(super) fn forgive(&mut self, fault: L::Fault) -> Result<(), L::Fault> {
        let left = self.retries.checked_sub(1).filter(|_| L::is_line(fault));
        self.retries = left.ok_or(fault)?;
        Ok(())
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
