use core::fmt;

use super::{ErrorOf, Guard, Passage, Wanted, common};
use crate::fingerprint::trust::{
    AttemptStore, Audit, Authenticated, Claim, Comparison, Enrolee, Evidence, Nonce, OutOfOrder,
    Policy, Presence,
};
#[cfg(doc)]
use crate::fingerprint::trust::{Authenticator, Denied, GateError};
use crate::fingerprint::{Alarms, FingerprintSensor, Identified, Match, SensorId};
use crate::nb;
use crate::port::{Clock, Instant};

/// An [`Authenticator`] with the sensor and the store it works on.
pub struct Gate<'a, P: Enrolee, F: FingerprintSensor, S: AttemptStore> {
    guard: Guard<'a, P, F::Error, S>,
    sensor: F,
    identify: fn(&mut F) -> Result<SensorId, F::Error>,
    interruptions: fn(&F) -> u32,
}

impl<P: Enrolee + fmt::Debug, F: FingerprintSensor, S: AttemptStore> fmt::Debug
    for Gate<'_, P, F, S>
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.guard.debug("Gate", f)
    }
}

impl<'a, P: Enrolee, F: FingerprintSensor, S: AttemptStore> Gate<'a, P, F, S> {
    common!();

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
        store: S,
        now: Instant,
    ) -> Result<Self, S::Error> {
        Ok(Self {
            guard: Guard::new(policy, people, store, now)?,
            sensor,
            identify: |_| Ok(SensorId::new(&[], false)),
            interruptions: |_| 0,
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
        loop {
            let told = match self.guard.advance(|| clock.now(), &mut audit)? {
                Wanted::Nothing(passage) => return Ok(passage),
                Wanted::Presence => {
                    let presence = self.presence();
                    self.guard.present(presence)
                }
                Wanted::Comparison(comparison) => {
                    let result = match self.compare(comparison) {
                        Err(nb::Error::WouldBlock) => return Err(nb::Error::WouldBlock),
                        Err(nb::Error::Other(error)) => Err(error),
                        Ok(found) => Ok(found),
                    };
                    let interruptions = (self.interruptions)(&self.sensor);
                    self.guard.compared(result, interruptions, clock.now())
                }
            };
            told.map_err(ErrorOf::<F, S>::from)?;
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
        super::redeem(token, nonce, now, self.presence())
    }

    fn presence(&mut self) -> Result<Presence, F::Error> {
        let id = (self.identify)(&mut self.sensor)?;
        let stored = self.sensor.library()?.stored;
        Ok(Presence { id, interruptions: (self.interruptions)(&self.sensor), stored })
    }

    fn compare(&mut self, comparison: Comparison) -> nb::Result<Option<Match>, F::Error> {
        match comparison {
            Comparison::Verify(slot) => self.sensor.poll_verify(slot),
            Comparison::Search => self.sensor.poll_identify(),
        }
    }
}
