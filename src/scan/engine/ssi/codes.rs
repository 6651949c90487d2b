use super::decode::{First, Layout};
use super::order::Reply;
use super::packet::{Cause, Opcode, Packet, Status};
use super::protocol::{Place, Protocol};
use crate::scan::engine::reader::{Front, Head};
use crate::scan::{Encoding, symbology};

/// A code of several packets, between two of them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Message {
    /// `DECODE_DATA` with status bit 1; each has the type.
    Continued { kind: u8 },
    /// `MULTIPACKET_SEGMENT`: the index of the next, and how many bytes of the
    /// code are missing.
    Segments { next: u8, left: usize },
}

impl Protocol {
    /// A `DECODE_DATA` packet: a code, or part of one.
    pub(super) fn decode(&mut self, packet: Packet<'_>, len: usize) -> Front<Reply> {
        let data = packet.data();
        let Some(kind) = data.first().copied() else {
            self.refuse(Cause::Denied);
            return Front::Noise(len);
        };
        let last = !packet.status().contains(Status::CONTINUED);
        let marked = packet.status().contains(Status::RETRANSMIT);
        if self.broken_until.is_some_and(|until| self.now < until) && (marked || !self.broken_ended)
        {
            return self.left_over(last, len);
        }
        self.broken_until = None;
        self.say(Opcode::CMD_ACK, None);
        if let Some(Message::Continued { kind: begun }) = self.message
            && begun == kind
            && (marked || !self.garbled)
        {
            self.message = if last { None } else { self.message };
            self.place = Place::Code { len: data.len() - 1, last };
            return Front::Noise(Packet::HEAD + 1);
        }
        let (prefix, sure) = self.prefix(packet);
        self.message = if last { None } else { Some(Message::Continued { kind }) };
        self.place = Place::Code { len: data.len().saturating_sub(prefix), last };
        Front::Begin(Packet::HEAD + prefix, head(kind, !sure))
    }

    /// A part of a code that was given up: the engine is not to go on with it.
    fn left_over(&mut self, last: bool, len: usize) -> Front<Reply> {
        self.refuse(Cause::Denied);
        self.broken_until = Some(self.now + self.patience());
        self.broken_ended = last;
        if last { Front::Spoilt(len) } else { Front::Noise(len) }
    }

    /// How many bytes of the data are before the code, and whether that is
    /// sure.
    fn prefix(&mut self, packet: Packet<'_>) -> (usize, bool) {
        const CLASSIC: usize = 1;
        const EXTENDED: usize = 4;
        if packet.status().contains(Status::CONTINUED) {
            return (CLASSIC, true);
        }
        let fits = Layout::Extended.read(packet.data()).is_some();
        let marked = packet.status().contains(Status::NOTIFICATION);
        match (self.learned, fits) {
            (Some(Layout::Classic), _) => (CLASSIC, true),
            (Some(Layout::Extended), true) => (EXTENDED, true),
            (Some(Layout::Extended), false) => (CLASSIC, false),
            (None, false) => {
                self.learned = Some(Layout::Classic);
                (CLASSIC, true)
            }
            (None, true) => {
                if marked {
                    self.learned = Some(Layout::Extended);
                }
                (EXTENDED, marked)
            }
        }
    }

    pub(super) fn segment(&mut self, packet: Packet<'_>, len: usize) -> Front<Reply> {
        match (packet.data(), self.message) {
            ([0, message @ ..], _) => self.first_segment(message, len),
            ([index, part @ ..], Some(Message::Segments { next, left }))
                if *index == next && part.len() <= left =>
            {
                self.part(part.len(), next, left);
                Front::Noise(Packet::HEAD + 1)
            }
            ([index, ..], Some(Message::Segments { next, .. }))
                if index.wrapping_add(1) == next =>
            {
                self.say(Opcode::MULTIPACKET_ACK, None);
                Front::Noise(len)
            }
            (_, before) => {
                self.message = None;
                self.refuse(Cause::Denied);
                if before.is_some() { Front::Spoilt(len) } else { Front::Noise(len) }
            }
        }
    }

    fn first_segment(&mut self, message: &[u8], len: usize) -> Front<Reply> {
        match First::read(message) {
            Some(first) if first.payload.len() <= first.len => {
                self.part(first.payload.len(), 0, first.len);
                let head_len = Packet::HEAD + 1 + message.len() - first.payload.len();
                Front::Begin(head_len, head(first.kind, false))
            }
            _ => {
                self.refuse(Cause::Denied);
                Front::Noise(len)
            }
        }
    }

    /// So many bytes of a code come in segment `index`, of `left` missing.
    fn part(&mut self, len: usize, index: u8, left: usize) {
        let left = left.saturating_sub(len);
        let last = left == 0;
        self.message = (!last).then_some(Message::Segments { next: index.wrapping_add(1), left });
        self.place = Place::Code { len, last };
        self.say(if last { Opcode::CMD_ACK } else { Opcode::MULTIPACKET_ACK }, None);
    }
}

fn head(kind: u8, truncated: bool) -> Head {
    Head { symbology: symbology::of_ssi(kind), encoding: Encoding::Unknown, truncated }
}
