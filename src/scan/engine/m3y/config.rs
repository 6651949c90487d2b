use crate::port::Duration;
use crate::scan::Encoding;
use crate::scan::engine::settings;

/// How an [`M3y`](super::M3y) is to work.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Config {
    pub(super) encoding: Encoding,
    pub(super) repeat: Duration,
}

impl Config {
    /// Text in no encoding that is known, no code twice within three seconds.
    #[must_use]
    pub const fn new() -> Self {
        Self { encoding: Encoding::Unknown, repeat: Duration::from_secs(3) }
    }

    settings::encoding!();

    settings::repeat!();
}

impl Default for Config {
    fn default() -> Self {
        Self::new()
    }
}
