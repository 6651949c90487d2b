//! The dialects of EF 01: what each has, how it is found out, what a module
//! does by itself, how it is told from others.

mod fingerprint_common;

use embedded_pos::fingerprint::zfm::command::{self, Command, Note, synochip};
use embedded_pos::fingerprint::zfm::frame::{Frame, Pid};
use embedded_pos::fingerprint::zfm::{Config, Confirmation, Dialect, Fault, Password};
use embedded_pos::fingerprint::{
    Alarm, Alarms, Capabilities, Colour, Enrolment, Event, Identified, Light, Match, Pattern, Slot,
};
use embedded_pos::port::{CallError, Clock, Clocked, Duration, Port, Told};
use embedded_pos::sim::Fault as LineFault;
use embedded_pos::sim::fingerprint::{Misbehaviour, R503Module, Skin};
use embedded_pos::{Error, ErrorKind, nb};
use fingerprint_common::*;

fn module(dialect: Dialect) -> R503Module {
    match dialect {
        Dialect::Zfm20 => R503Module::zfm20(),
        Dialect::R503 => R503Module::r503(),
        Dialect::R503V12 => R503Module::r503_v12(),
        Dialect::Synochip => R503Module::synochip(),
        other => panic!("{other:?}"),
    }
}

fn config(dialect: Dialect) -> Config {
    let password = Password::FACTORY;
    match dialect {
        Dialect::Zfm20 => Config::zfm20(password),
        Dialect::R503 => Config::r503(password),
        Dialect::R503V12 => Config::r503_v12(password),
        Dialect::Synochip => Config::synochip(password),
        other => panic!("{other:?}"),
    }
}

fn bench_in(dialect: Dialect) -> Bench {
    bench_of(module(dialect), config(dialect), usize::MAX)
}

impl Bench {
    /// Enrols with a finger that is none.
    fn enrol_badly(&mut self, slot: u16, skin: Skin) -> Result<(), Failure> {
        self.module.device().place_badly("anna", skin);
        self.driver.enrol(Slot(slot)).wait(&mut self.clock)
    }
}

fn fault<T: std::fmt::Debug>(result: Result<T, Failure>) -> Fault {
    match result {
        Err(CallError::Device(fault)) => fault,
        other => panic!("no fault of the device: {other:?}"),
    }
}

/// Sends a command to every dialect's module in its own words: refused before a
/// byte, or known to it.
fn only_to_its_own<C: Command + Copy>(command: C) {
    for dialect in Dialect::ALL {
        let mut bench = bench_in(dialect);
        let asked = bench.driver.ask(command).wait(&mut bench.clock).map(drop);
        let sent = bench.module.device().commands().to_vec();
        if C::DIALECTS.contains(dialect.into()) {
            let unknown =
                [Confirmation::Unsupported, Confirmation::BadParameter].map(Confirmation::code);
            assert!(sent.contains(&C::OPCODE), "{dialect:?} {}", C::NAME);
            if let Err(CallError::Device(Fault::Refused(_, code))) = asked {
                assert!(!unknown.contains(&code.code()), "{dialect:?} {}: {code}", C::NAME);
            }
        } else {
            assert_eq!(fault(asked), Fault::Unsupported(C::OPCODE), "{dialect:?}");
            assert!(sent.is_empty(), "{dialect:?} {}", C::NAME);
        }
    }
}

