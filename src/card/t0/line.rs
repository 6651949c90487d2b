use core::convert::Infallible;

use crate::card::pair::Lent;
use crate::port::{Call, Channel, Duration, Exchange, Instant, Step, StepOf};

use super::{Fault, Limits, Link, Next, Session, Timing, Transfer};

/// The work waiting time can be over while the loop that polls looks elsewhere.
/// So when one is over, the port is looked at once more.
const LAST_LOOK: Duration = Duration::from_micros(1);

#[derive(Clone, Copy, Debug)]
enum State {
    /// Nothing may come before the command; what comes is old.
    Quiet {
        until: Instant,
        end: Instant,
    },
    /// The turnaround, before bytes `from..to` of header and data.
    Turn {
        until: Instant,
        from: u16,
        to: u16,
    },
    Sending {
        from: u16,
        to: u16,
        until: Instant,
    },
    /// `late`: it was over, but bytes that came in time may still wait in the
    /// port.
    Receiving {
        until: Instant,
        late: bool,
    },
    Over(Result<(), Fault>),
}

/// What the next byte is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Awaited {
    Procedure,
    /// Data, until this many bytes are there.
    Data(u16),
    /// SW2, after this SW1.
    Status(u8),
    /// Nothing, for as long as a turnaround takes; then this status word holds.
    Silence([u8; 2]),
}

/// One command over a byte line. Its output is the length of the
/// [response](Session::response).
#[derive(Debug)]
pub struct Transmit<'a> {
    transfer: Option<Transfer>,
    state: State,
    awaited: Awaited,
    /// Data bytes that were moved, of this TPDU.
    moved: u16,
    patience: u16,
    /// When the command is over in any case.
    end: Option<Instant>,
    lent: Option<Lent<'a>>,
}

/// How long the header is.
const HEADER: u16 = 5;

impl<'a> Transmit<'a> {
    /// Sends a command APDU that is kept.
    pub fn command(link: &mut Link, command: &[u8]) -> Self {
        let transfer = Transfer::command(&mut link.session, command);
        Self::new(link, transfer, None)
    }

    /// Sends the caller's command APDU; the response goes to the front of
    /// `response`.
    pub fn lent(link: &mut Link, command: &'a [u8], response: &'a mut [u8]) -> Self {
        let transfer = Transfer::start(&mut link.session, command, true);
        Self::new(link, transfer, Some(Lent { command, response }))
    }

    fn new(link: &Link, transfer: Result<Transfer, Fault>, lent: Option<Lent<'a>>) -> Self {
        let state = match transfer {
            Ok(_) => State::Quiet { until: Instant::ZERO, end: Instant::ZERO },
            Err(fault) => State::Over(Err(fault)),
        };
        Self {
            transfer: transfer.ok(),
            state,
            awaited: Awaited::Procedure,
            moved: 0,
            patience: link.session.limits.patience,
            end: None,
            lent,
        }
    }

    /// Sets the end of all waiting, when asked for the first time.
    fn begin(&mut self, link: &Link, now: Instant) {
        if self.end.is_some() {
            return;
        }
        let timing = &link.timing;
        // Twice the bytes, for the headers, procedure bytes and pauses around them.
        let longer = Lent::takes_longer(&self.lent, timing.byte.times(2));
        self.end = Some(now + timing.work.times(u64::from(self.patience) + 1) + longer);
        if let State::Quiet { until, end } = &mut self.state {
            (*until, *end) = (now + timing.turnaround, now + timing.work);
        }
    }

    fn fail(&mut self, link: &mut Link, fault: Fault) -> State {
        if let Some(transfer) = &self.transfer {
            transfer.give_up(&mut link.session, fault);
        }
        State::Over(Err(fault))
    }

    /// Sends `from..to` of header and data, after the turnaround.
    const fn turn(until: Instant, from: u16, to: u16) -> State {
        State::Turn { until, from, to }
    }

    /// The next TPDU.
    fn header(&mut self, link: &mut Link, now: Instant) -> State {
        let header = self.transfer.as_ref().map(Transfer::header);
        link.header = header.unwrap_or_default();
        (self.awaited, self.moved) = (Awaited::Procedure, 0);
        Self::turn(now, 0, HEADER)
    }

