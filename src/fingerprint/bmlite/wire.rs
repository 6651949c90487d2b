use heapless::Vec;

use super::command::{Answer, Request};
use super::config::Config;
use super::fault::Fault;
use super::frame::{ACK, Found, Parser, Segment};
use crate::port::{Duration, Instant};

/// The longest request in its frame.
const MAX_OUTGOING: usize = 32;

/// The longest answer: the numbers of all slots.
const MAX_MESSAGE: usize = 420;

/// Babble is endured this long before a command, as a multiple of the silence
/// that is asked for.
const BABBLE: u64 = 16;

/// One command on its way and its answer: frames, acknowledgements, deadlines.
#[derive(Debug)]
pub(super) struct Wire {
    parser: Parser,
    request: Request,
    outgoing: Vec<u8, MAX_OUTGOING>,
    sent: usize,
    message: Vec<u8, MAX_MESSAGE>,
    /// Segments of the message so far, and how many it has.
    segments: (u16, u16),
    phase: Phase,
    silence: Silence,
    /// When the answer is too late.
    until: Instant,
    /// When something was last heard.
    heard: Instant,
}

#[derive(Clone, Copy, Debug)]
enum Phase {
    Idle,
    /// Waiting for silence, so long at most.
    Drain(Instant),
    Send(Instant),
    /// Waiting for the acknowledgement.
    Sent(Instant),
    Reply,
    /// Acknowledging a segment.
    Acknowledge(Instant),
}

/// The silence that is asked for before a command.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Silence {
    /// In step: what comes now is out of place.
    Quiet,
    /// After a fault: whatever comes is acknowledged and thrown away, until the
    /// answer.
    Settle,
}

/// What the face is to do.
#[derive(Clone, Copy, Debug)]
pub(super) enum Wait {
    Send(Instant),
    Receive(Instant),
}

/// How far a command is.
pub(super) enum Progress {
    Waiting(Wait),
    Answered(Answer),
}

impl Wire {
    pub(super) const fn new() -> Self {
        Self {
            parser: Parser::new(),
            request: Request::version(),
            outgoing: Vec::new(),
            sent: 0,
            message: Vec::new(),
            segments: (0, 0),
            phase: Phase::Idle,
            silence: Silence::Settle,
            until: Instant::ZERO,
            heard: Instant::ZERO,
        }
    }

    pub(super) const fn is_idle(&self) -> bool {
        matches!(self.phase, Phase::Idle)
    }

    /// Gives up what is on its way.
    pub(super) fn abandon(&mut self) {
        self.phase = Phase::Idle;
        self.parser.clear();
        self.put(&[]);
    }

    /// Starts a command.
    pub(super) fn begin(
        &mut self,
        request: &Request,
        silence: Silence,
        config: &Config,
        now: Instant,
    ) {
        (self.request, self.silence) = (*request, silence);
        let message = request.to_bytes();
        self.put(&Segment { number: 1, count: 1, data: &message }.to_bytes());
        self.restart();
        // What came in while nobody listened is heard now.
        self.heard = now;
        self.phase = Phase::Drain(now + silence.length(config).times(BABBLE));
    }

    fn put(&mut self, bytes: &[u8]) {
        self.outgoing.clear();
        // Cannot fail: no request is longer.
        let _ = self.outgoing.extend_from_slice(bytes);
        self.sent = 0;
    }

    /// A new message begins.
    fn restart(&mut self) {
        self.message.clear();
        self.segments = (0, 0);
    }

    /// Goes on with the command.
    pub(super) fn poll(&mut self, config: &Config, now: Instant) -> Result<Progress, Fault> {
        let result = self.advance(config, now);
        if !matches!(result, Ok(Progress::Waiting(_))) {
            self.phase = Phase::Idle;
        }
        result
    }

