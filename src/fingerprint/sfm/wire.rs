use heapless::Vec;

use super::code::Code;
use super::command::Request;
use super::config::Config;
use super::fault::Fault;
use super::packet::{Found, MAX_PACKET, Packet, Parser};
use crate::port::{Duration, Instant};

/// Babble is endured this long before a command, as a multiple of the silence
/// that is asked for.
const BABBLE: u64 = 16;

/// Responses that may come before the last one to a scan: an image for the
/// check, its end, an image to enrol; and one for good measure.
const PROGRESS: u8 = 4;

/// One command on its way and its response: packets and deadlines.
#[derive(Debug)]
pub(super) struct Wire {
    parser: Parser,
    asked: Packet,
    outgoing: Vec<u8, MAX_PACKET>,
    sent: usize,
    phase: Phase,
    silence: Silence,
    /// Whether a finger is waited for.
    scan: bool,
    /// When something was last heard.
    heard: Instant,
    foreign: Option<u16>,
    progress: u8,
    scanned: bool,
}

#[derive(Clone, Copy, Debug)]
enum Phase {
    Idle,
    /// Waiting for silence.
    Drain {
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
    /// After a fault: whatever comes is thrown away, until the response.
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
    Answered(Packet),
}

const NOTHING: Packet = Packet { terminal: None, command: 0, param: 0, size: 0, flag: 0 };

impl Wire {
    pub(super) const fn new(network: bool) -> Self {
        Self {
            parser: Parser::new(network),
            asked: NOTHING,
            outgoing: Vec::new(),
            sent: 0,
            phase: Phase::Idle,
            silence: Silence::Settle,
            scan: false,
            heard: Instant::ZERO,
            foreign: None,
            progress: 0,
            scanned: false,
        }
    }

    pub(super) const fn is_idle(&self) -> bool {
        matches!(self.phase, Phase::Idle)
    }

    /// Gives up what is on its way.
    pub(super) fn abandon(&mut self) {
        self.phase = Phase::Idle;
        self.parser.clear();
        self.outgoing.clear();
    }

    /// Starts a command.
    pub(super) fn begin(
        &mut self,
        request: &Request,
        silence: Silence,
        config: &Config,
        now: Instant,
    ) {
        let Request { command, param, size, flag } = *request;
        self.asked = Packet { terminal: config.terminal(), command, param, size, flag };
        self.outgoing = self.asked.to_bytes();
        (self.sent, self.foreign, self.progress) = (0, None, 0);
        (self.silence, self.scan) = (silence, request.is_scan());
        // What came in while nobody listened is heard now.
        self.heard = now;
        let limit = now + silence.length(config).times(BABBLE);
        self.phase = Phase::Drain { limit, time: request.time(&config.timing) };
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
                Phase::Idle => return Err(Fault::OutOfStep(self.asked.command)),
                Phase::Drain { limit, time } => {
                    self.discard()?;
                    let until = self.heard + self.silence.length(config);
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
            return Err(Fault::Timeout(self.asked.command));
        }
        Ok(Progress::Waiting(Wait::Send(until)))
    }

    /// Judges what came while nothing was asked.
    fn discard(&mut self) -> Result<(), Fault> {
        while let Some(found) = self.parser.take() {
            match (found, self.silence) {
                (Found::Packet(packet), Silence::Quiet)
                    if packet.terminal == self.asked.terminal =>
                {
                    return Err(Fault::OutOfStep(self.asked.command));
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn reply(&mut self, until: Instant, config: &Config, now: Instant) -> Result<Progress, Fault> {
        while let Some(found) = self.parser.take() {
            let packet = match (found, self.silence) {
                (Found::Packet(packet), _) => packet,
                (Found::Damaged, Silence::Settle) => continue,
                (Found::Damaged, Silence::Quiet) => return Err(Fault::Damaged(self.asked.command)),
            };
            // On a line with both directions on one wire, our own command.
            if packet == self.asked {
                continue;
            }
            if packet.terminal != self.asked.terminal {
                self.foreign = packet.terminal;
                continue;
            }
            match self.silence {
                // What was cancelled may say so first.
                Silence::Settle if packet.command != self.asked.command => {}
                _ if packet.command != self.asked.command => {
                    return Err(Fault::OutOfStep(self.asked.command));
                }
                _ if is_progress(&packet) => self.progress()?,
                _ => return Ok(Progress::Answered(packet)),
            }
        }
        self.overdue(until, config, now)
    }

    fn progress(&mut self) -> Result<(), Fault> {
        self.progress = self.progress.saturating_add(1);
        if !self.scan || self.progress > PROGRESS {
            return Err(Fault::OutOfStep(self.asked.command));
        }
        self.scanned = true;
        Ok(())
    }

    fn overdue(&self, until: Instant, config: &Config, now: Instant) -> Result<Progress, Fault> {
        let gap = self.heard + config.timing.gap;
        let cut = self.parser.is_within_packet();
        if cut && now >= gap {
            return Err(Fault::Damaged(self.asked.command));
        }
        if now >= until {
            return Err(self.foreign.map_or(Fault::Timeout(self.asked.command), Fault::Foreign));
        }
        Ok(Progress::Waiting(Wait::Receive(if cut { until.min(gap) } else { until })))
    }

    /// Whether an image was taken since.
    pub(super) fn take_scanned(&mut self) -> bool {
        core::mem::take(&mut self.scanned)
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

impl Silence {
    const fn length(self, config: &Config) -> Duration {
        match self {
            Self::Quiet => config.timing.quiet,
            Self::Settle => config.timing.settle,
        }
    }
}

/// Whether another response to the same command follows.
fn is_progress(packet: &Packet) -> bool {
    matches!(Code::from(packet.flag), Code::ScanSuccess | Code::Continue)
}
