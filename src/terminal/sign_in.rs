use super::record::Outbox;
use super::{Docket, Entry, Event, Factor, Fault, Kept, Moment, Officer, OfficerId, Session};
use crate::fingerprint::Match;
use crate::port::{Duration, Instant};

/// How many attempts an officer has, and how long the terminal is then closed
/// to all.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct LockOut {
    /// Failed attempts until the terminal closes, 1 or more.
    pub tries: u16,
    /// For how long at first; twice as long each time after.
    pub first: Duration,
    /// The longest.
    pub longest: Duration,
}

impl LockOut {
    /// Five attempts, then 30 s, doubling to at most an hour.
    pub const STANDARD: Self =
        Self { tries: 5, first: Duration::from_secs(30), longest: Duration::from_secs(3600) };

    /// How long the terminal is closed after so many failures; `None` if it is
    /// not.
    #[must_use]
    pub fn after(&self, failures: u16) -> Option<Duration> {
        let tries = self.tries.max(1);
        if failures == 0 || !failures.is_multiple_of(tries) {
            return None;
        }
        let doublings = u32::from(failures / tries) - 1;
        let factor = 1_u64.checked_shl(doublings).unwrap_or(u64::MAX);
        Some(self.first.times(factor).min(self.longest))
    }
}

/// What a finger on the sensor came to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Finger {
    /// It matches a template.
    Matched(Match),
    /// A good capture that matches none.
    Unknown,
    /// The capture was poor, or nobody came: no comparison was made.
    Poor,
}

/// What a sign-in wants next.
#[derive(Debug)]
pub enum SignInStep<'m, 'a> {
    /// Keep this record: [`SignIn::appended`].
    Append(Entry<'m>),
    /// The terminal is closed until then.
    Wait {
        /// When to ask again.
        until: Instant,
    },
    /// Wait for a finger and compare it: [`SignIn::finger`], or
    /// [`SignIn::leave`] if nobody comes.
    Finger,
    /// Ask this officer for this too: [`SignIn::second_factor`].
    SecondFactor(&'a Officer<'a>, Factor),
    /// The officer is signed in.
    Done(Session<'a>),
    /// Nobody signed in.
    Left,
}

/// An officer signs in: finger first, then the second factor if the officer
/// has one.
///
/// An attempt is counted as failed, and the record of it kept, *before* the
/// comparison: cutting the power does not give it back. It is forgiven by the
/// record of the sign-in.
#[derive(Debug)]
pub struct SignIn<'a> {
    roster: &'a [Officer<'a>],
    lock_out: LockOut,
    failures: u16,
    docket: Docket,
    outbox: Outbox,
    state: State<'a>,
}

#[derive(Clone, Copy, Debug)]
enum State<'a> {
    Closed {
        until: Instant,
    },
    /// The attempt is counted; its record is kept first.
    Finger,
    Second {
        officer: &'a Officer<'a>,
        matched: Match,
    },
    Done(Session<'a>),
    Left,
}

