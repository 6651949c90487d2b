use super::command::Command;
use super::config::Config;
use super::fault::Fault;
use super::frame::{FRAME, Found, Frame, Parser};
use crate::fingerprint::script::Wait;
use crate::port::{Duration, Instant};

/// Babble is endured this long before a command, as a multiple of the silence
/// that is asked for.
const BABBLE: u64 = 16;

/// One command on its way and its answer: frames and deadlines, no meaning.
#[derive(Debug)]
pub(super) struct Wire {
    parser: Parser,
    outgoing: [u8; FRAME],
    sent: usize,
    code: u8,
    phase: Phase,
    /// When something was last heard.
    heard: Instant,
    answer: Frame,
}

#[derive(Clone, Copy, Debug)]
enum Phase {
    Idle,
    /// Waiting for silence.
    Drain {
        silence: Silence,
        limit: Instant,
        time: Duration,
    },
    Send {
        until: Instant,
        time: Duration,
    },
    Reply {
        until: Instant,
    },
}

/// The silence that is asked for before a command.
#[derive(Clone, Copy, Debug)]
pub(super) enum Silence {
    /// In step: what comes now is out of place.
    Quiet,
    /// After a fault: whatever comes is thrown away.
    Settle,
}

/// How far a command is.
pub(super) enum Progress {
    Waiting(Wait),
    Answered,
}

impl Wire {
    pub(super) const fn new() -> Self {
        Self {
            parser: Parser::new(),
            outgoing: [0; FRAME],
            sent: FRAME,
            code: 0,
            phase: Phase::Idle,
            heard: Instant::ZERO,
            answer: Frame::new(0, [0; 3]),
        }
    }

    pub(super) const fn is_idle(&self) -> bool {
        matches!(self.phase, Phase::Idle)
    }

    /// Gives up what is on its way.
    pub(super) fn abandon(&mut self) {
        self.phase = Phase::Idle;
        self.parser.clear();
    }

    /// Starts a command.
    pub(super) fn begin<C: Command>(
        &mut self,
        command: &C,
        silence: Silence,
        config: &Config,
        now: Instant,
    ) {
        self.outgoing = Frame::new(C::CODE, command.parameters()).encode();
        (self.sent, self.code) = (0, C::CODE);
        // What came in while nobody listened is heard now.
        self.heard = now;
        let limit = now + silence.length(config).times(BABBLE);
        self.phase = Phase::Drain { silence, limit, time: command.time(config) };
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
                Phase::Idle => return Err(Fault::OutOfStep(self.code)),
                Phase::Drain { silence, limit, time } => {
                    self.discard(silence)?;
                    let until = self.heard + silence.length(config);
                    if now < until {
                        return still(now, limit, until);
                    }
                    self.parser.clear();
                    self.phase = Phase::Send { until: now + config.timing.reply, time };
                }
                Phase::Send { until, time } => {
                    if self.sent < FRAME {
                        return self.sending(now, until);
                    }
                    self.phase = Phase::Reply { until: now + time };
                }
                Phase::Reply { until } => return self.reply(until, config, now),
            }
        }
    }

    fn sending(&self, now: Instant, until: Instant) -> Result<Progress, Fault> {
        if now >= until {
            return Err(Fault::Timeout(self.code));
        }
        Ok(Progress::Waiting(Wait::Send(until)))
    }

    /// Judges what came while nothing was asked.
    fn discard(&mut self, silence: Silence) -> Result<(), Fault> {
        while let Some(found) = self.parser.take() {
            if let (Found::Frame(_), Silence::Quiet) = (found, silence) {
                return Err(Fault::OutOfStep(self.code));
            }
        }
        Ok(())
    }

    fn reply(&mut self, until: Instant, config: &Config, now: Instant) -> Result<Progress, Fault> {
        match self.parser.take() {
            Some(Found::Damaged) => Err(Fault::Damaged(self.code)),
            Some(Found::Frame(frame)) if frame.command != self.code => {
                Err(Fault::OutOfStep(self.code))
            }
            Some(Found::Frame(frame)) => {
                self.answer = frame;
                Ok(Progress::Answered)
            }
            None => self.overdue(until, config, now),
        }
    }

    fn overdue(&self, until: Instant, config: &Config, now: Instant) -> Result<Progress, Fault> {
        let gap = self.heard + config.timing.gap;
        let cut = self.parser.is_within_frame();
        if cut && now >= gap {
            return Err(Fault::Damaged(self.code));
        }
        if now >= until {
            return Err(Fault::Timeout(self.code));
        }
        Ok(Progress::Waiting(Wait::Receive(if cut { until.min(gap) } else { until })))
    }

    /// The three bytes of the answer.
    pub(super) fn answer(&self) -> [u8; 3] {
        self.answer.bytes
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
}
