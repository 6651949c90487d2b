//! Contact cards from the pins of an interface chip to `CardReader`: sequences
//! and times on pins, faults, the card pulled at each step, several slots on one
//! line. The simulated chips keep the times of their data sheets, and check
//! what the card gets against ISO/IEC 7816-3 and EMV.

use std::cell::RefCell;

use embedded_pos::card::contact::reader::{Config, ContactReader, Fault};
use embedded_pos::card::contact::{Contacts, HalfDuplex, Shared, SharedError, SharedLine};
use embedded_pos::card::reader::tda8007::{self, Tda8007};
use embedded_pos::card::reader::tda8026::{self, Tda8026};
use embedded_pos::card::reader::tda8035::{Chip, PinSlot};
use embedded_pos::card::{t0, t1};
use embedded_pos::conformance::{self, CardStimulus};
use embedded_pos::port::{CallError, Class, Clock, Clocked, Duration, SlotFault};
use embedded_pos::sim::VirtualClock;
use embedded_pos::sim::card::contact::{SimPin, SimUart};
use embedded_pos::sim::card::{
    ContactCard, SimTda8007, SimTda8026, Socket, T0Card, T0Trick, T1Card, Trick,
};
use embedded_pos::{Error, ErrorKind, nb};

const READ: [u8; 5] = [0x00, 0xB2, 0x01, 0x0C, 0x04];
const READ_ANSWER: [u8; 6] = [0, 1, 2, 3, 0x90, 0x00];

type PinReader = ContactReader<
    Contacts<HalfDuplex<SimUart, VirtualClock>, PinSlot<SimPin, SimPin, SimPin, (SimPin, SimPin)>>,
>;

struct Bench {
    socket: Socket,
    reader: PinReader,
    clock: VirtualClock,
}

impl Bench {
    fn new(config: Config) -> Self {
        let clock = VirtualClock::in_steps(Duration::from_micros(50));
        Self::of(Socket::tda8035(clock.clone()), Chip::TDA8035, config, clock)
    }

    fn tda8024(config: Config) -> Self {
        let clock = VirtualClock::in_steps(Duration::from_micros(50));
        Self::of(Socket::tda8024(clock.clone()), Chip::TDA8024, config, clock)
    }

    fn of(socket: Socket, chip: Chip, config: Config, clock: VirtualClock) -> Self {
        let pins = socket.pins();
        let supply = (pins.en_5v, pins.en_1v8n);
        let slot = PinSlot::new(pins.cmdvccn, pins.rstin, pins.offn, supply, chip);
        let uart = HalfDuplex::new(socket.uart(), clock.clone(), true);
        let reader = ContactReader::new(Contacts::new(uart, slot), config);
        Self { socket, reader, clock }
    }

    fn with_card(config: Config, card: impl Into<Box<dyn ContactCard>>) -> Self {
        let bench = Self::new(config);
        bench.socket.insert(card);
        bench.clock.advance(Duration::from_millis(10));
        bench
    }

    fn activate(&mut self) -> Result<usize, Fault> {
        self.reader.activate().wait(&mut self.clock).map_err(fault)
    }

    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, Fault> {
        self.reader.transmit(command).wait(&mut self.clock).map_err(fault)?;
        Ok(self.reader.response().to_vec())
    }

    fn look(&mut self) -> bool {
        self.reader.look().wait(&mut self.clock).unwrap()
    }

    fn clean(&self) {
        assert_eq!(self.socket.violations(), [""; 0]);
    }

    /// The card has no power, and the chip was let go.
    fn dark(&mut self) {
        self.clock.advance(Duration::from_millis(5));
        assert!(!self.socket.is_powered());
        assert!(self.reader.atr().is_none());
    }
}

fn fault<E: std::fmt::Debug>(error: CallError<Fault, E>) -> Fault {
    match error {
        CallError::Device(fault) => fault,
        other => panic!("{other:?}"),
    }
}

fn inverse_atr() -> Vec<u8> {
    let mut atr = T1Card::echo().reset();
    atr[0] = 0x3F;
    atr
}

/// An ATR with its check byte.
fn atr(bytes: &[u8]) -> Vec<u8> {
    let tck = bytes.iter().skip(1).fold(0, |sum, byte| sum ^ byte);
    [bytes, &[tck]].concat()
}

#[test]
fn a_session_over_pins() {
    let mut bench = Bench::with_card(Config::emv(4_000_000), T1Card::echo());
    assert!(bench.look());
    let len = bench.activate().unwrap();
    assert_eq!(bench.reader.atr().unwrap().as_bytes().len(), len);
    assert_eq!(bench.transmit(&READ), Ok(READ_ANSWER.to_vec()));
    let long: Vec<u8> = [&[0x00, 0xD6, 0x00, 0x00, 0xFF][..], &[0xA5; 255]].concat();
    assert_eq!(bench.transmit(&long).unwrap().len(), 257);
    bench.reader.deactivate().wait(&mut bench.clock).unwrap();
    bench.dark();
    assert_eq!(bench.transmit(&READ), Err(Fault::Inactive));
    bench.clean();
}

#[test]
fn a_session_over_the_pins_of_a_tda8024() {
    let mut bench = Bench::tda8024(Config::emv(4_000_000));
    assert!(!bench.look());
    bench.socket.insert(T1Card::echo());
    bench.clock.advance(Duration::from_millis(30));
    assert!(bench.look());
    assert!(bench.activate().is_ok());
    assert_eq!(bench.transmit(&READ), Ok(READ_ANSWER.to_vec()));
    bench.clean();
}

