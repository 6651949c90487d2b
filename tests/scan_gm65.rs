//! The GM65 driver against a simulated module with a decoder of its own.

mod scan_support;

use embedded_pos::port::adapter::{StreamPort, SystemClock};
use embedded_pos::port::{CallError, Clock, Clocked, Duration, Instant, Port, SetBaud};
use embedded_pos::scan::engine::gm65::{
    Config, Family, Fault, Gm65, Grow, Identity, Refusal, Register,
};
use embedded_pos::scan::engine::reader::Timing;
use embedded_pos::scan::{Indicators, Mode, Modes, Scan, Scanner, Signals, Symbologies};
use embedded_pos::sim::scanner::{Gm65Module, Harm, Symbology};
use embedded_pos::sim::{Device, Fault as Line, SimPort, Simulated, Unplugged, VirtualClock};
use embedded_pos::{Error, ErrorKind, nb};
use proptest::prelude::*;
use scan_support::Babbler;

type Driver = Gm65<SimPort<Gm65Module, VirtualClock>>;
type Failure = CallError<Fault, Unplugged>;

const CODE: &[u8] = b"6901234567892";
const SECOND: Duration = Duration::from_secs(1);
/// Setup code of the manual, 2.3: output to the virtual port of USB.
const TO_USB: &[u8] = b"\x80R0D0303.";
/// Setup code of the manual, 1.5: setup codes on.
const CODES_ON: &[u8] = b"\x80R030200.";
/// Setup code of the manual, 1.7: back to the factory values.
const RESET: &[u8] = b"\x80RD9FF55.";

struct Bench {
    module: Simulated<Gm65Module>,
    clock: VirtualClock,
    driver: Driver,
}

impl Bench {
    fn new(module: Gm65Module, config: Config, chunk: usize) -> Self {
        let module = Simulated::new(module);
        let clock = VirtualClock::new();
        let driver = Gm65::new(module.port(clock.clone()).chunked(chunk), config);
        Self { module, clock, driver }
    }

    /// A module that is initialised and looks for codes.
    fn looking(chunk: usize) -> Self {
        let mut bench = Self::new(Gm65Module::new(), Config::new(), chunk);
        bench.init().unwrap();
        bench.start().unwrap();
        bench
    }

    fn init(&mut self) -> Result<Identity, Failure> {
        self.driver.init().wait(&mut self.clock)?;
        Ok(self.driver.identity().unwrap())
    }

    fn start(&mut self) -> Result<(), Failure> {
        self.driver.start().wait(&mut self.clock)
    }

    fn present(&mut self, code: &[u8]) {
        self.module.device().present(code, Symbology::Qr);
    }

    fn scan(&mut self) -> Result<Vec<u8>, Failure> {
        self.code().map(|(_, payload)| payload)
    }

    fn code(&mut self) -> Result<(Scan, Vec<u8>), Failure> {
        let scan = self.driver.scan(SECOND).wait(&mut self.clock)?;
        let (same, payload) = self.driver.payload().unwrap();
        assert_eq!(scan, same);
        Ok((scan, payload.to_vec()))
    }

    fn register(&self, address: u8) -> u8 {
        self.module.device().register(address)
    }

    fn now(&mut self) -> Instant {
        Clock::now(&mut self.clock)
    }

    fn is_safe(&self) -> bool {
        let device = self.module.device();
        let ids: Vec<u8> = (0x91..=0xA4).map(|at| device.register(at)).collect();
        device.harm() == Harm::default()
            && device.register(0x00) & 0b11 == 0b01
            && device.register(0x03) & 0b10 == 0b10
            && device.register(0x0D) & 0b11 == 0
            && device.register(0x60) == 0xE4
            && ids == b"ABCDEFGHIJKLMNOPQRST"
    }
}

#[test]
fn init_makes_a_factory_module_safe() {
    for chunk in [1, 2, 3, 7, 64] {
        let mut bench = Bench::new(Gm65Module::new(), Config::new(), chunk);
        let identity = bench.init().unwrap();
        let want = Identity { model: 5, hardware: 100, software: 100, date: [20, 6, 1] };
        assert_eq!(identity, want);
        assert!(bench.is_safe());
        assert_eq!(bench.register(0x00), 0xD5, "light, sound and aim are as they were");
        assert_eq!(bench.module.device().saves(), 0, "not asked for");
        assert!(bench.now() < Instant::ZERO + SECOND);
    }
}

#[test]
fn a_second_init_writes_nothing_and_saves_nothing() {
    let mut bench = Bench::new(Gm65Module::new(), Config::new().persist(true), 64);
    bench.init().unwrap();
    let writes = bench.module.device().writes();
    assert_eq!(bench.module.device().saves(), 1);
    bench.module.device().power_cycle();
    bench.init().unwrap();
    assert_eq!(bench.module.device().writes(), writes);
    assert_eq!(bench.module.device().saves(), 1);
    assert_eq!(bench.module.device().saved_register(0x03) & 2, 2);
}

