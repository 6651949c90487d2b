use std::format;
use std::string::{String, ToString};
use std::vec::Vec;

use super::code128;

/// A bar code as it is drawn: its text, and a row of dots.
#[derive(Debug)]
pub(super) struct Drawn {
    pub(super) text: String,
    pub(super) dots: Vec<bool>,
}

/// The name of a symbology, by the number of form B of `GS k`.
pub(super) const fn kind(symbology: u8) -> &'static str {
    match symbology {
        65 => "upc-a",
        66 => "upc-e",
        67 => "ean13",
        68 => "ean8",
        69 => "code39",
        70 => "itf",
        71 => "codabar",
        72 => "code93",
        73 => "code128",
        74 => "gs1-128",
        75 => "databar",
        76 => "databar-truncated",
        77 => "databar-limited",
        78 => "databar-expanded",
        _ => "code128-auto",
    }
}

/// The text and the dots of a bar code; of a DataBar, a box of its width.
pub(super) fn draw(symbology: u8, data: &[u8], module: u8) -> Result<Drawn, String> {
    let module = usize::from(module);
    let text = std::str::from_utf8(data).map_err(|_| "not ASCII".to_string())?;
    match symbology {
        65..=68 => retail(symbology, text, module),
        69 => Ok(Drawn { text: text.into(), dots: code39(text, module)? }),
        70 => Ok(Drawn { text: text.into(), dots: itf(text, module)? }),
        71 => Ok(Drawn { text: text.into(), dots: codabar(text, module)? }),
        72 => Ok(Drawn { text: text.into(), dots: code93(data, module)? }),
        73 => {
            let (text, values) = code128::values(data)?;
            Ok(Drawn { text, dots: code128_dots(&values, module) })
        }
        74 => {
            let (text, characters) = element_strings(data)?;
            Ok(Drawn { text, dots: code128_dots(&code128::shortest(&characters), module) })
        }
        79 if data.is_ascii() => {
            Ok(Drawn { text: text.into(), dots: code128_dots(&code128::shortest(data), module) })
        }
        75..=77 if text.len() == 13 && text.bytes().all(|b| b.is_ascii_digit()) => {
            let modules = if symbology == 77 { 79 } else { 96 };
            let text = format!("(01){text}{}", check_digit(text));
            Ok(Drawn { text, dots: boxed(modules * module) })
        }
        78 => Ok(Drawn { text: element_strings(data)?.0, dots: boxed(102 * module) }),
        _ => Err("wrong data".into()),
    }
}

/// A symbol that is not drawn: black from side to side.
fn boxed(dots: usize) -> Vec<bool> {
    std::iter::repeat_n(true, dots).collect()
}

fn code128_dots(values: &[usize], module: usize) -> Vec<bool> {
    bars(code128::widths(values).map(|width| usize::from(width) * module))
}

/// Widths in turn, the first a bar.
fn bars(widths: impl Iterator<Item = usize>) -> Vec<bool> {
    let black = [true, false].into_iter().cycle();
    widths.zip(black).flat_map(|(width, black)| std::iter::repeat_n(black, width)).collect()
}

/// Modules as digits, 1 is black.
fn modules(bits: &str, module: usize) -> Vec<bool> {
    bits.bytes().flat_map(|bit| std::iter::repeat_n(bit == b'1', module)).collect()
}

/// `n` is narrow, `w` wide: two modules and a half.
fn narrow_wide(pattern: &str, module: usize) -> Vec<bool> {
    bars(pattern.bytes().map(|c| if c == b'w' { (5 * module).div_ceil(2) } else { module }))
}

fn check_digit(digits: &str) -> char {
    let sum: u32 = digits
        .chars()
        .rev()
        .zip([3, 1].into_iter().cycle())
        .map(|(digit, weight)| digit.to_digit(10).unwrap_or(0) * weight)
        .sum();
    char::from_digit((10 - sum % 10) % 10, 10).unwrap_or('0')
}

