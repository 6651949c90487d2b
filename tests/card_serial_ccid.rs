//! The serial CCID reader against a simulated one, and T=1 inside it.

use embedded_pos::card::reader::serial_ccid::{
    self, Activate, Config, Fault, Preference, ReaderError, SerialCcid, Talk, Timing,
};
use embedded_pos::card::{CardReader, Convention, t1};
use embedded_pos::port::{Call, CallError, Clock, Clocked, Duration, Exchange, Instant, Port};
use embedded_pos::sim::card::{CcidReader, T1Card, Trick};
use embedded_pos::sim::{self, SimPort, Simulated, VirtualClock};
use embedded_pos::{Error, ErrorKind, nb};
use proptest::prelude::*;

type Reader = SerialCcid<SimPort<CcidReader, VirtualClock>>;

struct Bench {
    reader: Reader,
    device: Simulated<CcidReader>,
    clock: VirtualClock,
}

const READ: [u8; 5] = [0x00, 0xB2, 0x01, 0x0C, 0x00];

impl Bench {
    fn new(device: CcidReader, chunk: usize) -> Self {
        let clock = VirtualClock::new();
        let device = Simulated::new(device);
        let port = device.port(clock.clone()).chunked(chunk);
        Self { reader: SerialCcid::new(port, Config::DEFAULT), device, clock }
    }

    fn with_card(card: T1Card) -> Self {
        let bench = Self::new(CcidReader::new(), usize::MAX);
        bench.device.device().insert(card);
        bench
    }

    fn active(card: T1Card) -> Self {
        let mut bench = Self::with_card(card);
        assert!(bench.activate().is_ok());
        bench
    }

    fn activate(&mut self) -> Result<usize, Fault> {
        self.reader.activate().wait(&mut self.clock).map_err(fault)
    }

    fn look(&mut self) -> Result<bool, Fault> {
        self.reader.look().wait(&mut self.clock).map_err(fault)
    }

    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, Fault> {
        let result = self.reader.transmit(command).wait(&mut self.clock);
        result.map_err(fault).map(|n| {
            assert_eq!(n, self.reader.response().len());
            self.reader.response().to_vec()
        })
    }

    fn card<T>(&self, at: impl FnOnce(&mut T1Card) -> T) -> T {
        at(self.device.device().card().unwrap())
    }

    fn no_violations(&self) {
        assert_eq!(self.device.device().violations(), [""; 0]);
    }
}

fn fault<E: std::fmt::Debug>(error: CallError<Fault, E>) -> Fault {
    match error {
        CallError::Device(fault) => fault,
        other => panic!("{other:?}"),
    }
}

fn longest_command() -> Vec<u8> {
    let mut command = vec![0x00, 0xDA, 0x00, 0x00, 255];
    command.extend(0..255);
    command.push(0);
    command
}

#[test]
fn a_whole_session_at_every_chunk_size_with_echo_and_without() {
    for chunk in [1, 2, 3, 7, 64, usize::MAX] {
        for device in [CcidReader::new(), CcidReader::new().without_echo()] {
            let mut bench = Bench::new(device.without_events(), chunk);
            assert_eq!(bench.reader.init().wait(&mut bench.clock), Ok(false));
            bench.device.device().insert(T1Card::echo().with_ifsc(80));
            assert_eq!(bench.look(), Ok(true));
            let n = bench.activate().unwrap();
            let atr = *bench.reader.atr().unwrap();
            assert_eq!((atr.as_bytes().len(), atr.convention()), (n, Convention::Direct));
            assert_eq!(bench.transmit(&longest_command()).unwrap().len(), 257);
            assert_eq!(bench.transmit(&READ).unwrap().len(), 258);
            assert!(bench.device.device().is_powered());
            assert_eq!(bench.reader.deactivate().wait(&mut bench.clock), Ok(()));
            assert!(!bench.device.device().is_powered());
            assert_eq!(bench.transmit(&READ), Err(Fault::Inactive));
            bench.no_violations();
        }
    }
}

