use core::fmt;

use crate::card::pair::{Lent, Pair};

/// How long a card is borne with, and how its status words are understood.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Limits {
    /// For how many work waiting times one command may last, all together; and
    /// how often the card may ask for one more (60). The standard has no
    /// number. What is more than a short command and its response, and is lent
    /// room for, is given the time of two characters a byte on top. A reader
    /// that is handed TPDUs has times of its own for each; there only
    /// [`follow_ups`](Self::follow_ups) is an end to them.
    pub patience: u16,
    /// How many TPDUs may follow the first: GET RESPONSE, and repetitions with
    /// the length of 6Cxx. One more for each 256 bytes that a command expects
    /// beyond the first; ENVELOPE does not count.
    pub follow_ups: u8,
    /// What a status word of a case 4 command means.
    pub mapping: Mapping,
}

impl Limits {
    /// Limits for use where there are none of one's own: some four minutes for
    /// a card with the usual work waiting time of a second.
    pub const DEFAULT: Self = Self { patience: 240, follow_ups: 64, mapping: Mapping::Emv };
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// What a status word means that answers the data of a case 4 command. 61xx is
/// followed by GET RESPONSE with either.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Mapping {
    /// 9000 ends it. After a warning (62xx, 63xx, 9xxx) the data is fetched all
    /// the same, and the warning stands after it (EMV Book 1, 9.3.1.2).
    Emv,
    /// After 9000 the data is fetched (ISO/IEC 7816-3:2006, 12.2.5, case 4S.2);
    /// if there is none, 9000 stands. Warnings end it.
    Iso,
}

/// What T=0 has to remember between TPDUs and between commands.
///
/// The command is wiped when its exchange ends, all of it when dropped.
/// `Debug` shows neither command nor response.
pub struct Session {
    pub(super) pair: Pair,
    pub(super) limits: Limits,
    /// An exchange was left half way.
    pub(super) unsettled: bool,
}

impl Session {
    /// A session with a card that has just been reset.
    #[must_use]
    pub const fn new(limits: Limits) -> Self {
        Self { pair: Pair::new(), limits, unsettled: false }
    }

    /// Starts again after a reset of the card.
    pub fn reset(&mut self) {
        self.wipe();
        self.unsettled = false;
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

    /// Wipes command and response, as when the card is gone.
    pub fn wipe(&mut self) {
        self.pair.wipe();
    }

    #[cfg(test)]
    pub(in crate::card) fn is_wiped(&self) -> bool {
        self.pair.is_wiped()
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
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("unsettled", &self.unsettled).finish_non_exhaustive()
    }
}
