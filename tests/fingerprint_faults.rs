//! The ZFM/R503 driver against a module and a line that misbehave: what was
//! never matched is never accepted, and every call ends.

mod fingerprint_common;

use embedded_pos::fingerprint::zfm::command::{
    GenImg, Img2Tz, Match as Compare, ReadSysPara, Search,
};
use embedded_pos::fingerprint::zfm::frame::{Found, Frame, Parser, Pid};
use embedded_pos::fingerprint::zfm::{Config, Confirmation, Event, Fault, Password, Timing, Zfm};
use embedded_pos::fingerprint::{Match, Slot};
use embedded_pos::port::middleware::{FaultInjector, FaultPlan, Faults};
use embedded_pos::port::{CallError, Clock, Duration, Port, Told};
use embedded_pos::sim::fingerprint::{Misbehaviour, R503Module, Skin};
use embedded_pos::sim::{Fault as LineFault, Simulated};
use embedded_pos::{Error, ErrorKind, ErrorType, nb};
use fingerprint_common::*;
use proptest::prelude::*;

const SEARCH: u8 = 0x04;
const AT_ONCE: Duration = Duration::ZERO;
const LATER: Duration = Duration::from_millis(300);

/// The content of a valid answer to a search: slot 12, score 9.
const HIT: [u8; 5] = [0, 0, 12, 0, 9];

/// Longer than any call takes that meets faults; twice as long is the very
/// worst: see `zfm`, longest time.
const DEADLINE: Duration = Duration::from_secs(45);

/// Each dialect's module and configuration.
fn dialects() -> [(R503Module, Config); 4] {
    let password = || Password::FACTORY;
    [
        (R503Module::r503(), Config::r503(password())),
        (R503Module::zfm20(), Config::zfm20(password())),
        (R503Module::r503_v12(), Config { captures: 4, ..Config::r503_v12(password()) }),
        (R503Module::synochip(), Config::synochip(password())),
    ]
    .map(|(module, config)| (module, hasty(2, config)))
}

fn hasty(retries: u8, config: Config) -> Config {
    let three = Duration::from_secs(3);
    let timing = Timing { finger: three, lift: three, ..Timing::DEFAULT };
    Config { retries, timing, ..config }
}

fn config(retries: u8) -> Config {
    Config { captures: 2, ..hasty(retries, Config::r503(Password::FACTORY)) }
}

/// Anna is enrolled in 3 and Bert in 12; the driver is in session.
fn crowd(retries: u8) -> Bench {
    crowd_of(R503Module::new(), config(retries))
}

fn crowd_of(module: R503Module, config: Config) -> Bench {
    let mut bench = bench_of(module, config, usize::MAX);
    bench.module.device().store(3, "anna");
    bench.module.device().store(12, "bert");
    bench.module.device().place("bert");
    assert_eq!(bench.identify().unwrap().unwrap().slot, Slot(12));
    bench
}

