//! What is not known to be whole is said to be so; what was told stays until
//! another code comes; what an engine is answered goes out whole or not at all.

use std::cell::{Cell, RefCell};
use std::convert::Infallible;
use std::rc::Rc;

use embedded_pos::port::{CallError, Clock, Duration, Instant, Port};
use embedded_pos::scan::engine::gm65::{self, Gm65};
use embedded_pos::scan::engine::reader::{
    Abilities, Bytes, Fault, Front, Job, Language, Next, NextOf, Reader, Script, Timing,
};
use embedded_pos::scan::engine::{de2120, honeywell, m3y, newland};
use embedded_pos::scan::{Mode, Signals, Symbologies};
use embedded_pos::sim::scanner::{
    De2120Module, Dialect, Engine, Gm65Module, M3yModule, MenuModule, NewlandModule, Symbology,
};
use embedded_pos::sim::{Fault as Line, Simulated, VirtualClock};
use embedded_pos::{ErrorType, nb};

const SECOND: Duration = Duration::from_secs(1);

/// Each of the first bytes of a code is lost or garbled, and in the code stands
/// what would be a code: it is never told as one that is whole.
fn a_printed_frame_is_doubted<L: Language, D: Dialect>(
    language: impl Fn() -> L,
    engine: impl Fn() -> Engine<D>,
    (printed, behind): (&[u8], &[u8]),
) {
    for chunk in [1, 64] {
        for byte in 0..30 {
            for fault in [Line::LostByte(byte), Line::Flipped(byte, 0x11)] {
                let (module, mut clock) = (Simulated::new(engine()), VirtualClock::new());
                let port = module.port(clock.clone()).chunked(chunk);
                let mut driver = Reader::<_, _, 512>::speaking(port, language());
                driver.init().wait(&mut clock).unwrap();
                driver.start().wait(&mut clock).unwrap();
                let code = [b"before ", printed, behind].concat();
                module.device().outbox.inject(fault.clone());
                module.device().present(&code, *b"Q1");
                let scan = driver.scan(SECOND).wait(&mut clock);
                let is_whole = scan.is_ok_and(|scan| !scan.truncated);
                let told = driver.payload().map(|(_, payload)| payload.to_vec());
                assert!(!is_whole || told.as_deref() != Some(b"abc"), "{fault:?} {chunk}");
                // Behind a pause nothing is left of it.
                clock.advance(SECOND);
                let _ = driver.scan(SECOND).wait(&mut clock);
                driver.start().wait(&mut clock).unwrap();
                module.device().present(b"another", *b"Q1");
                let scan = driver.scan(SECOND).wait(&mut clock).unwrap();
                assert_eq!((driver.payload().unwrap().1, scan.truncated), (&b"another"[..], false));
            }
        }
    }
}

fn xor(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |sum, byte| sum ^ byte)
}

#[test]
fn a_frame_that_is_printed_in_a_code_is_no_code() {
    let body = b"\x02\x00\x03abc";
    let printed = [&b"\x5A"[..], body, &[xor(body), 0xA5]].concat();
    let m3y = || m3y::BccFrames::new(m3y::Config::new());
    a_printed_frame_is_doubted(m3y, M3yModule::new, (&printed, b" behind"));

    let head = b"\x00\x03\x3B\x2Dabc";
    let printed = [&b"\x02\x00"[..], head, &[0xFF ^ xor(head)]].concat();
    let newland = || newland::Unified::new(newland::Config::new().packed(0));
    a_printed_frame_is_doubted(newland, NewlandModule::new, (&printed, b" behind"));

    let newland = || newland::Unified::new(newland::Config::new());
    a_printed_frame_is_doubted(newland, NewlandModule::new, (b"]Q1abc", b""));

    let printed = b"\x16\xFE\x12\0\0\0\rMSGGET0004sQ1\x1Dabc\r";
    let honeywell = || honeywell::SerialMenu::new(honeywell::Config::default());
    a_printed_frame_is_doubted(honeywell, MenuModule::new, (printed, b" behind"));
}

