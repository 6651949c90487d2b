use super::{Ask, refused};
use crate::fingerprint::gt511::command::{CaptureFinger, Command, Identify, Verify};
use crate::fingerprint::gt511::fault::Fault;
use crate::fingerprint::gt511::nack::Nack;
use crate::fingerprint::gt511::session::Session;
use crate::fingerprint::{Match, Quality, Slot};

/// The module tells no score.
const NO_SCORE: u16 = 0;

/// An image of the finger, searched in the library or compared with one slot;
/// a hit counts only when a second image fits that slot too.
///
/// The data sheet wants an image before each search and does not say whether
/// one image is good for two.
#[derive(Clone, Copy, Debug)]
pub(super) struct Matching {
    slot: Option<Slot>,
    state: State,
}

#[derive(Clone, Copy, Debug)]
enum State {
    Capture(Ask<CaptureFinger>),
    Search(Ask<Identify>),
    Compare(Ask<Verify>),
    /// It is this one; once more.
    Recapture(Ask<CaptureFinger>, Slot),
    Confirm(Ask<Verify>, Slot),
}

const CAPTURE: Ask<CaptureFinger> = Ask::new(CaptureFinger { best: false });

impl Matching {
    /// Searches all, or compares with one.
    pub(super) const fn new(slot: Option<Slot>) -> Self {
        Self { slot, state: State::Capture(CAPTURE) }
    }

    pub(super) fn poll(&mut self, session: &mut Session<'_>) -> nb::Result<Option<Match>, Fault> {
        loop {
            self.state = match &mut self.state {
                State::Capture(capture) => {
                    captured(capture, session)?;
                    match self.slot {
                        None => State::Search(Ask::new(Identify)),
                        Some(slot) => State::Compare(Ask::new(Verify(slot))),
                    }
                }
                State::Search(search) => match found(search, session)? {
                    None => return Ok(None),
                    Some(slot) => State::Recapture(CAPTURE, slot),
                },
                State::Compare(compare) => match fits(compare, session)? {
                    None => return Ok(None),
                    Some(slot) => State::Recapture(CAPTURE, slot),
                },
                State::Recapture(capture, slot) => {
                    captured(capture, session)?;
                    State::Confirm(Ask::new(Verify(*slot)), *slot)
                }
                State::Confirm(confirm, slot) => {
                    let slot = *slot;
                    let slot = fits(confirm, session)?.ok_or(Fault::Unconfirmed(slot))?;
                    return Ok(Some(Match { slot, score: NO_SCORE }));
                }
            }
        }
    }
}

/// A finger that was there and is gone is a poor capture, not none.
fn captured(capture: &mut Ask<CaptureFinger>, session: &mut Session<'_>) -> nb::Result<(), Fault> {
    Ok(capture.poll(session)?.map_err(|_| Fault::Poor(Quality::Unclear))?)
}

/// Only a good answer names a slot; what a refusal holds never is one.
fn found(search: &mut Ask<Identify>, session: &mut Session<'_>) -> nb::Result<Option<Slot>, Fault> {
    match search.poll(session)? {
        Ok(slot) if session.check(slot).is_ok() => Ok(Some(slot)),
        Ok(_) => {
            session.close();
            Err(Fault::OutOfStep(Identify::CODE).into())
        }
        Err(nack) => Ok(missed::<Identify>(nack)?),
    }
}

fn fits(compare: &mut Ask<Verify>, session: &mut Session<'_>) -> nb::Result<Option<Slot>, Fault> {
    match compare.poll(session)? {
        Ok(()) => Ok(Some(compare.command.0)),
        Err(nack) => Ok(missed::<Verify>(nack)?),
    }
}

fn missed<C: Command>(nack: Nack) -> Result<Option<Slot>, Fault> {
    match nack {
        Nack::IdentifyFailed | Nack::VerifyFailed | Nack::NotUsed | Nack::Empty => Ok(None),
        Nack::BadFinger => Err(Fault::Poor(Quality::Unclear)),
        nack => Err(refused::<C>(nack)),
    }
}
