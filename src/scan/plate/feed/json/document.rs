use core::marker::PhantomData;

use super::super::message::{self, Document, Role, Told};
use super::super::multipart::Head;
use super::super::{FaultKind, Room};
use super::{Json, Record, Schema};
use crate::scan::plate::Candidate;

/// A vendor whose texts are JSON.
pub(in super::super) trait Vendor {
    const SCHEMA: &'static Schema;

    /// What a record tells.
    fn told(record: &Record<'_>) -> Option<Told>;

    /// What else the camera takes the plate of a record for: the text at this
    /// place.
    fn candidate(_record: &Record<'_>, _place: u8) -> Option<Candidate> {
        None
    }

    /// What a text without records tells.
    fn told_alone(_outer: &Record<'_>) -> Option<Told> {
        None
    }

    /// What a part of a message is.
    fn role(head: &Head) -> Role {
        message::role_of(head)
    }
}

/// How many candidates are told of a plate.
pub(in super::super) const PLACES: u8 = 4;

/// The texts of such a vendor.
#[derive(Debug)]
pub(in super::super) struct JsonDocument<V, B> {
    pub(in super::super) json: Json<B>,
    /// Whether it was told what stands in no record.
    alone: bool,
    /// Which candidate of the record that was told last comes next.
    place: u8,
    vendor: PhantomData<V>,
}

impl<V: Vendor, B: Room> JsonDocument<V, B> {
    pub(in super::super) const fn new(room: B) -> Self {
        Self { json: Json::new(V::SCHEMA, room), alone: false, place: PLACES, vendor: PhantomData }
    }
}

impl<V: Vendor, B: Room> Document for JsonDocument<V, B> {
    fn push(&mut self, byte: u8) -> Result<bool, FaultKind> {
        Ok(self.json.push(byte)?)
    }

    fn told(&mut self) -> Option<Told> {
        while self.place < PLACES {
            let place = self.place;
            self.place += 1;
            let record = self.json.last_record();
            if let Some(candidate) = record.and_then(|record| V::candidate(&record, place)) {
                return Some(Told::Candidate(candidate));
            }
        }
        while let Some(record) = self.json.record() {
            self.alone = true;
            if let told @ Some(_) = V::told(&record) {
                self.place = 0;
                return told;
            }
        }
        if self.is_cut() || core::mem::replace(&mut self.alone, true) {
            return None;
        }
        V::told_alone(&self.json.outer())
    }

    fn is_cut(&self) -> bool {
        self.json.is_short()
    }

    fn clear(&mut self) {
        (self.alone, self.place) = (false, PLACES);
        self.json.clear();
    }

    fn role(head: &Head) -> Role {
        V::role(head)
    }
}
