//! The BM-Lite driver against a simulated module: what it does, what it does
//! not accept, and the promises of its class.

mod fingerprint_common;

use embedded_pos::fingerprint::bmlite::command::Request;
use embedded_pos::fingerprint::bmlite::frame::{FrameError, Parser, Segment};
use embedded_pos::fingerprint::bmlite::{BmLite, Config, Fault, Link, Outcome, Timing};
use embedded_pos::fingerprint::{AsyncFingerprintSensor, Enrolment, Library, Quality, Slot};
use embedded_pos::port::{Clock, Clocked, Duration};
use embedded_pos::sim::fingerprint::{BmLiteMisbehaviour, BmLiteModule, Touch};
use embedded_pos::sim::{Fault as LineFault, Simulated, VirtualClock, block_on};
use embedded_pos::{Error, ErrorKind};
use fingerprint_common::bench::{self, device, drop_future_after, hit, told};
use proptest::prelude::*;

const CAPTURE: u16 = 0x0001;
const IDENTIFY: u16 = 0x0003;
const IMAGE: u16 = 0x0005;
const TEMPLATE: u16 = 0x0006;
const INFO: u16 = 0x3004;
const STORAGE: u16 = 0x4002;
const AT_ONCE: Duration = Duration::ZERO;
const LATER: Duration = Duration::from_millis(300);

const DEADLINE: Duration = Duration::from_secs(60);

/// The message of a hit: slot 12.
const HIT: [u8; 20] = [3, 0, 3, 0, 10, 0, 1, 0, 1, 6, 0, 2, 0, 12, 0, 1, 0x20, 1, 0, 0];

type Bench = bench::Bench<BmLiteModule, Link>;

fn config(retries: u8) -> Config {
    let three = Duration::from_secs(3);
    Config {
        retries,
        timing: Timing { finger: three, lift: three, ..Timing::DEFAULT },
        ..Config::new(50)
    }
}

fn bench_of(module: BmLiteModule, config: Config, chunk: usize) -> Bench {
    Bench::new(module, chunk, |port| BmLite::new(port, config))
}

fn bench() -> Bench {
    bench_of(BmLiteModule::new(), config(2), usize::MAX)
}

/// Anna is enrolled in slot 3 and Bert in slot 12; the driver is in session.
fn crowd_of(module: BmLiteModule, retries: u8) -> Bench {
    let mut bench = bench_of(module, config(retries), usize::MAX).crowded();
    assert_eq!(bench.identify().unwrap(), hit(12));
    bench
}

fn crowd(retries: u8) -> Bench {
    crowd_of(BmLiteModule::new(), retries)
}

const STEPS: [&str; 6] = ["Place(1)", "Lift", "Place(2)", "Lift", "Place(3)", "Stored(Slot(7))"];

#[test]
fn finds_a_finger_and_nobody_else() {
    let mut bench = crowd(2);
    bench.module.device().place("anna");
    assert_eq!(bench.identify(), Ok(hit(3)));
    bench.module.device().place("cleo");
    assert_eq!(bench.identify(), Ok(None));
    // Each match was made twice, and each frame acknowledged.
    assert_eq!(bench.module.device().claims().len(), 4);
    let (sent, acknowledged) = bench.module.device().acknowledged();
    assert!(sent > 20 && sent == acknowledged, "{sent} {acknowledged}");
}

#[test]
fn verifies_one_slot_only() {
    let mut bench = crowd(2);
    assert_eq!(bench.verify(12), Ok(hit(12)));
    assert_eq!(bench.verify(3), Ok(None));
    assert_eq!(bench.verify(5), Ok(None));
    assert_eq!(device(bench.verify(50)), Fault::Slot(Slot(50)));
}

#[test]
fn nobody_comes_and_a_poor_capture_is_to_be_tried_again() {
    let mut bench = bench();
    assert_eq!(device(bench.identify()), Fault::NoFinger);
    bench.module.device().place_so("anna", Touch::Poor);
    let fault = device(bench.identify());
    assert_eq!((fault, fault.kind()), (Fault::Poor(Quality::Unclear), ErrorKind::Retry));
}

