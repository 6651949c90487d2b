//! Reads a row of dots as a scanner does: widths of bars and spaces to
//! characters, with all check digits. From the standards, by their tables of
//! widths.

/// The widths in a row from its first black dot to its last.
pub fn widths(row: &[bool]) -> Vec<usize> {
    let mut widths: Vec<usize> = Vec::new();
    let mut last = false;
    for dot in row.iter().skip_while(|black| !**black) {
        match widths.last_mut() {
            Some(width) if *dot == last => *width += 1,
            _ => widths.push(1),
        }
        last = *dot;
    }
    if !last {
        widths.pop();
    }
    widths
}

const CODE128: &str = "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 \
    122132 122231 113222 123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 \
    321221 312212 322112 322211 212123 212321 232121 111323 131123 131321 112313 132113 132311 \
    211313 231113 231311 112133 112331 132131 113123 113321 133121 313121 211331 231131 213113 \
    213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 111422 \
    121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 \
    241112 134111 111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 \
    412121 111143 111341 131141 114113 114311 411113 411311 113141 114131 311141 411131 211412 \
    211214 211232";

/// The text, FNC1 as group separator (1Dh).
pub fn code128(widths: &[usize], module: usize) -> Option<String> {
    let table: Vec<&str> = CODE128.split_whitespace().collect();
    let (inner, stop) = widths.split_at_checked(widths.len().checked_sub(7)?)?;
    if digits(stop, module)? != "2331112" {
        return None;
    }
    let values = inner.chunks(6).map(|six| {
        let six = digits(six, module)?;
        table.iter().position(|known| *known == six)
    });
    let values: Vec<usize> = values.collect::<Option<_>>()?;
    let (check, values) = values.split_last()?;
    let sum: usize = values.iter().enumerate().map(|(at, value)| at.max(1) * value).sum();
    if sum % 103 != *check {
        return None;
    }
    let (start, values) = values.split_first()?;
    let mut set = start.checked_sub(103)?;
    let mut text = String::new();
    for value in values {
        match (set, *value) {
            (_, 102) => text.push('\x1D'),
            (2, pair @ 0..=99) => text += &format!("{pair:02}"),
            (1, 99) | (0, 99) => set = 2,
            (0, 100) | (2, 100) => set = 1,
            (1, 101) | (2, 101) => set = 0,
            (0, value @ 64..=95) => text.push(char::from(value as u8 - 64)),
            (0, value @ 0..=63) | (1, value @ 0..=95) => text.push(char::from(value as u8 + 32)),
            _ => return None,
        }
    }
    Some(text)
}

/// Widths in modules as digits.
fn digits(widths: &[usize], module: usize) -> Option<String> {
    let digit = |width: &usize| {
        width.is_multiple_of(module).then(|| char::from_digit((width / module) as u32, 10))?
    };
    widths.iter().map(digit).collect()
}

