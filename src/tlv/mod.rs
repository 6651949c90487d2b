//! BER-TLV as EMV uses it (EMV Book 3, annex B; ISO/IEC 8825-1).
//!
//! [`Objects`] goes over the objects of one level, [`Walk`] over the whole
//! tree, [`find`] to one object by its path, and [`Writer`] writes. Nothing is
//! copied, nothing is allocated, and depth is bounded. It stands below the
//! rooms that use it: [`emv`](crate::emv), and the consumer-presented codes of
//! [`scan`](crate::scan::code).
//!
//! What real cards send, and what becomes of it here:
//!
//! - `00` between objects is padding. `FF` is not: it begins a tag (`FF74`).
//! - Tags of up to four bytes, also those ISO would not allow (`9F02`: a
//!   number below 31 in a second byte).
//! - Lengths in one to five bytes, `81` to `84`, also where fewer would do.
//! - An object that is longer than what it stands in is an error, at any depth.
//! - A tag can say "constructed" where the content is no TLV. So children are
//!   parsed when they are asked for, and not before.
//!
//! ```
//! use embedded_pos::tlv::{self, Objects, Tag};
//!
//! let record = [0x70, 0x08, 0x5F, 0x24, 0x03, 0x27, 0x12, 0x31, 0x8A, 0x00];
//! let expiry = tlv::find(&record, &[Tag::RECORD, Tag::EXPIRATION_DATE])?;
//! assert_eq!(expiry.map(|object| object.value), Some(&[0x27, 0x12, 0x31][..]));
//!
//! for object in Objects::new(&record) {
//!     assert_eq!(object?.tag.to_string(), "70");
//! }
//! # Ok::<(), tlv::Malformed>(())
//! ```

mod read;
mod tag;
mod walk;
mod write;

pub(crate) use read::take_tag;
pub use read::{Malformed, Object, Objects, What, find};
pub(crate) use tag::Format;
pub use tag::Tag;
pub use walk::{Visit, Walk};
pub use write::{Full, Writer};
