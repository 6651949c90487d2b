//! Finger minutiae records: what other systems exchange fingers in.
//!
//! ISO/IEC 19794-2:2005 and 2011, ANSI INCITS 378-2004, 2009 and 2009 Amendment
//! 1, and the minutiae of the ISO card formats. [`Record`] reads in place and
//! [`Builder`] writes into a buffer; neither allocates, matches or judges.
//!
//! A record is a person's for life and cannot be changed like a password: keep
//! it sealed, and clear the buffer. `Debug` shows counts, never a minutia.
//!
//! ```
//! use embedded_pos::fingerprint::record::{
//!     Angle, AngleUnit, Builder, Capture, Edition, Head, Image, Impression, Minutia, MinutiaKind,
//!     NewView, Position, Quality, Record,
//! };
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mut buffer = [0; 64];
//! let mut builder = Builder::new(Edition::Iso2005, Head::default(), &mut buffer)?;
//! builder.view(&NewView {
//!     position: Position::RightIndex,
//!     number: 0,
//!     impression: Impression::LivePlain,
//!     quality: Quality { score: 80, vendor: 0, algorithm: 0 },
//!     image: Image { width: 192, height: 192, x_resolution: 197, y_resolution: 197 },
//!     capture: Capture::UNKNOWN,
//! })?;
//! let angle = Angle { raw: 64, unit: AngleUnit::Turn256 };
//! let ending = Minutia { kind: MinutiaKind::Ending, x: 100, y: 14, angle, quality: Some(90) };
//! builder.minutia(&ending)?;
//! let length = builder.finish()?;
//!
//! let record = Record::new(&buffer[..length])?;
//! assert_eq!(record.edition(), Edition::Iso2005);
//! let view = record.views().next().ok_or("no view")?;
//! assert_eq!(view.position(), Position::RightIndex);
//! assert!(view.minutiae().eq([ending]));
//! assert_eq!(ending.angle.degrees(), 90);
//! assert_eq!(record.first_note(), None);
//! # Ok(())
//! # }
//! ```
//!
//! # How strict
//!
//! [`Record::new`] refuses only what cannot be read: bytes that end within a
//! part, a length beyond the bytes, an unknown edition. Everything else that a
//! standard does not allow is a [`Note`] with its place, and the caller decides:
//! none at all ([`first_note`](Record::first_note) is `None`), or all but some.
//! In particular:
//!
//! - *Which edition.* ISO 2005 and ANSI 2004 begin alike, and so do ISO 2011 and
//!   ANSI 2009. The one is taken whose lengths hold; if both do,
//!   [`Finding::Also`] names the other.
//! - *How extension lengths count.* With the four bytes of type and length, as
//!   in NIST's records, or without, as fingerprintio writes them in ISO 2005.
//!   What closes exactly is taken; [`Finding::DataOnly`], or
//!   [`Finding::EitherWay`] if both do.
//! - *Lengths that are off.* NIST's sample of ISO 2005 says 340 bytes and has
//!   341: [`Finding::Length`].
//! - *Angles.* In units of the edition, with conversions: [`Angle`]. Samples of
//!   ANSI 2004 are around with angles in the unit of ISO: [`Finding::Angle`],
//!   where they are more than a turn.
//!
//! # Where the layouts are from
//!
//! The standards are sold, not given away; two implementations of them were read
//! and compared, NIST's BiomDI (public domain) and FingerprintIO (Apache-2.0).
//! They agree, but on the length of extensions in ISO 2005. The layout of ISO
//! 2011, ANSI 2009 and its Amendment 1 is from FingerprintIO alone; that of the
//! card formats from BiomDI alone. Zonal quality is left as bytes.

mod build;
mod check;
mod edition;
mod extension;
mod header;
mod read;
mod value;
mod view;

pub use build::{BuildError, Builder, NewView};
pub use check::{Finding, Note};
pub use edition::Edition;
pub use extension::{
    Counting, Extension, Extensions, Landmark, LandmarkKind, Landmarks, RidgeCount, RidgeCounts,
};
pub use header::{Head, Record, Views};
pub use read::{Malformed, Part, What};
pub use value::{
    Angle, AngleUnit, Capture, CaptureTime, Certification, Image, Impression, Minutia, MinutiaKind,
    Position, Quality,
};
pub use view::{Minutiae, View};