#[test]
fn a_command_of_another_dialect_is_refused_before_a_byte() {
    let search = command::Search { buffer: 1, start: 0, count: 9 };
    only_to_its_own(command::GetImageEx);
    only_to_its_own(command::GetEnrollImage);
    only_to_its_own(command::GenImgFree);
    only_to_its_own(command::GetImageInfo);
    only_to_its_own(command::HighSpeedSearch(search));
    only_to_its_own(command::SearchNow { start: 0, count: 9 });
    only_to_its_own(command::ControlPort(true));
    only_to_its_own(command::ReadNotepad { page: 0 });
    only_to_its_own(command::Cancel);
    only_to_its_own(command::GetChipSn);
    only_to_its_own(command::CheckSensor);
    only_to_its_own(command::GetAlgVer);
    only_to_its_own(command::GetFwVer);
    only_to_its_own(command::ReadProdInfo);
    only_to_its_own(command::HandShake);
    only_to_its_own(synochip::HandShake);
    only_to_its_own(command::LedOn);
    only_to_its_own(command::LedOff);
    only_to_its_own(command::Echo);
    let (control, red) = (command::Control::On, Colour::Red);
    only_to_its_own(command::AuraLed { control, speed: 1, colour: red, times: 0 });
    only_to_its_own(command::ControlBln { control, start: red, end: red, times: 0 });
    let range = command::AutoIdentify { level: 3, start: 0, count: 9, report: true, tries: 1 };
    only_to_its_own(range);
    let flags = synochip::Flags::empty();
    only_to_its_own(synochip::AutoIdentify { level: 3, slot: None, flags });
    only_to_its_own(synochip::AutoEnroll { slot: Slot(1), captures: 2, flags });
    let (overwrite, duplicates, report, lift) = (false, false, true, true);
    only_to_its_own(command::AutoEnroll { slot: 1, overwrite, duplicates, report, lift });
}

#[test]
fn methods_refuse_before_a_byte_too() {
    let mut bench = bench_in(Dialect::Zfm20);
    let clock = &mut bench.clock;
    assert_eq!(fault(bench.driver.auto_enrol(Slot(1)).wait(clock)), Fault::Unsupported(0x31));
    assert_eq!(fault(bench.driver.auto_identify(None, 3).wait(clock)), Fault::Unsupported(0x32));
    assert_eq!(fault(bench.driver.restart().wait(clock)), Fault::Unsupported(0x3D));
    assert_eq!(fault(bench.driver.note(0).wait(clock)), Fault::Unsupported(0x19));
    assert_eq!(fault(bench.driver.handshake().wait(clock)), Fault::Unsupported(0x40));
    assert!(bench.module.device().commands().is_empty());
}

#[test]
fn parameters_beyond_a_dialect_are_refused_before_a_byte() {
    let mut bench = bench_in(Dialect::Synochip);
    let clock = &mut bench.clock;
    assert_eq!(fault(bench.driver.note(8).wait(clock)), Fault::Value(0x19));
    let third = command::Img2Tz { buffer: 7 };
    assert_eq!(fault(bench.driver.ask(third).wait(clock)), Fault::Value(0x02));
    assert_eq!(fault(bench.driver.set_level(6).wait(clock)), Fault::Value(0x0E));
    let packet = command::PacketSize(4);
    assert_eq!(fault(bench.driver.set_packet(packet).wait(clock)), Fault::Value(0x0E));
    assert_eq!(fault(bench.driver.set_level(0).wait(clock)).kind(), ErrorKind::Argument);
    assert!(!bench.module.device().commands().contains(&0x0E));
}

/// What a module says to the bare content of a command.
fn raw(module: R503Module, content: &[u8]) -> Vec<u8> {
    let bench = bench_of(module, Config::r503(Password::FACTORY), usize::MAX);
    let mut frame = [0; 64];
    let len = Frame::new(u32::MAX, Pid::Command, content).encode(&mut frame).unwrap();
    let mut port = bench.module.port(bench.clock.clone());
    port.try_write(&frame[..len]).unwrap();
    bench.clock.advance(Duration::from_secs(1));
    let mut reply = [0; 256];
    // What it does by itself begins when it is looked at.
    let n = port.try_read(&mut reply).or_else(|_| {
        bench.clock.advance(Duration::from_secs(1));
        port.try_read(&mut reply)
    });
    let n = n.unwrap_or(0);
    Frame::split(&reply[..n]).map(|(frame, _)| frame.content.to_vec()).unwrap_or_default()
}

#[test]
fn frames_of_another_dialect_succeed_wrongly_as_they_do_in_life() {
    // A light that is set is a handshake; an image asked about is a restart; a
    // light, the label; an enrolment into slot 3, one into slot 0300h.
    assert_eq!(raw(R503Module::synochip(), &[0x35, 1, 0x80, 2, 0]), [0]);
    assert_eq!(raw(R503Module::r503(), &[0x3D]), [0]);
    assert_eq!(raw(R503Module::r503(), &[0x3C, 3, 4, 4, 0]).len(), 47);
    assert_eq!(raw(R503Module::synochip(), &[0x31, 3, 0, 0, 1, 1]), [0, 0, 0]);
    assert_eq!(raw(R503Module::synochip(), &[0x3C]), [0xFD]);
}

