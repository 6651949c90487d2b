//! What the host says.
//!
//! There is no order here for management (80), with which firmware is loaded,
//! nor for overwriting the custom defaults (12): what cannot be said cannot be
//! said by mistake.

use super::packet::{Opcode, Status, encode};
use super::parameter::{self, Parameter, SETTINGS, Setting, Value};
use super::reply::{Capabilities, Revision};
use crate::scan::engine::reader::Bytes;

/// Settings that are asked for or made at once.
pub(super) type Settings = heapless::Vec<Setting, SETTINGS>;

/// What the host says, as [`Ssi`](super::Ssi) and its scripts say it.
#[derive(Debug)]
pub struct Command(pub(super) Order);

/// What the engine replies.
#[derive(Debug)]
pub struct Reply(pub(super) Answer);

#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Order {
    /// The byte that wakes.
    Wake,
    /// The host is there.
    Announce,
    /// Opcodes that need no data.
    Plain(Opcode),
    /// Opcodes that need one byte.
    With(Opcode, u8),
    /// What these hold.
    Request(heapless::Vec<Parameter, SETTINGS>),
    /// These become so.
    Set(Settings, Status),
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Answer {
    Done,
    Refused(super::packet::Cause),
    Revision(Revision),
    Capabilities(Capabilities),
    Parameters(Settings),
}

/// What to beep with a change: nothing.
const SILENT: u8 = 0xFF;

impl Order {
    pub(super) const fn opcode(&self) -> Opcode {
        match self {
            Self::Wake | Self::Announce => Opcode::SCANNER_INIT_COMMAND,
            Self::Plain(opcode) | Self::With(opcode, _) => *opcode,
            Self::Request(_) => Opcode::PARAM_REQUEST,
            Self::Set(..) => Opcode::PARAM_SEND,
        }
    }

    /// The packet, the `attempt`-th time.
    pub(super) fn encode(&self, attempt: u8) -> Bytes {
        let again = if attempt > 0 { Status::RETRANSMIT } else { Status::empty() };
        let mut data = Bytes::new();
        match self {
            Self::Wake => return Bytes::of(&[0x00]),
            // What other hosts say of themselves; the guide has no table of it.
            Self::Announce => data.extend(&[0x00, 0x02, 0x00, 0x05]),
            Self::Plain(_) => {}
            Self::With(_, byte) => data.push(*byte),
            Self::Request(parameters) => {
                parameters.iter().for_each(|parameter| parameter.encode(&mut data));
            }
            Self::Set(settings, _) => {
                data.push(SILENT);
                settings.iter().for_each(|setting| parameter::encode(*setting, &mut data));
            }
        }
        let status = if let Self::Set(_, status) = self { again | *status } else { again };
        encode(self.opcode(), status, data.as_slice())
    }

    /// Whether what an engine says of parameters can be the reply to this: a
    /// late one to another request names others.
    pub(super) fn asks_for(&self, settings: &Settings) -> bool {
        let Self::Request(asked) = self else { return false };
        settings.iter().all(|(parameter, _)| asked.contains(parameter))
    }
}

/// What one parameter is said to hold.
pub(super) fn held(settings: &[Setting], parameter: Parameter) -> Option<Value> {
    settings.iter().find(|(said, _)| *said == parameter).map(|(_, value)| *value)
}
