use super::{Command, Flow, done};
use crate::fingerprint::Slot;
use crate::fingerprint::gt511::config::Timing;
use crate::fingerprint::gt511::nack::Nack;
use crate::port::Duration;

/// Compares the captured image with a template.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Verify(pub Slot);

impl Command for Verify {
    const CODE: u16 = 0x50;
    const NAME: &'static str = "Verify";
    const REFUSALS: &'static [Nack] =
        &[Nack::VerifyFailed, Nack::NotUsed, Nack::Empty, Nack::BadFinger];
    type Reply = ();

    fn parameter(&self) -> u32 {
        self.0.0.into()
    }

    fn decode(&self, parameter: u32, _data: &[u8]) -> Option<()> {
        done(parameter)
    }

    fn time(&self, timing: &Timing) -> Duration {
        timing.search
    }
}

/// Searches the captured image in the library.
///
/// Only a good answer names a slot. What a refusal holds is an error, even if
/// it looks like one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Identify;

impl Command for Identify {
    const CODE: u16 = 0x51;
    const NAME: &'static str = "Identify";
    const REFUSALS: &'static [Nack] = &[Nack::IdentifyFailed, Nack::Empty, Nack::BadFinger];
    type Reply = Slot;

    fn decode(&self, parameter: u32, _data: &[u8]) -> Option<Slot> {
        u16::try_from(parameter).ok().map(Slot)
    }

    fn time(&self, timing: &Timing) -> Duration {
        timing.search
    }
}

/// Compares a template that is sent with that of a slot.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct VerifyTemplate(pub Slot);

impl Command for VerifyTemplate {
    const CODE: u16 = 0x52;
    const NAME: &'static str = "VerifyTemplate1_1";
    const FLOW: Flow = Flow::Down;
    const REFUSALS: &'static [Nack] = &[Nack::VerifyFailed, Nack::NotUsed, Nack::Empty];
    type Reply = ();

    fn parameter(&self) -> u32 {
        self.0.0.into()
    }

    fn decode(&self, parameter: u32, _data: &[u8]) -> Option<()> {
        done(parameter)
    }

    fn time(&self, timing: &Timing) -> Duration {
        timing.search
    }
}

/// Searches a template that is sent in the library.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct IdentifyTemplate;

impl Command for IdentifyTemplate {
    const CODE: u16 = 0x53;
    const NAME: &'static str = "IdentifyTemplate1_N";
    const FLOW: Flow = Flow::Down;
    const REFUSALS: &'static [Nack] = &[Nack::IdentifyFailed, Nack::Empty];
    type Reply = Slot;

    fn decode(&self, parameter: u32, _data: &[u8]) -> Option<Slot> {
        u16::try_from(parameter).ok().map(Slot)
    }

    fn time(&self, timing: &Timing) -> Duration {
        timing.search
    }
}
