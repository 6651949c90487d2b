use core::fmt;

use aes_gcm_siv::aead::{AeadInOut, KeyInit};
use aes_gcm_siv::{Aes256GcmSiv, Tag};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::fingerprint::{SensorId, Slot};
use crate::{Error, ErrorKind};

/// `FPT` and the version of the format.
const MAGIC: [u8; 4] = *b"FPT\x01";
/// Magic and counter.
const HEADER: usize = 8;
const TAG: usize = 16;
/// What names a device or a person, at most.
const NAME: usize = 32;
/// Header, two names with their lengths, slot, sensor with its flag.
const BOUND: usize = HEADER + 2 * (1 + NAME) + 2 + SensorId::LEN + 1;

/// How many bytes a container has more than its template.
pub const OVERHEAD: usize = HEADER + TAG;

/// The key that templates are sealed with: 32 random bytes that nothing else
/// uses and that do not leave the device.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct SealKey([u8; 32]);

impl SealKey {
    /// Takes a key.
    #[must_use]
    pub const fn new(key: [u8; 32]) -> Self {
        Self(key)
    }
}

impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealKey(..)")
    }
}

/// What a container is bound to. None of it is in the container; who opens it
/// has to know.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Binding<'a> {
    /// The device; at most 32 bytes.
    pub device: &'a [u8],
    /// Whose template it is; at most 32 bytes.
    pub person: &'a [u8],
    /// Where it belongs.
    pub slot: Slot,
    /// The sensor that it came out of.
    pub sensor: SensorId,
}

/// Why a template was not sealed, or a container not opened.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Refusal {
    /// The buffer has no room for the container, which needs so many bytes.
    NoRoom(usize),
    /// The name of the device or the person has more than 32 bytes.
    LongName,
    /// This is no container.
    NoContainer,
    /// A container of another version.
    Version(u8),
    /// An older container than may still come.
    Rollback {
        /// Its counter.
        counter: u32,
        /// The oldest that is accepted.
        oldest: u32,
    },
    /// Another key, device, person, slot or sensor; or a byte was changed. Which
    /// of these cannot be told without trusting what is not authentic.
    NotAuthentic,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoRoom(bytes) => write!(f, "the container needs {bytes} bytes"),
            Self::LongName => f.write_str("the name of a device or person is longer than 32 bytes"),
            Self::NoContainer => f.write_str("this is no container of a template"),
            Self::Version(version) => write!(f, "container of unknown version {version}"),
            Self::Rollback { counter, oldest } => {
                write!(f, "container {counter} is older than {oldest}")
            }
            Self::NotAuthentic => f.write_str("the container is changed, or of another origin"),
        }
    }
}

impl core::error::Error for Refusal {}

impl Error for Refusal {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::NoRoom(_) | Self::LongName => ErrorKind::Argument,
            Self::NoContainer | Self::Version(_) => ErrorKind::Unsupported,
            Self::Rollback { .. } | Self::NotAuthentic => ErrorKind::Refused,
        }
    }
}

/// Seals the first `len` bytes of a buffer in place; how many bytes the
/// container has, [`OVERHEAD`] more.
///
/// `counter` grows with every template that is sealed on the device.
///
/// # Errors
/// [`Refusal::NoRoom`] or [`Refusal::LongName`]; the buffer is unchanged.
pub fn seal(
    key: &SealKey,
    binding: &Binding<'_>,
    counter: u32,
    buffer: &mut [u8],
    len: usize,
) -> Result<usize, Refusal> {
    let size = len.saturating_add(OVERHEAD);
    let refusal = Refusal::NoRoom(size);
    let container = buffer.get_mut(..size).ok_or(refusal)?;
    let header = header(counter);
    let bound = binding.bound(header)?;
    container.copy_within(..len, HEADER);
    let (head, rest) = container.split_at_mut_checked(HEADER).ok_or(refusal)?;
    let (template, tail) = rest.split_at_mut_checked(len).ok_or(refusal)?;
    let sealed = key.cipher().encrypt_inout_detached(
        &binding.nonce(counter).into(),
        &bound,
        template.into(),
    );
    head.copy_from_slice(&header);
    // The cipher refuses 64 GiB and more.
    tail.copy_from_slice(&sealed.map_err(|_| refusal)?);
    Ok(size)
}

/// Opens a container in place; its template, which the caller zeroises after
/// use. `oldest` is the counter of the last that was sealed for this slot.
///
/// # Errors
/// [`Refusal`]; nothing of the template is then in the buffer.
pub fn open<'c>(
    key: &SealKey,
    binding: &Binding<'_>,
    oldest: u32,
    container: &'c mut [u8],
) -> Result<&'c mut [u8], Refusal> {
    let (head, rest) = container.split_first_chunk_mut::<HEADER>().ok_or(Refusal::NoContainer)?;
    let counter = counter(*head)?;
    if counter < oldest {
        return Err(Refusal::Rollback { counter, oldest });
    }
    let (template, tag) = rest.split_last_chunk_mut::<TAG>().ok_or(Refusal::NoContainer)?;
    let bound = binding.bound(*head)?;
    let nonce = binding.nonce(counter).into();
    let opened = key.cipher().decrypt_inout_detached(
        &nonce,
        &bound,
        (&mut *template).into(),
        &Tag::from(*tag),
    );
    opened.map_err(|_| Refusal::NotAuthentic)?;
    Ok(template)
}

fn header(counter: u32) -> [u8; HEADER] {
    let ([a, b, c, d], [e, f, g, h]) = (MAGIC, counter.to_le_bytes());
    [a, b, c, d, e, f, g, h]
}

fn counter([a, b, c, version, e, f, g, h]: [u8; HEADER]) -> Result<u32, Refusal> {
    let [magic @ .., known] = MAGIC;
    match version {
        _ if [a, b, c] != magic => Err(Refusal::NoContainer),
        version if version != known => Err(Refusal::Version(version)),
        _ => Ok(u32::from_le_bytes([e, f, g, h])),
    }
}

impl SealKey {
    fn cipher(&self) -> Aes256GcmSiv {
        Aes256GcmSiv::new((&self.0).into())
    }
}

impl Binding<'_> {
    /// Counter and slot. It needs no randomness: should a counter come twice,
    /// this cipher shows no more than whether the same was sealed twice.
    fn nonce(&self, counter: u32) -> [u8; 12] {
        let ([a, b, c, d], [e, f]) = (counter.to_le_bytes(), self.slot.0.to_le_bytes());
        [a, b, c, d, e, f, 0, 0, 0, 0, 0, 0]
    }

    /// The associated data: the header and what the container is bound to.
    fn bound(&self, header: [u8; HEADER]) -> Result<heapless::Vec<u8, BOUND>, Refusal> {
        let long = |_| Refusal::LongName;
        let mut bound = heapless::Vec::new();
        bound.extend_from_slice(&header).map_err(long)?;
        for name in [self.device, self.person] {
            let len = u8::try_from(name.len()).ok().filter(|len| usize::from(*len) <= NAME);
            bound.push(len.ok_or(Refusal::LongName)?).map_err(|_| Refusal::LongName)?;
            bound.extend_from_slice(name).map_err(long)?;
        }
        bound.extend_from_slice(&self.slot.0.to_le_bytes()).map_err(long)?;
        bound.extend_from_slice(self.sensor.bytes()).map_err(long)?;
        bound.push(self.sensor.is_unique().into()).map_err(|_| Refusal::LongName)?;
        Ok(bound)
    }
}
