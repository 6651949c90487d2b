//! The drivers that share a reader, each against a simulated engine with a
//! decoder of its own, in one table.

mod scan_support;

use std::fmt::Debug;

use embedded_pos::port::{CallError, Clock, Duration, Instant};
use embedded_pos::scan::engine::dialect::{Framing, Identifier, Reason, Refusal};
use embedded_pos::scan::engine::reader::{Fault, Language, Reader};
use embedded_pos::scan::engine::{datalogic, de2120, honeywell, line, m3y, newland};
use embedded_pos::scan::{Encoding, Mode, Scan, Signals, Symbologies};
use embedded_pos::sim::scanner::{
    DatalogicModule, De2120Module, Dialect, Engine, LineModule, M3yModule, MenuModule,
    NewlandModule,
};
use embedded_pos::sim::{Fault as Line, SimPort, Simulated, Unplugged, VirtualClock};
use embedded_pos::{Error, ErrorKind, nb};
use proptest::prelude::*;
use scan_support::Babbler;

const CODE: &[u8] = b"6901234567892";
const SECOND: Duration = Duration::from_secs(1);
/// Room for the longest code of an M3Y-W.
const ROOM: usize = 2070;

/// What went wrong, whatever the engine.
#[derive(Clone, Debug, Eq, PartialEq)]
struct Failure {
    kind: ErrorKind,
    text: String,
}

/// A driver and its simulated engine.
trait Bench {
    fn init(&mut self) -> Result<(), Failure>;
    fn start(&mut self) -> Result<(), Failure>;
    fn stop(&mut self) -> Result<(), Failure>;
    fn scan(&mut self, within: Duration) -> Result<(Vec<u8>, Scan), Failure>;
    /// Polls once.
    fn poll(&mut self) -> Option<(Vec<u8>, Scan)>;
    /// Polls a call so often, a millisecond apart, and drops it.
    fn drop_init_after(&mut self, polls: usize);
    fn drop_start_after(&mut self, polls: usize);
    fn missed(&self) -> u32;
    fn present(&mut self, code: &[u8]);
    fn interrupt(&mut self, at: usize, code: &[u8]);
    fn inject(&mut self, fault: Line);
    fn power_cycle(&mut self);
    fn harm(&self) -> u32;
    fn obeyed(&self) -> u32;
    fn is_looking(&self) -> bool;
    fn pause(&mut self, length: Duration);
    fn now(&self) -> Instant;
}

struct Rig<L: Language, D> {
    driver: Reader<SimPort<Engine<D>, VirtualClock>, L, ROOM>,
    module: Simulated<Engine<D>>,
    clock: VirtualClock,
}

impl<L: Language, D: Dialect> Rig<L, D> {
    fn new(language: L, engine: Engine<D>, chunk: usize) -> Self {
        let module = Simulated::new(engine);
        let clock = VirtualClock::new();
        let driver = Reader::speaking(module.port(clock.clone()).chunked(chunk), language);
        Self { driver, module, clock }
    }
}

fn failure<F: Error + Debug>(error: CallError<Fault<F>, Unplugged>) -> Failure {
    Failure { kind: error.kind(), text: error.to_string() }
}

macro_rules! dropped {
    ($self:ident, $call:ident, $polls:ident) => {
        let mut call = $self.driver.$call();
        for _ in 0..$polls {
            if !matches!(call.poll($self.clock.now()), Err(nb::Error::WouldBlock)) {
                break;
            }
            $self.clock.advance(Duration::from_millis(1));
        }
    };
}

impl<L: Language, D: Dialect> Bench for Rig<L, D> {
    fn init(&mut self) -> Result<(), Failure> {
        self.driver.init().wait(&mut self.clock).map_err(failure)
    }

    fn start(&mut self) -> Result<(), Failure> {
        self.driver.start().wait(&mut self.clock).map_err(failure)
    }

    fn stop(&mut self) -> Result<(), Failure> {
        self.driver.stop().wait(&mut self.clock).map_err(failure)
    }

    fn scan(&mut self, within: Duration) -> Result<(Vec<u8>, Scan), Failure> {
        let scan = self.driver.scan(within).wait(&mut self.clock).map_err(failure)?;
        let payload = self.driver.payload().unwrap().1.to_vec();
        self.driver.forget();
        Ok((payload, scan))
    }

    fn poll(&mut self) -> Option<(Vec<u8>, Scan)> {
        let scan = self.driver.scan(SECOND).poll(self.clock.now()).ok()?;
        Some((self.driver.payload()?.1.to_vec(), scan))
    }

    fn drop_init_after(&mut self, polls: usize) {
        dropped!(self, init, polls);
    }

    fn drop_start_after(&mut self, polls: usize) {
        dropped!(self, start, polls);
    }

    fn missed(&self) -> u32 {
        self.driver.missed()
    }

    fn present(&mut self, code: &[u8]) {
        self.module.device().present(code, *b"Q1");
    }

    fn interrupt(&mut self, at: usize, code: &[u8]) {
        self.module.device().interrupt(at, code, *b"Q1");
    }

    fn inject(&mut self, fault: Line) {
        self.module.device().outbox.inject(fault);
    }

    fn power_cycle(&mut self) {
        self.module.device().power_cycle();
    }

    fn harm(&self) -> u32 {
        self.module.device().harm()
    }

    fn obeyed(&self) -> u32 {
        self.module.device().obeyed()
    }

    fn is_looking(&self) -> bool {
        self.module.device().is_looking()
    }

    fn pause(&mut self, length: Duration) {
        self.clock.advance(length);
    }

    fn now(&self) -> Instant {
        self.clock.clone().now()
    }
}

