//! Talks to a card in any reader: `card --reader R info | apdu HEX... | shell`;
//! pays with it: `card --reader R pay 12.50`; or is a card for others:
//! `card serve vpcd:HOST:PORT`.

use std::fmt::Display;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use embedded_pos::card::{Atr, Response};
use embedded_pos::emv::cvm::SecretCommand;
use embedded_pos::{ErrorKind, nb};

#[macro_use]
#[path = "../common/mod.rs"]
mod common;
mod info;
mod pay;
mod readers;
mod shell;
mod sims;
mod vpcd;

use common::{AnyError, advice};
use readers::ReaderName;
use sims::AnyReader;

/// Talks to a card in any reader, or is one for other programs.
///
/// Waits twenty seconds for a card. Exit code 2 when the line, the reader or the
/// card failed; an application that refuses a command is an answer, not a
/// failure. `pay` has codes of its own: see `pay --help`.
#[derive(Debug, Parser)]
#[command(name = "card")]
struct Args {
    /// sim, or sim:t0, sim:t1, sim:ccid, sim:pn532, sim:mfrc522, sim:st25r3916;
    /// serial:DEV[@BAUD] or tcp:HOST:PORT, where a serial CCID reader is;
    /// pn532:DEV[@BAUD], a PN532 on HSU; pcsc or pcsc:NAME, a reader of this
    /// computer whose name has NAME in it (with the feature `pcsc`).
    #[arg(long, alias = "port", default_value = "sim", value_name = "READER")]
    reader: ReaderName,
    /// Show what crosses the line. Bench use: it shows secrets.
    #[arg(long)]
    trace: bool,
    /// Write what was sent and answered into this file. Bench use: it keeps
    /// secrets.
    #[arg(long, value_name = "FILE", global = true)]
    log: Option<PathBuf>,
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Shows the answer to reset, and which payment applications there are.
    Info,
    /// Sends commands, one after the other, and shows the responses.
    Apdu {
        /// Commands in hexadecimal.
        #[arg(required = true, value_name = "HEX", value_parser = hex)]
        commands: Vec<Bytes>,
    },
    /// Takes commands from standard input, a line each; `reset` for a new
    /// activation, `atr`, `quit`.
    Shell,
    /// Pays with it, through the whole contact kernel.
    Pay(Box<pay::Args>),
    /// Is the simulated payment card for vpcd, the virtual reader of
    /// vsmartcard, until it ends the connection.
    Serve {
        /// vpcd:HOST:PORT, where it listens.
        at: vpcd::Address,
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

/// What a failure of this program is.
enum Bad {
    Reader(AnyError),
    NoCard,
    Log(std::io::Error),
    /// What is asked for cannot be.
    Asked(String),
}

impl From<AnyError> for Bad {
    fn from(failure: AnyError) -> Self {
        Self::Reader(failure)
    }
}

/// A card that is active, and the log of what it is told.
struct Session {
    reader: AnyReader,
    log: Option<std::fs::File>,
}

impl Session {
    /// Waits for a card and activates it.
    fn open(reader: AnyReader, log: Option<&PathBuf>) -> Result<(Self, Atr), Bad> {
        let log = log.map(std::fs::File::create).transpose().map_err(Bad::Log)?;
        let mut session = Self { reader, log };
        let end = std::time::Instant::now() + std::time::Duration::from_secs(20);
        loop {
            match session.reader.poll_inserted() {
                Ok(()) => break,
                Err(nb::Error::Other(failure)) => return Err(failure.into()),
                Err(nb::Error::WouldBlock) if std::time::Instant::now() > end => {
                    return Err(Bad::NoCard);
                }
                Err(nb::Error::WouldBlock) => {
                    std::thread::sleep(std::time::Duration::from_millis(1));
                }
            }
        }
        let atr = session.activate()?;
        Ok((session, atr))
    }

    fn activate(&mut self) -> Result<Atr, Bad> {
        let mut atr = [0; Atr::MAX];
        let len = self.reader.activate(&mut atr)?;
        self.keep(format_args!("ATR {}", shown(&atr[..len])))?;
        Atr::new(&atr[..len]).map_err(|error| common::erase(error).into())
    }

    /// A response, which ends with a status word.
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, Bad> {
        self.keep(format_args!("> {}", shown(command)))?;
        let mut response = vec![0; Response::MAX_EXTENDED];
        let len = self.reader.transmit(command, &mut response)?;
        response.truncate(len);
        self.keep(format_args!("< {}", shown(&response)))?;
        Ok(response)
    }

    /// The same for a command with a PIN in it, which nobody gets to see.
    fn transmit_secret(&mut self, command: &SecretCommand<'_>) -> Result<Vec<u8>, Bad> {
        self.keep(format_args!("> {command:?}"))?;
        let mut response = vec![0; Response::MAX];
        let len = command.transmit(&mut &mut *self.reader, &mut response)?;
        response.truncate(len);
        self.keep(format_args!("< {}", shown(&response)))?;
        Ok(response)
    }

    /// Sends a command and shows it, and what came.
    fn show(&mut self, command: &[u8]) -> Result<(), Bad> {
        say!("> {}", shown(command));
        let response = self.transmit(command)?;
        let ins = command.get(1).copied().unwrap_or(0);
        say!("< {}  {}", shown(&response), meaning(ins, &response));
        Ok(())
    }

    fn keep(&mut self, line: impl Display) -> Result<(), Bad> {
        match &mut self.log {
            Some(log) => writeln!(log, "{line}").map_err(Bad::Log),
            None => Ok(()),
        }
    }
}

/// A status word in words, with what EMV says of it in answer to that INS.
fn meaning(ins: u8, response: &[u8]) -> String {
    let status = Response::new(response).map(|response| response.status());
    match status {
        Ok(status) => match status.emv(ins) {
            Some(emv) => format!("{status}: {emv}"),
            None => status.to_string(),
        },
        Err(error) => error.to_string(),
    }
}

fn run(args: &Args) -> Result<ExitCode, Bad> {
    match &args.what {
        What::Serve { at } => {
            vpcd::serve(at).map_err(|error| common::erase(common::open_error(error)))?;
            return Ok(ExitCode::SUCCESS);
        }
        What::Pay(payment) => return pay::run(args, payment),
        _ => {}
    }
    let reader = args.reader.open(args.trace)?;
    let (mut session, atr) = Session::open(reader, args.log.as_ref())?;
    match &args.what {
        What::Info => info::show(&mut session, &atr)?,
        What::Apdu { commands } => {
            for Bytes(command) in commands {
                session.show(command)?;
            }
        }
        What::Shell => shell::run(&mut session, atr)?,
        What::Pay(_) | What::Serve { .. } => {}
    }
    session.reader.deactivate()?;
    Ok(ExitCode::SUCCESS)
}

fn main() -> ExitCode {
    let args = Args::parse();
    let line = match run(&args) {
        Ok(code) => return code,
        Err(Bad::NoCard) => advice("card reader", &args.reader, &ErrorKind::Absent),
        Err(Bad::Reader(failure)) => match &args.what {
            What::Serve { at } => advice("card", at, &failure),
            _ => advice("card reader", &args.reader, &failure),
        },
        Err(Bad::Asked(line)) => line,
        Err(Bad::Log(error)) => {
            let path = args.log.as_deref().unwrap_or_else(|| std::path::Path::new("-"));
            format!("{}: {error}", path.display())
        }
    };
    eprintln!("{line}");
    ExitCode::from(2)
}
