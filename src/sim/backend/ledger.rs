use std::collections::{BTreeMap, VecDeque};
use std::string::String;

use crate::terminal::OrderKey;

/// What the payer of the next order does.
#[non_exhaustive]
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub enum Payer {
    /// Pays at once.
    #[default]
    Pays,
    /// Is asked for a password and has given it at this question for the
    /// order (USERPAYING until then).
    AsksPassword(u8),
    /// Never does.
    Never,
    /// Pays at the last moment: just before the order is closed or cancelled.
    PaysAtClosing,
    /// Cannot: the bank's code.
    Refused(&'static str),
}

/// One line of the books.
#[derive(Clone, Debug)]
pub(super) struct Order {
    pub(super) amount: u64,
    pub(super) masked: Option<String>,
    pub(super) trace: u32,
    pub(super) state: State,
    /// The account was debited, whatever came later.
    pub(super) debited: bool,
    /// And credited again.
    pub(super) credited: bool,
    payer: Payer,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum State {
    Waiting,
    Paid,
    Declined(&'static str),
    /// Closed, cancelled, reversed; or a tombstone for an order that never
    /// came.
    Closed,
}

impl Order {
    fn pay(&mut self) {
        self.debited = true;
        self.state = State::Paid;
    }

    /// The payer does his next thing.
    fn turn(&mut self) {
        match (&mut self.payer, self.state) {
            (Payer::Pays | Payer::AsksPassword(0), State::Waiting) => self.pay(),
            (Payer::AsksPassword(left), State::Waiting) => *left -= 1,
            (Payer::Refused(code), State::Waiting) => self.state = State::Declined(code),
            _ => {}
        }
    }
}

/// The acquirer's books.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    pub(super) orders: BTreeMap<OrderKey, Order>,
    pub(super) payers: VecDeque<Payer>,
    trace: u32,
}

impl Ledger {
    /// A new order. An order number that is known, or that was closed before
    /// the order came, books nothing.
    pub(super) fn open(&mut self, key: OrderKey, amount: u64, masked: Option<String>) {
        if self.orders.contains_key(&key) {
            return;
        }
        self.trace += 1;
        let payer = self.payers.pop_front().unwrap_or_default();
        let (trace, state) = (self.trace, State::Waiting);
        let order = Order { amount, masked, trace, state, debited: false, credited: false, payer };
        self.orders.insert(key, order);
    }

    /// The payer does his next thing, if there is an order.
    pub(super) fn turn(&mut self, key: OrderKey) {
        if let Some(order) = self.orders.get_mut(&key) {
            order.turn();
        }
    }

    /// Closes an order, or leaves a tombstone where there is none. Says whether
    /// it is closed now: a paid one is only with `refund`.
    pub(super) fn close(&mut self, key: OrderKey, refund: bool) -> bool {
        let order = self.orders.entry(key).or_insert_with(|| Order {
            amount: 0,
            masked: None,
            trace: 0,
            state: State::Closed,
            debited: false,
            credited: false,
            payer: Payer::Never,
        });
        if order.payer == Payer::PaysAtClosing && order.state == State::Waiting {
            order.pay();
        }
        match order.state {
            State::Paid if !refund => return false,
            State::Paid => {
                order.credited = true;
                order.state = State::Closed;
            }
            State::Waiting => order.state = State::Closed,
            State::Declined(_) | State::Closed => {}
        }
        true
    }
}
