//! A conversation with a PN532 that says what the input does.

use std::collections::VecDeque;
use std::convert::Infallible;

use embedded_pos::card::reader::pn532::{Config, Pn532};
use embedded_pos::port::{Clock, Duration, Instant, Port};
use embedded_pos::sim::VirtualClock;
use embedded_pos::{ErrorType, nb};

/// Answers each part that is sent with the next part of the input: its length
/// in two bytes, and so many of it.
struct Chip<'a> {
    input: &'a [u8],
    coming: VecDeque<u8>,
    chunk: usize,
}

impl ErrorType for Chip<'_> {
    type Error = Infallible;
}

impl Port for Chip<'_> {
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

/// Whether a card was seen, its ATR, and the response to an APDU.
type Outcome = (bool, Option<Vec<u8>>, Option<Vec<u8>>);

fn talk(input: &[u8], chunk: usize) -> Outcome {
    let mut clock = VirtualClock::in_steps(Duration::from_millis(50));
    let port = Chip { input, coming: VecDeque::new(), chunk };
    let mut driver = Pn532::new(port, Config::DEFAULT);
    let seen = driver.look().wait(&mut clock) == Ok(true);
    let activated = driver.activate().wait(&mut clock).is_ok();
    let atr = driver.atr().map(|atr| atr.as_bytes().to_vec());
    assert_eq!(activated, atr.is_some());
    let answered = driver.transmit(&[0x00, 0xB2, 0x01, 0x0C, 0x00]).wait(&mut clock);
    let response = answered.is_ok().then(|| driver.response().to_vec());
    assert!(response.is_some() || driver.response().is_empty(), "something is left");
    assert!(response.is_none() || atr.is_some(), "no card was there");
    let _ = driver.deactivate().wait(&mut clock);
    assert!(clock.now().since(Instant::ZERO) < Duration::from_secs(300), "no end");
    (seen, atr, response)
}

/// It ends, in any chunks with the same result; every byte of a response came.
pub fn run(data: &[u8]) {
    let whole = talk(data, usize::MAX);
    assert!(whole == talk(data, 1), "the chunks matter");
    if let Some(response) = whole.2 {
        assert!((2..=258).contains(&response.len()));
        assert!(response.iter().all(|byte| data.contains(byte)), "made up");
    }
}
