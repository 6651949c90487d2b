//! The F5 driver against the simulated module, one that misbehaves, and a
//! bad line: what was never matched is never accepted, and every call ends.

mod fingerprint_common;

use embedded_pos::fingerprint::f5::command::{self, Command, Compare, Hit, Search};
use embedded_pos::fingerprint::f5::frame::{Found, Frame, Parser};
use embedded_pos::fingerprint::f5::{Ack, Config, F5, Fault, Lift, Link, Permission, Timing};
use embedded_pos::fingerprint::{AsyncFingerprintSensor, Enrolment, Library, Match, Quality, Slot};
use embedded_pos::port::middleware::{FaultInjector, FaultPlan, Faults};
use embedded_pos::port::{CallError, Clock, Clocked, Duration, Port};
use embedded_pos::sim::fingerprint::{F5Misbehaviour as Misbehaviour, F5Module, Skin};
use embedded_pos::sim::{Fault as LineFault, Simulated, VirtualClock, block_on};
use embedded_pos::{Error, ErrorKind, ErrorType, nb};
use fingerprint_common::bench::{self, device};
use proptest::prelude::*;

const AT_ONCE: Duration = Duration::ZERO;
const LATER: Duration = Duration::from_millis(300);

/// Longer than any call takes that meets a fault.
const DEADLINE: Duration = Duration::from_secs(45);

type Bench = bench::Bench<F5Module, Link>;

fn config(retries: u8) -> Config {
    let three = Duration::from_secs(3);
    let timing = Timing { finger: three, lift: three, ..Timing::DEFAULT };
    Config { retries, timing, ..Config::waveshare() }
}

fn bench_of(module: F5Module, config: Config, chunk: usize) -> Bench {
    Bench::new(module, chunk, |port| F5::new(port, config))
}

fn bench() -> Bench {
    bench_of(F5Module::new(), config(2), usize::MAX)
}

/// Anna is enrolled in 3 and Bert in 12; the driver is in session.
fn crowd(retries: u8) -> Bench {
    let mut bench = bench_of(F5Module::new(), config(retries), usize::MAX);
    bench.module.device().store(4, "anna", 1);
    bench.module.device().store(13, "bert", 2);
    bench.module.device().place("bert");
    assert_eq!(bench.identify().unwrap().unwrap().slot, Slot(12));
    bench
}

/// Enrols as a person would who does as told, with a finger for each time one
/// is asked for.
fn enrol_with<'f>(
    bench: &mut Bench,
    slot: u16,
    mut fingers: impl FnMut() -> (&'f str, Skin),
) -> Result<Vec<String>, bench::Failure<Link>> {
    let module = bench.module.clone();
    bench::told(bench.driver.enrol(Slot(slot)), &mut bench.clock, |step| match step {
        Enrolment::Place(_) => {
            let (finger, skin) = fingers();
            module.device().place_badly(finger, skin);
        }
        Enrolment::Lift => module.device().lift(),
        _ => {}
    })
}

// What works.

#[test]
fn identifies_who_is_enrolled_and_nobody_else() {
    let mut bench = bench();
    bench.module.device().store(8, "anna", 1);
    bench.module.device().place("anna");
    assert_eq!(bench.identify(), Ok(Some(Match { slot: Slot(7), score: 0 })));
    assert_eq!(bench.module.device().claims().len(), 2, "a match is confirmed");
    bench.module.device().place("bert");
    assert_eq!(bench.identify(), Ok(None));
}

#[test]
fn verifies_one_slot_only() {
    let mut bench = crowd(0);
    bench.module.device().place("anna");
    assert_eq!(bench.verify(3).unwrap().unwrap().slot, Slot(3));
    assert_eq!(bench.verify(12), Ok(None));
    assert_eq!(bench.verify(5), Ok(None));
    let sent = bench.module.device().commands().len();
    assert_eq!(device(bench.verify(500)), Fault::Slot(Slot(500)));
    assert_eq!(bench.module.device().commands().len(), sent);
}

#[test]
fn nobody_comes() {
    let mut bench = bench();
    assert_eq!(bench.identify().unwrap_err().kind(), ErrorKind::Absent);
    assert!(bench.now() >= Duration::from_secs(3) && bench.now() < Duration::from_secs(5));
}

