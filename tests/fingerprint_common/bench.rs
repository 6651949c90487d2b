//! A simulated module of any family, its driver on its wire, and the person in
//! front of it; and the tests that are the same for every family.

use core::future::Future;
use core::pin::pin;
use core::task::{Context, Waker};

use embedded_pos::conformance::{FingerprintStimulus, fingerprint};
use embedded_pos::fingerprint::{
    Capabilities, Conversation, Driver, Enrolment, Event, Family, FingerprintSensor, Library,
    Match, Pending, Script, Slot,
};
use embedded_pos::port::{Call, CallError, Clock, Clocked, Duration, Told};
use embedded_pos::sim::fingerprint::{BmLiteModule, F5Module, Gt511Module, R503Module, SfmModule};
use embedded_pos::sim::{Device, SimPort, Simulated, Unplugged, VirtualClock};
use embedded_pos::{Error, ErrorKind, ErrorType, nb};

/// What a person, or whoever set it up, can do to a simulated module.
pub trait Touched: Device {
    fn place(&mut self, finger: &str);
    fn lift(&mut self);
    /// Whose template is in the slot.
    fn stored(&self, slot: u16) -> Option<String>;
    /// Puts a template there, past the wire.
    fn store(&mut self, slot: u16, finger: &str);
}

macro_rules! touched {
    ($($module:ty, $first:literal $(, $more:literal)?;)*) => {$(
        impl Touched for $module {
            fn place(&mut self, finger: &str) {
                <$module>::place(self, finger);
            }

            fn lift(&mut self) {
                <$module>::lift(self);
            }

            fn stored(&self, slot: u16) -> Option<String> {
                <$module>::stored(self, (slot + $first).into()).map(str::to_owned)
            }

            fn store(&mut self, slot: u16, finger: &str) {
                <$module>::store(self, (slot + $first).into(), finger $(, $more)?);
            }
        }
    )*};
}

// The number of slot 0; what else a template has.
touched! {
    BmLiteModule, 0;
    F5Module, 1, 1;
    Gt511Module, 0;
    R503Module, 0;
    SfmModule, 1;
}

pub type Port<D> = SimPort<D, VirtualClock>;
pub type Failure<L> = CallError<<L as Family>::Fault, Unplugged>;
pub type Sensor<D, L> = Clocked<
    Driver<Port<D>, L>,
    VirtualClock,
    Pending<<L as Family>::Identify, <L as Family>::Enrol>,
>;

pub struct Bench<D, L> {
    pub module: Simulated<D>,
    pub clock: VirtualClock,
    pub driver: Driver<Port<D>, L>,
}

impl<D: Touched, L: Family> Bench<D, L> {
    /// A module and what `driver` makes of a port to it, which gives at most
    /// `chunk` bytes at once.
    pub fn new(
        module: D,
        chunk: usize,
        driver: impl FnOnce(Port<D>) -> Driver<Port<D>, L>,
    ) -> Self {
        let module = Simulated::new(module);
        // Fine enough for modules whose times are milliseconds.
        let clock = VirtualClock::in_steps(Duration::from_millis(1));
        let driver = driver(module.port(clock.clone()).chunked(chunk));
        Self { module, clock, driver }
    }

    pub fn identify(&mut self) -> Result<Option<Match>, Failure<L>> {
        self.driver.identify().wait(&mut self.clock)
    }

    pub fn verify(&mut self, slot: u16) -> Result<Option<Match>, Failure<L>> {
        self.driver.verify(Slot(slot)).wait(&mut self.clock)
    }

    pub fn count(&mut self) -> Result<u16, Failure<L>> {
        Ok(self.driver.count().wait(&mut self.clock)?.stored)
    }

    pub fn now(&self) -> Duration {
        self.clock.clone().now().since(Default::default())
    }

    /// Anna is in slot 3 and Bert in slot 12; Bert's finger is on the sensor.
    pub fn crowded(self) -> Self {
        self.module.device().store(3, "anna");
        self.module.device().store(12, "bert");
        self.module.device().place("bert");
        self
    }

    /// Enrols as a person would who does as told, with this finger each time.
    pub fn enrol(&mut self, slot: u16, finger: &str) -> Result<Vec<String>, Failure<L>> {
        self.enrol_with(slot, |_| finger)
    }