#[test]
fn both_checks_every_ifsc_and_the_three_voltages() {
    for ifsc in [1, 32, 254] {
        let mut bench = Bench::active(T1Card::echo().with_ifsc(ifsc).with_crc());
        assert_eq!(bench.transmit(&READ).unwrap().len(), 258);
        bench.no_violations();
    }
    for voltage in 1..=3 {
        let mut bench = Bench::new(CcidReader::new().with_voltage(voltage), usize::MAX);
        bench.device.device().insert(T1Card::echo());
        assert!(bench.activate().is_ok());
        bench.no_violations();
    }
    let mut bench = Bench::new(CcidReader::new().with_voltage(9), usize::MAX);
    bench.device.device().insert(T1Card::echo());
    assert_eq!(bench.activate(), Err(Fault::Mute));
    assert_eq!(Fault::Mute.kind(), ErrorKind::Timeout);
}

#[test]
fn cards_by_what_they_offer() {
    let offered = |atr: &[u8]| {
        let mut bench = Bench::with_card(T1Card::echo().with_atr(atr));
        let config = Config { preference: Preference::T1, ..Config::DEFAULT };
        bench.reader = SerialCcid::new(bench.device.port(bench.clock.clone()), config);
        bench.activate()
    };
    let neither = [0x3B, 0x80, 0x0E, 0x8E];
    assert_eq!(offered(&neither), Err(Fault::Protocol { offered: 14 }));
    assert_eq!(Fault::Protocol { offered: 14 }.kind(), ErrorKind::Unsupported);
    // T=0 first, then T=1: changed by PPS.
    assert_eq!(offered(&[0x3B, 0x80, 0x80, 0x01, 0x01]), Ok(5));
    // Specific mode: T=1, T=0, speed not said.
    assert_eq!(offered(&[0x3B, 0x90, 0x95, 0x91, 0x81, 0x31, 0xFE, 0x45, 0x9F]), Ok(9));
    let implicit = [0x3B, 0x80, 0x91, 0x11, 0x00, 0x00];
    assert_eq!(offered(&implicit), Err(Fault::ImplicitSpeed));
    assert!(matches!(offered(&[0x3C, 0x00]), Err(Fault::Atr(_))));
    assert!(matches!(offered(&[0x3B]), Err(Fault::Atr(_))));
}

#[test]
fn no_card_and_cards_that_come_and_go() {
    let mut bench = Bench::new(CcidReader::new(), usize::MAX);
    assert_eq!(bench.activate(), Err(Fault::Absent));
    assert_eq!(Fault::Absent.kind(), ErrorKind::Absent);
    bench.device.device().insert(T1Card::echo());
    assert!(bench.activate().is_ok());
    bench.device.device().remove();
    assert_eq!(bench.transmit(&READ), Err(Fault::Absent));
    assert_eq!(bench.transmit(&READ), Err(Fault::Inactive));
    // Out and in again between two commands: another card, for all we know.
    bench.device.device().insert(T1Card::echo());
    assert!(bench.activate().is_ok());
    bench.device.device().remove();
    bench.device.device().insert(T1Card::echo());
    assert_eq!(bench.transmit(&READ), Err(Fault::Inactive));
    assert_eq!(bench.reader.deactivate().wait(&mut bench.clock), Ok(()));
}

#[test]
fn the_tricks_of_the_card_are_mended_through_the_reader_too() {
    let tricks = [
        Trick::WrongCheck,
        Trick::LostBlock,
        Trick::Pcb(0x83),
        Trick::WrongNad,
        Trick::Misheard,
        Trick::Ifs(5),
        Trick::Wtx { multiplier: 3, times: 3 },
        Trick::Wtx { multiplier: 255, times: 1 },
    ];
    for trick in tricks {
        let mut bench = Bench::active(T1Card::echo());
        bench.card(|card| card.plan(trick.clone()));
        let response = bench.transmit(&longest_command());
        assert_eq!(response.map(|response| response.len()), Ok(257), "{trick:?}");
        bench.no_violations();
    }
    let mut bench = Bench::active(T1Card::echo());
    bench.card(|card| card.plan(Trick::OutOfStep));
    assert_eq!(bench.transmit(&READ), Err(Fault::T1(t1::Fault::Resynchronised)));
    assert_eq!(bench.transmit(&READ).unwrap().len(), 258);
    bench.card(|card| card.plan(Trick::Abort));
    assert_eq!(bench.transmit(&READ), Err(Fault::T1(t1::Fault::Aborted)));
    assert_eq!(bench.transmit(&READ).unwrap().len(), 258);
    bench.card(|card| card.plan(Trick::Mute));
    assert_eq!(bench.transmit(&READ), Err(Fault::T1(t1::Fault::Silent)));
    assert!(bench.activate().is_ok());
    assert_eq!(bench.transmit(&READ).unwrap().len(), 258);
}

