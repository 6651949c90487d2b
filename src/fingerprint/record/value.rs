use core::fmt;

/// Which finger.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[allow(missing_docs, reason = "the names say it")]
pub enum Position {
    Unknown,
    RightThumb,
    RightIndex,
    RightMiddle,
    RightRing,
    RightLittle,
    LeftThumb,
    LeftIndex,
    LeftMiddle,
    LeftRing,
    LeftLittle,
    /// Another code: several fingers at once, in ISO/IEC 19794-2:2011.
    Other(u8),
}

impl Position {
    const ALL: [Self; 11] = [
        Self::Unknown,
        Self::RightThumb,
        Self::RightIndex,
        Self::RightMiddle,
        Self::RightRing,
        Self::RightLittle,
        Self::LeftThumb,
        Self::LeftIndex,
        Self::LeftMiddle,
        Self::LeftRing,
        Self::LeftLittle,
    ];

    /// The standard's number.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Other(code) => code,
            named => (0..).zip(Self::ALL).find(|(_, at)| *at == named).map_or(0, |(code, _)| code),
        }
    }
}

impl From<u8> for Position {
    fn from(code: u8) -> Self {
        Self::ALL.get(usize::from(code)).copied().unwrap_or(Self::Other(code))
    }
}

/// How the finger was captured. Named is what all editions agree on: 9, for one,
/// is contactless in ANSI 378-2004 and a vertical roll in ISO/IEC 19794-2:2011.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Impression {
    /// 0: laid on a live-scan device.
    LivePlain,
    /// 1: rolled on a live-scan device.
    LiveRolled,
    /// 2: laid on paper.
    NonlivePlain,
    /// 3: rolled on paper.
    NonliveRolled,
    /// 8: drawn over a line sensor.
    Swipe,
    /// Another code.
    Other(u8),
}

impl Impression {
    /// The standard's number.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::LivePlain => 0,
            Self::LiveRolled => 1,
            Self::NonlivePlain => 2,
            Self::NonliveRolled => 3,
            Self::Swipe => 8,
            Self::Other(code) => code,
        }
    }
}

impl From<u8> for Impression {
    fn from(code: u8) -> Self {
        match code {
            0 => Self::LivePlain,
            1 => Self::LiveRolled,
            2 => Self::NonlivePlain,
            3 => Self::NonliveRolled,
            8 => Self::Swipe,
            other => Self::Other(other),
        }
    }
}

/// What a ridge does at a minutia.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum MinutiaKind {
    /// 0: something else, or not known which of the two.
    Other,
    /// 1: it ends.
    Ending,
    /// 2: it forks.
    Bifurcation,
    /// 3: no edition gives it a meaning.
    Reserved,
}

impl MinutiaKind {
    /// The standard's number.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Other => 0,
            Self::Ending => 1,
            Self::Bifurcation => 2,
            Self::Reserved => 3,
        }
    }

    /// By the two bits.
    pub(super) const fn of(bits: u8) -> Self {
        match bits & 3 {
            0 => Self::Other,
            1 => Self::Ending,
            2 => Self::Bifurcation,
            _ => Self::Reserved,
        }
    }
}

/// What an angle counts, counterclockwise from the right.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum AngleUnit {
    /// 360/64 degrees: the ISO card format of compact size.
    Turn64,
    /// 2 degrees: ANSI, from 0 to 179.
    TwoDegrees,
    /// 360/256 degrees: ISO.
    Turn256,
}

impl AngleUnit {
    /// How many make a whole turn.
    #[must_use]
    pub const fn per_turn(self) -> u16 {
        match self {
            Self::Turn64 => 64,
            Self::TwoDegrees => 180,
            Self::Turn256 => 256,
        }
    }
}

/// A direction, as the record has it.
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub struct Angle {
    /// So many units.
    pub raw: u8,
    /// What the unit is.
    pub unit: AngleUnit,
}

impl Angle {
    /// In degrees, to the nearest; more than 359 if the record has more than a
    /// turn.
    #[must_use]
    pub fn degrees(self) -> u16 {
        let quarter = self.unit.per_turn() / 4;
        (u16::from(self.raw) * 90 + quarter / 2) / quarter
    }

    /// In another unit, to the nearest, within one turn.
    #[must_use]
    pub fn to(self, unit: AngleUnit) -> Self {
        let (from, to) = (u32::from(self.unit.per_turn()), u32::from(unit.per_turn()));
        if from == to {
            return self;
        }
        let turned = (u32::from(self.raw) * to + from / 2) / from % to;
        Self { raw: u8::try_from(turned).unwrap_or(0), unit }
    }
}

/// A minutia: where a ridge ends or forks, and in which direction.
///
/// A person can be recognised by few of these; `Debug` shows none of it.
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct Minutia {
    /// What it is.
    pub kind: MinutiaKind,
    /// From the left edge, in pixels; on cards in 0.01 mm (normal size) or
    /// 0.1 mm (compact size).
    pub x: u16,
    /// From the upper edge, in the same unit.
    pub y: u16,
    /// Its direction.
    pub angle: Angle,
    /// From 1 to 100 as the record has it; 0 says nothing in the editions of
    /// 2004 and 2005, 254 and 255 in the later ones. `None` if the record has
    /// no place for it.
    pub quality: Option<u8>,
}

impl fmt::Debug for Angle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Angle(..)")
    }
}

impl fmt::Debug for Minutia {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Minutia(..)")
    }
}

/// The image that the minutiae were found in.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Image {
    /// Pixels in a row.
    pub width: u16,
    /// Rows.
    pub height: u16,
    /// Pixels to the centimetre, across; 197 are 500 dpi.
    pub x_resolution: u16,
    /// Pixels to the centimetre, down.
    pub y_resolution: u16,
}

/// How good a view is, and who says so.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Quality {
    /// From 0 to 100; 254 and 255: not determined.
    pub score: u8,
    /// Whose algorithm: a number of the IBIA's; 0 in records that do not say.
    pub vendor: u16,
    /// Which of the vendor's; 0 in records that do not say.
    pub algorithm: u16,
}

/// What a view of ISO/IEC 19794-2:2011 says about its capture.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Capture {
    /// In UTC.
    pub time: CaptureTime,
    /// Which kind of sensor, by the standard's number; 0 if not known.
    pub technology: u8,
    /// Whose: a number of the IBIA's.
    pub vendor: u16,
    /// Which of the vendor's.
    pub device: u16,
    /// Where the minutiae of ridge endings are: 0 where the valley forks, 1
    /// where the ridge's skeleton ends.
    pub ending: u8,
}

/// When a view was captured, as the record has it: all bits of a field are set
/// where it is not given.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[allow(missing_docs, reason = "the names say it")]
pub struct CaptureTime {
    pub year: u16,
    pub month: u8,
    pub day: u8,
    pub hour: u8,
    pub minute: u8,
    pub second: u8,
    pub millisecond: u16,
}

impl CaptureTime {
    /// Not given.
    pub const UNKNOWN: Self = Self {
        year: 0xFFFF,
        month: 0xFF,
        day: 0xFF,
        hour: 0xFF,
        minute: 0xFF,
        second: 0xFF,
        millisecond: 0xFFFF,
    };
}

/// A certification of the device that captured a view.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Certification {
    /// Who certified.
    pub authority: u16,
    /// By which scheme: the annex E.1, E.2 or E.3 of the standard.
    pub scheme: u8,
}