#[test]
fn reset_is_low_for_as_long_as_the_standard_wants() {
    // The bounds themselves are the socket's: 40 000 to 45 000 cycles.
    for (low, good) in [(42_000, true), (40_100, true), (39_000, false), (45_500, false)] {
        let config = Config { low, ..Config::emv(4_000_000) };
        let mut bench = Bench::with_card(config, T1Card::echo());
        bench.activate().unwrap();
        let violations = bench.socket.violations();
        assert_eq!(violations.is_empty(), good, "{low}: {violations:?}");
        assert!(violations.iter().all(|what| what.starts_with("RST low for")), "{violations:?}");
    }
}

#[test]
fn what_the_socket_would_not_let_pass() {
    // A chip of the other kind is run with too short a wait for the clock.
    let clock = VirtualClock::new();
    let config = Config { low: 41_000, ..Config::emv(4_000_000) };
    let mut bench = Bench::of(Socket::tda8035(clock.clone()), Chip::TDA8024, config, clock);
    bench.socket.insert(T1Card::echo());
    bench.clock.advance(Duration::from_millis(10));
    let _ = bench.activate();
    let violations = bench.socket.violations();
    assert!(violations.iter().any(|what| what.starts_with("RST low for")), "{violations:?}");
}

#[test]
fn a_card_gets_ten_milliseconds_without_power() {
    let mut bench = Bench::with_card(Config::emv(4_000_000), T1Card::echo());
    for _ in 0..3 {
        assert!(bench.activate().is_ok());
    }
    bench.reader.deactivate().wait(&mut bench.clock).unwrap();
    assert!(bench.activate().is_ok());
    bench.clean();
}

#[test]
fn the_card_may_take_its_time_to_answer() {
    for (cycles, good) in [(400, true), (40_000, true), (41_900, true), (60_000, false)] {
        let mut bench = Bench::with_card(Config::emv(4_000_000), T1Card::echo());
        bench.socket.answers_after(cycles);
        let want = if good { Ok(12) } else { Err(Fault::Mute) };
        assert_eq!(bench.activate(), want, "{cycles}");
        if !good {
            bench.dark();
        }
        bench.clean();
    }
}

#[test]
fn a_card_that_answers_at_once_is_too_early() {
    // What is read later than it came is not told from what came later.
    let clock = VirtualClock::in_steps(Duration::from_micros(2));
    let socket = Socket::tda8035(clock.clone());
    let mut bench = Bench::of(socket, Chip::TDA8035, Config::emv(4_000_000), clock);
    bench.socket.insert(T1Card::echo());
    bench.clock.advance(Duration::from_millis(10));
    bench.socket.answers_after(0);
    assert_eq!(bench.activate(), Err(Fault::Early));
    bench.dark();
    bench.clean();
}

#[test]
fn an_inverse_card_is_understood() {
    for echo in [true, false] {
        let card = T1Card::echo().with_atr(&inverse_atr());
        let mut bench = Bench::with_card(Config::emv(4_000_000), card);
        let pins = bench.socket.pins();
        let supply = (pins.en_5v, pins.en_1v8n);
        let slot = PinSlot::new(pins.cmdvccn, pins.rstin, pins.offn, supply, Chip::TDA8035);
        let uart = bench.socket.uart();
        let uart = if echo { uart } else { uart.without_echo() };
        let uart = HalfDuplex::new(uart, bench.clock.clone(), echo);
        bench.reader = ContactReader::new(Contacts::new(uart, slot), Config::emv(4_000_000));
        assert_eq!(bench.activate(), Ok(12));
        assert_eq!(bench.reader.atr().unwrap().as_bytes()[0], 0x3F);
        assert_eq!(bench.transmit(&READ), Ok(READ_ANSWER.to_vec()));
        // The next card is direct.
        bench.socket.remove();
        bench.clock.advance(Duration::from_millis(30));
        assert!(!bench.look());
        bench.socket.insert(T1Card::echo());
        bench.clock.advance(Duration::from_millis(30));
        assert_eq!(bench.activate(), Ok(12));
        assert_eq!(bench.transmit(&READ), Ok(READ_ANSWER.to_vec()));
        bench.clean();
    }
}

#[test]
fn supplies_are_tried_in_order_and_what_the_atr_says_is_heeded() {
    for class in [Class::C, Class::B, Class::A] {
        let mut bench = Bench::with_card(Config::iso(4_000_000), T1Card::echo());
        bench.socket.only(class);
        assert_eq!(bench.activate(), Ok(12), "{class:?}");
        bench.clean();
    }
    let mut bench = Bench::with_card(Config::emv(4_000_000), T1Card::echo());
    bench.socket.only(Class::C);
    assert_eq!(bench.activate(), Err(Fault::Mute));
    // T=15: class A only.
    let picky = T1Card::echo().with_atr(&atr(&[0x3B, 0x80, 0x81, 0x1F, 0x01]));
    let mut bench = Bench::with_card(Config::iso(4_000_000), picky);
    assert!(bench.activate().is_ok());
    bench.clean();
}

