use super::family::Family;
use crate::port::Duration;
use crate::scan::engine::reader::Timing;
use crate::scan::engine::settings;

/// For saving to the EEPROM, instead of [`Timing::reply`].
pub(super) const SAVE: Duration = Duration::from_secs(1);

/// How long a code is held back to see whether more of it follows than its
/// length says: above the 16 ms by which USB serial adapters may delay bytes.
pub(super) const SETTLE: Duration = Duration::from_millis(20);

/// How a [`Gm65`](super::Gm65) is to work.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Config {
    pub(super) timing: Timing,
    pub(super) repeat: Duration,
    pub(super) read_time: u8,
    pub(super) code_ids: bool,
    pub(super) persist: bool,
    pub(super) also: Option<(u8, Family)>,
}

impl Config {
    /// The default times, for 9 600 baud, the factory's speed; all of them are
    /// good at 115 200 too.
    pub const TIMING: Timing = Timing {
        // The manual gives no number; replies come within 100 ms, and the
        // longest code that can get in between takes 270 ms at 9 600 baud.
        reply: Duration::from_millis(500),
        send: Duration::from_millis(500),
        quiet: Duration::from_millis(2),
        byte_gap: Duration::from_millis(100),
        // The module forgets the beginning of a command after 400 ms (manual
        // 9.2).
        command_gap: Duration::from_millis(420),
        attempts: 3,
    };

    /// The defaults: search until stopped, the same code not twice within
    /// three seconds, code identifiers, nothing saved, models that are known.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            timing: Self::TIMING,
            repeat: Duration::from_secs(3),
            read_time: 0,
            code_ids: true,
            persist: false,
            also: None,
        }
    }

    /// How long the module may take.
    #[must_use]
    pub const fn timing(mut self, timing: Timing) -> Self {
        self.timing = timing;
        self
    }

    settings::repeat!();

    /// How long the module looks for a code after
    /// [`start`](crate::scan::Scanner::start): up to 25.5 s in steps of 0.1 s, rounded
    /// down; more, or zero, is until it is stopped (0006).
    #[must_use]
    pub const fn read_time(mut self, length: Duration) -> Self {
        let tenths = length.as_millis() / 100;
        // At most 255.
        #[allow(clippy::cast_possible_truncation)]
        let tenths = if tenths > 0xFF { 0 } else { tenths as u8 };
        self.read_time = tenths;
        self
    }

    /// Whether codes come with an identifier of their symbology.
    #[must_use]
    pub const fn code_ids(mut self, on: bool) -> Self {
        self.code_ids = on;
        self
    }

    /// Whether [`init`](super::super::reader::Reader::init) saves the settings
    /// to the EEPROM, if it had to change any.
    #[must_use]
    pub const fn persist(mut self, on: bool) -> Self {
        self.persist = on;
        self
    }

    /// Takes this model number (00E0) for a module of that family. Only after a
    /// look at its manual: with another map of registers it would be
    /// misconfigured.
    #[must_use]
    pub const fn also_model(mut self, model: u8, family: Family) -> Self {
        self.also = Some((model, family));
        self
    }
}

impl Default for Config {
    fn default() -> Self {
        Self::new()
    }
}