#[test]
fn a_finger_that_is_lifted_or_changed_before_the_second_capture_is_no_match() {
    for other in [None, Some("bert")] {
        let mut bench = crowd(2);
        bench.module.device().place("anna");
        let module = bench.module.clone();
        let mut clock = bench.clock.clone();
        let mut call = bench.driver.identify();
        while module.device().claims().len() < 3 {
            assert!(call.poll(clock.now()).is_err());
            clock.advance(Duration::from_millis(1));
        }
        match other {
            Some(other) => module.device().place(other),
            None => module.device().lift(),
        }
        assert_eq!(device(call.wait(&mut clock)), Fault::Unconfirmed(Slot(3)));
    }
}

#[test]
fn enrols_with_every_capture_lifted() {
    let mut bench = crowd(2);
    assert_eq!(bench.enrol(7, "cleo").unwrap(), STEPS);
    assert_eq!(bench.module.device().stored(7), Some("cleo"));
    assert_eq!(bench.identify(), Ok(hit(7)));
    let mut clock = bench.clock.clone();
    assert_eq!(bench.driver.holds(Slot(7)).wait(&mut clock), Ok(true));
    assert_eq!(bench.driver.holds(Slot(8)).wait(&mut clock), Ok(false));
}

#[test]
fn a_slot_in_use_and_a_known_finger_are_refused() {
    let mut bench = crowd(2);
    assert_eq!(device(bench.enrol(3, "cleo")), Fault::Occupied(Slot(3)));
    assert_eq!(device(bench.enrol(7, "anna")), Fault::Duplicate(hit(3).unwrap()));
    assert_eq!(device(bench.enrol(50, "cleo")), Fault::Slot(Slot(50)));
    assert_eq!(bench.count(), Ok(2));
}

#[test]
fn a_finger_that_stays_is_no_second_capture() {
    let mut bench = bench();
    let module = bench.module.clone();
    let result = told(bench.driver.enrol(Slot(0)), &mut bench.clock, |step| {
        if step == Enrolment::Place(1) {
            module.device().place("anna");
        }
    });
    assert_eq!(device(result), Fault::NotLifted);
    assert_eq!(bench.count(), Ok(0));
}

#[test]
fn deletes_one_or_all() {
    let mut bench = crowd(2);
    let mut clock = bench.clock.clone();
    for _ in 0..2 {
        bench.driver.delete(Slot(3)).wait(&mut clock).unwrap();
        assert_eq!(bench.count(), Ok(1));
    }
    let beyond = device(bench.driver.delete(Slot(50)).wait(&mut clock));
    assert_eq!(beyond.kind(), ErrorKind::Argument);
    bench.driver.clear().wait(&mut clock).unwrap();
    let library = bench.driver.count().wait(&mut clock);
    assert_eq!(library, Ok(Library { stored: 0, capacity: 50 }));
}

#[test]
fn a_template_that_is_no_slot_is_told() {
    let mut bench = crowd(2);
    bench.module.device().store(900, "dora");
    bench.module.device().place("dora");
    assert_eq!(device(bench.identify()), Fault::Stranger(Slot(900)));
}

#[test]
fn a_command_is_refused_with_its_result() {
    let mut bench = bench();
    let mut clock = bench.clock.clone();
    let fault = device(bench.driver.ask(Request::extract()).wait(&mut clock));
    assert_eq!(fault, Fault::Refused(IMAGE, Outcome::WrongState));
}

#[test]
fn a_full_list_comes_in_segments() {
    let module = BmLiteModule::new();
    let mut bench = bench_of(module, Config { capacity: 200, ..config(2) }, 7);
    for id in 0..200 {
        bench.module.device().store(id, &format!("finger {id}"));
    }
    let mut clock = bench.clock.clone();
    assert_eq!(bench.driver.holds(Slot(199)).wait(&mut clock), Ok(true));
    assert_eq!(bench.count(), Ok(200));
}