/// Without letters, an answer that comes late looks like the beginning of a code.
#[test]
fn de2120_late_answers_are_not_put_before_the_next_code() {
    for apart in [true, false] {
        let (module, mut clock) = (Simulated::new(De2120Module::new()), VirtualClock::new());
        let config = de2120::Config::new().code_ids(false);
        let mut driver = de2120::De2120::new(module.port(clock.clone()), config);
        driver.init().wait(&mut clock).unwrap();
        module.device().outbox.inject(Line::Late(Duration::from_secs(3)));
        let start = driver.start().wait(&mut clock);
        assert_eq!(start, Err(CallError::Device(Fault::NoReply)));
        if apart {
            let none = driver.scan(SECOND).wait(&mut clock);
            assert_eq!(none, Err(CallError::Device(Fault::NoCode)));
        }
        module.device().present(b"690123", *b"E0");
        let scan = driver.scan(SECOND).wait(&mut clock).unwrap();
        assert_eq!(driver.payload().unwrap().1, b"690123");
        // What stands right behind them may have begun with them.
        assert_eq!(scan.truncated, !apart);
        // A code that begins with such a byte is whole again.
        driver.start().wait(&mut clock).unwrap();
        module.device().present(b"\x06\x15", *b"Q1");
        let scan = driver.scan(SECOND).wait(&mut clock).unwrap();
        assert_eq!((driver.payload().unwrap().1, scan.truncated), (&b"\x06\x15"[..], false));
    }
}

/// Two codes without a pause between them, in a mode in which there can be two.
#[test]
fn gm65_codes_that_are_taken_for_one_are_counted() {
    for (mode, missed) in [(Mode::Continuous, 1), (Mode::Command, 0)] {
        let (module, mut clock) = (Simulated::new(Gm65Module::new()), VirtualClock::new());
        let mut driver: Gm65<_> = Gm65::new(module.port(clock.clone()), gm65::Config::new());
        driver.init().wait(&mut clock).unwrap();
        driver.set_mode(mode).wait(&mut clock).unwrap();
        driver.start().wait(&mut clock).unwrap();
        module.device().outbox.inject(Line::Repeated);
        module.device().present(b"6901", Symbology::Qr);
        let scan = driver.scan(SECOND).wait(&mut clock).unwrap();
        assert_eq!((driver.payload().unwrap().1, scan.truncated), (&b"6901"[..], true));
        assert_eq!(driver.missed(), missed, "{mode:?}");
    }
}

/// What was told stays while the same code is held up, and is gone when another
/// comes, however alike it begins.
#[test]
fn the_payload_outlives_the_same_code() {
    let (module, mut clock) = (Simulated::new(De2120Module::new()), VirtualClock::new());
    let mut driver =
        de2120::De2120::new(module.port(clock.clone()).chunked(3), de2120::Config::new());
    driver.init().wait(&mut clock).unwrap();
    let show = |driver: &mut de2120::De2120<_>, code: &[u8]| {
        let mut clock = clock.clone();
        driver.start().wait(&mut clock).unwrap();
        module.device().present(code, *b"E0");
        for _ in 0..4 {
            // Hears it, and does not ask for it.
            driver.set(de2120::Setting::Light(true)).wait(&mut clock).unwrap();
            clock.advance(Duration::from_millis(40));
        }
        driver.payload().map(|(_, payload)| payload.to_vec())
    };
    let tell =
        |driver: &mut de2120::De2120<_>| driver.scan(SECOND).wait(&mut clock.clone()).is_ok();
    for code in [&b"6901234567892"[..], b"6901234", b"6901239", b"690123", b"6901239"] {
        assert_eq!(show(&mut driver, code).as_deref(), Some(code));
        assert!(tell(&mut driver));
        assert_eq!(show(&mut driver, code).as_deref(), Some(code), "it was told");
        assert!(!tell(&mut driver), "it is the same");
        assert_eq!(driver.payload(), None);
    }
    assert_eq!(driver.missed(), 0);
}

/// An engine that wants forty bytes for each that it says.
#[derive(Debug)]
struct Talkative {
    due: bool,
}

const TIMING: Timing = Timing {
    reply: SECOND,
    send: Duration::from_millis(100),
    quiet: Duration::ZERO,
    byte_gap: Duration::from_millis(30),
    command_gap: Duration::from_millis(300),
    attempts: 1,
};

const ANSWER: &[u8; 40] = b"<00000000001111111111222222222233333333>";

impl Language for Talkative {
    type Command = u8;
    type Reply = Infallible;
    type Fault = Infallible;
    type Script = Say;

    fn timing(&self) -> &Timing {
        &TIMING
    }

