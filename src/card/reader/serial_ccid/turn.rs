use crate::port::{Duration, Instant};

use super::Fault;
use super::frame::{self, Found};
use super::link::Link;
use super::message::{Outcome, Reply};

/// How often a frame that got NAK, or a command that can be repeated without
/// harm, is sent in all.
const ATTEMPTS: u8 = 3;

/// How often a reader may ask for more time for one command. At a second or
/// two each it is as much as T=1 allows a card.
const EXTENSIONS: u8 = 100;

/// What a wait is multiplied with at most when the reader asks for it.
const LONGEST_EXTENSION: u8 = 20;

/// When a time is over, the port is looked at once more: what came in time may
/// wait there, if the loop that polls was busy with something else.
const LAST_LOOK: Duration = Duration::from_micros(1);

/// What is still taken after the time is over: an echo and a reply, so that a
/// babbling line is not listened to for ever.
#[derive(Clone, Copy, Debug)]
struct Late {
    bytes: usize,
    looked: bool,
}

impl Late {
    const NEW: Self = Self { bytes: 2 * frame::MAX, looked: false };

    /// `None` if nothing came since the last look, or enough.
    fn look(self) -> Option<Self> {
        (!self.looked && self.bytes > 0).then_some(Self { looked: true, ..self })
    }

    /// A byte came, after the time or before.
    const fn came(self, after: bool) -> Self {
        Self { bytes: self.bytes.saturating_sub(after as usize), looked: false }
    }
}

/// How a command is treated.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Care {
    /// It may be sent twice without harm.
    Repeat,
    /// It is sent once. What it carries has a check of its own.
    Once,
    /// It is sent once, and what it carries has no check but that of the frame.
    Bare,
}

/// How a turn ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Answer {
    /// With a reply: [`Link::reply`].
    Reply,
    /// With something that was garbled.
    Garbled,
    /// With nothing.
    Silence,
    /// With no end in sight, or no beginning.
    Fault(Fault),
}

/// What a turn wants.
#[derive(Clone, Copy, Debug)]
pub(super) enum Wants {
    Send(Instant),
    Receive(Instant),
    /// It is over.
    Nothing(Answer),
}

#[derive(Clone, Copy, Debug)]
enum State {
    Fresh,
    Sending {
        sent: usize,
        until: Instant,
    },
    Waiting {
        until: Instant,
        gap: Instant,
        late: Late,
    },
    /// Before the frame is sent again: let pass what is on its way.
    Settling {
        until: Instant,
    },
    /// The reply is there, and nothing may stand behind it but the news that a
    /// card moved, or another frame; or a NAK is, and nothing but that news may.
    Ending {
        until: Instant,
        behind: Option<u8>,
        nak: bool,
    },
    Over(Answer),
}

/// One command and its reply.
#[derive(Clone, Copy, Debug)]
pub(super) struct Turn {
    state: State,
    wait: Duration,
    care: Care,
    attempts: u8,
    extensions: u8,
}

/// What stands behind a reply that is over, as far as it matters.
const EVENT: u8 = 0x50;
const SYNC: u8 = 0x03;

impl Turn {
    pub(super) const fn new(wait: Duration, care: Care) -> Self {
        Self { state: State::Fresh, wait, care, attempts: 1, extensions: 0 }
    }

    pub(super) fn step(&mut self, link: &mut Link, now: Instant) -> Wants {
        loop {
            match self.state {
                State::Fresh => {
                    // What was begun before belongs to nobody.
                    link.incoming.wipe();
                    let until = now + link.config.timing.answer;
                    self.state = State::Sending { sent: 0, until };
                }
                State::Sending { until, .. } if now < until => return Wants::Send(until),
                State::Sending { .. } => self.state = State::Over(Answer::Fault(Fault::Stalled)),
                State::Waiting { until, gap, late } => {
                    let partial = link.incoming.is_partial();
                    let next = if partial { until.min(gap) } else { until };
                    if now < next {
                        return Wants::Receive(next);
                    }
                    if let Some(late) = late.look() {
                        self.state = State::Waiting { until, gap, late };
                        return Wants::Receive(now + LAST_LOOK);
                    }
                    self.overdue(link, partial, now >= until, now);
                }
                State::Settling { until } if now < until => return Wants::Receive(until),
                State::Settling { .. } => self.state = State::Fresh,
                State::Ending { until, .. } if now < until => return Wants::Receive(until),
                State::Ending { behind: None, nak: true, .. } => self.refused(link, now),
                State::Ending { behind, .. } => self.end(behind.is_none()),
                State::Over(answer) => return Wants::Nothing(answer),
            }
        }
    }

    /// Nothing came for too long: between two bytes, or at all.
    fn overdue(&mut self, link: &mut Link, partial: bool, over: bool, now: Instant) {
        match (partial, over) {
            (false, _) => self.missed(link, Answer::Silence, now),
            (true, true) => self.missed(link, Answer::Garbled, now),
            (true, false) => match link.incoming.give_up() {
                Some(Reply::DATA_BLOCK..) => self.missed(link, Answer::Garbled, now),
                _ => self.find(link, now),
            },
        }
    }

