use core::fmt;

use crate::card::T1Parameters;
use crate::card::pair::{Lent, Pair};

use super::Edc;

/// How long a card is borne with. The standard's numbers, and two of ours
/// where it has none.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Limits {
    /// How often a block is tried in a row before resynchronisation (rule
    /// 7.4.2: once and two times more).
    pub attempts: u8,
    /// How often resynchronisation is tried (rule 6.4: three times). With 0 it
    /// is not, as EMV Book 1 has it; after an exchange that was left half way
    /// the card then needs a reset ([`Fault::Unsettled`](super::Fault::Unsettled)).
    pub resynchs: u8,
    /// What to do with the command after a resynchronisation.
    pub after_resynch: AfterResynch,
    /// Largest waiting time extension that is waited for, in block waiting
    /// times. A larger one is granted, as the protocol demands, but not waited
    /// for in full.
    pub extension: u8,
    /// For how many block waiting times a card may extend one command, all
    /// together. Its other requests, and its empty blocks, count as one each.
    /// With what attempts and resynchronisations take, it is also how long one
    /// command lasts at the most, however small the blocks. What is more than a
    /// short command and its response, and is lent room for, is given the time of
    /// two characters a byte on top.
    pub patience: u16,
}

impl Limits {
    /// How many block waiting times one command lasts at the most.
    pub(in crate::card) fn waits(&self) -> u64 {
        let rounds = 1 + u64::from(self.resynchs);
        1 + u64::from(self.patience) + (u64::from(self.attempts) + 3) * rounds
    }
}

impl Limits {
    /// Limits for use where there are none of one's own: some four minutes for
    /// a card with the usual block waiting time of 1.6 s. A command that the
    /// card may have carried out is not sent again.
    pub const DEFAULT: Self = Self {
        attempts: 3,
        resynchs: 3,
        after_resynch: AfterResynch::Report,
        extension: 20,
        patience: 150,
    };

    /// What EMV Book 1 asks of a terminal (9.2.4.3, 9.2.5): after three
    /// attempts in vain the card is deactivated; nothing is resynchronised.
    pub const EMV: Self = Self { resynchs: 0, ..Self::DEFAULT };
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// What to do with a command in the middle of which the protocol had to be
/// resynchronised.
///
/// The card may have carried it out already, its response having been lost: it
/// would then carry it out twice. That does no harm to what only reads. But a
/// card refuses a second GENERATE AC, and the cryptogram of the first is gone,
/// with the money perhaps; a VERIFY with a wrong PIN costs a second try. The
/// protocol cannot tell these apart, its caller can: so the default is to
/// report. A command whose last block was never sent cannot have been carried
/// out, and is repeated whichever is chosen.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum AfterResynch {
    /// Fail with [`Fault::Resynchronised`](super::Fault::Resynchronised), unless
    /// the end of the command was not sent yet, so that the card cannot have
    /// acted.
    Report,
    /// Send it again, as the scenarios of the standard do.
    Repeat,
}

/// What T=1 has to remember between blocks and between commands.
///
/// The command is wiped when its exchange ends, all of it when dropped.
/// `Debug` shows neither command nor response.
pub struct Session {
    pub(super) pair: Pair,
    /// The number of our next I-block.
    pub(super) ns: bool,
    /// The number of the card's next I-block.
    pub(super) nr: bool,
    /// Largest information field the card takes; that of the ATR; and ours.
    pub(super) ifsc: u8,
    first_ifsc: u8,
    pub(super) ifsd: u8,
    pub(super) edc: Edc,
    pub(super) limits: Limits,
    /// An exchange was left half way: the next begins with a
    /// resynchronisation.
    pub(super) unsettled: bool,
}

impl Session {
    /// A session with a card that has just been reset.
    #[must_use]
    pub const fn new(limits: Limits) -> Self {
        Self {
            pair: Pair::new(),
            ns: false,
            nr: false,
            ifsc: Self::FIRST_IFS,
            first_ifsc: Self::FIRST_IFS,
            ifsd: Self::FIRST_IFS,
            edc: Edc::Lrc,
            limits,
            unsettled: false,
        }
    }

    /// The information field size before anything is said (11.4.2).
    const FIRST_IFS: u8 = 32;

    /// Starts again after a reset of the card.
    pub fn reset(&mut self, parameters: &T1Parameters) {
        self.wipe();
        self.unsettled = false;
        self.edc = parameters.edc;
        // 00 and FF are reserved (11.4.2).
        self.first_ifsc = match parameters.ifsc {
            0 => Self::FIRST_IFS,
            ifsc => ifsc.min(254),
        };
        self.resynchronised();
    }

    /// The response to the last command, if it was kept.
    #[must_use]
    pub fn response(&self) -> &[u8] {
        self.pair.response()
    }

    /// How long it is, kept or not.
    pub(in crate::card) const fn came(&self) -> usize {
        self.pair.came()
    }

    /// Hands on what came: see [`Pair::hand_on`].
    pub(in crate::card) fn hand_on(&mut self, lent: &mut Option<Lent<'_>>) -> Result<usize, usize> {
        self.pair.hand_on(lent)
    }

    /// Largest information field the card takes.
    #[must_use]
    pub const fn ifsc(&self) -> u8 {
        self.ifsc
    }

    /// Largest information field the card was told that we take.
    #[must_use]
    pub const fn ifsd(&self) -> u8 {
        self.ifsd
    }

    /// The check in use.
    #[must_use]
    pub const fn edc(&self) -> Edc {
        self.edc
    }

    /// As after a reset, but for what the ATR said (rule 6).
    pub(super) fn resynchronised(&mut self) {
        self.ns = false;
        self.nr = false;
        self.ifsc = self.first_ifsc;
        self.ifsd = Self::FIRST_IFS;
        self.pair.forget_response();
    }

    /// The exchange is over; `settled` if the card knows it too. If not, there is
    /// no response.
    pub(super) fn finish(&mut self, settled: bool) {
        self.pair.forget_command();
        if !settled {
            self.pair.forget_response();
        }
        self.unsettled = !settled;
    }

    #[cfg(test)]
    pub(in crate::card) fn is_wiped(&self) -> bool {
        self.pair.is_wiped()
    }

    /// Wipes command and response, as when the card is gone.
    pub fn wipe(&mut self) {
        self.pair.wipe();
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("ns", &self.ns)
            .field("nr", &self.nr)
            .field("ifsc", &self.ifsc)
            .field("ifsd", &self.ifsd)
            .field("edc", &self.edc)
            .field("unsettled", &self.unsettled)
            .finish_non_exhaustive()
    }
}
