use core::fmt;

use zeroize::Zeroize;

use crate::scan::document::is_province;
use crate::{Error, ErrorKind};

/// The number of the file about a driver or a vehicle (档案编号): the first four
/// digits of the area (GB/T 2260) of the office that keeps it, and eight that
/// count, as notices of traffic police describe it. There is no check digit.
///
/// It stands for a person: `Debug` shows the area only, and the digits are
/// overwritten when it is dropped.
///
/// ```
/// use embedded_pos::scan::document::licence::ArchiveNumber;
///
/// let number = ArchiveNumber::parse(b"120000000001")?;
/// assert_eq!(number.area(), b"1200");
/// assert_eq!(number.sequence(), b"00000001");
/// # Ok::<(), embedded_pos::scan::document::licence::ArchiveError>(())
/// ```
#[derive(Clone, Eq, PartialEq)]
pub struct ArchiveNumber {
    digits: [u8; 12],
}

/// Why bytes are no archive number.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum ArchiveError {
    /// Not twelve characters.
    Length(usize),
    /// At this index stands no digit.
    Character(usize),
}

impl fmt::Display for ArchiveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length(len) => write!(f, "{len} characters, not 12"),
            Self::Character(at) => write!(f, "no digit at {at}"),
        }
    }
}

impl core::error::Error for ArchiveError {}

impl Error for ArchiveError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Argument
    }
}

impl ArchiveNumber {
    /// Takes a number apart.
    ///
    /// # Errors
    /// What makes it none, and where.
    pub fn parse(text: &[u8]) -> Result<Self, ArchiveError> {
        let digits: [u8; 12] = text.try_into().map_err(|_| ArchiveError::Length(text.len()))?;
        match digits.iter().position(|digit| !digit.is_ascii_digit()) {
            Some(at) => Err(ArchiveError::Character(at)),
            None => Ok(Self { digits }),
        }
    }

    /// The number.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 12] {
        &self.digits
    }

    /// The four digits of the area.
    #[must_use]
    pub fn area(&self) -> &[u8] {
        self.digits.get(..4).unwrap_or_default()
    }

    /// The eight digits that count.
    #[must_use]
    pub fn sequence(&self) -> &[u8] {
        self.digits.get(4..).unwrap_or_default()
    }

    /// Whether the area is of a province that there is.
    #[must_use]
    pub fn is_area_known(&self) -> bool {
        is_province(self.area())
    }
}

impl Drop for ArchiveNumber {
    fn drop(&mut self) {
        self.digits.zeroize();
    }
}

impl fmt::Debug for ArchiveNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let area = core::str::from_utf8(self.area()).unwrap_or_default();
        write!(f, "ArchiveNumber({area}..)")
    }
}
