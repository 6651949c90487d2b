//! Contact cards against what a payment cannot bear: a command that is carried
//! out twice, and a card that holds the terminal.

use std::cell::RefCell;
use std::sync::{Arc, Mutex};

use embedded_pos::card::contact::reader::{Config, ContactReader, Fault};
use embedded_pos::card::contact::{Contacts, HalfDuplex, Shared, SharedLine};
use embedded_pos::card::reader::serial_ccid::{self, Level, SerialCcid};
use embedded_pos::card::reader::tda8026::{Number, Tda8026};
use embedded_pos::card::reader::tda8035::{Chip, PinSlot};
use embedded_pos::card::{T1Parameters, t0, t1};
use embedded_pos::port::{
    CallError, CardLines, CardState, Clock, Contact, Duration, Instant, Port, SlotFault,
};
use embedded_pos::sim::card::contact::{SimPin, SimUart};
use embedded_pos::sim::card::{
    ApduCard, Application, CcidReader, Exchanges, Held, SimTda8026, Socket, T0Card, T1Card,
    TpduCard,
};
use embedded_pos::sim::{Device, Outbox, Simulated, VirtualClock};
use embedded_pos::{ErrorType, nb};

/// GENERATE AC, first, for an ARQC.
const GENERATE: [u8; 11] = [0x80, 0xAE, 0x80, 0x00, 0x05, 0x11, 0x22, 0x33, 0x44, 0x55, 0x00];

/// A cryptogram in which stands what a serial CCID reader says when it did not
/// understand.
const CRYPTOGRAM: [u8; 13] =
    [0x80, 0x0B, 0x80, 0x00, 0x03, 0x15, 0x16, 0x03, 0x15, 0x16, 0x9A, 0x50, 0x02];

/// Counts its cryptograms.
#[derive(Clone, Default)]
struct Purse(Arc<Mutex<usize>>);

impl Purse {
    fn count(&self) -> usize {
        *self.0.lock().unwrap()
    }
}

impl Application for Purse {
    fn reset(&mut self) {}

    fn process(&mut self, command: &[u8]) -> Vec<u8> {
        if command.get(1) != Some(&0xAE) {
            return vec![0x6D, 0x00];
        }
        *self.0.lock().unwrap() += 1;
        [&CRYPTOGRAM[..], &[0x90, 0x00]].concat()
    }
}

/// What happens to one byte.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Mishap {
    Dropped,
    Doubled,
    Flipped(u8),
    Late(Duration),
}

const MISHAPS: [Mishap; 6] = [
    Mishap::Dropped,
    Mishap::Doubled,
    Mishap::Flipped(0x01),
    Mishap::Flipped(0x80),
    Mishap::Late(Duration::from_millis(30)),
    Mishap::Late(Duration::from_millis(1_500)),
];

/// A byte line on which one byte, of those that come or of those that go, has a
/// mishap.
struct Line<P> {
    port: P,
    clock: VirtualClock,
    inbound: bool,
    mishap: Mishap,
    /// The byte that has it, counted from when that was set.
    at: Arc<Mutex<Option<usize>>>,
    coming: Vec<(Instant, u8)>,
    held_until: Instant,
}

impl<P> Line<P> {
    fn pass(&mut self, byte: u8, inbound: bool) -> (Vec<u8>, Option<Duration>) {
        let mut left = self.at.lock().unwrap();
        match &mut *left {
            Some(0) if inbound == self.inbound => {
                *left = None;
                match self.mishap {
                    Mishap::Dropped => (vec![], None),
                    Mishap::Doubled => (vec![byte; 2], None),
                    Mishap::Flipped(mask) => (vec![byte ^ mask], None),
                    Mishap::Late(late) => (vec![byte], Some(late)),
                }
            }
            Some(at) if inbound == self.inbound => {
                *at -= 1;
                (vec![byte], None)
            }
            _ => (vec![byte], None),
        }
    }
}

impl<P: ErrorType> ErrorType for Line<P> {
    type Error = P::Error;
}

impl<P: Port> Port for Line<P> {
    fn try_read(&mut self, buf: &mut [u8]) -> nb::Result<usize, P::Error> {
        let now = self.clock.now();
        let mut came = [0; 64];
        if let Ok(n) = self.port.try_read(&mut came) {
            for byte in &came[..n] {
                let (bytes, late) = self.pass(*byte, true);
                if let Some(late) = late {
                    self.held_until = now + late;
                }
                let at = self.held_until.max(now);
                self.coming.extend(bytes.into_iter().map(|byte| (at, byte)));
            }
        }
        let ready = self.coming.iter().take_while(|(at, _)| *at <= now).count().min(buf.len());
        for (room, (_, byte)) in buf.iter_mut().zip(self.coming.drain(..ready)) {
            *room = byte;
        }
        if ready == 0 { Err(nb::Error::WouldBlock) } else { Ok(ready) }
    }

