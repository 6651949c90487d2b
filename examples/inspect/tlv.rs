//! BER-TLV: a tree of data objects.

use embedded_pos::emv::tlv::{Malformed, Walk};
use serde_json::{Value, json};

use super::{Args, Bad, bytes, hex};

pub fn line(input: &str, _args: &Args) -> Result<Value, Bad> {
    let bytes = bytes(input)?;
    // The level that is being filled, behind those it stands in.
    let mut levels: Vec<Vec<Value>> = vec![Vec::new()];
    for visit in Walk::new(&bytes) {
        let visit = visit.map_err(bad)?;
        fold(&mut levels, visit.depth + 1);
        let tag = visit.object.tag.to_string();
        let object = match visit.object.children() {
            Some(_) => json!({ "tag": tag, "children": [] }),
            None => json!({ "tag": tag, "value": hex(visit.object.value) }),
        };
        levels[visit.depth].push(object);
        if visit.object.children().is_some() {
            levels.push(Vec::new());
        }
    }
    fold(&mut levels, 1);
    Ok(json!({ "tree": levels.remove(0) }))
}

/// Puts the levels below the first `count` where they belong.
fn fold(levels: &mut Vec<Vec<Value>>, count: usize) {
    while levels.len() > count {
        let children = levels.pop().unwrap_or_default();
        if let Some(parent) = levels.last_mut().and_then(|level| level.last_mut()) {
            parent["children"] = children.into();
        }
    }
}

fn bad(malformed: Malformed) -> Bad {
    Bad { error: malformed.what.to_string(), offset: malformed.offset }
}
