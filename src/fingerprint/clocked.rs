use super::driver::Driver;
use super::link::Family;
use super::script::{Conversation, Patience};
use super::{Capabilities, Enrolment, Event, FingerprintSensor, Library, Match, Slot};
use crate::ErrorType;
use crate::port::{CallError, Clock, Clocked, Duration, Instant, Port, Told};

/// An identification that was not polled for so long begins anew: the finger
/// that it saw may be gone, and another one there.
const ABSENCE: Duration = Duration::from_secs(5);

/// The conversation of a pending poll.
#[derive(Clone, Debug)]
pub struct Pending<I, E> {
    identify: Option<(Option<Slot>, Conversation<I>)>,
    enrol: Option<(Slot, Conversation<E>)>,
    /// When an identification was last polled.
    polled: Instant,
}

impl<I, E> Default for Pending<I, E> {
    fn default() -> Self {
        Self { identify: None, enrol: None, polled: Instant::ZERO }
    }
}

impl<I, E> Pending<I, E> {
    /// The pending identification, or a new one if another poll was pending.
    fn as_identify<L>(&mut self, slot: Option<Slot>, now: Instant) -> &mut Conversation<I>
    where
        L: Family<Identify = I>,
    {
        self.enrol = None;
        let end = core::mem::replace(&mut self.polled, now) + ABSENCE;
        self.identify.take_if(|(pending, _)| *pending != slot || now > end);
        &mut self.identify.get_or_insert_with(|| (slot, identify::<L>(slot))).1
    }

    /// The pending enrolment, or a new one if another poll was pending.
    fn as_enrol<L: Family<Enrol = E>>(&mut self, slot: Slot) -> &mut Conversation<E> {
        self.identify = None;
        self.enrol.take_if(|(pending, _)| *pending != slot);
        &mut self.enrol.get_or_insert_with(|| (slot, enrol::<L>(slot))).1
    }
}

/// An identification that waits as long as its caller does.
pub(super) fn identify<L: Family>(slot: Option<Slot>) -> Conversation<L::Identify> {
    Conversation::new(L::identify(slot, Patience::Endless))
}

/// An enrolment that waits as long as its caller does.
pub(super) fn enrol<L: Family>(slot: Slot) -> Conversation<L::Enrol> {
    Conversation::new(L::enrol(slot, Patience::Endless))
}

type PendingOf<L> = Pending<<L as Family>::Identify, <L as Family>::Enrol>;
type Sensor<P, L, C> = Clocked<Driver<P, L>, C, PendingOf<L>>;

impl<P: ErrorType, L: Family, C> ErrorType for Sensor<P, L, C> {
    type Error = CallError<L::Fault, P::Error>;
}

fn start<D, I, E>(_driver: &mut D) -> Pending<I, E> {
    Pending::default()
}

/// Goes on with an identification.
fn poll_identify<P: Port, L: Family, C: Clock>(
    sensor: &mut Sensor<P, L, C>,
    slot: Option<Slot>,
) -> nb::Result<Option<Match>, CallError<L::Fault, P::Error>> {
    sensor.poll_with(start, |driver, pending: &mut PendingOf<L>, now: Instant| {
        let (channel, link) = driver.parts();
        channel.poll(pending.as_identify::<L>(slot, now), link, now)
    })
}

impl<P: Port, L: Family, C: Clock> FingerprintSensor for Sensor<P, L, C> {
    fn capabilities(&self) -> Capabilities {
        self.driver().capabilities()
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
        let result = self.poll_with(start, |driver, pending: &mut PendingOf<L>, now| {
            let (channel, link) = driver.parts();
            match channel.poll_event(pending.as_enrol::<L>(slot), link, now)? {
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
