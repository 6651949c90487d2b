use core::fmt;

use super::SymbolFault;
use crate::printer::QrLevel;

/// Data codewords of each version at L, M, Q, H: ISO/IEC 18004, table 7.
#[rustfmt::skip]
static QR_CODEWORDS: [[u16; 4]; 40] = [
    [19, 16, 13, 9], [34, 28, 22, 16], [55, 44, 34, 26], [80, 64, 48, 36], [108, 86, 62, 46],
    [136, 108, 76, 60], [156, 124, 88, 66], [194, 154, 110, 86], [232, 182, 132, 100],
    [274, 216, 154, 122], [324, 254, 180, 140], [370, 290, 206, 158], [428, 334, 244, 180],
    [461, 365, 261, 197], [523, 415, 295, 223], [589, 453, 325, 253], [647, 507, 367, 283],
    [721, 563, 397, 313], [795, 627, 445, 341], [861, 669, 485, 385], [932, 714, 512, 406],
    [1006, 782, 568, 442], [1094, 860, 614, 464], [1174, 914, 664, 514], [1276, 1000, 718, 538],
    [1370, 1062, 754, 596], [1468, 1128, 808, 628], [1531, 1193, 871, 661],
    [1631, 1267, 911, 701], [1735, 1373, 985, 745], [1843, 1455, 1033, 793],
    [1955, 1541, 1115, 845], [2071, 1631, 1171, 901], [2191, 1725, 1231, 961],
    [2306, 1812, 1286, 986], [2434, 1914, 1354, 1054], [2566, 1992, 1426, 1096],
    [2702, 2102, 1502, 1142], [2812, 2216, 1582, 1222], [2956, 2334, 1666, 1276],
];

/// A printer with too much data, or too little paper, prints nothing and says
/// nothing. So it is found out here: the modules of a side of the smallest QR
/// code that takes the data in one mode.
///
/// # Errors
/// When no version takes that much.
pub(in crate::printer) fn qr_modules(data: &[u8], level: QrLevel) -> Result<u16, SymbolFault> {
    let column = match level {
        QrLevel::L => 0,
        QrLevel::M => 1,
        QrLevel::Q => 2,
        QrLevel::H => 3,
    };
    // Longer than any; and eight times it are no overflow.
    let length = u32::from(u16::try_from(data.len()).map_err(|_| SymbolFault::TooLong)?);
    let mode = QrMode::of(data);
    let fits = |(version, codewords): &(u16, &[u16; 4])| {
        let room = codewords.get(column).copied().unwrap_or(0);
        mode.bits(length, *version) <= 8 * u32::from(room)
    };
    let (version, _) = (1..).zip(&QR_CODEWORDS).find(fits).ok_or(SymbolFault::TooLong)?;
    Ok(17 + 4 * version)
}

/// The one mode that takes all of the data.
#[derive(Clone, Copy)]
pub(super) enum QrMode {
    Numeric,
    Alphanumeric,
    Byte,
}

impl QrMode {
    pub(super) fn of(data: &[u8]) -> Self {
        let alphanumeric =
            |b: &u8| matches!(b, b'0'..=b'9' | b'A'..=b'Z') || b" $%*+-./:".contains(b);
        match data {
            data if data.iter().all(u8::is_ascii_digit) => Self::Numeric,
            data if data.iter().all(alphanumeric) => Self::Alphanumeric,
            _ => Self::Byte,
        }
    }

    /// Mode indicator, length (table 3) and data, in bits.
    fn bits(self, length: u32, version: u16) -> u32 {
        let group = match version {
            ..=9 => 0,
            10..=26 => 1,
            _ => 2,
        };
        let (counts, data) = match self {
            Self::Numeric => ([10, 12, 14], (10 * length).div_ceil(3)),
            Self::Alphanumeric => ([9, 11, 13], (11 * length).div_ceil(2)),
            Self::Byte => ([8, 16, 16], 8 * length),
        };
        4 + counts.get(group).copied().unwrap_or(16) + data
    }
}

