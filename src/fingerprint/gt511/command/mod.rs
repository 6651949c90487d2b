//! The commands: each a struct with its number, its parameter, and what a good
//! answer to it holds.
//!
//! [`Gt511::ask`](super::Gt511::ask) sends one. Numbers are those of the
//! GT-511C3 data sheet and the GT-521F programming guide.

mod capture;
mod library;
mod matching;
mod module;
mod transfer;

pub use capture::{CaptureFinger, Enroll, EnrollStart, IsPressFinger};
pub use library::{CheckEnrolled, DeleteAll, DeleteId, GetEnrollCount, Probe};
pub use matching::{Identify, IdentifyTemplate, Verify, VerifyTemplate};
pub use module::{ChangeBaud, Close, CmosLed, Info, Open};
pub use transfer::{GetImage, GetRawImage, GetTemplate, MakeTemplate, SetTemplate};

use super::config::Timing;
use super::nack::Nack;
pub use crate::fingerprint::bulk::Flow;
use crate::port::Duration;

/// Bytes of a template.
pub const TEMPLATE: usize = 498;

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
    /// The data that come or go with it.
    const FLOW: Flow = Flow::Nowhere;
    /// What it can be refused with, besides what any can.
    const REFUSALS: &'static [Nack] = &[];
    /// What a good answer says.
    type Reply;

    /// The parameter.
    fn parameter(&self) -> u32 {
        0
    }

    /// Reads a good answer's parameter, and the data behind it, as far as they
    /// are no more than one piece; `None` if it cannot be an answer to this
    /// command.
    fn decode(&self, parameter: u32, data: &[u8]) -> Option<Self::Reply>;

    /// Whether this command can be refused so.
    fn may_be_refused(&self, nack: Nack) -> bool {
        Self::REFUSALS.contains(&nack)
    }

    /// How long the answer may take; the one behind the data, if any go out.
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
        VerifyTemplate::CODE => VerifyTemplate::NAME,
        IdentifyTemplate::CODE => IdentifyTemplate::NAME,
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
