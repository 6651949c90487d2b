//! The commands: each a struct with its [`Kind`] and its parameter, which make a
//! [`Request`].
//!
//! [`Gt511::ask`](super::Gt511::ask) sends one. Numbers are those of the
//! GT-511C3 data sheet and the GT-521F programming guide.

mod data;
mod request;

use core::convert::Infallible;

pub use data::{
    ChangeBaud, GetImage, GetRawImage, GetTemplate, IMAGE, MakeTemplate, RAW_IMAGE, SetTemplate,
    TEMPLATE,
};
pub use request::{Kind, Reply, Request, Work};

use super::nack::Nack;
use crate::fingerprint::Slot;
pub use crate::fingerprint::bulk::Flow;

/// Bytes that a module says about itself.
pub(super) const INFO: usize = 24;

/// A command, and what a good answer to it says.
pub trait Command {
    /// What all with its number have.
    const KIND: &'static Kind;
    /// What a good answer says.
    type Reply: Reply;

    /// The parameter.
    fn parameter(&self) -> u32 {
        0
    }

    /// What is sent.
    fn request(&self) -> Request {
        Request { kind: Self::KIND, parameter: self.parameter() }
    }
}

/// The name of a command's number, in the data sheet.
#[must_use]
pub const fn name(code: u16) -> Option<&'static str> {
    Some(match code {
        0x01 => "Open",
        0x02 => "Close",
        0x03 => "UsbInternalCheck",
        0x04 => "ChangeBaudrate",
        0x05 => "SetIAPMode",
        0x12 => "CmosLed",
        0x20 => "GetEnrollCount",
        0x21 => "CheckEnrolled",
        0x22 => "EnrollStart",
        0x23 => "Enroll1",
        0x24 => "Enroll2",
        0x25 => "Enroll3",
        0x26 => "IsPressFinger",
        0x40 => "DeleteID",
        0x41 => "DeleteAll",
        0x50 => "Verify",
        0x51 => "Identify",
        0x52 => "VerifyTemplate",
        0x53 => "IdentifyTemplate",
        0x60 => "CaptureFinger",
        0x61 => "MakeTemplate",
        0x62 => "GetImage",
        0x63 => "GetRawImage",
        0x70 => "GetTemplate",
        0x71 => "SetTemplate",
        _ => return None,
    })
}

/// The good answer that is a number of templates, or of one.
const NUMBER: Option<u32> = Some(0xFFFF);

/// What a module says about itself.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Info {
    /// The firmware's version, as it stands there.
    pub firmware: u32,
    /// The most bytes of an ISO disc image over USB.
    pub iso_area: u32,
    /// The module's serial number.
    pub serial: [u8; 16],
}

impl Info {
    /// Reads the data packet of [`Open`]; `None` if it has another length.
    #[must_use]
    pub fn from_bytes(data: &[u8]) -> Option<Self> {
        let (firmware, rest) = data.split_first_chunk()?;
        let (iso_area, serial) = rest.split_first_chunk()?;
        Some(Self {
            firmware: u32::from_le_bytes(*firmware),
            iso_area: u32::from_le_bytes(*iso_area),
            serial: serial.try_into().ok()?,
        })
    }
}

/// Opens the module and asks what it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Open;

impl Command for Open {
    const KIND: &'static Kind = &Kind { flow: Flow::Up(INFO), ..Kind::new(0x01, Work::Reply, &[]) };
    type Reply = Info;

    fn parameter(&self) -> u32 {
        1 // With the data packet.
    }
}

/// Says that the module is not needed any more.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Close;

impl Command for Close {
    const KIND: &'static Kind = &Kind::new(0x02, Work::Reply, &[]);
    type Reply = ();
}

/// Switches the light under the glass. Without it there is no image.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct CmosLed(pub bool);

impl Command for CmosLed {
    const KIND: &'static Kind = &Kind::new(0x12, Work::Reply, &[]);
    type Reply = ();

    fn parameter(&self) -> u32 {
        self.0.into()
    }
}

