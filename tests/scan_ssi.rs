//! The SSI driver against a simulated decoder with a codec of its own.

mod scan_support;

use embedded_pos::port::{CallError, Clock, Duration, Instant};
use embedded_pos::scan::engine::reader;
use embedded_pos::scan::engine::ssi::{
    Cause, Config, Event, Fault, Layout, Opcode, Parameter, Ssi, Value,
};
use embedded_pos::scan::{Mode, Scan, Signals, Symbologies};
use embedded_pos::sim::scanner::{SsiEngine, SsiHarm, SsiLayout, SsiLong, SsiValue};
use embedded_pos::sim::{Device, Fault as Line, SimPort, Simulated, Unplugged, VirtualClock};
use embedded_pos::{Error, ErrorKind};
use scan_support::Babbler;

type Port = SimPort<SsiEngine, VirtualClock>;
type Driver = Ssi<Port, 1024>;
type Failure = CallError<reader::Fault<Fault>, Unplugged>;

const CODE: &[u8] = b"6901234567892";
const QR: u8 = 0x1C;
const SECOND: Duration = Duration::from_secs(1);

const KINDS: [(SsiLayout, SsiLong); 3] = [
    (SsiLayout::Classic, SsiLong::Continued),
    (SsiLayout::Extended, SsiLong::Segments),
    (SsiLayout::Extended, SsiLong::Continued),
];

struct Bench {
    engine: Simulated<SsiEngine>,
    clock: VirtualClock,
    driver: Driver,
}

impl Bench {
    fn with(kind: (SsiLayout, SsiLong), config: Config, chunk: usize) -> Self {
        let engine = Simulated::new(SsiEngine::new(kind.0, kind.1));
        let clock = VirtualClock::in_steps(Duration::from_millis(1));
        let driver = Ssi::new(engine.port(clock.clone()).chunked(chunk), config);
        Self { engine, clock, driver }
    }

    /// An engine that is initialised and looks for codes.
    fn looking(kind: (SsiLayout, SsiLong)) -> Self {
        let mut bench = Self::with(kind, Config::new(), 64);
        bench.init().unwrap();
        bench.start().unwrap();
        bench
    }

    fn classic() -> Self {
        Self::looking(KINDS[0])
    }

    fn init(&mut self) -> Result<(), Failure> {
        self.driver.init().wait(&mut self.clock)
    }

    fn start(&mut self) -> Result<(), Failure> {
        self.driver.start().wait(&mut self.clock)
    }

    fn present(&mut self, code: &[u8]) {
        self.engine.device().present(code, QR);
    }

    fn read(&mut self, within: Duration) -> Result<(Scan, Vec<u8>), Failure> {
        let scan = self.driver.scan(within).wait(&mut self.clock)?;
        let payload = self.driver.payload().unwrap().1.to_vec();
        self.driver.forget();
        Ok((scan, payload))
    }

    fn scan(&mut self) -> Result<Vec<u8>, Failure> {
        self.read(SECOND).map(|(_, payload)| payload)
    }

    fn now(&mut self) -> Instant {
        Clock::now(&mut self.clock)
    }

    fn byte(&self, number: u16) -> Option<SsiValue> {
        self.engine.device().parameter(number)
    }

    fn is_safe(&self) -> bool {
        let byte = |number| match self.byte(number) {
            Some(SsiValue::Byte(value)) => Some(value),
            _ => None,
        };
        self.engine.device().harm().management == 0
            && byte(0xEC) == Some(0)
            && byte(0xEE) == Some(1)
            && byte(0x8A) == Some(8)
            && byte(0x9F) == Some(1)
    }
}

fn no_code() -> Failure {
    CallError::Device(reader::Fault::NoCode)
}

#[test]
fn init_makes_a_factory_engine_safe() {
    for kind in KINDS {
        for chunk in [1, 2, 3, 7, 64] {
            let mut bench = Bench::with(kind, Config::new(), chunk);
            bench.init().unwrap();
            assert!(bench.is_safe());
            assert_eq!(bench.driver.revision().as_bytes(), b"PAAAES00-001-R00 N 12 1A2B");
            assert_eq!(bench.engine.device().harm().permanent, 0, "not asked for");
            assert!(bench.now() < Instant::ZERO + SECOND);
        }
    }
}

