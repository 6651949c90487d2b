use core::fmt;

use crate::{Error, ErrorKind};

/// What a conversation with a scan engine fails with. `E` is what the engine
/// itself says.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Fault<E> {
    /// Nothing came back.
    NoReply,
    /// Something came back, but no reply to the command.
    Garbled,
    /// The port did not take the command in time.
    NotSent,
    /// The reader is not initialised, or lost what it was set to. Nothing was
    /// sent.
    NotInitialised,
    /// The engine cannot do this. Nothing was sent.
    Unsupported,
    /// A code broke off on the line, or its check was wrong; scan it again.
    Spoilt {
        /// How many bytes of it had come.
        came: u16,
    },
    /// No code was read within the time given.
    NoCode,
    /// What the engine said.
    Engine(E),
}

impl<E: fmt::Display> fmt::Display for Fault<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoReply => f.write_str("no reply"),
            Self::Garbled => f.write_str("no reply that belongs to the command"),
            Self::NotSent => f.write_str("the port did not take the command"),
            Self::NotInitialised => f.write_str("the engine is not initialised"),
            Self::Unsupported => f.write_str("the engine cannot do this"),
            Self::Spoilt { came } => write!(f, "a code broke off after {came} bytes"),
            Self::NoCode => f.write_str("no code was read in time"),
            Self::Engine(engine) => engine.fmt(f),
        }
    }
}

impl<E: core::error::Error> core::error::Error for Fault<E> {}

impl<E: Error> Error for Fault<E> {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::NoReply | Self::NotSent => ErrorKind::Timeout,
            Self::Garbled => ErrorKind::Line,
            Self::NotInitialised => ErrorKind::Argument,
            Self::Unsupported => ErrorKind::Unsupported,
            Self::Spoilt { .. } => ErrorKind::Retry,
            Self::NoCode => ErrorKind::Absent,
            Self::Engine(engine) => engine.kind(),
        }
    }
}
