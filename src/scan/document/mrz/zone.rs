use core::fmt;
use core::ops::Range;

use bitflags::bitflags;
use zeroize::Zeroize;

use super::layout::{Rule, Span};
use super::{Check, Format, Mrz, MrzError};

/// The most characters a zone has: three lines of 30.
const MOST: usize = 90;

bitflags! {
    /// What the text had beside the zone.
    #[derive(Clone, Copy, Default)]
    struct Marks: u8 {
        const SPACES = 1 << 0;
        const BARS = 1 << 1;
        const UNBROKEN = 1 << 2;
    }
}

/// A zone out of text that need not be as it is printed, with a copy of what it
/// was given: see the [module](super). 182 bytes; overwritten when it is
/// dropped; `Debug` shows the format only.
#[derive(Clone)]
pub struct Zone {
    given: [u8; MOST],
    characters: [u8; MOST],
    format: Format,
    marks: Marks,
}

/// What was done to a text to read it as a zone. Lines and columns are those
/// of the zone, from 1.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Repair {
    /// Spaces or tabs were left out.
    Spaces,
    /// Lines ended with `|`.
    Bars,
    /// Lines were not divided at all.
    Unbroken,
    /// A lower-case letter.
    LowerCase {
        /// In which line.
        line: usize,
        /// At which column.
        column: usize,
    },
    /// 0 was read as O or O as 0, 1 as I or I as 1, and so a check digit agrees
    /// that did not.
    Confused {
        /// In which line.
        line: usize,
        /// At which column.
        column: usize,
    },
}

impl Zone {
    /// Reads a text. Empty lines do not count.
    ///
    /// # Errors
    /// Where it is that of no zone, whatever is repaired. Columns count the
    /// bytes of the text's own line.
    pub fn read(text: &[u8]) -> Result<Self, MrzError> {
        let (given, format) = ([0; MOST], Format::Td1);
        let mut zone = Self { given, characters: given, format, marks: Marks::empty() };
        zone.take(text)?;
        zone.characters = zone.given;
        zone.characters.make_ascii_uppercase();
        zone.settle_all();
        Ok(zone)
    }

    /// Takes the characters, and finds out the format.
    fn take(&mut self, text: &[u8]) -> Result<(), MrzError> {
        self.marks.set(Marks::BARS, text.contains(&b'|'));
        let (mut lines, mut lens) = (0, [0; 3]);
        let mut room = self.given.iter_mut();
        let is_end = |byte: &u8| matches!(byte, b'\r' | b'\n' | b'|');
        for line in text.split(is_end).filter(|line| !line.trim_ascii().is_empty()) {
            lines += 1;
            let mut len = 0;
            for (column, byte) in line.iter().enumerate() {
                match byte {
                    b' ' | b'\t' => self.marks |= Marks::SPACES,
                    b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'<' => {
                        room.by_ref().take(1).for_each(|to| *to = *byte);
                        len += 1;
                    }
                    _ => return Err(MrzError::Character { line: lines, column: column + 1 }),
                }
            }
            lens.iter_mut().skip(lines - 1).take(1).for_each(|to| *to = len);
        }
        let (divided, unbroken): (&[usize], _) = match (lines, lens) {
            (1, [90, ..]) => (&[30, 30, 30], true),
            (1, [88, ..]) => (&[44, 44], true),
            (1, [72, ..]) => (&[36, 36], true),
            _ => (lens.get(..lines).ok_or(MrzError::Lines(lines))?, false),
        };
        self.marks.set(Marks::UNBROKEN, unbroken);
        let [first, ..] = self.given;
        self.format = Format::of(divided, first.to_ascii_uppercase())?;
        Ok(())
    }