#[test]
fn a_finger_that_changes_between_two_images_is_no_match() {
    let mut bench = crowd(0);
    bench.module.device().place("anna");
    let mut call = bench.driver.identify();
    let claims = bench.module.device().claims().len();
    while bench.module.device().claims().len() == claims {
        assert_eq!(call.poll(bench.clock.now()), Err(nb::Error::WouldBlock));
        bench.clock.advance(Duration::from_millis(1));
    }
    bench.module.device().place("bert");
    let result = call.wait(&mut bench.clock);
    assert_eq!(device(result), Fault::Unconfirmed(Slot(3)));
}

#[test]
fn a_permission_is_no_status_and_a_status_no_permission() {
    // Permission 1 is the number of a failure.
    for (code, permission) in [(1, Permission::One), (2, Permission::Two), (3, Permission::Three)] {
        let hit = Hit { slot: Slot(4), permission };
        assert_eq!(Search.decode([0, 5, code]), Some(Ok(hit)));
        let mut bench = bench();
        bench.module.device().store(5, "anna", code);
        bench.module.device().place("anna");
        assert_eq!(bench.identify().unwrap().unwrap().slot, Slot(4));
    }
    assert_eq!(Search.decode([0, 0, 1]), Some(Err(Ack::Fail)));
    assert_eq!(Search.decode([0, 0, 5]), Some(Err(Ack::NoUser)));
    // Neither a hit without a template, nor a template without a permission.
    for answer in [[0, 0, 0], [0, 0, 2], [0, 0, 3], [0, 5, 0], [0, 5, 5], [0, 5, 8]] {
        assert_eq!(Search.decode(answer), None, "{answer:?}");
    }
    assert_eq!(Compare(Slot(4)).decode([0, 0, 1]), Some(Err(Ack::Fail)));
    assert_eq!(Compare(Slot(4)).decode([0, 5, 1]), None);
    for code in 0..=u8::MAX {
        assert_eq!(Ack::from(code).code(), code);
    }
}

#[test]
fn a_failure_of_the_search_is_poor_and_no_match() {
    let mut bench = crowd(2);
    bench.module.device().misbehave_on(0x0C, Misbehaviour::Instead([0, 0, 1]));
    assert_eq!(device(bench.identify()), Fault::Poor(Quality::Unclear));
}

#[test]
fn a_hit_with_a_permission_that_is_not_kept_is_none() {
    let mut bench = crowd(0);
    // Bert's is 2.
    bench.module.device().misbehave_on(0x0C, Misbehaviour::Instead([0, 13, 1]));
    assert_eq!(device(bench.identify()), Fault::Unconfirmed(Slot(12)));
}

#[test]
fn a_slot_beyond_the_library_is_no_match() {
    let mut bench = crowd(0);
    bench.module.device().misbehave_on(0x0C, Misbehaviour::Instead([0x01, 0xF5, 1]));
    assert_eq!(device(bench.identify()), Fault::OutOfStep(0x0C));
}

#[test]
fn enrols_with_every_capture_lifted() {
    use Enrolment::*;
    let mut bench = bench();
    let steps = bench.enrol(9, "anna").unwrap();
    let expected = [Place(1), Lift, Place(2), Lift, Place(3), Stored(Slot(9))];
    assert_eq!(steps, expected.map(|step| format!("{step:?}")));
    assert_eq!(bench.module.device().stored(10), Some("anna"));
    let count = bench.driver.count().wait(&mut bench.clock);
    assert_eq!(count, Ok(Library { stored: 1, capacity: 500 }));
    assert_eq!(bench.identify().unwrap().unwrap().slot, Slot(9));
    assert_eq!(device(bench.enrol(9, "bert")), Fault::Occupied(Slot(9)));
    let twin = Match { slot: Slot(9), score: 0 };
    assert_eq!(device(bench.enrol(10, "anna")), Fault::Duplicate(twin));
    assert_eq!(device(bench.enrol(500, "bert")).kind(), ErrorKind::Argument);
    assert_eq!(bench.count(), Ok(1));
}

#[test]
fn a_finger_that_stays_is_no_second_capture() {
    let mut bench = bench();
    bench.module.device().place("anna");
    let result = bench.driver.enrol(Slot(1)).wait(&mut bench.clock);
    assert_eq!(device(result), Fault::NotLifted);
    assert_eq!(bench.module.device().stored(2), None);
}