    pub(super) fn outgoing<'a>(&self, link: &'a Link) -> &'a [u8] {
        let State::Sending { sent, .. } = self.state else { return &[] };
        link.out.bytes().get(sent..).unwrap_or_default()
    }

    pub(super) fn sent(&mut self, link: &Link, n: usize, now: Instant) {
        let State::Sending { sent, until } = self.state else { return };
        let sent = sent.saturating_add(n);
        self.state = if sent < link.out.bytes().len() {
            State::Sending { sent, until }
        } else {
            State::Waiting { until: now + self.wait, gap: now, late: Late::NEW }
        };
    }

    /// Takes bytes until the turn is over; returns how many.
    pub(super) fn received(&mut self, link: &mut Link, bytes: &[u8], now: Instant) -> usize {
        if let State::Settling { .. } = self.state {
            return link.overhear(bytes);
        }
        let mut used = 0;
        for byte in bytes {
            match self.state {
                State::Waiting { until, late, .. } => {
                    let gap = now + link.config.timing.gap;
                    self.state = State::Waiting { until, gap, late: late.came(now >= until) };
                    link.incoming.push(*byte);
                    self.find(link, now);
                }
                State::Ending { until, behind: None, nak } => {
                    self.state = State::Ending { until, behind: Some(*byte), nak };
                }
                State::Ending { behind: Some(first), nak, .. } => {
                    let moved = first == EVENT && matches!(byte, 0x02 | 0x03);
                    link.slot.moved |= moved;
                    let frame = first == SYNC && matches!(byte, 0x06 | 0x15);
                    match (nak, moved) {
                        (true, true) => self.refused(link, now),
                        (true, false) => self.end(false),
                        (false, _) => self.end(moved || frame),
                    }
                }
                _ => break,
            }
            used += 1;
        }
        used
    }

    /// The line has to be quiet behind it.
    fn ending(&mut self, link: &Link, nak: bool, now: Instant) {
        let until = now + link.config.timing.tail;
        self.state = State::Ending { until, behind: None, nak };
    }

    /// The reply stands, or its length was not what the reader sent.
    fn end(&mut self, stands: bool) {
        self.state = State::Over(if stands { Answer::Reply } else { Answer::Garbled });
    }

    fn find(&mut self, link: &mut Link, now: Instant) {
        // The message that ends the turn stays found: it is the answer.
        while matches!(self.state, State::Waiting { .. }) {
            let Some(found) = link.incoming.find() else { break };
            match found {
                Found::CardMoved => link.slot.moved = true,
                // With T=1 it is rather noise, so it must not end the turn.
                Found::MoreTime if self.extensions < EXTENSIONS => self.extend(now, 1),
                Found::MoreTime => {}
                // In the data of a reply whose beginning was lost there can
                // stand one too; the command is not sent again for that.
                Found::Nak if self.care == Care::Bare => {
                    if !link.incoming.is_partial() {
                        self.ending(link, true, now);
                    }
                }
                Found::Nak => self.refused(link, now),
                // An echo may be garbled as it likes.
                Found::Garbled(kind) if kind < Reply::DATA_BLOCK => {}
                Found::Garbled(_) => self.missed(link, Answer::Garbled, now),
                Found::Message => match link.reply() {
                    None if self.care == Care::Bare && link.is_misheard() => {
                        self.missed(link, Answer::Garbled, now);
                    }
                    None => {}
                    Some(Ok(Reply { outcome: Outcome::MoreTime(times), .. })) => {
                        self.extend(now, times);
                    }
                    Some(_) if self.care == Care::Bare => self.ending(link, false, now),
                    Some(_) => self.end(true),
                },
            }
        }
    }

    fn extend(&mut self, now: Instant, times: u8) {
        self.extensions = self.extensions.saturating_add(1);
        self.state = if self.extensions > EXTENSIONS {
            State::Over(Answer::Fault(Fault::KeepsAsking))
        } else {
            let wait = self.wait.times(times.clamp(1, LONGEST_EXTENSION).into());
            State::Waiting { until: now + wait, gap: now, late: Late::NEW }
        };
    }

    /// The reader did not get the command, so it can be sent again as it is.
    fn refused(&mut self, link: &Link, now: Instant) {
        self.state = if self.attempts < ATTEMPTS {
            self.attempts += 1;
            State::Settling { until: now + link.config.timing.settle }
        } else {
            State::Over(Answer::Fault(Fault::NotUnderstood))
        };
    }

    fn missed(&mut self, link: &mut Link, answer: Answer, now: Instant) {
        self.state = if self.care == Care::Repeat && self.attempts < ATTEMPTS {
            self.attempts += 1;
            link.compose_again();
            State::Settling { until: now + link.config.timing.settle }
        } else {
            State::Over(answer)
        };
    }
}
