use super::table::Table;
use super::{Outcome, OutcomeFlags, Rules};
use crate::port::Instant;
use crate::scan::plate::matching::{Query, Spelling};
use crate::scan::plate::read::Characters;
use crate::scan::plate::{Class, Colour, EventId, PlateRead, ReadFlags, ReadTime, Reading};

/// What other readings of a vehicle are known by.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known {
    pub(super) ticket: u32,
    /// When it was read last, in time for a vote or not.
    pub(super) seen: Instant,
    event: Option<EventId>,
    /// Of its other events the last.
    other: Option<EventId>,
}

impl Known {
    /// Takes note of a reading.
    pub(super) fn see(&mut self, read: &PlateRead, now: Instant) {
        self.seen = self.seen.max(now);
        self.event = self.event.or(read.event);
        if read.event.is_some() && read.event != self.event {
            self.other = read.event;
        }
    }

    /// How far a reading is from this vehicle, which spells so: none with one of
    /// its events, else as far as the texts.
    fn distance(
        &self,
        read: &PlateRead,
        query: Option<&Query>,
        spelling: &Spelling,
    ) -> Option<u16> {
        if read.event.is_some() && [self.event, self.other].contains(&read.event) {
            return Some(0);
        }
        // Behind any that has the event.
        Some(query?.distance(spelling)? + 1)
    }
}

/// A vehicle whose outcome was handed over: what comes of it now is late.
#[derive(Clone, Copy, Debug)]
pub(super) struct Gone {
    pub(super) known: Known,
    spelling: Spelling,
}

impl Gone {
    pub(super) fn distance(&self, read: &PlateRead, query: Option<&Query>) -> Option<u16> {
        self.known.distance(read, query, &self.spelling)
    }
}

/// What is known of one vehicle.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ballot {
    pub(super) known: Known,
    pub(super) first: Instant,
    pub(super) last: Instant,
    /// One for each length: the right one, and with a character too many and too
    /// few.
    tables: [Table; 3],
    frames: u32,
    best: Best,
    flags: OutcomeFlags,
    read_flags: ReadFlags,
}

/// What the camera said of the vehicle when it was most sure of the text.
#[derive(Clone, Copy, Debug, Default)]
struct Best {
    /// Of each character, in the mean, in hundredths; and of how many.
    sure: (u32, usize),
    colour: Option<Colour>,
    class: Option<Class>,
    time: Option<ReadTime>,
}

impl Ballot {
    pub(super) fn new(ticket: u32, event: Option<EventId>, now: Instant) -> Self {
        Self {
            known: Known { ticket, seen: now, event, other: None },
            first: now,
            last: now,
            tables: [Table::default(); 3],
            frames: 0,
            best: Best::default(),
            flags: OutcomeFlags::empty(),
            read_flags: ReadFlags::empty(),
        }
    }

    /// Counts a reading; whether it is the best so far.
    pub(super) fn vote(&mut self, read: &PlateRead, spelling: &Spelling, now: Instant) -> bool {
        self.known.see(read, now);
        self.last = self.known.seen;
        self.frames = self.frames.saturating_add(1);
        self.read_flags |= read.flags;
        if read.event.is_some() && read.event != self.known.event {
            self.flags |= OutcomeFlags::EVENTS;
        }
        if read.reading == Reading::NoPlate {
            self.flags |= OutcomeFlags::UNSEEN;
        }
        let of_its_length = self.tables.iter().position(|table| table.takes(spelling));
        let at = of_its_length.unwrap_or_else(|| self.leading());
        if of_its_length.is_none_or(|at| at > 0) {
            self.flags |= OutcomeFlags::LENGTHS;
        }
        if let Some(table) = self.tables.get_mut(at) {
            table.vote(spelling, read.sure(spelling));
        }
        // Not the sum: a character too many makes no text surer.
        let total: u32 = read.sure(spelling).map(u32::from).sum();
        let places = u32::try_from(spelling.len()).unwrap_or(1).max(1);
        let sure = (total * 100 / places, spelling.len());
        let best = self.frames == 1 || sure > self.best.sure;
        if best {
            let PlateRead { colour, class, time, .. } = *read;
            self.best = Best { sure, colour, class, time };
        }
        best
    }

    /// Which table has most votes; of equal ones the first.
    fn leading(&self) -> usize {
        let taken = self.tables.iter().enumerate().filter(|(_, table)| !table.is_free());
        taken.rev().max_by_key(|(_, table)| table.weight()).map_or(0, |(at, _)| at)
    }

    fn table(&self) -> Table {
        self.tables.get(self.leading()).copied().unwrap_or_default()
    }

    pub(super) fn distance(&self, read: &PlateRead, query: Option<&Query>) -> Option<u16> {
        self.known.distance(read, query, &self.table().leader())
    }

    /// What stays of it when its outcome is handed over.
    pub(super) fn gone(&self) -> Gone {
        Gone { known: self.known, spelling: self.table().leader() }
    }

    /// Until when it waits for more readings.
    pub(super) fn closes(&self, rules: &Rules) -> Instant {
        (self.last + rules.quiet).min(self.first + rules.longest)
    }

    /// What the votes say.
    pub(super) fn outcome(&self, rules: &Rules) -> Outcome {
        let table = self.table();
        let spelling = table.leader();
        let reading = match spelling.plate() {
            Ok(plate) => Reading::Plate(plate),
            Err(_) if spelling.is_empty() && self.flags.contains(OutcomeFlags::UNSEEN) => {
                Reading::NoPlate
            }
            Err(error) => Reading::Unreadable(error),
        };
        let weak = table.support().any(|support| support < rules.support);
        let mut flags = self.flags;
        flags.set(OutcomeFlags::NOT_A_PLATE, !matches!(reading, Reading::Plate(_)));
        flags.set(OutcomeFlags::WEAK, weak);
        flags.set(OutcomeFlags::FEW, self.frames < rules.frames);
        Outcome {
            ticket: self.known.ticket,
            spelling,
            reading,
            support: Characters::new(table.support()),
            event: self.known.event,
            colour: self.best.colour,
            class: self.best.class,
            time: self.best.time,
            frames: self.frames,
            first: self.first,
            last: self.last,
            read_flags: self.read_flags,
            flags,
        }
    }
}
