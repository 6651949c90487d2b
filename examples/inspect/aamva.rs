//! `inspect aamva`: licences and ID cards of North America.

use embedded_pos::scan::document::aamva::{Aamva, Standing};
use serde_json::{Map, Value, json};

use super::{Args, Bad, bytes};

/// Decodes one payload; with `--strict`, one that keeps the standard.
pub fn line(input: &str, args: &Args) -> Result<Value, Bad> {
    let payload = bytes(input)?;
    let read = if args.strict { Aamva::strict } else { Aamva::parse };
    let aamva = read(&payload)
        .map_err(|fault| Bad { error: fault.kind.name().into(), offset: fault.at })?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let mut elements = Map::new();
    for element in aamva.elements() {
        elements.entry(element.id()).or_insert_with(|| text(element.value).into());
    }
    let not_listed = aamva.elements().filter(|element| {
        let standing = aamva.version().standing(&element.id);
        matches!(standing, Standing::Removed | Standing::Later | Standing::Unknown)
    });
    let doubtful = aamva.elements().filter(|element| element.doubtful);
    Ok(json!({
        "version": aamva.version().0,
        "advice": aamva.version().advice(),
        "jurisdiction_version": aamva.jurisdiction_version(),
        "iin": text(aamva.iin()),
        "issuer": aamva.issuer().map(|issuer| issuer.short),
        "subfiles": aamva.subfiles().map(|part| text(&part.kind)).collect::<Vec<_>>(),
        "elements": elements,
        "doubtful": doubtful.map(|element| element.id().to_owned()).collect::<Vec<_>>(),
        "not_listed": not_listed.map(|element| element.id().to_owned()).collect::<Vec<_>>(),
        "repairs": aamva.faults().map(|fault| json!({ "kind": fault.kind.name(), "at": fault.at }))
            .collect::<Vec<_>>(),
    }))
}
