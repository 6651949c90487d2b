//! The program `terminal` with each card and bank that it knows: what it says,
//! what it keeps, what it prints.

use std::path::PathBuf;
use std::process::Command;

use embedded_pos::sim::card::Personalisation;
use embedded_pos::sim::card::pki::Pki;
use serde_json::Value;

#[path = "../examples/terminal/authority.rs"]
mod authority;

/// A case that was led.
struct Led {
    said: String,
    /// Kind and whole of each record.
    records: Vec<(String, Value)>,
    dir: PathBuf,
}

impl Led {
    /// `cargo test` builds the examples, beside the tests; `cargo test --test
    /// NAME` does not: then `cargo build --examples` first.
    fn new(options: &str) -> Self {
        let name = options.replace([' ', '-'], "_");
        let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("terminal{name}"));
        drop(std::fs::remove_dir_all(&dir));
        std::fs::create_dir_all(&dir).unwrap();
        let test = std::env::current_exe().unwrap();
        let program = test.parent().unwrap().with_file_name("examples").join("terminal");
        let mut command = Command::new(program);
        let output = command.args(options.split(' ')).current_dir(&dir).output().unwrap();
        let [said, told] =
            [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap());
        assert!(output.status.success(), "{options}: {said}{told}");
        let dir = dir.join("target/terminal");
        let lines = std::fs::read_to_string(dir.join("records.jsonl")).unwrap();
        let pan = Personalisation::default().pan;
        assert!(!said.contains(&pan) && !lines.contains(&pan), "{options}: {said}");
        let record = |line: &str| {
            let record: Value = serde_json::from_str(line).unwrap();
            (record["kind"].as_str().unwrap().to_owned(), record)
        };
        Self { said, records: lines.lines().map(record).collect(), dir }
    }

    fn paper(&self, name: &str) -> Option<String> {
        std::fs::read_to_string(self.dir.join(name).with_extension("txt")).ok()
    }

    /// What the records say of payments.
    fn payments(&self) -> Vec<&str> {
        let kinds = self.records.iter().map(|(kind, _)| kind.as_str());
        kinds.filter(|kind| kind.starts_with("payment-")).collect()
    }

    fn is_deferred(&self) -> bool {
        let kept = self.records.iter().any(|(kind, _)| kind == "deferred");
        let asked = self.paper("decision").unwrap().replace('\n', "").contains("15日内缴纳");
        assert_eq!(kept, asked, "{}", self.said);
        kept
    }

    /// The value of an element on the slip.
    fn on_slip(&self, name: &str) -> String {
        let slip = self.paper("slip").expect(&self.said);
        let (_, rest) = slip.split_once(name).unwrap_or_else(|| panic!("no {name} on {slip}"));
        rest.split_whitespace().next().unwrap().into()
    }
}

#[test]
fn a_card_that_pays_is_on_the_slip() {
    for (card, cvm, tvr, signs) in [
        ("sim", "440302", "0000008000", false),
        ("approves", "440302", "0000008000", false),
        ("wrong-pin", "440302", "0000008000", false),
        ("blocked-pin", "5E0300", "0000208000", true),
        ("no-pin", "5E0300", "0000088000", true),
        ("signature", "1E0300", "0000008000", true),
    ] {
        let led = Led::new(&format!("--card {card}"));
        assert_eq!(led.payments(), ["payment-intended", "payment-approved"], "{card}");
        assert!(led.said.contains("paid 200.00 yuan") && !led.is_deferred(), "{}", led.said);
        assert_eq!(led.on_slip("AID:"), "A000000333010101");
        assert_eq!(led.on_slip("CVM:"), cvm, "{card}");
        assert_eq!(led.on_slip("TVR:"), tvr, "{card}");
        assert_eq!(led.on_slip("TSI:"), "F800", "{card}");
        assert_eq!(led.on_slip("ATC:"), "0001", "{card}");
        let certificate = led.on_slip("TC:");
        assert!(certificate.len() == 16 && u64::from_str_radix(&certificate, 16).is_ok());
        assert_eq!(led.on_slip("卡号："), "620000******0005");
        let slip = led.paper("slip").unwrap();
        assert_eq!(slip.contains("持卡人签名"), signs, "{card}: {slip}");
        assert_eq!(slip.contains("无需签名"), !signs, "{card}: {slip}");
        assert!(slip.contains("UnionPay Debit"), "{slip}");
    }
}

