use super::digest::Digest;
use super::fault::{Check, OdaFault};
use super::key::kept;
use super::keys::recover_issuer_key;
use super::rsa::MODULUS_MAX;
use super::signed::open;
#[cfg(feature = "sm")]
use super::sm;
use super::{Authorities, ensure, need};
use crate::civil::Date;
use crate::emv::store::Store;
use crate::emv::tlv::{Full, Objects, Tag};

/// Keeps what a record has to say in offline data authentication: of files 1 to
/// 10 the content of its template, of others all of it (EMV Book 3, 10.3).
/// `data` is what READ RECORD brought, without the status word.
pub(crate) fn keep_record(store: &mut Store<'_>, sfi: u8, data: &[u8]) -> Result<(), Full> {
    match Objects::new(data).next() {
        Some(Ok(record)) if record.tag == Tag::RECORD => {
            store.add(Tag::STATIC_DATA, if sfi <= 10 { record.value } else { data })
        }
        // What it says is left aside: the authentication fails.
        _ => store.add(Tag::BARE_RECORD, &[]),
    }
}

/// The static data to be authenticated, piece by piece: the records, and the
/// Application Interchange Profile if the tag list says so.
pub(super) fn static_data<'s>(
    store: &'s Store<'_>,
) -> Result<impl Iterator<Item = &'s [u8]>, OdaFault> {
    ensure(store.get(Tag::BARE_RECORD).is_none(), Tag::RECORD, Check::Template)?;
    let profile = match store.get(Tag::STATIC_DATA_TAGS) {
        // The list can have this tag only.
        Some(list) => {
            ensure(list == [0x82], Tag::STATIC_DATA_TAGS, Check::TagList)?;
            Some(need(store, Tag::AIP)?)
        }
        None => None,
    };
    Ok(store.each(Tag::STATIC_DATA).chain(profile))
}

/// Static data authentication (EMV Book 2, 5.4).
// Its room is not to stand on the stack while others have theirs.
#[inline(never)]
pub(crate) fn static_authentication(
    store: &mut Store<'_>,
    authorities: &Authorities<'_>,
    date: Date,
) -> Result<(), OdaFault> {
    const FORMAT: u8 = 0x03;
    let object = Tag::STATIC_SIGNATURE;
    need(store, object)?;
    #[cfg(feature = "sm")]
    if sm::is_for(store, authorities) {
        return sm::static_authentication(store, authorities, date);
    }
    recover_issuer_key(store, authorities, date)?;
    let mut room = [0; MODULUS_MAX];
    let signed =
        open(object, need(store, object)?, kept(store, Tag::ISSUER_KEY)?, FORMAT, &mut room)?;
    let Some((&[_format, algorithm, a, b], _padding)) = signed.data.split_first_chunk() else {
        return Err(OdaFault::Failed(object, Check::Fields));
    };
    let mut digest = Digest::of(algorithm).ok_or(OdaFault::Failed(object, Check::HashAlgorithm))?;
    digest.add(signed.data);
    static_data(store)?.for_each(|piece| digest.add(piece));
    ensure(digest.is(signed.hash), object, Check::Hash)?;
    Ok(store.set(Tag::AUTHENTICATION_CODE, &[a, b])?)
}
