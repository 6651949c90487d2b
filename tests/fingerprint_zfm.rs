//! The ZFM/R503 driver against the simulated module: what works.

mod fingerprint_common;

use embedded_pos::fingerprint::zfm::command::{
    AuraLed, Control, GenImg, Img2Tz, LoadChar, Match as Compare,
};
use embedded_pos::fingerprint::zfm::{Config, Confirmation, Fault, Password, Zfm};
use embedded_pos::fingerprint::{Colour, Library, Match, Quality, Slot};
use embedded_pos::port::{CallError, Clock, Duration, Port};
use embedded_pos::sim::VirtualClock;
use embedded_pos::sim::fingerprint::{Misbehaviour, R503Module, Skin};
use embedded_pos::{Error, ErrorKind, ErrorType, nb};
use fingerprint_common::*;

fn fault<T: std::fmt::Debug>(result: Result<T, Failure>) -> Fault {
    match result {
        Err(CallError::Device(fault)) => fault,
        other => panic!("no fault of the device: {other:?}"),
    }
}

#[test]
fn identifies_who_is_enrolled_and_nobody_else() {
    let mut bench = bench();
    bench.module.device().store(7, "anna");
    bench.module.device().place("anna");
    let found = bench.identify().unwrap().unwrap();
    assert_eq!(found.slot, Slot(7));
    let claims = bench.module.device().claims().to_vec();
    assert_eq!(claims.len(), 2, "a match is confirmed");
    assert!(claims.iter().all(|c| c.finger == "anna" && c.slot == 7 && c.score == found.score));
    bench.module.device().place("bert");
    assert_eq!(bench.identify(), Ok(None));
}

#[test]
fn an_empty_library_matches_nobody() {
    let mut bench = bench();
    bench.module.device().place("anna");
    assert_eq!(bench.identify(), Ok(None));
}

#[test]
fn verifies_one_slot_only() {
    let mut bench = bench();
    bench.module.device().store(3, "anna");
    bench.module.device().store(4, "bert");
    bench.module.device().place("anna");
    let clock = &mut bench.clock;
    let found = bench.driver.verify(Slot(3)).wait(clock).unwrap();
    assert!(matches!(found, Some(Match { slot: Slot(3), .. })));
    assert_eq!(bench.driver.verify(Slot(4)).wait(clock), Ok(None));
    assert_eq!(bench.driver.verify(Slot(5)).wait(clock), Ok(None));
    let sent = bench.module.device().commands().len();
    assert_eq!(fault(bench.driver.verify(Slot(200)).wait(clock)), Fault::Slot(Slot(200)));
    assert_eq!(bench.module.device().commands().len(), sent);
}

#[test]
fn nobody_comes() {
    let mut bench = bench();
    let error = bench.identify().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Absent);
    assert!(bench.now() >= Duration::from_secs(20) && bench.now() < Duration::from_secs(21));
}

#[test]
fn a_poor_capture_says_what_is_wrong() {
    let cases = [(Skin::Wet, Quality::Messy), (Skin::Dry, Quality::Sparse)];
    for (skin, quality) in cases {
        let mut bench = bench();
        bench.module.device().place_badly("anna", skin);
        let error = bench.identify();
        assert_eq!(error.unwrap_err().kind(), ErrorKind::Retry);
        assert_eq!(fault(bench.identify()), Fault::Poor(quality));
    }
    let mut bench = bench();
    bench.module.device().place_badly("anna", Skin::Moving);
    assert_eq!(fault(bench.identify()), Fault::Poor(Quality::Unclear));
    assert!(bench.now() < Duration::from_secs(3), "{:?}", bench.now());
}

#[test]
fn enrols_with_every_capture_lifted() {
    let config = Config { captures: 3, ..Config::r503(Password::FACTORY) };
    let mut bench = bench_of(R503Module::new(), config, usize::MAX);
    let steps = bench.enrol(9, "anna").unwrap();
    let expected = ["Place(1)", "Lift", "Place(2)", "Lift", "Place(3)", "Stored(Slot(9))"];
    assert_eq!(steps, expected.map(|step| format!("Enrolment({step})")));
    assert_eq!(bench.module.device().stored(9), Some("anna"));
    assert_eq!(
        bench.driver.count().wait(&mut bench.clock),
        Ok(Library { stored: 1, capacity: 200 })
    );
    assert_eq!(bench.identify().unwrap().unwrap().slot, Slot(9));
}

