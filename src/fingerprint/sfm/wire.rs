use heapless::Vec;

use super::code::Code;
use super::command::Request;
use super::fault::Fault;
use super::packet::{Found, MAX_PACKET, Packet, Parser};
use crate::fingerprint::wire::{Framing, Heard, Lapse, Silence};

/// Responses that may come before the last one to a scan: an image for the
/// check, its end, an image to enrol; and one for good measure.
const PROGRESS: u8 = 4;

/// A command and its response.
#[derive(Debug)]
pub struct Packets {
    parser: Parser,
    asked: Packet,
    outgoing: Vec<u8, MAX_PACKET>,
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
            outgoing: Vec::new(),
            silence: Silence::Settle,
            scan: false,
            response: NOTHING,
            foreign: None,
            progress: 0,
            scanned: false,
        }
    }

    pub(super) fn begin(&mut self, request: &Request, terminal: Option<u16>, silence: Silence) {
        let Request { command, param, size, flag } = *request;
        self.asked = Packet { terminal, command, param, size, flag };
        self.outgoing = self.asked.to_bytes();
        (self.foreign, self.progress) = (None, 0);
        (self.silence, self.scan) = (silence, request.is_scan());
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

    fn push(&mut self, bytes: &[u8]) -> usize {
        self.parser.push(bytes)
    }

    fn clear(&mut self) {
        self.parser.clear();
    }

    fn is_within_frame(&self) -> bool {
        self.parser.is_within_packet()
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
        while let Some(found) = self.parser.take() {
            let packet = match (found, self.silence) {
                (Found::Packet(packet), _) => packet,
                (Found::Damaged, Silence::Settle) => continue,
                (Found::Damaged, Silence::Quiet) => return Err(self.fault(Lapse::Damaged)),
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
                _ if packet.command != self.asked.command => return Err(self.out_of_step()),
                _ if is_progress(&packet) => self.progress()?,
                _ => {
                    self.response = packet;
                    return Ok(Heard::All);
                }
            }
        }
        Ok(Heard::Nothing)
    }
}

/// Whether another response to the same command follows.
fn is_progress(packet: &Packet) -> bool {
    matches!(Code::from(packet.flag), Code::ScanSuccess | Code::Continue)
}
