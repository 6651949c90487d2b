use super::fault::Fault;
use super::frame::{Block, Bytes, Command};
use super::link::Link;
use super::timing::Timing;
use crate::port::Instant;

/// How many lengths the replies to reads of the same registers go through.
/// A reply does not say what it replies to, so each read asks for some
/// registers more than wanted, another number each time: a late reply to an
/// earlier one then has the wrong length. Never none more: a reply with one
/// data byte is that of a write.
const TURNS: u8 = 4;

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Phase {
    /// Before the first step.
    New,
    /// Waiting for the line to be quiet, at most until then.
    Clear { at_most: Instant },
    /// Sending, at most until then.
    Send { until: Instant },
    /// Waiting for the reply, at most until then.
    Reply { until: Instant, since: Instant },
}

/// What a transaction wants next.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Progress {
    Send { until: Instant },
    Receive { until: Instant },
    Done(Result<Block, Fault>),
}

/// One command and its reply, with what to do when it does not come.
#[derive(Clone, Debug)]
pub(super) struct Transaction {
    command: Command,
    /// The command as it is on the wire this time.
    wire: Command,
    bytes: Bytes,
    sent: usize,
    phase: Phase,
    attempts_left: u8,
}

impl Transaction {
    pub(super) fn new(command: Command, timing: &Timing) -> Self {
        Self {
            wire: command.clone(),
            command,
            bytes: Bytes::new(),
            sent: 0,
            phase: Phase::New,
            attempts_left: timing.attempts.saturating_sub(1),
        }
    }

    pub(super) fn step(&mut self, link: &mut Link, timing: &Timing, now: Instant) -> Progress {
        link.pass(now);
        match self.phase {
            Phase::New => self.begin(link, timing, now),
            Phase::Clear { at_most } => self.clear(link, timing, at_most, now),
            Phase::Send { until } if now >= until => {
                self.fail(Fault::NotSent { address: self.command.address() })
            }
            Phase::Send { until } => Progress::Send { until },
            Phase::Reply { until, since } => self.await_reply(link, timing, until, since, now),
        }
    }

    fn begin(&mut self, link: &mut Link, timing: &Timing, now: Instant) -> Progress {
        link.expect(None);
        self.wire = self.command.clone();
        if let Command::Read { count, .. } = &mut self.wire {
            link.turn = (link.turn + 1) % TURNS;
            *count += 1 + link.turn;
        }
        self.bytes = self.wire.encode();
        self.sent = 0;
        let at_most = now + timing.reply + timing.command_gap;
        self.phase = Phase::Clear { at_most };
        Progress::Receive { until: now + timing.quiet }
    }

    fn clear(
        &mut self,
        link: &mut Link,
        timing: &Timing,
        at_most: Instant,
        now: Instant,
    ) -> Progress {
        let forgotten = link.broken_off.map_or(Instant::ZERO, |at| at + timing.command_gap);
        let quiet = link.heard_at() + timing.quiet;
        let ready = forgotten.max(quiet.min(at_most));
        if now < ready {
            return Progress::Receive { until: ready };
        }
        let until = now + timing.send;
        self.phase = Phase::Send { until };
        Progress::Send { until }
    }

    pub(super) fn outgoing(&self) -> &[u8] {
        self.bytes.get(self.sent..).unwrap_or_default()
    }

    pub(super) fn sent(&mut self, link: &mut Link, timing: &Timing, n: usize, now: Instant) {
        self.sent += n;
        link.broken_off = Some(now);
        if self.sent < self.bytes.len() {
            return;
        }
        link.broken_off = None;
        link.expect(Some(self.wire.reply_len()));
        let wait = if self.wire == Command::Save { timing.save } else { timing.reply };
        self.phase = Phase::Reply { until: now + wait, since: now };
    }

    fn await_reply(
        &mut self,
        link: &mut Link,
        timing: &Timing,
        until: Instant,
        since: Instant,
        now: Instant,
    ) -> Progress {
        let address = self.command.address();
        match link.take_reply() {
            Some(reply) if reply.status == 0 => {
                let wanted = match &self.command {
                    Command::Read { count, .. } => usize::from(*count),
                    Command::Write { .. } | Command::Save => 0,
                };
                Progress::Done(Ok(reply.data.iter().copied().take(wanted).collect()))
            }
            Some(reply) => self.fail(Fault::Refused { address, status: reply.status }),
            None if now < until => Progress::Receive { until: until.min(link.wakes_at()) },
            None if self.attempts_left > 0 => {
                self.attempts_left -= 1;
                self.begin(link, timing, now)
            }
            None if link.heard_at() >= since => self.fail(Fault::Garbled { address }),
            None => self.fail(Fault::NoReply { address }),
        }
    }

    fn fail(&self, fault: Fault) -> Progress {
        Progress::Done(Err(fault))
    }
}
