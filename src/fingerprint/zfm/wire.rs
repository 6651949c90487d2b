use core::fmt;

use heapless::Vec;
use zeroize::Zeroize;

use super::command::Command;
use super::config::Config;
use super::fault::Fault;
use super::frame::{Found, Frame, OVERHEAD, Parser, Pid};
use crate::fingerprint::script::Wait;
use crate::port::{Duration, Instant};

/// Content of the longest command in the manuals: WriteNotepad, with 32 bytes.
const MAX_COMMAND: usize = 34;

/// Babble is endured this long before a command, as a multiple of the silence
/// that is asked for.
const BABBLE: u64 = 16;

/// The notice of a module that woke by touch (M5): an acknowledgement of
/// nothing.
const WOKEN: [u8; 1] = [0xFF];

/// One command on its way and its answer: frames and deadlines, no meaning.
pub(super) struct Wire {
    parser: Parser,
    outgoing: Vec<u8, { MAX_COMMAND + OVERHEAD }>,
    sent: usize,
    opcode: u8,
    phase: Phase,
    /// When something was last heard.
    heard: Instant,
    foreign: Option<u32>,
    woken: bool,
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
            outgoing: Vec::new(),
            sent: 0,
            opcode: 0,
            phase: Phase::Idle,
            heard: Instant::ZERO,
            foreign: None,
            woken: false,
        }
    }

    pub(super) const fn is_idle(&self) -> bool {
        matches!(self.phase, Phase::Idle)
    }

    /// Gives up what is on its way.
    pub(super) fn abandon(&mut self) {
        self.phase = Phase::Idle;
        self.parser.clear();
        self.wipe();
    }

    /// Starts a command; refuses one that is longer than any can be.
    pub(super) fn begin<C: Command>(
        &mut self,
        command: &C,
        silence: Silence,
        config: &Config,
        now: Instant,
    ) -> Result<(), Fault> {
        let mut content: Vec<u8, MAX_COMMAND> = Vec::new();
        let unsupported = Fault::Unsupported(C::OPCODE);
        content.push(C::OPCODE).map_err(|_| unsupported)?;
        content.extend_from_slice(command.parameters().as_ref()).map_err(|_| unsupported)?;
        self.write(&Frame::new(config.address, Pid::Command, &content));
        content.zeroize();
        (self.sent, self.opcode, self.foreign) = (0, C::OPCODE, None);
        // What came in while nobody listened is heard now.
        self.heard = now;
        let limit = now + silence.length(config).times(BABBLE);
        self.phase = Phase::Drain { silence, limit, time: command.time(&config.timing) };
        Ok(())
    }

    fn write(&mut self, frame: &Frame<'_>) {
        let mut bytes = [0; MAX_COMMAND + OVERHEAD];
        let len = frame.encode(&mut bytes).unwrap_or(0);
        self.outgoing.clear();
        // Cannot fail: both are of one size.
        let _ = self.outgoing.extend_from_slice(bytes.get(..len).unwrap_or(&[]));
        bytes.zeroize();
    }

    /// Goes on with the command.
    pub(super) fn poll(&mut self, config: &Config, now: Instant) -> Result<Progress, Fault> {
        let result = self.advance(config, now);
        if !matches!(result, Ok(Progress::Waiting(_))) {
            self.phase = Phase::Idle;
            self.wipe();
        }
        result
    }

    fn advance(&mut self, config: &Config, now: Instant) -> Result<Progress, Fault> {
        loop {
            match self.phase {
                Phase::Idle => return Err(Fault::OutOfStep(self.opcode)),
                Phase::Drain { silence, limit, time } => {
                    self.discard(silence, config)?;
                    let until = self.heard + silence.length(config);
                    if now < until {
                        return self.still(now, limit, until);
                    }
                    self.parser.clear();
                    self.phase = Phase::Send { until: now + config.timing.reply, time };
                }
                Phase::Send { until, time } => {
                    if self.sent < self.outgoing.len() {
                        return self.sending(now, until);
                    }
                    self.wipe();
                    self.phase = Phase::Reply { until: now + time };
                }
                Phase::Reply { until } => return self.reply(until, config, now),
            }
        }
    }

    fn still(&self, now: Instant, limit: Instant, until: Instant) -> Result<Progress, Fault> {
        if now >= limit { Err(Fault::Babble) } else { Ok(Progress::Waiting(Wait::Receive(until))) }
    }

    fn sending(&self, now: Instant, until: Instant) -> Result<Progress, Fault> {
        if now >= until {
            return Err(Fault::Timeout(self.opcode));
        }
        Ok(Progress::Waiting(Wait::Send(until)))
    }

    /// Judges what came while nothing was asked.
    fn discard(&mut self, silence: Silence, config: &Config) -> Result<(), Fault> {
        while let Some(found) = self.parser.take() {
            match (found, silence) {
                (Found::Frame(frame), _) if is_woken(&frame, config) => self.woken = true,
                (Found::Frame(frame), Silence::Quiet) if is_from(&frame, config) => {
                    return Err(Fault::OutOfStep(self.opcode));
                }
                (Found::Started, Silence::Quiet) => return Err(Fault::Restarted),
                _ => {}
            }
        }
        Ok(())
    }

    fn reply(&mut self, until: Instant, config: &Config, now: Instant) -> Result<Progress, Fault> {
        while let Some(found) = self.parser.take() {
            match found {
                Found::Damaged => return Err(Fault::Damaged(self.opcode)),
                Found::Started => return Err(Fault::Restarted),
                Found::Frame(frame) if is_woken(&frame, config) => self.woken = true,
                Found::Frame(frame) if frame.address != config.address => {
                    self.foreign = Some(frame.address);
                }
                // On a line with both directions on one wire, our own command.
                Found::Frame(Frame { pid: Pid::Command, .. }) => {}
                Found::Frame(Frame { pid: Pid::Acknowledge, .. }) => return Ok(Progress::Answered),
                Found::Frame(_) => return Err(Fault::OutOfStep(self.opcode)),
            }
        }
        self.overdue(until, config, now)
    }

    fn overdue(&self, until: Instant, config: &Config, now: Instant) -> Result<Progress, Fault> {
        let gap = self.heard + config.timing.gap;
        let cut = self.parser.is_within_frame();
        if cut && now >= gap {
            return Err(Fault::Damaged(self.opcode));
        }
        if now >= until {
            return Err(self.foreign.map_or(Fault::Timeout(self.opcode), Fault::Foreign));
        }
        Ok(Progress::Waiting(Wait::Receive(if cut { until.min(gap) } else { until })))
    }

    /// The content of the answer, until the next bytes.
    pub(super) fn answer(&self) -> &[u8] {
        self.parser.frame().map_or(&[], |frame| frame.content)
    }

    /// Whether the module said since that it was woken by touch.
    pub(super) fn take_woken(&mut self) -> bool {
        core::mem::take(&mut self.woken)
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

    /// The command may hold the password.
    fn wipe(&mut self) {
        self.outgoing.zeroize();
        self.sent = 0;
    }
}

impl Silence {
    const fn length(self, config: &Config) -> Duration {
        match self {
            Self::Quiet => config.timing.quiet,
            Self::Settle => config.timing.settle,
        }
    }
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wire").field("opcode", &self.opcode).field("phase", &self.phase).finish()
    }
}

/// What the module itself sends: a command is our own, heard back.
fn is_from(frame: &Frame<'_>, config: &Config) -> bool {
    frame.address == config.address && frame.pid != Pid::Command
}

fn is_woken(frame: &Frame<'_>, config: &Config) -> bool {
    is_from(frame, config) && frame.pid == Pid::Acknowledge && frame.content == WOKEN
}
