use super::profile::{Offline, Profile};
use crate::port::{Duration, Instant};
use crate::printer::Status;

/// What is known about the bytes that were sent since the last proof: whether
/// the printer can have lost some of them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Watch {
    /// Bytes since the last proof.
    unproven: usize,
    /// The first byte after the printer was heard last.
    unheard: Option<Instant>,
    /// Since when it has been busy in the middle of a command, where it cannot
    /// be asked why; and how long what it had keeps it so.
    held: Option<(Instant, Duration)>,
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
            unheard: None,
            held: None,
            stopped: false,
            doubt: false,
            restarted: false,
        }
    }

    pub(super) fn sent(&mut self, n: usize, now: Instant) {
        self.unproven += n;
        self.unheard.get_or_insert(now);
    }

    /// A question was sent.
    pub(super) fn asks(&mut self, now: Instant) {
        self.unheard.get_or_insert(now);
    }

    /// Whether the printer is to be asked again, before more is sent.
    pub(super) fn is_due(&self, every: Duration, now: Instant) -> bool {
        self.unheard.is_some_and(|since| now >= since + every)
    }

    pub(super) const fn heard(&mut self) {
        self.unheard = None;
        self.held = None;
    }

    /// It is busy, and what it has takes as long as this.
    pub(super) fn busy(&mut self, work: Duration, now: Instant) {
        self.held.get_or_insert((now, work));
    }

    /// It is not busy: was it for long enough to have been off and on again,
    /// and longer, by an eighth, than it had to be?
    pub(super) fn free(&mut self, boot: Duration, now: Instant) {
        let Some((since, work)) = self.held.take() else { return };
        let eighth = Duration::from_micros(work.as_micros() / 8);
        if now >= since + boot.max(work + eighth) {
            self.lost();
        }
    }

    /// It did not answer at first: long enough to have been off and on again?
    pub(super) fn missed(&mut self, boot: Duration, now: Instant) {
        if self.unheard.is_some_and(|since| now >= since + boot) {
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