    fn try_write(&mut self, bytes: &[u8]) -> nb::Result<usize, P::Error> {
        // One that is late holds up this one and those behind it.
        let now = self.clock.now();
        if now < self.held_until && !self.inbound {
            return Err(nb::Error::WouldBlock);
        }
        let [byte, ..] = bytes else { return Err(nb::Error::WouldBlock) };
        let (bytes, late) = self.pass(*byte, false);
        if let Some(late) = late {
            self.held_until = now + late;
        }
        if !bytes.is_empty() {
            self.port.try_write(&bytes)?;
        }
        Ok(1)
    }
}

/// GENERATE AC over a serial CCID reader, with a mishap to one byte; `None` if
/// there is no such byte. Whether it went well.
fn over_serial_ccid(
    level: (Level, Exchanges),
    echo: bool,
    card: impl Into<Held>,
    purse: &Purse,
    (inbound, mishap, at): (bool, Mishap, usize),
) -> Option<bool> {
    let mut clock = VirtualClock::in_steps(Duration::from_micros(500));
    let left = Arc::new(Mutex::new(None));
    let device = CcidReader::new().with_level(level.1);
    let device = Simulated::new(if echo { device } else { device.without_echo() });
    device.device().insert(card);
    let port = Line {
        port: device.port(clock.clone()),
        clock: clock.clone(),
        inbound,
        mishap,
        at: Arc::clone(&left),
        coming: Vec::new(),
        held_until: Instant::ZERO,
    };
    let config = serial_ccid::Config { level: level.0, ..serial_ccid::Config::DEFAULT };
    let mut reader = SerialCcid::new(port, config);
    reader.activate().wait(&mut clock).unwrap();
    assert_eq!(purse.count(), 0);
    *left.lock().unwrap() = Some(at);
    let went = reader.transmit(&GENERATE).wait(&mut clock);
    if went.is_ok() {
        let wanted = [&CRYPTOGRAM[..], &[0x90, 0x00]].concat();
        assert_eq!(reader.response(), wanted, "{level:?}, {echo} {inbound} {mishap:?} at {at}");
    }
    let well = went.is_ok();
    // The next command, whatever it is, does not have the first carried out.
    _ = reader.transmit(&[0x00, 0xB2, 0x01, 0x0C, 0x00]).wait(&mut clock);
    let passed = left.lock().unwrap().is_none();
    passed.then_some(well)
}

/// Every byte of a GENERATE AC, and of the command after it, with every mishap:
/// the card acts once at the most, and exactly once if it is said to have.
#[test]
fn a_cryptogram_over_serial_ccid_is_made_once() {
    type Make = fn(Purse) -> Held;
    let levels: [(Level, Exchanges, Make); 4] = [
        (Level::Tpdu, Exchanges::Tpdu, |purse| T1Card::new(purse).into()),
        (Level::Tpdu, Exchanges::Tpdu, |purse| TpduCard::new(purse).into()),
        (Level::ShortApdu, Exchanges::ShortApdu, |purse| ApduCard::new(purse).into()),
        (Level::ExtendedApdu, Exchanges::ExtendedApdu, |purse| ApduCard::new(purse).into()),
    ];
    for (n, (level, exchanges, make)) in levels.into_iter().enumerate() {
        for mishap in MISHAPS {
            for (inbound, echo) in [(true, true), (true, false), (false, true), (false, false)] {
                let (mut well, mut told) = (0, 0);
                for at in 0.. {
                    let purse = Purse::default();
                    let what = (inbound, mishap, at);
                    let went = over_serial_ccid(
                        (level, exchanges),
                        echo,
                        make(purse.clone()),
                        &purse,
                        what,
                    );
                    let count = purse.count();
                    assert!(count <= 1, "{n}, echo {echo}: {count} times, {what:?}");
                    match went {
                        None => break,
                        Some(true) => {
                            assert_eq!(count, 1, "{n}, {what:?}");
                            well += 1;
                        }
                        Some(false) => told += 1,
                    }
                }
                assert!(well + told > 25, "{well} {told}");
            }
        }
    }
}

type PinReader = ContactReader<
    Contacts<HalfDuplex<SimUart, VirtualClock>, PinSlot<SimPin, SimPin, SimPin, (SimPin, SimPin)>>,
>;

