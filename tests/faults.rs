//! The figures of docs/faults.md: which damage each check lets through.

use embedded_pos::card::t1::{Block, Edc};
use embedded_pos::fingerprint::f5::frame::Frame as F5Frame;
use embedded_pos::fingerprint::gt511::frame::{DEVICE, Packet};
use embedded_pos::fingerprint::zfm::frame::{Frame, Pid};

/// Flips each single bit, and each pair of bits; how many of those the check
/// lets through, of how many pairs.
fn unseen(bytes: &[u8], is_taken: impl Fn(&[u8]) -> bool) -> (usize, usize, usize) {
    assert!(is_taken(bytes));
    let bits = bytes.len() * 8;
    let flipped = |flips: &[usize]| {
        let mut damaged = bytes.to_vec();
        flips.iter().for_each(|bit| damaged[bit / 8] ^= 0x80 >> (bit % 8));
        is_taken(&damaged)
    };
    let single = (0..bits).filter(|bit| flipped(&[*bit])).count();
    let pairs = (0..bits).flat_map(|a| (0..a).map(move |b| [a, b]));
    (single, pairs.filter(|pair| flipped(pair)).count(), bits * (bits - 1) / 2)
}

/// The answer to Search in the R503 manual's form: slot 3, score 100.
fn search_answer() -> Vec<u8> {
    let content = [0x00, 0x00, 0x03, 0x00, 0x64];
    let frame = Frame::new(0xFFFF_FFFF, Pid::Acknowledge, &content);
    let mut bytes = [0; 16];
    assert_eq!(frame.encode(&mut bytes), Some(16));
    bytes.to_vec()
}

fn is_frame(bytes: &[u8]) -> bool {
    Frame::split(bytes).is_ok_and(|(frame, rest)| {
        frame.is_intact() && frame.address == 0xFFFF_FFFF && rest.is_empty()
    })
}

/// The good answer to Identify of a GT-511C3: slot 3.
fn identify_answer() -> Vec<u8> {
    Packet::new(0x30, 3).encode().to_vec()
}

fn is_packet(bytes: &[u8]) -> bool {
    Packet::split(bytes).is_ok_and(|(packet, _)| packet.is_intact() && packet.device == DEVICE)
}

/// The answer to a search of an F5 module: number 5, permission 1.
fn f5_hit() -> Vec<u8> {
    F5Frame::new(0x0C, [0, 5, 1]).encode().to_vec()
}

fn is_f5(bytes: &[u8]) -> bool {
    F5Frame::split(bytes).is_ok_and(|(frame, _)| frame.is_intact())
}

/// An I-block of 20 bytes.
fn block(edc: Edc) -> Vec<u8> {
    let inf: Vec<u8> = (0..20).map(|byte| byte * 11).collect();
    let mut bytes = vec![0x00, 0x00, 20];
    bytes.extend(inf);
    match edc {
        Edc::Lrc => bytes.push(bytes.iter().fold(0, |lrc, byte| lrc ^ byte)),
        Edc::Crc => {
            let check = bytes.iter().fold(0xFFFF_u16, |mut crc, byte| {
                crc ^= u16::from(*byte);
                (0..8).for_each(|_| crc = if crc & 1 == 1 { crc >> 1 ^ 0x8408 } else { crc >> 1 });
                crc
            });
            bytes.extend(check.to_be_bytes());
        }
    }
    bytes
}

/// The reply to a read of four registers, as the module sends it.
fn reply() -> Vec<u8> {
    let mut bytes = vec![0x02, 0x00, 0x00, 0x04, 0xD6, 0x01, 0x20, 0x0A];
    bytes.extend(xmodem(&bytes[2..]).to_be_bytes());
    bytes
}

fn xmodem(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |mut crc, byte| {
        crc ^= u16::from(*byte) << 8;
        (0..8).for_each(|_| crc = if crc >> 15 == 1 { crc << 1 ^ 0x1021 } else { crc << 1 });
        crc
    })
}

fn is_reply(bytes: &[u8]) -> bool {
    let (body, check) = bytes.split_at(bytes.len() - 2);
    body[..2] == [2, 0]
        && usize::from(body[3]) == body.len() - 4
        && xmodem(&body[2..]).to_be_bytes() == check
}

#[test]
fn one_flipped_bit_is_always_seen_and_two_as_the_page_says() {
    let found = unseen(&search_answer(), is_frame);
    assert_eq!(found, (0, 38, 8_128), "16-bit sum");
    let found = unseen(&identify_answer(), is_packet);
    assert_eq!(found, (0, 48, 4_560), "16-bit sum of the GT-511");
    let found = unseen(&f5_hit(), is_f5);
    assert_eq!(found, (0, 80, 2_016), "XOR of the F5 modules");
    let found = unseen(&block(Edc::Lrc), |bytes| Block::decode(bytes, Edc::Lrc).is_ok());
    assert_eq!(found, (0, 1_892, 18_336), "XOR");
    let found = unseen(&block(Edc::Crc), |bytes| Block::decode(bytes, Edc::Crc).is_ok());
    assert_eq!(found, (0, 0, 19_900), "CRC of T=1");
    let found = unseen(&reply(), is_reply);
    assert_eq!(found, (0, 0, 3_160), "CRC of the GM65");
}

/// A byte too many: what stands at the frame's place then is as long as the
/// frame, and its last byte is left over. How many of all insertions give
/// another frame that is taken.
fn unseen_insertions(bytes: &[u8], is_taken: impl Fn(&[u8]) -> bool) -> (usize, usize) {
    let mut taken = 0;
    for at in 0..bytes.len() {
        for noise in 0..=0xFF {
            let mut long = bytes.to_vec();
            long.insert(at, noise);
            let front = &long[..bytes.len()];
            taken += usize::from(front != bytes && is_taken(front));
        }
    }
    (taken, bytes.len() * 256)
}

#[test]
fn a_byte_too_many_is_seen_as_the_page_says() {
    assert_eq!(unseen_insertions(&search_answer(), is_frame), (0, 4_096), "16-bit sum");
    assert_eq!(unseen_insertions(&identify_answer(), is_packet), (0, 3_072), "sum of the GT-511");
    assert_eq!(unseen_insertions(&f5_hit(), is_f5), (0, 2_048), "XOR of the F5 modules");
    let lrc = |bytes: &[u8]| Block::decode(bytes, Edc::Lrc).is_ok();
    assert_eq!(unseen_insertions(&block(Edc::Lrc), lrc), (20, 6_144), "XOR");
    assert_eq!(unseen_insertions(&reply(), is_reply), (0, 2_560), "CRC of the GM65");
}

/// A byte too few, and silence behind it: no frame at all.
#[test]
fn a_byte_too_few_is_always_seen() {
    type Taken = fn(&[u8]) -> bool;
    let lrc: Taken = |bytes| Block::decode(bytes, Edc::Lrc).is_ok();
    for (bytes, is_taken) in [
        (search_answer(), is_frame as Taken),
        (identify_answer(), is_packet),
        (block(Edc::Lrc), lrc),
        (reply(), is_reply),
    ] {
        for at in 0..bytes.len() {
            let mut short = bytes.clone();
            short.remove(at);
            assert!(!is_taken(&short), "{at} is missing");
        }
    }
}