#[test]
fn another_model_is_left_alone_unless_it_is_asked_for() {
    let mut bench = Bench::new(Gm65Module::new().with(0xE0, 0x0B), Config::new(), 64);
    assert_eq!(bench.init(), Err(CallError::Device(Fault::Engine(Refusal::Model(0x0B)))));
    assert_eq!(bench.module.device().writes(), 0);
    assert_eq!(bench.start(), Err(CallError::Device(Fault::NotInitialised)));
    assert_eq!(bench.scan(), Err(CallError::Device(Fault::NotInitialised)));

    let known = Config::new().also_model(0x0B, Family::Gm65);
    let mut bench = Bench::new(Gm65Module::new().with(0xE0, 0x0B), known, 64);
    assert_eq!(bench.init().unwrap().model, 0x0B);
}

#[test]
fn software_69_gets_its_raw_output() {
    let mut bench = Bench::new(Gm65Module::new().with(0xE2, 0x69), Config::new(), 64);
    bench.init().unwrap();
    assert_eq!(bench.register(0xBC), 0x08);
    let mut bench = Bench::new(Gm65Module::new(), Config::new(), 64);
    bench.init().unwrap();
    assert_eq!(bench.register(0xBC), 0);
}

#[test]
fn a_hostile_setup_code_works_before_init_and_not_after() {
    let mut bench = Bench::new(Gm65Module::new(), Config::new(), 64);
    bench.present(TO_USB);
    bench.module.device().transmit(Instant::ZERO);
    assert_eq!(bench.register(0x0D), 0x03, "the simulated module does obey");
    assert_eq!(bench.module.device().harm().setup_codes, 1);

    let mut bench = Bench::looking(64);
    let before: Vec<u8> = (0..=255).map(|at| bench.register(at)).collect();
    for hostile in [TO_USB, CODES_ON, RESET, b"\x80W2AC409."] {
        bench.start().unwrap();
        bench.present(hostile);
        assert_eq!(bench.scan().unwrap(), hostile, "it is a payload like any other");
    }
    let after: Vec<u8> = (0..=255).map(|at| bench.register(at)).collect();
    assert_eq!(before, after);
    assert!(bench.is_safe());
}

#[test]
fn a_setup_code_obeyed_during_init_is_undone_or_reported() {
    // Shown at each moment of the initialisation, to a module that reads
    // continuously and obeys.
    for at in (0..400).step_by(3) {
        for hostile in [TO_USB, CODES_ON, RESET] {
            let mut bench = Bench::new(Gm65Module::new(), Config::new(), 64);
            let mut clock = bench.clock.clone();
            let mut call = bench.driver.init();
            let mut turns = 0;
            let result = loop {
                if turns == at {
                    bench.module.device().present(hostile, Symbology::Qr);
                }
                turns += 1;
                match call.poll(Clock::now(&mut clock)) {
                    Err(nb::Error::WouldBlock) => clock.advance(Duration::from_millis(1)),
                    Err(nb::Error::Other(error)) => break Err(error),
                    Ok(identity) => break Ok(identity),
                }
            };
            let device = bench.module.device();
            let safe = device.register(0x03) & 2 == 2 && device.register(0x60) == 0xE4;
            assert!(safe || result.is_err(), "{at}: {hostile:?}");
        }
    }
}

#[test]
fn payloads_are_bytes() {
    let payloads: [&[u8]; 7] = [
        b"\0",
        b"a\0b\rc\nd\r",
        b"\x02\0\0\x01\0\x33\x31",
        b"\x03\x05abcde",
        &[0xFF; 254],
        &[0x03; 100],
        "\u{6d25}A12345".as_bytes(),
    ];
    for chunk in [1, 2, 3, 5, 64] {
        let mut bench = Bench::looking(chunk);
        for payload in payloads {
            bench.start().unwrap();
            bench.present(payload);
            assert_eq!(bench.scan().unwrap(), payload);
        }
        let mut all: Vec<u8> = (0..=255).collect();
        all.truncate(255);
        bench.start().unwrap();
        bench.present(&all);
        assert_eq!(bench.scan().unwrap(), all, "256 bytes with the identifier: the length is 00");
    }
}

#[test]
fn symbologies_are_told_by_their_aim_identifiers() {
    let mut bench = Bench::looking(64);
    let all = [
        (Symbology::Ean13, b"E0"),
        (Symbology::Ean8, b"E4"),
        (Symbology::UpcA, b"E0"),
        (Symbology::Code128, b"C0"),
        (Symbology::Code39, b"A0"),
        (Symbology::Interleaved2of5, b"I0"),
        (Symbology::Qr, b"Q1"),
        (Symbology::DataMatrix, b"d1"),
        (Symbology::Pdf417, b"L0"),
    ];
    for (i, (symbology, aim)) in (0..).zip(all) {
        bench.start().unwrap();
        bench.module.device().present(&[i], symbology);
        let (scan, payload) = bench.code().unwrap();
        assert_eq!(scan.symbology, Some(*aim), "{symbology:?}");
        assert_eq!(payload, [i]);
        assert!(!scan.truncated);
    }
}

