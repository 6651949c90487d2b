//! What stands where, from ICAO 9303 parts 4 to 7.

use super::MrzError;

/// What kind of document a zone is of.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Format {
    /// Cards: three lines of 30 (part 5).
    Td1,
    /// Older cards: two lines of 36 (part 6).
    Td2,
    /// Passports: two lines of 44 (part 4).
    Td3,
    /// Visas of the size of a passport page: two lines of 44 (part 7).
    MrvA,
    /// Smaller visas: two lines of 36 (part 7).
    MrvB,
    /// Driving licences: one line of 30 that begins with D1. It is not of ICAO:
    /// France prints it, and no standard is public. Read as the published
    /// readers of French licences do.
    D1,
}

impl Format {
    /// The name as tools print it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Td1 => "TD1",
            Self::Td2 => "TD2",
            Self::Td3 => "TD3",
            Self::MrvA => "MRVA",
            Self::MrvB => "MRVB",
            Self::D1 => "D1",
        }
    }

    /// How many lines it has.
    #[must_use]
    pub const fn lines(self) -> usize {
        match self {
            Self::Td1 => 3,
            Self::D1 => 1,
            _ => 2,
        }
    }

    /// How long each line is.
    #[must_use]
    pub const fn width(self) -> usize {
        match self {
            Self::Td1 | Self::D1 => 30,
            Self::Td2 | Self::MrvB => 36,
            Self::Td3 | Self::MrvA => 44,
        }
    }

    /// By the length of each line and the first character.
    pub(super) fn of(lens: &[usize], first: u8) -> Result<Self, MrzError> {
        Ok(match (lens, first) {
            ([30, 30, 30], _) => Self::Td1,
            ([36, 36], b'V') => Self::MrvB,
            ([36, 36], _) => Self::Td2,
            ([44, 44], b'V') => Self::MrvA,
            ([44, 44], _) => Self::Td3,
            ([30], b'D') => Self::D1,
            ([30], _) => return Err(MrzError::Lines(1)),
            _ => return Err(misshapen(lens)),
        })
    }

    pub(super) const fn layout(self) -> &'static Layout {
        match self {
            Self::Td1 => &TD1,
            Self::Td2 => &TD2,
            Self::Td3 => &TD3,
            Self::MrvA => &MRV_A,
            Self::MrvB => &MRV_B,
            Self::D1 => &D1,
        }
    }
}

/// The first line that is at fault.
fn misshapen(lens: &[usize]) -> MrzError {
    let widths: &[usize] = match lens.len() {
        1 | 3 => &[30],
        2 => &[36, 44],
        lines => return MrzError::Lines(lines),
    };
    let first = lens.first().filter(|first| widths.contains(first));
    let wrong = lens.iter().position(|len| Some(len) != first).unwrap_or(0);
    MrzError::Length { line: wrong + 1, len: lens.get(wrong).copied().unwrap_or(0) }
}

/// Some characters of a line: the line, the first and the one behind the last,
/// all from 0.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) struct Span(pub(super) u8, pub(super) u8, pub(super) u8);

impl Span {
    /// What a format does not have.
    pub(super) const NONE: Self = Self(0, 0, 0);

    /// One character.
    const fn one(line: u8, at: u8) -> Self {
        Self(line, at, at + 1)
    }
}

/// A check digit, and what it is over.
#[derive(Clone, Copy)]
pub(super) struct Rule {
    pub(super) digit: Span,
    pub(super) over: [Span; 4],
}

impl Rule {
    const NONE: Self = Self::over(&[], Span::NONE);

    pub(super) const fn over(spans: &[Span], digit: Span) -> Self {
        let mut over = [Span::NONE; 4];
        let (filled, _) = over.split_at_mut(spans.len());
        filled.copy_from_slice(spans);
        Self { digit, over }
    }
}

/// The fields of a format. Type and issuer stand at the same place in all.
pub(super) struct Layout {
    pub(super) names: Span,
    pub(super) number: Span,
    pub(super) number_check: Rule,
    pub(super) nationality: Span,
    pub(super) birth: Rule,
    pub(super) sex: Span,
    pub(super) expiry: Rule,
    pub(super) optional: Rule,
    pub(super) optional_2: Span,
    pub(super) composite: Rule,
}

pub(super) const TYPE: Span = Span(0, 0, 2);
pub(super) const ISSUER: Span = Span(0, 2, 5);

static TD1: Layout = Layout {
    names: Span(2, 0, 30),
    number: Span(0, 5, 14),
    number_check: Rule::over(&[Span(0, 5, 14)], Span::one(0, 14)),
    nationality: Span(1, 15, 18),
    birth: Rule::over(&[Span(1, 0, 6)], Span::one(1, 6)),
    sex: Span::one(1, 7),
    expiry: Rule::over(&[Span(1, 8, 14)], Span::one(1, 14)),
    optional: Rule::over(&[Span(0, 15, 30)], Span::NONE),
    optional_2: Span(1, 18, 29),
    composite: Rule::over(
        &[Span(0, 5, 30), Span(1, 0, 7), Span(1, 8, 15), Span(1, 18, 29)],
        Span::one(1, 29),
    ),
};

/// The second line of all formats of two lines begins like this.
const TWO_LINES: Layout = Layout {
    names: Span(0, 5, 36),
    number: Span(1, 0, 9),
    number_check: Rule::over(&[Span(1, 0, 9)], Span::one(1, 9)),
    nationality: Span(1, 10, 13),
    birth: Rule::over(&[Span(1, 13, 19)], Span::one(1, 19)),
    sex: Span::one(1, 20),
    expiry: Rule::over(&[Span(1, 21, 27)], Span::one(1, 27)),
    optional: Rule::over(&[Span(1, 28, 36)], Span::NONE),
    optional_2: Span::NONE,
    composite: Rule::NONE,
};

static TD2: Layout = Layout {
    optional: Rule::over(&[Span(1, 28, 35)], Span::NONE),
    composite: Rule::over(&[Span(1, 0, 10), Span(1, 13, 20), Span(1, 21, 35)], Span::one(1, 35)),
    ..TWO_LINES
};

static TD3: Layout = Layout {
    names: Span(0, 5, 44),
    optional: Rule::over(&[Span(1, 28, 42)], Span::one(1, 42)),
    composite: Rule::over(&[Span(1, 0, 10), Span(1, 13, 20), Span(1, 21, 43)], Span::one(1, 43)),
    ..TWO_LINES
};

static MRV_A: Layout = Layout {
    names: Span(0, 5, 44),
    optional: Rule::over(&[Span(1, 28, 44)], Span::NONE),
    ..TWO_LINES
};

static MRV_B: Layout = TWO_LINES;

static D1: Layout = Layout {
    names: Span(0, 21, 29),
    number: Span(0, 5, 14),
    number_check: Rule::over(&[Span(0, 0, 14)], Span::one(0, 14)),
    nationality: Span::NONE,
    birth: Rule::NONE,
    sex: Span::NONE,
    expiry: Rule::over(&[Span(0, 15, 21)], Span::NONE),
    optional: Rule::NONE,
    optional_2: Span::NONE,
    composite: Rule::over(&[Span(0, 0, 29)], Span::one(0, 29)),
};
