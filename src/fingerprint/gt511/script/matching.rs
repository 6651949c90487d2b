use crate::fingerprint::gt511::command::{CaptureFinger, Command, Identify, Request, Verify};
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
    Capture,
    Compare,
    /// It is this one; once more.
    Recapture(Slot),
    Confirm(Slot),
}

impl Matching {
    /// Searches all, or compares with one.
    pub(super) const fn new(slot: Option<Slot>) -> Self {
        Self { slot, state: State::Capture }
    }

    pub(super) fn poll(&mut self, session: &mut Session<'_>) -> nb::Result<Option<Match>, Fault> {
        loop {
            self.state = match self.state {
                State::Capture => {
                    capture(session)?;
                    State::Compare
                }
                State::Compare => {
                    let hit = match self.slot {
                        None => search(session)?,
                        Some(slot) => compare(session, slot)?,
                    };
                    match hit {
                        None => return Ok(None),
                        Some(slot) => State::Recapture(slot),
                    }
                }
                State::Recapture(slot) => {
                    capture(session)?;
                    State::Confirm(slot)
                }
                State::Confirm(slot) => {
                    let slot = compare(session, slot)?.ok_or(Fault::Unconfirmed(slot))?;
                    return Ok(Some(Match { slot, score: NO_SCORE }));
                }
            }
        }
    }
}

/// A finger that was there and is gone is a poor capture, not none.
fn capture(session: &mut Session<'_>) -> nb::Result<(), Fault> {
    let captured = session.ask(&CaptureFinger { best: false }.request())?;
    Ok(captured.map(drop).map_err(|_| Fault::Poor(Quality::Unclear))?)
}

/// Only a good answer names a slot; what a refusal holds never is one.
fn search(session: &mut Session<'_>) -> nb::Result<Option<Slot>, Fault> {
    let search = Identify.request();
    match session.ask(&search)?.map(u16::try_from) {
        Ok(Ok(slot)) if session.check(Slot(slot)).is_ok() => Ok(Some(Slot(slot))),
        Ok(_) => {
            session.close();
            Err(search.out_of_step().into())
        }
        Err(nack) => Ok(missed(&search, nack)?),
    }
}

fn compare(session: &mut Session<'_>, slot: Slot) -> nb::Result<Option<Slot>, Fault> {
    let verify = Verify(slot).request();
    match session.ask(&verify)? {
        Ok(_) => Ok(Some(slot)),
        Err(nack) => Ok(missed(&verify, nack)?),
    }
}

fn missed(request: &Request, nack: Nack) -> Result<Option<Slot>, Fault> {
    match nack {
        Nack::IdentifyFailed | Nack::VerifyFailed | Nack::NotUsed | Nack::Empty => Ok(None),
        Nack::BadFinger => Err(Fault::Poor(Quality::Unclear)),
        nack => Err(request.refused(nack)),
    }
}
