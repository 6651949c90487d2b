use crate::port::Duration;
use crate::scan::Encoding;
use crate::scan::engine::settings;

/// How a [`De2120`](super::De2120) is to work.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Config {
    pub(super) code_ids: bool,
    pub(super) encoding: Encoding,
    pub(super) repeat: Duration,
}

impl Config {
    /// Letters for symbologies, the encoding that the module is set to (GBK
    /// from the factory), no code twice within three seconds.
    #[must_use]
    pub const fn new() -> Self {
        let repeat = Duration::from_secs(3);
        Self { code_ids: true, encoding: Encoding::Unknown, repeat }
    }

    /// Whether a letter for the symbology comes before each code. Without it,
    /// a code that begins with 06 or 15 while a command is answered is taken
    /// for the answer; where an answer is late, the code loses that byte, and is
    /// marked truncated.
    #[must_use]
    pub const fn code_ids(mut self, on: bool) -> Self {
        self.code_ids = on;
        self
    }

    /// In which encoding the module is to send text;
    /// [`Encoding::Unknown`] leaves it as it is set.
    #[must_use]
    pub const fn encoding(mut self, encoding: Encoding) -> Self {
        self.encoding = encoding;
        self
    }

    settings::repeat!();
}

impl Default for Config {
    fn default() -> Self {
        Self::new()
    }
}
