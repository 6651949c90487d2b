use super::decode::Layout;
use crate::port::Duration;
use crate::scan::engine::reader::Timing;
use crate::scan::engine::settings;

/// How an [`Ssi`](super::Ssi) is to work.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Config {
    pub(super) timing: Timing,
    pub(super) resend: Duration,
    pub(super) repeat: Duration,
    pub(super) layout: Option<Layout>,
    pub(super) session: u8,
    pub(super) persist: bool,
    pub(super) announce: bool,
    pub(super) wake: bool,
}

impl Config {
    /// The defaults: the layout of codes told from what comes, the same code
    /// not twice within three seconds, sessions of 9.9 seconds, nothing
    /// permanent.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            timing: Self::TIMING,
            resend: Duration::from_millis(2_500),
            repeat: Duration::from_secs(3),
            layout: None,
            session: 99,
            persist: false,
            announce: false,
            wake: true,
        }
    }

    /// The [times](super#timing) of the guide.
    pub const TIMING: Timing = Timing {
        reply: Duration::from_secs(2),
        send: Duration::from_millis(500),
        quiet: Duration::from_millis(2),
        byte_gap: Duration::from_millis(100),
        command_gap: Duration::from_millis(220),
        attempts: 3,
    };

    /// How long the engine may take.
    #[must_use]
    pub const fn timing(mut self, timing: Timing) -> Self {
        self.timing = timing;
        self
    }

    /// After how long at most a packet that was not acknowledged comes again:
    /// a little more than the engine's parameter 155. Within three times as long
    /// a packet that is marked as sent again and is the same as before is not
    /// another.
    #[must_use]
    pub const fn resend(mut self, length: Duration) -> Self {
        self.resend = length;
        self
    }

    settings::repeat!();

    /// The layout of codes, once it is known of the engine. Without it, it is
    /// [told from what comes](super#two-layouts).
    #[must_use]
    pub const fn layout(mut self, layout: Layout) -> Self {
        self.layout = Some(layout);
        self
    }

    /// How long the engine looks for a code after
    /// [`start`](crate::scan::Scanner::start): 0.5 s to 9.9 s (remembered
    /// of laser engines) in steps of 0.1 s, rounded down.
    #[must_use]
    pub const fn session(mut self, length: Duration) -> Self {
        let tenths = length.as_millis() / 100;
        // At most 99.
        #[allow(clippy::cast_possible_truncation)]
        let tenths = if tenths > 99 { 99 } else { tenths as u8 };
        self.session = if tenths < 5 { 5 } else { tenths };
        self
    }

    /// Whether changes are made permanent. The memory bears a limited number.
    #[must_use]
    pub const fn persist(mut self, on: bool) -> Self {
        self.persist = on;
        self
    }

    /// Whether `init` begins with `SCANNER_INIT_COMMAND`, which cordless
    /// engines wait for.
    #[must_use]
    pub const fn announce(mut self, on: bool) -> Self {
        self.announce = on;
        self
    }

    /// Whether each command is preceded by the byte that wakes a sleeping
    /// engine, and 15 ms. Not needed with RTS and CTS.
    #[must_use]
    pub const fn wake(mut self, on: bool) -> Self {
        self.wake = on;
        self
    }
}

impl Default for Config {
    fn default() -> Self {
        Self::new()
    }
}
