//! A wire between a driver and a simulated module, on which the fuzzer's input
//! talks too.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::rc::Rc;

use embedded_pos::fingerprint::Match;
use embedded_pos::port::{Call, Clock, Duration, Exchange, Port};
use embedded_pos::sim::{Device, SimPort, Simulated, VirtualClock};
use embedded_pos::{Error, ErrorType, nb};

/// Longer than any call takes, whatever comes.
const DEADLINE: Duration = Duration::from_secs(600);

/// Makes an answer that the driver takes for sound: of what was sent last, and
/// of the input's bytes.
pub type Seal = fn(sent: &[u8], input: &[u8]) -> Vec<u8>;

struct State<D> {
    module: SimPort<D, VirtualClock>,
    /// So many bytes of the module's come through; others are lost.
    audible: usize,
    coming: VecDeque<u8>,
    sent: Vec<u8>,
    /// All that the driver was given.
    given: Vec<u8>,
}

impl<D: Device> State<D> {
    fn listen(&mut self) {
        let mut byte = [0];
        while self.module.try_read(&mut byte).is_ok() {
            if self.audible > 0 {
                self.audible -= 1;
                self.coming.extend(byte);
            }
        }
    }
}

/// The driver's end.
pub struct Wire<D>(Rc<RefCell<State<D>>>);

impl<D> ErrorType for Wire<D> {
    type Error = Infallible;
}

impl<D: Device> Port for Wire<D> {
    fn try_read(&mut self, buf: &mut [u8]) -> nb::Result<usize, Infallible> {
        let mut state = self.0.borrow_mut();
        state.listen();
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
        let mut state = self.0.borrow_mut();
        let _ = state.module.try_write(bytes);
        // Short ones are link acknowledgements.
        if bytes.len() > 4 {
            state.sent = bytes.to_vec();
        }
        Ok(bytes.len())
    }
}

/// The other end: the input, an operation after the other.
pub struct Talk<'a, D> {
    state: Rc<RefCell<State<D>>>,
    input: &'a [u8],
    seal: Seal,
    clock: VirtualClock,
}

impl<'a, D: Device> Talk<'a, D> {
    /// What the input says to that module, and the wire to give to a driver.
    pub fn new(input: &'a [u8], seal: Seal, module: D) -> (Self, Wire<D>) {
        let clock = VirtualClock::new();
        let state = Rc::new(RefCell::new(State {
            module: Simulated::new(module).port(clock.clone()),
            audible: 0,
            coming: VecDeque::new(),
            sent: Vec::new(),
            given: Vec::new(),
        }));
        (Self { state: state.clone(), input, seal, clock }, Wire(state))
    }

    /// The next byte of the input.
    pub fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.input.split_first()?;
        self.input = rest;
        Some(*byte)
    }

    /// Lets the module be heard, time go by, or says bytes or a sealed answer;
    /// silence at the end.
    fn go_on(&mut self) {
        let mut state = self.state.borrow_mut();
        if state.audible > 0 {
            return self.clock.advance(Duration::from_millis(10));
        }
        let Some((operation, input)) = self.input.split_first() else {
            return self.clock.advance(Duration::from_millis(50));
        };
        let amount = operation >> 2;
        let (input, rest) = match operation & 2 {
            0 => input.split_at(0),
            _ => input.split_at(usize::from(amount).min(input.len())),
        };
        self.input = rest;
        match operation & 3 {
            0 => state.audible = usize::from(amount) * 4,
            1 => self.clock.advance(Duration::from_millis(u64::from(amount).pow(2))),
            2 => state.coming.extend(input),
            _ => {
                let answer = (self.seal)(&state.sent, input);
                state.coming.extend(answer);
            }
        }
        self.clock.advance(Duration::from_millis(1));
    }

    /// Holds a conversation to its end, which has to come.
    pub fn hold<X>(&mut self, mut call: Call<'_, Wire<D>, X>) -> Option<X::Output>
    where
        X: Exchange,
        X::Fault: Error,
    {
        let end = self.clock.now() + DEADLINE;
        loop {
            match call.poll(self.clock.now()) {
                Ok(output) => return Some(output),
                Err(nb::Error::Other(_)) => return None,
                Err(nb::Error::WouldBlock) => self.go_on(),
            }
            assert!(self.clock.now() < end, "no end");
        }
    }

    /// No match is made up: the bytes of its slot came over the wire.
    pub fn heard(&self, found: Option<Option<Match>>, slot: fn(u16) -> [u8; 2]) {
        let Some(Some(found)) = found else { return };
        let slot = slot(found.slot.0);
        assert!(self.state.borrow().given.windows(2).any(|two| two == slot), "{found:?}");
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

/// A driver's calls to a module, as the input chooses them, each to its end.
#[macro_export]
macro_rules! talk {
    ($data:expr, $module:expr, $seal:expr, $slot:expr, $driver:expr) => {
        let (mut talk, wire) = $crate::Talk::new($data, $seal, $module);
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