/// The rows of the table of faults, and more.
fn rows() -> Vec<(&'static str, BmLiteMisbehaviour)> {
    use BmLiteMisbehaviour::*;
    use LineFault::*;
    let mut twice = HIT.to_vec();
    twice.extend(HIT);
    let no_result = [3, 0, 2, 0, 10, 0, 1, 0, 1, 6, 0, 2, 0, 12, 0].to_vec();
    vec![
        ("wrong check", Line(WrongCheck)),
        ("byte flipped", Line(Flipped(18, 0x01))),
        ("byte doubled", Line(DoubledByte(12))),
        ("previous version first", Stale(INFO, AT_ONCE)),
        ("previous version first, this one later", Stale(INFO, LATER)),
        ("previous hit first", Stale(IDENTIFY, AT_ONCE)),
        ("previous hit first, this one later", Stale(IDENTIFY, LATER)),
        ("previous capture first, this one later", Stale(CAPTURE, LATER)),
        ("previous extraction first", Stale(IMAGE, AT_ONCE)),
        ("previous count first, this one later", Stale(STORAGE, LATER)),
        ("late", Line(Late(Duration::from_secs(8)))),
        ("silence", Line(Silence)),
        ("one byte lost", Line(LostByte(5))),
        ("first byte lost", Line(LostByte(0))),
        ("last byte lost", Line(LostByte(20))),
        ("junk before", Line(Noise(vec![0xA5]))),
        ("zeros before", Line(Noise(vec![0, 0, 0]))),
        ("half a frame before", Line(Noise(vec![0, 0, 0x1A, 0, 0x14, 0, 1, 0]))),
        ("an acknowledgement before", Line(Noise(vec![0x7F, 0xFF, 0x01, 0x7F]))),
        ("twice", Line(Repeated)),
        ("no acknowledgement", Acknowledgement(Silence)),
        ("acknowledgement flipped", Acknowledgement(Flipped(1, 0x10))),
        ("acknowledged twice", Acknowledgement(Repeated)),
        ("acknowledged late", Acknowledgement(Late(Duration::from_secs(8)))),
        ("a hit before", Before(HIT.to_vec(), AT_ONCE)),
        ("a hit before, this one later", Before(HIT.to_vec(), LATER)),
        ("a hit instead", Instead(HIT.to_vec())),
        ("two hits in one", Instead(twice)),
        ("a hit without result", Instead(no_result)),
        ("a message cut off", Instead(HIT[..19].to_vec())),
        ("an empty message", Instead(vec![])),
        ("the second segment first", Segment(2, 2)),
        ("a segment of none", Segment(1, 0)),
        ("segment zero", Segment(0, 1)),
        ("more segments that do not come", Segment(1, 2)),
        ("power cycle", PowerCycle),
    ]
}

/// A match is the finger's own, or it is a false one.
fn check(bench: &mut Bench, finger: &str, own: Option<u16>, row: &str) {
    bench.module.device().place(finger);
    let begun = bench.now();
    let result = bench.identify();
    let took = bench.now() - begun;
    assert!(took < DEADLINE, "{row}: {took:?}");
    if let Ok(found) = result {
        assert_eq!(found.map(|found| found.slot.0), own, "{row}");
    }
}

#[test]
fn no_row_of_the_table_is_accepted() {
    for (row, how) in rows() {
        for command in [CAPTURE, IMAGE, IDENTIFY, INFO] {
            for (finger, own) in [("cleo", None), ("anna", Some(3))] {
                for retries in [0, 2] {
                    let row = format!("{row}, on {command:04X}, {finger}, {retries} retries");
                    let mut bench = crowd(retries);
                    bench.module.device().misbehave_on(command, how.clone());
                    check(&mut bench, finger, own, &row);
                    assert!(bench.module.device().has_misbehaved(), "{row}");
                    // It recovers by itself.
                    bench.clock.advance(Duration::from_secs(9));
                    let _ = bench.identify();
                    let found = bench.identify().unwrap();
                    assert_eq!(found.map(|found| found.slot.0), own, "{row}");
                }
            }
        }
    }
}

