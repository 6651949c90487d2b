//! What the printer says, and what it says about the bytes that were sent.

use super::Link;
use crate::port::Instant;
use crate::printer::Status;
use crate::printer::escpos::flow::Flow;
use crate::printer::escpos::status::{Reply, automatic};

impl<F: Flow> Link<F> {
    /// Takes a byte that came; what the conversation may have a use for.
    pub(in crate::printer::escpos) fn hear(&mut self, byte: u8) -> Option<Reply> {
        let reply = self.replies.push(byte)?;
        match reply {
            Reply::Xon => self.flow.signal(true),
            Reply::Xoff => self.flow.signal(false),
            Reply::InOrder(_) => {
                self.barriers = self.barriers.saturating_sub(1);
                self.load.answered();
                self.watch.heard();
            }
            Reply::Automatic(bytes) => {
                let status = automatic(bytes);
                self.is_news |= self.automatic != Some(status);
                self.automatic = Some(status);
                self.seen(status);
            }
            Reply::Process(id) => self.processed = Some(id),
            Reply::PowerOn => self.watch.lost(),
            _ => {}
        }
        Some(reply)
    }

    /// The printer answered; questions before may not have been.
    pub(in crate::printer::escpos) fn answered(&mut self, missed: bool, now: Instant) {
        if missed {
            self.watch.missed(self.profile().timing.boot, now);
        }
        self.watch.heard();
    }

    /// The printer said how it is.
    pub(in crate::printer::escpos) fn seen(&mut self, status: Status) {
        let profile = self.profile();
        self.watch.heard();
        if !status.is_ready() {
            self.watch.stopped(status, profile);
        }
    }

    /// The printer does not answer.
    pub(in crate::printer::escpos) fn unheard(&mut self) {
        self.watch.lost();
    }

    /// Whether bytes that were sent, and are not proven, may have been lost.
    pub(in crate::printer::escpos) fn is_doubtful(&self) -> bool {
        self.watch.is_doubtful(F::HOLDS, self.profile().buffer.into())
    }

    /// The answer came that is to prove what was sent.
    pub(in crate::printer::escpos) fn measured(&mut self, now: Instant) {
        self.load.measured(F::FASTEST, now);
    }

    /// What is known of what was sent was told: not before, for a call that is
    /// dropped or fails is made again.
    pub(in crate::printer::escpos) fn proved(&mut self) {
        self.watch.proved();
    }

    /// The printer says that it is ready, and takes no bytes all the same;
    /// whether to try.
    pub(in crate::printer::escpos) fn unstick(&mut self) -> bool {
        self.load.forgive();
        self.flow.stalled()
    }
}