fn over_pins(config: Config) -> (Socket, PinReader, VirtualClock) {
    let clock = VirtualClock::in_steps(Duration::from_micros(50));
    let socket = Socket::tda8035(clock.clone());
    let pins = socket.pins();
    let supply = (pins.en_5v, pins.en_1v8n);
    let slot = PinSlot::new(pins.cmdvccn, pins.rstin, pins.offn, supply, Chip::TDA8035);
    let uart = HalfDuplex::new(socket.uart(), clock.clone(), true);
    let reader = ContactReader::new(Contacts::new(uart, slot), config);
    (socket, reader, clock)
}

fn fault<E: std::fmt::Debug>(error: CallError<Fault, E>) -> Fault {
    match error {
        CallError::Device(fault) => fault,
        other => panic!("{other:?}"),
    }
}

/// By the rules of EMV and of ISO, T=0 and T=1: each character of the card with
/// wrong parity, and the card pulled and put back at each step.
#[test]
fn a_cryptogram_over_pins_is_made_once() {
    for config in [Config::emv(4_000_000), Config::iso(4_000_000)] {
        for t0 in [false, true] {
            for n in 0..40 {
                for pulled in [false, true] {
                    let purse = Purse::default();
                    let (socket, mut reader, mut clock) = over_pins(config);
                    let insert = || match t0 {
                        true => socket.insert(T0Card::new(purse.clone())),
                        false => socket.insert(T1Card::new(purse.clone())),
                    };
                    insert();
                    clock.advance(Duration::from_millis(30));
                    reader.activate().wait(&mut clock).unwrap();
                    if pulled {
                        socket.remove_after(n);
                    } else {
                        socket.damage(n);
                    }
                    let well = reader.transmit(&GENERATE).wait(&mut clock).is_ok();
                    assert!(purse.count() <= 1 && (!well || purse.count() == 1));
                    // And the next command does not have it made once more.
                    _ = reader.transmit(&[0x00, 0xB2, 0x01, 0x0C, 0x00]).wait(&mut clock);
                    assert!(purse.count() <= 1, "T=0 {t0}, {n}: {}", purse.count());
                }
            }
        }
    }
}

/// A card begins to answer 380 clock cycles after its reset at the soonest, as
/// a terminal sees it (EMV Book 1, 6.1.3.2: its window opens no later), and
/// 42 000 at the latest.
#[test]
fn a_card_may_answer_as_soon_and_as_late_as_a_terminal_must_listen() {
    for cycles in [380, 390, 400, 40_000, 41_990] {
        let (socket, mut reader, mut clock) = over_pins(Config::emv(4_000_000));
        socket.insert(T1Card::echo());
        socket.answers_after(cycles);
        clock.advance(Duration::from_millis(30));
        let activated = reader.activate().wait(&mut clock).map_err(fault);
        assert!(activated.is_ok(), "{cycles}: {activated:?}");
    }
    let (socket, mut reader, mut clock) = over_pins(Config::emv(4_000_000));
    socket.insert(T1Card::echo());
    socket.answers_after(60_000);
    clock.advance(Duration::from_millis(30));
    assert_eq!(reader.activate().wait(&mut clock).map_err(fault), Err(Fault::Mute));
}

/// A card of T=1 that goes on for ever, each time after just less than its block
/// waiting time.
struct Endless {
    out: Outbox,
    heard: Vec<u8>,
    thinks: Duration,
    answer: fn(&[u8], usize) -> Vec<u8>,
    blocks: usize,
}

impl Device for Endless {
    fn receive(&mut self, bytes: &[u8], now: Instant) {
        self.heard.extend(bytes);
        while self.heard.len() >= 4 && self.heard.len() >= 4 + usize::from(self.heard[2]) {
            let block: Vec<u8> = self.heard.drain(..4 + usize::from(self.heard[2])).collect();
            let mut answer = (self.answer)(&block, self.blocks);
            answer.push(answer.iter().fold(0, |sum, byte| sum ^ byte));
            self.out.push(now, self.thinks, answer);
            self.blocks += 1;
        }
    }

    fn transmit(&mut self, now: Instant) -> Vec<u8> {
        self.out.take(now)
    }
}

