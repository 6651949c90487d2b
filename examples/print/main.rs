//! Prints a text on a receipt printer, or into a file.

#[path = "../common/mod.rs"]
mod common;
mod head;
mod markup;
mod picture;

use std::error::Error as StdError;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use embedded_pos::port::adapter::SystemClock;
use embedded_pos::port::{CallError, Clock, Clocked, Duration};
use embedded_pos::printer::escpos::{self, EscPos, Fault, Flow, Timed, Unpaced};
use embedded_pos::printer::{Completion, Item, Paper, Printer, Status, cpcl, star};
use embedded_pos::sim::printer::{Bitmap, CpclPrinter, EscPosPrinter, StarPrinter};
use embedded_pos::sim::{Simulated, VirtualClock};

use common::printer::{Kind, Language};
use common::trace::{Protocol, traced};
use common::{AnyError, AnyPort, PortName, png};
use markup::Line;

/// Prints a text on a receipt printer, or into a file.
///
/// Each line of the text is a line on paper, wrapped at its width. Marks at
/// the start of a line:
///
///   "# "           centred title, bold and twice the size
///   "^ "           centred
///   "> "           right
///   "! "           bold, for columns and tables too
///   "\"            as it is: for a line that begins with a mark
///   "A || B"       A at the left margin, B at the right
///   "---"          a line across the paper
///   "[table] * 4> 10^"  the columns of what follows: one that takes what is
///                  left, one of 4 whose cells stand right, one of 10 centred
///   "| A | B | C"  a line of the table
///   "[NAME] DATA"  a bar code: upc-a, upc-e, ean13, ean8, code39, itf, codabar,
///                  code93, code128, gs1-128, databar; a 2D code: qr, pdf417,
///                  aztec, datamatrix
///   "[logo]"       the sign of the example
///   "[image] PATH" a picture, a PNG file, a dot for each pixel
///   "[cut]"        feed and cut, or feed to the tear bar
///
/// An empty line is an empty line. Without a text, a receipt with all of this
/// is printed: examples/print/receipt.txt.
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

    /// The language of the printer.
    #[arg(long, value_enum, default_value_t = Language::Escpos)]
    language: Language,

    /// The kind of printer; for star and cpcl, its width.
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
    receipt: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum FlowName {
    /// The line holds us up.
    None,
    /// By the times of the printer's table.
    Timed,
}