/// How many templates are stored.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct GetEnrollCount;

impl Command for GetEnrollCount {
    const KIND: &'static Kind = &Kind { good: NUMBER, ..Kind::new(0x20, Work::Reply, &[]) };
    type Reply = u16;
}

/// Whether there is a template in a slot; refused with [`Nack::NotUsed`] if
/// not.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct CheckEnrolled(pub Slot);

impl Command for CheckEnrolled {
    const KIND: &'static Kind = &Kind::new(0x21, Work::Reply, &[Nack::NotUsed, Nack::Empty]);
    type Reply = ();

    fn parameter(&self) -> u32 {
        self.0.0.into()
    }
}

/// CheckEnrolled of a slot that no model has: always refused, with
/// [`Nack::Position`], which no other command of this driver is. So its answer
/// says that none is outstanding.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Probe;

impl Command for Probe {
    const KIND: &'static Kind =
        &Kind { good: None, ..Kind::new(0x21, Work::Reply, &[Nack::Position]) };
    type Reply = Infallible;

    fn parameter(&self) -> u32 {
        0xFFFF
    }
}

/// Begins an enrolment into a slot.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct EnrollStart(pub Slot);

impl Command for EnrollStart {
    const KIND: &'static Kind = &Kind::new(0x22, Work::Reply, &[Nack::Full, Nack::Used]);
    type Reply = ();

    fn parameter(&self) -> u32 {
        self.0.0.into()
    }
}

/// Takes the captured image as number `N` of an enrolment, 1 to 3. The third
/// one stores the template.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Enroll<const N: u16>;

impl<const N: u16> Command for Enroll<N> {
    const KIND: &'static Kind = &Kind::new(
        0x22 + N,
        Work::Enrol,
        &[Nack::BadFinger, Nack::EnrolFailed, Nack::Order, Nack::Duplicate(0)],
    );
    type Reply = ();
}

/// Whether a finger is on the sensor.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct IsPressFinger;

impl Command for IsPressFinger {
    const KIND: &'static Kind = &Kind { good: Some(u32::MAX), ..Kind::new(0x26, Work::Reply, &[]) };
    type Reply = bool;
}

/// Deletes a template; there has to be one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct DeleteId(pub Slot);

impl Command for DeleteId {
    const KIND: &'static Kind = &Kind::new(0x40, Work::Enrol, &[Nack::NotUsed, Nack::Empty]);
    type Reply = ();

    fn parameter(&self) -> u32 {
        self.0.0.into()
    }
}

/// Deletes all templates; refused with [`Nack::Empty`] when there are none.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct DeleteAll;

impl Command for DeleteAll {
    const KIND: &'static Kind = &Kind::new(0x41, Work::Enrol, &[Nack::Empty]);
    type Reply = ();
}

/// Compares the captured image with a template.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Verify(pub Slot);

impl Command for Verify {
    const KIND: &'static Kind = &Kind::new(
        0x50,
        Work::Search,
        &[Nack::VerifyFailed, Nack::NotUsed, Nack::Empty, Nack::BadFinger],
    );
    type Reply = ();

    fn parameter(&self) -> u32 {
        self.0.0.into()
    }
}

/// Searches the captured image in the library.
///
/// Only a good answer names a slot. What a refusal holds is an error, even if
/// it looks like one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Identify;

impl Command for Identify {
    const KIND: &'static Kind = &Kind {
        good: NUMBER,
        ..Kind::new(0x51, Work::Search, &[Nack::IdentifyFailed, Nack::Empty, Nack::BadFinger])
    };
    type Reply = Slot;
}

/// Takes an image of the finger on the sensor.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct CaptureFinger {
    /// Slowly, and as well as it can: for an enrolment.
    pub best: bool,
}

impl Command for CaptureFinger {
    const KIND: &'static Kind =
        &Kind::new(0x60, Work::Capture, &[Nack::NotPressed, Nack::BadFinger]);
    type Reply = ();

    fn parameter(&self) -> u32 {
        self.best.into()
    }
}
