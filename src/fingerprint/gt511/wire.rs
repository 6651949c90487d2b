use core::fmt;

use super::command::{INFO, Request};
use super::config::Timing;
use super::fault::Fault;
use super::frame::{DATA_HEAD, Data, Found, OVERHEAD, PACKET, Packet, Parser};
use crate::fingerprint::bulk::{Cargo, Outgoing, line_time};
use crate::fingerprint::wire::{Framing, Heard, Lapse, Silence};
use crate::port::Duration;

/// The command was carried out.
pub(super) const ACK: u16 = 0x30;
/// The command was refused.
pub(super) const NACK: u16 = 0x31;

/// A command and its answer, and the data that go with one of them.
pub struct Packets {
    parser: Parser,
    outgoing: Outgoing,
    code: u16,
    /// Bytes of the data packet behind a good answer.
    expected: usize,
    /// The command is followed by data.
    sends: bool,
    stage: Stage,
    /// The module may be waiting for data.
    owes: bool,
    response: Packet,
    info: [u8; INFO],
    /// For the answer to what was sent last; between two pieces of data.
    times: (Duration, Duration),
    tail: Duration,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Stage {
    /// A response is due.
    Answer,
    /// More data are to be sent.
    Send,
    /// More data are due.
    Data,
}

impl Packets {
    pub(super) const fn new() -> Self {
        Self {
            parser: Parser::new(),
            outgoing: Outgoing::new(),
            code: 0,
            expected: 0,
            sends: false,
            stage: Stage::Answer,
            owes: false,
            response: Packet { device: 0, parameter: 0, code: 0, sum: 0 },
            info: [0; INFO],
            times: (Duration::ZERO, Duration::ZERO),
            tail: Duration::ZERO,
        }
    }

    /// Begins with a command, at this speed; how long the answer may take.
    pub(super) fn begin(&mut self, request: &Request, timing: &Timing, baud: u32) -> Duration {
        let kind = request.kind;
        self.outgoing.put(&Packet::new(kind.code, request.parameter).encode());
        (self.code, self.expected, self.sends) = (kind.code, kind.data(), kind.sends());
        self.stage = Stage::Answer;
        self.owes |= self.sends;
        self.parser.expect(self.expected);
        if self.expected > 0 {
            let bytes = self.expected.saturating_add(PACKET + OVERHEAD);
            self.tail = self.tail.max(line_time(bytes, baud));
        }
        self.times = (kind.time(timing), timing.reply);
        if self.sends { timing.reply } else { self.times.0 }
    }

    /// Puts the next piece of a data packet in, or takes one out.
    pub(super) fn shift(&mut self, cargo: &mut Cargo<'_, Fault>) -> Result<(), Fault> {
        if self.stage != Stage::Send {
            return cargo.take(self.parser.piece());
        }
        cargo.give(|data| {
            let sum = Data::new(data).sum.to_le_bytes();
            let (gone, over) = self.outgoing.load(&DATA_HEAD, data, sum);
            if over {
                (self.sends, self.stage) = (false, Stage::Answer);
            }
            gone
        });
        Ok(())
    }

    /// The answer.
    pub(super) const fn answer(&self) -> Packet {
        self.response
    }

    /// What the module said about itself, when it was asked last.
    pub(super) const fn info(&self) -> &[u8; INFO] {
        &self.info
    }

    /// Whether the module may be waiting for data that will not come.
    pub(super) fn take_debt(&mut self) -> bool {
        core::mem::take(&mut self.owes)
    }

    fn response(&mut self, packet: Packet) -> Result<Heard, Fault> {
        self.response = packet;
        if packet.code == ACK && self.sends {
            if packet.parameter != 0 {
                return Err(Fault::OutOfStep(self.code));
            }
            self.stage = Stage::Send;
            return Ok(Heard::Piece(Some(self.times.0)));
        }
        if packet.code == ACK && self.expected > 0 {
            self.stage = Stage::Data;
            return Ok(Heard::Part);
        }
        Ok(self.over())
    }

    fn took(&mut self) -> Heard {
        if self.expected == INFO {
            self.info.iter_mut().zip(self.parser.piece()).for_each(|(to, from)| *to = *from);
        }
        Heard::Piece(Some(self.times.1))
    }

    /// In step again: nothing of before is on its way any more.
    fn over(&mut self) -> Heard {
        (self.tail, self.owes) = (Duration::ZERO, false);
        Heard::All
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
        self.outgoing.bytes()
    }

    fn wipe(&mut self) {
        self.outgoing.wipe();
    }

    fn tail(&self) -> Duration {
        self.tail
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
                (Found::Packet(_) | Found::Piece | Found::End, Silence::Quiet) => {
                    return Err(Fault::OutOfStep(self.code));
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn judge(&mut self) -> Result<Heard, Fault> {
        while let Some(found) = self.parser.take() {
            match (found, self.stage) {
                (Found::Damaged, _) => return Err(Fault::Damaged(self.code)),
                // On a line with both directions on one wire, our own command.
                (Found::Packet(packet), Stage::Answer) if !is_response(&packet) => {}
                (Found::Packet(packet), Stage::Answer) => return self.response(packet),
                (Found::Piece, Stage::Data) => return Ok(self.took()),
                (Found::End, Stage::Data) => return Ok(self.over()),
                _ => return Err(Fault::OutOfStep(self.code)),
            }
        }
        match self.stage {
            Stage::Send => Ok(Heard::Piece(Some(self.times.0))),
            _ => Ok(Heard::Nothing),
        }
    }
}

/// What the module itself sends: a command is our own, heard back.
const fn is_response(packet: &Packet) -> bool {
    matches!(packet.code, ACK | NACK)
}

/// Without the bytes, which can be those of a template.
impl fmt::Debug for Packets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Packets")
            .field("code", &self.code)
            .field("stage", &self.stage)
            .finish_non_exhaustive()
    }
}
