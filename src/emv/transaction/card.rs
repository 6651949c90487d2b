//! What the card says, checked and put into the store.

use crate::emv::command::{Instruction, MOST, success};
use crate::emv::store::Mark;
use crate::emv::template::{Fci, only, value, within};
use crate::emv::tlv::{Object, Objects, Tag};
use crate::emv::{Afl, Aip, Cid, Cryptogram, Dol, DolFault, Entry, Fault, Pan, Record, Store, oda};

/// Puts the elements of a level into the store. What is for the terminal or
/// the issuer to say is passed over, and what is constructed; so no card can
/// change the amount. A primitive that came before, since then, is an error.
fn take(
    store: &mut Store<'_>,
    command: Instruction,
    level: Objects<'_>,
    since: Mark,
) -> Result<(), Fault> {
    for object in level {
        let object = object.map_err(|malformed| Fault::Malformed(command, malformed))?;
        let Object { tag, offset, .. } = object;
        if tag.is_constructed() || tag.is_not_the_cards() {
            continue;
        }
        if store.added_since(since, tag) {
            return Err(Fault::Twice { command, tag, offset });
        }
        check(command, object)?;
        store.add(tag, object.value)?;
    }
    Ok(())
}

/// Checks the elements that the flow relies on (EMV Book 3, 7.5).
fn check(command: Instruction, object: Object<'_>) -> Result<(), Fault> {
    let length = object.value.len();
    let valid = match object.tag {
        Tag::PAN => Pan::is_compressed(object.value),
        Tag::EXPIRATION_DATE => length == 3,
        Tag::PAN_SEQUENCE | Tag::CID => length == 1,
        Tag::AIP | Tag::ATC => length == 2,
        Tag::AC => length == 8,
        Tag::IAD => length <= 32,
        Tag::CDOL1 | Tag::CDOL2 | Tag::PDOL => return list(object),
        Tag::TDOL => {
            let fault = |fault| Fault::List(Tag::TDOL, DolFault::Malformed(fault));
            return Dol::new(object.value).check().map_err(fault);
        }
        _ => true,
    };
    if valid { Ok(()) } else { Err(value(command, object)) }
}

/// Checks that a list can be answered, before anything depends on it: after
/// an approval it would be too late.
fn list(object: Object<'_>) -> Result<(), Fault> {
    let fault = |fault| Fault::List(object.tag, fault);
    // GET PROCESSING OPTIONS has a template around the data.
    let mut left = if object.tag == Tag::PDOL { MOST - 3 } else { MOST };
    for entry in Dol::new(object.value).entries() {
        let Entry { tag, length } =
            entry.map_err(|malformed| fault(DolFault::Malformed(malformed)))?;
        left = left.checked_sub(length.into()).ok_or(fault(DolFault::Full(tag)))?;
    }
    Ok(())
}

/// What an application can say of itself.
const DESCRIPTION: [Tag; 6] =
    [Tag::LABEL, Tag::PRIORITY, Tag::PREFERRED_NAME, Tag::CODE_TABLE, Tag::LANGUAGES, Tag::PDOL];

/// The selected application described itself (EMV Book 1, 11.3.4). Of what
/// it says, only what belongs there is taken.
pub(super) fn described(store: &mut Store<'_>, response: &[u8]) -> Result<(), Fault> {
    let command = Instruction::Select;
    let fci = Fci::parse(success(command, response)?)?;
    let since = store.mark();
    store.add(Tag::DF_NAME, fci.name.value)?;
    store.add(Tag::AID_TERMINAL, fci.name.value)?;
    for object in fci.proprietary {
        let object = object.map_err(|malformed| Fault::Malformed(command, malformed))?;
        // The first of its kind counts.
        if DESCRIPTION.contains(&object.tag) && !store.added_since(since, object.tag) {
            check(command, object)?;
            store.add(object.tag, object.value)?;
        }
    }
    Ok(())
}

/// The card told its profile and where its data are (EMV Book 3, 6.5.8.4).
/// Nothing else is taken from this answer: the data of the application are in
/// its records.
pub(super) fn options(store: &mut Store<'_>, response: &[u8]) -> Result<(), Fault> {
    let command = Instruction::GetProcessingOptions;
    let data = success(command, response)?;
    let template = only(command, data, Tag::RESPONSE_2, Some(Tag::RESPONSE_1))?;
    let (aip, afl) = if template.tag == Tag::RESPONSE_1 {
        template.value.split_at_checked(2).ok_or(value(command, template))?
    } else {
        let [aip, afl] = pick(command, template, [Tag::AIP, Tag::AFL])?;
        let missing = |tag| Fault::Missing(command, tag);
        (aip.ok_or(missing(Tag::AIP))?, afl.ok_or(missing(Tag::AFL))?)
    };
    Afl::new(afl).map_err(Fault::Locator)?;
    store.add(Tag::AIP, aip)?;
    store.add(Tag::AFL, afl)?;
    Ok(())
}

/// Takes these elements out of a template, where each may stand once. What
/// else stands there is passed over.
fn pick<'a, const N: usize>(
    command: Instruction,
    template: Object<'a>,
    tags: [Tag; N],
) -> Result<[Option<&'a [u8]>; N], Fault> {
    let mut found = [None; N];
    pick_into(command, template, &tags, &mut found)?;
    Ok(found)
}

