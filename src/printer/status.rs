use core::fmt;

use bitflags::bitflags;

bitflags! {
    /// What a printer reports about itself.
    #[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
    pub struct Status: u16 {
        /// It prints what it is sent.
        const ONLINE = 1;
        /// The paper is about to end.
        const PAPER_LOW = 1 << 1;
        /// There is no paper.
        const PAPER_OUT = 1 << 2;
        /// The cover is open.
        const COVER_OPEN = 1 << 3;
        /// The head is too hot; it goes on by itself.
        const OVERHEATED = 1 << 4;
        /// The cutter is stuck.
        const CUTTER_ERROR = 1 << 5;
        /// A fault that needs a power cycle or repair.
        const FATAL = 1 << 6;
        /// Someone holds the feed button.
        const FEEDING = 1 << 7;
        /// A fault that the printer can be told to recover from.
        const RECOVERABLE = 1 << 8;
        /// The sense pin of the cash drawer is high; what that means, the
        /// drawer says.
        const DRAWER_PIN = 1 << 9;
    }
}

impl Status {
    /// Whether what is sent now comes out on paper now.
    #[must_use]
    pub fn is_ready(self) -> bool {
        let stops = Self::PAPER_OUT
            | Self::COVER_OPEN
            | Self::OVERHEATED
            | Self::CUTTER_ERROR
            | Self::FATAL
            | Self::RECOVERABLE;
        self.contains(Self::ONLINE) && !self.intersects(stops)
    }
}

/// How sure it is that everything handed over stands on paper.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Completion {
    /// The printer said so, after printing it.
    Proven,
    /// No proof came, the time it takes has passed, and the printer reports no
    /// fault. From one that has proven before, it means that it is slower than
    /// its profile says, or lost its power: look at the paper.
    Unproven,
}

/// What a printer has.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Paper {
    /// Dots across the printable width.
    pub dots: u16,
    /// Columns of normal text across it; a hanzi takes two.
    pub columns: u8,
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const WORDS: [(Status, &str); 8] = [
            (Status::PAPER_OUT, "paper out"),
            (Status::COVER_OPEN, "cover open"),
            (Status::OVERHEATED, "head too hot"),
            (Status::CUTTER_ERROR, "cutter stuck"),
            (Status::FATAL, "broken"),
            (Status::RECOVERABLE, "error"),
            (Status::FEEDING, "feed button held"),
            (Status::PAPER_LOW, "paper low"),
        ];
        f.write_str(if self.contains(Self::ONLINE) { "online" } else { "offline" })?;
        let set = WORDS.iter().filter(|(flag, _)| self.contains(*flag));
        set.into_iter().try_for_each(|(_, word)| write!(f, ", {word}"))
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Status {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "Status({=u16:#x})", self.bits());
    }
}
