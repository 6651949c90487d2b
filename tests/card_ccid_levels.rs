//! The serial CCID reader at each level of exchange: T=1 blocks, T=0 TPDUs,
//! short and extended APDUs; what the reader itself can be told; and every byte
//! of a session lost, doubled, flipped or late.

use std::collections::VecDeque;

use embedded_pos::card::reader::serial_ccid::{
    Config, Fault, Features, Level, Mechanical, Parameters, Preference, Rates, ReaderError,
    SerialCcid, Slot, Voltage,
};
use embedded_pos::card::{CardReader, Command, t0, t1};
use embedded_pos::port::{CallError, Clock, Clocked, Duration, Instant, Port, SetBaud};
use embedded_pos::sim::card::{
    ApduCard, Application, CcidReader, Echo, Exchanges, Held, T1Card, TpduCard,
};
use embedded_pos::sim::{SimPort, Simulated, Unplugged, VirtualClock};
use embedded_pos::{Error, ErrorKind, ErrorType, nb};

type Reader = SerialCcid<SimPort<CcidReader, VirtualClock>>;

struct Bench {
    reader: Reader,
    device: Simulated<CcidReader>,
    clock: VirtualClock,
}

/// READ RECORD, and a command that has data and wants it back.
const READ: [u8; 5] = [0x00, 0xB2, 0x01, 0x0C, 0x10];
const BACK: [u8; 11] = [0x00, 0xA4, 0x04, 0x00, 0x05, 0x31, 0x50, 0x41, 0x59, 0x2E, 0x00];

fn fault<E: std::fmt::Debug>(error: CallError<Fault, E>) -> Fault {
    match error {
        CallError::Device(fault) => fault,
        other => panic!("{other:?}"),
    }
}

impl Bench {
    fn new(device: CcidReader, config: Config) -> Self {
        let clock = VirtualClock::new();
        let device = Simulated::new(device);
        let reader = SerialCcid::new(device.port(clock.clone()), config);
        Self { reader, device, clock }
    }

    fn active(device: CcidReader, config: Config, card: impl Into<Held>) -> Self {
        let mut bench = Self::new(device, config);
        bench.device.device().insert(card);
        bench.activate().unwrap();
        bench
    }

    fn activate(&mut self) -> Result<usize, Fault> {
        self.reader.activate().wait(&mut self.clock).map_err(fault)
    }

    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, Fault> {
        let result = self.reader.transmit(command).wait(&mut self.clock);
        result.map_err(fault).map(|n| {
            assert_eq!(n, self.reader.response().len());
            self.reader.response().to_vec()
        })
    }

    fn transmit_into(&mut self, command: &[u8], room: usize) -> Result<Vec<u8>, Fault> {
        let mut response = vec![0; room];
        let call = self.reader.transmit_into(command, &mut response);
        let len = call.wait(&mut self.clock).map_err(fault)?;
        response.truncate(len);
        Ok(response)
    }

    fn no_violations(&self) {
        assert_eq!(self.device.device().violations(), [""; 0]);
    }
}

fn short() -> (CcidReader, Config) {
    let device = CcidReader::new().with_level(Exchanges::ShortApdu);
    (device, Config { level: Level::ShortApdu, ..Config::DEFAULT })
}

fn extended() -> (CcidReader, Config) {
    let device = CcidReader::new().with_level(Exchanges::ExtendedApdu);
    (device, Config { level: Level::ExtendedApdu, ..Config::DEFAULT })
}

fn counted(n: usize) -> Vec<u8> {
    let mut data: Vec<u8> = (0..=255).cycle().take(n).collect();
    data.extend([0x90, 0x00]);
    data
}