/// The digits of EAN-13 (and so UPC-A), EAN-8 or UPC-E in full, with check
/// digit.
pub fn retail(widths: &[usize], module: usize) -> Option<String> {
    const A: [&str; 10] =
        ["3211", "2221", "2122", "1411", "1132", "1231", "1114", "1312", "1213", "3112"];
    const FIRST: [&str; 10] = [
        "AAAAAA", "AABABB", "AABBAB", "AABBBA", "ABAABB", "ABBAAB", "ABBBAA", "ABABAB", "ABABBA",
        "ABBABA",
    ];
    let all = digits(widths, module)?;
    let inner = all.strip_prefix("111")?;
    let read = |four: &str| {
        let reversed: String = four.chars().rev().collect();
        let a = A.iter().position(|known| *known == four).map(|digit| (digit, 'A'));
        a.or_else(|| A.iter().position(|known| *known == reversed).map(|digit| (digit, 'B')))
    };
    let group = |text: &str| {
        let digits = text.as_bytes().chunks(4).map(|four| read(std::str::from_utf8(four).ok()?));
        digits.collect::<Option<Vec<_>>>()
    };
    let numbers = |group: &[(usize, char)]| -> String {
        group.iter().map(|(digit, _)| digit.to_string()).collect()
    };
    let sets = |group: &[(usize, char)]| -> String { group.iter().map(|(_, set)| *set).collect() };
    if inner.len() == 30 {
        let six = group(inner.strip_suffix("111111")?)?;
        // Set A stands for odd, B for even parity.
        let check = match sets(&six).as_str() {
            "BBBAAA" => 0,
            others => {
                let flip = |set| if set == 'A' { 'B' } else { 'A' };
                let flipped: String = others.chars().map(flip).collect();
                FIRST.iter().position(|first| *first == flipped)?
            }
        };
        return Some(format!("0{}{check}", numbers(&six)));
    }
    let half = (inner.len() - 8) / 2;
    let (left, rest) = inner.split_at_checked(half)?;
    let right = rest.strip_prefix("11111")?.strip_suffix("111")?;
    let (left, right) = (group(left)?, group(right)?);
    if sets(&right).contains('B') {
        return None;
    }
    let first = match left.len() {
        4 => String::new(),
        _ => FIRST.iter().position(|first| *first == sets(&left))?.to_string(),
    };
    let number = format!("{first}{}{}", numbers(&left), numbers(&right));
    let weights = [1, 3].iter().cycle();
    let sum: u32 = number.bytes().rev().zip(weights).map(|(d, w)| u32::from(d - b'0') * w).sum();
    sum.is_multiple_of(10).then_some(number)
}

/// Wide elements as ones.
fn wide(widths: &[usize], module: usize) -> Option<Vec<u8>> {
    let one = |width: &usize| match *width {
        width if width == module => Some(0),
        width if width == (5 * module).div_ceil(2) => Some(1),
        _ => None,
    };
    widths.iter().map(one).collect()
}

/// Which of five are wide: weights 1, 2, 4, 7, and 0 for parity.
fn weighted(five: &[u8]) -> Option<usize> {
    let sum: usize = five.iter().zip([1, 2, 4, 7, 0]).map(|(w, n)| usize::from(*w) * n).sum();
    let two = five.iter().map(|wide| usize::from(*wide)).sum::<usize>() == 2;
    two.then_some(if sum == 11 { 0 } else { sum })
}

/// Interleaved 2 of 5.
pub fn itf(widths: &[usize], module: usize) -> Option<String> {
    let wide = wide(widths, module)?;
    let inner = wide.strip_prefix(&[0, 0, 0, 0])?.strip_suffix(&[1, 0, 0])?;
    let mut text = String::new();
    for ten in inner.chunks(10) {
        for first in 0..2 {
            let five: Vec<u8> = ten.iter().skip(first).step_by(2).copied().collect();
            text += &weighted(&five)?.to_string();
        }
    }
    Some(text)
}

/// CODE39, without the asterisks.
pub fn code39(widths: &[usize], module: usize) -> Option<String> {
    let wide = wide(widths, module)?;
    let mut text = String::new();
    for ten in wide.chunks(10) {
        let bars: Vec<u8> = ten.iter().take(9).step_by(2).copied().collect();
        let spaces: Vec<u8> = ten.iter().take(9).skip(1).step_by(2).copied().collect();
        let row = match spaces[..] {
            [0, 1, 0, 0] => "1234567890",
            [0, 0, 1, 0] => "ABCDEFGHIJ",
            [0, 0, 0, 1] => "KLMNOPQRST",
            [1, 0, 0, 0] => "UVWXYZ-. *",
            [1, 1, 1, 0] => "$",
            [1, 1, 0, 1] => "/",
            [1, 0, 1, 1] => "+",
            [0, 1, 1, 1] => "%",
            _ => return None,
        };
        let at = match row.len() {
            10 => (weighted(&bars)? + 9) % 10,
            _ => 0,
        };
        text.push(row.chars().nth(at)?);
        if ten.get(9).is_some_and(|gap| *gap != 0) {
            return None;
        }
    }
    text.strip_prefix('*')?.strip_suffix('*').map(Into::into)
}
