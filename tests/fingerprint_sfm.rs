//! The SFM driver against a simulated module: what it does, what it does not
//! accept, and the promises of its class.

mod fingerprint_common;

use embedded_pos::fingerprint::sfm::command::{Parameter, Request};
use embedded_pos::fingerprint::sfm::packet::{Found, Packet, PacketError, Parser};
use embedded_pos::fingerprint::sfm::{
    Code, Config, FakeDetection, Fault, Link, SecurityLevel, Sfm, Timing,
};
use embedded_pos::fingerprint::{
    Alarm, Alarms, AsyncFingerprintSensor, Enrolment, Event, Library, Match, Quality, Slot,
};
use embedded_pos::port::{CallError, Clock, Clocked, Duration, Told};
use embedded_pos::sim::fingerprint::{SfmMisbehaviour, SfmModule, Touch};
use embedded_pos::sim::{Fault as LineFault, Simulated, VirtualClock, block_on};
use embedded_pos::{Error, ErrorKind};
use fingerprint_common::bench::{self, device, hit, told};
use proptest::prelude::*;

const IS: u8 = 0x11;
const VS: u8 = 0x08;
const ES: u8 = 0x05;
const SS: u8 = 0x04;
const AT_ONCE: Duration = Duration::ZERO;
const LATER: Duration = Duration::from_millis(300);

/// The silence of a command that waits for a finger, its repetition, and the
/// openings, with room to spare.
const DEADLINE: Duration = Duration::from_secs(60);

type Bench = bench::Bench<SfmModule, Link>;
type Failure = bench::Failure<Link>;
type Sensor = bench::Sensor<SfmModule, Link>;

fn config(retries: u8) -> Config {
    let three = Duration::from_secs(3);
    Config {
        retries,
        timing: Timing { finger: three, lift: three, ..Timing::DEFAULT },
        ..Config::new()
    }
}

fn bench_of(module: SfmModule, config: Config, chunk: usize) -> Bench {
    Bench::new(module, chunk, |port| Sfm::new(port, config))
}

fn bench() -> Bench {
    bench_of(SfmModule::new(), config(2), usize::MAX)
}

/// Anna is enrolled in slot 3 and Bert in slot 12; the driver is in session.
fn crowd(retries: u8) -> Bench {
    let mut bench = bench_of(SfmModule::new(), config(retries), usize::MAX).crowded();
    assert_eq!(bench.identify().unwrap(), hit(12));
    bench
}

#[test]
fn finds_a_finger_and_nobody_else() {
    let mut bench = crowd(2);
    bench.module.device().place("anna");
    assert_eq!(bench.identify(), Ok(hit(3)));
    bench.module.device().place("cleo");
    assert_eq!(bench.identify(), Ok(None));
    // Each match was made twice, by a search and by a comparison.
    assert_eq!(bench.module.device().claims().len(), 4);
}

#[test]
fn verifies_one_slot_only() {
    let mut bench = crowd(2);
    assert_eq!(bench.verify(12), Ok(hit(12)));
    assert_eq!(bench.verify(3), Ok(None));
    assert_eq!(bench.verify(5), Ok(None));
    assert_eq!(device(bench.verify(1900)), Fault::Slot(Slot(1900)));
}

#[test]
fn an_empty_library_matches_nobody_even_if_the_module_would() {
    let module = SfmModule::new().with_setting(0x86, 0x31);
    let mut bench = bench_of(module, config(2), usize::MAX);
    bench.module.device().place("anna");
    assert_eq!(bench.identify(), Ok(None));
    assert_eq!(bench.module.device().setting(0x86), Some(0x30));
}

#[test]
fn a_module_without_the_switch_works() {
    let mut bench = bench_of(SfmModule::new().without_setting(0x86), config(0), usize::MAX);
    assert_eq!(bench.count(), Ok(0));
}

#[test]
fn nobody_comes() {
    let mut bench = bench();
    assert_eq!(device(bench.identify()), Fault::NoFinger);
    assert!(bench.now() >= Duration::from_secs(3) && bench.now() < Duration::from_secs(6));
}

#[test]
fn a_poor_capture_is_to_be_tried_again() {
    let mut bench = crowd(2);
    bench.module.device().place_so("anna", Touch::Poor);
    let fault = device(bench.identify());
    assert_eq!((fault, fault.kind()), (Fault::Poor(Quality::Sparse), ErrorKind::Retry));
}