#[test]
fn without_code_identifiers_the_first_byte_is_payload() {
    let mut bench = Bench::new(Gm65Module::new(), Config::new().code_ids(false), 64);
    bench.init().unwrap();
    bench.start().unwrap();
    bench.present(b"Apple");
    let (scan, payload) = bench.code().unwrap();
    assert_eq!((payload.as_slice(), scan.symbology), (&b"Apple"[..], None));
}

#[test]
fn a_code_in_the_middle_of_a_reply_is_delivered_and_so_is_the_reply() {
    let hostile: &[u8] = b"\x02\0\0\x01\0\x33\x31\x02\0";
    for code in [CODE, hostile, b"\x03", &[0; 200]] {
        for chunk in [1, 2, 3, 64] {
            for at in 0..=12 {
                let mut bench = Bench::looking(chunk);
                bench.module.device().interrupt(at, code, Symbology::Qr);
                let value = bench.driver.read(Register::READ_TIME).wait(&mut bench.clock);
                assert_eq!(value, Ok(0), "{at} {chunk}");
                assert_eq!(bench.scan().as_deref(), Ok(code), "{at} {chunk}");
                assert_eq!(bench.driver.missed(), 0);
            }
        }
    }
}

#[test]
fn a_code_between_replies_waits_and_those_behind_it_are_counted() {
    let mut bench = Bench::looking(64);
    bench.present(b"first");
    assert_eq!(bench.driver.read(Register::QR).wait(&mut bench.clock), Ok(1));
    bench.clock.advance(Duration::from_millis(30));
    bench.module.device().interrupt(0, b"second", Symbology::Qr);
    bench.driver.read(Register::QR).wait(&mut bench.clock).unwrap();
    bench.driver.read(Register::QR).wait(&mut bench.clock).unwrap();
    assert_eq!(bench.scan().unwrap(), b"first");
    assert_eq!(bench.driver.missed(), 1);
    assert_eq!(bench.scan(), Err(CallError::Device(Fault::NoCode)));
}

#[test]
fn every_line_fault_in_every_reply_of_init_is_survived() {
    let faults = [
        Line::WrongCheck,
        Line::Late(Duration::from_millis(600)),
        Line::Late(Duration::from_millis(1_200)),
        Line::Silence,
        Line::Noise(vec![0x02]),
        Line::Noise(vec![0x02, 0x00, 0x00]),
        Line::Noise(vec![0x00, 0xFF, 0x03, 0x41]),
        Line::Noise(vec![0x03]),
        Line::LostByte(0),
        Line::LostByte(3),
        Line::LostByte(6),
        Line::DoubledByte(0),
        Line::DoubledByte(4),
        Line::Flipped(3, 0x02),
        Line::Flipped(4, 0x80),
        Line::Repeated,
    ];
    for fault in faults {
        for reply in 0..50 {
            let mut bench = Bench::new(Gm65Module::new(), Config::new(), 64);
            for _ in 0..reply {
                bench.module.device().outbox.inject(Line::Flipped(99, 0));
            }
            bench.module.device().outbox.inject(fault.clone());
            let result = bench.init();
            assert!(result.is_ok(), "{fault:?} in reply {reply}: {result:?}");
            assert!(bench.is_safe(), "{fault:?} in reply {reply}");
        }
    }
}

#[test]
fn a_late_or_repeated_reply_does_not_become_the_answer_to_the_next_read() {
    for fault in [Line::Late(Duration::from_millis(550)), Line::Repeated] {
        let mut bench = Bench::looking(1);
        bench.driver.change(Register::SOUND, 0xFF, 0x87).wait(&mut bench.clock).unwrap();
        bench.module.device().outbox.inject(fault);
        let mut clock = bench.clock.clone();
        {
            // Given up before it is answered.
            let mut call = bench.driver.read(Register::SOUND);
            for _ in 0..200 {
                let _ = call.poll(Clock::now(&mut clock));
                clock.advance(Duration::from_micros(100));
            }
        }
        for _ in 0..3 {
            let value = bench.driver.read(Register::SOUND_TIME).wait(&mut bench.clock);
            assert_eq!(value, Ok(0x3C));
        }
    }
}

#[test]
fn a_call_dropped_at_any_moment_does_no_harm() {
    for chunk in [1, 64] {
        for turns in 0..160 {
            let mut bench = Bench::new(Gm65Module::new(), Config::new(), chunk);
            let mut clock = bench.clock.clone();
            {
                let mut call = bench.driver.init();
                for _ in 0..turns {
                    let _ = call.poll(Clock::now(&mut clock));
                    clock.advance(Duration::from_millis(1));
                }
            }
            assert!(bench.init().is_ok(), "dropped after {turns} polls");
            bench.start().unwrap();
            bench.present(CODE);
            assert_eq!(bench.scan().unwrap(), CODE);
            assert!(bench.is_safe());
        }
    }
}

