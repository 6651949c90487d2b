#[cfg(feature = "async")]
mod asynch;
mod blocking;

use core::fmt;

#[cfg(feature = "async")]
pub use asynch::{AsyncGate, Introduction, Named, Nameless};
pub use blocking::Gate;

use super::{
    AttemptStore, Attempts, Audit, Authenticated, Authenticator, Comparison, Denied, Enrolee,
    Evidence, Nonce, OutOfOrder, Policy, Presence, Reply, Step, Void,
};
use crate::fingerprint::{Alarm, Match};
use crate::port::Instant;
use crate::{Error, ErrorKind};

/// Why a [`Gate`] let nobody in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum GateError<F, S> {
    /// The capture was poor: the sensor's error says why. Poll again.
    Poor(F),
    /// Nobody was authenticated.
    Denied(Denied),
    /// Nobody was authenticated, for the sensor failed.
    Sensor(F),
    /// Nobody was authenticated, for the store of attempts failed.
    Store(S),
    /// The token is worth nothing.
    Void(Void),
    /// Nothing is under way.
    OutOfOrder,
}

impl<F: fmt::Display, S: fmt::Display> fmt::Display for GateError<F, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Poor(error) | Self::Sensor(error) => write!(f, "fingerprint sensor: {error}"),
            Self::Denied(denied) => denied.fmt(f),
            Self::Store(error) => write!(f, "store of attempts: {error}"),
            Self::Void(void) => void.fmt(f),
            Self::OutOfOrder => OutOfOrder.fmt(f),
        }
    }
}

impl<F: Error, S: Error> core::error::Error for GateError<F, S> {}

impl<F: Error, S: Error> Error for GateError<F, S> {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Poor(error) | Self::Sensor(error) => error.kind(),
            Self::Denied(denied) => denied.kind(),
            Self::Store(error) => error.kind(),
            Self::Void(void) => void.kind(),
            Self::OutOfOrder => OutOfOrder.kind(),
        }
    }
}

impl<F, S> From<OutOfOrder> for GateError<F, S> {
    fn from(_: OutOfOrder) -> Self {
        Self::OutOfOrder
    }
}

/// What a [`Gate`] came to.
#[derive(Debug)]
pub enum Passage<I> {
    /// Somebody was authenticated.
    Passed(Authenticated<I>),
    /// Ask the [`sensor`](Gate::sensor) for its secret and say
    /// [`Gate::proved`], then poll again.
    Prove,
    /// The finger matches; ask this person for the second factor and say
    /// [`Gate::second_factor`], then poll again.
    SecondFactor(I),
}

/// What a gate has besides its sensor, and all of its logic.
pub(super) struct Guard<'a, P: Enrolee, E, S: AttemptStore> {
    authenticator: Authenticator<'a, P>,
    store: S,
    alarm: fn(&E) -> Option<Alarm>,
    /// Why the authentication ends, if it is not for what was denied.
    failure: Option<GateError<E, S::Error>>,
}

/// What its sensor is to be asked.
enum Wanted<I> {
    Presence,
    Comparison(Comparison),
    /// Nothing now.
    Nothing(Passage<I>),
}

impl<'a, P: Enrolee, E: Error, S: AttemptStore> Guard<'a, P, E, S> {
    fn new(policy: Policy, people: &'a [P], mut store: S, now: Instant) -> Result<Self, S::Error> {
        let attempts = store.load()?.map_or(Attempts::NONE, Attempts::from_bytes);
        let authenticator = Authenticator::new(policy, people, attempts, now);
        Ok(Self { authenticator, store, alarm: |_| None, failure: None })
    }