#[test]
fn the_reader_is_told_how_much_longer_the_card_may_take() {
    let mut bench = Bench::active(T1Card::echo());
    let slow = |card: T1Card| card.thinking(Duration::from_millis(1_400));
    bench.device.device().insert(slow(T1Card::echo()));
    assert!(bench.activate().is_ok());
    bench.device.device().extend(3);
    assert_eq!(bench.transmit(&READ).unwrap().len(), 258);
}

#[test]
fn a_reader_that_asks_for_time_for_ever_does_not_hold_us() {
    let mut bench = Bench::active(T1Card::echo());
    bench.device.device().extend(1_000);
    assert_eq!(bench.transmit(&READ), Err(Fault::KeepsAsking));
}

fn line_faults() -> Vec<sim::Fault> {
    vec![
        sim::Fault::WrongCheck,
        sim::Fault::Late(Duration::from_millis(700)),
        sim::Fault::Late(Duration::from_millis(2_500)),
        sim::Fault::Silence,
        sim::Fault::Noise(vec![0x00, 0x55, 0x50, 0x02, 0x7F]),
        sim::Fault::Noise(vec![0x03, 0x06, 0x80, 0x01]),
        sim::Fault::Noise(vec![0x50, 0x03]),
        sim::Fault::Noise(vec![0x03, 0x15, 0x16]),
        sim::Fault::LostByte(0),
        sim::Fault::LostByte(1),
        sim::Fault::LostByte(3),
        sim::Fault::LostByte(8),
        sim::Fault::LostByte(12),
        sim::Fault::DoubledByte(0),
        sim::Fault::DoubledByte(4),
        sim::Fault::DoubledByte(12),
        sim::Fault::Repeated,
        sim::Fault::Flipped(2, 0x80),
        sim::Fault::Flipped(3, 0x40),
        sim::Fault::Flipped(6, 0xFF),
        sim::Fault::Flipped(8, 0x01),
        sim::Fault::Flipped(9, 0x02),
    ]
}

#[test]
fn every_fault_of_the_line_is_mended_in_every_conversation() {
    for line_fault in line_faults() {
        for chunk in [1, usize::MAX] {
            let mut bench = Bench::new(CcidReader::new(), chunk);
            bench.device.device().insert(T1Card::echo().with_ifsc(100));
            let fails = |bench: &Bench| {
                bench.device.device().replies.inject(line_fault.clone());
            };
            fails(&bench);
            assert_eq!(bench.look(), Ok(true), "{line_fault:?}");
            for good in 0..5 {
                for _ in 0..good {
                    bench.device.device().replies.inject(sim::Fault::Noise(Vec::new()));
                }
                fails(&bench);
                assert!(bench.activate().is_ok(), "{line_fault:?} after {good} replies");
            }
            for _ in 0..3 {
                fails(&bench);
                let response = bench.transmit(&longest_command());
                assert_eq!(response.map(|r| r.len()), Ok(257), "{line_fault:?}");
            }
            fails(&bench);
            let result = bench.reader.deactivate().wait(&mut bench.clock);
            assert_eq!(result, Ok(()), "{line_fault:?}");
        }
    }
}

#[test]
fn a_garbled_echo_does_not_matter() {
    for echo_fault in line_faults() {
        let mut bench = Bench::active(T1Card::echo());
        bench.device.device().aside.inject(echo_fault.clone());
        let response = bench.transmit(&READ);
        assert_eq!(response.map(|r| r.len()), Ok(258), "{echo_fault:?}");
    }
}

