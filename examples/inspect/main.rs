//! Decodes what integrators stare at: `inspect KIND [--json]`.
//!
//! One item a line comes in, one answer an item goes out; a bad line is
//! answered like a good one, and the next is read. A kind is one file here and
//! one row in [`KINDS`].
#![allow(dead_code, unreachable_pub, reason = "a program; its tests take it in as a module")]

use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use clap::builder::PossibleValuesParser;
use serde_json::{Map, Value, json};

mod aamva;
mod afl;
mod aip;
pub mod apdu;
mod atr;
pub mod bmlite;
pub mod camera;
pub mod ccid;
pub mod code;
mod cvm_list;
mod de55;
mod dol;
mod elements;
pub mod emv_cpm;
pub mod emv_qr;
pub mod escpos;
pub mod f5;
pub mod fmr;
pub mod gbk;
pub mod gm65;
pub mod gt511;
pub mod iso_dep;
pub mod languages;
mod licence_core;
mod menu;
mod mrz;
pub mod oda;
mod plate;
mod pn532;
pub mod printer_status;
mod resident_id;
mod sdt;
pub mod sfm;
pub mod ssi;
mod t0;
mod t1;
mod tlv;
mod transaction;
mod tsi;
mod tvr;
mod vin;
pub mod zfm;

/// Decodes an item that is a line.
pub type Line = fn(&str, &Args) -> Result<Value, Bad>;

/// How a kind is decoded.
enum Decode {
    /// One item a line.
    Line(Line),
    /// One item, the file named on the command line.
    File(fn(&Args) -> Result<Value, Bad>),
}

/// The kinds, each with what an item is.
const KINDS: &[(&str, Decode)] = &[
    ("aamva", Decode::Line(aamva::line)),
    ("afl", Decode::Line(afl::line)),
    ("aip", Decode::Line(aip::line)),
    ("apdu", Decode::Line(apdu::line)),
    ("atr", Decode::Line(atr::line)),
    ("bmlite", Decode::Line(bmlite::line)),
    ("camera", Decode::Line(camera::line)),
    ("ccid", Decode::Line(ccid::line)),
    ("code", Decode::Line(code::line)),
    ("cpcl", Decode::File(languages::cpcl)),
    ("cvm-list", Decode::Line(cvm_list::line)),
    ("de55", Decode::Line(de55::line)),
    ("dol", Decode::Line(dol::line)),
    ("emv-cpm", Decode::Line(emv_cpm::line)),
    ("emv-qr", Decode::Line(emv_qr::line)),
    ("escpos", Decode::File(escpos::file)),
    ("f5", Decode::Line(f5::line)),
    ("fmr", Decode::Line(fmr::line)),
    ("gbk", Decode::Line(gbk::line)),
    ("gm65", Decode::Line(gm65::line)),
    ("gt511", Decode::Line(gt511::line)),
    ("honeywell", Decode::Line(menu::honeywell)),
    ("iso-dep", Decode::Line(iso_dep::line)),
    ("licence-core", Decode::Line(licence_core::line)),
    ("mrz", Decode::Line(mrz::line)),
    ("newland", Decode::Line(menu::newland)),
    ("oda", Decode::Line(oda::line)),
    ("plate", Decode::Line(plate::line)),
    ("pn532", Decode::Line(pn532::line)),
    ("printer-status", Decode::Line(printer_status::line)),
    ("resident-id", Decode::Line(resident_id::line)),
    ("sdt", Decode::Line(sdt::line)),
    ("sfm", Decode::Line(sfm::line)),
    ("ssi", Decode::Line(ssi::line)),
    ("star", Decode::File(languages::star)),
    ("t0", Decode::Line(t0::line)),
    ("t1", Decode::Line(t1::line)),
    ("tlv", Decode::Line(tlv::line)),
    ("transaction", Decode::Line(transaction::line)),
    ("tsi", Decode::Line(tsi::line)),
    ("tvr", Decode::Line(tvr::line)),
    ("vin", Decode::Line(vin::line)),
    ("zfm", Decode::Line(zfm::line)),
];

/// Decodes what integrators stare at.
///
/// Reads one item a line: hexadecimal digits for what crosses a wire or a chip,
/// text for what is typed or printed (the lines of mrz joined by `|`), a JSON object for oda, `1:16`,
/// `asb:10000000` or `stream:` and hexadecimal digits for printer-status; escpos,
/// star and cpcl read a whole binary file. A line that cannot be decoded is
/// answered too, and the next one is read.
#[derive(Debug, Parser)]
#[command(name = "inspect")]
pub struct Args {
    /// What the items are.
    #[arg(value_parser = PossibleValuesParser::new(KINDS.iter().map(|(name, _)| *name)))]
    kind: String,
    /// Print one JSON object an item instead of an indented tree.
    #[arg(long)]
    pub json: bool,
    /// What is expected: payment, licence or any for code; a printer of 80 mm
    /// instead of 58 for escpos, star and cpcl; gb2312 or gb18030 for gbk.
    #[arg(long, value_name = "WHAT")]
    pub expect: Option<String>,
    /// Whose messages they are, for camera.
    #[arg(long, value_enum)]
    pub vendor: Option<camera::Vendor>,
    /// Whose meaning of commands and codes, for zfm; without it, every one.
    #[arg(long, value_enum)]
    pub dialect: Option<zfm::Dialect>,
    /// Refuse what does not keep the standard, for aamva.
    #[arg(long)]
    pub strict: bool,
    /// In which symbology, for code: an AIM identifier, such as Q1.
    #[arg(long, value_name = "AIM")]
    pub symbology: Option<String>,
    /// Write a picture of what is printed there, for escpos, star and cpcl.
    #[arg(long, value_name = "FILE")]
    pub png: Option<PathBuf>,
    /// Read this file, or standard input for `-` or nothing.
    pub file: Option<PathBuf>,
}

