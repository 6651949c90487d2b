use core::fmt;

use zeroize::Zeroize;

use super::card::{IdText, NewestAddress};
use crate::ErrorType;

/// A reader of ID cards.
///
/// A person lays a card on it: [`poll_card`](Self::poll_card) waits for that
/// and never blocks. What follows is said on a wire, and takes as long as that
/// does. Between the two the card may be lifted again: then reading fails with
/// kind [`Retry`](crate::ErrorKind::Retry) or [`Absent`](crate::ErrorKind::Absent).
///
/// A card is reported once, however long it lies there. It can be read again
/// and again meanwhile.
pub trait IdReader: ErrorType {
    /// Whether a card was laid on the reader.
    ///
    /// # Errors
    /// `WouldBlock` until a person lays one on; else the line or the reader
    /// failed. Polling goes on after an error.
    fn poll_card(&mut self) -> nb::Result<(), Self::Error>;

    /// Reads the text of the card that was reported. Nothing of it is in
    /// `text` unless all of it came undamaged.
    ///
    /// # Errors
    /// Kind [`Absent`](crate::ErrorKind::Absent) if no card was reported;
    /// [`Retry`](crate::ErrorKind::Retry) if it was lifted too soon; else the
    /// line or the reader failed.
    fn read(&mut self, text: &mut IdText) -> Result<(), Self::Error>;

    /// Whether the card is gone: lifted, or never there.
    ///
    /// # Errors
    /// `WouldBlock` as long as a card lies there; else as
    /// [`poll_card`](Self::poll_card).
    fn poll_removal(&mut self) -> nb::Result<(), Self::Error>;
}

impl<T: IdReader + ?Sized> IdReader for &mut T {
    fn poll_card(&mut self) -> nb::Result<(), Self::Error> {
        T::poll_card(self)
    }

    fn read(&mut self, text: &mut IdText) -> Result<(), Self::Error> {
        T::read(self, text)
    }

    fn poll_removal(&mut self) -> nb::Result<(), Self::Error> {
        T::poll_removal(self)
    }
}

/// What a [`Piece`] is of.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Part {
    /// The photo: compressed in a way that is the readers' makers' (WLT).
    Photo,
    /// The features of two fingers, where the card has any.
    Fingerprint,
}

/// A piece of what is on the chip beside the text. It is a person's face or
/// fingers: `Debug` does not show it, and it is overwritten when dropped.
pub struct Piece {
    part: Part,
    offset: u16,
    bytes: [u8; Self::SIZE],
    len: usize,
}

impl Piece {
    /// The longest there is.
    pub const SIZE: usize = 64;

    /// An empty piece that begins there.
    #[must_use]
    pub const fn new(part: Part, offset: u16) -> Self {
        Self { part, offset, bytes: [0; Self::SIZE], len: 0 }
    }

    /// Adds a byte, if there is room; whether there is room for another.
    pub fn push(&mut self, byte: u8) -> bool {
        self.bytes.iter_mut().skip(self.len).take(1).for_each(|to| *to = byte);
        self.len = self.bytes.len().min(self.len + 1);
        self.len < Self::SIZE
    }

    /// What it is of.
    #[must_use]
    pub const fn part(&self) -> Part {
        self.part
    }

    /// Where in it the piece begins, in bytes. At 0 of the photo everything
    /// begins, also where a reading is begun again because the line failed.
    #[must_use]
    pub const fn offset(&self) -> u16 {
        self.offset
    }

    /// The bytes, 1 to 64.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

impl Drop for Piece {
    fn drop(&mut self) {
        self.bytes.zeroize();
    }
}

impl fmt::Debug for Piece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { part, offset, len, .. } = self;
        write!(f, "Piece({part:?}, {len} bytes at {offset})")
    }
}

/// A reader that hands out the photo and the fingerprints, too.
///
/// They are not held anywhere: each piece is handed over as it comes, and the
/// check stands behind all of them. So they are good only if the method
/// returns `Ok`. If the line fails in the middle and the reader is asked
/// again, the pieces begin again with [offset](Piece::offset) 0 of the photo.
pub trait ReadsBiometrics: IdReader {
    /// Reads text and photo.
    ///
    /// # Errors
    /// As [`IdReader::read`].
    fn read_photo(
        &mut self,
        text: &mut IdText,
        piece: &mut dyn FnMut(&Piece),
    ) -> Result<(), Self::Error>;

