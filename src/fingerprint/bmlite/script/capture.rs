use crate::fingerprint::bmlite::command::Request;
use crate::fingerprint::bmlite::fault::Fault;
use crate::fingerprint::bmlite::outcome::Outcome;
use crate::fingerprint::bmlite::session::Session;
use crate::fingerprint::script::Waiting;
use crate::fingerprint::{Match, Quality};
use crate::port::Duration;

/// Waits for a finger, and takes its image: the module waits a second, and is
/// asked again.
pub(super) fn capture(session: &mut Session<'_>, waiting: &mut Waiting) -> nb::Result<(), Fault> {
    let length = session.config().timing.finger;
    wait(session, waiting, &Request::capture(), length, Fault::NoFinger)
}

/// Waits until the finger is lifted.
pub(super) fn lifted(session: &mut Session<'_>, waiting: &mut Waiting) -> nb::Result<(), Fault> {
    let length = session.config().timing.lift;
    wait(session, waiting, &Request::lifted(), length, Fault::NotLifted)
}

fn wait(
    session: &mut Session<'_>,
    waiting: &mut Waiting,
    request: &Request,
    length: Duration,
    late: Fault,
) -> nb::Result<(), Fault> {
    waiting.begin(session.now(), length);
    loop {
        match session.ask(request)?.outcome {
            Outcome::Ok => return Ok(()),
            Outcome::Timeout => waiting.again(session.now(), late)?,
            outcome if outcome.is_poor() => return Err(Fault::Poor(Quality::Unclear).into()),
            outcome => return Err(Fault::Refused(request.command(), outcome).into()),
        }
    }
}

/// One capture and its search, from the image on.
#[derive(Clone, Copy, Debug)]
pub(super) enum Looking {
    Capture,
    Extract,
    Search,
}

impl Looking {
    /// Waits for a finger and searches it in the storage.
    pub(super) fn poll(
        &mut self,
        session: &mut Session<'_>,
        waiting: &mut Waiting,
    ) -> nb::Result<Option<Match>, Fault> {
        loop {
            match self {
                Self::Capture => {
                    capture(session, waiting)?;
                    *self = Self::Extract;
                }
                Self::Extract => {
                    session.demand(&Request::extract())?;
                    *self = Self::Search;
                }
                Self::Search => {
                    let found = search(session)?;
                    *self = Self::Capture;
                    return Ok(found);
                }
            }
        }
    }
}

/// Whom the extracted features are of; in an empty storage, of nobody.
fn search(session: &mut Session<'_>) -> nb::Result<Option<Match>, Fault> {
    let request = Request::identify();
    let answer = session.ask(&request)?;
    match (answer.outcome, answer.matched, answer.slot) {
        (Outcome::Ok, Some(true), Some(slot)) => Ok(Some(Match { slot, score: 0 })),
        (Outcome::Ok, Some(false), _) | (Outcome::MissingTemplate, None | Some(false), _) => {
            Ok(None)
        }
        (Outcome::Ok | Outcome::MissingTemplate, ..) => Err(session.out_of_step(&request)),
        (outcome, ..) => Err(Fault::Refused(request.command(), outcome).into()),
    }
}