/// However a card drags: a chain of one byte a block, blocks without any, a
/// command that has to go byte by byte, errors between. The limits say for how
/// many block waiting times, and that is all.
#[test]
fn a_card_of_t1_holds_nobody_for_longer_than_the_limits_say() {
    type Answer = fn(&[u8], usize) -> Vec<u8>;
    let ways: [(&str, Answer); 4] = [
        ("a byte a block", |_, n| vec![0, 0x20 | ((n as u8 & 1) << 6), 1, 0x55]),
        ("a byte a block, with errors", |_, n| match n % 3 {
            2 => vec![0, 0x20 | (((n / 3) as u8 & 1) << 6), 1, 0x55],
            _ => vec![0, 0xA0, 0],
        }),
        ("time again", |_, _| vec![0, 0xC3, 1, 0xFF]),
        ("a command byte by byte", |block, n| match (n, block) {
            (0, _) => vec![0, 0xC1, 1, 1],
            (1, _) => vec![0, 0x80, 0],
            (_, [_, pcb, ..]) => vec![0, 0x80 | ((!pcb & 0x40) >> 2), 0],
            _ => vec![],
        }),
    ];
    let timing = t1::Timing::new(&T1Parameters::default(), 3_579_545, 372, 1);
    let command: Vec<u8> = [&[0x00, 0xD6, 0, 0, 0xFF][..], &[0x33; 255]].concat();
    for limits in [t1::Limits::DEFAULT, t1::Limits::EMV] {
        for (name, answer) in ways {
            let mut clock = VirtualClock::in_steps(Duration::from_millis(1));
            let thinks = Duration::from_micros(timing.block.as_micros() - 50_000);
            let device = Simulated::new(Endless {
                out: Outbox::default(),
                heard: Vec::new(),
                thinks,
                answer,
                blocks: 0,
            });
            let mut line = t1::Line::new(device.port(clock.clone()), timing, limits);
            let began = clock.now();
            let went = line.transmit(&command).wait(&mut clock);
            assert!(went.is_err(), "{name}");
            // Those of the limits; one more that began before they were over;
            // and what an attempt takes, in a round after each resynchronisation.
            let rounds = 1 + u64::from(limits.resynchs);
            let waits = 3 + u64::from(limits.patience) + rounds * (3 + u64::from(limits.attempts));
            let took = clock.now().since(began);
            assert!(took < timing.block.times(waits), "{name}: {} s", took.as_millis() / 1_000);
        }
    }
}

/// A card of T=0 that goes on for ever.
struct Tireless {
    out: Outbox,
    heard: usize,
    every: Duration,
    says: fn(usize) -> &'static [u8],
    times: usize,
}

impl Device for Tireless {
    fn receive(&mut self, bytes: &[u8], now: Instant) {
        self.heard += bytes.len();
        if self.heard.is_multiple_of(5) {
            self.out.push(now, self.every, (self.says)(self.times));
            self.times += 1;
        }
    }

    fn transmit(&mut self, now: Instant) -> Vec<u8> {
        let out = self.out.take(now);
        if out == [0x60] {
            self.out.push(now, self.every, [0x60]);
        }
        out
    }
}

/// NULL bytes, 61xx with nothing behind it, and 6Cxx, without end, each after
/// almost a work waiting time.
#[test]
fn a_card_of_t0_holds_nobody_for_longer_than_the_limits_say() {
    let timing = t0::Timing::new(10, 3_579_545, 372, 1);
    let every = Duration::from_micros(timing.work.as_micros() - 50_000);
    let ways: [fn(usize) -> &'static [u8]; 4] = [
        |_| &[0x60],
        |_| &[0x61, 0x00],
        |_| &[0x6C, 0x07],
        |n| if n % 2 == 0 { &[0x6C, 0x07] } else { &[0x61, 0x07] },
    ];
    for says in ways {
        let mut clock = VirtualClock::in_steps(Duration::from_millis(1));
        let out = Outbox::default();
        let device = Simulated::new(Tireless { out, heard: 0, every, says, times: 0 });
        let limits = t0::Limits::DEFAULT;
        let mut line = t0::Line::new(device.port(clock.clone()), timing, limits);
        let began = clock.now();
        let went = line.transmit(&[0x00, 0xB2, 0x01, 0x0C, 0x05]).wait(&mut clock);
        assert!(matches!(went, Err(CallError::Device(t0::Fault::KeepsAsking))), "{went:?}");
        let took = clock.now().since(began);
        assert!(took < timing.work.times(u64::from(limits.patience) + 2), "{took:?}");
    }
}

/// A card behind its contacts that says this, one character after the other,
/// each so long after the one before; and nothing to what it is told.
struct Trickle {
    clock: VirtualClock,
    says: &'static [u8],
    every: Duration,
    said: usize,
    next: Instant,
    on: bool,
}

impl ErrorType for Trickle {
    type Error = embedded_pos::sim::Unplugged;
}

impl Port for Trickle {
    fn try_read(&mut self, buf: &mut [u8]) -> nb::Result<usize, Self::Error> {
        let now = self.clock.now();
        let byte = self.says.get(self.said).filter(|_| self.on && now >= self.next);
        let (Some(byte), Some(room)) = (byte, buf.first_mut()) else {
            return Err(nb::Error::WouldBlock);
        };
        *room = *byte;
        (self.said, self.next) = (self.said + 1, now + self.every);
        Ok(1)
    }

