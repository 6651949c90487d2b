//! The suite for scanners, on each of the drivers that share a reader.

use embedded_pos::conformance::{Report, ScannerStimulus, scanner};
use embedded_pos::port::{Clocked, Duration};
use embedded_pos::scan::engine::dialect::Framing;
use embedded_pos::scan::engine::reader::{Language, Reader};
use embedded_pos::scan::engine::{datalogic, de2120, honeywell, line, m3y, newland};
use embedded_pos::scan::{AsyncScanner, Indicators, Mode, Modes, Scanner, Signals};
use embedded_pos::sim::scanner::{
    DatalogicModule, De2120Module, Dialect, Engine, LineModule, M3yModule, MenuModule,
    NewlandModule,
};
use embedded_pos::sim::{Simulated, VirtualClock, block_on};

struct Hand<D> {
    module: Simulated<Engine<D>>,
    clock: VirtualClock,
}

impl<D: Dialect> ScannerStimulus for Hand<D> {
    fn present(&mut self, payload: &[u8]) {
        self.module.device().present(payload, *b"Q1");
    }

    fn withdraw(&mut self) {
        self.module.device().withdraw();
    }

    fn pause(&mut self) {
        self.clock.advance(Duration::from_millis(1));
    }
}

fn suite<L: Language, D: Dialect>(language: L, engine: Engine<D>, chunk: usize) -> Report {
    let module = Simulated::new(engine);
    let mut clock = VirtualClock::new();
    let port = module.port(clock.clone()).chunked(chunk);
    let mut driver = Reader::<_, L, 512>::speaking(port, language);
    driver.init().wait(&mut clock).unwrap();
    let mut device = Clocked::new(driver, clock.clone());
    scanner(&mut device, &mut Hand { module, clock })
}

const CR_THEN_SILENCE: Framing = Framing::ending(b"\r").then_silence();

#[test]
fn every_driver_conforms() {
    for chunk in [1, 16, 64] {
        let cipherlab =
            datalogic::Config::new().framing(CR_THEN_SILENCE).make(datalogic::Make::CipherLab);
        let menus = [honeywell::Make::Datalogic7000, honeywell::Make::Canmax];
        let mut reports = vec![
            ("de2120", {
                suite(de2120::CaretCommands::new(de2120::Config::new()), De2120Module::new(), chunk)
            }),
            ("honeywell", {
                let config = honeywell::Config::default();
                suite(honeywell::SerialMenu::new(config), MenuModule::new(), chunk)
            }),
            ("newland", {
                suite(newland::Unified::new(newland::Config::new()), NewlandModule::new(), chunk)
            }),
            ("newland packed", {
                let config = newland::Config::new().packed(0);
                suite(newland::Unified::new(config), NewlandModule::new(), chunk)
            }),
            ("newland nls", {
                suite(newland::Unified::new(newland::Config::nls()), NewlandModule::older(), chunk)
            }),
            ("datalogic", {
                let config = datalogic::Config::new().framing(CR_THEN_SILENCE);
                suite(datalogic::HostBytes::new(config), DatalogicModule::new(), chunk)
            }),
            ("cipherlab", {
                suite(datalogic::HostBytes::new(cipherlab), DatalogicModule::cipherlab(), chunk)
            }),
            ("m3y", suite(m3y::BccFrames::new(m3y::Config::new()), M3yModule::new(), chunk)),
        ];
        for make in menus {
            let language = honeywell::SerialMenu::new(honeywell::Config::new(make));
            reports.push(("clone", suite(language, MenuModule::clone_of_the_menu(), chunk)));
        }
        for (framing, prefix, suffix) in [
            (CR_THEN_SILENCE, &b""[..], &b"\r"[..]),
            (Framing::silence(), b"", b""),
            (Framing::between(b"<code>", b"</code>"), b"<code>", b"</code>"),
        ] {
            let language = line::Line::new(line::Config::new(framing));
            reports.push(("line", suite(language, LineModule::new(prefix, suffix), chunk)));
        }
        for (name, report) in reports {
            assert!(report.passed(), "{name} {chunk}:\n{report}");
        }
    }
}

/// What it means that a carriage return ends a code wherever it stands: that
/// promise is broken, and no other.
#[test]
fn lines_that_end_at_once_cannot_hold_binary_codes() {
    let language = line::Line::new(line::Config::new(Framing::ending(b"\r")));
    let report = suite(language, LineModule::new(b"", b"\r"), 16);
    let broken: Vec<_> = report.failures().map(|check| check.promise).collect();
    let binary = "zero bytes, control characters and bytes above 7F are payload";
    assert_eq!(broken.first(), Some(&binary), "{report}");
}

#[test]
fn modes_and_signals_through_the_traits() {
    let module = Simulated::new(De2120Module::new());
    let mut clock = VirtualClock::new();
    let mut driver = de2120::De2120::new(module.port(clock.clone()), de2120::Config::new());
    driver.init().wait(&mut clock).unwrap();
    let mut scanner = Clocked::new(driver, clock);
    assert!(scanner.has_mode(Mode::Presentation));
    scanner.set_mode(Mode::Continuous).unwrap();
    assert!(module.device().is_looking());
    scanner.set_mode(Mode::Command).unwrap();
    assert_eq!(scanner.signals(), Signals::AIM | Signals::ILLUMINATION);
    scanner.signal(Signals::AIM, false).unwrap();
    assert_eq!(module.device().dialect.setting("AIMENA"), Some("0"));
    scanner.set_symbologies(scanner.symbologies()).unwrap();
    Scanner::start(&mut scanner).unwrap();
    assert!(module.device().is_looking());
}

fn twin<L: Language, D: Dialect>(language: L, engine: Engine<D>) {
    let module = Simulated::new(engine);
    let clock = VirtualClock::new();
    let port = module.port(clock.clone()).chunked(3);
    let mut driver = Reader::<_, L, 512>::speaking(port, language);
    block_on(driver.init().run(&mut clock.clone())).unwrap();
    let mut scanner: Clocked<_, _> = Clocked::new(driver, clock.clone());
    block_on(async {
        let mut buf = [0; 32];
        scanner.start().await.unwrap();
        module.device().present(b"\0async\r!", *b"d1");
        let scan = scanner.scan(&mut buf).await.unwrap();
        assert_eq!(&buf[..scan.len], b"\0async\r!");
        scanner.stop().await.unwrap();
    });
}

#[test]
fn the_async_twins_do_the_same() {
    twin(de2120::CaretCommands::new(de2120::Config::new()), De2120Module::new());
    twin(honeywell::SerialMenu::new(honeywell::Config::default()), MenuModule::new());
    twin(newland::Unified::new(newland::Config::new()), NewlandModule::new());
    let config = datalogic::Config::new().framing(CR_THEN_SILENCE);
    twin(datalogic::HostBytes::new(config), DatalogicModule::new());
    twin(line::Line::new(line::Config::new(CR_THEN_SILENCE)), LineModule::new(b"", b"\r"));
    twin(m3y::BccFrames::new(m3y::Config::new()), M3yModule::new());
}