#[test]
fn the_dialect_is_found_out() {
    for spoken in Dialect::ALL {
        for assumed in Dialect::ALL {
            let mut bench = bench_of(module(spoken), config(assumed), usize::MAX);
            assert_eq!(bench.driver.probe().wait(&mut bench.clock), Ok(spoken));
            assert_eq!(bench.driver.config().dialect, spoken);
            let sent = bench.module.device().commands().to_vec();
            let harmless = [0x0F, 0x13, 0x14, 0x34, 0x39, 0x3A, 0x3C];
            assert!(sent.iter().all(|opcode| harmless.contains(opcode)), "{sent:02X?}");
            bench.module.device().store(7, "anna");
            bench.module.device().place("anna");
            assert_eq!(bench.identify().unwrap().unwrap().slot, Slot(7));
        }
    }
}

#[test]
fn one_fault_of_the_line_finds_no_other_dialect() {
    for spoken in Dialect::ALL {
        for nth in 0..9 {
            for how in [LineFault::Silence, LineFault::WrongCheck, LineFault::Repeated] {
                let mut bench = bench_of(module(spoken), config(Dialect::R503), usize::MAX);
                bench.module.device().misbehave_after(nth, Misbehaviour::Line(how.clone()));
                let found = bench.driver.probe().wait(&mut bench.clock);
                assert_eq!(found, Ok(spoken), "{how:?} {nth}");
            }
        }
    }
}

#[test]
fn a_module_that_is_silent_about_what_it_does_not_know() {
    let mut bench = bench_in(Dialect::R503);
    *bench.module.device() = R503Module::zfm20();
    for opcode in [0x3C, 0x39, 0x34, 0x3C, 0x39, 0x34] {
        let silence = Misbehaviour::Line(LineFault::Silence);
        bench.module.device().misbehave_on(opcode, silence);
    }
    assert_eq!(bench.driver.probe().wait(&mut bench.clock), Ok(Dialect::Zfm20));
}

/// Has the module enrol by itself, while a person lays the finger down and lifts
/// it again and again; the steps told.
fn auto_enrol(bench: &mut Bench, slot: u16, finger: &str) -> Result<Vec<Event>, Failure> {
    let person = bench.module.clone();
    let mut call = bench.driver.auto_enrol(Slot(slot));
    let mut told = Vec::new();
    for beat in 0_u32..400_000 {
        match beat % 400 {
            0 => person.device().place(finger),
            200 => person.device().lift(),
            _ => {}
        }
        match call.poll_event(bench.clock.now()) {
            Ok(Told::Event(event)) => told.push(event),
            Ok(Told::Done(())) => return Ok(told),
            Err(nb::Error::Other(error)) => return Err(error),
            Err(nb::Error::WouldBlock) => bench.clock.advance(Duration::from_millis(1)),
        }
    }
    panic!("it never ends");
}

const ITSELF: [Dialect; 2] = [Dialect::R503V12, Dialect::Synochip];

#[test]
fn a_module_enrols_by_itself_and_tells_how_far_it_is() {
    for dialect in ITSELF {
        let mut bench = bench_in(dialect);
        let told = auto_enrol(&mut bench, 7, "anna").unwrap();
        let captures: Vec<_> = told
            .iter()
            .filter_map(|event| match event {
                Event::Enrolment(Enrolment::Captured(n)) => Some(*n),
                _ => None,
            })
            .collect();
        let expected: &[u8] =
            if dialect == Dialect::Synochip { &[1, 2] } else { &[1, 2, 3, 4, 5, 6] };
        assert_eq!(captures, expected);
        assert_eq!(told.iter().filter(|told| **told == Event::Scanned).count(), expected.len());
        assert_eq!(told.last(), Some(&Event::Enrolment(Enrolment::Stored(Slot(7)))));
        assert_eq!(bench.module.device().stored(7), Some("anna"));
        // Nothing is written over, and no finger enrolled twice.
        assert_eq!(fault(auto_enrol(&mut bench, 7, "bert")), Fault::Occupied(Slot(7)));
        let twice = fault(auto_enrol(&mut bench, 8, "anna"));
        assert_eq!(twice, Fault::Refused(0x31, Confirmation::AlreadyEnrolled));
        assert_eq!(bench.module.device().stored(8), None);
        assert!(!bench.module.device().is_running());
    }
}

