use super::shape::BUFFER;
use crate::fingerprint::Slot;
use crate::fingerprint::zfm::bulk::into;
use crate::fingerprint::zfm::command::{LoadChar, UpChar};
use crate::fingerprint::zfm::fault::Fault;
use crate::fingerprint::zfm::session::Session;

/// Loads a template from the library and has it sent. Answers come in order:
/// had another one stood for the first, that to the loading would stand where
/// data are due.
#[derive(Clone, Copy, Debug)]
pub(super) enum Load {
    Ask,
    /// There is none, if that answer was to this command.
    Missing,
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
                Self::Ask => match session.ask(&LoadChar { buffer: BUFFER, slot })? {
                    Ok(()) => Self::Send,
                    Err(_) => Self::Missing,
                },
                Self::Missing => {
                    session.seal::<LoadChar>()?;
                    return Err(Fault::Empty(slot).into());
                }
                Self::Send => {
                    session.transfer(&UpChar { buffer: BUFFER }, &mut into(take))?;
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
