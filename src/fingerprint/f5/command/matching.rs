use super::{Command, id, status};
use crate::fingerprint::Slot;
use crate::fingerprint::f5::ack::Ack;
use crate::fingerprint::f5::config::{Config, Permission};
use crate::port::Duration;

/// Waits for a finger and compares it with one template.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Compare(pub Slot);

impl Command for Compare {
    const CODE: u8 = 0x0B;
    const NAME: &'static str = "compare 1:1";
    type Reply = ();

    fn parameters(&self) -> [u8; 3] {
        let [high, low] = id(self.0).to_be_bytes();
        [high, low, 0]
    }

    fn decode(&self, answer: [u8; 3]) -> Option<Result<(), Ack>> {
        status(answer, &[Ack::Fail, Ack::NoUser, Ack::Timeout, Ack::TryAgain])
    }

    fn time(&self, config: &Config) -> Duration {
        config.capture()
    }
}

/// A search found this.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Hit {
    /// The template.
    pub slot: Slot,
    /// What is kept with it.
    pub permission: Permission,
}

/// Waits for a finger and searches it in the library.
///
/// A hit has a permission, 1 to 3, where other answers have their status: a
/// hit of permission 1 is no failure, and a failure, which has 1 there too and
/// no number of a template, is no hit.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Search;

impl Command for Search {
    const CODE: u8 = 0x0C;
    const NAME: &'static str = "search 1:N";
    type Reply = Hit;

    fn decode(&self, answer: [u8; 3]) -> Option<Result<Hit, Ack>> {
        hit(answer)
    }

    fn time(&self, config: &Config) -> Duration {
        config.capture()
    }
}

/// What a search says: a number and a permission, or no number and a status.
pub(super) fn hit(answer: [u8; 3]) -> Option<Result<Hit, Ack>> {
    let [high, low, code] = answer;
    match (u16::from_be_bytes([high, low]).checked_sub(1), Ack::from(code)) {
        (Some(slot), _) => {
            let permission = Permission::try_from(code).ok()?;
            Some(Ok(Hit { slot: Slot(slot), permission }))
        }
        (None, ack @ (Ack::Fail | Ack::NoUser | Ack::Timeout | Ack::TryAgain)) => Some(Err(ack)),
        (None, _) => None,
    }
}
