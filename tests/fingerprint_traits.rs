//! The class traits: the suite against our driver and against broken ones, the
//! polls, the async twin, the mock.

mod fingerprint_common;

use embedded_pos::conformance::{FingerprintStimulus, fingerprint};
use embedded_pos::fingerprint::zfm::{Config, Fault, Password, Pending, Zfm};
use embedded_pos::fingerprint::{
    AsyncFingerprintSensor, AsyncLight, Capabilities, Colour, Enrolment, FingerprintSensor,
    Library, Light, Match, Pattern, Quality, Slot,
};
use embedded_pos::mock::MockFingerprintSensor;
use embedded_pos::port::{CallError, Clocked, Duration};
use embedded_pos::sim::fingerprint::{Misbehaviour, R503Module, Skin};
use embedded_pos::sim::{Fault as LineFault, Simulated, VirtualClock, block_on};
use embedded_pos::{Error, ErrorKind, ErrorType, nb};
use fingerprint_common::*;

type Sensor = Clocked<Driver, VirtualClock, Pending>;

/// The hand in front of a simulated module.
struct SimHand {
    module: Module,
    clock: VirtualClock,
}

impl FingerprintStimulus for SimHand {
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

fn sensor(module: R503Module, config: Config) -> (Sensor, SimHand) {
    let Bench { module, clock, driver } = bench_of(module, config, usize::MAX);
    (Clocked::new(driver, clock.clone()), SimHand { module, clock })
}

fn r503() -> (Sensor, SimHand) {
    sensor(R503Module::new(), Config::r503(Password::FACTORY))
}

#[test]
fn the_driver_keeps_the_promises_of_the_class() {
    let zfm20 = sensor(R503Module::zfm20(), Config::zfm20(Password::FACTORY));
    for (mut sensor, mut hand) in [r503(), zfm20] {
        let report = fingerprint(&mut sensor, &mut hand);
        assert!(report.passed(), "{report}");
        assert!(report.checks.len() > 10);
    }
}

/// What is wrong with a [`Broken`] sensor.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Defect {
    MatchesAnybody,
    NamesTheNextSlot,
    VerifiesAnySlot,
    Miscounts,
    StoresNothing,
    WritesOver,
    SkipsTheLift,
    NeverAnswers,
    FailsWithoutFinger,
    DeletesNothing,
    DeletesBeyond,
}

struct Broken {
    sensor: Sensor,
    defect: Defect,
    cleared: Option<Slot>,
}

impl ErrorType for Broken {
    type Error = Failure;
}

impl FingerprintSensor for Broken {
    fn capabilities(&self) -> Capabilities {
        self.sensor.capabilities()
    }

    fn library(&mut self) -> Result<Library, Failure> {
        let mut library = self.sensor.library()?;
        if self.defect == Defect::Miscounts {
            library.stored += 1;
        }
        Ok(library)
    }

    fn poll_identify(&mut self) -> nb::Result<Option<Match>, Failure> {
        match self.defect {
            Defect::NeverAnswers => return Err(nb::Error::WouldBlock),
            Defect::FailsWithoutFinger => {
                return Err(nb::Error::Other(CallError::Device(Fault::NoFinger)));
            }
            _ => {}
        }
        let found = self.sensor.poll_identify()?;
        Ok(match self.defect {
            Defect::MatchesAnybody => found.or(Some(Match { slot: Slot(1), score: 99 })),
            Defect::NamesTheNextSlot => found.map(|m| Match { slot: Slot(m.slot.0 + 1), ..m }),
            _ => found,
        })
    }

    fn poll_verify(&mut self, slot: Slot) -> nb::Result<Option<Match>, Failure> {
        match self.defect {
            Defect::VerifiesAnySlot => self.sensor.poll_identify(),
            _ => self.sensor.poll_verify(slot),
        }
    }

