//! What an answer means.

use super::machine::{Ask, State};
use super::{Doubt, Method, OrderState, Payment, Reply};
use crate::port::Instant;
use crate::terminal::{Event, Fault, Moment};

impl Payment {
    /// An answer that names another order, or another amount, is no answer.
    pub(super) fn usable(&self, reply: Reply) -> Option<OrderState> {
        match reply.state {
            _ if reply.key != self.key() => None,
            OrderState::Paid(approval) if approval.amount != self.purchase.amount() => None,
            state => Some(state),
        }
    }

    /// The answer to the charge.
    pub(super) fn paid(&mut self, reply: Reply, now: Moment) {
        match (self.usable(reply), self.method) {
            (_, Method::Shown(_)) | (None, _) => self.doubt(Doubt::Unusable, now),
            (Some(OrderState::Paid(approval)), Method::Card) => {
                self.state = State::Completing(approval);
            }
            (Some(OrderState::Paid(approval)), _) => self.approved(approval, now),
            (Some(OrderState::Declined(code)), _) => self.declined(code, now),
            (Some(OrderState::Pending), Method::Scanned(_)) => {
                self.ask(Ask::Poll, 1, now.at + self.polling().interval);
            }
            (Some(_), _) => self.doubt(Doubt::Unusable, now),
        }
    }

    pub(super) fn doubt(&mut self, doubt: Doubt, now: Moment) {
        self.doubt = doubt;
        let event = Event::PaymentDoubted { key: self.key(), doubt };
        self.outbox.put(self.docket.record(now, event));
        match self.method {
            Method::Card => self.ask(Ask::Reverse, 1, now.at),
            Method::Scanned(_) => self.ask(Ask::Poll, 1, now.at + self.polling().interval),
            Method::Shown(_) => self.ask(Ask::Close, 1, self.may_undo_at(now)),
        }
    }

    /// When the wallet lets the order be cancelled or closed.
    pub(super) fn may_undo_at(&self, now: Moment) -> Instant {
        let timing = self.timing.of(self.wallet());
        let after = if self.is_shown() { timing.close_after } else { timing.cancel_after };
        now.at.max(self.opened + after)
    }

    pub(super) fn polled(&mut self, reply: Option<Reply>, tries: u8, now: Moment) {
        match reply.and_then(|reply| self.usable(reply)) {
            Some(OrderState::Paid(approval)) => self.approved(approval, now),
            // A code that is shown can be paid by another payer.
            Some(OrderState::Declined(code)) if !self.is_shown() => self.declined(code, now),
            Some(OrderState::Closed) => self.closed(0, now),
            _ if tries < self.polling().most => {
                let at = now.at + self.polling().interval;
                self.ask(Ask::Poll, tries.saturating_add(1), at);
            }
            _ => self.give_up_polling(now),
        }
    }

    /// Undoing follows the last question without a gap, or as soon as the
    /// wallet allows.
    pub(super) fn give_up_polling(&mut self, now: Moment) {
        let at = self.may_undo_at(now);
        if self.is_shown() {
            return self.ask(Ask::Close, 1, at);
        }
        // Once a cancelling may be under way, "paid" may become "refunded": no
        // success is believed any more, not even after a restart.
        let event = Event::PaymentCancelling { key: self.key() };
        self.outbox.put(self.docket.record(now, event));
        self.ask(Ask::Cancel, 1, at);
    }

    pub(super) fn undone(
        &mut self,
        ask: Ask,
        done: bool,
        tries: u8,
        now: Moment,
    ) -> Result<(), Fault> {
        let undoing = self.undoing();
        match ask {
            Ask::Poll | Ask::Recheck => return Err(Fault::OutOfOrder),
            Ask::Close => {
                self.closed = done;
                self.ask(Ask::Recheck, tries, now.at);
            }
            Ask::Cancel if done => self.closed(tries, now),
            Ask::Reverse if done => self.reversed(tries, now),
            Ask::Cancel | Ask::Reverse if tries < undoing.most => {
                self.ask(ask, tries.saturating_add(1), now.at + undoing.interval);
            }
            Ask::Cancel | Ask::Reverse => self.unresolved(tries, now),
        }
        Ok(())
    }

    /// A success that arrives before the closing wins.
    pub(super) fn rechecked(&mut self, reply: Option<Reply>, tries: u8, now: Moment) {
        let undoing = self.undoing();
        match reply.and_then(|reply| self.usable(reply)) {
            Some(OrderState::Paid(approval)) => self.approved(approval, now),
            Some(OrderState::Closed) => self.closed(tries, now),
            Some(OrderState::Declined(_) | OrderState::NotFound) if self.closed => {
                self.closed(tries, now);
            }
            _ if tries < undoing.most => {
                let ask = if self.closed { Ask::Recheck } else { Ask::Close };
                self.ask(ask, tries.saturating_add(1), now.at + undoing.interval);
            }
            _ => self.unresolved(tries, now),
        }
    }
}