#[test]
fn a_damaged_answer_to_reset_gets_one_warm_reset() {
    let mut bench = Bench::with_card(Config::emv(4_000_000), T1Card::echo());
    bench.socket.damage(4);
    assert_eq!(bench.activate(), Ok(12));
    assert_eq!(bench.transmit(&READ), Ok(READ_ANSWER.to_vec()));
    bench.clean();

    let mut bench = Bench::with_card(Config::emv(4_000_000), T1Card::echo());
    // The second answer begins with the thirteenth character.
    bench.socket.damage(4);
    bench.socket.damage(16);
    assert_eq!(bench.activate(), Err(Fault::Damaged));
    bench.dark();
    bench.clean();
}

#[test]
fn answers_that_are_none() {
    let long: Vec<u8> = [&[0x3B, 0xF0][..], &[0xF1; 40]].concat();
    let cases: [(&[u8], Fault); 6] = [
        (&[0x3B, 0x80, 0x01, 0x80], Fault::Tck),
        // More than its characters say: one of them is not what was sent.
        (&[0x3B, 0x00, 0x55], Fault::Atr(embedded_pos::card::AtrError::LeftOver { offset: 2 })),
        (&[0x00, 0x80], Fault::Atr(embedded_pos::card::AtrError::Ts { found: 0 })),
        (&[0x3B, 0x80, 0x01], Fault::Slow),
        (&atr(&[0x3B, 0x80, 0x0E]), Fault::Unmet(embedded_pos::card::pps::Unmet::Protocol)),
        (&long, Fault::Atr(embedded_pos::card::AtrError::LeftOver { offset: 33 })),
    ];
    for (bytes, want) in cases {
        let mut bench = Bench::with_card(Config::iso(4_000_000), T1Card::echo().with_atr(bytes));
        assert_eq!(bench.activate(), Err(want), "{bytes:02X?}");
        bench.dark();
        bench.clean();
    }
}

#[test]
fn specific_mode_sets_the_speed() {
    // TA1 13 (D = 4), TA2 01.
    let card = T1Card::echo().with_atr(&atr(&[0x3B, 0x90, 0x13, 0x91, 0x01, 0x31, 0xFE, 0x45]));
    let mut bench = Bench::with_card(Config::emv(4_000_000), card);
    assert_eq!(bench.activate(), Ok(9));
    let before = bench.clock.now();
    assert_eq!(bench.transmit(&READ), Ok(READ_ANSWER.to_vec()));
    // 21 characters of 12 etu; at 372 clocks they would be 23 ms.
    assert!(bench.clock.now().since(before) < Duration::from_millis(16));
    bench.clean();
}

#[test]
fn a_damaged_block_is_asked_for_again() {
    let mut bench = Bench::with_card(Config::emv(4_000_000), T1Card::echo());
    bench.activate().unwrap();
    for n in 0..4 {
        bench.socket.damage(n);
        assert_eq!(bench.transmit(&READ), Ok(READ_ANSWER.to_vec()), "character {n}");
    }
    bench.clean();
}

#[test]
fn a_mute_card_gets_no_power_any_more() {
    let mut card = T1Card::echo();
    card.plan(Trick::Mute);
    let config =
        Config { t1: t1::Limits { attempts: 1, ..Config::emv(0).t1 }, ..Config::emv(4_000_000) };
    let mut bench = Bench::with_card(config, card);
    assert_eq!(bench.activate(), Err(Fault::T1(t1::Fault::Silent)));
    bench.dark();
    bench.clean();
}

#[test]
fn a_card_that_gives_up_keeps_its_power() {
    let mut bench = Bench::with_card(Config::emv(4_000_000), T1Card::echo());
    bench.activate().unwrap();
    assert_eq!(bench.transmit(&[0; 3]), Err(Fault::T1(t1::Fault::Command)));
    assert_eq!(bench.transmit(&READ), Ok(READ_ANSWER.to_vec()));
    bench.clean();
}

#[test]
fn off_says_why() {
    // Before a session: presence.
    let mut bench = Bench::new(Config::emv(4_000_000));
    assert!(!bench.look());
    assert_eq!(bench.activate(), Err(Fault::Absent));
    bench.socket.insert(T1Card::echo());
    bench.clock.advance(Duration::from_millis(30));
    bench.activate().unwrap();
    // During one: overload, heat or supply; the chip does not say which.
    bench.socket.trip();
    let error = bench.transmit(&READ).unwrap_err();
    assert_eq!((error, error.kind()), (Fault::Slot(SlotFault::Protection), ErrorKind::Hardware));
    bench.dark();
    // The card is still there, and can be activated anew.
    bench.clock.advance(Duration::from_millis(30));
    assert!(bench.look());
    bench.activate().unwrap();
    // Pulled.
    bench.socket.remove();
    let error = bench.transmit(&READ).unwrap_err();
    assert_eq!((error, error.kind()), (Fault::Slot(SlotFault::TakenOff), ErrorKind::Absent));
    bench.dark();
    bench.clock.advance(Duration::from_millis(30));
    assert!(!bench.look());
    bench.clean();
}

#[test]
fn a_look_sees_what_happened() {
    let mut bench = Bench::with_card(Config::emv(4_000_000), T1Card::echo());
    bench.activate().unwrap();
    bench.socket.remove();
    bench.clock.advance(Duration::from_millis(30));
    assert!(!bench.look());
    bench.dark();
    bench.socket.insert(T1Card::echo());
    bench.clock.advance(Duration::from_millis(30));
    assert!(bench.look());
    assert_eq!(bench.transmit(&READ), Err(Fault::Inactive));
    assert!(bench.activate().is_ok());
    bench.clean();
}