#[test]
fn a_finger_that_leaves_before_the_second_comparison_is_no_match() {
    let mut bench = crowd(2);
    bench.module.device().place("anna");
    let module = bench.module.clone();
    let mut call = bench.driver.identify();
    let mut clock = bench.clock.clone();
    assert!(matches!(call.next(&mut clock), Ok(Told::Event(Event::Scanned))));
    module.device().lift();
    let fault = device(call.wait(&mut clock));
    assert_eq!((fault, fault.kind()), (Fault::Unconfirmed(Slot(3)), ErrorKind::Retry));
}

#[test]
fn a_finger_that_is_changed_before_the_second_comparison_is_no_match() {
    let mut bench = crowd(2);
    bench.module.device().place("anna");
    let module = bench.module.clone();
    let mut call = bench.driver.identify();
    let mut clock = bench.clock.clone();
    assert!(matches!(call.next(&mut clock), Ok(Told::Event(Event::Scanned))));
    module.device().place("bert");
    assert_eq!(device(call.wait(&mut clock)), Fault::Unconfirmed(Slot(3)));
}

#[test]
fn a_duress_finger_is_an_alarm_and_no_match() {
    let mut bench = crowd(2);
    bench.module.device().store_duress(4, "anna's other");
    bench.module.device().place("anna's other");
    let found = Match { slot: Slot(3), score: 0 };
    for result in [bench.identify(), bench.verify(3)] {
        let fault = device(result);
        assert_eq!((fault, fault.kind()), (Fault::Duress(found), ErrorKind::Refused));
        assert_eq!(fault.alarm(), Some(Alarm::Duress(found)));
        let error: Failure = CallError::Device(fault);
        assert_eq!(<Sensor as Alarms>::alarm(&error), Some(Alarm::Duress(found)));
    }
}

#[test]
fn a_fake_is_an_alarm_if_it_is_looked_for() {
    let mut bench = crowd(2);
    bench.module.device().place_so("anna", Touch::Fake);
    let mut clock = bench.clock.clone();
    assert_eq!(bench.driver.fake_detection().wait(&mut clock), Ok(FakeDetection::Off));
    assert_eq!(bench.identify(), Ok(hit(3)));
    bench.driver.set_fake_detection(FakeDetection::Strong).wait(&mut clock).unwrap();
    assert_eq!(bench.driver.fake_detection().wait(&mut clock), Ok(FakeDetection::Strong));
    let fault = device(bench.identify());
    assert_eq!((fault, fault.alarm()), (Fault::Fake, Some(Alarm::Fake)));
    let none: Failure = CallError::Device(Fault::NoFinger);
    assert_eq!(<Sensor as Alarms>::alarm(&none), None);
}

#[test]
fn the_security_level_has_a_name_and_can_be_kept() {
    let mut bench = bench();
    let mut clock = bench.clock.clone();
    let delivered = bench.driver.security_level().wait(&mut clock);
    assert_eq!(delivered, Ok(SecurityLevel::AutomaticNormal));
    bench.driver.set_security_level(SecurityLevel::OneIn1000000).wait(&mut clock).unwrap();
    assert_eq!(bench.module.device().setting(0x66), Some(0x35));
    bench.driver.save().wait(&mut clock).unwrap();
    bench.module.device().misbehave_on(SS, SfmMisbehaviour::PowerCycle);
    assert_eq!(bench.count(), Ok(0));
    let kept = bench.driver.security_level().wait(&mut clock);
    assert_eq!(kept, Ok(SecurityLevel::OneIn1000000));
    // A level that the driver does not know.
    bench.driver.ask(Request::write(Parameter::SECURITY_LEVEL, 0x39)).wait(&mut clock).unwrap();
    let unknown = device(bench.driver.security_level().wait(&mut clock));
    assert_eq!(unknown.kind(), ErrorKind::Unsupported);
}

#[test]
fn what_the_module_does_not_have_is_unsupported() {
    let mut bench = bench_of(SfmModule::new().without_setting(0x98), config(2), usize::MAX);
    let mut clock = bench.clock.clone();
    let fault = device(bench.driver.fake_detection().wait(&mut clock));
    assert_eq!((fault, fault.kind()), (Fault::Unsupported(3), ErrorKind::Unsupported));
    assert_eq!(bench.count(), Ok(0));
}