/// A row of modules, the leftmost in the highest bit, 1 is black.
pub type QrRow = [u8; 23];

/// Makes QR codes in the place of a printer that cannot: what a profile names.
///
/// A row is asked for at a time, so that nobody keeps a whole symbol between
/// two pieces that are sent. [`DrawnQr`](super::DrawnQr) is one that makes the symbol anew for
/// each row of modules.
pub trait QrSource: fmt::Debug + Sync {
    /// The largest version that it makes, 1 to 40.
    fn largest(&self) -> u8;

    /// Row `y` of the smallest QR code that takes the data with this error
    /// correction, and which of the eight masks it has: the one that is asked
    /// for, or the best. Nothing, when it makes no such code.
    fn row(&self, data: &[u8], level: QrLevel, mask: Option<u8>, y: u8) -> Option<(QrRow, u8)>;
}

/// A QR code that is drawn row by row.
#[derive(Clone, Debug)]
pub struct QrRows<'a> {
    source: &'static dyn QrSource,
    data: &'a [u8],
    level: QrLevel,
    module: u8,
    side: u8,
    mask: Option<u8>,
    /// The row of modules that was made last.
    made: Option<(u8, QrRow)>,
}

impl<'a> QrRows<'a> {
    /// A QR code of so many dots a module, 1 to 16, on a paper of so many dots.
    ///
    /// # Errors
    /// As for a code that the printer makes; or it is larger than the source
    /// makes.
    pub fn new(
        source: &'static dyn QrSource,
        data: &'a [u8],
        level: QrLevel,
        module: u8,
        paper: u16,
    ) -> Result<Self, SymbolFault> {
        let modules = qr_fits(data, level, module, paper)?;
        let side = u8::try_from(modules).map_err(|_| SymbolFault::TooLong)?;
        if u16::from(source.largest()) * 4 + 17 < modules {
            return Err(SymbolFault::TooLong);
        }
        Ok(Self { source, data, level, module, side, mask: None, made: None })
    }

    /// The width and the height in dots.
    #[must_use]
    pub fn side(&self) -> u16 {
        u16::from(self.side) * u16::from(self.module)
    }

    /// The bytes of a row of dots; white, should the source fail.
    pub fn row(&mut self, y: u16) -> QrDots {
        let y = u8::try_from(y / u16::from(self.module.max(1))).unwrap_or(u8::MAX);
        let row = match self.made {
            Some((made, row)) if made == y => row,
            _ => {
                let made = self.source.row(self.data, self.level, self.mask, y);
                self.mask = made.map(|(_, mask)| mask).or(self.mask);
                made.map_or([0; 23], |(row, _)| row)
            }
        };
        self.made = Some((y, row));
        QrDots { row, module: self.module.into(), x: 0, width: self.side() }
    }
}

/// The bytes of a row of [`QrRows`].
#[derive(Clone, Debug)]
pub struct QrDots {
    row: QrRow,
    module: u16,
    x: u16,
    width: u16,
}

impl Iterator for QrDots {
    type Item = u8;

    fn next(&mut self) -> Option<u8> {
        if self.x >= self.width {
            return None;
        }
        let dots = self.x..self.x + 8;
        self.x = dots.end;
        Some(dots.fold(0, |byte, x| {
            let module = x / self.module.max(1);
            let modules = self.row.get(usize::from(module / 8)).copied().unwrap_or(0);
            byte << 1 | (modules << (module % 8)) >> 7
        }))
    }
}

/// The modules of a side, if it fits.
///
/// # Errors
/// What is wrong.
pub(in crate::printer) fn qr_fits(
    data: &[u8],
    level: QrLevel,
    module: u8,
    paper: u16,
) -> Result<u16, SymbolFault> {
    if data.is_empty() {
        return Err(SymbolFault::Empty);
    }
    if !matches!(module, 1..=16) {
        return Err(SymbolFault::Option);
    }
    let modules = qr_modules(data, level)?;
    match modules * u16::from(module) {
        dots if dots > paper => Err(SymbolFault::TooWide { dots }),
        _ => Ok(modules),
    }
}
