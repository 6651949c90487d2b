use core::fmt;

use subtle::ConstantTimeEq;
use zeroize::Zeroize;

use super::dialect::Dialect;
use crate::fingerprint::Geometry;
use crate::port::Duration;

/// The password that a module asks for before it obeys.
///
/// It travels in clear text, and only from the host to the module: it keeps an
/// honest terminal from the wrong module, not an attacker from the wire.
#[derive(Clone, Eq)]
pub struct Password(u32);

impl Password {
    /// The password of a module as it is delivered: zero.
    pub const FACTORY: Self = Self(0);

    /// A password.
    #[must_use]
    pub const fn new(password: u32) -> Self {
        Self(password)
    }

    pub(super) const fn to_bytes(&self) -> [u8; 4] {
        self.0.to_be_bytes()
    }
}

impl PartialEq for Password {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Drop for Password {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(..)")
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Password {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "Password(..)");
    }
}

/// How long things take. [`Default`] is made for the data sheets below, with
/// margins; a reply that comes later counts as lost.
///
/// | field | default | data sheet |
/// | --- | --- | --- |
/// | `quiet` | 2 ms | ours: eleven byte times at 57 600 baud |
/// | `settle` | 30 ms | ours: more than any pause inside a reply |
/// | `gap` | 50 ms | ours: bytes of one frame follow each other |
/// | `reply` | 600 ms | start-up ZFM-20 500 ms, R503 V1.1 200 ms, V1.2.2 50 ms |
/// | `capture` | 2 s | ZFM-20: image and features within 1 s each |
/// | `search` | 3 s | ZFM-20: within 1 s; R503: 10 ms |
/// | `flash` | 2 s | none given |
/// | `auto` | 12 s | R503 V1.2.2: gives a person 10 s |
/// | `packet` | 500 ms | none given |
/// | `pause` | 0 | none given; some modules need 25 ms at 115 200 baud |
/// | `tail` | 10 s | an image of a ZFM-20 takes 7 s at 57 600 baud |
/// | `poll` | 60 ms | R503: touch answers within 120 ms |
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
    /// For taking an image, or its features.
    pub capture: Duration,
    /// For a search or a comparison.
    pub search: Duration,
    /// For writing or erasing the library.
    pub flash: Duration,
    /// For each step of what a module does by itself: for a person too.
    pub auto: Duration,
    /// For the first data packet, and for each next one.
    pub packet: Duration,
    /// Between two data packets that are sent, from when the port has taken the
    /// last byte of the first.
    pub pause: Duration,
    /// As long as a module may go on with a transfer that was given up.
    pub tail: Duration,
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
        quiet: Duration::from_millis(2),
        settle: Duration::from_millis(30),
        gap: Duration::from_millis(50),
        reply: Duration::from_millis(600),
        capture: Duration::from_secs(2),
        search: Duration::from_secs(3),
        flash: Duration::from_secs(2),
        auto: Duration::from_secs(12),
        packet: Duration::from_millis(500),
        pause: Duration::ZERO,
        tail: Duration::from_secs(10),
        poll: Duration::from_millis(60),
        finger: Duration::from_secs(20),
        lift: Duration::from_secs(20),
    };

    /// The longest from an image to the match that it comes to: five commands,
    /// each with the silence before it and the time to send it.
    pub(super) fn match_time(&self) -> Duration {
        let Self { quiet, reply, capture, search, .. } = *self;
        quiet.times(5 * 16) + reply.times(5 + 2) + capture + search.times(2)
    }
}

impl Default for Timing {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// What the driver has to know about a module.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Config {
    /// The module's address; modules are delivered with FFFFFFFFh.
    pub address: u32,
    /// The module's password.
    pub password: Password,
    /// The module's commands.
    pub dialect: Dialect,
    /// Captures to a template, within what [`Profile::captures`] says.
    ///
    /// [`Profile::captures`]: super::Profile::captures
    pub captures: u8,
    /// Templates the library holds; `None` asks the module. Some (R308) do not
    /// tell.
    pub capacity: Option<u16>,
    /// Bytes of a template; `None` asks the module, or learns it from the first
    /// one that is read.
    pub template: Option<u16>,
    /// The content of a data packet, 32 to 256 bytes; `None` asks the module.
    pub packet: Option<u16>,
    /// The shape of an image; `None` asks the module, if it can tell.
    pub image: Option<Geometry>,
    /// How many line faults a call survives before it fails.
    pub retries: u8,
    /// How long things take.
    pub timing: Timing,
}

impl Config {
    /// An R503 as delivered, but for the password: six captures to a template
    /// (V1.2.2 wants four at least).
    #[must_use]
    pub const fn r503(password: Password) -> Self {
        Self {
            address: u32::MAX,
            password,
            dialect: Dialect::R503,
            captures: 6,
            capacity: None,
            template: None,
            packet: None,
            image: Some(Geometry { width: 192, height: 192, dpi: Some(508) }),
            retries: 2,
            timing: Timing::DEFAULT,
        }
    }

    /// The same by the manual V1.2.2: one that enrols and identifies by itself.
    #[must_use]
    pub const fn r503_v12(password: Password) -> Self {
        let mut config = Self::r503(password);
        config.dialect = Dialect::R503V12;
        config
    }

    /// An AS608, HLK-ZW or M5 unit as delivered, but for the password: two
    /// captures to a template, for an AS608 has no more buffers.
    #[must_use]
    pub const fn synochip(password: Password) -> Self {
        let mut config = Self::zfm20(password);
        config.dialect = Dialect::Synochip;
        // Each model's is different.
        config.image = None;
        config
    }

    /// A ZFM-20 as delivered, but for the password: two captures to a
    /// template.
    #[must_use]
    pub const fn zfm20(password: Password) -> Self {
        let mut config = Self::r503(password);
        config.dialect = Dialect::Zfm20;
        config.captures = 2;
        config.image = Some(Geometry { width: 256, height: 288, dpi: None });
        config
    }

    pub(super) fn captures(&self) -> u8 {
        let (fewest, most) = self.dialect.profile().captures;
        self.captures.clamp(fewest, most)
    }
}