    fn advance(&mut self, config: &Config, now: Instant) -> Result<Progress, Fault> {
        loop {
            match self.phase {
                Phase::Idle => return Err(self.out_of_step()),
                Phase::Drain(limit) => {
                    self.discard()?;
                    let until = self.heard + self.silence.length(config);
                    if now < until {
                        return still(now, limit, until);
                    }
                    self.parser.clear();
                    self.phase = Phase::Send(now + config.timing.reply);
                }
                Phase::Send(until) => {
                    if self.sent < self.outgoing.len() {
                        return self.sending(now, until);
                    }
                    self.phase = Phase::Sent(now + self.silence.acknowledge(config));
                    self.until = now + self.request.time(&config.timing);
                }
                Phase::Sent(until) => match self.parser.take() {
                    Some(Found::Acknowledged) => {
                        self.phase = Phase::Reply;
                        self.until = now + self.request.time(&config.timing);
                    }
                    Some(found) => self.unexpected(found)?,
                    None => {
                        let late = Fault::Unacknowledged(self.request.command());
                        return self.overdue(until, late, config, now);
                    }
                },
                Phase::Reply => match self.parser.take() {
                    Some(Found::Segment) => {
                        self.collect()?;
                        self.put(&ACK);
                        self.phase = Phase::Acknowledge(now + config.timing.acknowledge);
                    }
                    // Two for one frame do no harm.
                    Some(Found::Acknowledged) => {}
                    Some(Found::Damaged) => self.unexpected(Found::Damaged)?,
                    None => {
                        let late = Fault::Timeout(self.request.command());
                        return self.overdue(self.until, late, config, now);
                    }
                },
                Phase::Acknowledge(until) => {
                    if self.sent < self.outgoing.len() {
                        return self.sending(now, until);
                    }
                    self.phase = Phase::Reply;
                    if let Some(answer) = self.complete()? {
                        return Ok(Progress::Answered(answer));
                    }
                }
            }
        }
    }

    fn out_of_step(&self) -> Fault {
        Fault::OutOfStep(self.request.command())
    }

    fn sending(&self, now: Instant, until: Instant) -> Result<Progress, Fault> {
        if now >= until {
            return Err(Fault::Timeout(self.request.command()));
        }
        Ok(Progress::Waiting(Wait::Send(until)))
    }

    /// Judges what came while nothing was asked.
    fn discard(&mut self) -> Result<(), Fault> {
        while let Some(found) = self.parser.take() {
            if found == Found::Segment && self.silence == Silence::Quiet {
                return Err(self.out_of_step());
            }
        }
        Ok(())
    }

    /// What is not due is a fault, unless it is left over from another one.
    fn unexpected(&self, found: Found) -> Result<(), Fault> {
        match (self.silence, found) {
            (Silence::Settle, _) | (_, Found::Acknowledged) => Ok(()),
            (Silence::Quiet, Found::Damaged) => Err(Fault::Damaged(self.request.command())),
            (Silence::Quiet, Found::Segment) => Err(self.out_of_step()),
        }
    }

    /// Adds a segment to the message. Each is to come once, and in order.
    fn collect(&mut self) -> Result<(), Fault> {
        let wrong = Fault::Segment(self.request.command());
        let Some(segment) = self.parser.segment() else { return Ok(()) };
        let (Segment { number, count, data }, (last, announced)) = (segment, self.segments);
        let first = last == 0;
        let in_order = number == last.saturating_add(1) && number <= count;
        let same = first || count == announced;
        if in_order && same && self.message.extend_from_slice(data).is_ok() {
            self.segments = (number, count);
            return Ok(());
        }
        self.restart();
        if self.silence == Silence::Quiet { Err(wrong) } else { Ok(()) }
    }

    /// The answer, once the message is whole.
    fn complete(&mut self) -> Result<Option<Answer>, Fault> {
        let (last, count) = self.segments;
        if last != count || last == 0 {
            return Ok(None);
        }
        let answer = Answer::read(&self.message, &self.request);
        self.restart();
        match answer {
            None if self.silence == Silence::Quiet => Err(self.out_of_step()),
            answer => Ok(answer),
        }
    }

    fn overdue(
        &self,
        until: Instant,
        late: Fault,
        config: &Config,
        now: Instant,
    ) -> Result<Progress, Fault> {
        let gap = self.heard + config.timing.gap;
        let cut = self.parser.is_within_frame();
        if cut && now >= gap {
            return Err(Fault::Damaged(self.request.command()));
        }
        if now >= until {
            return Err(late);
        }
        Ok(Progress::Waiting(Wait::Receive(if cut { until.min(gap) } else { until })))
    }

    pub(super) fn outgoing(&self) -> &[u8] {
        self.outgoing.get(self.sent..).unwrap_or(&[])
    }

    pub(super) fn sent(&mut self, n: usize) {
        self.sent = self.sent.saturating_add(n);
    }

    pub(super) fn received(&mut self, bytes: &[u8], now: Instant) -> usize {
        self.heard = now;
        self.parser.push(bytes)
    }
}

fn still(now: Instant, limit: Instant, until: Instant) -> Result<Progress, Fault> {
    if now >= limit { Err(Fault::Babble) } else { Ok(Progress::Waiting(Wait::Receive(until))) }
}

impl Silence {
    const fn length(self, config: &Config) -> Duration {
        match self {
            Self::Quiet => config.timing.quiet,
            Self::Settle => config.timing.settle,
        }
    }

    /// After a fault, the module may have to end first what it was at.
    const fn acknowledge(self, config: &Config) -> Duration {
        match self {
            Self::Quiet => config.timing.acknowledge,
            Self::Settle => config.timing.reply,
        }
    }
}