#[test]
fn a_reader_that_says_nak_gets_the_frame_again_three_times_in_all() {
    struct Nak {
        left: usize,
        frames: usize,
        outbox: sim::Outbox,
    }
    impl sim::Device for Nak {
        fn receive(&mut self, bytes: &[u8], now: Instant) {
            self.frames += 1;
            let reply = if self.left == 0 {
                let seq = bytes[8];
                vec![3, 6, 0x81, 0, 0, 0, 0, 0, seq, 0x01, 0, 0, 3 ^ 6 ^ 0x81 ^ seq ^ 0x01]
            } else {
                self.left -= 1;
                vec![0x03, 0x15, 0x16]
            };
            self.outbox.push(now, Duration::ZERO, reply);
        }
        fn transmit(&mut self, now: Instant) -> Vec<u8> {
            self.outbox.take(now)
        }
    }
    let look = |left| {
        let mut clock = VirtualClock::new();
        let device = Simulated::new(Nak { left, frames: 0, outbox: sim::Outbox::default() });
        let mut reader = SerialCcid::new(device.port(clock.clone()), Config::DEFAULT);
        let result = reader.init().wait(&mut clock).map_err(fault);
        let frames = device.device().frames;
        (result, frames)
    };
    assert_eq!(look(2), (Ok(true), 3));
    assert_eq!(look(3), (Err(Fault::NotUnderstood), 3));
}

#[test]
fn a_reader_that_is_not_there_is_noticed() {
    let mut bench = Bench::new(CcidReader::new(), usize::MAX);
    bench.device.device().ignore(usize::MAX);
    let start = bench.clock.now();
    assert_eq!(bench.reader.init().wait(&mut bench.clock).map_err(fault), Err(Fault::Silent));
    assert!(bench.clock.now().since(start) < Duration::from_secs(4));
    bench.device.device().ignore(0);
    bench.device.device().insert(T1Card::echo());
    assert!(bench.activate().is_ok());
    bench.device.device().ignore(usize::MAX);
    let start = bench.clock.now();
    assert_eq!(bench.transmit(&READ), Err(Fault::Silent));
    assert!(bench.clock.now().since(start) < Duration::from_secs(20));
}

#[test]
fn a_command_that_was_lost_once_is_mended() {
    let mut bench = Bench::with_card(T1Card::echo());
    bench.device.device().ignore(1);
    assert!(bench.activate().is_ok());
    bench.device.device().ignore(1);
    assert_eq!(bench.transmit(&READ).unwrap().len(), 258);
}

#[test]
fn an_unplugged_reader_is_the_ports_error() {
    let mut bench = Bench::active(T1Card::echo());
    bench.device.unplug();
    let error = bench.reader.transmit(&READ).wait(&mut bench.clock).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Line);
    bench.device.plug();
    assert_eq!(bench.transmit(&READ).unwrap().len(), 258);
}

#[test]
fn a_dropped_call_leaves_a_reader_that_can_be_used() {
    for polls in 0..60 {
        let mut bench = Bench::active(T1Card::echo().with_ifsc(100));
        let mut call = bench.reader.transmit(&READ);
        for _ in 0..polls {
            let _ = call.poll(bench.clock.now());
            bench.clock.advance(Duration::from_micros(400));
        }
        drop(call);
        let response = bench.transmit(&[0, 0xB2, 1, 0x0C, 2]);
        assert_eq!(response, Ok(vec![0, 1, 0x90, 0x00]), "dropped after {polls} polls");
        bench.no_violations();
    }
    for polls in 0..60 {
        let mut bench = Bench::with_card(T1Card::echo());
        let mut call = bench.reader.activate();
        for _ in 0..polls {
            let _ = call.poll(bench.clock.now());
            bench.clock.advance(Duration::from_micros(700));
        }
        drop(call);
        assert!(bench.activate().is_ok(), "dropped after {polls} polls");
        assert_eq!(bench.transmit(&READ).unwrap().len(), 258);
    }
}

type Joined = serial_ccid::Reader<SimPort<CcidReader, VirtualClock>, VirtualClock>;

fn clocked(bench: Bench) -> (Joined, Simulated<CcidReader>) {
    (Clocked::new(bench.reader, bench.clock), bench.device)
}

