//! ESC/POS: what a file of printer bytes puts on paper.

#[path = "../common/png.rs"]
mod png;

use std::fs;
use std::io::{self, Read};
use std::path::Path;

use embedded_pos::printer::Align;
use embedded_pos::sim::printer::{Bitmap, EscPosPrinter, Event, Model};
use serde_json::{Value, json};

use super::{Args, Bad, hex};

/// Decodes a file for a printer of 58 mm, or with `--expect 80` of 80 mm, that
/// has two-byte characters on.
pub fn file(args: &Args) -> Result<Value, Bad> {
    let bytes = read(args.file.as_deref()).map_err(|error| bad(&error))?;
    let dots = if args.expect.as_deref() == Some("80") { 576 } else { 384 };
    let model = Model { dots, cutter: Some(96), ..Model::CLONE_58MM };
    let printer = EscPosPrinter::decoded(model, &bytes);
    shown(args, printer.bitmap(), printer.events(), printer.incomplete())
}

/// What a printer did, and its picture if that is asked for.
pub(super) fn shown(
    args: &Args,
    bitmap: &Bitmap,
    events: &[Event],
    incomplete: &[u8],
) -> Result<Value, Bad> {
    if let Some(path) = &args.png {
        if bitmap.height() == 0 {
            return Err(Bad { error: "nothing is printed: no picture".into(), offset: 0 });
        }
        png::paper(path, bitmap).map_err(|error| bad(&error))?;
    }
    let events: Vec<Value> = events.iter().map(event).collect();
    Ok(json!({ "events": events, "incomplete": hex(incomplete) }))
}

pub(super) fn read(path: Option<&Path>) -> io::Result<Vec<u8>> {
    match path {
        Some(path) if path != Path::new("-") => fs::read(path),
        _ => {
            let mut bytes = Vec::new();
            io::stdin().read_to_end(&mut bytes)?;
            Ok(bytes)
        }
    }
}

pub(super) fn bad(error: &io::Error) -> Bad {
    Bad { error: error.to_string(), offset: 0 }
}

fn event(event: &Event) -> Value {
    match event {
        Event::Text { text, style, align } => json!({
            "type": "text",
            "text": text,
            "align": match align {
                Align::Left => "left",
                Align::Center => "center",
                Align::Right => "right",
            },
            "bold": style.bold,
            "underline": style.underline,
            "inverse": style.inverse,
            "width": style.width,
            "height": style.height,
        }),
        Event::Feed { dots } => json!({ "type": "feed", "dots": dots }),
        Event::Image { width, height } => {
            json!({ "type": "image", "width": width, "height": height })
        }
        Event::Qr { data, module, level } => {
            let mut code = code("qr", data);
            code["module"] = (*module).into();
            code["level"] = level.to_string().into();
            code
        }
        Event::Barcode { kind, text, module, height } => {
            let mut code = code(kind, text.as_bytes());
            code["module"] = (*module).into();
            code["height"] = (*height).into();
            code
        }
        Event::Symbol { kind, data, linear } => {
            let mut symbol = code(kind, data);
            if !linear.is_empty() {
                symbol["linear"] = String::from_utf8_lossy(linear).into();
            }
            symbol
        }
        Event::Cut { partial } => json!({ "type": "cut", "partial": partial }),
        Event::Drawer => json!({ "type": "drawer" }),
        Event::Beep(times) => json!({ "type": "beep", "times": times }),
        Event::NotPrinted(reason) => json!({ "type": "not-printed", "reason": reason }),
        Event::Ignored(bytes) => json!({ "type": "ignored", "bytes": hex(bytes) }),
        Event::Unknown(bytes) => json!({ "type": "unknown", "bytes": hex(bytes) }),
        other => json!({ "type": format!("{other:?}") }),
    }
}

/// Data that are no text stand in hexadecimal digits.
fn code(symbology: &str, data: &[u8]) -> Value {
    match std::str::from_utf8(data) {
        Ok(text) => json!({ "type": "code", "symbology": symbology, "data": text }),
        Err(_) => json!({ "type": "code", "symbology": symbology, "hex": hex(data) }),
    }
}