#[test]
fn two_fingers_make_no_template() {
    let mut bench = bench();
    let mut fingers = ["anna", "bert"].into_iter();
    let result = enrol_with(&mut bench, 1, || (fingers.next().unwrap_or("bert"), Skin::Good));
    assert_eq!(device(result), Fault::Poor(Quality::Unclear));
    assert_eq!(bench.module.device().stored(2), None);
    assert!(bench.enrol(1, "anna").is_ok());
}

#[test]
fn a_module_that_forgets_half_an_enrolment_is_given_the_time_instead() {
    let config = Config { lift: Lift::Waited(Duration::from_secs(2)), ..config(0) };
    let mut bench = bench_of(F5Module::new().forgetful(), config, usize::MAX);
    assert_eq!(bench.enrol(1, "anna").unwrap().len(), 6);
    assert_eq!(bench.module.device().stored(2), Some("anna"));
    assert!(bench.now() > Duration::from_secs(4));
    let mut bench = bench_of(F5Module::new().forgetful(), self::config(0), usize::MAX);
    assert!(bench.enrol(1, "anna").is_err());
}

#[test]
fn a_poor_capture_is_asked_for_again_and_again_but_not_for_ever() {
    use Enrolment::*;
    let mut bench = bench();
    let mut skins = [Skin::Dry, Skin::Good, Skin::Wet].into_iter();
    let steps = enrol_with(&mut bench, 1, || ("anna", skins.next().unwrap_or(Skin::Good))).unwrap();
    let poor = Poor(Quality::Unclear);
    let expected = [
        vec![Place(1), poor, Lift],
        vec![Place(1), Lift, Place(2), poor, Lift],
        vec![Place(2), Lift, Place(3), Stored(Slot(1))],
    ];
    let expected = expected.concat();
    assert_eq!(steps, expected.iter().map(|step| format!("{step:?}")).collect::<Vec<_>>());
    let result = enrol_with(&mut bench, 2, || ("bert", Skin::Wet));
    assert_eq!(device(result), Fault::Poor(Quality::Unclear));
}

#[test]
fn a_twin_that_only_the_module_sees_is_one() {
    let mut bench = crowd(0);
    bench.module.device().misbehave_on(0x02, Misbehaviour::Instead([0, 0, 7]));
    assert_eq!(device(bench.enrol(20, "dora")), Fault::AlreadyEnrolled);
    assert_eq!(bench.module.device().stored(21), None);
}

#[test]
fn deletes_what_is_there_and_what_is_not() {
    let mut bench = crowd(0);
    let clock = &mut bench.clock;
    for _ in 0..2 {
        bench.driver.delete(Slot(3)).wait(clock).unwrap();
    }
    assert_eq!(device(bench.driver.delete(Slot(500)).wait(clock)), Fault::Slot(Slot(500)));
    for _ in 0..2 {
        bench.driver.clear().wait(clock).unwrap();
    }
    assert_eq!(bench.count(), Ok(0));
}

#[test]
fn commands_can_be_sent_one_by_one() {
    let mut bench = crowd(0);
    let clock = &mut bench.clock;
    assert_eq!(bench.driver.serial().wait(clock), Ok(0x0012_3456));
    bench.driver.set_level(7).wait(clock).unwrap();
    let kept = bench.driver.ask(command::Privilege(Slot(12))).wait(clock);
    assert_eq!(kept, Ok(Permission::Two));
    assert_eq!(bench.driver.ask(Compare(Slot(12))).wait(clock), Ok(()));
    let refused = device(bench.driver.ask(Compare(Slot(3))).wait(clock));
    assert_eq!(refused, Fault::Refused(0x0B, Ack::Fail));
    assert_eq!(refused.to_string(), "command 0Bh refused: failed (01h)");
    bench.driver.sleep().wait(clock).unwrap();
}

#[test]
fn a_module_that_lost_power_while_nobody_came_is_asked_again() {
    let mut bench = crowd(2);
    bench.module.device().lift();
    bench.module.device().misbehave_after(3, Misbehaviour::PowerCycle);
    let mut call = bench.driver.identify();
    for millis in 0..30_000 {
        if millis == 500 {
            bench.module.device().place("anna");
        }
        match call.poll(bench.clock.now()) {
            Err(nb::Error::WouldBlock) => bench.clock.advance(Duration::from_millis(1)),
            found => {
                assert_eq!(found.unwrap().unwrap().slot, Slot(3));
                return;
            }
        }
    }
    panic!("it never ended");
}

