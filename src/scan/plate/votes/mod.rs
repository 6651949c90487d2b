//! One result of many readings of a vehicle.
//!
//! A camera reads a vehicle in every picture, sometimes wrongly, and may send a
//! reading twice. [`Votes`] gathers the readings of each vehicle, lets them vote
//! on every character, each as much as the camera is sure of it, and hands over
//! one [`Outcome`] when the vehicle is gone.
//!
//! ```
//! use embedded_pos::port::Instant;
//! use embedded_pos::scan::plate::PlateRead;
//! use embedded_pos::scan::plate::votes::{How, OutcomeFlags, Rules, Votes};
//!
//! let mut votes: Votes<4> = Votes::new(Rules::new());
//! let at = |millis: u64| Instant::from_micros(millis * 1_000);
//! for (millis, text) in [(0, "津A12B45"), (40, "津A12845"), (80, "津A12845")] {
//!     votes.add(&PlateRead::new(text.as_bytes()), at(millis));
//! }
//! assert_eq!(votes.take(at(100)), None); // The vehicle may still be there.
//!
//! let outcome = votes.take(at(2_000)).unwrap();
//! assert_eq!(outcome.plate().unwrap().canonical(), "津A12845");
//! assert_eq!((outcome.frames, outcome.support.as_slice()[4]), (3, 66));
//! assert!(!outcome.is_rejected());
//! // The same vehicle, a little late: no second result.
//! let added = votes.add(&PlateRead::new("津A12845".as_bytes()), at(2_100));
//! assert_eq!((added.how, added.ticket), (How::Repeated, outcome.ticket));
//! ```
//!
//! # Which readings are of one vehicle
//!
//! Those with the same event: the first one's, or the last other that joined.
//! Cameras that number their events use the same numbers, so give each its own
//! [`Votes`]. Those without, or with other events, if their texts
//! are near (see [`Rules::alike`]): a camera may begin a new event for a vehicle
//! that stops and goes on, and a second camera has events of its own. So two
//! vehicles whose plates are one look-alike character apart, within some seconds,
//! become one, or any one character that the camera was sure of by an eighth or
//! less, and so do two without a plate: set [`Rules::alike`] to 0, or to `None`
//! for going by events alone.
//!
//! # What is not a plate
//!
//! The rings of a car are read as `C00D`. Nothing is dropped: it is handed over
//! with a [flag](OutcomeFlags), and so is what the camera was not sure of.
//!
//! # Memory
//!
//! `N` vehicles at once, each some 750 bytes, and `N` that left a short time ago,
//! each some 160. For one more, the outcome of the oldest is
//! [pushed out](Added::pushed_out) early; of those that left, the one that was seen
//! last is forgotten.

mod ballot;
mod table;

use bitflags::bitflags;

use self::ballot::{Ballot, Gone};
use super::matching::{Query, Spelling};
use super::read::Characters;
use super::{Class, Colour, EventId, Plate, PlateRead, ReadFlags, ReadTime, Reading};
use crate::port::{Duration, Instant};

/// When readings belong together, and when a result is a good one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Rules {
    /// A vehicle is gone when it was not read for so long. 1 s.
    pub quiet: Duration,
    /// One that stays is handed over after so long. 10 s.
    pub longest: Duration,
    /// For how long after its last reading a vehicle that was handed over is
    /// still known, so that a late reading makes no second result. 5 s.
    pub repeat: Duration,
    /// How far the texts of one vehicle may be apart, as [`Query`] measures;
    /// `None` never joins different events, nor readings without an event. 30,
    /// one look-alike character.
    pub alike: Option<u16>,
    /// The support each character needs, 0 to 100, not to be
    /// [`WEAK`](OutcomeFlags::WEAK). 50.
    pub support: u8,
    /// How many readings are not [`FEW`](OutcomeFlags::FEW). 1.
    pub frames: u32,
}

impl Rules {
    /// The values above; of our own choice, for a road at 25 pictures a second.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            quiet: Duration::from_secs(1),
            longest: Duration::from_secs(10),
            repeat: Duration::from_secs(5),
            alike: Some(30),
            support: 50,
            frames: 1,
        }
    }
}

impl Default for Rules {
    fn default() -> Self {
        Self::new()
    }
}

bitflags! {
    /// What is odd about an outcome.
    #[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
    pub struct OutcomeFlags: u8 {
        /// The text is no plate, or there is none.
        const NOT_A_PLATE = 1 << 0;
        /// A character has less support than [`Rules::support`].
        const WEAK = 1 << 1;
        /// Fewer readings than [`Rules::frames`].
        const FEW = 1 << 2;
        /// The readings had more than one event.
        const EVENTS = 1 << 3;
        /// The readings had texts of more than one length.
        const LENGTHS = 1 << 4;
        /// The camera said, once at least, that there was no plate.
        const UNSEEN = 1 << 5;
        /// Closed early, for want of room.
        const PUSHED_OUT = 1 << 6;
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for OutcomeFlags {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "OutcomeFlags({=u8:#b})", self.bits());
    }
}

/// What the readings of one vehicle say together.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Outcome {
    /// Its number; see [`Added::ticket`].
    pub ticket: u32,
    /// The characters that have most votes.
    pub spelling: Spelling,
    /// What they are.
    pub reading: Reading,
    /// For each, the mean confidence in it, 0 to 100: a reading that has another
    /// character there counts 0. Three characters are counted at a place: what a
    /// fourth one displaced is not, if it comes back.
    pub support: Characters,
    /// The event of the first reading that has one.
    pub event: Option<EventId>,
    /// The colour, where the camera was most sure of the text.
    pub colour: Option<Colour>,
    /// The class, in the same reading.
    pub class: Option<Class>,
    /// The time of that reading, by the camera's clock.
    pub time: Option<ReadTime>,
    /// How many readings there were.
    pub frames: u32,
    /// When the first came, by the clock that was given.
    pub first: Instant,
    /// When the last came.
    pub last: Instant,
    /// What the camera said of any of them.
    pub read_flags: ReadFlags,
    /// What is odd.
    pub flags: OutcomeFlags,
}