#[test]
fn a_code_comes_in_each_layout_and_length() {
    let long: Vec<u8> = (0..=255).cycle().take(900).collect();
    for kind in KINDS {
        for len in [1, 2, 246, 247, 248, 249, 250, 251, 252, 491, 492, 500, 750, 900] {
            let mut bench = Bench::looking(kind);
            bench.present(&long[..len]);
            let (scan, payload) = bench.read(SECOND).unwrap();
            assert_eq!(payload, &long[..len], "{kind:?} {len}");
            assert_eq!((scan.symbology, scan.truncated), (Some(*b"Q1"), false), "{kind:?} {len}");
            assert_eq!(bench.read(SECOND), Err(no_code()));
            assert_eq!(bench.engine.device().transmit_errors(), 0);
        }
    }
}

#[test]
fn a_code_that_fits_both_layouts_is_marked_until_the_layout_is_known() {
    let both = b"\x01\x00\x03abc";
    let mut bench = Bench::classic();
    bench.present(both);
    let (scan, payload) = bench.read(SECOND).unwrap();
    assert_eq!((&payload[..], scan.truncated), (&b"abc"[..], true));
    // A text fits the classic layout only.
    for (code, truncated) in [(CODE, false), (&both[..], false)] {
        bench.start().unwrap();
        bench.present(code);
        let (scan, payload) = bench.read(SECOND).unwrap();
        assert_eq!((&payload[..], scan.truncated), (code, truncated));
    }

    let config = Config::new().layout(Layout::Classic);
    let mut bench = Bench::with(KINDS[0], config, 64);
    bench.init().unwrap();
    bench.start().unwrap();
    bench.present(both);
    let (scan, payload) = bench.read(SECOND).unwrap();
    assert_eq!((&payload[..], scan.truncated), (&both[..], false));

    // Newer engines mark what comes unasked.
    let mut bench = Bench::looking(KINDS[1]);
    bench.present(both);
    let (scan, payload) = bench.read(SECOND).unwrap();
    assert_eq!((&payload[..], scan.truncated), (&both[..], false));
}

#[test]
fn a_packet_that_comes_again_because_our_acknowledgement_was_lost_is_no_second_code() {
    for kind in KINDS {
        for lost in 0..3 {
            let config = Config::new().repeat(Duration::ZERO);
            let mut bench = Bench::with(kind, config, 64);
            bench.init().unwrap();
            bench.start().unwrap();
            let code: Vec<u8> = (0..600_u16).map(|at| at.to_le_bytes()[0]).collect();
            bench.engine.device().lose_after(lost);
            bench.present(&code);
            assert_eq!(bench.read(Duration::from_secs(9)).unwrap().1, code, "{kind:?} {lost}");
            assert_eq!(bench.read(Duration::from_secs(9)), Err(no_code()));
            assert_eq!(bench.engine.device().transmit_errors(), 0);
            assert_eq!(bench.driver.missed(), 0);
        }
    }
}

#[test]
fn a_garbled_packet_is_asked_for_again() {
    for kind in KINDS {
        for nth in 0..3 {
            for fault in [Line::WrongCheck, Line::LostByte(7), Line::Flipped(0, 0x40)] {
                let mut bench = Bench::looking(kind);
                (0..nth).for_each(|_| bench.engine.device().outbox.inject(Line::Noise(vec![])));
                bench.engine.device().outbox.inject(fault.clone());
                // Parts that are all the same.
                bench.present(&[b'Z'; 600]);
                let code = bench.scan().unwrap();
                assert_eq!(code, [b'Z'; 600], "{kind:?} {nth} {fault:?}");
                assert_eq!(bench.read(Duration::from_secs(9)), Err(no_code()));
                assert_eq!(bench.engine.device().transmit_errors(), 0);
            }
        }
    }
}

