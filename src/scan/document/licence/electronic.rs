use core::fmt;

use crate::ErrorType;

/// Who can read the QR code of an electronic licence (电子驾驶证, 电子行驶证).
///
/// It holds some data, a time and a signature, and is verified by police
/// equipment; its form is not published, and none is made up here. A terminal
/// that has the means implements this.
pub trait LicenceVerifier: ErrorType {
    /// What a code says that is signed.
    type Licence;

    /// Verifies a payload, all of it, as it was scanned; `None` if it is no
    /// such code.
    ///
    /// # Errors
    /// The means failed, or the signature is wrong.
    fn verify(&mut self, payload: &[u8]) -> Result<Option<Self::Licence>, Self::Error>;
}

/// The QR code of what may be an electronic licence. `Debug` shows nothing of
/// it.
pub enum Electronic<'a, L> {
    /// It is one, and this is what it says.
    Signed(L),
    /// The verifier does not know it; the payload as it is.
    Unknown(&'a [u8]),
}

impl<'a, L> Electronic<'a, L> {
    /// Has a payload verified.
    ///
    /// # Errors
    /// The verifier's.
    pub fn read<V>(payload: &'a [u8], verifier: &mut V) -> Result<Self, V::Error>
    where
        V: LicenceVerifier<Licence = L>,
    {
        Ok(verifier.verify(payload)?.map_or(Self::Unknown(payload), Self::Signed))
    }
}

impl<L> fmt::Debug for Electronic<'_, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Signed(_) => f.write_str("Signed(..)"),
            Self::Unknown(payload) => write!(f, "Unknown({} bytes)", payload.len()),
        }
    }
}