#[test]
fn a_command_dropped_half_way_is_forgotten_before_the_next() {
    // Paced, so that a drop can hit the middle of a command.
    for turns in 0..40 {
        let module = Simulated::new(Gm65Module::new());
        let mut clock = VirtualClock::new();
        // One attempt each, so that a command is not saved by its repetition.
        let timing = Timing { attempts: 1, ..Config::TIMING };
        let config = Config::new().timing(timing);
        let mut driver = Gm65::new(module.port(clock.clone()).paced(9_600), config);
        driver.init().wait(&mut clock).unwrap();
        {
            let mut call = driver.change(Register::SOUND, 0xFF, 0x55);
            for _ in 0..turns {
                let _ = call.poll(Clock::now(&mut clock));
                clock.advance(Duration::from_micros(500));
            }
        }
        assert_eq!(driver.read(Register::QR).wait(&mut clock), Ok(1), "{turns}");
        assert_eq!(module.device().harm(), Harm::default());
    }
}

#[test]
fn more_of_a_code_than_its_length_says_is_never_silent() {
    for chunk in [1, 2, 64] {
        for len in [256, 257, 300, 511, 512, 600] {
            let mut bench = Bench::looking(chunk);
            for filler in [b'7', 0x02, 0x03] {
                let long = vec![filler; len];
                bench.start().unwrap();
                bench.present(&long);
                let (scan, payload) = bench.code().unwrap();
                assert!(scan.truncated, "{len} of {filler}");
                assert!(long.starts_with(&payload), "{len} of {filler}");
                assert_eq!(bench.scan(), Err(CallError::Device(Fault::NoCode)));
            }
            bench.start().unwrap();
            bench.present(CODE);
            assert_eq!(bench.scan().unwrap(), CODE);
        }
    }
}

#[test]
fn a_code_that_breaks_off_is_an_error_and_the_next_is_whole() {
    for lost in 0..15 {
        let mut bench = Bench::looking(64);
        bench.module.device().outbox.inject(Line::LostByte(lost));
        bench.present(CODE);
        match bench.scan() {
            Ok(code) => panic!("{code:?} with byte {lost} lost"),
            Err(CallError::Device(fault)) if lost >= 2 => {
                // The first byte is the code's identifier.
                assert_eq!(fault, Fault::Spoilt { came: 12 });
                assert_eq!(fault.kind(), ErrorKind::Retry);
            }
            Err(error) => assert!(
                matches!(error.kind(), ErrorKind::Retry | ErrorKind::Absent),
                "{lost}: {error:?}"
            ),
        }
        bench.start().unwrap();
        bench.present(b"another");
        assert_eq!(bench.scan().unwrap(), b"another", "{lost}");
    }
}

#[test]
fn nothing_is_looked_for_in_what_is_left_of_a_code() {
    let mut bench = Bench::looking(64);
    bench.module.device().outbox.inject(Line::LostByte(4));
    bench.present(b"text\x03\x06Afalse");
    let fault = Fault::Spoilt { came: 11 };
    assert_eq!(bench.scan(), Err(CallError::Device(fault)));
    assert_eq!(bench.scan(), Err(CallError::Device(Fault::NoCode)));
}

/// What comes between two polls waits in the port, and is no silence.
#[test]
fn who_polls_seldom_gets_codes_whole_and_hears_when_they_are_not() {
    for pause in [30, 150] {
        let module = Simulated::new(Gm65Module::new());
        let mut clock = VirtualClock::new();
        let mut driver = Gm65::new(module.port(clock.clone()).chunked(3), Config::new());
        driver.init().wait(&mut clock).unwrap();
        let mut scanner = Clocked::new(driver, clock.clone());
        let mut poll = |code: &[u8]| {
            scanner.start().unwrap();
            module.device().present(code, Symbology::Qr);
            let mut buf = [0; 256];
            // A poll takes some 48 bytes.
            for _ in 0..20 {
                match scanner.poll_scan(&mut buf) {
                    Err(nb::Error::WouldBlock) => clock.advance(Duration::from_millis(pause)),
                    other => return other.map(|scan| (scan.len, scan.truncated)),
                }
            }
            Err(nb::Error::WouldBlock)
        };
        assert_eq!(poll(&[b'a'; 200]), Ok((200, false)), "{pause} ms");
        // Some end where a poll ends, by their length byte.
        for len in 400..448 {
            assert_eq!(poll(&vec![b'b'; len]).map(|(_, truncated)| truncated), Ok(true), "{len}");
        }
    }
}

