use core::fmt;

use super::layout::{ISSUER, Layout, Rule, Span, TYPE};
use super::{
    Advice, Check, Checks, Format, MrzError, Name, Number, Sex, ShortDate, seven_three_one,
};

/// A machine readable zone, borrowed: every field is looked at when it is asked
/// for.
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct Mrz<'a> {
    format: Format,
    lines: [&'a [u8]; 3],
}

impl<'a> Mrz<'a> {
    /// Takes lines as they are printed, without their ends.
    ///
    /// # Errors
    /// Where shape or characters are those of no zone.
    pub fn parse(lines: &[&'a [u8]]) -> Result<Self, MrzError> {
        let (mut kept, mut lens) = ([&[][..]; 3], [0; 3]);
        for ((to, len), line) in kept.iter_mut().zip(&mut lens).zip(lines) {
            (*to, *len) = (line, line.len());
        }
        let lens = lens.get(..lines.len()).ok_or(MrzError::Lines(lines.len()))?;
        let [first, ..] = kept;
        let format = Format::of(lens, first.first().copied().unwrap_or(0))?;
        let mrz = Self { format, lines: kept };
        mrz.characters()?;
        Ok(mrz)
    }

    /// Of lines that are known to be of this shape and these characters.
    pub(super) const fn new(format: Format, lines: [&'a [u8]; 3]) -> Self {
        Self { format, lines }
    }

    fn characters(&self) -> Result<(), MrzError> {
        for (at, line) in self.lines.iter().enumerate() {
            let foreign = |byte: &u8| !matches!(byte, b'A'..=b'Z' | b'0'..=b'9' | b'<');
            if let Some(column) = line.iter().position(foreign) {
                return Err(MrzError::Character { line: at + 1, column: column + 1 });
            }
        }
        Ok(())
    }

    /// What kind of zone it is.
    #[must_use]
    pub const fn format(&self) -> Format {
        self.format
    }

    /// The type of the document: one or two characters, the first says what it
    /// is (P for a passport, V for a visa).
    #[must_use]
    pub fn document_type(&self) -> &'a str {
        self.filled(TYPE)
    }

    /// Who gave it out: three characters as they are written (`D<<`). They are
    /// mostly those of ISO 3166-1, and not looked up.
    #[must_use]
    pub fn issuer(&self) -> &'a str {
        text(self.at(ISSUER))
    }

