//! CODE128: ISO/IEC 15417.

use super::gs1;

/// A separator of GS1, or the character that makes a GS1-128; no ASCII.
pub(super) const FNC1: u8 = 0x80;

/// The characters to encode.
#[derive(Clone, Debug)]
pub(super) struct Chars<'a> {
    rest: &'a [u8],
    gs1: bool,
    /// A separator is due before the next identifier.
    open: bool,
}

impl<'a> Chars<'a> {
    pub(super) const fn plain(data: &'a str) -> Self {
        Self { rest: data.as_bytes(), gs1: false, open: false }
    }

    /// GS1 element strings: without parentheses, FNC1 first and after what is
    /// of no predefined length.
    pub(super) const fn gs1(data: &'a str) -> Self {
        Self::gs1_bytes(data.as_bytes())
    }

    pub(super) const fn gs1_bytes(data: &'a [u8]) -> Self {
        Self { rest: data, gs1: true, open: true }
    }

    /// How many digits come next.
    fn digits(&self) -> usize {
        self.clone().take_while(u8::is_ascii_digit).count()
    }

    /// Whether a control character comes before a letter that code set A does
    /// not have.
    fn wants_a(&self) -> bool {
        self.clone().find(|c| matches!(c, 0..=0x1F | 0x60..=0x7F)).is_some_and(|c| c < 0x20)
    }
}

impl Iterator for Chars<'_> {
    type Item = u8;

    fn next(&mut self) -> Option<u8> {
        loop {
            let (first, others) = self.rest.split_first()?;
            match first {
                b'(' if self.gs1 && core::mem::take(&mut self.open) => return Some(FNC1),
                b'(' if self.gs1 => {
                    let identifier = others.first_chunk().copied().unwrap_or_default();
                    self.open = !gs1::is_predefined(identifier);
                }
                b')' if self.gs1 => {}
                other => {
                    self.rest = others;
                    return Some(*other);
                }
            }
            self.rest = others;
        }
    }
}

/// Code set A has control characters, B small letters, C pairs of digits.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::printer) enum Set {
    A,
    B,
    C,
}

/// A symbol character.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::printer) enum Code {
    Start(Set),
    Change(Set),
    Fnc1,
    Char(u8),
    Pair(u8),
}

impl Code {
    /// Its value: table 1.
    pub(super) const fn value(self) -> u8 {
        match self {
            Self::Start(Set::A) => 103,
            Self::Start(Set::B) => 104,
            Self::Start(Set::C) => 105,
            Self::Change(Set::A) => 101,
            Self::Change(Set::B) => 100,
            Self::Change(Set::C) => 99,
            Self::Fnc1 => 102,
            Self::Char(c @ 0..=0x1F) => c + 64,
            Self::Char(c) => c.wrapping_sub(32),
            Self::Pair(pair) => pair,
        }
    }

    /// How `GS k 73` is given it; one byte, or two.
    pub(in crate::printer) const fn escaped(self) -> (u8, Option<u8>) {
        match self {
            Self::Start(Set::A) | Self::Change(Set::A) => (b'{', Some(b'A')),
            Self::Start(Set::B) | Self::Change(Set::B) => (b'{', Some(b'B')),
            Self::Start(Set::C) | Self::Change(Set::C) => (b'{', Some(b'C')),
            Self::Fnc1 => (b'{', Some(b'1')),
            Self::Char(b'{') => (b'{', Some(b'{')),
            Self::Char(c) | Self::Pair(c) => (c, None),
        }
    }
}

/// The symbol characters from the start to the last before the check: code
/// set C for four digits and more, at the ends, and six and more within
/// (annex E).
#[derive(Clone, Debug)]
pub(in crate::printer) struct Codes<'a> {
    chars: Chars<'a>,
    set: Option<Set>,
    last: Code,
    /// So many digits stand in code set B, whatever follows.
    held: u8,
}

impl<'a> Codes<'a> {
    pub(in crate::printer) const fn plain(data: &'a str) -> Self {
        Self::new(Chars::plain(data))
    }

    pub(in crate::printer) const fn gs1(data: &'a str) -> Self {
        Self::new(Chars::gs1(data))
    }

    const fn new(chars: Chars<'a>) -> Self {
        Self { chars, set: None, last: Code::Fnc1, held: 0 }
    }

    fn start(&self) -> Set {
        let mut chars = self.chars.clone();
        if chars.clone().next() == Some(FNC1) {
            chars.next();
        }
        match chars.digits() {
            4.. => Set::C,
            2 if chars.count() == 2 => Set::C,
            _ if self.chars.wants_a() => Set::A,
            _ => Set::B,
        }
    }

    /// A pair, unless the printer would find a real-time command in it and
    /// the one before: 16 and then 04, 05 or 20.
    fn pair(&mut self) -> Option<u8> {
        let mut ahead = self.chars.clone();
        let digit = |c: u8| c.is_ascii_digit().then_some(c & 0x0F);
        let pair = 10 * ahead.next().and_then(digit)? + ahead.next().and_then(digit)?;
        if self.last == Code::Pair(16) && matches!(pair, 4 | 5 | 20) {
            self.held = 2;
            return None;
        }
        self.chars = ahead;
        Some(pair)
    }

    fn change(&mut self, set: Set) -> Code {
        self.set = Some(set);
        Code::Change(set)
    }

    fn single(&mut self, set: Set) -> Option<Code> {
        let next = self.chars.clone().next()?;
        let digits = if self.held > 0 { 0 } else { self.chars.digits() };
        let long = digits >= 6 || (digits >= 4 && self.chars.clone().count() == digits);
        Some(match (set, next) {
            (_, FNC1) => {
                self.chars.next();
                Code::Fnc1
            }
            _ if long && digits % 2 == 0 => self.change(Set::C),
            (Set::A, 0x60..=0x7F) => self.change(Set::B),
            (Set::B, 0..=0x1F) => self.change(Set::A),
            (_, c) => {
                self.chars.next();
                self.held = self.held.saturating_sub(1);
                Code::Char(c)
            }
        })
    }
}

impl Iterator for Codes<'_> {
    type Item = Code;

    fn next(&mut self) -> Option<Code> {
        let code = match self.set {
            None => {
                let set = self.start();
                self.set = Some(set);
                Code::Start(set)
            }
            Some(Set::C) => match (self.chars.clone().next()?, self.pair()) {
                (FNC1, _) => {
                    self.chars.next();
                    Code::Fnc1
                }
                (_, Some(pair)) => Code::Pair(pair),
                _ if self.chars.wants_a() => self.change(Set::A),
                _ => self.change(Set::B),
            },
            Some(set) => self.single(set)?,
        };
        self.last = code;
        Some(code)
    }
}
