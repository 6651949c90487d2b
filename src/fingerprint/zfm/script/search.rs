use super::{refused, seal};
use crate::fingerprint::zfm::command::{Command, Hit, Search};
use crate::fingerprint::zfm::confirmation::Confirmation;
use crate::fingerprint::zfm::fault::Fault;
use crate::fingerprint::zfm::session::Session;
use crate::fingerprint::{Match, Slot};

/// The buffer that is searched for.
const BUFFER: u8 = 1;

/// A search whose hit counts only when a second one, of the slot it named,
/// hits too.
///
/// Between the two stands a command whose answer has another length, so each
/// hit belongs to its own search.
#[derive(Clone, Copy, Debug)]
pub(super) enum Searching {
    First,
    Seal(Hit),
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
                Self::First => match found(session, start, count)? {
                    None => return Ok(None),
                    Some(hit) => *self = Self::Seal(hit),
                },
                Self::Seal(hit) => {
                    seal::<Search>(session)?;
                    *self = Self::Second(hit);
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
        Err(code) => Err(refused::<Search>(code).into()),
    }
}

/// A module that does not stand by its hit was not understood.
fn confirm(session: &mut Session<'_>, hit: Hit) -> nb::Result<Match, Fault> {
    match found(session, hit.page, 1)? {
        Some(again) if again == hit => Ok(Match { slot: Slot(hit.page), score: hit.score }),
        _ => {
            session.link().close();
            Err(Fault::OutOfStep(Search::OPCODE).into())
        }
    }
}
