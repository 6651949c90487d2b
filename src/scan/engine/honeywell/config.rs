use crate::port::Duration;
use crate::scan::Encoding;
use crate::scan::engine::dialect::{Framing, Identifier};
use crate::scan::engine::settings;

/// Whose engine it is.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Make {
    /// Honeywell, with the decode header.
    #[default]
    Honeywell,
    /// Datalogic 7000 series: the same menu and trigger, and no header known.
    Datalogic7000,
    /// Engines with Canmax's firmware and others that took the menu over: the
    /// same menu and trigger, and no header known.
    Canmax,
}

/// How a [`Honeywell`](super::Honeywell) is to work.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Config {
    pub(super) make: Make,
    pub(super) framing: Framing,
    pub(super) identifier: Identifier,
    pub(super) encoding: Encoding,
    pub(super) repeat: Duration,
}

impl Config {
    /// An engine of that make, text in no encoding that is known, no code twice
    /// within three seconds.
    #[must_use]
    pub const fn new(make: Make) -> Self {
        Self {
            make,
            framing: Framing::ending(b"\r").then_silence(),
            identifier: Identifier::None,
            encoding: Encoding::Unknown,
            repeat: Duration::from_secs(3),
        }
    }

    settings::framing!(
        "How codes are told apart by an engine without the header; CR and silence unless set.",
        "What an engine without the header is set to put before the payload."
    );

    settings::encoding!();

    settings::repeat!();
}

impl Default for Config {
    fn default() -> Self {
        Self::new(Make::Honeywell)
    }
}