#[test]
fn a_card_of_t0_in_all_cases() {
    for at_once in [256, 100, 1] {
        let card = TpduCard::echo().giving(at_once);
        let mut bench = Bench::active(CcidReader::new(), Config::DEFAULT, card);
        // Set as its ATR says: T=0, F 372, D 1, no extra guard time, WI 10.
        let device = bench.device.device();
        assert_eq!(device.parameters(), (0, &[0x11, 0x00, 0x00, 0x0A, 0x00][..]));
        drop(device);
        assert_eq!(bench.transmit(&READ), Ok(counted(16)));
        assert_eq!(bench.transmit(&[0x00, 0xB2, 0x01, 0x0C, 0x00]), Ok(counted(256)));
        let data = BACK[5..10].iter().copied().chain([0x90, 0x00]);
        if at_once > 5 {
            assert_eq!(bench.transmit(&BACK), Ok(data.clone().collect()));
            assert_eq!(bench.transmit_into(&BACK, 7), Ok(data.collect()));
            assert_eq!(bench.transmit_into(&BACK, 6), Err(Fault::Buffer { needed: 7 }));
        }
        bench.no_violations();
    }
}

/// A card that has 6Cxx and status words to give.
struct Strict;

impl Application for Strict {
    fn reset(&mut self) {}

    fn process(&mut self, command: &[u8]) -> Vec<u8> {
        match command {
            [_, 0xB2, ..] => vec![1, 2, 3, 0x90, 0x00],
            _ => vec![0x69, 0x85],
        }
    }
}

#[test]
fn a_wrong_length_is_put_right_and_a_refusal_is_an_answer() {
    let mut bench = Bench::active(CcidReader::new(), Config::DEFAULT, TpduCard::new(Strict));
    assert_eq!(bench.transmit(&[0x00, 0xB2, 1, 0x0C, 0]), Ok(vec![1, 2, 3, 0x90, 0x00]));
    assert_eq!(bench.transmit(&BACK), Ok(vec![0x69, 0x85]));
    bench.no_violations();
}

#[test]
fn t0_and_what_the_reader_says_of_it() {
    let active = || Bench::active(CcidReader::new(), Config::DEFAULT, TpduCard::echo());
    let mut bench = active();
    bench.device.device().ask_for_time(30);
    assert_eq!(bench.transmit(&READ), Ok(counted(16)));
    bench.device.device().ask_for_time(1_000);
    assert_eq!(bench.transmit(&READ), Ok(counted(16)), "bytes of noise end no turn");

    let faults = [
        (0xFE, Fault::T0(t0::Fault::Silent), ErrorKind::Timeout),
        (0xFD, Fault::Reader(ReaderError::Parity), ErrorKind::Line),
        (0xF4, Fault::Reader(ReaderError::ProcedureByte), ErrorKind::Protocol),
        (0xFB, Fault::Reader(ReaderError::Hardware), ErrorKind::Hardware),
    ];
    for (error, want, kind) in faults {
        let mut bench = active();
        bench.device.device().fail(error);
        assert_eq!(bench.transmit(&READ), Err(want));
        assert_eq!(want.kind(), kind);
        // T=0 cannot be resynchronised: only a reset helps, and it does.
        assert_eq!(bench.transmit(&READ), Err(Fault::T0(t0::Fault::Unsettled)));
        assert!(bench.activate().is_ok());
        assert_eq!(bench.transmit(&READ), Ok(counted(16)));
    }
    let mut bench = active();
    assert_eq!(bench.transmit(&[0; 3]), Err(Fault::T0(t0::Fault::Command)));
    let extended = [0x00, 0xB0, 0x00, 0x00, 0x00, 0x01, 0x01];
    assert_eq!(bench.transmit(&extended), Err(Fault::T0(t0::Fault::Command)));
    assert_eq!(bench.transmit(&READ), Ok(counted(16)));
    bench.device.device().remove();
    assert_eq!(bench.transmit(&READ), Err(Fault::Absent));
}

#[test]
fn the_protocol_is_the_first_offered_or_the_preferred() {
    let both = [0x3B, 0x80, 0x80, 0x01, 0x01];
    let protocol = |preference, card: Held| {
        let config = Config { preference, ..Config::DEFAULT };
        let mut bench = Bench::active(CcidReader::new(), config, card);
        assert!(bench.transmit(&READ).is_ok());
        bench.no_violations();
        bench.device.device().parameters().0
    };
    let t0 = || TpduCard::echo().with_atr(&both).into();
    let t1 = || T1Card::echo().with_atr(&both).into();
    assert_eq!(protocol(Preference::First, t0()), 0);
    assert_eq!(protocol(Preference::T0, t0()), 0);
    assert_eq!(protocol(Preference::T1, t1()), 1);
    // What is not offered is not chosen.
    assert_eq!(protocol(Preference::T1, TpduCard::echo().into()), 0);
    assert_eq!(protocol(Preference::T0, T1Card::echo().into()), 1);
}

