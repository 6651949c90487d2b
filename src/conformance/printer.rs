use std::format;
use std::string::{String, ToString};

use super::Report;
use crate::printer::symbol::Barcode;
use crate::printer::{Align, Completion, Item, Printer, QrLevel, Raster, Status, Style};
use crate::{Error, ErrorKind};

/// The hand at the printer, and the eye on its paper.
pub trait PrinterStimulus {
    /// Lets about a millisecond pass.
    fn wait(&mut self);

    /// Takes the paper out.
    fn remove_paper(&mut self);

    /// Puts paper in, and closes the cover.
    fn load_paper(&mut self);

    /// The text that was printed since the last call, or since the start, with
    /// `\n` where a line ends; `None` if it cannot be read.
    fn printed_text(&mut self) -> Option<String>;
}

/// The longest that a few lines may take.
const PATIENCE_MS: u32 = 60_000;

/// Checks a printer with paper in it, and its driver, which is initialised.
///
/// It prints a strip of a few lines, and takes the paper out once.
pub fn printer(device: &mut impl Printer, stimulus: &mut impl PrinterStimulus) -> Report {
    let mut report = Report::new();
    let _ = stimulus.printed_text();
    report.check("a printer with paper is ready", ready(device));
    report.check("its paper has a width", paper(device));
    report.check("text is printed, and printing ends", text(device, stimulus));
    report.check("control characters are not sent", controls(device, stimulus));
    report.check(
        "a character it does not have is refused, and nothing printed",
        rare(device, stimulus),
    );
    report.check("an argument out of range is refused", arguments(device));
    report
        .check("every kind of item is printed or refused as unsupported", items(device, stimulus));
    report.check("paper out is reported, and is no success", paper_out(device, stimulus));
    report.check("it prints again with new paper", again(device, stimulus));
    report
}

fn ready(device: &mut impl Printer) -> Result<(), String> {
    let status = device.status().map_err(|error| error.to_string())?;
    status.is_ready().then_some(()).ok_or_else(|| format!("it says: {status}"))
}

fn paper(device: &impl Printer) -> Result<(), String> {
    let paper = device.paper();
    let width = u32::from(paper.columns) * 8;
    (paper.columns >= 16 && width <= u32::from(paper.dots))
        .then_some(())
        .ok_or_else(|| format!("{} columns on {} dots", paper.columns, paper.dots))
}