    fn repeat(&self) -> Duration {
        Duration::ZERO
    }

    fn abilities(&self) -> Abilities {
        Abilities { signals: Signals::empty(), modes: &[], symbologies: Symbologies::empty() }
    }

    fn script(&self, job: Job) -> Option<Say> {
        Some(Say { is_init: job == Job::Init, said: job != Job::Start })
    }

    fn encode(&mut self, command: &u8, _attempt: u8) -> Bytes {
        Bytes::of(&[*command])
    }

    fn expect(&mut self, _command: Option<&u8>) {}

    fn front(&mut self, _bytes: &[u8], _silent: bool) -> Front<Infallible> {
        self.due = true;
        Front::Noise(1)
    }

    fn answer(&mut self) -> Option<Bytes> {
        std::mem::take(&mut self.due).then(|| Bytes::of(ANSWER))
    }
}

#[derive(Debug)]
struct Say {
    is_init: bool,
    said: bool,
}

impl Script<Talkative> for Say {
    type Output = ();

    fn is_init(&self) -> bool {
        self.is_init
    }

    fn next(
        &mut self,
        _language: &mut Talkative,
        _heard: Option<Infallible>,
    ) -> NextOf<Self, Talkative> {
        if std::mem::replace(&mut self.said, true) { Next::Done(Ok(())) } else { Next::Tell(b'C') }
    }
}

/// A line by hand, that takes no more bytes than it is told to.
#[derive(Clone)]
struct Narrow {
    incoming: Rc<RefCell<Vec<u8>>>,
    outgoing: Rc<RefCell<Vec<(Instant, u8)>>>,
    room: Rc<Cell<usize>>,
    clock: VirtualClock,
}

impl ErrorType for Narrow {
    type Error = Infallible;
}

impl Port for Narrow {
    fn try_read(&mut self, buf: &mut [u8]) -> nb::Result<usize, Infallible> {
        let mut incoming = self.incoming.borrow_mut();
        let n = buf.len().min(incoming.len());
        buf.iter_mut().zip(incoming.drain(..n)).for_each(|(to, from)| *to = from);
        if n == 0 { Err(nb::Error::WouldBlock) } else { Ok(n) }
    }

    fn try_write(&mut self, bytes: &[u8]) -> nb::Result<usize, Infallible> {
        let n = bytes.len().min(self.room.get());
        self.room.set(self.room.get() - n);
        let now = self.clock.now();
        self.outgoing.borrow_mut().extend(bytes[..n].iter().map(|byte| (now, *byte)));
        if n == 0 { Err(nb::Error::WouldBlock) } else { Ok(n) }
    }
}

fn talkative() -> (Narrow, Reader<Narrow, Talkative, 16>) {
    let mut port = Narrow {
        incoming: Rc::default(),
        outgoing: Rc::default(),
        room: Rc::new(Cell::new(1000)),
        clock: VirtualClock::new(),
    };
    let mut driver = Reader::speaking(port.clone(), Talkative { due: false });
    driver.init().wait(&mut port.clock).unwrap();
    (port, driver)
}

#[test]
fn answers_for_which_there_is_no_room_are_left_out_whole() {
    let (mut port, mut driver) = talkative();
    port.incoming.borrow_mut().extend(b"abc");
    assert!(driver.scan(SECOND).wait(&mut port.clock).is_err());
    let said: Vec<u8> = port.outgoing.borrow().iter().map(|(_, byte)| *byte).collect();
    assert_eq!(said, [&ANSWER[..], ANSWER].concat());
}

/// Behind the beginning of an answer the engine would take a command for the rest
/// of it: it is left to forget it first.
#[test]
fn a_command_waits_until_half_an_answer_is_forgotten() {
    let (mut port, mut driver) = talkative();
    port.outgoing.borrow_mut().clear();
    port.room.set(7);
    port.incoming.borrow_mut().push(b'a');
    assert!(driver.scan(Duration::from_millis(150)).wait(&mut port.clock).is_err());
    port.room.set(1000);
    driver.start().wait(&mut port.clock).unwrap();
    let said = port.outgoing.borrow();
    let [.., (before, _), (at, command)] = said[..] else { panic!() };
    assert_eq!((said.len(), command), (8, b'C'));
    assert!(at.since(before) >= Duration::from_millis(300), "{:?}", at.since(before));
}
