//! EMVCo consumer-presented codes.

use embedded_pos::scan::code::cpm::{Cpm, CpmError, Template};
use embedded_pos::tlv::Walk;
use serde_json::{Value, json};

use super::{Args, Bad, hex};

/// `version`, `applications` (`aid`, `label`, ...), `common`, and `objects`, all
/// tags with their lengths. Card numbers, tracks and names are not shown.
pub fn line(input: &str, _args: &Args) -> Result<Value, Bad> {
    let mut buf = vec![0; Cpm::room(input.len())];
    let code = Cpm::decode(input.as_bytes(), &mut buf).map_err(bad)?;
    let version = code.version().unwrap_or_default();
    let objects: Vec<Value> = objects(code.walk());
    Ok(json!({
        "version": String::from_utf8_lossy(&version),
        "applications": code.applications().map(|of| template(&of)).collect::<Vec<_>>(),
        "common": code.common().map(|of| template(&of)),
        "objects": objects,
    }))
}

/// The offset is that of the character, or of the decoded byte.
fn bad(error: CpmError) -> Bad {
    let offset = match error {
        CpmError::Base64(error) => error.offset,
        CpmError::Objects(error) => error.offset,
        _ => 0,
    };
    Bad { error: error.to_string(), offset }
}

fn template(template: &Template<'_>) -> Value {
    let text =
        |bytes: Option<&[u8]>| bytes.map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    let chip = template.cryptogram().map(|chip| {
        json!({
            "cryptogram": chip.cryptogram.map(hex),
            "information": chip.information.map(hex),
            "issuer_data": chip.issuer_data.map(hex),
            "atc": chip.counter.map(hex),
            "unpredictable": chip.unpredictable.map(hex),
        })
    });
    json!({
        "aid": template.aid().map(hex),
        "label": text(template.label()),
        "pan": template.pan().map(|pan| format!("{} bytes", pan.expose().len())),
        "track2": template.track2().map(|track| format!("{} bytes", track.expose().len())),
        "holder": template.holder().map(|name| format!("{} bytes", name.expose().len())),
        "languages": text(template.languages()),
        "chip": chip,
    })
}

fn objects(walk: Walk<'_>) -> Vec<Value> {
    let visits = walk.filter_map(Result::ok);
    visits
        .map(|visit| {
            let object = visit.object;
            json!({
                "tag": object.tag.to_string(),
                "depth": visit.depth,
                "length": object.value.len(),
            })
        })
        .collect()
}
