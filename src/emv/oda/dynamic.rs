use super::digest::{Digest, HASH};
use super::fault::{Check, OdaFault};
use super::key::kept;
use super::rsa::MODULUS_MAX;
use super::signed::{Signed, open};
#[cfg(feature = "sm")]
use super::sm;
use super::{ensure, need};
use crate::emv::Cid;
use crate::emv::store::Store;
use crate::emv::tlv::{Object, Objects, Tag};

const OBJECT: Tag = Tag::DYNAMIC_DATA;
/// Signed Data Format of what a card signs.
const FORMAT: u8 = 0x05;

const fn failed(check: Check) -> OdaFault {
    OdaFault::Failed(OBJECT, check)
}

/// The signature in the answer to INTERNAL AUTHENTICATE: all of template `80`,
/// or `9F4B` in template `77` (EMV Book 3, 6.5.9.4). `data` is without the
/// status word.
pub(super) fn dynamic_signature(data: &[u8]) -> Result<&[u8], OdaFault> {
    match Objects::new(data).next() {
        Some(Ok(Object { tag: Tag::RESPONSE_1, value, .. })) => Ok(value),
        Some(Ok(Object { tag: Tag::RESPONSE_2, value, .. })) => find_signature(value),
        _ => Err(OdaFault::Missing(OBJECT)),
    }
}

pub(super) fn find_signature(content: &[u8]) -> Result<&[u8], OdaFault> {
    let found = Objects::new(content).find(OBJECT).map_err(|_| failed(Check::Fields))?;
    found.map(|object| object.value).ok_or(OdaFault::Missing(OBJECT))
}

/// What the card put into its signature, and the digest of it so far.
fn dynamic_data<'r>(signed: &Signed<'r>) -> Result<(&'r [u8], u8), OdaFault> {
    match signed.data {
        [_format, algorithm, length, rest @ ..] => {
            Ok((rest.get(..usize::from(*length)).unwrap_or_default(), *algorithm))
        }
        _ => Err(failed(Check::Fields)),
    }
}

fn digest_of(algorithm: u8) -> Result<Digest, OdaFault> {
    Digest::of(algorithm).ok_or(failed(Check::HashAlgorithm))
}

/// ICC Dynamic Number, and what stands behind it (EMV Book 2, 6.5.1, table 15).
pub(super) fn split_number(dynamic: &[u8]) -> Option<(&[u8], &[u8])> {
    let (&length, rest) = dynamic.split_first()?;
    let (number, rest) = rest.split_at_checked(length.into())?;
    (2..=8).contains(&length).then_some((number, rest))
}

/// Dynamic data authentication (EMV Book 2, 6.5.2), with the card's key that was
/// recovered. `ddol_data` are the data that were sent.
///
/// What the card put into its signature need not have the form it should have:
/// Book 2 does not ask for that, and there are cards that leave the length of
/// the number out. Then there is no number.
pub(crate) fn dynamic_authentication(
    store: &mut Store<'_>,
    sdad: &[u8],
    ddol_data: &[u8],
) -> Result<(), OdaFault> {
    #[cfg(feature = "sm")]
    if store.get(Tag::SM2_ICC_KEY).is_some() {
        return sm::dynamic_authentication(store, sdad, ddol_data);
    }
    let mut room = [0; MODULUS_MAX];
    let signed = open(OBJECT, sdad, kept(store, Tag::ICC_KEY)?, FORMAT, &mut room)?;
    let (dynamic, algorithm) = dynamic_data(&signed)?;
    let mut digest = digest_of(algorithm)?;
    digest.add(signed.data);
    digest.add(ddol_data);
    ensure(digest.is(signed.hash), OBJECT, Check::Hash)?;
    if let Some((number, _)) = split_number(dynamic) {
        store.set(Tag::DYNAMIC_NUMBER, number)?;
    }
    Ok(())
}

/// What a card signs with its cryptogram (EMV Book 2, 6.6.1, table 18), with a
/// hash of `N` bytes.
pub(super) struct Combined<'r, const N: usize> {
    pub(super) number: &'r [u8],
    pub(super) cid: u8,
    pub(super) cryptogram: &'r [u8; 8],
    pub(super) transaction_hash: &'r [u8; N],
}

impl<'r, const N: usize> Combined<'r, N> {
    pub(super) fn parse(dynamic: &'r [u8]) -> Option<Self> {
        let (number, rest) = split_number(dynamic)?;
        let (&cid, rest) = rest.split_first()?;
        let (cryptogram, rest) = rest.split_first_chunk()?;
        let transaction_hash = rest.first_chunk()?;
        Some(Self { number, cid, cryptogram, transaction_hash })
    }
}

/// Combined data authentication (EMV Book 2, 6.6.2), with the card's key that
/// was recovered. `cid` came in clear; `response` is the content of template
/// `77`. The data that were sent stand in the store.
pub(crate) fn combined_authentication(
    store: &mut Store<'_>,
    cid: Cid,
    response: &[u8],
    second: bool,
) -> Result<(), OdaFault> {
    #[cfg(feature = "sm")]
    if store.get(Tag::SM2_ICC_KEY).is_some() {
        return sm::combined_authentication(store, cid, response, second);
    }
    let sdad = find_signature(response)?;
    let mut room = [0; MODULUS_MAX];
    let signed = open(OBJECT, sdad, kept(store, Tag::ICC_KEY)?, FORMAT, &mut room)?;
    let (dynamic, algorithm) = dynamic_data(&signed)?;
    let combined = Combined::<HASH>::parse(dynamic).ok_or(failed(Check::DynamicData))?;
    ensure(combined.cid == cid.0, OBJECT, Check::CryptogramInformation)?;
    let mut digest = digest_of(algorithm)?;
    digest.add(signed.data);
    digest.add(need(store, Tag::UNPREDICTABLE_NUMBER)?);
    ensure(digest.is(signed.hash), OBJECT, Check::Hash)?;
    let mut digest = digest_of(algorithm)?;
    transaction_data(store, response, second, |piece| digest.add(piece))?;
    ensure(digest.is(combined.transaction_hash), OBJECT, Check::TransactionHash)?;
    store.set(Tag::DYNAMIC_NUMBER, combined.number)?;
    Ok(store.set(Tag::AC, combined.cryptogram)?)
}

/// What the Transaction Data Hash Code is of (EMV Book 2, 6.6.1): the data sent
/// for the PDOL, for CDOL1 and, with the second cryptogram, for CDOL2; and the
/// objects that came, in their order, without the signature itself.
pub(super) fn transaction_data(
    store: &Store<'_>,
    response: &[u8],
    second: bool,
    mut add: impl FnMut(&[u8]),
) -> Result<(), OdaFault> {
    for tag in [Tag::PDOL_DATA, Tag::CDOL1_DATA, Tag::CDOL2_DATA] {
        if tag != Tag::CDOL2_DATA || second {
            add(store.get(tag).unwrap_or_default());
        }
    }
    for object in Objects::new(response) {
        let object = object.map_err(|_| failed(Check::Fields))?;
        let end = object.value_offset() + object.value.len();
        if object.tag != OBJECT {
            add(response.get(object.offset..end).unwrap_or_default());
        }
    }
    Ok(())
}
