//! The program `card pay`: each outcome that its options can bring about, by
//! exit code and by what it says.

use std::path::PathBuf;
use std::process::{Command, Output};

use embedded_pos::sim::card::Personalisation;

/// `cargo test` builds the examples, beside the tests; `cargo test --test NAME`
/// does not: then `cargo build --examples` first.
fn program(name: &str) -> Command {
    let test = std::env::current_exe().unwrap();
    Command::new(test.parent().unwrap().with_file_name("examples").join(name))
}

fn run(reader: &str, options: &str) -> Output {
    let options = options.split_whitespace();
    let mut command = program("card");
    command.args(["--reader", reader, "pay"]).args(options).output().unwrap()
}

/// Pays, expects this exit code, and returns what was said.
fn pay_with(reader: &str, options: &str, code: i32) -> String {
    let output = run(reader, options);
    let [said, told] = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap());
    assert_eq!(output.status.code(), Some(code), "pay {options}: {said}{told}");
    let pan = Personalisation::default().pan;
    assert!(!said.contains(&pan) && !told.contains(&pan), "{options}: {said}");
    said
}

fn pay(options: &str, code: i32) -> String {
    pay_with("sim:ccid", options, code)
}

/// What stands behind this word at the beginning of a line of the results.
fn result<'s>(said: &'s str, name: &str) -> &'s str {
    let results = said.split("\n\n").nth(1).expect(said);
    let line = results.lines().find(|line| line.starts_with(name));
    line.unwrap_or_else(|| panic!("no {name} in {said}"))[13..].trim_end()
}

/// Pays and compares results: name and value, which it begins with.
fn check(options: &str, code: i32, wanted: &[(&str, &str)]) -> String {
    let said = pay(options, code);
    for (name, value) in wanted {
        let found = result(&said, name);
        assert!(found.starts_with(value), "{options}: {name} is {found}, not {value}\n{said}");
    }
    // Whatever came of it, the exit code and the words agree.
    let due = result(&said, "reversal") == "due";
    assert_eq!(due, code == 4, "{options}: {said}");
    said
}

/// That bit of the results has this clause behind it.
fn explains(said: &str, bit: &str, clause: &str) {
    let line = said.lines().find(|line| line.trim_start().starts_with(bit));
    let line = line.unwrap_or_else(|| panic!("no {bit} in {said}"));
    assert!(line.contains(clause), "{line}");
}

const ONLINE: (&str, &str) = ("outcome", "approved");
const DECLINED: (&str, &str) = ("outcome", "declined by the issuer");

#[test]
fn it_pays_online_through_every_reader() {
    for reader in
        ["sim", "sim:t0", "sim:t1", "sim:ccid", "sim:pn532", "sim:mfrc522", "sim:st25r3916"]
    {
        let said = pay_with(reader, "12.50", 0);
        assert_eq!(result(&said, "outcome"), "approved", "{reader}");
        assert_eq!(result(&said, "TVR"), "0000008000", "{reader}");
        assert_eq!(result(&said, "TSI"), "F800", "{reader}");
        assert_eq!(result(&said, "card"), "620000******0005, sequence 01, until 311231");
        assert!(result(&said, "cryptogram").starts_with("TC "), "{reader}");
        explains(&said, "TVR 0000008000", "Book 3, 10.6.1");
        explains(&said, "TSI 8000", "Book 3, 10.3");
    }
}

#[test]
fn it_pays_offline_below_the_floor_limit_unless_selected() {
    let said = check("99.99 --floor 100", 0, &[("outcome", "approved offline"), ("ARC", "Y1")]);
    assert!(!said.contains("issuer"), "{said}");
    assert_eq!(result(&said, "TVR"), "0000000000");
    check("100 --floor 100", 0, &[ONLINE, ("TVR", "0000008000"), ("ARC", "00")]);
    let said = check("12.50 --floor 100 --select 99", 0, &[ONLINE, ("TVR", "0000001000")]);
    explains(&said, "TVR 0000001000", "Book 3, 10.6.2");
    check("12.50 --floor 100 --force-online", 0, &[ONLINE, ("TVR", "0000000800")]);
    check("12.50 --floor 100 --exception-file", 0, &[ONLINE, ("TVR", "1000000000")]);
    check("12.50 --floor 100 --card asks", 0, &[ONLINE, ("TVR", "0000000000")]);
}

