//! Transaction Status Information.

use serde_json::Value;

use super::elements::{Bit, bits, exactly};
use super::{Args, Bad};

/// `set`: each bit that is set, by name (EMV Book 3, annex C6), and which rules
/// of EMV set it.
pub fn line(input: &str, _args: &Args) -> Result<Value, Bad> {
    Ok(decoded(exactly(input)?))
}

pub fn decoded(bytes: [u8; 2]) -> Value {
    bits(&bytes, NAMES, |rule, mask| u64::from(rule.tsi().bits()) == mask)
}

const NAMES: &[Bit] = &[
    Bit { byte: 1, bit: 8, name: "Offline data authentication was performed" },
    Bit { byte: 1, bit: 7, name: "Cardholder verification was performed" },
    Bit { byte: 1, bit: 6, name: "Card risk management was performed" },
    Bit { byte: 1, bit: 5, name: "Issuer authentication was performed" },
    Bit { byte: 1, bit: 4, name: "Terminal risk management was performed" },
    Bit { byte: 1, bit: 3, name: "Script processing was performed" },
];
