use super::driver::Sfm;
use super::fault::Fault;
use super::script::{Conversation, Enrol, Identify, Patience};
use crate::ErrorType;
use crate::fingerprint::{
    Alarm, Alarms, Capabilities, Enrolment, Event, FingerprintSensor, Library, Match, Slot,
};
use crate::port::{CallError, Clock, Clocked, Instant, Port, Told};

/// The conversation of a pending poll.
#[derive(Clone, Debug, Default)]
pub struct Pending {
    identify: Option<Conversation<Identify>>,
    enrol: Option<Conversation<Enrol>>,
}

impl Pending {
    /// The pending identification, or a new one if another poll was pending.
    fn as_identify(&mut self, slot: Option<Slot>) -> &mut Conversation<Identify> {
        self.enrol = None;
        self.identify.take_if(|pending| pending.script().slot() != slot);
        self.identify.get_or_insert_with(|| identify(slot))
    }

    /// The pending enrolment, or a new one if another poll was pending.
    fn as_enrol(&mut self, slot: Slot) -> &mut Conversation<Enrol> {
        self.identify = None;
        self.enrol.take_if(|pending| pending.script().slot() != slot);
        self.enrol.get_or_insert_with(|| enrol(slot))
    }
}

/// An identification that waits as long as its caller does.
pub(super) const fn identify(slot: Option<Slot>) -> Conversation<Identify> {
    Conversation::new(Identify::new(slot, Patience::Endless))
}

/// An enrolment that waits as long as its caller does.
pub(super) const fn enrol(slot: Slot) -> Conversation<Enrol> {
    Conversation::new(Enrol::new(slot, Patience::Endless))
}

type Sensor<P, C> = Clocked<Sfm<P>, C, Pending>;
type SensorError<E> = CallError<Fault, E>;

impl<P: ErrorType, C> ErrorType for Sensor<P, C> {
    type Error = SensorError<P::Error>;
}

fn start<D>(_driver: &mut D) -> Pending {
    Pending::default()
}

/// Goes on with an identification.
fn poll_identify<P: Port, C: Clock>(
    sensor: &mut Sensor<P, C>,
    slot: Option<Slot>,
) -> nb::Result<Option<Match>, SensorError<P::Error>> {
    sensor.poll_with(start, |driver: &mut Sfm<P>, pending: &mut Pending, now: Instant| {
        let (channel, link) = driver.parts();
        channel.poll(pending.as_identify(slot), link, now)
    })
}

impl<P: Port, C: Clock> FingerprintSensor for Sensor<P, C> {
    fn capabilities(&self) -> Capabilities {
        Capabilities::DUPLICATES | Capabilities::ALARMS
    }

    fn library(&mut self) -> Result<Library, Self::Error> {
        let (driver, clock) = self.parts();
        driver.count().wait(clock)
    }

    fn poll_identify(&mut self) -> nb::Result<Option<Match>, Self::Error> {
        poll_identify(self, None)
    }

    fn poll_verify(&mut self, slot: Slot) -> nb::Result<Option<Match>, Self::Error> {
        poll_identify(self, Some(slot))
    }

    fn poll_enrol(&mut self, slot: Slot) -> nb::Result<Enrolment, Self::Error> {
        // What is told on the way must not end the pending poll.
        let mut step = None;
        let result = self.poll_with(start, |driver: &mut Sfm<P>, pending, now| {
            let (channel, link) = driver.parts();
            match channel.poll_event(pending.as_enrol(slot), link, now)? {
                Told::Event(Event::Enrolment(Enrolment::Stored(_))) => {}
                Told::Event(Event::Enrolment(told)) => step = Some(told),
                Told::Event(_) => {}
                Told::Done(()) => return Ok(Enrolment::Stored(slot)),
            }
            Err(nb::Error::WouldBlock)
        });
        step.map_or(result, Ok)
    }

    fn delete(&mut self, slot: Slot) -> Result<(), Self::Error> {
        let (driver, clock) = self.parts();
        driver.delete(slot).wait(clock)
    }
}

impl<P: Port, C: Clock> Alarms for Sensor<P, C> {
    fn alarm(error: &Self::Error) -> Option<Alarm> {
        alarm(error)
    }
}

pub(super) fn alarm<E>(error: &SensorError<E>) -> Option<Alarm> {
    match error {
        CallError::Device(fault) => fault.alarm(),
        _ => None,
    }
}