#[test]
fn a_module_identifies_by_itself() {
    for dialect in ITSELF {
        let mut bench = bench_in(dialect);
        bench.module.device().store(7, "anna");
        bench.module.device().place("anna");
        let clock = &mut bench.clock;
        let found = bench.driver.auto_identify(None, 3).wait(clock).unwrap();
        assert!(matches!(found, Some(Match { slot: Slot(7), .. })), "{found:?}");
        assert_eq!(bench.module.device().claims().len(), 2, "a match is confirmed");
        let found = bench.driver.auto_identify(Some(Slot(7)), 3).wait(clock).unwrap();
        assert!(found.is_some());
        assert_eq!(bench.driver.auto_identify(Some(Slot(8)), 3).wait(clock), Ok(None));
        bench.module.device().place("bert");
        assert_eq!(bench.driver.auto_identify(None, 3).wait(clock), Ok(None));
        bench.module.device().lift();
        assert_eq!(fault(bench.driver.auto_identify(None, 3).wait(clock)), Fault::NoFinger);
        bench.module.device().place_badly("anna", Skin::Dry);
        let poor = fault(bench.driver.auto_identify(None, 3).wait(clock));
        assert_eq!(poor.kind(), ErrorKind::Retry);
    }
}

#[test]
fn what_goes_on_by_itself_is_cancelled_when_the_call_is_dropped() {
    for dialect in ITSELF {
        for turns in (0..1_500).step_by(7) {
            let mut bench = bench_in(dialect);
            bench.module.device().store(3, "bert");
            bench.module.device().place("anna");
            let mut call = bench.driver.auto_enrol(Slot(7));
            for _ in 0..turns {
                if !matches!(
                    call.poll_event(bench.clock.now()),
                    Ok(Told::Event(_)) | Err(nb::Error::WouldBlock)
                ) {
                    break;
                }
                bench.clock.advance(Duration::from_millis(1));
            }
            drop(call);
            bench.driver.cancel().wait(&mut bench.clock).unwrap();
            assert!(!bench.module.device().is_running(), "{turns}");
            assert_eq!(bench.count(), Ok(1), "{turns}");
        }
    }
}

/// The rows of the table of faults, on an answer of a command that tells steps.
fn rows(dialect: Dialect) -> Vec<(&'static str, Misbehaviour)> {
    use LineFault::*;
    use Misbehaviour::*;
    let (now, later) = (Duration::ZERO, Duration::from_millis(300));
    let last = if dialect == Dialect::Synochip { 5 } else { 3 };
    let (hit, miss) = (vec![0, last, 0, 12, 0, 9], vec![9, last, 0, 0, 0, 0]);
    let stored = if dialect == Dialect::Synochip { vec![0, 6, 0xF2] } else { vec![0, 0x0F, 20] };
    vec![
        ("wrong checksum", Line(WrongCheck)),
        ("byte 11 inverted", Line(Flipped(11, 0xFF))),
        ("byte doubled", Line(DoubledByte(10))),
        ("previous reply first", Stale(0x14, now)),
        ("previous reply first, this one later", Stale(0x14, later)),
        ("previous step first", Stale(0x32, now)),
        ("previous step first, this one later", Stale(0x32, later)),
        ("previous step of an enrolment", Stale(0x31, later)),
        ("late", Line(Late(Duration::from_secs(14)))),
        ("silence", Line(Silence)),
        ("one byte lost", Line(LostByte(4))),
        ("junk before", Line(Noise(vec![0xA5]))),
        ("other address", Address(1)),
        ("length FFFF", Length(0xFFFF)),
        ("length 0800 and so many bytes", Overlong),
        ("length short", Length(3)),
        ("a hit before", Before(hit.clone(), now)),
        ("a hit before, this one later", Before(hit.clone(), later)),
        ("a hit instead", Instead(hit)),
        ("a miss before", Before(miss.clone(), now)),
        ("a miss before, this one later", Before(miss, later)),
        ("stored before, this one later", Before(stored.clone(), later)),
        ("stored instead", Instead(stored)),
        ("twice", Line(Repeated)),
        ("locked", Instead(vec![0x21])),
        ("power cycle", PowerCycle),
        ("woken", Before(vec![0xFF], now)),
    ]
}

