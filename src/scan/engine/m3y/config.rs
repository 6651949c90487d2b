use crate::port::Duration;
use crate::scan::Encoding;

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

    /// The encoding that the module is set to: said with each code, and
    /// nothing is converted.
    #[must_use]
    pub const fn encoding(mut self, encoding: Encoding) -> Self {
        self.encoding = encoding;
        self
    }

    /// A code that is seen again less than `length` after it was last seen is
    /// not told again; zero tells all.
    #[must_use]
    pub const fn repeat(mut self, length: Duration) -> Self {
        self.repeat = length;
        self
    }
}

impl Default for Config {
    fn default() -> Self {
        Self::new()
    }
}
