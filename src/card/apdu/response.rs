use core::fmt;

use super::{ApduError, StatusWord};

/// A response APDU: data and a status word.
///
/// `Debug` shows the length of the data, not the data.
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct Response<'a> {
    data: &'a [u8],
    status: StatusWord,
}

impl<'a> Response<'a> {
    /// The longest response to a short command: 256 bytes and the status word.
    pub const MAX: usize = 256 + 2;

    /// The longest response to an extended command.
    pub const MAX_EXTENDED: usize = 65_536 + 2;

    /// Takes a response apart.
    ///
    /// # Errors
    /// It is shorter than a status word.
    pub const fn new(response: &'a [u8]) -> Result<Self, ApduError> {
        match response.split_last_chunk() {
            Some((data, [sw1, sw2])) => {
                Ok(Self { data, status: StatusWord(u16::from_be_bytes([*sw1, *sw2])) })
            }
            None => Err(ApduError::NoStatus),
        }
    }

    /// The data, without the status word.
    #[must_use]
    pub const fn data(&self) -> &'a [u8] {
        self.data
    }

    /// The status word.
    #[must_use]
    pub const fn status(&self) -> StatusWord {
        self.status
    }
}

impl fmt::Debug for Response<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Response({} bytes, {})", self.data.len(), self.status)
    }
}
