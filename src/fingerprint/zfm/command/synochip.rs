//! The commands of Synochip's modules that share an opcode and a name with
//! another maker's, but nothing else.

use bitflags::bitflags;

use super::auto::{NOT_ENROLLED, NOT_IDENTIFIED, found};
use super::{Command, Hit};
use crate::fingerprint::zfm::config::Timing;
use crate::fingerprint::zfm::confirmation::Confirmation;
use crate::fingerprint::zfm::dialect::{Dialects, Profile};
use crate::fingerprint::{Enrolment, Event, Slot};
use crate::port::Duration;

bare! {
    /// Asks whether the module is there. To an R503, 35h sets the light.
    HandShake(0x35, "HandShake", SYNOCHIP)
    takes reply, refused as []
}

bitflags! {
    /// How a module enrols and identifies by itself.
    #[derive(Clone, Copy, Debug, Eq, PartialEq)]
    pub struct Flags: u16 {
        /// Does not tell the steps.
        const SILENT = 1 << 2;
        /// Stores over what is there.
        const OVERWRITE = 1 << 3;
        /// Refuses a finger that is in the library.
        const UNIQUE = 1 << 4;
        /// Does not have the finger lifted between two captures.
        const NO_LIFT = 1 << 5;
        const _ = !0;
    }
}

/// Enrols a finger, by the module itself. The power must not go meanwhile.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct AutoEnroll {
    /// Where to.
    pub slot: Slot,
    /// Captures to the template.
    pub captures: u8,
    /// How.
    pub flags: Flags,
}

impl Command for AutoEnroll {
    const OPCODE: u8 = 0x31;
    const NAME: &'static str = "AutoEnroll";
    const DIALECTS: Dialects = Dialects::SYNOCHIP;
    const REPLY: usize = 2;
    const REFUSALS: &'static [Confirmation] = NOT_ENROLLED;
    const RUNS: bool = true;
    type Parameters = [u8; 5];
    type Reply = ();

    fn parameters(&self) -> [u8; 5] {
        let ([a, b], [c, d]) = (self.slot.0.to_be_bytes(), self.flags.bits().to_be_bytes());
        [a, b, self.captures, c, d]
    }

    /// Stage 06h, F2h: stored.
    fn decode(&self, reply: &[u8]) -> Option<()> {
        (reply == [0x06, 0xF2]).then_some(())
    }

    fn step(reply: &[u8]) -> Option<(u8, Option<Event>)> {
        let [stage, n] = reply.try_into().ok()?;
        let told = |step| Event::Enrolment(step);
        let (rank, told) = match (stage, n) {
            (0x00, 0x00) => (1, told(Enrolment::Place(1))),
            (0x01, 1..=60) => (n * 4, Event::Scanned),
            (0x02, 1..=60) => (n * 4 + 1, told(Enrolment::Captured(n))),
            (0x03, 1..=60) => (n * 4 + 2, told(Enrolment::Place(n + 1))),
            (0x04, 0xF0) => (0xF0, told(Enrolment::Merging)),
            (0x05, 0xF1) => (0xF1, told(Enrolment::Merging)),
            _ => return None,
        };
        Some((rank, Some(told)))
    }

    fn time(&self, timing: &Timing) -> Duration {
        timing.auto
    }

    fn fits(&self, profile: &Profile) -> bool {
        (profile.captures.0..=profile.captures.1).contains(&self.captures)
    }
}

/// Waits for a finger and searches it, by the module itself.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct AutoIdentify {
    /// How strictly it matches, 1 to 5.
    pub level: u8,
    /// The only template to compare; `None` is the whole library.
    pub slot: Option<Slot>,
    /// How.
    pub flags: Flags,
}

impl Command for AutoIdentify {
    const OPCODE: u8 = 0x32;
    const NAME: &'static str = "AutoIdentify";
    const DIALECTS: Dialects = Dialects::SYNOCHIP;
    const REPLY: usize = 5;
    const REFUSALS: &'static [Confirmation] = NOT_IDENTIFIED;
    const RUNS: bool = true;
    type Parameters = [u8; 5];
    type Reply = Hit;

    fn parameters(&self) -> [u8; 5] {
        let slot = self.slot.map_or(u16::MAX, |slot| slot.0);
        let ([a, b], [c, d]) = (slot.to_be_bytes(), self.flags.bits().to_be_bytes());
        [self.level, a, b, c, d]
    }

    /// A hit of another slot than the one compared answers another one.
    fn decode(&self, reply: &[u8]) -> Option<Hit> {
        let hit = found(reply, 5)?;
        self.slot.is_none_or(|slot| slot.0 == hit.page).then_some(hit)
    }

    fn step(reply: &[u8]) -> Option<(u8, Option<Event>)> {
        let [stage @ 0..=1, ..] = *reply else { return None };
        (reply.len() == Self::REPLY).then_some((stage + 1, (stage == 1).then_some(Event::Scanned)))
    }

    fn time(&self, timing: &Timing) -> Duration {
        timing.auto
    }

    fn fits(&self, _profile: &Profile) -> bool {
        (1..=5).contains(&self.level)
    }
}

#[cfg(test)]
mod tests {
    use super::super::vector::{assert_exact, assert_frame};
    use super::*;

    #[test]
    fn frames() {
        // The sums are ours.
        assert_frame(&HandShake, "EF01 FFFFFFFF 01 0003 35 0039");
        assert_exact(&HandShake);
        let enroll = AutoEnroll { slot: Slot(3), captures: 2, flags: Flags::UNIQUE };
        assert_frame(&enroll, "EF01 FFFFFFFF 01 0008 31 0003 02 0010 004F");
        let identify = AutoIdentify { level: 3, slot: None, flags: Flags::empty() };
        assert_frame(&identify, "EF01 FFFFFFFF 01 0008 32 03 FFFF 0000 023C");
    }

    #[test]
    fn stages_grow() {
        let stages = [[0, 0], [1, 1], [2, 1], [3, 1], [1, 2], [2, 2], [3, 2], [4, 0xF0], [5, 0xF1]];
        let ranks = stages.map(|stage| AutoEnroll::step(&stage).unwrap().0);
        assert!(ranks.is_sorted_by(|a, b| a < b), "{ranks:?}");
        assert_eq!(AutoEnroll::step(&[6, 0xF2]), None);
        let one = AutoIdentify { level: 3, slot: Some(Slot(7)), flags: Flags::empty() };
        assert!(one.decode(&[5, 0, 7, 0, 9]).is_some() && one.decode(&[5, 0, 8, 0, 9]).is_none());
    }
}
