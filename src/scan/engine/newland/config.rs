use crate::port::Duration;
use crate::scan::Encoding;
use crate::scan::engine::settings;

/// Which commands the engine has.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Dialect {
    /// The unified commands.
    #[default]
    Unified,
    /// `NLS` and seven digits, of engines before about 2014. Codes come packed.
    Nls,
}

/// How a [`Newland`](super::Newland) is to work.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Config {
    pub(super) dialect: Dialect,
    pub(super) packed: Option<u8>,
    pub(super) lock: bool,
    pub(super) encoding: Encoding,
    pub(super) repeat: Duration,
}

impl Config {
    /// Unified commands, codes as lines behind their AIM identifiers, no setup
    /// codes, none twice within three seconds.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            dialect: Dialect::Unified,
            packed: None,
            lock: true,
            encoding: Encoding::Unknown,
            repeat: Duration::from_secs(3),
        }
    }

    /// An engine with the older commands.
    #[must_use]
    pub const fn nls() -> Self {
        Self { dialect: Dialect::Nls, packed: Some(0), ..Self::new() }
    }

    /// Codes with length and check, so that any byte can be in them. `counts`
    /// of the two bytes before the data, the type and the number of the
    /// symbology, are in the length: 0 as the manuals have it; if every code is
    /// spoilt, try 1 and 2.
    #[must_use]
    pub const fn packed(mut self, counts: u8) -> Self {
        self.packed = Some(counts);
        self
    }

    /// Whether the engine is told to obey no setup codes. An engine that does
    /// not know how fails at init, with `SETUPN`: then this is the way round,
    /// for places where the public cannot show it codes.
    #[must_use]
    pub const fn lock(mut self, on: bool) -> Self {
        self.lock = on;
        self
    }

    settings::encoding!();

    settings::repeat!();
}

impl Default for Config {
    fn default() -> Self {
        Self::new()
    }
}