impl Outcome {
    /// The plate, if it is one.
    #[must_use]
    pub const fn plate(&self) -> Option<Plate> {
        match self.reading {
            Reading::Plate(plate) => Some(plate),
            _ => None,
        }
    }

    /// Whether it is no plate, or not sure enough by the rules.
    #[must_use]
    pub const fn is_rejected(&self) -> bool {
        self.flags.intersects(
            OutcomeFlags::NOT_A_PLATE.union(OutcomeFlags::WEAK).union(OutcomeFlags::FEW),
        )
    }
}

/// What became of a reading.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Added {
    /// The number of the vehicle, counted from 0: what its outcome has, too.
    pub ticket: u32,
    /// How it was counted.
    pub how: How,
    /// The camera was never as sure of this vehicle's text: its picture is the
    /// one to keep.
    pub best: bool,
    /// The outcome of another vehicle that had to make room.
    pub pushed_out: Option<Outcome>,
}

/// How a reading was counted.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum How {
    /// It is the first of a vehicle.
    First,
    /// It votes for a vehicle that is known.
    Joined,
    /// It came when the vehicle was closed: no vote, and no second result.
    Repeated,
}

/// Gathers the readings of up to `N` vehicles.
#[derive(Clone, Debug)]
pub struct Votes<const N: usize> {
    rules: Rules,
    ballots: [Option<Ballot>; N],
    gone: [Option<Gone>; N],
    next: u32,
}

impl<const N: usize> Votes<N> {
    /// Nothing yet.
    #[must_use]
    pub const fn new(rules: Rules) -> Self {
        const { assert!(N > 0, "room for one vehicle at least") };
        Self { rules, ballots: [None; N], gone: [None; N], next: 0 }
    }

    /// Counts a reading that came now.
    pub fn add(&mut self, read: &PlateRead, now: Instant) -> Added {
        let spelling = read.spelling();
        let query = self.rules.alike.map(|alike| Query::of(read).limit(alike));
        let rules = self.rules;
        let lately = |seen: Instant| now.since(seen) <= rules.repeat;
        let gone = self.gone.iter_mut().flatten().filter(|gone| lately(gone.known.seen));
        let gone = gone
            .filter_map(|gone| Some((gone.distance(read, query.as_ref())?, gone)))
            .min_by_key(|(distance, _)| *distance);
        let known = self.ballots.iter_mut().flatten();
        let known = known.filter(|ballot| now < ballot.closes(&rules) || lately(ballot.known.seen));
        let near = known
            .filter_map(|ballot| Some((ballot.distance(read, query.as_ref())?, ballot)))
            .min_by_key(|(distance, _)| *distance);
        let late = match (near, gone) {
            (Some((near, _)), Some((far, gone))) if far < near => &mut gone.known,
            (Some((_, ballot)), _) if now < ballot.closes(&rules) => {
                let best = ballot.vote(read, &spelling, now);
                let ticket = ballot.known.ticket;
                return Added { ticket, how: How::Joined, best, pushed_out: None };
            }
            (Some((_, ballot)), _) => &mut ballot.known,
            (None, Some((_, gone))) => &mut gone.known,
            (None, None) => return self.open(read, &spelling, now),
        };
        // One that stays is repeated for as long as it does.
        late.see(read, now);
        Added { ticket: late.ticket, how: How::Repeated, best: false, pushed_out: None }
    }

    fn open(&mut self, read: &PlateRead, spelling: &Spelling, now: Instant) -> Added {
        let ticket = self.next;
        self.next = self.next.wrapping_add(1);
        let mut ballot = Ballot::new(ticket, read.event, now);
        let best = ballot.vote(read, spelling, now);
        // A free slot, else the one of the vehicle that came first.
        let slot = self.ballots.iter_mut().min_by_key(|slot| slot.map(|ballot| ballot.first));
        let before = slot.and_then(|slot| slot.replace(ballot));
        let pushed_out = before.map(|before| {
            let mut outcome = self.hand_over(&before);
            outcome.flags.set(OutcomeFlags::PUSHED_OUT, now < before.closes(&self.rules));
            outcome
        });
        Added { ticket, how: How::First, best, pushed_out }
    }

    /// The outcome of a vehicle, which is then one that left.
    fn hand_over(&mut self, ballot: &Ballot) -> Outcome {
        let slot = self.gone.iter_mut().min_by_key(|slot| slot.map(|gone| gone.known.seen));
        slot.into_iter().for_each(|slot| *slot = Some(ballot.gone()));
        ballot.outcome(&self.rules)
    }

    /// The outcome of a vehicle that is gone by now, the first one first. Call it
    /// until there is none; [`Instant::FAR_FUTURE`] closes all.
    pub fn take(&mut self, now: Instant) -> Option<Outcome> {
        let rules = self.rules;
        let over = |slot: &&mut Option<Ballot>| slot.is_some_and(|b| now >= b.closes(&rules));
        let over = self.ballots.iter_mut().filter(over);
        let ballot = over.min_by_key(|slot| slot.map(|ballot| ballot.first))?.take()?;
        Some(self.hand_over(&ballot))
    }

    /// When [`take`](Self::take) has an outcome next, if no reading comes.
    #[must_use]
    pub fn due(&self) -> Option<Instant> {
        self.ballots.iter().flatten().map(|ballot| ballot.closes(&self.rules)).min()
    }
}
