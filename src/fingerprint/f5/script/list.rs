use core::fmt;

use super::{Ask, Command, refused};
use crate::fingerprint::bulk::Cargo;
use crate::fingerprint::f5::ack::Ack;
use crate::fingerprint::f5::command::{ListUsers, MOST};
use crate::fingerprint::f5::fault::Fault;
use crate::fingerprint::f5::session::{Link, Session};
use crate::fingerprint::script::Script;
use crate::fingerprint::{Event, Slot};
use crate::port::Told;

/// Slots of a library that are in use.
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct Slots {
    /// A bit a slot.
    bits: [u8; MOST.div_ceil(8)],
    count: u16,
}

impl Slots {
    const NONE: Self = Self { bits: [0; MOST.div_ceil(8)], count: 0 };

    /// Those slots, in order.
    pub fn iter(&self) -> impl Iterator<Item = Slot> {
        let bits = self.bits.iter().flat_map(|byte| (0..8).map(move |bit| byte >> bit & 1 == 1));
        (0..).zip(bits).filter(|(_, used)| *used).map(|(slot, _)| Slot(slot))
    }

    /// Whether this one is.
    #[must_use]
    pub fn contains(&self, slot: Slot) -> bool {
        let byte = self.bits.get(usize::from(slot.0 / 8));
        byte.is_some_and(|byte| byte >> (slot.0 % 8) & 1 == 1)
    }

    /// How many there are.
    #[must_use]
    pub const fn count(&self) -> u16 {
        self.count
    }

    /// Whether that one is new, and can be.
    fn insert(&mut self, slot: Slot) -> bool {
        let new = !self.contains(slot);
        match self.bits.get_mut(usize::from(slot.0 / 8)) {
            Some(byte) if new => *byte |= 1 << (slot.0 % 8),
            _ => return false,
        }
        self.count = self.count.saturating_add(1);
        true
    }
}

impl fmt::Debug for Slots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().map(|slot| slot.0)).finish()
    }
}

/// Asks which slots are in use. The number in front of the list has to be that
/// of its entries, and no slot may be there twice.
#[derive(Clone, Copy, Debug)]
pub struct List {
    ask: Ask<ListUsers>,
    slots: Slots,
    /// The bytes of an entry that came, and the number in front.
    entry: [u8; 3],
    at: u16,
    told: u16,
    wrong: bool,
}

impl List {
    pub(in crate::fingerprint::f5) const fn new() -> Self {
        let ask = Ask::new(ListUsers);
        Self { ask, slots: Slots::NONE, entry: [0; 3], at: 0, told: 0, wrong: false }
    }

    fn advance(&mut self, session: &mut Session<'_>) -> nb::Result<Slots, Fault> {
        let Self { ask, slots, entry, at, told, wrong } = self;
        let mut take = |piece: &[u8]| {
            for byte in piece {
                let [_, second, third] = *entry;
                *entry = [second, third, *byte];
                *at = at.saturating_add(1);
                match (*at, *at % 3, *entry) {
                    (2, _, [_, high, low]) => *told = u16::from_be_bytes([high, low]),
                    (3.., 2, [high, low, _]) => {
                        let slot = u16::from_be_bytes([high, low]).checked_sub(1);
                        *wrong |= !slot.is_some_and(|slot| slots.insert(Slot(slot)));
                    }
                    _ => {}
                }
            }
            Ok(())
        };
        match ask.carry(session, Cargo::In(&mut take))? {
            Ok(_) if self.wrong || self.told != self.slots.count => {
                session.close();
                Err(Fault::Damaged(ListUsers::CODE).into())
            }
            Ok(_) => Ok(self.slots),
            Err(Ack::NoUser) => Ok(Slots::NONE),
            Err(ack) => Err(refused::<ListUsers>(ack).into()),
        }
    }
}

impl Script for List {
    type Link = Link;
    type Output = Slots;

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<Slots, Event>, Fault> {
        session.persist_from(self, Self::advance, |it| *it = Self::new())
    }
}