#[test]
fn a_wrong_pin_is_asked_for_again() {
    let led = Led::new("--card wrong-pin --refuse-signature");
    assert!(led.said.contains("PIN for 200.00 yuan, 3 tries left\n"), "{}", led.said);
    assert!(led.said.contains("PIN for 200.00 yuan, 2 tries left, incorrect PIN"), "{}", led.said);
    let led = Led::new("--card blocked-pin --refuse-signature");
    assert!(!led.said.contains("PIN for"), "{}", led.said);
    assert!(led.said.contains("no PIN tries are left (Book 3, 10.5.1)"), "{}", led.said);
}

#[test]
fn a_card_that_does_not_pay_is_not_sent_to_the_bank() {
    for (card, why) in [
        ("declines", "declined by the card"),
        ("expired", "the application has expired (Book 3, 10.4.3)"),
        ("forged", "combined data authentication failed (Book 2, 6.6)"),
        ("offline", "the card answered with CID 40"),
        ("pulled-early", "the card was taken out"),
        ("cancels", "cancelled by the cardholder"),
    ] {
        let led = Led::new(&format!("--card {card}"));
        assert_eq!(led.payments(), ["payment-intended", "payment-declined"], "{card}");
        assert!(led.said.contains(why) && led.said.contains("not sent"), "{card}: {}", led.said);
        assert!(led.is_deferred() && led.paper("slip").is_none(), "{card}: {}", led.said);
    }
}

#[test]
fn an_approval_that_the_card_does_not_follow_is_reversed() {
    for (card, why) in [
        ("refuses", "declined by the card after the issuer approved; a reversal is due"),
        ("pulled", "the card was taken out; a reversal is due"),
    ] {
        let led = Led::new(&format!("--card {card}"));
        let kinds = ["payment-intended", "payment-doubted", "payment-reversed"];
        assert_eq!(led.payments(), kinds, "{card}");
        assert!(led.said.contains(why) && led.said.contains("undoing: Done"), "{}", led.said);
        assert!(led.is_deferred() && led.paper("slip").is_none(), "{card}: {}", led.said);
    }
}

#[test]
fn the_card_hears_what_the_bank_said() {
    let led = Led::new("--bank declines");
    assert_eq!(led.payments(), ["payment-intended", "payment-declined"]);
    assert!(led.said.contains("declined by the issuer") && led.is_deferred(), "{}", led.said);
    let led = Led::new("--bank unreachable");
    let kinds = ["payment-intended", "payment-doubted", "payment-unresolved"];
    assert_eq!(led.payments(), kinds);
    assert!(led.said.contains("declined: the issuer could not be reached"), "{}", led.said);
    // It may be paid for all the terminal knows: nobody is told to pay again.
    let decision = led.paper("decision").unwrap().replace('\n', "");
    assert!(decision.contains("请勿重复缴纳") && !led.is_deferred(), "{decision}");
    let led = Led::new("--bank unheard");
    let first = ["payment-intended", "payment-doubted", "payment-reversed"];
    assert_eq!(led.payments(), [&first[..], &["payment-intended", "payment-approved"]].concat());
}

#[test]
fn a_wallet_has_no_chip_on_its_slip() {
    let led = Led::new("--pay wechat");
    let slip = led.paper("slip").unwrap();
    for absent in ["AID", "TVR", "TC:", "签名："] {
        assert!(!slip.contains(absent), "{absent}: {slip}");
    }
}

#[test]
fn the_authority_is_that_of_the_simulated_cards() {
    let key = Pki::default().authority_key([0xA0, 0x00, 0x00, 0x03, 0x33]);
    let [known] = authority::AUTHORITIES.keys else { panic!("one key") };
    assert_eq!((known.rid, known.index, known.modulus), (key.rid, key.index, &*key.modulus));
    assert_eq!((known.exponent, known.checksum), (&*key.exponent, Some(key.checksum)));
    assert_eq!(known.check(), Ok(()));
}