const LEFT: [&str; 10] = [
    "0001101", "0011001", "0010011", "0111101", "0100011", "0110001", "0101111", "0111011",
    "0110111", "0001011",
];
const EAN13_PARITY: [&str; 10] = [
    "LLLLLL", "LLGLGG", "LLGGLG", "LLGGGL", "LGLLGG", "LGGLLG", "LGGGLL", "LGLGLG", "LGLGGL",
    "LGGLGL",
];
const UPC_E_PARITY: [&str; 10] = [
    "GGGLLL", "GGLGLL", "GGLLGL", "GGLLLG", "GLGGLL", "GLLGGL", "GLLLGG", "GLGLGL", "GLGLLG",
    "GLLGLG",
];

/// The modules of a digit in the sets L, G and R.
fn digit(of: char, set: char) -> String {
    let index = of.to_digit(10).and_then(|digit| usize::try_from(digit).ok()).unwrap_or(0);
    let left = LEFT.get(index).copied().unwrap_or("");
    let right = || left.chars().map(|bit| if bit == '0' { '1' } else { '0' });
    match set {
        'L' => left.into(),
        'G' => right().rev().collect(),
        _ => right().collect(),
    }
}

fn digits(of: &str, sets: &str) -> String {
    of.chars().zip(sets.chars()).map(|(of, set)| digit(of, set)).collect()
}

fn retail(symbology: u8, data: &str, module: usize) -> Result<Drawn, String> {
    if !data.bytes().all(|b| b.is_ascii_digit()) {
        return Err("not digits".into());
    }
    let full = match symbology {
        65 | 66 => 12,
        67 => 13,
        _ => 8,
    };
    let short = symbology == 66 && data.len() <= 8;
    let long = if short { upc_a(data)? } else { data.into() };
    let number = match long.len() {
        length if length + 1 == full => format!("{long}{}", check_digit(&long)),
        length if length == full => long,
        _ => return Err(format!("{} digits", data.len())),
    };
    let (body, check) = number.split_at(number.len() - 1);
    if !check.starts_with(check_digit(body)) {
        return Err("wrong check digit".into());
    }
    let parity = |table: [&'static str; 10], of: &str| {
        let index = of.parse::<usize>().unwrap_or(0);
        table.get(index).copied().unwrap_or("")
    };
    let bits = match symbology {
        66 => {
            let six = upc_e(&number).ok_or("has no short form")?;
            let text = format!("0{six}{check}");
            let bits = format!("101{}010101", digits(&six, parity(UPC_E_PARITY, check)));
            return Ok(Drawn { text, dots: modules(&bits, module) });
        }
        68 => {
            let (left, right) = number.split_at(4);
            format!("101{}01010{}101", digits(left, "LLLL"), digits(right, "RRRR"))
        }
        _ => {
            let thirteen = format!("{number:0>13}");
            let (first, others) = thirteen.split_at(1);
            let (left, right) = others.split_at(6);
            let left = digits(left, parity(EAN13_PARITY, first));
            format!("101{left}01010{}101", digits(right, "RRRRRR"))
        }
    };
    Ok(Drawn { text: number, dots: modules(&bits, module) })
}

/// The 11 or 12 digits of a short UPC-E.
fn upc_a(data: &str) -> Result<String, String> {
    let (six, check) = match data.len() {
        6 => (data, ""),
        7 => (data.strip_prefix('0').ok_or("number system")?, ""),
        8 => data.strip_prefix('0').ok_or("number system")?.split_at(6),
        length => return Err(format!("{length} digits")),
    };
    let (five, last) = six.split_at(5);
    let (ab, c) = five.split_at(2);
    let (abc, d) = five.split_at(3);
    let (abcd, e) = five.split_at(4);
    Ok(match last {
        "0" | "1" | "2" => format!("0{ab}{last}0000{c}{check}"),
        "3" => format!("0{abc}00000{d}{check}"),
        "4" => format!("0{abcd}00000{e}{check}"),
        _ => format!("0{five}0000{last}{check}"),
    })
}

/// The six digits of twelve.
fn upc_e(number: &str) -> Option<String> {
    let part = |from: usize, to: usize| number.get(from..to).unwrap_or("");
    let forms = (0..=9).map(|last| match last {
        0..=2 => format!("{}{}{last}", part(1, 3), part(8, 11)),
        3 => format!("{}{}3", part(1, 4), part(9, 11)),
        4 => format!("{}{}4", part(1, 5), part(10, 11)),
        _ => format!("{}{last}", part(1, 6)),
    });
    { forms }.find(|six| upc_a(six).is_ok_and(|long| number.starts_with(&long)))
}

