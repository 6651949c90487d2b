//! A line that breaks one byte.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use embedded_pos::port::{Clock, Duration, Instant, Port};
use embedded_pos::sim::VirtualClock;
use embedded_pos::{ErrorType, nb};

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum How {
    Dropped,
    Doubled,
    Flipped(u8),
    Delayed(Duration),
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Way {
    In,
    Out,
}

/// The byte number `at` of one direction is broken.
#[derive(Debug)]
pub struct Broken<P> {
    port: P,
    clock: VirtualClock,
    fault: Option<(Way, usize, How)>,
    seen: Arc<Mutex<[usize; 2]>>,
    held: VecDeque<(Instant, u8)>,
    out_until: Instant,
}

impl<P> Broken<P> {
    pub fn new(port: P, clock: VirtualClock, fault: Option<(Way, usize, How)>) -> Self {
        let (held, out_until) = (VecDeque::new(), Instant::ZERO);
        Self { port, clock, fault, seen: Arc::default(), held, out_until }
    }

    /// How many bytes came and went.
    pub fn seen(&self) -> Arc<Mutex<[usize; 2]>> {
        Arc::clone(&self.seen)
    }

    /// What becomes of the next byte of a direction, and whether the line
    /// stands still before it.
    fn pass(&mut self, way: Way, byte: u8) -> (Vec<u8>, Duration) {
        let mut seen = self.seen.lock().unwrap();
        seen[way as usize] += 1;
        match self.fault {
            Some((of, at, how)) if of == way && at + 1 == seen[way as usize] => match how {
                // The sum does not tell, and no wire of this chip can.
                How::Dropped if way == Way::Out && byte == 0 => (vec![byte], Duration::ZERO),
                How::Dropped => (vec![], Duration::ZERO),
                How::Doubled => (vec![byte; 2], Duration::ZERO),
                How::Flipped(mask) => (vec![byte ^ mask], Duration::ZERO),
                How::Delayed(by) => (vec![byte], by),
            },
            _ => (vec![byte], Duration::ZERO),
        }
    }
}

impl<P: ErrorType> ErrorType for Broken<P> {
    type Error = P::Error;
}

impl<P: Port> Port for Broken<P> {
    fn try_read(&mut self, buf: &mut [u8]) -> nb::Result<usize, P::Error> {
        let now = self.clock.now();
        let mut bytes = [0; 512];
        match self.port.try_read(&mut bytes) {
            Ok(n) => {
                for byte in &bytes[..n] {
                    let (passed, delay) = self.pass(Way::In, *byte);
                    let last = self.held.back().map_or(now, |(at, _)| *at).max(now);
                    self.held.extend(passed.into_iter().map(|byte| (last + delay, byte)));
                }
            }
            Err(nb::Error::WouldBlock) => {}
            Err(error) => return Err(error),
        }
        let due = self.held.iter().take_while(|(at, _)| *at <= now).count().min(buf.len());
        for (to, (_, from)) in buf.iter_mut().zip(self.held.drain(..due)) {
            *to = from;
        }
        if due == 0 { Err(nb::Error::WouldBlock) } else { Ok(due) }
    }

    fn try_write(&mut self, bytes: &[u8]) -> nb::Result<usize, P::Error> {
        let now = self.clock.now();
        if now < self.out_until {
            return Err(nb::Error::WouldBlock);
        }
        let (passed, delay) = self.pass(Way::Out, bytes[0]);
        self.out_until = now + delay;
        if !passed.is_empty() {
            self.port.try_write(&passed)?;
        }
        Ok(1)
    }
}