/// The third byte of a garbled reply, its length, looks like the mark of a
/// code, and the values behind it like one.
#[test]
fn what_is_left_of_a_garbled_reply_is_no_code() {
    for byte in 0..11 {
        let mut bench = Bench::looking(64);
        for _ in 0..4 {
            bench.module.device().outbox.inject(Line::Flipped(byte, 0x10));
            let value = bench.driver.read(Register::STABILISATION).wait(&mut bench.clock);
            assert_eq!(value, Ok(4));
            match bench.code() {
                Ok((scan, payload)) => assert!(scan.truncated, "{byte}: {payload:?}"),
                Err(error) => assert!(
                    matches!(error.kind(), ErrorKind::Retry | ErrorKind::Absent),
                    "{byte}: {error:?}"
                ),
            }
        }
    }
}

#[test]
fn the_last_register_of_the_simulated_module_can_be_written() {
    let mut module = Gm65Module::new();
    // 7E 00, write, 2 registers from 00FF on, with the check skipped.
    module.receive(&[0x7E, 0, 0x08, 2, 0, 0xFF, 0x11, 0x22, 0xAB, 0xCD], Instant::ZERO);
    assert_eq!((module.register(0xFF), module.register(0x00)), (0x11, 0x22));
}

#[test]
fn the_same_code_is_not_reported_twice_within_the_time() {
    let config = Config::new().repeat(Duration::from_secs(2));
    let mut bench = Bench::new(Gm65Module::new(), config, 64);
    bench.init().unwrap();
    let mut show = |code: &[u8], pause: u64| {
        bench.start().unwrap();
        bench.present(code);
        let result = bench.driver.scan(Duration::from_millis(100)).wait(&mut bench.clock);
        bench.clock.advance(Duration::from_millis(pause));
        result.is_ok()
    };
    assert!(show(CODE, 1_500));
    assert!(!show(CODE, 1_500), "seen 1.6 s before");
    assert!(!show(CODE, 10), "still held up");
    assert!(show(b"other", 10));
    assert!(show(CODE, 2_100));
    assert!(show(CODE, 0), "long enough");
}

#[test]
fn start_restores_a_module_that_lost_power() {
    let mut bench = Bench::looking(64);
    bench.module.device().power_cycle();
    assert!(!bench.is_safe());
    bench.start().unwrap();
    assert!(bench.is_safe());
    assert!(bench.module.device().is_looking());
    bench.present(CODE);
    assert_eq!(bench.scan().unwrap(), CODE);
}

#[test]
fn start_and_stop_are_obeyed_and_a_code_ends_the_search() {
    let mut bench = Bench::looking(64);
    assert!(bench.module.device().is_looking());
    bench.driver.stop().wait(&mut bench.clock).unwrap();
    assert!(!bench.module.device().is_looking());
    bench.present(CODE);
    assert_eq!(bench.scan(), Err(CallError::Device(Fault::NoCode)));
    bench.start().unwrap();
    assert_eq!(bench.scan().unwrap(), CODE);
    assert!(!bench.module.device().is_looking());
}

#[test]
fn a_module_that_does_not_keep_what_is_written_is_not_trusted() {
    let mut module = Gm65Module::new();
    module.stick(0x03, 0x00);
    let mut bench = Bench::new(module, Config::new(), 64);
    let fault = Refusal::NotKept { address: 0x03, wrote: 0x02, holds: 0x00 };
    assert_eq!(bench.init(), Err(CallError::Device(Fault::Engine(fault))));
    assert_eq!(fault.to_string(), "register 03 holds 00 after 02 was written");
    assert_eq!(bench.start(), Err(CallError::Device(Fault::NotInitialised)));

    let mut module = Gm65Module::new();
    module.stick(0x95, b'c');
    let mut bench = Bench::new(module, Config::new(), 64);
    let fault = Refusal::NotKept { address: 0x95, wrote: b'E', holds: b'c' };
    assert_eq!(bench.init(), Err(CallError::Device(Fault::Engine(fault))));
}

#[test]
fn registers_are_changed_only_where_they_differ_and_never_where_they_are_owned() {
    let mut bench = Bench::looking(64);
    let writes = bench.module.device().writes();
    let mut change =
        |register, mask, value| bench.driver.change(register, mask, value).wait(&mut bench.clock);
    assert_eq!(change(Register::MODE, 0b1100, 0b0100), Ok(false), "it was so already");
    assert_eq!(change(Register::MODE, 0b1100, 0b0000), Ok(true));
    for (register, mask) in
        [(Register::MODE, 0b1101), (Register::SETUP_CODES, 0xFF), (Register::OUTPUT, 0x80)]
    {
        let error = change(register, mask, 0).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Argument);
    }
    assert_eq!(bench.register(0x00), 0xD1);
    assert_eq!(bench.module.device().writes(), writes + 1);
    bench.driver.save().wait(&mut bench.clock).unwrap();
    assert_eq!(bench.module.device().saved_register(0x00), 0xD1);
    assert!(bench.is_safe());
}

