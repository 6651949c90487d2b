//! Fingerprint sensors: the trait and the drivers.
//!
//! A sensor here is a module that keeps its own library of templates and does
//! its own matching. What comes over the wire is its *claim*: template 7 fits,
//! with this score. What makes an authentication of it is in [`trust`].
//!
//! ```
//! use embedded_pos::fingerprint::zfm::{Config, Password, R503};
//! use embedded_pos::fingerprint::{FingerprintSensor, Slot};
//! use embedded_pos::nb;
//! use embedded_pos::port::{Clocked, Duration};
//! use embedded_pos::sim::fingerprint::R503Module;
//! use embedded_pos::sim::{Simulated, VirtualClock};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // A simulated module with a finger on it; on a board, `port` is a UART.
//! let module = Simulated::new(R503Module::new());
//! module.device().store(3, "anna");
//! module.device().place("anna");
//! let mut clock = VirtualClock::new();
//! let port = module.port(clock.clone());
//!
//! // One by one, blocking: the same methods can be polled, or run async.
//! let mut sensor = R503::new(port, Config::r503(Password::FACTORY));
//! sensor.init().wait(&mut clock)?;
//! let found = sensor.verify(Slot(3)).wait(&mut clock)?;
//! assert!(found.is_some());
//!
//! // Joined with a clock, as one of its class.
//! let mut sensor = Clocked::new(sensor, clock.clone());
//! let found = loop {
//!     match sensor.poll_identify() {
//!         Ok(found) => break found,
//!         Err(nb::Error::WouldBlock) => clock.advance(Duration::from_millis(1)),
//!         Err(nb::Error::Other(error)) => return Err(error.into()),
//!     }
//! };
//! assert_eq!(found.map(|found| found.slot), Some(Slot(3)));
//! # Ok(())
//! # }
//! ```
//!
//! # What the trait promises
//!
//! [`FingerprintSensor`] has eight promises worth naming; the suite
//! `conformance::fingerprint` checks them and more:
//!
//! - a match is what the sensor said about the finger that is on it now, not
//!   an answer to something else that came late;
//! - *no match* is `Ok(None)`, and only after a good capture; a poor capture
//!   is an error of kind [`Retry`], a broken line never either of them;
//! - an empty library matches nobody;
//! - a finger is lifted between two captures of an enrolment;
//! - a slot in use is not written over, and no finger is enrolled twice;
//! - an enrolment that fails stores nothing, unless line or power failed just
//!   as the template was stored;
//! - a poll waits for a person as long as it is polled, and for a wire never;
//! - after an error the next call works, as soon as the line does.
//!
//! What only some can do is a trait beside it, and a flag of [`Capabilities`]:
//! [`Light`]; [`Alarms`], a finger given under duress, or a fake;
//! [`TemplateTransfer`], to back a library up or move it; [`Imaging`];
//! [`Identified`], which module it is. Under the feature `async` each has a twin
//! with `Async` before its name.
//!
//! What other systems exchange fingers in is in [`record`]; modules' own
//! templates are opaque and are no such records.
//!
//! # Models
//!
//! | driver | models | captures to a template | score |
//! | --- | --- | --- | --- |
//! | [`zfm`] | R503, ZFM-20, R30x, FPM10A, AS608, HLK-ZW, M5 Unit Fingerprint | 2 to 6 | yes |
//! | [`gt511`] | GT-511C1R, GT-511C3, GT-521F32, GT-521F52 | 3 | no |
//! | [`f5`] | Waveshare UART Fingerprint Sensor (C), 1020A | 3 | no |
//! | [`bmlite`] | FPC BM-Lite, over a UART or SPI | as the module asks | no |
//! | [`sfm`] | Suprema UniFinger SFM3000 to 6000, over a UART or RS-485 | 2 | no |
//!
//! # One to many, one to one
//!
//! A search in 200 templates is wrong 200 times as often as a comparison with
//! one: at a false acceptance rate of 1 in 100 000, one stranger in 500 is
//! taken for somebody. Where the person says who they are, by a number or a
//! card, verify that slot instead of searching all. [`trust`] has the figures.
//!
//! # Wiring
//!
//! R503: VCC and 3.3VT 3.3 V, GND, TXD to the host's receiver, RXD to its
//! sender, WAKEUP (low while touched) may stay open. ZFM-20 and its like: the
//! supply differs by model; data is 3.3 V, so that a 5 V host needs a divider
//! on the module's RXD. 57 600 baud, 8N1, as delivered. GT-511 and GT-521F:
//! data is 3.3 V too; 9600 baud, 8N1, after each power-up. F5 modules: 19 200
//! baud, 8N1, as delivered; two wires, for on one a command looks like its
//! answer.
//!
//! SFM: 115 200 baud, 8N1, as delivered; on RS-485, half duplex, every module
//! has its number, and network mode (parameter 83h) is on. BM-Lite: 115 200
//! baud, 8N1, in FPC's host code; or SPI in mode 0, and its IRQ pin.
//!
//! # Buffering
//!
//! A byte takes 174 microseconds at 57 600 baud, and the longest answer has 58
//! of them, in one piece: poll a bare UART that often, or have an interrupt or
//! DMA put 64 bytes aside. While a template or an image comes, the bytes do not
//! pause: take them out in time, or turn the module's packets and speed down.
//! A BM-Lite sends 256 bytes at most, in frames that it wants acknowledged. An
//! SFM answers 15 bytes at most, at 87 microseconds each.
//!
//! # Timing
//!
//! While nobody is there, the sensor is asked every 60 ms. Once a finger is,
//! image, features and two searches take well under a second on an R503, and
//! by its data sheet up to four on a ZFM-20. An SFM and a BM-Lite
//! wait for the finger themselves. All limits are in [`zfm::Timing`], [`gt511::Timing`],
//! [`f5::Timing`], [`bmlite::Timing`] and [`sfm::Timing`].
//!
//! # When it does not work
//!
//! | what it says | what to look for |
//! | --- | --- |
//! | no answer to command 13h | power, TXD and RXD exchanged, the speed, the address |
//! | damaged answers now and then | ground, a long cable, a UART that loses bytes |
//! | wrong module password | somebody set one; it cannot be read out |
//! | the module started anew | its supply sags when the sensor or its light comes on |
//! | module 00000001 answered instead | [`zfm::Config::address`] |
//! | another module answers | a GT-511 with another serial number: was it exchanged? |
//! | no answer to command 21h, but another | a GT-511 library smaller than [`gt511::Config::capacity`] |
//! | a match was not confirmed | the finger was lifted at once; an SFM takes a second image |
//! | no answer, but another | a line that delays or doubles; if it is each time the same command, another dialect: [`zfm::Zfm::probe`] |
//!
//! [`Retry`]: crate::ErrorKind::Retry

