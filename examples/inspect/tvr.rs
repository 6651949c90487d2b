//! Terminal Verification Results, and action codes, which have the same bits.

use serde_json::Value;

use super::elements::{Bit, bits, exactly};
use super::{Args, Bad};

/// `set`: each bit that is set, by name (EMV Book 3, annex C5), and which rules
/// of EMV set it.
pub fn line(input: &str, _args: &Args) -> Result<Value, Bad> {
    Ok(decoded(exactly(input)?))
}

pub fn decoded(bytes: [u8; 5]) -> Value {
    bits(&bytes, NAMES, |rule, mask| rule.tvr().bits() == mask)
}

const NAMES: &[Bit] = &[
    Bit { byte: 1, bit: 8, name: "Offline data authentication was not performed" },
    Bit { byte: 1, bit: 7, name: "SDA failed" },
    Bit { byte: 1, bit: 6, name: "ICC data missing" },
    Bit { byte: 1, bit: 5, name: "Card appears on terminal exception file" },
    Bit { byte: 1, bit: 4, name: "DDA failed" },
    Bit { byte: 1, bit: 3, name: "CDA failed" },
    Bit { byte: 1, bit: 2, name: "SDA selected" },
    Bit { byte: 2, bit: 8, name: "ICC and terminal have different application versions" },
    Bit { byte: 2, bit: 7, name: "Expired application" },
    Bit { byte: 2, bit: 6, name: "Application not yet effective" },
    Bit { byte: 2, bit: 5, name: "Requested service not allowed for card product" },
    Bit { byte: 2, bit: 4, name: "New card" },
    Bit { byte: 3, bit: 8, name: "Cardholder verification was not successful" },
    Bit { byte: 3, bit: 7, name: "Unrecognised CVM" },
    Bit { byte: 3, bit: 6, name: "PIN Try Limit exceeded" },
    Bit { byte: 3, bit: 5, name: "PIN entry required and PIN pad not present or not working" },
    Bit { byte: 3, bit: 4, name: "PIN entry required, PIN pad present, but PIN was not entered" },
    Bit { byte: 3, bit: 3, name: "Online PIN entered" },
    Bit { byte: 4, bit: 8, name: "Transaction exceeds floor limit" },
    Bit { byte: 4, bit: 7, name: "Lower consecutive offline limit exceeded" },
    Bit { byte: 4, bit: 6, name: "Upper consecutive offline limit exceeded" },
    Bit { byte: 4, bit: 5, name: "Transaction selected randomly for online processing" },
    Bit { byte: 4, bit: 4, name: "Merchant forced transaction online" },
    Bit { byte: 5, bit: 8, name: "Default TDOL used" },
    Bit { byte: 5, bit: 7, name: "Issuer authentication failed" },
    Bit { byte: 5, bit: 6, name: "Script processing failed before final GENERATE AC" },
    Bit { byte: 5, bit: 5, name: "Script processing failed after final GENERATE AC" },
];
