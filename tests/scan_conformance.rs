//! The suite for scanners: against our driver, and against scanners that
//! break one promise each.

mod conformance_support;

use embedded_pos::conformance::{ScannerStimulus, scanner};
use embedded_pos::mock::MockScanner;
use embedded_pos::port::{Clocked, Duration, Instant};
use embedded_pos::scan::engine::gm65::{Config, Gm65};
use embedded_pos::scan::engine::ssi::{self, Ssi};
use embedded_pos::scan::{AsyncScanner, Encoding, Scan, Scanner};
use embedded_pos::sim::scanner::{Gm65Module, SsiEngine, SsiLayout, SsiLong, Symbology};
use embedded_pos::sim::{Simulated, VirtualClock, block_on};
use embedded_pos::{ErrorKind, ErrorType, nb};

struct Hand {
    module: Simulated<Gm65Module>,
    clock: VirtualClock,
}

impl ScannerStimulus for Hand {
    fn present(&mut self, payload: &[u8]) {
        self.module.device().present(payload, Symbology::Qr);
    }

    fn withdraw(&mut self) {
        self.module.device().withdraw();
    }

    fn pause(&mut self) {
        self.clock.advance(Duration::from_millis(1));
    }
}

#[test]
fn the_gm65_driver_conforms() {
    for chunk in [1, 16, 64] {
        let module = Simulated::new(Gm65Module::new());
        let mut clock = VirtualClock::new();
        let mut driver = Gm65::new(module.port(clock.clone()).chunked(chunk), Config::new());
        driver.init().wait(&mut clock).unwrap();
        let mut device = Clocked::new(driver, clock.clone());
        let report = scanner(&mut device, &mut Hand { module, clock });
        assert!(report.passed(), "{report}");
    }
}

struct SsiHand {
    engine: Simulated<SsiEngine>,
    clock: VirtualClock,
}

impl ScannerStimulus for SsiHand {
    fn present(&mut self, payload: &[u8]) {
        self.engine.device().present(payload, 0x1C);
    }

    fn withdraw(&mut self) {
        self.engine.device().withdraw();
    }

    fn pause(&mut self) {
        self.clock.advance(Duration::from_millis(1));
    }
}

#[test]
fn the_ssi_driver_conforms() {
    for (layout, long) in
        [(SsiLayout::Classic, SsiLong::Continued), (SsiLayout::Extended, SsiLong::Segments)]
    {
        for chunk in [1, 16, 64] {
            let engine = Simulated::new(SsiEngine::new(layout, long));
            let mut clock = VirtualClock::new();
            let port = engine.port(clock.clone()).chunked(chunk);
            let mut driver: Ssi<_> = Ssi::new(port, ssi::Config::new());
            driver.init().wait(&mut clock).unwrap();
            let mut device = Clocked::new(driver, clock.clone());
            let report = scanner(&mut device, &mut SsiHand { engine, clock });
            assert!(report.passed(), "{report}");
        }
    }
}

#[test]
fn an_ssi_engine_is_driven_async() {
    let engine = Simulated::new(SsiEngine::new(SsiLayout::Extended, SsiLong::Segments));
    let clock = VirtualClock::new();
    let port = engine.port(clock.clone()).chunked(3);
    let mut driver: Ssi<_> = Ssi::new(port, ssi::Config::new());
    block_on(driver.init().run(&mut clock.clone())).unwrap();
    let mut scanner: Clocked<_, _> = Clocked::new(driver, clock.clone());
    block_on(async {
        let mut buf = [0; 512];
        scanner.start().await.unwrap();
        engine.device().present(&[0xA5; 400], 0x1B);
        let scan = scanner.scan(&mut buf).await.unwrap();
        assert_eq!((&buf[..scan.len], scan.symbology), (&[0xA5; 400][..], Some(*b"d1")));
        scanner.start().await.unwrap();
        scanner.stop().await.unwrap();
        assert!(!engine.device().is_looking());
    });
    assert_eq!(engine.device().transmit_errors(), 0);
}

#[derive(Clone, Copy, Debug, Default)]
struct Defects {
    looks_always: bool,
    reads_nothing: bool,
    repeats: bool,
    cuts_at_zero: bool,
    drops_short: bool,
    drops_long: bool,
    truncates_silently: bool,
    ignores_stop: bool,
    starts_once: bool,
    has_no_time: bool,
}

/// A scanner in memory, and the hand before it.
#[derive(Debug, Default)]
struct Paper {
    defects: Defects,
    shown: Option<Vec<u8>>,
    looking: bool,
    starts: u32,
    again: Option<Vec<u8>>,
    now: u64,
}

#[derive(Clone, Debug, Default)]
struct Shared(std::rc::Rc<std::cell::RefCell<Paper>>);

impl ErrorType for Shared {
    type Error = ErrorKind;
}

impl Scanner for Shared {
    fn start(&mut self) -> Result<(), ErrorKind> {
        let mut paper = self.0.borrow_mut();
        paper.starts += 1;
        paper.looking = !(paper.defects.starts_once && paper.starts > 6);
        Ok(())
    }

    fn stop(&mut self) -> Result<(), ErrorKind> {
        let mut paper = self.0.borrow_mut();
        paper.looking = paper.looking && paper.defects.ignores_stop;
        Ok(())
    }