/// What is known of an engine for the tests.
struct Case {
    name: &'static str,
    /// A length comes before codes.
    has_length: bool,
    /// A check comes behind them.
    has_check: bool,
    /// Commands are answered.
    answers: bool,
    /// A command stops it from looking.
    stops: bool,
    says_symbology: bool,
    make: fn(usize) -> Box<dyn Bench>,
}

const CR_THEN_SILENCE: Framing = Framing::ending(b"\r").then_silence();

/// An engine that only sends: no length, no check, no answers.
fn case(name: &'static str, make: fn(usize) -> Box<dyn Bench>) -> Case {
    let (has_length, has_check, answers) = (false, false, false);
    Case { name, has_length, has_check, answers, stops: false, says_symbology: false, make }
}

impl Case {
    fn answering(self) -> Self {
        Self { answers: true, stops: true, ..self }
    }

    fn with_symbology(self) -> Self {
        Self { says_symbology: true, ..self }
    }

    fn with_length(self) -> Self {
        Self { has_length: true, ..self }
    }

    fn with_check(self) -> Self {
        Self { has_length: true, has_check: true, ..self }
    }
}

fn rig<L: Language + 'static, D: Dialect + 'static>(
    language: L,
    engine: Engine<D>,
    chunk: usize,
) -> Box<dyn Bench> {
    Box::new(Rig::new(language, engine, chunk))
}

fn newland(config: newland::Config, engine: fn() -> NewlandModule, chunk: usize) -> Box<dyn Bench> {
    rig(newland::Unified::new(config), engine(), chunk)
}

fn datalogic(
    make: datalogic::Make,
    engine: fn() -> DatalogicModule,
    chunk: usize,
) -> Box<dyn Bench> {
    let config = datalogic::Config::new().framing(CR_THEN_SILENCE).make(make);
    rig(datalogic::HostBytes::new(config), engine(), chunk)
}

fn cases() -> Vec<Case> {
    vec![
        case("de2120", |chunk| {
            rig(de2120::CaretCommands::new(de2120::Config::new()), De2120Module::new(), chunk)
        })
        .answering()
        .with_symbology(),
        case("honeywell", |chunk| {
            rig(honeywell::SerialMenu::new(honeywell::Config::default()), MenuModule::new(), chunk)
        })
        .answering()
        .with_symbology()
        .with_length(),
        case("canmax", |chunk| {
            let config = honeywell::Config::new(honeywell::Make::Canmax);
            rig(honeywell::SerialMenu::new(config), MenuModule::clone_of_the_menu(), chunk)
        })
        .answering(),
        case("newland", |chunk| newland(newland::Config::new(), NewlandModule::new, chunk))
            .answering()
            .with_symbology(),
        case("newland packed", |chunk| {
            newland(newland::Config::new().packed(0), NewlandModule::new, chunk)
        })
        .answering()
        .with_symbology()
        .with_check(),
        case("newland nls", |chunk| newland(newland::Config::nls(), NewlandModule::older, chunk))
            .answering()
            .with_symbology()
            .with_check(),
        Case {
            stops: true,
            ..case("datalogic", |chunk| {
                datalogic(datalogic::Make::Datalogic, DatalogicModule::new, chunk)
            })
        },
        Case {
            stops: true,
            ..case("cipherlab", |chunk| {
                datalogic(datalogic::Make::CipherLab, DatalogicModule::cipherlab, chunk)
            })
        },
        case("m3y", |chunk| rig(m3y::BccFrames::new(m3y::Config::new()), M3yModule::new(), chunk))
            .answering()
            .with_check(),
        case("line", |chunk| {
            let language = line::Line::new(line::Config::new(CR_THEN_SILENCE));
            rig(language, LineModule::new(b"", b"\r"), chunk)
        }),
    ]
}

/// An engine that is initialised and looks for codes.
fn looking(case: &Case, chunk: usize) -> Box<dyn Bench> {
    let mut bench = (case.make)(chunk);
    bench.init().unwrap_or_else(|error| panic!("{}: {error:?}", case.name));
    bench.start().unwrap_or_else(|error| panic!("{}: {error:?}", case.name));
    bench
}

fn read(bench: &mut dyn Bench, code: &[u8]) -> Result<(Vec<u8>, Scan), Failure> {
    bench.start()?;
    bench.present(code);
    bench.scan(SECOND)
}

#[test]
fn payloads_are_bytes_whatever_they_are() {
    // The last but one is GBK: 津A12345.
    let payloads: [&[u8]; 9] = [
        b"7",
        b"\0",
        b"a\0b\rc\nd\r",
        b"\x06\x15\x05\x06",
        b"\x02\x010000@SCNMOD0\x06;\x03",
        b"\x5A\x02\0\x03abc\x63\xA5",
        &[0xFF; 250],
        b"\xBD\xF2A12345",
        "津A12345".as_bytes(),
    ];
    for case in cases() {
        for chunk in [1, 2, 3, 5, 64] {
            let mut bench = looking(&case, chunk);
            for payload in payloads {
                let (read, scan) = read(&mut *bench, payload).unwrap();
                assert_eq!(read, payload, "{} {chunk}", case.name);
                assert!(!scan.truncated, "{} {payload:?}", case.name);
                assert_eq!(scan.symbology, case.says_symbology.then_some(*b"Q1"), "{}", case.name);
            }
            assert_eq!((bench.harm(), bench.missed()), (0, 0), "{}", case.name);
        }
    }
}

