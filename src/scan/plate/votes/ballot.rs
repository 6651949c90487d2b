use super::table::Table;
use super::{Outcome, OutcomeFlags, Rules};
use crate::port::Instant;
use crate::scan::plate::matching::{Query, Spelling};
use crate::scan::plate::read::Characters;
use crate::scan::plate::{Class, Colour, EventId, PlateRead, ReadFlags, ReadTime, Reading};

/// What is known of one vehicle.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ballot {
    pub(super) ticket: u32,
    /// Its outcome was handed over; what comes now is late.
    pub(super) told: bool,
    pub(super) first: Instant,
    pub(super) last: Instant,
    /// When it was read last, in time for a vote or not.
    pub(super) seen: Instant,
    event: Option<EventId>,
    /// Of its other events the last.
    other: Option<EventId>,
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
    weight: u32,
    colour: Option<Colour>,
    class: Option<Class>,
    time: Option<ReadTime>,
}

impl Ballot {
    pub(super) fn new(ticket: u32, event: Option<EventId>, now: Instant) -> Self {
        Self {
            ticket,
            told: false,
            first: now,
            last: now,
            seen: now,
            event,
            other: None,
            tables: [Table::default(); 3],
            frames: 0,
            best: Best::default(),
            flags: OutcomeFlags::empty(),
            read_flags: ReadFlags::empty(),
        }
    }

    /// Takes note of a reading, that others like it are known.
    pub(super) fn see(&mut self, read: &PlateRead, now: Instant) {
        self.seen = self.seen.max(now);
        self.event = self.event.or(read.event);
        if read.event.is_some() && read.event != self.event {
            self.other = read.event;
        }
    }

    /// Counts a reading; whether it is the best so far.
    pub(super) fn vote(&mut self, read: &PlateRead, spelling: &Spelling, now: Instant) -> bool {
        self.see(read, now);
        self.last = self.seen;
        self.frames = self.frames.saturating_add(1);
        self.read_flags |= read.flags;
        if read.event.is_some() && read.event != self.event {
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
        let weight = read.sure(spelling).map(u32::from).sum();
        let best = self.frames == 1 || weight > self.best.weight;
        if best {
            let PlateRead { colour, class, time, .. } = *read;
            self.best = Best { weight, colour, class, time };
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

    /// How far a reading is from this vehicle: none with one of its events, else
    /// as far as the texts.
    pub(super) fn distance(&self, read: &PlateRead, query: Option<&Query>) -> Option<u16> {
        if read.event.is_some() && [self.event, self.other].contains(&read.event) {
            return Some(0);
        }
        // Behind any that has the event.
        Some(query?.distance(&self.table().leader())? + 1)
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
            ticket: self.ticket,
            spelling,
            reading,
            support: Characters::new(table.support()),
            event: self.event,
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
