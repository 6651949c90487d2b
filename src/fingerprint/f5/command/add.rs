use super::{Command, id, status};
use crate::fingerprint::Slot;
use crate::fingerprint::f5::ack::Ack;
use crate::fingerprint::f5::config::{Config, Permission};
use crate::port::Duration;

/// Takes capture number `N` of an enrolment, 1 to 3, waiting for the finger.
/// The third one stores the template.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Add<const N: u8> {
    /// Where the template is to go.
    pub slot: Slot,
    /// What is kept with it.
    pub permission: Permission,
}

impl<const N: u8> Command for Add<N> {
    const CODE: u8 = N;
    const NAME: &'static str = "add";
    type Reply = ();

    fn parameters(&self) -> [u8; 3] {
        let [high, low] = id(self.slot).to_be_bytes();
        [high, low, self.permission as u8]
    }

    fn decode(&self, answer: [u8; 3]) -> Option<Result<(), Ack>> {
        const REFUSALS: [Ack; 6] = [
            Ack::Fail,
            Ack::Full,
            Ack::UserOccupied,
            Ack::FingerOccupied,
            Ack::Timeout,
            Ack::TryAgain,
        ];
        status(answer, &REFUSALS)
    }

    fn time(&self, config: &Config) -> Duration {
        config.capture()
    }
}
