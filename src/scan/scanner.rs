use crate::ErrorType;
use crate::port::Instant;

/// In which encoding a payload comes.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Encoding {
    /// Not known: the bytes as they stand in the code.
    #[default]
    Unknown,
    /// GBK.
    Gbk,
    /// UTF-8.
    Utf8,
    /// UTF-16, the high byte first.
    Utf16Be,
    /// UTF-16, the low byte first.
    Utf16Le,
}

/// What a scan engine read. The payload is in the caller's buffer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Scan {
    /// How many bytes of the buffer are payload.
    pub len: usize,
    /// The AIM symbology identifier without the `]` (ISO/IEC 15424), such as
    /// `Q1`, where the engine says it.
    pub symbology: Option<[u8; 2]>,
    /// What the bytes are as text, where the engine is set to one encoding.
    pub encoding: Encoding,
    /// The payload is not all of the code, or it is not known to be: the code
    /// was longer than the buffer or than the engine can say, or noise on the
    /// line came right before it. Do not act on it; have it scanned again.
    pub truncated: bool,
    /// When its last byte came.
    pub at: Instant,
}

/// A scan engine.
///
/// The payload is bytes: binary codes are not cut at zero bytes, separators
/// are kept, nothing is decoded. What was scanned may be a secret (a payment
/// code): do not log it.
pub trait Scanner: ErrorType {
    /// Starts looking for a code; returns as soon as the engine agreed.
    ///
    /// # Errors
    /// The line or the engine failed.
    fn start(&mut self) -> Result<(), Self::Error>;

    /// Stops looking. A code that was read already may still come.
    ///
    /// # Errors
    /// The line or the engine failed.
    fn stop(&mut self) -> Result<(), Self::Error>;

    /// Whether a code was read; its payload goes to the front of `buf`.
    ///
    /// # Errors
    /// `WouldBlock` until a person holds a code in front of the engine; else
    /// the line or the engine failed.
    fn poll_scan(&mut self, buf: &mut [u8]) -> nb::Result<Scan, Self::Error>;

    /// As [`poll_scan`](Self::poll_scan), with the payload as a slice.
    ///
    /// # Errors
    /// As [`poll_scan`](Self::poll_scan).
    fn poll_payload<'b>(&mut self, buf: &'b mut [u8]) -> nb::Result<(Scan, &'b [u8]), Self::Error> {
        let scan = self.poll_scan(buf)?;
        Ok((scan, buf.get(..scan.len).unwrap_or_default()))
    }
}

impl<T: Scanner + ?Sized> Scanner for &mut T {
    fn start(&mut self) -> Result<(), Self::Error> {
        T::start(self)
    }

    fn stop(&mut self) -> Result<(), Self::Error> {
        T::stop(self)
    }

    fn poll_scan(&mut self, buf: &mut [u8]) -> nb::Result<Scan, Self::Error> {
        T::poll_scan(self, buf)
    }
}
