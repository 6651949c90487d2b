//! Reads ID cards with an SDT reader.

#[macro_use]
#[path = "../common/mod.rs"]
mod common;

use std::fs::File;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use common::{AnyError, AnyPort, PortName};
use embedded_pos::port::adapter::SystemClock;
use embedded_pos::port::{CallError, Duration, Told};
use embedded_pos::scan::document::card::{CardKind, Expiry, Field, IdCard, IdText, SexCode};
use embedded_pos::scan::document::sdt::{Config, Fault, Sdt};
use embedded_pos::sim::Simulated;
use embedded_pos::sim::documents::card::resident;
use embedded_pos::sim::id_reader::SdtReader;

/// The speed of a reader as delivered.
const BAUD: u32 = 115_200;

/// Reads ID cards with an SDT reader.
///
/// Exits 0 when a card was read, 1 when none was laid on within the time, 2
/// when the reader or the line failed.
#[derive(Debug, Parser)]
#[command(name = "id")]
struct Args {
    /// Where the reader is: `sim`, PATH[@BAUD] of a serial device or
    /// pseudo-terminal, or tcp:HOST:PORT.
    #[arg(long, short, value_name = "P", default_value = "sim")]
    port: PortName,
    /// It is a reader of several cards, with frames of 02 and 03.
    #[arg(long)]
    oem: bool,
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Which security module is in the reader.
    Info,
    /// Waits for a card and reads it.
    Read {
        /// Stop after so many seconds.
        #[arg(long, short, value_name = "S", default_value_t = 20)]
        seconds: u64,
        /// Write the photo there, as it is on the card: compressed (WLT).
        #[arg(long, value_name = "FILE")]
        photo: Option<PathBuf>,
        /// Print names, numbers and addresses. They are secrets.
        #[arg(long)]
        show: bool,
    },
}

type Failure = CallError<Fault, AnyError>;
type Reader = Sdt<AnyPort>;

/// A simulated reader with a card on it.
fn simulated(oem: bool) -> AnyPort {
    let mut reader = if oem { SdtReader::oem() } else { SdtReader::new() };
    reader.lay(&resident("测试一"));
    common::erased(Simulated::new(reader).port(SystemClock::new()))
}

fn info(reader: &mut Reader, clock: &mut SystemClock) -> Result<(), Failure> {
    reader.init().wait(clock)?;
    say!("module {}", reader.sam_id().wait(clock)?);
    Ok(())
}

/// Reads the card; the photo comes in pieces.
fn read(reader: &mut Reader, clock: &mut SystemClock) -> Result<(IdText, Vec<u8>), Failure> {
    let (mut text, mut photo) = (IdText::new(), Vec::new());
    let mut call = reader.read_photo(&mut text);
    while let Told::Event(piece) = call.next(clock)? {
        photo.truncate(piece.offset().into());
        photo.extend_from_slice(piece.as_bytes());
    }
    drop(call);
    Ok((text, photo))
}

fn kind(kind: CardKind) -> String {
    match kind {
        CardKind::Resident => "resident ID card".into(),
        CardKind::Permit => "residence permit for Hong Kong, Macau, Taiwan".into(),
        CardKind::Foreigner2017 => "foreign permanent resident, card of 2017".into(),
        CardKind::Foreigner2023 => "foreign permanent resident, card of 2023".into(),
        CardKind::Other(flag) => format!("unknown, flag {flag:04X}"),
    }
}

/// A field as text for a terminal: nothing in it controls that.
fn field(card: &IdCard<'_>, field: Field, show: bool) -> String {
    match card.text(field) {
        Some(text) if text.is_empty() => "-".into(),
        Some(_) if !show => "(not shown)".into(),
        Some(text) => {
            let shown = text.chars().map(|character| character.unwrap_or('\u{FFFD}'));
            shown.flat_map(char::escape_debug).collect()
        }
        None => "-".into(),
    }
}

fn print(card: &IdCard<'_>, show: bool) {
    say!("card      {}", kind(card.kind()));
    for (name, which) in [
        ("name", Field::Name),
        ("english", Field::EnglishName),
        ("number", Field::Number),
        ("address", Field::Address),
        ("pass", Field::Pass),
    ] {
        if card.text(which).is_some() {
            say!("{name:<9} {}", field(card, which, show));
        }
    }
    let sex = match card.sex() {
        Some(SexCode::Male) => "male".into(),
        Some(SexCode::Female) => "female".into(),
        Some(SexCode::Other(code)) => format!("code {code}"),
        Some(SexCode::Unknown) => "unknown".into(),
        Some(SexCode::Unspecified) | None => "unspecified".into(),
    };
    say!("sex       {sex}");
    if let (true, Some(nation)) = (show, card.nation()) {
        say!("nation    {}", nation.name().unwrap_or("?"));
    }
    let number = match card.resident_id() {
        Ok(id) => id.check().to_string(),
        Err(error) => error.to_string(),
    };
    say!("check     {number}");
    let until = match card.valid_until() {
        Ok(Expiry::On(date)) => date.to_string(),
        Ok(Expiry::LongTerm) => "no end".into(),
        Err(error) => error.to_string(),
    };
    say!("valid to  {until}");
}

/// What it exits with.
fn run(args: &Args, reader: &mut Reader, clock: &mut SystemClock) -> Result<u8, Failure> {
    let What::Read { seconds, photo, show } = &args.what else {
        return info(reader, clock).map(|()| 0);
    };
    reader.init().wait(clock)?;
    match reader.card(Duration::from_secs(*seconds)).wait(clock) {
        Err(CallError::Device(Fault::NoCard)) => {
            eprintln!("no card within {seconds} s");
            return Ok(1);
        }
        found => found?,
    }
    let (text, bytes) = read(reader, clock)?;
    print(&text.card(), *show);
    say!("photo     {} bytes", bytes.len());
    if let Some(path) = photo
        && let Err(error) = File::create(path).and_then(|mut file| file.write_all(&bytes))
    {
        eprintln!("{}: {error}", path.display());
        return Ok(2);
    }
    Ok(0)
}

fn main() -> ExitCode {
    let args = Args::parse();
    let mut clock = SystemClock::new();
    let config = if args.oem { Config::oem() } else { Config::new() };
    let port = match args.port.open(BAUD, || simulated(args.oem)) {
        Ok(port) => port,
        Err(error) => {
            let error = common::open_error(error);
            eprintln!("{}", common::advice("ID reader", &args.port, &error));
            return ExitCode::from(2);
        }
    };
    let config = config.baud(args.port.baud().unwrap_or(BAUD));
    match run(&args, &mut Sdt::new(port, config), &mut clock) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("{}", common::advice("ID reader", &args.port, &error));
            ExitCode::from(2)
        }
    }
}
