//! What stands on the lines of scan engines with menus of tags and subtags, as
//! hex: `newland` and `honeywell`.

use serde_json::{Map, Value, json};

use super::{Args, Bad, bytes, hex};

/// Unified commands (`~` SOH `0000`), their replies, and packed codes (STX 00).
///
/// Commands and replies: `direction`, `storage`, `items`. Codes: `direction`,
/// `symbology` (number), `data`, `check` valid|invalid.
pub fn newland(input: &str, _args: &Args) -> Result<Value, Bad> {
    let bytes = bytes(input)?;
    let direction = match bytes.as_slice() {
        [0x7E, ..] => "command",
        [0x02, 0x01, ..] => "reply",
        [0x02, 0x00, ..] => return packed(&bytes),
        [] | [0x02] => return Err(bad("the frame ends in its head", bytes.len())),
        _ => return Err(bad("begins with neither 7E 01, 02 01 nor 02 00", 0)),
    };
    for (at, wanted) in (1..).zip(b"\x010000") {
        match bytes.get(at) {
            None => return Err(bad("the frame ends in its head", at)),
            Some(byte) if byte != wanted => return Err(bad("no 01 30 30 30 30 follows", at)),
            Some(_) => {}
        }
    }
    let storage = match bytes.get(6) {
        Some(b'@') => "permanent",
        Some(b'#') => "temporary",
        Some(_) => return Err(bad("no storage, 40 or 23", 6)),
        None => return Err(bad("the frame ends in its head", 6)),
    };
    let end = bytes.windows(2).position(|two| two == b";\x03");
    let end = end.ok_or_else(|| bad("no 3B 03 at the end", bytes.len()))?;
    if end + 2 < bytes.len() {
        return Err(bad("bytes behind the frame", end + 2));
    }
    let items = items(&bytes[7..end], 7, b"*&^", direction == "reply")?;
    Ok(json!({ "direction": direction, "storage": storage, "items": items }))
}

fn packed(bytes: &[u8]) -> Result<Value, Bad> {
    let short = || bad("the frame ends too early", bytes.len());
    let [_, _, high, low, kind, rest @ ..] = bytes else { return Err(short()) };
    let has_symbology = match kind {
        0x36 => false,
        0x3B => true,
        _ => return Err(bad("no type, 36 or 3B", 4)),
    };
    let head = if has_symbology { 1 } else { 0 };
    let len = usize::from(u16::from_be_bytes([*high, *low]));
    let (body, rest) = rest.split_at_checked(head + len).ok_or_else(short)?;
    let [check, rest @ ..] = rest else { return Err(short()) };
    if !rest.is_empty() {
        return Err(bad("bytes behind the frame", bytes.len() - rest.len()));
    }
    let sum = bytes[2..5].iter().chain(body).fold(0xFF, |sum, byte| sum ^ byte);
    // Manuals differ in whether STX counts.
    let check = if matches!(sum ^ check, 0 | 0x02) { "valid" } else { "invalid" };
    let symbology = body.first().filter(|_| has_symbology);
    Ok(json!({
        "direction": "code",
        "symbology": symbology,
        "data": hex(&body[head..]),
        "check": check,
    }))
}

/// SYN commands, replies, and codes with the header of `DECHDR1`.
///
/// Commands: `direction`, `command` menu|trigger|untrigger|beep; menu and
/// replies: `storage`, `items`. Codes: `direction`, `symbology` (the AIM
/// identifier), `id` (Honeywell's letter), `data`, `length` valid|invalid.
pub fn honeywell(input: &str, _args: &Args) -> Result<Value, Bad> {
    let bytes = bytes(input)?;
    let command = |name: &str| Ok(json!({ "direction": "command", "command": name }));
    match bytes.as_slice() {
        b"\x16T\r" => command("trigger"),
        b"\x16U\r" => command("untrigger"),
        b"\x16\x07\r" => command("beep"),
        [0x16, 0xFE, ..] => code(&bytes),
        [0x16, b'M', b'\r', ..] => {
            let mut fields = Map::new();
            fields.insert("direction".into(), "command".into());
            fields.insert("command".into(), "menu".into());
            menu(&bytes, 3, fields, false)
        }
        [0x16, ..] => Err(bad("no command follows SYN", 1)),
        [] => Err(bad("nothing", 0)),
        _ => {
            let mut fields = Map::new();
            fields.insert("direction".into(), "reply".into());
            menu(&bytes, 0, fields, true)
        }
    }
}