use core::fmt;

use bitflags::bitflags;

use crate::ErrorType;

mod alarm;
#[cfg(feature = "async")]
mod asynch;
pub mod bmlite;
mod bulk;
mod clocked;
mod driver;
pub mod f5;
pub mod gt511;
mod identity;
mod image;
mod light;
mod link;
pub mod record;
mod script;
mod session;
pub mod sfm;
mod speed;
mod transfer;
pub mod trust;
mod wire;
pub mod zfm;

pub use alarm::{Alarm, Alarms, Warns};
#[cfg(feature = "async")]
pub use asynch::AsyncFingerprintSensor;
pub use clocked::Pending;
pub use driver::{Driver, Held};
#[cfg(feature = "async")]
pub use identity::AsyncIdentified;
pub use identity::{Identified, Identifies, SensorId};
#[cfg(feature = "async")]
pub use image::AsyncImaging;
pub use image::{Depth, Geometry, ImageSink, Images, Imaging, Pgm, Rows};
#[cfg(feature = "async")]
pub use light::AsyncLight;
pub use light::{Colour, Light, Pattern};
pub use link::Family;
pub use script::{Conversation, Patience, Script};
pub use session::Session;
pub use speed::{Recover, SetBaud, Tunes};
#[cfg(feature = "async")]
pub use transfer::AsyncTemplateTransfer;
pub use transfer::{Progress, TemplateTransfer, Transfers};

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
    /// A module that enrols by itself has this capture.
    Captured(u8),
    /// A module that enrols by itself has all captures.
    Merging,
    /// The template is stored.
    Stored(Slot),
}

/// What a conversation with a sensor tells on the way.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Event {
    /// An enrolment is so far.
    Enrolment(Enrolment),
    /// The sensor took an image; the finger is to stay until the result.
    Scanned,
    /// The sensor was woken by a touch and says so by itself.
    Woken,
    /// A transfer is so far.
    Progress(Progress),
}

bitflags! {
    /// What a sensor, as it is configured, can do besides identify, verify,
    /// enrol and delete.
    #[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
    pub struct Capabilities: u16 {
        /// Its matches have scores that mean something.
        const SCORE = 1;
        /// It tells which slots are in use.
        const LIST = 1 << 1;
        /// It finds the finger in its library before it stores it again.
        const DUPLICATES = 1 << 2;
        /// Templates can be read out and written: [`TemplateTransfer`].
        const TEMPLATES = 1 << 3;
        /// It gives out images: [`Imaging`].
        const IMAGE = 1 << 4;
        /// It has a light: [`Light`].
        const LIGHT = 1 << 5;
        /// It knows fingers given under duress, or fakes: [`Alarms`].
        const ALARMS = 1 << 6;
        /// It is one of a kind and says so: [`Identified`].
        const UNIQUE = 1 << 7;
        /// Its speed can be changed from here.
        const BAUD = 1 << 8;
        /// It can be put to sleep.
        const SLEEP = 1 << 9;
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Capabilities {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "Capabilities({=u16:#06x})", self.bits());
    }
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
/// else than `WouldBlock`. Calling another method abandons a pending poll. So
/// does not polling an identification for five seconds: the next poll begins
/// another one, with another image.
pub trait FingerprintSensor: ErrorType {
    /// What it can do besides; no I/O.
    fn capabilities(&self) -> Capabilities;

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
    /// enrolment; nothing is stored, unless line or power failed just as it
    /// was: then the slot may be in use.
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
    fn capabilities(&self) -> Capabilities {
        T::capabilities(self)
    }

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