    fn poll_enrol(&mut self, slot: Slot) -> nb::Result<Enrolment, Failure> {
        if self.defect == Defect::StoresNothing {
            return Ok(Enrolment::Stored(slot));
        }
        if self.defect == Defect::WritesOver && slot.0 < 200 && self.cleared != Some(slot) {
            self.cleared = Some(slot);
            self.sensor.delete(slot).map_err(nb::Error::Other)?;
        }
        let step = self.sensor.poll_enrol(slot);
        if !matches!(step, Err(nb::Error::WouldBlock) | Ok(Enrolment::Place(_) | Enrolment::Lift)) {
            self.cleared = None;
        }
        match step? {
            Enrolment::Lift if self.defect == Defect::SkipsTheLift => Err(nb::Error::WouldBlock),
            step => Ok(step),
        }
    }

    fn delete(&mut self, slot: Slot) -> Result<(), Failure> {
        match self.defect {
            Defect::DeletesNothing => self.sensor.library().map(drop),
            Defect::DeletesBeyond if slot.0 >= 200 => Ok(()),
            _ => self.sensor.delete(slot),
        }
    }
}

#[test]
fn the_suite_finds_what_is_broken() {
    let cases = [
        (Defect::MatchesAnybody, "an empty library matches nobody"),
        (Defect::NamesTheNextSlot, "an enrolled finger is found in its slot"),
        (Defect::VerifiesAnySlot, "a finger is verified in its slot and in no other"),
        (Defect::Miscounts, "the library counts what it holds"),
        (
            Defect::StoresNothing,
            "an enrolment asks for each capture, lifted in between, then stores",
        ),
        (Defect::WritesOver, "a slot in use is not written over"),
        (
            Defect::SkipsTheLift,
            "an enrolment asks for each capture, lifted in between, then stores",
        ),
        (Defect::NeverAnswers, "a strange finger is no match and no error"),
        (Defect::FailsWithoutFinger, "without a finger, a poll would block"),
        (Defect::DeletesNothing, "a deleted template matches no more, and deletes again"),
        (Defect::DeletesBeyond, "a slot beyond the library is an argument out of range"),
    ];
    for (defect, promise) in cases {
        let (sensor, mut hand) =
            sensor(R503Module::new(), Config { captures: 2, ..Config::r503(Password::FACTORY) });
        let report = fingerprint(&mut Broken { sensor, defect, cleared: None }, &mut hand);
        let broken: Vec<_> = report.failures().map(|check| check.promise).collect();
        assert!(broken.contains(&promise), "{defect:?}: {report}");
    }
}

fn poll_on<T>(
    sensor: &mut Sensor,
    mut poll: impl FnMut(&mut Sensor) -> nb::Result<T, Failure>,
) -> Result<T, Failure> {
    loop {
        match poll(sensor) {
            Ok(output) => return Ok(output),
            Err(nb::Error::Other(error)) => return Err(error),
            Err(nb::Error::WouldBlock) => sensor.clock.advance(Duration::from_millis(1)),
        }
    }
}

#[test]
fn a_poll_waits_without_end_for_a_person() {
    let (mut sensor, hand) = r503();
    hand.module.device().store(4, "anna");
    for _ in 0..40_000 {
        assert_eq!(sensor.poll_identify(), Err(nb::Error::WouldBlock));
        sensor.clock.advance(Duration::from_millis(1));
    }
    hand.module.device().place("anna");
    let found = poll_on(&mut sensor, |sensor| sensor.poll_verify(Slot(4))).unwrap();
    assert_eq!(found.map(|found| found.slot), Some(Slot(4)));
}

#[test]
fn a_poor_capture_is_told_while_enrolling_and_an_error_while_searching() {
    let (mut sensor, hand) = r503();
    hand.module.device().place_badly("anna", Skin::Wet);
    let error = poll_on(&mut sensor, Sensor::poll_identify).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Retry);
    let steps: Vec<_> =
        (0..3).map(|_| poll_on(&mut sensor, |s| s.poll_enrol(Slot(0))).unwrap()).collect();
    let expected = [Enrolment::Place(1), Enrolment::Poor(Quality::Messy), Enrolment::Lift];
    assert_eq!(steps, expected);
}

#[test]
fn a_pulled_cable_is_a_line_error() {
    let (mut sensor, hand) = r503();
    sensor.library().unwrap();
    hand.module.unplug();
    assert_eq!(sensor.library().unwrap_err().kind(), ErrorKind::Line);
    hand.module.plug();
    assert_eq!(sensor.library().unwrap().stored, 0);
}