// The class.

#[test]
fn the_driver_keeps_the_promises_of_the_class() {
    for (capacity, config) in [(500, Config::waveshare()), (20, Config::with_capacity(20))] {
        let module = F5Module::new().with_capacity(capacity);
        bench::keeps_its_promises(bench_of(module, config, usize::MAX));
    }
}

#[test]
fn what_is_the_same_for_every_family() {
    bench::any_chunking_gives_the_same(|chunk| bench_of(F5Module::new(), config(0), chunk));
    bench::waits_without_end_for_a_person(bench());
    bench::a_miss_taken_for_a_hit_is_seen(bench());
    bench::a_pulled_cable_is_a_line_error(bench());
    bench::an_identification_can_be_dropped_at_every_step(bench);
    bench::an_enrolment_can_be_dropped_at_every_step(bench, |module| {
        module.commands().contains(&0x03)
    });
}

#[test]
fn the_async_twin_does_the_same() {
    let (module, clock) = (Simulated::new(F5Module::new()), VirtualClock::new());
    let driver = F5::new(module.port(clock.clone()).chunked(3), config(2));
    let mut sensor: Clocked<_, _> = Clocked::new(driver, clock);
    block_on(async {
        let person = module.clone();
        let mut steps = 0;
        let told = |step| {
            steps += 1;
            match step {
                Enrolment::Lift => person.device().lift(),
                _ => person.device().place("anna"),
            }
        };
        sensor.enrol(Slot(8), told).await.unwrap();
        assert_eq!(steps, 6);
        assert_eq!(sensor.identify().await.unwrap().map(|found| found.slot), Some(Slot(8)));
        assert_eq!(sensor.verify(Slot(7)).await.unwrap(), None);
        assert_eq!(sensor.library().await.unwrap().stored, 1);
        sensor.delete(Slot(8)).await.unwrap();
        assert_eq!(sensor.identify().await.unwrap(), None);
    });
}

// What is wrong.