#[test]
fn polls_see_a_card_at_once_by_its_event_and_soon_without() {
    for (device, within) in [
        (CcidReader::new(), Duration::from_millis(10)),
        (CcidReader::new().without_events(), Timing::DEFAULT.look + Duration::from_millis(10)),
    ] {
        let bench = Bench::new(device, usize::MAX);
        let clock = bench.clock.clone();
        let (mut reader, device) = clocked(bench);
        let mut asked = 0;
        for _ in 0..10_000 {
            assert_eq!(reader.poll_inserted(), Err(nb::Error::WouldBlock));
            clock.advance(Duration::from_micros(100));
        }
        asked += device.device().frames();
        assert!((3..=6).contains(&asked), "asked {asked} times in a second");
        device.device().insert(T1Card::echo());
        let mut waited = Duration::ZERO;
        while reader.poll_inserted() == Err(nb::Error::WouldBlock) {
            clock.advance(Duration::from_micros(100));
            waited = waited + Duration::from_micros(100);
        }
        assert!(waited <= within, "{waited:?}");
        assert_eq!(reader.poll_removed(), Err(nb::Error::WouldBlock));
        device.device().remove();
        waited = Duration::ZERO;
        while reader.poll_removed() == Err(nb::Error::WouldBlock) {
            clock.advance(Duration::from_micros(100));
            waited = waited + Duration::from_micros(100);
        }
        assert!(waited <= within, "{waited:?}");
    }
}

#[test]
fn a_buffer_that_is_too_short_is_told_by_how_much() {
    let (mut reader, device) = clocked(Bench::new(CcidReader::new(), usize::MAX));
    device.device().insert(T1Card::echo());
    let error = reader.activate(&mut [0; 4]).unwrap_err();
    assert_eq!(error, CallError::Device(Fault::Buffer { needed: 12 }));
    assert_eq!(error.kind(), ErrorKind::Argument);
    assert_eq!(reader.transmit(&READ, &mut [0; 257]).unwrap_err().kind(), ErrorKind::Argument);
    let mut response = [0; 258];
    assert_eq!(reader.transmit(&READ, &mut response).unwrap(), 258);
    assert_eq!(reader.transmit(&[0; 300], &mut response).unwrap_err().kind(), ErrorKind::Argument);
}

#[test]
fn errors_say_what_and_debug_shows_no_secret() {
    let text = Fault::Reader(ReaderError::Parity).to_string();
    assert_eq!(text, "the reader got wrong parity from the card");
    let mut bench = Bench::active(T1Card::echo());
    bench.transmit(&[0x00, 0x20, 0x00, 0x80, 0x03, 0xAA, 0xBB, 0xCC]).unwrap();
    let text = format!("{:?}", bench.reader);
    let link = text.split("link: Link").nth(1).unwrap();
    assert!(!link.contains("170") && !link.contains("187"), "{link}");
}

#[test]
fn names_of_the_exchanges_are_public() {
    fn is_exchange<X: embedded_pos::port::Exchange>() {}
    is_exchange::<Talk<Activate>>();
}

/// With T=0 first, the card speaks T=1 only once that is agreed on.
#[test]
fn a_card_whose_activation_was_dropped_takes_no_command() {
    // By PPS, and without.
    for (atr, preference) in [
        (&[0x3B, 0x80, 0x80, 0x01, 0x01][..], Preference::T1),
        (&[0x3B, 0x80, 0x01, 0x81], Preference::First),
    ] {
        let mut over = false;
        for polls in 0.. {
            let mut bench = Bench::with_card(T1Card::echo().with_atr(atr));
            let config = Config { preference, ..Config::DEFAULT };
            bench.reader = SerialCcid::new(bench.device.port(bench.clock.clone()), config);
            let mut call = bench.reader.activate();
            for _ in 0..polls {
                over = call.poll(bench.clock.now()).is_ok();
                bench.clock.advance(Duration::from_millis(1));
            }
            drop(call);
            if over {
                break;
            }
            assert_eq!(bench.reader.atr(), None);
            assert_eq!(bench.transmit(&READ), Err(Fault::Inactive), "after {polls} polls");
            assert!(polls < 1_000);
        }
    }
}

/// EMV Book 1, 8.3.3: such an answer is refused.
#[test]
fn a_wrong_or_missing_check_byte_in_the_atr_is_refused() {
    for atr in [&[0x3B, 0x80, 0x01, 0x80][..], &[0x3B, 0x80, 0x01]] {
        let mut bench = Bench::with_card(T1Card::echo().with_atr(atr));
        assert_eq!(bench.activate(), Err(Fault::Tck));
        assert_eq!(Fault::Tck.kind(), ErrorKind::Protocol);
        assert_eq!(bench.transmit(&READ), Err(Fault::Inactive));
    }
}