/// The rows of the table of faults on the answer to a search, and more.
fn rows() -> Vec<(&'static str, Misbehaviour)> {
    use LineFault::*;
    use Misbehaviour::*;
    vec![
        ("wrong checksum", Line(WrongCheck)),
        ("byte 11 inverted", Line(Flipped(11, 0xFF))),
        ("byte doubled", Line(DoubledByte(10))),
        ("previous reply first", Stale(0x0F, AT_ONCE)),
        ("previous reply first, this one later", Stale(0x0F, LATER)),
        ("reply to the extraction first", Stale(0x02, LATER)),
        ("previous hit first", Stale(0x04, AT_ONCE)),
        ("previous hit first, this one later", Stale(0x04, LATER)),
        ("previous random number first", Stale(0x14, LATER)),
        ("previous count first", Stale(0x1D, LATER)),
        ("late", Line(Late(Duration::from_secs(5)))),
        ("silence", Line(Silence)),
        ("one byte lost", Line(LostByte(4))),
        ("first byte lost", Line(LostByte(0))),
        ("junk before", Line(Noise(vec![0xA5]))),
        ("half a frame before", Line(Noise(vec![0xEF, 0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0x07, 0, 9]))),
        ("other address", Address(0x0000_0001)),
        ("length FFFF", Length(0xFFFF)),
        ("length 0800", Length(0x0800)),
        ("length 0800 and so many bytes", Overlong),
        ("length short", Length(0x0003)),
        ("two acknowledgements, bad first", Before(vec![0x01], AT_ONCE)),
        ("two acknowledgements, good first", Before(vec![0x00], LATER)),
        ("a hit before", Before(HIT.to_vec(), AT_ONCE)),
        ("a hit before, this one later", Before(HIT.to_vec(), LATER)),
        ("a hit instead", Instead(HIT.to_vec())),
        ("twice", Line(Repeated)),
        ("locked", Instead(vec![0x21])),
        ("power cycle", PowerCycle),
        ("woken", Before(vec![0xFF], AT_ONCE)),
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
        for (finger, own) in [("cleo", None), ("anna", Some(3))] {
            for retries in [0, 2] {
                let mut bench = crowd(retries);
                bench.module.device().misbehave_on(SEARCH, how.clone());
                check(&mut bench, finger, own, row);
                assert!(bench.module.device().has_misbehaved(), "{row}");
                // It recovers by itself; a restart and a lock are told once.
                bench.clock.advance(Duration::from_secs(6));
                let _ = bench.identify();
                let found = bench.identify().unwrap();
                assert_eq!(found.map(|found| found.slot.0), own, "{row}");
            }
        }
    }
}

#[test]
fn no_row_of_the_table_is_accepted_in_any_dialect() {
    for (row, how) in rows() {
        for nth in 0..6 {
            for (finger, own) in [("cleo", None), ("anna", Some(3))] {
                for (module, config) in dialects() {
                    let mut bench = crowd_of(module, config);
                    bench.module.device().misbehave_after(nth, how.clone());
                    check(&mut bench, finger, own, row);
                    let begun = bench.now();
                    bench.module.device().misbehave_after(nth, how.clone());
                    let found = bench.driver.verify(Slot(3)).wait(&mut bench.clock);
                    assert!(bench.now() - begun < DEADLINE, "{row}");
                    if let Ok(found) = found {
                        assert_eq!(found.map(|found| found.slot.0), own, "{row}, reply {nth}");
                    }
                }
            }
        }
    }
}

#[test]
fn no_row_of_the_table_stores_another_finger_in_any_dialect() {
    for (row, how) in rows() {
        for nth in (0..26).step_by(2) {
            for (module, config) in dialects() {
                let mut bench = crowd_of(module, config);
                bench.module.device().misbehave_after(nth, how.clone());
                let result = bench.enrol(20, "dora");
                let stored = bench.module.device().stored(20).map(str::to_owned);
                if result.is_ok() {
                    assert_eq!(stored.as_deref(), Some("dora"), "{row}, reply {nth}");
                }
                assert_eq!(bench.module.device().stored(12), Some("bert"));
            }
        }
    }
}

#[test]
fn a_retry_survives_what_the_line_does() {
    for (row, how) in rows() {
        let told = matches!(row, "late" | "locked" | "power cycle");
        let mut bench = crowd(2);
        bench.module.device().misbehave_on(SEARCH, how);
        bench.module.device().place("anna");
        let result = bench.identify();
        assert_eq!(result.is_err(), told, "{row}: {result:?}");
    }
}

#[test]
fn no_reply_of_a_conversation_is_a_weak_one() {
    for (row, how) in rows() {
        for nth in 0..6 {
            for (finger, own) in [("cleo", None), ("anna", Some(3))] {
                let mut bench = crowd(2);
                bench.module.device().misbehave_after(nth, how.clone());
                check(&mut bench, finger, own, &format!("{row}, reply {nth}"));
            }
        }
    }
}