#[rustfmt::skip]
const CODE39: [(char, &str); 44] = [
    ('0', "nnnwwnwnn"), ('1', "wnnwnnnnw"), ('2', "nnwwnnnnw"), ('3', "wnwwnnnnn"),
    ('4', "nnnwwnnnw"), ('5', "wnnwwnnnn"), ('6', "nnwwwnnnn"), ('7', "nnnwnnwnw"),
    ('8', "wnnwnnwnn"), ('9', "nnwwnnwnn"), ('A', "wnnnnwnnw"), ('B', "nnwnnwnnw"),
    ('C', "wnwnnwnnn"), ('D', "nnnnwwnnw"), ('E', "wnnnwwnnn"), ('F', "nnwnwwnnn"),
    ('G', "nnnnnwwnw"), ('H', "wnnnnwwnn"), ('I', "nnwnnwwnn"), ('J', "nnnnwwwnn"),
    ('K', "wnnnnnnww"), ('L', "nnwnnnnww"), ('M', "wnwnnnnwn"), ('N', "nnnnwnnww"),
    ('O', "wnnnwnnwn"), ('P', "nnwnwnnwn"), ('Q', "nnnnnnwww"), ('R', "wnnnnnwwn"),
    ('S', "nnwnnnwwn"), ('T', "nnnnwnwwn"), ('U', "wwnnnnnnw"), ('V', "nwwnnnnnw"),
    ('W', "wwwnnnnnn"), ('X', "nwnnwnnnw"), ('Y', "wwnnwnnnn"), ('Z', "nwwnwnnnn"),
    ('-', "nwnnnnwnw"), ('.', "wwnnnnwnn"), (' ', "nwwnnnwnn"), ('*', "nwnnwnwnn"),
    ('$', "nwnwnwnnn"), ('/', "nwnwnnnwn"), ('+', "nwnnnwnwn"), ('%', "nnnwnwnwn"),
];

#[rustfmt::skip]
const CODABAR: [(char, &str); 20] = [
    ('0', "nnnnnww"), ('1', "nnnnwwn"), ('2', "nnnwnnw"), ('3', "wwnnnnn"), ('4', "nnwnnwn"),
    ('5', "wnnnnwn"), ('6', "nwnnnnw"), ('7', "nwnnwnn"), ('8', "nwwnnnn"), ('9', "wnnwnnn"),
    ('-', "nnnwwnn"), ('$', "nnwwnnn"), (':', "wnnnwnw"), ('/', "wnwnnnw"), ('.', "wnwnwnn"),
    ('+', "nnwnwnw"), ('A', "nnwwnwn"), ('B', "nwnwnnw"), ('C', "nnnwnww"), ('D', "nnnwwwn"),
];

const ITF: [&str; 10] =
    ["nnwwn", "wnnnw", "nwnnw", "wwnnn", "nnwnw", "wnwnn", "nwwnn", "nnnww", "wnnwn", "nwnwn"];

/// Characters with a narrow space between them.
fn with_gaps(text: &str, table: &[(char, &str)], module: usize) -> Result<Vec<bool>, String> {
    let pattern = |c: char| {
        let found = table.iter().find(|(known, _)| *known == c);
        found.map(|(_, pattern)| *pattern).ok_or_else(|| format!("{c:?} is not in it"))
    };
    let patterns: Vec<&str> = text.chars().map(pattern).collect::<Result<_, _>>()?;
    Ok(narrow_wide(&patterns.join("n"), module))
}

fn code39(text: &str, module: usize) -> Result<Vec<bool>, String> {
    with_gaps(&format!("*{text}*"), &CODE39, module)
}

fn codabar(text: &str, module: usize) -> Result<Vec<bool>, String> {
    let ends = |c: Option<char>| c.is_some_and(|c| ('A'..='D').contains(&c));
    if text.len() < 2 || !ends(text.chars().next()) || !ends(text.chars().last()) {
        return Err("no start or stop".into());
    }
    with_gaps(text, &CODABAR, module)
}

