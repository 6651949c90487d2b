//! A conversation with an SDT reader that says what the input does.

use std::collections::VecDeque;
use std::convert::Infallible;

use embedded_pos::port::{Clock, Duration, Instant, Port, Told};
use embedded_pos::scan::document::card::IdText;
use embedded_pos::scan::document::sdt::{Config, Sdt};
use embedded_pos::sim::VirtualClock;
use embedded_pos::{ErrorType, nb};

/// Answers each command with the next part of the input: its length in two
/// bytes, and so many of it.
struct Reader<'a> {
    input: &'a [u8],
    coming: VecDeque<u8>,
    chunk: usize,
}

impl ErrorType for Reader<'_> {
    type Error = Infallible;
}

impl Port for Reader<'_> {
    fn try_read(&mut self, buf: &mut [u8]) -> nb::Result<usize, Infallible> {
        let n = buf.len().min(self.coming.len()).min(self.chunk);
        if n == 0 {
            return Err(nb::Error::WouldBlock);
        }
        buf.iter_mut().zip(self.coming.drain(..n)).for_each(|(to, from)| *to = from);
        Ok(n)
    }

    fn try_write(&mut self, bytes: &[u8]) -> nb::Result<usize, Infallible> {
        if let Some((len, rest)) = self.input.split_first_chunk() {
            let len = usize::from(u16::from_be_bytes(*len)).min(rest.len());
            let (reply, rest) = rest.split_at(len);
            self.coming.extend(reply);
            self.input = rest;
        }
        Ok(bytes.len())
    }
}

/// Whether the card was found, what was read of it, and the length of what was
/// told besides.
type Outcome = (bool, Option<[u8; IdText::LEN]>, usize);

fn talk(config: Config, input: &[u8], chunk: usize) -> Outcome {
    let mut clock = VirtualClock::in_steps(Duration::from_secs(10));
    let port = Reader { input, coming: VecDeque::new(), chunk };
    let mut driver = Sdt::new(port, config);
    let found = driver.card(Duration::from_secs(1)).wait(&mut clock).is_ok();
    let (mut text, mut told) = (IdText::new(), 0);
    let mut call = driver.read_fingerprints(&mut text);
    let read = loop {
        match call.next(&mut clock) {
            Ok(Told::Event(piece)) => {
                assert!((1..=64).contains(&piece.as_bytes().len()));
                told += piece.as_bytes().len();
            }
            Ok(Told::Done(())) => break true,
            Err(_) => break false,
        }
    };
    drop(call);
    assert!(read || *text.as_bytes() == [0; IdText::LEN], "something is left");
    assert!(!read || found, "no card was there");
    assert!(clock.now().since(Instant::ZERO) < Duration::from_secs(60), "no end");
    (found, read.then_some(*text.as_bytes()), told)
}

/// It ends, in any chunks with the same result; what is read came, every byte
/// of it, in one piece. The first byte chooses the framing.
pub fn run(data: &[u8]) {
    let Some((framing, data)) = data.split_first() else { return };
    let config = if framing & 1 == 0 { Config::new() } else { Config::oem() };
    let whole = talk(config, data, usize::MAX);
    assert!(whole == talk(config, data, 1), "the chunks matter");
    if let Some(text) = whole.1 {
        assert!(data.windows(text.len()).any(|window| window == text), "made up");
    }
}