#[test]
fn the_finger_before_is_not_matched_again() {
    // Two faults that fit together: the answer to the image comes twice, and
    // the refusal of its features is lost. Bert's are still in the module.
    for gap in [0, 5, 50, 110] {
        let mut bench = crowd(2);
        let twice = Misbehaviour::Before(vec![0], Duration::from_millis(gap));
        bench.module.device().misbehave_on(0x01, twice);
        bench.module.device().misbehave_on(0x02, Misbehaviour::Line(LineFault::Silence));
        bench.module.device().place_badly("cleo", Skin::Dry);
        let found = bench.identify();
        assert_eq!(found.unwrap_err().kind(), ErrorKind::Retry);
    }
}

#[test]
fn no_reply_of_an_opening_is_a_weak_one() {
    for (row, how) in rows() {
        for nth in 0..4 {
            let mut bench = bench_of(R503Module::new(), config(0), usize::MAX);
            bench.module.device().store(3, "anna");
            bench.module.device().misbehave_after(nth, how.clone());
            check(&mut bench, "cleo", None, &format!("{row}, reply {nth}"));
        }
    }
}

#[test]
fn each_flipped_bit_is_refused() {
    for index in 0..16 {
        for bit in 0..8 {
            let mut bench = crowd(0);
            let flip = Misbehaviour::Line(LineFault::Flipped(index, 1 << bit));
            bench.module.device().misbehave_on(SEARCH, flip);
            bench.module.device().place("anna");
            assert!(bench.identify().is_err(), "byte {index}, bit {bit}");
            assert_eq!(bench.identify().unwrap().unwrap().slot, Slot(3));
        }
    }
}

#[test]
fn a_late_answer_is_not_taken_for_the_next_one() {
    let mut bench = crowd(0);
    let late = Misbehaviour::Line(LineFault::Late(Duration::from_millis(4_500)));
    bench.module.device().misbehave_on(SEARCH, late);
    bench.module.device().place("anna");
    assert_eq!(bench.identify().unwrap_err().kind(), ErrorKind::Timeout);
    for _ in 0..4 {
        if let Ok(count) = bench.count() {
            assert_eq!(count, 2);
        }
        bench.clock.advance(Duration::from_millis(400));
    }
    assert_eq!(bench.count(), Ok(2));
}

#[test]
fn the_two_answers_of_a_real_module() {
    // The frames of thread 31; the first one says that the command arrived
    // damaged, so what the second one says is not believed.
    let mut bench = crowd(0);
    bench.module.device().place("anna");
    bench.identify().unwrap();
    let first = Misbehaviour::Before(vec![0x01], AT_ONCE);
    bench.module.device().misbehave_on(0x03, first);
    let result = bench.driver.ask(Compare).wait(&mut bench.clock);
    assert_eq!(result, Err(CallError::Device(Fault::Garbled(0x03))));
    assert_eq!(bench.count(), Ok(2));
}

#[test]
fn a_frame_that_nobody_asked_for_ends_the_session() {
    let mut bench = crowd(1);
    let count = Frame::new(u32::MAX, Pid::Acknowledge, &[0, 0, 9]);
    let mut bytes = [0; 14];
    count.encode(&mut bytes).unwrap();
    bench.module.device().babble(&bytes, bench.clock.now());
    assert_eq!(bench.count(), Ok(2));
    let commands = bench.module.device().commands().to_vec();
    assert!(commands.ends_with(&[0x13, 0x14, 0x0F, 0x1D, 0x14]), "{commands:02X?}");
}

#[test]
fn a_restart_is_told_once() {
    let mut bench = crowd(2);
    let now = bench.clock.now();
    bench.module.device().power_cycle(now);
    bench.clock.advance(Duration::from_millis(100));
    assert_eq!(bench.count(), Err(CallError::Device(Fault::Restarted)));
    assert_eq!(bench.count(), Ok(2));
    let commands = bench.module.device().commands().to_vec();
    assert!(commands.ends_with(&[0x13, 0x14, 0x0F, 0x1D, 0x14]), "{commands:02X?}");
}

