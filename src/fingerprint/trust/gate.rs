use core::fmt;

use super::{
    AttemptStore, Attempts, Audit, Authenticated, Authenticator, Claim, Comparison, Denied,
    Enrolee, Evidence, Nonce, OutOfOrder, Policy, Presence, Reply, Step, Void,
};
use crate::fingerprint::{Alarm, Alarms, FingerprintSensor, Identified, SensorId};
use crate::port::{Clock, Instant};
use crate::{Error, ErrorKind, nb};

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

/// An [`Authenticator`] with the sensor and the store it works on.
pub struct Gate<'a, P: Enrolee, F: FingerprintSensor, S> {
    authenticator: Authenticator<'a, P>,
    sensor: F,
    store: S,
    identify: fn(&mut F) -> Result<SensorId, F::Error>,
    interruptions: fn(&F) -> u32,
    alarm: fn(&F::Error) -> Option<Alarm>,
}

impl<P: Enrolee + fmt::Debug, F: FingerprintSensor, S> fmt::Debug for Gate<'_, P, F, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gate").field("authenticator", &self.authenticator).finish_non_exhaustive()
    }
}

/// The failure that an answer told to the authenticator was.
type Told<F, S> = Result<Option<ErrorOf<F, S>>, ErrorOf<F, S>>;
type ErrorOf<F, S> = GateError<<F as crate::ErrorType>::Error, <S as crate::ErrorType>::Error>;

impl<'a, P: Enrolee, F: FingerprintSensor, S: AttemptStore> Gate<'a, P, F, S> {
    /// A gate whose sensor does not say which one it is: the policy has to
    /// [accept that](Policy::accept_alike), or
    /// [`identified`](Self::identified) to follow.
    ///
    /// # Errors
    /// The store's: how many attempts failed is not known.
    pub fn new(
        policy: Policy,
        people: &'a [P],
        sensor: F,
        mut store: S,
        now: Instant,
    ) -> Result<Self, S::Error> {
        let attempts = store.load()?.map_or(Attempts::NONE, Attempts::from_bytes);
        Ok(Self {
            authenticator: Authenticator::new(policy, people, attempts, now),
            sensor,
            store,
            identify: |_| Ok(SensorId::new(&[], false)),
            interruptions: |_| 0,
            alarm: |_| None,
        })
    }

    /// The sensor says which one it is.
    #[must_use]
    pub fn identified(mut self) -> Self
    where
        F: Identified,
    {
        self.identify = F::sensor_id;
        self.interruptions = F::interruptions;
        self
    }

    /// The sensor knows fakes, or fingers under duress.
    #[must_use]
    pub fn alarmed(mut self) -> Self
    where
        F: Alarms,
    {
        self.alarm = F::alarm;
        self
    }

    /// The sensor, for what else it does. Whoever compares fingers with it here
    /// has attempts that nobody counts.
    pub const fn sensor(&mut self) -> &mut F {
        &mut self.sensor
    }

    /// Gives sensor and store back.
    pub fn release(self) -> (F, S) {
        (self.sensor, self.store)
    }

    /// When there is an attempt; not in the future if there is one.
    #[must_use]
    pub const fn closed_until(&self) -> Instant {
        self.authenticator.closed_until()
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
        self.authenticator.begin(claim, nonce, now)
    }

    /// As [`Authenticator::proved`]; a sensor that does not answer has not.
    ///
    /// # Errors
    /// [`OutOfOrder`].
    pub fn proved(&mut self, proved: bool) -> Result<(), OutOfOrder> {
        self.authenticator.proved(proved)
    }

    /// As [`Authenticator::second_factor`].
    ///
    /// # Errors
    /// [`OutOfOrder`].
    pub fn second_factor(&mut self, passed: bool, now: Instant) -> Result<(), OutOfOrder> {
        self.authenticator.second_factor(passed, now)
    }

    /// As [`Authenticator::abandon`]; poll on until [`Denied::Abandoned`].
    ///
    /// # Errors
    /// [`OutOfOrder`].
    pub fn abandon(&mut self, now: Instant) -> Result<(), OutOfOrder> {
        self.authenticator.abandon(now)
    }

