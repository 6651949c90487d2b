//! The trace of the examples: frames are found and decoded, however they are
//! chopped.

#[path = "../examples/common/mod.rs"]
mod common;

use common::trace::{Decoder, Protocol};
use embedded_pos::port::middleware::Direction::{self, In, Out};

/// What the trace says of a stream, fed byte by byte as `Lines` does.
fn said(decoder: &mut Decoder, direction: Direction, stream: &[u8]) -> Vec<String> {
    let (mut waiting, mut said) = (Vec::new(), Vec::new());
    for byte in stream {
        waiting.push(*byte);
        while let Some((len, meaning)) = decoder.first(direction, &waiting) {
            assert!((1..=waiting.len()).contains(&len));
            waiting.drain(..len);
            said.push(meaning);
        }
    }
    assert!(waiting.is_empty(), "{waiting:02X?} was left");
    said
}

fn one(protocol: Protocol, direction: Direction, stream: &[u8]) -> Vec<String> {
    said(&mut Decoder::new(protocol), direction, stream)
}

#[test]
fn fingerprint_frames() {
    let verify =
        [0xEF, 0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0x01, 0x00, 0x07, 0x13, 0, 0, 0, 0, 0x00, 0x1B];
    assert_eq!(one(Protocol::Zfm, Out, &verify), ["VfyPwd, sum ok"]);
    let mut bad = verify;
    bad[15] ^= 1;
    assert_eq!(one(Protocol::Zfm, Out, &bad), ["VfyPwd, wrong sum"]);
    let miss = [0x55, 0x00, 0xEF, 0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0x07, 0x00, 0x03, 0x09, 0x00, 0x13];
    let expected = ["the module started", "noise", "not found in the library, sum ok"];
    assert_eq!(one(Protocol::Zfm, In, &miss), expected);
}

#[test]
fn frames_of_the_other_fingerprint_families() {
    let hex = |text: &str| -> Vec<u8> {
        let digit = |at| u8::from_str_radix(&text[at..at + 2], 16).unwrap();
        (0..text.len()).step_by(2).map(digit).collect()
    };
    let start = hex("55AA01001700000022003901");
    assert_eq!(one(Protocol::Gt511, Out, &start), ["EnrollStart, sum ok"]);
    assert_eq!(one(Protocol::Gt511, In, &hex("55AA01000000000030003001")), ["done: 0, sum ok"]);
    let search = hex("F50C000000000CF5");
    assert_eq!(one(Protocol::F5, Out, &search), ["search 1:N, check ok"]);
    let hit = one(Protocol::F5, In, &hex("F50C0005010008F5"));
    assert_eq!(hit, ["search 1:N: template 5, check ok"]);
    let enrol = hex("4005299900000000000000070A");
    assert_eq!(one(Protocol::Sfm, Out, &enrol), ["ES enrol by scan, sum ok"]);
    let version = hex("000012000C00010001000430020004100000036000000490EADE");
    let expected = ["acknowledged", "INFO, segment 1 of 1, CRC ok"];
    assert_eq!(
        one(Protocol::BmLite, In, &[&[0x7F, 0xFF, 0x01, 0x7F], &version[..]].concat()),
        expected
    );
}

#[test]
fn gm65_frames_and_codes() {
    let read = [0x7E, 0x00, 0x07, 0x01, 0x00, 0x2A, 0x02, 0xD8, 0x0F];
    assert_eq!(one(Protocol::Gm65, Out, &read), ["read 2 from 002Ah, CRC ok"]);
    // A code between two replies: only its length is told.
    let stream = b"\x02\x00\x00\x01\x00\x33\x31\x03\x05HELLO\x02\x00\x00\x01\x00\x33\x30";
    let expected = ["done, 1 bytes, CRC ok", "a code of 5 bytes", "done, 1 bytes, wrong CRC"];
    assert_eq!(one(Protocol::Gm65, In, stream), expected);
}

/// A frame of the reader around a T=1 block around what is said.
fn ccid(kind: u8, pcb: u8, inf: &[u8]) -> Vec<u8> {
    let lrc = |bytes: &[u8]| bytes.iter().fold(0, |sum, byte| sum ^ byte);
    let mut block = vec![0x00, pcb, u8::try_from(inf.len()).unwrap()];
    block.extend(inf);
    block.push(lrc(&block));
    let len = u8::try_from(block.len()).unwrap();
    let mut frame = vec![0x03, 0x06, kind, len, 0, 0, 0, 0, 9, 0, 0, 0];
    frame.extend(block);
    frame.push(lrc(&frame));
    frame
}

#[test]
fn commands_and_status_words_in_t1_in_ccid() {
    let mut decoder = Decoder::new(Protocol::Ccid);
    let command = ccid(0x6F, 0x20, &[0x00, 0xA4, 0x04, 0x00, 0x05]);
    let start = "XfrBlock 9, T=1 I(0, more): 00 A4 04 00 SELECT";
    assert_eq!(said(&mut decoder, Out, &command), [start]);
    assert_eq!(said(&mut decoder, In, &command), ["XfrBlock 9, echo"]);
    let rest = said(&mut decoder, Out, &ccid(0x6F, 0x40, &[0xA0, 0, 0, 3, 0x33]));
    assert_eq!(rest, ["XfrBlock 9, T=1 I(1): 5 bytes of a chain"]);
    let response = said(&mut decoder, In, &ccid(0x80, 0x00, &[0x6A, 0x82]));
    assert_eq!(response, ["DataBlock 9, T=1 I(0): 6A82 (file or application not found)"]);
    let mut bad = ccid(0x80, 0x00, &[0x6A, 0x82]);
    bad[16] ^= 1;
    assert_eq!(said(&mut decoder, In, &bad), ["DataBlock 9, wrong check"]);
    assert_eq!(said(&mut decoder, In, &[0x50, 0x03, 0x03, 0x15, 0x16]).len(), 2);
}

#[test]
fn the_camera_speaks_json_and_its_plates_gbk() {
    let text = b"{\"license\" :\n \"\xBD\xF2A12345\"}";
    let mut frame = b"VZ\x00\x02\x00\x00\x00".to_vec();
    frame.push(u8::try_from(text.len()).unwrap());
    frame.extend(text);
    frame.extend(b"VZ\x01\x00\x00\x00\x00\x00");
    let expected = ["2: {\"license\" : \"津A12345\"}", "0: heartbeat"];
    assert_eq!(one(Protocol::Vzenith, In, &frame), expected);
}

#[test]
fn what_the_printer_prints_and_is_asked() {
    let mut decoder = Decoder::new(Protocol::EscPos);
    // Bold 罚款, then the question for the paper.
    let said_out = said(&mut decoder, Out, b"\x1BE\x01\xB7\xA3\xBF\xEE\n\x10\x04\x04");
    assert_eq!(said_out, ["\"罚款\", feed 30", "DLE EOT 4"]);
    let said_in = said(&mut decoder, In, b"\x12\x12");
    assert_eq!(said_in, ["answer to DLE EOT 4", "answer to nothing that was asked"]);
}