#[test]
fn codes_are_as_long_as_there_is_room_and_longer_ones_are_marked() {
    for case in cases() {
        for chunk in [7, 64] {
            let mut bench = looking(&case, chunk);
            let whole = vec![b'a'; ROOM];
            assert_eq!(read(&mut *bench, &whole).unwrap().0, whole, "{}", case.name);
            if case.name == "m3y" {
                continue;
            }
            let long = vec![b'b'; ROOM + 900];
            let (read_, scan) = read(&mut *bench, &long).unwrap();
            assert!(scan.truncated && long.starts_with(&read_), "{}", case.name);
            assert_eq!(read(&mut *bench, CODE).unwrap().0, CODE, "{}", case.name);
        }
    }
}

#[test]
fn start_and_stop_are_obeyed() {
    for case in cases() {
        let mut bench = (case.make)(64);
        bench.init().unwrap();
        bench.present(CODE);
        assert_eq!(bench.scan(SECOND).unwrap_err().kind, ErrorKind::Absent, "{}", case.name);
        bench.start().unwrap();
        if !case.stops {
            bench.present(CODE);
        }
        assert_eq!(bench.scan(SECOND).unwrap().0, CODE, "{}", case.name);
        bench.start().unwrap();
        assert!(bench.is_looking(), "{}", case.name);
        bench.stop().unwrap();
        assert!(!(case.stops && bench.is_looking()), "{}", case.name);
        bench.present(b"not wanted");
        assert_eq!(bench.scan(SECOND).unwrap_err().kind, ErrorKind::Absent, "{}", case.name);
    }
}

#[test]
fn nothing_is_done_before_init() {
    for case in cases() {
        let mut bench = (case.make)(64);
        for error in [bench.start().unwrap_err(), bench.scan(SECOND).unwrap_err()] {
            assert_eq!(error.kind, ErrorKind::Argument, "{}", case.name);
        }
    }
}

/// The faults of the line that are tried in every reply.
fn faults() -> Vec<Line> {
    vec![
        Line::WrongCheck,
        Line::Late(Duration::from_millis(300)),
        Line::Late(Duration::from_millis(900)),
        Line::Late(Duration::from_millis(1_900)),
        Line::Silence,
        Line::Noise(vec![0x02]),
        Line::Noise(vec![0x5A]),
        Line::Noise(vec![0x16, 0xFE]),
        Line::Noise(vec![0x02, 0x00, 0x00]),
        Line::Noise(vec![0x5A, 0x02, 0x00]),
        Line::Noise(b"garbage".to_vec()),
        Line::LostByte(0),
        Line::LostByte(1),
        Line::LostByte(6),
        Line::DoubledByte(0),
        Line::DoubledByte(3),
        Line::Flipped(0, 0x20),
        Line::Flipped(4, 0x80),
        Line::Repeated,
    ]
}

/// Each fault in each reply of init and start: what follows is a code read
/// right, and nothing that harms the engine was said. Where a reply is one byte
/// an error of the line may be told instead, and trying again then helps.
#[test]
fn every_line_fault_in_every_reply_is_survived() {
    for case in cases().iter().filter(|case| case.answers) {
        for fault in faults() {
            // Where there is no length, noise right before a code is part of it:
            // only replies are harmed.
            let replies = match case.name {
                "de2120" => 5,
                "canmax" => 3,
                _ => 16,
            };
            for reply in 0..replies {
                let mut bench = (case.make)(64);
                (0..reply).for_each(|_| bench.inject(Line::Flipped(99, 0)));
                bench.inject(fault.clone());
                let begun = bench.init().and_then(|()| bench.start());
                let told = format!("{}: {fault:?} in reply {reply}: {begun:?}", case.name);
                if begun.is_err() {
                    bench.pause(Duration::from_secs(3));
                    // What is left of it comes, and is not taken for a code.
                    let left = bench.init().and_then(|()| bench.start());
                    assert!(left.is_ok(), "{told} {left:?}");
                }
                bench.pause(Duration::from_secs(3));
                // What is left of a garbled reply may have been told as a code
                // that broke off, and is over now.
                let first = read(&mut *bench, CODE);
                let found =
                    first.or_else(|_| bench.scan(SECOND)).or_else(|_| read(&mut *bench, CODE));
                let found = found.map(|(payload, _)| payload);
                assert_eq!(found.as_deref(), Ok(CODE), "{told}");
                assert_eq!(bench.harm(), 0, "{told}");
            }
        }
    }
}

/// What is lost or changed of a code on the line is told, or, where the engine
/// sends neither length nor check, is in the payload; the next code is whole.
#[test]
fn a_code_that_suffers_on_the_line_is_never_another_silently() {
    for case in cases() {
        for chunk in [1, 64] {
            for byte in 0..40 {
                for fault in [Line::LostByte(byte), Line::Flipped(byte, 0x04)] {
                    let mut bench = looking(&case, chunk);
                    bench.inject(fault.clone());
                    bench.present(CODE);
                    let is_flip = matches!(fault, Line::Flipped(..));
                    let checked = case.has_check || case.has_length && !is_flip;
                    match bench.scan(SECOND) {
                        Ok((payload, scan)) if checked && !scan.truncated => {
                            assert_eq!(payload, CODE, "{}: {fault:?}", case.name);
                        }
                        Ok(_) => {}
                        Err(error) => assert!(
                            matches!(error.kind, ErrorKind::Retry | ErrorKind::Absent),
                            "{}: {fault:?}: {error:?}",
                            case.name
                        ),
                    }
                    bench.pause(SECOND);
                    let _ = bench.scan(Duration::from_millis(1));
                    let again = read(&mut *bench, b"another").unwrap();
                    assert_eq!(again.0, b"another", "{}: {fault:?}", case.name);
                }
            }
        }
    }
}

