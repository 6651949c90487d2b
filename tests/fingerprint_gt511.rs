//! The GT-511 driver against the simulated module, one that misbehaves, and a
//! bad line: what was never matched is never accepted, and every call ends.

mod fingerprint_common;

use embedded_pos::fingerprint::gt511::command::{self, Command, Identify, Verify};
use embedded_pos::fingerprint::gt511::frame::{Data, Found, Packet, Parser};
use embedded_pos::fingerprint::gt511::{Config, Fault, Gt511, Link, Nack, Timing};
use embedded_pos::fingerprint::{AsyncFingerprintSensor, Enrolment, Library, Match, Quality, Slot};
use embedded_pos::port::middleware::{FaultInjector, FaultPlan, Faults};
use embedded_pos::port::{CallError, Clock, Clocked, Duration, Port};
use embedded_pos::sim::fingerprint::{Gt511Misbehaviour as Misbehaviour, Gt511Module, Skin};
use embedded_pos::sim::{Fault as LineFault, Simulated, VirtualClock, block_on};

use embedded_pos::{Error, ErrorKind, ErrorType, nb};
use fingerprint_common::bench::{self, device};
use proptest::prelude::*;

type Bench = bench::Bench<Gt511Module, Link>;

const AT_ONCE: Duration = Duration::ZERO;
const LATER: Duration = Duration::from_millis(300);

/// Longer than any call takes that meets a fault.
const DEADLINE: Duration = Duration::from_secs(45);

fn config(retries: u8) -> Config {
    let three = Duration::from_secs(3);
    let timing = Timing { finger: three, lift: three, ..Timing::DEFAULT };
    Config { retries, timing, ..Config::gt511c3() }
}

fn bench_of(module: Gt511Module, config: Config, chunk: usize) -> Bench {
    Bench::new(module, chunk, |port| Gt511::new(port, config))
}

fn bench() -> Bench {
    bench_of(Gt511Module::new(), config(2), usize::MAX)
}

/// Anna is enrolled in 3 and Bert in 12; the driver is in session.
fn crowd(retries: u8) -> Bench {
    let mut bench = bench_of(Gt511Module::new(), config(retries), usize::MAX);
    bench.module.device().store(3, "anna");
    bench.module.device().store(12, "bert");
    bench.module.device().place("bert");
    assert_eq!(bench.identify().unwrap().unwrap().slot, Slot(12));
    bench
}

/// Enrols with a finger, good or bad, for each time one is asked for.
fn enrol_skins(
    bench: &mut Bench,
    slot: u16,
    mut skins: impl FnMut() -> Skin,
) -> Result<Vec<String>, bench::Failure<Link>> {
    let module = bench.module.clone();
    bench::told(bench.driver.enrol(Slot(slot)), &mut bench.clock, |step| match step {
        Enrolment::Place(_) => module.device().place_badly("anna", skins()),
        Enrolment::Lift => module.device().lift(),
        _ => {}
    })
}

fn steps(steps: &[Enrolment]) -> Vec<String> {
    steps.iter().map(|step| format!("{step:?}")).collect()
}

// What works.

#[test]
fn identifies_who_is_enrolled_and_nobody_else() {
    let mut bench = bench();
    bench.module.device().store(7, "anna");
    bench.module.device().place("anna");
    assert_eq!(bench.identify(), Ok(Some(Match { slot: Slot(7), score: 0 })));
    assert_eq!(bench.module.device().claims().len(), 2, "a match is confirmed");
    assert!(bench.module.device().is_lit());
    bench.module.device().place("bert");
    assert_eq!(bench.identify(), Ok(None));
    bench.driver.led(false).wait(&mut bench.clock).unwrap();
    assert!(!bench.module.device().is_lit());
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
    assert_eq!(device(bench.verify(200)), Fault::Slot(Slot(200)));
    assert_eq!(bench.module.device().commands().len(), sent);
}

#[test]
fn a_poor_capture_is_neither_a_match_nor_none() {
    for skin in [Skin::Wet, Skin::Dry, Skin::Moving] {
        let mut bench = crowd(2);
        bench.module.device().place_badly("anna", skin);
        assert_eq!(device(bench.identify()), Fault::Poor(Quality::Unclear));
        assert_eq!(bench.identify().unwrap_err().kind(), ErrorKind::Retry);
    }
}