    fn debug(&self, name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result
    where
        P: fmt::Debug,
    {
        f.debug_struct(name).field("authenticator", &self.authenticator).finish_non_exhaustive()
    }

    /// Goes on until the sensor is to be asked.
    fn advance(
        &mut self,
        mut now: impl FnMut() -> Instant,
        audit: &mut impl FnMut(&Audit<P::Id>),
    ) -> Result<Wanted<P::Id>, GateError<E, S::Error>> {
        loop {
            match self.authenticator.step() {
                Step::Idle => return Err(GateError::OutOfOrder),
                Step::Tell(event) => {
                    audit(&event);
                    if event == Audit::Poor
                        && let Some(GateError::Sensor(error)) = self.failure.take()
                    {
                        return Err(GateError::Poor(error));
                    }
                }
                Step::Sensor => return Ok(Wanted::Presence),
                Step::Prove => return Ok(Wanted::Nothing(Passage::Prove)),
                Step::Persist(attempts, event) => {
                    if self.keep(attempts, now())? {
                        audit(&event);
                    }
                }
                Step::Compare(comparison) => return Ok(Wanted::Comparison(comparison)),
                Step::SecondFactor(who) => return Ok(Wanted::Nothing(Passage::SecondFactor(who))),
                Step::Done(Ok(token)) => return Ok(Wanted::Nothing(Passage::Passed(token))),
                Step::Done(Err(denied)) => {
                    return Err(self.failure.take().unwrap_or(GateError::Denied(denied)));
                }
            }
        }
    }

    /// Whether the count is kept.
    fn keep(&mut self, attempts: Attempts, now: Instant) -> Result<bool, OutOfOrder> {
        self.failure = self.store.store(attempts.to_bytes()).err().map(GateError::Store);
        if self.failure.is_some() {
            self.authenticator.not_persisted(now)?;
            return Ok(false);
        }
        self.authenticator.persisted()?;
        Ok(true)
    }

    /// The sensor said which one it is, or failed.
    fn present(&mut self, presence: Result<Presence, E>) -> Result<(), OutOfOrder> {
        self.failure = None;
        match presence {
            Ok(sensor) => self.authenticator.sensor(sensor),
            Err(error) => {
                let kind = error.kind();
                self.failure = Some(GateError::Sensor(error));
                self.authenticator.sensor_failed(kind)
            }
        }
    }

    /// The sensor compared a finger, or failed.
    fn compared(
        &mut self,
        result: Result<Option<Match>, E>,
        interruptions: u32,
        now: Instant,
    ) -> Result<(), OutOfOrder> {
        let reply = Reply::of(&result, self.alarm);
        let is_failure = matches!(reply, Reply::Failed(_));
        self.failure = result.err().filter(|_| is_failure).map(GateError::Sensor);
        self.authenticator.compared(reply, interruptions, now)
    }
}

/// Uses a token up, on what the sensor says of itself now.
fn redeem<I: Copy, E, S>(
    token: Authenticated<I>,
    nonce: &Nonce,
    now: Instant,
    presence: Result<Presence, E>,
) -> Result<Evidence<I>, GateError<E, S>> {
    let sensor = presence.map_err(GateError::Sensor)?;
    token.redeem(nonce, now, &sensor).map_err(GateError::Void)
}

/// What both gates have.
macro_rules! common {
    () => {
        /// The sensor knows fakes, or fingers under duress.
        #[must_use]
        pub fn alarmed(mut self) -> Self
        where
            F: Alarms,
        {
            self.guard.alarm = F::alarm;
            self
        }

        /// The sensor, for what else it does. Whoever compares fingers with it
        /// here has attempts that nobody counts.
        pub const fn sensor(&mut self) -> &mut F {
            &mut self.sensor
        }

        /// Gives sensor and store back.
        pub fn release(self) -> (F, S) {
            (self.sensor, self.guard.store)
        }

        /// When there is an attempt; not in the future if there is one.
        #[must_use]
        pub const fn closed_until(&self) -> Instant {
            self.guard.authenticator.closed_until()
        }

        /// Begins an authentication.
        ///
        /// # Errors
        /// [`OutOfOrder`] while another one is under way.
        pub fn begin(
            &mut self,
            claim: Claim<P::Id>,
            nonce: Nonce,
            now: Instant,
        ) -> Result<(), OutOfOrder> {
            self.guard.authenticator.begin(claim, nonce, now)
        }

        /// As [`Authenticator::proved`]; a sensor that does not answer has not.
        ///
        /// # Errors
        /// [`OutOfOrder`].
        pub fn proved(&mut self, proved: bool) -> Result<(), OutOfOrder> {
            self.guard.authenticator.proved(proved)
        }

        /// As [`Authenticator::second_factor`].
        ///
        /// # Errors
        /// [`OutOfOrder`].
        pub fn second_factor(&mut self, passed: bool, now: Instant) -> Result<(), OutOfOrder> {
            self.guard.authenticator.second_factor(passed, now)
        }

        /// As [`Authenticator::abandon`]; go on until [`Denied::Abandoned`].
        ///
        /// # Errors
        /// [`OutOfOrder`].
        pub fn abandon(&mut self, now: Instant) -> Result<(), OutOfOrder> {
            self.guard.authenticator.abandon(now)
        }
    };
}
use common;

type ErrorOf<F, S> = GateError<<F as crate::ErrorType>::Error, <S as crate::ErrorType>::Error>;
