use core::fmt;

use super::code::Code;
use crate::fingerprint::{Alarm, Geometry, Match, Quality, Slot};
use crate::{Error, ErrorKind};

/// Why a conversation with a module failed.
///
/// Commands are named by their code.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[repr(u32)] // A whole word to pass on, where there would be a byte and three.
pub enum Fault {
    /// No response to this command in time.
    Timeout(u8),
    /// The response was cut off, or its sum or end wrong.
    Damaged(u8),
    /// A packet that cannot be the response to this command: one to another
    /// command that came late, or twice.
    OutOfStep(u8),
    /// The module says that it received this command damaged.
    Garbled(u8),
    /// Only a module of this number answered.
    Foreign(u16),
    /// The line never fell silent.
    Babble,
    /// The module was busy when it got this command.
    Busy(u8),
    /// The module is not well: the status it gives, which should be 30h.
    Status(u32),
    /// The module is locked with its master password.
    Locked,
    /// The module refused this command.
    Refused(u8, Code),
    /// The module has no such command, parameter or value.
    Unsupported(u8),
    /// A match that a second comparison did not confirm: the finger was lifted
    /// too early, or the first response was not one to this finger.
    Unconfirmed(Slot),
    /// The finger of a user ID that is no slot of this driver.
    User(u32),
    /// A duress finger matches: the person is forced to do this.
    Duress(Match),
    /// The finger is a fake.
    Fake,
    /// The capture was poor; ask for another one.
    Poor(Quality),
    /// Nobody laid a finger down.
    NoFinger,
    /// The finger was not lifted.
    NotLifted,
    /// The finger is not the one that was enrolled; nothing is stored.
    DifferentFingers,
    /// The finger is in the library already; nothing was stored.
    Duplicate,
    /// There is a template in this slot already; nothing was stored.
    Occupied(Slot),
    /// There is no template in this slot.
    Empty(Slot),
    /// The slot has more than one template: another host enrolled them.
    Several(Slot),
    /// The buffer is too small for a template, of so many bytes.
    Room(u16),
    /// A template of so many bytes is none of this module; it was not sent.
    Template(usize),
    /// The template that was read back is not the one that was written; it was
    /// deleted again.
    Unlike(Slot),
    /// An image of this shape, compressed or encrypted, is not given out.
    Geometry(Geometry),
    /// The library has no such slot; the command was not sent.
    Slot(Slot),
}

impl Fault {
    /// Whether the line is to blame, so that trying again may help.
    #[must_use]
    pub const fn is_line(self) -> bool {
        matches!(
            self,
            Self::Timeout(_)
                | Self::Damaged(_)
                | Self::OutOfStep(_)
                | Self::Garbled(_)
                | Self::Foreign(_)
                | Self::Babble
                | Self::Busy(_)
                | Self::Status(_)
        )
    }

    /// What there is to raise the alarm about.
    #[must_use]
    pub const fn alarm(self) -> Option<Alarm> {
        match self {
            Self::Duress(found) => Some(Alarm::Duress(found)),
            Self::Fake => Some(Alarm::Fake),
            _ => None,
        }
    }
}

impl Error for Fault {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Timeout(_) => ErrorKind::Timeout,
            Self::Damaged(_) | Self::Garbled(_) | Self::Babble => ErrorKind::Line,
            Self::OutOfStep(_) | Self::Foreign(_) => ErrorKind::Protocol,
            Self::Busy(_) => ErrorKind::Busy,
            Self::Status(_) | Self::Refused(_, Code::RecoveryMode | Code::NoSerialNumber) => {
                ErrorKind::Hardware
            }
            Self::Locked
            | Self::Refused(..)
            | Self::User(_)
            | Self::Duress(_)
            | Self::Fake
            | Self::Duplicate
            | Self::Occupied(_)
            | Self::Several(_)
            | Self::Unlike(_) => ErrorKind::Refused,
            Self::Unsupported(_) | Self::Geometry(_) => ErrorKind::Unsupported,
            Self::Unconfirmed(_) | Self::Poor(_) | Self::NotLifted | Self::DifferentFingers => {
                ErrorKind::Retry
            }
            Self::NoFinger | Self::Empty(_) => ErrorKind::Absent,
            Self::Slot(_) | Self::Room(_) | Self::Template(_) => ErrorKind::Argument,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Timeout(command) => write!(f, "no response to command {command:02X}h"),
            Self::Damaged(command) => write!(f, "damaged response to command {command:02X}h"),
            Self::OutOfStep(command) => {
                write!(f, "no response to command {command:02X}h, but another")
            }
            Self::Garbled(command) => write!(f, "command {command:02X}h arrived damaged"),
            Self::Foreign(terminal) => write!(f, "terminal {terminal} answered instead"),
            Self::Babble => f.write_str("the line never falls silent"),
            Self::Busy(command) => write!(f, "too busy for command {command:02X}h"),
            Self::Status(status) => write!(f, "the module's status is {status:02X}h, not 30h"),
            Self::Locked => f.write_str("the module is locked"),
            Self::Refused(command, code) => write!(f, "command {command:02X}h refused: {code}"),
            Self::Unsupported(command) => write!(f, "this module cannot do {command:02X}h so"),
            Self::Unconfirmed(slot) => write!(f, "a match with {slot} was not confirmed"),
            Self::User(user) => write!(f, "user ID {user} is no slot"),
            Self::Duress(found) => write!(f, "duress finger of {}", found.slot),
            Self::Fake => f.write_str("a fake finger"),
            Self::Poor(quality) => write!(f, "poor capture: {quality}"),
            Self::NoFinger => f.write_str("no finger on the sensor"),
            Self::NotLifted => f.write_str("the finger was not lifted"),
            Self::DifferentFingers => f.write_str("not the finger that was enrolled"),
            Self::Duplicate => f.write_str("finger already enrolled"),
            Self::Occupied(slot) => write!(f, "{slot} is in use"),
            Self::Empty(slot) => write!(f, "{slot} is empty"),
            Self::Several(slot) => write!(f, "{slot} has more than one template"),
            Self::Room(bytes) => write!(f, "a template has {bytes} bytes, the buffer fewer"),
            Self::Template(bytes) => write!(f, "no template has {bytes} bytes"),
            Self::Unlike(slot) => write!(f, "{slot} did not keep what was written"),
            Self::Geometry(geometry) => write!(f, "an image of {geometry} is not given out"),
            Self::Slot(slot) => write!(f, "there is no {slot}"),
        }
    }
}

impl core::error::Error for Fault {}