#[test]
fn a_finger_that_stays_is_no_second_capture() {
    let mut bench = bench();
    bench.module.device().place("anna");
    let result = bench.driver.enrol(Slot(1)).wait(&mut bench.clock);
    assert_eq!(fault(result), Fault::NotLifted);
    assert_eq!(bench.module.device().stored(1), None);
}

#[test]
fn a_finger_is_enrolled_once() {
    let mut bench = bench();
    bench.module.device().store(5, "anna");
    assert!(matches!(fault(bench.enrol(6, "anna")), Fault::Duplicate(Match { slot: Slot(5), .. })));
    assert_eq!(bench.module.device().stored(6), None);
}

#[test]
fn a_slot_in_use_is_not_written_over() {
    let mut bench = bench();
    bench.module.device().store(5, "anna");
    assert_eq!(fault(bench.enrol(5, "bert")), Fault::Occupied(Slot(5)));
    assert_eq!(bench.module.device().stored(5), Some("anna"));
    assert_eq!(fault(bench.enrol(200, "bert")).kind(), ErrorKind::Argument);
}

#[test]
fn two_fingers_make_no_template() {
    let mut bench = bench_of(R503Module::zfm20(), Config::zfm20(Password::FACTORY), usize::MAX);
    let module = bench.module.clone();
    let mut fingers = ["anna", "bert"].into_iter();
    let call = bench.driver.enrol(Slot(1));
    let result = told(call, &mut bench.clock, |step| match step {
        "Enrolment(Lift)" => module.device().lift(),
        _ => module.device().place(fingers.next().unwrap()),
    });
    assert_eq!(fault(result), Fault::DifferentFingers);
    assert_eq!(bench.module.device().stored(1), None);
}

#[test]
fn a_poor_capture_is_asked_for_again() {
    let mut bench = bench_of(R503Module::zfm20(), Config::zfm20(Password::FACTORY), usize::MAX);
    let module = bench.module.clone();
    let mut skins = [Skin::Good, Skin::Dry, Skin::Moving].into_iter();
    let call = bench.driver.enrol(Slot(1));
    let steps = told(call, &mut bench.clock, |step| match step {
        "Enrolment(Lift)" => module.device().lift(),
        step if step.contains("Place") => {
            module.device().place_badly("anna", skins.next().unwrap_or(Skin::Good));
        }
        _ => {}
    });
    let expected = [
        "Place(1)",
        "Lift",
        "Place(2)",
        "Poor(Sparse)",
        "Lift",
        "Place(2)",
        "Poor(Unclear)",
        "Lift",
        "Place(2)",
        "Stored(Slot(1))",
    ];
    assert_eq!(steps.unwrap(), expected.map(|step| format!("Enrolment({step})")));
}

#[test]
fn poor_captures_come_to_an_end() {
    let mut bench = bench();
    let module = bench.module.clone();
    let call = bench.driver.enrol(Slot(1));
    let result = told(call, &mut bench.clock, |step| match step {
        "Enrolment(Lift)" => module.device().lift(),
        _ => module.device().place_badly("anna", Skin::Wet),
    });
    assert_eq!(fault(result), Fault::Poor(Quality::Messy));
}

#[test]
fn deletes_counts_and_lists() {
    let mut bench = bench();
    for slot in [0, 9, 77] {
        bench.module.device().store(slot, &format!("finger {slot}"));
    }
    let clock = &mut bench.clock;
    let index = bench.driver.index(0).wait(clock).unwrap();
    assert!(index.slots().eq([Slot(0), Slot(9), Slot(77)]));
    bench.driver.delete(Slot(9)).wait(clock).unwrap();
    assert_eq!(bench.driver.count().wait(clock).unwrap().stored, 2);
    assert_eq!(fault(bench.driver.delete(Slot(200)).wait(clock)), Fault::Slot(Slot(200)));
    bench.driver.clear().wait(clock).unwrap();
    assert_eq!(bench.driver.count().wait(clock).unwrap().stored, 0);
}

