//! How large 2D codes become: by a plain way of packing that every encoder
//! equals or beats.

use super::SymbolFault;
use super::matrix::{Aztec, DataMatrix, MaxiCode, MicroQr, Pdf417, Pdf417Level, Shape, Size};
use super::qr::QrMode;
use crate::printer::QrLevel;

const fn square(modules: u16, module: u8) -> Size {
    let dots = modules * module as u16;
    Size { dots, rows: dots }
}

fn not_empty(data: &[u8], most: usize) -> Result<(), SymbolFault> {
    match data.len() {
        0 => Err(SymbolFault::Empty),
        length if length > most => Err(SymbolFault::TooLong),
        _ => Ok(()),
    }
}

fn all_digits(data: &[u8]) -> bool {
    data.iter().all(u8::is_ascii_digit)
}

/// Digits, capitals and bytes that versions M2 to M4 take: ISO/IEC 18004,
/// table 7.
pub(super) fn micro_qr(code: &MicroQr<'_>) -> Result<Size, SymbolFault> {
    const L: [[usize; 3]; 3] = [[10, 6, 0], [23, 14, 9], [35, 21, 15]];
    const M: [[usize; 3]; 3] = [[8, 5, 0], [18, 11, 7], [30, 18, 13]];
    const Q: [[usize; 3]; 3] = [[0, 0, 0], [0, 0, 0], [21, 13, 9]];
    not_empty(code.data, usize::MAX)?;
    let versions = match code.level {
        QrLevel::L => L,
        QrLevel::M => M,
        QrLevel::Q => Q,
        QrLevel::H => return Err(SymbolFault::Option),
    };
    if !matches!(code.module, 1..=16) {
        return Err(SymbolFault::Option);
    }
    let room = |[digits, capitals, bytes]: [usize; 3]| match QrMode::of(code.data) {
        QrMode::Numeric => digits,
        QrMode::Alphanumeric => capitals,
        QrMode::Byte => bytes,
    };
    let mut fits = [13, 15, 17].into_iter().zip(versions);
    let (modules, _) =
        fits.find(|(_, row)| code.data.len() <= room(*row)).ok_or(SymbolFault::TooLong)?;
    Ok(square(modules, code.module))
}

/// ISO/IEC 15438: digits take 15 codewords for 44; other data, in the worst
/// mode, one each.
pub(super) fn pdf417(code: &Pdf417<'_>, paper: u16) -> Result<Size, SymbolFault> {
    not_empty(code.data, 2_710)?;
    let ranges = matches!(code.module, 1..=8)
        && matches!(code.row_height, 2..=8)
        && code.columns <= 30
        && matches!(code.rows, 0 | 3..=90);
    if !ranges {
        return Err(SymbolFault::Option);
    }
    let length = code.data.len();
    let words = 2 + if all_digits(code.data) { length.div_ceil(44) * 15 } else { length + 1 };
    let correction = match code.level {
        Pdf417Level::Level(level @ 0..=8) => 2 << level,
        Pdf417Level::Tenths(tenths @ 1..=40) => {
            (words * usize::from(tenths)).div_ceil(10).next_power_of_two().clamp(8, 512)
        }
        _ => return Err(SymbolFault::Option),
    };
    let total = u16::try_from(words + correction).unwrap_or(u16::MAX);
    if total > 928 {
        return Err(SymbolFault::TooLong);
    }
    let module = u16::from(code.module);
    let frame = if code.truncated { 35 } else { 69 };
    let columns = match (code.columns, code.rows) {
        (0, 0) => ((paper / module).saturating_sub(frame) / 17).clamp(1, 30),
        (0, rows) => total.div_ceil(rows.into()),
        (columns, _) => columns.into(),
    };
    let rows = match code.rows {
        0 => total.div_ceil(columns).max(3),
        rows => rows.into(),
    };
    if rows > 90 || columns > 30 || rows * columns < total {
        return Err(SymbolFault::TooLong);
    }
    let dots = module * (frame + 17 * columns);
    Ok(Size { dots, rows: rows * module * u16::from(code.row_height) })
}

/// ISO/IEC 16023: 28.14 mm by 26.91 mm, at eight dots a millimetre.
pub(super) fn maxicode(code: &MaxiCode<'_>) -> Result<Size, SymbolFault> {
    if !matches!(code.mode, 2..=6) {
        return Err(SymbolFault::Option);
    }
    not_empty(code.data, if all_digits(code.data) { 138 } else { 93 })?;
    Ok(Size { dots: 226, rows: 216 })
}

