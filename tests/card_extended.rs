//! Extended APDUs through every protocol: what the host gets, and what the card
//! had, is the same as behind a reader that is handed extended APDUs.
#![allow(dead_code, reason = "the program's files have more than is tried here")]

#[path = "../examples/common/mod.rs"]
#[macro_use]
mod common;
mod memory;
#[path = "../examples/card/sims.rs"]
mod sims;

use std::sync::{Arc, Mutex};

use embedded_pos::card::contactless::iso_dep;
use embedded_pos::card::contactless::{self, Contactless};
use embedded_pos::card::reader::mfrc522::{self, Mfrc522};
use embedded_pos::card::reader::serial_ccid::{self, Level, SerialCcid};
use embedded_pos::card::t1::Edc;
use embedded_pos::card::{Atr, CardReader, Command, Response, T1Parameters, t0, t1};
use embedded_pos::port::adapter::SpiTransfers;
use embedded_pos::port::{CallError, Clock, Clocked, Duration};
use embedded_pos::sim::card::{
    ApduCard, Application, CardLine, CcidReader, ContactCard, Exchanges, IdealFrontEnd,
    IdealReader, IsoDepCard, Mfrc522Model, Mishap, OnSpi, PiccTrick, Speaker, T0Card, T0Trick,
    T1Card, T1Characters, TpduCard,
};
use embedded_pos::sim::{SimPort, Simulated, Unplugged, VirtualClock};
use embedded_pos::{Error, ErrorKind, nb};
use sims::{AnyReader, Sim};

/// What the card was asked, and what it answered.
type Apdus = Vec<(Vec<u8>, Vec<u8>)>;

/// Gives data back in reverse if something is expected; without data, as many
/// bytes as P1 and P2 say, however many are expected.
#[derive(Clone, Default)]
struct Long(Arc<Mutex<Apdus>>);

impl Long {
    fn log(&self) -> Apdus {
        self.0.lock().unwrap().clone()
    }
}

impl Application for Long {
    fn reset(&mut self) {}

    fn process(&mut self, command: &[u8]) -> Vec<u8> {
        let (data, expects): (&[u8], bool) = match &command[4..] {
            [] => (&[], false),
            [_] | [0, _, _] => (&[], true),
            [0, high, low, rest @ ..] => {
                let lc = usize::from(u16::from_be_bytes([*high, *low]));
                (&rest[..lc], rest.len() == lc + 2)
            }
            [lc, rest @ ..] => (&rest[..usize::from(*lc)], rest.len() > usize::from(*lc)),
        };
        let mut response: Vec<u8> = match (data, expects) {
            ([], true) => counted(u16::from_be_bytes([command[2], command[3]])),
            (data, true) => data.iter().rev().copied().collect(),
            (_, false) => Vec::new(),
        };
        response.extend([0x90, 0x00]);
        self.0.lock().unwrap().push((command.into(), response.clone()));
        response
    }
}

fn counted(len: u16) -> Vec<u8> {
    (0..len).map(|n| n.to_le_bytes()[0] ^ n.to_le_bytes()[1]).collect()
}

fn written(command: Command<'_>) -> Vec<u8> {
    let mut buf = vec![0; Command::MAX_EXTENDED];
    command.write_to(&mut buf).unwrap().to_vec()
}

/// PUT DATA, which has a response with data here: case 4E.
fn there_and_back(len: u16) -> (Vec<u8>, Vec<u8>) {
    let data = counted(len);
    let command = Command::new(0x00, 0xDA, 0x01, 0x02).data(&data).expect(65_536).extended();
    let back = data.iter().rev().copied().chain([0x90, 0x00]);
    (written(command), back.collect())
}

/// GET DATA: case 2E.
fn from_the_card(len: u16) -> (Vec<u8>, Vec<u8>) {
    let [p1, p2] = len.to_be_bytes();
    let command = Command::new(0x00, 0xCA, p1, p2).expect(len.into()).extended();
    (written(command), [counted(len), vec![0x90, 0x00]].concat())
}

/// UPDATE BINARY: case 3E.
fn to_the_card(len: u16) -> (Vec<u8>, Vec<u8>) {
    let data = counted(len);
    (written(Command::new(0x00, 0xD6, 0, 0).data(&data).extended()), vec![0x90, 0x00])
}

