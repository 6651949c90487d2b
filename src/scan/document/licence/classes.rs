use core::fmt;

use bitflags::bitflags;

use crate::{Error, ErrorKind};

bitflags! {
    /// The classes of vehicles that a driving licence is for (准驾车型; order 162
    /// of the Ministry of Public Security, annex 1; C6 since April 2022).
    ///
    /// Parsed and displayed as printed: `A2E`, `C1D`.
    #[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
    pub struct Classes: u32 {
        /// Large buses (大型客车).
        const A1 = 1 << 0;
        /// Heavy tractors with trailers (重型牵引挂车).
        const A2 = 1 << 1;
        /// City buses (城市公交车).
        const A3 = 1 << 2;
        /// Medium buses (中型客车).
        const B1 = 1 << 3;
        /// Large trucks (大型货车).
        const B2 = 1 << 4;
        /// Small cars (小型汽车).
        const C1 = 1 << 5;
        /// Small cars with automatic gears (小型自动挡汽车).
        const C2 = 1 << 6;
        /// Low-speed trucks (低速载货汽车).
        const C3 = 1 << 7;
        /// Three-wheeled trucks (三轮汽车).
        const C4 = 1 << 8;
        /// Small automatic cars for disabled drivers (残疾人专用小型自动挡载客汽车).
        const C5 = 1 << 9;
        /// Light tractors with trailers (轻型牵引挂车).
        const C6 = 1 << 10;
        /// Motorcycles of three wheels (普通三轮摩托车).
        const D = 1 << 11;
        /// Motorcycles of two wheels (普通二轮摩托车).
        const E = 1 << 12;
        /// Mopeds (轻便摩托车).
        const F = 1 << 13;
        /// Wheeled machines (轮式专用机械车).
        const M = 1 << 14;
        /// Trolley buses (无轨电车).
        const N = 1 << 15;
        /// Trams (有轨电车).
        const P = 1 << 16;
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Classes {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "Classes({=u32:#x})", self.bits());
    }
}

/// What C1 to C4 are together.
const SMALL: Classes = Classes::C1.union(Classes::C2).union(Classes::C3).union(Classes::C4);

/// What may be driven besides (准予驾驶的其他准驾车型): annex 1 of order 162; as
/// in order 139 before, but for C6, which A2 includes.
const INCLUDED: [(Classes, Classes); 9] = [
    (Classes::A1, Classes::A3.union(Classes::B1).union(Classes::B2).union(SMALL).union(Classes::M)),
    (Classes::A2, Classes::B1.union(Classes::B2).union(SMALL).union(Classes::C6).union(Classes::M)),
    (Classes::A3, SMALL),
    (Classes::B1, SMALL.union(Classes::M)),
    (Classes::B2, SMALL.union(Classes::M)),
    (Classes::C1, Classes::C2.union(Classes::C3).union(Classes::C4)),
    (Classes::C3, Classes::C4),
    (Classes::D, Classes::E.union(Classes::F)),
    (Classes::E, Classes::F),
];

/// A text is no list of classes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum ClassError {
    /// There is none.
    Empty,
    /// At this byte stands no class.
    Class(usize),
}

impl fmt::Display for ClassError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("no class"),
            Self::Class(at) => write!(f, "no class of vehicles at {at}"),
        }
    }
}

impl core::error::Error for ClassError {}

impl Error for ClassError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Argument
    }
}

impl Classes {
    /// Reads classes as they are printed (`A1A2D`), or written with blanks,
    /// commas or strokes between (`C1 E`, `C1、E`). Small letters are good.
    ///
    /// # Errors
    /// Where something else stands, or that nothing does.
    pub fn parse(text: &str) -> Result<Self, ClassError> {
        let mut found = Self::empty();
        let mut characters = text.char_indices().peekable();
        while let Some((at, character)) = characters.next() {
            if matches!(character, ' ' | ',' | '/' | '、' | '，') {
                continue;
            }
            let digit = characters.next_if(|(_, digit)| digit.is_ascii_digit());
            let name = [Some(character.to_ascii_uppercase()), digit.map(|(_, digit)| digit)];
            let named =
                |(printed, _): &(&str, Self)| printed.chars().eq(name.iter().copied().flatten());
            let class = Self::all().iter_names().find(named).ok_or(ClassError::Class(at))?;
            found |= class.1;
        }
        if found.is_empty() { Err(ClassError::Empty) } else { Ok(found) }
    }

    /// These and what they include.
    #[must_use]
    pub fn with_included(self) -> Self {
        let held = INCLUDED.iter().filter(|(class, _)| self.contains(*class));
        held.fold(self, |all, (_, included)| all | *included)
    }

    /// Whether all of `wanted` may be driven with these.
    #[must_use]
    pub fn covers(self, wanted: Self) -> bool {
        self.with_included().contains(wanted)
    }
}

/// As printed, in the order of the annex: `A1A2D`.
impl fmt::Display for Classes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.iter_names().try_for_each(|(name, _)| f.write_str(name))
    }
}
