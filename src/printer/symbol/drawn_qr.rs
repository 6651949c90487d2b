use qrcodegen_no_heap::{Mask, QrCode, QrCodeEcc, Version};

use super::{QrRow, QrSource};
use crate::printer::QrLevel;

/// QR codes by `qrcodegen-no-heap`, up to version 10: 57 modules, 342 dots at
/// six dots a module, 213 bytes of data with error correction M.
///
/// It takes 1 KB of stack while it makes a row, and some 9 KB of flash in a
/// program that names it. A symbol is made once for each row of modules; only
/// the first time are the eight masks compared.
///
/// ```
/// use embedded_pos::printer::escpos::Profile;
/// use embedded_pos::printer::symbol::DrawnQr;
///
/// static OURS: Profile = Profile { qr_source: Some(&DrawnQr), ..Profile::BASIC_58MM };
/// ```
#[derive(Clone, Copy, Debug)]
pub struct DrawnQr;

impl DrawnQr {
    const LARGEST: u8 = 10;
    const BYTES: usize = Version::new(Self::LARGEST).buffer_len();
}

impl QrSource for DrawnQr {
    fn largest(&self) -> u8 {
        Self::LARGEST
    }

    fn row(&self, data: &[u8], level: QrLevel, mask: Option<u8>, y: u8) -> Option<(QrRow, u8)> {
        let (mut work, mut out) = ([0; Self::BYTES], [0; Self::BYTES]);
        let level = match level {
            QrLevel::L => QrCodeEcc::Low,
            QrLevel::M => QrCodeEcc::Medium,
            QrLevel::Q => QrCodeEcc::Quartile,
            QrLevel::H => QrCodeEcc::High,
        };
        let (min, max) = (Version::MIN, Version::new(Self::LARGEST));
        let mask = mask.filter(|mask| *mask < 8).map(Mask::new);
        let code = match core::str::from_utf8(data) {
            Ok(text) => {
                QrCode::encode_text(text, &mut work, &mut out, level, min, max, mask, false)
            }
            Err(_) => {
                work.get_mut(..data.len())?.copy_from_slice(data);
                let length = data.len();
                QrCode::encode_binary(&mut work, length, &mut out, level, min, max, mask, false)
            }
        }
        .ok()?;
        let mut row = [0; 23];
        let black = (0..code.size()).filter(|x| code.get_module(*x, y.into()));
        for x in black.filter_map(|x| usize::try_from(x).ok()) {
            if let Some(byte) = row.get_mut(x / 8) {
                *byte |= 0x80 >> (x % 8);
            }
        }
        Some((row, mask_of(&code)))
    }
}

/// The mask, as the format information beside the upper left finder says:
/// ISO/IEC 18004, 7.9.1. (`QrCode::mask` of the crate leaves out that the
/// information is itself masked.)
fn mask_of(code: &QrCode<'_>) -> u8 {
    (2..5).fold(0, |mask, x| mask << 1 | u8::from(code.get_module(x, 8))) ^ 0b101
}
