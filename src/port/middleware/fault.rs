use bitflags::bitflags;

use super::Direction;

use crate::ErrorType;
use crate::port::{CardLines, Clock, Duration, Instant, Port, SetBaud};

bitflags! {
    /// Ways to break a line.
    #[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
    pub struct Faults: u8 {
        /// A byte is missing.
        const DROP = 1;
        /// A bit of a byte is wrong.
        const FLIP = 1 << 1;
        /// A byte too many.
        const INSERT = 1 << 2;
        /// A byte comes twice.
        const DUPLICATE = 1 << 3;
        /// The line stands still for a while; nothing is lost.
        const DELAY = 1 << 4;
        /// The line is dead from then on.
        const CUT = 1 << 5;
        /// Bytes come one by one; nothing is lost. Those to the device always
        /// go so.
        const SPLIT = 1 << 6;
    }
}

/// How a [`FaultInjector`] breaks its line. The same plan and seed break it in
/// the same way.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct FaultPlan {
    /// Starts the pseudo-random sequence.
    pub seed: u64,
    /// What happens to bytes from the device.
    pub inbound: Faults,
    /// What happens to bytes to the device.
    pub outbound: Faults,
    /// A fault comes once in this many bytes, on average.
    pub one_in: u32,
    /// So many bytes at least between two faults of one direction. With the
    /// length of the longest frame, no two are in one frame.
    pub apart: u32,
    /// So many faults at most; the line is whole afterwards.
    pub at_most: u32,
    /// How long a [`Faults::DELAY`] lasts.
    pub delay: Duration,
}

/// Breaks a line on purpose, repeatably.
///
/// ```
/// use embedded_pos::port::middleware::{FaultInjector, FaultPlan, Faults};
/// use embedded_pos::port::Duration;
///
/// const PLAN: FaultPlan = FaultPlan {
///     seed: 7,
///     inbound: Faults::DROP.union(Faults::FLIP),
///     outbound: Faults::empty(),
///     one_in: 100,
///     apart: 32,
///     at_most: 3,
///     delay: Duration::from_millis(20),
/// };
/// # fn demo<P: embedded_pos::port::Port, C: embedded_pos::port::Clock>(uart: P, clock: C) {
/// let port = FaultInjector::new(uart, clock, PLAN);
/// # }
/// ```
#[derive(Debug)]
pub struct FaultInjector<P: ErrorType, C> {
    port: P,
    clock: C,
    plan: FaultPlan,
    random: u64,
    injected: u32,
    /// How many bytes from the device, and to it, are to pass whole.
    whole: (u32, u32),
    still_until: Instant,
    cut: bool,
    /// A byte that comes once more.
    again: Option<u8>,
    /// The port failed behind bytes that were handed over first.
    failed: Option<P::Error>,
    /// The byte offered before was broken but not taken; it stays broken.
    outbound: Option<Outbound>,
}

/// What goes out for the byte at the head of those to the device, decided once
/// however often it is offered.
#[derive(Clone, Copy, Debug)]
struct Outbound {
    offered: u8,
    first: Option<u8>,
    then: Option<u8>,
}

impl<P: ErrorType, C> FaultInjector<P, C> {
    /// Breaks `port` by `plan`; `clock` times the delays.
    pub const fn new(port: P, clock: C, plan: FaultPlan) -> Self {
        Self {
            port,
            clock,
            plan,
            // The generator must not start at zero.
            random: plan.seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1,
            injected: 0,
            whole: (0, 0),
            still_until: Instant::ZERO,
            cut: false,
            again: None,
            failed: None,
            outbound: None,
        }
    }

    /// How many faults were injected so far.
    #[must_use]
    pub const fn injected(&self) -> u32 {
        self.injected
    }

    /// Gives the port and the clock back.
    pub fn release(self) -> (P, C) {
        (self.port, self.clock)
    }

    /// xorshift64: enough to choose faults with.
    fn random(&mut self) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random
    }

    /// A fault for the byte at hand, if its turn has come.
    fn choose(&mut self, direction: Direction) -> Faults {
        let (from, whole) = match direction {
            Direction::In => (self.plan.inbound, &mut self.whole.0),
            Direction::Out => (self.plan.outbound, &mut self.whole.1),
        };
        if let Some(left) = whole.checked_sub(1) {
            *whole = left;
            return Faults::empty();
        }
        let kinds = from.difference(Faults::SPLIT);
        if kinds.is_empty() || self.injected >= self.plan.at_most {
            return Faults::empty();
        }
        if !self.random().is_multiple_of(u64::from(self.plan.one_in.max(1))) {
            return Faults::empty();
        }
        self.injected += 1;
        match direction {
            Direction::In => self.whole.0 = self.plan.apart,
            Direction::Out => self.whole.1 = self.plan.apart,
        }
        let count = u64::from(kinds.bits().count_ones()).max(1);
        let which = usize::try_from(self.random() % count).unwrap_or(0);
        kinds.iter().nth(which).unwrap_or_default()
    }

    fn flipped(&mut self, byte: u8) -> u8 {
        byte ^ (1 << (self.random() % 8))
    }

    fn noise(&mut self) -> u8 {
        self.random().to_le_bytes()[3]
    }
}

