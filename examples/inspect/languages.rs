//! Star's language and CPCL: what a file of printer bytes puts on paper.

use embedded_pos::sim::printer::{CpclPrinter, Dialect, Machine, Model, StarPrinter};
use serde_json::Value;

use super::escpos::{bad, read, shown};
use super::{Args, Bad};

/// Decodes a file for a printer of Star's kind, of 58 mm or with `--expect 80`
/// of 80 mm.
pub fn star(args: &Args) -> Result<Value, Bad> {
    let model = Model { cutter: Some(96), ..Model::STAR_58MM };
    file(args, model, StarPrinter::decoded)
}

/// Decodes a file for a belt printer, of 58 mm or with `--expect 80` of 80 mm.
pub fn cpcl(args: &Args) -> Result<Value, Bad> {
    file(args, Model::BELT_58MM, CpclPrinter::decoded)
}

fn file<D: Dialect>(
    args: &Args,
    model: Model,
    decoded: fn(Model, &[u8]) -> Machine<D>,
) -> Result<Value, Bad> {
    let bytes = read(args.file.as_deref()).map_err(|error| bad(&error))?;
    let dots = if args.expect.as_deref() == Some("80") { 576 } else { 384 };
    let printer = decoded(Model { dots, ..model }, &bytes);
    shown(args, printer.bitmap(), printer.events(), printer.incomplete())
}
