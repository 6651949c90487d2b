use bitflags::bitflags;

use super::{ArchiveNumber, Classes, Term, TermLength};
use crate::civil::Date;
use crate::scan::document::{Check, LicenceCore, ResidentId};

/// What is printed on a driving licence (机动车驾驶证), but name, address and
/// photo. The fields are the caller's to fill; see the [module](super).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DrivingLicence {
    /// 证号, which is the holder's ID number.
    pub number: ResidentId,
    /// 档案编号, of the second page.
    pub archive: Option<ArchiveNumber>,
    /// 准驾车型.
    pub classes: Classes,
    /// 有效期限.
    pub term: Term,
    /// 初次领证日期.
    pub first_issued: Option<Date>,
    /// 证芯编号, of the bar code.
    pub core: Option<LicenceCore>,
}

bitflags! {
    /// What does not fit together on a driving licence. A person should look
    /// twice; a licence can have it and be good.
    #[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
    pub struct Advice: u16 {
        /// The check character of the number is wrong.
        const NUMBER = 1 << 0;
        /// That of the core number is, by a rule that no standard confirms.
        const CORE = 1 << 1;
        /// The archive number is of no province that there is.
        const ARCHIVE_AREA = 1 << 2;
        /// There is no class.
        const NO_CLASS = 1 << 3;
        /// The term is neither of six years nor of ten, nor without end.
        const TERM = 1 << 4;
        /// It has not begun.
        const NOT_BEGUN = 1 << 5;
        /// It is over.
        const EXPIRED = 1 << 6;
        /// The first licence was issued after this one's term began.
        const FIRST_ISSUED = 1 << 7;
        /// Or to a child of less than ten years.
        const CHILD = 1 << 8;
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Advice {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "Advice({=u16:#b})", self.bits());
    }
}

impl Advice {
    /// Each point as a sentence, in the order of the flags.
    pub fn sentences(self) -> impl Iterator<Item = &'static str> {
        const SENTENCES: [(Advice, &str); 9] = [
            (Advice::NUMBER, "the check character of the number is wrong"),
            (Advice::CORE, "the check character of the core number is wrong"),
            (Advice::ARCHIVE_AREA, "the archive number is of no known province"),
            (Advice::NO_CLASS, "no class of vehicles"),
            (Advice::TERM, "the term is neither six nor ten years nor without end"),
            (Advice::NOT_BEGUN, "the term has not begun"),
            (Advice::EXPIRED, "the term is over"),
            (Advice::FIRST_ISSUED, "first issued after the term began"),
            (Advice::CHILD, "first issued to a child"),
        ];
        SENTENCES.into_iter().filter(move |(flag, _)| self.contains(*flag)).map(|(_, text)| text)
    }
}

/// Whether a check character says no.
pub(super) fn is_wrong(core: Option<LicenceCore>) -> bool {
    core.is_some_and(|core| core.check() == Check::Invalid)
}

/// Whether there is an archive number, and of no province.
pub(super) fn is_elsewhere(archive: Option<&ArchiveNumber>) -> bool {
    archive.is_some_and(|archive| !archive.is_area_known())
}

impl DrivingLicence {
    /// What does not fit together, on that day.
    #[must_use]
    pub fn advice(&self, today: Date) -> Advice {
        let began = today >= self.term.from;
        let first = self.first_issued;
        let mut advice = Advice::empty();
        advice.set(Advice::NUMBER, self.number.check() == Check::Invalid);
        advice.set(Advice::CORE, is_wrong(self.core));
        advice.set(Advice::ARCHIVE_AREA, is_elsewhere(self.archive.as_ref()));
        advice.set(Advice::NO_CLASS, self.classes.is_empty());
        advice.set(Advice::TERM, self.term.length() == TermLength::Other);
        advice.set(Advice::NOT_BEGUN, !began);
        advice.set(Advice::EXPIRED, began && !self.term.contains(today));
        advice.set(Advice::FIRST_ISSUED, first.is_some_and(|first| first > self.term.from));
        let birth = self.number.birth().year();
        advice.set(Advice::CHILD, first.is_some_and(|first| first.year() < birth + 10));
        advice
    }
}