/// Long both ways, with short ones between; what is one byte longer or shorter
/// than a part of T=0; what would do as a short one.
fn session() -> Apdus {
    let mut session = vec![(vec![0x00, 0xCA, 0x00, 0x05, 0x05], vec![0, 1, 2, 3, 4, 0x90, 0])];
    for len in [300, 1_000, 4_000] {
        session.extend([there_and_back(len), from_the_card(len), to_the_card(len)]);
    }
    session.push((vec![0x00, 0xD6, 0x00, 0x00, 0x02, 0x51, 0x52], vec![0x90, 0x00]));
    // With header and lengths, one to four parts of 255 bytes and some.
    for len in (256..260).chain(492..508).chain(1_010..1_016) {
        session.extend([there_and_back(len), to_the_card(len)]);
    }
    session.extend([from_the_card(256), from_the_card(257), from_the_card(512)]);
    session
}

fn hold<R: CardReader<Error: std::fmt::Debug> + ?Sized>(reader: &mut R) -> Apdus {
    let mut atr = [0; Atr::MAX];
    reader.activate(&mut atr).unwrap();
    let answered = session().into_iter().map(|(command, _)| {
        let mut response = vec![0; 4_002];
        let len = reader.transmit(&command, &mut response).unwrap();
        response.truncate(len);
        (command, response)
    });
    let log = answered.collect();
    reader.deactivate().unwrap();
    log
}

fn extended_ccid(application: impl Application + 'static) -> impl CardReader<Error: Error> {
    let clock = VirtualClock::in_steps(Duration::from_millis(1));
    let device = Simulated::new(CcidReader::new().with_level(Exchanges::ExtendedApdu));
    device.device().insert(ApduCard::new(application));
    let config = serial_ccid::Config { level: Level::ExtendedApdu, ..serial_ccid::Config::DEFAULT };
    Clocked::new(SerialCcid::new(device.port(clock.clone()), config), clock)
}

/// T=0 cannot tell the card how the length of what is expected was coded.
fn as_over_t0(log: Apdus) -> Apdus {
    let short = |command: Vec<u8>| if command.len() <= 7 { command[..4].to_vec() } else { command };
    log.into_iter().map(|(command, response)| (short(command), response)).collect()
}

#[test]
fn every_reader_has_the_log_of_one_that_is_handed_extended_apdus() {
    let want = Long::default();
    assert_eq!(hold(&mut extended_ccid(want.clone())), session());
    assert_eq!(want.log(), session());
    for (name, sim) in Sim::ALL {
        let kept = Long::default();
        assert_eq!(hold(&mut *present(sim.held(kept.clone()).0)), session(), "{name}");
        match sim {
            Sim::T0 => {
                let mut log = as_over_t0(kept.log());
                // GET DATA of more than there is, asked again after 6Cxx.
                log.dedup_by(|again, first| again.0.len() == 4 && *again == *first);
                assert_eq!(log, as_over_t0(want.log()));
            }
            _ => assert_eq!(kept.log(), want.log(), "{name}"),
        }
    }
}

/// Takes a command out of its ENVELOPEs, for a card that is handed TPDUs.
#[derive(Default)]
struct Unwrapped(Long, Vec<u8>);

impl Application for Unwrapped {
    fn reset(&mut self) {}

    fn process(&mut self, command: &[u8]) -> Vec<u8> {
        let [_, 0xC2, 0x00, 0x00, lc, rest @ ..] = command else { return self.0.process(command) };
        self.1.extend(&rest[..usize::from(*lc)]);
        let lc = usize::from(u16::from_be_bytes([self.1[5], self.1[6]]));
        if self.1.len() < 7 + lc {
            vec![0x90, 0x00]
        } else {
            self.0.process(&std::mem::take(&mut self.1))
        }
    }
}

#[test]
fn serial_ccid_carries_them_over_t0_as_well() {
    let log = Long::default();
    let clock = VirtualClock::in_steps(Duration::from_millis(1));
    let device = Simulated::new(CcidReader::new());
    device.device().insert(TpduCard::new(Unwrapped(log.clone(), Vec::new())));
    let driver = SerialCcid::new(device.port(clock.clone()), serial_ccid::Config::DEFAULT);
    let mut reader = Clocked::new(driver, clock);
    reader.activate(&mut [0; Atr::MAX]).unwrap();
    let mut want = Vec::new();
    for len in [256, 300, 503, 1_000, 4_000] {
        for (command, response) in [there_and_back(len), to_the_card(len)] {
            let mut room = vec![0; response.len()];
            assert_eq!(reader.transmit(&command, &mut room).unwrap(), response.len());
            assert_eq!(room, response);
            want.push((command, response));
        }
    }
    assert_eq!(log.log(), want);
    let (command, response) = there_and_back(600);
    let short = reader.transmit(&command, &mut [0; 601]);
    let fault = serial_ccid::Fault::Buffer { needed: response.len() };
    assert_eq!(short, Err(CallError::Device(fault)));
    assert_eq!(device.device().violations(), [""; 0]);
}