#[test]
fn a_dead_module_is_a_timeout_and_a_pulled_cable_an_error_of_the_port() {
    let mut clock = VirtualClock::new();
    let mut driver =
        Gm65::new(Simulated::new(Babbler::new(&[])).port(clock.clone()), Config::new());
    let result = driver.init().wait(&mut clock);
    assert_eq!(result, Err(CallError::Device(Fault::NoReply)));
    assert!(Clock::now(&mut clock) < Instant::ZERO + Duration::from_secs(2));

    let mut bench = Bench::looking(64);
    bench.module.unplug();
    assert_eq!(bench.start(), Err(CallError::Port(Unplugged)));
    assert_eq!(bench.scan(), Err(CallError::Port(Unplugged)));
    bench.module.plug();
    bench.start().unwrap();
}

#[test]
fn a_port_that_takes_nothing_is_not_waited_for_for_ever() {
    struct Shut;
    impl embedded_pos::ErrorType for Shut {
        type Error = ErrorKind;
    }
    impl Port for Shut {
        fn try_read(&mut self, _buf: &mut [u8]) -> nb::Result<usize, ErrorKind> {
            Err(nb::Error::WouldBlock)
        }
        fn try_write(&mut self, _bytes: &[u8]) -> nb::Result<usize, ErrorKind> {
            Err(nb::Error::WouldBlock)
        }
    }
    let result = Gm65::new(Shut, Config::new()).init().wait(&mut VirtualClock::new());
    assert_eq!(result, Err(CallError::Device(Fault::NotSent)));
}

#[test]
fn through_the_trait_a_poll_goes_on_where_the_last_one_stopped() {
    for chunk in [1, 64] {
        let bench = Bench::looking(chunk);
        let Bench { module, clock, driver } = bench;
        let mut scanner = Clocked::new(driver, clock.clone());
        let mut buf = [0; 64];
        assert_eq!(scanner.poll_scan(&mut buf), Err(nb::Error::WouldBlock));
        module.device().present(CODE, Symbology::Ean13);
        let scan = loop {
            match scanner.poll_payload(&mut buf) {
                Err(nb::Error::WouldBlock) => clock.advance(Duration::from_millis(1)),
                other => {
                    let (scan, payload) = other.unwrap();
                    assert_eq!(payload, CODE);
                    break scan;
                }
            }
        };
        assert_eq!((scan.len, scan.symbology, scan.truncated), (13, Some(*b"E0"), false));
        // A blocking method in between loses nothing.
        scanner.start().unwrap();
        module.device().present(b"a longer code than the buffer", Symbology::Qr);
        for _ in 0..3 {
            let _ = scanner.poll_scan(&mut buf[..8]);
        }
        scanner.stop().unwrap();
        let scan = loop {
            match scanner.poll_scan(&mut buf[..8]) {
                Err(nb::Error::WouldBlock) => clock.advance(Duration::from_millis(1)),
                other => break other.unwrap(),
            }
        };
        assert_eq!((scan.len, scan.truncated), (8, true));
        assert_eq!(&buf[..8], b"a longer");
    }
}

/// In real time, over a socket.
#[test]
fn a_module_behind_a_socket_is_driven_too() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let module = Simulated::new(Gm65Module::new());
    let served = module.clone();
    let server = std::thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let mut port = StreamPort::tcp(stream).unwrap();
        served.serve(&mut port, &mut SystemClock::new())
    });
    let mut clock = SystemClock::new();
    let mut driver = Gm65::new(StreamPort::connect(address).unwrap(), Config::new());
    driver.init().wait(&mut clock).unwrap();
    assert_eq!(driver.identity().unwrap().model, 5);
    driver.start().wait(&mut clock).unwrap();
    module.device().present(b"\0over a socket\r", Symbology::Qr);
    driver.scan(Duration::from_secs(5)).wait(&mut clock).unwrap();
    assert_eq!(driver.payload().unwrap().1, b"\0over a socket\r");
    drop(driver);
    server.join().unwrap().unwrap();
}

#[test]
fn a_code_does_not_show_in_debug() {
    let mut bench = Bench::looking(64);
    bench.present(b"134567890123456789");
    bench.driver.scan(SECOND).wait(&mut bench.clock).unwrap();
    let shown = format!("{:?}", bench.driver);
    assert!(shown.contains("Scan") && !shown.contains("1345") && !shown.contains("49, 51, 52, 53"));
}

/// A port that can change its speed.
struct Wired {
    port: SimPort<Gm65Module, VirtualClock>,
    module: Simulated<Gm65Module>,
}

impl embedded_pos::ErrorType for Wired {
    type Error = Unplugged;
}

impl Port for Wired {
    fn try_read(&mut self, buf: &mut [u8]) -> nb::Result<usize, Unplugged> {
        self.port.try_read(buf)
    }

    fn try_write(&mut self, bytes: &[u8]) -> nb::Result<usize, Unplugged> {
        self.port.try_write(bytes)
    }

    fn baud(&mut self) -> Option<&mut dyn SetBaud<Error = Unplugged>> {
        Some(self)
    }
}

