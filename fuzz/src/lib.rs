//! A wire that says what the fuzzer's input says, when it says it.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::rc::Rc;

use embedded_pos::fingerprint::Match;
use embedded_pos::port::{Call, Duration, Exchange, Instant, Port};
use embedded_pos::{Error, ErrorType, nb};

/// Longer than any call takes, whatever comes.
const DEADLINE: Duration = Duration::from_secs(600);

/// Makes an answer that the driver takes for sound: of what was sent last, and
/// of the input's bytes.
pub type Seal = fn(sent: &[u8], input: &[u8]) -> Vec<u8>;

#[derive(Default)]
struct State {
    coming: VecDeque<u8>,
    sent: Vec<u8>,
    /// All that the driver was given.
    given: Vec<u8>,
}

/// The driver's end.
#[derive(Clone, Default)]
pub struct Wire(Rc<RefCell<State>>);

impl ErrorType for Wire {
    type Error = Infallible;
}

impl Port for Wire {
    fn try_read(&mut self, buf: &mut [u8]) -> nb::Result<usize, Infallible> {
        let mut state = self.0.borrow_mut();
        let n = buf.len().min(state.coming.len());
        if n == 0 {
            return Err(nb::Error::WouldBlock);
        }
        let bytes: Vec<u8> = state.coming.drain(..n).collect();
        buf[..n].copy_from_slice(&bytes);
        state.given.extend(bytes);
        Ok(n)
    }

    fn try_write(&mut self, bytes: &[u8]) -> nb::Result<usize, Infallible> {
        // Short ones are link acknowledgements.
        if bytes.len() > 4 {
            self.0.borrow_mut().sent = bytes.to_vec();
        }
        Ok(bytes.len())
    }
}

/// The other end: the input, an operation after the other.
pub struct Talk<'a> {
    wire: Wire,
    input: &'a [u8],
    seal: Seal,
    now: Instant,
}

impl<'a> Talk<'a> {
    /// What the input says, and the wire to give to a driver.
    pub fn new(input: &'a [u8], seal: Seal) -> (Self, Wire) {
        let wire = Wire::default();
        (Self { wire: wire.clone(), input, seal, now: Instant::ZERO }, wire)
    }

    /// The next byte of the input.
    pub fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.input.split_first()?;
        self.input = rest;
        Some(*byte)
    }

    /// Says bytes, or a sealed answer, or lets time go by; silence at the end.
    fn go_on(&mut self) {
        let Some(operation) = self.byte() else {
            self.now += Duration::from_millis(50);
            return;
        };
        let amount = operation >> 2;
        match operation & 3 {
            0 => self.now += Duration::from_millis(u32::from(amount).pow(2).into()),
            kind => {
                let n = usize::from(amount).min(self.input.len());
                let (input, rest) = self.input.split_at(n);
                self.input = rest;
                let mut state = self.wire.0.borrow_mut();
                let bytes =
                    if kind == 1 { input.to_vec() } else { (self.seal)(&state.sent, input) };
                state.coming.extend(bytes);
                self.now += Duration::from_millis(1);
            }
        }
    }

    /// Holds a conversation to its end, which has to come.
    pub fn hold<X>(&mut self, mut call: Call<'_, Wire, X>) -> Option<X::Output>
    where
        X: Exchange,
        X::Fault: Error,
    {
        let end = self.now + DEADLINE;
        loop {
            match call.poll(self.now) {
                Ok(output) => return Some(output),
                Err(nb::Error::Other(_)) => return None,
                Err(nb::Error::WouldBlock) => self.go_on(),
            }
            assert!(self.now < end, "no end");
        }
    }

    /// No match is made up: the bytes of its slot came over the wire.
    pub fn heard(&self, found: Option<Option<Match>>, slot: fn(u16) -> [u8; 2]) {
        let Some(Some(found)) = found else { return };
        let slot = slot(found.slot.0);
        assert!(self.wire.0.borrow().given.windows(2).any(|two| two == slot), "{found:?}");
    }
}

/// The sum of bytes.
pub fn sum(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |sum, byte| sum.wrapping_add(u16::from(*byte)))
}

/// `N` bytes of the input, zeros where it ends.
pub fn padded<const N: usize>(input: &[u8]) -> [u8; N] {
    let mut out = [0; N];
    let n = N.min(input.len());
    out[..n].copy_from_slice(&input[..n]);
    out
}

/// A driver's calls, as the input chooses them, each to its end.
#[macro_export]
macro_rules! talk {
    ($data:expr, $seal:expr, $slot:expr, $driver:expr) => {
        let (mut talk, wire) = $crate::Talk::new($data, $seal);
        let mut driver = $driver(wire);
        while let Some(choice) = talk.byte() {
            let slot = embedded_pos::fingerprint::Slot((choice >> 2).into());
            match choice & 3 {
                0 => drop(talk.hold(driver.count())),
                1 => drop(talk.hold(driver.delete(slot))),
                2 => drop(talk.hold(driver.enrol(slot))),
                _ => {
                    let found = talk.hold(driver.identify());
                    talk.heard(found, $slot);
                }
            }
        }
    };
}
