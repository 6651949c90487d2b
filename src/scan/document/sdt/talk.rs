use core::marker::PhantomData;

use super::command::Command;
use super::fault::Fault;
use super::link::{Link, Sink};
use super::speed::Prove;
use super::status::Status;
use super::transaction::{Progress, Transaction};
use crate::port::{Exchange, Instant, Line, Step, StepOf};

/// What a script wants next.
#[derive(Debug)]
pub(super) enum Next<T> {
    /// This done.
    Ask(Command),
    /// The same, without trying again.
    Try(Command),
    /// Nothing until then, which is later than now.
    Pause(Instant),
    /// The port set to this speed.
    Set(u32),
    /// Nothing; this is its result.
    Done(Result<T, Fault>),
}

/// What came of the last command, if there was one.
pub(super) type Heard = Option<Result<Status, Fault>>;

/// Which command follows which reply.
pub(super) trait Script<T, E>: Sink {
    /// The first command, or what follows what was heard.
    fn next(&mut self, link: &mut Link, heard: Heard, now: Instant) -> Next<T>;

    /// What is to be told.
    fn told(&mut self) -> Option<E> {
        None
    }
}

/// A conversation that follows a script, as the methods of [`Sdt`](super::Sdt)
/// start it.
#[derive(Debug)]
pub struct Talk<S, T, E> {
    pub(super) script: S,
    begun: bool,
    /// The speed has to be found out first.
    prove: Option<Prove>,
    transaction: Option<Transaction>,
    heard: Heard,
    result: PhantomData<(T, E)>,
}

impl<S, T, E> Talk<S, T, E> {
    pub(super) const fn new(script: S) -> Self {
        let (prove, transaction, heard) = (None, None, None);
        Self { script, begun: false, prove, transaction, heard, result: PhantomData }
    }
}

impl<S, T, E> Talk<S, T, E> {
    /// A conversation that was dropped half way may have left the speed in
    /// doubt.
    fn begin(&mut self, link: &mut Link) {
        if !core::mem::replace(&mut self.begun, true) {
            link.expect(None);
            link.last_try = Instant::FAR_FUTURE;
            self.prove = link.is_in_doubt().then(Prove::new);
        }
    }

    fn ask(&mut self, link: &Link, command: Command, attempts: u8) {
        match Transaction::new(command, link, attempts) {
            Ok(transaction) => self.transaction = Some(transaction),
            Err(fault) => self.heard = Some(Err(fault)),
        }
    }
}

/// What the script wants, once the speed is known.
fn next<S: Script<T, E>, T, E>(talk: &mut Talk<S, T, E>, link: &mut Link, now: Instant) -> Next<T> {
    let mut heard = talk.heard.take();
    if let Some(prove) = &mut talk.prove {
        match prove.next(link, heard) {
            Next::Done(Ok(())) => (talk.prove, heard) = (None, None),
            Next::Done(Err(fault)) => return Next::Done(Err(fault)),
            Next::Ask(command) => return Next::Ask(command),
            Next::Try(command) => return Next::Try(command),
            Next::Pause(until) => return Next::Pause(until),
            Next::Set(baud) => return Next::Set(baud),
        }
    }
    talk.script.next(link, heard, now)
}

impl<S: Script<T, E>, T, E> Exchange for Talk<S, T, E> {
    type Link = Link;
    type Output = T;
    type Fault = Fault;
    type Event = E;

    fn step(&mut self, link: &mut Link, now: Instant) -> StepOf<Self> {
        self.begin(link);
        if let Some(event) = self.script.told() {
            return Step::Event(event);
        }
        // Ends: a transaction that has just begun is not done, and a script
        // ends when it hears that a command is not there.
        loop {
            if let Some(transaction) = &mut self.transaction {
                match transaction.step(link, now) {
                    Progress::Send { until } => return Step::Send { until },
                    Progress::Receive { until } => return Step::Receive { until },
                    Progress::Done(heard) => self.heard = Some(heard),
                }
                self.transaction = None;
            }
            match next(self, link, now) {
                Next::Ask(command) => self.ask(link, command, link.timing.attempts),
                Next::Try(command) => self.ask(link, command, 1),
                Next::Pause(until) => return Step::Pause { until },
                Next::Set(baud) => return Step::Set(Line::Baud(baud)),
                Next::Done(result) => return Step::Done(result),
            }
        }
    }

    fn outgoing<'a>(&'a self, _link: &'a Link) -> &'a [u8] {
        self.transaction.as_ref().map_or(&[], Transaction::outgoing)
    }

    fn sent(&mut self, link: &mut Link, n: usize, now: Instant) {
        if let Some(transaction) = &mut self.transaction {
            transaction.sent(link, n, now);
        }
    }

    fn received(&mut self, link: &mut Link, bytes: &[u8], now: Instant) -> usize {
        link.received(bytes, now, &mut self.script)
    }
}
