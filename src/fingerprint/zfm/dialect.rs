use bitflags::bitflags;

use super::command;

/// Which commands a module has: the same opcode means different things to
/// different makers.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Dialect {
    /// ZFM-20 and the optical modules like it (R30x, FPM10A): the commands of
    /// the ZFM-20 manual V2.0, two captures to a template, no light.
    Zfm20,
    /// R503: the commands of its manual V1.1, which those of V1.2.2 have too.
    R503,
    /// R503 by its manual V1.2.2: enrols and identifies by itself.
    R503V12,
    /// AS608, HLK-ZW, M5 Unit Fingerprint: the manual of the M5 unit, V1.0.
    Synochip,
}

bitflags! {
    /// A choice of dialects.
    #[derive(Clone, Copy, Debug, Eq, PartialEq)]
    pub struct Dialects: u8 {
        /// [`Dialect::Zfm20`].
        const ZFM20 = 1;
        /// [`Dialect::R503`].
        const R503 = 1 << 1;
        /// [`Dialect::R503V12`].
        const R503_V12 = 1 << 2;
        /// [`Dialect::Synochip`].
        const SYNOCHIP = 1 << 3;
        /// Those by Grow.
        const GROW = Self::R503.bits() | Self::R503_V12.bits();
        /// Those that can be put to sleep.
        const SLEEPERS = Self::ZFM20.bits() | Self::SYNOCHIP.bits();
        /// All but [`Dialect::Zfm20`], which has the fewest commands.
        const LATER = Self::GROW.bits() | Self::SYNOCHIP.bits();
        /// All but [`Dialect::Synochip`], whose codes differ.
        const NOT_SYNOCHIP = Self::GROW.bits() | Self::ZFM20.bits();
    }
}

impl From<Dialect> for Dialects {
    fn from(dialect: Dialect) -> Self {
        match dialect {
            Dialect::Zfm20 => Self::ZFM20,
            Dialect::R503 => Self::R503,
            Dialect::R503V12 => Self::R503_V12,
            Dialect::Synochip => Self::SYNOCHIP,
        }
    }
}

/// The light of a module.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Lamp {
    /// Set by [`AuraLed`](command::AuraLed), 35h.
    Aura,
    /// Set by [`ControlBln`](command::ControlBln), 3Ch.
    Bln,
}

/// What the modules of a dialect have in common, by their manuals.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Profile {
    /// The dialect.
    pub dialect: Dialect,
    /// Captures to a template, the fewest and the most; as many character
    /// buffers as the most.
    pub captures: (u8, u8),
    /// Pages of the notepad, of 32 bytes each.
    pub notepad: u8,
    /// The speeds it can have, in units of 9600 baud.
    pub bauds: &'static [u8],
    /// Its light, if it has one.
    pub lamp: Option<Lamp>,
}

impl Profile {
    /// The commands of the dialect: opcode and name, in order.
    pub fn commands(&self) -> impl Iterator<Item = (u8, &'static str)> + use<> {
        let dialect = self.dialect;
        command::all().filter(move |row| row.1.contains(dialect.into())).map(|row| (row.0, row.2))
    }
}

const ZFM20: Profile = Profile {
    dialect: Dialect::Zfm20,
    captures: (2, 2),
    notepad: 0,
    bauds: &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
    lamp: None,
};

const R503: Profile = Profile {
    dialect: Dialect::R503,
    captures: (2, 6),
    notepad: 16,
    bauds: &[1, 2, 4, 6, 12],
    lamp: Some(Lamp::Aura),
};

const R503_V12: Profile = Profile { dialect: Dialect::R503V12, captures: (4, 6), ..R503 };

const SYNOCHIP: Profile = Profile {
    dialect: Dialect::Synochip,
    captures: (2, 6),
    notepad: 8,
    lamp: Some(Lamp::Bln),
    ..ZFM20
};

impl Dialect {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Zfm20, Self::R503, Self::R503V12, Self::Synochip];

    /// What its modules have in common.
    #[must_use]
    pub const fn profile(self) -> &'static Profile {
        match self {
            Self::Zfm20 => &ZFM20,
            Self::R503 => &R503,
            Self::R503V12 => &R503_V12,
            Self::Synochip => &SYNOCHIP,
        }
    }
}
