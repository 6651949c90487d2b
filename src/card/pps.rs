//! Which protocol, how fast: what an ATR leaves open and PPS settles
//! (ISO/IEC 7816-3:2006, 6.3.1 and clause 9).
//!
//! Pure functions; a reader carries the bytes. A payment terminal that goes by
//! EMV needs none of it: [`Terms`](super::atr::Terms) come with its verdict.
//!
//! ```
//! use embedded_pos::card::Atr;
//! use embedded_pos::card::pps::{Host, Mode, Pps};
//!
//! // T=0 and T=1 offered, TA1 is 96: 32 times as fast, F = 512.
//! let atr = Atr::new(&[0x3B, 0xD0, 0x96, 0xFF, 0x80, 0x81, 0x31, 0xFE, 0x45, 0x63]).unwrap();
//! let host = Host { protocols: &[1], clock: 3_579_545, fastest: 115_200 };
//! let Mode::Ask(pps) = host.meet(&atr)? else { panic!() };
//! assert_eq!(pps.request(), [0xFF, 0x11, 0x95, 0x7B]);
//!
//! // The card agrees to the protocol, but not to the speed.
//! assert_eq!(pps.agreed(&[0xFF, 0x01, 0xFE]), Some(0x11));
//! assert_eq!(pps.agreed(&[0xFF, 0x11, 0x95, 0x7B]), Some(0x95));
//! assert_eq!(pps.agreed(&[0xFF, 0x11, 0x94, 0x7A]), None);
//! # Ok::<(), embedded_pos::card::pps::Unmet>(())
//! ```

use core::fmt;

use super::Atr;
use super::atr::{DEFAULT_TA1, di, fi, fmax};
use crate::{Error, ErrorKind};

/// PPSS: opens every request and response.
const PPSS: u8 = 0xFF;

/// In PPS0: PPS1 follows.
const PPS1: u8 = 0x10;

/// A request for a protocol and, if asked for, a speed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Pps {
    bytes: [u8; Self::MAX],
    len: u8,
}

impl Pps {
    /// The longest request we make: PPSS, PPS0, PPS1, PCK.
    pub const MAX: usize = 4;

    /// Asks for a protocol, at the speed of the reset.
    #[must_use]
    pub const fn new(protocol: u8) -> Self {
        let pps0 = protocol & 0x0F;
        Self { bytes: [PPSS, pps0, PPSS ^ pps0, 0], len: 3 }
    }

    /// Asks for a protocol and a speed, coded as TA1.
    #[must_use]
    pub const fn with_speed(protocol: u8, ta1: u8) -> Self {
        let pps0 = (protocol & 0x0F) | PPS1;
        Self { bytes: [PPSS, pps0, ta1, PPSS ^ pps0 ^ ta1], len: 4 }
    }

    /// The bytes to send.
    #[must_use]
    pub fn request(&self) -> &[u8] {
        self.bytes.get(..self.len.into()).unwrap_or_default()
    }

    /// The protocol asked for.
    #[must_use]
    pub const fn protocol(&self) -> u8 {
        let [_, pps0, ..] = self.bytes;
        pps0 & 0x0F
    }

    /// How long a response with these first bytes is; `None` while its second
    /// byte is not there. Each of PPS1 to PPS3 can be left out (9.3).
    #[must_use]
    pub fn response_len(start: &[u8]) -> Option<usize> {
        let pps0 = start.get(1)?;
        Some(3 + (pps0 & 0x70).count_ones() as usize)
    }

    /// What the card agreed to: the speed in force, coded as TA1. `None` if it
    /// did not agree: it must be reset then, or given up (9.3).
    ///
    /// PPSS and the protocol must come back as they went; PPS1 must, or is left
    /// out: the speed stays that of the reset then. PPS2 and PPS3 were not
    /// asked for, so they must not be there.
    #[must_use]
    pub fn agreed(&self, response: &[u8]) -> Option<u8> {
        if response == Self::new(self.protocol()).request() {
            return Some(DEFAULT_TA1);
        }
        let [.., ta1, _] = self.bytes;
        (response == self.request()).then_some(ta1)
    }
}

/// What the host can do.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Host {
    /// The protocols it speaks. The card's order decides.
    pub protocols: &'static [u8],
    /// The clock it gives the card, in hertz.
    pub clock: u32,
    /// Bits a second at most; 0 to stay at the speed of the reset.
    pub fastest: u32,
}

/// How host and card come together.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Mode {
    /// They speak at once: specific mode, or the card's first offer as it is.
    Ready {
        /// The protocol.
        protocol: u8,
        /// F and D in force, coded as TA1.
        ta1: u8,
    },
    /// Negotiable mode, and there is something to ask for.
    Ask(Pps),
}

/// Why host and card do not come together.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Unmet {
    /// They have no protocol in common.
    Protocol,
    /// The card is in specific mode, which the host cannot follow: protocol,
    /// speed or implicit parameters.
    Specific {
        /// A warm reset can bring it into negotiable mode (6.3.1).
        changes: bool,
    },
}

impl Error for Unmet {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Unsupported
    }
}

impl core::error::Error for Unmet {}

impl fmt::Display for Unmet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Protocol => "the card speaks none of our protocols",
            Self::Specific { changes: true } => "specific mode we cannot follow; reset it warm",
            Self::Specific { changes: false } => "specific mode we cannot follow",
        })
    }
}

impl Host {
    /// How to go on after an ATR.
    ///
    /// # Errors
    /// [`Unmet`].
    pub fn meet(&self, atr: &Atr) -> Result<Mode, Unmet> {
        let offered = atr.ta1().unwrap_or(DEFAULT_TA1);
        if let Some(mode) = atr.specific_mode() {
            let can = self.protocols.contains(&mode.protocol)
                && !mode.implicit
                && (offered == DEFAULT_TA1 || self.can(offered));
            let ready = Mode::Ready { protocol: mode.protocol, ta1: offered };
            return if can { Ok(ready) } else { Err(Unmet::Specific { changes: !mode.fixed }) };
        }
        let common = atr.protocols().find(|offered| self.protocols.contains(offered));
        let protocol = common.ok_or(Unmet::Protocol)?;
        Ok(match self.best(offered) {
            Some(ta1) => Mode::Ask(Pps::with_speed(protocol, ta1)),
            None if protocol == atr.first_protocol() => Mode::Ready { protocol, ta1: DEFAULT_TA1 },
            None => Mode::Ask(Pps::new(protocol)),
        })
    }

    /// The fastest we both can: F as offered, D as offered or less (9.2).
    /// `None` if that is no faster than the reset.
    fn best(&self, offered: u8) -> Option<u8> {
        let (most, mut best) = (di(offered)?, None);
        let mut fastest = self.bits_a_second(DEFAULT_TA1)?;
        for ta1 in (0..=9).map(|d| offered & 0xF0 | d) {
            let slow_enough = di(ta1).is_some_and(|d| d <= most);
            let bits = self.bits_a_second(ta1).filter(|_| slow_enough && self.can(ta1));
            if let Some(bits) = bits.filter(|bits| *bits > fastest) {
                (best, fastest) = (Some(ta1), bits);
            }
        }
        best
    }

    /// Whether the host can do it, and the card bears the clock with it.
    fn can(&self, ta1: u8) -> bool {
        let bits = self.bits_a_second(ta1);
        bits.is_some_and(|bits| bits <= self.fastest) && self.clock <= fmax(ta1)
    }

    #[inline(never)]
    fn bits_a_second(&self, ta1: u8) -> Option<u32> {
        Some(self.clock.checked_mul(di(ta1)?.into())? / u32::from(fi(ta1)?))
    }
}
