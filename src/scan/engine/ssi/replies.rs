use super::order::{Answer, Order, Reply, Settings};
use super::packet::{Cause, Opcode, Packet, Status};
use super::parameter::{self, Held};
use super::protocol::Protocol;
use super::reply::{Capabilities, Revision};
use crate::scan::engine::reader::Front;

/// What is a reply to what was asked.
impl Protocol {
    /// `CMD_ACK` and `CMD_NAK`. One that is sent again, without that anybody
    /// asked for it, is that of an earlier command.
    pub(super) fn answered(&mut self, packet: Packet<'_>, len: usize) -> Front<Reply> {
        let refused = packet.data().first().map(|raw| Cause::of(*raw));
        let stale = packet.status().contains(Status::RETRANSMIT) && !self.again;
        match (&self.expected, refused) {
            (Some(_), Some(Cause::Resend)) => Front::Again(len),
            (None, Some(Cause::Resend)) => {
                self.repeat_answer();
                Front::Noise(len)
            }
            (Some(_), Some(cause)) if !stale => self.take(Answer::Refused(cause), len),
            (Some(Order::Plain(opcode)), None) if opcode.has_reply() => Front::Noise(len),
            (Some(Order::Request(_)), None) => Front::Noise(len),
            (Some(_), None) if !stale => self.take(Answer::Done, len),
            _ => Front::Noise(len),
        }
    }

    fn take(&mut self, answer: Answer, len: usize) -> Front<Reply> {
        self.expected = None;
        Front::Reply(len, Reply(answer))
    }

    /// What a reply with data says, if it was asked for.
    pub(super) fn reply(&mut self, packet: Packet<'_>, len: usize) -> Front<Reply> {
        if let Ok(Some(opcode)) = packet.opcode().answer() {
            self.say(opcode, None);
        }
        let Some(order) = &self.expected else { return Front::Noise(len) };
        let data = packet.data();
        let answer = match packet.opcode() {
            Opcode::REPLY_REVISION => Some(Answer::Revision(Revision::of(data))),
            Opcode::CAPABILITIES_REPLY => Capabilities::of(data).map(Answer::Capabilities),
            Opcode::SCANNER_INIT => Some(Answer::Done),
            Opcode::PARAM_SEND => Some(Answer::Parameters(values(data))),
            _ => None,
        };
        let fits = match (&answer, order) {
            (Some(Answer::Revision(_)), order) => order.opcode() == Opcode::REQUEST_REVISION,
            (Some(Answer::Capabilities(_)), order) => {
                order.opcode() == Opcode::CAPABILITIES_REQUEST
            }
            (Some(Answer::Parameters(settings)), order) => order.asks_for(settings),
            (Some(_), order) => *order == Order::Announce,
            (None, _) => false,
        };
        match answer {
            Some(answer) if fits => self.take(answer, len),
            _ => Front::Noise(len),
        }
    }
}

/// The bytes and words that an engine says it holds, as many as can be asked
/// for.
fn values(data: &[u8]) -> Settings {
    let values = parameter::Settings::new(data).filter_map(|(parameter, held)| match held {
        Held::Value(value) => Some((parameter, value)),
        Held::Bytes(_) => None,
    });
    values.take(parameter::SETTINGS).collect()
}