    /// The nationality, like the [`issuer`](Self::issuer). Empty in a driving
    /// licence.
    #[must_use]
    pub fn nationality(&self) -> &'a str {
        text(self.at(self.layout().nationality))
    }

    /// The surname, or primary identifier: what stands before the first two
    /// fillers.
    #[must_use]
    pub fn surname(&self) -> Name<'a> {
        self.names().0
    }

    /// The given names. Empty for a person of one name, and where the surname
    /// fills the field.
    #[must_use]
    pub fn given_names(&self) -> Name<'a> {
        self.names().1
    }

    fn names(&self) -> (Name<'a>, Name<'a>) {
        let names = without_fillers(self.at(self.layout().names));
        let end = names.windows(2).position(|two| two == b"<<").unwrap_or(names.len());
        let (surname, mut given) = names.split_at_checked(end).unwrap_or_default();
        while let [b'<', rest @ ..] = given {
            given = rest;
        }
        (Name(text(surname)), Name(text(given)))
    }

    /// The number of the document, all of it.
    #[must_use]
    pub fn number(&self) -> Number<'a> {
        let tail = self.long().map_or(Span::NONE, |Rule { over: [_, tail, ..], .. }| tail);
        Number { head: self.filled(self.layout().number), tail: text(self.at(tail)) }
    }

    /// The day of birth; `None` in a driving licence.
    #[must_use]
    pub fn birth(&self) -> Option<ShortDate> {
        self.date(&self.layout().birth)
    }

    /// The day after which it is no longer good. In a driving licence that of
    /// the document, not of a class.
    #[must_use]
    pub fn expiry(&self) -> Option<ShortDate> {
        self.date(&self.layout().expiry)
    }

    fn date(&self, Rule { over: [span, ..], .. }: &Rule) -> Option<ShortDate> {
        self.at(*span).try_into().ok().map(ShortDate::new)
    }

    /// The sex.
    #[must_use]
    pub fn sex(&self) -> Sex {
        match self.at(self.layout().sex) {
            [b'M'] => Sex::Male,
            [b'F'] => Sex::Female,
            [] | [b'<', ..] => Sex::Unspecified,
            [other, ..] => Sex::Other(*other),
        }
    }

    /// The optional data, in a passport the personal number; without what
    /// belongs to a long number.
    #[must_use]
    pub fn optional(&self) -> &'a str {
        let [Span(line, start, end), ..] = self.layout().optional.over;
        // The digit of a long number, and the filler behind it.
        let start = self.long().map_or(start, |Rule { digit: Span(.., end), .. }| end + 1);
        self.filled(Span(line, start, end))
    }

    /// The second optional data, which TD1 alone has.
    #[must_use]
    pub fn optional_2(&self) -> &'a str {
        self.filled(self.layout().optional_2)
    }

    /// What each check digit says.
    #[must_use]
    pub fn checks(&self) -> Checks {
        let [number, birth, expiry, optional, composite] =
            self.rules().map(|rule| self.check(&rule));
        Checks { number, birth, expiry, optional, composite }
    }

    /// What is odd about it.
    #[must_use]
    pub fn advice(&self) -> Advice {
        let mut advice = Advice::empty();
        let types: &[u8] = match self.format {
            Format::Td1 | Format::Td2 => b"ACI",
            Format::Td3 => b"P",
            Format::MrvA | Format::MrvB => b"V",
            Format::D1 => b"D",
        };
        let first = self.at(TYPE).first();
        advice.set(Advice::TYPE, !first.is_some_and(|first| types.contains(first)));
        let layout = self.layout();
        let mut letters = [layout.names, ISSUER, layout.nationality].into_iter();
        let digit = letters.any(|span| self.at(span).iter().any(u8::is_ascii_digit));
        advice.set(Advice::DIGIT, digit);
        let names = without_fillers(self.at(layout.names));
        let three = names.windows(3).any(|three| three == b"<<<");
        advice.set(Advice::FILLER, names.first() == Some(&b'<') || three);
        advice.set(Advice::TRUNCATED, self.at(layout.names).last() != Some(&b'<'));
        advice
    }

    /// The check digits in the order of [`Checks`].
    pub(super) fn rules(&self) -> [Rule; 5] {
        let layout = self.layout();
        let number = self.long().unwrap_or(layout.number_check);
        [number, layout.birth, layout.expiry, layout.optional, layout.composite]
    }

    pub(super) fn check(&self, rule: &Rule) -> Check {
        let &[digit] = self.at(rule.digit) else { return Check::Absent };
        let over = rule.over.map(|span| self.at(span));
        match digit {
            // ICAO 9303-4, 4.2.2.2, position 43: of a field that is not used,
            // 0 or a filler. A filler is no digit of anything else.
            b'<' if over.iter().copied().flatten().all(|byte| *byte == b'<') => Check::Absent,
            _ if digit == seven_three_one(over) => Check::Valid,
            _ => Check::Invalid,
        }
    }

    /// The check digit of a number that is longer than its field.
    fn long(&self) -> Option<Rule> {
        let layout = self.layout();
        let is_full = self.at(layout.number).last() != Some(&b'<');
        let has_rule = matches!(self.format, Format::Td1 | Format::Td2 | Format::Td3);
        if !(has_rule && is_full && self.at(layout.number_check.digit) == b"<") {
            return None;
        }
        let [optional @ Span(line, start, _), ..] = layout.optional.over;
        let optional = self.at(optional);
        let len = optional.iter().position(|byte| *byte == b'<')?;
        let [_, .., b'0'..=b'9'] = optional.get(..len)? else { return None };
        let end = start + u8::try_from(len).ok()?;
        let tail = Span(line, start, end - 1);
        let rule = Rule::over(&[layout.number, tail], Span(line, end - 1, end));
        (self.format != Format::Td3 || self.check(&rule) == Check::Valid).then_some(rule)
    }

    const fn layout(&self) -> &'static Layout {
        self.format.layout()
    }

    pub(super) fn at(&self, Span(line, start, end): Span) -> &'a [u8] {
        let line = self.lines.get(usize::from(line)).copied().unwrap_or_default();
        line.get(usize::from(start)..usize::from(end)).unwrap_or_default()
    }

    /// Without the fillers at the end.
    fn filled(&self, span: Span) -> &'a str {
        text(without_fillers(self.at(span)))
    }
}

fn without_fillers(mut characters: &[u8]) -> &[u8] {
    while let [rest @ .., b'<'] = characters {
        characters = rest;
    }
    characters
}

/// Of characters that were looked at.
fn text(characters: &[u8]) -> &str {
    core::str::from_utf8(characters).unwrap_or_default()
}

/// Shows the format only.
impl fmt::Debug for Mrz<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mrz").field("format", &self.format).finish_non_exhaustive()
    }
}
