use core::marker::PhantomData;

use super::fault::Fault;
use super::frame::{Block, Command};
use super::link::Link;
use super::timing::Timing;
use super::transaction::{Progress, Transaction};
use crate::port::{Exchange, Instant, Step, StepOf};

/// What a script wants next.
#[derive(Debug)]
pub(super) enum Next<T> {
    /// This done.
    Ask(Command),
    /// Nothing; this is its result.
    Done(Result<T, Fault>),
}

/// Which command follows which reply.
pub(super) trait Script<T> {
    /// Whether it is only for a module that is known and set up.
    const AFTER_INIT: bool = true;

    /// The first command, or what follows the reply to the last: the registers
    /// that were read, or nothing.
    fn next(&mut self, link: &mut Link, heard: &[u8]) -> Next<T>;
}

/// A conversation that follows a script, as the methods of
/// [`Gm65`](super::Gm65) start it.
#[derive(Debug)]
pub struct Talk<S, T> {
    script: S,
    result: PhantomData<T>,
    transaction: Option<Transaction>,
    heard: Block,
    timing: Timing,
}

impl<S, T> Talk<S, T> {
    pub(super) const fn new(script: S, timing: Timing) -> Self {
        Self { script, result: PhantomData, transaction: None, heard: Block::new(), timing }
    }
}

impl<S: Script<T>, T> Exchange for Talk<S, T> {
    type Link = Link;
    type Output = T;
    type Fault = Fault;
    type Event = core::convert::Infallible;

    fn step(&mut self, link: &mut Link, now: Instant) -> StepOf<Self> {
        if S::AFTER_INIT && !link.ready {
            return Step::Done(Err(Fault::NotInitialised));
        }
        // Ends: a transaction that has just begun is not done.
        loop {
            let transaction = match &mut self.transaction {
                Some(transaction) => transaction,
                None => match self.script.next(link, &self.heard) {
                    Next::Done(result) => return Step::Done(result),
                    Next::Ask(command) => {
                        self.transaction.insert(Transaction::new(command, &self.timing))
                    }
                },
            };
            match transaction.step(link, &self.timing, now) {
                Progress::Send { until } => return Step::Send { until },
                Progress::Receive { until } => return Step::Receive { until },
                Progress::Done(Err(fault)) => return Step::Done(Err(fault)),
                Progress::Done(Ok(heard)) => self.heard = heard,
            }
            self.transaction = None;
        }
    }

    fn outgoing<'a>(&'a self, _link: &'a Link) -> &'a [u8] {
        self.transaction.as_ref().map_or(&[], Transaction::outgoing)
    }

    fn sent(&mut self, link: &mut Link, n: usize, now: Instant) {
        if let Some(transaction) = &mut self.transaction {
            transaction.sent(link, &self.timing, n, now);
        }
    }

    fn received(&mut self, link: &mut Link, bytes: &[u8], now: Instant) -> usize {
        link.hear(bytes, now)
    }
}
