use super::command::{Command, Flow};
use super::config::Config;
use super::fault::Fault;
use super::frame::{DataPacket, Found, Packet, Parser};
use crate::fingerprint::bulk::{Bulk, Cargo};
use crate::fingerprint::wire::{Framing, Heard, Lapse, Silence};
use crate::port::Duration;

/// The command was carried out.
pub(super) const ACK: u16 = 0x30;
/// The command was refused.
pub(super) const NACK: u16 = 0x31;

/// A command and its answer.
#[derive(Debug)]
pub struct Packets {
    parser: Parser,
    bulk: Bulk<DataPacket>,
    code: u16,
    /// How long the answer behind the data may take, until they go out.
    work: Option<Duration>,
    response: Packet,
}

impl Packets {
    pub(super) const fn new() -> Self {
        Self {
            parser: Parser::new(),
            bulk: Bulk::new(),
            code: 0,
            work: None,
            response: Packet { device: 0, parameter: 0, code: 0, sum: 0 },
        }
    }

    /// Puts a command in, on a line of that speed; how long its answer may
    /// take.
    pub(super) fn begin<C: Command>(
        &mut self,
        command: &C,
        baud: u32,
        config: &Config,
    ) -> Duration {
        let packet = Packet::new(C::CODE, command.parameter());
        self.bulk.begin(&packet.encode(), C::FLOW, baud);
        self.code = C::CODE;
        let time = command.time(&config.timing);
        self.work = matches!(C::FLOW, Flow::Down).then_some(time);
        if self.work.is_some() { config.timing.reply } else { time }
    }

    pub(super) fn shift(&mut self, cargo: &mut Cargo<'_>) {
        cargo.shift(&mut self.bulk);
    }

    /// The answer: its packet, and the last piece of the data behind it.
    pub(super) fn answer(&self, cargo: &mut Cargo<'_>) -> (Packet, &[u8]) {
        if self.response.code == ACK {
            cargo.last(&self.bulk);
        }
        (self.response, self.bulk.piece())
    }

    /// No data of a transfer that was given up come any more.
    pub(super) fn settle(&mut self) {
        self.bulk.settle();
    }

    fn responded(&mut self, packet: Packet) -> Result<Heard, Fault> {
        let good = packet.code == ACK;
        match self.work.take() {
            // The data may go: that says no more.
            Some(work) if good && packet.parameter == 0 => Ok(self.bulk.go(&[], work)),
            Some(_) if good => Err(Fault::OutOfStep(self.code)),
            _ => {
                self.response = packet;
                Ok(self.bulk.answered(good))
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
        self.bulk.outgoing()
    }

    fn wipe(&mut self) {
        self.bulk.wipe();
    }

    fn tail(&self) -> Duration {
        self.bulk.tail()
    }

    fn push(&mut self, bytes: &[u8]) -> usize {
        if self.bulk.is_coming() { self.bulk.push(bytes) } else { self.parser.push(bytes) }
    }

    fn clear(&mut self) {
        self.parser.clear();
        self.bulk.clear();
    }

    fn is_within_frame(&self) -> bool {
        self.parser.is_within_packet() || self.bulk.is_within()
    }

    fn discard(&mut self, silence: Silence) -> Result<(), Fault> {
        while let Some(found) = self.parser.take() {
            match (found, silence) {
                (Found::Packet(packet), Silence::Quiet) if is_response(&packet) => {
                    return Err(Fault::OutOfStep(self.code));
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn judge(&mut self) -> Result<Heard, Fault> {
        if self.bulk.is_coming() {
            return self.bulk.judge().ok_or(Fault::Damaged(self.code));
        }
        if let Some(heard) = self.bulk.goes_on() {
            return Ok(heard);
        }
        while let Some(found) = self.parser.take() {
            match found {
                Found::Damaged => return Err(Fault::Damaged(self.code)),
                Found::Packet(packet) if is_response(&packet) => return self.responded(packet),
                // On a line with both directions on one wire, our own command.
                Found::Packet(_) => {}
            }
        }
        Ok(Heard::Nothing)
    }
}

/// What the module itself sends: a command is our own, heard back.
const fn is_response(packet: &Packet) -> bool {
    matches!(packet.code, ACK | NACK)
}
