//! Scans codes with any scan engine and says what they can be.

#[macro_use]
#[path = "../common/mod.rs"]
mod common;
mod engines;

use std::process::ExitCode;
use std::time::Duration as Real;

use clap::{Parser, ValueEnum};
use common::trace::{Protocol, traced};
use common::{AnyError, PortName};
use embedded_pos::nb;
use embedded_pos::port::adapter::SystemClock;
use embedded_pos::port::{Clock, Duration, Instant};
use embedded_pos::scan::Scan;
use embedded_pos::scan::code::{Candidates, Expect, classify};
use engines::{Engine, Name};

/// Scans codes with a scan engine.
///
/// Exits 0 when a code was scanned, 1 when none was within the time, 2 when
/// the engine or the line failed.
#[derive(Debug, Parser)]
#[command(name = "scan")]
struct Args {
    /// Which engine it is.
    #[arg(long, short, value_name = "NAME", default_value = "gm65")]
    engine: Name,
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
    /// Save the settings in the engine, if any had to be changed: gm65 and ssi.
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

struct Session {
    engine: Box<dyn Engine>,
    clock: SystemClock,
    args: Args,
}

impl Session {
    /// Waits for a code until then.
    fn next(&mut self, buf: &mut [u8], until: Instant) -> Result<Option<Scan>, AnyError> {
        self.engine.start()?;
        loop {
            match self.engine.poll(buf) {
                Ok(scan) => return Ok(Some(scan)),
                Err(nb::Error::Other(error)) => return Err(error),
                Err(nb::Error::WouldBlock) if self.clock.now() >= until => return Ok(None),
                Err(nb::Error::WouldBlock) => std::thread::sleep(Real::from_millis(2)),
            }
        }
    }

    /// How many codes were scanned.
    fn run(&mut self) -> Result<usize, AnyError> {
        eprintln!("{}", self.engine.init()?);
        let until = self.clock.now() + Duration::from_secs(self.args.seconds);
        let mut buf = [0; 2_100];
        let mut scanned = 0;
        while self.args.count == 0 || scanned < self.args.count {
            match self.next(&mut buf, until) {
                Ok(None) => break,
                Ok(Some(scan)) => {
                    scanned += 1;
                    self.print(scan, &buf[..scan.len]);
                }
                Err(error) if engines::is_one_code(&error) => eprintln!("{error}"),
                Err(error) => return Err(error),
            }
        }
        self.engine.stop()?;
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
        }
    }
}

/// Whether it can be something that is nobody else's business.
fn is_secret(found: &Candidates) -> bool {
    use embedded_pos::scan::code::Kind;
    let secret = |kind: Kind| kind.is_chargeable() || matches!(kind, Kind::Pan | Kind::ResidentId);
    found.iter().any(|candidate| secret(candidate.kind))
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
    let port = match args.port.open(args.engine.baud(), || args.engine.simulated()) {
        Ok(port) => port,
        Err(error) => {
            let error = common::open_error(error);
            eprintln!("{}", common::advice("scanner", &args.port, &error));
            return ExitCode::from(2);
        }
    };
    let protocol = if args.engine == Name::Gm65 { Protocol::Gm65 } else { Protocol::Bursts };
    let port = traced(port, args.trace, "scanner", protocol, SystemClock::new());
    let engine = args.engine.driver(port, args.persist);
    let mut session = Session { engine, clock: SystemClock::new(), args };
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
