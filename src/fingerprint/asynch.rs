use embedded_io_async::{Read, Write};

use super::clocked::{enrol, identify};
use super::driver::Driver;
use super::link::Family;
use super::{Capabilities, Enrolment, Event, Library, Match, Slot};
use crate::ErrorType;
use crate::port::adapter::IoError;
use crate::port::{CallError, Clocked, Timer, Told};

/// [`FingerprintSensor`](super::FingerprintSensor), async.
///
/// The methods that wait for a person wait without end: drop the future to
/// stop waiting.
#[allow(async_fn_in_trait, reason = "a single-threaded executor is the rule on a board")]
pub trait AsyncFingerprintSensor: ErrorType {
    /// What it can do besides; no I/O.
    fn capabilities(&self) -> Capabilities;

    /// How full the library is.
    ///
    /// # Errors
    /// The line or the sensor failed.
    async fn library(&mut self) -> Result<Library, Self::Error>;

    /// Waits for a finger and searches it in the whole library (1:N). `None`:
    /// a good capture that matches no template.
    ///
    /// # Errors
    /// Kind [`Retry`](crate::ErrorKind::Retry) when the capture was poor; else
    /// the line or the sensor failed.
    async fn identify(&mut self) -> Result<Option<Match>, Self::Error>;

    /// Waits for a finger and compares it with one template (1:1). `None`: a
    /// good capture that does not match it, or no template there.
    ///
    /// # Errors
    /// As [`identify`](Self::identify).
    async fn verify(&mut self, slot: Slot) -> Result<Option<Match>, Self::Error>;

    /// Enrols a finger; `told` hears each step as it is reached.
    ///
    /// # Errors
    /// As [`FingerprintSensor::poll_enrol`](super::FingerprintSensor::poll_enrol).
    async fn enrol(&mut self, slot: Slot, told: impl FnMut(Enrolment)) -> Result<(), Self::Error>;

    /// Deletes one template. There need not be one.
    ///
    /// # Errors
    /// As [`FingerprintSensor::delete`](super::FingerprintSensor::delete).
    async fn delete(&mut self, slot: Slot) -> Result<(), Self::Error>;
}

impl<T: AsyncFingerprintSensor + ?Sized> AsyncFingerprintSensor for &mut T {
    fn capabilities(&self) -> Capabilities {
        T::capabilities(self)
    }

    async fn library(&mut self) -> Result<Library, Self::Error> {
        T::library(self).await
    }

    async fn identify(&mut self) -> Result<Option<Match>, Self::Error> {
        T::identify(self).await
    }

    async fn verify(&mut self, slot: Slot) -> Result<Option<Match>, Self::Error> {
        T::verify(self, slot).await
    }

    async fn enrol(&mut self, slot: Slot, told: impl FnMut(Enrolment)) -> Result<(), Self::Error> {
        T::enrol(self, slot, told).await
    }

    async fn delete(&mut self, slot: Slot) -> Result<(), Self::Error> {
        T::delete(self, slot).await
    }
}

impl<P: embedded_io_async::ErrorType, L: Family, T> ErrorType for Clocked<Driver<P, L>, T> {
    type Error = CallError<L::Fault, IoError<P::Error>>;
}

impl<P: Read + Write, L: Family, T: Timer> AsyncFingerprintSensor for Clocked<Driver<P, L>, T> {
    fn capabilities(&self) -> Capabilities {
        self.driver().capabilities()
    }

    async fn library(&mut self) -> Result<Library, Self::Error> {
        let (driver, timer) = self.parts();
        driver.count().run(timer).await
    }

    async fn identify(&mut self) -> Result<Option<Match>, Self::Error> {
        let (driver, timer) = self.parts();
        let (channel, link) = driver.parts();
        channel.call(link, identify::<L>(None)).run(timer).await
    }

    async fn verify(&mut self, slot: Slot) -> Result<Option<Match>, Self::Error> {
        let (driver, timer) = self.parts();
        let (channel, link) = driver.parts();
        channel.call(link, identify::<L>(Some(slot))).run(timer).await
    }

    async fn enrol(
        &mut self,
        slot: Slot,
        mut told: impl FnMut(Enrolment),
    ) -> Result<(), Self::Error> {
        let (driver, timer) = self.parts();
        let (channel, link) = driver.parts();
        let mut call = channel.call(link, enrol::<L>(slot));
        loop {
            match call.run_event(timer).await? {
                Told::Event(Event::Enrolment(step)) => told(step),
                Told::Event(_) => {}
                Told::Done(()) => return Ok(()),
            }
        }
    }

    async fn delete(&mut self, slot: Slot) -> Result<(), Self::Error> {
        let (driver, timer) = self.parts();
        driver.delete(slot).run(timer).await
    }
}
