//! Templates and images, and the speed that they take theirs from.

use super::{Command, Flow, Kind, Work};
use crate::fingerprint::gt511::nack::Nack;
use crate::fingerprint::{Geometry, Slot};

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
    const KIND: &'static Kind = &Kind::new(0x04, Work::Reply, &[Nack::BaudRate]);
    type Reply = ();

    fn parameter(&self) -> u32 {
        self.0
    }
}

/// Makes a template of the captured image: 498 bytes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct MakeTemplate;

impl Command for MakeTemplate {
    const KIND: &'static Kind =
        &Kind { flow: Flow::Up(TEMPLATE), ..Kind::new(0x61, Work::Enrol, &[Nack::BadFinger]) };
    type Reply = ();
}

/// Gives the captured image out.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct GetImage;

impl Command for GetImage {
    const KIND: &'static Kind = &Kind {
        flow: Flow::Up(IMAGE.pixels() as usize),
        ..Kind::new(0x62, Work::Capture, &[Nack::BadFinger, Nack::NotPressed])
    };
    type Reply = ();
}

/// Gives out what the sensor sees, finger or not.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct GetRawImage;

impl Command for GetRawImage {
    const KIND: &'static Kind = &Kind {
        flow: Flow::Up(RAW_IMAGE.pixels() as usize),
        ..Kind::new(0x63, Work::Capture, &[])
    };
    type Reply = ();
}

/// Reads a template out: 498 bytes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct GetTemplate(pub Slot);

impl Command for GetTemplate {
    const KIND: &'static Kind =
        &Kind { flow: Flow::Up(TEMPLATE), ..Kind::new(0x70, Work::Enrol, &[Nack::NotUsed]) };
    type Reply = ();

    fn parameter(&self) -> u32 {
        self.0.0.into()
    }
}

/// Writes a template of 498 bytes, which follow the first answer; the second
/// one says whether it is there.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct SetTemplate(pub Slot);

impl Command for SetTemplate {
    const KIND: &'static Kind = &Kind {
        flow: Flow::Down,
        ..Kind::new(
            0x71,
            Work::Enrol,
            &[Nack::Full, Nack::Used, Nack::BadFinger, Nack::Duplicate(0)],
        )
    };
    type Reply = ();

    fn parameter(&self) -> u32 {
        self.0.0.into()
    }
}
