use super::layout::{Fields, SM2, Signed};
use super::message::{KEY_LEN, Message};
use crate::emv::oda::certificate::{Expected, Holder, is_current, is_for};
use crate::emv::oda::ensure;
use crate::emv::oda::fault::{Check, OdaFault};

impl Signed<'_> {
    /// Verifies the signature of the object with what is signed behind it.
    pub(super) fn verify<'m>(
        &self,
        signer: &[u8; KEY_LEN],
        behind: impl Iterator<Item = &'m [u8]>,
    ) -> Result<(), OdaFault> {
        let mut message = Message::new(signer).ok_or(self.failed(Check::Point))?;
        message.add(self.body);
        behind.for_each(|piece| message.add(piece));
        message.is_signed(self.signature).then_some(()).ok_or(self.failed(Check::Signature))
    }
}

/// The key in a certificate that stood all checks. `behind` is what was signed
/// besides: for a card the static data, for an issuer nothing.
pub(super) fn key_in<'m>(
    certificate: &[u8],
    holder: Holder,
    signer: &[u8; KEY_LEN],
    behind: impl Iterator<Item = &'m [u8]>,
    expected: &Expected<'_>,
) -> Result<[u8; KEY_LEN], OdaFault> {
    let signed = Signed::certificate(holder, certificate)?;
    let fields = Fields::parse(signed.body, holder).ok_or(signed.failed(Check::Fields))?;
    let length = usize::from(fields.length) == fields.key.len();
    let key = fields.key.try_into().ok().filter(|_| length);
    let key: &[u8; KEY_LEN] = key.ok_or(signed.failed(Check::KeyLength))?;
    signed.verify(signer, behind)?;
    let ensure = |good, check| ensure(good, holder.certificate(), check);
    ensure(is_for(holder, fields.subject, expected.pan), Check::Subject)?;
    ensure(is_current(fields.expiry, expected.date), Check::Expiry)?;
    ensure(!expected.is_revoked(fields.serial), Check::Revocation)?;
    ensure(fields.algorithm == SM2, Check::KeyAlgorithm)?;
    ensure(Message::new(key).is_some(), Check::Point)?;
    Ok(*key)
}
