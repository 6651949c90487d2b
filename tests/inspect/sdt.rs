//! `inspect sdt` and `inspect licence-core`.

use clap::Parser;
use serde_json::{Value, json};

use crate::inspect::{Args, answer_line, decoder, hex};
use embedded_pos::sim::documents::card::{foreigner_2023, resident};

fn answer(kind: &str, line: &str) -> Value {
    let args = Args::parse_from(["inspect", kind, "--json"]);
    answer_line(line.as_bytes(), &args, decoder(kind).unwrap())
}

#[test]
fn frames_of_the_documents() {
    for (frame, direction, name, status) in [
        ("AAAAAA96690003200122", "command", json!("find"), json!(null)),
        ("AAAAAA96690003200221", "command", json!("select"), json!(null)),
        ("AAAAAA96690003300132", "command", json!("read"), json!(null)),
        ("AAAAAA96690003301023", "command", json!("read-all"), json!(null)),
        ("AAAAAA96690003300330", "command", json!("address"), json!(null)),
        ("AAAAAA9669000312FFEE", "command", json!("sam-id"), json!(null)),
        ("AAAAAA96690003600261", "command", json!("speed 38400"), json!(null)),
        (
            "AAAAAA9669000800009F0000000097",
            "reply",
            json!(null),
            json!("a card was found (00 00 9F)"),
        ),
        ("AAAAAA9669000400008084", "reply", json!(null), json!("no card was found (00 00 80)")),
        ("020003CA0100CB03", "command", json!("read"), json!(null)),
        ("020002313223 03", "command", json!("31 32"), json!(null)),
        ("02000280008003", "reply", json!(null), json!("no card was found (80 00 00)")),
    ] {
        let answer = answer("sdt", frame);
        assert_eq!(
            (&answer["direction"], &answer["name"], &answer["status"]),
            (&json!(direction), &name, &status),
            "{frame}: {answer}"
        );
        assert_eq!(answer["check"] == "valid", frame != "020002313223 03", "{answer}");
    }
    for (frame, offset) in [
        ("AAAA", 0),
        ("AAAAAA966900", 6),
        ("AAAAAA9669000320", 8),
        ("AAAAAA9669000320012200", 10),
        ("02000280008004", 7),
        ("0200", 2),
    ] {
        let answer = answer("sdt", frame);
        assert_eq!((&answer["ok"], &answer["offset"]), (&json!(false), &json!(offset)), "{frame}");
    }
}

#[test]
fn a_card_in_a_reply() {
    for made in [resident("测试一"), foreigner_2023("TEST, PERSON")] {
        let mut frame = vec![5, 8, 0, 0, 0x90, 1, 0, 4, 0];
        frame.extend(made.text());
        frame.extend(&made.photo);
        frame.push(frame.iter().fold(0, |sum, byte| sum ^ byte));
        let answer = answer("sdt", &format!("AAAAAA9669{}", hex(&frame)));
        assert_eq!(answer["check"], "valid");
        let card = &answer["card"];
        assert_eq!((&card["name"], &card["birth"]), (&json!(made.name), &json!("1990-01-01")));
        assert_eq!(
            (&card["number"], &card["number_check"]),
            (&json!(made.number), &json!("valid"))
        );
        assert_eq!(card["valid_until"], "2040-01-01");
    }
}

#[test]
fn core_numbers() {
    for number in ["1293456789012", "1140000000001", "3221111222233", "1494444444444"] {
        assert_eq!(answer("licence-core", number), json!({ "ok": true, "check": "valid" }));
    }
    assert_eq!(answer("licence-core", "12X3456789012")["check"], "invalid");
    for (number, offset) in
        [("", 0), ("129345678901", 12), ("1293456X89012", 7), ("12934567890123", 14)]
    {
        let answer = answer("licence-core", number);
        assert_eq!((&answer["ok"], &answer["offset"]), (&json!(false), &json!(offset)), "{number}");
    }
}
