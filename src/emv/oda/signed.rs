use super::digest::HASH;
use super::fault::{Check, OdaFault};
use super::key::PublicKey;
use super::rsa::{self, MODULUS_MAX, RsaFault};
use crate::emv::tlv::Tag;

/// What this key signed, recovered to the front of `room`.
pub(super) fn open<'r>(
    object: Tag,
    signature: &[u8],
    key: PublicKey<'_>,
    format: u8,
    room: &'r mut [u8; MODULUS_MAX],
) -> Result<Signed<'r>, OdaFault> {
    let failed = |check| OdaFault::Failed(object, check);
    let out = room.get_mut(..signature.len()).ok_or(failed(Check::Rsa(RsaFault::Length)))?;
    rsa::recover(key.modulus, key.exponent, signature, out)
        .map_err(|fault| failed(Check::Rsa(fault)))?;
    Signed::parse(out, format).map_err(failed)
}

/// What was signed: `6A`, the data, their hash (and of what else belongs to
/// it), `BC` (EMV Book 2, annex A2.1).
pub(super) struct Signed<'r> {
    /// From the format to what stands before the hash.
    pub(super) data: &'r [u8],
    pub(super) hash: &'r [u8],
}

impl<'r> Signed<'r> {
    const HEADER: u8 = 0x6A;
    const TRAILER: u8 = 0xBC;

    fn parse(recovered: &'r [u8], format: u8) -> Result<Self, Check> {
        let (&trailer, rest) = recovered.split_last().ok_or(Check::Trailer)?;
        (trailer == Self::TRAILER).then_some(()).ok_or(Check::Trailer)?;
        let (&header, rest) = rest.split_first().ok_or(Check::Header)?;
        (header == Self::HEADER).then_some(()).ok_or(Check::Header)?;
        (rest.first() == Some(&format)).then_some(()).ok_or(Check::Format)?;
        let (data, hash) = rest.split_last_chunk::<HASH>().ok_or(Check::Fields)?;
        Ok(Self { data, hash })
    }
}
