//! The SSI driver against a simulated decoder with a codec of its own.

use embedded_pos::port::{CallError, Clock, Duration, Instant};
use embedded_pos::scan::engine::reader;
use embedded_pos::scan::engine::ssi::{
    Cause, Config, Event, Fault, Layout, Opcode, Parameter, Ssi, Value,
};
use embedded_pos::scan::{Mode, Scan, Signals, Symbologies};
use embedded_pos::sim::scanner::{SsiEngine, SsiHarm, SsiLayout, SsiLong, SsiValue};
use embedded_pos::sim::{Device, Fault as Line, SimPort, Simulated, Unplugged, VirtualClock};
use embedded_pos::{Error, ErrorKind};

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
