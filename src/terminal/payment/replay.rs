use super::{Method, Payment, Purchase, Timing};
use crate::terminal::{Docket, Event, Fault, Fen, Moment, OrderKey, Record};

#[derive(Clone, Copy, Debug)]
struct Open {
    key: OrderKey,
    method: Method,
    amount: Fen,
    cancelling: bool,
    /// The last record of its case: what comes next is numbered after it.
    last: Record,
}

/// Finds the payments without an end in the records.
///
/// Feed it every record at start, in order; then drive each [`Payment`] it
/// gives to its end *before* any other payment is begun. A reversal is never
/// dropped: one that ended as unresolved is found again.
#[derive(Clone, Debug)]
pub struct Replay<const N: usize> {
    open: [Option<Open>; N],
    overflow: bool,
}

impl<const N: usize> Default for Replay<N> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const N: usize> Replay<N> {
    /// Nothing found yet; holds up to `N` open payments.
    #[must_use]
    pub const fn new() -> Self {
        Self { open: [None; N], overflow: false }
    }

    /// Takes the next record.
    pub fn record(&mut self, record: &Record) {
        // A case goes on after a payment that stays unresolved.
        for open in self.open.iter_mut().flatten().filter(|open| open.last.case == record.case) {
            open.last = *record;
        }
        let Some(key) = record.event.order() else { return };
        let found = self.open.iter_mut().find(|open| open.is_some_and(|open| open.key == key));
        match (record.event, found) {
            (Event::PaymentIntended { method, amount, .. }, None) => {
                self.insert(Open { key, method, amount, cancelling: false, last: *record });
            }
            (
                Event::PaymentApproved { .. }
                | Event::PaymentDeclined { .. }
                | Event::PaymentReversed { .. }
                | Event::PaymentClosed { .. },
                Some(place),
            ) => *place = None,
            (event, Some(Some(open))) => {
                open.cancelling |= matches!(event, Event::PaymentCancelling { .. });
            }
            _ => {}
        }
    }

    fn insert(&mut self, open: Open) {
        match self.open.iter_mut().find(|place| place.is_none()) {
            Some(place) => *place = Some(open),
            None => self.overflow = true,
        }
    }

    /// The records hold more open payments than `N`: after these are driven to
    /// their end, replay again.
    #[must_use]
    pub const fn is_overflown(&self) -> bool {
        self.overflow
    }

    /// The keys of the open payments.
    pub fn open(&self) -> impl Iterator<Item = OrderKey> + '_ {
        self.open.iter().flatten().map(|open| open.key)
    }

    /// The next open payment, to be driven to its end.
    ///
    /// # Errors
    /// [`Fault::Malformed`] for a key this crate did not make.
    pub fn take(&mut self, timing: Timing, now: Moment) -> Result<Option<Payment>, Fault> {
        let Some(open) = self.open.iter_mut().find_map(Option::take) else { return Ok(None) };
        let purchase = Purchase::of_key(open.key, open.amount)?;
        let docket = Docket::after(&open.last);
        let payment = Payment::start(purchase, open.method, docket, timing, now);
        Ok(Some(payment.resume(open.cancelling, now)))
    }
}
