use core::fmt;

use heapless::Vec;
use zeroize::Zeroize;

use super::command::{Command, INFO};
use super::config::Timing;
use super::fault::Fault;
use super::frame::{Data, Found, OVERHEAD, PACKET, PIECE, Packet, Parser};
use crate::fingerprint::wire::{Framing, Heard, Lapse, Silence};
use crate::port::Duration;

/// The command was carried out.
pub(super) const ACK: u16 = 0x30;
/// The command was refused.
pub(super) const NACK: u16 = 0x31;

/// A command and its answer, and the data that go with one of them.
pub struct Packets {
    parser: Parser,
    /// The command, or a piece of the data packet behind it.
    outgoing: Vec<u8, PIECE>,
    code: u16,
    /// Bytes of the data packet behind a good answer.
    expected: usize,
    /// The command is followed by data.
    sends: bool,
    /// Bytes of their packet that were sent.
    given: usize,
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
            outgoing: Vec::new(),
            code: 0,
            expected: 0,
            sends: false,
            given: 0,
            stage: Stage::Answer,
            owes: false,
            response: Packet { device: 0, parameter: 0, code: 0, sum: 0 },
            info: [0; INFO],
            times: (Duration::ZERO, Duration::ZERO),
            tail: Duration::ZERO,
        }
    }

    /// Begins with a command, at this speed; how long the answer may take.
    pub(super) fn begin<C: Command>(
        &mut self,
        command: &C,
        timing: &Timing,
        baud: u32,
    ) -> Duration {
        self.outgoing.clear();
        // Cannot fail: it is empty.
        let _ =
            self.outgoing.extend_from_slice(&Packet::new(C::CODE, command.parameter()).encode());
        (self.code, self.expected, self.sends) = (C::CODE, C::DATA, C::SENDS);
        (self.given, self.stage) = (0, Stage::Answer);
        self.owes |= C::SENDS;
        self.parser.expect(C::DATA);
        if C::DATA > 0 {
            self.tail = self.tail.max(line_time(PACKET + OVERHEAD + C::DATA, baud));
        }
        self.times = (command.time(timing), timing.reply);
        if C::SENDS { timing.reply } else { command.time(timing) }
    }

    /// Puts the next piece of a data packet in.
    pub(super) fn load(&mut self, data: &[u8]) {
        self.outgoing = Data::new(data).bytes().skip(self.given).take(PIECE).collect();
        self.given = self.given.saturating_add(self.outgoing.len());
        if self.given >= data.len().saturating_add(OVERHEAD) {
            (self.sends, self.stage) = (false, Stage::Answer);
        }
    }

    /// The data that came last.
    pub(super) fn piece(&self) -> &[u8] {
        self.parser.piece()
    }

    /// The answer: its packet, and what a module says about itself.
    pub(super) fn answer(&self) -> (Packet, &[u8]) {
        (self.response, &self.info)
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

fn line_time(bytes: usize, baud: u32) -> Duration {
    Duration::of_bytes(u64::try_from(bytes).unwrap_or(u64::MAX), 10, baud)
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

    /// It can be part of a template.
    fn wipe(&mut self) {
        self.outgoing.zeroize();
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

impl Drop for Packets {
    fn drop(&mut self) {
        self.wipe();
    }
}
