use core::convert::Infallible;

use super::{Command, done};
use crate::fingerprint::Slot;
use crate::fingerprint::gt511::config::Timing;
use crate::fingerprint::gt511::nack::Nack;
use crate::port::Duration;

/// How many templates are stored.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct GetEnrollCount;

impl Command for GetEnrollCount {
    const CODE: u16 = 0x20;
    const NAME: &'static str = "GetEnrollCount";
    type Reply = u16;

    fn decode(&self, parameter: u32, _data: &[u8]) -> Option<u16> {
        u16::try_from(parameter).ok()
    }
}

/// Whether there is a template in a slot; refused with [`Nack::NotUsed`] if
/// not, or [`Nack::Empty`] if there is none at all.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct CheckEnrolled(pub Slot);

impl Command for CheckEnrolled {
    const CODE: u16 = 0x21;
    const NAME: &'static str = "CheckEnrolled";
    const REFUSALS: &'static [Nack] = &[Nack::NotUsed, Nack::Empty];
    type Reply = ();

    fn parameter(&self) -> u32 {
        self.0.0.into()
    }

    fn decode(&self, parameter: u32, _data: &[u8]) -> Option<()> {
        done(parameter)
    }
}

/// CheckEnrolled of a slot that no model has: always refused, with
/// [`Nack::Position`], which no other command of this driver is. So its answer
/// says that none is outstanding.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Probe;

impl Command for Probe {
    const CODE: u16 = CheckEnrolled::CODE;
    const NAME: &'static str = CheckEnrolled::NAME;
    const REFUSALS: &'static [Nack] = &[Nack::Position];
    type Reply = Infallible;

    fn parameter(&self) -> u32 {
        0xFFFF
    }

    fn decode(&self, _parameter: u32, _data: &[u8]) -> Option<Infallible> {
        None
    }
}

/// Deletes a template; there has to be one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct DeleteId(pub Slot);

impl Command for DeleteId {
    const CODE: u16 = 0x40;
    const NAME: &'static str = "DeleteID";
    const REFUSALS: &'static [Nack] = &[Nack::NotUsed, Nack::Empty];
    type Reply = ();

    fn parameter(&self) -> u32 {
        self.0.0.into()
    }

    fn decode(&self, parameter: u32, _data: &[u8]) -> Option<()> {
        done(parameter)
    }

    fn time(&self, timing: &Timing) -> Duration {
        timing.enrol
    }
}

/// Deletes all templates; refused with [`Nack::Empty`] when there are none.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct DeleteAll;

impl Command for DeleteAll {
    const CODE: u16 = 0x41;
    const NAME: &'static str = "DeleteAll";
    const REFUSALS: &'static [Nack] = &[Nack::Empty];
    type Reply = ();

    fn decode(&self, parameter: u32, _data: &[u8]) -> Option<()> {
        done(parameter)
    }

    fn time(&self, timing: &Timing) -> Duration {
        timing.enrol
    }
}
