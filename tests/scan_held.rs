//! Codes that come while nobody waits for them, beside others, or behind what
//! is none: none is lost without a word, and none is another.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::rc::Rc;

use embedded_pos::port::{CallError, Clock, Duration, Port};
use embedded_pos::scan::Mode;
use embedded_pos::scan::engine::datalogic::{self, Datalogic};
use embedded_pos::scan::engine::dialect::Framing;
use embedded_pos::scan::engine::honeywell::{self, Honeywell, Question, Setting};
use embedded_pos::scan::engine::line::{self, LineEngine};
use embedded_pos::scan::engine::m3y::{self, M3y};
use embedded_pos::scan::engine::newland::{self, Newland};
use embedded_pos::scan::engine::reader::{Fault, Language, Reader};
use embedded_pos::sim::scanner::{MenuModule, NewlandModule};
use embedded_pos::sim::{Fault as Line, Simulated, VirtualClock};
use embedded_pos::{ErrorType, nb};

const SECOND: Duration = Duration::from_secs(1);

/// A line that is fed by hand, and takes its time to send.
#[derive(Clone)]
struct Fed {
    incoming: Rc<RefCell<VecDeque<u8>>>,
    outgoing: Rc<RefCell<Vec<u8>>>,
    /// Comes when something is sent.
    next: Rc<RefCell<Vec<u8>>>,
    clock: VirtualClock,
}

impl ErrorType for Fed {
    type Error = Infallible;
}

impl Port for Fed {
    fn try_read(&mut self, buf: &mut [u8]) -> nb::Result<usize, Infallible> {
        let mut incoming = self.incoming.borrow_mut();
        let n = buf.len().min(incoming.len());
        buf.iter_mut().zip(incoming.drain(..n)).for_each(|(to, from)| *to = from);
        if n == 0 { Err(nb::Error::WouldBlock) } else { Ok(n) }
    }

    fn try_write(&mut self, bytes: &[u8]) -> nb::Result<usize, Infallible> {
        self.clock.advance(Duration::from_millis(10));
        self.outgoing.borrow_mut().extend(bytes);
        self.incoming.borrow_mut().extend(self.next.borrow_mut().drain(..));
        Ok(bytes.len())
    }
}

impl Fed {
    fn new() -> Self {
        let clock = VirtualClock::new();
        Self { incoming: Rc::default(), outgoing: Rc::default(), next: Rc::default(), clock }
    }

    fn feed(&self, bytes: &[u8]) {
        self.incoming.borrow_mut().extend(bytes);
    }

    fn feed_after_write(&self, bytes: &[u8]) {
        self.next.borrow_mut().extend(bytes);
    }

    fn code<L: Language>(&mut self, driver: &mut Reader<Self, L, 512>) -> Result<Vec<u8>, String> {
        let scan = driver.scan(SECOND).wait(&mut self.clock);
        let scan = scan.map_err(|error| error.to_string())?;
        assert!(!scan.truncated);
        Ok(driver.payload().unwrap().1.to_vec())
    }
}

fn listening(framing: Framing) -> (Fed, LineEngine<Fed, 512>) {
    let mut port = Fed::new();
    let mut driver = LineEngine::new(port.clone(), line::Config::new(framing));
    driver.init().wait(&mut port.clock).unwrap();
    driver.start().wait(&mut port.clock).unwrap();
    (port, driver)
}

/// A code for which there was no room was not told: shown again, it is new.
#[test]
fn a_code_that_was_missed_can_be_shown_again() {
    let (mut port, mut driver) = listening(Framing::ending(b"\r"));
    port.feed(b"first\rsecond\r");
    assert_eq!(port.code(&mut driver).unwrap(), b"first");
    assert_eq!(driver.missed(), 1);
    port.feed(b"second\r");
    assert_eq!(port.code(&mut driver).unwrap(), b"second");
    // What was told is still known, whatever was missed since.
    port.feed(b"third\rsecond\rthird\r");
    assert_eq!(port.code(&mut driver).unwrap(), b"third");
    port.feed(b"third\r");
    assert!(port.code(&mut driver).is_err());
}

/// Sending takes time, and meanwhile nobody looks at what comes.
#[test]
fn time_that_went_into_sending_is_no_silence() {
    let mut port = Fed::new();
    let mut driver: Datalogic<_, 512> =
        Reader::speaking(port.clone(), datalogic::HostBytes::new(datalogic::Config::new()));
    driver.init().wait(&mut port.clock).unwrap();
    port.feed(b"6901");
    let now = port.clock.now();
    assert!(driver.scan(SECOND).poll(now).is_err());
    port.clock.advance(Duration::from_millis(40));
    port.feed(b"234567892\r");
    driver.start().wait(&mut port.clock).unwrap();
    assert_eq!(port.code(&mut driver).unwrap(), b"6901234567892");
    assert_eq!(*port.outgoing.borrow(), b"DE");
}

#[test]
fn a_suffix_at_the_front_of_a_code_is_payload_where_silence_ends_codes() {
    let (mut port, mut driver) = listening(Framing::ending(b"\r").then_silence());
    for code in [&b"\rabc"[..], b"\r\r\0", b"\r\rx\r"] {
        port.feed(code);
        port.feed(b"\r");
        assert_eq!(port.code(&mut driver).unwrap(), code);
    }
    // By itself it is an empty line.
    port.feed(b"\r");
    assert!(port.code(&mut driver).is_err());
    port.feed(b"abc\r");
    assert_eq!(port.code(&mut driver).unwrap(), b"abc");
}

