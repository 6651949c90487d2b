use super::refusal::Refusal;
use crate::scan::engine::reader::{Bytes, Fault, Language, Next, NextOf, Script};

/// What an engine replies.
#[derive(Clone, Debug)]
pub enum Answer {
    /// Done; the value, if one was asked for.
    Done(Bytes),
    /// Not done.
    Refused(Refusal),
}

impl Answer {
    /// By the character for the outcome.
    pub(in crate::scan::engine) fn of(command: [u8; 6], status: u8, value: Bytes) -> Self {
        Refusal::of(command, status).map_or(Self::Done(value), Self::Refused)
    }
}

/// A command that knows whether it is answered.
pub trait Said: Copy {
    /// Whether the engine answers it.
    fn is_answered(self) -> bool;
}

fn say<C: Said, T, E>(command: C) -> Next<C, T, E> {
    if command.is_answered() { Next::Ask(command) } else { Next::Tell(command) }
}

/// Commands one after another, until one is refused.
#[derive(Debug)]
pub struct Steps<C> {
    commands: heapless::Deque<C, 32>,
    is_init: bool,
}

impl<C: Said> Steps<C> {
    /// These, up to 32.
    pub(in crate::scan::engine) fn of(commands: impl IntoIterator<Item = C>) -> Self {
        let mut steps = Self { commands: heapless::Deque::new(), is_init: false };
        commands.into_iter().for_each(|command| _ = steps.commands.push_back(command));
        steps
    }

    /// They make the engine ready.
    pub(in crate::scan::engine) fn init(commands: impl IntoIterator<Item = C>) -> Self {
        Self { is_init: true, ..Self::of(commands) }
    }
}

impl<C: Said, L> Script<L> for Steps<C>
where
    L: Language<Command = C, Reply = Answer, Fault = Refusal>,
{
    type Output = ();

    fn is_init(&self) -> bool {
        self.is_init
    }

    fn next(&mut self, _language: &mut L, heard: Option<Answer>) -> NextOf<Self, L> {
        match (heard, self.commands.pop_front()) {
            (Some(Answer::Refused(refusal)), _) => Next::Done(Err(Fault::Engine(refusal))),
            (_, Some(command)) => say(command),
            (_, None) => Next::Done(Ok(())),
        }
    }
}

/// One command whose answer is wanted.
#[derive(Debug)]
pub struct Ask<C>(pub(in crate::scan::engine) Option<C>);

impl<C: Said, L> Script<L> for Ask<C>
where
    L: Language<Command = C, Reply = Answer, Fault = Refusal>,
{
    type Output = Bytes;

    fn next(&mut self, _language: &mut L, heard: Option<Answer>) -> NextOf<Self, L> {
        match (heard, self.0.take()) {
            (_, Some(command)) => say(command),
            (Some(Answer::Refused(refusal)), None) => Next::Done(Err(Fault::Engine(refusal))),
            (Some(Answer::Done(value)), None) => Next::Done(Ok(value)),
            (None, None) => Next::Done(Ok(Bytes::new())),
        }
    }
}