fn rows() -> Vec<(String, Misbehaviour)> {
    use LineFault::*;
    use Misbehaviour::*;
    let fixed = [
        ("wrong end", Line(WrongCheck)),
        ("wrong check", Line(Flipped(6, 0x01))),
        ("number inverted", Line(Flipped(3, 0xFF))),
        ("a failure made good", Line(Flipped(4, 0x01))),
        ("byte doubled", Line(DoubledByte(3))),
        ("late", Line(Late(Duration::from_secs(5)))),
        ("silence", Line(Silence)),
        ("one byte lost", Line(LostByte(3))),
        ("first byte lost", Line(LostByte(0))),
        ("last byte lost", Line(LostByte(7))),
        ("junk before", Line(Noise(vec![0xA5]))),
        ("a mark before", Line(Noise(vec![0xF5]))),
        ("half a frame before", Line(Noise(vec![0xF5, 0x0C, 0, 4]))),
        ("twice", Line(Repeated)),
        ("a good answer before", Before([0, 0, 0], AT_ONCE)),
        ("a good answer before, this one later", Before([0, 0, 0], LATER)),
        ("a hit before", Before([0, 13, 2], AT_ONCE)),
        ("a hit before, this one later", Before([0, 13, 2], LATER)),
        ("a miss before, this one later", Before([0, 0, 5], LATER)),
        ("unknown", Instead([0, 0, 0x77])),
        ("power cycle", PowerCycle),
    ];
    let mut rows: Vec<_> = fixed.map(|(name, how)| (name.to_owned(), how)).to_vec();
    for command in [0x2E, 0x09, 0x0A, 0x0B, 0x0C] {
        for gap in [AT_ONCE, LATER] {
            rows.push((format!("stale {command:02X}h, {gap:?}"), Stale(command, gap)));
        }
    }
    rows
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
fn no_row_of_the_table_is_accepted_on_any_answer() {
    for (row, how) in rows() {
        for nth in 0..12 {
            for (finger, own) in [("cleo", None), ("anna", Some(3))] {
                for retries in [0, 2] {
                    let mut bench = crowd(retries);
                    bench.module.device().misbehave_after(nth, how.clone());
                    check(&mut bench, finger, own, &format!("{row}, reply {nth}"));
                    if !bench.module.device().has_misbehaved() {
                        continue;
                    }
                    // It recovers by itself.
                    bench.clock.advance(Duration::from_secs(6));
                    let _ = bench.identify();
                    let found = bench.identify().unwrap();
                    assert_eq!(found.map(|found| found.slot.0), own, "{row}, reply {nth}");
                }
            }
        }
    }
}

#[test]
fn no_reply_of_an_opening_is_a_weak_one() {
    for (row, how) in rows() {
        for nth in 0..4 {
            let mut bench = bench_of(F5Module::new(), config(0), usize::MAX);
            bench.module.device().store(4, "anna", 1);
            bench.module.device().misbehave_after(nth, how.clone());
            check(&mut bench, "cleo", None, &format!("{row}, reply {nth}"));
        }
    }
}

#[test]
fn a_retry_survives_what_the_line_does() {
    for (row, how) in rows() {
        let mut bench = crowd(2);
        bench.module.device().misbehave_on(0x0C, how);
        bench.module.device().place("anna");
        let result = bench.identify();
        assert!(result.is_ok(), "{row}: {result:?}");
    }
}

#[test]
fn each_flipped_bit_is_refused() {
    for index in 0..8 {
        for bit in 0..8 {
            let mut bench = crowd(0);
            let flip = Misbehaviour::Line(LineFault::Flipped(index, 1 << bit));
            bench.module.device().misbehave_on(0x0C, flip);
            bench.module.device().place("anna");
            assert!(bench.identify().is_err(), "byte {index}, bit {bit}");
            assert_eq!(bench.identify().unwrap().unwrap().slot, Slot(3));
        }
    }
}

#[test]
fn a_frame_that_nobody_asked_for_ends_the_session() {
    let mut bench = crowd(1);
    let count = Frame::new(0x09, [0, 9, 0]).encode();
    bench.module.device().babble(&count, bench.clock.now());
    assert_eq!(bench.count(), Ok(2));
    let commands = bench.module.device().commands().to_vec();
    assert!(commands.ends_with(&[0x2E, 0x09, 0x09, 0x0A]), "{commands:02X?}");
}

#[test]
fn an_enrolment_survives_any_one_fault_or_stores_nothing() {
    for (row, how) in rows() {
        for nth in 0..24 {
            let mut bench = crowd(2);
            bench.module.device().misbehave_after(nth, how.clone());
            let result = bench.enrol(20, "dora");
            let stored = bench.module.device().stored(21).map(str::to_owned);
            match result {
                Ok(_) => assert_eq!(stored.as_deref(), Some("dora"), "{row}, reply {nth}"),
                Err(_) => assert!(stored.is_none() || row == "late", "{row}, reply {nth}"),
            }
            assert_eq!(bench.module.device().stored(13), Some("bert"));
        }
    }
}

#[test]
fn a_deletion_is_believed_only_when_it_is_done() {
    for (row, how) in rows() {
        for retries in [0, 2] {
            for nth in 0..4 {
                let mut bench = crowd(retries);
                bench.module.device().misbehave_after(nth, how.clone());
                let result = bench.driver.delete(Slot(12)).wait(&mut bench.clock);
                if result.is_ok() {
                    assert_eq!(bench.module.device().stored(13), None, "{row}, reply {nth}");
                }
            }
        }
    }
}

#[test]
fn a_pulled_cable_is_a_line_error_and_silence_ends_soon() {
    let mut bench = crowd(2);
    bench.module.unplug();
    assert_eq!(bench.count().unwrap_err().kind(), ErrorKind::Line);
    bench.module.plug();
    assert_eq!(bench.count(), Ok(2));
    let mut clock = VirtualClock::in_steps(Duration::from_millis(1));
    let mut silent = F5::new(Noise(Vec::new(), 1), config(2));
    let result = silent.count().wait(&mut clock);
    assert_eq!(result, Err(CallError::Device(Fault::Timeout(0x2E))));
    assert!(clock.now().since(Default::default()) < Duration::from_secs(6));
}

/// xorshift, so that a session can be repeated.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(n).unwrap()).unwrap()
    }
}