    /// The same, with the finger that is to be laid down at each capture.
    pub fn enrol_with<'f>(
        &mut self,
        slot: u16,
        finger: impl Fn(u8) -> &'f str,
    ) -> Result<Vec<String>, Failure<L>> {
        let module = self.module.clone();
        told(self.driver.enrol(Slot(slot)), &mut self.clock, obedient(&module, finger))
    }

    /// The driver as one of its class, and the hand in front of it.
    pub fn sensor(self) -> (Sensor<D, L>, Hand<D>) {
        let Self { module, clock, driver } = self;
        (Clocked::new(driver, clock.clone()), Hand { module, clock })
    }
}

/// Does as an enrolment tells.
pub fn obedient<'f, D: Touched>(
    module: &Simulated<D>,
    finger: impl Fn(u8) -> &'f str,
) -> impl FnMut(Enrolment) {
    let module = module.clone();
    move |step| match step {
        Enrolment::Place(capture) => module.device().place(finger(capture)),
        Enrolment::Lift => module.device().lift(),
        _ => {}
    }
}

/// Holds a conversation; the steps of the enrolment that it told.
pub fn told<D: Device, S: Script>(
    mut call: Call<'_, Port<D>, Conversation<S>>,
    clock: &mut VirtualClock,
    mut act: impl FnMut(Enrolment),
) -> Result<Vec<String>, Failure<S::Link>> {
    let mut steps = Vec::new();
    loop {
        match call.next(clock)? {
            Told::Event(Event::Enrolment(step)) => {
                act(step);
                steps.push(format!("{step:?}"));
            }
            Told::Event(_) => {}
            Told::Done(_) => return Ok(steps),
        }
    }
}

/// Polls a conversation so often, a millisecond each, and drops it; whether it
/// was over before.
pub fn drop_after<D: Device, S: Script>(
    turns: usize,
    mut call: Call<'_, Port<D>, Conversation<S>>,
    clock: &mut VirtualClock,
    mut act: impl FnMut(Enrolment),
) -> bool {
    for _ in 0..turns {
        match call.poll_event(clock.now()) {
            Ok(Told::Event(Event::Enrolment(step))) => act(step),
            Ok(Told::Event(_)) | Err(nb::Error::WouldBlock) => {}
            Ok(Told::Done(_)) => return true,
            Err(nb::Error::Other(error)) => panic!("after {turns} turns: {error}"),
        }
        clock.advance(Duration::from_millis(1));
    }
    false
}

/// Polls a future so often and drops it; what it came to, if it was over
/// before.
pub fn drop_future_after<T>(polls: usize, future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..polls {
        if let core::task::Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return Some(output);
        }
    }
    None
}

/// A match of a model without a score.
pub fn hit(slot: u16) -> Option<Match> {
    Some(Match { slot: Slot(slot), score: 0 })
}

/// What the device, and not the port, failed with.
pub fn device<T, F, E: std::fmt::Debug>(result: Result<T, CallError<F, E>>) -> F
where
    F: std::fmt::Debug,
{
    match result {
        Err(CallError::Device(fault)) => fault,
        Err(other) => panic!("{other:?}"),
        Ok(_) => panic!("it did not fail"),
    }
}

/// The last field of the second line of a file of vectors.
pub fn vector(file: &str) -> Vec<u8> {
    super::bytes(file.lines().nth(1).unwrap().rsplit('|').next().unwrap())
}

/// The hand in front of a simulated module.
pub struct Hand<D> {
    pub module: Simulated<D>,
    pub clock: VirtualClock,
}

impl<D: Touched> FingerprintStimulus for Hand<D> {
    fn place(&mut self, finger: usize) {
        self.module.device().place(["anna", "bert"][finger]);
    }

    fn lift(&mut self) {
        self.module.device().lift();
    }

    fn wait(&mut self) {
        self.clock.advance(Duration::from_millis(1));
    }
}

pub fn keeps_its_promises<D: Touched, L: Family>(bench: Bench<D, L>) {
    let (mut sensor, mut hand) = bench.sensor();
    let report = fingerprint(&mut sensor, &mut hand);
    assert!(report.passed(), "{report}");
    assert!(report.checks.len() > 10);
}

/// A driver that takes a miss for a hit.
struct Lax<S>(S);

impl<S: ErrorType> ErrorType for Lax<S> {
    type Error = S::Error;
}

impl<S: FingerprintSensor> FingerprintSensor for Lax<S> {
    fn capabilities(&self) -> Capabilities {
        self.0.capabilities()
    }

    fn library(&mut self) -> Result<Library, S::Error> {
        self.0.library()
    }

    fn poll_identify(&mut self) -> nb::Result<Option<Match>, S::Error> {
        self.0.poll_identify().map(|found| found.or(hit(1)))
    }

