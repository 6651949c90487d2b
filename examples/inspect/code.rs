//! What a scanned text can be.

use embedded_pos::scan::code::{Candidate, Encodings, Expect, classify};
use serde_json::{Value, json};

use super::{Args, Bad};

/// `candidates`: what it can be, and why; `ruled_out`: what the symbology speaks
/// against; `encodings`. `--expect payment|licence|any`, `--symbology Q1`.
pub fn line(input: &str, args: &Args) -> Result<Value, Bad> {
    let expect = match args.expect.as_deref() {
        Some("payment") => Expect::Payment,
        Some("licence") => Expect::Licence,
        None | Some("any") => Expect::Any,
        Some(other) => {
            let error = format!("`{other}` cannot be expected: payment, licence or any can");
            return Err(Bad { error, offset: 0 });
        }
    };
    let symbology = args.symbology.as_deref().map(aim).transpose()?;
    let found = classify(input.as_bytes(), symbology, expect);
    let encodings: Vec<&str> = Encodings::of(input.as_bytes()).names().collect();
    Ok(json!({
        "candidates": found.iter().map(reading).collect::<Vec<_>>(),
        "ruled_out": found.ruled_out().map(reading).collect::<Vec<_>>(),
        "encodings": encodings,
    }))
}

fn reading(found: Candidate) -> Value {
    json!({
        "kind": found.kind.name(),
        "reason": found.reason,
        "checked": found.checked,
        "symbology": found.carrier.name(),
        "comes_in": found.kind.comes_in(),
    })
}

/// `Q1` or `]Q1`.
fn aim(text: &str) -> Result<[u8; 2], Bad> {
    let id = text.strip_prefix(']').unwrap_or(text).as_bytes().try_into();
    id.map_err(|_| Bad { error: format!("`{text}` is no AIM identifier, as Q1 is"), offset: 0 })
}
