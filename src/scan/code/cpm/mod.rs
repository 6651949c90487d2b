//! EMVCo consumer-presented codes (EMV QRCPS, Consumer-Presented Mode 1.1):
//! what a payer shows. Base64 of TLV objects, that begin with the version.
//!
//! | tag | what | view |
//! | --- | --- | --- |
//! | `85` | payload format, `CPV01`; first | [`Cpm::version`] |
//! | `61` | application, one or more | [`Cpm::applications`] |
//! | `62` | what is common to all applications | [`Cpm::common`] |
//! | `63` in `61`, `64` in `62` | what only the issuer reads: the cryptogram | [`Template::cryptogram`] |
//!
//! The code is a secret: whoever has it can spend with it, once. It is decoded
//! into a buffer of the caller's, byte by byte, with no other copy made, and
//! that is overwritten when the [`Cpm`] is dropped or the code refused. `Debug`
//! shows nothing of it.
//!
//! ```
//! use embedded_pos::scan::code::cpm::Cpm;
//! use embedded_pos::tlv::Tag;
//!
//! // The sample of the standard.
//! let text = b"hQVDUFYwMWETTwegAAAAVVVVUAhQcm9kdWN0MWETTwegAAAAZmZmUAhQcm9kdWN0MmJJWggS\
//!     NFZ4kBI0WF8gDkNBUkRIT0xERVIvRU1WXy0IcnVlc2RlZW5kIZ8QBwYBCgMAAACfJghYT9OF+iNLzJ82\
//!     AgABnzcEbVjvEw==";
//! let mut buf = [0; Cpm::room(168)];
//! let code = Cpm::decode(text, &mut buf)?;
//! let labels: Vec<_> = code.applications().map(|application| application.label()).collect();
//! assert_eq!(labels, [Some(&b"Product1"[..]), Some(&b"Product2"[..])]);
//! let common = code.common().unwrap();
//! assert_eq!(common.pan().unwrap().expose(), [0x12, 0x34, 0x56, 0x78, 0x90, 0x12, 0x34, 0x58]);
//! assert_eq!(common.cryptogram().unwrap().counter, Some(&[0, 1][..]));
//! # Ok::<(), embedded_pos::scan::code::cpm::CpmError>(())
//! ```
//!
//! Which elements stand where is the standard's table 4.3 as public
//! implementations have it; an element that is not in it is found by
//! [`Template::get`]. Lengths of two bytes (`81 xx`) come from wallets with long
//! templates.

mod view;

pub use crate::scan::base64::{Base64Error, Base64What};
pub use view::{ChipData, Sensitive, Template};

use core::fmt;

use zeroize::Zeroize;

use crate::scan::base64::Base64;
use crate::tlv::{Malformed, Objects, Tag, Walk};
use crate::{Error, ErrorKind};

/// Tag, length and the letters before the version (4.2).
const INDICATOR: [u8; 5] = *b"\x85\x05CPV";
/// The application template.
pub(super) const APPLICATION: Tag = Tag(0x61);
/// The common data template.
pub(super) const COMMON: Tag = Tag(0x62);
/// What only the issuer of the application reads.
const APPLICATION_DATA: Tag = Tag(0x63);
/// What only the issuer reads, common to all applications.
const COMMON_DATA: Tag = Tag(0x64);

/// Why text is no consumer-presented code.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum CpmError {
    /// It is not Base64.
    Base64(Base64Error),
    /// The buffer is too small; this many bytes are enough.
    Full(usize),
    /// It does not begin with `85 05`, `CPV` and two digits.
    Format,
    /// What follows is not TLV. The offset is that of the decoded byte.
    Objects(Malformed),
}

impl fmt::Display for CpmError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Base64(error) => error.fmt(f),
            Self::Full(room) => write!(f, "needs a buffer of {room} bytes"),
            Self::Format => f.write_str("does not begin with CPV and a version"),
            Self::Objects(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for CpmError {}

impl Error for CpmError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Full(_) => ErrorKind::Argument,
            _ => ErrorKind::Protocol,
        }
    }
}

impl From<Malformed> for CpmError {
    fn from(error: Malformed) -> Self {
        Self::Objects(error)
    }
}

/// A consumer-presented code, decoded. Its bytes are overwritten when it is
/// dropped.
pub struct Cpm<'b>(&'b mut [u8]);

impl<'b> Cpm<'b> {
    /// How many bytes are enough for so many characters, also where the padding
    /// is lost: then that is the error.
    #[must_use]
    pub const fn room(characters: usize) -> usize {
        characters.div_ceil(4) * 3
    }

    /// Takes the text of a code.
    ///
    /// # Errors
    /// What makes it none, and where; the buffer is then overwritten.
    pub fn decode(text: &[u8], buf: &'b mut [u8]) -> Result<Self, CpmError> {
        // Overwritten by the drop on every way out.
        let mut code = Self(buf);
        let mut len = 0;
        for byte in Base64::new(text) {
            let byte = byte.map_err(CpmError::Base64)?;
            *code.0.get_mut(len).ok_or(CpmError::Full(Self::room(text.len())))? = byte;
            len += 1;
        }
        code.shorten(len);
        code.check()?;
        Ok(code)
    }

    /// Gives up what is behind the code; nothing was written there.
    fn shorten(&mut self, len: usize) {
        let all = core::mem::take(&mut self.0);
        self.0 = all.get_mut(..len).unwrap_or_default();
    }

    fn check(&self) -> Result<(), CpmError> {
        self.version().ok_or(CpmError::Format)?;
        whole(self.objects(), 2)?;
        Ok(())
    }

    /// The two digits of the version: `01`.
    #[must_use]
    pub fn version(&self) -> Option<[u8; 2]> {
        let (version, _) = self.0.strip_prefix(&INDICATOR)?.split_first_chunk::<2>()?;
        version.iter().all(u8::is_ascii_digit).then_some(*version)
    }

    /// The applications that can be paid with, in the payer's order.
    pub fn applications(&self) -> impl Iterator<Item = Template<'_>> {
        self.templates(APPLICATION)
    }

    /// What is common to all applications.
    #[must_use]
    pub fn common(&self) -> Option<Template<'_>> {
        self.templates(COMMON).next()
    }

    /// The objects of the first level.
    #[must_use]
    pub fn objects(&self) -> Objects<'_> {
        Objects::new(self.0)
    }

    /// All objects, each before those in it.
    #[must_use]
    pub fn walk(&self) -> Walk<'_> {
        Walk::new(self.0)
    }

    fn templates(&self, tag: Tag) -> impl Iterator<Item = Template<'_>> {
        let all = self.objects().filter_map(Result::ok).filter(move |object| object.tag == tag);
        all.filter_map(|object| object.children()).map(Template)
    }
}

/// Goes into the templates of the standard, so many levels deep. Another object
/// may say that it holds objects, and hold none.
fn whole(objects: Objects<'_>, depth: u8) -> Result<(), Malformed> {
    for object in objects {
        let object = object?;
        let is_template =
            matches!(object.tag, APPLICATION | COMMON | APPLICATION_DATA | COMMON_DATA);
        if let Some(inner) = object.children().filter(|_| is_template && depth > 0) {
            whole(inner, depth - 1)?;
        }
    }
    Ok(())
}

impl Drop for Cpm<'_> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for Cpm<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cpm({} bytes)", self.0.len())
    }
}
