use super::{Command, two_words, word};
use crate::fingerprint::zfm::config::Timing;
use crate::fingerprint::zfm::confirmation::Confirmation;
use crate::fingerprint::zfm::dialect::Dialects;
use crate::port::Duration;

/// Compares the two character buffers; the answer is the score.
///
/// On a ZFM-20, buffers 1 and 2; on an R503 V1.2.2, the features extracted
/// last and the template loaded last. The scripts of this driver do without
/// it, for that difference.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Match;

impl Command for Match {
    const OPCODE: u8 = 0x03;
    const NAME: &'static str = "Match";
    const REPLY: usize = 2;
    const REFUSALS: &'static [Confirmation] = &[Confirmation::NoMatch];
    type Parameters = [u8; 0];
    type Reply = u16;

    fn parameters(&self) -> [u8; 0] {
        []
    }

    fn decode(&self, reply: &[u8]) -> Option<u16> {
        word(reply)
    }

    fn time(&self, timing: &Timing) -> Duration {
        timing.search
    }
}

/// Searches a part of the library for the features in a buffer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Search {
    /// The buffer; R503 V1.2.2 wants 1.
    pub buffer: u8,
    /// The first template.
    pub start: u16,
    /// How many templates.
    pub count: u16,
}

/// What a search found.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Hit {
    /// The number of the template.
    pub page: u16,
    /// How well it fits.
    pub score: u16,
}

/// What a search can be refused with.
const MISSES: &[Confirmation] = &[
    Confirmation::NotFound,
    Confirmation::LibraryEmpty,
    Confirmation::ResidualPrint,
    Confirmation::StaticObject,
    Confirmation::ForeignObject,
];

/// A hit outside the range that was searched answers another search.
fn hit(reply: &[u8], start: u16, count: u16) -> Option<Hit> {
    let (page, score) = two_words(reply)?;
    let within = page.checked_sub(start).is_some_and(|offset| offset < count);
    within.then_some(Hit { page, score })
}

impl Command for Search {
    const OPCODE: u8 = 0x04;
    const NAME: &'static str = "Search";
    const REPLY: usize = 4;
    const REFUSALS: &'static [Confirmation] = MISSES;
    type Parameters = [u8; 5];
    type Reply = Hit;

    fn parameters(&self) -> [u8; 5] {
        let ([a, b], [c, d]) = (self.start.to_be_bytes(), self.count.to_be_bytes());
        [self.buffer, a, b, c, d]
    }

    fn decode(&self, reply: &[u8]) -> Option<Hit> {
        hit(reply, self.start, self.count)
    }

    fn time(&self, timing: &Timing) -> Duration {
        timing.search
    }
}

/// [`Search`], faster and less thorough. In libraries' headers only.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct HighSpeedSearch(pub Search);

impl Command for HighSpeedSearch {
    const OPCODE: u8 = 0x1B;
    const NAME: &'static str = "HighSpeedSearch";
    const DIALECTS: Dialects = Dialects::ZFM20;
    const REPLY: usize = Search::REPLY;
    const REFUSALS: &'static [Confirmation] = MISSES;
    type Parameters = [u8; 5];
    type Reply = Hit;

    fn parameters(&self) -> [u8; 5] {
        self.0.parameters()
    }

    fn decode(&self, reply: &[u8]) -> Option<Hit> {
        self.0.decode(reply)
    }

    fn time(&self, timing: &Timing) -> Duration {
        timing.search
    }
}

/// Searches for the features that were extracted last.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct SearchNow {
    /// The first template.
    pub start: u16,
    /// How many templates.
    pub count: u16,
}

impl Command for SearchNow {
    const OPCODE: u8 = 0x3E;
    const NAME: &'static str = "SearchNow";
    const DIALECTS: Dialects = Dialects::SYNOCHIP;
    const REPLY: usize = Search::REPLY;
    const REFUSALS: &'static [Confirmation] = MISSES;
    type Parameters = [u8; 4];
    type Reply = Hit;

    fn parameters(&self) -> [u8; 4] {
        let ([a, b], [c, d]) = (self.start.to_be_bytes(), self.count.to_be_bytes());
        [a, b, c, d]
    }

    fn decode(&self, reply: &[u8]) -> Option<Hit> {
        hit(reply, self.start, self.count)
    }

    fn time(&self, timing: &Timing) -> Duration {
        timing.search
    }
}

#[cfg(test)]
mod tests {
    use super::super::vector::{assert_exact, assert_frame};
    use super::*;

    #[test]
    fn frames() {
        assert_frame(&Match, "EF01 FFFFFFFF 01 0003 03 0007");
        let search = Search { buffer: 1, start: 0, count: 200 };
        assert_frame(&search, "EF01 FFFFFFFF 01 0008 04 01 0000 00C8 00D6");
        assert_exact(&Match);
        assert_exact(&search);
    }

    #[test]
    fn a_hit_lies_in_the_range_searched() {
        let one = Search { buffer: 1, start: 12, count: 1 };
        assert_eq!(one.decode(&[0, 12, 0, 9]), Some(Hit { page: 12, score: 9 }));
        assert_eq!(one.decode(&[0, 13, 0, 9]), None);
        assert_eq!(one.decode(&[0, 11, 0, 9]), None);
    }
}
