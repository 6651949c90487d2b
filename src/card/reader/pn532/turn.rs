use crate::port::{Duration, Instant};

use super::Fault;
use super::frame::{self, ACK, ERROR, FROM_CHIP, Found, NACK, WAKE};
use super::link::Link;

/// How often a command is sent, or its response asked for, in all.
const ATTEMPTS: u8 = 3;

/// When a time is over, the port is looked at once more: what came in time may
/// wait there, if the loop that polls was busy with something else.
const LAST_LOOK: Duration = Duration::from_micros(1);

/// What a turn is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Goal {
    /// The command that was composed, and its response.
    Command {
        /// How long the response may take.
        wait: Duration,
        /// It may be sent twice without harm.
        repeatable: bool,
        /// Only what was sent is the response.
        echoed: bool,
    },
    /// An acknowledgement of the response, which is not answered.
    Acknowledge,
}

/// What a turn wants.
#[derive(Clone, Copy, Debug)]
pub(super) enum Wants {
    Send(Instant),
    Receive(Instant),
    Pause(Instant),
    /// It is over; the response is in the link.
    Nothing(Result<(), Fault>),
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Part {
    Wake,
    Abort,
    Command,
    Nack,
    Acknowledge,
}

#[derive(Clone, Copy, Debug)]
enum State {
    Fresh,
    Sending {
        part: Part,
        sent: usize,
        until: Instant,
    },
    /// The oscillator of the chip starts.
    Waking {
        until: Instant,
    },
    /// After an abort: what is on its way passes.
    Settling {
        until: Instant,
    },
    Waiting(Waiting),
    Over(Result<(), Fault>),
}

/// Waiting for an acknowledgement, then for the response.
#[derive(Clone, Copy, Debug)]
struct Waiting {
    acknowledged: bool,
    until: Instant,
    /// When what has come must have gone on.
    gap: Instant,
    /// Something came that is no frame.
    noise: bool,
    /// The response has begun: the start of a frame came, or its first bytes.
    begun: bool,
    previous: u8,
    /// How many bytes are still taken after the time, so that a babbling line
    /// is not listened to for ever; and whether it was looked at since.
    late: usize,
    looked: bool,
}

impl Waiting {
    const fn new(acknowledged: bool, until: Instant, now: Instant) -> Self {
        Self {
            acknowledged,
            until,
            gap: now,
            noise: false,
            begun: false,
            previous: 0,
            late: 2 * frame::MAX,
            looked: false,
        }
    }
}

/// One command and its response, with what has to come before: a chip that is
/// asleep is woken up, and one that owes an answer is told to give it up, so
/// that no late answer is taken for this one's.
///
/// The chip acknowledges a command before it does it, and a new command ends
/// the one before. So a response that comes before the acknowledgement is not
/// to this command, and one that comes behind it is; where an acknowledgement
/// can be late too, a command that is echoed comes first
/// ([`Setup`](super::setup::Setup)).
#[derive(Clone, Copy, Debug)]
pub(super) struct Turn {
    goal: Goal,
    state: State,
    attempts: u8,
    nacks: u8,
    /// When the response must be there.
    deadline: Instant,
    /// An answer to an earlier command may still come: noise is then not
    /// taken for an acknowledgement.
    doubtful: bool,
}

impl Turn {
    pub(super) const fn new(goal: Goal) -> Self {
        let deadline = Instant::ZERO;
        Self { goal, state: State::Fresh, attempts: 1, nacks: 1, deadline, doubtful: false }
    }

    pub(super) fn step(&mut self, link: &mut Link, now: Instant) -> Wants {
        loop {
            match &mut self.state {
                State::Fresh => self.begin(link, now),
                State::Sending { until, .. } if now < *until => return Wants::Send(*until),
                State::Sending { .. } => self.state = State::Over(Err(Fault::Stalled)),
                State::Waking { until } if now < *until => return Wants::Pause(*until),
                State::Waking { .. } => self.send(Part::Abort, link, now),
                State::Settling { until } if now < *until => return Wants::Receive(*until),
                State::Settling { .. } => {
                    link.incoming.wipe();
                    self.send(Part::Command, link, now);
                }
                State::Waiting(waiting) => {
                    let open = waiting.noise || waiting.begun || link.incoming.is_partial();
                    let next = if open { waiting.until.min(waiting.gap) } else { waiting.until };
                    if now < next {
                        return Wants::Receive(next);
                    }
                    if !waiting.looked && waiting.late > 0 {
                        waiting.looked = true;
                        return Wants::Receive(now + LAST_LOOK);
                    }
                    let waiting = *waiting;
                    self.overdue(waiting, link, now);
                }
                State::Over(result) => return Wants::Nothing(*result),
            }
        }
    }

    fn begin(&mut self, link: &mut Link, now: Instant) {
        link.incoming.wipe();
        self.doubtful = !link.settled;
        match self.goal {
            Goal::Acknowledge => self.send(Part::Acknowledge, link, now),
            Goal::Command { .. } if link.settled => self.send(Part::Command, link, now),
            Goal::Command { .. } => self.send(Part::Wake, link, now),
        }
    }

    fn send(&mut self, part: Part, link: &mut Link, now: Instant) {
        // From its first byte on, an answer may be owed, or a speed changed.
        link.settled = false;
        let until = now + link.config.timing.answer + link.line_times().0;
        self.state = State::Sending { part, sent: 0, until };
    }

