use crate::port::Duration;

/// The speeds of a module; it has the first one after each power-up.
pub const SPEEDS: [u32; 5] = [9_600, 19_200, 38_400, 57_600, 115_200];

/// How long things take. A reply that comes later counts as lost.
///
/// | field | default | why |
/// | --- | --- | --- |
/// | `quiet` | 3 ms | ours: three byte times at 9600 baud |
/// | `settle` | 50 ms | ours: more than any pause inside a reply |
/// | `gap` | 50 ms | ours: bytes of one packet follow each other |
/// | `reply` | 600 ms | ours; the data sheet gives none |
/// | `capture` | 3 s | ours; the best image is the slow one |
/// | `search` | 3 s | GT-521F52: 3000 templates within 1.5 s |
/// | `enrol` | 3 s | ours |
/// | `data` | 1 s | ours: how long a module waits for data that do not come |
/// | `poll` | 60 ms | ours: two packets take 25 ms at 9600 baud |
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
    /// For an answer that takes no work.
    pub reply: Duration,
    /// For taking an image.
    pub capture: Duration,
    /// For a search or a comparison.
    pub search: Duration,
    /// For a step of an enrolment, or writing the library.
    pub enrol: Duration,
    /// Before a new session, when data were promised and not sent.
    pub data: Duration,
    /// Between two looks whether a finger is there.
    pub poll: Duration,
    /// For a person to lay the finger down.
    pub finger: Duration,
    /// For a person to lift it.
    pub lift: Duration,
}

impl Timing {
    /// See the table above.
    pub const DEFAULT: Self = Self {
        quiet: Duration::from_millis(3),
        settle: Duration::from_millis(50),
        gap: Duration::from_millis(50),
        reply: Duration::from_millis(600),
        capture: Duration::from_secs(3),
        search: Duration::from_secs(3),
        enrol: Duration::from_secs(3),
        data: Duration::from_secs(1),
        poll: Duration::from_millis(60),
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
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Config {
    /// Templates the library holds. The module does not tell.
    pub capacity: u16,
    /// The speed that the port has at first: 9600 after each power-up of the
    /// module. With another one, the driver sets the port to 9600 baud when
    /// nobody answers.
    pub baud: u32,
    /// How many line faults a call survives before it fails.
    pub retries: u8,
    /// How long things take.
    pub timing: Timing,
}

impl Config {
    /// A module that holds so many templates.
    #[must_use]
    pub const fn with_capacity(capacity: u16) -> Self {
        Self { capacity, baud: 9_600, retries: 2, timing: Timing::DEFAULT }
    }

    /// GT-511C1R: 20 templates.
    #[must_use]
    pub const fn gt511c1r() -> Self {
        Self::with_capacity(20)
    }

    /// GT-511C3: 200 templates.
    #[must_use]
    pub const fn gt511c3() -> Self {
        Self::with_capacity(200)
    }

    /// GT-521F32: 200 templates.
    #[must_use]
    pub const fn gt521f32() -> Self {
        Self::with_capacity(200)
    }

    /// GT-521F52: 3000 templates.
    #[must_use]
    pub const fn gt521f52() -> Self {
        Self::with_capacity(3_000)
    }
}
