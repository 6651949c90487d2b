use std::format;
use std::string::String;
use std::vec::Vec;

use qrcodegen::{QrCode, QrCodeEcc, QrSegment, Version};

use super::super::bitmap::Bitmap;
use super::super::event::Event;

/// A QR code of this many dots a module; the level is from 0 to 3.
pub(super) fn event(data: &[u8], module: u8, level: u8) -> (Option<Bitmap>, Event) {
    match draw(data, module, level) {
        Ok(bitmap) => {
            let level = ['L', 'M', 'Q', 'H'].get(usize::from(level)).copied().unwrap_or('L');
            (Some(bitmap), Event::Qr { data: data.into(), module, level })
        }
        Err(reason) => (None, Event::NotPrinted(reason)),
    }
}

fn draw(data: &[u8], module: u8, level: u8) -> Result<Bitmap, String> {
    let level = match level {
        1 => QrCodeEcc::Medium,
        2 => QrCodeEcc::Quartile,
        3 => QrCodeEcc::High,
        _ => QrCodeEcc::Low,
    };
    let segments = match std::str::from_utf8(data) {
        Ok(text) => QrSegment::make_segments(text),
        Err(_) => Vec::from([QrSegment::make_bytes(data)]),
    };
    let (min, max) = (Version::MIN, Version::MAX);
    let code = QrCode::encode_segments_advanced(&segments, level, min, max, None, false)
        .map_err(|error| format!("QR: {error}"))?;
    let size = usize::try_from(code.size()).unwrap_or(0);
    let module = usize::from(module.max(1));
    let mut bitmap = Bitmap::blank(size * module, size * module);
    for y in 0..size * module {
        for x in 0..size * module {
            let at = |dot: usize| i32::try_from(dot / module).unwrap_or(-1);
            if code.get_module(at(x), at(y)) {
                bitmap.set(x, y);
            }
        }
    }
    Ok(bitmap)
}
