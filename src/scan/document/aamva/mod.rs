//! North American driver licences and ID cards: the PDF417 code on their back
//! (AAMVA DL/ID Card Design Standard, Annex D, 2000 to 2025).
//!
//! ```text
//! @ LF RS CR "ANSI " issuer 6 | version 2 | jurisdiction's version 2 | entries 2
//! per entry: type 2 | offset 4 | length 4
//! per subfile: type 2, then elements: ID 3, value; LF between them, CR behind the last
//! ```
//!
//! Version 01 has no jurisdiction's version. The subfile `DL` or `ID` (`EN` is
//! read alike) has the elements of the standard, `ZX` those of the
//! jurisdiction whose name begins with X.
//!
//! # Strict and tolerant
//!
//! What reaches a terminal is often not what is on the card: keyboards and
//! browsers lose control characters, and some issuers count wrongly. [`Aamva::strict`]
//! refuses the first [`Fault`]; [`Aamva::parse`] reads on and tells each in
//! [`Aamva::faults`], with its place. Both read the same when there is none.
//! The elements are found by their separators; offsets and lengths of the
//! designators are compared, not followed.
//!
//! An element that the version does not list survives;
//! [`Version::standing`] tells what the version says of it.
//!
//! # When separators are lost
//!
//! Then an ID within a value looks like an element: `DAISY` begins with `DAI`.
//! So a value is cut in two places only:
//!
//! 1. Behind a value whose length the standard fixes, if an ID stands there
//!    and none before, and the element itself surely begins where it seems to.
//! 2. Before an ID that the version demands, that stands in one place of the
//!    whole payload only, if all that the version demands are there.
//!
//! Both are right for every payload that had all that its version demands, and
//! no IDs but `DAA` to `DDZ` and its own, before the separators were lost: by 1 because the value ends there, by 2
//! because the element must begin somewhere and there is no other place. Where
//! an optional element may begin, the value is cut, and both sides are
//! [doubtful](Element::doubtful); where the ID stands in several places it is
//! not cut, and is doubtful. Each such place is a fault of the kind
//! [`FaultKind::Ambiguous`]. [`Aamva::get`] gives no doubtful value. What the
//! rule cannot see is a payload that lacked demanded elements, and all their
//! IDs stand once in values of others; so do not take a name from a payload
//! with [`FaultKind::LineFeedLost`] or [`FaultKind::SpaceForSeparator`] without
//! looking at the card.
//!
//! While most elements stand behind control characters (or `|`), nothing is
//! cut within them: if one separator is lost, the value has both elements.
//! It is told as ambiguous if an ID in it is demanded and nowhere else, and
//! the payload shorter than it says.
//!
//! # Cost
//!
//! Nothing is stored: one pass counts where IDs stand, and each iterator is
//! one more; [`Aamva::card`] is one. In a pass each byte is looked at a fixed number of times, and
//! compared with the designators, of which there are at most 99.
//!
//! ```
//! use embedded_pos::scan::document::aamva::{Aamva, FaultKind, Sex};
//!
//! let sound = b"@\n\x1E\rANSI 636000100001DL00310045DLDAQT1234\nDCSSAMPLE\nDBB06061986\nDBC1\nDCGUSA\r";
//! let licence = Aamva::strict(sound)?;
//! assert_eq!(licence.issuer().map(|issuer| issuer.short), Some("VA"));
//! assert_eq!(licence.get("DAQ"), Some(&b"T1234"[..]));
//! assert_eq!(licence.card().birth().and_then(|day| day.date).unwrap().to_string(), "1986-06-06");
//! assert_eq!(licence.card().sex(), Some(Sex::Male));
//!
//! // As a keyboard types it: without RS, and with Enter for both CR and LF.
//! let typed = b"@\n\nANSI 636000100001DL00310045DLDAQT1234\nDCSSAMPLE\nDBB06061986\nDBC1\nDCGUSA\n";
//! assert_eq!(Aamva::strict(typed).unwrap_err().kind, FaultKind::RecordSeparatorLost);
//! let licence = Aamva::parse(typed)?;
//! assert_eq!(licence.get("DAQ"), Some(&b"T1234"[..]));
//! assert!(licence.faults().any(|fault| fault.kind == FaultKind::LineFeedForReturn));
//! # Ok::<(), embedded_pos::scan::document::aamva::Fault>(())
//! ```

mod fault;
mod header;
mod issuer;
mod mode;
mod parts;
mod scan;
mod split;
mod version;
mod view;

use core::fmt;