#[test]
fn a_code_in_the_middle_of_a_reply_is_delivered_and_so_is_the_reply() {
    for case in cases().iter().filter(|case| case.answers) {
        for chunk in [1, 2, 64] {
            // Without lengths, only before and behind: in between it is not
            // known to be what.
            let places: &[usize] = if case.has_length { &[0, 1, 2, 5, 8, 99] } else { &[0, 99] };
            for at in places {
                let mut bench = looking(case, chunk);
                bench.interrupt(*at, b"\x06 a code \x15");
                bench.stop().unwrap_or_else(|error| panic!("{} {at}: {error:?}", case.name));
                let code = if case.name == "honeywell" || case.name == "canmax" {
                    // SYN U is not answered; what follows is.
                    bench.start().unwrap();
                    bench.scan(SECOND)
                } else if case.name == "newland nls" {
                    bench.start().unwrap();
                    bench.scan(SECOND)
                } else {
                    bench.scan(SECOND)
                };
                let code = code.unwrap_or_else(|error| panic!("{} {at}: {error:?}", case.name));
                assert_eq!(code.0, b"\x06 a code \x15", "{} {at} {chunk}", case.name);
                assert_eq!(bench.missed(), 0);
            }
        }
    }
}

#[test]
fn a_call_dropped_at_any_moment_does_no_harm() {
    for case in cases() {
        for chunk in [1, 64] {
            for polls in 0..60 {
                let mut bench = (case.make)(chunk);
                bench.drop_init_after(polls);
                bench.init().unwrap_or_else(|error| panic!("{} {polls}: {error:?}", case.name));
                bench.drop_start_after(polls % 20);
                let (payload, _) = read(&mut *bench, CODE)
                    .unwrap_or_else(|error| panic!("{} {polls}: {error:?}", case.name));
                assert_eq!(payload, CODE, "{} {polls}", case.name);
                assert_eq!(bench.harm(), 0);
            }
        }
    }
}

#[test]
fn the_same_code_is_not_told_twice_within_the_time() {
    for case in cases() {
        let mut bench = looking(&case, 64);
        assert_eq!(read(&mut *bench, CODE).unwrap().0, CODE);
        assert_eq!(read(&mut *bench, CODE).unwrap_err().kind, ErrorKind::Absent, "{}", case.name);
        assert_eq!(read(&mut *bench, b"other").unwrap().0, b"other");
        bench.pause(Duration::from_secs(4));
        assert_eq!(read(&mut *bench, CODE).unwrap().0, CODE, "{}", case.name);
        assert_eq!(bench.missed(), 0);
    }
}

/// What comes between two polls waits in the port, and is no silence.
#[test]
fn who_polls_seldom_gets_codes_whole() {
    for case in cases() {
        let mut bench = looking(&case, 3);
        bench.present(&[b'a'; 200]);
        let mut read = None;
        for _ in 0..60 {
            bench.pause(Duration::from_millis(50));
            if let Some((payload, scan)) = bench.poll() {
                read = Some((payload, scan.truncated));
                break;
            }
        }
        assert_eq!(read, Some((vec![b'a'; 200], false)), "{}", case.name);
    }
}

#[test]
fn start_puts_right_what_power_took() {
    for case in cases() {
        let mut bench = looking(&case, 64);
        bench.power_cycle();
        bench.pause(SECOND);
        let (payload, scan) = read(&mut *bench, b"after the power\r\0").unwrap();
        assert_eq!(payload, b"after the power\r\0", "{}", case.name);
        assert_eq!(scan.symbology.is_some(), case.says_symbology, "{}", case.name);
    }
}

/// Printed setup codes of each engine that can be told to obey none.
#[test]
fn setup_codes_are_payload_once_they_are_locked_out() {
    for case in cases() {
        let code: &[u8] = match case.name {
            "newland" | "newland packed" | "newland nls" => b"@232BAD3",
            "m3y" => b"S_CMD_H3BR57600",
            _ => continue,
        };
        let mut bench = looking(&case, 64);
        let (payload, _) = read(&mut *bench, code).unwrap();
        assert_eq!((payload.as_slice(), bench.obeyed()), (code, 0), "{}", case.name);
    }
}

#[test]
fn a_dead_engine_is_a_timeout() {
    for case in cases().iter().filter(|case| case.answers) {
        let mut bench = (case.make)(64);
        (0..9).for_each(|_| bench.inject(Line::Silence));
        let error = bench.init().unwrap_err();
        assert_eq!((error.kind, error.text.as_str()), (ErrorKind::Timeout, "no reply"));
        assert!(bench.now() < Instant::ZERO + Duration::from_secs(4), "{}", case.name);
    }
}

// What is each engine's own.

type Wire<D> = SimPort<Engine<D>, VirtualClock>;

fn wired<D: Dialect>(engine: Engine<D>) -> (Simulated<Engine<D>>, Wire<D>, VirtualClock) {
    let (module, clock) = (Simulated::new(engine), VirtualClock::new());
    (module.clone(), module.port(clock.clone()), clock)
}