#[test]
fn whoever_declines_is_named() {
    let by = |who| ("outcome", who);
    check("1 --card declines", 1, &[by("declined by the card"), ("ARC", "Z1")]);
    check("1 --issuer declines", 1, &[DECLINED, ("ARC", "51"), ("cryptogram", "AAC")]);
    let after = by("declined by the card after the issuer approved");
    check("1 --card refuses", 4, &[after, ("ARC", "00"), ("cryptogram", "AAC")]);
    let said = check("1 --card expired", 1, &[by("declined by the terminal"), ("ARC", "Z1")]);
    explains(&said, "TVR 0040000000", "Book 3, 10.4.3");
    // Not in the codes for denial: the issuer is asked.
    check("1 --floor 5 --card not-yet", 0, &[ONLINE, ("TVR", "0020000000")]);
    check("1 --card not-yet --tac-denial 0020000000", 1, &[by("declined by the terminal")]);
    check("1 --card forged", 1, &[DECLINED, ("ARC", "05")]);
    check("1 --card blocked", 3, &[by("no decision: the application is blocked")]);
}

#[test]
fn an_issuer_that_cannot_be_reached_leaves_it_to_the_default_codes() {
    let approved = ("outcome", "approved offline: the issuer could not be reached");
    let declined = ("outcome", "declined: the issuer could not be reached");
    check("1 --issuer unreachable", 1, &[declined, ("ARC", "Z3"), ("cryptogram", "AAC")]);
    let selected = "1 --issuer unreachable --floor 5 --select 99";
    check(selected, 0, &[approved, ("ARC", "Y3"), ("cryptogram", "TC")]);
    let denied = format!("{selected} --tac-default 0000001000");
    check(&denied, 1, &[declined, ("ARC", "Z3")]);
}

#[test]
fn pins_are_right_wrong_or_missing() {
    let sent = |said: &str| said.matches("VERIFY").count();
    for (cvm, results) in [("pin", "0100"), ("enciphered-pin", "0400")] {
        for (pin, result, tvr, verifies) in [
            ("right", "02", "0000008000", 1),
            ("wrong-then-right", "02", "0000008000", 2),
            ("wrong", "01", "0000A08000", 3),
            ("blocked", "01", "0000A08000", 0),
            ("bypassed", "01", "0000888000", 0),
            ("broken", "01", "0000908000", 0),
        ] {
            let results = format!("{results}{result}");
            let options = format!("1 --cvm {cvm} --pin {pin}");
            let said = check(&options, 0, &[("CVM results", &results), ("TVR", tvr), ONLINE]);
            assert_eq!(sent(&said), verifies, "{options}: {said}");
            assert!(!said.contains("1234") && !said.contains("4321"), "{said}");
        }
        for pin in ["cancelled", "left"] {
            let said = pay(&format!("1 --cvm {cvm} --pin {pin}"), 3);
            assert_eq!(result(&said, "outcome"), "no decision: cancelled by the cardholder");
        }
    }
    let said = pay("1 --cvm pin --pin wrong-then-right", 0);
    assert!(said.contains("2 tries left, incorrect PIN"), "{said}");
}