fn any_fault(dice: &mut Dice) -> Misbehaviour {
    use LineFault::*;
    let index = dice.below(9);
    let mask = u8::try_from(1 + dice.below(255)).unwrap();
    match dice.below(7) {
        0 => Misbehaviour::Line(Flipped(index, mask)),
        1 => Misbehaviour::Line(LostByte(index)),
        2 => Misbehaviour::Line(DoubledByte(index)),
        3 => Misbehaviour::Line(Late(Duration::from_millis(dice.below(6_000) as u64))),
        4 => Misbehaviour::Line(Noise((0..=index).map(|_| dice.below(256) as u8).collect())),
        _ => {
            let rows = rows();
            rows[dice.below(rows.len())].1.clone()
        }
    }
}

/// One call; a match that comes of it was made for the finger, in this call.
fn one_call(bench: &mut Bench, dice: &mut Dice, seed: u64) {
    let finger = ["anna", "bert", "cleo", "dora"][dice.below(4)];
    bench.module.device().place(finger);
    let (claims, begun) = (bench.module.device().claims().len(), bench.now());
    let found = match dice.below(4) {
        0 | 1 => bench.identify(),
        2 => bench.verify([3, 12, 40][dice.below(3)]),
        _ => {
            if let Ok(count) = bench.count() {
                assert_eq!(count, 2, "seed {seed}");
            }
            Ok(None)
        }
    };
    assert!(bench.now() - begun < DEADLINE, "seed {seed}");
    if let Ok(Some(found)) = found {
        let device = bench.module.device();
        let own = device.claims()[claims..]
            .iter()
            .filter(|claim| claim.finger == finger && claim.slot == found.slot.0 + 1);
        assert!(own.count() >= 2, "seed {seed}: {found:?}");
    }
}

#[test]
fn a_thousand_sessions_with_a_fault_each() {
    for seed in 1..=1_000_u64 {
        let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let chunk = 1 + dice.below(20);
        let mut bench = bench_of(F5Module::new(), config(2), chunk);
        bench.module.device().store(4, "anna", 1);
        bench.module.device().store(13, "bert", 2);
        let fault = any_fault(&mut dice);
        bench.module.device().misbehave_after(dice.below(30), fault);
        for _ in 0..4 {
            one_call(&mut bench, &mut dice, seed);
        }
    }
}

#[test]
fn a_bad_line_makes_no_match() {
    for seed in 0..60 {
        let mut clock = VirtualClock::in_steps(Duration::from_millis(1));
        let module = Simulated::new(F5Module::new());
        module.device().store(13, "bert", 2);
        module.device().place("cleo");
        let plan = FaultPlan {
            seed,
            inbound: Faults::DROP
                | Faults::FLIP
                | Faults::INSERT
                | Faults::DUPLICATE
                | Faults::DELAY,
            outbound: Faults::DROP | Faults::FLIP,
            one_in: 60,
            apart: 0,
            at_most: 40,
            delay: Duration::from_millis(120),
        };
        let port = FaultInjector::new(module.port(clock.clone()), clock.clone(), plan);
        let mut driver = F5::new(port, config(2));
        for _ in 0..3 {
            let begun = clock.now();
            let found = driver.identify().wait(&mut clock);
            assert!(!matches!(found, Ok(Some(_))), "seed {seed}: {found:?}");
            assert!(clock.now().since(begun) < DEADLINE, "seed {seed}");
        }
    }
}

/// A port that gives these bytes, whatever it is told.
#[derive(Debug)]
struct Noise(Vec<u8>, usize);

impl ErrorType for Noise {
    type Error = ErrorKind;
}

impl Port for Noise {
    fn try_read(&mut self, buf: &mut [u8]) -> nb::Result<usize, ErrorKind> {
        let n = self.1.min(self.0.len()).min(buf.len());
        buf[..n].copy_from_slice(&self.0[..n]);
        self.0.drain(..n);
        if n == 0 { Err(nb::Error::WouldBlock) } else { Ok(n) }
    }

    fn try_write(&mut self, bytes: &[u8]) -> nb::Result<usize, ErrorKind> {
        Ok(bytes.len())
    }
}

// Frames.

