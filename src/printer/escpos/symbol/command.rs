//! The commands for codes, each with its bytes: Epson's ESC/POS command
//! reference, and the manuals of the clones.

use crate::printer::QrLevel;

const ESC: u8 = 0x1B;
const GS: u8 = 0x1D;

/// The commands that set a bar code up, and the header of `GS k`.
#[derive(Clone, Copy, Debug)]
pub(super) struct BarSetup {
    /// `GS h`, in dots.
    pub(super) height: u8,
    /// `GS w`, in dots.
    pub(super) module: u8,
    /// `GS H`: bit 0 above, bit 1 beneath; if the printer knows it.
    pub(super) text: Option<u8>,
    /// `GS f`: font B; if the printer knows it.
    pub(super) small_text: Option<bool>,
    /// The symbology, as form A or B numbers it.
    pub(super) number: u8,
    /// The length of the data that follow, in form B.
    pub(super) length: Option<u8>,
}

impl BarSetup {
    pub(super) fn bytes(&self) -> Bytes {
        let mut bytes = Bytes::default();
        bytes.push(&[GS, b'h', self.height, GS, b'w', self.module]);
        if let Some(text) = self.text {
            bytes.push(&[GS, b'H', text]);
        }
        if let Some(small) = self.small_text {
            bytes.push(&[GS, b'f', small.into()]);
        }
        bytes.push(&[GS, b'k', self.number]);
        if let Some(length) = self.length {
            bytes.push(&[length]);
        }
        bytes
    }
}

/// Commands that are sent together.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bytes {
    bytes: [u8; Self::ROOM],
    used: usize,
}

impl Default for Bytes {
    fn default() -> Self {
        Self { bytes: [0; Self::ROOM], used: 0 }
    }
}

impl Bytes {
    /// What the settings of a PDF417 take.
    const ROOM: usize = 58;

    pub(super) fn as_slice(&self) -> &[u8] {
        self.bytes.get(..self.used).unwrap_or(&[])
    }

    fn push(&mut self, bytes: &[u8]) {
        let room = self.bytes.iter_mut().skip(self.used);
        self.used += room.zip(bytes).map(|(slot, byte)| *slot = *byte).count();
    }

    /// `GS ( k` with a function of a kind of symbol and its parameters.
    pub(super) fn function(mut self, kind: Kind, function: u8, parameters: &[u8]) -> Self {
        let length = u8::try_from(parameters.len() + 2).unwrap_or(u8::MAX);
        self.push(&[GS, b'(', b'k', length, 0, kind.number(), function]);
        self.push(parameters);
        self
    }

    /// `GS ( k` function 80: what is between the function and the data, of
    /// which so many bytes follow.
    pub(super) fn store(mut self, kind: Kind, parameters: &[u8], data: usize) -> Self {
        let length = u16::try_from(data + parameters.len() + 2).unwrap_or(u16::MAX);
        let [low, high] = length.to_le_bytes();
        self.push(&[GS, b'(', b'k', low, high, kind.number(), 80]);
        self.push(parameters);
        self
    }
}

/// The kinds of symbols of `GS ( k`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    Pdf417,
    Qr,
    MaxiCode,
    DataBar,
    Composite,
    Aztec,
    DataMatrix,
}

impl Kind {
    const fn number(self) -> u8 {
        match self {
            Self::Pdf417 => 48,
            Self::Qr => 49,
            Self::MaxiCode => 50,
            Self::DataBar => 51,
            Self::Composite => 52,
            Self::Aztec => 53,
            Self::DataMatrix => 54,
        }
    }
}

/// `GS ( k` function 81: prints the symbol that is stored.
pub(super) const fn print(kind: Kind) -> [u8; 8] {
    [GS, b'(', b'k', 3, 0, kind.number(), 81, 48]
}

/// L, M, Q and H from 0 on.
pub(super) const fn level(level: QrLevel) -> u8 {
    match level {
        QrLevel::L => 0,
        QrLevel::M => 1,
        QrLevel::Q => 2,
        QrLevel::H => 3,
    }
}

/// The settings of a QR code (`GS ( k` functions 65, 67 and 69), and the header
/// of its data (80).
#[rustfmt::skip]
pub(super) const fn store_qr(module: u8, of: QrLevel, length: u16) -> [u8; 33] {
    let [low, high] = length.saturating_add(3).to_le_bytes();
    [
        GS, b'(', b'k', 4, 0, 49, 65, 50, 0,
        GS, b'(', b'k', 3, 0, 49, 67, module,
        GS, b'(', b'k', 3, 0, 49, 69, 48 + level(of),
        GS, b'(', b'k', low, high, 49, 80, 48,
    ]
}

/// `ESC Z`: a QR code of any version, with this error correction, of so many
/// dots a module and bytes of data.
pub(super) const fn esc_z(module: u8, of: QrLevel, length: u16) -> [u8; 7] {
    let [low, high] = length.to_le_bytes();
    [ESC, b'Z', 0, level(of), module, low, high]
}

/// `GS k 97`: the same, of modules of the printer's own size. The level is
/// from 1 to 4.
pub(super) const fn gs_k_97(of: QrLevel, length: u16) -> [u8; 7] {
    let [low, high] = length.to_le_bytes();
    [GS, b'k', 97, 0, level(of) + 1, low, high]
}