    /// What was waited for did not come, or was not to come.
    fn over(&mut self, link: &mut Link, late: bool, now: Instant) -> State {
        if !late && self.end.is_some_and(|end| now < end) {
            return State::Receiving { until: now + LAST_LOOK, late: true };
        }
        let (Awaited::Silence(status), Some(transfer)) = (self.awaited, &mut self.transfer) else {
            let fault = if late { Fault::Silent } else { Fault::KeepsAsking };
            return self.fail(link, fault);
        };
        let next = transfer.status(&mut link.session, status);
        let fits = link.session.hand_on(&mut self.lent).is_ok();
        match next {
            Next::Done(result) => {
                State::Over(if fits { result } else { result.and(Err(Fault::Room)) })
            }
            // The turnaround is over with the silence.
            Next::Transmit => self.header(link, now),
        }
    }

    /// A byte came while one was awaited.
    fn byte(&mut self, link: &mut Link, byte: u8, now: Instant) -> State {
        let listen = State::Receiving { until: now + link.timing.work, late: false };
        match self.awaited {
            Awaited::Procedure => self.procedure(link, byte, now),
            Awaited::Data(until) => {
                if let Some(transfer) = &self.transfer {
                    transfer.take(&mut link.session, &[byte]);
                }
                self.moved += 1;
                if self.moved == until {
                    self.awaited = Awaited::Procedure;
                }
                listen
            }
            Awaited::Status(sw1) => {
                self.awaited = Awaited::Silence([sw1, byte]);
                State::Receiving { until: now + link.timing.turnaround, late: false }
            }
            Awaited::Silence(_) => self.fail(link, Fault::Garbled),
        }
    }

    /// Table 11 of ISO/IEC 7816-3:2006, 10.3.3.
    fn procedure(&mut self, link: &mut Link, byte: u8, now: Instant) -> State {
        let [_, ins, ..] = link.header;
        let listen = State::Receiving { until: now + link.timing.work, late: false };
        match byte {
            0x60 if self.spend() => listen,
            0x60 => self.fail(link, Fault::KeepsAsking),
            0x61..=0x6F | 0x90..=0x9F => {
                self.awaited = Awaited::Status(byte);
                listen
            }
            _ if byte == ins => self.acknowledged(link, u16::MAX, now),
            _ if byte == !ins => self.acknowledged(link, 1, now),
            _ => self.fail(link, Fault::Garbled),
        }
    }

    /// The card asks for data, or announces it: so many bytes at most.
    fn acknowledged(&mut self, link: &mut Link, at_most: u16, now: Instant) -> State {
        let Some(transfer) = &self.transfer else { return State::Over(Err(Fault::Command)) };
        let outgoing = transfer.brings();
        let total = u16::from(outgoing).max(transfer.expects());
        let to = total.min(self.moved.saturating_add(at_most));
        match (to - self.moved, outgoing) {
            // Where there is no data at all, a card can acknowledge the header.
            (0, 0) if total == 0 && self.spend() => {
                State::Receiving { until: now + link.timing.work, late: false }
            }
            (0, _) => self.fail(link, Fault::Garbled),
            (_, 0) => {
                self.awaited = Awaited::Data(to);
                State::Receiving { until: now + link.timing.work, late: false }
            }
            _ => {
                let from = HEADER + self.moved;
                self.moved = to;
                Self::turn(now + link.timing.turnaround, from, HEADER + to)
            }
        }
    }

    fn spend(&mut self) -> bool {
        let left = self.patience.checked_sub(1);
        self.patience = left.unwrap_or(0);
        left.is_some()
    }
}

