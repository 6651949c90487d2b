//! `inspect escpos`: what a file of printer bytes puts on paper.

use std::fs;
use std::path::PathBuf;

use clap::Parser;
use serde_json::{Value, json};

use crate::inspect::{Args, answer, escpos};

/// A path of its own for each test.
fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name)
}

fn inspected(name: &str, bytes: &[u8], options: &[&str]) -> Value {
    let file = path(name);
    fs::write(&file, bytes).unwrap();
    let file = file.to_str().unwrap();
    let args = [&["inspect", "escpos", "--json", file], options].concat();
    answer(escpos::file(&Args::parse_from(args)))
}

#[test]
fn all_that_a_receipt_is_made_of() {
    let mut bytes = b"\x1B@\x1C&\x1Ba\x01\x1B!\x38\x1C!\x0C\xB7\xA3A\n".to_vec();
    bytes.extend(b"\x1B!\0\x1C!\0\x1Ba\0\x1BJ\x08");
    bytes.extend(b"\x1D(k\x04\0\x31\x41\x32\0\x1D(k\x03\0\x31\x43\x06\x1D(k\x03\0\x31\x45\x31");
    bytes.extend(b"\x1D(k\x07\0\x31\x50\x301234\x1D(k\x03\0\x31\x51\x30");
    bytes.extend(b"\x1Dh\x40\x1Dw\x02\x1DH\x02\x1Dk\x49\x05{BABC");
    bytes.extend(b"\x1Dv0\0\x01\0\x02\0\xFF\x81\x1DV\x42\x03");
    let answer = inspected("receipt.bin", &bytes, &[]);
    assert_eq!((&answer["ok"], &answer["incomplete"]), (&json!(true), &json!("")));
    let events = answer["events"].as_array().unwrap();
    let of = |kind: &str| events.iter().find(|event| event["type"] == kind).unwrap();
    let text = of("text");
    assert_eq!((&text["text"], &text["align"]), (&json!("罚A"), &json!("center")));
    assert_eq!(
        (&text["width"], &text["height"], &text["bold"]),
        (&2.into(), &2.into(), &true.into())
    );
    assert!(events.contains(&json!({ "type": "feed", "dots": 8 })));
    assert!(events.contains(&json!({
        "type": "code", "symbology": "qr", "data": "1234", "module": 6, "level": "M",
    })));
    assert!(events.contains(&json!({
        "type": "code", "symbology": "code128", "data": "ABC", "module": 2, "height": 64,
    })));
    assert!(events.contains(&json!({ "type": "image", "width": 8, "height": 2 })));
    assert!(events.contains(&json!({ "type": "cut", "partial": true })));
}

#[test]
fn what_is_no_receipt_is_shown_too() {
    let answer = inspected("odd.bin", b"\x1Bp\0\x19\xFAa\x1Dk\x43\x0C123", &[]);
    assert_eq!(answer["incomplete"], "1D6B430C313233", "a bar code that ends early");
    let events = answer["events"].as_array().unwrap();
    assert!(events.contains(&json!({ "type": "drawer" })));
    assert!(events.iter().any(|event| event["text"] == "a"), "{events:?}");
    let unknown = inspected("unknown.bin", b"\x1BX", &[]);
    assert_eq!(unknown["events"], json!([{ "type": "unknown", "bytes": "1B58" }]));
}

#[test]
fn the_picture_is_as_wide_as_the_paper() {
    for (option, width) in [(&["--expect", "80"][..], 576), (&[], 384)] {
        let png = path(&format!("paper{width}.png"));
        let options = [&["--png", png.to_str().unwrap()], option].concat();
        let answer = inspected(&format!("{width}.bin"), b"\xB7\xA3\n", &options);
        assert_eq!(answer["ok"], true, "{answer}");
        let file = std::io::BufReader::new(fs::File::open(&png).unwrap());
        let mut reader = png::Decoder::new(file).read_info().unwrap();
        let mut rows = vec![0; reader.output_buffer_size().unwrap()];
        let frame = reader.next_frame(&mut rows).unwrap();
        assert_eq!((frame.width, frame.height), (width, 30));
        let black: u32 = rows.iter().map(|byte| byte.count_zeros()).sum();
        assert!((40..400).contains(&black), "{black} dots of a hanzi of 24 by 24");
    }
}

#[test]
fn nothing_to_read_or_to_draw_is_an_error() {
    let png = path("nothing.png");
    let nothing = inspected("empty.bin", b"", &["--png", png.to_str().unwrap()]);
    assert_eq!(nothing["ok"], false);
    assert!(nothing["error"].as_str().unwrap().contains("nothing is printed"), "{nothing}");
    assert!(!png.exists());
    let args = Args::parse_from(["inspect", "escpos", "no/such/file"]);
    assert_eq!(answer(escpos::file(&args))["ok"], false);
}
