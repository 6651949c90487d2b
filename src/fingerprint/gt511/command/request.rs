use core::convert::Infallible;
use core::mem::discriminant;

use super::{Flow, INFO, Info};
use crate::fingerprint::Slot;
use crate::fingerprint::gt511::config::Timing;
use crate::fingerprint::gt511::fault::Fault;
use crate::fingerprint::gt511::nack::Nack;
use crate::port::Duration;

/// What a command asks of the module, and so how long its answer may take.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Work {
    /// None.
    Reply,
    /// To take an image.
    Capture,
    /// To search, or to compare.
    Search,
    /// A step of an enrolment, or to write the library.
    Enrol,
}

/// What all commands with a number have.
///
/// An answer does not say which command it answers. What a good one can hold,
/// and what a command can be refused with, is all there is to tell them apart;
/// so both are stated here and neither is bent.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Kind {
    /// The number.
    pub code: u16,
    /// The most that the parameter of a good answer is: zero, where it says no
    /// more than that it is done. `None` for a command that has none.
    pub good: Option<u32>,
    /// What it can be refused with, besides what any can; one
    /// [`Nack::Duplicate`] is all of them.
    pub refusals: &'static [Nack],
    /// The data packet behind a good answer; [`Flow::Down`]: behind the first
    /// one, and then there is a second.
    pub flow: Flow,
    /// How long the answer may take; where data go out, the second one.
    pub work: Work,
}

impl Kind {
    /// One that is done or refused, without data.
    pub(super) const fn new(code: u16, work: Work, refusals: &'static [Nack]) -> Self {
        Self { code, good: Some(0), refusals, flow: Flow::Nowhere, work }
    }

    /// Whether a good answer can hold that.
    pub(in crate::fingerprint::gt511) fn may_be_good(&self, parameter: u32) -> bool {
        self.good.is_some_and(|most| parameter <= most)
    }

    /// Whether this command can be refused so.
    #[must_use]
    pub fn may_be_refused(&self, nack: Nack) -> bool {
        self.refusals.iter().any(|refusal| discriminant(refusal) == discriminant(&nack))
    }

    /// Bytes of the data packet behind a good answer; 0 for none.
    pub(in crate::fingerprint::gt511) const fn data(&self) -> usize {
        match self.flow {
            Flow::Up(bytes) | Flow::UpTo(bytes) => bytes,
            Flow::Nowhere | Flow::Down => 0,
        }
    }

    /// Whether data are sent when it was answered, which is then answered too.
    pub(in crate::fingerprint::gt511) fn sends(&self) -> bool {
        self.flow == Flow::Down
    }

    /// How long the answer may take.
    pub(in crate::fingerprint::gt511) const fn time(&self, timing: &Timing) -> Duration {
        match self.work {
            Work::Reply => timing.reply,
            Work::Capture => timing.capture,
            Work::Search => timing.search,
            Work::Enrol => timing.enrol,
        }
    }
}

/// A command as it is sent.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Request {
    /// What all with its number have.
    pub kind: &'static Kind,
    /// The parameter.
    pub parameter: u32,
}

impl Request {
    /// The number.
    pub(in crate::fingerprint::gt511) const fn code(&self) -> u16 {
        self.kind.code
    }

    pub(in crate::fingerprint::gt511) const fn refused(&self, nack: Nack) -> Fault {
        Fault::Refused(self.code(), nack)
    }

    pub(in crate::fingerprint::gt511) const fn out_of_step(&self) -> Fault {
        Fault::OutOfStep(self.code())
    }
}

/// What a good answer says.
pub trait Reply: Sized {
    /// Reads its parameter, which is one that the command can have, and its
    /// data; `None` if they are not those.
    fn read(parameter: u32, data: &[u8; INFO]) -> Option<Self>;
}

/// It is done.
impl Reply for () {
    fn read(_parameter: u32, _data: &[u8; INFO]) -> Option<Self> {
        Some(())
    }
}

/// How many.
impl Reply for u16 {
    fn read(parameter: u32, _data: &[u8; INFO]) -> Option<Self> {
        Self::try_from(parameter).ok()
    }
}

/// Which one.
impl Reply for Slot {
    fn read(parameter: u32, _data: &[u8; INFO]) -> Option<Self> {
        u16::try_from(parameter).ok().map(Self)
    }
}

/// Zero is yes.
impl Reply for bool {
    fn read(parameter: u32, _data: &[u8; INFO]) -> Option<Self> {
        Some(parameter == 0)
    }
}

impl Reply for Info {
    fn read(_parameter: u32, data: &[u8; INFO]) -> Option<Self> {
        Self::from_bytes(data)
    }
}

/// There is none.
impl Reply for Infallible {
    fn read(_parameter: u32, _data: &[u8; INFO]) -> Option<Self> {
        None
    }
}