/// F 512 and D 32 are offered, 250 000 bits a second at 4 MHz; D 16 is half of it.
#[test]
fn the_speed_is_raised_as_far_as_allowed() {
    let atr = [0x3B, 0x10, 0x96];
    for (fastest, ta1) in [(0, 0x11), (10_753, 0x11), (130_000, 0x95), (344_086, 0x96)] {
        let config = Config { fastest, ..Config::DEFAULT };
        let card = TpduCard::echo().with_atr(&atr);
        let mut bench = Bench::active(CcidReader::new(), config, card);
        assert_eq!(bench.device.device().parameters().1[0], ta1, "{fastest}");
        assert_eq!(bench.transmit(&READ), Ok(counted(16)));
        bench.no_violations();
    }
    // A reader that sends the PPS itself is only set.
    let config = Config { fastest: 826_000, ..Config::SEC1210 };
    let card = TpduCard::echo().with_atr(&atr);
    let bench = Bench::active(CcidReader::new().without_echo(), config, card);
    assert_eq!(bench.device.device().parameters().1[0], 0x96);
    // What a card insists on, and what nobody can have.
    let mut bench = Bench::new(CcidReader::new(), Config::DEFAULT);
    bench.device.device().insert(TpduCard::echo().with_atr(&[0x3B, 0x90, 0x77, 0x10, 0x00]));
    assert_eq!(bench.activate(), Err(Fault::Speed));
    assert_eq!(Fault::Speed.kind(), ErrorKind::Unsupported);
}

#[test]
fn a_reader_that_negotiates_is_asked_what_came_of_it() {
    let config = Config { features: Features::NEGOTIATES, ..Config::DEFAULT };
    let both = [0x3B, 0x80, 0x80, 0x01, 0x01];
    let device = CcidReader::new().negotiating(1);
    let mut bench = Bench::active(device, config, T1Card::echo().with_atr(&both));
    assert_eq!(bench.transmit(&READ), Ok(counted(16)));
    let device = CcidReader::new().negotiating(0);
    let mut bench = Bench::active(device, config, TpduCard::echo().with_atr(&both));
    assert_eq!(bench.transmit(&READ), Ok(counted(16)));
    bench.no_violations();
}

#[test]
fn short_apdus_go_whole() {
    let (device, config) = short();
    let mut bench = Bench::active(device, config, ApduCard::echo());
    assert_eq!(bench.transmit(&READ), Ok(counted(16)));
    let mut longest = vec![0x00, 0xDA, 0x00, 0x00, 255];
    longest.extend(0..255);
    longest.push(0);
    assert_eq!(bench.transmit(&longest), Ok(counted(255)));
    assert_eq!(bench.transmit_into(&[0, 0xB2, 0, 0, 0], 258), Ok(counted(256)));
    let short = bench.transmit_into(&[0, 0xB2, 0, 0, 0], 257);
    assert_eq!(short, Err(Fault::Buffer { needed: 258 }));
    // Nothing is sent of what is too long for it, or no APDU.
    let frames = bench.device.device().frames();
    assert_eq!(bench.transmit(&[0x00, 0xB0, 0, 0, 0, 1, 0]), Err(Fault::Command));
    assert_eq!(bench.transmit(&[0; 300]), Err(Fault::Command));
    assert_eq!(bench.transmit(&[0; 3]), Err(Fault::Command));
    assert_eq!(Fault::Command.kind(), ErrorKind::Argument);
    assert_eq!(bench.device.device().frames(), frames);
    bench.device.device().fail(0xFE);
    assert_eq!(bench.transmit(&READ), Err(Fault::Reader(ReaderError::Mute)));
    assert_eq!(bench.transmit(&READ), Ok(counted(16)));
    bench.device.device().extend(40);
    assert_eq!(bench.transmit(&READ), Ok(counted(16)));
    bench.no_violations();
}