    /// Goes on. `audit` hears all that happens.
    ///
    /// # Errors
    /// `WouldBlock` until a finger is there and was compared; after
    /// [`GateError::Poor`], poll again; any other ends the authentication.
    pub fn poll(
        &mut self,
        clock: &mut impl Clock,
        mut audit: impl FnMut(&Audit<P::Id>),
    ) -> nb::Result<Passage<P::Id>, ErrorOf<F, S>> {
        let mut failure = None;
        loop {
            match self.authenticator.step() {
                Step::Idle => return Err(GateError::OutOfOrder.into()),
                Step::Tell(event) => {
                    audit(&event);
                    if event == Audit::Poor
                        && let Some(GateError::Sensor(error)) = failure.take()
                    {
                        return Err(GateError::Poor(error).into());
                    }
                }
                Step::Sensor => failure = self.ask_sensor()?,
                Step::Prove => return Ok(Passage::Prove),
                Step::Persist(attempts, event) => {
                    failure = self.keep(attempts, clock.now())?;
                    if failure.is_none() {
                        audit(&event);
                    }
                }
                Step::Compare(comparison) => failure = self.ask_finger(comparison, clock)?,
                Step::SecondFactor(who) => return Ok(Passage::SecondFactor(who)),
                Step::Done(Ok(token)) => return Ok(Passage::Passed(token)),
                Step::Done(Err(denied)) => {
                    return Err(failure.unwrap_or(GateError::Denied(denied)).into());
                }
            }
        }
    }

    /// Uses a token up, on what the sensor says of itself now.
    ///
    /// # Errors
    /// [`GateError::Sensor`], or [`GateError::Void`].
    pub fn redeem(
        &mut self,
        token: Authenticated<P::Id>,
        nonce: &Nonce,
        now: Instant,
    ) -> Result<Evidence<P::Id>, ErrorOf<F, S>> {
        let sensor = self.presence().map_err(GateError::Sensor)?;
        token.redeem(nonce, now, &sensor).map_err(GateError::Void)
    }

    fn presence(&mut self) -> Result<Presence, F::Error> {
        let id = (self.identify)(&mut self.sensor)?;
        let stored = self.sensor.library()?.stored;
        Ok(Presence { id, interruptions: (self.interruptions)(&self.sensor), stored })
    }

    fn ask_sensor(&mut self) -> Told<F, S> {
        match self.presence() {
            Ok(sensor) => self.authenticator.sensor(sensor)?,
            Err(error) => {
                self.authenticator.sensor_failed(error.kind())?;
                return Ok(Some(GateError::Sensor(error)));
            }
        }
        Ok(None)
    }

    fn keep(&mut self, attempts: Attempts, now: Instant) -> Told<F, S> {
        if let Err(error) = self.store.store(attempts.to_bytes()) {
            self.authenticator.not_persisted(now)?;
            return Ok(Some(GateError::Store(error)));
        }
        self.authenticator.persisted()?;
        Ok(None)
    }

    /// The sensor's answer; `now` is asked for once it is there.
    fn ask_finger(
        &mut self,
        comparison: Comparison,
        clock: &mut impl Clock,
    ) -> nb::Result<Option<ErrorOf<F, S>>, ErrorOf<F, S>> {
        let polled = match comparison {
            Comparison::Verify(slot) => self.sensor.poll_verify(slot),
            Comparison::Search => self.sensor.poll_identify(),
        };
        let result = match polled {
            Err(nb::Error::WouldBlock) => return Err(nb::Error::WouldBlock),
            Err(nb::Error::Other(error)) => Err(error),
            Ok(found) => Ok(found),
        };
        let reply = Reply::of(&result, self.alarm);
        let interruptions = (self.interruptions)(&self.sensor);
        let compared = self.authenticator.compared(reply, interruptions, clock.now());
        compared.map_err(GateError::from)?;
        let is_failure = matches!(reply, Reply::Failed(_));
        Ok(result.err().filter(|_| is_failure).map(GateError::Sensor))
    }
}
