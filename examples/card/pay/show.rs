//! What came of a payment, and why.

use embedded_pos::emv::cvm::CvmRule;
use embedded_pos::emv::oda::Method;
use embedded_pos::emv::{Cryptogram, Outcome, Rule, Tag, Transaction, Verdict};

use crate::shown;

/// All of it. What is secret does not show.
pub(super) fn show(transaction: &Transaction<'_>, outcome: &Outcome) {
    let element = |tag| transaction.data(tag).map_or("absent".into(), shown);
    let text =
        |tag| String::from_utf8_lossy(transaction.data(tag).unwrap_or_default()).into_owned();
    say!("");
    if transaction.data(Tag::DF_NAME).is_some() {
        say!("application  {} {}", element(Tag::DF_NAME), text(Tag::LABEL));
    }
    if let Some(pan) = transaction.pan() {
        let (sequence, until) = (element(Tag::PAN_SEQUENCE), element(Tag::EXPIRATION_DATE));
        say!("card         {}, sequence {sequence}, until {until}", pan.masked());
    }
    say!("data         {}", authentication(transaction));
    say!("CVM results  {}", verification(transaction));
    say!("TVR          {}", shown(&transaction.tvr().to_bytes()));
    say!("TSI          {}", shown(&transaction.tsi().bits().to_be_bytes()));
    transaction.why().for_each(because);
    if let Some(cid) = outcome.cid {
        let kind = match cid.cryptogram() {
            Some(Cryptogram::Tc) => "TC",
            Some(Cryptogram::Arqc) => "ARQC",
            Some(Cryptogram::Aac) => "AAC",
            None => "?",
        };
        say!("cryptogram   {kind} {}, ATC {}", element(Tag::AC), element(Tag::ATC));
    }
    if transaction.data(Tag::ARC).is_some() {
        say!("ARC          {}", text(Tag::ARC));
    }
    if transaction.data(Tag::SCRIPT_RESULTS).is_some() {
        say!("scripts      {}", element(Tag::SCRIPT_RESULTS));
    }
    if transaction.needs_signature() && outcome.is_approved() {
        say!("signature    to be taken");
    }
    say!("reversal     {}", if outcome.reversal_due { "due" } else { "not due" });
    say!("outcome      {}", verdict(&outcome.result));
}

fn authentication(transaction: &Transaction<'_>) -> String {
    let method = match transaction.method_of_authentication() {
        None => return "not authenticated".into(),
        Some(Method::Sda) => "SDA",
        Some(Method::Dda) => "DDA",
        Some(Method::Cda) => "CDA",
    };
    match transaction.fault_of_authentication() {
        Some(fault) => format!("{method} failed: {fault}"),
        None => method.into(),
    }
}

/// CVM Results, `9F34` (EMV Book 4, annex A4).
fn verification(transaction: &Transaction<'_>) -> String {
    let Some(&[code, condition, result]) = transaction.data(Tag::CVM_RESULTS) else {
        return "absent".into();
    };
    let rule = CvmRule::new(code, condition);
    let came = match result {
        0 => "not known here",
        1 => "failed",
        2 => "successful",
        _ => "?",
    };
    let bytes = shown(&[code, condition, result]);
    // `3F` stands for no method (EMV Book 4, 6.3.4.5).
    match code & 0x3F {
        0x3F => format!("{bytes}  no method: {came}"),
        _ => format!("{bytes}  {}: {came}", rule.method()),
    }
}

/// The bit that a rule set, its clause, and what was found.
fn because(rule: Rule) {
    let (tvr, tsi) = (rule.tvr(), rule.tsi());
    let bit = if !tvr.is_empty() {
        format!("TVR {}", shown(&tvr.to_bytes()))
    } else if !tsi.is_empty() {
        format!("TSI {}", shown(&tsi.bits().to_be_bytes()))
    } else {
        String::new()
    };
    say!("  {bit:<14} {:<15} {rule}", rule.clause());
}

fn verdict(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Approved(approval) => approval.to_string(),
        Verdict::Declined(decline) => decline.to_string(),
        Verdict::Failed(fault) => format!("no decision: {fault}"),
    }
}
