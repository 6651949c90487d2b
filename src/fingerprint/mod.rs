//! Fingerprint sensors: the trait and the drivers.

use crate::ErrorType;

/// The number of a template in the sensor's library, from 0.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Slot(pub u16);

/// The sensor claims that the finger on it is the one of a template.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Match {
    /// The template.
    pub slot: Slot,
    /// How well it fits, in the model's own scale.
    pub score: u16,
}

/// How far an enrolment is.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Enrolment {
    /// Ask for the finger; this is the capture number from 1.
    Place(u8),
    /// Ask for the finger to be lifted.
    Lift,
    /// The template is stored.
    Stored(Slot),
}

/// How many templates a sensor has and can have.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Library {
    /// Templates stored.
    pub stored: u16,
    /// Templates it can store.
    pub capacity: u16,
}

/// A fingerprint sensor with its own template library.
///
/// The polling methods wait for a person; poll until they return something
/// else than `WouldBlock`. Calling another method abandons a pending poll.
pub trait FingerprintSensor: ErrorType {
    /// How full the library is.
    ///
    /// # Errors
    /// The line or the sensor failed.
    fn library(&mut self) -> Result<Library, Self::Error>;

    /// Searches the finger on the sensor in the whole library (1:N). `None`:
    /// a good capture that matches no template.
    ///
    /// # Errors
    /// `WouldBlock` until a finger is there; kind [`Retry`] when the capture
    /// was poor; else the line or the sensor failed.
    ///
    /// [`Retry`]: crate::ErrorKind::Retry
    fn poll_identify(&mut self) -> nb::Result<Option<Match>, Self::Error>;

    /// Compares the finger on the sensor with one template (1:1). `None`: a
    /// good capture that does not match it, or no template there.
    ///
    /// # Errors
    /// As [`poll_identify`](Self::poll_identify).
    fn poll_verify(&mut self, slot: Slot) -> nb::Result<Option<Match>, Self::Error>;

    /// Enrols the finger: returns each step as it is reached; poll again after
    /// it until [`Enrolment::Stored`].
    ///
    /// # Errors
    /// As [`poll_identify`](Self::poll_identify). An error ends the enrolment;
    /// nothing is stored.
    fn poll_enrol(&mut self, slot: Slot) -> nb::Result<Enrolment, Self::Error>;

    /// Deletes one template.
    ///
    /// # Errors
    /// The slot is out of range, or the line or the sensor failed.
    fn delete(&mut self, slot: Slot) -> Result<(), Self::Error>;
}

impl<T: FingerprintSensor + ?Sized> FingerprintSensor for &mut T {
    fn library(&mut self) -> Result<Library, Self::Error> {
        T::library(self)
    }

    fn poll_identify(&mut self) -> nb::Result<Option<Match>, Self::Error> {
        T::poll_identify(self)
    }

    fn poll_verify(&mut self, slot: Slot) -> nb::Result<Option<Match>, Self::Error> {
        T::poll_verify(self, slot)
    }

    fn poll_enrol(&mut self, slot: Slot) -> nb::Result<Enrolment, Self::Error> {
        T::poll_enrol(self, slot)
    }

    fn delete(&mut self, slot: Slot) -> Result<(), Self::Error> {
        T::delete(self, slot)
    }
}