#[test]
fn after_a_code_was_read_it_can_be_read_again_though_its_packet_is_garbled() {
    let config = Config::new().repeat(Duration::ZERO);
    let mut bench = Bench::with(KINDS[0], config, 64);
    bench.init().unwrap();
    for _ in 0..2 {
        bench.start().unwrap();
        bench.engine.device().outbox.inject(Line::WrongCheck);
        bench.present(CODE);
        assert_eq!(bench.scan().unwrap(), CODE);
    }
}

#[test]
fn the_same_code_is_told_once_in_three_seconds() {
    let mut bench = Bench::classic();
    bench.present(CODE);
    assert_eq!(bench.scan().unwrap(), CODE);
    bench.start().unwrap();
    bench.present(CODE);
    assert_eq!(bench.scan(), Err(no_code()));
    bench.clock.advance(Duration::from_secs(3));
    bench.start().unwrap();
    bench.present(CODE);
    assert_eq!(bench.scan().unwrap(), CODE);
}

#[test]
fn what_comes_unasked_between_a_command_and_its_reply_is_a_code() {
    for kind in KINDS {
        let mut bench = Bench::with(kind, Config::new(), 64);
        bench.init().unwrap();
        bench.engine.device().interrupt(b"between", QR);
        bench.start().unwrap();
        assert_eq!(bench.scan().unwrap(), b"between");
        bench.engine.device().interrupt(CODE, QR);
        let held = bench.driver.parameter(Parameter::QR).wait(&mut bench.clock).unwrap();
        assert_eq!(held, Value::Byte(1));
        assert_eq!(bench.scan().unwrap(), CODE);
        assert_eq!(bench.engine.device().transmit_errors(), 0);
    }
}

#[test]
fn events_are_told_and_what_is_unknown_is_survived() {
    let mut bench = Bench::classic();
    let now = bench.now();
    for raw in [1, 3, 7, 8, 0x0A, 0x0F, 0x55] {
        bench.engine.device().say(0xF6, &[raw], now);
        assert_eq!(bench.scan(), Err(no_code()));
    }
    let events: Vec<Event> = std::iter::from_fn(|| bench.driver.event()).collect();
    let last = [Event::ParameterStored, Event::DefaultsSet, Event::NumberExpected];
    assert_eq!(events[..3], last);
    assert_eq!(events[3..], [Event::Other(0x55)], "the oldest are lost");

    // All in one read, and a code behind them.
    let heard = bench.engine.device().heard().len();
    for (opcode, data) in [(0x93, &[1, 2, 3][..]), (0x77, &[]), (0xB1, &[9; 100]), (0xD6, &[1])] {
        bench.engine.device().say(opcode, data, now);
    }
    bench.present(CODE);
    assert_eq!(bench.scan().unwrap(), CODE);
    let heard = bench.engine.device().heard()[heard..].to_vec();
    assert_eq!(heard, [0xD0, 0xD1, 0xD1, 0xD1, 0xD0]);
    let causes = bench.engine.device().causes().to_vec();
    assert_eq!(causes, [2, 10, 10], "unknown; not wanted");
}

#[test]
fn a_stray_byte_of_an_engine_that_wakes_up_is_passed_over() {
    let mut bench = Bench::classic();
    bench.engine.device().outbox.inject(Line::Noise(vec![0x00, 0x00]));
    bench.present(CODE);
    assert_eq!(bench.scan().unwrap(), CODE);
    assert_eq!(bench.engine.device().causes(), []);
}

#[test]
fn a_packet_within_a_code_is_part_of_it() {
    // Printed on paper: an acknowledgement, and another code.
    let hostile: &[u8] = b"\x04\xD0\x00\x00\xFF\x2C\x07\xF3\x00\x00\x01\x4E\x52\xFE\x65";
    for fault in [Line::LostByte(0), Line::LostByte(6), Line::Flipped(0, 0x10)] {
        let mut bench = Bench::classic();
        bench.engine.device().outbox.inject(fault);
        bench.present(hostile);
        assert_eq!(bench.scan().unwrap(), hostile);
        assert_eq!(bench.read(Duration::from_secs(7)), Err(no_code()));
    }
}

