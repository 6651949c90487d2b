use bitflags::bitflags;

use super::Check;

/// What each check digit of a zone says about its field.
///
/// A digit that the format does not have is absent. So is a filler in its
/// place over a field that is all fillers, which ICAO 9303-4, 4.2.2.2 allows for
/// a personal number (position 43). Over any other it agrees with nothing.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Checks {
    /// Of the document number, all of it.
    pub number: Check,
    /// Of the day of birth.
    pub birth: Check,
    /// Of the day of expiry.
    pub expiry: Check,
    /// Of the personal number of a passport; other formats have none.
    pub optional: Check,
    /// Of all of them together; visas have none.
    pub composite: Check,
}

impl Checks {
    /// Whether none disagrees. The names, the issuer, the nationality and the
    /// sex are under no check digit, except in a driving licence.
    #[must_use]
    pub fn agree(self) -> bool {
        let all = [self.number, self.birth, self.expiry, self.optional, self.composite];
        !all.contains(&Check::Invalid)
    }
}

/// What a zone says about sex.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Sex {
    /// `M`.
    Male,
    /// `F`.
    Female,
    /// `<`, or a format that does not say.
    Unspecified,
    /// Another character.
    Other(u8),
}

impl Sex {
    /// The name as tools print it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Male => "male",
            Self::Female => "female",
            Self::Unspecified => "unspecified",
            Self::Other(_) => "other",
        }
    }
}

bitflags! {
    /// What is odd about a zone that was read all the same.
    #[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
    pub struct Advice: u8 {
        /// The first letter is not one of the format's: P for passports, A, C
        /// or I for cards.
        const TYPE = 1 << 0;
        /// A digit in the names, the issuer or the nationality.
        const DIGIT = 1 << 1;
        /// A filler where a name should begin, or more than two in a row
        /// between names.
        const FILLER = 1 << 2;
        /// The names fill their field to the last character, so some of them
        /// may be cut off (ICAO 9303-4, 4.2.3).
        const TRUNCATED = 1 << 3;
    }
}

impl Advice {
    /// Each point as a sentence, in the order of the flags.
    pub fn sentences(self) -> impl Iterator<Item = &'static str> {
        const SENTENCES: [(Advice, &str); 4] = [
            (Advice::TYPE, "the first letter is not one of this format"),
            (Advice::DIGIT, "a digit where letters stand"),
            (Advice::FILLER, "fillers where a name should be"),
            (Advice::TRUNCATED, "names may be cut off"),
        ];
        SENTENCES.into_iter().filter(move |(flag, _)| self.contains(*flag)).map(|(_, text)| text)
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Advice {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "Advice({=u8:#b})", self.bits());
    }
}