/// The Arduino library types `POR` for the sensitivity, which takes the module
/// off the line, and `ODCENA` to switch matrix codes off.
#[test]
fn de2120_settings_have_the_names_of_its_manual_and_none_loses_the_line() {
    use de2120::{Area, De2120, Look, Sensitivity, Setting};
    let (module, port, mut clock) = wired(De2120Module::new());
    let mut driver = De2120::new(port, de2120::Config::new());
    driver.init().wait(&mut clock).unwrap();
    let mut settings = vec![];
    for on in [true, false] {
        settings.extend([Setting::CodeIds(on), Setting::Light(on), Setting::Aim(on)]);
        settings.extend([Setting::Mirrored(on), Setting::CodeBeep(on), Setting::PowerBeep(on)]);
        settings.extend([Setting::Linear(on), Setting::Matrix(on)]);
        settings.extend(Setting::FAMILIES.iter().map(|family| Setting::Family(*family, on)));
    }
    settings.extend([Look::Continuous, Look::Motion, Look::Manual].map(Setting::Look));
    settings.extend(
        [Encoding::Gbk, Encoding::Utf8, Encoding::Utf16Be, Encoding::Utf16Le]
            .map(Setting::Encoding),
    );
    settings.extend(
        [Area::Full, Area::Percent80, Area::Percent60, Area::Percent40, Area::Percent20]
            .map(Setting::Area),
    );
    for setting in settings {
        driver.set(setting).wait(&mut clock).unwrap_or_else(|error| panic!("{setting:?} {error}"));
    }
    for (sensitivity, value) in [
        (Sensitivity::Highest, "15"),
        (Sensitivity::High, "20"),
        (Sensitivity::Higher, "30"),
        (Sensitivity::Medium, "50"),
        (Sensitivity::Low, "100"),
    ] {
        driver.set(Setting::Sensitivity(sensitivity)).wait(&mut clock).unwrap();
        assert_eq!(module.device().dialect.setting("MDTTHR"), Some(value));
    }
    assert_eq!(module.device().dialect.setting("AQR"), Some("DIS"));
    assert_eq!(module.device().dialect.setting("POR"), None);
    assert_eq!(module.device().harm(), 0);
}

#[test]
fn de2120_signs_inside_a_code_are_no_reply_while_one_is_awaited() {
    use de2120::De2120;
    for chunk in [1, 2, 64] {
        let (module, port, mut clock) = wired(De2120Module::new());
        let mut driver = De2120::new(port.chunked(chunk), de2120::Config::new());
        driver.init().wait(&mut clock).unwrap();
        // A code before the reply; the reply is a NAK all the same.
        module.device().interrupt(0, b"\x06a\x15b\r\x06c", *b"Q1");
        module.device().outbox.inject(Line::Flipped(9, 0x13));
        let refused = Refusal { command: *b"LAMENA", reason: Reason::OutOfRange };
        let set = driver.set(de2120::Setting::Light(true)).wait(&mut clock);
        assert_eq!(set, Err(CallError::Device(Fault::Engine(refused))), "{chunk}");
        assert_eq!(refused.to_string(), "the engine does not take this value for LAMENA");
        driver.scan(SECOND).wait(&mut clock).unwrap();
        assert_eq!(driver.payload().unwrap().1, b"\x06a\x15b\r\x06c", "{chunk}");
    }
}

/// The library writes behind its buffer when the CR comes as its last byte.
#[test]
fn de2120_codes_may_end_where_the_room_ends() {
    for len in [63, 64, 65] {
        let (module, port, mut clock) = wired(De2120Module::new());
        let language = de2120::CaretCommands::new(de2120::Config::new());
        let mut driver = Reader::<_, _, 64>::speaking(port, language);
        driver.init().wait(&mut clock).unwrap();
        driver.start().wait(&mut clock).unwrap();
        module.device().present(&vec![b'x'; len], *b"C0");
        let scan = driver.scan(SECOND).wait(&mut clock).unwrap();
        assert_eq!((scan.len, scan.truncated), (len.min(64), len > 64));
    }
}

#[test]
fn a_letter_that_is_on_no_list_stays_and_the_code_is_marked() {
    let (module, port, mut clock) = wired(De2120Module::new());
    let mut driver = de2120::De2120::new(port, de2120::Config::new());
    driver.init().wait(&mut clock).unwrap();
    driver.start().wait(&mut clock).unwrap();
    module.device().present(b"code", *b"Z9");
    let scan = driver.scan(SECOND).wait(&mut clock).unwrap();
    assert_eq!((scan.symbology, scan.truncated), (None, true));
    assert_eq!(driver.payload().unwrap().1, b"?code");
}

#[test]
fn de2120_encodings_are_set_and_said() {
    let (module, port, mut clock) = wired(De2120Module::new());
    let config = de2120::Config::new().encoding(Encoding::Utf8).code_ids(false);
    let mut driver = de2120::De2120::new(port, config);
    driver.init().wait(&mut clock).unwrap();
    assert_eq!(module.device().dialect.setting("232UTF"), Some("1"));
    driver.start().wait(&mut clock).unwrap();
    module.device().present("津A12345".as_bytes(), *b"Q1");
    let scan = driver.scan(SECOND).wait(&mut clock).unwrap();
    assert_eq!((scan.encoding, scan.symbology), (Encoding::Utf8, None));
}

