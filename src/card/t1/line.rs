use core::convert::Infallible;
use core::fmt;

use zeroize::Zeroize;

use crate::card::T1Parameters;
use crate::card::pair::Lent;
use crate::port::{Call, Channel, Duration, Exchange, Instant, Step, StepOf};

use super::{Block, Fault, Heard, Limits, Next, Session, Timing, Transfer};

/// What outlives an exchange on a byte line: the session, and the block that
/// is on its way.
pub struct Link {
    session: Session,
    timing: Timing,
    block: [u8; Block::MAX],
    len: usize,
}

impl Link {
    /// No I/O.
    #[must_use]
    pub const fn new(timing: Timing, limits: Limits) -> Self {
        Self { session: Session::new(limits), timing, block: [0; Block::MAX], len: 0 }
    }

    /// The session.
    #[must_use]
    pub const fn session(&self) -> &Session {
        &self.session
    }

    /// Whether an exchange was left half way.
    pub(in crate::card) const fn is_unsettled(&self) -> bool {
        self.session.unsettled
    }

    /// An exchange that was made never began: nothing of it was sent.
    pub(in crate::card) fn never_began(&mut self, unsettled: bool) {
        self.session.wipe();
        self.session.unsettled = unsettled;
    }

    /// Starts again after a reset of the card; `timing` is that of its ATR.
    pub fn reset(&mut self, parameters: &T1Parameters, timing: Timing) {
        self.session.reset(parameters);
        self.timing = timing;
    }

    /// Makes the next block.
    fn compose(&mut self, transfer: &Transfer, lent: &Option<Lent<'_>>) {
        let command = Lent::command(lent);
        self.len = transfer.block_of(&self.session, command, &mut self.block);
    }

    fn bytes(&self) -> &[u8] {
        self.block.get(..self.len).unwrap_or_default()
    }

    /// The block is whole, or never will be.
    fn is_over(&self) -> bool {
        let whole = Block::total(self.bytes(), self.session.edc());
        whole == Some(self.len) || self.is_astray()
    }

    /// The line does not carry a block: wrong node address, or reserved length.
    fn is_astray(&self) -> bool {
        let bytes = self.bytes();
        bytes.first().is_some_and(|nad| *nad != 0) || bytes.get(2) == Some(&0xFF)
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.block.zeroize();
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link")
            .field("session", &self.session)
            .field("timing", &self.timing)
            .finish_non_exhaustive()
    }
}

/// A character waiting time can be shorter than the period of a loop that
/// polls. So when one is over, the port is looked at once more.
const LAST_LOOK: Duration = Duration::from_micros(1);

#[derive(Clone, Copy, Debug)]
enum State {
    /// Not begun: what came last may have come just now.
    Fresh,
    /// To be sent, not before this time.
    Guard(Option<Instant>),
    Sending {
        sent: usize,
        until: Instant,
    },
    /// `whole` is when it is over in any case. `late`: it was over, but bytes
    /// that came in time may still wait in the port.
    Receiving {
        until: Instant,
        whole: Instant,
        late: bool,
    },
    /// No block, or none any more: wait until the line is quiet. `stray`: it was
    /// one character alone, noise before the block of the card.
    Draining {
        quiet: Instant,
        end: Instant,
        stray: bool,
    },
    /// About to resynchronise: let late answers pass.
    Settling {
        quiet: Instant,
        end: Instant,
    },
    Heard,
    Over(Result<(), Fault>),
}