fn present(mut reader: AnyReader) -> AnyReader {
    let polls = (0..10_000).position(|_| match reader.poll_inserted() {
        Ok(()) => true,
        Err(nb::Error::WouldBlock) => false,
        Err(nb::Error::Other(error)) => panic!("{error}"),
    });
    assert!(polls.is_some(), "no card");
    reader
}

fn activated(reader: AnyReader) -> AnyReader {
    let mut reader = present(reader);
    reader.activate(&mut [0; Atr::MAX]).unwrap();
    reader
}

#[test]
fn a_response_longer_than_the_room_is_lost_and_nothing_else_is() {
    for (name, sim) in Sim::ALL {
        let mut reader = activated(sim.held(Long::default()).0);
        let mut rooms = vec![0; 1_002];
        for (command, response) in [there_and_back(1_000), from_the_card(1_000)] {
            for room in [0, 1, 257, 258, 259, 1_001] {
                let error = reader.transmit(&command, &mut rooms[..room]).unwrap_err();
                assert_eq!(error.kind(), ErrorKind::Argument, "{name}, room for {room}");
                assert!(error.to_string().contains("1002"), "{name}: {error}");
                assert_eq!(rooms[room..].iter().position(|byte| *byte != 0), None, "{name}");
            }
            assert_eq!(reader.transmit(&command, &mut rooms).unwrap(), 1_002, "{name}");
            assert_eq!(rooms, response, "{name}");
            rooms.fill(0);
        }
    }
}

#[test]
fn what_is_no_apdu_is_not_sent() {
    let (mut wrong_lc, _) = to_the_card(300);
    wrong_lc.push(0);
    let long_and_short = [&[0x00, 0xD6, 0x00, 0x00, 0xFF][..], &[0x5A; 300]].concat();
    for (name, sim) in Sim::ALL {
        let kept = Long::default();
        let mut reader = activated(sim.held(kept.clone()).0);
        for command in [&wrong_lc, &long_and_short, &vec![0; 70_000], &vec![0; 3]] {
            let error = reader.transmit(command, &mut [0; 300]).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Argument, "{name}");
        }
        assert_eq!(kept.log(), []);
        assert_eq!(reader.transmit(&[0x00, 0xCA, 0x00, 0x01, 0x01], &mut [0; 3]).unwrap(), 3);
    }
}

type LineTo<C> = SimPort<CardLine<C>, VirtualClock>;

fn device<F>(error: CallError<F, Unplugged>) -> F {
    match error {
        CallError::Device(fault) => fault,
        CallError::Port(_) | CallError::Line(_) => unreachable!(),
    }
}

/// A card at the end of a line, and the host.
struct Bench<C: ContactCard + 'static, L> {
    device: Simulated<CardLine<C>>,
    clock: VirtualClock,
    line: L,
}

impl<C: ContactCard + 'static, L> Bench<C, L> {
    fn new(card: C, line: impl FnOnce(LineTo<C>) -> L) -> Self {
        let clock = VirtualClock::in_steps(Duration::from_micros(200));
        let device = Simulated::new(CardLine::new(card));
        let line = line(device.port(clock.clone()));
        Self { device, clock, line }
    }

    fn no_violations(&self) {
        assert_eq!(self.device.device().violations(), [""; 0]);
    }
}

impl<C: ContactCard + 'static> Bench<C, t0::Line<LineTo<C>>> {
    fn t0(card: C, limits: t0::Limits) -> Self {
        let timing = t0::Timing::new(t0::Timing::DEFAULT_WI, 3_579_545, 372, 1);
        Self::new(card, |port| t0::Line::new(port, timing, limits))
    }

    fn transmit(&mut self, command: &[u8], room: usize) -> Result<Vec<u8>, t0::Fault> {
        let mut response = vec![0; room];
        let call = self.line.transmit_into(command, &mut response);
        let len = call.wait(&mut self.clock).map_err(device)?;
        response.truncate(len);
        Ok(response)
    }

    /// What the host said since this was last asked.
    fn said(&self, from: usize) -> Vec<u8> {
        let device = self.device.device();
        let said = device.said().iter().filter(|(speaker, _)| *speaker == Speaker::Host);
        said.map(|(_, byte)| *byte).skip(from).collect()
    }
}