    fn poll_verify(&mut self, slot: Slot) -> nb::Result<Option<Match>, S::Error> {
        self.0.poll_verify(slot)
    }

    fn poll_enrol(&mut self, slot: Slot) -> nb::Result<Enrolment, S::Error> {
        self.0.poll_enrol(slot)
    }

    fn delete(&mut self, slot: Slot) -> Result<(), S::Error> {
        self.0.delete(slot)
    }
}

/// The suite of the class sees it if the driver passes everybody.
pub fn a_miss_taken_for_a_hit_is_seen<D: Touched, L: Family>(bench: Bench<D, L>) {
    let (sensor, mut hand) = bench.sensor();
    let report = fingerprint(&mut Lax(sensor), &mut hand);
    let broken: Vec<_> = report.failures().map(|check| check.promise).collect();
    assert!(broken.contains(&"an empty library matches nobody"), "{report}");
}

pub fn waits_without_end_for_a_person<D: Touched, L: Family>(bench: Bench<D, L>) {
    let (mut sensor, hand) = bench.sensor();
    hand.module.device().store(4, "anna");
    for _ in 0..40_000 {
        assert!(matches!(sensor.poll_identify(), Err(nb::Error::WouldBlock)));
        sensor.clock.advance(Duration::from_millis(1));
    }
    hand.module.device().place("anna");
    let found = loop {
        match sensor.poll_verify(Slot(4)) {
            Err(nb::Error::WouldBlock) => sensor.clock.advance(Duration::from_millis(1)),
            result => break result,
        }
    };
    assert_eq!(found.unwrap().map(|found| found.slot), Some(Slot(4)));
}

pub fn a_pulled_cable_is_a_line_error<D: Touched, L: Family>(bench: Bench<D, L>) {
    let (mut sensor, hand) = bench.sensor();
    sensor.library().unwrap();
    hand.module.unplug();
    assert_eq!(sensor.library().unwrap_err().kind(), ErrorKind::Line);
    hand.module.plug();
    assert_eq!(sensor.library().unwrap().stored, 0);
}

/// Enrols and finds somebody, with ports that give ever more bytes at once.
pub fn any_chunking_gives_the_same<D: Touched, L: Family>(bench: impl Fn(usize) -> Bench<D, L>)
where
    L::Fault: PartialEq + std::fmt::Debug,
{
    let mut results = Vec::new();
    for chunk in [1, 2, 3, 5, 8, 13, 26, 64, usize::MAX] {
        let mut bench = bench(chunk);
        let steps = bench.enrol(1, "anna");
        results.push((steps, bench.identify(), bench.count()));
    }
    assert!(results[0].0.is_ok() && matches!(results[0].1, Ok(Some(_))), "{:?}", results[0]);
    assert!(results.windows(2).all(|pair| pair[0] == pair[1]));
}

/// Dropped at every step, an identification leaves the next one what it needs.
pub fn an_identification_can_be_dropped_at_every_step<D: Touched, L: Family>(
    bench: impl Fn() -> Bench<D, L>,
) {
    for turns in (0..).step_by(7) {
        let mut bench = bench().crowded();
        assert!(bench.identify().unwrap().is_some());
        bench.module.device().place("anna");
        let done = drop_after(turns, bench.driver.identify(), &mut bench.clock, |_| {});
        bench.module.device().place("bert");
        let found = bench.identify().unwrap();
        assert_eq!(found.map(|found| found.slot), Some(Slot(12)), "after {turns} turns");
        if done {
            return;
        }
    }
}

/// Dropped at every step, an enrolment leaves the others as they are, and its
/// slot empty unless it was over; or about to be, where `may_remain`.
pub fn an_enrolment_can_be_dropped_at_every_step<D: Touched, L: Family>(
    bench: impl Fn() -> Bench<D, L>,
    may_remain: impl Fn(&D) -> bool,
) {
    for turns in (0..).step_by(37) {
        let mut bench = bench().crowded();
        let module = bench.module.clone();
        let call = bench.driver.enrol(Slot(7));
        let done = drop_after(turns, call, &mut bench.clock, obedient(&module, |_| "cleo"));
        module.device().place("anna");
        let found = bench.identify().unwrap();
        assert_eq!(found.map(|found| found.slot), Some(Slot(3)), "after {turns} turns");
        let stored = module.device().stored(7);
        if done {
            assert_eq!(stored.as_deref(), Some("cleo"));
            return;
        }
        assert!(stored.is_none() || may_remain(&module.device()), "after {turns} turns");
    }
}
