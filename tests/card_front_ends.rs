//! The contactless reader over MFRC522 and ST25R3916, on models of their
//! registers: whole sessions, and what goes wrong in them.

mod front_ends;

use std::sync::{Arc, Mutex};

use embedded_pos::card::contactless::{
    self, Contactless, DriverFault, Fault, Kinds, Rate, Rates, Several,
};
use embedded_pos::card::reader::I2cPort;
use embedded_pos::card::reader::mfrc522::{self, Mfrc522};
use embedded_pos::card::reader::serial_ccid::{self, SerialCcid};
use embedded_pos::card::reader::st25r3916::{self, St25r3916};
use embedded_pos::card::{AsyncCardReader, Atr, CardReader, Command, Response};
use embedded_pos::conformance::{self, CardStimulus};
use embedded_pos::port::adapter::{SpiError, SpiTransfers};
use embedded_pos::port::{CallError, Clock, Clocked, Duration};
use embedded_pos::sim::card::{
    Application, BusFault, CcidReader, Disturbance, Echo, IsoDepCard, Mfrc522Model, OnI2c, OnSpi,
    PiccTrick, St25r3916Model, T1Card,
};
use embedded_pos::sim::{Simulated, VirtualClock, block_on};
use embedded_pos::{Error, ErrorKind, nb};
use front_ends::Modelled;

type Reader<M> = Contactless<SpiTransfers<OnSpi<M>>, <M as Modelled>::Chip>;
type Failed<M> =
    CallError<DriverFault<<M as Modelled>::Fault>, SpiError<embedded_hal::spi::ErrorKind>>;

struct Bench<M: Modelled> {
    reader: Reader<M>,
    bus: OnSpi<M>,
    clock: VirtualClock,
    cards: Vec<Arc<Mutex<IsoDepCard>>>,
}

impl<M: Modelled> Bench<M> {
    fn with(config: contactless::Config, cards: Vec<IsoDepCard>) -> Self {
        let clock = VirtualClock::new();
        let bus = OnSpi::new(M::new(), clock.clone());
        let chip = M::chip(config.rates);
        let reader = Contactless::over(SpiTransfers::new(bus.clone()), chip, config);
        let mut bench = Self { reader, bus, clock, cards: Vec::new() };
        for card in cards {
            bench.add(card);
        }
        bench
    }

    fn new(cards: Vec<IsoDepCard>) -> Self {
        Self::with(contactless::Config::EMV, cards)
    }

    fn add(&mut self, card: IsoDepCard) -> usize {
        let card = Arc::new(Mutex::new(card));
        self.cards.push(card.clone());
        self.bus.chip().air().add(card)
    }

    fn activate(&mut self) -> Result<(), Failed<M>> {
        self.reader.activate().wait(&mut self.clock)
    }

    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, Failed<M>> {
        let n = self.reader.transmit(command).wait(&mut self.clock)?;
        assert_eq!(n, self.reader.response().len());
        Ok(self.reader.response().to_vec())
    }

    fn micros(&mut self) -> u64 {
        self.clock.now().as_micros()
    }

    fn no_violations(&self) {
        assert_eq!(self.bus.chip().violations(), [""; 0]);
        for card in &self.cards {
            assert_eq!(card.lock().unwrap().violations(), [""; 0]);
        }
    }
}

fn card_fault<M: Modelled>(error: Failed<M>) -> Fault {
    match error {
        CallError::Device(DriverFault::Card(fault)) => fault,
        other => panic!("{other}"),
    }
}

/// A command and its response.
type Apdus = (Vec<u8>, Vec<u8>);

/// Keeps what it was asked and what it answered.
#[derive(Clone, Default)]
struct Logged(Arc<Mutex<Vec<Apdus>>>);

impl Application for Logged {
    fn reset(&mut self) {}

    fn process(&mut self, command: &[u8]) -> Vec<u8> {
        let response = Echo.process(command);
        self.0.lock().unwrap().push((command.into(), response.clone()));
        response
    }
}