#[test]
fn asks_the_module_about_itself() {
    let mut bench = bench();
    let clock = &mut bench.clock;
    let parameters = bench.driver.parameters().wait(clock).unwrap();
    assert_eq!((parameters.capacity, parameters.baud), (200, 6));
    assert_eq!(parameters.packet.bytes(), Some(128));
    let product = bench.driver.product().wait(clock).unwrap();
    assert_eq!(&product.model[..4], b"R503");
    assert_eq!((product.width, product.capacity), (192, 200));
    bench.driver.handshake().wait(clock).unwrap();
    bench.driver.check_sensor().wait(clock).unwrap();
    let led = AuraLed { control: Control::Flash, speed: 9, colour: Colour::Purple, times: 2 };
    bench.driver.led(led).wait(clock).unwrap();
    assert_eq!(bench.module.device().light(), Some([2, 9, 3, 2]));
}

#[test]
fn what_a_dialect_has_not_is_not_sent() {
    let mut bench = bench_of(R503Module::zfm20(), Config::zfm20(Password::FACTORY), usize::MAX);
    let led = AuraLed { control: Control::On, speed: 0, colour: Colour::Red, times: 0 };
    let result = fault(bench.driver.led(led).wait(&mut bench.clock));
    assert_eq!(result, Fault::Unsupported(0x35));
    assert_eq!(result.kind(), ErrorKind::Unsupported);
    assert!(bench.module.device().commands().is_empty());
}

#[test]
fn a_command_that_the_module_does_not_know_is_refused() {
    let mut bench = bench_of(R503Module::zfm20(), Config::r503(Password::FACTORY), usize::MAX);
    let result = fault(bench.driver.handshake().wait(&mut bench.clock));
    assert_eq!(result, Fault::Refused(0x40, Confirmation::Unsupported));
}

#[test]
fn commands_can_be_sent_one_by_one() {
    let mut bench = bench_of(R503Module::zfm20(), Config::zfm20(Password::FACTORY), 1);
    bench.module.device().store(2, "anna");
    bench.module.device().place("anna");
    let clock = &mut bench.clock;
    bench.driver.ask(GenImg).wait(clock).unwrap();
    bench.driver.ask(Img2Tz { buffer: 1 }).wait(clock).unwrap();
    bench.driver.ask(LoadChar { buffer: 2, slot: Slot(2) }).wait(clock).unwrap();
    assert!(bench.driver.ask(Compare).wait(clock).unwrap() >= 80);
    let missing = bench.driver.ask(LoadChar { buffer: 2, slot: Slot(3) }).wait(clock);
    assert_eq!(fault(missing), Fault::Refused(0x07, Confirmation::BadTemplate));
}

#[test]
fn the_password_is_verified_and_changed() {
    let locked = || R503Module::new().with_password(0x1234_5678);
    let mut bench = bench_of(locked(), Config::r503(Password::new(0x1234_5678)), usize::MAX);
    bench.driver.init().wait(&mut bench.clock).unwrap();
    bench.driver.set_password(Password::new(99)).wait(&mut bench.clock).unwrap();
    assert_eq!(bench.module.device().password(), 99);
    bench.driver.verify_password().wait(&mut bench.clock).unwrap();

    let mut stranger = bench_of(locked(), Config::r503(Password::FACTORY), usize::MAX);
    let refused = fault(stranger.driver.init().wait(&mut stranger.clock));
    assert_eq!((refused, refused.kind()), (Fault::Password, ErrorKind::Refused));
}

#[test]
fn a_lost_answer_leaves_no_doubt_which_password_is_in_force() {
    use embedded_pos::sim::Fault::Silence;
    let mut bench = bench();
    bench.driver.init().wait(&mut bench.clock).unwrap();
    bench.module.device().misbehave_on(0x12, Misbehaviour::Line(Silence));
    bench.driver.set_password(Password::new(5)).wait(&mut bench.clock).unwrap();
    assert_eq!(bench.module.device().password(), 5);
    assert_eq!(bench.count(), Ok(0));
}

