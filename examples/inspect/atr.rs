//! `atr`: an answer to reset (ISO/IEC 7816-3).

use embedded_pos::card::{Atr, Convention, Tck};
use serde_json::{Value, json};

use super::{Args, Bad, bytes, hex};

/// One ATR in hexadecimal.
pub fn line(input: &str, _args: &Args) -> Result<Value, Bad> {
    let atr = Atr::new(&bytes(input)?)
        .map_err(|error| Bad { error: error.to_string(), offset: error.offset() })?;
    let tck = match atr.tck() {
        Tck::Absent => "absent",
        Tck::Valid => "valid",
        Tck::Invalid => "invalid",
        Tck::Missing => {
            let (error, offset) = ("the check byte TCK is missing".into(), atr.as_bytes().len());
            return Err(Bad { error, offset });
        }
    };
    let convention = match atr.convention() {
        Convention::Direct => "direct",
        Convention::Inverse => "inverse",
    };
    let byte = |byte: Option<u8>| byte.map(|byte| hex(&[byte]));
    let or_rfu = |factor: Option<u16>| factor.map_or(json!("RFU"), Value::from);
    Ok(json!({
        "convention": convention,
        "protocols": atr.protocols().collect::<Vec<_>>(),
        "first_protocol": atr.first_protocol(),
        "specific_mode": atr.specific_mode().map(|mode| mode.protocol),
        "historical": hex(atr.historical()),
        "ta1": byte(atr.ta1()),
        "fi": or_rfu(atr.fi()),
        "di": or_rfu(atr.di().map(u16::from)),
        "tb1": byte(atr.tb1()),
        "tc1": byte(atr.tc1()),
        "tck": tck,
    }))
}
