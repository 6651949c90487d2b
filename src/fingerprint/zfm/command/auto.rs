use super::{Command, Hit};
use crate::fingerprint::zfm::config::Timing;
use crate::fingerprint::zfm::confirmation::Confirmation;
use crate::fingerprint::zfm::dialect::{Dialects, Profile};
use crate::fingerprint::{Enrolment, Event, Slot};
use crate::port::Duration;

/// What an enrolment by the module itself can be refused with.
pub(super) const NOT_ENROLLED: &[Confirmation] = &[
    Confirmation::NoFinger,
    Confirmation::ImageFailed,
    Confirmation::TooDry,
    Confirmation::TooWet,
    Confirmation::TooMessy,
    Confirmation::TooFewFeatures,
    Confirmation::MergeFailed,
    Confirmation::PageOutOfRange,
    Confirmation::NoImage,
    Confirmation::ResidualPrint,
    Confirmation::FlashFailed,
    Confirmation::AutoEnrollFailed,
    Confirmation::LibraryFull,
    Confirmation::SlotInUse,
    Confirmation::BadCaptureCount,
    Confirmation::TimedOut,
    Confirmation::AlreadyEnrolled,
    Confirmation::TooSimilar,
    Confirmation::TooSmall,
    Confirmation::StaticObject,
    Confirmation::ForeignObject,
    Confirmation::PoorTemplate,
];

/// What an identification by the module itself can be refused with.
pub(super) const NOT_IDENTIFIED: &[Confirmation] = &[
    Confirmation::NoFinger,
    Confirmation::ImageFailed,
    Confirmation::TooDry,
    Confirmation::TooWet,
    Confirmation::TooMessy,
    Confirmation::TooFewFeatures,
    Confirmation::NoMatch,
    Confirmation::NotFound,
    Confirmation::PageOutOfRange,
    Confirmation::NoImage,
    Confirmation::ResidualPrint,
    Confirmation::SlotEmpty,
    Confirmation::TemplateEmpty,
    Confirmation::LibraryEmpty,
    Confirmation::TimedOut,
    Confirmation::TooSmall,
    Confirmation::StaticObject,
    Confirmation::ForeignObject,
];

/// Enrols a finger with six captures, by the module itself (R503 V1.2.2). To
/// Synochip, the same bytes say something else.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct AutoEnroll {
    /// Where to.
    pub slot: u8,
    /// Over what is there.
    pub overwrite: bool,
    /// Even if the finger is in the library.
    pub duplicates: bool,
    /// Tell each step.
    pub report: bool,
    /// Have the finger lifted between two captures.
    pub lift: bool,
}

/// The step that says: stored.
const STORED: u8 = 0x0F;

/// Steps 10 to 12: the manual counts them once in decimal, once in hexadecimal
/// digits.
const fn counted(step: u8) -> u8 {
    match step {
        0x10..=0x12 => step - 6,
        step => step,
    }
}

impl Command for AutoEnroll {
    const OPCODE: u8 = 0x31;
    const NAME: &'static str = "AutoEnroll";
    const DIALECTS: Dialects = Dialects::R503_V12;
    const REPLY: usize = 2;
    const REFUSALS: &'static [Confirmation] = NOT_ENROLLED;
    const RUNS: bool = true;
    type Parameters = [u8; 5];
    type Reply = ();

    fn parameters(&self) -> [u8; 5] {
        let [overwrite, duplicates, report, lift] =
            [self.overwrite, self.duplicates, self.report, self.lift].map(u8::from);
        [self.slot, overwrite, duplicates, report, lift]
    }

    fn decode(&self, reply: &[u8]) -> Option<()> {
        (reply == [STORED, self.slot]).then_some(())
    }

    fn step(reply: &[u8]) -> Option<(u8, Option<Event>)> {
        let [step, _] = reply.try_into().ok()?;
        let step = counted(step);
        let told = match step {
            1..=12 if step % 2 == 1 => Event::Scanned,
            1..=12 => Event::Enrolment(Enrolment::Captured(step / 2)),
            0x0D | 0x0E => Event::Enrolment(Enrolment::Merging),
            _ => return None,
        };
        Some((step, Some(told)))
    }

    fn time(&self, timing: &Timing) -> Duration {
        timing.auto
    }
}

