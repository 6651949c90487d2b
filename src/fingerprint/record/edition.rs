use core::fmt;

use super::AngleUnit;

/// An edition of a standard for finger minutiae records.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Edition {
    /// ISO/IEC 19794-2:2005.
    Iso2005,
    /// ISO/IEC 19794-2:2011.
    Iso2011,
    /// ANSI INCITS 378-2004.
    Ansi2004,
    /// ANSI INCITS 378-2009.
    Ansi2009,
    /// ANSI INCITS 378-2009, Amendment 1.
    Ansi2009Am1,
}

impl Edition {
    /// As `inspect` names it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Iso2005 => "iso-2005",
            Self::Iso2011 => "iso-2011",
            Self::Ansi2004 => "ansi-2004",
            Self::Ansi2009 => "ansi-2009",
            Self::Ansi2009Am1 => "ansi-2009-am1",
        }
    }

    /// What its angles count.
    #[must_use]
    pub const fn angle_unit(self) -> AngleUnit {
        if self.is_iso() { AngleUnit::Turn256 } else { AngleUnit::TwoDegrees }
    }

    pub(super) const fn is_iso(self) -> bool {
        matches!(self, Self::Iso2005 | Self::Iso2011)
    }

    /// The image and the device are in the record's header, view number and
    /// impression in one byte.
    pub(super) const fn is_first(self) -> bool {
        matches!(self, Self::Iso2005 | Self::Ansi2004)
    }

    /// Those that begin with these bytes.
    pub(super) const fn of(version: [u8; 4]) -> &'static [Self] {
        match &version {
            // The second is what fingerprintio wrote once.
            b" 20\0" | b"020\0" => &[Self::Iso2005, Self::Ansi2004],
            b"030\0" => &[Self::Iso2011, Self::Ansi2009],
            b"035\0" => &[Self::Ansi2009Am1],
            _ => &[],
        }
    }

    pub(super) const fn version(self) -> [u8; 4] {
        match self {
            Self::Iso2005 | Self::Ansi2004 => *b" 20\0",
            Self::Iso2011 | Self::Ansi2009 => *b"030\0",
            Self::Ansi2009Am1 => *b"035\0",
        }
    }
}

impl fmt::Display for Edition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Iso2005 => "ISO/IEC 19794-2:2005",
            Self::Iso2011 => "ISO/IEC 19794-2:2011",
            Self::Ansi2004 => "ANSI INCITS 378-2004",
            Self::Ansi2009 => "ANSI INCITS 378-2009",
            Self::Ansi2009Am1 => "ANSI INCITS 378-2009 Amendment 1",
        })
    }
}
