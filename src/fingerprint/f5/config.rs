use crate::port::Duration;

/// What a module keeps with a template, and tells with a match. It means what
/// you want it to mean.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Permission {
    /// 1.
    One = 1,
    /// 2.
    Two = 2,
    /// 3.
    Three = 3,
}

impl TryFrom<u8> for Permission {
    type Error = u8;

    fn try_from(code: u8) -> Result<Self, u8> {
        match code {
            1 => Ok(Self::One),
            2 => Ok(Self::Two),
            3 => Ok(Self::Three),
            other => Err(other),
        }
    }
}

/// How an enrolment makes sure that the finger was lifted between two captures:
/// the module has no command for it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Lift {
    /// By a search that finds nobody. The manual does not say whether an
    /// enrolment survives that.
    Sensed,
    /// Not at all: it is told, and so long waited. For a module that forgets
    /// half an enrolment when it is asked something else.
    Waited(Duration),
}

/// How long things take. A reply that comes later counts as lost.
///
/// | field | default | why |
/// | --- | --- | --- |
/// | `quiet` | 2 ms | ours: four byte times at 19 200 baud |
/// | `settle` | 50 ms | ours: more than any pause inside a reply |
/// | `gap` | 50 ms | ours: bytes of one frame follow each other |
/// | `reply` | 1 s | ours; behind an abandoned wait for a finger, besides that |
/// | `work` | 2 s | ours: for a capture and a search, besides the wait |
/// | `flash` | 3 s | ours |
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
    /// For an answer that takes no work.
    pub reply: Duration,
    /// For what is done with a finger once it is there.
    pub work: Duration,
    /// For deleting.
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
        settle: Duration::from_millis(50),
        gap: Duration::from_millis(50),
        reply: Duration::from_secs(1),
        work: Duration::from_secs(2),
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
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Config {
    /// Templates the library holds, at most 4095.
    pub capacity: u16,
    /// What is kept with each template that is enrolled.
    pub permission: Permission,
    /// How the lifting of a finger is noticed.
    pub lift: Lift,
    /// How long the module itself waits for a finger, in images of 0.2 to
    /// 0.3 s; from 1. The driver asks again until its own time is over.
    pub images: u8,
    /// The speed of the port, in bits a second: 19 200 as delivered.
    pub baud: u32,
    /// How many line faults a call survives before it fails.
    pub retries: u8,
    /// How long things take.
    pub timing: Timing,
}

/// The time of an image, at most (manual, command 2Eh).
const IMAGE: Duration = Duration::from_millis(300);

impl Config {
    /// A module that holds so many templates.
    #[must_use]
    pub const fn with_capacity(capacity: u16) -> Self {
        Self {
            capacity,
            permission: Permission::One,
            lift: Lift::Sensed,
            images: 2,
            baud: 19_200,
            retries: 2,
            timing: Timing::DEFAULT,
        }
    }

    /// Waveshare UART Fingerprint Sensor (C): 500 templates.
    #[must_use]
    pub const fn waveshare() -> Self {
        Self::with_capacity(500)
    }

    pub(super) fn images(&self) -> u8 {
        self.images.max(1)
    }

    /// How long an answer may take behind a wait for a finger that was given up.
    pub(super) fn abandoned(&self) -> Duration {
        IMAGE.times(self.images().into()) + self.timing.reply
    }

    /// How long an answer may take that waits for a finger.
    pub(super) fn capture(&self) -> Duration {
        IMAGE.times(self.images().into()) + self.timing.work
    }
}
