//! Every engine behind one face, and its simulator with a person before it.

use std::time::Duration as Real;

use clap::ValueEnum;
use embedded_pos::nb;
use embedded_pos::port::Clocked;
use embedded_pos::port::adapter::SystemClock;
use embedded_pos::scan::engine::line::Framing;
use embedded_pos::scan::engine::reader::{Await, Language, Reader};
use embedded_pos::scan::engine::{datalogic, de2120, gm65, honeywell, line, m3y, newland, ssi};
use embedded_pos::scan::{Scan, Scanner};
use embedded_pos::sim::Simulated;
use embedded_pos::sim::scanner::{
    DatalogicModule, De2120Module, Dialect, Engine as Simulator, Gm65Module, LineModule, M3yModule,
    MenuModule, NewlandModule, SsiEngine, SsiLayout, SsiLong, Symbology,
};
use embedded_pos::{Error, ErrorKind};

use crate::common::{self, AnyError, AnyPort};

/// Which engine.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum Name {
    /// Grow GM65-S.
    Gm65,
    /// Zebra and others with SSI.
    Ssi,
    /// DE2120.
    De2120,
    /// Honeywell's serial menu.
    Honeywell,
    /// Newland, unified commands.
    Newland,
    /// Datalogic, single bytes.
    Datalogic,
    /// One that only sends, CR and LF behind each code.
    Line,
    /// M3Y-W.
    M3y,
}

/// What is done with any of them.
pub trait Engine {
    /// Makes it ready, and says what it is.
    fn init(&mut self) -> Result<String, AnyError>;
    fn start(&mut self) -> Result<(), AnyError>;
    fn stop(&mut self) -> Result<(), AnyError>;
    fn poll(&mut self, buf: &mut [u8]) -> nb::Result<Scan, AnyError>;
}

struct Shared<L: Language, const N: usize> {
    reader: Clocked<Reader<AnyPort, L, N>, SystemClock, Await<L, N>>,
    /// What it is, once it is ready.
    identity: fn(&Reader<AnyPort, L, N>) -> String,
}

impl<L: Language, const N: usize> Engine for Shared<L, N> {
    fn init(&mut self) -> Result<String, AnyError> {
        let (driver, clock) = self.reader.parts();
        driver.init().wait(clock).map_err(common::erase)?;
        Ok((self.identity)(driver))
    }

    fn start(&mut self) -> Result<(), AnyError> {
        self.reader.start().map_err(common::erase)
    }

    fn stop(&mut self) -> Result<(), AnyError> {
        self.reader.stop().map_err(common::erase)
    }

    fn poll(&mut self, buf: &mut [u8]) -> nb::Result<Scan, AnyError> {
        self.reader.poll_scan(buf).map_err(|error| error.map(common::erase))
    }
}

/// What a GM65 says of itself.
fn identity(driver: &gm65::Gm65<AnyPort>) -> String {
    driver.identity().map_or_else(String::new, |identity| {
        let gm65::Identity { model, hardware, software, .. } = identity;
        format!("model {model:02X}, hardware {hardware}, software {software}; setup codes are off")
    })
}

/// Whether a failure is one code only: it can be scanned again.
pub fn is_one_code(error: &AnyError) -> bool {
    error.kind() == ErrorKind::Retry
}

impl Name {
    /// Its usual speed.
    pub const fn baud(self) -> u32 {
        match self {
            Self::De2120 | Self::Honeywell => 115_200,
            _ => 9_600,
        }
    }