/// Why an item could not be decoded.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Bad {
    /// What is wrong.
    pub error: String,
    /// At which byte of the decoded item; of the line, for text.
    pub offset: usize,
}

/// The bytes of a line of hexadecimal digits. Spaces may stand anywhere.
pub fn bytes(line: &str) -> Result<Vec<u8>, Bad> {
    let mut out = Vec::new();
    let mut half = None;
    for c in line.chars().filter(|c| !c.is_whitespace()) {
        let bad = || Bad { error: format!("`{c}` is no hexadecimal digit"), offset: out.len() };
        let digit = c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()).ok_or_else(bad)?;
        match half.take() {
            None => half = Some(digit << 4),
            Some(high) => out.push(high | digit),
        }
    }
    match half {
        None => Ok(out),
        Some(_) => Err(Bad { error: "half a byte at the end".into(), offset: out.len() }),
    }
}

/// Bytes as hexadecimal digits, in upper case.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

/// The answer to an item: what was decoded after `"ok":true`, or why not.
pub fn answer(decoded: Result<Value, Bad>) -> Value {
    match decoded {
        Ok(Value::Object(fields)) => {
            let mut object = Map::new();
            object.insert("ok".into(), true.into());
            object.extend(fields);
            Value::Object(object)
        }
        Ok(other) => json!({ "ok": true, "value": other }),
        Err(Bad { error, offset }) => json!({ "ok": false, "error": error, "offset": offset }),
    }
}

/// The answer to a line as it came.
pub fn answer_line(line: &[u8], args: &Args, decode: Line) -> Value {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    answer(match std::str::from_utf8(line) {
        Ok(text) if text.trim().is_empty() => Err(Bad { error: "empty line".into(), offset: 0 }),
        Ok(text) => decode(text, args),
        Err(error) => Err(Bad { error: "not UTF-8".into(), offset: error.valid_up_to() }),
    })
}

/// A value as an indented tree.
fn tree(value: &Value, indent: usize, out: &mut String) {
    let pad = " ".repeat(indent);
    let is_flat = |value: &Value| match value {
        Value::Array(items) => items.iter().all(|item| !item.is_array() && !item.is_object()),
        other => !other.is_object(),
    };
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                if is_flat(field) {
                    out.push_str(&format!("{pad}{name}: {}\n", flat(field)));
                } else {
                    out.push_str(&format!("{pad}{name}:\n"));
                    tree(field, indent + 2, out);
                }
            }
        }
        Value::Array(items) => {
            for item in items {
                let start = out.len();
                tree(item, indent + 2, out);
                if out.len() == start {
                    out.push_str(&format!("{pad}-\n"));
                } else {
                    out.replace_range(start + indent..start + indent + 1, "-");
                }
            }
        }
        other => out.push_str(&format!("{pad}{}\n", flat(other))),
    }
}

fn flat(value: &Value) -> String {
    match value {
        Value::Null => "-".into(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(flat).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

/// An answer as it is printed.
pub fn printed(answer: &Value, json: bool) -> String {
    if json {
        return format!("{answer}\n");
    }
    let mut out = String::new();
    match (answer["ok"].as_bool(), answer.as_object()) {
        (Some(true), Some(fields)) => {
            let fields = fields.iter().filter(|(name, _)| *name != "ok");
            let fields = fields.map(|(name, field)| (name.clone(), field.clone())).collect();
            tree(&Value::Object(fields), 0, &mut out);
        }
        _ => {
            let (error, offset) = (flat(&answer["error"]), flat(&answer["offset"]));
            out = format!("cannot be decoded: {error} (byte {offset})\n");
        }
    }
    out.push('\n');
    out
}

/// How the items of a kind are decoded, if each is a line.
pub fn decoder(kind: &str) -> Option<Line> {
    KINDS.iter().find(|(name, _)| *name == kind).and_then(|(_, decode)| match decode {
        Decode::Line(decode) => Some(*decode),
        Decode::File(_) => None,
    })
}

fn input(args: &Args) -> io::Result<Box<dyn BufRead>> {
    match &args.file {
        Some(path) if path.as_os_str() != "-" => Ok(Box::new(BufReader::new(File::open(path)?))),
        _ => Ok(Box::new(io::stdin().lock())),
    }
}

/// The error, and which file it is about.
fn named(args: &Args, error: &io::Error) -> io::Error {
    let file = args.file.as_deref().unwrap_or(Path::new("-"));
    io::Error::new(error.kind(), format!("{}: {error}", file.display()))
}

fn run(args: &Args) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let kind = KINDS.iter().find(|(name, _)| *name == args.kind);
    match kind.map(|(_, decode)| decode) {
        Some(Decode::Line(decode)) => {
            let mut input = input(args).map_err(|error| named(args, &error))?;
            let mut line = Vec::new();
            while input.read_until(b'\n', &mut line)? > 0 {
                let answer = answer_line(&line, args, *decode);
                out.write_all(printed(&answer, args.json).as_bytes())?;
                out.flush()?;
                line.clear();
            }
        }
        Some(Decode::File(decode)) => {
            out.write_all(printed(&answer(decode(args)), args.json).as_bytes())?;
        }
        None => {}
    }
    out.flush()
}

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("inspect: {error}");
            ExitCode::from(2)
        }
    }
}