    /// What is in it.
    #[must_use]
    pub fn mrz(&self) -> Mrz<'_> {
        let lines = self.characters.chunks_exact(self.format.width());
        let mut lines = lines.take(self.format.lines());
        let mut line = || lines.next().unwrap_or_default();
        Mrz::new(self.format, [line(), line(), line()])
    }

    /// What was repaired: first what concerns the whole text, then each place
    /// from the first to the last.
    pub fn repairs(&self) -> impl Iterator<Item = Repair> {
        const MARKS: [(Marks, Repair); 3] = [
            (Marks::SPACES, Repair::Spaces),
            (Marks::BARS, Repair::Bars),
            (Marks::UNBROKEN, Repair::Unbroken),
        ];
        let whole = MARKS.into_iter().filter(|(mark, _)| self.marks.contains(*mark));
        let pairs = self.given.iter().zip(&self.characters).enumerate();
        let changed = pairs.filter(|(_, (given, character))| given != character);
        let width = self.format.width();
        whole.map(|(_, repair)| repair).chain(changed.map(move |(at, (given, character))| {
            let (line, column) = (at / width + 1, at % width + 1);
            if given.eq_ignore_ascii_case(character) {
                Repair::LowerCase { line, column }
            } else {
                Repair::Confused { line, column }
            }
        }))
    }

    fn settle_all(&mut self) {
        let layout = self.format.layout();
        let [number, birth, expiry, optional, composite] = self.mrz().rules();
        let [_, tail, ..] = number.over;
        // It is over numbers too, and each swap of one character changes it. So if
        // it agrees, they are as printed.
        let is_sealed = self.mrz().check(&composite) == Check::Valid;
        let swap_one = if is_sealed { Self::swap_none } else { Self::swap_one };
        self.settle(&number, &[layout.number, tail], swap_one);
        for date in [birth, expiry] {
            let [day, ..] = date.over;
            self.settle(&date, &[day, date.digit], Self::swap_letters);
        }
        self.settle(&optional, &optional.over, swap_one);
        self.settle(&composite, &[], Self::swap_one);
    }

    /// Makes a check digit agree, if nothing but characters that look alike
    /// stands in the way: in its own place first, then in its field.
    fn settle(&mut self, rule: &Rule, field: &[Span], swap: fn(&mut Self, &Rule, &[Span])) {
        if !self.agrees(rule) {
            self.swap_letters(rule, &[rule.digit]);
        }
        if !self.agrees(rule) {
            swap(self, rule, field);
        }
    }

    fn agrees(&self, rule: &Rule) -> bool {
        self.mrz().check(rule) != Check::Invalid
    }

    /// Where digits alone can stand: every letter that looks like one, or none.
    fn swap_letters(&mut self, rule: &Rule, field: &[Span]) {
        for span in field {
            let letters = self.cells(*span).filter(|cell| cell.is_ascii_alphabetic());
            letters.for_each(|cell| *cell = twin(*cell));
        }
        if !self.agrees(rule) {
            field.iter().for_each(|span| self.undo(*span));
        }
    }

    fn swap_none(&mut self, _rule: &Rule, _field: &[Span]) {}

    /// Where letters and digits stand: the one character with which the check
    /// digit agrees, if there is only one such.
    fn swap_one(&mut self, rule: &Rule, field: &[Span]) {
        let mut found = None;
        for Span(line, start, end) in field.iter().copied() {
            for at in start..end {
                let one = Span(line, at, at + 1);
                let swapped = self.swap(one) && self.agrees(rule);
                self.swap(one);
                match (swapped, found) {
                    (true, Some(_)) => return,
                    (true, None) => found = Some(one),
                    _ => {}
                }
            }
        }
        if let Some(one) = found {
            self.swap(one);
        }
    }

    /// Swaps a character for its twin; whether it has one.
    fn swap(&mut self, one: Span) -> bool {
        self.cells(one).fold(false, |changed, cell| {
            let was = core::mem::replace(cell, twin(*cell));
            changed | (was != *cell)
        })
    }

    fn undo(&mut self, span: Span) {
        let range = self.range(span);
        let given = self.given.get(range.clone()).unwrap_or_default();
        let cells = self.characters.get_mut(range).unwrap_or_default();
        cells.iter_mut().zip(given).for_each(|(cell, given)| *cell = given.to_ascii_uppercase());
    }

    fn cells(&mut self, span: Span) -> core::slice::IterMut<'_, u8> {
        let range = self.range(span);
        self.characters.get_mut(range).unwrap_or_default().iter_mut()
    }

    fn range(&self, Span(line, start, end): Span) -> Range<usize> {
        let line = usize::from(line) * self.format.width();
        line + usize::from(start)..line + usize::from(end)
    }
}

/// What a character is mistaken for, or itself.
const fn twin(character: u8) -> u8 {
    match character {
        b'0' => b'O',
        b'O' => b'0',
        b'1' => b'I',
        b'I' => b'1',
        other => other,
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Zone").field("format", &self.format).finish_non_exhaustive()
    }
}

impl Drop for Zone {
    fn drop(&mut self) {
        self.given.zeroize();
        self.characters.zeroize();
    }
}
