use core::fmt;
use core::marker::PhantomData;

use super::{ErrorOf, Guard, Passage, Wanted, common};
use crate::ErrorType;
use crate::fingerprint::trust::{
    AttemptStore, Audit, Authenticated, Claim, Comparison, Enrolee, Evidence, Nonce, OutOfOrder,
    Policy, Presence,
};
#[cfg(doc)]
use crate::fingerprint::trust::{Authenticator, Denied, Gate, GateError};
use crate::fingerprint::{Alarms, AsyncFingerprintSensor, AsyncIdentified, SensorId};
use crate::port::{Instant, Timer};

/// Whether a sensor says which one it is.
#[allow(async_fn_in_trait, reason = "a single-threaded executor is the rule on a board")]
pub trait Introduction<F: ErrorType> {
    /// Which one.
    ///
    /// # Errors
    /// The line or the sensor failed.
    async fn sensor_id(sensor: &mut F) -> Result<SensorId, F::Error>;

    /// As [`AsyncIdentified::interruptions`].
    fn interruptions(sensor: &F) -> u32;
}

/// It does not.
#[derive(Clone, Copy, Debug)]
pub struct Nameless;

impl<F: ErrorType> Introduction<F> for Nameless {
    async fn sensor_id(_sensor: &mut F) -> Result<SensorId, F::Error> {
        Ok(SensorId::new(&[], false))
    }

    fn interruptions(_sensor: &F) -> u32 {
        0
    }
}

/// It does.
#[derive(Clone, Copy, Debug)]
pub struct Named;

impl<F: AsyncIdentified> Introduction<F> for Named {
    async fn sensor_id(sensor: &mut F) -> Result<SensorId, F::Error> {
        sensor.sensor_id().await
    }

    fn interruptions(sensor: &F) -> u32 {
        sensor.interruptions()
    }
}

/// [`Gate`], async. The store is asked without waiting.
///
/// A future that is dropped leaves the authentication as it is: go on with it,
/// or [`abandon`](Self::abandon) it.
pub struct AsyncGate<'a, P: Enrolee, F: AsyncFingerprintSensor, S: AttemptStore, N = Nameless> {
    guard: Guard<'a, P, F::Error, S>,
    sensor: F,
    introduction: PhantomData<N>,
}

impl<P: Enrolee + fmt::Debug, F: AsyncFingerprintSensor, S: AttemptStore, N> fmt::Debug
    for AsyncGate<'_, P, F, S, N>
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.guard.debug("AsyncGate", f)
    }
}

impl<'a, P: Enrolee, F: AsyncFingerprintSensor, S: AttemptStore> AsyncGate<'a, P, F, S> {
    /// As [`Gate::new`].
    ///
    /// # Errors
    /// As [`Gate::new`].
    pub fn new(
        policy: Policy,
        people: &'a [P],
        sensor: F,
        store: S,
        now: Instant,
    ) -> Result<Self, S::Error> {
        let guard = Guard::new(policy, people, store, now)?;
        Ok(Self { guard, sensor, introduction: PhantomData })
    }

    /// The sensor says which one it is.
    #[must_use]
    pub fn identified(self) -> AsyncGate<'a, P, F, S, Named>
    where
        F: AsyncIdentified,
    {
        AsyncGate { guard: self.guard, sensor: self.sensor, introduction: PhantomData }
    }
}

impl<P: Enrolee, F: AsyncFingerprintSensor, S: AttemptStore, N: Introduction<F>>
    AsyncGate<'_, P, F, S, N>
{
    common!();

    /// Goes on until there is something to be said or done, or it is over.
    /// `audit` hears all that happens.
    ///
    /// # Errors
    /// After [`GateError::Poor`], go on; any other ends the authentication.
    pub async fn pass(
        &mut self,
        timer: &mut impl Timer,
        mut audit: impl FnMut(&Audit<P::Id>),
    ) -> Result<Passage<P::Id>, ErrorOf<F, S>> {
        loop {
            match self.guard.advance(|| timer.now(), &mut audit)? {
                Wanted::Nothing(passage) => return Ok(passage),
                Wanted::Presence => {
                    let presence = self.presence().await;
                    self.guard.present(presence)?;
                }
                Wanted::Comparison(comparison) => {
                    let result = match comparison {
                        Comparison::Verify(slot) => self.sensor.verify(slot).await,
                        Comparison::Search => self.sensor.identify().await,
                    };
                    let interruptions = N::interruptions(&self.sensor);
                    self.guard.compared(result, interruptions, timer.now())?;
                }
            }
        }
    }

    /// As [`Gate::redeem`].
    ///
    /// # Errors
    /// As [`Gate::redeem`].
    pub async fn redeem(
        &mut self,
        token: Authenticated<P::Id>,
        nonce: &Nonce,
        now: Instant,
    ) -> Result<Evidence<P::Id>, ErrorOf<F, S>> {
        super::redeem(token, nonce, now, self.presence().await)
    }

    async fn presence(&mut self) -> Result<Presence, F::Error> {
        let id = N::sensor_id(&mut self.sensor).await?;
        let stored = self.sensor.library().await?.stored;
        Ok(Presence { id, interruptions: N::interruptions(&self.sensor), stored })
    }
}