#[test]
fn extended_apdus_go_in_parts_both_ways() {
    for part in [1_000, 100, 2] {
        let (device, config) = extended();
        let mut bench = Bench::active(device.with_parts(part), config, ApduCard::echo());
        for len in [1, 254, 261, 262, 522, 523, 3_000] {
            let data = counted(len);
            let mut command = vec![0; Command::MAX_EXTENDED];
            let apdu = Command::new(0, 0xDB, 0x3F, 0xFF).data(&data).expect(65_536).extended();
            let apdu = apdu.write_to(&mut command).unwrap();
            let want = [&data[..], &[0x90, 0x00]].concat();
            assert_eq!(bench.transmit_into(apdu, len + 4), Ok(want), "{len} in parts of {part}");
            let needed = len + 4;
            let short = bench.transmit_into(apdu, len + 3);
            assert_eq!(short, Err(Fault::Buffer { needed }));
        }
        // What fits is kept, too.
        assert_eq!(bench.transmit(&READ), Ok(counted(16)));
        assert_eq!(bench.transmit(&[0; 300]), Err(Fault::Command));
        bench.no_violations();
    }
    let (device, config) = extended();
    let mut bench = Bench::active(device, config, ApduCard::echo());
    let all = [0x00, 0xB0, 0x00, 0x00, 0x00, 0x00, 0x00];
    assert_eq!(bench.transmit_into(&all, 70_000), Ok(counted(65_536)));
    let kept = bench.transmit(&all);
    assert_eq!(kept, Err(Fault::Buffer { needed: 65_538 }));
    assert_eq!(bench.reader.response(), []);
    // A reader with shorter messages.
    let config = Config { message: 40, ..config };
    let mut bench = Bench::active(extended().0, config, ApduCard::echo());
    assert_eq!(
        bench
            .transmit_into(&[&[0, 0xDA, 0, 0, 100], &[7; 100][..]].concat(), 258)
            .map(|response| response.len()),
        Ok(102)
    );
    bench.no_violations();
}

/// A reader that answers a part with what the test says.
#[test]
fn parts_that_do_not_follow_each_other_are_told() {
    struct Odd(Vec<u8>, embedded_pos::sim::Outbox, Vec<(u8, Vec<u8>)>);
    impl embedded_pos::sim::Device for Odd {
        fn receive(&mut self, bytes: &[u8], now: Instant) {
            self.0.extend(bytes);
            while self.0.len() >= 13 && self.0.len() >= 13 + usize::from(self.0[3]) {
                let len = 13 + usize::from(self.0[3]);
                let frame: Vec<u8> = self.0.drain(..len).collect();
                let (kind, place, data) = match frame[2] {
                    0x62 => (0x80, 0, vec![0x3B, 0x80, 0x01, 0x81]),
                    0x61 => (0x82, 1, vec![0x11, 0x10, 0, 0x4D, 0, 0x20, 0]),
                    _ if self.2.is_empty() => (0x80, 0, vec![0x90, 0x00]),
                    _ => {
                        let (place, data) = self.2.remove(0);
                        (0x80, place, data)
                    }
                };
                let mut reply = vec![3, 6, kind, data.len() as u8, 0, 0, 0, 0, frame[8]];
                reply.extend([0, 0, place]);
                reply.extend(data);
                reply.push(reply.iter().fold(0, |sum, byte| sum ^ byte));
                self.1.push(now, Duration::from_millis(1), reply);
            }
        }
        fn transmit(&mut self, now: Instant) -> Vec<u8> {
            self.1.take(now)
        }
    }
    let answers = |parts: &[(u8, &[u8])], command: &[u8]| {
        let parts = parts.iter().map(|(place, data)| (*place, data.to_vec())).collect();
        let mut clock = VirtualClock::new();
        let odd = Odd(Vec::new(), embedded_pos::sim::Outbox::default(), parts);
        let device = Simulated::new(odd);
        let config = extended().1;
        let mut reader = SerialCcid::new(device.port(clock.clone()), config);
        reader.activate().wait(&mut clock).unwrap();
        let mut response = [0; 600];
        let call = reader.transmit_into(command, &mut response);
        let len = call.wait(&mut clock).map_err(fault)?;
        // And the next command is none the worse for it.
        assert_eq!(reader.transmit(&READ).wait(&mut clock), Ok(2));
        Ok(len)
    };
    assert_eq!(answers(&[(1, &[1]), (3, &[2]), (2, &[0x90, 0])], &READ), Ok(4));
    let wrong: [&[(u8, &[u8])]; 7] = [
        &[(2, &[0x90, 0x00])],
        &[(3, &[1])],
        &[(0x10, &[])],
        &[(1, &[])],
        &[(1, &[1]), (1, &[2])],
        &[(1, &[1]), (0, &[0x90, 0x00])],
        &[(7, &[0x90, 0x00])],
    ];
    for parts in wrong {
        assert_eq!(answers(parts, &READ), Err(Fault::Chaining), "{parts:?}");
    }
    assert_eq!(answers(&[(0, &[0x90])], &READ), Err(Fault::NoStatus));
    // The reader does not want the rest of a command.
    let long = [&[0, 0xDA, 0, 0, 0, 1, 0x40][..], &[0; 0x140]].concat();
    assert_eq!(answers(&[(0, &[0x67, 0x00])], &long), Err(Fault::Chaining));
    assert_eq!(Fault::Chaining.kind(), ErrorKind::Protocol);
    let endless: Vec<(u8, &[u8])> =
        std::iter::once((1, &[7; 200][..])).chain((0..400).map(|_| (3, &[7; 200][..]))).collect();
    assert_eq!(answers(&endless, &READ), Err(Fault::Chaining));
}