#[test]
fn a_code_that_nobody_wanted_and_that_broke_off_takes_no_other_with_it() {
    for framing in [Framing::ending(b"\r"), Framing::ending(b"\r").then_silence()] {
        let (mut port, mut driver) = listening(framing);
        driver.stop().wait(&mut port.clock).unwrap();
        port.feed(b"690");
        let none = driver.scan(SECOND).wait(&mut port.clock);
        assert_eq!(none, Err(CallError::Device(Fault::NoCode)));
        driver.start().wait(&mut port.clock).unwrap();
        port.feed(b"6901234567892\r");
        assert_eq!(port.code(&mut driver).unwrap(), b"6901234567892");
    }
}

/// The head of a reply whose length is wrong does not swallow the code behind.
#[test]
fn a_code_behind_what_is_left_of_a_reply_is_found() {
    let module = Simulated::new(embedded_pos::sim::scanner::M3yModule::new());
    let mut fed = Fed::new();
    let language = m3y::BccFrames::new(m3y::Config::new());
    let mut driver: M3y<_, 512> = Reader::speaking(Either(module, fed.clone()), language);
    driver.init().wait(&mut fed.clock).unwrap();
    fed.feed(b"\x5A\x01\x00\x82\x90\x00\x5A\x02\x00\x03abc\x61\xA5");
    let scan = driver.scan(SECOND).wait(&mut fed.clock);
    scan.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(driver.payload().unwrap().1, b"abc");
}

/// An engine, and a hand that puts bytes on its line.
struct Either<D>(Simulated<D>, Fed);

impl<D> ErrorType for Either<D> {
    type Error = Infallible;
}

impl<D: embedded_pos::sim::Device> Port for Either<D> {
    fn try_read(&mut self, buf: &mut [u8]) -> nb::Result<usize, Infallible> {
        let said = self.0.device().transmit(self.1.clock.now());
        self.1.feed(&said);
        self.1.try_read(buf)
    }

    fn try_write(&mut self, bytes: &[u8]) -> nb::Result<usize, Infallible> {
        let n = self.1.try_write(bytes)?;
        self.0.device().receive(bytes, self.1.clock.now());
        Ok(n)
    }
}

/// The end of a reply is lost, and a code stands right behind what is left.
#[test]
fn a_code_behind_a_value_that_does_not_end_is_found() {
    for at in 0..11 {
        let module = Simulated::new(MenuModule::new());
        let mut clock = VirtualClock::new();
        let port = module.port(clock.clone());
        let mut driver = Honeywell::new(port, honeywell::Config::default());
        driver.init().wait(&mut clock).unwrap();
        driver.start().wait(&mut clock).unwrap();
        module.device().outbox.inject(Line::LostByte(at));
        module.device().interrupt(99, b"6901234567892", *b"E0");
        let value = driver.ask(Setting::Light, Question::Range).wait(&mut clock).unwrap();
        assert!(value.as_slice() == b"0-1" || at < 9, "{at}");
        driver.scan(SECOND).wait(&mut clock).unwrap_or_else(|error| panic!("{at}: {error}"));
        assert_eq!(driver.payload().unwrap().1, b"6901234567892", "{at}");
    }
}

/// A late yes to another command is not the version, and does not end the wait.
#[test]
fn a_yes_is_no_version_and_is_passed_over() {
    let module = Simulated::new(embedded_pos::sim::scanner::M3yModule::new());
    let mut fed = Fed::new();
    let language = m3y::BccFrames::new(m3y::Config::new());
    let mut driver: M3y<_, 512> = Reader::speaking(Either(module, fed.clone()), language);
    driver.init().wait(&mut fed.clock).unwrap();
    let sent = fed.outgoing.borrow().len();
    fed.feed_after_write(b"\x5A\x01\x00\x02\x90\x00\x93\xA5");
    assert_eq!(driver.version().wait(&mut fed.clock).unwrap().as_slice(), b"V2.3.0.7\r\n");
    assert_eq!(fed.outgoing.borrow().len() - sent, 16, "it was asked once");
}

/// A scanner that goes on reading puts two codes into the port before anybody
/// looks at it.
#[test]
fn datalogic_codes_that_lie_in_the_port_are_not_made_one() {
    let mut port = Fed::new();
    let mut driver: Datalogic<_, 512> =
        Reader::speaking(port.clone(), datalogic::HostBytes::new(datalogic::Config::new()));
    driver.init().wait(&mut port.clock).unwrap();
    driver.start().wait(&mut port.clock).unwrap();
    port.feed(b"6901\r6902\r");
    assert_eq!(port.code(&mut driver).unwrap(), b"6901");
    assert_eq!(driver.missed(), 1);
}

/// `start` makes sure of what power may have taken; the mode is part of it.
#[test]
fn newland_start_keeps_the_mode_and_init_does_not() {
    let module = Simulated::new(NewlandModule::new());
    let mut clock = VirtualClock::new();
    let mut driver = Newland::new(module.port(clock.clone()), newland::Config::new());
    driver.init().wait(&mut clock).unwrap();
    driver.set_mode(Mode::Presentation).wait(&mut clock).unwrap();
    module.device().power_cycle();
    driver.start().wait(&mut clock).unwrap();
    assert_eq!(module.device().dialect.setting("SCNMOD"), Some("2"));
    driver.init().wait(&mut clock).unwrap();
    driver.start().wait(&mut clock).unwrap();
    assert_eq!(module.device().dialect.setting("SCNMOD"), Some("0"));
}
