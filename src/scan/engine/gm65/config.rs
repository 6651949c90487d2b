use super::register::Wanted;
use super::timing::Timing;
use crate::port::Duration;

/// How a [`Gm65`](super::Gm65) is to work.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Config {
    pub(super) timing: Timing,
    pub(super) repeat: Duration,
    read_time: u8,
    code_ids: bool,
    pub(super) persist: bool,
    pub(super) also: Option<u8>,
}

impl Config {
    /// The defaults: search until stopped, the same code not twice within
    /// three seconds, code identifiers, nothing saved, GM65-S only.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            timing: Timing::new(),
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

    /// A code that is seen again less than `length` after it was last seen is
    /// not reported again; zero reports all.
    #[must_use]
    pub const fn repeat(mut self, length: Duration) -> Self {
        self.repeat = length;
        self
    }

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

    /// Whether [`Gm65::init`](super::Gm65::init) saves the settings to the EEPROM, if it had to
    /// change any.
    #[must_use]
    pub const fn persist(mut self, on: bool) -> Self {
        self.persist = on;
        self
    }

    /// Takes this model number (00E0) for a module with the register map of a
    /// GM65-S. Only after a look at its manual: a GM60 has another one, and
    /// would be misconfigured.
    #[must_use]
    pub const fn also_model(mut self, model: u8) -> Self {
        self.also = Some(model);
        self
    }

    pub(super) const fn wanted(&self) -> Wanted {
        Wanted { code_ids: self.code_ids, read_time: self.read_time }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self::new()
    }
}