#[test]
fn what_the_reader_itself_can_be_told() {
    let mut bench = Bench::active(CcidReader::new(), Config::DEFAULT, T1Card::echo());
    let clock = &mut bench.clock;
    assert_eq!(bench.reader.firmware().wait(clock), Ok(8));
    assert_eq!(bench.reader.answer(), b"Sim-V1.0");
    let unknown = bench.reader.escape(&[0x77]).wait(clock).map_err(fault);
    assert_eq!(unknown, Err(Fault::Reader(ReaderError::Parameter(10))));
    let long = bench.reader.escape(&[0; 262]).wait(clock).map_err(fault);
    assert_eq!(long, Err(Fault::Command));

    let set = bench.reader.parameters().wait(clock).unwrap();
    let Parameters::T1 { ta1: 0x11, waiting: 0x45, ifsc: 254, .. } = set else { panic!("{set:?}") };
    let reset = bench.reader.reset_parameters().wait(clock).unwrap();
    let Parameters::T1 { waiting: 0x4D, ifsc: 32, .. } = reset else { panic!("{reset:?}") };
    assert_eq!(bench.reader.set_parameters(&set).wait(clock), Ok(set));
    let t0 = Parameters::T0 { ta1: 0x11, inverse: true, guard: 2, wi: 10, clock_stop: 1 };
    assert_eq!(bench.reader.set_parameters(&t0).wait(clock), Ok(t0));
    assert_eq!(bench.reader.parameters().wait(clock), Ok(t0));
    assert_eq!((t0.protocol(), set.protocol()), (0, 1));

    assert_eq!(bench.reader.stop_clock(true).wait(clock), Ok(()));
    assert_eq!(bench.reader.stop_clock(false).wait(clock), Ok(()));
    assert_eq!(bench.reader.mechanical(Mechanical::Eject).wait(clock), Ok(()));
    assert_eq!(bench.reader.set_t0_classes(0x00, 0xFF).wait(clock), Ok(()));
    assert_eq!(bench.reader.abort().wait(clock), Ok(()));
    let rates = Rates { clock: 4_000, data: 10_753 };
    assert_eq!(bench.reader.set_rates(rates).wait(clock), Ok(rates));
    bench.no_violations();
    bench.device.device().remove();
    let absent = bench.reader.stop_clock(true).wait(&mut bench.clock).map_err(fault);
    assert_eq!(absent, Err(Fault::Absent));
}

#[test]
fn voltages_are_tried_in_the_order_of_the_config() {
    let tried = |voltages, only| {
        let config = Config { voltages, ..Config::DEFAULT };
        let mut bench = Bench::new(CcidReader::new().with_voltage(only), config);
        bench.device.device().insert(T1Card::echo());
        let result = bench.activate().map(|_| ());
        let tried = bench.device.device().tried().to_vec();
        (result, tried)
    };
    assert_eq!(tried(Voltage::DOWN, 3), (Ok(()), vec![1, 2, 3]));
    assert_eq!(tried(Voltage::UP, 1), (Ok(()), vec![3, 2, 1]));
    assert_eq!(tried(Voltage::AUTO, 1), (Ok(()), vec![0]));
    assert_eq!(tried([None, Some(Voltage::V3), None], 1), (Err(Fault::Mute), vec![2]));
    assert_eq!(tried([None; 3], 1), (Err(Fault::Mute), vec![]));
}