/// One transfer over a byte line. Its output is the length of the
/// [response](Session::response).
#[derive(Debug)]
pub struct Transmit<'a> {
    transfer: Option<Transfer>,
    state: State,
    waits: u8,
    /// By when the card begins its block.
    begins: Instant,
    /// When the command is over in any case.
    end: Instant,
    lent: Option<Lent<'a>>,
}

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

    /// Tells the card the largest information field we take.
    pub fn ifs(link: &mut Link, ifsd: u8) -> Self {
        let transfer = Transfer::ifs(&mut link.session, ifsd);
        Self::new(link, transfer, None)
    }

    fn new(link: &mut Link, transfer: Result<Transfer, Fault>, lent: Option<Lent<'a>>) -> Self {
        let (transfer, state) = match transfer {
            Ok(transfer) => {
                link.compose(&transfer, &lent);
                (Some(transfer), State::Fresh)
            }
            Err(fault) => (None, State::Over(Err(fault))),
        };
        let (begins, end) = (Instant::ZERO, Instant::ZERO);
        Self { transfer, state, waits: 1, begins, end, lent }
    }

    /// The block of the card, that did not begin yet.
    fn awaited(&self, link: &Link) -> State {
        let whole = self.begins + link.timing.longest_block();
        State::Receiving { until: self.begins, whole, late: false }
    }

    fn heard(&mut self, link: &mut Link, silence: bool, now: Instant) -> State {
        let Some(transfer) = &mut self.transfer else { return State::Over(Err(Fault::Command)) };
        let bytes = link.block.get(..link.len).unwrap_or_default();
        let heard = if silence { Heard::Silence } else { Heard::Block(bytes) };
        let next = transfer.heard(&mut link.session, heard);
        let fits = link.session.hand_on(&mut self.lent).is_ok();
        match next {
            Next::Done(result) => {
                link.block.zeroize();
                State::Over(if fits { result } else { result.and(Err(Fault::Room)) })
            }
            Next::Transmit { .. } if now >= self.end => {
                transfer.abandon(&mut link.session);
                link.block.zeroize();
                State::Over(Err(Fault::KeepsAsking))
            }
            Next::Transmit { waits } => {
                self.waits = waits;
                link.compose(transfer, &self.lent);
                let quiet = now + link.timing.block;
                if transfer.is_resynch() && !silence {
                    State::Settling { quiet, end: quiet + link.timing.block }
                } else {
                    State::Guard(Some(now + link.timing.guard))
                }
            }
        }
    }
}