impl Exchange for Transmit<'_> {
    type Link = Link;
    type Output = usize;
    type Fault = Fault;
    type Event = Infallible;

    fn step(&mut self, link: &mut Link, now: Instant) -> StepOf<Self> {
        self.begin(link, now);
        loop {
            self.state = match self.state {
                State::Quiet { until, end } if now < until.min(end) => {
                    return Step::Receive { until: until.min(end) };
                }
                State::Quiet { .. } => self.header(link, now),
                State::Turn { until, .. } if now < until => return Step::Pause { until },
                State::Turn { from, to, .. } => {
                    let until = now + link.timing.work + link.timing.byte.times(300);
                    State::Sending { from, to, until }
                }
                State::Sending { until, .. } if now < until => return Step::Send { until },
                State::Sending { .. } => self.fail(link, Fault::Stalled),
                State::Receiving { until, .. } if now < until => {
                    let end = self.end.unwrap_or(until);
                    if now < end {
                        return Step::Receive { until: until.min(end) };
                    }
                    self.over(link, false, now)
                }
                State::Receiving { late, .. } => self.over(link, late, now),
                State::Over(result) => {
                    return Step::Done(result.map(|()| link.session.came()));
                }
            };
        }
    }

    fn outgoing<'a>(&'a self, link: &'a Link) -> &'a [u8] {
        let (State::Sending { from, to, .. }, Some(transfer)) = (self.state, &self.transfer) else {
            return &[];
        };
        let (bytes, from, to) = match from.checked_sub(HEADER) {
            None => (link.header.as_slice(), from, to),
            Some(from) => {
                let data = match &self.lent {
                    Some(lent) => transfer.data_of(lent.command),
                    None => transfer.data(&link.session),
                };
                (data, from, to - HEADER)
            }
        };
        bytes.get(from.into()..to.into()).unwrap_or_default()
    }

    fn sent(&mut self, link: &mut Link, n: usize, now: Instant) {
        let State::Sending { from, to, until } = self.state else { return };
        let from = from.saturating_add(u16::try_from(n).unwrap_or(u16::MAX));
        self.state = if from < to {
            State::Sending { from, to, until }
        } else {
            // The port may have taken the bytes long before they are out.
            let out = link.timing.byte.times(to.into());
            State::Receiving { until: now + out + link.timing.work, late: false }
        };
    }

    fn received(&mut self, link: &mut Link, bytes: &[u8], now: Instant) -> usize {
        if let State::Quiet { end, .. } = self.state {
            self.state = State::Quiet { until: now + link.timing.turnaround, end };
            return bytes.len();
        }
        let mut used = 0;
        for byte in bytes {
            if !matches!(self.state, State::Receiving { .. }) {
                break;
            }
            used += 1;
            self.state = self.byte(link, *byte, now);
        }
        used
    }
}

/// T=0 over a byte line to the card: a UART in smart-card mode, or a reader
/// that hands bytes through. Reset, ATR and PPS are the caller's.
///
/// ```
/// use embedded_pos::card::Response;
/// use embedded_pos::card::t0::{Limits, Line, Timing};
/// use embedded_pos::sim::card::{CardLine, T0Card};
/// use embedded_pos::sim::{Simulated, VirtualClock};
///
/// let mut clock = VirtualClock::new();
/// let card = Simulated::new(CardLine::new(T0Card::echo()));
/// let timing = Timing::new(Timing::DEFAULT_WI, 3_579_545, 372, 1);
/// let mut line = Line::new(card.port(clock.clone()), timing, Limits::DEFAULT);
///
/// line.transmit(&[0x00, 0xB2, 0x01, 0x0C, 0x10]).wait(&mut clock)?;
/// assert_eq!(Response::new(line.response()).unwrap().data().len(), 16);
/// assert!(card.device().violations().is_empty());
/// # Ok::<(), embedded_pos::port::CallError<embedded_pos::card::t0::Fault, embedded_pos::sim::Unplugged>>(())
/// ```
#[derive(Debug)]
pub struct Line<P> {
    channel: Channel<P>,
    link: Link,
}

impl<P> Line<P> {
    /// A line to a card that has just been reset. No I/O.
    pub const fn new(port: P, timing: Timing, limits: Limits) -> Self {
        Self { channel: Channel::new(port), link: Link::new(timing, limits) }
    }

    /// Gives the port back.
    pub fn release(self) -> P {
        self.channel.release()
    }

    /// Starts again after a reset of the card; `timing` is that of its ATR.
    pub fn reset(&mut self, timing: Timing) {
        self.link.reset(timing);
    }

    /// Sends a command APDU with 255 bytes of data at most that expects 256 at
    /// most; the result is the length of the [response](Self::response).
    pub fn transmit(&mut self, command: &[u8]) -> Call<'_, P, Transmit<'static>> {
        let exchange = Transmit::command(&mut self.link, command);
        self.channel.call(&mut self.link, exchange)
    }

    /// Sends a command APDU of any length; the response goes to the front of
    /// `response`. The result is its length. What stands in `response` after an
    /// error has no meaning.
    pub fn transmit_into<'a>(
        &'a mut self,
        command: &'a [u8],
        response: &'a mut [u8],
    ) -> Call<'a, P, Transmit<'a>> {
        let exchange = Transmit::lent(&mut self.link, command, response);
        self.channel.call(&mut self.link, exchange)
    }

    /// The response to the last command, with its status word; empty after
    /// [`transmit_into`](Self::transmit_into).
    #[must_use]
    pub fn response(&self) -> &[u8] {
        self.link.session.response()
    }

    /// The state of the protocol.
    #[must_use]
    pub const fn session(&self) -> &Session {
        &self.link.session
    }
}