#[test]
fn no_row_of_the_table_is_accepted_of_a_module_that_searches_by_itself() {
    for dialect in ITSELF {
        for (row, how) in rows(dialect) {
            for nth in 0..11 {
                for (finger, own) in [("cleo", None), ("anna", Some(3))] {
                    let mut bench = bench_in(dialect);
                    bench.module.device().store(3, "anna");
                    bench.module.device().store(12, "bert");
                    bench.module.device().place("bert");
                    bench.driver.auto_identify(None, 3).wait(&mut bench.clock).unwrap();
                    bench.module.device().place(finger);
                    bench.module.device().misbehave_after(nth, how.clone());
                    let begun = bench.now();
                    let found = bench.driver.auto_identify(None, 3).wait(&mut bench.clock);
                    if let Ok(found) = found {
                        let slot = found.map(|found| found.slot.0);
                        assert_eq!(slot, own, "{dialect:?}, {row}, reply {nth}");
                    }
                    let took = bench.now() - begun;
                    assert!(took < Duration::from_secs(90), "{row}: {took:?}");
                    // The fault may only be met by one of the counts.
                    for _ in 0..12 {
                        if !bench.module.device().has_misbehaved() {
                            let _ = bench.count();
                        }
                    }
                    bench.clock.advance(Duration::from_secs(15));
                    let _ = bench.count();
                    let (count, device) = (bench.count(), bench.module.device());
                    assert_eq!(count, Ok(2), "{dialect:?}, {row}, reply {nth}: {device:?}");
                }
            }
        }
    }
}

#[test]
fn no_row_of_the_table_enrols_by_itself_what_is_not_stored() {
    for dialect in ITSELF {
        for (row, how) in rows(dialect) {
            for nth in 0..12 {
                let mut bench = bench_in(dialect);
                bench.module.device().store(12, "bert");
                bench.module.device().misbehave_after(nth, how.clone());
                let result = auto_enrol(&mut bench, 20, "dora");
                if result.is_ok() {
                    let stored = bench.module.device().stored(20).map(str::to_owned);
                    assert_eq!(stored.as_deref(), Some("dora"), "{dialect:?}, {row}, reply {nth}");
                }
                assert_eq!(bench.module.device().stored(12), Some("bert"));
            }
        }
    }
}

#[test]
fn a_fake_is_told_by_those_who_know() {
    type Sensor =
        Clocked<Driver, embedded_pos::sim::VirtualClock, embedded_pos::fingerprint::zfm::Pending>;
    let cases = [(Skin::Fake, Alarm::Fake), (Skin::Residue, Alarm::Residue)];
    for (skin, alarm) in cases {
        let mut bench = bench_in(Dialect::Synochip);
        bench.module.device().store(3, "anna");
        bench.module.device().place_badly("anna", skin);
        let error = bench.identify().unwrap_err();
        assert_eq!((Sensor::alarm(&error), error.kind()), (Some(alarm), ErrorKind::Refused));
        let error = bench.driver.auto_identify(None, 3).wait(&mut bench.clock).unwrap_err();
        assert_eq!(Sensor::alarm(&error), Some(alarm));
        let error = bench.enrol_badly(5, skin).unwrap_err();
        assert_eq!(Sensor::alarm(&error), Some(alarm));
        assert!(bench.driver.capabilities().contains(Capabilities::ALARMS));
    }
    // An R503 knows neither: its code 17h is another's late answer.
    let mut bench = bench_in(Dialect::R503);
    bench.module.device().place("anna");
    let late = Misbehaviour::Before(vec![0x17], Duration::ZERO);
    bench.module.device().misbehave_on(0x01, late);
    assert_eq!(bench.identify(), Ok(None));
}

