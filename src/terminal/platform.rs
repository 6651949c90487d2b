use super::payment::Acquirer;
use super::{NumberBlock, Record, Seq, Standing, Subject, Vehicle, Violation};
use crate::{Error, ErrorKind, ErrorType};

/// What a database is asked for.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Query {
    /// Violations of the vehicle and the driver that are not settled.
    Violations,
    /// 年检: the vehicle's annual inspection.
    Inspection,
    /// 交强险: the vehicle's compulsory insurance.
    Insurance,
}

/// What a database said.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Finding {
    /// So many violations are in the list.
    Violations(u16),
    /// How the vehicle stands.
    Standing(Standing),
    /// No answer, and the kind of error. The case goes on without.
    Unknown(ErrorKind),
}

impl Query {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Violations => "violations",
            Self::Inspection => "inspection",
            Self::Insurance => "insurance",
        }
    }

    /// Asks the platform and waits. Violations go to `list`.
    pub fn ask<P: Platform>(
        self,
        platform: &mut P,
        subject: &Subject,
        list: &mut [Option<Violation>],
    ) -> Finding {
        match (self, subject.vehicle.as_ref().map(|(vehicle, _)| vehicle)) {
            (Self::Violations, _) => Finding::of_violations(platform.violations(subject, list)),
            (Self::Inspection, Some(vehicle)) => Finding::of_standing(platform.inspection(vehicle)),
            (Self::Insurance, Some(vehicle)) => Finding::of_standing(platform.insurance(vehicle)),
            (Self::Inspection | Self::Insurance, None) => Finding::NO_VEHICLE,
        }
    }
}

impl Finding {
    pub(super) const NO_VEHICLE: Self = Self::Unknown(ErrorKind::Absent);

    pub(super) fn of_violations(count: Result<usize, impl Error>) -> Self {
        count.map_or_else(Self::of_error, |count| {
            Self::Violations(u16::try_from(count).unwrap_or(u16::MAX))
        })
    }

    pub(super) fn of_standing(standing: Result<Standing, impl Error>) -> Self {
        standing.map_or_else(Self::of_error, Self::Standing)
    }

    fn of_error(error: impl Error) -> Self {
        Self::Unknown(error.kind())
    }
}

/// A series of numbers.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Series {
    /// 简易程序处罚决定书.
    Decision,
    /// 行政强制措施凭证.
    Measure,
}

/// The traffic police's side: its databases, its numbers, its archive. In
/// China a gateway before the integrated platform (六合一): the terminal sends
/// compact messages, the gateway speaks SOAP.
///
/// Each method sends one message and waits for its answer, for a time that the
/// implementation bounds.
pub trait Platform: ErrorType {
    /// Finds violations that are not settled; they go to the front of `list`.
    /// Returns how many there are; if that is all of `list`, there may be more.
    ///
    /// # Errors
    /// The line or the platform failed.
    fn violations(
        &mut self,
        subject: &Subject,
        list: &mut [Option<Violation>],
    ) -> Result<usize, Self::Error>;

    /// As [`violations`](Self::violations), with what was found as a slice.
    ///
    /// # Errors
    /// As [`violations`](Self::violations).
    fn violations_in<'b>(
        &mut self,
        subject: &Subject,
        list: &'b mut [Option<Violation>],
    ) -> Result<&'b [Option<Violation>], Self::Error> {
        let count = self.violations(subject, list)?;
        Ok(list.get(..count).unwrap_or(list))
    }

    /// The vehicle's annual inspection.
    ///
    /// # Errors
    /// The line or the platform failed.
    fn inspection(&mut self, vehicle: &Vehicle) -> Result<Standing, Self::Error>;

    /// The vehicle's compulsory insurance.
    ///
    /// # Errors
    /// The line or the platform failed.
    fn insurance(&mut self, vehicle: &Vehicle) -> Result<Standing, Self::Error>;

    /// Grants numbers to this terminal alone.
    ///
    /// # Errors
    /// The line or the platform failed, or none are left. A block whose grant
    /// got lost is lost, not granted again.
    fn numbers(&mut self, series: Series) -> Result<NumberBlock, Self::Error>;

    /// Sends one record. Returns the last up to which the archive has all: a
    /// record that it has already is acknowledged again, not stored again.
    ///
    /// # Errors
    /// The line or the platform failed: send the record again.
    fn upload(&mut self, seq: Seq, record: &Record) -> Result<Seq, Self::Error>;
}

impl<T: Platform + ?Sized> Platform for &mut T {
    fn violations(
        &mut self,
        subject: &Subject,
        list: &mut [Option<Violation>],
    ) -> Result<usize, Self::Error> {
        T::violations(self, subject, list)
    }

    fn inspection(&mut self, vehicle: &Vehicle) -> Result<Standing, Self::Error> {
        T::inspection(self, vehicle)
    }

    fn insurance(&mut self, vehicle: &Vehicle) -> Result<Standing, Self::Error> {
        T::insurance(self, vehicle)
    }

    fn numbers(&mut self, series: Series) -> Result<NumberBlock, Self::Error> {
        T::numbers(self, series)
    }

    fn upload(&mut self, seq: Seq, record: &Record) -> Result<Seq, Self::Error> {
        T::upload(self, seq, record)
    }
}

/// Both hosts a terminal needs: implemented for whatever is both.
pub trait Backend: Platform + Acquirer {}

impl<T: Platform + Acquirer + ?Sized> Backend for T {}
