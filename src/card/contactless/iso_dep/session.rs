use core::fmt;

use crate::card::pair::{Lent, Pair};
use crate::port::Duration;

/// What to do with a block that has no transmission error and breaks the
/// protocol.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum WrongBlock {
    /// As with one that is garbled: have it repeated (ISO/IEC 14443-4:2008,
    /// 7.5.4.2, rules 4 and 5).
    Repeat,
    /// Fail at once: the card is to be reset (EMV Contactless Interface
    /// Specification 2.6, 10.3.5.4).
    Fail,
}

/// How long a card is borne with.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Limits {
    /// How often a block is tried in a row (EMV: once and two times more).
    pub attempts: u8,
    /// What to do with a block that breaks the protocol.
    pub wrong_block: WrongBlock,
    /// For how long a card may extend one command, all together: a request for
    /// time counts the time it is granted, a block of a chain that brings
    /// nothing one waiting time, each 5 ms at least. With all attempts it is
    /// as many times longer, and no command lasts longer than that, however
    /// small the blocks; but what is more than a short command and its response,
    /// and is lent room for, is given 4 ms a byte on top.
    pub patience: Duration,
}

impl Limits {
    /// Enough for a front end on a UART of 9 600 baud, that is asked for each byte.
    const BYTE: Duration = Duration::from_millis(4);

    /// How long one command lasts at the most.
    pub(in crate::card) fn longest_command(&self, lent: &Option<Lent<'_>>) -> Duration {
        let longer = Lent::takes_longer(lent, Self::BYTE);
        self.patience.times(self.attempts.max(1).into()) + longer
    }
}

impl Limits {
    /// Three attempts, and a minute for a card that computes.
    pub const DEFAULT: Self =
        Self { attempts: 3, wrong_block: WrongBlock::Repeat, patience: Duration::from_secs(60) };
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// What of the last exchange the card may not know to be over.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Open {
    /// Nothing.
    No,
    /// A command in one block was sent.
    Sent,
    /// A chain of ours was begun.
    Chain,
    /// A chain of the card was begun.
    Receiving,
}

/// What ISO-DEP has to remember between blocks and between commands.
///
/// The command is wiped when its exchange ends, all of it when dropped. `Debug`
/// shows neither command nor response.
pub struct Session {
    pub(super) pair: Pair,
    /// Our block number (7.5.3.1).
    pub(super) number: bool,
    pub(super) open: Open,
    pub(in crate::card) limits: Limits,
    pub(in crate::card::contactless) cid: Option<u8>,
    fsc: usize,
    fwt: Duration,
}

impl Session {
    /// The frame waiting time is 4 096 / fc, 302.065 us, times a power of two;
    /// here in parts of 1/512 us, for a division by 1 000 is 0.9 KB of flash.
    const FWT_0: u32 = 154_658;
    /// The longest (7.2: FWT MAX).
    const FWT_MAX: Duration = Duration::from_micros(4_949_030);
    /// S(DESELECT) is answered within this (8.1): 65 536 / fc.
    const FWT_DESELECT: Duration = Duration::from_micros(4_834);
    /// What a reader waits longer than the card may take: 49 152 / fc (7.2).
    const TOLERANCE: Duration = Duration::from_micros(3_625);

    /// A session with a card of which nothing is known: the shortest frames,
    /// the default waiting time.
    #[must_use]
    pub const fn new(limits: Limits) -> Self {
        Self {
            pair: Pair::new(),
            number: false,
            open: Open::No,
            limits,
            cid: None,
            fsc: 16,
            fwt: Self::fwt(4),
        }
    }

    /// Starts again with a card that was just activated: the longest frame it
    /// takes, check bytes with it (16 to 256); its frame waiting time integer
    /// (15 is reserved, and 4 then); the card identifier that blocks have.
    pub fn reset(&mut self, fsc: usize, fwi: u8, cid: Option<u8>) {
        self.wipe();
        (self.number, self.open) = (false, Open::No);
        self.fsc = fsc.clamp(16, 256);
        self.fwt = Self::fwt(fwi);
        self.cid = cid;
    }

    /// The time of a frame waiting time integer.
    pub(in crate::card::contactless) const fn fwt(fwi: u8) -> Duration {
        let fwi = if fwi > 14 { 4 } else { fwi };
        Duration::from_micros(((Self::FWT_0 << fwi) as u64 + 511) >> 9)
    }

    /// The response to the last command, if it was kept.
    #[must_use]
    pub fn response(&self) -> &[u8] {
        self.pair.response()
    }

    /// Hands on what came: see [`Pair::hand_on`].
    pub(in crate::card) fn hand_on(&mut self, lent: &mut Option<Lent<'_>>) -> Result<usize, usize> {
        self.pair.hand_on(lent)
    }

    /// How many bytes of an APDU go into one block.
    pub(super) const fn room(&self) -> usize {
        // PCB and two check bytes.
        self.fsc - 3 - self.cid.is_some() as usize
    }

    /// How long to listen for the answer to a block.
    pub(in crate::card::contactless) fn wait(&self, waits: u8) -> Duration {
        self.fwt.times(waits.into()).min(Self::FWT_MAX) + Self::TOLERANCE
    }

    /// The same, for S(DESELECT).
    pub(super) fn wait_deselect() -> Duration {
        Self::FWT_DESELECT + Self::TOLERANCE
    }

    /// Wipes command and response, as when the card is gone.
    pub fn wipe(&mut self) {
        self.pair.wipe();
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("number", &self.number)
            .field("open", &self.open)
            .field("cid", &self.cid)
            .field("fsc", &self.fsc)
            .field("fwt", &self.fwt)
            .finish_non_exhaustive()
    }
}
