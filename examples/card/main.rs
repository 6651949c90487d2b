//! Talks to a card in a serial CCID reader: `card --port P info | apdu HEX...`.

use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};
use embedded_pos::card::reader::serial_ccid::{Config, Error, SerialCcid};
use embedded_pos::card::{Atr, CardReader, Command, Response};
use embedded_pos::nb;
use embedded_pos::port::adapter::SystemClock;
use embedded_pos::port::{Clock, Clocked, Duration as Wait};
use embedded_pos::sim::Simulated;
use embedded_pos::sim::card::CcidReader;

#[macro_use]
#[path = "../common/mod.rs"]
mod common;
mod directory;

use common::trace::{Protocol, traced};
use common::{AnyError, AnyPort, PortName, advice, erased};

/// Talks to a card in a serial CCID reader.
///
/// Waits twenty seconds for a card. Exit code 2 when the line, the reader or the
/// card failed; an application that refuses a command is an answer, not a
/// failure.
#[derive(Debug, Parser)]
#[command(name = "card")]
struct Args {
    /// Where the reader is: `sim`, PATH[@BAUD], or tcp:HOST:PORT.
    #[arg(long, default_value = "sim")]
    port: PortName,
    /// Show what crosses the line. Bench use: it shows secrets.
    #[arg(long)]
    trace: bool,
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Shows the answer to reset, and the applications in the payment directory.
    Info,
    /// Sends commands, one after the other, and shows the responses.
    Apdu {
        /// Commands in hexadecimal.
        #[arg(required = true, value_name = "HEX", value_parser = hex)]
        commands: Vec<Bytes>,
    },
}

/// A command of the command line.
#[derive(Clone, Debug)]
struct Bytes(Vec<u8>);

fn hex(text: &str) -> Result<Bytes, String> {
    let digits: Vec<_> = text.chars().filter(|c| !c.is_whitespace()).collect();
    let byte = |pair: &[char]| {
        let pair: String = pair.iter().collect();
        // It would take a sign as well.
        let digits = pair.chars().all(|c| c.is_ascii_hexdigit());
        let byte = u8::from_str_radix(&pair, 16).ok().filter(|_| digits);
        byte.ok_or_else(|| format!("`{pair}` is no byte"))
    };
    let bytes = digits.chunks(2).map(byte).collect::<Result<_, _>>()?;
    if digits.len() % 2 == 0 { Ok(Bytes(bytes)) } else { Err("half a byte at the end".into()) }
}

fn shown(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

type Failure = Error<AnyError>;

/// What a failure of this program is.
enum Bad {
    Reader(Failure),
    NoCard,
}

impl From<Failure> for Bad {
    fn from(failure: Failure) -> Self {
        Self::Reader(failure)
    }
}

/// Waits for a card and activates it.
fn activate(
    reader: &mut impl CardReader<Error = Failure>,
    clock: &mut impl Clock,
) -> Result<Atr, Bad> {
    let end = clock.now() + Wait::from_secs(20);
    loop {
        match reader.poll_inserted() {
            Ok(()) => break,
            Err(nb::Error::WouldBlock) if clock.now() < end => {
                std::thread::sleep(Duration::from_millis(1));
            }
            Err(nb::Error::WouldBlock) => return Err(Bad::NoCard),
            Err(nb::Error::Other(failure)) => return Err(failure.into()),
        }
    }
    let mut atr = [0; Atr::MAX];
    let len = reader.activate(&mut atr)?;
    let invalid = embedded_pos::card::reader::serial_ccid::Fault::Atr;
    Atr::new(&atr[..len]).map_err(|error| Error::Device(invalid(error)).into())
}

fn transmit(
    reader: &mut impl CardReader<Error = Failure>,
    command: &[u8],
) -> Result<Vec<u8>, Failure> {
    let mut response = [0; Response::MAX];
    let len = reader.transmit(command, &mut response)?;
    Ok(response[..len].to_vec())
}

fn show_atr(atr: &Atr) {
    let protocols: Vec<_> = atr.protocols().map(|t| format!("T={t}")).collect();
    let or_reserved = |n: Option<u16>| n.map_or("reserved".into(), |n| n.to_string());
    say!("ATR          {}", shown(atr.as_bytes()));
    say!("convention   {:?}", atr.convention());
    say!("protocols    {}", protocols.join(", "));
    match atr.specific_mode() {
        Some(mode) => say!("mode         specific, T={}", mode.protocol),
        None => say!("mode         negotiable"),
    }
    say!("speed        F {}, D {}", or_reserved(atr.fi()), or_reserved(atr.di().map(u16::from)));
    let historical = String::from_utf8_lossy(atr.historical());
    let readable = historical.replace(|c: char| c.is_control() || c == '\u{FFFD}', ".");
    say!("historical   {} {readable}", shown(atr.historical()));
    say!("check byte   {:?}", atr.tck());
}

fn show_directory(reader: &mut impl CardReader<Error = Failure>) -> Result<(), Failure> {
    let mut apdu = [0; Command::MAX];
    let mut send = |command: Command<'_>| {
        let apdu = command.write_to(&mut apdu).expect("a short command");
        transmit(reader, apdu)
    };
    let select = Command::new(0x00, 0xA4, 0x04, 0x00).data(directory::NAME).expect(256);
    let response = send(select)?;
    let Some(sfi) = directory::sfi(&response) else {
        say!("directory    none");
        return Ok(());
    };
    // EMV Book 1, 12.2.3: records from 1 until the card says there is none.
    for record in 1..=10 {
        let read = Command::new(0x00, 0xB2, record, sfi << 3 | 0x04).expect(256);
        let response = send(read)?;
        let applications = directory::applications(&response);
        if applications.is_empty() {
            break;
        }
        for directory::Entry { aid, label } in applications {
            say!("application  {} {}", shown(&aid), String::from_utf8_lossy(&label));
        }
    }
    Ok(())
}

fn run(args: &Args, port: AnyPort) -> Result<(), Bad> {
    let mut clock = SystemClock::new();
    let port = traced(port, args.trace, "card", Protocol::Ccid, clock);
    let driver = SerialCcid::new(port, Config::DEFAULT);
    let mut reader = Clocked::new(driver, SystemClock::new());
    let atr = activate(&mut reader, &mut clock)?;
    match &args.what {
        What::Info => {
            show_atr(&atr);
            show_directory(&mut reader)?;
        }
        What::Apdu { commands } => {
            for Bytes(command) in commands {
                say!("> {}", shown(command));
                let response = transmit(&mut reader, command)?;
                let status = Response::new(&response).map(|response| response.status());
                let status = status.map_or_else(|error| error.to_string(), |sw| sw.to_string());
                say!("< {}  {status}", shown(&response));
            }
        }
    }
    Ok(reader.deactivate()?)
}

fn main() -> ExitCode {
    let args = Args::parse();
    let simulated = || {
        let device = Simulated::new(CcidReader::new());
        device.device().insert(common::stage::card());
        erased(device.port(SystemClock::new()))
    };
    let result = match args.port.open(115_200, simulated) {
        Ok(port) => run(&args, port),
        Err(error) => {
            eprintln!("{}", advice("card reader", &args.port, &common::open_error(error)));
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => return ExitCode::SUCCESS,
        Err(Bad::NoCard) => {
            let absent = embedded_pos::ErrorKind::Absent;
            eprintln!("{}", advice("card reader", &args.port, &absent));
        }
        Err(Bad::Reader(failure)) => {
            eprintln!("{}", advice("card reader", &args.port, &failure));
        }
    }
    ExitCode::from(2)
}