impl SetBaud for Wired {
    fn set_baud(&mut self, baud: u32) -> Result<(), Unplugged> {
        self.module.device().hears_at(baud);
        Ok(())
    }
}

fn wired(module: Gm65Module, baud: u32) -> (Simulated<Gm65Module>, Gm65<Wired>, VirtualClock) {
    let module = Simulated::new(module);
    module.device().hears_at(baud);
    let clock = VirtualClock::new();
    let port = Wired { port: module.port(clock.clone()), module: module.clone() };
    (module, Gm65::new(port, Config::new()), clock)
}

const SPEEDS: [u32; 6] = [9_600, 14_400, 19_200, 38_400, 57_600, 115_200];

#[test]
fn a_module_of_any_speed_is_found_and_made_ready() {
    for baud in SPEEDS {
        let mut module = Gm65Module::new();
        module.runs_at(baud);
        let (module, mut driver, mut clock) = wired(module, 14_400);
        assert_eq!(driver.find().wait(&mut clock), Ok(baud));
        assert_eq!(module.device().register(0x03) & 2, 2);
        driver.start().wait(&mut clock).unwrap();
        module.device().present(CODE, Symbology::Qr);
        driver.scan(SECOND).wait(&mut clock).unwrap();
        assert_eq!(driver.payload().unwrap().1, CODE);
        assert!(clock.now() < Instant::ZERO + Duration::from_secs(7));
    }
    let (module, mut driver, mut clock) = wired(Gm65Module::new(), 9_600);
    // One that none of the speeds is right for.
    module.device().runs_at(3_000);
    assert!(driver.find().wait(&mut clock).is_err());
    assert_eq!(driver.start().wait(&mut clock), Err(CallError::Device(Fault::NotInitialised)));
}

#[test]
fn the_speed_is_changed_and_checked_or_stays() {
    let (module, mut driver, mut clock) = wired(Gm65Module::new(), 9_600);
    driver.init().wait(&mut clock).unwrap();
    assert_eq!(driver.set_speed(9_600).wait(&mut clock), Ok(false));
    for baud in SPEEDS.into_iter().rev() {
        assert_eq!(driver.set_speed(baud).wait(&mut clock), Ok(true), "{baud}");
        assert_eq!(driver.read(Register::STABILISATION).wait(&mut clock), Ok(4));
    }
    let error = driver.set_speed(9_601).wait(&mut clock);
    assert_eq!(error, Err(CallError::Device(Fault::Unsupported)));
    // One that says yes and stays where it is.
    module.device().stick(0x2A, 0x39);
    module.device().stick(0x2B, 0x01);
    let error = driver.set_speed(115_200).wait(&mut clock);
    assert_eq!(error, Err(CallError::Device(Fault::Engine(Refusal::Speed { back: 9_600 }))));
    assert_eq!(driver.read(Register::STABILISATION).wait(&mut clock), Ok(4));
    // The yes is lost, and the module has changed.
    let (module, mut driver, mut clock) = wired(Gm65Module::new(), 9_600);
    driver.init().wait(&mut clock).unwrap();
    module.device().outbox.inject(Line::Flipped(99, 0));
    module.device().outbox.inject(Line::Silence);
    assert_eq!(driver.set_speed(115_200).wait(&mut clock), Ok(true));
    assert_eq!(driver.read(Register::STABILISATION).wait(&mut clock), Ok(4));
    // A port that cannot.
    let mut bench = Bench::looking(64);
    let error = bench.driver.set_speed(115_200).wait(&mut bench.clock);
    assert!(matches!(error, Err(CallError::Line(_))), "{error:?}");
}

/// Wherever a change or a search breaks off, a search finds the module.
#[test]
fn a_change_of_speed_dropped_at_any_moment_is_put_right_by_find() {
    for polls in 0..90 {
        let (module, mut driver, mut clock) = wired(Gm65Module::new(), 9_600);
        driver.init().wait(&mut clock).unwrap();
        let mut call = driver.set_speed(115_200);
        for _ in 0..polls {
            if call.poll(clock.now()).is_ok() {
                break;
            }
            clock.advance(Duration::from_millis(1));
        }
        let mut call = driver.find();
        for _ in 0..polls * 20 {
            if call.poll(clock.now()).is_ok() {
                break;
            }
            clock.advance(Duration::from_millis(1));
        }
        let baud = driver.find().wait(&mut clock).unwrap();
        assert!([9_600, 115_200].contains(&baud), "{polls}: {baud}");
        driver.start().wait(&mut clock).unwrap();
        module.device().present(CODE, Symbology::Qr);
        driver.scan(SECOND).wait(&mut clock).unwrap();
        assert_eq!(driver.payload().unwrap().1, CODE, "{polls}");
        assert_eq!(module.device().harm(), Harm::default());
    }
}