#[test]
fn a_module_that_is_still_busy_is_not_believed() {
    let mut bench = crowd(0);
    bench.module.device().misbehave_on(SS, SfmMisbehaviour::Instead([0x31, 0, 0x61]));
    assert_eq!(device(bench.identify()), Fault::Status(0x31));
    assert_eq!(bench.identify(), Ok(hit(12)));
}

#[test]
fn enrols_with_a_second_capture_as_proof() {
    let mut bench = bench();
    let steps = bench.enrol(7, "anna").unwrap();
    assert_eq!(steps, ["Place(1)", "Lift", "Place(2)", "Stored(Slot(7))"]);
    assert_eq!(bench.module.device().stored(8), Some("anna"));
    assert_eq!(bench.identify(), Ok(hit(7)));
    let mut clock = bench.clock.clone();
    assert_eq!(bench.driver.templates(Slot(7)).wait(&mut clock), Ok(1));
    assert_eq!(bench.driver.templates(Slot(8)).wait(&mut clock), Ok(0));
}

#[test]
fn another_finger_as_proof_leaves_nothing_behind() {
    let mut bench = crowd(2);
    let fault = device(bench.enrol_with(7, |capture| ["cleo", "dora"][usize::from(capture) - 1]));
    assert_eq!((fault, fault.kind()), (Fault::DifferentFingers, ErrorKind::Retry));
    assert_eq!(bench.module.device().stored(8), None);
    assert_eq!(bench.count(), Ok(2));
}

#[test]
fn a_slot_in_use_and_a_known_finger_are_refused() {
    let mut bench = crowd(2);
    assert_eq!(device(bench.enrol(3, "cleo")), Fault::Occupied(Slot(3)));
    assert_eq!(device(bench.enrol(7, "anna")), Fault::Duplicate);
    assert_eq!(device(bench.enrol(1900, "cleo")), Fault::Slot(Slot(1900)));
    assert_eq!(bench.module.device().stored(4), Some("anna"));
    assert_eq!(bench.count(), Ok(2));
}

#[test]
fn a_full_library_refuses() {
    let mut bench = bench_of(SfmModule::new().with_capacity(1), config(2), usize::MAX);
    bench.module.device().store(900, "anna");
    let fault = device(bench.enrol(0, "bert"));
    assert_eq!(fault, Fault::Refused(ES, Code::MemoryFull));
}

#[test]
fn a_finger_that_stays_is_no_second_capture() {
    let mut bench = bench();
    let module = bench.module.clone();
    let call = bench.driver.enrol(Slot(0));
    let result = told(call, &mut bench.clock, |step| {
        if step == Enrolment::Place(1) {
            module.device().place("anna");
        }
    });
    assert_eq!(device(result), Fault::NotLifted);
    assert_eq!(bench.module.device().stored(1), None);
}

#[test]
fn a_dropped_enrolment_leaves_nothing_behind() {
    bench::an_enrolment_can_be_dropped_at_every_step(bench, |_| false);
}

#[test]
fn deletes_one_or_all() {
    let mut bench = crowd(2);
    let mut clock = bench.clock.clone();
    for _ in 0..2 {
        bench.driver.delete(Slot(3)).wait(&mut clock).unwrap();
        assert_eq!(bench.count(), Ok(1));
    }
    let beyond = device(bench.driver.delete(Slot(1900)).wait(&mut clock));
    assert_eq!(beyond.kind(), ErrorKind::Argument);
    bench.driver.clear().wait(&mut clock).unwrap();
    let library = bench.driver.count().wait(&mut clock);
    assert_eq!(library, Ok(Library { stored: 0, capacity: 1900 }));
}

#[test]
fn a_user_that_is_no_slot_is_told() {
    let mut bench = crowd(2);
    bench.module.device().store(70_000, "dora");
    bench.module.device().place("dora");
    assert_eq!(device(bench.identify()), Fault::User(70_000));
}