#[test]
fn a_code_means_what_the_dialect_says() {
    let cases = [
        (Dialect::R503V12, 0x22, Fault::Refused(0x07, Confirmation::SlotEmpty)),
        (Dialect::R503, 0x0C, Fault::Refused(0x07, Confirmation::BadTemplate)),
    ];
    for (dialect, code, expected) in cases {
        let mut bench = bench_in(dialect);
        let load = command::LoadChar { buffer: 1, slot: Slot(3) };
        let refused = fault(bench.driver.ask(load).wait(&mut bench.clock));
        assert_eq!(refused, expected);
        assert!(matches!(refused, Fault::Refused(_, known) if known.code() == code));
    }
    // To Synochip, 22h says that there is one: no answer to a load.
    let mut bench = bench_in(Dialect::Synochip);
    bench.module.device().misbehave_on(0x07, Misbehaviour::Instead(vec![0x22]));
    let load = command::LoadChar { buffer: 1, slot: Slot(3) };
    assert_eq!(fault(bench.driver.ask(load).wait(&mut bench.clock)).kind(), ErrorKind::Refused);
}

#[test]
fn what_is_not_there_is_deleted() {
    for dialect in Dialect::ALL {
        let mut bench = bench_in(dialect);
        assert_eq!(bench.driver.delete(Slot(5)).wait(&mut bench.clock), Ok(()));
        for code in [0x24, 0x23] {
            bench.module.device().misbehave_on(0x0C, Misbehaviour::Instead(vec![code]));
            assert_eq!(bench.driver.delete(Slot(5)).wait(&mut bench.clock), Ok(()));
        }
        bench.module.device().misbehave_on(0x0D, Misbehaviour::Instead(vec![0x24]));
        assert_eq!(bench.driver.clear().wait(&mut bench.clock), Ok(()));
    }
}

#[test]
fn each_has_the_light_it_has() {
    let lit = [
        (Dialect::R503, Some([1, 0x80, 1, 0])),
        (Dialect::R503V12, Some([1, 0x80, 1, 0])),
        (Dialect::Synochip, Some([1, 4, 4, 0])),
        (Dialect::Zfm20, None),
    ];
    for (dialect, light) in lit {
        let bench = bench_in(dialect);
        let has = bench.driver.capabilities().contains(Capabilities::LIGHT);
        assert_eq!(has, light.is_some());
        let mut sensor: Clocked<_, _, embedded_pos::fingerprint::zfm::Pending> =
            Clocked::new(bench.driver, bench.clock.clone());
        assert_eq!(sensor.light(Pattern::Breathe, Colour::Red).is_ok(), light.is_some());
        assert_eq!(bench.module.device().light(), light);
    }
}

#[test]
fn free_slots_are_found_on_every_page() {
    let module = R503Module::r503().with_capacity(600);
    let mut bench = bench_of(module, config(Dialect::R503), usize::MAX);
    for slot in 0..520 {
        bench.module.device().store(slot, "somebody");
    }
    bench.module.device().erase(300);
    let slots = bench.driver.slots().wait(&mut bench.clock).unwrap();
    assert_eq!(slots.used().count(), 519);
    assert!(slots.free().eq([300].into_iter().chain(520..600).map(Slot)));
    assert_eq!(bench.driver.free_slot().wait(&mut bench.clock), Ok(Some(Slot(300))));
    for slot in [300].into_iter().chain(520..600) {
        bench.module.device().store(slot, "somebody");
    }
    assert_eq!(bench.driver.free_slot().wait(&mut bench.clock), Ok(None));
}

