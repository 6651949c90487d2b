//! Modules, and callers, that an EF 01 driver was not made for: it is neither
//! fooled by them, nor held up, nor locked out.

mod fingerprint_common;

use embedded_pos::fingerprint::zfm::command::{PacketSize, UpChar};
use embedded_pos::fingerprint::zfm::{Candidates, Config, Fault, Password, Zfm};
use embedded_pos::fingerprint::{FingerprintSensor, Slot};
use embedded_pos::nb;
use embedded_pos::port::{CallError, Clock, Clocked, Duration, Instant};
use embedded_pos::sim::fingerprint::{Misbehaviour, R503Module};
use embedded_pos::sim::{Device, Fault as LineFault, Simulated};
use fingerprint_common::{Bench, bench, bench_of, clock};

const SILENT: Misbehaviour = Misbehaviour::Line(LineFault::Silence);

fn frame(address: u32, pid: u8, content: &[u8]) -> Vec<u8> {
    let mut frame = vec![0xEF, 0x01];
    frame.extend(address.to_be_bytes());
    let mut covered = vec![pid, 0, u8::try_from(content.len() + 2).unwrap()];
    covered.extend(content);
    let sum: u16 = covered.iter().map(|byte| u16::from(*byte)).sum();
    frame.extend(covered);
    frame.extend(sum.to_be_bytes());
    frame
}

/// Answers what is meant for one address, in the name of another that has
/// nobody.
#[derive(Default)]
struct Impostor {
    heard: Vec<u8>,
    answers: Vec<u8>,
}

impl Device for Impostor {
    fn receive(&mut self, bytes: &[u8], _now: Instant) {
        self.heard.extend(bytes);
        while let Some(length) = self.heard.get(8).map(|length| 9 + usize::from(*length)) {
            if self.heard.len() < length {
                break;
            }
            if self.heard[2..6] == [0xFF; 4] {
                self.answers.extend(frame(7, 0x07, &[0x00]));
            }
            self.heard.drain(..length);
        }
    }

    fn transmit(&mut self, _now: Instant) -> Vec<u8> {
        std::mem::take(&mut self.answers)
    }
}

#[test]
fn an_address_that_is_named_and_has_nobody_is_tried_once() {
    let mut clock = clock();
    let port = Simulated::new(Impostor::default()).port(clock.clone());
    let mut driver = Zfm::new(port, Config::r503(Password::FACTORY));
    let candidates = Candidates { bauds: &[], addresses: &[], passwords: &[] };
    let mut call = driver.recover(candidates);
    while clock.now() < Instant::ZERO + Duration::from_secs(30) {
        match call.poll(clock.now()) {
            Err(nb::Error::WouldBlock) => clock.advance(Duration::from_millis(1)),
            result => {
                let nowhere = CallError::Device(Fault::Nowhere);
                return assert_eq!(result, Err(nb::Error::Other(nowhere)));
            }
        }
    }
    panic!("it goes on for ever");
}

#[test]
fn a_search_for_a_module_that_finds_none_leaves_a_doubt_as_it_was() {
    let mut bench = bench();
    assert_eq!(bench.count(), Ok(0));
    // The new password does not arrive, and the driver cannot know.
    bench.module.device().refuse(0x12, 0x00);
    bench.module.device().misbehave_on(0x12, SILENT);
    for _ in 0..12 {
        bench.module.device().misbehave_on(0x13, SILENT);
    }
    assert!(bench.driver.set_password(Password::new(99)).wait(&mut bench.clock).is_err());
    let nobody = Candidates { bauds: &[], addresses: &[1], passwords: &[Password::new(3)] };
    let found = bench.driver.recover(nobody).wait(&mut bench.clock);
    assert_eq!(found, Err(CallError::Device(Fault::Nowhere)));
    while !bench.module.device().has_misbehaved() {
        let _ = bench.count();
    }
    assert_eq!(bench.count(), Ok(0));
}

#[test]
fn a_module_that_wants_none_of_the_passwords_does_not_cost_the_own_one() {
    let mut bench =
        bench_of(R503Module::new().with_password(5), Config::r503(Password::new(5)), usize::MAX);
    let wrong = Candidates { bauds: &[], addresses: &[], passwords: &[Password::new(3)] };
    let found = bench.driver.recover(wrong).wait(&mut bench.clock);
    assert_eq!(found, Err(CallError::Device(Fault::Password)));
    assert_eq!(bench.count(), Ok(0));
}

#[test]
fn whatever_stands_before_the_answer_to_a_new_password_locks_nobody_out() {
    for code in 0..=u8::MAX {
        let mut bench = bench();
        assert_eq!(bench.count(), Ok(0));
        let stale = Misbehaviour::Before(vec![code], Duration::from_millis(300));
        bench.module.device().misbehave_on(0x12, stale);
        let result = bench.driver.set_password(Password::new(99)).wait(&mut bench.clock);
        bench.clock.advance(Duration::from_secs(1));
        let _ = bench.count();
        assert_eq!(bench.count(), Ok(0), "{code:02X}: {result:?}");
    }
}

