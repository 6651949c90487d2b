//! CODE93, with the pairs that stand for the rest of ASCII.

use super::pattern::{Pattern, Step};
use super::{rules, tables};

/// The next character, from start to stop.
pub(super) fn code93(
    data: &mut &[u8],
    second: &mut Option<u8>,
    (c, k): (u8, u8),
    step: &mut Step,
) -> Option<Pattern> {
    let value = match *step {
        Step::Start => {
            *step = Step::Data;
            tables::CODE93_ENDS
        }
        Step::Data => match (second.take(), data.split_first()) {
            (Some(value), _) => value,
            (None, Some((first, others))) => {
                *data = others;
                let (value, then) = code93_values(*first);
                *second = then;
                value
            }
            (None, None) => {
                *step = Step::Check;
                c
            }
        },
        Step::Check => {
            *step = Step::Stop;
            k
        }
        Step::Stop => {
            *step = Step::Done;
            return Some(code93_pattern(tables::CODE93_ENDS).then(1, 1));
        }
        Step::Done => return None,
    };
    Some(code93_pattern(value))
}

fn code93_pattern(value: u8) -> Pattern {
    Pattern::pairs(tables::CODE93.get(usize::from(value)).copied().unwrap_or(0), 6)
}

/// The values of an ASCII character: one, or a shift and a letter.
fn code93_values(character: u8) -> (u8, Option<u8>) {
    const DOLLAR: u8 = 43;
    const PERCENT: u8 = 44;
    const SLASH: u8 = 45;
    const PLUS: u8 = 46;
    // The letter at so many after A.
    let letter = |shift: u8, n: u8| (shift, Some(10 + n));
    match character {
        b'0'..=b'9' => (character - b'0', None),
        b'A'..=b'Z' => (character - b'A' + 10, None),
        b'a'..=b'z' => letter(PLUS, character - b'a'),
        c if rules::SIGNS.contains(&c) => {
            let at = rules::SIGNS.iter().position(|sign| *sign == c).unwrap_or(0);
            (u8::try_from(36 + at).unwrap_or(36), None)
        }
        0 => letter(PERCENT, 20),
        1..=26 => letter(DOLLAR, character - 1),
        27..=31 => letter(PERCENT, character - 27),
        b':' => letter(SLASH, 25),
        33..=44 => letter(SLASH, character - 33),
        59..=63 => letter(PERCENT, character - 59 + 5),
        64 => letter(PERCENT, 21),
        91..=95 => letter(PERCENT, character - 91 + 10),
        96 => letter(PERCENT, 22),
        _ => letter(PERCENT, character.wrapping_sub(123) % 5 + 15),
    }
}

/// The check characters C and K: weights from the right, to 20 and to 15,
/// modulo 47.
pub(super) fn code93_checks(data: &[u8]) -> (u8, u8) {
    let values = |data: &[u8]| {
        let (mut c, mut k) = (0, 0);
        let mut place = 0_u32;
        for character in data.iter().rev() {
            let (first, second) = code93_values(*character);
            for value in second.into_iter().chain([first]) {
                c += (place % 20 + 1) * u32::from(value);
                // C itself has the weight 1 for K.
                k += ((place + 1) % 15 + 1) * u32::from(value);
                place += 1;
            }
        }
        (c % 47, k)
    };
    let (c, k) = values(data);
    let k = (k + c) % 47;
    (u8::try_from(c).unwrap_or(0), u8::try_from(k).unwrap_or(0))
}