impl<'a> SignIn<'a> {
    /// Begins. `failures` is what the last records said ([`Failures`]); if the
    /// terminal was closed, it is closed anew. `case` is never used again.
    #[must_use]
    pub fn new(
        roster: &'a [Officer<'a>],
        lock_out: LockOut,
        failures: u16,
        case: u32,
        now: Moment,
    ) -> Self {
        let until = now.at + lock_out.after(failures).unwrap_or_default();
        Self {
            roster,
            lock_out,
            failures,
            docket: Docket::new(case, None),
            outbox: Outbox::empty(),
            state: State::Closed { until },
        }
    }

    /// Attempts that are counted as failed.
    #[must_use]
    pub const fn failures(&self) -> u16 {
        self.failures
    }

    /// What to do now. The same until it is done.
    pub fn step(&mut self, now: Moment) -> SignInStep<'_, 'a> {
        let open = matches!(self.state, State::Closed { until } if until <= now.at);
        if open && self.outbox.clear().is_ok() {
            self.count(now);
            self.state = State::Finger;
        }
        if let Some(entry) = self.outbox.entry() {
            return SignInStep::Append(entry);
        }
        match self.state {
            State::Closed { until } => SignInStep::Wait { until },
            State::Finger => SignInStep::Finger,
            State::Second { officer, .. } => match officer.second {
                Some(factor) => SignInStep::SecondFactor(officer, factor),
                None => SignInStep::Finger,
            },
            State::Done(session) => SignInStep::Done(session),
            State::Left => SignInStep::Left,
        }
    }

    /// The record was kept.
    ///
    /// # Errors
    /// [`Fault::OutOfOrder`] or [`Fault::WrongEntry`].
    pub fn appended(&mut self, kept: &Kept) -> Result<(), Fault> {
        self.outbox.kept(kept)
    }

    /// What the sensor said. A template that belongs to no officer counts as
    /// unknown; a poor capture does not count.
    ///
    /// # Errors
    /// [`Fault::OutOfOrder`].
    pub fn finger(&mut self, finger: Finger, now: Moment) -> Result<(), Fault> {
        self.outbox.clear()?;
        let State::Finger = self.state else { return Err(Fault::OutOfOrder) };
        let matched = match finger {
            Finger::Poor => return Ok(()),
            Finger::Unknown => None,
            Finger::Matched(matched) => self.officer_of(matched).map(|officer| (officer, matched)),
        };
        match matched {
            None => self.failed(now),
            Some((officer, matched)) if officer.second.is_some() => {
                self.state = State::Second { officer, matched };
            }
            Some((officer, matched)) => self.pass(officer, matched, now),
        }
        Ok(())
    }

    /// Whether the officer passed the second factor. The attempt that was
    /// counted for the finger is the attempt for both.
    ///
    /// # Errors
    /// [`Fault::OutOfOrder`].
    pub fn second_factor(&mut self, passed: bool, now: Moment) -> Result<(), Fault> {
        self.outbox.clear()?;
        let State::Second { officer, matched } = self.state else { return Err(Fault::OutOfOrder) };
        if passed {
            self.pass(officer, matched, now);
        } else {
            self.failed(now);
        }
        Ok(())
    }

    /// Nobody came: the attempt that was counted is given back.
    ///
    /// # Errors
    /// [`Fault::OutOfOrder`] unless a finger is waited for: after a finger
    /// matched, leaving is a failed attempt.
    pub fn leave(&mut self, now: Moment) -> Result<(), Fault> {
        self.outbox.clear()?;
        let State::Finger = self.state else { return Err(Fault::OutOfOrder) };
        self.failures = self.failures.saturating_sub(1);
        self.keep(Event::AttemptReturned { failures: self.failures }, now);
        self.state = State::Left;
        Ok(())
    }

    fn officer_of(&self, matched: Match) -> Option<&'a Officer<'a>> {
        self.roster.iter().find(|officer| officer.slots.contains(&matched.slot))
    }

    fn keep(&mut self, event: Event, now: Moment) {
        self.outbox.put(self.docket.record(now, event));
    }

    fn count(&mut self, now: Moment) {
        self.failures = self.failures.saturating_add(1);
        self.keep(Event::AttemptCounted { failures: self.failures }, now);
    }

    fn failed(&mut self, now: Moment) {
        let failures = self.failures;
        let closed = self.lock_out.after(failures);
        if let Some(length) = closed {
            let seconds = length.as_millis() / 1_000;
            let seconds = u32::try_from(seconds).unwrap_or(u32::MAX);
            self.keep(Event::LockedOut { failures, seconds }, now);
        }
        self.state = State::Closed { until: now.at + closed.unwrap_or_default() };
    }

    fn pass(&mut self, officer: &'a Officer<'a>, matched: Match, now: Moment) {
        self.failures = 0;
        self.docket.sign(officer.id);
        let Match { slot, score } = matched;
        let (role, second) = (officer.role, officer.second);
        self.keep(Event::SignedIn { role, slot, score, second }, now);
        self.state = State::Done(Session { officer, since: now.civil });
    }
}

impl Docket {
    /// From here on, records are this officer's.
    const fn sign(&mut self, officer: OfficerId) {
        self.officer = Some(officer);
    }
}

/// Finds the failed attempts in the records, after a restart.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Failures(pub u16);

impl Failures {
    /// Takes the next record.
    pub const fn record(&mut self, record: &super::Record) {
        match record.event {
            Event::AttemptCounted { failures } | Event::AttemptReturned { failures } => {
                self.0 = failures;
            }
            Event::SignedIn { .. } => self.0 = 0,
            _ => {}
        }
    }
}