#[test]
fn a_match_is_of_the_finger_that_is_there_now_however_late_the_caller_comes_back() {
    for polls in (0..).step_by(5) {
        let Bench { module, clock, driver } = bench();
        module.device().store(3, "anna");
        module.device().store(12, "bert");
        module.device().place("bert");
        let mut sensor = Clocked::new(driver, clock.clone());
        let mut left = polls;
        let mut found = None;
        while found.is_none() && left > 0 {
            match sensor.poll_identify() {
                Err(nb::Error::WouldBlock) => clock.advance(Duration::from_millis(1)),
                result => found = Some(result),
            }
            left -= 1;
        }
        if let Some(found) = found {
            return assert_eq!(found.unwrap().map(|found| found.slot), Some(Slot(12)));
        }
        // Bert goes; a quarter of an hour later somebody else comes.
        module.device().place("anna");
        clock.advance(Duration::from_secs(900));
        let found = loop {
            match sensor.poll_identify() {
                Err(nb::Error::WouldBlock) => clock.advance(Duration::from_millis(1)),
                result => break result.unwrap(),
            }
        };
        assert_eq!(found.map(|found| found.slot), Some(Slot(3)), "after {polls} polls");
    }
}

#[test]
fn a_level_that_is_none_is_not_sent() {
    let synochip = (R503Module::synochip(), Config::synochip(Password::FACTORY));
    for (module, config) in
        [synochip, (R503Module::r503_v12(), Config::r503_v12(Password::FACTORY))]
    {
        let mut bench = bench_of(module, config, usize::MAX);
        for level in [0, 6, 255] {
            let found = bench.driver.auto_identify(None, level).wait(&mut bench.clock);
            assert_eq!(found, Err(CallError::Device(Fault::Value(0x32))), "{level}");
        }
        assert!(!bench.module.device().commands().contains(&0x32));
    }
}

#[test]
fn a_library_that_the_layout_cannot_name_is_not_searched_in_part() {
    let module = R503Module::r503_v12().with_capacity(300);
    let mut bench = bench_of(module, Config::r503_v12(Password::FACTORY), usize::MAX);
    bench.module.device().store(280, "anna");
    bench.module.device().place("anna");
    let found = bench.driver.auto_identify(None, 3).wait(&mut bench.clock);
    assert_eq!(found, Err(CallError::Device(Fault::Value(0x32))));
}

/// Asked for a template, sends packets without end.
struct Flood {
    module: R503Module,
    flows: bool,
    next: Instant,
}

impl Device for Flood {
    fn receive(&mut self, bytes: &[u8], now: Instant) {
        self.module.receive(bytes, now);
    }

    fn transmit(&mut self, now: Instant) -> Vec<u8> {
        let came = self.module.transmit(now);
        if !self.flows {
            self.flows = self.module.commands().last() == Some(&0x08) && !came.is_empty();
            return if self.flows { frame(u32::MAX, 0x07, &[0x00]) } else { came };
        }
        if now < self.next {
            return Vec::new();
        }
        self.next = now + Duration::from_millis(20);
        frame(u32::MAX, 0x02, &[0x55; 32])
    }
}

#[test]
fn data_without_end_come_to_one() {
    let mut clock = clock();
    let module = R503Module::new();
    let device = Simulated::new(Flood { module, flows: false, next: Instant::ZERO });
    let config = Config { retries: 0, ..Config::r503(Password::FACTORY) };
    let mut driver = Zfm::new(device.port(clock.clone()), config);
    driver.init().wait(&mut clock).unwrap();
    let mut call = driver.ask(UpChar { buffer: 1 });
    while clock.now() < Instant::ZERO + Duration::from_secs(600) {
        match call.poll(clock.now()) {
            Err(nb::Error::WouldBlock) => clock.advance(Duration::from_millis(1)),
            result => return assert!(result.is_err()),
        }
    }
    panic!("it goes on for ever");
}

#[test]
fn a_speed_that_no_module_has_is_not_set() {
    let mut bench = bench();
    assert_eq!(bench.count(), Ok(0));
    bench.module.device().misbehave_on(0x0F, Misbehaviour::Instead(vec![0; 17]));
    let result = bench.driver.set_baud(115_200).wait(&mut bench.clock);
    assert_eq!(result, Err(CallError::Device(Fault::Value(0x0E))));
    assert_eq!(bench.count(), Ok(0));
}

#[test]
fn packets_are_sent_in_the_size_that_was_set_last() {
    let config = Config { packet: Some(128), ..Config::r503(Password::FACTORY) };
    let mut bench = bench_of(R503Module::new(), config, usize::MAX);
    bench.driver.set_packet(PacketSize(1)).wait(&mut bench.clock).unwrap();
    assert_eq!(bench.driver.config().packet, Some(64));
}

#[test]
fn what_is_not_surely_cancelled_is_cancelled_again() {
    let config = Config::r503_v12(Password::FACTORY);
    let mut bench = bench_of(R503Module::r503_v12(), config, usize::MAX);
    let mut call = bench.driver.auto_enrol(Slot(1));
    for _ in 0..400 {
        let _ = call.poll(bench.clock.now());
        bench.clock.advance(Duration::from_millis(1));
    }
    drop(call);
    assert!(bench.module.device().is_running());
    // The command to stop arrives damaged, and the module says so.
    bench.module.device().refuse(0x30, 0x01);
    let _ = bench.count();
    assert_eq!(bench.count(), Ok(0));
    assert!(!bench.module.device().is_running());
    assert_eq!(bench.module.device().stored(1), None);
}
