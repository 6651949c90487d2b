//! Application File Locators.

use embedded_pos::emv::Afl;
use serde_json::{Value, json};

use super::{Args, Bad, bytes};

/// `entries` as they stand there, and `records` in the order in which they are
/// read.
pub fn line(input: &str, _args: &Args) -> Result<Value, Bad> {
    let bytes = bytes(input)?;
    let afl =
        Afl::new(&bytes).map_err(|fault| Bad { error: fault.to_string(), offset: fault.offset })?;
    let entries = bytes.chunks(4).map(|entry| {
        json!({
            "sfi": entry[0] >> 3,
            "first": entry[1],
            "last": entry[2],
            "authenticated": entry[3],
        })
    });
    let records = afl.records().map(|record| {
        json!({
            "sfi": record.sfi,
            "record": record.number,
            "authenticated": record.authenticated,
        })
    });
    Ok(json!({
        "entries": entries.collect::<Vec<_>>(),
        "records": records.collect::<Vec<_>>(),
    }))
}
