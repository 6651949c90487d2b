//! Single values, read by picojson.

use heapless::Vec;
use picojson::{Event, PullParser, SliceParser};

use super::store::LONGEST;

/// What picojson makes of a value alone, in brackets as a text must be.
fn read<T>(
    open: &[u8],
    token: &[u8],
    close: &[u8],
    take: fn(&Event<'_, '_>) -> Option<T>,
) -> Option<T> {
    let mut text: Vec<u8, { LONGEST + 4 }> = Vec::new();
    [open, token, close].iter().try_for_each(|part| text.extend_from_slice(part)).ok()?;
    let mut scratch = [0; LONGEST + 4];
    let mut parser = SliceParser::with_buffer_from_slice(&text, &mut scratch);
    parser.next_event().ok()?;
    let value = take(&parser.next_event().ok()?)?;
    matches!(parser.next_event(), Ok(Event::EndArray)).then_some(value)
}

/// The bytes of a string, of which the token lacks the quotes.
pub(super) fn text(token: &[u8]) -> Option<Vec<u8, LONGEST>> {
    read(b"[\"", token, b"\"]", |event| match event {
        Event::String(text) => Some(bytes(text).collect()),
        _ => None,
    })
}

/// Where the first byte goes in the private use area: byte `b` is the
/// character U+E000 + `b`.
const CARRIER: u32 = 0xE000;

/// The bytes of a string that came through.
fn bytes(text: &str) -> impl Iterator<Item = u8> {
    text.chars().flat_map(|c| {
        let mut room = [0; 4];
        let len = match u32::from(c).checked_sub(CARRIER).map(u8::try_from) {
            Some(Ok(byte)) => {
                room = [byte, 0, 0, 0];
                1
            }
            _ => c.encode_utf8(&mut room).len(),
        };
        room.into_iter().take(len)
    })
}

/// A whole number, or 0 or 1 for a truth value.
pub(super) fn int(token: &[u8]) -> Option<i64> {
    read(b"[", token, b"]", |event| match event {
        Event::Number(number) => number.as_int(),
        Event::Bool(value) => Some(i64::from(*value)),
        _ => None,
    })
}

/// A number that is not negative times 10 to the power of `places`, whatever
/// is left then cut off. Not by picojson, which has no fractions without `f64`.
pub(super) fn decimal(token: &[u8], places: u8) -> Option<u32> {
    let text = core::str::from_utf8(token).ok()?.trim_ascii();
    let (digits, power) = match text.split_once(['e', 'E']) {
        Some((digits, power)) => (digits, power.parse::<i16>().ok()?),
        None => (text, 0),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let digits = whole.bytes().chain(fraction.bytes());
    if whole.is_empty() || !digits.clone().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let point = i16::try_from(whole.len()).ok()?.checked_add(power)?.checked_add(places.into())?;
    let kept = usize::try_from(point).unwrap_or(0).min(2 * LONGEST);
    digits
        .chain(core::iter::repeat(b'0'))
        .take(kept)
        .try_fold(0_u32, |value, digit| value.checked_mul(10)?.checked_add(u32::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals() {
        for (token, value) in [
            ("0.719034", Some(719_034)),
            ("0.9", Some(900_000)),
            ("1", Some(1_000_000)),
            ("0.0000019", Some(1)),
            ("9.1e-05", Some(91)),
            ("12E2", Some(1_200_000_000)),
            ("0e32767", None),
            ("0e99", Some(0)),
            ("5000", None),
            ("-1", None),
            (".5", None),
            ("", None),
            ("1e", None),
            ("x", None),
        ] {
            assert_eq!(decimal(token.as_bytes(), 6), value, "{token}");
        }
    }

    #[test]
    fn whole_numbers() {
        assert_eq!(int(b"-12"), Some(-12));
        assert_eq!(int(b"true"), Some(1));
        for token in ["1.5", "99999999999999999999", "null", "", "1,2", "01"] {
            assert_eq!(int(token.as_bytes()), None, "{token}");
        }
    }

    #[test]
    fn strings() {
        let text = |token: &str| text(token.as_bytes()).map(|bytes| bytes.to_vec());
        assert_eq!(text(r"a\u6D25\n\/"), Some("a津\n/".into()));
        assert_eq!(text("\u{E0BD}\u{E0F2}"), Some(std::vec![0xBD, 0xF2]));
        assert_eq!(text(r"\ud800"), None);
        assert_eq!(text(r"\ud83d\ude97"), Some("\u{1F697}".into()));
    }
}