#[test]
fn a_signature_is_taken_where_no_pin_can_be() {
    let said = check("1 --pin blocked", 0, &[("CVM results", "1E0300"), ("TVR", "0000208000")]);
    assert_eq!(result(&said, "signature"), "to be taken");
    let said = check("1 --cvm signature", 0, &[("CVM results", "1E0000")]);
    assert_eq!(result(&said, "signature"), "to be taken");
    let said = check("1 --cvm none", 0, &[("CVM results", "1F0002")]);
    assert!(!said.contains("signature "), "{said}");
}

#[test]
fn the_issuer_verifies_a_pin_for_it() {
    let wanted = [("CVM results", "020000"), ("TVR", "0000048000"), ONLINE];
    let said = check("1 --cvm online-pin", 0, &wanted);
    assert!(said.contains("PIN block of 8"), "{said}");
    check("1 --cvm online-pin --pin wrong", 1, &[DECLINED, ("ARC", "55")]);
    check("1 --cvm online-pin --pin bypassed", 0, &[("TVR", "0000888000")]);
}

#[test]
fn each_method_of_data_authentication_succeeds_and_fails() {
    for (oda, data, tvr) in [
        ("none", "not authenticated", "8000000000"),
        ("sda", "SDA", "0200000000"),
        ("dda", "DDA", "0000000000"),
        ("cda", "CDA", "0000000000"),
    ] {
        let said = pay(&format!("1 --floor 5 --oda {oda}"), 0);
        assert_eq!((result(&said, "data"), result(&said, "TVR")), (data, tvr), "{said}");
    }
    for (oda, flaw, data, tvr) in [
        ("sda", "static", "SDA failed: 93: the hash", "4200000000"),
        ("sda", "issuer", "SDA failed: 90: the hash", "4200000000"),
        ("dda", "card", "DDA failed: 9F46: the hash", "0800000000"),
        ("dda", "dynamic", "DDA failed: 9F4B: the hash", "0800000000"),
        ("dda", "missing", "DDA failed: 90 is missing", "2800000000"),
        ("cda", "authority", "CDA failed: 8F: there is no such authority key", "0400000000"),
        ("cda", "revoked", "CDA failed: 90: it was revoked", "0400000000"),
        ("cda", "issuer-expired", "CDA failed: 90: it has expired", "0400000000"),
        ("cda", "card", "CDA failed: 9F46: the hash", "0400000000"),
    ] {
        let options = format!("1 --floor 5 --oda {oda} --flaw {flaw}");
        // The issuer is asked, as the card's action codes want it.
        let said = check(&options, 0, &[("data", data), ("TVR", tvr), ONLINE]);
        assert!(said.contains("issuer       approves"), "{said}");
        let denial = format!("{options} --tac-denial {tvr}");
        check(&denial, 1, &[("outcome", "declined by the terminal"), ("ARC", "Z1")]);
    }
    let wanted = [("outcome", "declined: the card is not authentic"), ("TVR", "0400008000")];
    let said = check("1 --flaw cryptogram", 1, &wanted);
    assert!(!said.contains("issuer       is asked"), "{said}");
}

#[test]
fn the_issuer_proves_itself_or_does_not() {
    let bit = ("TVR", "0000008040");
    let said = check("1 --issuer forged", 0, &[bit, ONLINE, ("TSI", "F800")]);
    explains(&said, "TVR 0000000040", "Book 3, 10.9");
    let after = ("outcome", "declined by the card after the issuer approved");
    check("1 --issuer forged --card mutual", 4, &[bit, after]);
    check("1 --issuer silent", 0, &[ONLINE, ("TSI", "E800")]);
    check("1 --issuer silent --card mutual", 4, &[after, ("TSI", "E800")]);
    check("1 --card mutual", 0, &[ONLINE]);
}

#[test]
fn scripts_run_or_fail() {
    check("1 --scripts ok", 0, &[("scripts", "20000000012000000002"), ("TSI", "FC00"), ONLINE]);
    let failed = [("scripts", "11000000011100000002"), ("TVR", "0000008030"), ONLINE];
    let said = check("1 --scripts failing", 0, &failed);
    explains(&said, "TVR 0000000020", "Book 3, 10.10");
    // They run after a decline as well.
    check("1 --scripts ok --issuer declines", 1, &[("scripts", "20000000012000000002"), DECLINED]);
}

