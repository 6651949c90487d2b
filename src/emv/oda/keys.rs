use zeroize::Zeroizing;

use super::certificate::{Certificate, Expected, Holder};
use super::fault::{Check, OdaFault};
use super::key::kept;
use super::rsa::MODULUS_MAX;
#[cfg(feature = "sm")]
use super::sm;
use super::static_data::static_data;
use super::{Authorities, Capk, ensure, need};
use crate::civil::Date;
use crate::emv::store::Store;
use crate::emv::tlv::Tag;

/// The certificate of this holder among the elements.
fn certificate<'s>(store: &'s Store<'_>, holder: Holder) -> Result<Certificate<'s>, OdaFault> {
    Ok(Certificate {
        holder,
        signature: need(store, holder.certificate())?,
        remainder: store.get(holder.remainder()),
        exponent: need(store, holder.exponent())?,
    })
}

/// The authority's key that the card names, whether it has expired or not.
pub(super) fn named<'a>(
    store: &Store<'_>,
    authorities: &Authorities<'a>,
) -> Result<&'a Capk<'a>, OdaFault> {
    let object = Tag::AUTHORITY_INDEX;
    let index = need(store, object)?;
    let provider = need(store, Tag::AID_TERMINAL)?.first_chunk();
    let (&[index], Some(&rid)) = (index, provider) else {
        return Err(OdaFault::Failed(object, Check::AuthorityKnown));
    };
    let found = authorities.find(rid, index);
    found.ok_or(OdaFault::Failed(object, Check::AuthorityKnown))
}

/// The authority's key that the card names.
pub(super) fn authority<'a>(
    store: &Store<'_>,
    authorities: &Authorities<'a>,
    date: Date,
) -> Result<&'a Capk<'a>, OdaFault> {
    let key = named(store, authorities)?;
    let current = key.expiry.is_none_or(|last| date <= last);
    ensure(current, Tag::AUTHORITY_INDEX, Check::AuthorityExpiry)?;
    Ok(key)
}

/// Recovers the issuer's key, if that was not done before (EMV Book 2, 5.3).
// As with the card's: its room is not to stand on the stack while RSA is at work
// on another.
#[inline(never)]
pub(super) fn recover_issuer_key(
    store: &mut Store<'_>,
    authorities: &Authorities<'_>,
    date: Date,
) -> Result<(), OdaFault> {
    if store.get(Tag::ISSUER_KEY).is_some() {
        return Ok(());
    }
    let certificate = certificate(store, Holder::Issuer)?;
    let authority = authority(store, authorities, date)?;
    let expected = Expected {
        pan: need(store, Tag::PAN)?,
        date,
        authority: Some((authority.rid, authority.index)),
        revoked: authorities.revoked,
    };
    let mut room = [0; MODULUS_MAX];
    let opened = certificate.open(authority.public_key(), &mut room)?;
    let key = opened.close(&expected)?;
    Ok(store.set(Tag::ISSUER_KEY, key.element())?)
}

/// Recovers the card's key for its signatures: DDA and CDA (EMV Book 2, 6.4).
pub(crate) fn recover_icc_key(
    store: &mut Store<'_>,
    authorities: &Authorities<'_>,
    date: Date,
) -> Result<(), OdaFault> {
    #[cfg(feature = "sm")]
    if sm::is_for(store, authorities) {
        return sm::recover_icc_key(store, authorities, date);
    }
    certificate(store, Holder::Icc)?;
    recover_issuer_key(store, authorities, date)?;
    card_key(store, date, Holder::Icc, Tag::ICC_KEY)
}

/// Recovers the card's key for enciphering a PIN: one of its own, or that for
/// its signatures (EMV Book 2, 7.1).
pub(crate) fn recover_pin_key(
    store: &mut Store<'_>,
    authorities: &Authorities<'_>,
    date: Date,
) -> Result<(), OdaFault> {
    #[cfg(feature = "sm")]
    if sm::is_for(store, authorities) {
        return Err(OdaFault::Failed(Tag::AUTHORITY_INDEX, Check::KeyAlgorithm));
    }
    let own = store.get(Holder::Pin.certificate()).is_some();
    let holder = if own { Holder::Pin } else { Holder::Icc };
    certificate(store, holder)?;
    recover_issuer_key(store, authorities, date)?;
    card_key(store, date, holder, Tag::PIN_KEY)
}

/// Recovers a key of the card, with the issuer's, into this element.
#[inline(never)]
fn card_key(
    store: &mut Store<'_>,
    date: Date,
    holder: Holder,
    element: Tag,
) -> Result<(), OdaFault> {
    let certificate = certificate(store, holder)?;
    let expected = Expected { pan: need(store, Tag::PAN)?, date, authority: None, revoked: &[] };
    // The card number stands in it.
    let mut room = Zeroizing::new([0; MODULUS_MAX]);
    let mut opened = certificate.open(kept(store, Tag::ISSUER_KEY)?, &mut room)?;
    if holder == Holder::Icc {
        static_data(store)?.for_each(|piece| opened.add(piece));
    }
    let key = opened.close(&expected)?;
    Ok(store.set(element, key.element())?)
}