#[test]
fn a_restart_that_was_not_heard_locks_the_module() {
    let module = R503Module::new().with_password(7);
    let mut bench = bench_of(module, Config::r503(Password::new(7)), usize::MAX);
    assert_eq!(bench.count(), Ok(0));
    bench.module.device().misbehave_on(0x1D, Misbehaviour::Instead(vec![0x21]));
    assert_eq!(bench.count(), Err(CallError::Device(Fault::Locked)));
    assert_eq!(bench.count(), Ok(0));
}

#[test]
fn a_module_that_has_just_got_power_is_waited_for() {
    let mut bench = bench();
    let now = bench.clock.now();
    bench.module.device().misbehave_after(0, Misbehaviour::Line(LineFault::Silence));
    bench.module.device().power_cycle(now);
    assert_eq!(bench.driver.init().wait(&mut bench.clock), Ok(()));
}

#[test]
fn a_touch_is_told() {
    let mut bench = crowd(0);
    bench.module.device().lift();
    let module = bench.module.clone();
    let woken = vectors().into_iter().find(|(name, _)| name == "woken").unwrap().1;
    let mut call = bench.driver.identify();
    let mut clock = bench.clock.clone();
    while bench.clock.now().since(Default::default()) < Duration::from_secs(2) {
        assert!(matches!(call.poll_event(bench.clock.now()), Err(nb::Error::WouldBlock)));
        bench.clock.advance(Duration::from_millis(1));
    }
    module.device().babble(&woken, clock.now());
    assert_eq!(call.next(&mut clock), Ok(Told::Event(Event::Woken)));
    module.device().place("anna");
    assert!(matches!(call.wait(&mut clock), Ok(Some(Match { slot: Slot(3), .. }))));
}

#[test]
fn an_enrolment_survives_any_one_fault_or_stores_nothing() {
    for (row, how) in rows() {
        for nth in 0..20 {
            let mut bench = crowd(2);
            bench.module.device().misbehave_after(nth, how.clone());
            let result = bench.enrol(20, "dora");
            let stored = bench.module.device().stored(20).map(str::to_owned);
            match result {
                Ok(_) => assert_eq!(stored.as_deref(), Some("dora"), "{row}, reply {nth}"),
                // Only when the line died, or power did, just after the store.
                Err(CallError::Device(fault)) if stored.is_some() => assert!(
                    matches!(fault, Fault::Restarted | Fault::Locked | Fault::Timeout(_)),
                    "{row}, reply {nth}: {fault:?}"
                ),
                Err(_) => {}
            }
            assert!(bench.module.device().stored(12) == Some("bert"));
        }
    }
}

#[test]
fn a_deletion_is_believed_only_when_it_is_done() {
    for (row, how) in rows() {
        for nth in 0..3 {
            let mut bench = crowd(0);
            bench.module.device().misbehave_after(nth, how.clone());
            let result = bench.driver.delete(Slot(12)).wait(&mut bench.clock);
            if result.is_ok() {
                assert_eq!(bench.module.device().stored(12), None, "{row}, reply {nth}");
            }
            // What the refusal of a deletion means is known.
            bench.module.device().store(12, "bert");
        }
    }
}

#[test]
fn a_good_answer_to_something_else_stores_and_deletes_nothing() {
    // The module is smaller than it is said to be, and refuses; but first comes
    // a good answer to something else.
    let config = Config { capacity: Some(256), ..config(2) };
    let mut bench = bench_of(R503Module::new(), config, usize::MAX);
    for opcode in [0x0C, 0x06] {
        bench.module.device().misbehave_on(opcode, Misbehaviour::Before(vec![0], LATER));
    }
    let deleted = bench.driver.delete(Slot(250)).wait(&mut bench.clock);
    let refused = Fault::Refused(0x0C, Confirmation::DeleteFailed);
    assert_eq!(deleted, Err(CallError::Device(refused)));
    let refused = Fault::Refused(0x06, Confirmation::PageOutOfRange);
    assert_eq!(bench.enrol(250, "dora"), Err(CallError::Device(refused)));
    assert!(bench.module.device().has_misbehaved());
}