#[test]
fn jobs_reach_the_settings_they_are_about() {
    let (module, port, mut clock) = wired(De2120Module::new());
    let mut driver = de2120::De2120::new(port, de2120::Config::new());
    driver.init().wait(&mut clock).unwrap();
    driver.set_symbologies(Symbologies::QR | Symbologies::EAN_UPC).wait(&mut clock).unwrap();
    driver.signal(Signals::AIM | Signals::ILLUMINATION, false).wait(&mut clock).unwrap();
    driver.set_mode(Mode::Presentation).wait(&mut clock).unwrap();
    let beeper = driver.signal(Signals::BEEPER, true).wait(&mut clock);
    assert_eq!(beeper, Err(CallError::Device(Fault::Unsupported)));
    for (name, value) in
        [("QRCENA", "1"), ("E13ENA", "1"), ("128ENA", "0"), ("AIMENA", "0"), ("SCM", "MDH")]
    {
        assert_eq!(module.device().dialect.setting(name), Some(value), "{name}");
    }

    let (module, port, mut clock) = wired(MenuModule::new());
    let mut driver = honeywell::Honeywell::new(port, honeywell::Config::default());
    driver.init().wait(&mut clock).unwrap();
    driver.set_symbologies(Symbologies::PDF417).wait(&mut clock).unwrap();
    let signals = Signals::AIM | Signals::ILLUMINATION | Signals::BEEPER;
    driver.signal(signals, true).wait(&mut clock).unwrap();
    driver.signal(Signals::ILLUMINATION, false).wait(&mut clock).unwrap();
    for (name, value) in [("PDFENA", 1), ("QRCENA", 0), ("SCNAIM", 2), ("SCNLED", 0)] {
        assert_eq!(module.device().dialect.setting(name), Some(value), "{name}");
    }
    assert_eq!(module.device().dialect.kept("QRCENA"), Some(1), "flash is not worn");
    assert_eq!(module.device().dialect.kept("DECHDR"), Some(0), "flash is not worn");

    let (module, port, mut clock) = wired(NewlandModule::new());
    let mut driver = newland::Newland::new(port, newland::Config::new());
    driver.init().wait(&mut clock).unwrap();
    driver.set_symbologies(Symbologies::QR).wait(&mut clock).unwrap();
    driver.signal(Signals::AIM, false).wait(&mut clock).unwrap();
    driver.set_mode(Mode::Presentation).wait(&mut clock).unwrap();
    for (name, value) in [("QRCENA", "1"), ("128ENA", "0"), ("AMLENA", "0"), ("SCNMOD", "2")] {
        assert_eq!(module.device().dialect.setting(name), Some(value), "{name}");
    }
    assert_eq!(module.device().dialect.kept("SETUPN"), Some("1"), "flash is not worn");

    let (module, port, mut clock) = wired(DatalogicModule::cipherlab());
    let config = datalogic::Config::new().make(datalogic::Make::CipherLab);
    let mut driver = datalogic::Datalogic::new(port, config);
    driver.init().wait(&mut clock).unwrap();
    driver.signal(Signals::BEEPER, true).wait(&mut clock).unwrap();
    driver.say(datalogic::Command::Halt).wait(&mut clock).unwrap();
    driver.say(datalogic::Command::Resume).wait(&mut clock).unwrap();
    driver.say(datalogic::Command::Reset).wait(&mut clock).unwrap();
    assert_eq!(module.device().dialect.beeps(), 1);
    assert_eq!(module.device().harm(), 0);
}

#[test]
fn honeywell_questions_have_values_and_refusals_have_names() {
    use honeywell::{Honeywell, Question, Setting, Storage};
    let (module, port, mut clock) = wired(MenuModule::new());
    let mut driver = Honeywell::new(port, honeywell::Config::default());
    driver.init().wait(&mut clock).unwrap();
    for (question, value) in
        [(Question::Now, &b"0"[..]), (Question::Default, b"3"), (Question::Range, b"0-9")]
    {
        let answer = driver.ask(Setting::Trigger, question).wait(&mut clock).unwrap();
        assert_eq!(answer.as_slice(), value);
    }
    let refused = Refusal { command: *b"SCNLED", reason: Reason::OutOfRange };
    let set = driver.set(Setting::Light, 7, Storage::Volatile).wait(&mut clock);
    assert_eq!(set, Err(CallError::Device(Fault::Engine(refused))));
    driver.set(Setting::Light, 0, Storage::Permanent).wait(&mut clock).unwrap();
    assert_eq!(module.device().dialect.kept("SCNLED"), Some(0));

    let (_, port, mut clock) = wired(MenuModule::clone_of_the_menu());
    let mut driver = Honeywell::new(port, honeywell::Config::default());
    let refused = Refusal { command: *b"DECHDR", reason: Reason::NotKnown };
    let init = driver.init().wait(&mut clock);
    assert_eq!(init, Err(CallError::Device(Fault::Engine(refused))));
    assert_eq!(refused.kind(), ErrorKind::Unsupported);
}

/// A printed setup code that switches the header off is put right by the next
/// start.
#[test]
fn honeywell_header_is_said_again_at_each_start() {
    let (module, port, mut clock) = wired(MenuModule::new());
    let mut driver = honeywell::Honeywell::new(port, honeywell::Config::default());
    driver.init().wait(&mut clock).unwrap();
    for hostile in [&b"DECHDR0."[..], b"TRGMOD3."] {
        driver.start().wait(&mut clock).unwrap();
        module.device().present(hostile, *b"C0");
        let nothing = driver.scan(SECOND).wait(&mut clock);
        assert_eq!(nothing, Err(CallError::Device(Fault::NoCode)));
    }
    assert_eq!(module.device().obeyed(), 2, "nothing can stop that");
    driver.start().wait(&mut clock).unwrap();
    module.device().present(b"a\rb", *b"Q1");
    driver.scan(SECOND).wait(&mut clock).unwrap();
    assert_eq!(driver.payload().unwrap().1, b"a\rb");
}