#[test]
fn a_password_that_was_never_sent_is_not_adopted() {
    let mut bench = bench();
    bench.module.unplug();
    bench.driver.set_password(Password::new(5)).wait(&mut bench.clock).unwrap_err();
    bench.module.plug();
    // Nobody answers while the session is opened.
    for _ in 0..6 {
        let silence = Misbehaviour::Line(embedded_pos::sim::Fault::Silence);
        bench.module.device().misbehave_on(0x13, silence);
    }
    let silent = bench.driver.set_password(Password::new(5)).wait(&mut bench.clock);
    assert_eq!(fault(silent), Fault::Timeout(0x13));
    while !bench.module.device().has_misbehaved() {
        assert_eq!(fault(bench.count()), Fault::Timeout(0x13));
    }
    assert_eq!(bench.count(), Ok(0));
}

#[test]
fn a_restart_leaves_no_doubt_which_password_is_in_force() {
    let mut bench = bench();
    bench.driver.init().wait(&mut bench.clock).unwrap();
    bench.module.device().misbehave_on(0x12, Misbehaviour::PowerCycle);
    bench.driver.set_password(Password::new(5)).wait(&mut bench.clock).unwrap();
    assert_eq!(bench.module.device().password(), 5);
    assert_eq!(bench.count(), Ok(0));
}

/// A line that takes a byte at a time and never answers.
#[derive(Debug)]
struct Mute;

impl ErrorType for Mute {
    type Error = ErrorKind;
}

impl Port for Mute {
    fn try_read(&mut self, _buf: &mut [u8]) -> nb::Result<usize, ErrorKind> {
        Err(nb::Error::WouldBlock)
    }

    fn try_write(&mut self, _bytes: &[u8]) -> nb::Result<usize, ErrorKind> {
        Ok(1)
    }
}

#[test]
fn secrets_do_not_show() {
    let mut driver = Zfm::new(Mute, Config::r503(Password::new(0xCAFE_BABE)));
    let mut clock = VirtualClock::new();
    let mut call = driver.set_password(Password::new(0xCAFE_BABE));
    let secrets = ["3405691582", "CAFE", "cafe", "202, 254", "CA, FE"];
    let mut shown = String::new();
    while let Err(nb::Error::WouldBlock) = call.poll(clock.now()) {
        shown += &format!("{call:?}");
        clock.advance(Duration::from_millis(1));
    }
    drop(call);
    shown += &format!("{driver:?}");
    assert!(shown.contains("Password(..)"));
    assert!(secrets.iter().all(|secret| !shown.contains(secret)));
}

#[test]
fn another_address_works() {
    let module = R503Module::new().with_address(0x0102_0304);
    let config = Config { address: 0x0102_0304, ..Config::r503(Password::FACTORY) };
    let mut bench = bench_of(module, config, usize::MAX);
    assert_eq!(bench.count(), Ok(0));
    let mut wrong =
        bench_of(R503Module::new(), Config { address: 1, ..Config::r503(Password::FACTORY) }, 1);
    assert_eq!(wrong.count().unwrap_err().kind(), ErrorKind::Timeout);
}

#[test]
fn a_module_that_does_not_tell_its_capacity() {
    let config = Config { capacity: Some(80), ..Config::zfm20(Password::FACTORY) };
    let mut bench = bench_of(R503Module::zfm20(), config, usize::MAX);
    assert_eq!(
        bench.driver.count().wait(&mut bench.clock),
        Ok(Library { stored: 0, capacity: 80 })
    );
    assert!(!bench.module.device().commands().contains(&0x0F));
}

#[test]
fn any_chunking_gives_the_same() {
    let mut results = Vec::new();
    for chunk in [1, 2, 3, 5, 7, 11, 12, 13, 64, usize::MAX] {
        let mut bench = bench_of(R503Module::new(), Config::r503(Password::FACTORY), chunk);
        let steps = bench.enrol(1, "anna");
        bench.module.device().place("anna");
        results.push((steps, bench.identify(), bench.count()));
    }
    assert!(results[0].0.is_ok() && results[0].1.as_ref().unwrap().is_some());
    assert!(results.windows(2).all(|pair| pair[0] == pair[1]));
}