/// A card in a session is pulled after every character it hears; the chip is
/// tripped at every millisecond of a session.
#[test]
fn the_card_is_pulled_at_each_step() {
    for heard in 0..40 {
        let mut bench = Bench::with_card(Config::emv(4_000_000), T1Card::echo());
        bench.socket.remove_after(heard);
        let start = bench.clock.now();
        let result = bench.activate().and_then(|_| bench.transmit(&READ));
        let error = match result {
            Ok(_) if heard > 14 => continue,
            other => other.unwrap_err(),
        };
        assert_eq!(error.kind(), ErrorKind::Absent, "after {heard}: {error}");
        assert!(bench.clock.now().since(start) < Duration::from_millis(600), "after {heard}");
        bench.dark();
        bench.clean();
    }
}

#[test]
fn the_chip_protects_itself_at_each_millisecond() {
    for millis in 0..60 {
        let mut bench = Bench::with_card(Config::emv(4_000_000), T1Card::echo());
        let at = bench.clock.now() + Duration::from_millis(millis);
        let mut tripped = false;
        let mut clock = bench.clock.clone();
        let mut call = bench.reader.activate();
        let result = loop {
            if !tripped && clock.now() >= at {
                bench.socket.trip();
                tripped = true;
            }
            match call.poll(clock.now()) {
                Err(nb::Error::WouldBlock) => clock.advance(Duration::from_micros(50)),
                Err(nb::Error::Other(error)) => break Err(fault(error)),
                Ok(len) => break Ok(len),
            }
        };
        let session = result.and_then(|_| bench.transmit(&READ));
        match session {
            Ok(response) => assert_eq!(response, READ_ANSWER),
            Err(error) => assert_eq!(error, Fault::Slot(SlotFault::Protection), "{millis} ms"),
        }
        bench.clean();
    }
}

struct Hand<I, R, P> {
    insert: I,
    remove: R,
    pause: P,
}

impl<I: FnMut(), R: FnMut(), P: FnMut()> CardStimulus for Hand<I, R, P> {
    fn insert(&mut self) {
        (self.insert)();
    }

    fn remove(&mut self) {
        (self.remove)();
    }

    fn pause(&mut self) {
        (self.pause)();
    }
}

#[test]
fn the_suite_over_pins() {
    for bench in [Bench::new(Config::emv(4_000_000)), Bench::tda8024(Config::emv(4_000_000))] {
        let (socket, clock) = (bench.socket, bench.clock);
        let mut reader = Clocked::new(bench.reader, clock.clone());
        let mut hand = Hand {
            insert: || socket.insert(T1Card::echo()),
            remove: || socket.remove(),
            pause: || clock.advance(Duration::from_millis(5)),
        };
        let report = conformance::card(&mut reader, &mut hand);
        assert!(report.passed(), "{report}");
        assert_eq!(socket.violations(), [""; 0]);
    }
}

#[test]
fn the_suite_over_each_slot_of_a_tda8026() {
    use tda8026::Number::{Five, Four, One, Three, Two};
    for number in [One, Two, Three, Four, Five] {
        let clock = VirtualClock::in_steps(Duration::from_micros(50));
        let sim = SimTda8026::new(clock.clone());
        let chip = RefCell::new(Tda8026::new(sim.i2c()));
        assert_eq!(chip.borrow_mut().init(), Ok(0xC2));
        let n = number as usize;
        let uart = sim.uart(if n == 1 { 1 } else { 2 });
        let line = RefCell::new(SharedLine::new(HalfDuplex::new(uart, clock.clone(), true)));
        let slot = Tda8026::slot(&chip, number);
        let port = Shared::new(&line, slot, number as u8);
        let reader = ContactReader::new(port, Config::emv(4_000_000));
        let mut reader = Clocked::new(reader, clock.clone());
        let mut hand = Hand {
            insert: || sim.insert(n, T1Card::echo()),
            remove: || sim.remove(n),
            pause: || clock.advance(Duration::from_millis(5)),
        };
        let report = conformance::card(&mut reader, &mut hand);
        assert!(report.passed(), "{number:?}: {report}");
        assert_eq!(sim.violations(), [""; 0]);
    }
}

#[test]
fn the_suite_over_both_slots_of_a_tda8007() {
    for (number, n) in [(tda8007::Number::One, 1), (tda8007::Number::Two, 2)] {
        let clock = VirtualClock::in_steps(Duration::from_micros(50));
        let sim = SimTda8007::new(clock.clone(), 14_745_600);
        let chip = RefCell::new(Tda8007::new(sim.bus(), tda8007::Divider::Four));
        chip.borrow_mut().init().unwrap();
        let line = RefCell::new(SharedLine::new(Tda8007::uart(&chip)));
        let port = Shared::new(&line, Tda8007::slot(&chip, number), n);
        let reader = ContactReader::new(port, Config::emv(14_745_600 / 4));
        let mut reader = Clocked::new(reader, clock.clone());
        let mut hand = Hand {
            insert: || sim.insert(n.into(), T1Card::echo()),
            remove: || sim.remove(n.into()),
            pause: || clock.advance(Duration::from_millis(5)),
        };
        let report = conformance::card(&mut reader, &mut hand);
        assert!(report.passed(), "{number:?}: {report}");
        assert_eq!(sim.violations(), [""; 0]);
    }
}

/// Two cards on the shared line of a TDA8026.
struct Sams {
    sim: SimTda8026,
    clock: VirtualClock,
}

