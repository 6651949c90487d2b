use core::fmt;

use super::{Platform, RecordStore, Seq};
use crate::{Error, ErrorKind};

/// Why a record did not leave.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum UploadError<S, P> {
    /// The records cannot be read or released.
    Store(S),
    /// The platform did not take it.
    Platform(P),
    /// The platform acknowledged up to another record than the one it was sent:
    /// it lacks records it had acknowledged, or claims some it cannot have.
    Acknowledged(Seq),
}

impl<S: fmt::Display, P: fmt::Display> fmt::Display for UploadError<S, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Store(error) => write!(f, "records: {error}"),
            Self::Platform(error) => write!(f, "platform: {error}"),
            Self::Acknowledged(seq) => {
                write!(f, "the platform acknowledged up to record {}, not the one sent", seq.0)
            }
        }
    }
}

impl<S: Error, P: Error> core::error::Error for UploadError<S, P> {}

impl<S: Error, P: Error> Error for UploadError<S, P> {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Store(error) => error.kind(),
            Self::Platform(error) => error.kind(),
            Self::Acknowledged(_) => ErrorKind::Protocol,
        }
    }
}

/// Sends the oldest record that the platform has not acknowledged, and
/// releases it once it is. Returns it, or `None` when nothing is left to send:
/// a loop until then ends.
///
/// # Errors
/// [`UploadError`]. The record stays; send again later.
pub fn upload_oldest<S: RecordStore, P: Platform>(
    store: &mut S,
    platform: &mut P,
) -> Result<Option<Seq>, UploadError<S::Error, P::Error>> {
    let Some((seq, record)) = store.unsent().map_err(UploadError::Store)? else {
        return Ok(None);
    };
    let acked = platform.upload(seq, &record).map_err(UploadError::Platform)?;
    if acked != seq {
        return Err(UploadError::Acknowledged(acked));
    }
    store.ack_up_to(acked).map_err(UploadError::Store)?;
    Ok(Some(acked))
}
