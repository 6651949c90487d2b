use core::fmt;

use crate::ErrorKind;

/// An Application File Locator, `94`: which records hold the application's
/// data (EMV Book 3, 10.2).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Afl<'a>(&'a [u8]);

/// One record to read.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Record {
    /// The short identifier of its file, 1 to 30.
    pub sfi: u8,
    /// Its number, from 1.
    pub number: u8,
    /// Whether it takes part in offline data authentication.
    pub authenticated: bool,
}

/// The bytes are no file locator.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct AflFault {
    /// Where the entry that cannot be stands.
    pub offset: usize,
}

impl fmt::Display for AflFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the entry at byte {} of the file locator cannot be", self.offset)
    }
}

impl core::error::Error for AflFault {}

impl crate::Error for AflFault {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Protocol
    }
}

impl<'a> Afl<'a> {
    /// A file locator, checked as EMV Book 3, 10.2 asks for.
    ///
    /// # Errors
    /// It is empty or no multiple of four bytes; or an entry has a file
    /// outside 1 to 30, begins with record 0, ends before it begins, or has
    /// more records for offline data authentication than it has records.
    pub fn new(bytes: &'a [u8]) -> Result<Self, AflFault> {
        let afl = Self(bytes);
        let (entries, rest) = bytes.as_chunks::<4>();
        if entries.is_empty() || !rest.is_empty() {
            return Err(AflFault { offset: bytes.len() - rest.len() });
        }
        match entries.iter().position(|&entry| !is_valid(entry)) {
            None => Ok(afl),
            Some(index) => Err(AflFault { offset: 4 * index }),
        }
    }

    /// The records in the order in which they are to be read.
    pub fn records(self) -> impl Iterator<Item = Record> + 'a {
        self.0.as_chunks::<4>().0.iter().flat_map(|&[file, first, last, authenticated]| {
            (first..=last).map(move |number| Record {
                sfi: file >> 3,
                number,
                authenticated: number - first < authenticated,
            })
        })
    }
}

fn is_valid([file, first, last, authenticated]: [u8; 4]) -> bool {
    let sfi = file >> 3;
    file & 0x07 == 0
        && (1..=30).contains(&sfi)
        && first != 0
        && first <= last
        && u16::from(authenticated) <= u16::from(last - first) + 1
}