/// The command in parts of these lengths, as TPDUs, and then what else is said.
fn enveloped(cla: u8, command: &[u8], parts: &[usize], rest: &[&[u8]]) -> Vec<u8> {
    assert_eq!(parts.iter().sum::<usize>(), command.len());
    let mut at = 0;
    let mut tpdus = Vec::new();
    for len in parts {
        tpdus.extend([cla, 0xC2, 0x00, 0x00, u8::try_from(*len).unwrap()]);
        tpdus.extend(&command[at..at + len]);
        at += len;
    }
    [tpdus, rest.concat()].concat()
}

#[test]
fn t0_cuts_a_command_so_that_no_part_is_taken_for_another() {
    for (len, parts) in [
        (256, &[255, 8][..]),
        (300, &[255, 52]),
        (502, &[255, 254]),
        (503, &[255, 252, 3]),
        (504, &[255, 253, 3]),
        (505, &[255, 254, 3]),
        (506, &[255, 255, 3]),
        (507, &[255, 255, 4]),
    ] {
        let mut bench = Bench::t0(T0Card::new(Long::default()), t0::Limits::DEFAULT);
        let (command, response) = to_the_card(len);
        assert_eq!(bench.transmit(&command, 2), Ok(response));
        assert_eq!(bench.said(0), enveloped(0x00, &command, parts, &[]), "{len} bytes");
        bench.no_violations();
    }
}

#[test]
fn t0_fetches_what_is_expected_and_no_more() {
    let mut bench = Bench::t0(T0Card::new(Long::default()), t0::Limits::DEFAULT);
    let (command, response) = there_and_back(600);
    assert_eq!(bench.transmit(&command, 602), Ok(response.clone()));
    let get: [&[u8]; 3] = [&[0, 0xC0, 0, 0, 0], &[0, 0xC0, 0, 0, 0], &[0, 0xC0, 0, 0, 88]];
    let said = bench.said(0);
    assert_eq!(said, enveloped(0x00, &command, &[255, 255, 99], &get));

    // 300 of 600: the card has more to give, and says so.
    let data = counted(600);
    let part = Command::new(0x03, 0xDA, 0x01, 0x02).data(&data).expect(300).extended();
    let part = written(part);
    let want = [&response[..300], &[0x61, 0x00]].concat();
    assert_eq!(bench.transmit(&part, 600), Ok(want));
    let get: [&[u8]; 2] = [&[3, 0xC0, 0, 0, 0], &[3, 0xC0, 0, 0, 44]];
    assert_eq!(bench.said(said.len()), enveloped(0x03, &part, &[255, 255, 99], &get));
    bench.no_violations();
}

#[test]
fn t0_without_data_asks_for_256_bytes_and_fetches_the_rest() {
    let mut bench = Bench::t0(T0Card::new(Long::default()), t0::Limits::DEFAULT);
    let (command, response) = from_the_card(700);
    assert_eq!(bench.transmit(&command, 702), Ok(response));
    let tpdus: [&[u8]; 3] = [&[0, 0xCA, 2, 188, 0], &[0, 0xC0, 0, 0, 0], &[0, 0xC0, 0, 0, 188]];
    assert_eq!(bench.said(0), tpdus.concat());
    bench.no_violations();
}

#[test]
fn t0_carries_what_would_do_as_a_short_command_as_one() {
    let mut bench = Bench::t0(T0Card::new(Long::default()), t0::Limits::DEFAULT);
    let update = Command::new(0x00, 0xD6, 0x00, 0x00).data(&[7, 8, 9]).extended();
    assert_eq!(bench.transmit(&written(update), 2), Ok(vec![0x90, 0x00]));
    assert_eq!(bench.said(0), [0x00, 0xD6, 0x00, 0x00, 3, 7, 8, 9]);
    // Kept as well.
    let call = bench.line.transmit(&[0x00, 0xCA, 0x00, 0x02, 0x00, 0x00, 0x02]);
    assert_eq!(call.wait(&mut bench.clock), Ok(4));
    assert_eq!(bench.line.response(), [0, 1, 0x90, 0x00]);
    bench.no_violations();
}