/// Waits for a finger and searches it, by the module itself (R503 V1.2.2). To
/// Synochip, the same bytes say something else.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct AutoIdentify {
    /// How strictly it matches, 1 to 5.
    pub level: u8,
    /// The first template.
    pub start: u8,
    /// How many templates.
    pub count: u8,
    /// Tell each step.
    pub report: bool,
    /// How often it tries; 0 is for ever.
    pub tries: u8,
}

impl Command for AutoIdentify {
    const OPCODE: u8 = 0x32;
    const NAME: &'static str = "AutoIdentify";
    const DIALECTS: Dialects = Dialects::R503_V12;
    const REPLY: usize = 5;
    const REFUSALS: &'static [Confirmation] = NOT_IDENTIFIED;
    const RUNS: bool = true;
    type Parameters = [u8; 5];
    type Reply = Hit;

    fn parameters(&self) -> [u8; 5] {
        [self.level, self.start, self.count, self.report.into(), self.tries]
    }

    /// A hit outside the range that was searched answers another one.
    fn decode(&self, reply: &[u8]) -> Option<Hit> {
        let hit = found(reply, 3)?;
        let offset = hit.page.checked_sub(self.start.into())?;
        (offset < self.count.into()).then_some(hit)
    }

    fn step(reply: &[u8]) -> Option<(u8, Option<Event>)> {
        let [step @ 1..=2, ..] = *reply else { return None };
        (reply.len() == Self::REPLY).then_some((step, (step == 1).then_some(Event::Scanned)))
    }

    fn time(&self, timing: &Timing) -> Duration {
        timing.auto
    }

    fn fits(&self, _profile: &Profile) -> bool {
        (1..=5).contains(&self.level)
    }
}

/// What the last step says was found.
pub(super) fn found(reply: &[u8], last: u8) -> Option<Hit> {
    let [step, p0, p1, s0, s1] = reply.try_into().ok()?;
    let hit = Hit { page: u16::from_be_bytes([p0, p1]), score: u16::from_be_bytes([s0, s1]) };
    (step == last).then_some(hit)
}

impl AutoEnroll {
    /// An enrolment as the driver does it: told, lifted, nothing written over,
    /// no finger twice. `None`: this layout cannot name the slot.
    pub(in crate::fingerprint::zfm) fn strict(slot: Slot) -> Option<Self> {
        let slot = u8::try_from(slot.0).ok()?;
        Some(Self { slot, overwrite: false, duplicates: false, report: true, lift: true })
    }
}

#[cfg(test)]
mod tests {
    use super::super::vector::assert_frame;
    use super::*;

    #[test]
    fn frames() {
        // The sums are ours.
        let enroll = AutoEnroll::strict(Slot(3)).unwrap();
        assert_frame(&enroll, "EF01 FFFFFFFF 01 0008 31 03 00 00 01 01 003F");
        let identify = AutoIdentify { level: 3, start: 0, count: 200, report: true, tries: 1 };
        assert_frame(&identify, "EF01 FFFFFFFF 01 0008 32 03 00 C8 01 01 0108");
    }

    #[test]
    fn steps_count_either_way() {
        let rank = |step: u8| AutoEnroll::step(&[step, 3]).map(|(rank, _)| rank);
        assert!((1..=14).all(|step| rank(step) == Some(step)));
        assert_eq!([0x10, 0x11, 0x12].map(rank), [Some(10), Some(11), Some(12)]);
        assert_eq!((rank(0), rank(0x0F), rank(0x13)), (None, None, None));
        let enroll = AutoEnroll::strict(Slot(3)).unwrap();
        assert!(enroll.decode(&[0x0F, 3]).is_some() && enroll.decode(&[0x0F, 4]).is_none());
        assert_eq!(AutoEnroll::strict(Slot(256)), None);
    }

    #[test]
    fn a_hit_is_within_the_range() {
        let identify = AutoIdentify { level: 3, start: 5, count: 2, report: true, tries: 1 };
        let page = |reply: &[u8]| identify.decode(reply).map(|hit| hit.page);
        assert_eq!(page(&[3, 0, 6, 0, 90]), Some(6));
        assert!(page(&[3, 0, 7, 0, 90]).is_none() && page(&[3, 0, 4, 0, 90]).is_none());
        assert!(page(&[2, 0, 6, 0, 90]).is_none() && page(&[3, 0, 6, 0]).is_none());
        assert!(AutoIdentify::step(&[1, 0, 0, 0, 0]).is_some());
        assert!(AutoIdentify::step(&[1, 0, 0]).is_none());
    }
}