    /// The driver.
    pub fn driver(self, port: AnyPort, persist: bool) -> Box<dyn Engine> {
        fn shared<L: Language + 'static, const N: usize>(
            driver: Reader<AnyPort, L, N>,
        ) -> Box<dyn Engine> {
            let reader = Clocked::new(driver, SystemClock::new());
            Box::new(Shared { reader, identity: |_| "ready".into() })
        }
        match self {
            Self::Gm65 => {
                let driver = gm65::Gm65::new(port, gm65::Config::new().persist(persist));
                let reader = Clocked::new(driver, SystemClock::new());
                Box::new(Shared { reader, identity })
            }
            Self::Ssi => {
                shared::<_, 2048>(ssi::Ssi::new(port, ssi::Config::new().persist(persist)))
            }
            Self::De2120 => shared(de2120::De2120::new(port, de2120::Config::new())),
            Self::Honeywell => {
                shared(honeywell::Honeywell::new(port, honeywell::Config::default()))
            }
            Self::Newland => shared(newland::Newland::new(port, newland::Config::new())),
            Self::Datalogic => shared(datalogic::Datalogic::new(port, datalogic::Config::new())),
            Self::Line => {
                let config = line::Config::new(Framing::ending(b"\r\n"));
                shared(line::LineEngine::new(port, config))
            }
            Self::M3y => shared(m3y::M3y::new(port, m3y::Config::new())),
        }
    }

    /// The simulated engine, with the person before it.
    pub fn simulated(self) -> AnyPort {
        match self {
            Self::Gm65 => gm65_module(),
            Self::Ssi => ssi_engine(),
            Self::De2120 => engine(De2120Module::new()),
            Self::Honeywell => engine(MenuModule::new()),
            Self::Newland => engine(NewlandModule::new()),
            Self::Datalogic => engine(DatalogicModule::new()),
            Self::Line => engine(LineModule::new(b"", b"\r\n")),
            Self::M3y => engine(M3yModule::new()),
        }
    }
}

/// What is held up, one after another, and in what it is printed. The third is
/// a setup code of a GM65 that would move its output to USB.
pub const SHOWN: [(&[u8], [u8; 2]); 5] = [
    (b"134567890123456789", *b"Q1"),
    (b"120101199001011212", *b"C0"),
    (b"\x80R0D0303.", *b"Q1"),
    (b"6901234567892", *b"E0"),
    (b"https://qr.alipay.com/fkx0000", *b"Q1"),
];

/// Holds the codes up, each when the engine looks.
fn hold_up(
    is_looking: impl Fn() -> bool + Send + 'static,
    show: impl Fn(&[u8], [u8; 2]) + Send + 'static,
) {
    std::thread::spawn(move || {
        for (code, aim) in SHOWN.into_iter().cycle() {
            while !is_looking() {
                std::thread::sleep(Real::from_millis(20));
            }
            std::thread::sleep(Real::from_millis(400));
            show(code, aim);
            std::thread::sleep(Real::from_millis(100));
        }
    });
}

fn engine<D: Dialect + Send + 'static>(engine: Simulator<D>) -> AnyPort {
    let module = Simulated::new(engine);
    let (eye, hand) = (module.clone(), module.clone());
    hold_up(move || eye.device().is_looking(), move |code, aim| hand.device().present(code, aim));
    common::erased(module.port(SystemClock::new()))
}

fn gm65_module() -> AnyPort {
    let module = Simulated::new(Gm65Module::new());
    let (eye, hand) = (module.clone(), module.clone());
    // Not before it is set up.
    let is_ready = move || eye.device().is_looking() && eye.device().register(0x60) & 0x80 != 0;
    let show = move |code: &[u8], aim| {
        let symbology = match &aim {
            b"C0" => Symbology::Code128,
            b"E0" => Symbology::Ean13,
            _ => Symbology::Qr,
        };
        hand.device().present(code, symbology);
    };
    hold_up(is_ready, show);
    common::erased(module.port(SystemClock::new()))
}

fn ssi_engine() -> AnyPort {
    let module = Simulated::new(SsiEngine::new(SsiLayout::Classic, SsiLong::Continued));
    let (eye, hand) = (module.clone(), module.clone());
    let show = move |code: &[u8], aim| {
        let kind = match &aim {
            b"C0" => 0x03,
            b"E0" => 0x0B,
            _ => 0x1C,
        };
        hand.device().present(code, kind);
    };
    hold_up(move || eye.device().is_looking(), show);
    common::erased(module.port(SystemClock::new()))
}