/// A loop that is held up by a printer polls every two seconds.
#[test]
fn a_loop_that_polls_seldom_hears_what_came_in_time() {
    let bench = Bench::new(CcidReader::new(), usize::MAX);
    let clock = bench.clock.clone();
    let (mut reader, device) = clocked(bench);
    device.device().insert(T1Card::echo());
    let mut polls = 0;
    while reader.poll_inserted() == Err(nb::Error::WouldBlock) {
        clock.advance(Duration::from_secs(2));
        polls += 1;
    }
    assert!(polls <= 2, "{polls} polls");
    for chunk in [64, usize::MAX] {
        let mut bench = Bench::new(CcidReader::new(), chunk);
        bench.device.device().insert(T1Card::echo());
        assert!(bench.activate().is_ok());
        let frames = bench.device.device().frames();
        let mut call = bench.reader.transmit(&READ);
        let result = loop {
            match call.poll(bench.clock.now()) {
                Err(nb::Error::WouldBlock) => bench.clock.advance(Duration::from_secs(20)),
                other => break other,
            }
        };
        assert_eq!(result, Ok(258), "chunks of {chunk}");
        // 254 bytes, and the rest: nothing had to be repeated.
        assert_eq!(bench.device.device().frames() - frames, 2, "chunks of {chunk}");
    }
}

#[test]
fn a_babbling_line_is_left_in_time() {
    struct Babble;
    impl sim::Device for Babble {
        fn receive(&mut self, _: &[u8], _: Instant) {}
        fn transmit(&mut self, _: Instant) -> Vec<u8> {
            vec![0x03, 0x06, 0x80, 0x10]
        }
    }
    let clock = VirtualClock::new();
    let port = Simulated::new(Babble).port(clock.clone());
    let mut reader = SerialCcid::new(port, Config::DEFAULT);
    let start = clock.clone().now();
    assert!(ends(reader.look(), &clock));
    assert!(clock.clone().now().since(start) < Duration::from_secs(60));
}

#[test]
fn what_failed_or_is_gone_leaves_no_response() {
    let mut bench = Bench::active(T1Card::echo());
    assert_eq!(bench.transmit(&READ).unwrap().len(), 258);
    assert_eq!(bench.transmit(&[0; 3]), Err(Fault::T1(t1::Fault::Command)));
    assert_eq!(bench.reader.response(), []);
    assert_eq!(bench.transmit(&READ).unwrap().len(), 258);
    assert_eq!(bench.reader.deactivate().wait(&mut bench.clock), Ok(()));
    assert_eq!(bench.reader.response(), []);
}

/// A reader that answers each command as the test says: message type, bStatus,
/// bError and data.
struct Scripted<F> {
    answer: F,
    heard: Vec<u8>,
    outbox: sim::Outbox,
}

type Said = (u8, u8, u8, Vec<u8>);

impl<F: FnMut(u8, u8, &[u8]) -> Said> sim::Device for Scripted<F> {
    fn receive(&mut self, bytes: &[u8], now: Instant) {
        self.heard.extend(bytes);
        while self.heard.len() >= 13 && self.heard.len() >= 13 + usize::from(self.heard[3]) {
            let frame: Vec<u8> = self.heard.drain(..13 + usize::from(self.heard[3])).collect();
            let data = &frame[12..frame.len() - 1];
            let (kind, status, error, data) = (self.answer)(frame[2], frame[9], data);
            let mut reply = vec![3, 6, kind, data.len() as u8, 0, 0, 0, frame[7], frame[8]];
            reply.extend([status, error, 0]);
            reply.extend(data);
            reply.push(reply.iter().fold(0, |sum, byte| sum ^ byte));
            self.outbox.push(now, Duration::from_millis(1), reply);
        }
    }

    fn transmit(&mut self, now: Instant) -> Vec<u8> {
        self.outbox.take(now)
    }
}

/// Activates a card, then has it read a record; and how long that took.
fn scripted(
    answer: impl FnMut(u8, u8, &[u8]) -> Said,
) -> (Result<usize, Fault>, Result<usize, Fault>, Duration) {
    let mut clock = VirtualClock::new();
    let outbox = sim::Outbox::default();
    let device = Simulated::new(Scripted { answer, heard: Vec::new(), outbox });
    let config = Config { preference: Preference::T1, ..Config::DEFAULT };
    let mut reader = SerialCcid::new(device.port(clock.clone()), config);
    let activated = reader.activate().wait(&mut clock).map_err(fault);
    let read = reader.transmit(&READ).wait(&mut clock).map_err(fault);
    (activated, read, clock.now().since(Instant::ZERO))
}

