//! The commands that are sent. "Zebra" is the CPCL Programming Manual of
//! Zebra's mobile printers, "Sewoo" the label manual of the LK-P20, "HCC" that
//! of the POS80B; read, if nothing else is said.

use super::chunk::Chunk;
use crate::printer::{Emphasis, QrLevel, Style};

const ESC: u8 = 0x1B;

/// `ESC v` and `ESC h`: the model as text with NUL after it, and the status
/// byte (Zebra, 11-4 and 11-3).
///
/// A status byte of 00h, which is ready, is what a line that hangs low sends
/// too; the text is what it cannot send.
pub(super) const STATUS: [u8; 4] = [ESC, b'v', ESC, b'h'];

/// Ends whatever form was begun, by one that is not printed: `ABORT` (Zebra's
/// list of commands) stands in a form only.
pub(super) const PROLOGUE: &[u8] = b"! 0 200 200 1 1\r\nABORT\r\n";

/// Ends the form that was begun without printing it.
pub(super) const ABORT: &[u8] = b"\r\nABORT\r\n";

/// The same within the data of a QR code.
pub(super) const ABORT_QR: &[u8] = b"\r\nENDQR\r\nABORT\r\n";

/// Ends a form and prints it.
pub(super) const PRINT: &[u8] = b"PRINT\r\n";

/// Ends a picture, its form too.
pub(super) const PRINT_PICTURE: &[u8] = b"\r\nPRINT\r\n";

/// Ends a QR code (from memory), its form too.
pub(super) const PRINT_QR: &[u8] = b"\r\nENDQR\r\nPRINT\r\n";

/// `! 0 200 200`: a form of so many dots, to be printed once (Zebra, 2-2);
/// `PAGE-WIDTH` (from memory).
pub(super) fn form(height: u16, width: u16) -> Chunk {
    let header = Chunk::new().text(b"! 0 200 200 ").number(height).number(1).end();
    header.word(b"PAGE-WIDTH").number(width).end()
}

/// `SETMAG` (from memory) and `SETBOLD` (HCC, 60): both hold from form to
/// form, so both are always said.
pub(super) fn style(style: Style) -> Chunk {
    let bold = u16::from(style.emphasis.contains(Emphasis::BOLD));
    let size = Chunk::new().word(b"SETMAG").number(style.width.into()).number(style.height.into());
    size.end().word(b"SETBOLD").number(bold).end()
}

/// `T`: text in a font, its left upper corner at `x`, `y` (from memory). It
/// goes on to the end of the line, whatever stands in it.
pub(super) fn text(font: &str, x: u16, y: u16, text: &[u8]) -> Chunk {
    // A longer name than a profile may have would take the text's place.
    let font = font.as_bytes();
    let font = font.get(..16).unwrap_or(font);
    let place = Chunk::new().word(b"T").word(font).number(0).number(x).number(y);
    place.text(text).text(b"\r\n")
}

/// `L` draws a horizontal line (HCC, 60), `IL` turns what is under it to its
/// contrary (from memory).
pub(super) fn line(chunk: Chunk, command: &[u8], x0: u16, x1: u16, y: u16, width: u16) -> Chunk {
    chunk.word(command).number(x0).number(y).number(x1).number(y).number(width).end()
}

/// `BARCODE-TEXT` (from memory): bar codes have their text beneath.
pub(super) fn bar_text(align: &[u8], font: &str) -> Chunk {
    let font = font.as_bytes();
    let font = font.get(..16).unwrap_or(font);
    Chunk::new().text(align).end().word(b"BARCODE-TEXT").word(font).number(0).number(2).end()
}

/// `B`: its kind, dots a module, ratio (unused), height, place (Sewoo, 15).
pub(super) fn bar_code(kind: &[u8], module: u8, height: u8, data: &[u8]) -> Chunk {
    let kind = Chunk::new().word(b"B").word(kind).number(module.into()).number(1);
    kind.number(height.into()).number(0).number(0).text(data).text(b"\r\n")
}

/// What stands before the data of a QR code of model 2 (from memory): place,
/// dots a module, error correction, and that the printer chooses the mode.
pub(super) fn qr(x: u16, module: u8, level: QrLevel) -> Chunk {
    let level = match level {
        QrLevel::L => b"LA,",
        QrLevel::M => b"MA,",
        QrLevel::Q => b"QA,",
        QrLevel::H => b"HA,",
    };
    let place = Chunk::new().text(b"B QR ").number(x).number(0);
    place.text(b"M 2 U ").number(module.into()).end().text(level)
}

/// `CG`, binary, or `EG`, hexadecimal digits: bytes a row, rows, place (Zebra,
/// 7-7).
pub(super) fn picture(chunk: Chunk, binary: bool, stride: u16, rows: u16, x: u16) -> Chunk {
    let command: &[u8] = if binary { b"CG" } else { b"EG" };
    chunk.word(command).number(stride).number(rows).number(x).number(0)
}

/// A byte of a picture as two hexadecimal digits.
pub(super) fn hex(byte: u8) -> [u8; 2] {
    [byte >> 4, byte & 0x0F].map(|digit| if digit < 10 { b'0' + digit } else { b'A' + digit - 10 })
}

/// A byte of a picture without ESC, which begins commands that are executed as
/// they come in: then it has one dot more, beside others.
pub(super) const fn harmless(byte: u8) -> u8 {
    if byte == ESC { byte | 0x04 } else { byte }
}
