//! Scans codes with a GM65 and says what they can be.

#[macro_use]
#[path = "../common/mod.rs"]
mod common;

use std::process::ExitCode;
use std::time::Duration as Real;

use clap::{Parser, ValueEnum};
use common::trace::{Protocol, traced};
use common::{AnyError, AnyPort, PortName};
use embedded_pos::nb;
use embedded_pos::port::adapter::SystemClock;
use embedded_pos::port::{CallError, Clock, Clocked, Duration, Instant};
use embedded_pos::scan::code::{Candidate, Candidates, Expect, classify};
use embedded_pos::scan::engine::gm65::{Await, Config, Fault, Gm65, Identity};
use embedded_pos::scan::{Scan, Scanner};
use embedded_pos::sim::Simulated;
use embedded_pos::sim::scanner::{Gm65Module, Symbology};

/// Factory speed of a GM65.
const BAUD: u32 = 9_600;

/// Scans codes with a GM65 scan engine.
///
/// Exits 0 when a code was scanned, 1 when none was within the time, 2 when
/// the engine or the line failed.
#[derive(Debug, Parser)]
#[command(name = "scan")]
struct Args {
    /// Where the engine is: `sim`, PATH[@BAUD] of a serial device or
    /// pseudo-terminal, or tcp:HOST:PORT.
    #[arg(long, short, value_name = "P", default_value = "sim")]
    port: PortName,
    /// Say what each code can be, when this is expected.
    #[arg(long, value_name = "WHAT")]
    classify: Option<What>,
    /// Stop after so many codes; 0 for as many as come.
    #[arg(long, short = 'n', value_name = "N", default_value_t = 1)]
    count: usize,
    /// Stop after so many seconds.
    #[arg(long, short, value_name = "S", default_value_t = 20)]
    seconds: u64,
    /// Print payment codes and card and ID numbers in full. They are secrets.
    #[arg(long)]
    show: bool,
    /// Save the settings in the engine, if any had to be changed.
    #[arg(long)]
    persist: bool,
    /// Show what crosses the line. Bench use: it shows secrets.
    #[arg(long)]
    trace: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum What {
    Payment,
    Licence,
    Any,
}

impl From<What> for Expect {
    fn from(what: What) -> Self {
        match what {
            What::Payment => Self::Payment,
            What::Licence => Self::Licence,
            What::Any => Self::Any,
        }
    }
}

type Failure = CallError<Fault, AnyError>;

/// What is held in front of the simulated engine, one after another. The
/// third is a setup code that would move the output to USB.
const SHOWN: [(&[u8], Symbology); 5] = [
    (b"134567890123456789", Symbology::Qr),
    (b"120101199001011212", Symbology::Code128),
    (b"\x80R0D0303.", Symbology::Qr),
    (b"6901234567892", Symbology::Ean13),
    (b"https://qr.alipay.com/fkx0000", Symbology::Qr),
];

/// The simulated engine, and the person before it.
fn simulated() -> AnyPort {
    let module = Simulated::new(Gm65Module::new());
    let person = module.clone();
    std::thread::spawn(move || {
        for (code, symbology) in SHOWN.into_iter().cycle() {
            while !person.device().is_looking() || person.device().register(0x60) & 0x80 == 0 {
                std::thread::sleep(Real::from_millis(20));
            }
            std::thread::sleep(Real::from_millis(400));
            person.device().present(code, symbology);
            std::thread::sleep(Real::from_millis(100));
        }
    });
    common::erased(module.port(SystemClock::new()))
}

struct Session {
    scanner: Clocked<Gm65<AnyPort>, SystemClock, Await>,
    args: Args,
}

impl Session {
    fn init(&mut self) -> Result<Identity, Failure> {
        let (driver, clock) = self.scanner.parts();
        driver.init().wait(clock)?;
        driver.identity().ok_or(CallError::Device(Fault::NotInitialised))
    }

    /// Waits for a code until then.
    fn next(&mut self, buf: &mut [u8], until: Instant) -> Result<Option<Scan>, Failure> {
        self.scanner.start()?;
        loop {
            match self.scanner.poll_scan(buf) {
                Ok(scan) => return Ok(Some(scan)),
                Err(nb::Error::Other(error)) => return Err(error),
                Err(nb::Error::WouldBlock) if self.scanner.clock.now() >= until => return Ok(None),
                Err(nb::Error::WouldBlock) => std::thread::sleep(Real::from_millis(2)),
            }
        }
    }

    /// How many codes were scanned.
    fn run(&mut self) -> Result<usize, Failure> {
        let identity = self.init()?;
        eprintln!(
            "model {:02X}, hardware {}, software {}; setup codes are off",
            identity.model, identity.hardware, identity.software
        );
        let until = self.scanner.clock.now() + Duration::from_secs(self.args.seconds);
        let mut buf = [0; 256];
        let mut scanned = 0;
        while self.args.count == 0 || scanned < self.args.count {
            match self.next(&mut buf, until) {
                Ok(None) => break,
                Ok(Some(scan)) => {
                    scanned += 1;
                    self.print(scan, &buf[..scan.len]);
                }
                Err(CallError::Device(fault @ Fault::Spoilt { .. })) => eprintln!("{fault}"),
                Err(error) => return Err(error),
            }
        }
        self.scanner.stop()?;
        Ok(scanned)
    }

    fn print(&self, scan: Scan, payload: &[u8]) {
        let expect = self.args.classify.map_or(Expect::Any, Expect::from);
        let found = classify(payload, scan.symbology, expect);
        let symbology = scan.symbology.map_or("?".into(), |id| format!("]{}", text(&id)));
        let cut = if scan.truncated { ", truncated" } else { "" };
        let secret = is_secret(&found) && !self.args.show;
        let shown = if secret { "(not shown)".into() } else { text(payload) };
        say!("{symbology} {} bytes{cut}: {shown}", scan.len);
        if self.args.classify.is_some() {
            for candidate in found.iter() {
                say!("   {}: {}", candidate.kind, candidate.reason);
            }
            for Candidate { kind, .. } in found.ruled_out() {
                say!("   not {kind}, which comes in {}", kind.comes_in());
            }
        }
    }
}

/// Whether it can be something that is nobody else's business.
fn is_secret(found: &Candidates) -> bool {
    use embedded_pos::scan::code::Kind;
    let secret = |kind: Kind| kind.is_chargeable() || kind.is_licence() || kind == Kind::Pan;
    found.iter().chain(found.ruled_out()).any(|candidate| secret(candidate.kind))
}

/// Text for a terminal: nothing in a code controls it.
fn text(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.chars().flat_map(char::escape_debug).collect(),
        Err(_) => bytes
            .iter()
            .flat_map(|byte| std::ascii::escape_default(*byte))
            .map(char::from)
            .collect(),
    }
}

fn main() -> ExitCode {
    let args = Args::parse();
    let port = match args.port.open(BAUD, simulated) {
        Ok(port) => port,
        Err(error) => {
            let error = common::open_error(error);
            eprintln!("{}", common::advice("scanner", &args.port, &error));
            return ExitCode::from(2);
        }
    };
    let port = traced(port, args.trace, "scanner", Protocol::Gm65, SystemClock::new());
    let config = Config::new().persist(args.persist);
    let scanner = Clocked::new(Gm65::new(port, config), SystemClock::new());
    let mut session = Session { scanner, args };
    match session.run() {
        Ok(0) => {
            eprintln!("no code within {} s", session.args.seconds);
            ExitCode::from(1)
        }
        Ok(_) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}", common::advice("scanner", &session.args.port, &error));
            ExitCode::from(2)
        }
    }
}
