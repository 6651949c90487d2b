use crate::port::Duration;

/// How long a GM65 may take. The defaults are for 9 600 baud, its factory
/// speed; all of them are good at 115 200 too.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Timing {
    /// From the last byte of a command to its reply. The manual gives no
    /// number; replies come within 100 ms, and the longest code that can get
    /// in between takes 270 ms at 9 600 baud. Default 500 ms.
    pub reply: Duration,
    /// The same for saving to EEPROM. Default 1 s.
    pub save: Duration,
    /// How long a port may take to accept one command. Default 500 ms.
    pub send: Duration,
    /// The gap after which the module forgets the beginning of a command:
    /// 400 ms (manual 9.2). After a command that was broken off, the driver
    /// waits that long, and then 20 ms, before the next.
    pub command_gap: Duration,
    /// How long the line must be quiet before a command is sent, so that a
    /// code that is being output is not interrupted. Default 2 ms.
    pub quiet: Duration,
    /// How long a code is held back to see whether more of it follows than
    /// its length says. Default 20 ms: above the 16 ms by which USB serial
    /// adapters may delay bytes.
    pub settle: Duration,
    /// The gap after which a code or reply that is not complete is given up.
    /// Default 100 ms.
    pub byte_gap: Duration,
    /// How many times a command is sent in all when no good reply comes.
    /// Default 3.
    pub attempts: u8,
}

impl Timing {
    /// The defaults.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            reply: Duration::from_millis(500),
            save: Duration::from_secs(1),
            send: Duration::from_millis(500),
            command_gap: Duration::from_millis(420),
            quiet: Duration::from_millis(2),
            settle: Duration::from_millis(20),
            byte_gap: Duration::from_millis(100),
            attempts: 3,
        }
    }
}

impl Default for Timing {
    fn default() -> Self {
        Self::new()
    }
}
