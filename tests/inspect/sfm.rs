//! `inspect sfm` on the printed packet, on others, and on what is none.

use clap::Parser;
use serde_json::{Value, json};

use crate::inspect::{Args, sfm};

fn packet(line: &str) -> Value {
    sfm::line(line, &Args::parse_from(["inspect", "sfm"])).unwrap()
}

fn offset(line: &str) -> usize {
    sfm::line(line, &Args::parse_from(["inspect", "sfm"])).unwrap_err().offset
}

#[test]
fn the_printed_request() {
    let request = packet("40 05 29990000 00000000 00 07 0A");
    let expected = json!({
        "terminal": null, "command": "05", "name": "ES enrol by scan", "param": 0x9929,
        "size": 0, "flag": "00", "response": null, "packet": null, "data": "",
    });
    assert_eq!(request, expected);
}

#[test]
fn a_response_on_a_network_and_data_behind_it() {
    let response = packet("41 0200 18 01000000 04000000 61 C1 0A 07000000 0A");
    assert_eq!((&response["terminal"], &response["response"]), (&json!(2), &json!("done")));
    assert_eq!((&response["name"], &response["data"]), (&json!(null), &json!("070000000A")));
}

#[test]
fn what_is_no_packet() {
    assert_eq!(offset("55AA"), 0);
    assert_eq!(offset("40 05 2999"), 4);
    assert_eq!(offset("40 05 29990000 00000000 00 08 0A"), 11);
    assert_eq!(offset("40 05 29990000 00000000 00 07 0D"), 12);
}

/// A data packet: its number, how many there are, and a sum that is right.
#[test]
fn a_data_packet() {
    let head = "40 89 01 00 00 00 03 00 00 00 61 2E 0A";
    let value = packet(&format!("{head} 01 02 FF 02 01 00 00"));
    assert_eq!(value["packet"]["number"], 0);
    assert_eq!(value["packet"]["of"], 1);
    assert_eq!(value["packet"]["sum"], "00000102");
    assert_eq!(value["name"], "RTX read template, extended");
    assert!(packet(&format!("{head} 01 02 FF 03 01 00 00"))["packet"].is_null());
    assert!(packet(head)["packet"].is_null());
}