#[test]
fn two_slots_with_a_card_each_that_stay_active() {
    let mut bench = Bench::new(CcidReader::new().with_slots(2), Config::DEFAULT);
    bench.device.device().insert(T1Card::echo());
    bench.device.device().insert_at(1, TpduCard::echo());
    let mut other = Slot::new(1);
    assert!(bench.activate().is_ok());
    bench.reader.swap_slot(&mut other);
    assert_eq!((other.number(), other.atr().is_some()), (0, true));
    assert_eq!(bench.transmit(&READ), Err(Fault::Inactive));
    assert!(bench.activate().is_ok());
    for _ in 0..3 {
        assert_eq!(bench.transmit(&READ), Ok(counted(16)));
        bench.reader.swap_slot(&mut other);
    }
    bench.no_violations();
    bench.reader.swap_slot(&mut Slot::new(7));
    let none = bench.reader.look().wait(&mut bench.clock).map_err(fault);
    assert!(matches!(none, Err(Fault::Reader(ReaderError::Parameter(5)))), "{none:?}");
}

/// A port whose speed the device knows.
struct Tuned(SimPort<CcidReader, VirtualClock>, Simulated<CcidReader>);

impl ErrorType for Tuned {
    type Error = Unplugged;
}

impl Port for Tuned {
    fn try_read(&mut self, buf: &mut [u8]) -> nb::Result<usize, Unplugged> {
        self.0.try_read(buf)
    }
    fn try_write(&mut self, bytes: &[u8]) -> nb::Result<usize, Unplugged> {
        self.0.try_write(bytes)
    }
    fn baud(&mut self) -> Option<&mut dyn SetBaud<Error = Unplugged>> {
        Some(self)
    }
}

impl SetBaud for Tuned {
    fn set_baud(&mut self, baud: u32) -> Result<(), Unplugged> {
        self.1.device().hears_at(baud);
        Ok(())
    }
}

#[test]
fn a_reader_that_starts_slowly_is_sped_up() {
    for (baud, found) in [(9_600, true), (115_200, true), (57_600, false)] {
        let mut clock = VirtualClock::new();
        let device = Simulated::new(CcidReader::new().without_echo().starting_at(baud));
        let port = Tuned(device.port(clock.clone()), device.clone());
        let mut reader = SerialCcid::new(port, Config::GEMCORE_SIM_PRO_2);
        let result = reader.speed_up().wait(&mut clock).map_err(fault);
        assert_eq!(result, if found { Ok(()) } else { Err(Fault::Silent) }, "{baud} baud");
        if found {
            assert_eq!(reader.init().wait(&mut clock), Ok(false));
        }
        assert_eq!(device.device().violations(), [""; 0]);
    }
}

#[test]
fn a_class_descriptor_makes_a_config() {
    let mut descriptor = [0; 54];
    descriptor[..6].copy_from_slice(&[0x36, 0x21, 0x10, 0x01, 0x04, 0x06]);
    descriptor[10..14].copy_from_slice(&4_800_u32.to_le_bytes());
    descriptor[40..44].copy_from_slice(&0x0002_04B2_u32.to_le_bytes());
    descriptor[44..48].copy_from_slice(&271_u32.to_le_bytes());
    let config = Config::from_descriptor(&descriptor).unwrap();
    assert_eq!((config.level, config.clock), (Level::ShortApdu, 4_800_000));
    assert_eq!(config.features, Features::SENDS_PPS | Features::SENDS_IFS);
    assert_eq!(config.voltages, [None, Some(Voltage::V3), Some(Voltage::V1_8)]);
    assert_eq!(config.message, 271);
    descriptor[40] |= 0x08;
    assert_eq!(Config::from_descriptor(&descriptor).unwrap().voltages, Voltage::AUTO);
    for (at, level) in
        [(1, Some(Level::Tpdu)), (4, Some(Level::ExtendedApdu)), (0, None), (3, None)]
    {
        descriptor[42] = at;
        assert_eq!(Config::from_descriptor(&descriptor).map(|config| config.level), level);
    }
    descriptor[42] = 1;
    descriptor[1] = 0x22;
    assert_eq!(Config::from_descriptor(&descriptor), None);
}

