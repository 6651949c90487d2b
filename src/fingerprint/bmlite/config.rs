use crate::fingerprint::Geometry;
use crate::port::Duration;

/// How long things take. [`Default`] is made for the sources below, with
/// margins; an answer that comes later counts as lost.
///
/// | field | default | source |
/// | --- | --- | --- |
/// | `quiet` | 2 ms | ours |
/// | `settle` | 60 ms | ours: more than any pause inside an answer |
/// | `gap` | 100 ms | FPC's host code: for the rest of a frame |
/// | `acknowledge` | 500 ms | FPC's host code |
/// | `reply` | 2 s | ours: for an answer that takes no work, and after a fault for what was asked before |
/// | `person` | 3 s | the second that the module waits, and 2 s of margin |
/// | `work` | 3 s | none given |
/// | `flash` | 3 s | none given |
/// | `transfer` | 10 s | ours: an image takes 2.5 s at 115 200 baud |
/// | `finger`, `lift` | 20 s | how long a person is waited for |
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Timing {
    /// The line is silent this long before a command is sent.
    pub quiet: Duration,
    /// The same, after a fault.
    pub settle: Duration,
    /// The longest pause between two bytes of a frame.
    pub gap: Duration,
    /// For the acknowledgement of a frame.
    pub acknowledge: Duration,
    /// For an answer that takes no work.
    pub reply: Duration,
    /// For an answer that waits for a person.
    pub person: Duration,
    /// For extraction, search and enrolment.
    pub work: Duration,
    /// For reading, writing or erasing the storage.
    pub flash: Duration,
    /// For an answer with an image or a template, from its first byte to its
    /// last.
    pub transfer: Duration,
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
        gap: Duration::from_millis(100),
        acknowledge: Duration::from_millis(500),
        reply: Duration::from_secs(2),
        person: Duration::from_secs(3),
        work: Duration::from_secs(3),
        flash: Duration::from_secs(3),
        transfer: Duration::from_secs(10),
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
    /// How many slots there are, from 0. The module does not tell for how many
    /// templates it has room.
    pub capacity: u16,
    /// The most bytes that a template has. No document says; FPC's example for
    /// small hosts has 5120 bytes for a whole message.
    pub template: u16,
    /// The shape of an image. The module tells its bytes only; FPC's example
    /// takes it for 160 by 160.
    pub geometry: Geometry,
    /// How many line faults a call survives before it fails.
    pub retries: u8,
    /// How long things take.
    pub timing: Timing,
}

impl Config {
    /// A module for so many templates.
    #[must_use]
    pub const fn new(capacity: u16) -> Self {
        Self {
            capacity,
            template: 5120,
            geometry: Geometry { width: 160, height: 160, dpi: None },
            retries: 2,
            timing: Timing::DEFAULT,
        }
    }
}
