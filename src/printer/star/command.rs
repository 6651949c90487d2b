//! The commands that are sent, each with its bytes. "Line" is the STAR Line
//! Mode Command Specifications (rev. 0.00, and the one for line thermal
//! printers), "PRNT" the `StarPRNT` Command Specifications; read, if nothing
//! else is said.

use crate::printer::{Align, Emphasis, QrLevel, Style};

const ACK: u8 = 0x06;
const ESC: u8 = 0x1B;
const GS: u8 = 0x1D;
const RS: u8 = 0x1E;
const SOH: u8 = 0x01;
const ETX: u8 = 0x03;

/// Ends the line and feeds by its height.
pub(super) const LF: [u8; 1] = [0x0A];

/// `ESC @`, as at power-up and with an empty line, and `ESC z 1`, a line each
/// 4 mm (both from memory); `ESC RS a 0`, no status unasked, without which [`STATUS`] is
/// not to be used (Line, 3-70 and 5-11). The last comes first as well: its RS
/// ends a bar code that was broken off, and what is left of it goes with the
/// line.
pub(super) const PROLOGUE: [u8; 13] = [ESC, RS, b'a', 0, ESC, b'@', ESC, b'z', 1, ESC, RS, b'a', 0];

/// `ESC ACK SOH`: the status, executed as it comes in (Line, 3-70).
pub(super) const STATUS: [u8; 3] = [ESC, ACK, SOH];

/// `ESC GS ETX 1`: prints the line, waits until the motor stops, counts, and
/// answers with itself, the count and NUL (PRNT, 2-85).
pub(super) const fn print_end([a, b]: [u8; 2]) -> [u8; 6] {
    [ESC, GS, ETX, 1, a, b]
}

/// `ESC i` height and width, from 0 (from memory; other drivers agree); `ESC
/// E` or `F`, `ESC -`, `ESC 4` or `5`.
pub(super) const fn style(style: Style) -> [u8; 11] {
    let bold = if style.emphasis.contains(Emphasis::BOLD) { b'E' } else { b'F' };
    let underline = style.emphasis.contains(Emphasis::UNDERLINE) as u8;
    let inverse = if style.emphasis.contains(Emphasis::INVERSE) { b'4' } else { b'5' };
    let (height, width) = (style.height.saturating_sub(1), style.width.saturating_sub(1));
    [ESC, b'i', height, width, ESC, bold, ESC, b'-', underline, ESC, inverse]
}

/// `ESC GS a`: where lines, codes and pictures stand.
pub(super) const fn align(align: Align) -> [u8; 4] {
    let n = match align {
        Align::Left => 0,
        Align::Center => 1,
        Align::Right => 2,
    };
    [ESC, GS, b'a', n]
}

/// `ESC a`: feeds 1 to 127 lines (Line, 3-26).
pub(super) const fn feed_lines(n: u8) -> [u8; 3] {
    [ESC, b'a', n]
}

/// `ESC I`: feeds 1 to 255 eighths of a millimetre, which are dots (Line,
/// 3-29).
pub(super) const fn feed_dots(n: u8) -> [u8; 3] {
    [ESC, b'I', n]
}

/// `ESC d`: feeds to the knife and cuts (Line, 3-60).
pub(super) const fn cut(full: bool) -> [u8; 3] {
    [ESC, b'd', if full { 2 } else { 3 }]
}

/// The bar codes of `ESC b` that are sent.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum BarKind {
    UpcA,
    Ean8,
    Ean13,
    Code128,
}

impl BarKind {
    const fn number(self) -> u8 {
        match self {
            Self::UpcA => b'1',
            Self::Ean8 => b'2',
            Self::Ean13 => b'3',
            Self::Code128 => b'6',
        }
    }
}

/// `ESC b`: the header of a bar code with a line feed, its text beneath or not,
/// of 2, 3 or 4 dots a module; data and [`END_OF_BAR`] follow (Line, 3-58; the
/// modules of CODE128 5-3, those of the others from memory).
pub(super) const fn bar_code(kind: BarKind, text: bool, module: u8, height: u8) -> [u8; 6] {
    let text = if text { b'2' } else { b'1' };
    [ESC, b'b', kind.number(), text, b'0' + module.saturating_sub(1), height]
}

/// What ends a bar code's data.
pub(super) const END_OF_BAR: u8 = RS;

/// `ESC GS y S 0`, `1`, `2` and the header of `D 1`, for a QR code: model 2,
/// error correction, dots a module (1 to 8), and that `length` bytes follow
/// (Line, 3-119 and 3-145).
pub(super) const fn qr_store(module: u8, level: QrLevel, length: u16) -> [u8; 26] {
    let level = match level {
        QrLevel::L => 0,
        QrLevel::M => 1,
        QrLevel::Q => 2,
        QrLevel::H => 3,
    };
    let [low, high] = length.to_le_bytes();
    [
        ESC, GS, b'y', b'S', b'0', 2, // model
        ESC, GS, b'y', b'S', b'1', level, // error correction
        ESC, GS, b'y', b'S', b'2', module, // size
        ESC, GS, b'y', b'D', b'1', 0, low, high, // data
    ]
}

/// `ESC GS y P`: prints the QR code that is stored (Line, 3-147).
pub(super) const QR_PRINT: [u8; 4] = [ESC, GS, b'y', b'P'];

/// `ESC GS S 1`: the header of a picture, `bytes` wide and `rows` high; the
/// rows follow. Not in the pages that were read: as drivers in use send it.
pub(super) const fn raster(bytes: u16, rows: u16) -> [u8; 9] {
    let ([xl, xh], [yl, yh]) = (bytes.to_le_bytes(), rows.to_le_bytes());
    [ESC, GS, b'S', 1, xl, xh, yl, yh, 0]
}

/// Whether `byte` after `last` begins a command that is executed as it comes
/// in: ESC ACK, with SOH a status request, with CAN a reset.
pub(super) const fn is_real_time(last: u8, byte: u8) -> bool {
    last == ESC && byte == ACK
}