fn bytes(hex: &str) -> Vec<u8> {
    hex.split_whitespace().map(|byte| u8::from_str_radix(byte, 16).unwrap()).collect()
}

fn vectors() -> Vec<(String, Vec<u8>)> {
    include_str!("vectors/f5/frames.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.split_once('|').unwrap())
        .map(|(name, frame)| (name.trim().to_owned(), bytes(frame)))
        .collect()
}

/// What a parser finds in a stream that comes in chunks.
fn found(stream: &[u8], chunk: usize) -> Vec<Found> {
    let mut parser = Parser::new();
    let mut all = Vec::new();
    for mut bytes in stream.chunks(chunk) {
        while !bytes.is_empty() {
            bytes = &bytes[parser.push(bytes)..];
            while let Some(found) = parser.take() {
                all.push(found);
            }
        }
    }
    all
}

#[test]
fn vectors_are_frames_and_nothing_near_them_is() {
    for (name, bytes) in vectors() {
        let (frame, rest) = Frame::split(&bytes).unwrap();
        assert!(frame.is_intact() && rest.is_empty(), "{name}");
        assert_eq!(frame.encode(), bytes[..], "{name}");
        assert_eq!(found(&bytes, 5), [Found::Frame(frame)]);
        for len in 0..bytes.len() {
            assert!(Frame::split(&bytes[..len]).is_err(), "{name} cut to {len}");
            assert!(found(&bytes[..len], 1).is_empty(), "{name} cut to {len}");
        }
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            let all = found(&flipped, 1);
            assert!(all.iter().all(|found| *found == Found::Damaged), "{name}, bit {bit}: {all:?}");
        }
    }
}

#[test]
fn marks_within_do_not_end_a_frame() {
    let frame = Frame::new(0x0C, [0xF5, 0xF5, 0x01]);
    let stream = [&[0xF5, 0xF5][..], &frame.encode(), &frame.encode()].concat();
    for chunk in 1..stream.len() {
        assert!(found(&stream, chunk).ends_with(&[Found::Frame(frame)]), "{chunk}");
    }
}

#[test]
fn commands_are_those_of_the_vectors() {
    fn frame<C: Command>(command: C) -> Vec<u8> {
        Frame::new(C::CODE, command.parameters()).encode().into()
    }
    let write = command::WriteFeatures { slot: Slot(4), permission: Permission::One };
    assert_eq!(write.owner(), [0, 5, 1]);
    let sent = [
        frame(command::SetBaud(115_200)),
        frame(command::ReadFeatures(Slot(4))),
        frame(write),
        frame(command::Set::<0x28>(7)),
    ];
    let vectors: Vec<_> = vectors().into_iter().map(|(_, bytes)| bytes).collect();
    assert!(vectors.ends_with(&sent));
}

/// Frames with garbage between them.
fn stream() -> impl Strategy<Value = Vec<u8>> {
    let frame =
        any::<[u8; 4]>().prop_map(|[a, b, c, d]| Frame::new(a, [b, c, d]).encode().to_vec());
    let marks = prop::collection::vec(prop_oneof![Just(0xF5_u8), any::<u8>()], 0..20);
    prop::collection::vec(prop_oneof![frame, marks], 0..8).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn no_bytes_panic_and_every_call_ends(
        bytes in prop::collection::vec(any::<u8>(), 0..3_000),
        chunk in 1_usize..64,
    ) {
        let mut clock = VirtualClock::in_steps(Duration::from_millis(1));
        let mut driver = F5::new(Noise(bytes, chunk), config(2));
        prop_assert!(driver.identify().wait(&mut clock).is_err());
        prop_assert!(clock.now().since(Default::default()) < DEADLINE);
    }

    #[test]
    fn chunks_do_not_matter(stream in stream(), chunk in 1_usize..50) {
        prop_assert_eq!(found(&stream, chunk), found(&stream, 1));
    }

    #[test]
    fn garbage_without_a_mark_hides_no_frame(
        garbage in prop::collection::vec(0_u8..0xF5, 0..30),
        parts in any::<[u8; 4]>(),
    ) {
        let [a, b, c, d] = parts;
        let frame = Frame::new(a, [b, c, d]);
        let stream = [&garbage[..], &frame.encode()].concat();
        prop_assert_eq!(found(&stream, 300), [Found::Frame(frame)]);
    }
}
