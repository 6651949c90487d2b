use super::{Command, done};
use crate::fingerprint::Slot;
use crate::fingerprint::gt511::config::Timing;
use crate::fingerprint::gt511::nack::Nack;
use crate::port::Duration;

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