#[test]
fn cancel_ends_the_scan_of_a_dropped_call() {
    let mut bench = crowd(2);
    bench.module.device().lift();
    let mut clock = bench.clock.clone();
    let mut call = bench.driver.identify();
    for _ in 0..100 {
        assert!(call.poll(clock.now()).is_err());
        clock.advance(Duration::from_millis(1));
    }
    drop(call);
    bench.driver.cancel().wait(&mut clock).unwrap();
    let commands = bench.module.device().commands().to_vec();
    let opening = [IS, 0x60, 1, SS, 1, SS, 1, SS, 3, SS, 3, SS];
    assert!(commands.ends_with(&opening), "{commands:02X?}");
}

#[test]
fn a_module_on_a_network_answers_to_its_number() {
    let number = core::num::NonZeroU16::new(0x0102).unwrap();
    let mut network = Config::network(number);
    network.retries = 0;
    let mut bench = bench_of(SfmModule::new().on_network(0x0102), network, 3);
    bench.module.device().store(1, "anna");
    bench.module.device().place("anna");
    assert_eq!(bench.identify(), Ok(hit(0)));
    bench.module.device().misbehave_on(3, SfmMisbehaviour::Terminal(0x0201));
    assert_eq!(device(bench.count()), Fault::Foreign(0x0201));
    assert_eq!(bench.count(), Ok(1));
    let mut other = bench_of(SfmModule::new().on_network(7), network, 3);
    assert_eq!(device(other.count()).kind(), ErrorKind::Timeout);
}

