use core::fmt;

use heapless::Vec;
use zeroize::Zeroize;

use super::code::Code;
use super::command::Request;
use super::config::Config;
use super::data::{Bulk, CHUNK, Heed};
use super::fault::Fault;
use super::packet::{Found, Packet, Parser};
use crate::fingerprint::wire::{Framing, Heard, Lapse, Silence};
use crate::port::Duration;

/// Responses that may come before the last one to a scan: an image for the
/// check, its end, an image to enrol; and one for good measure.
const PROGRESS: u8 = 4;

/// A command and its response, and the data that go with them.
pub struct Packets {
    parser: Parser,
    asked: Packet,
    /// As it went out last, to know it again.
    sent: Packet,
    outgoing: Vec<u8, CHUNK>,
    bulk: Bulk,
    silence: Silence,
    /// Whether a finger is waited for.
    scan: bool,
    response: Packet,
    foreign: Option<u16>,
    progress: u8,
    scanned: bool,
}

const NOTHING: Packet = Packet { terminal: None, command: 0, param: 0, size: 0, flag: 0 };

impl Packets {
    pub(super) const fn new(network: bool) -> Self {
        Self {
            parser: Parser::new(network),
            asked: NOTHING,
            sent: NOTHING,
            outgoing: Vec::new(),
            bulk: Bulk::new(),
            silence: Silence::Settle,
            scan: false,
            response: NOTHING,
            foreign: None,
            progress: 0,
            scanned: false,
        }
    }

    /// Begins with a command; for how long its response is waited for.
    pub(super) fn begin(
        &mut self,
        request: &Request,
        config: &Config,
        silence: Silence,
    ) -> Duration {
        let Request { command, param, size, flag } = *request;
        self.asked = Packet { terminal: config.terminal(), command, param, size, flag };
        self.put(self.asked);
        self.bulk.begin(request, &config.timing);
        (self.foreign, self.progress) = (None, 0);
        (self.silence, self.scan) = (silence, request.is_scan());
        request.time(&config.timing)
    }

    fn put(&mut self, packet: Packet) {
        self.sent = packet;
        self.outgoing.zeroize();
        // Cannot fail: it is empty.
        let _ = self.outgoing.extend_from_slice(&packet.to_bytes());
    }

    /// Gives the data out that came.
    pub(super) fn take(
        &mut self,
        take: &mut dyn FnMut(&[u8]) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        self.bulk.take(take)
    }

    /// Puts in the next bytes of these; how many went so far.
    pub(super) fn load(&mut self, data: &[u8]) -> usize {
        self.outgoing = self.bulk.load(self.asked.terminal, data);
        self.bulk.given(data)
    }

    /// What the data that came are, or what goes out next.
    fn next(&mut self) -> Result<Heard, Fault> {
        let next = self.bulk.next().ok_or(self.fault(Lapse::Damaged))?;
        if let Heard::Turn(_) = next {
            self.put(self.bulk.acknowledgement(self.asked.terminal));
        }
        Ok(next)
    }

    fn heed(&mut self, packet: Packet) -> Result<Heard, Fault> {
        match self.bulk.heed(&packet) {
            Heed::On(heard) => Ok(heard),
            Heed::Answer(heard) => {
                self.response = packet;
                Ok(heard)
            }
            Heed::OutOfStep => Err(self.out_of_step()),
        }
    }

    pub(super) const fn response(&self) -> Packet {
        self.response
    }

    /// Whether an image was taken since.
    pub(super) fn take_scanned(&mut self) -> bool {
        core::mem::take(&mut self.scanned)
    }

    fn out_of_step(&self) -> Fault {
        Fault::OutOfStep(self.asked.command)
    }

    fn progress(&mut self) -> Result<(), Fault> {
        self.progress = self.progress.saturating_add(1);
        if !self.scan || self.progress > PROGRESS {
            return Err(self.out_of_step());
        }
        self.scanned = true;
        Ok(())
    }
}

impl Framing for Packets {
    type Fault = Fault;

    fn fault(&self, lapse: Lapse) -> Fault {
        let command = self.asked.command;
        match lapse {
            Lapse::Timeout => self.foreign.map_or(Fault::Timeout(command), Fault::Foreign),
            Lapse::Damaged => Fault::Damaged(command),
            Lapse::OutOfStep => self.out_of_step(),
            Lapse::Babble => Fault::Babble,
        }
    }

    fn command(&self) -> &[u8] {
        &self.outgoing
    }

    /// It can hold a template.
    fn wipe(&mut self) {
        self.outgoing.zeroize();
    }

    fn tail(&self) -> Duration {
        self.bulk.tail()
    }

    fn push(&mut self, bytes: &[u8]) -> usize {
        if self.bulk.is_data() { self.bulk.push(bytes) } else { self.parser.push(bytes) }
    }

    fn clear(&mut self) {
        self.parser.clear();
        self.bulk.clear();
    }

    fn is_within_frame(&self) -> bool {
        self.parser.is_within_packet() || self.bulk.is_data()
    }

    fn discard(&mut self, silence: Silence) -> Result<(), Fault> {
        while let Some(found) = self.parser.take() {
            match (found, silence) {
                (Found::Packet(packet), Silence::Quiet)
                    if packet.terminal == self.asked.terminal =>
                {
                    return Err(self.out_of_step());
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn judge(&mut self) -> Result<Heard, Fault> {
        match self.next()? {
            Heard::Nothing => {}
            next => return Ok(next),
        }
        while let Some(found) = self.parser.take() {
            let packet = match (found, self.silence) {
                (Found::Packet(packet), _) => packet,
                (Found::Damaged, Silence::Settle) => continue,
                (Found::Damaged, Silence::Quiet) => return Err(self.fault(Lapse::Damaged)),
            };
            // On a line with both directions on one wire, our own command.
            if packet == self.sent {
                continue;
            }
            if packet.terminal != self.asked.terminal {
                self.foreign = packet.terminal;
                continue;
            }
            match self.silence {
                // What was cancelled may say so first.
                Silence::Settle if packet.command != self.asked.command => {}
                _ if packet.command != self.asked.command => return Err(self.out_of_step()),
                _ if self.bulk.is_asked() && is_progress(&packet) => self.progress()?,
                _ => return self.heed(packet),
            }
        }
        Ok(Heard::Nothing)
    }
}

/// Whether another response to the same command follows.
fn is_progress(packet: &Packet) -> bool {
    matches!(Code::from(packet.flag), Code::ScanSuccess | Code::Continue)
}

/// Without the bytes, which can be those of a template.
impl fmt::Debug for Packets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Packets")
            .field("asked", &self.asked)
            .field("bulk", &self.bulk)
            .finish_non_exhaustive()
    }
}

impl Drop for Packets {
    fn drop(&mut self) {
        self.outgoing.zeroize();
    }
}