    fn poll_scan(&mut self, buf: &mut [u8]) -> nb::Result<Scan, ErrorKind> {
        let mut paper = self.0.borrow_mut();
        let defects = paper.defects;
        if !(paper.looking || defects.looks_always) || defects.reads_nothing {
            return Err(nb::Error::WouldBlock);
        }
        let again = paper.again.take();
        let mut code = paper.shown.take().or(again).ok_or(nb::Error::WouldBlock)?;
        paper.looking = defects.repeats;
        if defects.repeats {
            paper.again = Some(code.clone());
        }
        if let (true, Some(zero)) = (defects.cuts_at_zero, code.iter().position(|b| *b == 0)) {
            code.truncate(zero);
        }
        if defects.drops_short && code.len() < 2 || defects.drops_long && code.len() > 100 {
            return Err(nb::Error::WouldBlock);
        }
        let len = code.len().min(buf.len());
        buf[..len].copy_from_slice(&code[..len]);
        let truncated = code.len() > len && !defects.truncates_silently;
        paper.now += 1;
        let now = if defects.has_no_time { 1_000 - paper.now } else { paper.now };
        Ok(Scan {
            len,
            symbology: None,
            encoding: Encoding::Unknown,
            truncated,
            at: Instant::from_micros(now),
        })
    }
}

impl ScannerStimulus for Shared {
    fn present(&mut self, payload: &[u8]) {
        self.0.borrow_mut().shown = Some(payload.to_vec());
    }

    fn withdraw(&mut self) {
        self.0.borrow_mut().shown = None;
    }

    fn pause(&mut self) {}
}

fn broken(defects: Defects) -> Vec<&'static str> {
    let mut paper = Shared::default();
    paper.0.borrow_mut().defects = defects;
    let report = scanner(&mut paper.clone(), &mut paper);
    report.failures().map(|check| check.promise).collect()
}

#[test]
fn each_broken_promise_is_named() {
    let none = Defects::default();
    let cases = [
        (Defects { looks_always: true, ..none }, "a scanner that was not started reports nothing"),
        (Defects { reads_nothing: true, ..none }, "a code held up after the start is reported"),
        (Defects { repeats: true, ..none }, "a code is reported once"),
        (
            Defects { cuts_at_zero: true, ..none },
            "zero bytes, control characters and bytes above 7F are payload",
        ),
        (Defects { drops_short: true, ..none }, "a code may be short"),
        (Defects { drops_long: true, ..none }, "a code of 200 bytes is reported"),
        (
            Defects { truncates_silently: true, ..none },
            "a code longer than the buffer is marked truncated",
        ),
        (Defects { ignores_stop: true, ..none }, "a scanner that was stopped reports nothing"),
        (Defects { starts_once: true, ..none }, "it can be started again"),
        (Defects { has_no_time: true, ..none }, "times do not go back"),
    ];
    conformance_support::each_broken_promise_is_named(broken, none, &cases);
}

#[test]
fn the_async_twin_does_the_same() {
    let module = Simulated::new(Gm65Module::new());
    let clock = VirtualClock::new();
    let mut driver = Gm65::new(module.port(clock.clone()).chunked(3), Config::new());
    block_on(driver.init().run(&mut clock.clone())).unwrap();
    let mut scanner: Clocked<_, _> = Clocked::new(driver, clock.clone());
    block_on(async {
        let mut buf = [0; 32];
        scanner.start().await.unwrap();
        module.device().present(b"\0async\r", Symbology::DataMatrix);
        let scan = scanner.scan(&mut buf).await.unwrap();
        assert_eq!((&buf[..scan.len], scan.symbology), (&b"\0async\r"[..], Some(*b"d1")));
        scanner.start().await.unwrap();
        scanner.stop().await.unwrap();
        assert!(!module.device().is_looking());
    });
}

#[test]
fn a_dropped_scan_future_loses_no_code() {
    use core::future::Future;
    use core::pin::pin;
    use core::task::{Context, Waker};

    for polls in 0..60 {
        let module = Simulated::new(Gm65Module::new());
        let clock = VirtualClock::new();
        let mut driver = Gm65::new(module.port(clock.clone()).chunked(1), Config::new());
        block_on(driver.init().run(&mut clock.clone())).unwrap();
        let mut scanner: Clocked<_, _> = Clocked::new(driver, clock.clone());
        block_on(scanner.start()).unwrap();
        module.device().present(b"kept", Symbology::Qr);
        let mut buf = [0; 8];
        {
            let mut scan = pin!(scanner.scan(&mut buf));
            let mut context = Context::from_waker(Waker::noop());
            let done = (0..polls).any(|_| scan.as_mut().poll(&mut context).is_ready());
            if done {
                continue;
            }
        }
        let scan = block_on(scanner.scan(&mut buf)).unwrap();
        assert_eq!(&buf[..scan.len], b"kept", "dropped after {polls} polls");
    }
}

#[test]
fn the_mock_fills_the_buffer_in_its_closure() {
    let mut mock = MockScanner::new();
    mock.expect_start().once().return_once(|| Ok(()));
    mock.expect_poll_scan().once().return_once(|buf| {
        buf[..2].copy_from_slice(b"42");
        Ok(Scan {
            len: 2,
            symbology: None,
            encoding: Encoding::Unknown,
            truncated: false,
            at: Instant::ZERO,
        })
    });
    mock.start().unwrap();
    let mut buf = [0; 4];
    let (_, payload) = mock.poll_payload(&mut buf).unwrap();
    assert_eq!(payload, b"42");
}