#[test]
fn a_gm60_is_driven_by_its_own_registers_and_its_codes_are_long() {
    let mut bench = Bench::new(Gm65Module::gm60(), Config::new(), 64);
    assert_eq!(bench.init(), Err(CallError::Device(Fault::Engine(Refusal::Model(0x60)))));

    let config = Config::new().also_model(0x60, Family::Gm60);
    for chunk in [1, 7, 64] {
        let module = Simulated::new(Gm65Module::gm60());
        let mut clock = VirtualClock::new();
        let port = module.port(clock.clone()).chunked(chunk);
        let mut driver = Gm65::<_, 1024>::speaking(port, Grow::new(config));
        driver.init().wait(&mut clock).unwrap();
        assert_eq!(module.device().register(0x1A) >> 6, 0b01);
        assert_eq!(module.device().register(0x60), 0x80);
        assert_eq!(module.device().register(0x91), b'd', "not a code identifier here");
        for len in [1, 255, 256, 257, 700, 1_024, 1_025] {
            let code: Vec<u8> = (0..len).map(|at| at as u8).collect();
            driver.start().wait(&mut clock).unwrap();
            module.device().present(&code, Symbology::Qr);
            let scan = driver
                .scan(SECOND)
                .wait(&mut clock)
                .unwrap_or_else(|e| panic!("{len} {chunk}: {e:?}"));
            assert_eq!(driver.payload().unwrap().1, &code[..len.min(1_024)], "{len}");
            assert_eq!(scan.truncated, len > 1_024);
        }
        module.device().interrupt(3, &[4; 300], Symbology::Qr);
        let other = driver.read(Register::QR).wait(&mut clock).unwrap_err();
        let refusal = Refusal::OtherMap { address: 0x3F };
        assert_eq!(other, CallError::Device(Fault::Engine(refusal)));
        assert!(driver.change(Register::QR, 1, 0).wait(&mut clock).is_err());
        driver.set_symbologies(Symbologies::QR).wait(&mut clock).unwrap();
        let on: Vec<u8> =
            [0x49, 0x2E, 0x31, 0x3B, 0x4E].map(|at| module.device().register(at)).into();
        assert_eq!(on, [1, 0, 0, 0, 0]);
        driver.scan(SECOND).wait(&mut clock).unwrap();
        assert_eq!(driver.payload().unwrap().1, [4; 300], "in the middle of a reply");
    }
}

#[test]
fn modes_lights_and_symbologies_are_set_and_stay() {
    let Bench { module, clock, driver } = Bench::looking(64);
    let mut scanner = Clocked::new(driver, clock);
    assert!(scanner.has_mode(Mode::Presentation));
    scanner.set_mode(Mode::Continuous).unwrap();
    scanner.start().unwrap();
    assert_eq!(module.device().register(0x00) & 3, 2, "start leaves it so");
    scanner.set_mode(Mode::Command).unwrap();
    scanner.signal(Signals::ILLUMINATION, true).unwrap();
    assert_eq!(module.device().register(0x00), 0xDD);
    scanner.signal(Signals::AIM | Signals::ILLUMINATION, false).unwrap();
    assert_eq!(module.device().register(0x00), 0xD5);
    assert_eq!(scanner.signal(Signals::BEEPER, true).unwrap_err().kind(), ErrorKind::Unsupported);
    scanner.set_symbologies(Symbologies::QR | Symbologies::PDF417).unwrap();
    let on = [0x2E, 0x2F, 0x30, 0x33, 0x36, 0x39, 0x3F, 0x54, 0x55];
    assert_eq!(on.map(|at| module.device().register(at)), [0, 0, 0, 0, 0, 0, 1, 0, 1]);
    let error = scanner.set_symbologies(Symbologies::AZTEC).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
}

fn any_script() -> impl Strategy<Value = Vec<(u8, Vec<u8>)>> {
    let bytes = prop_oneof![Just(0x02), Just(0x03), Just(0x00), Just(0x01), any::<u8>()];
    prop::collection::vec((any::<u8>(), prop::collection::vec(bytes, 0..80)), 0..40)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn whatever_comes_it_ends_in_time(script in any_script(), chunk in 1_usize..65) {
        let device = Simulated::new(Babbler::new(&script));
        let mut clock = VirtualClock::new();
        let mut driver = Gm65::new(device.port(clock.clone()).chunked(chunk), Config::new());
        prop_assert!(driver.init().wait(&mut clock).is_err());
        prop_assert!(Clock::now(&mut clock) < Instant::ZERO + Duration::from_secs(6));
    }

    #[test]
    fn whatever_is_in_a_code_comes_out(payload in prop::collection::vec(any::<u8>(), 1..256),
                                       chunk in 1_usize..65, at in 0_usize..12) {
        let mut bench = Bench::looking(chunk);
        bench.module.device().interrupt(at, &payload, Symbology::Qr);
        prop_assert_eq!(bench.driver.read(Register::QR).wait(&mut bench.clock), Ok(1));
        prop_assert_eq!(bench.scan().unwrap(), payload);
    }
}
