use core::fmt;

use crate::fingerprint::{Alarm, Match, Slot};
use crate::{Error, ErrorKind};

/// With what the finger on the sensor is compared.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Comparison {
    /// With this template: [`poll_verify`](crate::fingerprint::FingerprintSensor::poll_verify).
    Verify(Slot),
    /// With all: [`poll_identify`](crate::fingerprint::FingerprintSensor::poll_identify).
    Search,
}

/// What the sensor said of a finger.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Reply {
    /// It matches.
    Match(Match),
    /// A good capture that does not.
    NoMatch,
    /// Somebody has to hear of it.
    Alarm(Alarm),
    /// An error of this kind. [`ErrorKind::Retry`] is a poor capture, with which
    /// nothing was compared; with any other, something may have been.
    Failed(ErrorKind),
}

impl Reply {
    /// What a [`FingerprintSensor`](crate::fingerprint::FingerprintSensor)
    /// returned, and what it says by
    /// [`Alarms::alarm`](crate::fingerprint::Alarms::alarm).
    pub fn of<E: Error>(result: &Result<Option<Match>, E>, alarm: fn(&E) -> Option<Alarm>) -> Self {
        match result {
            Ok(Some(found)) => Self::Match(*found),
            Ok(None) => Self::NoMatch,
            Err(error) => alarm(error).map_or(Self::Failed(error.kind()), Self::Alarm),
        }
    }
}

/// This is not what the last step asked for. Nothing was changed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct OutOfOrder;

impl fmt::Display for OutOfOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("this is not what the last step asked for")
    }
}

impl core::error::Error for OutOfOrder {}

impl Error for OutOfOrder {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Argument
    }
}
