use core::fmt;

use crate::card::Atr;
use crate::card::t1::{Heard, Next, Session, Timing as CardTiming, Transfer};
use crate::port::{Duration, Instant};

use super::frame::{Found, Incoming, Outgoing};
use super::message::{Reply, Request};
use super::{Config, Fault};

/// A card may pause for the character waiting time before each byte of a
/// block, which with the usual CWI of 13 is 200 s a block. None does, and a
/// reader that is gone is not waited for so long.
const LONGEST_BLOCK: Duration = Duration::from_secs(5);

/// What the driver remembers between conversations.
pub struct Link {
    pub(super) config: Config,
    pub(super) t1: Session,
    pub(super) atr: Option<Atr>,
    /// How long the reader may take for a block of the card.
    block: Duration,
    longest: Duration,
    /// bSeq of the command sent last.
    pub(super) seq: u8,
    /// The message type of its reply.
    pub(super) expected: u8,
    pub(super) out: Outgoing,
    pub(super) incoming: Incoming,
    /// A card movement was told since the slot was looked at.
    pub(super) moved: bool,
    /// When to look at the slot next.
    pub(super) look_at: Instant,
}

impl Link {
    pub(super) const fn new(config: Config) -> Self {
        Self {
            t1: Session::new(config.limits),
            config,
            atr: None,
            block: Duration::ZERO,
            longest: Duration::ZERO,
            seq: 0,
            expected: 0,
            out: Outgoing::new(),
            incoming: Incoming::new(),
            moved: false,
            look_at: Instant::ZERO,
        }
    }

    /// Puts a command into the frame to be sent; `fill` writes its data.
    pub(super) fn compose(
        &mut self,
        request: Request,
        fill: impl FnOnce(&Session, &mut [u8]) -> usize,
    ) {
        self.seq = self.seq.wrapping_add(1);
        self.expected = request.reply;
        let header = [request.kind, self.config.slot, self.seq];
        self.out.compose(header, request.own, |data| fill(&self.t1, data));
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
            && message.slot == self.config.slot;
        let wrong = Fault::WrongReply { kind: message.kind };
        is_reply.then(|| Reply::decode(message).ok_or(wrong))
    }

    /// The data of the reply just found.
    pub(super) fn data(&self) -> &[u8] {
        self.reply().and_then(Result::ok).map_or(&[], |reply| reply.data)
    }

    /// Hands the block in the reply just found to a transfer.
    pub(super) fn hear(&mut self, transfer: &mut Transfer) -> Next {
        let block = self.incoming.message().map_or(&[][..], |message| message.data);
        transfer.heard(&mut self.t1, Heard::Block(block))
    }

    /// Takes bytes that answer no command.
    pub(super) fn overhear(&mut self, bytes: &[u8]) -> usize {
        for byte in bytes {
            self.incoming.push(*byte);
            while let Some(found) = self.incoming.find() {
                self.moved |= found == Found::CardMoved;
            }
        }
        bytes.len()
    }

    /// A card answered to its reset.
    pub(super) fn begin_session(&mut self, atr: &Atr, f: u16, d: u8) {
        let timing = CardTiming::new(&atr.t1(), self.config.clock, f, d);
        self.block = timing.block;
        // Our block goes out, and the card's comes in: 260 characters each.
        self.longest = timing.longest_block().min(LONGEST_BLOCK) + timing.byte.times(260);
        self.t1.reset(&atr.t1());
    }

    /// The card is gone, or has no power any more.
    pub(super) fn deactivated(&mut self) {
        self.atr = None;
        self.t1.wipe();
        self.wipe();
    }

    /// How long the reader may take for a block.
    pub(super) fn block_wait(&self, waits: u8) -> Duration {
        self.config.timing.answer + self.block.times(waits.into()) + self.longest
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
            .field("t1", &self.t1)
            .field("atr", &self.atr)
            .field("seq", &self.seq)
            .finish_non_exhaustive()
    }
}
