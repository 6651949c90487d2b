use super::fault::Fault;
use super::timing::Timing;
use crate::Error;
use crate::port::{Duration, Instant, Line};
use crate::scan::{Encoding, Mode, Signals, Symbologies};

/// A command or an answer as it goes out: up to [`Bytes::MOST`] bytes.
#[derive(Clone, Debug)]
pub struct Bytes {
    bytes: [u8; Self::MOST],
    len: usize,
}

impl Bytes {
    /// More than any command takes.
    pub const MOST: usize = 96;

    /// None.
    #[must_use]
    pub const fn new() -> Self {
        Self { bytes: [0; Self::MOST], len: 0 }
    }

    /// These; what is over [`MOST`](Self::MOST) is left out.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        let mut all = Self::new();
        all.extend(bytes);
        all
    }

    /// Puts a byte behind, if there is room.
    pub fn push(&mut self, byte: u8) {
        if let Some(slot) = self.bytes.get_mut(self.len) {
            *slot = byte;
            self.len += 1;
        }
    }

    /// Puts bytes behind, as many as there is room for.
    pub fn extend(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.push(*byte));
    }

    /// What there is.
    #[must_use]
    pub fn as_slice(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    /// Drops the first `n`.
    pub(super) fn drop_front(&mut self, n: usize) {
        let n = n.min(self.len);
        self.bytes.get_mut(..self.len).unwrap_or_default().rotate_left(n);
        self.len -= n;
    }
}

impl Default for Bytes {
    fn default() -> Self {
        Self::new()
    }
}

/// What is known of a code when it begins.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Head {
    /// As [`Scan::symbology`](crate::scan::Scan::symbology).
    pub symbology: Option<[u8; 2]>,
    /// As [`Scan::encoding`](crate::scan::Scan::encoding).
    pub encoding: Encoding,
    /// It is not known to be whole: noise came right before it, say.
    pub truncated: bool,
}

/// What stands at the front of the bytes that came; each with how many bytes
/// it takes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Front<R> {
    /// More bytes, or silence, are needed to tell.
    Open,
    /// Bytes that are nothing, or nothing that matters now.
    Noise(usize),
    /// Bytes that are part of nothing, where a line fault may have taken the
    /// head of a code: one that begins in the bytes behind, without a pause, may
    /// be printed in that code, and is marked truncated.
    Stray(usize),
    /// A code begins behind them. One that did not end is given up.
    Begin(usize, Head),
    /// Bytes of the code.
    Piece(usize),
    /// The code is whole.
    End(usize),
    /// The last bytes of the code: it is whole.
    Last(usize),
    /// More of a code that was thought to be whole: it ends, and is marked
    /// truncated. Or so many others, which are missed.
    Excess(usize, u32),
    /// The code is lost.
    Spoilt(usize),
    /// The reply to the command that is waited for.
    Reply(usize, R),
    /// The engine did not understand the command, and wants it again.
    Again(usize),
}

impl<R> Front<R> {
    /// How many bytes it takes.
    pub(super) const fn len(&self) -> usize {
        match self {
            Self::Open => 0,
            Self::Noise(n)
            | Self::Stray(n)
            | Self::Begin(n, _)
            | Self::Piece(n)
            | Self::End(n)
            | Self::Last(n)
            | Self::Excess(n, _)
            | Self::Spoilt(n)
            | Self::Reply(n, _)
            | Self::Again(n) => *n,
        }
    }
}

/// What every engine is asked to do.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Job {
    /// Find out what it is and make it safe to use: it looks on command only,
    /// and obeys no setup codes.
    Init,
    /// Look for a code.
    Start,
    /// Stop looking.
    Stop,
    /// Set the mode.
    Mode(Mode),
    /// Read these families of codes and no others.
    Symbologies(Symbologies),
    /// Switch signals.
    Signal(Signals, bool),
}