fn commands() -> Vec<Vec<u8>> {
    let mut longest = vec![0x00, 0xDA, 0x01, 0x02, 255];
    longest.extend(0..255);
    let mut both = longest.clone();
    both.push(0);
    vec![
        b"\x00\xA4\x04\x00\x0E1PAY.SYS.DDF01\x00".to_vec(),
        vec![0x00, 0xB2, 0x01, 0x0C, 0x00],
        vec![0x80, 0xAE, 0x80, 0x00],
        longest,
        both,
        vec![0x00, 0xB0, 0x00, 0x00, 0x3C],
    ]
}

fn by_serial_ccid() -> (Vec<Vec<u8>>, Logged) {
    let log = Logged::default();
    let mut clock = VirtualClock::new();
    let device = Simulated::new(CcidReader::new());
    device.device().insert(T1Card::new(log.clone()));
    let mut reader = SerialCcid::new(device.port(clock.clone()), serial_ccid::Config::DEFAULT);
    reader.activate().wait(&mut clock).unwrap();
    let answers = commands().into_iter().map(|command| {
        reader.transmit(&command).wait(&mut clock).unwrap();
        reader.response().to_vec()
    });
    (answers.collect(), log)
}

fn cards() -> Vec<fn(Logged) -> IsoDepCard> {
    vec![
        IsoDepCard::type_a,
        |log| IsoDepCard::type_a(log).with_uid(&[4, 2, 3, 4, 5, 6, 7]),
        |log| IsoDepCard::type_a(log).with_uid(&[4, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
        IsoDepCard::type_b,
        // FSCI 0: blocks of 13 bytes of command.
        |log| IsoDepCard::type_a(log).with_answer(&[0x05, 0x70, 0x00, 0x80, 0x00]),
    ]
}

fn the_apdu_log_is_that_of_serial_ccid<M: Modelled>() {
    let (answers, by_ccid) = by_serial_ccid();
    for card in cards() {
        let log = Logged::default();
        let mut bench = Bench::<M>::new(vec![card(log.clone())]);
        bench.activate().unwrap();
        for (command, answer) in commands().iter().zip(&answers) {
            bench.cards[0].lock().unwrap().plan(PiccTrick::Chunks(16));
            bench.cards[0].lock().unwrap().plan(PiccTrick::Wtx { inf: 0x02, times: 2 });
            assert_eq!(bench.transmit(command).as_ref(), Ok(answer));
            assert_eq!(bench.transmit(command).as_ref(), Ok(answer));
        }
        bench.reader.deactivate().wait(&mut bench.clock).unwrap();
        bench.no_violations();
        let seen = log.0.lock().unwrap();
        let once: Vec<_> = seen.iter().step_by(2).cloned().collect();
        assert_eq!(once, *by_ccid.0.lock().unwrap());
    }
}

fn several_cards_are_refused_or_told_apart<M: Modelled>() {
    let two: [fn() -> Vec<IsoDepCard>; 3] = [
        || {
            let second = IsoDepCard::type_a(Echo).with_uid(&[0x12, 0x34, 0x56, 0x79]);
            vec![IsoDepCard::type_a(Echo), second]
        },
        || {
            let second = IsoDepCard::type_a(Echo).with_uid(&[4, 2, 3, 4, 5, 6, 7]);
            vec![IsoDepCard::type_a(Echo), second]
        },
        || vec![IsoDepCard::type_a(Echo), IsoDepCard::type_b(Echo)],
    ];
    let kinds =
        [Kinds { a: true, b: false }, Kinds { a: true, b: false }, Kinds { a: true, b: true }];
    for (cards, kinds) in two.iter().zip(kinds) {
        let mut bench = Bench::<M>::new(cards());
        let fault = bench.activate().map_err(card_fault::<M>);
        assert_eq!(fault, Err(Fault::SeveralCards(kinds)));
        bench.no_violations();
    }
    let config = contactless::Config { several: Several::Resolve, ..contactless::Config::ISO };
    for cards in &two[..2] {
        let mut bench = Bench::<M>::with(config, cards());
        bench.activate().unwrap();
        assert_eq!(bench.transmit(&[0, 0xB0, 0, 0, 3]), Ok(vec![0, 1, 2, 0x90, 0]));
        bench.no_violations();
    }
}

fn rates_are_agreed_on<M: Modelled>() {
    let rates = Rates { send: Rate::R424, receive: Rate::R424 };
    let config = contactless::Config { rates, ..contactless::Config::ISO };
    // TA: 212 and 424 kbit/s in both directions.
    let card = IsoDepCard::type_a(Echo).with_answer(&[0x05, 0x78, 0x33, 0x80, 0x00]);
    let mut bench = Bench::<M>::with(config, vec![card]);
    bench.activate().unwrap();
    let answer = bench.transmit(&[0, 0xB0, 0, 0, 0]).unwrap();
    assert_eq!(answer, Echo.process(&[0, 0xB0, 0, 0, 0]));
    let log = bench.bus.chip().air().log().last().cloned().unwrap();
    assert_eq!(log.1.rate, Rate::R424);
    bench.no_violations();
}

/// A session: activation, a command with so much data, its answer.
fn session<M: Modelled>(bench: &mut Bench<M>, data: u8) -> Result<Vec<u8>, Failed<M>> {
    bench.activate()?;
    let mut command = vec![0x00, 0xDA, 0x01, 0x02, data];
    command.extend(0..data);
    bench.transmit(&command)
}

fn right(data: u8) -> Vec<u8> {
    let mut right: Vec<u8> = (0..data).collect();
    right.extend([0x90, 0x00]);
    right
}

/// Several frames, and more than one FIFO of an MFRC522 in one.
const LONG: u8 = 255;
/// More than one FIFO.
const SHORT: u8 = 70;

/// Nothing in a session takes longer than a card may: three waiting times of
/// 77 ms, and what is around them.
const DEADLINE: u64 = 2_000_000;

fn ends_well<M: Modelled>(bench: &mut Bench<M>, data: u8, what: &str) -> bool {
    let begun = bench.micros();
    let first = session(bench, data);
    let took = bench.micros() - begun;
    assert!(took < DEADLINE, "{what}: {took} us");
    if let Ok(answer) = &first {
        assert_eq!(*answer, right(data), "{what}");
    }
    // A card that is left alone for a moment can be used again.
    bench.clock.advance(Duration::from_millis(100));
    let again = session(bench, data);
    assert_eq!(again, Ok(right(data)), "after {what}");
    first.is_ok()
}

fn whatever_happens_to_one_frame_the_session_ends_well<M: Modelled>(card: fn(Echo) -> IsoDepCard) {
    let mut plain = Bench::<M>::new(vec![card(Echo)]);
    assert_eq!(session(&mut plain, LONG), Ok(right(LONG)));
    let frames = plain.bus.chip().air().frames();
    assert!(frames > 8, "{frames}");
    let disturbances = [
        Disturbance::Lost,
        Disturbance::Flipped(0),
        Disturbance::Flipped(13),
        Disturbance::Broken,
        Disturbance::Late(Duration::from_millis(1)),
        Disturbance::Late(Duration::from_millis(100)),
    ];
    let mut survived = 0;
    for frame in 0..frames {
        for disturbance in disturbances {
            let mut bench = Bench::<M>::new(vec![card(Echo)]);
            bench.bus.chip().air().disturb(frame, disturbance);
            let what = format!("frame {frame} {disturbance:?}");
            survived += usize::from(ends_well(&mut bench, LONG, &what));
            assert_eq!(bench.bus.chip().violations(), [""; 0], "{what}");
        }
    }
    let tried = frames * disturbances.len();
    assert!(survived * 10 >= tried * 7, "{survived} of {tried}");
}

fn whatever_happens_to_one_transaction_the_session_ends_well<M: Modelled>() {
    let mut plain = Bench::<M>::new(vec![IsoDepCard::type_a(Echo)]);
    assert_eq!(session(&mut plain, SHORT), Ok(right(SHORT)));
    let transactions = plain.bus.transactions();
    for fault in [BusFault::Error, BusFault::Nobody(0x00), BusFault::Nobody(0xFF)] {
        for transaction in 0..transactions {
            let mut bench = Bench::<M>::new(vec![IsoDepCard::type_a(Echo)]);
            bench.bus.disturb(transaction, fault);
            ends_well(&mut bench, SHORT, &format!("transaction {transaction} {fault:?}"));
        }
    }
}

struct Hand<M: Modelled> {
    bus: OnSpi<M>,
    clock: VirtualClock,
    card: Option<usize>,
}

impl<M: Modelled> CardStimulus for Hand<M> {
    fn insert(&mut self) {
        self.card = Some(self.bus.chip().air().add(IsoDepCard::type_a(Echo)));
    }

    fn remove(&mut self) {
        self.card.take().map(|card| self.bus.chip().air().remove(card));
    }

    fn pause(&mut self) {
        self.clock.advance(Duration::from_millis(5));
    }
}

fn keeps_the_promises_of_a_card_reader<M: Modelled>() {
    let clock = VirtualClock::new();
    let bus = OnSpi::new(M::new(), clock.clone());
    let driver: Reader<M> = Contactless::over(
        SpiTransfers::new(bus.clone()),
        M::chip(Rates::default()),
        contactless::Config::EMV,
    );
    let mut reader = Clocked::new(driver, clock.clone());
    let mut hand = Hand { bus: bus.clone(), clock, card: None };
    let report = conformance::card(&mut reader, &mut hand);
    assert!(report.passed(), "{report}");
    assert_eq!(report.checks.len(), 24);
    assert_eq!(bus.chip().violations(), [""; 0]);
}

fn a_chip_that_was_reset_is_initialised_anew<M: Modelled>() {
    let mut bench = Bench::<M>::new(vec![IsoDepCard::type_a(Echo)]);
    session(&mut bench, SHORT).unwrap();
    bench.bus.break_off(Some(BusFault::Nobody(0xFF)));
    let gone = session(&mut bench, SHORT).unwrap_err();
    assert_eq!(gone.kind(), ErrorKind::Timeout);
    bench.bus.break_off(None);
    assert_eq!(session(&mut bench, SHORT), Ok(right(SHORT)));
    bench.no_violations();
}

fn polled_from_a_super_loop_it_sees_cards_come_and_go<M: Modelled>() {
    let bench = Bench::<M>::new(vec![]);
    let mut reader = Clocked::new(bench.reader, bench.clock.clone());
    let mut hand = Hand { bus: bench.bus.clone(), clock: bench.clock.clone(), card: None };
    let mut polls = 0;
    for there in [true, false, true] {
        if there {
            hand.insert()
        } else {
            hand.remove()
        }
        let seen = |reader: &mut Clocked<_, _, _>| {
            if there { reader.poll_inserted() } else { reader.poll_removed() }
        };
        while seen(&mut reader) == Err(nb::Error::WouldBlock) {
            bench.clock.advance(Duration::from_micros(500));
            polls += 1;
            assert!(polls < 10_000);
        }
    }
    let mut atr = [0; Atr::MAX];
    let n = reader.activate(&mut atr).unwrap();
    assert_eq!(Atr::new(&atr[..n]).unwrap().historical(), b"POS");
    let mut response = [0; Response::MAX];
    let mut apdu = [0; Command::MAX];
    let select = Command::new(0, 0xA4, 4, 0).data(b"1PAY.SYS.DDF01").expect(256);
    let n = reader.transmit(select.write_to(&mut apdu).unwrap(), &mut response).unwrap();
    assert!(Response::new(&response[..n]).unwrap().status().is_success());
    assert_eq!(bench.bus.chip().violations(), [""; 0]);
}

fn runs_async_and_survives_a_future_dropped_at_any_point<M: Modelled>() {
    let bench = Bench::<M>::new(vec![IsoDepCard::type_a(Echo)]);
    let mut reader: Clocked<_, _> = Clocked::new(bench.reader, bench.clock.clone());
    let mut context = core::task::Context::from_waker(core::task::Waker::noop());
    for polls in [1, 2, 10, 100, 300] {
        let mut buf = [0; 258];
        let mut dropped = core::pin::pin!(AsyncCardReader::activate(&mut reader, &mut buf));
        for _ in 0..polls {
            if dropped.as_mut().poll(&mut context).is_ready() {
                break;
            }
        }
    }
    block_on(async {
        let mut buf = [0; 258];
        reader.activate(&mut buf).await.unwrap();
        reader.inserted().await.unwrap();
        assert_eq!(reader.transmit(&[0, 0xB0, 0, 0, 0], &mut buf).await.unwrap(), 258);
        assert_eq!(buf[256..], [0x90, 0x00]);
        reader.deactivate().await.unwrap();
    });
    assert_eq!(bench.bus.chip().violations(), [""; 0]);
}

macro_rules! on_both {
    ($($name:ident: $test:ident($($argument:expr)?);)*) => {
        mod on_mfrc522 {
            use super::*;
            $(#[test] fn $name() { $test::<Mfrc522Model>($($argument)?) })*
        }
        mod on_st25r3916 {
            use super::*;
            $(#[test] fn $name() { $test::<St25r3916Model>($($argument)?) })*
        }
    };
}

on_both! {
    same_log: the_apdu_log_is_that_of_serial_ccid();
    several: several_cards_are_refused_or_told_apart();
    rates: rates_are_agreed_on();
    frames_a: whatever_happens_to_one_frame_the_session_ends_well(IsoDepCard::type_a);
    frames_b: whatever_happens_to_one_frame_the_session_ends_well(IsoDepCard::type_b);
    transactions: whatever_happens_to_one_transaction_the_session_ends_well();
    promises: keeps_the_promises_of_a_card_reader();
    anew: a_chip_that_was_reset_is_initialised_anew();
    asynchronous: runs_async_and_survives_a_future_dropped_at_any_point();
    super_loop: polled_from_a_super_loop_it_sees_cards_come_and_go();
}

#[test]
fn async_on_i2c() {
    let clock = VirtualClock::new();
    let bus = OnSpi::new(Mfrc522Model::new(), clock.clone());
    bus.chip().air.add(IsoDepCard::type_a(Echo));
    let port = I2cPort::mfrc522(OnI2c::mfrc522(bus.clone()), 0x28);
    let mut reader: Clocked<_, _> =
        Clocked::new(Mfrc522::new(port, mfrc522::Config::MFRC522), clock.clone());
    block_on(async {
        let mut buf = [0; 258];
        AsyncCardReader::activate(&mut reader, &mut buf).await.unwrap();
        assert_eq!(reader.transmit(&[0, 0xB0, 0, 0, 0], &mut buf).await.unwrap(), 258);
    });
    let bus = OnSpi::new(St25r3916Model::new(), clock.clone());
    bus.chip().air.add(IsoDepCard::type_b(Echo));
    let port = I2cPort::st25r3916(OnI2c::st25r3916(bus.clone()));
    let mut reader: Clocked<_, _> =
        Clocked::new(St25r3916::new(port, st25r3916::Config::DEFAULT), clock);
    block_on(async {
        let mut buf = [0; 258];
        AsyncCardReader::activate(&mut reader, &mut buf).await.unwrap();
        assert_eq!(reader.transmit(&[0, 0xB0, 0, 0, 0], &mut buf).await.unwrap(), 258);
    });
    assert_eq!(bus.chip().violations(), [""; 0]);
}