/// The commands of a payment with scripts, up to the last GENERATE AC, and all.
fn commands(said: &str) -> (usize, usize) {
    let lines: Vec<_> = said
        .lines()
        .filter(|line| line.get(..3).is_some_and(|n| n.trim().parse::<u32>().is_ok()))
        .collect();
    let last = lines.iter().rposition(|line| line.contains("GENERATE AC")).unwrap() + 1;
    (last, lines.len())
}

#[test]
fn a_card_that_is_pulled_at_any_command_has_a_defined_outcome() {
    for reader in ["sim:ccid", "sim:t0", "sim:mfrc522"] {
        let (last, all) = commands(&pay_with(reader, "1 --scripts ok", 0));
        assert_eq!(all, last + 1);
        for at in 1..=all {
            let online = at + 3 > last;
            let options = format!("1 --scripts ok --pull {at}");
            let code = match at {
                // EXTERNAL AUTHENTICATE, the first script, the last cryptogram:
                // the issuer approved.
                _ if at > last => 0,
                _ if online => 4,
                _ => 3,
            };
            let said = pay_with(reader, &options, code);
            assert!(said.contains("card         is pulled out"), "{reader} {options}: {said}");
            let outcome =
                if code == 0 { "approved" } else { "no decision: the card was taken out" };
            assert_eq!(result(&said, "outcome"), outcome, "{reader} {options}: {said}");
        }
    }
}

#[test]
fn a_dry_run_has_the_card_decline() {
    for options in ["1 --dry", "1 --dry --cvm pin", "1 --dry --floor 100", "1 --dry --oda none"] {
        let said = check(options, 1, &[("outcome", "declined by the terminal"), ("ARC", "Z1")]);
        assert!(said.contains("GENERATE AC: AAC"), "{said}");
        assert_eq!(said.matches("GENERATE AC").count(), 1, "{said}");
        assert!(!said.contains("VERIFY") && !said.contains("issuer  "), "{said}");
    }
}

/// A reader of another program, on a pseudo-terminal: as a real one.
#[cfg(unix)]
#[test]
fn a_card_behind_a_line_declines() {
    use std::io::{BufRead as _, BufReader};
    use std::process::Stdio;

    let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("pay-line");
    std::fs::create_dir_all(&dir).unwrap();
    let mut served = program("devices");
    served.args(["card", "--seconds", "60", "--pty"]).arg(&dir).stdout(Stdio::piped());
    let mut served = served.spawn().unwrap();
    let mut lines = BufReader::new(served.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap() == "ready"));
    let output = run(&format!("serial:{}", dir.join("card").display()), "1 --dry");
    served.kill().unwrap();
    served.wait().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert_eq!(result(&said, "outcome"), "declined by the terminal");
    assert!(said.contains("GENERATE AC: AAC"), "{said}");
    assert_eq!(said.matches("GENERATE AC").count(), 1, "{said}");
}

#[test]
fn a_real_card_pays_nothing() {
    let log = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("no-such-port");
    for reader in [format!("serial:{}", log.display()), "pcsc".into(), "tcp:127.0.0.1:1".into()] {
        let output = run(&reader, "1");
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{told}");
        assert!(told.contains("--dry") && output.stdout.is_empty(), "{told}");
    }
}

#[test]
fn what_cannot_be_is_refused() {
    for options in
        ["1 --oda sda --flaw dynamic", "1 --oda none --flaw issuer", "1.234", "-1", "1 --pull 0"]
    {
        let output = run("sim", options);
        assert_eq!(output.status.code(), Some(2), "{options}");
        assert!(!output.stderr.is_empty() && output.stdout.is_empty(), "{options}");
    }
}