/// ISO/IEC 24778. Digits take four bits and a latch; other data eight, in
/// runs of up to 2078 with 21 before them.
pub(super) fn aztec(code: &Aztec<'_>) -> Result<Size, SymbolFault> {
    not_empty(code.data, 3_832)?;
    let layers = match (code.compact, code.layers) {
        (false, 0) => 4..=32,
        (true, 0) => 1..=4,
        (false, layers @ 4..=32) | (true, layers @ 1..=4) => layers..=layers,
        _ => return Err(SymbolFault::Option),
    };
    if !matches!(code.module, 2..=16) || !matches!(code.level, 5..=95) {
        return Err(SymbolFault::Option);
    }
    let length = u32::try_from(code.data.len()).unwrap_or(u32::MAX);
    let bits = match all_digits(code.data) {
        true => 5 + 4 * length,
        false => 8 * length + 21 * length.div_ceil(2_078),
    };
    let base = if code.compact { 88 } else { 112 };
    let fits = |layers: &u8| {
        let layers = u32::from(*layers);
        let word = match layers {
            0..=2 => 6,
            3..=8 => 8,
            9..=22 => 10,
            _ => 12,
        };
        let total = (base + 16 * layers) * layers;
        // A word of the same bits is stuffed with another.
        let stuffed = (bits * word).div_ceil(word - 1) + word;
        stuffed + (total * u32::from(code.level)).div_ceil(100) + 3 * word <= total
    };
    let layers = u16::from({ layers }.find(fits).ok_or(SymbolFault::TooLong)?);
    let modules = match code.compact {
        true => 11 + 4 * layers,
        false => 15 + 4 * layers + 2 * ((2 * layers + 6) / 15),
    };
    Ok(square(modules, code.module))
}

/// Modules of a side and data codewords of the squares: ISO/IEC 16022,
/// table 7.
#[rustfmt::skip]
static SQUARES: [(u8, u16); 24] = [
    (10, 3), (12, 5), (14, 8), (16, 12), (18, 18), (20, 22), (22, 30), (24, 36), (26, 44),
    (32, 62), (36, 86), (40, 114), (44, 144), (48, 174), (52, 204), (64, 280), (72, 368),
    (80, 456), (88, 576), (96, 696), (104, 816), (120, 1050), (132, 1304), (144, 1558),
];

/// Rows, columns and data codewords of the rectangles.
static RECTANGLES: [(u8, u8, u16); 6] =
    [(8, 18, 5), (8, 32, 10), (12, 26, 16), (12, 36, 22), (16, 36, 32), (16, 48, 49)];

/// In the mode for ASCII: a pair of digits or a character takes a codeword, a
/// byte from 80h on two.
pub(super) fn data_matrix(code: &DataMatrix<'_>) -> Result<Size, SymbolFault> {
    not_empty(code.data, 3_116)?;
    if !matches!(code.module, 2..=16) {
        return Err(SymbolFault::Option);
    }
    let words = codewords(code.data);
    let known = match code.shape {
        Shape::Square(side) => side == 0 || SQUARES.iter().any(|(known, _)| *known == side),
        Shape::Rectangle { rows, columns } => RECTANGLES
            .iter()
            .any(|(height, width, _)| *height == rows && (columns == 0 || *width == columns)),
    };
    if !known {
        return Err(SymbolFault::Option);
    }
    let module = u16::from(code.module);
    let size = match code.shape {
        Shape::Square(side) => SQUARES
            .iter()
            .find(|(known, room)| matches!(side, 0) | (*known == side) && words <= *room)
            .map(|(side, _)| square((*side).into(), code.module)),
        Shape::Rectangle { rows, columns } => RECTANGLES
            .iter()
            .filter(|(height, width, _)| *height == rows && (columns == 0 || *width == columns))
            .find(|(_, _, room)| words <= *room)
            .map(|(height, width, _)| Size {
                dots: u16::from(*width) * module,
                rows: u16::from(*height) * module,
            }),
    };
    size.ok_or(SymbolFault::TooLong)
}

fn codewords(data: &[u8]) -> u16 {
    let (mut words, mut rest) = (0_u16, data);
    while let [first, others @ ..] = rest {
        rest = match others {
            [second, others @ ..] if first.is_ascii_digit() && second.is_ascii_digit() => others,
            _ => others,
        };
        words = words.saturating_add(if first.is_ascii() { 1 } else { 2 });
    }
    words
}
