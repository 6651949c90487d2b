use core::iter;

use sm3::{Digest, Sm3};

use super::certificate::key_in;
use super::layout::{self, HASH, Signed};
use super::message::KEY_LEN;
use crate::civil::Date;
use crate::emv::Cid;
use crate::emv::oda::certificate::{Expected, Holder};
use crate::emv::oda::dynamic::{Combined, find_signature, split_number, transaction_data};
use crate::emv::oda::fault::{Check, OdaFault};
use crate::emv::oda::keys::{authority, named};
use crate::emv::oda::static_data::static_data;
use crate::emv::oda::{Authorities, ensure, need};
use crate::emv::store::Store;
use crate::emv::tlv::Tag;

/// Whether the authority's key that the card names is one of SM2.
pub(in crate::emv::oda) fn is_for(store: &Store<'_>, authorities: &Authorities<'_>) -> bool {
    named(store, authorities).is_ok_and(|key| key.point().is_some())
}

/// A key that was recovered before.
fn kept<'s>(store: &'s Store<'_>, which: Tag) -> Result<&'s [u8; KEY_LEN], OdaFault> {
    need(store, which)?.try_into().map_err(|_| OdaFault::Missing(which))
}

/// Takes the issuer's key out of its certificate, if that was not done before.
fn recover_issuer_key(
    store: &mut Store<'_>,
    authorities: &Authorities<'_>,
    date: Date,
) -> Result<(), OdaFault> {
    if store.get(Tag::SM2_ISSUER_KEY).is_some() {
        return Ok(());
    }
    let holder = Holder::Issuer;
    let certificate = need(store, holder.certificate())?;
    let authority = authority(store, authorities, date)?;
    let signer = authority.point();
    let signer = signer.ok_or(OdaFault::Failed(Tag::AUTHORITY_INDEX, Check::KeyAlgorithm))?;
    let expected = Expected {
        pan: need(store, Tag::PAN)?,
        date,
        authority: Some((authority.rid, authority.index)),
        revoked: authorities.revoked,
    };
    let key = key_in(certificate, holder, signer, iter::empty(), &expected)?;
    Ok(store.set(Tag::SM2_ISSUER_KEY, &key)?)
}

/// Takes the card's key out of its certificate: DDA and CDA.
pub(in crate::emv::oda) fn recover_icc_key(
    store: &mut Store<'_>,
    authorities: &Authorities<'_>,
    date: Date,
) -> Result<(), OdaFault> {
    let holder = Holder::Icc;
    need(store, holder.certificate())?;
    recover_issuer_key(store, authorities, date)?;
    let certificate = need(store, holder.certificate())?;
    let expected = Expected { pan: need(store, Tag::PAN)?, date, authority: None, revoked: &[] };
    let signer = kept(store, Tag::SM2_ISSUER_KEY)?;
    let key = key_in(certificate, holder, signer, static_data(store)?, &expected)?;
    Ok(store.set(Tag::SM2_ICC_KEY, &key)?)
}

/// Static data authentication.
pub(in crate::emv::oda) fn static_authentication(
    store: &mut Store<'_>,
    authorities: &Authorities<'_>,
    date: Date,
) -> Result<(), OdaFault> {
    recover_issuer_key(store, authorities, date)?;
    let object = Tag::STATIC_SIGNATURE;
    let signed = Signed::parse(object, need(store, object)?, layout::STATIC_SIGNATURE)?;
    let code = layout::authentication_code(signed.body).ok_or(signed.failed(Check::Fields))?;
    signed.verify(kept(store, Tag::SM2_ISSUER_KEY)?, static_data(store)?)?;
    Ok(store.set(Tag::AUTHENTICATION_CODE, &code)?)
}

/// The ICC dynamic data, if the card signed them with the terminal's.
fn dynamic_data<'s>(
    store: &Store<'_>,
    sdad: &'s [u8],
    terminal_data: &[u8],
) -> Result<&'s [u8], OdaFault> {
    let signed = Signed::parse(Tag::DYNAMIC_DATA, sdad, layout::DYNAMIC_SIGNATURE)?;
    let dynamic = layout::dynamic_data(signed.body).ok_or(signed.failed(Check::Fields))?;
    signed.verify(kept(store, Tag::SM2_ICC_KEY)?, iter::once(terminal_data))?;
    Ok(dynamic)
}

/// Dynamic data authentication with the card's key that was recovered. As with
/// RSA, dynamic data of another form are accepted, and then there is no number.
pub(in crate::emv::oda) fn dynamic_authentication(
    store: &mut Store<'_>,
    sdad: &[u8],
    ddol_data: &[u8],
) -> Result<(), OdaFault> {
    let dynamic = dynamic_data(store, sdad, ddol_data)?;
    if let Some((number, _)) = split_number(dynamic) {
        store.set(Tag::DYNAMIC_NUMBER, number)?;
    }
    Ok(())
}

/// Combined data authentication with the card's key that was recovered.
pub(in crate::emv::oda) fn combined_authentication(
    store: &mut Store<'_>,
    cid: Cid,
    response: &[u8],
    second: bool,
) -> Result<(), OdaFault> {
    let object = Tag::DYNAMIC_DATA;
    let sdad = find_signature(response)?;
    let dynamic = dynamic_data(store, sdad, need(store, Tag::UNPREDICTABLE_NUMBER)?)?;
    let combined = Combined::<HASH>::parse(dynamic);
    let combined = combined.ok_or(OdaFault::Failed(object, Check::DynamicData))?;
    ensure(combined.cid == cid.0, object, Check::CryptogramInformation)?;
    let mut digest = Sm3::new();
    transaction_data(store, response, second, |piece| digest.update(piece))?;
    let same = digest.finalize().as_slice() == combined.transaction_hash;
    ensure(same, object, Check::TransactionHash)?;
    store.set(Tag::DYNAMIC_NUMBER, combined.number)?;
    Ok(store.set(Tag::AC, combined.cryptogram)?)
}
