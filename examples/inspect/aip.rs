//! Application Interchange Profiles.

use serde_json::Value;

use super::elements::{Bit, bits, exactly};
use super::{Args, Bad};

/// `set`: each bit that is set, by name (EMV Book 3, annex C1).
pub fn line(input: &str, _args: &Args) -> Result<Value, Bad> {
    Ok(decoded(exactly(input)?))
}

pub fn decoded(bytes: [u8; 2]) -> Value {
    bits(&bytes, NAMES, |_, _| false)
}

const NAMES: &[Bit] = &[
    Bit { byte: 1, bit: 7, name: "SDA supported" },
    Bit { byte: 1, bit: 6, name: "DDA supported" },
    Bit { byte: 1, bit: 5, name: "Cardholder verification is supported" },
    Bit { byte: 1, bit: 4, name: "Terminal risk management is to be performed" },
    Bit { byte: 1, bit: 3, name: "Issuer authentication is supported" },
    Bit { byte: 1, bit: 1, name: "CDA supported" },
];
