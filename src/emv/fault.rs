use core::fmt;

use super::bits::Cryptogram;
use super::command::Instruction;
use super::cvm::CvmFault;
use super::tlv::{Full, Malformed, Tag};
use super::{AflFault, DolFault};
use crate::card::StatusWord;
use crate::{Error, ErrorKind};

/// Why a transaction could not go on.
///
/// Offsets count bytes of the response, or of the data element that is named.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Fault {
    /// The response has not even a status word.
    Short(Instruction),
    /// The card refused the command.
    Refused(Instruction, StatusWord),
    /// `61xx` or `6Cxx`: the card speaks to the transport, which should have
    /// dealt with it (ISO/IEC 7816-3, T=0).
    Transport(Instruction, StatusWord),
    /// The response is no TLV.
    Malformed(Instruction, Malformed),
    /// Something else stands where this element must.
    Expected {
        /// In the response to this.
        command: Instruction,
        /// What must stand there.
        tag: Tag,
        /// Where.
        offset: usize,
    },
    /// More stands behind the one element that may be there.
    Trailing(Instruction, usize),
    /// An element is missing that every card must have (EMV Book 3, 7.2).
    Missing(Instruction, Tag),
    /// A primitive element is there twice (EMV Book 3, 10.2).
    Twice {
        /// In the response to this.
        command: Instruction,
        /// The element.
        tag: Tag,
        /// Where it stands again.
        offset: usize,
    },
    /// An element has a value that it cannot have.
    Value {
        /// In the response to this.
        command: Instruction,
        /// The element.
        tag: Tag,
        /// Where its content begins.
        offset: usize,
    },
    /// The file locator, `94`, cannot be.
    Locator(AflFault),
    /// This data object list cannot be answered.
    List(Tag, DolFault),
    /// The file locator has more records than the kernel reads, 255.
    TooManyRecords,
    /// The card gave a cryptogram that it must not give when asked for this
    /// one (EMV Book 3, 9.3).
    Cryptogram {
        /// What was asked for.
        asked: Cryptogram,
        /// The Cryptogram Information Data that came.
        given: u8,
    },
    /// The CVM list, `8E`, is none (EMV Book 3, 7.5).
    CvmList(CvmFault),
    /// The caller's memory has no room for this element.
    Full(Full),
    /// Card and terminal have no application in common.
    NoApplication,
    /// The application is blocked.
    ApplicationBlocked,
    /// The card is blocked.
    CardBlocked,
    /// The card offers more applications than the terminal can list.
    TooManyApplications,
    /// The cardholder did not choose.
    Cancelled,
    /// The card was taken out.
    Removed,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Short(command) => write!(f, "{command}: no status word"),
            Self::Refused(command, sw) => write!(f, "{command}: refused with {sw}"),
            Self::Transport(command, sw) => {
                write!(f, "{command}: {sw} is the transport's to deal with")
            }
            Self::Malformed(command, malformed) => write!(f, "{command}: {malformed}"),
            Self::Expected { command, tag, offset } => {
                write!(f, "{command}: at byte {offset}: expected {tag}")
            }
            Self::Trailing(command, offset) => {
                write!(f, "{command}: at byte {offset}: nothing more may follow")
            }
            Self::Missing(command, tag) => write!(f, "{command}: {tag} is missing"),
            Self::Twice { command, tag, offset } => {
                write!(f, "{command}: at byte {offset}: {tag} is there twice")
            }
            Self::Value { command, tag, offset } => {
                write!(f, "{command}: at byte {offset}: {tag} has a value that cannot be")
            }
            Self::Locator(fault) => fault.fmt(f),
            Self::List(tag, fault) => write!(f, "in {tag}: {fault}"),
            Self::TooManyRecords => f.write_str("too many records"),
            Self::Cryptogram { asked, given } => {
                write!(f, "asked for {asked:?}, the card answered with CID {given:02X}")
            }
            Self::CvmList(fault) => write!(f, "in 8E: {fault}"),
            Self::Full(full) => write!(f, "the store is full: {full}"),
            Self::NoApplication => f.write_str("no application in common"),
            Self::ApplicationBlocked => f.write_str("the application is blocked"),
            Self::CardBlocked => f.write_str("the card is blocked"),
            Self::TooManyApplications => f.write_str("too many applications"),
            Self::Cancelled => f.write_str("cancelled by the cardholder"),
            Self::Removed => f.write_str("the card was taken out"),
        }
    }
}

impl core::error::Error for Fault {}

impl Error for Fault {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Refused(..) | Self::ApplicationBlocked | Self::CardBlocked | Self::Cancelled => {
                ErrorKind::Refused
            }
            Self::Full(_) => ErrorKind::Argument,
            Self::NoApplication | Self::TooManyApplications | Self::TooManyRecords => {
                ErrorKind::Unsupported
            }
            Self::Removed => ErrorKind::Absent,
            _ => ErrorKind::Protocol,
        }
    }
}

impl From<Full> for Fault {
    fn from(full: Full) -> Self {
        Self::Full(full)
    }
}