impl Sams {
    fn new() -> Self {
        let clock = VirtualClock::in_steps(Duration::from_micros(50));
        let sim = SimTda8026::new(clock.clone());
        sim.insert(2, T1Card::echo());
        sim.insert(3, T1Card::echo());
        Self { sim, clock }
    }
}

#[test]
fn cards_on_one_line_are_talked_to_one_at_a_time() {
    let Sams { sim, mut clock } = Sams::new();
    let chip = RefCell::new(Tda8026::new(sim.i2c()));
    chip.borrow_mut().init().unwrap();
    let line = RefCell::new(SharedLine::new(HalfDuplex::new(sim.uart(2), clock.clone(), true)));
    let sam = |number| {
        let slot = Tda8026::slot(&chip, number);
        ContactReader::new(Shared::new(&line, slot, number as u8), Config::emv(4_000_000))
    };
    let (mut two, mut three) = (sam(tda8026::Number::Two), sam(tda8026::Number::Three));
    two.activate().wait(&mut clock).unwrap();
    three.activate().wait(&mut clock).unwrap();
    for le in 1..20 {
        let command = [0x00, 0xB2, 0x01, 0x0C, le];
        let (speaks, listens) = if le % 2 == 0 { (2, 3) } else { (3, 2) };
        let before = sim.heard(listens);
        let reader = if speaks == 2 { &mut two } else { &mut three };
        reader.transmit(&command).wait(&mut clock).unwrap();
        assert_eq!(reader.response().len(), usize::from(le) + 2);
        assert_eq!(sim.heard(listens), before, "slot {listens} heard what was said to {speaks}");
    }
    // While one is spoken to, the other is refused, and nothing of it is sent.
    let mut call = two.transmit(&READ);
    for _ in 0..40 {
        assert!(call.poll(clock.now()).is_err());
        clock.advance(Duration::from_micros(100));
    }
    let heard = sim.heard(3);
    let refused = three.transmit(&READ).wait(&mut clock).unwrap_err();
    assert!(matches!(refused, CallError::Port(SharedError::Taken { by: Some(2) })), "{refused:?}");
    assert_eq!((refused.kind(), sim.heard(3)), (ErrorKind::Busy, heard));
    // What was dropped half way keeps the line until it is given back.
    drop(call);
    assert!(three.transmit(&READ).wait(&mut clock).is_err());
    // Not before the characters are out that the UART was given.
    let sending = two.port_mut().give_back().unwrap_err();
    assert_eq!(sending.kind(), ErrorKind::Busy);
    clock.advance(Duration::from_millis(12));
    two.port_mut().give_back().unwrap();
    three.transmit(&READ).wait(&mut clock).unwrap();
    assert_eq!(three.response(), READ_ANSWER);
    assert_eq!(line.borrow().owner(), None);
    assert_eq!(sim.violations(), [""; 0]);
}

#[test]
fn each_slot_of_a_tda8026_has_its_own_faults() {
    let Sams { sim, mut clock } = Sams::new();
    let chip = RefCell::new(Tda8026::new(sim.i2c()));
    chip.borrow_mut().init().unwrap();
    let line = RefCell::new(SharedLine::new(HalfDuplex::new(sim.uart(2), clock.clone(), true)));
    let sam = |number| {
        let slot = Tda8026::slot(&chip, number);
        ContactReader::new(Shared::new(&line, slot, number as u8), Config::emv(4_000_000))
    };
    let (mut two, mut three) = (sam(tda8026::Number::Two), sam(tda8026::Number::Three));
    for reader in [&mut two, &mut three] {
        reader.activate().wait(&mut clock).unwrap();
    }
    sim.trip(2);
    let error = two.transmit(&READ).wait(&mut clock).map_err(fault).unwrap_err();
    assert_eq!(error, Fault::Slot(SlotFault::Protection));
    assert!(three.transmit(&READ).wait(&mut clock).is_ok());
    sim.remove(3);
    let error = three.transmit(&READ).wait(&mut clock).map_err(fault).unwrap_err();
    assert_eq!(error, Fault::Slot(SlotFault::TakenOff));
    sim.insert(3, T1Card::echo());
    for reader in [&mut two, &mut three] {
        reader.activate().wait(&mut clock).unwrap();
    }
    sim.brown_out();
    for reader in [&mut two, &mut three] {
        let error = reader.transmit(&READ).wait(&mut clock).map_err(fault).unwrap_err();
        assert_eq!(error, Fault::Slot(SlotFault::Supply));
    }
    // The bus fails once: nothing was sent to the card, and it goes on.
    for reader in [&mut two, &mut three] {
        reader.activate().wait(&mut clock).unwrap();
    }
    sim.ignore(1);
    let error = two.transmit(&READ).wait(&mut clock).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Hardware);
    two.port_mut().give_back().unwrap();
    assert!(three.transmit(&READ).wait(&mut clock).is_ok());
    assert!(two.transmit(&READ).wait(&mut clock).is_ok());
    assert_eq!(sim.violations(), [""; 0]);
}

