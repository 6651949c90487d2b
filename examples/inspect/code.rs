//! What a scanned text can be.

use embedded_pos::scan::code::{Expect, classify};
use serde_json::{Value, json};

use super::{Args, Bad};

/// `candidates`: what it can be, and why; `--expect payment|licence|any`.
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
    let candidates: Vec<Value> = classify(input.as_bytes(), expect)
        .iter()
        .map(|candidate| json!({ "kind": candidate.kind.name(), "reason": candidate.reason }))
        .collect();
    Ok(json!({ "candidates": candidates }))
}
