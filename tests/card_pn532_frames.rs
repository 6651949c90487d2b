//! Frames of the PN532: those of the manual, and everything near them.

mod pn532_support;

use std::sync::{Arc, Mutex};

use embedded_pos::card::contactless::Technology;
use embedded_pos::card::reader::pn532::frame::{Found, find};
use embedded_pos::card::reader::pn532::{Cause, Config, Pn532, RfItem, Status};
use embedded_pos::port::middleware::{Direction, Trace, Tracer};
use embedded_pos::sim::card::Pn532 as Chip;
use embedded_pos::sim::{Simulated, VirtualClock};
use embedded_pos::{Error, ErrorKind};
use proptest::prelude::*;

/// Name, frame and data of each vector.
fn vectors() -> Vec<(String, Vec<u8>, Vec<u8>)> {
    let hex = |text: &str| -> Vec<u8> {
        let digits: Vec<u32> = text.trim().chars().map(|c| c.to_digit(16).unwrap()).collect();
        digits.chunks(2).map(|pair| u8::try_from(pair[0] * 16 + pair[1]).unwrap()).collect()
    };
    let lines = include_str!("vectors/pn532/frames.txt").lines().skip(1);
    lines
        .map(|line| {
            let fields: Vec<&str> = line.split('|').collect();
            (fields[0].trim().to_owned(), hex(fields[2]), hex(fields[3]))
        })
        .collect()
}

fn vector(name: &str) -> Vec<u8> {
    vectors().into_iter().find(|(known, ..)| known == name).unwrap().1
}

/// All that is found in some bytes, noise left out.
fn found(bytes: &[u8]) -> Vec<Found<'_>> {
    let (mut rest, mut all) = (bytes, Vec::new());
    while let Some((found, used)) = find(rest) {
        all.extend(Some(found).filter(|found| *found != Found::Noise));
        rest = &rest[used..];
    }
    all
}

#[test]
fn the_frames_of_the_manual() {
    for (name, frame, data) in vectors() {
        let want = match &name[..] {
            "ack" => Found::Ack,
            "nack" => Found::Nack,
            _ => Found::Data(&data),
        };
        assert_eq!(found(&frame), [want], "{name}");
        // Among others, and with more 00 between them.
        let three = [&frame[..], &[0, 0, 0], &frame, &vector("ack")].concat();
        assert_eq!(found(&three), [want, want, Found::Ack], "{name}");
    }
}

#[test]
fn every_truncation_and_every_flipped_bit_is_noticed() {
    for (name, frame, data) in vectors() {
        for len in 0..frame.len() {
            let cut = found(&frame[..len]);
            // The 00 behind ACK and NACK may be missing.
            assert!(cut.is_empty() || data.is_empty() && len + 1 == frame.len(), "{name}: {len}");
        }
        for bit in 0..frame.len() * 8 {
            let mut wrong = frame.clone();
            wrong[bit / 8] ^= 1 << (bit % 8);
            wrong.extend([0; 4]);
            let same = found(&wrong).contains(&Found::Data(&data));
            // That before the start code is no part of it.
            assert!(!same || bit < 8, "{name}: bit {bit}");
        }
    }
}

#[test]
fn a_lost_byte_is_noticed_whatever_it_is() {
    for (name, frame, data) in vectors().into_iter().filter(|(_, _, data)| !data.is_empty()) {
        for lost in 2..frame.len() {
            let mut short = frame.clone();
            short.remove(lost);
            // What comes next begins with the 00 that it lacks, but not at once.
            let known = found(&short);
            assert!(known.iter().all(|found| *found != Found::Data(&data)), "{name}: {lost}");
            assert!(!known.iter().any(|found| matches!(found, Found::Data(_))), "{name}: {lost}");
        }
    }
}

#[derive(Clone, Default)]
struct Sent(Arc<Mutex<Vec<u8>>>);

impl Trace for Sent {
    fn bytes(&mut self, direction: Direction, bytes: &[u8]) {
        if direction == Direction::Out {
            self.0.lock().unwrap().extend(bytes);
        }
    }
}

#[test]
fn the_driver_sends_them() {
    let (mut clock, chip, sent) =
        (VirtualClock::new(), Simulated::new(Chip::new()), Sent::default());
    chip.device().air.add(pn532_support::echo());
    let port = Tracer::new(chip.port(clock.clone()), sent.clone());
    let mut reader = Pn532::new(port, Config::DEFAULT);
    reader.init().wait(&mut clock).unwrap();
    reader.configure_rf(RfItem::Field { automatic: false, on: false }).wait(&mut clock).unwrap();
    reader.list(Technology::B).wait(&mut clock).unwrap();
    reader.list(Technology::A).wait(&mut clock).unwrap();
    reader.diagnose_presence().wait(&mut clock).unwrap();
    let bytes = sent.0.lock().unwrap().clone();
    let has = |name: &str| {
        let frame = vector(name);
        assert!(bytes.windows(frame.len()).any(|window| window == frame), "{name}");
    };
    // Woken up, and told to stop, before all else.
    assert_eq!(bytes[..16], [0x55, 0x55, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!(bytes[16..22], vector("ack"));
    for name in [
        "sam-request",
        "firmware-request",
        "retries-request",
        "field-off-request",
        "list-b-request",
        "list-a-request",
        "presence-request",
    ] {
        has(name);
    }
}

#[test]
fn a_status_keeps_its_byte_and_says_what_a_caller_can_do() {
    let status = Status(0x41);
    assert_eq!((status.0, status.code(), status.cause()), (0x41, 0x01, Cause::Timeout));
    assert!(status.has_more());
    let kinds = [
        (0x01, ErrorKind::Timeout),
        (0x02, ErrorKind::Protocol),
        (0x0D, ErrorKind::Hardware),
        (0x27, ErrorKind::Refused),
        (0x2B, ErrorKind::Absent),
        (0x3F, ErrorKind::Other),
    ];
    for (raw, kind) in kinds {
        assert_eq!(Status(raw).kind(), kind, "{raw:02X}");
        assert!(Status(raw).to_string().contains(&format!("{raw:02X}")));
    }
    assert_eq!(Status(0x3F).cause(), Cause::Other);
}

proptest! {
    #[test]
    fn any_data_comes_through(data in prop::collection::vec(any::<u8>(), 1..264), response: bool) {
        let content = [&[if response { 0xD5 } else { 0xD4 }], &data[..]].concat();
        let [high, low] = u16::try_from(content.len()).unwrap().to_be_bytes();
        let mut frame = vec![0x00, 0xFF];
        if content.len() > 255 {
            frame.extend([0xFF, 0xFF, high]);
        }
        frame.extend([low, 0_u8.wrapping_sub(high).wrapping_sub(low)]);
        frame.extend(&content);
        frame.push(content.iter().fold(0, |sum: u8, byte| sum.wrapping_sub(*byte)));
        for len in 0..=frame.len() {
            prop_assert_eq!(find(&frame[..len]), None);
        }
        frame.push(0x00);
        prop_assert_eq!(find(&frame), Some((Found::Data(&content), frame.len())));
    }
}
