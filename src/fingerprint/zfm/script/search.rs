use crate::fingerprint::zfm::command::{Command, Hit, Search};
use crate::fingerprint::zfm::confirmation::Confirmation;
use crate::fingerprint::zfm::fault::Fault;
use crate::fingerprint::zfm::session::Session;
use crate::fingerprint::{Match, Slot};

/// The buffer that is searched for.
const BUFFER: u8 = 1;

/// A search whose answer counts only when one of another length has come
/// behind it, and a hit only when a second search, of the slot it named, hits
/// too: so each hit belongs to its own search.
#[derive(Clone, Copy, Debug)]
pub(super) enum Searching {
    First,
    Seal(Option<Hit>),
    Second(Hit),
}

impl Searching {
    /// What matches, of `count` templates from `start`.
    pub(super) fn poll(
        &mut self,
        session: &mut Session<'_>,
        start: u16,
        count: u16,
    ) -> nb::Result<Option<Match>, Fault> {
        loop {
            match *self {
                Self::First => *self = Self::Seal(found(session, start, count)?),
                Self::Seal(hit) => {
                    session.seal::<Search>()?;
                    match hit {
                        None => return Ok(None),
                        Some(hit) => *self = Self::Second(hit),
                    }
                }
                Self::Second(hit) => return confirm(session, hit).map(Some),
            }
        }
    }
}

fn found(session: &mut Session<'_>, start: u16, count: u16) -> nb::Result<Option<Hit>, Fault> {
    match session.ask(&Search { buffer: BUFFER, start, count })? {
        Ok(hit) => Ok(Some(hit)),
        Err(Confirmation::NotFound | Confirmation::LibraryEmpty) => Ok(None),
        Err(code) => Err(Fault::Refused(Search::OPCODE, code).into()),
    }
}

/// The same slot has to hit, not with the same score: that is of the matching,
/// which may look closer at one template than at many, and to ask for it would
/// add nothing. What tells the two answers apart is the seal between them, and
/// noise that makes up a second hit has to name this slot.
fn confirm(session: &mut Session<'_>, hit: Hit) -> nb::Result<Match, Fault> {
    match found(session, hit.page, 1)? {
        Some(again) => Ok(Match { slot: Slot(hit.page), score: hit.score.min(again.score) }),
        // A module that does not stand by its hit was not understood.
        None => {
            session.close();
            Err(Fault::OutOfStep(Search::OPCODE).into())
        }
    }
}
