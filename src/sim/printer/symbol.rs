use std::format;
use std::string::String;
use std::vec::Vec;

use qrcodegen::{QrCode, QrCodeEcc, QrSegment, Version};

use super::bitmap::Bitmap;
use super::font;

/// Widths of bars and spaces, by character value: ISO/IEC 15417, table 1; the
/// last is the stop.
const CODE128: [&str; 107] = [
    "212222", "222122", "222221", "121223", "121322", "131222", "122213", "122312", "132212",
    "221213", "221312", "231212", "112232", "122132", "122231", "113222", "123122", "123221",
    "223211", "221132", "221231", "213212", "223112", "312131", "311222", "321122", "321221",
    "312212", "322112", "322211", "212123", "212321", "232121", "111323", "131123", "131321",
    "112313", "132113", "132311", "211313", "231113", "231311", "112133", "112331", "132131",
    "113123", "113321", "133121", "313121", "211331", "231131", "213113", "213311", "213131",
    "311123", "311321", "331121", "312113", "312311", "332111", "314111", "221411", "431111",
    "111224", "111422", "121124", "121421", "141122", "141221", "112214", "112412", "122114",
    "122411", "142112", "142211", "241211", "221114", "413111", "241112", "134111", "111242",
    "121142", "121241", "114212", "124112", "124211", "411212", "421112", "421211", "212141",
    "214121", "412121", "111143", "111341", "131141", "114113", "114311", "411113", "411311",
    "113141", "114131", "311141", "411131", "211412", "211214", "211232", "2331112",
];

/// A QR code of this many dots a module.
pub(super) fn qr(data: &[u8], module: u8, level: u8) -> Result<Bitmap, String> {
    let level = match level {
        49 => QrCodeEcc::Medium,
        50 => QrCodeEcc::Quartile,
        51 => QrCodeEcc::High,
        _ => QrCodeEcc::Low,
    };
    let segments = match std::str::from_utf8(data) {
        Ok(text) => QrSegment::make_segments(text),
        Err(_) => std::vec![QrSegment::make_bytes(data)],
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

/// The text and the bars of a CODE128, in rows of `height`, and the text
/// beneath if `with_text`.
pub(super) fn code128(
    data: &[u8],
    module: u8,
    height: u8,
    with_text: bool,
) -> Result<(String, Bitmap), String> {
    let (text, values) = values(data)?;
    let widths = values.iter().filter_map(|value| CODE128.get(*value)).flat_map(|w| w.bytes());
    let mut bars = Vec::new();
    let mut black = true;
    for width in widths.chain(CODE128.last().into_iter().flat_map(|stop| stop.bytes())) {
        let dots = usize::from(width - b'0') * usize::from(module);
        bars.extend(std::iter::repeat_n(black, dots));
        black = !black;
    }
    let height = usize::from(height);
    let below = if with_text { font::HEIGHT } else { 0 };
    let mut bitmap = Bitmap::blank(bars.len().max(12 * text.len()), height + below);
    for (x, _) in bars.iter().enumerate().filter(|(_, black)| **black) {
        (0..height).for_each(|y| bitmap.set(x, y));
    }
    if with_text {
        let left = bars.len().saturating_sub(12 * text.len()) / 2;
        for (index, byte) in text.bytes().enumerate() {
            bitmap.draw(&font::narrow(byte).1, left + 12 * index, height);
        }
    }
    Ok((text, bitmap))
}

/// The character values with start and check.
fn values(data: &[u8]) -> Result<(String, Vec<usize>), String> {
    let mut text = String::new();
    let mut values: Vec<usize> = Vec::new();
    let mut set = None;
    let mut rest = data;
    loop {
        rest = match (rest, set) {
            ([], _) => break,
            ([b'{', new @ b'A'..=b'C', others @ ..], _) => {
                values.push(match (values.is_empty(), new) {
                    (true, new) => 103 + usize::from(new - b'A'),
                    (false, b'A') => 101,
                    (false, b'B') => 100,
                    (false, _) => 99,
                });
                set = Some(*new);
                others
            }
            ([b'{', b'{', others @ ..], Some(b'B')) => {
                values.push(usize::from(b'{' - 32));
                text.push('{');
                others
            }
            ([byte @ 0x20..=0x7F, others @ ..], Some(b'B')) if *byte != b'{' => {
                values.push(usize::from(byte - 32));
                text.push(char::from(*byte));
                others
            }
            ([pair @ 0..=99, others @ ..], Some(b'C')) => {
                values.push(usize::from(*pair));
                text.push_str(&format!("{pair:02}"));
                others
            }
            ([byte, ..], _) => return Err(format!("CODE128: {byte:02X}h is not in the code set")),
        };
    }
    let weighted = values.iter().enumerate().map(|(index, value)| index.max(1) * value);
    let check = weighted.sum::<usize>() % 103;
    values.push(check);
    Ok((text, values))
}