#[test]
fn a_t0_card_without_envelope_is_told_from_one_that_refuses() {
    let card = T0Card::new(Long::default()).without_envelope();
    let mut bench = Bench::t0(card, t0::Limits::DEFAULT);
    let (command, _) = there_and_back(300);
    assert_eq!(bench.transmit(&command, 302), Err(t0::Fault::Extended));
    assert_eq!(t0::Fault::Extended.kind(), ErrorKind::Unsupported);
    assert_eq!(bench.said(0), [0x00, 0xC2, 0x00, 0x00, 255]);
    // Nothing happened to the card.
    assert_eq!(bench.transmit(&[0, 0xCA, 0, 1, 1], 3), Ok(vec![0, 0x90, 0x00]));

    let log = Long::default();
    let mut card = T0Card::new(log.clone());
    card.plan(T0Trick::Status(0x6985));
    let mut bench = Bench::t0(card, t0::Limits::DEFAULT);
    let (command, response) = there_and_back(1_000);
    assert_eq!(bench.transmit(&command, 1_002), Ok(vec![0x69, 0x85]));
    assert_eq!(log.log(), []);
    assert_eq!(bench.transmit(&[0, 0xCA, 0, 1, 1], 3), Ok(vec![0, 0x90, 0x00]));
    assert_eq!(bench.transmit(&command, 1_002), Ok(response));
    bench.no_violations();
}

#[test]
fn t0_bears_with_null_bytes_single_bytes_and_pieces() {
    let mut card = T0Card::new(Long::default());
    for trick in [T0Trick::Null(3), T0Trick::OneByOne(40), T0Trick::Pieces(100)] {
        card.plan(trick);
    }
    let mut bench = Bench::t0(card, t0::Limits::DEFAULT);
    let (command, response) = there_and_back(4_000);
    assert_eq!(bench.transmit(&command, 4_002), Ok(response.clone()));
    // 256 bytes at a time take no follow-ups, less do.
    let limits = t0::Limits { follow_ups: 1, ..t0::Limits::DEFAULT };
    let mut bench = Bench::t0(T0Card::new(Long::default()), limits);
    let exact = Command::new(0x00, 0xDA, 1, 2).data(&command[7..4_007]).expect(4_000).extended();
    assert_eq!(bench.transmit(&written(exact), 4_002), Ok(response));
    bench.device.device().card.plan(T0Trick::Pieces(100));
    assert_eq!(bench.transmit(&written(exact), 4_002), Err(t0::Fault::KeepsAsking));
}

#[test]
fn a_room_too_short_is_told_on_the_lines_too() {
    let mut bench = Bench::t0(T0Card::new(Long::default()), t0::Limits::DEFAULT);
    let (command, response) = there_and_back(400);
    assert_eq!(bench.transmit(&command, 401), Err(t0::Fault::Room));
    assert_eq!(bench.transmit(&command, 402), Ok(response.clone()));
    let mut bench = Bench::t1(254, Edc::Lrc, t1::Limits::DEFAULT, 254);
    assert_eq!(bench.transmit(&command, 401), Err(t1::Fault::Room));
    assert_eq!(bench.transmit(&command, 402), Ok(response));
    assert_eq!(t0::Fault::Room.kind(), t1::Fault::Room.kind());
    assert_eq!(t1::Fault::Room.kind(), ErrorKind::Argument);
}

#[test]
fn what_is_kept_is_short() {
    let mut t0 = Bench::t0(T0Card::new(Long::default()), t0::Limits::DEFAULT);
    let mut t1 = Bench::t1(254, Edc::Lrc, t1::Limits::DEFAULT, 254);
    let (there, _) = to_the_card(300);
    let (back, _) = from_the_card(300);
    for command in [&there, &back] {
        let kept = t0.line.transmit(command).wait(&mut t0.clock);
        assert_eq!(kept, Err(CallError::Device(t0::Fault::Command)));
    }
    assert_eq!(t0.said(0), []);
    let kept = t1.line.transmit(&there).wait(&mut t1.clock);
    assert_eq!(kept, Err(CallError::Device(t1::Fault::Command)));
    let kept = t1.line.transmit(&back).wait(&mut t1.clock);
    assert_eq!(kept, Err(CallError::Device(t1::Fault::ResponseTooLong)));
    // A piece of a response is none.
    assert_eq!(t1.line.response(), []);
    assert_eq!(t1::Fault::Command.kind(), ErrorKind::Argument);
}

