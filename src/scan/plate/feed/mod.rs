//! Plate cameras, by vendor.
//!
//! [`vzenith`] is a driver of a camera that is talked to. All others push their
//! readings: over HTTP to a server of ours or in answer to a request that never
//! ends, by MQTT. For these there is a [`Feed`] each, over whatever carries the
//! bytes: what has arrived is pushed, in any pieces, and events come out.
//!
//! Memory is bounded whatever the camera sends: pictures are handed on in
//! pieces as they come, of a string the first 128 bytes are read (42 of those
//! above ASCII), and what nobody asked for is passed over. The name of an event
//! that is longer is none, for it would be that of other events, too. What carries the bytes is the caller's:
//! what is pushed is the body alone, without the headers of HTTP and out of its
//! chunks. The vendor's
//! codes are read by a table of that vendor, for no two agree, and kept as they
//! were sent.

pub mod axis;
pub mod dahua;
pub mod gat1400;
pub mod hikvision;
mod json;
mod message;
mod multipart;
pub mod openalpr;
pub mod plate_recognizer;
pub mod vzenith;
mod xml;

use core::fmt;

use super::read::{Candidate, PlateRead};
use crate::{Error, ErrorKind};

/// Room for what is kept of a message: an array, or a slice of the caller's.
pub trait Room: AsRef<[u8]> + AsMut<[u8]> {}

impl<B: AsRef<[u8]> + AsMut<[u8]>> Room for B {}

/// Reads what a camera pushes.
///
/// ```
/// use embedded_pos::scan::plate::PlateRead;
/// use embedded_pos::scan::plate::feed::{Event, Fault, Feed};
///
/// /// What has arrived.
/// fn arrived(
///     feed: &mut impl Feed,
///     mut bytes: &[u8],
///     mut seen: impl FnMut(&PlateRead),
/// ) -> Result<(), Fault> {
///     loop {
///         let (used, event) = feed.push(bytes);
///         bytes = &bytes[used..];
///         match event {
///             None => return Ok(()),
///             Some(Ok(Event::Plate(read))) => seen(&read),
///             // Pictures that nobody wants, and signs of life.
///             Some(Ok(_)) => {}
///             Some(Err(fault)) => return Err(fault),
///         }
///     }
/// }
/// ```
///
/// A message is the body of an HTTP request, of an answer that goes on for
/// ever, or of an MQTT publication. The same bytes give the same events, in
/// whatever pieces they are pushed.
pub trait Feed {
    /// Takes bytes in, up to the next event: how many, and the event. None is
    /// left over when there is no event. What is left is to be pushed again;
    /// more than one event may come of no more bytes.
    ///
    /// An error ends the message, or the part of it where it was found; the
    /// next one is read again.
    fn push<'p>(&'p mut self, bytes: &'p [u8]) -> (usize, Option<Result<Event<'p>, Fault>>);

    /// The message has ended. To be called until there are no more events; the
    /// next message can then be pushed.
    fn end(&mut self) -> Option<Result<Event<'_>, Fault>>;
}

/// What a camera told.
#[allow(clippy::large_enum_variant, reason = "there is no heap to put a reading on")]
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Event<'p> {
    /// A vehicle was read.
    Plate(PlateRead),
    /// What else the camera may have read on the vehicle of the reading before.
    /// The first four that it tells come, but for the reading's own text.
    Candidate(Candidate),
    /// A piece of a picture that came with the reading before, or with the one
    /// behind.
    Picture(Piece<'p>),
    /// The camera says that it is there.
    Heartbeat,
}

/// Which picture a piece is of.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum View {
    /// The whole scene.
    Full,
    /// The plate alone.
    Plate,
}

/// A piece of a picture, most often of a JPEG file.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Piece<'p> {
    /// Which picture of the message it is, from 0.
    pub picture: u16,
    /// What it shows, if the vendor's names tell.
    pub view: Option<View>,
    /// Where in the picture the piece begins.
    pub offset: u32,
    /// Its bytes.
    pub bytes: &'p [u8],
}

/// What is wrong with a message.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Fault {
    /// What.
    pub kind: FaultKind,
    /// At which byte of the message it was seen.
    pub offset: u64,
}

/// What can be wrong with a message.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum FaultKind {
    /// It is not JSON, XML or what else the vendor sends.
    Syntax,
    /// Values are nested deeper than any vendor's.
    Deep,
    /// There is no room for the values, or for the XML. The vehicles for which
    /// there was room were told before, those names of pictures and candidates
    /// that had none left out.
    Long,
    /// It ended in the middle.
    Truncated,
    /// A part of it has parts of its own, which no vendor's has.
    Nested,
}

impl Error for Fault {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Protocol
    }
}

impl core::error::Error for Fault {}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.kind {
            FaultKind::Syntax => "it is not what this vendor sends",
            FaultKind::Deep => "values are nested too deep",
            FaultKind::Long => "there is no room for its values",
            FaultKind::Truncated => "it broke off",
            FaultKind::Nested => "a part has parts of its own",
        };
        write!(f, "bad message from the camera: {what}, byte {}", self.offset)
    }
}

/// A [`Feed`] of a vendor: its messages.
macro_rules! feed {
    ($vendor:ident) => {
        impl<B: crate::scan::plate::feed::Room> crate::scan::plate::feed::Feed for $vendor<B> {
            fn push<'p>(
                &'p mut self,
                bytes: &'p [u8],
            ) -> (
                usize,
                Option<
                    Result<crate::scan::plate::feed::Event<'p>, crate::scan::plate::feed::Fault>,
                >,
            ) {
                self.0.push(bytes)
            }

            fn end(
                &mut self,
            ) -> Option<Result<crate::scan::plate::feed::Event<'_>, crate::scan::plate::feed::Fault>>
            {
                self.0.end()
            }
        }
    };
}
use feed;
