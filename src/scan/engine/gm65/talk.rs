use super::fault::Refusal;
use super::frame::{Block, Command, Reply};
use super::language::Grow;
use crate::port::Line;
use crate::scan::engine::reader::{self, Fault, NextOf, Script};

/// What one of our scripts wants next.
#[derive(Debug)]
pub enum Next<T> {
    /// This done.
    Ask(Command),
    /// The line at another speed, then to be asked again.
    Set(Line),
    /// Nothing; this is its result.
    Done(Result<T, Fault<Refusal>>),
}

impl<T> Next<T> {
    pub(super) const fn refused(refusal: Refusal) -> Self {
        Self::Done(Err(Fault::Engine(refusal)))
    }
}

/// Which command follows which reply: the registers that were read, or nothing.
pub trait Talk {
    type Output;

    /// Whether it makes the module ready.
    fn is_init(&self) -> bool {
        false
    }

    fn next(&mut self, grow: &mut Grow, heard: &[u8]) -> Next<Self::Output>;

    /// No answer came.
    fn lost(&mut self, grow: &mut Grow, fault: Fault<Refusal>) -> Next<Self::Output> {
        let _ = grow;
        Next::Done(Err(fault))
    }
}

/// A conversation with a GM65.
#[derive(Debug)]
pub struct Held<S>(pub(super) S);

impl<S: Talk> Script<Grow> for Held<S> {
    type Output = S::Output;

    fn is_init(&self) -> bool {
        self.0.is_init()
    }

    fn next(&mut self, grow: &mut Grow, heard: Option<Reply>) -> NextOf<Self, Grow> {
        let none = Block::new();
        let heard = match &heard {
            Some(reply) if reply.status != 0 => {
                let (address, status) = (grow.asked_for(), reply.status);
                let refusal = Refusal::Refused { address, status };
                return reader::Next::Done(Err(Fault::Engine(refusal)));
            }
            Some(reply) => &reply.data,
            None => &none,
        };
        let wanted = heard.get(..grow.wanted_bytes().min(heard.len())).unwrap_or_default();
        next(self.0.next(grow, wanted))
    }

    fn lost(&mut self, grow: &mut Grow, fault: Fault<Refusal>) -> NextOf<Self, Grow> {
        next(self.0.lost(grow, fault))
    }
}

fn next<T>(next: Next<T>) -> reader::Next<Command, T, Refusal> {
    match next {
        Next::Ask(command) => reader::Next::Ask(command),
        Next::Set(line) => reader::Next::Set(line),
        Next::Done(result) => reader::Next::Done(result),
    }
}