#[test]
fn a_single_search_is_sealed_by_an_answer_of_another_length() {
    // A hit that comes first, and the finger's own, are as long as a random
    // number is.
    for gap in [AT_ONCE, LATER] {
        let mut bench = crowd(0);
        bench.module.device().place("anna");
        bench.driver.ask(GenImg).wait(&mut bench.clock).unwrap();
        bench.driver.ask(Img2Tz { buffer: 1 }).wait(&mut bench.clock).unwrap();
        let first = Misbehaviour::Before(HIT.to_vec(), gap);
        bench.module.device().misbehave_on(SEARCH, first);
        let search = Search { buffer: 1, start: 0, count: 200 };
        let found = bench.driver.ask(search).wait(&mut bench.clock);
        assert!(matches!(found, Err(CallError::Device(Fault::OutOfStep(_)))), "{found:?}");
        let found = bench.driver.ask(search).wait(&mut bench.clock).unwrap();
        assert_eq!(found.page, 3);
    }
}

#[test]
fn a_hit_of_another_search_makes_no_duplicate() {
    for gap in [AT_ONCE, LATER] {
        let mut bench = crowd(2);
        let first = Misbehaviour::Before(HIT.to_vec(), gap);
        bench.module.device().misbehave_on(SEARCH, first);
        bench.enrol(20, "dora").unwrap();
        assert_eq!(bench.module.device().stored(20), Some("dora"));
    }
}

#[test]
fn a_miss_of_another_search_is_neither_no_match_nor_a_new_finger() {
    let mut bench = crowd(2);
    bench.module.device().place("cleo");
    assert_eq!(bench.identify(), Ok(None));
    bench.module.device().misbehave_on(SEARCH, Misbehaviour::Stale(SEARCH, LATER));
    bench.module.device().place("anna");
    assert_eq!(bench.identify().unwrap().unwrap().slot, Slot(3));
    bench.module.device().place("cleo");
    assert_eq!(bench.identify(), Ok(None));
    bench.module.device().misbehave_on(SEARCH, Misbehaviour::Stale(SEARCH, LATER));
    let twin = bench.enrol(20, "anna");
    assert!(
        matches!(twin, Err(CallError::Device(Fault::Duplicate(Match { slot: Slot(3), .. })))),
        "{twin:?}"
    );
}

#[test]
fn an_index_of_before_frees_no_slot_and_fills_none() {
    for (before, now) in [(None, Some("emil")), (Some("emil"), None)] {
        let mut bench = crowd(2);
        let set = |bench: &Bench, name: Option<&str>| match name {
            Some(name) => bench.module.device().store(20, name),
            None => bench.module.device().erase(20),
        };
        set(&bench, before);
        bench.driver.index(0).wait(&mut bench.clock).unwrap();
        set(&bench, now);
        bench.module.device().misbehave_on(0x1F, Misbehaviour::Stale(0x1F, LATER));
        let result = bench.enrol(20, "dora");
        match now {
            Some(_) => {
                assert_eq!(result, Err(CallError::Device(Fault::Occupied(Slot(20)))));
                assert_eq!(bench.module.device().stored(20), now);
            }
            None => assert!(result.is_ok(), "{result:?}"),
        }
    }
}

#[test]
fn silence_ends_soon() {
    let mut bench = bench_of(R503Module::new().with_address(1), config(2), usize::MAX);
    let error = bench.count().unwrap_err();
    assert_eq!(error, CallError::Device(Fault::Timeout(0x13)));
    assert!(bench.now() < Duration::from_secs(3), "{:?}", bench.now());
}

