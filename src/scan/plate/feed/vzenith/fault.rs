use core::fmt;

use super::command::Name;
use crate::{Error, ErrorKind};

/// What goes wrong with a camera of this protocol.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Fault {
    /// The line took no byte for [`Timing::send`](super::Timing::send).
    NotSent,
    /// No reply within [`Timing::reply`](super::Timing::reply).
    NoAnswer(Name),
    /// Nothing at all, not even a heartbeat, for
    /// [`Timing::silence`](super::Timing::silence).
    Silent,
    /// The camera refused a command.
    Refused {
        /// Which.
        command: Name,
        /// Its `state_code`: 400 bad request, 401 no right, 404 not found,
        /// 405 unknown command, 408 time-out, 500 internal error.
        code: u16,
    },
    /// A JSON text has no room; the frame was skipped. What it told is lost.
    Long {
        /// The length of the frame, pictures included.
        len: u32,
    },
    /// A JSON text broke off, or is none; the frame was skipped. What it told
    /// is lost.
    Broken {
        /// The length of the frame, pictures included.
        len: u32,
    },
    /// A frame broke off in its pictures.
    PictureCut,
}

impl Error for Fault {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::NoAnswer(_) | Self::Silent => ErrorKind::Timeout,
            Self::Refused { code: 405, .. } => ErrorKind::Unsupported,
            Self::Refused { code: 500, .. } => ErrorKind::Hardware,
            Self::Refused { .. } => ErrorKind::Refused,
            Self::Long { .. } | Self::Broken { .. } => ErrorKind::Protocol,
            Self::NotSent | Self::PictureCut => ErrorKind::Line,
        }
    }
}

impl core::error::Error for Fault {}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotSent => f.write_str("the line to the camera takes no bytes"),
            Self::NoAnswer(command) => write!(f, "the camera did not answer `{command}`"),
            Self::Silent => f.write_str("the camera fell silent"),
            Self::Refused { command, code } => {
                let why = match code {
                    400 => "bad request",
                    401 => "no right to it",
                    404 => "not there",
                    405 => "unknown command",
                    408 => "time-out in the camera",
                    500 => "internal error",
                    _ => "unknown state",
                };
                write!(f, "the camera refused `{command}`: {why} ({code})")
            }
            Self::Long { len } => write!(f, "no room for the JSON in a frame of {len} bytes"),
            Self::Broken { len } => write!(f, "the JSON in a frame of {len} bytes is broken"),
            Self::PictureCut => f.write_str("a picture broke off"),
        }
    }
}
