//! A whole session with an SSI engine, with each byte of it broken once.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use embedded_pos::port::{CallError, Clock, Clocked, Duration, Instant, Port};
use embedded_pos::scan::Scanner;
use embedded_pos::scan::engine::reader::Fault;
use embedded_pos::scan::engine::ssi::{self, Config, Parameter, Ssi, Value};
use embedded_pos::sim::scanner::{SsiEngine, SsiLayout, SsiLong, SsiValue};
use embedded_pos::sim::{SimPort, Simulated, Unplugged, VirtualClock};
use embedded_pos::{ErrorType, nb};

/// What happens to one byte.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Break {
    Nothing,
    Drop,
    Double,
    Flip(u8),
    Delay(u64),
}

/// A line that breaks one byte; those from the engine are counted first.
struct Line {
    port: SimPort<SsiEngine, VirtualClock>,
    clock: VirtualClock,
    fault: Break,
    at: usize,
    count: Rc<Cell<usize>>,
    inbound: VecDeque<u8>,
    still_until: Rc<RefCell<Instant>>,
}

impl Line {
    /// What is left of a byte, and whether the line stands still before it.
    fn pass(&mut self, byte: u8) -> Vec<u8> {
        let index = self.count.get();
        self.count.set(index + 1);
        match self.fault {
            _ if index != self.at => vec![byte],
            Break::Nothing => vec![byte],
            Break::Drop => vec![],
            Break::Double => vec![byte, byte],
            Break::Flip(mask) => vec![byte ^ mask],
            Break::Delay(millis) => {
                let until = self.clock.now() + Duration::from_millis(millis);
                *self.still_until.borrow_mut() = until;
                vec![byte]
            }
        }
    }

    fn is_still(&mut self) -> bool {
        self.clock.now() < *self.still_until.borrow()
    }
}

impl ErrorType for Line {
    type Error = Unplugged;
}

impl Port for Line {
    fn try_read(&mut self, buf: &mut [u8]) -> nb::Result<usize, Unplugged> {
        let mut one = [0];
        while !self.is_still() && self.inbound.len() < buf.len() {
            match self.port.try_read(&mut one) {
                Ok(_) => {
                    let passed = self.pass(one[0]);
                    if self.is_still() {
                        // It comes when the line moves again.
                        self.inbound.extend(passed);
                        let n = self.inbound.len() - 1;
                        let before: Vec<u8> = self.inbound.drain(..n).collect();
                        buf[..n].copy_from_slice(&before);
                        return if n == 0 { Err(nb::Error::WouldBlock) } else { Ok(n) };
                    }
                    self.inbound.extend(passed);
                }
                Err(nb::Error::WouldBlock) => break,
                Err(error) => return Err(error),
            }
        }
        if self.is_still() {
            return Err(nb::Error::WouldBlock);
        }
        let n = self.inbound.len().min(buf.len());
        self.inbound.drain(..n).zip(buf).for_each(|(byte, slot)| *slot = byte);
        if n == 0 { Err(nb::Error::WouldBlock) } else { Ok(n) }
    }

    fn try_write(&mut self, bytes: &[u8]) -> nb::Result<usize, Unplugged> {
        if self.is_still() {
            return Err(nb::Error::WouldBlock);
        }
        for byte in self.pass(bytes[0]) {
            self.port.try_write(&[byte])?;
        }
        Ok(1)
    }
}

type Failure = CallError<Fault<ssi::Fault>, Unplugged>;

/// The longest code: three packets.
fn code() -> Vec<u8> {
    (0..600_u16).map(|at| (at % 251).to_le_bytes()[0]).collect()
}