#[test]
fn a_late_reply_to_another_command_is_not_taken() {
    use honeywell::{Honeywell, Question, Setting};
    for fault in [Line::Late(Duration::from_millis(450)), Line::Repeated] {
        let (module, port, mut clock) = wired(MenuModule::new());
        let mut driver = Honeywell::new(port, honeywell::Config::default());
        driver.init().wait(&mut clock).unwrap();
        module.device().outbox.inject(fault);
        {
            // Given up before it is answered.
            let mut call = driver.ask(Setting::Light, Question::Now);
            for _ in 0..50 {
                let _ = call.poll(clock.now());
                clock.advance(Duration::from_micros(100));
            }
        }
        let answer = driver.ask(Setting::Aimer, Question::Now).wait(&mut clock).unwrap();
        assert_eq!(answer.as_slice(), b"2");
    }
    use newland::Newland;
    let (module, port, mut clock) = wired(NewlandModule::new());
    let mut driver = Newland::new(port, newland::Config::new());
    driver.init().wait(&mut clock).unwrap();
    module.device().outbox.inject(Line::Late(Duration::from_millis(500)));
    {
        let mut call = driver.ask(newland::Setting::ReadTime, newland::Question::Now);
        for _ in 0..50 {
            let _ = call.poll(clock.now());
            clock.advance(Duration::from_micros(100));
        }
    }
    let answer = driver.ask(newland::Setting::SameCode, newland::Question::Now);
    assert_eq!(answer.wait(&mut clock).unwrap().as_slice(), b"1000");
}

#[test]
fn newland_refusals_have_names_and_the_lock_is_not_given_up_silently() {
    use newland::{Newland, Question, Setting, Storage};
    let (_, port, mut clock) = wired(NewlandModule::without_lock());
    let mut driver = Newland::new(port, newland::Config::new());
    let refused = Refusal { command: *b"SETUPN", reason: Reason::NotKnown };
    let init = driver.init().wait(&mut clock);
    assert_eq!(init, Err(CallError::Device(Fault::Engine(refused))));

    let (_, port, mut clock) = wired(NewlandModule::without_lock());
    let mut driver = Newland::new(port, newland::Config::new().lock(false));
    driver.init().wait(&mut clock).unwrap();
    for (question, value) in
        [(Question::Now, &b"5000"[..]), (Question::Default, b"5000"), (Question::Range, b"0-60000")]
    {
        let answer = driver.ask(Setting::ReadTime, question).wait(&mut clock).unwrap();
        assert_eq!(answer.as_slice(), value);
    }
    let refused = Refusal { command: *b"ORTSET", reason: Reason::OutOfRange };
    let set = driver.set(Setting::ReadTime, 65_000, Storage::Temporary).wait(&mut clock);
    assert_eq!(set, Err(CallError::Device(Fault::Engine(refused))));
}

#[test]
fn newland_lengths_that_count_more_are_said_to_be_so() {
    // An engine that counts type and symbology: its codes are two bytes longer
    // by their length.
    for counts in 0..3 {
        let config = newland::Config::new().packed(counts);
        let (module, port, mut clock) = wired(NewlandModule::new());
        let mut driver = newland::Newland::new(port, config);
        driver.init().wait(&mut clock).unwrap();
        driver.start().wait(&mut clock).unwrap();
        module.device().present(b"a code", *b"Q1");
        let read = driver.scan(SECOND).wait(&mut clock);
        match counts {
            0 => assert!(read.is_ok()),
            _ => assert!(matches!(read, Err(CallError::Device(Fault::Spoilt { .. })))),
        }
    }
}

#[test]
fn m3y_says_its_version_and_a_no_has_its_status() {
    let (module, port, mut clock) = wired(M3yModule::new());
    let mut driver = m3y::M3y::new(port, m3y::Config::new());
    driver.init().wait(&mut clock).unwrap();
    assert!(!module.device().dialect.obeys_codes());
    assert_eq!(driver.version().wait(&mut clock).unwrap().as_slice(), b"V2.3.0.7\r\n");
    driver.signal(Signals::ILLUMINATION, true).wait(&mut clock).unwrap();
    assert!(module.device().dialect.has_light());
    assert_eq!(module.device().harm(), 0);
}

fn line_engine(
    framing: Framing,
    module: Engine<embedded_pos::sim::scanner::line::Between>,
) -> Rig<line::Line, embedded_pos::sim::scanner::line::Between> {
    let config = line::Config::new(framing).identifier(Identifier::Aim);
    let mut rig = Rig::new(line::Line::new(config.repeat(Duration::ZERO)), module, 64);
    rig.init().unwrap();
    rig.start().unwrap();
    rig
}

#[test]
fn lines_end_as_the_caller_says() {
    let (crlf, cr) = (Framing::ending(b"\r\n"), Framing::ending(b"\r"));
    // A CR alone is payload where both end a line.
    let mut rig = line_engine(crlf, LineModule::new(b"", b"\r\n").with_aim());
    rig.present(b"a\rb");
    let (payload, scan) = rig.scan(SECOND).unwrap();
    assert_eq!((payload.as_slice(), scan.symbology), (&b"a\rb"[..], Some(*b"Q1")));

    // One that ends wherever it stands cuts binary codes: that is what it says.
    let mut rig = line_engine(cr, LineModule::new(b"", b"\r"));
    rig.present(b"a\rb");
    assert_eq!(rig.scan(SECOND).unwrap().0, b"a");
    // The other part came while this one waited.
    assert_eq!(rig.missed(), 1);

    // Between STX and ETX, and noise outside.
    let framing = Framing::between(b"\x02", b"\x03");
    let mut rig = line_engine(framing, LineModule::new(b"\x02", b"\x03"));
    rig.inject(Line::Noise(b"noise".to_vec()));
    rig.present(b"a code");
    assert_eq!(rig.scan(SECOND).unwrap().0, b"a code");

    // Silence alone.
    let mut rig = line_engine(Framing::silence(), LineModule::new(b"", b"").with_aim());
    for code in [&b"]Cx"[..], b"\r\n\0", b"]", b"]C", b"7"] {
        rig.present(code);
        assert_eq!(rig.scan(SECOND).unwrap().0, code);
    }

    // What breaks off before its end is an error.
    let mut rig = line_engine(crlf, LineModule::new(b"", b"\r"));
    rig.present(b"a code");
    assert_eq!(rig.scan(SECOND).unwrap_err().kind, ErrorKind::Retry);
    assert_eq!(rig.harm(), 0, "nothing was ever sent");
}

