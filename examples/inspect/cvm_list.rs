//! `cvm-list`: how a card wants its cardholder verified (EMV Book 3, 10.5).

use embedded_pos::emv::cvm::{CvmCondition, CvmFault, CvmList, CvmMethod, CvmRule};
use serde_json::{Value, json};

use super::{Args, Bad, bytes, hex};

/// The value of `8E` in hexadecimal. The amounts are in the minor unit of the
/// application's currency.
pub fn line(input: &str, _args: &Args) -> Result<Value, Bad> {
    let value = bytes(input)?;
    let list = CvmList::new(&value)
        .map_err(|fault: CvmFault| Bad { error: fault.to_string(), offset: fault.offset() })?;
    let rules: Vec<Value> = list.rules().map(rule).collect();
    Ok(json!({ "amount_x": list.x(), "amount_y": list.y(), "rules": rules }))
}

fn rule(rule: CvmRule) -> Value {
    let [code, condition] = rule.to_bytes();
    json!({
        "code": hex(&[code]),
        "method": method(rule.method()),
        "if_unsuccessful": if rule.continues() { "continue" } else { "fail" },
        "condition_code": hex(&[condition]),
        "condition": self::condition(rule.condition()),
        "meaning": format!("{}: {}", rule.condition(), rule.method()),
    })
}

fn method(method: CvmMethod) -> &'static str {
    match method {
        CvmMethod::Fail => "fail",
        CvmMethod::PlaintextPin => "plaintext-pin",
        CvmMethod::OnlinePin => "online-pin",
        CvmMethod::PlaintextPinAndSignature => "plaintext-pin-and-signature",
        CvmMethod::EncipheredPin => "enciphered-pin",
        CvmMethod::EncipheredPinAndSignature => "enciphered-pin-and-signature",
        CvmMethod::Signature => "signature",
        CvmMethod::NoCvm => "no-cvm",
        CvmMethod::Other(_) => "unknown",
    }
}

fn condition(condition: CvmCondition) -> &'static str {
    match condition {
        CvmCondition::Always => "always",
        CvmCondition::UnattendedCash => "unattended-cash",
        CvmCondition::NoCash => "no-cash",
        CvmCondition::Supported => "supported",
        CvmCondition::ManualCash => "manual-cash",
        CvmCondition::Cashback => "cashback",
        CvmCondition::UnderX => "under-x",
        CvmCondition::OverX => "over-x",
        CvmCondition::UnderY => "under-y",
        CvmCondition::OverY => "over-y",
        CvmCondition::Other(_) => "unknown",
    }
}