#[test]
fn modules_are_told_from_each_other() {
    for (dialect, unique) in [
        (Dialect::Zfm20, false),
        (Dialect::R503, true),
        (Dialect::R503V12, true),
        (Dialect::Synochip, true),
    ] {
        let mut bench = bench_in(dialect);
        let first = bench.driver.sensor_id().wait(&mut bench.clock).unwrap();
        assert_eq!(first.is_unique(), unique, "{dialect:?}");
        assert_eq!(bench.driver.capabilities().contains(Capabilities::UNIQUE), unique);
        assert_eq!(bench.driver.sensor_id().wait(&mut bench.clock), Ok(first));
        assert_eq!(bench.driver.interruptions(), 0);
        *bench.module.device() = module(dialect).with_serial(*b"SIM00002");
        let second = bench.driver.sensor_id().wait(&mut bench.clock).unwrap();
        assert_eq!(second != first, unique, "{dialect:?}");
        assert_eq!(bench.driver.interruptions(), u32::from(unique));
        // One that was never given a number has none.
        *bench.module.device() = module(dialect).with_serial([0xFF; 8]);
        let blank = bench.driver.sensor_id().wait(&mut bench.clock).unwrap();
        assert!(!blank.is_unique());
    }
}

#[test]
fn a_secret_in_the_notepad_pins_the_module() {
    for dialect in [Dialect::R503, Dialect::R503V12, Dialect::Synochip] {
        let mut bench = bench_in(dialect);
        let secret = || Note::new([0x5A; 32]);
        let clock = &mut bench.clock;
        assert_eq!(bench.driver.is_pinned(7, secret()).wait(clock), Ok(false));
        bench.driver.pin(7, secret()).wait(clock).unwrap();
        assert_eq!(bench.driver.is_pinned(7, secret()).wait(clock), Ok(true));
        assert_eq!(bench.driver.is_pinned(7, Note::new([0x5B; 32])).wait(clock), Ok(false));
        assert_eq!(bench.driver.note(7).wait(clock), Ok(secret()));
        *bench.module.device() = module(dialect);
        assert_eq!(bench.driver.is_pinned(7, secret()).wait(clock), Ok(false));
        // What was not written is not pinned, though the module says so.
        bench.module.device().misbehave_on(0x18, Misbehaviour::Instead(vec![0x1C]));
        assert!(bench.driver.pin(6, secret()).wait(clock).is_err());
        let shown = format!("{:?}", command::WriteNotepad { page: 1, note: secret() });
        assert!(!shown.contains("90") && !shown.contains("5A"), "{shown}");
    }
}

#[test]
fn a_page_read_before_pins_nothing() {
    // The answer of before comes first, and fits.
    let mut bench = bench_in(Dialect::R503);
    let secret = || Note::new([0x5A; 32]);
    let clock = &mut bench.clock;
    bench.driver.pin(7, secret()).wait(clock).unwrap();
    assert_eq!(bench.driver.is_pinned(7, secret()).wait(clock), Ok(true));
    bench.driver.pin(7, Note::new([1; 32])).wait(clock).unwrap();
    let page = [&[0][..], &[0x5A; 32]].concat();
    let before = Misbehaviour::Before(page, Duration::from_millis(300));
    bench.module.device().misbehave_on(0x19, before);
    assert_eq!(bench.driver.is_pinned(7, secret()).wait(clock), Ok(false));
}

#[test]
fn sleeps_until_it_is_touched() {
    for dialect in [Dialect::Zfm20, Dialect::Synochip] {
        let mut bench = bench_in(dialect);
        assert!(bench.driver.capabilities().contains(Capabilities::SLEEP));
        bench.driver.sleep().wait(&mut bench.clock).unwrap();
        assert_eq!(fault(bench.driver.wake().wait(&mut bench.clock)), Fault::Timeout(0x13));
        bench.module.device().place("anna");
        let mut call = bench.driver.wake();
        let told = call.next(&mut bench.clock).unwrap();
        assert_eq!(told == Told::Event(Event::Woken), dialect == Dialect::Synochip);
        bench.driver.wake().wait(&mut bench.clock).unwrap();
        assert_eq!(bench.identify(), Ok(None));
    }
}

#[test]
fn a_restart_that_was_asked_for_is_no_interruption() {
    let mut bench = bench_in(Dialect::R503);
    bench.driver.init().wait(&mut bench.clock).unwrap();
    bench.driver.restart().wait(&mut bench.clock).unwrap();
    assert_eq!(bench.driver.interruptions(), 0);
    assert_eq!(bench.count(), Ok(0));
    // One that was refused excuses nothing later.
    bench.module.device().refuse(0x3D, 0xFE);
    assert!(bench.driver.restart().wait(&mut bench.clock).is_err());
    assert_eq!(bench.count(), Ok(0));
    let now = bench.clock.now();
    bench.module.device().power_cycle(now);
    bench.clock.advance(Duration::from_millis(100));
    assert_eq!(fault(bench.count()), Fault::Restarted);
    assert_eq!(bench.driver.interruptions(), 1);
}

