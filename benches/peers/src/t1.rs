//! One command and its response over T=1, from the command APDU to the
//! response APDU; the card answers at once.

use std::convert::Infallible;
use std::hint::black_box;

use embedded_pos::card::T1Parameters;
use embedded_pos::card::t1::{Limits, Line, Timing};
use embedded_pos::port::{Clock, Instant, Port};
use embedded_pos::{ErrorType, nb};

use crate::digest;

/// READ RECORD 1 of file 1.
const COMMAND: [u8; 5] = [0x00, 0xB2, 0x01, 0x0C, 0x00];

/// A response of 100 bytes in its block.
static ANSWER: [u8; 104] = answer();

const fn answer() -> [u8; 104] {
    let mut block = [0x5A; 104];
    block[0] = 0x00;
    block[1] = 0x00;
    block[2] = 100;
    block[101] = 0x90;
    block[102] = 0x00;
    block[103] = 0;
    let mut at = 0;
    while at < 103 {
        block[103] ^= block[at];
        at += 1;
    }
    block
}

pub(crate) fn add(response: &[u8]) -> u64 {
    response.chunks(8).fold(0, |state, chunk| {
        digest(state, chunk.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
    })
}

/// The block made and the answer checked, without states, times, or another
/// block than these.
pub fn floor() -> u64 {
    let mut block = [0; 9];
    block[2] = 5;
    block[3..8].copy_from_slice(&black_box(COMMAND));
    block[8] = block[..8].iter().fold(0, |lrc, byte| lrc ^ byte);
    black_box(&block);
    let answer = black_box(&ANSWER);
    assert_eq!(answer.iter().fold(0, |lrc, byte| lrc ^ byte), 0);
    let mut response = [0; 100];
    response.copy_from_slice(&answer[3..103]);
    add(black_box(&response))
}

/// `embedded_pos::card::t1`, over its port.
pub fn ours() -> u64 {
    let timing = Timing::new(&T1Parameters::default(), 3_579_545, 372, 1);
    let mut line = Line::new(Card::default(), timing, Limits::DEFAULT);
    line.transmit(&black_box(COMMAND)).wait(&mut Skipping::default()).expect("the card answers");
    add(line.response())
}

/// Answers whatever comes, when it is whole.
#[derive(Default)]
struct Card {
    heard: usize,
    said: usize,
}

impl ErrorType for Card {
    type Error = Infallible;
}

impl Port for Card {
    fn try_read(&mut self, buf: &mut [u8]) -> nb::Result<usize, Infallible> {
        let left = if self.heard == 9 { &ANSWER[self.said..] } else { &[] };
        let n = left.len().min(buf.len());
        if n == 0 {
            return Err(nb::Error::WouldBlock);
        }
        buf[..n].copy_from_slice(&left[..n]);
        self.said += n;
        Ok(n)
    }

    fn try_write(&mut self, bytes: &[u8]) -> nb::Result<usize, Infallible> {
        self.heard += black_box(bytes).len();
        Ok(bytes.len())
    }
}

/// Waiting takes no time: it is over at once.
#[derive(Default)]
pub(crate) struct Skipping(Instant);

impl Clock for Skipping {
    fn now(&mut self) -> Instant {
        self.0
    }

    fn idle(&mut self, until: Instant) {
        self.0 = until;
    }
}
