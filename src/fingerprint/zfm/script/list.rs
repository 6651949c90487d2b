use super::{Event, Script};
use crate::fingerprint::Slot;
use crate::fingerprint::zfm::command::{Index, ReadIndexTable};
use crate::fingerprint::zfm::fault::Fault;
use crate::fingerprint::zfm::link::Link;
use crate::fingerprint::zfm::session::Session;
use crate::port::Told;

/// Pages of the index table, of 256 slots each.
const PAGES: usize = 4;

/// Which slots of the library are in use.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Slots {
    pages: [Option<Index>; PAGES],
    capacity: u16,
}

impl Slots {
    /// Those in use, in order.
    pub fn used(&self) -> impl Iterator<Item = Slot> + '_ {
        (0..self.capacity).map(Slot).filter(|slot| self.holds(*slot))
    }

    /// Those that are free, in order. The index table has 1024 slots at most;
    /// what is beyond them is never called free.
    pub fn free(&self) -> impl Iterator<Item = Slot> + '_ {
        let listed = self.pages.iter().flatten().count() * 256;
        let listed = self.capacity.min(u16::try_from(listed).unwrap_or(u16::MAX));
        (0..listed).map(Slot).filter(|slot| !self.holds(*slot))
    }

    /// Whether a slot is in use.
    #[must_use]
    pub fn holds(&self, slot: Slot) -> bool {
        self.pages.iter().flatten().any(|page| page.holds(slot))
    }
}

/// Reads all pages of the index table that the library has.
#[derive(Clone, Copy, Debug)]
pub struct List {
    pages: [Option<Index>; PAGES],
    next: usize,
    read: bool,
}

impl List {
    pub(in crate::fingerprint::zfm) const fn new() -> Self {
        Self { pages: [None; PAGES], next: 0, read: false }
    }

    fn advance(&mut self, session: &mut Session<'_>) -> nb::Result<Slots, Fault> {
        let capacity = session.capacity()?;
        let count = usize::from(capacity.div_ceil(256));
        while let Some(place) = self.pages.iter_mut().take(count).nth(self.next) {
            if !self.read {
                let page = u8::try_from(self.next).unwrap_or(u8::MAX);
                *place = Some(session.demand(&ReadIndexTable { page })?);
                self.read = true;
            }
            session.seal::<ReadIndexTable>()?;
            self.read = false;
            self.next += 1;
        }
        Ok(Slots { pages: self.pages, capacity })
    }
}

impl Script for List {
    type Link = Link;
    type Output = Slots;

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<Slots, Event>, Fault> {
        session.persist_from(self, Self::advance, |it| it.read = false)
    }
}

/// Looks for the first free slot.
#[derive(Clone, Copy, Debug)]
pub struct FreeSlot(pub(in crate::fingerprint::zfm) List);

impl Script for FreeSlot {
    type Link = Link;
    type Output = Option<Slot>;

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<Option<Slot>, Event>, Fault> {
        Ok(match self.0.run(session)? {
            Told::Event(event) => Told::Event(event),
            Told::Done(slots) => Told::Done(slots.free().next()),
        })
    }
}