struct Session {
    results: Vec<(&'static str, Result<(), Failure>)>,
    payloads: Vec<(Vec<u8>, bool)>,
    /// How many bytes crossed the line.
    bytes: usize,
    lasted: Duration,
    is_set: bool,
}

/// Init, trigger, a code of three packets, a parameter.
fn session(kind: (SsiLayout, SsiLong), fault: Break, at: usize) -> Session {
    let engine = Simulated::new(SsiEngine::new(kind.0, kind.1));
    let mut clock = VirtualClock::in_steps(Duration::from_millis(20));
    let count = Rc::new(Cell::new(0));
    let line = Line {
        port: engine.port(clock.clone()),
        clock: clock.clone(),
        fault,
        at,
        count: count.clone(),
        inbound: VecDeque::new(),
        still_until: Rc::default(),
    };
    let mut driver: Ssi<_, 1024> = Ssi::new(line, Config::new());
    let mut results = vec![("init", driver.init().wait(&mut clock))];
    let mut scanner = Clocked::new(driver, clock.clone());
    results.push(("start", scanner.start()));
    engine.device().present(&code(), 0x1C);
    let mut payloads = Vec::new();
    let mut buf = [0; 1024];
    let begun = clock.now();
    while clock.now().since(begun) < Duration::from_secs(8) {
        match scanner.poll_payload(&mut buf) {
            Ok((scan, payload)) => payloads.push((payload.to_vec(), scan.truncated)),
            Err(nb::Error::WouldBlock) => {}
            Err(nb::Error::Other(error)) => results.push(("scan", Err(error))),
        }
        clock.advance(Duration::from_millis(50));
    }
    let set = scanner.driver_mut().set(Parameter::QR, Value::Byte(0)).wait(&mut clock);
    results.push(("set", set));
    let is_set = engine.device().parameter(293) == Some(SsiValue::Byte(0));
    let lasted = clock.now().since(Instant::ZERO);
    Session { results, payloads, bytes: count.get(), lasted, is_set }
}

/// Whether a session is as good as one without a fault.
fn judge(session: &Session, what: &str) -> bool {
    for (payload, truncated) in &session.payloads {
        assert!(*truncated || *payload == code(), "{what}: {} bytes", payload.len());
    }
    assert!(session.payloads.len() <= 1, "{what}: told twice");
    assert!(session.lasted < Duration::from_secs(30), "{what}: {:?}", session.lasted);
    for (call, result) in &session.results {
        if let Err(CallError::Device(fault)) = result {
            let is_right = match *call {
                _ if session.results[0].1.is_err() => true,
                "scan" => matches!(fault, Fault::Spoilt { .. }),
                _ => matches!(fault, Fault::NoReply | Fault::Garbled | Fault::NotSent),
            };
            assert!(is_right, "{what}: {call}: {fault:?}");
        }
    }
    let all = session.results.iter().all(|(_, result)| result.is_ok());
    assert!(!all || session.is_set, "{what}: said to be set");
    all && session.payloads.len() == 1
}

const KINDS: [(SsiLayout, SsiLong); 2] =
    [(SsiLayout::Classic, SsiLong::Continued), (SsiLayout::Extended, SsiLong::Segments)];

fn campaign(kind: (SsiLayout, SsiLong)) {
    let whole = session(kind, Break::Nothing, 0);
    assert!(judge(&whole, "no fault"), "{:?}", whole.results);
    let faults = [
        Break::Drop,
        Break::Double,
        Break::Flip(0x01),
        Break::Flip(0x80),
        Break::Delay(300),
        Break::Delay(2_600),
    ];
    let mut worse = Vec::new();
    for at in 0..whole.bytes {
        for fault in faults {
            let session = session(kind, fault, at);
            let what = format!("{kind:?} byte {at} {fault:?}");
            // Longer than a port may take a command, and than a code may pause.
            if !judge(&session, &what) && fault != Break::Delay(2_600) {
                worse.push(format!("{what}: {:?} {}", session.results, session.payloads.len()));
            }
        }
    }
    assert!(worse.is_empty(), "{} of {}: {worse:#?}", worse.len(), whole.bytes * faults.len());
}

#[test]
fn a_classic_engine_on_a_line_that_breaks_one_byte() {
    campaign(KINDS[0]);
}

#[test]
fn a_newer_engine_on_a_line_that_breaks_one_byte() {
    campaign(KINDS[1]);
}