impl Bench<T1Characters, t1::Line<LineTo<T1Characters>>> {
    fn t1(ifsc: u8, edc: Edc, limits: t1::Limits, ifsd: u8) -> Self {
        let card = T1Card::new(Long::default()).with_ifsc(ifsc);
        let card = if edc == Edc::Crc { card.with_crc() } else { card };
        let parameters = T1Parameters { ifsc, edc, ..T1Parameters::default() };
        let timing = t1::Timing::new(&parameters, 3_579_545, 372, 1);
        let mut bench = Self::new(T1Characters::from(card), |port| {
            let mut line = t1::Line::new(port, timing, limits);
            line.reset(&parameters, timing);
            line
        });
        if ifsd != 32 {
            assert_eq!(bench.line.agree_ifs(ifsd).wait(&mut bench.clock), Ok(0));
        }
        bench
    }

    fn transmit(&mut self, command: &[u8], room: usize) -> Result<Vec<u8>, t1::Fault> {
        let mut response = vec![0; room];
        let call = self.line.transmit_into(command, &mut response);
        let len = call.wait(&mut self.clock).map_err(device)?;
        response.truncate(len);
        Ok(response)
    }
}

#[test]
fn t1_chains_at_every_size_and_with_both_checks() {
    for (ifsc, ifsd) in [(254, 254), (32, 254), (254, 32), (32, 32), (5, 1)] {
        for edc in [Edc::Lrc, Edc::Crc] {
            let mut bench = Bench::t1(ifsc, edc, t1::Limits::DEFAULT, ifsd);
            for len in [300, 1_000, 4_000] {
                if len > 1_000 && ifsd == 1 {
                    continue;
                }
                for (command, response) in
                    [there_and_back(len), from_the_card(len), to_the_card(len)]
                {
                    let got = bench.transmit(&command, response.len());
                    assert_eq!(got, Ok(response), "{len}, IFSC {ifsc}, IFSD {ifsd}");
                }
            }
            bench.no_violations();
        }
    }
}

/// Where the card's blocks begin in what was said from `from` on, and how long
/// they are.
fn blocks(said: &[(Speaker, u8)], from: usize) -> Vec<(usize, usize)> {
    let mut blocks = Vec::new();
    let mut at = from;
    while at < said.len() {
        let len = 4 + usize::from(said[at + 2].1);
        if said[at].0 == Speaker::Card {
            blocks.push((at, len));
        }
        at += len;
    }
    blocks
}

#[test]
fn t1_asks_again_and_begins_again_within_a_long_command_and_its_response() {
    let repeat = t1::Limits { after_resynch: t1::AfterResynch::Repeat, ..t1::Limits::DEFAULT };
    let (command, response) = there_and_back(1_000);
    let mut clean = Bench::t1(254, Edc::Lrc, repeat, 254);
    let from = clean.device.device().said().len();
    assert_eq!(clean.transmit(&command, 1_002), Ok(response.clone()));
    let blocks = blocks(clean.device.device().said(), from);
    // Three parts acknowledged; the response in four.
    assert_eq!(blocks.len(), 3 + 4);
    for (at, len) in blocks {
        // Once, then three times: the card sends it again after an R-block of four
        // characters.
        for times in [1, 3] {
            let mut bench = Bench::t1(254, Edc::Lrc, repeat, 254);
            for time in 0..times {
                let at = at - from + len - 1 + time * (4 + len);
                bench.device.device().mishap(at, Mishap::Flipped(3));
            }
            assert_eq!(bench.transmit(&command, 1_002), Ok(response.clone()));
            let said = bench.device.device().said().len();
            assert!(said > clean.device.device().said().len());
        }
    }
}

/// Contactless over a front end without faults.
struct Field {
    reader: Contactless<SimPort<IdealReader, VirtualClock>, IdealFrontEnd>,
    device: Simulated<IdealReader>,
    card: Arc<Mutex<IsoDepCard>>,
    clock: VirtualClock,
}

impl Field {
    fn new(card: IsoDepCard) -> Self {
        let mut clock = VirtualClock::new();
        let device = Simulated::new(IdealReader::new());
        let card = Arc::new(Mutex::new(card));
        device.device().air.add(card.clone());
        let port = device.port(clock.clone());
        let config = contactless::Config::EMV;
        let mut reader = Contactless::over(port, IdealFrontEnd::new(), config);
        reader.activate().wait(&mut clock).unwrap();
        Self { reader, device, card, clock }
    }

    fn transmit(&mut self, command: &[u8], room: usize) -> Result<Vec<u8>, contactless::Fault> {
        let mut response = vec![0; room];
        let call = self.reader.transmit_into(command, &mut response);
        match call.wait(&mut self.clock) {
            Ok(len) => response.truncate(len),
            Err(CallError::Device(contactless::DriverFault::Card(fault))) => return Err(fault),
            Err(other) => panic!("{other}"),
        }
        Ok(response)
    }
}

