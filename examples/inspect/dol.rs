//! Data object lists: PDOL, CDOL1, CDOL2, DDOL, TDOL.

use embedded_pos::emv::Dol;
use serde_json::{Value, json};

use super::{Args, Bad, bytes, elements};

/// `entries`: tag, name and length, in order; `length` of the answer.
pub fn line(input: &str, _args: &Args) -> Result<Value, Bad> {
    let bytes = bytes(input)?;
    let (mut entries, mut length) = (Vec::new(), 0);
    for entry in Dol::new(&bytes).entries() {
        let entry = entry.map_err(|malformed| Bad {
            error: malformed.what.to_string(),
            offset: malformed.offset,
        })?;
        length += usize::from(entry.length);
        entries.push(json!({
            "tag": entry.tag.to_string(),
            "name": elements::name(entry.tag),
            "length": entry.length,
        }));
    }
    Ok(json!({ "entries": entries, "length": length }))
}