#[test]
fn parameters_are_read_written_and_verified() {
    let mut bench = Bench::classic();
    let number = |number| Parameter::new(number).unwrap();
    let cases = [
        (0x08, Value::Byte(0), SsiValue::Byte(0)),
        (293, Value::Byte(0), SsiValue::Byte(0)),
        (574, Value::Byte(1), SsiValue::Byte(1)),
        (1000, Value::Byte(9), SsiValue::Byte(9)),
        (1254, Value::Byte(1), SsiValue::Byte(1)),
        (318, Value::Word(0x0102), SsiValue::Word(0x0102)),
    ];
    for (parameter, value, holds) in cases {
        let parameter = number(parameter);
        bench.driver.set(parameter, value).wait(&mut bench.clock).unwrap();
        assert_eq!(bench.byte(parameter.number()), Some(holds));
        assert_ne!(bench.engine.device().saved_parameter(parameter.number()), Some(holds));
        assert_eq!(bench.driver.parameter(parameter).wait(&mut bench.clock), Ok(value));
    }
    let heard = bench.engine.device().heard().len();
    bench.driver.set(number(318), Value::Word(0x0102)).wait(&mut bench.clock).unwrap();
    assert!(!bench.engine.device().heard()[heard..].contains(&0xC6), "it is so already");

    let missing = bench.driver.parameter(number(700)).wait(&mut bench.clock);
    let fault = Fault::Missing(number(700));
    assert_eq!(missing, Err(CallError::Device(reader::Fault::Engine(fault))));
    bench.engine.device().stick(0x08);
    let (parameter, wrote) = (Parameter::CODE_128, Value::Byte(1));
    let kept = bench.driver.set(parameter, wrote).wait(&mut bench.clock);
    let fault = Fault::NotKept { parameter, wrote, holds: Value::Byte(0) };
    assert_eq!(kept, Err(CallError::Device(reader::Fault::Engine(fault))));
    assert_eq!(kept.unwrap_err().kind(), ErrorKind::Protocol);
}

#[test]
fn what_the_line_rests_on_is_not_written() {
    let mut bench = Bench::classic();
    let heard = bench.engine.device().heard().len();
    for number in [0x2D, 0x8A, 0x9B, 0x9C, 0x9D, 0x9E, 0x9F, 0xEB, 0xEC, 0xEE, 0xEF, 334] {
        let parameter = Parameter::new(number).unwrap();
        let result = bench.driver.set(parameter, Value::Byte(0)).wait(&mut bench.clock);
        let fault = Fault::Owned(parameter);
        assert_eq!(result, Err(CallError::Device(reader::Fault::Engine(fault))));
    }
    assert_eq!(bench.engine.device().heard().len(), heard);
    for number in [0xF0, 0xFF, 496, 511, 752, 1008, 1023] {
        assert_eq!(Parameter::new(number), None);
    }
}

#[test]
fn settings_last_only_if_asked_to() {
    for persist in [false, true] {
        let mut bench = Bench::with(KINDS[0], Config::new().persist(persist), 64);
        bench.init().unwrap();
        let permanent = bench.engine.device().harm().permanent;
        assert_eq!(permanent, u32::from(persist));
        bench.engine.device().power_cycle();
        assert_eq!(bench.byte(0xEC), Some(SsiValue::Byte(u8::from(!persist))));
        // An engine that lost power is not trusted.
        bench.start().unwrap();
        assert!(bench.is_safe());
        bench.present(CODE);
        assert_eq!(bench.scan().unwrap(), CODE);
        assert_eq!(bench.engine.device().harm().permanent, permanent);
    }
}