#[test]
fn no_answer_of_a_conversation_is_a_weak_one() {
    for (row, how) in rows() {
        for nth in 0..13 {
            for (finger, own) in [("cleo", None), ("anna", Some(3))] {
                let mut bench = crowd(2);
                bench.module.device().misbehave_after(nth, how.clone());
                check(&mut bench, finger, own, &format!("{row}, answer {nth}"));
            }
        }
        for nth in 0..4 {
            let mut bench = bench_of(BmLiteModule::new(), config(0), usize::MAX);
            bench.module.device().store(3, "anna");
            bench.module.device().store(12, "bert");
            bench.module.device().misbehave_after(nth, how.clone());
            check(&mut bench, "cleo", None, &format!("{row}, opening, answer {nth}"));
        }
    }
}

#[test]
fn each_flipped_bit_is_refused() {
    for index in 0..34 {
        for bit in 0..8 {
            let mut bench = crowd(0);
            let flip = BmLiteMisbehaviour::Line(LineFault::Flipped(index, 1 << bit));
            bench.module.device().misbehave_on(IDENTIFY, flip);
            bench.module.device().place("anna");
            assert!(bench.identify().is_err(), "byte {index}, bit {bit}");
            assert_eq!(bench.identify().unwrap(), hit(3));
        }
    }
}

#[test]
fn a_command_that_is_not_acknowledged_is_told_from_one_not_answered() {
    let silence = [
        (BmLiteMisbehaviour::Acknowledgement(LineFault::Silence), Fault::Unacknowledged(CAPTURE)),
        (BmLiteMisbehaviour::Line(LineFault::Silence), Fault::Timeout(CAPTURE)),
    ];
    for (how, fault) in silence {
        let mut bench = crowd(0);
        bench.module.device().lift();
        bench.module.device().misbehave_on(CAPTURE, how);
        assert_eq!(device(bench.identify()), fault);
        assert_eq!(fault.kind(), ErrorKind::Timeout);
    }
}

#[test]
fn a_silent_module_is_given_up() {
    let mut bench = bench_of(BmLiteModule::new().deaf(), config(2), usize::MAX);
    let begun = bench.now();
    assert_eq!(device(bench.driver.count().wait(&mut bench.clock)).kind(), ErrorKind::Timeout);
    // Three openings, each as long as an acknowledgement is waited for.
    let took = bench.now() - begun;
    assert!(took > Duration::from_secs(6) && took < Duration::from_secs(7), "{took:?}");
    assert_eq!(bench.driver.interruptions(), 3);
}

#[test]
fn a_message_that_nobody_asked_for_ends_the_session() {
    let mut bench = crowd(1);
    let now = bench.clock.now();
    bench.module.device().say(&HIT, now);
    bench.module.device().place("cleo");
    assert_eq!(bench.identify(), Ok(None));
}

#[test]
fn an_enrolment_survives_any_one_fault_or_stores_nothing() {
    for (row, how) in rows() {
        for nth in (0..40).step_by(3) {
            let mut bench = crowd(2);
            bench.module.device().misbehave_after(nth, how.clone());
            let result = bench.enrol(7, "dora");
            let row = format!("{row}, answer {nth}: {result:?}");
            let stored = bench.module.device().stored(7).map(str::to_owned);
            match result {
                Ok(_) => assert_eq!(stored.as_deref(), Some("dora"), "{row}"),
                // Only when the line died just as it was saved.
                Err(_) if stored.is_some() => {
                    assert!(bench.module.device().commands().contains(&6), "{row}");
                }
                Err(_) => {}
            }
            assert_eq!(bench.module.device().stored(3), Some("anna"), "{row}");
            assert_eq!(bench.module.device().stored(12), Some("bert"), "{row}");
        }
    }
}

#[test]
fn an_identification_can_be_dropped_at_every_step() {
    bench::an_identification_can_be_dropped_at_every_step(bench);
}

#[test]
fn an_enrolment_can_be_dropped_at_every_step() {
    let saving = |module: &BmLiteModule| module.commands().contains(&TEMPLATE);
    bench::an_enrolment_can_be_dropped_at_every_step(bench, saving);
}