#[test]
fn a_card_that_refuses_t1_is_not_spoken_to() {
    let (activated, read, _) = scripted(|kind, _, data| match (kind, data) {
        (0x62, _) => (0x80, 0, 0, vec![0x3B, 0x80, 0x80, 0x01, 0x01]),
        (0x6F, [0xFF, 0x01, 0xFE]) => (0x80, 0, 0, vec![0xFF, 0x00, 0xFF]),
        other => panic!("{other:02X?}"),
    });
    assert_eq!((activated, read), (Err(Fault::Pps), Err(Fault::Inactive)));
}

/// And a reader that has its own parameters is taken as it is.
#[test]
fn a_card_in_specific_mode_has_its_speed_and_a_wtx_reaches_the_reader() {
    let mut parameters = Vec::new();
    let mut extensions = Vec::new();
    let (activated, read, _) = scripted(|kind, bwi, data| match (kind, data) {
        (0x62, _) => (0x80, 0, 0, vec![0x3B, 0x90, 0x95, 0x91, 0x81, 0x31, 0xFE, 0x45, 0x9F]),
        (0x61, _) => {
            parameters = data.to_vec();
            (0x82, 0x40, 0x0A, Vec::new())
        }
        (0x6F, [0, pcb, _, inf @ .., _]) => {
            extensions.push(bwi);
            let mut block = match pcb {
                0xC1 => vec![0, 0xE1, 1, inf[0]],
                0x00 => vec![0, 0xC3, 1, 7],
                0xE3 => vec![0, 0x00, 2, 0x90, 0x00],
                other => panic!("{other:02X}"),
            };
            block.push(block.iter().fold(0, |sum, byte| sum ^ byte));
            (0x80, 0, 0, block)
        }
        other => panic!("{other:02X?}"),
    });
    assert_eq!((activated, read), (Ok(9), Ok(2)));
    assert_eq!(parameters, [0x95, 0x10, 0x00, 0x45, 0x00, 0xFE, 0x00]);
    // S(IFS), the command, S(WTX).
    assert_eq!(extensions, [0, 0, 7]);
}

#[test]
fn a_reader_that_asks_for_much_time_and_then_says_nothing_is_left() {
    let mut asked = 0;
    let (activated, _, took) = scripted(|_, _, _| {
        asked += 1;
        (0x80, 0x80, 255, Vec::new())
    });
    assert_eq!((activated, asked), (Err(Fault::Silent), 3));
    // Twenty times the time for a reset, three times.
    assert!(took < Duration::from_secs(220), "{took:?}");
}

#[test]
fn the_reply_of_another_slot_is_not_ours() {
    let mut clock = VirtualClock::new();
    let outbox = sim::Outbox::default();
    let answer = |_, _, _: &[u8]| (0x81, 0x01, 0, Vec::new());
    let device = Simulated::new(Scripted { answer, heard: Vec::new(), outbox });
    // Slot 1, with a check that fits.
    let other = [3, 6, 0x81, 0, 0, 0, 0, 1, 1, 0x02, 0, 0];
    let mut noise = other.to_vec();
    noise.push(other.iter().fold(0, |sum, byte| sum ^ byte));
    device.device().outbox.inject(sim::Fault::Noise(noise));
    let mut reader = SerialCcid::new(device.port(clock.clone()), Config::DEFAULT);
    assert_eq!(reader.look().wait(&mut clock), Ok(true));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    /// Whatever a reader says, the conversation ends.
    #[test]
    fn any_bytes_end(replies in prop::collection::vec(
        prop_oneof![
            prop::collection::vec(any::<u8>(), 0..30),
            (any::<u8>(), any::<u8>(), any::<[u8; 2]>(), prop::collection::vec(any::<u8>(), 0..20))
                .prop_map(|(kind, seq, [status, error], data)| {
                    let mut frame = vec![3, 6, kind | 0x80, data.len() as u8, 0, 0, 0, 0];
                    frame.extend([seq & 0x0F, status & 0xC3, error, 0]);
                    frame.extend(data);
                    frame.push(frame.iter().fold(0, |sum, byte| sum ^ byte));
                    frame
                }),
        ], 0..40)) {
        struct Any(Vec<Vec<u8>>, sim::Outbox);
        impl sim::Device for Any {
            fn receive(&mut self, _: &[u8], now: Instant) {
                let reply = self.0.pop().unwrap_or_default();
                self.1.push(now, Duration::from_millis(1), reply);
            }
            fn transmit(&mut self, now: Instant) -> Vec<u8> {
                self.1.take(now)
            }
        }
        let clock = VirtualClock::new();
        let device = Simulated::new(Any(replies, sim::Outbox::default()));
        let mut reader = SerialCcid::new(device.port(clock.clone()), Config::DEFAULT);
        prop_assert!(ends(reader.activate(), &clock));
        prop_assert!(ends(reader.transmit(&READ), &clock));
    }
}