#[test]
fn iso_dep_chains_at_every_frame_size() {
    for fsci in 0..=8 {
        let ats = [0x05, 0x70 | fsci, 0x00, 0x80, 0x02];
        let a = IsoDepCard::type_a(Long::default()).with_answer(&ats);
        let atqb = [0x50, 1, 2, 3, 4, 1, 2, 3, 4, 0x00, fsci << 4 | 1, 0x81];
        let b = IsoDepCard::type_b(Long::default()).with_answer(&atqb);
        for card in [a, b] {
            let mut field = Field::new(card);
            for len in [300, 1_000, 4_000] {
                for (command, response) in
                    [there_and_back(len), from_the_card(len), to_the_card(len)]
                {
                    assert_eq!(field.transmit(&command, response.len()), Ok(response));
                }
            }
            assert_eq!(field.card.lock().unwrap().violations(), [""; 0]);
        }
    }
}

#[test]
fn iso_dep_has_lost_and_garbled_blocks_of_long_chains_again() {
    use PiccTrick::{Chunks, LateBlock, LostBlock, WrongCheck, Wtx};
    let (command, response) = there_and_back(1_000);
    for trick in [
        LostBlock,
        WrongCheck,
        LateBlock(Duration::from_millis(1)),
        Wtx { inf: 2, times: 3 },
        Chunks(30),
    ] {
        let mut field = Field::new(IsoDepCard::type_a(Long::default()));
        for _ in 0..2 {
            field.card.lock().unwrap().plan(trick.clone());
        }
        assert_eq!(field.transmit(&command, 1_002), Ok(response.clone()), "{trick:?}");
        assert_eq!(field.card.lock().unwrap().violations(), [""; 0]);
    }
}

/// Cards that may think for no longer than a tenth of a second are not given up
/// while the line is busy with 20 000 bytes.
#[test]
fn a_long_command_has_the_time_that_it_takes_on_the_line() {
    let (command, response) = there_and_back(20_000);
    let parameters = T1Parameters { ifsc: 254, bwi: 0, ..T1Parameters::default() };
    let timing = t1::Timing::new(&parameters, 3_579_545, 372, 1);
    let card = T1Characters::from(T1Card::new(Long::default()).with_ifsc(254));
    let mut bench = Bench::new(card, |port| t1::Line::new(port, timing, t1::Limits::EMV));
    bench.line.reset(&parameters, timing);
    assert_eq!(bench.line.agree_ifs(254).wait(&mut bench.clock), Ok(0));
    assert!(bench.transmit(&command, 20_002) == Ok(response.clone()));
    bench.no_violations();

    let timing = t0::Timing::new(1, 3_579_545, 372, 1);
    let limits = t0::Limits::DEFAULT;
    let mut bench =
        Bench::new(T0Card::new(Long::default()), |port| t0::Line::new(port, timing, limits));
    assert!(bench.transmit(&command, 20_002) == Ok(response));
    bench.no_violations();
}

/// A card that may take five seconds for a block, and does, a byte at a time: it
/// is heard for three minutes and 4 ms for each byte, and not for ever.
#[test]
fn iso_dep_does_not_hear_a_card_for_ever_that_says_little() {
    let ats = [0x05, 0x78, 0x00, 0xE0, 0x02];
    let mut field = Field::new(IsoDepCard::type_a(Long::default()).with_answer(&ats));
    let slow = |field: &Field, times| {
        let mut card = field.card.lock().unwrap();
        card.plan(PiccTrick::Chunks(1));
        (0..times).for_each(|_| card.plan(PiccTrick::LateBlock(Duration::from_secs(4))));
    };
    let (command, response) = from_the_card(30);
    slow(&field, 32);
    assert_eq!(field.transmit(&command, 32), Ok(response));
    let (command, _) = from_the_card(300);
    slow(&field, 302);
    let before = field.clock.now();
    let fault = contactless::Fault::IsoDep(iso_dep::Fault::KeepsAsking);
    assert_eq!(field.transmit(&command, 302), Err(fault));
    let took = field.clock.now().since(before);
    assert!((180..190).contains(&took.as_millis().div_euclid(1_000)), "{took:?}");
}

/// More than an extended response can be.
struct Endless;

impl Application for Endless {
    fn reset(&mut self) {}