    fn try_write(&mut self, bytes: &[u8]) -> nb::Result<usize, Self::Error> {
        Ok(bytes.len())
    }

    fn card(&mut self) -> Option<&mut dyn CardLines<Error = Self::Error>> {
        Some(self)
    }
}

impl CardLines for Trickle {
    fn contact(&mut self, wanted: Contact) -> Result<CardState, Self::Error> {
        match wanted {
            Contact::Power { .. } | Contact::Reset { .. } => self.on = true,
            Contact::Off => self.on = false,
            Contact::Run => {
                (self.said, self.next) = (0, self.clock.now() + Duration::from_millis(2))
            }
            _ => {}
        }
        Ok(CardState { present: true, active: self.on, ..CardState::default() })
    }
}

/// An answer to reset that trickles, and one after which a card says nothing to
/// a PPS, or not all.
#[test]
fn a_card_that_trickles_is_given_up_in_time() {
    // Historical bytes without end; TA1 13, T=1, negotiable; the same, and the
    // first bytes of an agreement.
    let endless: &[u8] = &[0x3B, 0x0F, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14];
    let silent: &[u8] = &[0x3B, 0x90, 0x13, 0x81, 0x31, 0xFE, 0x45, 0x88];
    let slow: &[u8] = &[0x3B, 0x90, 0x13, 0x81, 0x31, 0xFE, 0x45, 0x88, 0xFF, 0x11, 0x13];
    for (says, every, wanted) in [
        (endless, 900, Fault::Slow),
        (&endless[..1], 100, Fault::Slow),
        (silent, 2, Fault::Pps),
        (slow, 200, Fault::Pps),
    ] {
        for config in [Config::emv(4_000_000), Config::iso(4_000_000)] {
            if wanted == Fault::Pps && config.rules == Config::emv(1).rules {
                continue;
            }
            let mut clock = VirtualClock::in_steps(Duration::from_micros(200));
            let card = Trickle {
                clock: clock.clone(),
                says,
                every: Duration::from_millis(every),
                said: 0,
                next: Instant::ZERO,
                on: false,
            };
            let mut reader = ContactReader::new(card, config);
            let began = clock.now();
            let went = reader.activate().wait(&mut clock).map_err(fault);
            assert_eq!(went, Err(wanted));
            // 20 160 etu are 1.9 s at 4 MHz; a cold and a warm reset.
            let took = clock.now().since(began);
            assert!(took < Duration::from_millis(4_100), "{took:?}");
            assert!(!reader.release().on, "it still has power");
        }
    }
}

/// A card on a line that is shared, pulled at each moment of a long command: it
/// is gone, and that is told; the line is there for the others.
#[test]
fn a_card_that_is_pulled_leaves_a_shared_line() {
    let long: Vec<u8> = [&[0x00, 0xD6, 0, 0, 0xFF][..], &[0x33; 255]].concat();
    for millis in (0..300).step_by(7) {
        let mut clock = VirtualClock::in_steps(Duration::from_micros(50));
        let sim = SimTda8026::new(clock.clone());
        let chip = RefCell::new(Tda8026::new(sim.i2c()));
        chip.borrow_mut().init().unwrap();
        let uart = HalfDuplex::new(sim.uart(2), clock.clone(), true);
        let line = RefCell::new(SharedLine::new(uart));
        let reader = |number| {
            let slot = Tda8026::slot(&chip, number);
            ContactReader::new(Shared::new(&line, slot, number as u8), Config::emv(4_000_000))
        };
        let (mut two, mut three) = (reader(Number::Two), reader(Number::Three));
        sim.insert(2, T1Card::echo());
        sim.insert(3, T1Card::echo());
        two.activate().wait(&mut clock).unwrap();
        three.activate().wait(&mut clock).unwrap();
        let mut call = two.transmit(&long);
        let pull_at = clock.now() + Duration::from_millis(millis);
        while clock.now() < pull_at {
            assert!(call.poll(clock.now()).is_err());
            clock.advance(Duration::from_micros(100));
        }
        sim.remove(2);
        let went = call.wait(&mut clock);
        let gone = matches!(went, Err(CallError::Device(Fault::Slot(SlotFault::TakenOff))));
        assert!(gone, "after {millis} ms: {went:?}");
        assert!(three.transmit(&[0x00, 0xB2, 0x01, 0x0C, 0x04]).wait(&mut clock).is_ok());
    }
}
