use core::fmt;

use crate::card::atr::{di, fi};
use crate::card::pair::{Lent, Pair};
use crate::card::{Atr, t0, t1};
use crate::port::{Duration, Instant};

use super::parameters::wi;
use super::{Config, Fault, Level};

/// A card may pause for the character waiting time before each byte of a
/// block, which with the usual CWI of 13 is 200 s a block, and for the work
/// waiting time before each byte of T=0. None does, and a reader that is gone
/// is not waited for so long.
const LONGEST_BLOCK: Duration = Duration::from_secs(5);

/// What carries the APDUs to the card, and the last of them.
pub(super) enum Carried {
    T1(t1::Session),
    T0(t0::Session),
    /// The reader does.
    Apdu(Pair),
}

/// A slot of a reader, and what is known of the card in it: see
/// [`SerialCcid::swap_slot`](super::SerialCcid::swap_slot).
pub struct Slot {
    pub(super) number: u8,
    pub(super) atr: Option<Atr>,
    pub(super) carried: Carried,
    /// How long the card may think about a block.
    block: Duration,
    /// How long a block and its answer are on the line; how long a byte is.
    longest: Duration,
    byte: Duration,
    /// A card movement was told since the slot was looked at.
    pub(super) moved: bool,
    /// When to look at the slot next.
    pub(super) look_at: Instant,
}

impl Slot {
    /// A slot of which nothing is known. No I/O.
    #[must_use]
    pub const fn new(number: u8) -> Self {
        Self {
            number,
            atr: None,
            carried: Carried::Apdu(Pair::new()),
            block: Duration::ZERO,
            longest: Duration::ZERO,
            byte: Duration::ZERO,
            moved: false,
            look_at: Instant::ZERO,
        }
    }

    /// Its number in the reader.
    #[must_use]
    pub const fn number(&self) -> u8 {
        self.number
    }

    /// The answer to reset of the card that is active.
    #[must_use]
    pub const fn atr(&self) -> Option<&Atr> {
        self.atr.as_ref()
    }

    pub(super) fn response(&self) -> &[u8] {
        match &self.carried {
            Carried::T1(session) => session.response(),
            Carried::T0(session) => session.response(),
            Carried::Apdu(pair) => pair.response(),
        }
    }

    /// Hands on what came of the response: see [`Pair::hand_on`].
    pub(super) fn hand_on(&mut self, lent: &mut Option<Lent<'_>>) -> Result<usize, Fault> {
        let came = match &mut self.carried {
            Carried::T1(session) => session.hand_on(lent),
            Carried::T0(session) => session.hand_on(lent),
            Carried::Apdu(pair) => pair.hand_on(lent),
        };
        came.map_err(|needed| Fault::Buffer { needed })
    }

    /// A card is active that is spoken to in this protocol, at this speed.
    pub(super) fn begin_session(&mut self, config: &Config, atr: &Atr, protocol: u8, ta1: u8) {
        // A reserved F or D is for the reader to refuse; only its times are
        // reckoned here.
        let (f, d) = (fi(ta1).unwrap_or(372), di(ta1).unwrap_or(1));
        let byte = if protocol == 0 {
            let timing = t0::Timing::new(wi(atr), config.clock, f, d);
            self.block = timing.work;
            self.longest = timing.work.times(260).min(LONGEST_BLOCK);
            timing.byte
        } else {
            let timing = t1::Timing::new(&atr.t1(), config.clock, f, d);
            self.block = timing.block;
            self.longest = timing.longest_block().min(LONGEST_BLOCK);
            timing.byte
        };
        // Ours goes out, and the card's comes in: 260 characters each.
        (self.longest, self.byte) = (self.longest + byte.times(260), byte);
        self.carried = match (config.level, protocol) {
            (Level::Tpdu, 0) => Carried::T0(t0::Session::new(config.t0_limits)),
            (Level::Tpdu, _) => {
                let mut session = t1::Session::new(config.limits);
                session.reset(&atr.t1());
                Carried::T1(session)
            }
            (Level::ShortApdu | Level::ExtendedApdu, _) => Carried::Apdu(Pair::new()),
        };
    }

    /// How long the reader may take for a block, beyond what it takes itself.
    pub(super) fn block_wait(&self, waits: u8) -> Duration {
        self.block.times(waits.into()) + self.longest
    }

    /// How long a command of T=1 lasts at the most: with four characters of the
    /// card's line a byte of what is longer than a short one, for it crosses two
    /// lines.
    pub(super) fn longest_command(&self, limits: &t1::Limits, lent: &Option<Lent<'_>>) -> Duration {
        let longer = Lent::takes_longer(lent, self.byte.times(4));
        self.block.times(limits.waits()) + self.longest + longer
    }

    /// The card is gone, or has no power any more.
    pub(super) fn deactivated(&mut self) {
        self.atr = None;
        match &mut self.carried {
            Carried::T1(session) => session.wipe(),
            Carried::T0(session) => session.wipe(),
            Carried::Apdu(pair) => pair.wipe(),
        }
    }
}

impl fmt::Debug for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Slot")
            .field("number", &self.number)
            .field("atr", &self.atr)
            .finish_non_exhaustive()
    }
}
