use heapless::Vec;

use super::command::{Command, LONGEST};
use super::fault::Fault;
use super::frame::encode;
use super::link::{LONGEST_REPLY, Link, Reply};
use super::status::{Code, Status};
use crate::port::{Duration, Instant};

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Phase {
    /// Before the first step.
    New,
    /// Waiting for the line to be quiet, at most until then.
    Clear { at_most: Instant },
    /// Sending, at most until then.
    Send { until: Instant },
    /// Waiting for the reply, at most until then.
    Reply { until: Instant },
}

/// What a transaction wants next.
#[derive(Debug)]
pub(super) enum Progress {
    Send { until: Instant },
    Receive { until: Instant },
    Done(Result<Status, Fault>),
}

/// One command and its reply, with what to do when it does not come.
#[derive(Debug)]
pub(super) struct Transaction {
    command: Command,
    bytes: Vec<u8, LONGEST>,
    sent: usize,
    phase: Phase,
    attempts_left: u8,
}

impl Transaction {
    /// So many times at most. Fails if readers of the framing do not have the
    /// command.
    pub(super) fn new(command: Command, link: &Link, attempts: u8) -> Result<Self, Fault> {
        let bytes = encode(command, link.framing()).ok_or(Fault::Unsupported(command))?;
        let attempts_left = attempts.saturating_sub(1);
        Ok(Self { command, bytes, sent: 0, phase: Phase::New, attempts_left })
    }

    pub(super) fn step(&mut self, link: &mut Link, now: Instant) -> Progress {
        match self.phase {
            Phase::New => self.begin(link, now),
            Phase::Clear { at_most } => {
                let ready = link.quiet_at().min(at_most);
                if now < ready {
                    return Progress::Receive { until: ready };
                }
                let until = now + link.timing.send;
                self.phase = Phase::Send { until };
                Progress::Send { until }
            }
            Phase::Send { until } if now >= until => {
                Progress::Done(Err(Fault::NotSent(self.command)))
            }
            Phase::Send { until } => Progress::Send { until },
            Phase::Reply { until } => self.await_reply(link, until, now),
        }
    }

    fn begin(&mut self, link: &mut Link, now: Instant) -> Progress {
        link.expect(None);
        self.sent = 0;
        // The longest reply, that may still be on its way.
        let longest = Duration::of_bytes(LONGEST_REPLY as u64, 10, link.baud());
        let at_most = now + link.timing.gap + longest;
        self.phase = Phase::Clear { at_most };
        // Looks at the port at least once.
        Progress::Receive { until: now + link.timing.quiet }
    }

    pub(super) fn outgoing(&self) -> &[u8] {
        self.bytes.get(self.sent..).unwrap_or_default()
    }

    pub(super) fn sent(&mut self, link: &mut Link, n: usize, now: Instant) {
        self.sent += n;
        if self.sent < self.bytes.len() {
            return;
        }
        link.expect(Some(self.command));
        let (time, len) = self.command.time(&link.timing);
        let until = now + time + Duration::of_bytes(len + LONGEST as u64, 10, link.baud());
        self.phase = Phase::Reply { until };
    }

    fn await_reply(&mut self, link: &mut Link, until: Instant, now: Instant) -> Progress {
        let command = self.command;
        let came = link.begun();
        let fault = match link.take_reply(now) {
            Some(Reply::Whole(status)) => match status.code() {
                Code::Done | Code::Found => return Progress::Done(Ok(status)),
                _ => Fault::Refused { command, status },
            },
            Some(Reply::Damaged) => Fault::Garbled(command),
            None if link.is_stalled(now) => Fault::Cut { command, came: came.unwrap_or(0) },
            // One that is there is looked at when it is due.
            None if link.is_replied() => return Progress::Receive { until: link.due_at() },
            None if now < until => return Progress::Receive { until: until.min(link.due_at()) },
            None if link.heard => Fault::Garbled(command),
            None => Fault::NoReply(command),
        };
        if fault.is_line() && self.attempts_left > 0 && now < link.last_try {
            self.attempts_left -= 1;
            return self.begin(link, now);
        }
        link.expect(None);
        Progress::Done(Err(fault))
    }
}
