use crate::port::Duration;

/// How long an engine may take. Each language has its own table.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Timing {
    /// From the last byte of a command to its reply.
    pub reply: Duration,
    /// How long a port may take to accept one command or answer.
    pub send: Duration,
    /// How long the line must be quiet before a command is sent, so that a
    /// code that is being output is not interrupted.
    pub quiet: Duration,
    /// The gap after which a code or reply that is not complete is given up.
    pub byte_gap: Duration,
    /// After a command that was broken off, how long before the next: the gap
    /// after which the engine forgets the beginning.
    pub command_gap: Duration,
    /// How many times a command is sent in all when no good reply comes.
    pub attempts: u8,
}