#[test]
fn a_tda8007_tells_its_faults_apart() {
    let mut clock = VirtualClock::in_steps(Duration::from_micros(50));
    let sim = SimTda8007::new(clock.clone(), 14_745_600);
    sim.insert(1, T1Card::echo());
    sim.insert(2, T1Card::echo().with_atr(&inverse_atr()));
    let chip = RefCell::new(Tda8007::new(sim.bus(), tda8007::Divider::Four));
    assert_eq!(chip.borrow_mut().init(), Ok(3));
    let line = RefCell::new(SharedLine::new(Tda8007::uart(&chip)));
    let reader = |number| {
        let port = Shared::new(&line, Tda8007::slot(&chip, number), number as u8);
        ContactReader::new(port, Config::emv(14_745_600 / 4))
    };
    let (mut one, mut two) = (reader(tda8007::Number::One), reader(tda8007::Number::Two));
    for (hsr, want) in
        [(0x20, SlotFault::Overload), (0x01, SlotFault::Overheated), (0x10, SlotFault::Supply)]
    {
        one.activate().wait(&mut clock).unwrap();
        two.activate().wait(&mut clock).unwrap();
        // Both are talked to in turn, in different conventions, on one UART.
        for _ in 0..3 {
            one.transmit(&READ).wait(&mut clock).unwrap();
            two.transmit(&READ).wait(&mut clock).unwrap();
            assert_eq!((one.response(), two.response()), (&READ_ANSWER[..], &READ_ANSWER[..]));
        }
        sim.trip(1, hsr);
        let error = one.transmit(&READ).wait(&mut clock).map_err(fault).unwrap_err();
        assert_eq!(error, Fault::Slot(want));
        assert!(
            !sim.is_powered(1) || {
                clock.advance(Duration::from_millis(1));
                true
            }
        );
        let other = two.transmit(&READ).wait(&mut clock).map_err(fault);
        // Overload is of one card; heat and supply are of the chip.
        assert_eq!(other.is_ok(), want == SlotFault::Overload, "{want:?}: {other:?}");
    }
    two.activate().wait(&mut clock).unwrap();
    sim.remove(2);
    let error = two.transmit(&READ).wait(&mut clock).map_err(fault).unwrap_err();
    assert_eq!(error, Fault::Slot(SlotFault::TakenOff));
    assert_eq!(sim.violations(), [""; 0]);
}

#[test]
fn a_damaged_character_in_the_buffer_of_a_tda8007() {
    let mut clock = VirtualClock::in_steps(Duration::from_micros(50));
    let sim = SimTda8007::new(clock.clone(), 14_745_600);
    sim.insert(1, T1Card::echo());
    let chip = RefCell::new(Tda8007::new(sim.bus(), tda8007::Divider::Four));
    chip.borrow_mut().init().unwrap();
    let line = RefCell::new(SharedLine::new(Tda8007::uart(&chip)));
    let port = Shared::new(&line, Tda8007::slot(&chip, tda8007::Number::One), 1);
    let mut reader = ContactReader::new(port, Config::emv(14_745_600 / 4));
    sim.damage(1, 4);
    reader.activate().wait(&mut clock).unwrap();
    for n in 0..8 {
        sim.damage(1, n);
        reader.transmit(&READ).wait(&mut clock).unwrap();
        assert_eq!(reader.response(), READ_ANSWER);
    }
    assert_eq!(sim.violations(), [""; 0]);
}

#[test]
fn speeds_a_tda8007_has_and_one_it_has_not() {
    // Specific mode, TA1: F 372 over 1, 2, 4, 8 and F 512 over 8, 16, 32; 372 over
    // 12 is 31 clocks; 558 over 16 is not to be had of 31 or 32.
    for (ta1, good) in [
        (0x11, true),
        (0x12, true),
        (0x13, true),
        (0x14, true),
        (0x94, true),
        (0x95, true),
        (0x18, true),
        (0x25, false),
    ] {
        let mut clock = VirtualClock::in_steps(Duration::from_micros(10));
        let sim = SimTda8007::new(clock.clone(), 14_745_600);
        let bytes = atr(&[0x3B, 0x90, ta1, 0x91, 0x01, 0x31, 0xFE, 0x45]);
        sim.insert(1, T1Card::echo().with_atr(&bytes));
        let chip = RefCell::new(Tda8007::new(sim.bus(), tda8007::Divider::Four));
        chip.borrow_mut().init().unwrap();
        let line = RefCell::new(SharedLine::new(Tda8007::uart(&chip)));
        let port = Shared::new(&line, Tda8007::slot(&chip, tda8007::Number::One), 1);
        let mut reader =
            ContactReader::new(port, Config { fastest: 250_000, ..Config::iso(14_745_600 / 4) });
        let activated = reader.activate().wait(&mut clock);
        assert_eq!(activated.is_ok(), good, "{ta1:02X}: {activated:?}");
        if let Err(error) = activated {
            assert_eq!(error.kind(), ErrorKind::Unsupported);
            continue;
        }
        reader.transmit(&READ).wait(&mut clock).unwrap();
        assert_eq!(reader.response(), READ_ANSWER, "{ta1:02X}");
        assert_eq!(sim.violations(), [""; 0], "{ta1:02X}");
    }
}

#[test]
fn the_speed_is_negotiated_by_the_rules_of_iso() {
    // TA1 13, T=1 offered; no TA2: negotiable.
    let bytes = atr(&[0x3B, 0x90, 0x13, 0x81, 0x31, 0xFE, 0x45]);
    for (fastest, fast) in [(115_200, true), (0, false)] {
        let card = T1Card::echo().with_atr(&bytes);
        let config = Config { fastest, ..Config::iso(4_000_000) };
        let mut bench = Bench::with_card(config, card);
        bench.activate().unwrap();
        let before = bench.clock.now();
        assert_eq!(bench.transmit(&READ), Ok(READ_ANSWER.to_vec()));
        let took = bench.clock.now().since(before);
        assert_eq!(took < Duration::from_millis(16), fast, "{took:?}");
        bench.clean();
    }
}

