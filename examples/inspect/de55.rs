//! Field 55 of ISO 8583: the data elements of the chip.

use embedded_pos::emv::tlv::{Object, Objects};
use embedded_pos::emv::{Cid, Cryptogram, Pan, Tag, Track2};
use serde_json::{Value, json};

use super::{Args, Bad, aip, bytes, elements, hex, tsi, tvr};

/// `elements`: tag, name, length and value of each, with what is in those that
/// can be taken apart (`decoded`, `elements`). Card numbers are masked; tracks
/// and names are not shown.
pub fn line(input: &str, _args: &Args) -> Result<Value, Bad> {
    Ok(json!({ "elements": level(Objects::new(&bytes(input)?))? }))
}

fn level(objects: Objects<'_>) -> Result<Vec<Value>, Bad> {
    let bad = |malformed: embedded_pos::tlv::Malformed| Bad {
        error: malformed.what.to_string(),
        offset: malformed.offset,
    };
    objects.map(|object| element(object.map_err(bad)?)).collect()
}

fn element(object: Object<'_>) -> Result<Value, Bad> {
    let mut fields = json!({
        "tag": object.tag.to_string(),
        "name": elements::name(object.tag),
        "length": object.value.len(),
    });
    // Templates of scripts hold elements; any other constructed tag in field
    // 55 is somebody's own.
    if let (Tag::SCRIPT_1 | Tag::SCRIPT_2, Some(children)) = (object.tag, object.children()) {
        fields["elements"] = level(children)?.into();
        return Ok(fields);
    }
    fields["value"] = shown(object).into();
    if let Some(decoded) = decoded(object) {
        fields["decoded"] = decoded;
    }
    Ok(fields)
}

/// The value as it may be shown.
fn shown(object: Object<'_>) -> String {
    let value = object.value;
    let masked = match object.tag {
        Tag::PAN => Pan::from_compressed(value),
        Tag::TRACK2 => Track2::new(value).and_then(|track| track.pan()),
        // Track 1, PIN data, holder, account, discretionary data, track 2 of
        // a contactless card.
        Tag(0x56 | 0x99 | 0x5F20 | 0x5F53 | 0x9F0B | 0x9F1F | 0x9F20 | 0x9F6B) => None,
        _ => return hex(value),
    };
    masked.map_or_else(|| "not shown".into(), |pan| pan.masked().to_string())
}

fn decoded(object: Object<'_>) -> Option<Value> {
    let value = object.value;
    match object.tag {
        Tag::TVR => value.try_into().ok().map(tvr::decoded),
        Tag::TSI => value.try_into().ok().map(tsi::decoded),
        Tag::AIP => value.try_into().ok().map(aip::decoded),
        Tag::CVM_RESULTS => value.try_into().ok().map(verification),
        Tag::CID => value.try_into().ok().map(|[byte]: [u8; 1]| information(Cid(byte))),
        Tag::SCRIPT_RESULTS => scripts(value),
        _ => None,
    }
}

/// EMV Book 3, 6.5.5.4.
fn information(cid: Cid) -> Value {
    let cryptogram = match cid.cryptogram() {
        Some(Cryptogram::Aac) => "AAC",
        Some(Cryptogram::Tc) => "TC",
        Some(Cryptogram::Arqc) => "ARQC",
        None => "reserved",
    };
    let reason = match cid.reason() {
        0 => "no information given",
        1 => "service not allowed",
        2 => "PIN Try Limit exceeded",
        3 => "issuer authentication failed",
        _ => "other",
    };
    json!({ "cryptogram": cryptogram, "advice": cid.advice(), "reason": reason })
}

/// EMV Book 4, annex A4; methods and conditions of Book 3, annex C3.
fn verification([method, condition, result]: [u8; 3]) -> Value {
    let name = match method & 0x3F {
        0x00 => "fail",
        0x01 => "plaintext PIN verified by the card",
        0x02 => "enciphered PIN verified online",
        0x03 => "plaintext PIN verified by the card, and signature",
        0x04 => "enciphered PIN verified by the card",
        0x05 => "enciphered PIN verified by the card, and signature",
        0x1E => "signature",
        0x1F => "no CVM required",
        0x3F => "no CVM performed",
        _ => "other",
    };
    let when = match condition {
        0x00 => "always",
        0x01 => "if unattended cash",
        0x02 => "if not cash and no cashback",
        0x03 => "if the terminal supports the CVM",
        0x04 => "if manual cash",
        0x05 => "if cashback",
        0x06 => "if in the application's currency and under X",
        0x07 => "if in the application's currency and over X",
        0x08 => "if in the application's currency and under Y",
        0x09 => "if in the application's currency and over Y",
        _ => "other",
    };
    let result = match result {
        0 => "unknown",
        1 => "failed",
        2 => "successful",
        _ => "other",
    };
    // Of 3F the other bits say nothing.
    let goes_on = (method & 0x3F != 0x3F).then_some(method & 0x40 != 0);
    json!({ "method": name, "next_if_unsuccessful": goes_on, "condition": when, "result": result })
}

/// EMV Book 4, annex A5: five bytes for each script.
fn scripts(value: &[u8]) -> Option<Value> {
    let (scripts, rest) = value.as_chunks::<5>();
    rest.is_empty().then_some(())?;
    let script = |&[result, a, b, c, d]: &[u8; 5]| {
        let outcome = match result >> 4 {
            0 => "not performed",
            1 => "failed",
            2 => "successful",
            _ => "other",
        };
        let command = Some(result & 0x0F).filter(|&number| number > 0);
        json!({ "identifier": hex(&[a, b, c, d]), "outcome": outcome, "command": command })
    };
    Some(scripts.iter().map(script).collect())
}
