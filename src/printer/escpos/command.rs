//! The commands that are sent, each with its bytes. The numbers are those of
//! Epson's ESC/POS command reference, with which the clones agree for these.

use crate::printer::{Align, Emphasis, QrLevel, Style};

const DLE: u8 = 0x10;
const EOT: u8 = 0x04;
const ESC: u8 = 0x1B;
const FS: u8 = 0x1C;
const GS: u8 = 0x1D;

/// Ends the line and feeds by its height.
pub(super) const LF: [u8; 1] = [0x0A];

/// `ESC @`: style, alignment and line buffer as at power-up. The receive
/// buffer stays.
pub(super) const INITIALIZE: [u8; 2] = [ESC, b'@'];

/// `FS &`: a byte from 81h on begins a character of two bytes.
pub(super) const KANJI_MODE: [u8; 2] = [FS, b'&'];

/// `GS r 1`: the paper sensor, answered in the order of the stream with a
/// byte `0xx0xxxx`; bits 2 and 3 are the end of the paper.
pub(super) const TRANSMIT_PAPER_STATUS: [u8; 3] = [GS, b'r', 1];

/// `DLE EOT n`: a status byte, answered at once, even while busy.
pub(super) const fn real_time_status(n: u8) -> [u8; 3] {
    [DLE, EOT, n]
}

/// `DLE ENQ 1`: recover from an error, and go on with the line it happened in.
pub(super) const RECOVER: [u8; 3] = [DLE, 0x05, 1];

/// `DLE ENQ 2`: recover from an error, and drop what was received.
pub(super) const RECOVER_AND_CLEAR: [u8; 3] = [DLE, 0x05, 2];

/// `DLE DC4 8`, with the seven bytes that keep it from being met by chance.
/// The answer is 37h 25h 00h.
pub(super) const CLEAR: [u8; 10] = [DLE, 0x14, 8, 1, 3, 20, 1, 6, 2, 8];

/// FFh wakes a sleeping printer and is nothing to one that is awake (the NUL
/// after it is not sent); then `ESC 8 0 0`: never to sleep.
pub(super) const WAKE: [u8; 6] = [0xFF, 0, ESC, b'8', 0, 0];

/// `GS a n`: what to tell by itself.
pub(super) const fn automatic(n: u8) -> [u8; 3] {
    [GS, b'a', n]
}

/// `GS ( H` function 48: to answer `37 22 id 00` when what was sent before is
/// printed. Each byte of the number is from 20h to 7Eh.
pub(super) const fn process_id([a, b, c, d]: [u8; 4]) -> [u8; 11] {
    [GS, b'(', b'H', 6, 0, 48, 48, a, b, c, d]
}

/// The style of characters of one and of two bytes.
///
/// `ESC !` and `FS !` know doubles only, `GS !` all magnifications; clones use
/// `FS !` and `FS -` for hanzi, Epson's printers the last size given for all.
/// So each is said in every way, and `GS !` last.
pub(super) const fn style(style: Style) -> [u8; 21] {
    let bold = style.emphasis.contains(Emphasis::BOLD) as u8;
    let underline = style.emphasis.contains(Emphasis::UNDERLINE) as u8;
    let inverse = style.emphasis.contains(Emphasis::INVERSE) as u8;
    let (wide, high) = ((style.width > 1) as u8, (style.height > 1) as u8);
    let size = style.width.saturating_sub(1) << 4 | style.height.saturating_sub(1);
    let mode = bold << 3 | high << 4 | wide << 5 | underline << 7;
    let kanji = wide << 2 | high << 3 | underline << 7;
    [
        ESC, b'!', mode, FS, b'!', kanji, GS, b'!', size, // sizes
        ESC, b'E', bold, ESC, b'-', underline, FS, b'-', underline, GS, b'B', inverse,
    ]
}

/// `ESC a`: at the start of a line only.
pub(super) const fn align(align: Align) -> [u8; 3] {
    let n = match align {
        Align::Left => 0,
        Align::Center => 1,
        Align::Right => 2,
    };
    [ESC, b'a', n]
}

/// `ESC d`: feeds this many lines.
pub(super) const fn feed_lines(n: u8) -> [u8; 3] {
    [ESC, b'd', n]
}

/// `ESC J`: feeds this many motion units.
pub(super) const fn feed_units(n: u8) -> [u8; 3] {
    [ESC, b'J', n]
}

/// `GS V 65`: feeds to the knife and `n` units more, and cuts through.
pub(super) const fn cut_full(n: u8) -> [u8; 4] {
    [GS, b'V', 65, n]
}

