use std::format;
use std::string::{String, ToString};
use std::vec::Vec;

use super::*;

/// What comes of a message in pieces of this size: headers, data and ends.
fn parts(message: &[u8], piece: usize) -> Vec<String> {
    let mut multipart = Multipart::new();
    let mut seen: Vec<String> = Vec::new();
    let mut data = Vec::new();
    for mut bytes in message.chunks(piece.max(1)) {
        loop {
            let (used, part) = multipart.push(bytes);
            let pushed = bytes;
            bytes = &bytes[used..];
            match part {
                None => break,
                Some(Part::Begin) => {
                    let head = multipart.head();
                    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).to_string();
                    seen.push(format!(
                        "{}|{}|{}|{:?}",
                        text(&head.name),
                        text(&head.file),
                        text(&head.mime),
                        head.length
                    ));
                }
                Some(Part::Data(span)) => {
                    let more = multipart.data(pushed, span);
                    assert!(!more.is_empty());
                    data.extend_from_slice(more);
                }
                Some(Part::End) => {
                    seen.push(data.iter().map(|byte| char::from(*byte)).collect());
                    data.clear();
                }
                Some(Part::Close) => seen.push("--".into()),
            }
        }
        assert!(bytes.is_empty());
    }
    if !data.is_empty() {
        seen.push(format!("...{}", data.len()));
    }
    seen
}

fn same(message: &[u8]) -> Vec<String> {
    let whole = parts(message, usize::MAX);
    for piece in 1..message.len().min(90) {
        assert_eq!(parts(message, piece), whole, "in pieces of {piece}");
    }
    whole
}

#[test]
fn a_form() {
    let message = b"--7d\r\nContent-Disposition: form-data; name=\"anpr.xml\"; filename=\"a;b.xml\"\r\n\
        content-type : text/xml; charset=UTF-8\r\nContent-Length: 3\r\n\r\n<a>\r\n--7d\r\n\
        Content-Disposition: form-data;filename=x.jpg;name=p\r\n\r\n\xFF\r\n--7\r\r\n\r\n--7d--\r\n";
    assert_eq!(
        same(message),
        ["anpr.xml|a;b.xml|text/xml|Some(3)", "<a>", "p|x.jpg||None", "\u{FF}\r\n--7\r\r\n", "--"]
    );
}

#[test]
fn a_part_ends_with_its_length_though_no_boundary_comes() {
    let message = b"\r\n--b\r\nContent-Length: 4\r\n\r\nab\r\n";
    assert_eq!(same(message), ["|||Some(4)", "ab\r\n"]);
    let message = b"--b\nContent-Length:2\n\nab\n--b\nContent-Length:0\n\n--b--";
    assert_eq!(same(message), ["|||Some(2)", "ab", "|||Some(0)", "", "--"]);
}

#[test]
fn lengths_that_lie_lose_no_other_part() {
    for length in ["1", "9", "4000000000", "99999999999", "-1", "x"] {
        let message =
            format!("--b\r\nContent-Length: {length}\r\n\r\nabc\r\n--b\r\n\r\nd\r\n--b--");
        let seen = same(message.as_bytes());
        assert_eq!(&seen[2..], ["|||None", "d", "--"], "{length}");
    }
    for length in 1..16 {
        let message = format!(
            "--boundary\r\nContent-Length: {length}\r\n\r\nabc\r\n--boundary\r\n\r\nd\r\n--boundary--"
        );
        assert_eq!(&same(message.as_bytes())[2..], ["|||None", "d", "--"], "{length}");
    }
}

/// Where a length ends amid what looks like a boundary.
#[test]
fn lengths_that_end_in_a_boundary_end_alike_in_any_pieces() {
    for middle in
        ["\r\n---b\r\n", "\r\n--\r\n--b\r\n", "\r\n-\r\n--b\r\n", "\n--x--b\r\n", "\r\r\n--b"]
    {
        for length in 1..12 {
            let message = format!("--b\r\nContent-Length: {length}\r\n\r\n{middle}\r\nd\r\n--b--");
            same(message.as_bytes());
        }
    }
}

#[test]
fn empty_parts_and_long_headers() {
    let long = "x".repeat(10_000);
    let message = format!("pre\r\n--b\r\nX: {long}\r\n{long}\r\n\r\n--b\r\n\r\n\r\n--b--");
    assert_eq!(same(message.as_bytes()), ["|||None", "", "|||None", "", "--"]);
}

#[test]
fn what_is_no_boundary() {
    for text in ["", "--", "--\r\n--\r\n", "-x\r\n", "--\x01b\r\n\r\n"] {
        assert_eq!(same(text.as_bytes()), [""; 0], "{text:?}");
    }
    let long = ["--", &"b".repeat(71), "\r\n\r\nx"].concat();
    assert_eq!(same(long.as_bytes()), [""; 0]);
    let longest = ["--", &"b".repeat(70), "\r\n\r\nx"].concat();
    assert_eq!(same(longest.as_bytes()), ["|||None", "...1"]);
}
