//! `inspect bmlite` on a frame, an acknowledgement, and on what is neither.

use clap::Parser;
use serde_json::json;

use crate::inspect::{Args, bmlite};

const VERSION: &str = "0000 1200 0C00 0100 0100 0430 0200 0410 0000 0360 0000 0490EADE";

fn args() -> Args {
    Args::parse_from(["inspect", "bmlite"])
}

#[test]
fn a_frame_and_an_acknowledgement() {
    let expected = json!({
        "segment": 1, "segments": 1, "command": "3004", "name": "INFO",
        "arguments": [{ "argument": "1004", "data": "" }, { "argument": "6003", "data": "" }],
        "complete": true,
    });
    assert_eq!(bmlite::line(VERSION, &args()).unwrap(), expected);
    assert_eq!(bmlite::line("7FFF017F", &args()).unwrap(), json!({ "ack": true }));
}

#[test]
fn what_is_neither() {
    let offset = |line: &str| bmlite::line(line, &args()).unwrap_err().offset;
    assert_eq!(offset("EF01"), 0);
    assert_eq!(offset("0000 0500"), 2);
    assert_eq!(offset("0000 1200 0C00"), 6);
    assert_eq!(offset(&VERSION.replace("DE", "DF")), 22);
    assert_eq!(offset(&format!("{VERSION}00")), 26);
}
