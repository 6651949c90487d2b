//! A card at the end of a byte line that answers each message of ours with the
//! next part of the input: its length in a byte, and so many of it.

use std::collections::VecDeque;
use std::convert::Infallible;

use embedded_pos::port::{Clock, Duration, Instant, Port};
use embedded_pos::sim::VirtualClock;
use embedded_pos::{ErrorType, nb};

/// The host's end of the line.
pub struct Card<'a> {
    input: &'a [u8],
    coming: VecDeque<u8>,
    chunk: usize,
}

impl ErrorType for Card<'_> {
    type Error = Infallible;
}

impl Port for Card<'_> {
    fn try_read(&mut self, buf: &mut [u8]) -> nb::Result<usize, Infallible> {
        let n = buf.len().min(self.coming.len()).min(self.chunk);
        if n == 0 {
            return Err(nb::Error::WouldBlock);
        }
        buf.iter_mut().zip(self.coming.drain(..n)).for_each(|(to, from)| *to = from);
        Ok(n)
    }

    fn try_write(&mut self, bytes: &[u8]) -> nb::Result<usize, Infallible> {
        if let Some((len, rest)) = self.input.split_first() {
            let (said, rest) = rest.split_at(usize::from(*len).min(rest.len()));
            self.coming.extend(said);
            self.input = rest;
        }
        Ok(bytes.len())
    }
}

/// Longer than any command takes, whatever comes.
const DEADLINE: Duration = Duration::from_secs(600);

/// Holds a conversation to its end, which has to come.
pub fn talk<T>(
    input: &[u8],
    chunk: usize,
    hold: impl FnOnce(Card<'_>, &mut VirtualClock) -> T,
) -> T {
    let mut clock = VirtualClock::in_steps(Duration::from_secs(10));
    let done = hold(Card { input, coming: VecDeque::new(), chunk }, &mut clock);
    assert!(clock.now() < Instant::ZERO + DEADLINE, "no end");
    done
}
