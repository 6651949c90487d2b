use core::num::NonZeroU16;

use crate::port::Duration;

/// How long things take. [`Default`] is made for the sources below, with
/// margins; a response that comes later counts as lost.
///
/// | field | default | source |
/// | --- | --- | --- |
/// | `quiet` | 2 ms, on a network 40 ms | ours; the SDK's delay between receiving and sending |
/// | `settle` | 60 ms | ours: more than any pause inside a response |
/// | `gap` | 50 ms | ours: bytes of one packet follow each other |
/// | `reply` | 2 s | the SDK's limit for commands without a finger |
/// | `scan` | 6 s | a second for the finger (the driver sets that), 3 s for the search as delivered, 2 s of margin |
/// | `flash` | 3 s | none given |
/// | `finger`, `lift` | 20 s | how long a person is waited for |
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Timing {
    /// The line is silent this long before a command is sent.
    pub quiet: Duration,
    /// The same, after a fault.
    pub settle: Duration,
    /// The longest pause between two bytes of a packet.
    pub gap: Duration,
    /// For a response that takes no work.
    pub reply: Duration,
    /// For a response to a command that scans a finger.
    pub scan: Duration,
    /// For writing or erasing the library.
    pub flash: Duration,
    /// For a person to lay the finger down.
    pub finger: Duration,
    /// For a person to lift it.
    pub lift: Duration,
}

impl Timing {
    /// See the table above.
    pub const DEFAULT: Self = Self {
        quiet: Duration::from_millis(2),
        settle: Duration::from_millis(60),
        gap: Duration::from_millis(50),
        reply: Duration::from_secs(2),
        scan: Duration::from_secs(6),
        flash: Duration::from_secs(3),
        finger: Duration::from_secs(20),
        lift: Duration::from_secs(20),
    };
}

impl Default for Timing {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// What the driver has to know about a module.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Config {
    /// The module's number on RS-422 or RS-485, the lower half of its module
    /// ID; `None` on a line of its own. Zero would be all modules, and none
    /// would answer.
    pub terminal: Option<NonZeroU16>,
    /// How many line faults a call survives before it fails.
    pub retries: u8,
    /// How long things take.
    pub timing: Timing,
}

impl Config {
    /// A module on a line of its own.
    #[must_use]
    pub const fn new() -> Self {
        Self { terminal: None, retries: 2, timing: Timing::DEFAULT }
    }

    /// A module among others on RS-422 or RS-485.
    #[must_use]
    pub const fn network(terminal: NonZeroU16) -> Self {
        let mut config = Self::new();
        config.terminal = Some(terminal);
        config.timing.quiet = Duration::from_millis(40);
        config
    }

    pub(super) fn terminal(&self) -> Option<u16> {
        self.terminal.map(NonZeroU16::get)
    }
}

impl Default for Config {
    fn default() -> Self {
        Self::new()
    }
}
