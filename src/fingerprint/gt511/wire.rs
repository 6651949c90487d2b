use super::command::Command;
use super::config::Config;
use super::fault::Fault;
use super::frame::{Found, MAX_DATA, PACKET, Packet, Parser};
use crate::fingerprint::script::Wait;
use crate::port::{Duration, Instant};

/// Babble is endured this long before a command, as a multiple of the silence
/// that is asked for.
const BABBLE: u64 = 16;

/// The command was carried out.
pub(super) const ACK: u16 = 0x30;
/// The command was refused.
pub(super) const NACK: u16 = 0x31;

/// One command on its way and its answer: packets and deadlines, no meaning.
#[derive(Debug)]
pub(super) struct Wire {
    parser: Parser,
    outgoing: [u8; PACKET],
    sent: usize,
    code: u16,
    /// Bytes of the data packet behind a good answer.
    expected: usize,
    phase: Phase,
    /// When something was last heard.
    heard: Instant,
    response: Packet,
    data: [u8; MAX_DATA],
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
    /// The response is there, the data packet is not.
    Data {
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
            outgoing: [0; PACKET],
            sent: PACKET,
            code: 0,
            expected: 0,
            phase: Phase::Idle,
            heard: Instant::ZERO,
            response: Packet { device: 0, parameter: 0, code: 0, sum: 0 },
            data: [0; MAX_DATA],
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
        self.outgoing = Packet::new(C::CODE, command.parameter()).encode();
        (self.sent, self.code, self.expected) = (0, C::CODE, C::DATA);
        self.parser.expect(C::DATA);
        // What came in while nobody listened is heard now.
        self.heard = now;
        let limit = now + silence.length(config).times(BABBLE);
        self.phase = Phase::Drain { silence, limit, time: command.time(&config.timing) };
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
                    if self.sent < PACKET {
                        return self.sending(now, until);
                    }
                    self.phase = Phase::Reply { until: now + time };
                }
                Phase::Reply { until } => match self.response()? {
                    Some(()) if self.response.code == ACK && self.expected > 0 => {
                        self.phase = Phase::Data { until: now + config.timing.reply };
                    }
                    Some(()) => return Ok(Progress::Answered),
                    None => return self.overdue(until, config, now),
                },
                Phase::Data { until } => match self.data_packet()? {
                    Some(()) => return Ok(Progress::Answered),
                    None => return self.overdue(until, config, now),
                },
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
            match (found, silence) {
                (Found::Packet(packet), Silence::Quiet) if !is_response(&packet) => {}
                (Found::Packet(_) | Found::Data(_), Silence::Quiet) => {
                    return Err(Fault::OutOfStep(self.code));
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn response(&mut self) -> Result<Option<()>, Fault> {
        while let Some(found) = self.parser.take() {
            match found {
                Found::Damaged => return Err(Fault::Damaged(self.code)),
                Found::Data(_) => return Err(Fault::OutOfStep(self.code)),
                // On a line with both directions on one wire, our own command.
                Found::Packet(packet) if !is_response(&packet) => {}
                Found::Packet(packet) => {
                    self.response = packet;
                    return Ok(Some(()));
                }
            }
        }
        Ok(None)
    }

    fn data_packet(&mut self) -> Result<Option<()>, Fault> {
        match self.parser.take() {
            None => Ok(None),
            Some(Found::Damaged) => Err(Fault::Damaged(self.code)),
            Some(Found::Packet(_)) => Err(Fault::OutOfStep(self.code)),
            Some(Found::Data(found)) => {
                for (slot, byte) in self.data.iter_mut().zip(found.data) {
                    *slot = *byte;
                }
                Ok(Some(()))
            }
        }
    }

    fn overdue(&self, until: Instant, config: &Config, now: Instant) -> Result<Progress, Fault> {
        let gap = self.heard + config.timing.gap;
        let cut = self.parser.is_within_packet();
        if cut && now >= gap {
            return Err(Fault::Damaged(self.code));
        }
        if now >= until {
            return Err(Fault::Timeout(self.code));
        }
        Ok(Progress::Waiting(Wait::Receive(if cut { until.min(gap) } else { until })))
    }

    /// The answer: its packet, and the data behind it.
    pub(super) fn answer(&self) -> (Packet, &[u8]) {
        (self.response, self.data.get(..self.expected).unwrap_or(&[]))
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

/// What the module itself sends: a command is our own, heard back.
const fn is_response(packet: &Packet) -> bool {
    matches!(packet.code, ACK | NACK)
}
