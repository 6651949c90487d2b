//! EMVCo merchant-presented codes.

use embedded_pos::scan::code::mpm::{Lengths, Mpm, Object, Objects};
use serde_json::{Map, Value, json};

use super::{Args, Bad};

/// `objects`: a tree by identifier; one that stands there again is an array.
/// `other`: the same with lengths of the other kind, where that fits too;
/// `crc`: valid, invalid or absent; `lengths`: what they count; `amount` in the
/// minor unit of the currency; `findings`.
pub fn line(input: &str, _args: &Args) -> Result<Value, Bad> {
    let bad = |error: embedded_pos::scan::code::mpm::MpmError| Bad {
        error: error.to_string(),
        offset: error.offset,
    };
    let code = Mpm::parse(input.as_bytes()).map_err(bad)?;
    let lengths = match code.lengths() {
        Lengths::Either => "either",
        Lengths::Characters => "characters",
        Lengths::Bytes => "bytes",
    };
    let findings: Vec<String> = code.findings().map(|finding| finding.to_string()).collect();
    Ok(json!({
        "objects": tree(code.objects()),
        "other": code.other_reading().map(|other| tree(other.objects())),
        "crc": code.crc().to_string(),
        "lengths": lengths,
        "amount": code.minor_amount(),
        "findings": findings,
    }))
}

fn tree(objects: Objects<'_>) -> Value {
    let mut tree = Map::new();
    for object in objects.filter_map(Result::ok) {
        let value = value(object);
        match tree.get_mut(&format!("{:02}", object.id)) {
            Some(Value::Array(values)) => values.push(value),
            Some(first) => *first = json!([first.take(), value]),
            None => _ = tree.insert(format!("{:02}", object.id), value),
        }
    }
    Value::Object(tree)
}

/// What is no template, or none that holds, is text.
fn value(object: Object<'_>) -> Value {
    let holds = object.objects().all(|inner| inner.is_ok());
    match object.is_template() && holds {
        true => tree(object.objects()),
        false => String::from_utf8_lossy(object.value).into(),
    }
}
