use crate::card::pair::Lent;
use crate::card::t1::{self, Heard, Next, Transfer};
use crate::port::Instant;

use super::super::link::Link;
use super::super::message::{Icc, Request};
use super::super::script::{Act, Heeded};
use super::super::slot::Carried;
use super::super::turn::Care;
use super::super::{Fault, ReaderError};

/// Blocks of T=1, each the data of one command to the reader.
#[derive(Clone, Copy, Debug)]
pub(super) struct Blocks {
    transfer: Transfer,
    waits: u8,
    silences: u8,
    /// When it is over in any case; known from the first answer on.
    end: Option<Instant>,
}

impl Blocks {
    /// How often in a row the reader may be silent. The card is the reader's
    /// business: a reader that does not tell of a mute card is itself gone.
    const SILENCES: u8 = 3;

    pub(super) fn new(transfer: Result<Transfer, t1::Fault>) -> Result<Self, Fault> {
        Ok(Self { transfer: transfer?, waits: 1, silences: 0, end: None })
    }

    /// Sends the next block of a command that is kept, or of this one.
    pub(super) fn ask(&self, link: &mut Link, command: Option<&[u8]>) -> Act<usize> {
        let wait = link.config.timing.answer + link.slot.block_wait(self.waits);
        let Link { out, slot, config, .. } = link;
        let Carried::T1(session) = &slot.carried else { return Act::Done(Err(Fault::Inactive)) };
        let len = self.transfer.block_of(session, command, out.room(config.message));
        link.compose(Request::transfer(self.waits, 0), len);
        Act::Ask { wait, care: Care::Once }
    }

    /// After the answer to it. Done with the length of the response, which is in
    /// the session, or where the caller wants it.
    pub(super) fn answered(
        &mut self,
        link: &mut Link,
        answer: Heeded,
        lent: &mut Option<Lent<'_>>,
        now: Instant,
    ) -> Act<usize> {
        let longest = link.slot.longest_command(&link.config.limits, lent);
        let end = *self.end.get_or_insert(now + longest);
        let heard = self.heard(link, answer);
        let came = link.slot.hand_on(lent);
        let next = match heard {
            Ok(Next::Transmit { .. }) if now >= end => Err(Fault::T1(t1::Fault::KeepsAsking)),
            next => next,
        };
        match next {
            Ok(Next::Transmit { waits }) => {
                self.waits = waits;
                self.ask(link, Lent::command(lent))
            }
            Ok(Next::Done(result)) => Act::Done(result.map_err(Fault::from).and(came)),
            Err(fault) => {
                if let Carried::T1(session) = &mut link.slot.carried {
                    self.transfer.abandon(session);
                }
                Act::Done(Err(fault))
            }
        }
    }

    fn heard(&mut self, link: &mut Link, answer: Heeded) -> Result<Next, Fault> {
        let silences = core::mem::take(&mut self.silences);
        let Link { incoming, slot, .. } = link;
        let Carried::T1(session) = &mut slot.carried else { return Err(Fault::Inactive) };
        let heard = match answer {
            Heeded::Done(_) => Heard::Block(incoming.message().map_or(&[], |it| it.data)),
            Heeded::Failed(Icc::Absent, _) => return Err(Fault::Absent),
            Heeded::Failed(Icc::Inactive, _) => return Err(Fault::Inactive),
            Heeded::Failed(_, ReaderError::Mute) => Heard::Silence,
            Heeded::Failed(_, ReaderError::Parity | ReaderError::Overrun) | Heeded::Garbled => {
                Heard::Garbled
            }
            Heeded::Silence if silences + 1 < Self::SILENCES => {
                self.silences = silences + 1;
                Heard::Silence
            }
            other => return Err(other.done().err().unwrap_or(Fault::Silent)),
        };
        Ok(self.transfer.heard(session, heard))
    }
}