#[test]
fn a_hostile_setup_code_works_before_init_and_not_after() {
    let hostile = b"\xF3\x08\x00";
    let engine = || SsiEngine::new(SsiLayout::Classic, SsiLong::Continued);
    let mut fresh = engine();
    fresh.set(0x8A, Some(SsiValue::Byte(8)));
    fresh.receive(&[0x04, 0xE4, 0x04, 0x00, 0xFF, 0x14], Instant::ZERO);
    fresh.present(hostile, 0x03);
    fresh.transmit(Instant::ZERO);
    assert_eq!(fresh.harm().setup_codes, 1, "the simulated engine does obey");

    let mut bench = Bench::classic();
    bench.present(hostile);
    assert_eq!(bench.scan().unwrap(), hostile, "it is a payload like any other");
    assert_eq!(bench.engine.device().harm(), SsiHarm::default());
}

#[test]
fn an_engine_that_sleeps_is_woken() {
    let mut bench = Bench::with(KINDS[0], Config::new(), 64);
    bench.engine.device().fall_asleep();
    bench.init().unwrap();
    bench.driver.sleep().wait(&mut bench.clock).unwrap();
    assert!(bench.engine.device().is_asleep());
    bench.start().unwrap();
    bench.present(CODE);
    assert_eq!(bench.scan().unwrap(), CODE);

    // Without the byte the first command is lost; it is sent again.
    let mut bench = Bench::with(KINDS[0], Config::new().wake(false), 64);
    bench.engine.device().fall_asleep();
    bench.init().unwrap();
    assert!(bench.now() > Instant::ZERO + SECOND);
}

#[test]
fn lamps_beeps_and_modes() {
    let mut bench = Bench::classic();
    let clock = &mut bench.clock.clone();
    bench.driver.beep(0x1A).wait(clock).unwrap();
    let denied = bench.driver.beep(0x1B).wait(clock);
    let fault = Fault::Refused { opcode: Opcode::BEEP, cause: Cause::Denied };
    assert_eq!(denied, Err(CallError::Device(reader::Fault::Engine(fault))));
    bench.driver.led(1, true).wait(clock).unwrap();
    bench.driver.aim(true).wait(clock).unwrap();
    bench.driver.illuminate(false).wait(clock).unwrap();
    bench.driver.flush().wait(clock).unwrap();
    bench.driver.signal(Signals::all(), true).wait(clock).unwrap();
    let heard: Vec<u8> = bench.engine.device().heard().to_vec();
    let orders = [0xE6, 0xE6, 0xE7, 0xC5, 0xC0, 0xD2, 0xE6, 0xE7, 0xC5, 0xC1];
    assert_eq!(heard[heard.len() - orders.len()..], orders);

    bench.driver.enable(false).wait(clock).unwrap();
    assert_eq!(bench.start().unwrap_err().kind(), ErrorKind::Refused);
    bench.driver.set_mode(Mode::Presentation).wait(clock).unwrap();
    assert_eq!(bench.byte(0x8A), Some(SsiValue::Byte(7)));
    bench.driver.set_mode(Mode::Command).wait(clock).unwrap();
    bench.start().unwrap();
    let continuous = bench.driver.set_mode(Mode::Continuous).wait(clock);
    assert_eq!(continuous, Err(CallError::Device(reader::Fault::Unsupported)));

    bench.driver.set_symbologies(Symbologies::QR | Symbologies::AZTEC).wait(clock).unwrap();
    let on = [0x01, 0x08, 0x00, 293, 574].map(|number| bench.byte(number));
    assert_eq!(on, [0, 0, 0, 1, 1].map(|value| Some(SsiValue::Byte(value))));
    let capabilities = bench.driver.capabilities().wait(clock).unwrap();
    assert!(capabilities.knows(Opcode::LED_ON));
    assert!(!capabilities.knows(Opcode::IMAGER_MODE));
    assert_eq!(capabilities.bauds, 0x1FFF);
}

#[test]
fn defaults_are_followed_by_init() {
    let mut bench = Bench::classic();
    bench.driver.defaults().wait(&mut bench.clock).unwrap();
    assert!(bench.is_safe());
    bench.start().unwrap();
}