    /// Reads text, photo and the fingerprints, which a card need not have.
    ///
    /// # Errors
    /// As [`IdReader::read`]; kind [`Unsupported`](crate::ErrorKind::Unsupported)
    /// if the reader cannot.
    fn read_fingerprints(
        &mut self,
        text: &mut IdText,
        piece: &mut dyn FnMut(&Piece),
    ) -> Result<(), Self::Error>;
}

impl<T: ReadsBiometrics + ?Sized> ReadsBiometrics for &mut T {
    fn read_photo(
        &mut self,
        text: &mut IdText,
        piece: &mut dyn FnMut(&Piece),
    ) -> Result<(), Self::Error> {
        T::read_photo(self, text, piece)
    }

    fn read_fingerprints(
        &mut self,
        text: &mut IdText,
        piece: &mut dyn FnMut(&Piece),
    ) -> Result<(), Self::Error> {
        T::read_fingerprints(self, text, piece)
    }
}

/// A reader that hands out the address that was added to a card last.
pub trait ReadsAddress: IdReader {
    /// Reads it; whether there is one.
    ///
    /// # Errors
    /// As [`IdReader::read`]; kind [`Unsupported`](crate::ErrorKind::Unsupported)
    /// if the reader cannot.
    fn newest_address(&mut self, address: &mut NewestAddress) -> Result<bool, Self::Error>;
}

impl<T: ReadsAddress + ?Sized> ReadsAddress for &mut T {
    fn newest_address(&mut self, address: &mut NewestAddress) -> Result<bool, Self::Error> {
        T::newest_address(self, address)
    }
}

/// [`IdReader`], async.
#[cfg(feature = "async")]
#[allow(async_fn_in_trait, reason = "a single-threaded executor is the rule on a board")]
pub trait AsyncIdReader: ErrorType {
    /// Waits for a card, without end. Drop the future to stop waiting.
    ///
    /// # Errors
    /// As [`IdReader::poll_card`], without `WouldBlock`.
    async fn card(&mut self) -> Result<(), Self::Error>;

    /// As [`IdReader::read`].
    ///
    /// # Errors
    /// As there.
    async fn read(&mut self, text: &mut IdText) -> Result<(), Self::Error>;

    /// Waits until the card is gone.
    ///
    /// # Errors
    /// As [`IdReader::poll_removal`], without `WouldBlock`.
    async fn removal(&mut self) -> Result<(), Self::Error>;
}

#[cfg(feature = "async")]
impl<T: AsyncIdReader + ?Sized> AsyncIdReader for &mut T {
    async fn card(&mut self) -> Result<(), Self::Error> {
        T::card(self).await
    }

    async fn read(&mut self, text: &mut IdText) -> Result<(), Self::Error> {
        T::read(self, text).await
    }

    async fn removal(&mut self) -> Result<(), Self::Error> {
        T::removal(self).await
    }
}

/// [`ReadsBiometrics`], async.
#[cfg(feature = "async")]
#[allow(async_fn_in_trait, reason = "a single-threaded executor is the rule on a board")]
pub trait AsyncReadsBiometrics: AsyncIdReader {
    /// As [`ReadsBiometrics::read_photo`].
    ///
    /// # Errors
    /// As there.
    async fn read_photo(
        &mut self,
        text: &mut IdText,
        piece: &mut dyn FnMut(&Piece),
    ) -> Result<(), Self::Error>;

    /// As [`ReadsBiometrics::read_fingerprints`].
    ///
    /// # Errors
    /// As there.
    async fn read_fingerprints(
        &mut self,
        text: &mut IdText,
        piece: &mut dyn FnMut(&Piece),
    ) -> Result<(), Self::Error>;
}

/// [`ReadsAddress`], async.
#[cfg(feature = "async")]
#[allow(async_fn_in_trait, reason = "a single-threaded executor is the rule on a board")]
pub trait AsyncReadsAddress: AsyncIdReader {
    /// As [`ReadsAddress::newest_address`].
    ///
    /// # Errors
    /// As there.
    async fn newest_address(&mut self, address: &mut NewestAddress) -> Result<bool, Self::Error>;
}