fn menu(
    bytes: &[u8],
    from: usize,
    mut fields: Map<String, Value>,
    is_reply: bool,
) -> Result<Value, Bad> {
    let storage = match bytes.last() {
        Some(b'!') => "temporary",
        Some(b'.') => "permanent",
        _ => return Err(bad("no storage, 21 or 2E, at the end", bytes.len())),
    };
    let body = bytes.get(from..bytes.len() - 1).unwrap_or_default();
    fields.insert("storage".into(), storage.into());
    fields.insert("items".into(), items(body, from, b"?^*", is_reply)?.into());
    Ok(Value::Object(fields))
}

/// `TAGSUBvalue` items, with `,` before another subtag and `;` before another
/// tag; in replies each with its outcome behind.
fn items(body: &[u8], from: usize, asked: &[u8], is_reply: bool) -> Result<Vec<Value>, Bad> {
    let mut items = Vec::new();
    let mut at = from;
    for group in body.split(|byte| *byte == b';') {
        let mut tag = None;
        for item in group.split(|byte| *byte == b',') {
            items.push(one(item, at, &mut tag, asked, is_reply)?);
            at += item.len() + 1;
        }
    }
    Ok(items)
}

fn one(
    item: &[u8],
    at: usize,
    tag: &mut Option<Vec<u8>>,
    asked: &[u8],
    is_reply: bool,
) -> Result<Value, Bad> {
    let mut rest = item;
    if tag.is_none() {
        let (first, behind) =
            item.split_at_checked(3).ok_or_else(|| bad("a tag has three letters", at))?;
        (*tag, rest) = (Some(first.to_vec()), behind);
    }
    let begin = at + item.len() - rest.len();
    let (outcome, rest) = match (is_reply, rest.split_last()) {
        (false, _) => (None, rest),
        (true, Some((0x06, rest))) => (Some("ack"), rest),
        (true, Some((0x15, rest))) => (Some("nak"), rest),
        (true, Some((0x05, rest))) => (Some("enq"), rest),
        (true, _) => return Err(bad("no outcome, 06, 15 or 05", at + item.len())),
    };
    // A question about a whole tag has no subtag.
    let whole = matches!(rest, [sign] if asked.contains(sign));
    let (sub, value) = match rest.split_at_checked(3) {
        Some(parts) => parts,
        None if whole => (&[][..], rest),
        None => return Err(bad("a subtag has three letters", begin)),
    };
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let mut fields = Map::new();
    fields.insert("tag".into(), text(tag.as_deref().unwrap_or_default()).into());
    fields.insert("subtag".into(), text(sub).into());
    match value {
        [sign] if !is_reply && asked.contains(sign) => {
            fields.insert("query".into(), text(value).into());
        }
        value => _ = fields.insert("value".into(), text(value).into()),
    }
    if let Some(outcome) = outcome {
        fields.insert("outcome".into(), outcome.into());
    }
    Ok(Value::Object(fields))
}

fn code(bytes: &[u8]) -> Result<Value, Bad> {
    let short = || bad("the header ends too early", bytes.len());
    let (head, data) = bytes.split_at_checked(21).ok_or_else(short)?;
    for (at, wanted) in [(6, b'\r'), (20, 0x1D)].into_iter().chain((7..).zip(*b"MSGGET")) {
        if head[at] != wanted {
            return Err(bad(&format!("no {wanted:02X} here"), at));
        }
    }
    let Some((b'\r', payload)) = data.split_last() else {
        return Err(bad("no 0D at the end", bytes.len()));
    };
    let long = u32::from_le_bytes([head[2], head[3], head[4], head[5]]);
    let digits = std::str::from_utf8(&head[13..17]).ok().and_then(|text| text.parse().ok());
    let agree = usize::try_from(long).ok() == Some(data.len() + 14) && digits == Some(data.len());
    Ok(json!({
        "direction": "code",
        "symbology": String::from_utf8_lossy(&head[18..20]),
        "id": char::from(head[17]).to_string(),
        "data": hex(payload),
        "length": if agree { "valid" } else { "invalid" },
    }))
}

fn bad(error: &str, offset: usize) -> Bad {
    Bad { error: error.into(), offset }
}
