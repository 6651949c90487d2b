use super::command;
use super::fault::Fault;
use super::link::Link;
use super::profile::{Profile, Timing};
use super::wait::Wait;
use crate::port::{Exchange, Instant, Step, StepOf};
use crate::printer::Status;

/// One of the four bytes that `DLE EOT` is answered with.
///
/// The bits: Epson's reference, and the manuals of TM-L60II, TM-U295 and
/// Citizen iDP-3221, which agree. Where a sensor has two bits, some clones set
/// one of them (PNP-500, MTP-2100); either counts.
fn decode(n: u8, byte: u8) -> Status {
    let bit = |mask: u8, flag: Status| if byte & mask == 0 { Status::empty() } else { flag };
    match n {
        1 => {
            let online = if byte & 0x08 == 0 { Status::ONLINE } else { Status::empty() };
            online | bit(0x20, Status::RECOVERABLE) | bit(0x40, Status::FEEDING)
        }
        2 => {
            bit(0x04, Status::COVER_OPEN)
                | bit(0x08, Status::FEEDING)
                | bit(0x20, Status::PAPER_OUT)
        }
        3 => {
            bit(0x04, Status::RECOVERABLE)
                | bit(0x08, Status::CUTTER_ERROR)
                | bit(0x20, Status::FATAL)
                | bit(0x40, Status::OVERHEATED)
        }
        4 => bit(0x0C, Status::PAPER_LOW) | bit(0x60, Status::PAPER_OUT),
        _ => Status::empty(),
    }
}

/// `0xx1xx10`: what tells a status byte from XON and XOFF, from automatic
/// status, from answers to `GS r`, and from a line that is dead (00h, FFh).
const fn is_status(byte: u8) -> bool {
    byte & 0x93 == 0x12
}

/// `DLE EOT` 2, bit 6: an error occurred.
const ERROR_OCCURRED: u8 = 0x40;

/// The conversation that asks the printer how it is.
///
/// One request at a time, and silence between; twice if need be. A request
/// that was given up may be answered late, and the answer to one would pass
/// for the answer to another. So after that, first all is waited for that may
/// still come; and an answer too many, at the end of it, spoils the attempt.
#[derive(Debug)]
pub struct Ask<F> {
    phase: Phase,
    wait: Wait,
    request: [u8; 3],
    asked: usize,
    attempts: u8,
    /// Older answers may still come.
    careful: bool,
    found: Found,
    flow: core::marker::PhantomData<fn() -> F>,
}

/// What the answers said so far.
#[derive(Clone, Copy, Debug, Default)]
struct Found {
    status: Status,
    error_occurred: bool,
    garbage: Option<u8>,
    /// A status byte that was not asked for: an older answer stands among
    /// those that were taken.
    excess: bool,
}

#[derive(Clone, Copy, Debug)]
enum Phase {
    Begin,
    /// Nothing that comes now counts.
    Quiet,
    Request {
        sent: usize,
    },
    Reply,
    Answered {
        at: Instant,
    },
}

impl<F> Ask<F> {
    const ATTEMPTS: u8 = 2;

    pub(super) const fn new() -> Self {
        Self {
            phase: Phase::Begin,
            wait: Wait::until(Instant::ZERO),
            request: [0; 3],
            asked: 0,
            attempts: 0,
            careful: false,
            found: Found {
                status: Status::empty(),
                error_occurred: false,
                garbage: None,
                excess: false,
            },
            flow: core::marker::PhantomData,
        }
    }

    /// The next request, or the result.
    fn next(&mut self, link: &mut Link<F>, now: Instant) -> Option<Result<Status, Fault>> {
        let Profile { statuses, timing, .. } = link.profile();
        if let Some(n) = statuses.get(self.asked) {
            self.request = command::real_time_status(*n);
            self.phase = Phase::Request { sent: 0 };
            self.wait = Wait::until(now + timing.reply);
            return None;
        }
        link.answer_owed = false;
        Some(if statuses.is_empty() { Err(Fault::NoStatus) } else { Ok(self.found.result()) })
    }

    /// Whether an answer was taken already, in this attempt.
    const fn asked_any(&self) -> bool {
        self.asked > 0 || matches!(self.phase, Phase::Answered { .. })
    }

    /// No answer: once more from the start, or the end.
    fn failed(&mut self, link: &mut Link<F>, timing: &Timing, now: Instant) -> Option<Fault> {
        link.answer_owed = true;
        self.careful = true;
        self.attempts += 1;
        if self.attempts < Self::ATTEMPTS {
            let garbage = self.found.garbage;
            (self.asked, self.found) = (0, Found { garbage, ..Found::default() });
            self.phase = Phase::Quiet;
            self.wait = Wait::until(now + timing.reply);
            return None;
        }
        Some(self.found.garbage.map_or(Fault::Silent, Fault::Garbled))
    }
}

impl Found {
    fn add(&mut self, n: u8, byte: u8) {
        self.status |= decode(n, byte);
        self.error_occurred |= n == 2 && byte & ERROR_OCCURRED != 0;
    }

    /// An error that no other bit names is an error all the same.
    fn result(self) -> Status {
        let stops = !(Status::ONLINE | Status::PAPER_LOW | Status::FEEDING);
        match self.error_occurred && !self.status.intersects(stops) {
            true => self.status | Status::RECOVERABLE,
            false => self.status,
        }
    }
}

