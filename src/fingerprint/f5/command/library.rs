use super::{Command, Flow, id, status};
use crate::fingerprint::Slot;
use crate::fingerprint::f5::ack::Ack;
use crate::fingerprint::f5::config::{Config, Permission};
use crate::port::Duration;

/// Deletes a template.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Delete(pub Slot);

impl Command for Delete {
    const CODE: u8 = 0x04;
    const NAME: &'static str = "delete";
    type Reply = ();

    fn parameters(&self) -> [u8; 3] {
        let [high, low] = id(self.0).to_be_bytes();
        [high, low, 0]
    }

    fn decode(&self, answer: [u8; 3]) -> Option<Result<(), Ack>> {
        status(answer, &[Ack::Fail, Ack::NoUser])
    }

    fn time(&self, config: &Config) -> Duration {
        config.timing.flash
    }
}

/// Deletes all templates.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct DeleteAll;

impl Command for DeleteAll {
    const CODE: u8 = 0x05;
    const NAME: &'static str = "delete all";
    type Reply = ();

    fn decode(&self, answer: [u8; 3]) -> Option<Result<(), Ack>> {
        status(answer, &[Ack::Fail, Ack::NoUser])
    }

    fn time(&self, config: &Config) -> Duration {
        config.timing.flash
    }
}

/// How many templates are stored.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Count;

impl Command for Count {
    const CODE: u8 = 0x09;
    const NAME: &'static str = "count";
    type Reply = u16;

    fn decode(&self, answer: [u8; 3]) -> Option<Result<u16, Ack>> {
        match answer {
            [high, low, 0] => Some(Ok(u16::from_be_bytes([high, low]))),
            [_, _, 1] => Some(Err(Ack::Fail)),
            _ => None,
        }
    }
}

/// The permission that is kept with a template; refused with [`Ack::NoUser`]
/// if there is none.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Privilege(pub Slot);

impl Command for Privilege {
    const CODE: u8 = 0x0A;
    const NAME: &'static str = "privilege";
    type Reply = Permission;

    fn parameters(&self) -> [u8; 3] {
        let [high, low] = id(self.0).to_be_bytes();
        [high, low, 0]
    }

    fn decode(&self, answer: [u8; 3]) -> Option<Result<Permission, Ack>> {
        match answer {
            [0, 0, 5] => Some(Err(Ack::NoUser)),
            [0, 0, code] => Permission::try_from(code).ok().map(Ok),
            _ => None,
        }
    }
}

/// Which templates there are: their number, and three bytes for each.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ListUsers;

/// The most templates that a module of the family holds.
pub(in super::super) const MOST: usize = 4_095;

impl Command for ListUsers {
    const CODE: u8 = 0x2B;
    const NAME: &'static str = "list users";
    const FLOW: Flow = Flow::UpTo(2 + 3 * MOST);
    /// Bytes of the list.
    type Reply = u16;

    fn decode(&self, answer: [u8; 3]) -> Option<Result<u16, Ack>> {
        let [high, low, code] = answer;
        match (u16::from_be_bytes([high, low]), Ack::from(code)) {
            (bytes @ 2.., Ack::Success) if bytes % 3 == 2 => Some(Ok(bytes)),
            (_, ack @ (Ack::Fail | Ack::NoUser)) => Some(Err(ack)),
            _ => None,
        }
    }
}