/// What happens to one byte of a session.
#[derive(Clone, Copy, Debug)]
enum Mishap {
    Dropped,
    Doubled,
    Flipped(u8),
    Late(Duration),
}

/// A line on which that happens to the byte of this number in one direction.
struct Mishappened {
    port: SimPort<CcidReader, VirtualClock>,
    clock: VirtualClock,
    mishap: Mishap,
    inbound: bool,
    at: usize,
    passed: usize,
    /// On the line, with when they arrive.
    coming: VecDeque<(Instant, u8)>,
    going: VecDeque<(Instant, u8)>,
}

impl Mishappened {
    fn pass(&mut self, byte: u8, inbound: bool) {
        let now = self.clock.now();
        let line = if inbound { &mut self.coming } else { &mut self.going };
        let mut at = line.back().map_or(now, |(at, _)| now.max(*at));
        if inbound != self.inbound {
            return line.push_back((at, byte));
        }
        self.passed += 1;
        match self.mishap {
            _ if self.passed != self.at + 1 => line.push_back((at, byte)),
            Mishap::Dropped => {}
            Mishap::Doubled => line.extend([(at, byte); 2]),
            Mishap::Flipped(mask) => line.push_back((at, byte ^ mask)),
            Mishap::Late(delay) => {
                at += delay;
                line.push_back((at, byte));
            }
        }
    }

    fn flush(&mut self) {
        let now = self.clock.now();
        while self.going.front().is_some_and(|(at, _)| *at <= now) {
            let byte = self.going.pop_front().map(|(_, byte)| byte);
            let _ = self.port.try_write(byte.as_slice());
        }
    }
}

impl ErrorType for Mishappened {
    type Error = Unplugged;
}

impl Port for Mishappened {
    fn try_read(&mut self, buf: &mut [u8]) -> nb::Result<usize, Unplugged> {
        self.flush();
        let mut byte = [0];
        while self.port.try_read(&mut byte).is_ok() {
            self.pass(byte[0], true);
        }
        let now = self.clock.now();
        let ready = self.coming.iter().take_while(|(at, _)| *at <= now).count().min(buf.len());
        for (room, (_, byte)) in buf.iter_mut().zip(self.coming.drain(..ready)) {
            *room = byte;
        }
        if ready == 0 { Err(nb::Error::WouldBlock) } else { Ok(ready) }
    }

    fn try_write(&mut self, bytes: &[u8]) -> nb::Result<usize, Unplugged> {
        bytes.iter().for_each(|byte| self.pass(*byte, false));
        self.flush();
        Ok(bytes.len())
    }
}

/// What a session is held with.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    T1,
    T1WithoutEcho,
    T0,
    Short,
    Extended,
}

/// How often the session went well, and how often it was told that it did not.
#[derive(Debug, Default)]
struct Score {
    mended: usize,
    told: usize,
}

/// A session in which that happens; `None` if it has not so many bytes.
fn session(kind: Kind, inbound: bool, mishap: Mishap, at: usize) -> Option<Result<(), Fault>> {
    let (device, config) = match kind {
        Kind::T1 | Kind::T0 => (CcidReader::new(), Config::DEFAULT),
        Kind::T1WithoutEcho => (CcidReader::new().without_echo(), Config::DEFAULT),
        Kind::Short => short(),
        Kind::Extended => (extended().0.with_parts(9), Config { message: 20, ..extended().1 }),
    };
    let card: Held = match kind {
        Kind::T1 | Kind::T1WithoutEcho => T1Card::echo().with_ifsc(6).into(),
        Kind::T0 => TpduCard::echo().into(),
        Kind::Short | Kind::Extended => ApduCard::new(Echo).into(),
    };
    let mut clock = VirtualClock::in_steps(Duration::from_millis(2));
    let device = Simulated::new(device);
    device.device().insert(card);
    let port = Mishappened {
        port: device.port(clock.clone()),
        clock: clock.clone(),
        mishap,
        inbound,
        at,
        passed: 0,
        coming: VecDeque::new(),
        going: VecDeque::new(),
    };
    let mut reader = SerialCcid::new(port, config);
    let result = hold(&mut reader, &mut clock);
    if result.is_err() {
        // Whatever it was, a new activation mends it.
        assert_eq!(hold(&mut reader, &mut clock), Ok(()), "{kind:?} {mishap:?} at {at}");
    }
    (reader.release().passed > at).then_some(result)
}