#[test]
fn a_dropped_call_is_recovered_from_at_every_step() {
    for steps in 0..400 {
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
    let index = dice.below(17);
    let mask = u8::try_from(1 + dice.below(255)).unwrap();
    match dice.below(8) {
        0 => Misbehaviour::Line(Flipped(index, mask)),
        1 => Misbehaviour::Line(LostByte(index)),
        2 => Misbehaviour::Line(DoubledByte(index)),
        3 => Misbehaviour::Line(Late(Duration::from_millis(dice.below(6_000) as u64))),
        4 => Misbehaviour::Line(Noise((0..=index).map(|_| dice.below(256) as u8).collect())),
        5 => {
            let commands = [0x01, 0x02, 0x04, 0x1D, 0x14, 0x0F, 0x13];
            let gap = Duration::from_millis(dice.below(400) as u64);
            Misbehaviour::Stale(commands[dice.below(commands.len())], gap)
        }
        _ => {
            let rows = rows();
            rows[dice.below(rows.len())].1.clone()
        }
    }
}

/// One call; a match that comes of it was made for the finger, in this call.
fn one_call(bench: &mut Bench, dice: &mut Dice, seed: u64) {
    let fingers = ["anna", "bert", "cleo", "dora"];
    let finger = fingers[dice.below(fingers.len())];
    bench.module.device().place(finger);
    let (claims, begun) = (bench.module.device().claims().len(), bench.now());
    let found = match dice.below(4) {
        0 | 1 => bench.identify(),
        2 => {
            let slot = Slot(u16::try_from([3, 12, 40][dice.below(3)]).unwrap());
            bench.driver.verify(slot).wait(&mut bench.clock)
        }
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
        let made = &device.claims()[claims..];
        let own = |c: &&_| {
            let c: &embedded_pos::sim::fingerprint::Claim = c;
            c.finger == finger && c.slot == found.slot.0 && c.score == found.score
        };
        assert!(made.iter().filter(own).count() >= 2, "seed {seed}: {found:?}");
    }
}

#[test]
fn a_thousand_sessions_with_a_fault_each() {
    for seed in 1..=1_000_u64 {
        let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let chunk = 1 + dice.below(20);
        let mut bench = bench_of(R503Module::new(), config(2), chunk);
        bench.module.device().store(3, "anna");
        bench.module.device().store(12, "bert");
        let fault = any_fault(&mut dice);
        bench.module.device().misbehave_after(dice.below(20), fault);
        for _ in 0..4 {
            one_call(&mut bench, &mut dice, seed);
        }
    }
}

/// An answer that is displaced, or makes room for one that is.
fn displacement(dice: &mut Dice) -> Misbehaviour {
    use LineFault::*;
    match dice.below(12) {
        0 => Misbehaviour::Line(Silence),
        1 => Misbehaviour::Line(Repeated),
        2 => Misbehaviour::Line(LostByte(4)),
        3 => Misbehaviour::Line(Late(Duration::from_millis([700, 4_000][dice.below(2)]))),
        4 => Misbehaviour::PowerCycle,
        _ => {
            let commands = [0x01, 0x02, SEARCH, 0x14, 0x1D, 0x0F, 0x13];
            let gap = [0, 5, 30, 110, 300][dice.below(5)];
            Misbehaviour::Stale(commands[dice.below(commands.len())], Duration::from_millis(gap))
        }
    }
}

#[test]
fn two_displaced_answers_make_no_match() {
    for seed in 1..=1_000_u64 {
        let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let mut bench = crowd(2);
        let skin = [Skin::Good, Skin::Dry, Skin::Wet][dice.below(3)];
        bench.module.device().place_badly("cleo", skin);
        let first = dice.below(7);
        let both =
            [(first, displacement(&mut dice)), (first + dice.below(4), displacement(&mut dice))];
        for (nth, how) in both.clone() {
            bench.module.device().misbehave_after(nth, how);
        }
        for _ in 0..2 {
            match bench.identify() {
                Ok(Some(found)) => panic!("{both:?}, {skin:?}: {found:?}"),
                Ok(None) => assert_eq!(skin, Skin::Good, "{both:?}"),
                Err(_) => {}
            }
        }
    }
}

#[test]
fn a_bad_line_makes_no_match() {
    for seed in 0..60 {
        let mut clock = clock();
        let module = Simulated::new(R503Module::new());
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
        let mut driver = Zfm::new(port, config(2));
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

/// What a parser finds in a stream that comes in chunks.
fn found(stream: &[u8], chunk: usize) -> Vec<String> {
    let mut parser = Parser::new();
    let mut all = Vec::new();
    for mut bytes in stream.chunks(chunk) {
        while !bytes.is_empty() {
            bytes = &bytes[parser.push(bytes)..];
            while let Some(found) = parser.take() {
                all.push(format!("{found:?}"));
            }
        }
    }
    all
}

/// Frames with garbage between them.
fn stream() -> impl Strategy<Value = Vec<u8>> {
    let frame = prop::collection::vec(any::<u8>(), 1..40).prop_map(|content| {
        let mut out = vec![0; 64];
        let len = Frame::new(u32::MAX, Pid::Acknowledge, &content).encode(&mut out).unwrap();
        out.truncate(len);
        out
    });
    let part = prop_oneof![frame, prop::collection::vec(any::<u8>(), 0..20)];
    prop::collection::vec(part, 0..8).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn no_bytes_panic_and_every_call_ends(
        bytes in prop::collection::vec(any::<u8>(), 0..3_000),
        chunk in 1_usize..64,
    ) {
        let mut clock = clock();
        let mut driver = Zfm::new(Noise(bytes, chunk), config(2));
        prop_assert!(driver.identify().wait(&mut clock).is_err());
        prop_assert!(clock.now().since(Default::default()) < DEADLINE);
    }

    #[test]
    fn chunks_do_not_matter(stream in stream(), chunk in 1_usize..50) {
        prop_assert_eq!(found(&stream, chunk), found(&stream, 1));
    }

    #[test]
    fn garbage_without_a_start_hides_no_frame(
        garbage in prop::collection::vec(0_u8..0xEF, 0..30),
        content in prop::collection::vec(any::<u8>(), 1..200),
    ) {
        let frame = Frame::new(7, Pid::Data, &content);
        let mut out = [0; 300];
        let len = frame.encode(&mut out).unwrap();
        let stream = [&garbage[..], &out[..len]].concat();
        let expected = format!("{:?}", Found::Frame(frame));
        prop_assert!(found(&stream, 300).contains(&expected));
    }
}

#[test]
fn vectors_are_frames_and_nothing_near_them_is() {
    for (name, bytes) in vectors() {
        let (frame, rest) = Frame::split(&bytes).unwrap();
        assert!(frame.is_intact() && rest.is_empty(), "{name}");
        let mut out = [0; 64];
        assert_eq!(frame.encode(&mut out), Some(bytes.len()));
        assert_eq!(&out[..bytes.len()], &bytes[..], "{name}");
        for len in 0..bytes.len() {
            assert!(Frame::split(&bytes[..len]).is_err(), "{name} cut to {len}");
            assert!(found(&bytes[..len], 1).is_empty(), "{name} cut to {len}");
        }
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            // The address is not covered by the sum: the frame is then
            // somebody else's.
            let same = format!("{:?}", Found::Frame(frame));
            let foreign = (2..6).contains(&(bit / 8));
            let all = found(&flipped, 1);
            assert!(!all.contains(&same), "{name}, bit {bit}");
            assert!(
                foreign || !all.iter().any(|f| f.contains("Frame")),
                "{name}, bit {bit}: {all:?}"
            );
        }
    }
}

#[test]
fn the_parameters_of_a_real_module() {
    let (_, bytes) = vectors().into_iter().find(|(name, _)| name == "sys-para").unwrap();
    let (frame, _) = Frame::split(&bytes).unwrap();
    let reply = frame.content.strip_prefix(&[0]).unwrap();
    let parameters = embedded_pos::fingerprint::zfm::command::Command::decode(&ReadSysPara, reply);
    assert_eq!(parameters.map(|p| (p.capacity, p.baud)), Some((80, 12)));
}
