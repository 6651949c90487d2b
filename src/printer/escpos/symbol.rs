use super::refusal::Refusal;
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
/// nothing. So it is found out here: the modules of a side.
///
/// # Errors
/// When no version takes that much.
pub(in crate::printer) fn qr_modules(data: &[u8], level: QrLevel) -> Result<u16, Refusal> {
    let column = match level {
        QrLevel::L => 0,
        QrLevel::M => 1,
        QrLevel::Q => 2,
        QrLevel::H => 3,
    };
    // Longer than any; and eight times it are no overflow.
    let length = u32::from(u16::try_from(data.len()).map_err(|_| Refusal::QrTooLong)?);
    let mode = QrMode::of(data);
    let fits = |(version, codewords): &(u16, &[u16; 4])| {
        let room = codewords.get(column).copied().unwrap_or(0);
        mode.bits(length, *version) <= 8 * u32::from(room)
    };
    let (version, _) = (1..).zip(&QR_CODEWORDS).find(fits).ok_or(Refusal::QrTooLong)?;
    Ok(17 + 4 * version)
}

/// The one mode that takes all of the data.
#[derive(Clone, Copy)]
enum QrMode {
    Numeric,
    Alphanumeric,
    Byte,
}

impl QrMode {
    fn of(data: &[u8]) -> Self {
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

/// A CODE128 bar code that is known to fit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Code128<'a> {
    data: &'a [u8],
    /// How many characters stand in code set B before the pairs of digits;
    /// those that the pairs leave over stand in B after them.
    in_b: usize,
    /// Dots a module.
    pub(super) module: u8,
    pub(super) height: u8,
}

impl<'a> Code128<'a> {
    /// The longest data field: what 832 dots take, in whole.
    pub(super) const LONGEST: usize = 80;

    /// Code set B, unless the data are digits that fit the width in code set
    /// C only. Modules of three dots if they fit, else of two.
    ///
    /// # Errors
    /// Data that are not printable ASCII, or wider than `dots`.
    pub(super) fn new(data: &'a str, height: u8, dots: u16) -> Result<Self, Refusal> {
        let data = data.as_bytes();
        if let Some(at) = data.iter().position(|b| !matches!(b, 0x20..=0x7E)) {
            return Err(Refusal::BarData { at });
        }
        if data.is_empty() || height == 0 {
            return Err(Refusal::BarEmpty);
        }
        let digits = data.iter().all(u8::is_ascii_digit);
        // A pair of digits is a byte, and 16 04 would be DLE EOT: then the
        // pairs begin one digit later.
        let splits: &[usize] = if digits { &[data.len(), 0, 1] } else { &[data.len()] };
        let bars = splits
            .iter()
            .flat_map(|in_b| [3, 2].map(|module| Self { data, in_b: *in_b, module, height }));
        let fits = |bar: &Self| {
            bar.dots() <= dots.into()
                && bar.bytes().count() <= Self::LONGEST
                && !is_real_time(bar.bytes())
        };
        { bars }.find(fits).ok_or(Refusal::BarTooLong)
    }

    /// What stands in B, in C, and in B again.
    fn parts(&self) -> (&'a [u8], &'a [[u8; 2]], &'a [u8]) {
        let (before, rest) = self.data.split_at_checked(self.in_b).unwrap_or((self.data, &[]));
        let (pairs, after) = rest.as_chunks();
        (before, pairs, after)
    }

    /// The width: a start or change of set before each part, the characters,
    /// the check; 11 modules each, the stop 13.
    fn dots(&self) -> usize {
        let (before, pairs, after) = self.parts();
        let lengths = [before.len(), pairs.len(), after.len()];
        let characters: usize = lengths.iter().map(|n| if *n > 0 { n + 1 } else { 0 }).sum();
        usize::from(self.module) * (11 * (characters + 1) + 13)
    }

    /// The data field of `GS k 73`. A brace is the escape, so a brace in the
    /// data is doubled; in code set C a byte is a pair of digits.
    pub(super) fn bytes(&self) -> impl Iterator<Item = u8> + use<'a> {
        let (before, pairs, after) = self.parts();
        let set_c: &[u8] = if pairs.is_empty() { b"" } else { b"{C" };
        let pairs = pairs.iter().map(|[tens, units]| (tens & 0x0F) * 10 + (units & 0x0F));
        set_b(before).chain(set_c.iter().copied()).chain(pairs).chain(set_b(after))
    }
}

/// Characters in code set B, after the change to it.
fn set_b(text: &[u8]) -> impl Iterator<Item = u8> {
    let set: &[u8] = if text.is_empty() { b"" } else { b"{B" };
    let doubled = text.iter().flat_map(|byte| {
        let times = if *byte == b'{' { 2 } else { 1 };
        core::iter::repeat_n(*byte, times)
    });
    set.iter().copied().chain(doubled)
}

/// Whether a real-time command stands in the data: DLE, then EOT, ENQ or DC4.
/// A printer executes it wherever it stands: it may clear its buffer, or open
/// a drawer.
pub(super) fn is_real_time(data: impl Iterator<Item = u8>) -> bool {
    let mut last = 0;
    data.into_iter().any(|byte| {
        let found = completes_real_time(last, byte);
        last = byte;
        found
    })
}

/// Whether `byte` after `last` begins a real-time command.
pub(super) const fn completes_real_time(last: u8, byte: u8) -> bool {
    last == 0x10 && matches!(byte, 0x04 | 0x05 | 0x14)
}