#[test]
fn a_card_that_emv_does_not_accept_gets_one_warm_reset() {
    // TB1 is missing: refused after a cold reset, accepted after a warm one.
    let mut bench = Bench::with_card(
        Config::emv(4_000_000),
        T1Card::echo().with_atr(&atr(&[0x3B, 0x80, 0x81, 0x31, 0xFE, 0x45])),
    );
    assert_eq!(bench.activate(), Ok(7));
    bench.clean();
    // IFSC 05: never.
    let bytes = atr(&[0x3B, 0xA0, 0x00, 0x81, 0x31, 0x05, 0x45]);
    let mut bench = Bench::with_card(Config::emv(4_000_000), T1Card::echo().with_atr(&bytes));
    let error = bench.activate().unwrap_err();
    let Fault::Refused(refusal) = error else { panic!("{error:?}") };
    assert_eq!(refusal.character, embedded_pos::card::atr::Character::Ta3);
    bench.dark();
    bench.clean();
    let mut bench = Bench::with_card(Config::iso(4_000_000), T1Card::echo().with_atr(&bytes));
    assert!(bench.activate().is_ok());
}

#[test]
fn a_session_of_t0_over_pins() {
    let mut bench = Bench::with_card(Config::emv(4_000_000), T0Card::echo());
    assert_eq!(bench.activate(), Ok(7));
    assert_eq!(bench.transmit(&READ), Ok(READ_ANSWER.to_vec()));
    // Case 4: GET RESPONSE.
    let select = b"\x00\xA4\x04\x00\x0E1PAY.SYS.DDF01\x00";
    let answer = [&b"1PAY.SYS.DDF01"[..], &[0x90, 0x00]].concat();
    assert_eq!(bench.transmit(select), Ok(answer));
    let long: Vec<u8> = [&[0x00, 0xD6, 0x00, 0x00, 0xFF][..], &[0xA5; 255]].concat();
    // The echo of a case 3 command is more than it asked for, and told so.
    assert_eq!(bench.transmit(&long), Ok(vec![0x61, 0xFF]));
    bench.clean();
}

#[test]
fn a_t0_card_that_fails_gets_no_power_any_more() {
    // A character that is damaged is missing, for a plain UART can refuse none.
    let mut bench = Bench::with_card(Config::emv(4_000_000), T0Card::echo());
    bench.activate().unwrap();
    bench.socket.damage(2);
    let error = bench.transmit(&READ).unwrap_err();
    assert!(matches!(error, Fault::T0(_)), "{error:?}");
    bench.dark();
    assert_eq!(bench.transmit(&READ), Err(Fault::Inactive));
    assert!(bench.activate().is_ok());
    assert_eq!(bench.transmit(&READ), Ok(READ_ANSWER.to_vec()));
    bench.clean();
    let mut card = T0Card::echo();
    card.plan(T0Trick::Mute);
    let mut bench = Bench::with_card(Config::emv(4_000_000), card);
    bench.activate().unwrap();
    assert!(matches!(bench.transmit(&READ), Err(Fault::T0(_))));
    bench.dark();
    bench.clean();
}

#[test]
fn a_t0_card_is_pulled_at_each_step() {
    let select = b"\x00\xA4\x04\x00\x0E1PAY.SYS.DDF01\x00";
    for heard in 0..30 {
        let mut bench = Bench::with_card(Config::emv(4_000_000), T0Card::echo());
        bench.socket.remove_after(heard);
        let start = bench.clock.now();
        let result = bench.activate().and_then(|_| bench.transmit(select));
        let error = match result {
            Ok(_) if heard > 23 => continue,
            other => other.unwrap_err(),
        };
        assert_eq!(error.kind(), ErrorKind::Absent, "after {heard}: {error}");
        assert!(bench.clock.now().since(start) < Duration::from_millis(600), "after {heard}");
        bench.dark();
        bench.clean();
    }
}

#[test]
fn a_t0_card_that_does_not_know_envelope_stays_active() {
    let card = T0Card::echo().without_envelope();
    let mut bench = Bench::with_card(Config::emv(4_000_000), card);
    bench.activate().unwrap();
    let long = [&[0x00, 0xD6, 0x00, 0x00, 0x00, 0x01, 0x2C][..], &[0xA5; 300]].concat();
    let call = bench.reader.transmit_into(&long, &mut []);
    let error = call.wait(&mut bench.clock).map_err(fault).unwrap_err();
    assert_eq!(error, Fault::T0(t0::Fault::Extended));
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert_eq!(bench.transmit(&[0x00, 0xB2, 0x01, 0x0C, 0x01]), Ok(vec![0x00, 0x90, 0x00]));
    bench.clean();
}

#[test]
fn a_t0_card_on_each_chip_with_a_uart() {
    let mut clock = VirtualClock::in_steps(Duration::from_micros(50));
    let sim = SimTda8007::new(clock.clone(), 14_745_600);
    sim.insert(1, T0Card::echo());
    sim.insert(2, T0Card::echo().with_atr(&[0x3F, 0x62, 0x00, 0x00, b'N', b'O']));
    let chip = RefCell::new(Tda8007::new(sim.bus(), tda8007::Divider::Four));
    chip.borrow_mut().init().unwrap();
    let line = RefCell::new(SharedLine::new(Tda8007::uart(&chip)));
    for number in [tda8007::Number::One, tda8007::Number::Two] {
        let port = Shared::new(&line, Tda8007::slot(&chip, number), number as u8);
        let mut reader = ContactReader::new(port, Config::emv(14_745_600 / 4));
        reader.activate().wait(&mut clock).unwrap();
        reader.transmit(&READ).wait(&mut clock).unwrap();
        assert_eq!(reader.response(), READ_ANSWER);
    }
    assert_eq!(sim.violations(), [""; 0]);
}