/// Whether a call ends, well or not, within fifty minutes.
fn ends<X: Exchange>(mut call: Call<'_, impl Port, X>, clock: &VirtualClock) -> bool {
    for _ in 0..600_000 {
        if !matches!(call.poll(clock.clone().now()), Err(nb::Error::WouldBlock)) {
            return true;
        }
        clock.advance(Duration::from_millis(5));
    }
    false
}

#[test]
fn the_async_face_does_the_same() {
    use embedded_pos::card::AsyncCardReader;

    let bench = Bench::new(CcidReader::new(), usize::MAX);
    let device = bench.device.clone();
    let mut reader: Clocked<_, _> = Clocked::new(bench.reader, bench.clock.clone());
    sim::block_on(async {
        reader.removed().await.unwrap();
        device.device().insert(T1Card::echo());
        reader.inserted().await.unwrap();
        let mut buf = [0; 258];
        assert_eq!(AsyncCardReader::activate(&mut &mut reader, &mut buf).await.unwrap(), 12);
        assert_eq!(reader.transmit(&READ, &mut buf).await.unwrap(), 258);
        assert_eq!(buf[256..], [0x90, 0x00]);
        let short = reader.transmit(&READ, &mut buf[..2]).await.unwrap_err();
        assert_eq!(short.kind(), ErrorKind::Argument);
        // A future dropped half way.
        let mut transmit = core::pin::pin!(reader.transmit(&READ, &mut buf));
        let mut context = core::task::Context::from_waker(core::task::Waker::noop());
        assert!(transmit.as_mut().poll(&mut context).is_pending());
    });
    sim::block_on(async {
        let mut buf = [0; 258];
        assert_eq!(reader.transmit(&READ, &mut buf).await.unwrap(), 258);
        reader.deactivate().await.unwrap();
        assert!(!device.device().is_powered());
    });
}

/// Faults at any byte, in both directions, but no two in one frame: two flips
/// of the same bit are beyond what an XOR can see.
#[test]
fn a_session_over_a_bad_line_ends_well_or_says_why() {
    use embedded_pos::port::middleware::{FaultInjector, FaultPlan, Faults};

    let mut mended = 0;
    for seed in 0..200 {
        let bench = Bench::new(CcidReader::new(), usize::MAX);
        bench.device.device().insert(T1Card::echo().with_ifsc(120));
        let mut clock = bench.clock.clone();
        let all = Faults::all().difference(Faults::CUT);
        let plan = FaultPlan {
            seed,
            inbound: all,
            outbound: all,
            one_in: 700,
            apart: 300,
            at_most: 8,
            delay: Duration::from_millis(30),
        };
        let port = FaultInjector::new(bench.device.port(clock.clone()), clock.clone(), plan);
        let mut reader = SerialCcid::new(port, Config::DEFAULT);
        let mut session = || -> Result<(), Fault> {
            reader.activate().wait(&mut clock).map_err(fault)?;
            for _ in 0..3 {
                let n = reader.transmit(&longest_command()).wait(&mut clock).map_err(fault)?;
                assert_eq!(n, 257, "seed {seed}");
                assert!((0..255).eq(reader.response()[..255].iter().copied()), "seed {seed}");
            }
            reader.deactivate().wait(&mut clock).map_err(fault)
        };
        match session() {
            Ok(()) => mended += 1,
            Err(fault) => println!("seed {seed}: {fault}"),
        }
    }
    assert!(mended >= 190, "{mended} of 200");
}