impl Exchange for Transmit<'_> {
    type Link = Link;
    type Output = usize;
    type Fault = Fault;
    type Event = Infallible;

    fn step(&mut self, link: &mut Link, now: Instant) -> StepOf<Self> {
        loop {
            self.state = match self.state {
                State::Fresh => {
                    // Twice the bytes, for what is around those of a block.
                    let longer = Lent::takes_longer(&self.lent, link.timing.byte.times(2));
                    self.end = now + link.timing.block.times(link.session.limits.waits()) + longer;
                    State::Guard(Some(now + link.timing.guard))
                }
                State::Guard(Some(until)) if now < until => return Step::Pause { until },
                State::Guard(_) => {
                    let until = now + link.timing.block + link.timing.longest_block();
                    State::Sending { sent: 0, until }
                }
                State::Sending { until, .. } if now < until => return Step::Send { until },
                State::Sending { .. } => {
                    link.block.zeroize();
                    link.session.finish(false);
                    State::Over(Err(Fault::Stalled))
                }
                State::Receiving { until, .. } if now < until => return Step::Receive { until },
                State::Receiving { whole, late: false, .. } => {
                    let until = now + LAST_LOOK;
                    State::Receiving { until, whole: whole.max(until), late: true }
                }
                State::Receiving { .. } => self.heard(link, link.len == 0, now),
                State::Draining { quiet, end, .. } | State::Settling { quiet, end }
                    if now < quiet.min(end) =>
                {
                    return Step::Receive { until: quiet.min(end) };
                }
                State::Settling { .. } => State::Guard(None),
                State::Draining { stray: true, .. } if now < self.begins => {
                    // It still has the right to send; we would be in its way.
                    link.len = 0;
                    self.awaited(link)
                }
                State::Draining { .. } | State::Heard => self.heard(link, false, now),
                State::Over(result) => {
                    return Step::Done(result.map(|()| link.session.came()));
                }
            };
        }
    }

    fn outgoing<'a>(&'a self, link: &'a Link) -> &'a [u8] {
        let State::Sending { sent, .. } = self.state else { return &[] };
        link.bytes().get(sent..).unwrap_or_default()
    }

    fn sent(&mut self, link: &mut Link, n: usize, now: Instant) {
        let State::Sending { sent, until } = self.state else { return };
        let sent = sent.saturating_add(n);
        self.state = if sent < link.len {
            State::Sending { sent, until }
        } else {
            // The port may have taken the bytes long before they are out.
            let out = link.timing.byte.times(u64::try_from(link.len).unwrap_or(0));
            let until = now + out + link.timing.block.times(self.waits.into());
            (link.len, self.begins) = (0, until);
            self.awaited(link)
        };
    }

    fn received(&mut self, link: &mut Link, bytes: &[u8], now: Instant) -> usize {
        let quiet = now + link.timing.guard;
        let whole = match self.state {
            State::Draining { end, .. } => {
                self.state = State::Draining { quiet, end, stray: false };
                return bytes.len();
            }
            State::Settling { end, .. } => {
                self.state = State::Settling { quiet: now + link.timing.block, end };
                return bytes.len();
            }
            State::Receiving { whole, .. } => whole,
            _ => return 0,
        };
        let mut used = 0;
        for byte in bytes {
            used += 1;
            if let Some(room) = link.block.get_mut(link.len) {
                *room = *byte;
                link.len += 1;
            }
            if link.is_over() {
                let sound = Block::decode(link.bytes(), link.session.edc()).is_ok();
                // A card that goes on is not listened to for longer than one
                // that says nothing: with CWI 13 a block can take minutes.
                let end = whole.min(now + link.timing.block);
                self.state = match (sound, link.is_astray()) {
                    (true, _) => State::Heard,
                    (false, false) => State::Draining { quiet, end, stray: false },
                    (false, true) => {
                        let stray = link.len == 1 && used == bytes.len();
                        self.state = State::Draining { quiet, end, stray };
                        return bytes.len();
                    }
                };
                return used;
            }
        }
        let until = whole.min(now + link.timing.character);
        self.state = State::Receiving { until, whole, late: false };
        used
    }
}

/// T=1 over a byte line to the card: a UART in smart-card mode, or a reader
/// that hands bytes through. Reset, ATR and PPS are the caller's.
///
/// ```
/// use embedded_pos::card::t1::{Limits, Line, Timing};
/// use embedded_pos::card::{Response, T1Parameters};
/// use embedded_pos::sim::card::{T1Card, T1Line};
/// use embedded_pos::sim::{Simulated, VirtualClock};
///
/// let mut clock = VirtualClock::new();
/// let card = Simulated::new(T1Line::new(T1Card::echo()));
/// let timing = Timing::new(&T1Parameters::default(), 3_579_545, 372, 1);
/// let mut line = Line::new(card.port(clock.clone()), timing, Limits::DEFAULT);
///
/// line.transmit(&[0x00, 0xB2, 0x01, 0x0C, 0x00]).wait(&mut clock)?;
/// assert!(Response::new(line.response()).unwrap().status().is_success());
/// # Ok::<(), embedded_pos::port::CallError<embedded_pos::card::t1::Fault, embedded_pos::sim::Unplugged>>(())
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
    pub fn reset(&mut self, parameters: &T1Parameters, timing: Timing) {
        self.link.reset(parameters, timing);
    }

    /// Sends a command APDU of 261 bytes at most; the result is the length of the
    /// [response](Self::response), which can be 258 bytes.
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

    /// Tells the card the largest information field we take: 254 saves the
    /// most chaining. The result is without meaning.
    pub fn agree_ifs(&mut self, ifsd: u8) -> Call<'_, P, Transmit<'static>> {
        let exchange = Transmit::ifs(&mut self.link, ifsd);
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