/// Each character of the card damaged once, and each of the host unheard once,
/// in whole sessions: the right data, or an error of the right kind, in time.
#[test]
fn every_character_goes_wrong_once() {
    let kinds = [ErrorKind::Line, ErrorKind::Timeout, ErrorKind::Protocol];
    let mut survived = [0; 2];
    for t1 in [false, true] {
        for host in [false, true] {
            for n in 0..60 {
                let card: Box<dyn ContactCard> =
                    if t1 { T1Card::echo().into() } else { T0Card::echo().into() };
                let mut bench = Bench::with_card(Config::emv(4_000_000), card);
                if host {
                    bench.socket.lose(n);
                } else {
                    bench.socket.damage(n);
                }
                let start = bench.clock.now();
                let session = bench.activate().and_then(|_| {
                    let first = bench.transmit(&READ)?;
                    Ok((first, bench.transmit(&READ)?))
                });
                let what = format!("T=1 {t1}, host {host}, {n}: {session:?}");
                match session {
                    Ok((first, second)) => {
                        assert_eq!((first, second), (READ_ANSWER.to_vec(), READ_ANSWER.to_vec()));
                        survived[usize::from(t1)] += 1;
                    }
                    Err(error) => {
                        // A block of T=1 without its beginning is two to the
                        // card, which answers in the middle of it.
                        assert!(host || !t1, "{what}");
                        assert!(kinds.contains(&error.kind()), "{what}");
                        bench.dark();
                    }
                }
                // A work waiting time, and the time of a session.
                let took = bench.clock.now().since(start);
                assert!(took < Duration::from_millis(2_500), "{what}: {took:?}");
                if !host {
                    bench.clean();
                }
            }
        }
    }
    // T=1 survives what the card says wrong, and nearly all of what it does not
    // hear; T=0 what is in the ATR, or after the session.
    assert!(survived[0] >= 96 && survived[1] >= 114, "{survived:?}");
}

#[test]
fn every_character_goes_wrong_once_on_the_chips_with_registers() {
    for n in 0..50 {
        let mut clock = VirtualClock::in_steps(Duration::from_micros(50));
        let sim = SimTda8026::new(clock.clone());
        sim.insert(4, T1Card::echo());
        sim.damage(4, n);
        let chip = RefCell::new(Tda8026::new(sim.i2c()));
        chip.borrow_mut().init().unwrap();
        let line = RefCell::new(SharedLine::new(HalfDuplex::new(sim.uart(2), clock.clone(), true)));
        let slot = Tda8026::slot(&chip, tda8026::Number::Four);
        let mut reader = ContactReader::new(Shared::new(&line, slot, 4), Config::emv(4_000_000));
        reader.activate().wait(&mut clock).unwrap();
        reader.transmit(&READ).wait(&mut clock).unwrap();
        assert_eq!(reader.response(), READ_ANSWER, "{n}");
        assert_eq!(sim.violations(), [""; 0], "{n}");

        let mut clock = VirtualClock::in_steps(Duration::from_micros(50));
        let sim = SimTda8007::new(clock.clone(), 14_745_600);
        sim.insert(1, T1Card::echo());
        sim.damage(1, n);
        let chip = RefCell::new(Tda8007::new(sim.bus(), tda8007::Divider::Four));
        chip.borrow_mut().init().unwrap();
        let line = RefCell::new(SharedLine::new(Tda8007::uart(&chip)));
        let port = Shared::new(&line, Tda8007::slot(&chip, tda8007::Number::One), 1);
        let mut reader = ContactReader::new(port, Config::emv(14_745_600 / 4));
        reader.activate().wait(&mut clock).unwrap();
        reader.transmit(&READ).wait(&mut clock).unwrap();
        assert_eq!(reader.response(), READ_ANSWER, "{n}");
        assert_eq!(sim.violations(), [""; 0], "{n}");
    }
}

#[test]
fn a_chip_without_a_supply_says_so() {
    let clock = VirtualClock::in_steps(Duration::from_micros(50));
    let socket = Socket::tda8024(clock.clone());
    socket.insert(T1Card::echo());
    clock.advance(Duration::from_millis(30));
    let pins = socket.pins();
    let slot = PinSlot::new(pins.cmdvccn, pins.rstin, pins.offn, (pins.en_5v,), Chip::TDA8024);
    let uart = HalfDuplex::new(socket.uart(), clock.clone(), true);
    let mut reader = ContactReader::new(Contacts::new(uart, slot), Config::iso(4_000_000));
    let error = reader.activate().wait(&mut clock.clone()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(!socket.is_powered());
    let pins = socket.pins();
    let slot = PinSlot::new(pins.cmdvccn, pins.rstin, pins.offn, Class::B, Chip::TDA8024);
    let uart = HalfDuplex::new(socket.uart(), clock.clone(), true);
    let config = Config { classes: &[Class::B], ..Config::iso(4_000_000) };
    let mut reader = ContactReader::new(Contacts::new(uart, slot), config);
    reader.activate().wait(&mut clock.clone()).unwrap();
}