#[test]
fn nobody_comes() {
    let mut bench = bench();
    assert_eq!(bench.identify().unwrap_err().kind(), ErrorKind::Absent);
    assert!(bench.now() >= Duration::from_secs(3) && bench.now() < Duration::from_secs(4));
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
fn a_refusal_is_no_slot() {
    // The trap that made a library report ID 200: a refusal's parameter can be
    // that of a slot.
    assert_eq!(Nack::from(200), Nack::Duplicate(200));
    assert_eq!(Nack::from(3_000), Nack::Other(3_000));
    for code in (0..0x1100).chain([u32::MAX]) {
        assert_eq!(Nack::from(code).code(), code);
        assert!(
            !Identify::KIND.may_be_refused(Nack::from(code)) || (0x1008..0x100D).contains(&code)
        );
    }
    for parameter in [3, 12, 199, 200, 0x1008] {
        let mut bench = bench_of(Gt511Module::new(), Config::gt521f52(), usize::MAX);
        bench.module.device().store(3, "anna");
        bench.module.device().place("cleo");
        bench.module.device().misbehave_on(0x51, Misbehaviour::Instead(false, parameter));
        // Asked again, or taken for what it is: no match either way.
        assert_eq!(bench.identify(), Ok(None), "{parameter}");
    }
}

#[test]
fn a_slot_beyond_the_library_is_no_match() {
    let mut bench = crowd(0);
    bench.module.device().misbehave_on(0x51, Misbehaviour::Instead(true, 200));
    assert_eq!(device(bench.identify()), Fault::OutOfStep(0x51));
}

#[test]
fn enrols_with_every_capture_lifted() {
    use Enrolment::*;
    let mut bench = bench();
    let told = bench.enrol(9, "anna").unwrap();
    assert_eq!(told, steps(&[Place(1), Lift, Place(2), Lift, Place(3), Stored(Slot(9))]));
    assert_eq!(bench.module.device().stored(9), Some("anna"));
    let count = bench.driver.count().wait(&mut bench.clock);
    assert_eq!(count, Ok(Library { stored: 1, capacity: 200 }));
    assert_eq!(bench.identify().unwrap().unwrap().slot, Slot(9));
    assert_eq!(device(bench.enrol(9, "bert")), Fault::Occupied(Slot(9)));
    let twin = Match { slot: Slot(9), score: 0 };
    assert_eq!(device(bench.enrol(10, "anna")), Fault::Duplicate(twin));
    assert_eq!(device(bench.enrol(200, "bert")).kind(), ErrorKind::Argument);
    assert_eq!(bench.count(), Ok(1));
}

#[test]
fn a_finger_that_stays_is_no_second_capture() {
    let mut bench = bench();
    bench.module.device().place("anna");
    let result = bench.driver.enrol(Slot(1)).wait(&mut bench.clock);
    assert_eq!(device(result), Fault::NotLifted);
    assert_eq!(bench.module.device().stored(1), None);
}

#[test]
fn two_fingers_make_no_template() {
    let mut bench = bench();
    let result = bench.enrol_with(1, |capture| if capture == 1 { "anna" } else { "bert" });
    assert_eq!(device(result), Fault::DifferentFingers);
    assert_eq!(bench.module.device().stored(1), None);
    assert!(bench.enrol(1, "anna").is_ok());
}

#[test]
fn a_poor_capture_is_asked_for_again_and_again_but_not_for_ever() {
    use Enrolment::*;
    let mut bench = bench();
    let mut skins = [Skin::Dry, Skin::Good, Skin::Wet].into_iter();
    let told = enrol_skins(&mut bench, 1, || skins.next().unwrap_or(Skin::Good)).unwrap();
    let poor = Poor(Quality::Unclear);
    let expected = [
        vec![Place(1), poor, Lift],
        vec![Place(1), Lift, Place(2), poor, Lift],
        vec![Place(2), Lift, Place(3), Stored(Slot(1))],
    ];
    assert_eq!(told, steps(&expected.concat()));
    bench.driver.delete(Slot(1)).wait(&mut bench.clock).unwrap();
    let result = enrol_skins(&mut bench, 2, || Skin::Wet);
    assert_eq!(device(result), Fault::Poor(Quality::Unclear));
}

#[test]
fn a_twin_that_only_the_module_sees_is_one() {
    let mut bench = crowd(0);
    bench.module.device().misbehave_on(0x24, Misbehaviour::Instead(false, 12));
    let twin = Match { slot: Slot(12), score: 0 };
    assert_eq!(device(bench.enrol(20, "dora")), Fault::Duplicate(twin));
    assert_eq!(bench.module.device().stored(20), None);
}

#[test]
fn deletes_what_is_there_and_what_is_not() {
    let mut bench = crowd(0);
    let clock = &mut bench.clock;
    for _ in 0..2 {
        bench.driver.delete(Slot(3)).wait(clock).unwrap();
    }
    assert_eq!(device(bench.driver.delete(Slot(200)).wait(clock)), Fault::Slot(Slot(200)));
    for _ in 0..2 {
        bench.driver.clear().wait(clock).unwrap();
    }
    assert_eq!(bench.count(), Ok(0));
}

#[test]
fn nothing_to_delete_is_deleted() {
    for (code, how) in [(0x21, 0x1004), (0x21, 0x100A), (0x40, 0x1004), (0x40, 0x100A)] {
        let mut bench = crowd(0);
        bench.module.device().misbehave_on(code, Misbehaviour::Instead(false, how));
        bench.driver.delete(Slot(3)).wait(&mut bench.clock).unwrap();
        assert!(bench.module.device().has_misbehaved());
    }
    let mut empty = bench();
    empty.driver.delete(Slot(3)).wait(&mut empty.clock).unwrap();
}

#[test]
fn a_full_library_takes_no_template() {
    let mut bench = crowd(2);
    bench.module.device().misbehave_on(0x22, Misbehaviour::Instead(false, 0x1009));
    let full = device(bench.enrol(20, "dora"));
    assert_eq!((full, full.kind()), (Fault::Refused(0x22, Nack::Full), ErrorKind::Refused));
    assert_eq!(bench.module.device().stored(20), None);
    // A configuration that promises more slots than there are.
    let module = Gt511Module::new().with_capacity(20);
    let mut bench = bench_of(module, Config::gt511c3(), usize::MAX);
    assert_eq!(device(bench.enrol(20, "dora")), Fault::OutOfStep(0x21));
    assert!(bench.enrol(19, "dora").is_ok());
}

#[test]
fn says_what_it_is_and_that_it_is_another() {
    let mut bench = crowd(0);
    let info = bench.driver.init().wait(&mut bench.clock).unwrap();
    assert_eq!((info.firmware, &info.serial), (0x2014_0410, b"SIM-GT511C3-0001"));
    bench.module.device().replace(*b"SIM-GT511C3-0002");
    assert_eq!(device(bench.driver.init().wait(&mut bench.clock)), Fault::Replaced);
    assert_eq!(&bench.driver.init().wait(&mut bench.clock).unwrap().serial[12..], b"0002");
}

#[test]
fn commands_can_be_sent_one_by_one() {
    let mut bench = crowd(0);
    let clock = &mut bench.clock;
    assert_eq!(bench.driver.ask(command::IsPressFinger).wait(clock), Ok(true));
    bench.driver.capture(true).wait(clock).unwrap();
    assert_eq!(bench.driver.ask(Verify(Slot(12))).wait(clock), Ok(()));
    bench.driver.capture(false).wait(clock).unwrap();
    let refused = device(bench.driver.ask(Verify(Slot(3))).wait(clock));
    assert_eq!(refused, Fault::Refused(0x50, Nack::VerifyFailed));
    assert_eq!(refused.to_string(), "command 50h refused: not the finger of the slot (1007h)");
    bench.driver.close().wait(clock).unwrap();
}

#[test]
fn a_module_that_lost_power_while_nobody_came_sees_again() {
    let mut bench = crowd(0);
    bench.module.device().lift();
    let mut call = bench.driver.identify();
    for millis in 0..2_500 {
        match millis {
            300 => bench.module.device().power_cycle(),
            400 => bench.module.device().place("anna"),
            _ => {}
        }
        match call.poll(bench.clock.now()) {
            Err(nb::Error::WouldBlock) => bench.clock.advance(Duration::from_millis(1)),
            found => {
                assert_eq!(found.unwrap().unwrap().slot, Slot(3));
                return;
            }
        }
    }
    panic!("blind for ever");
}

#[test]
fn any_chunking_gives_the_same() {
    bench::any_chunking_gives_the_same(|chunk| bench_of(Gt511Module::new(), config(0), chunk));
}

// The class.

#[test]
fn the_driver_keeps_the_promises_of_the_class() {
    for (capacity, config) in [(200, Config::gt511c3()), (20, Config::gt511c1r())] {
        let module = Gt511Module::new().with_capacity(capacity);
        bench::keeps_its_promises(bench_of(module, config, usize::MAX));
    }
    bench::a_miss_taken_for_a_hit_is_seen(bench());
    bench::waits_without_end_for_a_person(bench());
    bench::a_pulled_cable_is_a_line_error(bench());
}

#[test]
fn a_call_can_be_dropped_at_every_step() {
    bench::an_identification_can_be_dropped_at_every_step(bench);
    bench::an_enrolment_can_be_dropped_at_every_step(bench, |module| {
        module.commands().contains(&0x25)
    });
}

#[test]
fn the_async_twin_does_the_same() {
    let (module, clock) = (Simulated::new(Gt511Module::new()), VirtualClock::new());
    let driver = Gt511::new(module.port(clock.clone()).chunked(3), config(2));
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

/// The commands whose answers matter, and the one that seals them.
const COMMANDS: [u8; 6] = [0x01, 0x12, 0x21, 0x26, 0x51, 0x60];

fn rows() -> Vec<(String, Misbehaviour)> {
    use LineFault::*;
    use Misbehaviour::*;
    let fixed = [
        ("wrong checksum", Line(WrongCheck)),
        ("parameter inverted", Line(Flipped(4, 0xFF))),
        ("a refusal made good", Line(Flipped(8, 0x01))),
        ("byte doubled", Line(DoubledByte(4))),
        ("late", Line(Late(Duration::from_secs(5)))),
        ("silence", Line(Silence)),
        ("one byte lost", Line(LostByte(5))),
        ("first byte lost", Line(LostByte(0))),
        ("junk before", Line(Noise(vec![0xA5]))),
        ("half a packet before", Line(Noise(vec![0x55, 0xAA, 1, 0, 0]))),
        ("twice", Line(Repeated)),
        ("a hit before", Before(true, 12, AT_ONCE)),
        ("a hit before, this one later", Before(true, 12, LATER)),
        ("a good answer before", Before(true, 0, AT_ONCE)),
        ("a good answer before, this one later", Before(true, 0, LATER)),
        ("the seal before", Before(false, 0x1003, AT_ONCE)),
        ("the seal before, this one later", Before(false, 0x1003, LATER)),
        ("a miss before, this one later", Before(false, 0x1008, LATER)),
        ("damaged on the way there", Instead(false, 0x1006)),
        ("unknown", Instead(false, 0xFFFF)),
        ("power cycle", PowerCycle),
    ];
    let mut rows: Vec<_> = fixed.map(|(name, how)| (name.to_owned(), how)).to_vec();
    for command in COMMANDS.into_iter().chain([0x50]) {
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
        for nth in 0..5 {
            let mut bench = bench_of(Gt511Module::new(), config(0), usize::MAX);
            bench.module.device().store(3, "anna");
            bench.module.device().misbehave_after(nth, how.clone());
            check(&mut bench, "cleo", None, &format!("{row}, reply {nth}"));
        }
    }
}

#[test]
fn a_retry_survives_what_the_line_does() {
    for (row, how) in rows() {
        let mut bench = crowd(2);
        bench.module.device().misbehave_on(0x51, how);
        bench.module.device().place("anna");
        let result = bench.identify();
        assert_eq!(result.is_err(), row == "late", "{row}: {result:?}");
    }
}

#[test]
fn the_finger_before_is_not_matched_again() {
    // The answer to the look comes twice, and the refusal of the image is lost.
    for gap in [0, 5, 50, 110] {
        let mut bench = crowd(2);
        let twice = Misbehaviour::Before(true, 0, Duration::from_millis(gap));
        bench.module.device().misbehave_on(0x26, twice);
        bench.module.device().misbehave_on(0x60, Misbehaviour::Line(LineFault::Silence));
        bench.module.device().place_badly("cleo", Skin::Dry);
        assert_eq!(bench.identify().unwrap_err().kind(), ErrorKind::Retry);
    }
}

#[test]
fn each_flipped_bit_is_refused() {
    for index in 0..12 {
        for bit in 0..8 {
            let mut bench = crowd(0);
            let flip = Misbehaviour::Line(LineFault::Flipped(index, 1 << bit));
            bench.module.device().misbehave_on(0x51, flip);
            bench.module.device().place("anna");
            assert!(bench.identify().is_err(), "byte {index}, bit {bit}");
            assert_eq!(bench.identify().unwrap().unwrap().slot, Slot(3));
        }
    }
}

#[test]
fn a_packet_that_nobody_asked_for_ends_the_session() {
    let mut bench = crowd(1);
    let count = Packet::new(0x30, 9).encode();
    bench.module.device().babble(&count, bench.clock.now());
    assert_eq!(bench.count(), Ok(2));
    let commands = bench.module.device().commands().to_vec();
    assert!(commands.ends_with(&[0x01, 0x21, 0x20, 0x21]), "{commands:02X?}");
}

#[test]
fn an_enrolment_survives_any_one_fault_or_stores_nothing() {
    for (row, how) in rows() {
        for nth in 0..44 {
            let mut bench = crowd(2);
            bench.module.device().misbehave_after(nth, how.clone());
            let result = bench.enrol(20, "dora");
            let stored = bench.module.device().stored(20).map(str::to_owned);
            match result {
                Ok(_) => assert_eq!(stored.as_deref(), Some("dora"), "{row}, reply {nth}"),
                Err(_) => assert!(stored.is_none() || row == "late", "{row}, reply {nth}"),
            }
            assert_eq!(bench.module.device().stored(12), Some("bert"));
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
                    assert_eq!(bench.module.device().stored(12), None, "{row}, reply {nth}");
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
    let mut silent = Gt511::new(Noise(Vec::new(), 1), config(2));
    let result = silent.count().wait(&mut clock);
    assert_eq!(result, Err(CallError::Device(Fault::Timeout(0x01))));
    assert!(clock.now().since(Default::default()) < Duration::from_secs(3));
}

#[test]
fn a_dropped_call_is_recovered_from_at_every_step() {
    for steps in 0..800 {
        let mut bench = crowd(0);
        bench.module.device().place("anna");
        let mut call = bench.driver.identify();
        for _ in 0..steps {
            if call.poll(bench.clock.now()) != Err(nb::Error::WouldBlock) {
                break;
            }
            bench.clock.advance(Duration::from_millis(1));
        }
        drop(call);
        assert_eq!(bench.count(), Ok(2), "dropped after {steps} ms");
        assert_eq!(bench.identify().unwrap().unwrap().slot, Slot(3));
    }
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
    let index = dice.below(13);
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
            .filter(|claim| claim.finger == finger && claim.slot == found.slot.0);
        assert!(own.count() >= 2, "seed {seed}: {found:?}");
    }
}

#[test]
fn a_thousand_sessions_with_a_fault_each() {
    for seed in 1..=1_000_u64 {
        let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let chunk = 1 + dice.below(20);
        let mut bench = bench_of(Gt511Module::new(), config(2), chunk);
        bench.module.device().store(3, "anna");
        bench.module.device().store(12, "bert");
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
        let module = Simulated::new(Gt511Module::new());
        module.device().store(12, "bert");
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
        let mut driver = Gt511::new(port, config(2));
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

// Packets.

fn bytes(hex: &str) -> Vec<u8> {
    let digits: String = hex.chars().filter(|c| !c.is_whitespace()).collect();
    let pairs = (0..digits.len()).step_by(2);
    pairs.map(|i| u8::from_str_radix(&digits[i..i + 2], 16).unwrap()).collect()
}

fn vectors() -> Vec<(String, Vec<u8>)> {
    include_str!("vectors/gt511/frames.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let fields: Vec<_> = line.split('|').map(str::trim).collect();
            (fields[0].to_owned(), bytes(fields[2]))
        })
        .collect()
}

/// What a parser that expects 24 bytes of data finds in a stream in chunks.
fn found(stream: &[u8], chunk: usize) -> Vec<String> {
    let mut parser = Parser::new();
    parser.expect(24);
    let mut all = Vec::new();
    for mut bytes in stream.chunks(chunk) {
        while !bytes.is_empty() {
            bytes = &bytes[parser.push(bytes)..];
            while let Some(found) = parser.take() {
                all.push(match found {
                    Found::Piece => format!("{:02X?}", parser.piece()),
                    found => format!("{found:?}"),
                });
            }
        }
    }
    all
}

#[test]
fn vectors_are_packets_and_nothing_near_them_is() {
    for (name, bytes) in vectors() {
        let whole = match Packet::split(&bytes) {
            Ok((packet, rest)) => {
                assert!(packet.is_intact() && rest.is_empty(), "{name}");
                assert_eq!(packet.encode(), bytes[..], "{name}");
                vec![format!("{:?}", Found::Packet(packet))]
            }
            Err(_) => {
                let (data, rest) = Data::split(&bytes, 24).unwrap();
                assert!(data.is_intact() && rest.is_empty(), "{name}");
                assert!(Data::new(data.data).bytes().eq(bytes.iter().copied()), "{name}");
                vec![format!("{:02X?}", data.data), "End".into()]
            }
        };
        assert_eq!(found(&bytes, 5), whole);
        for len in 0..bytes.len() {
            assert!(Packet::split(&bytes[..len]).is_err(), "{name} cut to {len}");
            assert!(Data::split(&bytes[..len], 24).is_err(), "{name} cut to {len}");
            let cut = found(&bytes[..len], 1);
            assert!(cut.len() < whole.len(), "{name} cut to {len}");
        }
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            let all = found(&flipped, 1);
            let good = |found: &String| found == "End" || found.starts_with("Packet");
            assert!(!all.iter().any(good), "{name}, bit {bit}: {all:?}");
        }
    }
}

/// Packets with garbage between them.
fn stream() -> impl Strategy<Value = Vec<u8>> {
    let packet = (any::<u16>(), any::<u32>())
        .prop_map(|(code, parameter)| Packet::new(code, parameter).encode().to_vec());
    let info = Just(vectors().pop().unwrap().1);
    let part = prop_oneof![packet, info, prop::collection::vec(any::<u8>(), 0..20)];
    prop::collection::vec(part, 0..8).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn no_bytes_panic_and_every_call_ends(
        bytes in prop::collection::vec(any::<u8>(), 0..3_000),
        chunk in 1_usize..64,
    ) {
        let mut clock = VirtualClock::in_steps(Duration::from_millis(1));
        let mut driver = Gt511::new(Noise(bytes, chunk), config(2));
        prop_assert!(driver.identify().wait(&mut clock).is_err());
        prop_assert!(clock.now().since(Default::default()) < DEADLINE);
    }

    #[test]
    fn chunks_do_not_matter(stream in stream(), chunk in 1_usize..50) {
        prop_assert_eq!(found(&stream, chunk), found(&stream, 1));
    }

    #[test]
    fn garbage_without_a_start_hides_no_packet(
        garbage in prop::collection::vec(0_u8..0x55, 0..30),
        code in any::<u16>(),
        parameter in any::<u32>(),
    ) {
        let packet = Packet::new(code, parameter);
        let stream = [&garbage[..], &packet.encode()].concat();
        prop_assert_eq!(found(&stream, 300), [format!("{:?}", Found::Packet(packet))]);
    }
}
