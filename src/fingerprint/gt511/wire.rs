use super::command::Command;
use super::fault::Fault;
use super::frame::{Found, MAX_DATA, PACKET, Packet, Parser};
use crate::fingerprint::wire::{Framing, Heard, Lapse, Silence};

/// The command was carried out.
pub(super) const ACK: u16 = 0x30;
/// The command was refused.
pub(super) const NACK: u16 = 0x31;

/// A command and its answer.
#[derive(Debug)]
pub(super) struct Packets {
    parser: Parser,
    outgoing: [u8; PACKET],
    code: u16,
    /// Bytes of the data packet behind a good answer.
    expected: usize,
    /// The response is there, the data packet is not.
    wants_data: bool,
    response: Packet,
    data: [u8; MAX_DATA],
}

impl Packets {
    pub(super) const fn new() -> Self {
        Self {
            parser: Parser::new(),
            outgoing: [0; PACKET],
            code: 0,
            expected: 0,
            wants_data: false,
            response: Packet { device: 0, parameter: 0, code: 0, sum: 0 },
            data: [0; MAX_DATA],
        }
    }

    pub(super) fn begin<C: Command>(&mut self, command: &C) {
        self.outgoing = Packet::new(C::CODE, command.parameter()).encode();
        (self.code, self.expected, self.wants_data) = (C::CODE, C::DATA, false);
        self.parser.expect(C::DATA);
    }

    /// The answer: its packet, and the data behind it.
    pub(super) fn answer(&self) -> (Packet, &[u8]) {
        (self.response, self.data.get(..self.expected).unwrap_or(&[]))
    }

    fn response(&mut self) -> Result<Heard, Fault> {
        while let Some(found) = self.parser.take() {
            match found {
                Found::Damaged => return Err(Fault::Damaged(self.code)),
                Found::Data(_) => return Err(Fault::OutOfStep(self.code)),
                // On a line with both directions on one wire, our own command.
                Found::Packet(packet) if !is_response(&packet) => {}
                Found::Packet(packet) => {
                    self.response = packet;
                    self.wants_data = packet.code == ACK && self.expected > 0;
                    return Ok(if self.wants_data { Heard::Part } else { Heard::All });
                }
            }
        }
        Ok(Heard::Nothing)
    }

    fn data_packet(&mut self) -> Result<Heard, Fault> {
        match self.parser.take() {
            None => Ok(Heard::Nothing),
            Some(Found::Damaged) => Err(Fault::Damaged(self.code)),
            Some(Found::Packet(_)) => Err(Fault::OutOfStep(self.code)),
            Some(Found::Data(found)) => {
                for (slot, byte) in self.data.iter_mut().zip(found.data) {
                    *slot = *byte;
                }
                Ok(Heard::All)
            }
        }
    }
}

impl Framing for Packets {
    type Fault = Fault;

    fn fault(&self, lapse: Lapse) -> Fault {
        match lapse {
            Lapse::Timeout => Fault::Timeout(self.code),
            Lapse::Damaged => Fault::Damaged(self.code),
            Lapse::OutOfStep => Fault::OutOfStep(self.code),
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
                (Found::Packet(packet), Silence::Quiet) if !is_response(&packet) => {}
                (Found::Packet(_) | Found::Data(_), Silence::Quiet) => {
                    return Err(Fault::OutOfStep(self.code));
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn judge(&mut self) -> Result<Heard, Fault> {
        if self.wants_data { self.data_packet() } else { self.response() }
    }
}

/// What the module itself sends: a command is our own, heard back.
const fn is_response(packet: &Packet) -> bool {
    matches!(packet.code, ACK | NACK)
}
