use core::fmt;

use super::confirmation::Confirmation;
use crate::fingerprint::{Alarm, Match, Quality, Slot};
use crate::{Error, ErrorKind};

/// Why a conversation with a module failed.
///
/// Commands are named by their opcode.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[repr(u32)] // A whole word to pass on, where there would be a byte and three.
pub enum Fault {
    /// No answer to this command in time.
    Timeout(u8),
    /// The answer was cut off or its sum wrong.
    Damaged(u8),
    /// A frame that cannot be the answer to this command: an answer to another
    /// one that came late, or twice.
    OutOfStep(u8),
    /// The module says that it received this command damaged.
    Garbled(u8),
    /// Only a module of this address answered.
    Foreign(u32),
    /// The line never fell silent.
    Babble,
    /// The module started anew in the middle of a session: it lost power, or
    /// it is not the same module any more. The next call opens a new session.
    Restarted,
    /// The module wants the password verified again; the next call does.
    Locked,
    /// The password is wrong.
    Password,
    /// The module refused this command.
    Refused(u8, Confirmation),
    /// The capture was poor; ask for another one.
    Poor(Quality),
    /// Nobody laid a finger down.
    NoFinger,
    /// The finger was not lifted.
    NotLifted,
    /// The captures are not of one finger; nothing was stored.
    DifferentFingers,
    /// The finger is in the library already; nothing was stored.
    Duplicate(Match),
    /// There is a template in this slot already; nothing was stored.
    Occupied(Slot),
    /// The library has no such slot; the command was not sent.
    Slot(Slot),
    /// There is no template in this slot.
    Empty(Slot),
    /// The buffer is smaller than a template, which has so many bytes at least.
    Room(u16),
    /// A template of so many bytes is none of this module's; nothing was sent.
    Template(usize),
    /// The data behind the answer to this command have not the size that they
    /// should, or not the same as when they were read before: packets were lost
    /// or came twice.
    Incomplete(u8),
    /// What was written to this slot is not what is there; it was deleted.
    Unlike(Slot),
    /// The module's image has not the configured shape, or it was not the same
    /// when it was sent again. What was given out of it is wrong.
    Image,
    /// A match was not confirmed: the finger was lifted too soon, or the module
    /// does not stand by what it said.
    Unconfirmed(Slot),
    /// The module answered, but by the old setting: this command did not take.
    NotTaken(u8),
    /// No module answered to anything that was tried.
    Nowhere,
    /// A parameter of this command is beyond what modules of this dialect have;
    /// nothing was sent.
    Value(u8),
    /// This dialect has no such command; nothing was sent.
    Unsupported(u8),
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
                | Self::Incomplete(_)
                | Self::Unlike(_)
        )
    }

    /// What somebody has to hear of, if anything.
    #[must_use]
    pub const fn alarm(self) -> Option<Alarm> {
        match self {
            Self::Refused(_, Confirmation::ResidualPrint) => Some(Alarm::Residue),
            Self::Refused(_, Confirmation::StaticObject | Confirmation::ForeignObject) => {
                Some(Alarm::Fake)
            }
            _ => None,
        }
    }
}

impl Error for Fault {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Timeout(_) | Self::Nowhere => ErrorKind::Timeout,
            Self::Damaged(_) | Self::Garbled(_) | Self::Babble | Self::Restarted => ErrorKind::Line,
            Self::OutOfStep(_) | Self::Foreign(_) | Self::Image => ErrorKind::Protocol,
            Self::Incomplete(_) | Self::Unlike(_) => ErrorKind::Line,
            Self::Refused(
                _,
                Confirmation::SensorFault | Confirmation::HardwareFault | Confirmation::FlashFailed,
            ) => ErrorKind::Hardware,
            Self::Refused(_, Confirmation::NoFinger) => ErrorKind::Absent,
            Self::Refused(..)
            | Self::Locked
            | Self::Password
            | Self::NotTaken(_)
            | Self::Duplicate(_)
            | Self::Occupied(_) => ErrorKind::Refused,
            Self::Poor(_) | Self::NotLifted | Self::DifferentFingers | Self::Unconfirmed(_) => {
                ErrorKind::Retry
            }
            Self::NoFinger | Self::Empty(_) => ErrorKind::Absent,
            Self::Slot(_) | Self::Value(_) | Self::Room(_) | Self::Template(_) => {
                ErrorKind::Argument
            }
            Self::Unsupported(_) => ErrorKind::Unsupported,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Timeout(opcode) => write!(f, "no answer to command {opcode:02X}h"),
            Self::Damaged(opcode) => write!(f, "damaged answer to command {opcode:02X}h"),
            Self::OutOfStep(opcode) => write!(f, "no answer to command {opcode:02X}h, but another"),
            Self::Garbled(opcode) => write!(f, "command {opcode:02X}h arrived damaged"),
            Self::Foreign(address) => write!(f, "module {address:08X} answered instead"),
            Self::Babble => f.write_str("the line never falls silent"),
            Self::Restarted => f.write_str("the module started anew"),
            Self::Locked => f.write_str("the module is locked again"),
            Self::Password => f.write_str("wrong module password"),
            Self::Refused(opcode, code) => write!(f, "command {opcode:02X}h refused: {code}"),
            Self::Poor(quality) => write!(f, "poor capture: {quality}"),
            Self::NoFinger => f.write_str("no finger on the sensor"),
            Self::NotLifted => f.write_str("the finger was not lifted"),
            Self::DifferentFingers => f.write_str("the captures are not of one finger"),
            Self::Duplicate(found) => write!(f, "finger already enrolled as {}", found.slot),
            Self::Occupied(slot) => write!(f, "{slot} is in use"),
            Self::Slot(slot) => write!(f, "there is no {slot}"),
            Self::Empty(slot) => write!(f, "there is no template in {slot}"),
            Self::Room(bytes) => write!(f, "a template needs a buffer of {bytes} bytes"),
            Self::Template(bytes) => write!(f, "no template has {bytes} bytes"),
            Self::Incomplete(opcode) => write!(f, "data of command {opcode:02X}h are missing"),
            Self::Unlike(slot) => write!(f, "{slot} did not keep what was written"),
            Self::Image => f.write_str("the image has another shape, or did not stay the same"),
            Self::Unconfirmed(slot) => write!(f, "a match with {slot} was not confirmed"),
            Self::NotTaken(opcode) => write!(f, "command {opcode:02X}h did not take"),
            Self::Nowhere => f.write_str("no module answered to anything that was tried"),
            Self::Value(opcode) => write!(f, "command {opcode:02X}h: parameter out of range"),
            Self::Unsupported(opcode) => write!(f, "this module has no command {opcode:02X}h"),
        }
    }
}

impl core::error::Error for Fault {}
