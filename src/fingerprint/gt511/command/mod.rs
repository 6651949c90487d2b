//! The commands: each a struct with its number, its parameter, and what a good
//! answer to it holds.
//!
//! [`Gt511::ask`](super::Gt511::ask) sends one. Numbers are those of the
//! GT-511C3 data sheet and the GT-521F programming guide.

mod data;

use core::convert::Infallible;

pub use data::{
    ChangeBaud, GetImage, GetRawImage, GetTemplate, IMAGE, MakeTemplate, RAW_IMAGE, SetTemplate,
    TEMPLATE,
};

use super::config::Timing;
use super::nack::Nack;
use crate::fingerprint::Slot;
use crate::port::Duration;

/// Bytes that a module says about itself.
pub(super) const INFO: usize = 24;

/// A command and what a good answer to it holds.
///
/// An answer does not say which command it answers. What a good one can hold,
/// and what a command can be refused with, is all there is to tell them apart;
/// so both are stated here and neither is bent.
pub trait Command {
    /// The number.
    const CODE: u16;
    /// The name in the data sheet.
    const NAME: &'static str;
    /// Bytes of the data packet behind a good answer; 0 for none.
    const DATA: usize = 0;
    /// Whether data are sent when it was answered, which is then answered too.
    const SENDS: bool = false;
    /// What it can be refused with, besides what any can.
    const REFUSALS: &'static [Nack] = &[];
    /// What a good answer says.
    type Reply;

    /// The parameter.
    fn parameter(&self) -> u32 {
        0
    }

    /// Reads a good answer's parameter and data; `None` if it cannot be an
    /// answer to this command.
    fn decode(&self, parameter: u32, data: &[u8]) -> Option<Self::Reply>;

    /// Whether this command can be refused so.
    fn may_be_refused(&self, nack: Nack) -> bool {
        Self::REFUSALS.contains(&nack)
    }

    /// How long the answer may take.
    fn time(&self, timing: &Timing) -> Duration {
        timing.reply
    }
}

/// The name of a command's number.
#[must_use]
pub const fn name(code: u16) -> Option<&'static str> {
    Some(match code {
        Open::CODE => Open::NAME,
        Close::CODE => Close::NAME,
        0x03 => "UsbInternalCheck",
        ChangeBaud::CODE => ChangeBaud::NAME,
        0x05 => "SetIAPMode",
        CmosLed::CODE => CmosLed::NAME,
        GetEnrollCount::CODE => GetEnrollCount::NAME,
        CheckEnrolled::CODE => CheckEnrolled::NAME,
        EnrollStart::CODE => EnrollStart::NAME,
        0x23 => "Enroll1",
        0x24 => "Enroll2",
        0x25 => "Enroll3",
        IsPressFinger::CODE => IsPressFinger::NAME,
        DeleteId::CODE => DeleteId::NAME,
        DeleteAll::CODE => DeleteAll::NAME,
        Verify::CODE => Verify::NAME,
        Identify::CODE => Identify::NAME,
        0x52 => "VerifyTemplate",
        0x53 => "IdentifyTemplate",
        CaptureFinger::CODE => CaptureFinger::NAME,
        MakeTemplate::CODE => MakeTemplate::NAME,
        GetImage::CODE => GetImage::NAME,
        GetRawImage::CODE => GetRawImage::NAME,
        GetTemplate::CODE => GetTemplate::NAME,
        SetTemplate::CODE => SetTemplate::NAME,
        _ => return None,
    })
}

/// Answers that say no more than that it is done hold zero.
fn done(parameter: u32) -> Option<()> {
    (parameter == 0).then_some(())
}

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

/// Opens the module and asks what it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Open;

impl Command for Open {
    const CODE: u16 = 0x01;
    const NAME: &'static str = "Open";
    const DATA: usize = INFO;
    type Reply = Info;

    fn parameter(&self) -> u32 {
        1 // With the data packet.
    }

    fn decode(&self, parameter: u32, data: &[u8]) -> Option<Info> {
        done(parameter)?;
        let (firmware, rest) = data.split_first_chunk()?;
        let (iso_area, serial) = rest.split_first_chunk()?;
        Some(Info {
            firmware: u32::from_le_bytes(*firmware),
            iso_area: u32::from_le_bytes(*iso_area),
            serial: serial.try_into().ok()?,
        })
    }
}

/// Says that the module is not needed any more.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Close;

impl Command for Close {
    const CODE: u16 = 0x02;
    const NAME: &'static str = "Close";
    type Reply = ();

    fn decode(&self, parameter: u32, _data: &[u8]) -> Option<()> {
        done(parameter)
    }
}

/// Switches the light under the glass. Without it there is no image.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct CmosLed(pub bool);

impl Command for CmosLed {
    const CODE: u16 = 0x12;
    const NAME: &'static str = "CmosLed";
    type Reply = ();

    fn parameter(&self) -> u32 {
        self.0.into()
    }

    fn decode(&self, parameter: u32, _data: &[u8]) -> Option<()> {
        done(parameter)
    }
}

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
/// not.
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

/// Begins an enrolment into a slot.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct EnrollStart(pub Slot);

impl Command for EnrollStart {
    const CODE: u16 = 0x22;
    const NAME: &'static str = "EnrollStart";
    const REFUSALS: &'static [Nack] = &[Nack::Full, Nack::Used];
    type Reply = ();

    fn parameter(&self) -> u32 {
        self.0.0.into()
    }

    fn decode(&self, parameter: u32, _data: &[u8]) -> Option<()> {
        done(parameter)
    }
}

/// Takes the captured image as number `N` of an enrolment, 1 to 3. The third
/// one stores the template.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Enroll<const N: u16>;

impl<const N: u16> Command for Enroll<N> {
    const CODE: u16 = 0x22 + N;
    const NAME: &'static str = "Enroll";
    const REFUSALS: &'static [Nack] = &[Nack::BadFinger, Nack::EnrolFailed, Nack::Order];
    type Reply = ();

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

/// Whether a finger is on the sensor.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct IsPressFinger;

impl Command for IsPressFinger {
    const CODE: u16 = 0x26;
    const NAME: &'static str = "IsPressFinger";
    type Reply = bool;

    fn decode(&self, parameter: u32, _data: &[u8]) -> Option<bool> {
        Some(parameter == 0)
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

/// Takes an image of the finger on the sensor.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct CaptureFinger {
    /// Slowly, and as well as it can: for an enrolment.
    pub best: bool,
}

impl Command for CaptureFinger {
    const CODE: u16 = 0x60;
    const NAME: &'static str = "CaptureFinger";
    const REFUSALS: &'static [Nack] = &[Nack::NotPressed, Nack::BadFinger];
    type Reply = ();

    fn parameter(&self) -> u32 {
        self.best.into()
    }

    fn decode(&self, parameter: u32, _data: &[u8]) -> Option<()> {
        done(parameter)
    }

    fn time(&self, timing: &Timing) -> Duration {
        timing.capture
    }
}