    fn process(&mut self, command: &[u8]) -> Vec<u8> {
        let len = if command.len() > 5 { Response::MAX_EXTENDED + 1 } else { 2 };
        vec![0x90; len]
    }
}

#[test]
fn a_response_longer_than_one_can_be_is_a_fault_of_the_card() {
    let all = written(Command::new(0x00, 0xCA, 0, 0).expect(65_536).extended());
    let mut field = Field::new(IsoDepCard::type_a(Endless));
    let fault = contactless::Fault::IsoDep(iso_dep::Fault::ResponseTooLong);
    assert_eq!(field.transmit(&all, 70_000), Err(fault));
    assert_eq!(field.transmit(&[0, 0xCA, 0, 0, 0], 2), Ok(vec![0x90; 2]));

    let card = T1Characters::from(T1Card::new(Endless));
    let parameters = T1Parameters { ifsc: 254, ..T1Parameters::default() };
    let timing = t1::Timing::new(&parameters, 3_579_545, 372, 1);
    let mut bench = Bench::new(card, |port| t1::Line::new(port, timing, t1::Limits::DEFAULT));
    bench.line.reset(&parameters, timing);
    assert_eq!(bench.line.agree_ifs(254).wait(&mut bench.clock), Ok(0));
    assert_eq!(bench.transmit(&all, 70_000), Err(t1::Fault::ResponseTooLong));
    assert_eq!(bench.transmit(&[0, 0xCA, 0, 0, 0], 2), Ok(vec![0x90; 2]));

    for sim in [Sim::Ccid, Sim::Pn532, Sim::Mfrc522] {
        let mut reader = activated(sim.held(Endless).0);
        let error = reader.transmit(&all, &mut [0; 300]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Protocol, "{}", sim.name());
        // What is left of it is not the answer to the next command.
        match reader.transmit(&[0, 0xCA, 0, 0, 0], &mut [0; 300]) {
            Ok(len) => assert_eq!(len, 2, "{}", sim.name()),
            Err(error) => assert_eq!(error.kind(), ErrorKind::Absent, "{}", sim.name()),
        }
    }
}

/// Whether pieces of what was lent are in the memory of what carried it.
fn keeps<T>(carrier: &T, apdu: &[u8]) -> bool {
    apdu[7..].chunks_exact(12).step_by(5).any(|piece| memory::holds(carrier, piece))
}

#[test]
fn nothing_of_what_was_lent_stays_behind() {
    let (command, response) = there_and_back(1_000);
    let mut t0 = Bench::t0(T0Card::new(Long::default()), t0::Limits::DEFAULT);
    let mut t1 = Bench::t1(100, Edc::Lrc, t1::Limits::DEFAULT, 100);
    let mut clock = VirtualClock::new();
    let bus = OnSpi::new(Mfrc522Model::new(), clock.clone());
    bus.chip().air.add(IsoDepCard::type_a(Long::default()));
    let mut air = Mfrc522::new(SpiTransfers::new(bus), mfrc522::Config::MFRC522);
    air.activate().wait(&mut clock).unwrap();
    let mut room = vec![0; 1_002];
    assert_eq!(air.transmit_into(&command, &mut room).wait(&mut clock).unwrap(), 1_002);
    assert_eq!(room, response);
    assert_eq!(t0.transmit(&command, 1_002), Ok(response.clone()));
    assert_eq!(t1.transmit(&command, 1_002), Ok(response.clone()));
    for apdu in [&command, &response] {
        assert!(!keeps(&t0.line, apdu), "T=0");
        assert!(!keeps(&t1.line, apdu), "T=1");
        assert!(!keeps(&air, apdu), "ISO-DEP");
    }
    // That it would be found if it were there.
    t1.line.transmit(&[0x00, 0xCA, 0x00, 0xF0, 0xF0]).wait(&mut t1.clock).unwrap();
    assert!(keeps(&t1.line, t1.line.response().to_vec().as_slice()));
}

#[test]
fn debug_shows_nothing_of_what_is_lent() {
    let (command, _) = there_and_back(300);
    let mut room = [0xAB; 302];
    let mut t1 = t1::Link::new(
        t1::Timing::new(&T1Parameters::default(), 3_579_545, 372, 1),
        t1::Limits::DEFAULT,
    );
    let text = format!("{:?}", t1::Transmit::lent(&mut t1, &command, &mut room));
    assert!(text.contains("309 bytes, room for 302"), "{text}");
    assert!(!text.contains("171") && !text.contains("218"), "{text}");
}