impl Args {
    const fn paper(&self) -> Paper {
        match self.head {
            Some(_) => Kind::Clone58.escpos().paper,
            None => self.kind.escpos().paper,
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
    let text = match &args.receipt {
        Some(path) => read(path).map_err(|error| format!("{}: {error}", path.display()))?,
        None => include_str!("receipt.txt").into(),
    };
    let lines = markup::lines(&text, args.paper())?;
    let items: Vec<Item<'_>> = lines.iter().flat_map(Line::items).collect();
    if let Some(mechanism) = args.head {
        return head::print(mechanism, &items, args.png.as_deref());
    }
    let bytes = encode(&lines, args)?;
    if let Some(path) = &args.png {
        draw(path, args, &bytes).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    if let Some(path) = &args.out {
        fs::write(path, &bytes).map_err(|error| format!("{}: {error}", path.display()))?;
        return Ok(format!("{} bytes in {}", bytes.len(), path.display()));
    }
    let name = &args.port;
    Ok(match name {
        PortName::Sim => {
            let clock = VirtualClock::new();
            send(args, name, simulated(args, &clock), clock, &items)?
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

/// A port to a simulated printer.
fn simulated(args: &Args, clock: &VirtualClock) -> AnyPort {
    let model = args.kind.model(args.language);
    macro_rules! port {
        ($printer:ident) => {{
            let mut printer = $printer::new(model);
            args.paper.into_iter().for_each(|rows| printer.paper_ends_after(rows));
            common::erased(Simulated::new(printer).port(clock.clone()))
        }};
    }
    match args.language {
        Language::Escpos => port!(EscPosPrinter),
        Language::Star => port!(StarPrinter),
        Language::Cpcl => port!(CpclPrinter),
    }
}

/// All bytes of the job, from a printer that was just switched on.
fn encode(lines: &[Line<'_>], args: &Args) -> Result<Vec<u8>, String> {
    macro_rules! encoded {
        ($language:ident) => {{
            let mut encoder = $language::Encoder::new(args.kind.$language());
            let mut bytes = $language::Encoder::PROLOGUE.to_vec();
            let mut slice = [0; $language::Encoder::SLICE];
            let items = (1..)
                .zip(lines)
                .flat_map(|(n, line)| line.items().into_iter().map(move |i| (n, i)))
                .chain([(0, Item::Feed(0))]);
            for (number, item) in items {
                let refused = |refusal| format!("line {number}: {refusal}");
                let mut job = encoder.begin(&item).map_err(refused)?;
                while !job.is_done() {
                    let filled = encoder.fill(&mut job, &mut slice);
                    bytes.extend(&slice[..filled.len]);
                }
            }
            bytes
        }};
    }
    Ok(match args.language {
        Language::Escpos => encoded!(escpos),
        Language::Star => encoded!(star),
        Language::Cpcl => encoded!(cpcl),
    })
}

fn draw(path: &Path, args: &Args, bytes: &[u8]) -> io::Result<()> {
    let model = args.kind.model(args.language);
    let bitmap: Bitmap = match args.language {
        Language::Escpos => EscPosPrinter::decoded(model, bytes).bitmap().clone(),
        Language::Star => StarPrinter::decoded(model, bytes).bitmap().clone(),
        Language::Cpcl => CpclPrinter::decoded(model, bytes).bitmap().clone(),
    };
    if bitmap.height() == 0 {
        return Err(io::Error::other("nothing is printed"));
    }
    png::paper(path, &bitmap)
}

fn send(
    args: &Args,
    name: &PortName,
    port: AnyPort,
    clock: impl Clock + Clone + 'static,
    items: &[Item<'_>],
) -> Result<String, String> {
    let port = match args.language {
        Language::Escpos => traced(port, args.trace, "printer", Protocol::EscPos, clock.clone()),
        Language::Star | Language::Cpcl => port,
    };
    match args.flow {
        FlowName::None => send_by(args, Unpaced, port, clock, items),
        FlowName::Timed => send_by(args, Timed, port, clock, items),
    }
    .map_err(|error| common::advice("printer", name, &error))
}

fn send_by<F: Flow>(
    args: &Args,
    flow: F,
    port: AnyPort,
    mut clock: impl Clock + Clone,
    items: &[Item<'_>],
) -> Result<String, PrintError> {
    macro_rules! driven {
        ($driver:expr) => {{
            let mut driver = $driver;
            let status = driver.init().wait(&mut clock)?;
            print(Clocked::new(driver, clock.clone()), status, clock, items)
        }};
    }
    match args.language {
        Language::Escpos => driven!(EscPos::new(port, flow, args.kind.escpos())),
        Language::Star => driven!(star::Star::new(port, flow, args.kind.star())),
        Language::Cpcl => driven!(cpcl::Cpcl::new(port, flow, args.kind.cpcl())),
    }
}

type PrintError = CallError<Fault, AnyError>;

fn print(
    mut printer: impl Printer<Error = PrintError>,
    status: Status,
    mut clock: impl Clock,
    items: &[Item<'_>],
) -> Result<String, PrintError> {
    if !status.is_ready() {
        eprintln!("printer: {status}");
    }
    for item in items {
        printer.print(item)?;
    }
    loop {
        match printer.poll_printed() {
            Ok(Completion::Proven) => return Ok("printed; the printer says so".into()),
            Ok(_) => return Ok("printed, as far as the printer says".into()),
            Err(embedded_pos::nb::Error::Other(error)) => return Err(error),
            Err(embedded_pos::nb::Error::WouldBlock) => {
                let now = clock.now();
                clock.idle(now + Duration::from_millis(1));
            }
        }
    }
}
