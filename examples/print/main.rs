//! Prints a text on an ESC/POS printer, or into a file.

#[path = "../common/mod.rs"]
mod common;
mod head;
mod markup;

use std::error::Error as StdError;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use embedded_pos::port::adapter::SystemClock;
use embedded_pos::port::{CallError, Clock, Clocked, Duration};
use embedded_pos::printer::escpos::{Encoder, EscPos, Fault, Flow, Profile, Timed, Unpaced};
use embedded_pos::printer::{Completion, Item, Printer};
use embedded_pos::sim::printer::{EscPosPrinter, Model};
use embedded_pos::sim::{Simulated, VirtualClock};

use common::trace::{Protocol, traced};
use common::{AnyError, AnyPort, PortName, png};
use markup::Line;

/// Prints a text on an ESC/POS printer, or into a file.
///
/// Each line of the text is a line on paper, wrapped at its width. Marks at
/// the start of a line:
///
///   "# "          centred title, bold and twice the size
///   "^ "          centred
///   "> "          right
///   "! "          bold
///   "\"           as it is: for a line that begins with a mark
///   "A || B"      A at the left margin, B at the right
///   "---"         a line across the paper
///   "[qr] DATA"   a QR code
///   "[code128] D" a CODE128 bar code
///   "[ean13] D"   an EAN-13 bar code
///   "[cut]"       feed and cut, or feed to the tear bar
///
/// An empty line is an empty line.
///
/// Exit: 0 printed, as far as the printer can say; 2 not, or not known.
#[derive(Parser)]
#[command(verbatim_doc_comment)]
struct Args {
    /// The printer: sim, PATH[@BAUD], or tcp:HOST:PORT.
    #[arg(long, value_name = "PORT", default_value = "sim")]
    port: PortName,

    /// Write the bytes to a file instead.
    #[arg(long, value_name = "FILE", conflicts_with = "port")]
    out: Option<PathBuf>,

    /// Write a picture of what is printed, drawn by the simulated printer.
    #[arg(long, value_name = "FILE")]
    png: Option<PathBuf>,

    /// The kind of printer.
    #[arg(long, value_enum, default_value_t = Kind::Clone58)]
    kind: Kind,

    /// How not to outrun its buffer; a TCP printer does that by itself.
    #[arg(long, value_enum, default_value_t = FlowName::Timed)]
    flow: FlowName,

    /// The simulated printer's paper ends after this many rows of dots.
    #[arg(long, value_name = "ROWS")]
    paper: Option<u32>,

    /// Print with a bare mechanism instead, simulated pin by pin.
    #[arg(long, value_enum, value_name = "MECHANISM", conflicts_with_all = ["port", "out"])]
    head: Option<head::Mechanism>,

    /// Show what crosses the line. Bench use: it shows secrets.
    #[arg(long)]
    trace: bool,

    /// The text; standard input if "-".
    receipt: PathBuf,
}

#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    /// 58 mm, 32 columns, GBK, tear bar.
    Clone58,
    /// 58 mm, GB 2312, no QR codes.
    Basic58,
    /// 80 mm, 48 columns, cutter.
    Epson80,
}

#[derive(Clone, Copy, ValueEnum)]
enum FlowName {
    /// The line holds us up.
    None,
    /// By the times of the printer's table.
    Timed,
}

impl Kind {
    const fn profile(self) -> &'static Profile {
        match self {
            Self::Clone58 => &Profile::CLONE_58MM,
            Self::Basic58 => &Profile::BASIC_58MM,
            Self::Epson80 => &Profile::EPSON_80MM,
        }
    }

    const fn model(self) -> Model {
        match self {
            Self::Clone58 | Self::Basic58 => Model::CLONE_58MM,
            Self::Epson80 => Model::EPSON_80MM,
        }
    }
}

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(said) => {
            eprintln!("{said}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("print: {error}");
            ExitCode::from(2)
        }
    }
}