#[test]
fn the_light_shows() {
    let (mut sensor, hand) = r503();
    sensor.light(Pattern::Breathe, Colour::Blue).unwrap();
    assert_eq!(hand.module.device().light(), Some([1, 0x80, 2, 0]));
    let (mut dark, _hand) = self::sensor(R503Module::zfm20(), Config::zfm20(Password::FACTORY));
    let error = dark.light(Pattern::On, Colour::Red).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
}

type AsyncSensor = Clocked<Driver, VirtualClock>;

fn timed() -> (AsyncSensor, Module) {
    let (module, clock) = (Simulated::new(R503Module::new()), VirtualClock::new());
    let config = Config { captures: 2, ..Config::r503(Password::FACTORY) };
    let driver = Zfm::new(module.port(clock.clone()).chunked(3), config);
    (Clocked::new(driver, clock), module)
}

#[test]
fn the_async_twin_does_the_same() {
    let (mut sensor, module) = timed();
    block_on(async {
        let person = module.clone();
        let mut steps = Vec::new();
        let told = |step| {
            steps.push(step);
            match step {
                Enrolment::Lift => person.device().lift(),
                _ => person.device().place("anna"),
            }
        };
        sensor.enrol(Slot(8), told).await.unwrap();
        let expected =
            [Enrolment::Place(1), Enrolment::Lift, Enrolment::Place(2), Enrolment::Stored(Slot(8))];
        assert_eq!(steps, expected);
        assert_eq!(sensor.identify().await.unwrap().map(|found| found.slot), Some(Slot(8)));
        assert_eq!(sensor.verify(Slot(7)).await.unwrap(), None);
        assert_eq!(sensor.library().await.unwrap().stored, 1);
        sensor.light(Pattern::On, Colour::Green).await.unwrap();
        sensor.delete(Slot(8)).await.unwrap();
        assert_eq!(sensor.identify().await.unwrap(), None);
    });
    assert_eq!(module.device().light(), Some([3, 0x80, 4, 0]));
}

#[test]
fn a_future_can_be_dropped_at_every_await() {
    use core::future::Future;
    use core::task::{Context, Waker};
    for polls in (0..8_000).step_by(31) {
        let (mut sensor, module) = timed();
        module.device().store(3, "anna");
        module.device().store(12, "bert");
        module.device().place("anna");
        let mut call = Box::pin(sensor.identify());
        let mut context = Context::from_waker(Waker::noop());
        let mut done = false;
        for _ in 0..polls {
            if call.as_mut().poll(&mut context).is_ready() {
                done = true;
                break;
            }
        }
        drop(call);
        assert_eq!(block_on(sensor.library()).unwrap().stored, 2, "dropped after {polls} polls");
        module.device().place("bert");
        assert_eq!(block_on(sensor.identify()).unwrap().unwrap().slot, Slot(12));
        if done {
            return;
        }
    }
    panic!("the call never ended");
}

#[test]
fn the_async_face_survives_a_lost_answer() {
    let (mut sensor, module) = timed();
    module.device().store(3, "anna");
    module.device().place("anna");
    module.device().misbehave_on(0x04, Misbehaviour::Line(LineFault::Silence));
    assert_eq!(block_on(sensor.identify()).unwrap().unwrap().slot, Slot(3));
}

/// A generic user: the traits are all that it knows.
fn greet<S: FingerprintSensor + Light>(sensor: &mut S) -> nb::Result<bool, S::Error> {
    let known = sensor.poll_identify()?.is_some();
    let colour = if known { Colour::Green } else { Colour::Red };
    sensor.light(Pattern::On, colour).map_err(nb::Error::Other)?;
    Ok(known)
}

#[test]
fn a_mock_takes_the_place_of_a_sensor() {
    let mut mock = MockFingerprintSensor::new();
    let found = Match { slot: Slot(2), score: 100 };
    mock.expect_poll_identify().once().returning(move || Ok(Some(found)));
    mock.expect_light()
        .once()
        .withf(|pattern, colour| (*pattern, *colour) == (Pattern::On, Colour::Green))
        .returning(|_, _| Ok(()));
    assert_eq!(greet(&mut &mut mock), Ok(true));
}
