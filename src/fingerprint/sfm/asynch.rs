use embedded_io_async::{Read, Write};

use super::clocked::{alarm, enrol, identify};
use super::driver::Sfm;
use super::fault::Fault;
use crate::ErrorType;
use crate::fingerprint::{
    Alarm, Alarms, AsyncFingerprintSensor, Capabilities, Enrolment, Event, Library, Match, Slot,
};
use crate::port::adapter::IoError;
use crate::port::{CallError, Clocked, Timer, Told};

impl<P: embedded_io_async::ErrorType, T> ErrorType for Clocked<Sfm<P>, T> {
    type Error = CallError<Fault, IoError<P::Error>>;
}

impl<P: Read + Write, T: Timer> AsyncFingerprintSensor for Clocked<Sfm<P>, T> {
    fn capabilities(&self) -> Capabilities {
        Capabilities::DUPLICATES | Capabilities::ALARMS
    }

    async fn library(&mut self) -> Result<Library, Self::Error> {
        let (driver, timer) = self.parts();
        driver.count().run(timer).await
    }

    async fn identify(&mut self) -> Result<Option<Match>, Self::Error> {
        let (driver, timer) = self.parts();
        let (channel, link) = driver.parts();
        channel.call(link, identify(None)).run(timer).await
    }

    async fn verify(&mut self, slot: Slot) -> Result<Option<Match>, Self::Error> {
        let (driver, timer) = self.parts();
        let (channel, link) = driver.parts();
        channel.call(link, identify(Some(slot))).run(timer).await
    }

    async fn enrol(
        &mut self,
        slot: Slot,
        mut told: impl FnMut(Enrolment),
    ) -> Result<(), Self::Error> {
        let (driver, timer) = self.parts();
        let (channel, link) = driver.parts();
        let mut call = channel.call(link, enrol(slot));
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

impl<P: embedded_io_async::ErrorType, T> Alarms for Clocked<Sfm<P>, T> {
    fn alarm(error: &Self::Error) -> Option<Alarm> {
        alarm(error)
    }
}
