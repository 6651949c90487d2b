use core::fmt;

#[cfg(feature = "async")]
use embedded_io_async::{Read, Write};

use super::driver::Driver;
use super::link::Family;
use super::script::Script;
use super::{Held, Pending};
use crate::ErrorType;
#[cfg(feature = "async")]
use crate::port::Timer;
use crate::port::{Clock, Clocked, Port};

/// Which module it is, as far as it can tell: what of its serial number, its
/// chip's number, its address it gives out, in the model's own form.
///
/// It comes over an open wire. Somebody who swaps modules for another of the
/// trade is found out; somebody with a hand on the wire is not.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct SensorId {
    bytes: [u8; Self::LEN],
    unique: bool,
}

impl SensorId {
    /// Bytes at most.
    pub const LEN: usize = 32;

    /// An identity; what is behind 32 bytes is cut off, and fewer are padded
    /// with zeroes. `unique`: no two modules should have the same.
    #[must_use]
    pub fn new(id: &[u8], unique: bool) -> Self {
        let mut bytes = [0; Self::LEN];
        bytes.iter_mut().zip(id).for_each(|(to, from)| *to = *from);
        Self { bytes, unique }
    }

    /// The identity, padded with zeroes.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; Self::LEN] {
        &self.bytes
    }

    /// Whether no two modules should have the same. A model that knows no
    /// serial number cannot be told from its like.
    #[must_use]
    pub const fn is_unique(&self) -> bool {
        self.unique
    }
}

impl fmt::Display for SensorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let used = self.bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
        self.bytes.iter().take(used).try_for_each(|byte| write!(f, "{byte:02X}"))
    }
}

/// A sensor that says which one it is.
pub trait Identified: ErrorType {
    /// Asks it.
    ///
    /// # Errors
    /// The line or the sensor failed.
    fn sensor_id(&mut self) -> Result<SensorId, Self::Error>;

    /// How often it may have been exchanged for another since the driver was
    /// made: started anew unasked, fell silent, answered with another address
    /// or serial number. No I/O. It only grows; what rests on an answer of this
    /// module holds as long as it does not.
    fn interruptions(&self) -> u32;
}

impl<T: Identified + ?Sized> Identified for &mut T {
    fn sensor_id(&mut self) -> Result<SensorId, Self::Error> {
        T::sensor_id(self)
    }

    fn interruptions(&self) -> u32 {
        T::interruptions(self)
    }
}

/// [`Identified`], async.
#[cfg(feature = "async")]
#[allow(async_fn_in_trait, reason = "a single-threaded executor is the rule on a board")]
pub trait AsyncIdentified: ErrorType {
    /// Asks it.
    ///
    /// # Errors
    /// As [`Identified::sensor_id`].
    async fn sensor_id(&mut self) -> Result<SensorId, Self::Error>;

    /// As [`Identified::interruptions`].
    fn interruptions(&self) -> u32;
}

#[cfg(feature = "async")]
impl<T: AsyncIdentified + ?Sized> AsyncIdentified for &mut T {
    async fn sensor_id(&mut self) -> Result<SensorId, Self::Error> {
        T::sensor_id(self).await
    }

    fn interruptions(&self) -> u32 {
        T::interruptions(self)
    }
}

/// A family whose modules say which one they are.
pub trait Identifies: Family {
    /// Asks for the identity.
    type Identity: Script<Link = Self, Output = SensorId>;

    /// Asks for the identity.
    fn identity() -> Self::Identity;

    /// As [`Identified::interruptions`].
    fn interruptions(&self) -> u32 {
        self.core().interruptions()
    }
}

impl<P, L: Identifies> Driver<P, L> {
    /// Asks the module which one it is.
    pub fn sensor_id(&mut self) -> Held<'_, P, L::Identity> {
        self.hold(L::identity())
    }

    /// As [`Identified::interruptions`].
    pub fn interruptions(&self) -> u32 {
        self.link().interruptions()
    }
}

impl<P: Port, L: Identifies, C: Clock> Identified
    for Clocked<Driver<P, L>, C, Pending<L::Identify, L::Enrol>>
{
    fn sensor_id(&mut self) -> Result<SensorId, Self::Error> {
        let (driver, clock) = self.parts();
        driver.sensor_id().wait(clock)
    }

    fn interruptions(&self) -> u32 {
        self.driver().interruptions()
    }
}

#[cfg(feature = "async")]
impl<P: Read + Write, L: Identifies, T: Timer> AsyncIdentified for Clocked<Driver<P, L>, T> {
    async fn sensor_id(&mut self) -> Result<SensorId, Self::Error> {
        let (driver, timer) = self.parts();
        driver.sensor_id().run(timer).await
    }

    fn interruptions(&self) -> u32 {
        self.driver().interruptions()
    }
}