/// Prints items and waits for the end.
fn print(
    device: &mut impl Printer,
    stimulus: &mut impl PrinterStimulus,
    items: &[Item<'_>],
) -> Result<Completion, (ErrorKind, String)> {
    for item in items {
        device.print(item).map_err(|error| (error.kind(), format!("{item:?}: {error}")))?;
    }
    for _ in 0..PATIENCE_MS {
        match device.poll_printed() {
            Ok(completion) => return Ok(completion),
            Err(nb::Error::WouldBlock) => stimulus.wait(),
            Err(nb::Error::Other(error)) => return Err((error.kind(), error.to_string())),
        }
    }
    Err((ErrorKind::Other, "poll_printed does not end".into()))
}

/// Whether the paper says so; if it cannot be read, it does.
fn expect(stimulus: &mut impl PrinterStimulus, wanted: &str) -> Result<(), String> {
    match stimulus.printed_text() {
        Some(printed) if printed != wanted => Err(format!("the paper says {printed:?}")),
        _ => Ok(()),
    }
}

fn text(device: &mut impl Printer, stimulus: &mut impl PrinterStimulus) -> Result<(), String> {
    let items = [Item::Text("receipt "), Item::Text("200.00\n"), Item::Text("end")];
    print(device, stimulus, &items).map_err(|(_, error)| error)?;
    expect(stimulus, "receipt 200.00\nend\n")
}

fn controls(device: &mut impl Printer, stimulus: &mut impl PrinterStimulus) -> Result<(), String> {
    let text = "a\x1B@\x1Dp\x10\x14\x01\x01\x08b\u{9B}\x7F\n";
    print(device, stimulus, &[Item::Text(text)]).map_err(|(_, error)| error)?;
    expect(stimulus, "a@pb\n")
}

fn rare(device: &mut impl Printer, stimulus: &mut impl PrinterStimulus) -> Result<(), String> {
    // No printer has a noncharacter.
    match device.print(&Item::Text("must not be printed \u{FFFF}\n")) {
        Err(error) if error.kind() == ErrorKind::Argument => {}
        Err(error) => return Err(format!("refused as {:?}: {error}", error.kind())),
        Ok(()) => return Err("it was taken".into()),
    }
    print(device, stimulus, &[Item::Text("ok\n")]).map_err(|(_, error)| error)?;
    expect(stimulus, "ok\n")
}

fn arguments(device: &mut impl Printer) -> Result<(), String> {
    let width = device.paper().dots.saturating_add(1);
    let style = |width, height| Item::Style(Style { width, height, ..Style::NORMAL });
    let items = [
        style(0, 1),
        style(1, 9),
        Item::Raster(Raster { width, rows: &[] }),
        Item::Raster(Raster { width: 16, rows: &[0; 3] }),
        Item::Barcode(Barcode::code39("\n", 50)),
    ];
    for item in items {
        match device.print(&item) {
            Err(error) if matches!(error.kind(), ErrorKind::Argument | ErrorKind::Unsupported) => {}
            Err(error) => return Err(format!("{item:?} refused as {:?}", error.kind())),
            Ok(()) => return Err(format!("{item:?} was taken")),
        }
    }
    Ok(())
}

fn items(device: &mut impl Printer, stimulus: &mut impl PrinterStimulus) -> Result<(), String> {
    let items = [
        Item::Align(Align::Center),
        Item::Style(Style::TITLE),
        Item::Text("title\n"),
        Item::Style(Style::NORMAL),
        Item::Align(Align::Left),
        Item::Rule,
        Item::Columns("left", "right"),
        Item::Feed(1),
        Item::Qr { data: b"https://example.com", module: 4, level: QrLevel::M },
        Item::Barcode(Barcode::code128("ABC-123", 40)),
        Item::Raster(Raster { width: 16, rows: &[0xAA; 32] }),
        Item::Cut,
    ];
    for item in &items {
        match device.print(item) {
            Err(error) if error.kind() == ErrorKind::Unsupported => {}
            Err(error) => return Err(format!("{item:?}: {error}")),
            Ok(()) => {}
        }
    }
    print(device, stimulus, &[]).map_err(|(_, error)| error)?;
    let _ = stimulus.printed_text();
    Ok(())
}

fn paper_out(device: &mut impl Printer, stimulus: &mut impl PrinterStimulus) -> Result<(), String> {
    stimulus.remove_paper();
    let printed = print(device, stimulus, &[Item::Text("paper out\n")]);
    let status = device.status();
    match printed {
        Err((ErrorKind::Absent, _)) => {}
        Err((kind, error)) => return Err(format!("told as {kind:?}: {error}")),
        Ok(completion) => return Err(format!("told as {completion:?}")),
    }
    match status {
        Ok(status) if status.contains(Status::PAPER_OUT) && !status.is_ready() => Ok(()),
        Ok(status) => Err(format!("the status is: {status}")),
        Err(error) => Err(format!("no status: {error}")),
    }
}

fn again(device: &mut impl Printer, stimulus: &mut impl PrinterStimulus) -> Result<(), String> {
    stimulus.load_paper();
    print(device, stimulus, &[Item::Text("again\n")]).map_err(|(_, error)| error)?;
    match stimulus.printed_text() {
        // Whether the line that was held up comes out is the printer's way.
        Some(printed) if !printed.ends_with("again\n") => {
            Err(format!("the paper says {printed:?}"))
        }
        _ => Ok(()),
    }
}
