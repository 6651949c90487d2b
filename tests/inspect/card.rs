//! `inspect t0` and `inspect t1`.

use clap::Parser;
use serde_json::{Value, json};

use crate::inspect::{Args, answer_line, decoder};

fn decoded(kind: &str, line: &str) -> Value {
    let args = Args::parse_from(["inspect", kind, "--json"]);
    answer_line(line.as_bytes(), &args, decoder(kind).unwrap())
}

#[test]
fn tpdus_with_procedure_bytes_in_any_order() {
    let got = decoded("t0", "00A4040003 60 5B A0 60 A4 0102 60 6103");
    let want = json!({"ok": true, "cla": "00", "ins": "A4", "p1": "04", "p2": "00", "p3": "03",
        "procedure": ["60", "5B", "60", "A4", "60"], "data": "A00102",
        "sw1": "61", "sw2": "03", "status": "6103 (3 bytes more)"});
    assert_eq!(got, want);
    let all = format!("00B2010C00 B2 {} 9000", "55".repeat(256));
    assert_eq!(decoded("t0", &all)["data"].as_str().unwrap().len(), 512);
    assert_eq!(decoded("t0", "0044000000 44 9000")["data"], "");
    assert_eq!(decoded("t0", "00B2010C00 6C2A")["status"], "6C2A (wrong length, 42 is right)");
}

#[test]
fn tpdus_that_are_none() {
    for (line, error, offset) in [
        ("00A404", "the header ends early", 3),
        ("0062000000 9000", "INS is 6X or 9X", 1),
        ("00B2010C02 4D 01", "a procedure byte is missing", 7),
        ("00B2010C02 B2 01", "data is missing", 7),
        ("00B2010C02 B3", "no procedure byte", 5),
        ("00B2010C01 B2 01 B2", "no procedure byte", 7),
        ("00B2010C01 B2 01 90", "SW2 is missing", 8),
        ("00B2010C01 B2 01 9000 00", "it goes on after the status word", 9),
    ] {
        let want = json!({"ok": false, "error": error, "offset": offset});
        assert_eq!(decoded("t0", line), want, "{line}");
    }
}

#[test]
fn blocks_of_every_kind() {
    let got = decoded("t1", "00 60 02 9000 F2");
    let want = json!({"ok": true, "nad": "00", "sad": 0, "dad": 0, "pcb": "60", "block": "I",
        "n_s": 1, "m": 1, "len": 2, "inf": "9000", "edc": "LRC"});
    assert_eq!(got, want);
    let got = decoded("t1", "12 91 00 83");
    assert_eq!((&got["sad"], &got["dad"], &got["n_r"]), (&json!(2), &json!(1), &json!(1)));
    assert_eq!((&got["block"], &got["error"]), (&json!("R"), &json!("edc or parity")));
    let got = decoded("t1", "00 C1 01 FE 54 4E");
    assert_eq!((&got["s"], &got["inf"]), (&json!("IFS request"), &json!("FE")));
    assert_eq!(got["edc"], "CRC");
    assert_eq!(decoded("t1", "00 E3 01 02 E0")["s"], "WTX response");
}

#[test]
fn blocks_that_are_none() {
    for (line, error, offset) in [
        ("0040", "no block: the prologue ends early, or LEN is FF", 2),
        ("0040FF00", "no block: the prologue ends early, or LEN is FF", 2),
        ("00400290", "the block ends early", 4),
        ("004000404040", "the block goes on after its end", 4),
        ("00400041", "the check does not fit", 3),
        ("00410041", "the PCB is reserved", 1),
        ("00C0010 0C1", "LEN does not fit the kind of block", 2),
    ] {
        let want = json!({"ok": false, "error": error, "offset": offset});
        assert_eq!(decoded("t1", line), want, "{line}");
    }
}