/// `GS V 66`: feeds to the knife and `n` units more, and leaves a bridge.
pub(super) const fn cut_partial(n: u8) -> [u8; 4] {
    [GS, b'V', 66, n]
}

/// `GS v 0`: the header of a picture, `bytes` wide and `rows` high; the rows
/// follow.
pub(super) const fn raster(bytes: u16, rows: u16) -> [u8; 8] {
    let ([xl, xh], [yl, yh]) = (bytes.to_le_bytes(), rows.to_le_bytes());
    [GS, b'v', b'0', 0, xl, xh, yl, yh]
}

/// `GS ( k` functions 65, 67, 69 and the header of 80, for a QR code: model 2,
/// the size of a module, the error correction, and that `length` bytes follow.
pub(super) const fn qr_store(module: u8, level: QrLevel, length: u16) -> [u8; 33] {
    let level = match level {
        QrLevel::L => 48,
        QrLevel::M => 49,
        QrLevel::Q => 50,
        QrLevel::H => 51,
    };
    let [pl, ph] = length.saturating_add(3).to_le_bytes();
    [
        GS, b'(', b'k', 4, 0, 49, 65, 50, 0, // model
        GS, b'(', b'k', 3, 0, 49, 67, module, // size
        GS, b'(', b'k', 3, 0, 49, 69, level, // error correction
        GS, b'(', b'k', pl, ph, 49, 80, 48, // store
    ]
}

/// `GS ( k` function 81: prints the QR code that is stored.
pub(super) const QR_PRINT: [u8; 8] = [GS, b'(', b'k', 3, 0, 49, 81, 48];

/// `GS h`, `GS w`, `GS H` and the header of `GS k 73`: a CODE128 bar code of
/// this height, with dots a module, its text beneath, of `length` bytes.
pub(super) const fn code128(height: u8, module: u8, length: u8) -> [u8; 13] {
    [GS, b'h', height, GS, b'w', module, GS, b'H', 2, GS, b'k', 73, length]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `GS k` with n = 73: Epson's table of bar codes; the set-up commands
    /// stand before it.
    #[test]
    fn code128_header() {
        let bytes = code128(80, 2, 5);
        assert_eq!(bytes, *b"\x1Dh\x50\x1Dw\x02\x1DH\x02\x1Dk\x49\x05");
    }

    /// The sequence of Epson's programming example for QR codes.
    #[test]
    fn qr_functions_have_their_lengths() {
        let bytes = qr_store(4, QrLevel::M, 253);
        assert_eq!(&bytes[..9], b"\x1D(k\x04\x00\x31\x41\x32\x00");
        assert_eq!(&bytes[9..17], b"\x1D(k\x03\x00\x31\x43\x04");
        assert_eq!(&bytes[17..25], b"\x1D(k\x03\x00\x31\x45\x31");
        assert_eq!(&bytes[25..], b"\x1D(k\x00\x01\x31\x50\x30", "253 + 3 = 0100h");
        assert_eq!(QR_PRINT, *b"\x1D(k\x03\x00\x31\x51\x30");
    }

    /// download4.epson.biz, `GS ( H` function 48.
    #[test]
    fn process_id_of_four_digits() {
        assert_eq!(process_id(*b"0001"), *b"\x1D(H\x06\x00\x30\x300001");
    }

    #[test]
    fn styles_set_every_bit_that_is_theirs() {
        assert_eq!(style(Style::NORMAL), *b"\x1B!\0\x1C!\0\x1D!\0\x1BE\0\x1B-\0\x1C-\0\x1DB\0");
        let all = Style { emphasis: Emphasis::all(), width: 2, height: 3 };
        assert_eq!(style(all), *b"\x1B!\xB8\x1C!\x8C\x1D!\x12\x1BE\x01\x1B-\x01\x1C-\x01\x1DB\x01");
    }

    #[test]
    fn the_others() {
        assert_eq!(real_time_status(4), *b"\x10\x04\x04");
        assert_eq!(align(Align::Right), *b"\x1Ba\x02");
        assert_eq!(feed_lines(3), *b"\x1Bd\x03");
        assert_eq!(feed_units(96), *b"\x1BJ\x60");
        assert_eq!(cut_full(3), *b"\x1DV\x41\x03");
        assert_eq!(cut_partial(3), *b"\x1DV\x42\x03");
        assert_eq!(raster(48, 24), *b"\x1Dv0\x00\x30\x00\x18\x00");
    }
}
