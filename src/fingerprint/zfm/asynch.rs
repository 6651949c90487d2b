use embedded_io_async::{Read, Write};

use super::clocked::{enrol, identify};
use super::command::AuraLed;
use super::driver::Zfm;
use super::fault::Fault;
use super::script::Event;
use crate::ErrorType;
use crate::fingerprint::{
    AsyncFingerprintSensor, AsyncLight, Colour, Enrolment, Library, Match, Pattern, Slot,
};
use crate::port::adapter::IoError;
use crate::port::{CallError, Timer, Told};

/// A driver joined with its timer: what the async traits are implemented for.
///
/// Dropping a future abandons what it waits for; the next one resynchronises.
#[derive(Debug)]
pub struct Timed<P, T> {
    /// The driver.
    pub driver: Zfm<P>,
    /// The timer.
    pub timer: T,
}

impl<P, T> Timed<P, T> {
    /// Joins the two. No I/O.
    pub const fn new(driver: Zfm<P>, timer: T) -> Self {
        Self { driver, timer }
    }
}

impl<P: embedded_io_async::ErrorType, T> ErrorType for Timed<P, T> {
    type Error = CallError<Fault, IoError<P::Error>>;
}

impl<P: Read + Write, T: Timer> AsyncFingerprintSensor for Timed<P, T> {
    async fn library(&mut self) -> Result<Library, Self::Error> {
        self.driver.count().run(&mut self.timer).await
    }

    async fn identify(&mut self) -> Result<Option<Match>, Self::Error> {
        let (channel, link) = self.driver.parts();
        channel.call(link, identify(None)).run(&mut self.timer).await
    }

    async fn verify(&mut self, slot: Slot) -> Result<Option<Match>, Self::Error> {
        let (channel, link) = self.driver.parts();
        channel.call(link, identify(Some(slot))).run(&mut self.timer).await
    }

    async fn enrol(
        &mut self,
        slot: Slot,
        mut told: impl FnMut(Enrolment),
    ) -> Result<(), Self::Error> {
        let (channel, link) = self.driver.parts();
        let mut call = channel.call(link, enrol(slot));
        loop {
            match call.run_event(&mut self.timer).await? {
                Told::Event(Event::Enrolment(step)) => told(step),
                Told::Event(Event::Woken) => {}
                Told::Done(()) => return Ok(()),
            }
        }
    }

    async fn delete(&mut self, slot: Slot) -> Result<(), Self::Error> {
        self.driver.delete(slot).run(&mut self.timer).await
    }
}

impl<P: Read + Write, T: Timer> AsyncLight for Timed<P, T> {
    async fn light(&mut self, pattern: Pattern, colour: Colour) -> Result<(), Self::Error> {
        self.driver.led(AuraLed::steady(pattern, colour)).run(&mut self.timer).await
    }
}