/// What an engine has that only some have.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Abilities {
    /// As [`Indicators::signals`](crate::scan::Indicators::signals).
    pub signals: Signals,
    /// The modes it can be set to.
    pub modes: &'static [Mode],
    /// As [`Modes::symbologies`](crate::scan::Modes::symbologies).
    pub symbologies: Symbologies,
}

/// What an engine speaks.
///
/// The value is what outlives a conversation: the configuration, how far a code
/// has come, numbers of frames. It does no I/O.
pub trait Language {
    /// What the host says.
    type Command;
    /// What the engine replies.
    type Reply;
    /// What the engine complains of.
    type Fault: Error + Copy;
    /// How a [`Job`] is done.
    type Script: Script<Self, Output = ()>;

    /// The times of the engine.
    fn timing(&self) -> &Timing;

    /// A code that is seen again less than this after it was last seen is not
    /// told again; zero tells all.
    fn repeat(&self) -> Duration;

    /// What the engine has that only some have.
    fn abilities(&self) -> Abilities;

    /// How a job is done; `None` if the engine cannot.
    fn script(&self, job: Job) -> Option<Self::Script>;

    /// The bytes of a command, the `attempt`-th time, from 0.
    fn encode(&mut self, command: &Self::Command, attempt: u8) -> Bytes;

    /// Which command's reply is waited for from now on; `None`: of none. All
    /// other replies are [noise](Front::Noise).
    fn expect(&mut self, command: Option<&Self::Command>);

    /// How long the reply to a command may take.
    fn patience(&self, command: &Self::Command) -> Duration {
        let _ = command;
        self.timing().reply
    }

    /// What stands at the front of `bytes`. `silent`: nothing more will come of
    /// it; then [`Front::Open`] gives all of it up. There are none only with
    /// `silent`, where a code has begun or the language
    /// [`is_unsettled`](Self::is_unsettled).
    fn front(&mut self, bytes: &[u8], silent: bool) -> Front<Self::Reply>;

    /// Whether silence means something although nothing is held: what comes
    /// without a pause would be taken for more of what came last.
    fn is_unsettled(&self) -> bool {
        false
    }

    /// How long a code that has begun may pause between two frames, for an
    /// engine that sends a frame again takes its time; and how long a pause
    /// settles the language.
    fn pause(&self) -> Duration {
        self.timing().byte_gap
    }

    /// The time at which [`front`](Self::front) is asked next.
    fn at(&mut self, now: Instant) {
        let _ = now;
    }

    /// What is due to the engine for what [`front`](Self::front) last took.
    fn answer(&mut self) -> Option<Bytes> {
        None
    }

    /// A code that was begun and is given up, whether [`front`](Self::front)
    /// asked for it or not.
    fn give_up(&mut self) {}
}

/// What a script wants next.
#[derive(Debug)]
pub enum Next<C, T, E> {
    /// This said, and its reply.
    Ask(C),
    /// This said; there is no reply.
    Tell(C),
    /// So much time.
    Wait(Duration),
    /// The line changed.
    Set(Line),
    /// Nothing: this is its result.
    Done(Result<T, Fault<E>>),
}

/// What a script of `L` wants next.
pub type NextOf<S, L> =
    Next<<L as Language>::Command, <S as Script<L>>::Output, <L as Language>::Fault>;

/// Which command follows which reply.
pub trait Script<L: Language + ?Sized> {
    /// What it results in.
    type Output;

    /// Whether it is [`Job::Init`]: the only one for an engine that is not
    /// known and set up, which it is when it succeeded.
    fn is_init(&self) -> bool {
        false
    }

    /// The first thing, or what follows the reply to the last: `None` after
    /// what has no reply.
    fn next(&mut self, language: &mut L, heard: Option<L::Reply>) -> NextOf<Self, L>;

    /// What follows a command that was not answered, or garbled, after all
    /// attempts: by default that fault. A search for the speed goes on.
    fn lost(&mut self, language: &mut L, fault: Fault<L::Fault>) -> NextOf<Self, L> {
        let _ = language;
        Next::Done(Err(fault))
    }
}
