use super::shape::BUFFER;
use crate::fingerprint::Slot;
use crate::fingerprint::zfm::bulk::Cargo;
use crate::fingerprint::zfm::command::{LoadChar, UpChar};
use crate::fingerprint::zfm::fault::Fault;
use crate::fingerprint::zfm::session::Session;

/// Loads a template from the library and has it sent, each answer sure before
/// the next command: else what was in the buffer before could pass for it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Load {
    Ask,
    /// It is there or it is not, if that answer was to this command.
    Asked {
        found: bool,
    },
    Send,
    Sent,
    Over,
}

impl Load {
    /// From that slot, or from what is in the buffer; `take` has the content of
    /// each packet.
    pub(super) fn poll(
        &mut self,
        session: &mut Session<'_>,
        slot: Slot,
        take: &mut dyn FnMut(&[u8]) -> Result<(), Fault>,
    ) -> nb::Result<(), Fault> {
        loop {
            *self = match *self {
                Self::Ask => {
                    let answer = session.ask(&LoadChar { buffer: BUFFER, slot })?;
                    Self::Asked { found: answer.is_ok() }
                }
                Self::Asked { found } => {
                    session.seal::<LoadChar>()?;
                    if !found {
                        return Err(Fault::Empty(slot).into());
                    }
                    Self::Send
                }
                Self::Send => {
                    session.transfer(&UpChar { buffer: BUFFER }, Cargo::In(&mut *take))?;
                    Self::Sent
                }
                Self::Sent => {
                    session.seal::<UpChar>()?;
                    Self::Over
                }
                Self::Over => return Ok(()),
            }
        }
    }
}
