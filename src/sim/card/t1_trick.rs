/// A way for a card to misbehave, or to make use of its rights.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Trick {
    /// The next block has a wrong check.
    WrongCheck,
    /// The next block does not come. The card believes that it sent it.
    LostBlock,
    /// The next block has this PCB instead of its own.
    Pcb(u8),
    /// The next block comes from another node address.
    WrongNad,
    /// The next answer to a command is preceded by this many requests for
    /// more time, each with this multiplier.
    Wtx {
        /// The multiplier.
        multiplier: u8,
        /// How many requests.
        times: usize,
    },
    /// The next answer to a command is preceded by a request to use this
    /// information field size.
    Ifs(u8),
    /// The next I-block that would be chained or acknowledged is answered with
    /// S(ABORT request) instead.
    Abort,
    /// The next block is misunderstood: the card believes its check is wrong.
    Misheard,
    /// The card forgets where it was in the sequence of blocks.
    OutOfStep,
    /// No block is answered until the next reset.
    Mute,
}