fn hold(reader: &mut SerialCcid<Mishappened>, clock: &mut VirtualClock) -> Result<(), Fault> {
    let back: Vec<u8> = BACK[5..10].iter().copied().chain([0x90, 0x00]).collect();
    reader.activate().wait(clock).map_err(fault)?;
    for (command, want) in [(&READ[..], counted(16)), (&BACK, back)] {
        let start = clock.now();
        let result = reader.transmit(command).wait(clock).map_err(fault);
        let took = clock.now().since(start);
        assert!(took < Duration::from_secs(60), "{took:?}");
        result?;
        assert_eq!(reader.response(), want, "wrong data");
    }
    reader.deactivate().wait(clock).map_err(fault)
}

/// Every byte of a session, in both directions, lost, doubled, flipped, or late:
/// by less than the gap, and by more. The data is right, or the
/// session says that something failed, within a minute.
fn campaign(kind: Kind) -> Score {
    let late = [30, 2_000].map(|ms| Mishap::Late(Duration::from_millis(ms)));
    let flips = [0x01, 0x80].map(Mishap::Flipped);
    let mishaps = [Mishap::Dropped, Mishap::Doubled].into_iter().chain(flips).chain(late);
    let mut score = Score::default();
    for mishap in mishaps {
        for inbound in [false, true] {
            for at in 0.. {
                match session(kind, inbound, mishap, at) {
                    None => break,
                    Some(Ok(())) => score.mended += 1,
                    Some(Err(fault)) => {
                        let right = [ErrorKind::Line, ErrorKind::Timeout, ErrorKind::Protocol];
                        let told =
                            right.contains(&fault.kind()) || matches!(fault, Fault::Reader(_));
                        assert!(told, "{kind:?} {mishap:?} at {at}: {fault:?}");
                        score.told += 1;
                    }
                }
            }
        }
    }
    score
}

/// Blocks are asked for again.
#[test]
fn a_mishap_to_any_byte_of_t1() {
    for kind in [Kind::T1, Kind::T1WithoutEcho] {
        let score = campaign(kind);
        assert!(score.mended > 1_500 && score.told == 0, "{kind:?}: {score:?}");
    }
}

/// TPDUs and APDUs are not: nobody knows whether the card acted.
#[test]
fn a_mishap_to_any_byte_of_t0_or_of_an_apdu() {
    for kind in [Kind::T0, Kind::Short, Kind::Extended] {
        let score = campaign(kind);
        assert!(score.mended > score.told && score.told > 50, "{kind:?}: {score:?}");
    }
}

#[test]
fn the_trait_has_room_for_extended_responses() {
    let (device, config) = extended();
    let bench = Bench::active(device, config, ApduCard::echo());
    let mut reader: embedded_pos::card::reader::serial_ccid::Reader<_, _> =
        Clocked::new(bench.reader, bench.clock.clone());
    let mut response = vec![0; 5_000];
    let n = reader.transmit(&[0x00, 0xB0, 0, 0, 0, 0x10, 0x00], &mut response).unwrap();
    assert_eq!(response[..n], counted(4_096));
    let error = reader.transmit(&[0; 5_000], &mut response).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Argument);
}

#[test]
fn limits_of_t1_are_those_of_the_config() {
    let limits = t1::Limits { resynchs: 0, ..t1::Limits::DEFAULT };
    let config = Config { limits, ..Config::DEFAULT };
    let mut bench = Bench::active(CcidReader::new(), config, T1Card::echo());
    for _ in 0..3 {
        bench.device.device().fail(0xFE);
    }
    assert_eq!(bench.transmit(&READ), Err(Fault::T1(t1::Fault::Silent)));
}
