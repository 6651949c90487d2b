//! `inspect plate`: number plates.

use embedded_pos::scan::plate::Plate;
use serde_json::{Value, json};

/// Decodes one plate.
pub fn line(input: &str, _args: &super::Args) -> Result<Value, super::Bad> {
    let plate = Plate::parse(input)
        .map_err(|error| super::Bad { error: error.to_string(), offset: error.offset() })?;
    let issuer = plate.issuer();
    Ok(json!({
        "province": plate.province().map(|province| province.character().to_string()),
        "issuer": (!issuer.is_empty()).then(|| issuer.as_str()),
        "serial": plate.serial().as_str(),
        "suffix": plate.suffix(),
        "class": plate.class().name(),
        "energy": plate.energy().map(|energy| energy.name()),
        "canonical": plate.canonical().as_str(),
        "hpzl": plate.hpzl().iter().map(ToString::to_string).collect::<Vec<_>>(),
        "hphm": plate.hphm().as_str(),
        "advice": plate.advice().sentences().collect::<Vec<_>>(),
    }))
}
