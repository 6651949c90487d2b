use core::marker::PhantomData;

use super::super::message::{self, Document, Role, Told};
use super::super::multipart::Head;
use super::super::{FaultKind, Room};
use super::{Json, Record, Schema};

/// A vendor whose texts are JSON.
pub(in super::super) trait Vendor {
    const SCHEMA: &'static Schema;

    /// What a record tells.
    fn told(record: &Record<'_>) -> Option<Told>;

    /// What a text without records tells.
    fn told_alone(_outer: &Record<'_>) -> Option<Told> {
        None
    }

    /// What a part of a message is.
    fn role(head: &Head) -> Role {
        message::role_of(head)
    }
}

/// The texts of such a vendor.
#[derive(Debug)]
pub(in super::super) struct JsonDocument<V, B> {
    pub(in super::super) json: Json<B>,
    /// Whether it was told what stands in no record.
    alone: bool,
    vendor: PhantomData<V>,
}

impl<V: Vendor, B: Room> JsonDocument<V, B> {
    pub(in super::super) const fn new(room: B) -> Self {
        Self { json: Json::new(V::SCHEMA, room), alone: false, vendor: PhantomData }
    }
}

impl<V: Vendor, B: Room> Document for JsonDocument<V, B> {
    fn push(&mut self, byte: u8) -> Result<bool, FaultKind> {
        Ok(self.json.push(byte)?)
    }

    fn told(&mut self) -> Option<Told> {
        while let Some(record) = self.json.record() {
            self.alone = true;
            if let told @ Some(_) = V::told(&record) {
                return told;
            }
        }
        if core::mem::replace(&mut self.alone, true) {
            return None;
        }
        V::told_alone(&self.json.outer())
    }

    fn clear(&mut self) {
        self.alone = false;
        self.json.clear();
    }

    fn role(head: &Head) -> Role {
        V::role(head)
    }
}
