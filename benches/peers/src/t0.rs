//! One command and its response over T=0, from the command APDU to the
//! response APDU; the card answers at once, all of its data in one go.

use std::convert::Infallible;
use std::hint::black_box;

use embedded_pos::card::t0::{Limits, Line, Timing};
use embedded_pos::port::Port;
use embedded_pos::{ErrorType, nb};

use crate::t1::{Skipping, add};

/// READ RECORD 1 of file 1, 98 bytes.
const COMMAND: [u8; 5] = [0x00, 0xB2, 0x01, 0x0C, 98];

/// The procedure byte, 98 bytes, the status word.
static ANSWER: [u8; 101] = answer();

const fn answer() -> [u8; 101] {
    let mut answer = [0x5A; 101];
    answer[0] = 0xB2;
    answer[99] = 0x90;
    answer[100] = 0x00;
    answer
}

/// The procedure byte looked at and the rest copied, without states, times, or
/// another order than this.
pub fn floor() -> u64 {
    black_box(black_box(COMMAND));
    let answer = black_box(&ANSWER);
    assert_eq!(answer[0], COMMAND[1]);
    let mut response = [0; 100];
    response.copy_from_slice(&answer[1..]);
    add(black_box(&response))
}

/// `embedded_pos::card::t0`, over its port.
pub fn ours() -> u64 {
    let timing = Timing::new(Timing::DEFAULT_WI, 3_579_545, 372, 1);
    let mut line = Line::new(Card::default(), timing, Limits::DEFAULT);
    let command = black_box(COMMAND);
    line.transmit(&command).wait(&mut Skipping::default()).expect("the card answers");
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
        let left = if self.heard == COMMAND.len() { &ANSWER[self.said..] } else { &[] };
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
