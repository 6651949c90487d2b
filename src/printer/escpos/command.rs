//! The commands that are sent, each with its bytes. The numbers are those of
//! Epson's ESC/POS command reference, with which the clones agree for these.

use crate::printer::text::Utf8;
use crate::printer::{Align, Emphasis, Font, Style};

const DLE: u8 = 0x10;
const EOT: u8 = 0x04;
const DC2: u8 = 0x12;
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

/// `FS .`: each byte is a character.
pub(super) const SINGLE_BYTE_MODE: [u8; 2] = [FS, b'.'];

/// `ESC R 0`: ASCII is ASCII, whatever the printer's switches say.
pub(super) const ASCII: [u8; 3] = national(0);

/// `ESC R`: a national set.
pub(super) const fn national(n: u8) -> [u8; 3] {
    [ESC, b'R', n]
}

/// `ESC t`: the code page of bytes from 80h on.
pub(super) const fn code_page(n: u8) -> [u8; 3] {
    [ESC, b't', n]
}

/// What makes text UTF-8: `FS ( C` function 48 with m = 2, or `ESC 9 1`.
pub(super) const fn utf8(how: Utf8) -> &'static [u8] {
    match how {
        Utf8::Epson => &[FS, b'(', b'C', 2, 0, 48, 2],
        Utf8::Mobile => &[ESC, b'9', 1],
    }
}

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
/// So each is said in every way, and `GS !` last. `ESC !` selects font A or B,
/// too.
pub(super) const fn style(style: Style) -> [u8; 21] {
    let bold = style.emphasis.contains(Emphasis::BOLD) as u8;
    let lines = underline(style.emphasis);
    let inverse = style.emphasis.contains(Emphasis::INVERSE) as u8;
    let (wide, high) = ((style.width > 1) as u8, (style.height > 1) as u8);
    let size = style.width.saturating_sub(1) << 4 | style.height.saturating_sub(1);
    let small = matches!(style.font, Font::B) as u8;
    let mode = small | bold << 3 | high << 4 | wide << 5 | ((lines > 0) as u8) << 7;
    let kanji = wide << 2 | high << 3 | ((lines > 0) as u8) << 7;
    [
        ESC, b'!', mode, FS, b'!', kanji, GS, b'!', size, // sizes
        ESC, b'E', bold, ESC, b'-', lines, FS, b'-', lines, GS, b'B', inverse,
    ]
}

const fn underline(emphasis: Emphasis) -> u8 {
    if emphasis.contains(Emphasis::THICK_UNDERLINE) {
        2
    } else {
        emphasis.contains(Emphasis::UNDERLINE) as u8
    }
}

/// What [`style`] does not say and few receipts need, so that only what changes
/// is sent: `ESC M`, `ESC G`, `ESC {`, `ESC V`, `GS b`, `ESC SP`.
pub(super) fn rare_styles(style: Style) -> [[u8; 3]; 6] {
    let on = |emphasis| u8::from(style.emphasis.contains(emphasis));
    [
        font(style.font),
        [ESC, b'G', on(Emphasis::DOUBLE_STRIKE)],
        [ESC, b'{', on(Emphasis::UPSIDE_DOWN)],
        [ESC, b'V', on(Emphasis::ROTATED)],
        [GS, b'b', on(Emphasis::SMOOTH)],
        [ESC, b' ', style.spacing],
    ]
}

/// `ESC M`.
pub(super) const fn font(font: Font) -> [u8; 3] {
    [ESC, b'M', font.number()]
}

/// The most bytes that a change of the style takes.
pub(super) const STYLES: usize = 3 + 21 + 6 * 3 + 4;

/// `FS S`: the dots to the left and the right of a hanzi.
pub(super) const fn kanji_spacing(right: u8) -> [u8; 4] {
    [FS, b'S', 0, right]
}