/// The rows of the table of faults, and more; the hit is of Bert.
fn rows() -> Vec<(&'static str, SfmMisbehaviour)> {
    use LineFault::*;
    use SfmMisbehaviour::*;
    let (is, vs) = (u32::from(IS), u32::from(VS));
    vec![
        ("wrong end", Line(WrongCheck)),
        ("wrong sum", Line(Flipped(11, 0x01))),
        ("flag flipped", Line(Flipped(10, 0x08))),
        ("byte doubled", Line(DoubledByte(3))),
        ("previous status first", Stale(SS, AT_ONCE)),
        ("previous status first, this one later", Stale(SS, LATER)),
        ("previous hit first", Stale(IS, AT_ONCE)),
        ("previous hit first, this one later", Stale(IS, LATER)),
        ("previous comparison first", Stale(VS, AT_ONCE)),
        ("previous comparison first, this one later", Stale(VS, LATER)),
        ("previous value first", Stale(3, LATER)),
        ("late", Line(Late(Duration::from_secs(8)))),
        ("silence", Line(Silence)),
        ("one byte lost", Line(LostByte(4))),
        ("first byte lost", Line(LostByte(0))),
        ("last byte lost", Line(LostByte(12))),
        ("junk before", Line(Noise(vec![0xA5]))),
        ("half a packet before", Line(Noise(vec![0x40, 0x11, 0x0D, 0, 0, 0]))),
        ("a network packet before", Line(Noise(vec![0x41, 1, 0, 0x11]))),
        ("other form", Terminal(1)),
        ("a hit before", Before([is, 13, 0, 0x61], AT_ONCE)),
        ("a hit before, this one later", Before([is, 13, 0, 0x61], LATER)),
        ("a comparison before", Before([vs, 13, 0, 0x61], AT_ONCE)),
        ("a duress finger before", Before([is, 13, 0, 0x91], LATER)),
        ("a hit instead", Instead([13, 0, 0x61])),
        ("a hit of nobody instead", Instead([0, 0, 0x61])),
        ("no code instead", Instead([13, 0, 0x13])),
        ("twice", Line(Repeated)),
        ("busy", Instead([0, 0, 0x80])),
        ("cancelled", Instead([0, 0, 0x81])),
        ("damaged, it says", Instead([0, 0, 0x82])),
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
    match result {
        Ok(found) => assert_eq!(found.map(|found| found.slot.0), own, "{row}"),
        Err(error) => {
            let alarm = <Sensor as Alarms>::alarm(&error);
            assert_eq!(alarm, None, "{row}");
        }
    }
}

#[test]
fn no_row_of_the_table_is_accepted() {
    for (row, how) in rows() {
        for command in [IS, VS, SS] {
            for (finger, own) in [("cleo", None), ("anna", Some(3))] {
                for retries in [0, 2] {
                    let row = format!("{row}, on {command:02X}, {finger}, {retries} retries");
                    let mut bench = crowd(retries);
                    bench.module.device().misbehave_on(command, how.clone());
                    check(&mut bench, finger, own, &row);
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
fn no_response_of_a_conversation_is_a_weak_one() {
    for (row, how) in rows() {
        for nth in 0..5 {
            for (finger, own) in [("cleo", None), ("anna", Some(3))] {
                let mut bench = crowd(2);
                bench.module.device().misbehave_after(nth, how.clone());
                check(&mut bench, finger, own, &format!("{row}, response {nth}"));
            }
        }
        for nth in 0..14 {
            let mut bench = bench_of(SfmModule::new(), config(0), usize::MAX);
            bench.module.device().store(4, "anna");
            bench.module.device().store(13, "bert");
            bench.module.device().misbehave_after(nth, how.clone());
            check(&mut bench, "cleo", None, &format!("{row}, opening, response {nth}"));
        }
    }
}

#[test]
fn each_flipped_bit_is_refused() {
    for index in 0..13 {
        for bit in 0..8 {
            let mut bench = crowd(0);
            let flip = SfmMisbehaviour::Line(LineFault::Flipped(index, 1 << bit));
            bench.module.device().misbehave_on(VS, flip);
            bench.module.device().place("anna");
            assert!(bench.identify().is_err(), "byte {index}, bit {bit}");
            assert_eq!(bench.identify().unwrap(), hit(3));
        }
    }
}

#[test]
fn a_retry_survives_what_the_line_does() {
    for (row, how) in rows() {
        // These say something else than the module, and say it well.
        if row.contains("instead") || row == "other form" {
            continue;
        }
        let mut bench = crowd(2);
        bench.module.device().misbehave_on(IS, how);
        bench.module.device().place("anna");
        let result = bench.identify();
        assert!(matches!(result, Ok(Some(_))) || row == "late", "{row}: {result:?}");
    }
}

#[test]
fn a_packet_that_nobody_asked_for_ends_the_session() {
    let mut bench = crowd(1);
    let packet = Packet { terminal: None, command: IS, param: 13, size: 0, flag: 0x61 };
    let now = bench.clock.now();
    bench.module.device().babble(&packet.to_bytes(), now);
    bench.module.device().place("cleo");
    assert_eq!(bench.identify(), Ok(None));
    assert!(bench.module.device().commands().iter().filter(|c| **c == 0x60).count() == 2);
}

#[test]
fn an_enrolment_survives_any_one_fault_or_stores_nothing() {
    for (row, how) in rows() {
        for nth in 0..22 {
            let mut bench = crowd(2);
            bench.module.device().misbehave_after(nth, how.clone());
            let result = bench.enrol(7, "dora");
            let row = format!("{row}, response {nth}: {result:?}");
            if result.is_err() {
                // What the line left there, the next call takes away.
                bench.clock.advance(Duration::from_secs(9));
                let _ = bench.count();
                let _ = bench.count();
            }
            let stored = bench.module.device().stored(8).map(str::to_owned);
            assert_eq!(stored.is_some(), result.is_ok(), "{row}");
            assert_eq!(bench.module.device().stored(4), Some("anna"), "{row}");
            assert_eq!(bench.module.device().stored(13), Some("bert"), "{row}");
        }
    }
}

/// A refusal that does not say that nothing was stored leaves nothing either.
#[test]
fn an_enrolment_that_is_refused_leaves_nothing_behind() {
    for code in [0x69, 0x6A, 0x6D, 0x72, 0x76, 0x7A, 0x83, 0x86, 0x90, 0x91, 0x93] {
        let mut bench = crowd(2);
        bench.module.device().misbehave_on(ES, SfmMisbehaviour::Instead([8, 0, code]));
        let result = bench.enrol(7, "dora");
        assert!(result.is_err(), "{code:02X}: {result:?}");
        let _ = bench.count();
        assert_eq!(bench.module.device().stored(8), None, "{code:02X}");
        assert_eq!(bench.count(), Ok(2));
    }
}

#[test]
fn what_other_terminals_say_is_not_for_us() {
    let number = core::num::NonZeroU16::new(7).unwrap();
    let network = Config { retries: 0, ..Config::network(number) };
    let mut bench = bench_of(SfmModule::new().on_network(7), network, 3).crowded();
    for terminal in [0, 8, 0x0700] {
        for flag in [0x61, 0x91] {
            let other = Packet { terminal: Some(terminal), command: IS, param: 4, size: 0, flag };
            let now = bench.clock.now();
            bench.module.device().babble(&other.to_bytes(), now);
            bench.module.device().place("cleo");
            assert_eq!(bench.identify(), Ok(None), "{terminal}");
        }
    }
}

#[test]
fn an_identification_can_be_dropped_at_every_step() {
    bench::an_identification_can_be_dropped_at_every_step(bench);
}

#[test]
fn any_chunking_gives_the_same() {
    bench::any_chunking_gives_the_same(|chunk| bench_of(SfmModule::new(), config(2), chunk));
}

#[test]
fn the_driver_keeps_the_promises_of_the_class() {
    let number = core::num::NonZeroU16::new(9).unwrap();
    let network = Config::network(number);
    bench::keeps_its_promises(bench_of(SfmModule::new(), Config::new(), usize::MAX));
    bench::keeps_its_promises(bench_of(SfmModule::new().on_network(9), network, usize::MAX));
    let silent = SfmModule::new().with_setting(0x75, 0x30);
    bench::keeps_its_promises(bench_of(silent, Config::new(), usize::MAX));
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
    let (module, clock) = (Simulated::new(SfmModule::new()), VirtualClock::new());
    let driver = Sfm::new(module.port(clock.clone()).chunked(3), config(2));
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
        let expected =
            [Enrolment::Place(1), Enrolment::Lift, Enrolment::Place(2), Enrolment::Stored(Slot(8))];
        assert_eq!(steps, expected);
        assert_eq!(AsyncFingerprintSensor::identify(&mut sensor).await.unwrap(), hit(8));
        assert_eq!(sensor.verify(Slot(7)).await.unwrap(), None);
        assert_eq!(sensor.library().await.unwrap().stored, 1);
        sensor.delete(Slot(8)).await.unwrap();
        assert_eq!(sensor.identify().await.unwrap(), None);
    });
}

fn vector() -> Vec<u8> {
    bench::vector(include_str!("vectors/sfm/packets.txt"))
}

#[test]
fn the_printed_packet() {
    let packet = Packet { terminal: None, command: ES, param: 0x9929, size: 0, flag: 0 };
    assert_eq!(Packet::split(&vector()), Ok((packet, &[][..])));
    assert_eq!(packet.to_bytes(), vector()[..]);
    for len in 0..13 {
        let bytes = &vector()[..len];
        assert_eq!(Packet::split(bytes), Err(PacketError::Incomplete));
        assert_eq!(PacketError::Incomplete.offset(bytes), len);
    }
}

proptest! {
    #[test]
    fn no_bytes_panic_or_are_lost(bytes in prop::collection::vec(any::<u8>(), 0..80), network in any::<bool>()) {
        let mut parser = Parser::new(network);
        let mut rest = &bytes[..];
        while !rest.is_empty() {
            let used = parser.push(rest);
            prop_assert!(used > 0 || parser.take().is_some());
            rest = &rest[used..];
        }
        let _ = Packet::split(&bytes);
    }

    #[test]
    fn a_packet_is_found_behind_anything(
        junk in prop::collection::vec(any::<u8>(), 0..30),
        command in any::<u8>(), param in any::<u32>(), size in any::<u32>(), flag in any::<u8>(),
    ) {
        let packet = Packet { terminal: None, command, param, size, flag };
        let mut stream = junk;
        // What is before it may take it in; of three, one is found.
        for _ in 0..3 {
            stream.extend(packet.to_bytes());
        }
        let mut parser = Parser::new(false);
        let mut found = false;
        let mut rest = &stream[..];
        while !rest.is_empty() {
            rest = &rest[parser.push(rest)..];
            found |= parser.take() == Some(Found::Packet(packet));
        }
        prop_assert!(found);
    }

    #[test]
    fn whatever_the_module_says_nobody_is_let_in(noise in prop::collection::vec(any::<u8>(), 0..60)) {
        let mut bench = crowd(1);
        bench.module.device().place("cleo");
        bench.module.device().misbehave_on(IS, SfmMisbehaviour::Line(LineFault::Noise(noise)));
        if let Ok(found) = bench.identify() {
            prop_assert_eq!(found, None);
        }
    }
}