fn run(args: &Args) -> Result<String, Box<dyn StdError>> {
    let text =
        read(&args.receipt).map_err(|error| format!("{}: {error}", args.receipt.display()))?;
    let lines: Vec<Line<'_>> = text.lines().map(Line::new).collect();
    let items: Vec<Item<'_>> = lines.iter().flat_map(Line::items).collect();
    if let Some(mechanism) = args.head {
        return head::print(mechanism, &items, args.png.as_deref());
    }
    let bytes = encode(&lines, args.kind.profile())?;
    if let Some(path) = &args.png {
        draw(path, args.kind.model(), &bytes)
            .map_err(|error| format!("{}: {error}", path.display()))?;
    }
    if let Some(path) = &args.out {
        fs::write(path, &bytes).map_err(|error| format!("{}: {error}", path.display()))?;
        return Ok(format!("{} bytes in {}", bytes.len(), path.display()));
    }
    let name = &args.port;
    Ok(match name {
        PortName::Sim => {
            let clock = VirtualClock::new();
            let mut printer = EscPosPrinter::new(args.kind.model());
            args.paper.into_iter().for_each(|rows| printer.paper_ends_after(rows));
            let sim = Simulated::new(printer);
            let port = common::erased(sim.port(clock.clone()));
            send(args, name, port, clock, &items)?
        }
        name => {
            let port = name
                .open(115_200, || unreachable!("the simulator was handled"))
                .map_err(|error| common::advice("printer", name, &common::open_error(error)))?;
            send(args, name, port, SystemClock::new(), &items)?
        }
    })
}

fn read(path: &Path) -> io::Result<String> {
    if path != Path::new("-") {
        return fs::read_to_string(path);
    }
    let mut text = String::new();
    io::stdin().read_to_string(&mut text)?;
    Ok(text)
}

/// All bytes of the job, from a printer that was just switched on.
fn encode(lines: &[Line<'_>], profile: &'static Profile) -> Result<Vec<u8>, String> {
    let mut encoder = Encoder::new(profile);
    let mut bytes = Encoder::PROLOGUE.to_vec();
    let mut slice = [0; Encoder::SLICE];
    let items =
        (1..).zip(lines).flat_map(|(n, line)| line.items().into_iter().map(move |i| (n, i)));
    for (number, item) in items {
        let refused = |refusal| format!("line {number}: {refusal}");
        let mut job = encoder.begin(&item).map_err(refused)?;
        while !job.is_done() {
            let filled = encoder.fill(&mut job, &mut slice);
            bytes.extend(&slice[..filled.len]);
        }
    }
    Ok(bytes)
}

fn draw(path: &Path, model: Model, bytes: &[u8]) -> io::Result<()> {
    let printer = EscPosPrinter::decoded(model, bytes);
    if printer.bitmap().height() == 0 {
        return Err(io::Error::other("nothing is printed"));
    }
    png::paper(path, printer.bitmap())
}

fn send(
    args: &Args,
    name: &PortName,
    port: AnyPort,
    clock: impl Clock + Clone + 'static,
    items: &[Item<'_>],
) -> Result<String, String> {
    let port = traced(port, args.trace, "printer", Protocol::EscPos, clock.clone());
    let profile = args.kind.profile();
    match args.flow {
        FlowName::None => print(EscPos::new(port, Unpaced, profile), clock, items),
        FlowName::Timed => print(EscPos::new(port, Timed, profile), clock, items),
    }
    .map_err(|error| common::advice("printer", name, &error))
}

type PrintError = CallError<Fault, AnyError>;

fn print<F: Flow>(
    mut driver: EscPos<AnyPort, F>,
    mut clock: impl Clock,
    items: &[Item<'_>],
) -> Result<String, PrintError> {
    let status = driver.init().wait(&mut clock)?;
    if !status.is_ready() {
        eprintln!("printer: {status}");
    }
    let mut printer = Clocked::new(driver, clock);
    for item in items {
        printer.print(item)?;
    }
    loop {
        match printer.poll_printed() {
            Ok(Completion::Proven) => return Ok("printed; the printer says so".into()),
            Ok(_) => return Ok("printed, as far as the printer says".into()),
            Err(embedded_pos::nb::Error::Other(error)) => return Err(error),
            Err(embedded_pos::nb::Error::WouldBlock) => {
                let now = printer.clock.now();
                printer.clock.idle(now + Duration::from_millis(1));
            }
        }
    }
}