/// `FS W`: hanzi of twice the size; some printers know no `FS !`.
pub(super) const fn kanji_quadruple(style: Style) -> [u8; 3] {
    [FS, b'W', (style.width == 2 && style.height == 2) as u8]
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

/// `FS 2`: the code and 72 bytes of a hanzi of the user follow.
pub(super) const DEFINE_HANZI: [u8; 2] = [FS, b'2'];

/// The code of the user's `n`th hanzi: FEA1h and on, on Chinese models.
pub(super) const fn user_hanzi(n: u8) -> [u8; 2] {
    [0xFE, 0xA1 + n]
}

/// `ESC &`: two characters of one column; for each, its width and columns of
/// three bytes follow.
pub(super) const fn define_narrow([first, last]: [u8; 2]) -> [u8; 5] {
    [ESC, b'&', 3, first, last]
}

/// The width of a character of font A.
pub(super) const NARROW: u8 = 12;

/// The codes of the user's `n`th pair of characters of one column.
pub(super) const fn user_pair(n: u8) -> [u8; 2] {
    let first = b'A' + 2 * n;
    [first, first + 1]
}

/// `ESC %`: the user's characters stand in the place of the printer's.
pub(super) const USER_ON: [u8; 3] = [ESC, b'%', 1];

/// The printer's characters again.
pub(super) const USER_OFF: [u8; 3] = [ESC, b'%', 0];

/// `ESC *` with 24 columns of 24 dots, in the line; three bytes each follow.
pub(super) const PICTURE_24: [u8; 5] = [ESC, b'*', 33, 24, 0];

/// `ESC 3`: motion units from one line to the next.
pub(super) const fn line_spacing(n: u8) -> [u8; 3] {
    [ESC, b'3', n]
}

/// `ESC 2`: the printer's own line spacing.
pub(super) const OWN_LINE_SPACING: [u8; 2] = [ESC, b'2'];

/// `GS L` and `GS W`: the left margin and the width, in dots.
pub(super) const fn area(left: u16, width: u16) -> [u8; 8] {
    let ([ll, lh], [wl, wh]) = (left.to_le_bytes(), width.to_le_bytes());
    [GS, b'L', ll, lh, GS, b'W', wl, wh]
}

/// `ESC D`: tab stops follow, and NUL.
pub(super) const TABS: [u8; 2] = [ESC, b'D'];

/// To the next tab stop.
pub(super) const TAB: [u8; 1] = [0x09];

/// `ESC $`: to this dot from the left margin.
pub(super) const fn at(dots: u16) -> [u8; 4] {
    let [low, high] = dots.to_le_bytes();
    [ESC, b'$', low, high]
}

/// `ESC \\`: this many dots to the right.
pub(super) const fn forward(dots: i16) -> [u8; 4] {
    let [low, high] = dots.to_le_bytes();
    [ESC, b'\\', low, high]
}

/// `ESC K`: draws the paper back by this many motion units.
pub(super) const fn feed_back_units(n: u8) -> [u8; 3] {
    [ESC, b'K', n]
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

/// `DC2 *`: the same in the CSN-A2 family; both are a byte.
pub(super) const fn dc2_raster(bytes: u16, rows: u16) -> [u8; 4] {
    let ([bytes, _], [rows, _]) = (bytes.to_le_bytes(), rows.to_le_bytes());
    [DC2, b'*', rows, bytes]
}

/// `ESC *`: the header of a line of a picture, 8 columns for each of `bytes`;
/// modes 1 (8 dots) and 33 (24 dots) have as many columns as the paper.
pub(super) const fn columns(mode: u8, bytes: u16) -> [u8; 5] {
    let [low, high] = bytes.saturating_mul(8).to_le_bytes();
    [ESC, b'*', mode, low, high]
}

/// `GS ( L` function 112: stores rows, in black and as large as they are, to
/// be printed by [`GRAPHICS_PRINT`]. The length stands before this, the rows
/// after it.
pub(super) const fn graphics(bytes: u16, rows: u16) -> [u8; 10] {
    let ([xl, xh], [yl, yh]) = (bytes.saturating_mul(8).to_le_bytes(), rows.to_le_bytes());
    [48, 112, 48, 1, 1, 49, xl, xh, yl, yh]
}

/// `GS ( L` function 50: prints what function 112 stored.
pub(super) const GRAPHICS_PRINT: [u8; 7] = [GS, b'(', b'L', 2, 0, 48, 50];

/// `GS ( L` function 67: keeps rows in black by a key. The length stands before
/// this, the rows after it.
pub(super) const fn keep_logo([a, b]: [u8; 2], bytes: u16, rows: u16) -> [u8; 11] {
    let ([xl, xh], [yl, yh]) = (bytes.saturating_mul(8).to_le_bytes(), rows.to_le_bytes());
    [48, 67, 48, a, b, 1, xl, xh, yl, yh, 49]
}

/// `GS ( L` function 69: prints the picture that is kept by this key.
pub(super) const fn print_logo([a, b]: [u8; 2]) -> [u8; 11] {
    [GS, b'(', b'L', 6, 0, 48, 69, a, b, 1, 1]
}

/// `GS ( L` function 66: deletes it.
pub(super) const fn delete_logo([a, b]: [u8; 2]) -> [u8; 9] {
    [GS, b'(', b'L', 4, 0, 48, 66, a, b]
}

/// `GS ( L` function 65: deletes all.
pub(super) const DELETE_LOGOS: [u8; 10] = *b"\x1D(L\x05\x00\x30\x41CLR";

/// `GS ( L` function 64: to list the keys, in blocks `37 72 40 keys 00`; `41`
/// if more follow. Each is acknowledged with [`ACK`].
pub(super) const LIST_LOGOS: [u8; 9] = *b"\x1D(L\x04\x00\x30\x40KC";

/// `GS ( L` function 48: how many bytes there are for logos; answered with
/// `37 30 digits 00`.
pub(super) const LOGO_CAPACITY: [u8; 7] = [GS, b'(', b'L', 2, 0, 48, 48];

/// `GS ( L` function 51: how many of them are free; answered with
/// `37 31 digits 00`.
pub(super) const LOGO_ROOM: [u8; 7] = [GS, b'(', b'L', 2, 0, 48, 51];

/// ACK: a block came.
pub(super) const ACK: [u8; 1] = [0x06];

/// `FS q`: keeps one picture, so many bytes wide and high, instead of all that
/// were kept. Its columns follow; then the printer starts anew.
pub(super) const fn keep_first(bytes: u16, column: u16) -> [u8; 7] {
    let ([xl, xh], [yl, yh]) = (bytes.to_le_bytes(), column.to_le_bytes());
    [FS, b'q', 1, xl, xh, yl, yh]
}

/// `FS p`: prints a picture that is kept, as large as it is.
pub(super) const fn print_nv(n: u8) -> [u8; 4] {
    [FS, b'p', n, 0]
}

/// `ESC L`: what follows is set on a page.
pub(super) const PAGE_MODE: [u8; 2] = [ESC, b'L'];

/// FF in page mode: prints the page, and ends the mode.
pub(super) const PRINT_PAGE: [u8; 1] = [0x0C];

/// CAN, `ESC S`: forgets what stands in the area, and in the page, and ends
/// the mode.
pub(super) const CANCEL_PAGE: [u8; 3] = [0x18, ESC, b'S'];

/// `ESC W`, `ESC T`: an area of the page, and which way it is read.
pub(super) const fn page_area([x, y, width, height]: [u16; 4], direction: u8) -> [u8; 13] {
    let ([xl, xh], [yl, yh]) = (x.to_le_bytes(), y.to_le_bytes());
    let ([wl, wh], [hl, hh]) = (width.to_le_bytes(), height.to_le_bytes());
    [ESC, b'W', xl, xh, yl, yh, wl, wh, hl, hh, ESC, b'T', direction]
}

/// `ESC $`, `GS $`: a place in an area.
pub(super) const fn place(x: u16, y: u16) -> [u8; 8] {
    let ([xl, xh], [yl, yh]) = (x.to_le_bytes(), y.to_le_bytes());
    [ESC, b'$', xl, xh, GS, b'$', yl, yh]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// download4.epson.biz, `GS ( H` function 48.
    #[test]
    fn process_id_of_four_digits() {
        assert_eq!(process_id(*b"0001"), *b"\x1D(H\x06\x00\x30\x300001");
    }

    #[test]
    fn styles_set_every_bit_that_is_theirs() {
        assert_eq!(style(Style::NORMAL), *b"\x1B!\0\x1C!\0\x1D!\0\x1BE\0\x1B-\0\x1C-\0\x1DB\0");
        let all =
            Style { emphasis: Emphasis::all(), width: 2, height: 3, font: Font::B, spacing: 2 };
        assert_eq!(style(all), *b"\x1B!\xB9\x1C!\x8C\x1D!\x12\x1BE\x01\x1B-\x02\x1C-\x02\x1DB\x01");
        let rare = *b"\x1BM\x01\x1BG\x01\x1B{\x01\x1BV\x01\x1Db\x01\x1B \x02";
        assert_eq!(rare_styles(all).as_flattened(), rare);
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
        assert_eq!(dc2_raster(48, 24), *b"\x12*\x18\x30");
        assert_eq!(columns(33, 48), *b"\x1B*\x21\x80\x01");
        assert_eq!(line_spacing(24), *b"\x1B3\x18");
    }
}