pub use fault::{Fault, FaultKind};
use header::Header;
pub use issuer::{Country, Issuer};
pub use parts::{Address, Day, DayForm, Height, Name, Sex, Truncation};
use scan::{Item, Scan};
use split::Split;
pub use version::{Standing, Version};
pub use view::Card;

/// A payload, read in place. It keeps no byte of it: `Debug` shows the header
/// only.
#[derive(Clone, Copy)]
pub struct Aamva<'a> {
    split: Split<'a>,
}

impl<'a> Aamva<'a> {
    /// Reads a payload whatever its faults, which [`faults`](Self::faults)
    /// tells.
    ///
    /// # Errors
    /// [`FaultKind::NotAamva`], [`FaultKind::Header`] and
    /// [`FaultKind::NoSubfile`], with which nothing can be read.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Fault> {
        let header = Header::read(bytes)?;
        Ok(Self { split: Split::new(bytes, header) })
    }

    /// Reads a payload that keeps the standard's format: header, separators,
    /// offsets and lengths. Which elements there are, and their values, is not
    /// judged.
    ///
    /// # Errors
    /// The first fault.
    pub fn strict(bytes: &'a [u8]) -> Result<Self, Fault> {
        let read = Self::parse(bytes)?;
        let fault = read.faults().next();
        fault.map_or(Ok(read), Err)
    }

    /// All bytes, as given.
    #[must_use]
    pub const fn raw(&self) -> &'a [u8] {
        self.split.bytes
    }

    /// The version of the standard.
    #[must_use]
    pub const fn version(&self) -> Version {
        self.split.header.version
    }

    /// The jurisdiction's version; `None` in a header without one.
    #[must_use]
    pub const fn jurisdiction_version(&self) -> Option<u8> {
        self.split.header.jurisdiction_version
    }

    /// The issuer identification number: six digits.
    #[must_use]
    pub fn iin(&self) -> &'a [u8] {
        let at = self.split.header.iin;
        self.split.bytes.get(at..at + 6).unwrap_or_default()
    }

    /// Who has that number.
    #[must_use]
    pub fn issuer(&self) -> Option<Issuer> {
        let digits = self.iin().iter();
        Issuer::of(digits.fold(0, |iin, digit| iin * 10 + u32::from(digit.saturating_sub(b'0'))))
    }

    /// The subfiles, in order.
    pub fn subfiles(&self) -> impl Iterator<Item = Subfile> {
        Scan::new(&self.split).filter_map(|item| match item {
            Item::Subfile(subfile) => Some(subfile),
            _ => None,
        })
    }

    /// All elements of all subfiles, in order, doubtful and unlisted ones too.
    pub fn elements(&self) -> impl Iterator<Item = Element<'a>> {
        Scan::new(&self.split).filter_map(|item| match item {
            Item::Element(element) => Some(element),
            _ => None,
        })
    }

    /// What differs from the standard: the header's faults, then those of the
    /// subfiles.
    pub fn faults(&self) -> impl Iterator<Item = Fault> {
        Scan::new(&self.split).filter_map(|item| match item {
            Item::Fault(fault) => Some(fault),
            _ => None,
        })
    }

    /// The value of an element, as it stands, with its padding: the first that
    /// is not doubtful.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&'a [u8]> {
        let mut of = self.elements().filter(|element| element.id == *id.as_bytes());
        of.find(|element| !element.doubtful).map(|element| element.value)
    }

    /// What the elements mean, collected in one pass.
    #[must_use]
    pub fn card(&self) -> Card<'a> {
        Card::new(self)
    }
}

impl fmt::Debug for Aamva<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Aamva")
            .field("version", &self.version())
            .field("issuer", &self.issuer())
            .finish_non_exhaustive()
    }
}

/// A part of a payload.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Subfile {
    /// `DL`, `ID`, `EN`, or `Z` and a letter.
    pub kind: [u8; 2],
    /// Where it begins.
    pub at: usize,
}

/// An element. `Debug` does not show its value.
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct Element<'a> {
    /// Two capital letters and a letter or digit.
    pub id: [u8; 3],
    /// As it stands: padded with spaces, or empty.
    pub value: &'a [u8],
    /// The type of its subfile.
    pub subfile: [u8; 2],
    /// Where its ID stands.
    pub at: usize,
    /// That it begins here, or ends where it does, is one of several readings.
    pub doubtful: bool,
}

impl Element<'_> {
    /// The ID as text.
    #[must_use]
    pub fn id(&self) -> &str {
        core::str::from_utf8(&self.id).unwrap_or_default()
    }
}

impl fmt::Debug for Element<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Element")
            .field("id", &self.id())
            .field("at", &self.at)
            .finish_non_exhaustive()
    }
}
