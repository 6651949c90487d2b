//! `atr`: an answer to reset (ISO/IEC 7816-3).

use embedded_pos::card::atr::{Reset, Verdict};
use embedded_pos::card::{Atr, Convention, Tck};
use serde_json::{Value, json};

use super::{Args, Bad, bytes, hex};

/// One ATR in hexadecimal. `emv` is the verdict of a payment terminal:
/// "warm-reset" if it would accept this ATR after a warm reset but not after a
/// cold one, "rejected" if after neither.
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
    let verdict = |reset| Verdict::of(atr.as_bytes(), reset);
    let (emv, reason) = match (verdict(Reset::Cold), verdict(Reset::Warm)) {
        (Verdict::WarmReset(why), Verdict::Accepted(_)) => ("warm-reset", Some(why)),
        (_, Verdict::Rejected(why)) => ("rejected", Some(why)),
        _ => ("accepted", None),
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
        "emv": emv,
        "reason": reason.map(|reason| reason.to_string()),
    }))
}
