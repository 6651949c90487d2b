//! `inspect pn532`.

use clap::Parser;
use serde_json::{Value, json};

use crate::inspect::{Args, answer_line, decoder};

fn answer(line: &str) -> Value {
    let args = Args::parse_from(["inspect", "pn532", "--json"]);
    answer_line(line.as_bytes(), &args, decoder("pn532").unwrap())
}

#[test]
fn frames_of_the_manual() {
    let mut seen = 0;
    for line in include_str!("../vectors/pn532/frames.txt").lines().skip(1) {
        let fields: Vec<_> = line.split('|').map(str::trim).collect();
        let [name, direction, frame, data] = fields[..] else { panic!("{line}") };
        // With the 00 around it, and without.
        for frame in [frame, &frame[2..frame.len() - 2]] {
            let answer = answer(frame);
            match name {
                "ack" | "nack" | "error" => assert_eq!(answer["frame"], name, "{answer}"),
                _ => {
                    let want = if direction == "request" { "command" } else { "response" };
                    assert_eq!(answer["direction"], want, "{answer}");
                    assert_eq!(answer["code"], data[2..4], "{answer}");
                    assert_eq!(answer["data"], data[4..], "{answer}");
                }
            }
        }
        seen += 1;
    }
    assert_eq!(seen, 14);
    assert_eq!(answer("00 00 FF 02 FE D4 02 2A 00")["name"], "GetFirmwareVersion");
    let exchange = answer("0000FF03FDD5410BDF00");
    assert_eq!(exchange["status"], "status 0B (the card breaks its protocol)");
}

#[test]
fn what_is_no_frame_is_told_with_its_place() {
    for (frame, error, offset) in [
        ("0000FE", "no frame begins here", 1),
        ("0000FF02FED4022B00", "the check is wrong", 1),
        ("0000FF02FED4", "the frame ends too early", 6),
        ("0000FF00FF0055", "bytes behind the frame", 6),
    ] {
        let answer = answer(frame);
        assert_eq!(answer["error"], error, "{frame}: {answer}");
        assert_eq!(answer["offset"], json!(offset), "{frame}: {answer}");
    }
}