fn itf(text: &str, module: usize) -> Result<Vec<bool>, String> {
    let pattern = |c: &u8| ITF.get(usize::from(c.wrapping_sub(b'0'))).copied();
    let mut all = String::from("nnnn");
    let (pairs, []) = text.as_bytes().as_chunks() else { return Err("an odd number".into()) };
    for [bars, spaces] in pairs {
        let (bars, spaces) = (pattern(bars), pattern(spaces));
        let (bars, spaces) = bars.zip(spaces).ok_or("not digits")?;
        all.extend(bars.chars().zip(spaces.chars()).flat_map(|(bar, space)| [bar, space]));
    }
    Ok(narrow_wide(&(all + "wnn"), module))
}

/// By value, the four shifts and start and stop last: nine modules each.
#[rustfmt::skip]
const CODE93: [&str; 48] = [
    "100010100", "101001000", "101000100", "101000010", "100101000", "100100100", "100100010",
    "101010000", "100010010", "100001010", "110101000", "110100100", "110100010", "110010100",
    "110010010", "110001010", "101101000", "101100100", "101100010", "100110100", "100011010",
    "101011000", "101001100", "101000110", "100101100", "100010110", "110110100", "110110010",
    "110101100", "110100110", "110010110", "110011010", "101101100", "101100110", "100110110",
    "100111010", "100101110", "111010100", "111010010", "111001010", "101101110", "101110110",
    "110101110", "100100110", "111011010", "111010110", "100110010", "101011110",
];

/// The characters that have a value of their own.
const CODE93_OWN: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%";

/// How the others are written: a shift and a letter.
fn code93_shifted(byte: u8) -> (usize, u8) {
    const SHIFT: [usize; 4] = [43, 44, 45, 46];
    let [dollar, percent, slash, plus] = SHIFT;
    match byte {
        0 => (percent, b'U'),
        1..=26 => (dollar, byte + 64),
        27..=31 => (percent, byte + 38),
        33..=44 => (slash, byte + 32),
        58 => (slash, b'Z'),
        59..=63 => (percent, byte + 11),
        64 => (percent, b'V'),
        91..=95 => (percent, byte - 16),
        96 => (percent, b'W'),
        97..=122 => (plus, byte - 32),
        _ => (percent, byte - 43),
    }
}

fn code93(data: &[u8], module: usize) -> Result<Vec<bool>, String> {
    let own = |byte: u8| CODE93_OWN.iter().position(|own| *own == byte);
    let mut values: Vec<usize> = Vec::new();
    for byte in data {
        match own(*byte) {
            Some(value) => values.push(value),
            None if byte.is_ascii() => {
                let (shift, letter) = code93_shifted(*byte);
                values.extend([shift, own(letter).unwrap_or(0)]);
            }
            None => return Err("not ASCII".into()),
        }
    }
    for longest in [20, 15] {
        let weights = (1..=longest).cycle();
        let sum: usize =
            values.iter().rev().zip(weights).map(|(value, weight)| value * weight).sum();
        values.push(sum % 47);
    }
    let pattern = |value: &usize| CODE93.get(*value).copied().unwrap_or("");
    let inner: String = values.iter().map(pattern).collect();
    let ends = pattern(&47);
    Ok(modules(&format!("{ends}{inner}{ends}1"), module))
}

/// The text of element strings, and the characters to encode, FNC1 as 80h.
fn element_strings(data: &[u8]) -> Result<(String, Vec<u8>), String> {
    let mut text = String::new();
    let mut characters = Vec::from([0x80]);
    let mut bytes = data.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'{' => match bytes.next() {
                Some(b'1') => characters.push(0x80),
                Some(escaped @ (b'{' | b'(' | b')' | b'*')) => {
                    text.push(char::from(*escaped));
                    characters.push(*escaped);
                }
                _ => return Err("a wrong escape".into()),
            },
            b'(' | b')' => text.push(char::from(*byte)),
            byte => {
                text.push(char::from(*byte));
                characters.push(*byte);
            }
        }
    }
    if !matches!(text.as_bytes(), [b'(', b'0'..=b'9', b'0'..=b'9', ..]) {
        return Err("no application identifier".into());
    }
    Ok((text, characters))
}
