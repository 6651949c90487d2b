//! One command and its response over ISO-DEP, from the command APDU to the
//! response APDU, block by block; the card answers at once.

use std::hint::black_box;

use embedded_pos::card::contactless::iso_dep::{Heard, Limits, Next, Session, Transfer};

use crate::digest;

/// READ RECORD 1 of file 1.
const COMMAND: [u8; 5] = [0x00, 0xB2, 0x01, 0x0C, 0x00];

/// A response of 100 bytes in its block.
static ANSWER: [u8; 101] = answer();

const fn answer() -> [u8; 101] {
    let mut block = [0x5A; 101];
    block[0] = 0x02;
    block[99] = 0x90;
    block[100] = 0x00;
    block
}

fn add(response: &[u8]) -> u64 {
    response.chunks(8).fold(0, |state, chunk| {
        digest(state, chunk.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
    })
}

/// The block made and the answer taken, without states, times, or another block
/// than these.
pub fn floor() -> u64 {
    let mut block = [0; 6];
    block[0] = 0x02;
    block[1..].copy_from_slice(&black_box(COMMAND));
    black_box(&block);
    let answer = black_box(&ANSWER);
    assert_eq!(answer[0], 0x02);
    let mut response = [0; 100];
    response.copy_from_slice(&answer[1..]);
    add(black_box(&response))
}

/// `embedded_pos::card::contactless::iso_dep`.
pub fn ours() -> u64 {
    let mut session = Session::new(Limits::DEFAULT);
    session.reset(256, 8, None);
    let command = black_box(COMMAND);
    let mut transfer = Transfer::command(&mut session, &command).expect("a command");
    let mut block = [0; 256];
    let len = transfer.block(&mut session, &mut block);
    black_box(&block[..len]);
    let next = transfer.heard(&mut session, Heard::Block(black_box(&ANSWER)));
    assert_eq!(next, Next::Done(Ok(())));
    add(session.response())
}