#[test]
fn an_identifier_that_is_none_is_payload() {
    let mut rig = line_engine(CR_THEN_SILENCE, LineModule::new(b"", b"\r"));
    for code in [&b"]1x"[..], b"]C", b"]", b"]C\xFF"] {
        rig.present(code);
        let (payload, scan) = rig.scan(SECOND).unwrap();
        assert_eq!((payload.as_slice(), scan.symbology), (code, None));
    }
}

fn any_script() -> impl Strategy<Value = Vec<(u8, Vec<u8>)>> {
    let special =
        prop::sample::select(b"\x02\x5A\x16\xFE\x06\x15\x05]\r\n\x00\x01\x03\xA5!".to_vec());
    let bytes = prop_oneof![special, any::<u8>()];
    prop::collection::vec((any::<u8>(), prop::collection::vec(bytes, 0..60)), 0..30)
}

fn ends_in_time<L: Language>(language: L, script: &[(u8, Vec<u8>)], chunk: usize) {
    let device = Simulated::new(Babbler::new(script));
    let mut clock = VirtualClock::new();
    let port = device.port(clock.clone()).chunked(chunk);
    let mut driver = Reader::<_, L, 64>::speaking(port, language);
    let ready = driver.init().wait(&mut clock).is_ok();
    let _ = driver.start().wait(&mut clock);
    while ready && clock.now() < Instant::ZERO + Duration::from_secs(6) {
        let scan = driver.scan(SECOND).wait(&mut clock);
        assert!(scan.is_ok() || scan.is_err());
        driver.forget();
    }
    assert!(clock.now() < Instant::ZERO + Duration::from_secs(60));
}

/// The codes, and how many were missed.
fn codes_of<L: Language>(
    language: L,
    script: &[(u8, Vec<u8>)],
    chunk: usize,
) -> (Vec<String>, u32) {
    let device = Simulated::new(Babbler::new(script));
    let mut clock = VirtualClock::new();
    let port = device.port(clock.clone()).chunked(chunk);
    let mut driver = Reader::<_, L, 64>::speaking(port, language);
    if driver.init().wait(&mut clock).is_err() || driver.start().wait(&mut clock).is_err() {
        return (vec![], 0);
    }
    let mut codes = vec![];
    while clock.now() < Instant::ZERO + Duration::from_secs(4) {
        if let Ok(scan) = driver.scan(SECOND).wait(&mut clock) {
            codes.push(format!("{:?} {}", driver.payload().unwrap().1, scan.truncated));
        }
        driver.forget();
    }
    (codes, driver.missed())
}

/// The same bytes in other pieces at the same times are the same codes; how
/// many of them come while one waits, and are missed, is a matter of pieces.
fn assert_same((a, missed_a): (Vec<String>, u32), (b, missed_b): (Vec<String>, u32)) {
    assert_eq!(a.len() as u32 + missed_a, b.len() as u32 + missed_b);
    if missed_a == 0 && missed_b == 0 {
        assert_eq!(a, b);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn whatever_comes_it_ends_in_time(script in any_script(), chunk in 1_usize..65) {
        ends_in_time(de2120::CaretCommands::new(de2120::Config::new()), &script, chunk);
        ends_in_time(honeywell::SerialMenu::new(honeywell::Config::default()), &script, chunk);
        let canmax = honeywell::Config::new(honeywell::Make::Canmax);
        ends_in_time(honeywell::SerialMenu::new(canmax), &script, chunk);
        ends_in_time(newland::Unified::new(newland::Config::new()), &script, chunk);
        ends_in_time(newland::Unified::new(newland::Config::nls()), &script, chunk);
        ends_in_time(datalogic::HostBytes::new(datalogic::Config::new()), &script, chunk);
        ends_in_time(m3y::BccFrames::new(m3y::Config::new()), &script, chunk);
        for framing in [Framing::silence(), Framing::ending(b"\r\n"), CR_THEN_SILENCE,
                        Framing::between(b"\x02", b"\x03")] {
            let config = line::Config::new(framing).identifier(Identifier::Aim);
            ends_in_time(line::Line::new(config), &script, chunk);
        }
    }

    #[test]
    fn any_chunking_gives_the_same_codes(script in any_script(), chunk in 1_usize..65) {
        for framing in [Framing::silence(), Framing::ending(b"\r\n"), CR_THEN_SILENCE,
                        Framing::between(b"\x02", b"\x03")] {
            let config = line::Config::new(framing).identifier(Identifier::Aim);
            let whole = codes_of(line::Line::new(config), &script, 64);
            assert_same(codes_of(line::Line::new(config), &script, chunk), whole);
        }
        let config = datalogic::Config::new();
        let whole = codes_of(datalogic::HostBytes::new(config), &script, 64);
        assert_same(codes_of(datalogic::HostBytes::new(config), &script, chunk), whole);
    }

    #[test]
    fn whatever_is_in_a_code_comes_out(payload in prop::collection::vec(any::<u8>(), 1..300),
                                       chunk in 1_usize..65) {
        for case in cases().iter().filter(|case| case.has_length) {
            let mut bench = looking(case, chunk);
            prop_assert_eq!(&read(&mut *bench, &payload).unwrap().0, &payload);
        }
    }
}
