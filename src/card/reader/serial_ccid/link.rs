use core::fmt;

use super::frame::{Found, Incoming, Outgoing};
use super::message::{Reply, Request};
use super::{Config, Fault, Slot};

/// What the driver remembers between conversations.
pub struct Link {
    pub(super) config: Config,
    pub(super) slot: Slot,
    /// bSeq of the command sent last.
    seq: u8,
    /// The message type of its reply.
    pub(super) expected: u8,
    pub(super) out: Outgoing,
    pub(super) incoming: Incoming,
}

impl Link {
    pub(super) const fn new(config: Config) -> Self {
        Self {
            slot: Slot::new(config.slot),
            config,
            seq: 0,
            expected: 0,
            out: Outgoing::new(),
            incoming: Incoming::new(),
        }
    }

    /// Where the data of the next command goes.
    pub(super) fn room(&mut self) -> &mut [u8] {
        self.out.room(self.config.message)
    }

    /// Makes the frame to be sent, around so much data in the
    /// [room](Self::room).
    pub(super) fn compose(&mut self, request: Request, data: usize) {
        self.seq = self.seq.wrapping_add(1);
        self.expected = request.reply;
        self.out.compose([request.kind, self.slot.number, self.seq], request.own, data);
    }

    /// The same command again, under a new number.
    pub(super) fn compose_again(&mut self) {
        self.seq = self.seq.wrapping_add(1);
        self.out.renumber(self.seq);
    }

    /// The reply just found, if it is to the command sent last.
    pub(super) fn reply(&self) -> Option<Result<Reply<'_>, Fault>> {
        let message = self.incoming.message()?;
        // What we hear of ourselves is an echo; another number is a late reply
        // to an earlier command.
        let is_reply = message.kind >= Reply::DATA_BLOCK
            && message.seq == self.seq
            && message.slot == self.slot.number;
        let wrong = Fault::WrongReply { kind: message.kind };
        is_reply.then(|| Reply::decode(message).ok_or(wrong))
    }

    /// What was found is an echo of the command with something else in it: the
    /// reader heard it wrong, and its check was right all the same.
    pub(super) fn is_misheard(&self) -> bool {
        let message = self.incoming.message();
        let is_echo = |kind, seq| kind < Reply::DATA_BLOCK && seq == self.seq;
        message.is_some_and(|message| is_echo(message.kind, message.seq))
            && self.incoming.frame() != self.out.bytes()
    }

    /// The data of the reply just found, and the last byte of its header.
    pub(super) fn data(&self) -> (&[u8], u8) {
        self.reply().and_then(Result::ok).map_or((&[], 0), |reply| (reply.data, reply.last))
    }

    /// Takes bytes that answer no command.
    pub(super) fn overhear(&mut self, bytes: &[u8]) -> usize {
        for byte in bytes {
            self.incoming.push(*byte);
            while let Some(found) = self.incoming.find() {
                self.slot.moved |= found == Found::CardMoved;
            }
        }
        bytes.len()
    }

    /// The card is gone, or has no power any more.
    pub(super) fn deactivated(&mut self) {
        self.slot.deactivated();
        self.wipe();
    }

    /// Wipes what may be secret.
    pub(super) fn wipe(&mut self) {
        self.out.wipe();
        self.incoming.wipe();
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.wipe();
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link")
            .field("config", &self.config)
            .field("slot", &self.slot)
            .field("seq", &self.seq)
            .finish_non_exhaustive()
    }
}
