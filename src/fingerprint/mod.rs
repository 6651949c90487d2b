//! Fingerprint sensors: the trait and the drivers.

use core::fmt;

use crate::ErrorType;

#[cfg(feature = "async")]
mod asynch;
pub mod zfm;

#[cfg(feature = "async")]
pub use asynch::{AsyncFingerprintSensor, AsyncLight};

/// The number of a template in the sensor's library, from 0.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Slot(pub u16);

impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "slot {}", self.0)
    }
}

/// The sensor claims that the finger on it is the one of a template.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Match {
    /// The template.
    pub slot: Slot,
    /// How well it fits, in the model's own scale.
    pub score: u16,
}

/// What was wrong with a capture.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Quality {
    /// The finger is too dry.
    Dry,
    /// The finger is too wet.
    Wet,
    /// The image is too disorderly: the finger moved, or is dirty.
    Messy,
    /// Too few features, or too small a part of the finger.
    Sparse,
    /// There is no clear image.
    Unclear,
}

impl fmt::Display for Quality {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Dry => "the finger is too dry",
            Self::Wet => "the finger is too wet",
            Self::Messy => "the finger moved or is dirty",
            Self::Sparse => "too little of the finger",
            Self::Unclear => "no clear image",
        })
    }
}

/// How far an enrolment is.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Enrolment {
    /// Ask for the finger; this is the capture number from 1.
    Place(u8),
    /// Ask for the finger to be lifted.
    Lift,
    /// The capture was poor; the same one is asked for again.
    Poor(Quality),
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
    /// it until [`Enrolment::Stored`]. The finger has to be lifted between two
    /// captures.
    ///
    /// # Errors
    /// As [`poll_identify`](Self::poll_identify); kind [`Refused`] when there
    /// is a template in the slot already, or one of this finger in the
    /// library; kind [`Argument`] when there is no such slot. An error ends the
    /// enrolment; nothing is stored.
    ///
    /// [`Argument`]: crate::ErrorKind::Argument
    /// [`Refused`]: crate::ErrorKind::Refused
    fn poll_enrol(&mut self, slot: Slot) -> nb::Result<Enrolment, Self::Error>;

    /// Deletes one template. There need not be one.
    ///
    /// # Errors
    /// Kind [`Argument`](crate::ErrorKind::Argument) when there is no such
    /// slot; else the line or the sensor failed.
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

/// A colour of light.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Colour {
    /// Red.
    Red,
    /// Green.
    Green,
    /// Blue.
    Blue,
    /// Red and green.
    Yellow,
    /// Green and blue.
    Cyan,
    /// Red and blue.
    Purple,
    /// All three.
    White,
}

/// What a light does, until it is told otherwise.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Pattern {
    /// Is off.
    Off,
    /// Is on.
    On,
    /// Grows and fades.
    Breathe,
    /// Goes on and off.
    Flash,
    /// Comes on slowly.
    FadeIn,
    /// Goes off slowly.
    FadeOut,
}

/// A sensor with a light that tells the person what to do.
pub trait Light: ErrorType {
    /// Sets the light.
    ///
    /// # Errors
    /// Kind [`Unsupported`](crate::ErrorKind::Unsupported) when this model has
    /// no light; else the line or the sensor failed, or refused the colour.
    fn light(&mut self, pattern: Pattern, colour: Colour) -> Result<(), Self::Error>;
}

impl<T: Light + ?Sized> Light for &mut T {
    fn light(&mut self, pattern: Pattern, colour: Colour) -> Result<(), Self::Error> {
        T::light(self, pattern, colour)
    }
}