    pub(super) fn outgoing<'a>(&self, link: &'a Link) -> &'a [u8] {
        let State::Sending { part, sent, .. } = self.state else { return &[] };
        part_bytes(part, link).get(sent..).unwrap_or_default()
    }

    pub(super) fn sent(&mut self, link: &mut Link, n: usize, now: Instant) {
        let State::Sending { part, sent, until } = self.state else { return };
        let sent = sent.saturating_add(n);
        if sent < part_bytes(part, link).len() {
            self.state = State::Sending { part, sent, until };
            return;
        }
        let timing = link.config.timing;
        let (out, back) = link.line_times();
        self.state = match (part, self.goal) {
            (Part::Wake, _) => State::Waking { until: now + timing.wake + out },
            (Part::Abort, _) => State::Settling { until: now + timing.settle + out },
            (Part::Command, Goal::Command { wait, .. }) => {
                self.deadline = now + timing.acknowledge + wait + out + back;
                State::Waiting(Waiting::new(false, now + timing.acknowledge + out, now))
            }
            (Part::Nack, _) => State::Waiting(Waiting::new(true, self.deadline, now)),
            (Part::Command | Part::Acknowledge, _) => State::Over(Ok(())),
        };
    }

    /// Takes bytes until the turn is over; returns how many.
    pub(super) fn received(&mut self, link: &mut Link, bytes: &[u8], now: Instant) -> usize {
        let mut used = 0;
        for byte in bytes {
            match &mut self.state {
                State::Settling { .. } => {}
                State::Waiting(waiting) => {
                    let response = [waiting.previous, *byte] == [FROM_CHIP, link.response_code()];
                    waiting.begun |= response && waiting.acknowledged;
                    waiting.previous = *byte;
                    waiting.gap = now + link.config.timing.gap;
                    waiting.late = waiting.late.saturating_sub((now >= waiting.until).into());
                    waiting.looked = false;
                    link.incoming.push(*byte);
                    self.look(link, now);
                }
                _ => break,
            }
            used += 1;
        }
        used
    }

    /// Looks what has come. The frame that ends the turn stays found.
    fn look(&mut self, link: &mut Link, now: Instant) {
        let echoed = matches!(self.goal, Goal::Command { echoed: true, .. });
        while let State::Waiting(waiting) = &mut self.state {
            let code = link.response_code();
            let Some(found) = link.incoming.next() else { break };
            match found {
                Found::Noise => waiting.noise = true,
                Found::Garbled => {
                    waiting.noise = true;
                    waiting.begun |= waiting.acknowledged;
                }
                Found::Ack if !waiting.acknowledged => {
                    self.state = State::Waiting(Waiting::new(true, self.deadline, now));
                }
                Found::Ack | Found::Nack => {}
                // Before an acknowledgement it is late, unless noise was one.
                Found::Data(_) if !(waiting.acknowledged || waiting.noise && !self.doubtful) => {}
                Found::Data([FROM_CHIP, found, data @ ..]) if *found == code => {
                    if !echoed || data == link.out.data() {
                        // Of a command that was sent again, another may come.
                        link.settled = self.attempts == 1;
                        self.state = State::Over(Ok(()));
                    }
                }
                // Our commands are sound: it was garbled on its way, and fits
                // its check all the same.
                Found::Data([ERROR]) => self.missed(Fault::Syntax, link),
                Found::Data(_) => {}
            }
        }
    }

    /// Nothing came for too long: at all, or between two bytes.
    fn overdue(&mut self, waiting: Waiting, link: &mut Link, now: Instant) {
        let begun = waiting.begun || waiting.acknowledged && link.incoming.has_begun();
        let noise = waiting.noise || link.incoming.is_partial();
        link.incoming.wipe();
        let is_late = now >= waiting.until;
        if begun && self.nacks < ATTEMPTS && now < self.deadline {
            // It was our response that was garbled: the chip keeps it.
            self.nacks += 1;
            self.send(Part::Nack, link, now);
        } else if begun {
            self.missed(Fault::Garbled, link);
        } else if !waiting.acknowledged && noise && !self.doubtful {
            // A chip that got no command says nothing: it was acknowledged.
            self.state = State::Waiting(Waiting::new(true, self.deadline, now));
        } else if !is_late {
            self.state = State::Waiting(Waiting { noise: false, looked: false, ..waiting });
        } else {
            let fault = if waiting.acknowledged { Fault::Silent } else { Fault::Unacknowledged };
            self.missed(fault, link);
        }
    }

    fn missed(&mut self, fault: Fault, link: &mut Link) {
        let repeatable = matches!(self.goal, Goal::Command { repeatable: true, .. });
        self.state = if repeatable && self.attempts < ATTEMPTS {
            self.attempts += 1;
            State::Fresh
        } else {
            // It may have lost its power, and with it how it was set up.
            link.firmware = link.firmware.filter(|_| fault != Fault::Unacknowledged);
            State::Over(Err(fault))
        };
    }
}

fn part_bytes(part: Part, link: &Link) -> &[u8] {
    match part {
        Part::Wake => &WAKE,
        Part::Abort | Part::Acknowledge => &ACK,
        Part::Command => link.out.bytes(),
        Part::Nack => &NACK,
    }
}
