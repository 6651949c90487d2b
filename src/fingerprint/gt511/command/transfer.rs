use super::{Command, Flow, TEMPLATE, done};
use crate::fingerprint::Slot;
use crate::fingerprint::gt511::config::Timing;
use crate::fingerprint::gt511::nack::Nack;
use crate::port::Duration;

/// Makes a template of the captured image and sends it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct MakeTemplate;

impl Command for MakeTemplate {
    const CODE: u16 = 0x61;
    const NAME: &'static str = "MakeTemplate";
    const FLOW: Flow = Flow::Up(TEMPLATE);
    const REFUSALS: &'static [Nack] = &[Nack::BadFinger];
    type Reply = ();

    fn decode(&self, parameter: u32, _data: &[u8]) -> Option<()> {
        done(parameter)
    }

    fn time(&self, timing: &Timing) -> Duration {
        timing.capture
    }
}

/// Sends the captured image: 258 x 202 pixels, a byte each.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct GetImage;

impl Command for GetImage {
    const CODE: u16 = 0x62;
    const NAME: &'static str = "GetImage";
    const FLOW: Flow = Flow::Up(258 * 202);
    const REFUSALS: &'static [Nack] = &[Nack::BadFinger, Nack::NotPressed];
    type Reply = ();

    fn decode(&self, parameter: u32, _data: &[u8]) -> Option<()> {
        done(parameter)
    }

    fn time(&self, timing: &Timing) -> Duration {
        timing.capture
    }
}

/// Takes what is on the glass, finger or not, and sends it: 160 x 120 pixels, a
/// byte each.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct GetRawImage;

impl Command for GetRawImage {
    const CODE: u16 = 0x63;
    const NAME: &'static str = "GetRawImage";
    const FLOW: Flow = Flow::Up(160 * 120);
    const REFUSALS: &'static [Nack] = &[];
    type Reply = ();

    fn decode(&self, parameter: u32, _data: &[u8]) -> Option<()> {
        done(parameter)
    }

    fn time(&self, timing: &Timing) -> Duration {
        timing.capture
    }
}

/// Sends the template of a slot.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct GetTemplate(pub Slot);

impl Command for GetTemplate {
    const CODE: u16 = 0x70;
    const NAME: &'static str = "GetTemplate";
    const FLOW: Flow = Flow::Up(TEMPLATE);
    const REFUSALS: &'static [Nack] = &[Nack::NotUsed, Nack::Empty];
    type Reply = ();

    fn parameter(&self) -> u32 {
        self.0.0.into()
    }

    fn decode(&self, parameter: u32, _data: &[u8]) -> Option<()> {
        done(parameter)
    }
}

/// Takes a template into a slot.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct SetTemplate(pub Slot);

impl Command for SetTemplate {
    const CODE: u16 = 0x71;
    const NAME: &'static str = "SetTemplate";
    const FLOW: Flow = Flow::Down;
    const REFUSALS: &'static [Nack] = &[Nack::Used, Nack::Full, Nack::EnrolFailed];
    type Reply = ();

    fn parameter(&self) -> u32 {
        self.0.0.into()
    }

    fn decode(&self, parameter: u32, _data: &[u8]) -> Option<()> {
        done(parameter)
    }

    /// A module that compares it with those it has names the one that is like
    /// it.
    fn may_be_refused(&self, nack: Nack) -> bool {
        matches!(nack, Nack::Duplicate(_)) || Self::REFUSALS.contains(&nack)
    }

    fn time(&self, timing: &Timing) -> Duration {
        timing.enrol
    }
}
