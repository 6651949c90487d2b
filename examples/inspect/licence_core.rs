//! `inspect licence-core`: core numbers of driving and vehicle licences.

use embedded_pos::scan::document::LicenceCore;
use serde_json::{Value, json};

use super::{Args, Bad};

/// `check` of one number. It is a warning: see the type.
pub fn line(input: &str, _args: &Args) -> Result<Value, Bad> {
    let bytes = input.as_bytes();
    let Some(core) = LicenceCore::parse(bytes) else {
        let fits = |(at, byte): (usize, &u8)| byte.is_ascii_digit() || at == 2 && *byte == b'X';
        let offset = bytes.iter().enumerate().position(|byte| !fits(byte)).unwrap_or(bytes.len());
        return Err(Bad {
            error: "not thirteen digits, the third of which may be X".into(),
            offset,
        });
    };
    Ok(json!({ "check": core.check().to_string() }))
}
