use super::profile::{Offline, Profile};
use crate::port::{Duration, Instant};
use crate::printer::Status;

/// What is known about the bytes that were sent since the last proof: whether
/// the printer can have lost some of them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Watch {
    /// Bytes since the last proof.
    unproven: usize,
    /// The first byte after the printer was heard last; else never.
    unheard: Instant,
    /// Since when it has been busy in the middle of a command, where it cannot
    /// be asked why; else never.
    held: Instant,
    /// The longest that two slices, one after the other, keep it busy: what
    /// makes room for a grant may stand in two.
    longest: u32,
    /// How long the last slice with any work does.
    last: u32,
    /// It did not take bytes out of its buffer, once at least.
    stopped: bool,
    /// It may have lost its power, or its buffer.
    doubt: bool,
    /// It may have lost its power, and its modes.
    restarted: bool,
}

impl Watch {
    pub(super) const fn new() -> Self {
        Self {
            unproven: 0,
            unheard: Instant::FAR_FUTURE,
            held: Instant::FAR_FUTURE,
            longest: 0,
            last: 0,
            stopped: false,
            doubt: false,
            restarted: false,
        }
    }

    pub(super) fn sent(&mut self, n: usize, now: Instant) {
        self.unproven += n;
        self.unheard = self.unheard.min(now);
    }

    /// Whether the printer is to be asked again, before more is sent.
    pub(super) fn is_due(&self, every: Duration, now: Instant) -> bool {
        now >= self.unheard + every
    }

    pub(super) const fn heard(&mut self) {
        self.unheard = Instant::FAR_FUTURE;
        self.held = Instant::FAR_FUTURE;
    }

    /// It was sent a slice with work of this length.
    pub(super) fn works(&mut self, work: u32) {
        if work > 0 {
            self.longest = self.longest.max(self.last.saturating_add(work));
            self.last = work;
        }
    }

    /// It is busy.
    pub(super) fn busy(&mut self, now: Instant) {
        self.held = self.held.min(now);
    }

    /// It is not busy, in the middle of a slice with this work: was it busy for
    /// long enough to have been off and on again, and longer than it has to be?
    pub(super) fn free(&mut self, boot: Duration, work: u32, now: Instant) {
        let longest = self.longest.max(self.last.saturating_add(work));
        let longest = boot.max(Duration::from_micros(longest.into()));
        if now >= core::mem::replace(&mut self.held, Instant::FAR_FUTURE) + longest {
            self.lost();
        }
    }

    /// It did not answer at first: long enough to have been off and on again?
    pub(super) fn missed(&mut self, boot: Duration, now: Instant) {
        if now >= self.unheard + boot {
            self.lost();
        }
    }

    /// Whether its modes are to be set anew; once.
    pub(super) const fn restarted(&mut self) -> bool {
        core::mem::replace(&mut self.restarted, false)
    }

    /// It is off, or was.
    pub(super) const fn lost(&mut self) {
        self.doubt |= self.unproven > 0;
        self.restarted = true;
    }

    pub(super) const fn stopped(&mut self, status: Status, profile: &Profile) {
        let opened = status.contains(Status::COVER_OPEN) && !profile.keeps_when_opened;
        let swallows = matches!(profile.offline, Offline::Swallows);
        self.stopped |= self.unproven > 0;
        self.doubt |= self.unproven > 0 && (opened || swallows);
    }

    /// A printer that stopped keeps what its buffer takes; more than that, only
    /// where the line holds us up.
    pub(super) const fn is_doubtful(&self, holds: bool, buffer: usize) -> bool {
        self.doubt || self.stopped && !holds && self.unproven > buffer
    }

    pub(super) const fn proved(&mut self) {
        *self = Self { restarted: self.restarted, ..Self::new() };
    }
}
