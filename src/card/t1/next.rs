use super::Fault;

/// What came in answer to a block.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Heard<'a> {
    /// These bytes.
    Block(&'a [u8]),
    /// Something, with wrong parity or so mangled that its bytes are unknown.
    Garbled,
    /// Nothing, for the whole block waiting time.
    Silence,
}

/// What to do next.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Next {
    /// Send [`Transfer::block`](super::Transfer::block), then listen for this many block waiting
    /// times.
    Transmit {
        /// Block waiting times, at least 1.
        waits: u8,
    },
    /// It is over.
    Done(Result<(), Fault>),
}