fn pick_into<'a>(
    command: Instruction,
    template: Object<'a>,
    tags: &[Tag],
    found: &mut [Option<&'a [u8]>],
) -> Result<(), Fault> {
    for object in within(template) {
        let object = object.map_err(|malformed| Fault::Malformed(command, malformed))?;
        let Object { tag, offset, value, .. } = object;
        let wanted = tags.iter().position(|&wanted| wanted == tag);
        let Some(place) = wanted.and_then(|index| found.get_mut(index)) else { continue };
        check(command, object)?;
        if place.replace(value).is_some() {
            return Err(Fault::Twice { command, tag, offset });
        }
    }
    Ok(())
}

/// The profile that the card told.
pub(super) fn profile(store: &Store<'_>) -> Aip {
    let bytes = store.get(Tag::AIP).and_then(|aip| aip.first_chunk()).copied();
    Aip::from_bits_retain(u16::from_be_bytes(bytes.unwrap_or_default()))
}

/// The card told a record. Those of files 1 to 10 have a template; what stands
/// in the others is EMV's only if they have it too (EMV Book 3, 5.3.2.2). What
/// is to be authenticated is kept as it came.
pub(super) fn record(
    store: &mut Store<'_>,
    which: Record,
    response: &[u8],
    since: Mark,
) -> Result<(), Fault> {
    let command = Instruction::ReadRecord { sfi: which.sfi, record: which.number };
    let data = success(command, response)?;
    if which.authenticated {
        oda::keep_record(store, which.sfi, data)?;
    }
    match only(command, data, Tag::RECORD, None) {
        Ok(template) => take(store, command, within(template), since),
        Err(fault) if which.sfi <= 10 => Err(fault),
        Err(_) => Ok(()),
    }
}

/// Checks that the records had what every card must have (EMV Book 3, 7.2).
pub(super) fn complete(store: &Store<'_>, last: Instruction, since: Mark) -> Result<(), Fault> {
    let mandatory = [Tag::EXPIRATION_DATE, Tag::PAN, Tag::CDOL1, Tag::CDOL2];
    match mandatory.into_iter().find(|&tag| !store.added_since(since, tag)) {
        Some(tag) => Err(Fault::Missing(last, tag)),
        None => Ok(()),
    }
}

/// The element that GET DATA brought (EMV Book 3, 6.5.7.4).
pub(super) fn datum(command: Instruction, data: &[u8], tag: Tag) -> Result<&[u8], Fault> {
    only(command, data, tag, None).map(|object| object.value)
}

/// The signature that the card made (EMV Book 3, 6.5.9.4).
pub(super) fn signature(data: &[u8]) -> Result<&[u8], Fault> {
    let command = Instruction::InternalAuthenticate;
    let template = only(command, data, Tag::RESPONSE_2, Some(Tag::RESPONSE_1))?;
    if template.tag == Tag::RESPONSE_1 {
        return Ok(template.value);
    }
    let [found] = pick(command, template, [Tag::DYNAMIC_DATA])?;
    found.ok_or(Fault::Missing(command, Tag::DYNAMIC_DATA))
}

/// The card gave a cryptogram (EMV Book 3, 6.5.5.4). Where it was to be signed,
/// the signature stands in place of the cryptogram, except with an AAC: the
/// content of the template comes back then, to be checked and to bring the
/// cryptogram.
pub(super) fn cryptogram<'r>(
    store: &mut Store<'_>,
    command: Instruction,
    response: &'r [u8],
    signed: bool,
) -> Result<(Cid, Option<&'r [u8]>), Fault> {
    let data = success(command, response)?;
    let template = only(command, data, Tag::RESPONSE_2, Some(Tag::RESPONSE_1))?;
    let [cid, atc, ac, iad, signature] = if template.tag == Tag::RESPONSE_1 {
        values(template.value).ok_or(value(command, template))?
    } else {
        pick(command, template, CRYPTOGRAM)?
    };
    let missing = |tag| Fault::Missing(command, tag);
    let code = cid.and_then(|cid| cid.first()).copied().ok_or(missing(Tag::CID))?;
    let signed = signed && Cid(code).cryptogram() != Some(Cryptogram::Aac);
    atc.ok_or(missing(Tag::ATC))?;
    if signed {
        signature.ok_or(missing(Tag::DYNAMIC_DATA))?;
    } else {
        ac.ok_or(missing(Tag::AC))?;
    }
    let ac = ac.filter(|_| !signed);
    for (tag, value) in CRYPTOGRAM.into_iter().zip([cid, atc, ac, iad]) {
        match value {
            Some(value) => store.set(tag, value)?,
            None => store.remove(tag),
        }
    }
    Ok((Cid(code), signed.then_some(template.value)))
}

/// What an answer to GENERATE AC holds.
const CRYPTOGRAM: [Tag; 5] = [Tag::CID, Tag::ATC, Tag::AC, Tag::IAD, Tag::DYNAMIC_DATA];

/// Format 1: the values without tags.
fn values(bytes: &[u8]) -> Option<[Option<&[u8]>; 5]> {
    let (cid, rest) = bytes.split_at_checked(1)?;
    let (atc, rest) = rest.split_at_checked(2)?;
    let (ac, iad) = rest.split_at_checked(8)?;
    (iad.len() <= 32).then_some(())?;
    Some([Some(cid), Some(atc), Some(ac), Some(iad).filter(|iad| !iad.is_empty()), None])
}
