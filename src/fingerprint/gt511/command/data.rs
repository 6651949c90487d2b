//! Templates and images, and the speed that they take theirs from.

use super::{Command, done};
use crate::fingerprint::gt511::config::Timing;
use crate::fingerprint::gt511::nack::Nack;
use crate::fingerprint::{Geometry, Slot};
use crate::port::Duration;

/// Bytes of a template.
pub const TEMPLATE: usize = 498;

/// The shape of an image: 52 116 bytes.
pub const IMAGE: Geometry = Geometry { width: 258, height: 202, dpi: None };

/// The shape of an image as it comes from the sensor: 19 200 bytes.
pub const RAW_IMAGE: Geometry = Geometry { width: 160, height: 120, dpi: None };

/// Changes the speed, until the module loses power: to one of
/// [`SPEEDS`](crate::fingerprint::gt511::SPEEDS).
///
/// No document at hand says at which speed it is answered.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ChangeBaud(pub u32);

impl Command for ChangeBaud {
    const CODE: u16 = 0x04;
    const NAME: &'static str = "ChangeBaudrate";
    const REFUSALS: &'static [Nack] = &[Nack::BaudRate];
    type Reply = ();

    fn parameter(&self) -> u32 {
        self.0
    }

    fn decode(&self, parameter: u32, _data: &[u8]) -> Option<()> {
        done(parameter)
    }
}

/// Makes a template of the captured image: 498 bytes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct MakeTemplate;

impl Command for MakeTemplate {
    const CODE: u16 = 0x61;
    const NAME: &'static str = "MakeTemplate";
    const DATA: usize = TEMPLATE;
    const REFUSALS: &'static [Nack] = &[Nack::BadFinger];
    type Reply = ();

    fn decode(&self, parameter: u32, _data: &[u8]) -> Option<()> {
        done(parameter)
    }

    fn time(&self, timing: &Timing) -> Duration {
        timing.enrol
    }
}

/// Gives the captured image out.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct GetImage;

impl Command for GetImage {
    const CODE: u16 = 0x62;
    const NAME: &'static str = "GetImage";
    const DATA: usize = IMAGE.pixels() as usize;
    const REFUSALS: &'static [Nack] = &[Nack::BadFinger, Nack::NotPressed];
    type Reply = ();

    fn decode(&self, parameter: u32, _data: &[u8]) -> Option<()> {
        done(parameter)
    }

    fn time(&self, timing: &Timing) -> Duration {
        timing.capture
    }
}

/// Gives out what the sensor sees, finger or not.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct GetRawImage;

impl Command for GetRawImage {
    const CODE: u16 = 0x63;
    const NAME: &'static str = "GetRawImage";
    const DATA: usize = RAW_IMAGE.pixels() as usize;
    const REFUSALS: &'static [Nack] = &[];
    type Reply = ();

    fn decode(&self, parameter: u32, _data: &[u8]) -> Option<()> {
        done(parameter)
    }

    fn time(&self, timing: &Timing) -> Duration {
        timing.capture
    }
}

/// Reads a template out: 498 bytes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct GetTemplate(pub Slot);

impl Command for GetTemplate {
    const CODE: u16 = 0x70;
    const NAME: &'static str = "GetTemplate";
    const DATA: usize = TEMPLATE;
    const REFUSALS: &'static [Nack] = &[Nack::NotUsed];
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

/// Writes a template of 498 bytes, which follow the first answer; the second
/// one says whether it is there.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct SetTemplate(pub Slot);

impl Command for SetTemplate {
    const CODE: u16 = 0x71;
    const NAME: &'static str = "SetTemplate";
    const SENDS: bool = true;
    const REFUSALS: &'static [Nack] = &[Nack::Full, Nack::Used, Nack::BadFinger];
    type Reply = ();

    fn parameter(&self) -> u32 {
        self.0.0.into()
    }

    fn decode(&self, parameter: u32, _data: &[u8]) -> Option<()> {
        done(parameter)
    }

    fn may_be_refused(&self, nack: Nack) -> bool {
        matches!(nack, Nack::Duplicate(_)) || Self::REFUSALS.contains(&nack)
    }

    fn time(&self, timing: &Timing) -> Duration {
        timing.enrol
    }
}