#[test]
fn any_chunking_gives_the_same() {
    bench::any_chunking_gives_the_same(|chunk| bench_of(BmLiteModule::new(), config(2), chunk));
}

#[test]
fn the_driver_keeps_the_promises_of_the_class() {
    let small = BmLiteModule::new().with_segments(3).with_result_first();
    for module in [BmLiteModule::new(), small] {
        bench::keeps_its_promises(bench_of(module, Config::new(50), usize::MAX));
    }
}

#[test]
fn the_suite_sees_what_this_driver_could_get_wrong() {
    bench::a_miss_taken_for_a_hit_is_seen(bench());
}

#[test]
fn a_poll_waits_without_end_for_a_person() {
    bench::waits_without_end_for_a_person(bench());
}

#[test]
fn a_pulled_cable_is_a_line_error() {
    bench::a_pulled_cable_is_a_line_error(bench());
}

#[test]
fn the_async_twin_does_the_same() {
    let (module, clock) = (Simulated::new(BmLiteModule::new()), VirtualClock::new());
    let driver = BmLite::new(module.port(clock.clone()).chunked(3), config(2));
    let mut sensor: Clocked<_, _> = Clocked::new(driver, clock);
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
        assert_eq!((steps.len(), steps.last()), (6, Some(&Enrolment::Stored(Slot(8)))));
        assert_eq!(AsyncFingerprintSensor::identify(&mut sensor).await.unwrap(), hit(8));
        assert_eq!(sensor.verify(Slot(7)).await.unwrap(), None);
        assert_eq!(sensor.library().await.unwrap().stored, 1);
        sensor.delete(Slot(8)).await.unwrap();
        assert_eq!(sensor.identify().await.unwrap(), None);
    });
}

#[test]
fn the_async_twin_can_be_dropped_at_every_step() {
    for polls in (0..).step_by(41) {
        let bench = bench().crowded();
        let (module, clock) = (bench.module, bench.clock);
        let mut sensor: Clocked<_, _> = Clocked::new(bench.driver, clock);
        let person = bench::obedient(&module, |_| "cleo");
        let done = drop_future_after(polls, sensor.enrol(Slot(7), person)).is_some();
        module.device().place("anna");
        assert_eq!(block_on(sensor.identify()).unwrap(), hit(3), "after {polls} polls");
        drop_future_after(polls, sensor.identify());
        assert_eq!(block_on(sensor.verify(Slot(3))).unwrap(), hit(3), "after {polls} polls");
        if done {
            assert_eq!(module.device().stored(7), Some("cleo"));
            return;
        }
    }
}

fn vector() -> Vec<u8> {
    bench::vector(include_str!("vectors/bmlite/frames.txt"))
}

#[test]
fn the_computed_frame() {
    let message = Request::version().to_bytes();
    let segment = Segment { number: 1, count: 1, data: &message };
    assert_eq!(segment.to_bytes(), vector()[..]);
    assert_eq!(Segment::split(&vector()), Ok((segment, &[][..])));
    for len in 0..vector().len() {
        assert_eq!(Segment::split(&vector()[..len]), Err(FrameError::Incomplete));
    }
}

proptest! {
    #[test]
    fn no_bytes_panic_or_are_lost(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let mut parser = Parser::new();
        let mut rest = &bytes[..];
        while !rest.is_empty() {
            let used = parser.push(rest);
            prop_assert!(used > 0 || parser.take().is_some());
            rest = &rest[used..];
        }
        let _ = Segment::split(&bytes);
    }

    #[test]
    fn whatever_the_module_says_nobody_is_let_in(noise in prop::collection::vec(any::<u8>(), 0..60)) {
        let mut bench = crowd(1);
        bench.module.device().place("cleo");
        let noise = BmLiteMisbehaviour::Line(LineFault::Noise(noise));
        bench.module.device().misbehave_on(IDENTIFY, noise);
        if let Ok(found) = bench.identify() {
            prop_assert_eq!(found, None);
        }
    }
}