impl<F> Exchange for Ask<F> {
    type Link = Link<F>;
    type Output = Status;
    type Fault = Fault;
    type Event = core::convert::Infallible;

    fn step(&mut self, link: &mut Link<F>, now: Instant) -> StepOf<Self> {
        let timing = &link.profile().timing;
        loop {
            match (self.phase, self.wait.goes_on(now)) {
                (Phase::Begin, _) => {
                    self.careful = link.answer_owed;
                    let wait = if self.careful { timing.reply } else { timing.quiet };
                    self.phase = Phase::Quiet;
                    self.wait = Wait::until(now + wait);
                }
                (Phase::Answered { at }, _) => {
                    self.asked += 1;
                    let last = self.asked == link.profile().statuses.len();
                    let wait = if last && self.careful { timing.reply } else { timing.quiet };
                    self.phase = Phase::Quiet;
                    self.wait = Wait::until(at.max(now) + wait);
                }
                (Phase::Request { sent: 3 }, _) => {
                    let arrived = link.load.arrived().max(now);
                    self.phase = Phase::Reply;
                    self.wait = Wait::until(arrived + timing.reply);
                }
                (Phase::Request { .. }, Some(until)) => return Step::Send { until },
                (_, Some(until)) => return Step::Receive { until },
                (Phase::Quiet, None) if !self.found.excess => {
                    if let Some(result) = self.next(link, now) {
                        return Step::Done(result);
                    }
                }
                (_, None) => {
                    if let Some(fault) = self.failed(link, timing, now) {
                        return Step::Done(Err(fault));
                    }
                }
            }
        }
    }

    fn outgoing<'a>(&'a self, _: &'a Link<F>) -> &'a [u8] {
        match self.phase {
            Phase::Request { sent } => self.request.get(sent..).unwrap_or(&[]),
            _ => &[],
        }
    }

    fn sent(&mut self, link: &mut Link<F>, n: usize, now: Instant) {
        let timing = &link.profile().timing;
        link.load.requested(n, timing.byte, now);
        if let Phase::Request { sent } = &mut self.phase {
            *sent = (*sent + n).min(self.request.len());
            self.wait = Wait::until(now + timing.reply);
        }
    }

    fn received(&mut self, link: &mut Link<F>, bytes: &[u8], now: Instant) -> usize {
        for byte in bytes {
            match self.phase {
                Phase::Reply if is_status(*byte) => {
                    let [.., n] = self.request;
                    self.found.add(n, *byte);
                    self.phase = Phase::Answered { at: now };
                }
                Phase::Answered { .. } | Phase::Quiet if is_status(*byte) && self.asked_any() => {
                    self.found.excess = true;
                }
                Phase::Reply => {
                    self.found.garbage = Some(*byte);
                    link.overhear(*byte);
                }
                _ => link.overhear(*byte),
            }
        }
        bytes.len()
    }
}

#[cfg(test)]
mod tests {
    use super::{Found, decode, is_status};
    use crate::printer::Status;

    /// Idle, near end and end: as users report them (18, 30, 114).
    #[test]
    fn paper_sensor() {
        assert_eq!(decode(4, 0x12), Status::empty());
        assert_eq!(decode(4, 0x1E), Status::PAPER_LOW);
        assert_eq!(decode(4, 0x72), Status::PAPER_OUT);
        assert_eq!(decode(4, 0x7E), Status::PAPER_LOW | Status::PAPER_OUT);
        assert_eq!(decode(4, 0x16), Status::PAPER_LOW, "one bit only: MTP-2100");
        assert_eq!(decode(4, 0x32), Status::PAPER_OUT, "one bit only: MTP-2100");
    }

    /// PNP-500 answers an open door with 1Ah and 32h.
    #[test]
    fn offline_is_not_ready() {
        assert_eq!(decode(1, 0x16), Status::ONLINE, "the drawer's pin says nothing");
        assert!(!(decode(1, 0x1A) | decode(2, 0x32)).is_ready());
        assert!(!(decode(1, 0x12) | decode(2, 0x16)).is_ready());
    }

    #[test]
    fn every_error_bit_is_not_ready() {
        for bit in [0x04, 0x08, 0x20, 0x40] {
            assert!(!(Status::ONLINE | decode(3, 0x12 | bit)).is_ready(), "{bit:02X}");
        }
    }

    #[test]
    fn an_error_that_is_not_named_is_an_error() {
        let mut found = Found::default();
        for n in 1..=4 {
            found.add(n, if n == 2 { 0x52 } else { 0x12 });
        }
        assert_eq!(found.result(), Status::ONLINE | Status::RECOVERABLE);
        found.add(3, 0x52);
        assert_eq!(found.result(), Status::ONLINE | Status::OVERHEATED);
    }

    #[test]
    fn only_the_fixed_bits_make_a_status() {
        let count = (0..=0xFF).filter(|byte| is_status(*byte)).count();
        assert_eq!(count, 16);
        for byte in [0x00, 0xFF, 0x11, 0x13, 0x10, 0x0F, 0x37, 0x5F] {
            assert!(!is_status(byte), "{byte:02X}");
        }
    }
}