#[test]
fn an_engine_that_does_not_acknowledge_is_made_to() {
    let mut bench = Bench::with(KINDS[0], Config::new(), 64);
    bench.engine.device().set(0x9F, Some(SsiValue::Byte(0)));
    bench.init().unwrap();
    assert!(bench.is_safe());
    assert!(bench.now() < Instant::ZERO + SECOND);
}

#[test]
fn an_engine_without_packets_is_refused_and_one_without_the_rest_is_not() {
    let mut bench = Bench::with(KINDS[0], Config::new(), 64);
    bench.engine.device().set(0xEE, None);
    let missing = Fault::Missing(Parameter::PACKETS);
    assert_eq!(bench.init(), Err(CallError::Device(reader::Fault::Engine(missing))));
    assert_eq!(bench.start(), Err(CallError::Device(reader::Fault::NotInitialised)));
    let mut bench = Bench::with(KINDS[0], Config::new(), 64);
    bench.engine.device().set(334, None);
    bench.engine.device().set(0xEB, None);
    bench.init().unwrap();
}

#[test]
fn a_cordless_engine_is_told_that_the_host_is_there() {
    let mut bench = Bench::with(KINDS[1], Config::new().announce(true), 64);
    bench.init().unwrap();
    assert_eq!(bench.engine.device().heard()[..2], [0x90, 0x96]);
    assert_eq!(bench.engine.device().transmit_errors(), 0);
}

#[test]
fn a_late_or_lost_reply_is_waited_for_and_a_stale_one_is_of_no_command() {
    let late = Duration::from_millis(2_500);
    for fault in [Line::Late(late), Line::Silence, Line::WrongCheck, Line::Repeated] {
        for nth in 0..6 {
            let mut bench = Bench::with(KINDS[0], Config::new(), 64);
            (0..nth).for_each(|_| bench.engine.device().outbox.inject(Line::Noise(vec![])));
            bench.engine.device().outbox.inject(fault.clone());
            bench.init().unwrap();
            bench.start().unwrap();
            assert!(bench.engine.device().is_looking(), "{fault:?} {nth}");
            bench.present(CODE);
            assert_eq!(bench.scan().unwrap(), CODE);
            assert!(bench.now() < Instant::ZERO + Duration::from_secs(8));
        }
    }
}

#[test]
fn a_dead_engine_is_a_timeout_and_a_pulled_cable_an_error_of_the_port() {
    let mut clock = VirtualClock::new();
    let mut driver: Ssi<_> =
        Ssi::new(Simulated::new(Babbler::new(&[])).port(clock.clone()), Config::new());
    let result = driver.init().wait(&mut clock);
    assert_eq!(result, Err(CallError::Device(reader::Fault::NoReply)));
    assert!(Clock::now(&mut clock) < Instant::ZERO + Duration::from_millis(6_200));

    let mut bench = Bench::classic();
    bench.engine.unplug();
    assert_eq!(bench.start(), Err(CallError::Port(Unplugged)));
    bench.engine.plug();
    bench.start().unwrap();
}

#[test]
fn a_code_that_breaks_off_is_said_and_the_next_is_read() {
    for kind in KINDS {
        let mut bench = Bench::looking(kind);
        bench.present(&[b'A'; 600]);
        bench.engine.device().die_after(1);
        let spoilt = bench.read(Duration::from_secs(9)).unwrap_err();
        assert_eq!(spoilt.kind(), ErrorKind::Retry, "{spoilt:?}");
        bench.start().unwrap();
        bench.present(CODE);
        assert_eq!(bench.scan().unwrap(), CODE);
    }
}

#[test]
fn codes_do_not_show_in_debug() {
    let mut bench = Bench::classic();
    bench.present(b"134567890123456789");
    bench.driver.scan(SECOND).wait(&mut bench.clock).unwrap();
    let shown = format!("{:?}", bench.driver);
    assert!(!shown.contains("1345") && !shown.contains("49, 51, 52, 53"), "{shown}");
}
