use super::{CivilTime, Date, DecisionNumber, Fault, Fen, Text};
use crate::scan::plate::{Hpzl, Plate};

/// A vehicle, as the traffic databases know it.
///
/// The key of a query is not the text on the plate: it is the plate class
/// (号牌种类, GA/T 16.7) and the number without the province and without the
/// marks 挂, 学, 警, 领, 港, 澳.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Vehicle {
    /// The plate as it is written, for papers.
    pub plate: Text<24>,
    /// 号牌种类.
    pub hpzl: Hpzl,
    /// 号牌号码: the number the databases are asked with.
    pub hphm: Text<15>,
}

impl Vehicle {
    /// The vehicle of a plate. Where the plate's
    /// [candidates](Plate::hpzl) are several, the officer says which.
    ///
    /// # Errors
    /// [`Fault::TooLong`] for a plate that no database could hold.
    pub fn new(plate: &Plate, hpzl: Hpzl) -> Result<Self, Fault> {
        let (plate, hphm) = (plate.canonical(), plate.hphm());
        Ok(Self { plate: Text::new(plate.as_str())?, hpzl, hphm: Text::new(hphm.as_str())? })
    }
}

/// A driver, by the licence.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Driver {
    /// 驾驶证证号: 18 characters.
    pub licence: Text<18>,
    /// The name, as far as it is known.
    pub name: Text<30>,
}

/// Where an identification came from.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Source {
    /// A plate camera.
    Camera,
    /// A scanner.
    Scanner,
    /// The officer's hand.
    Typed,
}

impl Source {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Camera => "camera",
            Self::Scanner => "scanner",
            Self::Typed => "typed",
        }
    }
}

/// Whom a case is about: a vehicle, a driver, or both.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Subject {
    /// The vehicle, and how its plate was read.
    pub vehicle: Option<(Vehicle, Source)>,
    /// The driver, and how the licence was read.
    pub driver: Option<(Driver, Source)>,
}

impl Subject {
    pub(super) const NOBODY: Self = Self { vehicle: None, driver: None };

    pub(super) const fn checked(self) -> Result<Self, Fault> {
        if self.vehicle.is_none() && self.driver.is_none() {
            return Err(Fault::NoSubject);
        }
        Ok(self)
    }
}

/// A decision that was made before and is not paid.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Decided {
    /// 决定书编号.
    pub number: DecisionNumber,
    /// When it was delivered: the term of payment starts then.
    pub delivered: Date,
    /// The fine, without a fee for being late.
    pub fine: Fen,
}

/// A violation the traffic database knows.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Violation {
    /// Its number in the database.
    pub number: Text<22>,
    /// 违法时间.
    pub time: CivilTime,
    /// 违法地点.
    pub place: Text<90>,
    /// 违法行为 (GA/T 408.1).
    pub behaviour: Text<5>,
    /// The decision, if one was made.
    pub decided: Option<Decided>,
}

/// What a vehicle's file says of a duty that ends on some day.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Standing {
    /// In force up to and including this day.
    Until(Date),
    /// The database knows of none.
    None,
}

impl Standing {
    /// Whether it is in force on a day.
    #[must_use]
    pub fn is_valid_on(self, day: Date) -> bool {
        matches!(self, Self::Until(last) if day <= last)
    }
}
