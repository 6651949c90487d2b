use crate::port::Duration;

/// How commands and replies are put on the wire.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Framing {
    /// `AA AA AA 96 69`, length, data, XOR: the security module itself.
    #[default]
    Sdt,
    /// `02`, length, data, XOR, `03`: readers of several cards, which find,
    /// select and read in one command.
    Oem,
}

/// How long a reader may take. The interface standard gives no numbers; these
/// are above those that public programs for these readers use, which are named.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Timing {
    /// From a command to its reply, when the reader speaks about itself.
    /// Programs wait 300 ms. Default 500 ms.
    pub reader: Duration,
    /// The same after a reset. Of our own choice: 2 s.
    pub reset: Duration,
    /// When it finds or selects a card. Programs wait 100 ms to 1 s. Default
    /// 1 s.
    pub card: Duration,
    /// When it reads text and photo. Programs wait 2 s. Default 2.5 s.
    pub read: Duration,
    /// With fingerprints. Programs wait 3 s. Default 3.5 s.
    pub read_all: Duration,
    /// When it reads the newest address. Programs wait 1.5 s. Default 2 s.
    pub address: Duration,
    /// How long a reply may stop in its middle. Of our own choice: 100 ms,
    /// above the 16 ms by which USB serial adapters may delay bytes.
    pub gap: Duration,
    /// How long a reply is held back to see whether more bytes follow than its
    /// length says: then one was doubled on the way, which the XOR misses once
    /// in 256 times. Of our own choice: 20 ms, for the same reason.
    pub settle: Duration,
    /// How long the line must be quiet before a command is sent, so that what
    /// is left of an earlier reply is gone. Of our own choice: 5 ms.
    pub quiet: Duration,
    /// How long a port may take to accept one command. Of our own choice:
    /// 500 ms.
    pub send: Duration,
    /// How often a reader is asked for a card, or whether it is still there.
    /// Programs ask every 200 ms to 1 s. Default 300 ms.
    pub ask: Duration,
    /// How many times a command is sent in all when no good reply comes.
    /// Default 3.
    pub attempts: u8,
}

impl Timing {
    /// The defaults.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            reader: Duration::from_millis(500),
            reset: Duration::from_secs(2),
            card: Duration::from_secs(1),
            read: Duration::from_millis(2_500),
            read_all: Duration::from_millis(3_500),
            address: Duration::from_secs(2),
            gap: Duration::from_millis(100),
            settle: Duration::from_millis(20),
            quiet: Duration::from_millis(5),
            send: Duration::from_millis(500),
            ask: Duration::from_millis(300),
            attempts: 3,
        }
    }
}

impl Default for Timing {
    fn default() -> Self {
        Self::new()
    }
}

/// How a reader is connected.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Config {
    pub(super) framing: Framing,
    pub(super) baud: u32,
    pub(super) timing: Timing,
}

impl Config {
    /// An SDT reader at 115 200 baud, as delivered.
    #[must_use]
    pub const fn new() -> Self {
        Self { framing: Framing::Sdt, baud: 115_200, timing: Timing::new() }
    }

    /// A reader of several cards (OEM framing).
    #[must_use]
    pub const fn oem() -> Self {
        Self { framing: Framing::Oem, ..Self::new() }
    }

    /// The speed that the port has, in bits a second.
    #[must_use]
    pub const fn baud(mut self, baud: u32) -> Self {
        self.baud = baud;
        self
    }

    /// Other times.
    #[must_use]
    pub const fn timing(mut self, timing: Timing) -> Self {
        self.timing = timing;
        self
    }
}

impl Default for Config {
    fn default() -> Self {
        Self::new()
    }
}