#[test]
fn whatever_may_hide_another_module_is_counted() {
    let cases = [
        Misbehaviour::PowerCycle,
        Misbehaviour::Instead(vec![0x21]),
        Misbehaviour::Address(7),
        Misbehaviour::Line(LineFault::Silence),
    ];
    for how in cases {
        let mut bench = bench_in(Dialect::R503);
        assert_eq!(bench.count(), Ok(0));
        bench.module.device().misbehave_on(0x1D, how.clone());
        let _ = bench.count();
        assert_eq!(bench.driver.interruptions(), 1, "{how:?}");
        assert_eq!(bench.count(), Ok(0));
        let mut sensor: Clocked<_, _, embedded_pos::fingerprint::zfm::Pending> =
            Clocked::new(bench.driver, bench.clock.clone());
        assert_eq!(sensor.sensor_id().map(|id| id.is_unique()), Ok(true));
        assert_eq!(sensor.interruptions(), 1);
    }
}

#[test]
fn every_dialect_does_what_all_do() {
    for dialect in Dialect::ALL {
        let mut bench = bench_in(dialect);
        let steps = bench.enrol(9, "anna").unwrap();
        let captures = steps.iter().filter(|step| step.contains("Place")).count();
        let (fewest, most) = dialect.profile().captures;
        assert!((fewest.into()..=usize::from(most)).contains(&captures));
        assert_eq!(bench.identify().unwrap().unwrap().slot, Slot(9));
        assert_eq!(fault(bench.enrol(9, "bert")), Fault::Occupied(Slot(9)));
        assert!(matches!(fault(bench.enrol(10, "anna")), Fault::Duplicate(_)));
        bench.driver.delete(Slot(9)).wait(&mut bench.clock).unwrap();
        assert_eq!(bench.identify(), Ok(None));
    }
}

#[test]
fn profiles_name_what_the_modules_know() {
    let counts = Dialect::ALL.map(|dialect| dialect.profile().commands().count());
    assert!(counts.iter().all(|count| *count >= 20), "{counts:?}");
    for dialect in Dialect::ALL {
        for (opcode, name) in dialect.profile().commands() {
            assert_eq!(command::name(opcode, dialect), Some(name));
        }
    }
}

#[test]
fn a_step_told_twice_is_no_step() {
    for dialect in ITSELF {
        let mut bench = bench_in(dialect);
        bench.module.device().store(3, "anna");
        bench.module.device().place("anna");
        bench.count().unwrap();
        bench.module.device().misbehave_on(0x32, Misbehaviour::Line(LineFault::Repeated));
        let mut call = bench.driver.auto_identify(None, 3);
        let mut scans = 0;
        while let Ok(Told::Event(event)) = call.next(&mut bench.clock) {
            scans += usize::from(event == Event::Scanned);
        }
        // Anew from the start, and then the second look.
        let begun = bench.module.device().commands().iter().filter(|c| **c == 0x32).count();
        assert!(begun == 3 && scans >= 2, "{dialect:?}: {begun}, {scans}");
    }
}

#[test]
fn what_the_module_refuses_to_store_is_not_stored_whatever_is_heard() {
    for dialect in ITSELF {
        let stored =
            if dialect == Dialect::Synochip { vec![0, 6, 0xF2] } else { vec![0, 0x0F, 20] };
        for nth in 0..24 {
            let mut bench = bench_in(dialect);
            bench.module.device().store(12, "bert");
            bench.module.device().misbehave_after(nth, Misbehaviour::Instead(stored.clone()));
            let result = auto_enrol(&mut bench, 20, "bert");
            assert!(result.is_err(), "{dialect:?}, reply {nth}");
            assert_eq!(bench.module.device().stored(20), None);
        }
    }
}