impl<P: Port, C: Clock> FaultInjector<P, C> {
    /// Whether the line stands still or is dead.
    fn is_still(&mut self) -> bool {
        self.cut || self.clock.now() < self.still_until
    }

    /// Stops the line for this fault, if it is one that does.
    fn stop(&mut self, fault: Faults) -> bool {
        match fault {
            Faults::DELAY => self.still_until = self.clock.now() + self.plan.delay,
            Faults::CUT => self.cut = true,
            _ => return false,
        }
        true
    }

    /// Breaks a byte from the device. `None`: it is lost.
    fn inbound(&mut self, byte: u8) -> Option<u8> {
        match self.choose(Direction::In) {
            Faults::DROP => None,
            Faults::FLIP => Some(self.flipped(byte)),
            Faults::INSERT => {
                self.again = Some(byte);
                Some(self.noise())
            }
            Faults::DUPLICATE => {
                self.again = Some(byte);
                Some(byte)
            }
            fault if self.stop(fault) => {
                self.again = Some(byte);
                None
            }
            _ => Some(byte),
        }
    }

    /// Decides what happens to a byte to the device.
    fn decide(&mut self, byte: u8) -> Outbound {
        let (first, then) = match self.choose(Direction::Out) {
            Faults::DROP => (None, None),
            Faults::FLIP => (Some(self.flipped(byte)), None),
            Faults::INSERT => (Some(self.noise()), Some(byte)),
            Faults::DUPLICATE => (Some(byte), Some(byte)),
            fault => {
                self.stop(fault);
                (Some(byte), None)
            }
        };
        Outbound { offered: byte, first, then }
    }
}

impl<P: ErrorType, C> ErrorType for FaultInjector<P, C> {
    type Error = P::Error;
}

impl<P: Port, C: Clock> Port for FaultInjector<P, C> {
    fn try_read(&mut self, buf: &mut [u8]) -> nb::Result<usize, Self::Error> {
        let most = if self.plan.inbound.contains(Faults::SPLIT) { 1 } else { buf.len() };
        if let Some(error) = self.failed.take() {
            return Err(nb::Error::Other(error));
        }
        let mut n = 0;
        for slot in buf.iter_mut().take(most) {
            if self.is_still() {
                break;
            }
            let byte = match self.again.take() {
                Some(byte) => Some(byte),
                None => {
                    let mut one = [0];
                    match self.port.try_read(&mut one) {
                        Ok(_) => self.inbound(one[0]),
                        Err(nb::Error::Other(error)) if n == 0 => return Err(error.into()),
                        Err(nb::Error::Other(error)) => {
                            self.failed = Some(error);
                            break;
                        }
                        Err(nb::Error::WouldBlock) => break,
                    }
                }
            };
            if let Some(byte) = byte {
                *slot = byte;
                n += 1;
            } else {
                break;
            }
        }
        if n == 0 { Err(nb::Error::WouldBlock) } else { Ok(n) }
    }

    fn try_write(&mut self, bytes: &[u8]) -> nb::Result<usize, Self::Error> {
        let Some(&byte) = bytes.first() else { return Ok(0) };
        if self.cut {
            // Nobody hears it, and nobody tells: as on a wire.
            return Ok(bytes.len());
        }
        // Another byte than before: the host gave that one up.
        let before = self.outbound.take_if(|before| before.offered == byte);
        let mut decided = before.unwrap_or_else(|| self.decide(byte));
        while let Some(byte) = decided.first {
            let result = if self.is_still() {
                Err(nb::Error::WouldBlock)
            } else {
                self.port.try_write(&[byte])
            };
            if let Err(error) = result {
                self.outbound = Some(decided);
                return Err(error);
            }
            decided.first = decided.then.take();
        }
        self.outbound = None;
        Ok(1)
    }

    fn baud(&mut self) -> Option<&mut dyn SetBaud<Error = Self::Error>> {
        self.port.baud()
    }

    fn card(&mut self) -> Option<&mut dyn CardLines<Error = Self::Error>> {
        self.port.card()
    }
}
