use crate::fingerprint::bmlite::command::{Outcome, Request};
use crate::fingerprint::bmlite::fault::Fault;
use crate::fingerprint::bmlite::session::Session;
use crate::fingerprint::{Match, Quality};
use crate::port::{Duration, Instant};

/// Whose time it is when a person is waited for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::fingerprint::bmlite) enum Patience {
    /// The driver's: it ends as the timing table says.
    Timed,
    /// The caller's, who polls as long as there is any.
    Endless,
    /// Nobody's: the finger is there or it is not.
    Once,
}

/// How long a person is waited for: the module waits a second, and is asked
/// again.
#[derive(Clone, Copy, Debug)]
pub(super) struct Waiting {
    patience: Patience,
    end: Option<Instant>,
}

impl Waiting {
    pub(super) const fn new(patience: Patience) -> Self {
        Self { patience, end: None }
    }

    /// Begins anew.
    pub(super) fn renew(&mut self) {
        self.end = None;
    }

    /// Waits for a finger, and takes its image.
    pub(super) fn finger(&mut self, session: &mut Session<'_>) -> nb::Result<(), Fault> {
        let length = session.config().timing.finger;
        self.until(session, &Request::capture(), length, Fault::NoFinger)
    }

    /// Waits until the finger is lifted.
    pub(super) fn lifted(&mut self, session: &mut Session<'_>) -> nb::Result<(), Fault> {
        let length = session.config().timing.lift;
        self.until(session, &Request::lifted(), length, Fault::NotLifted)
    }

    fn until(
        &mut self,
        session: &mut Session<'_>,
        request: &Request,
        length: Duration,
        late: Fault,
    ) -> nb::Result<(), Fault> {
        loop {
            match session.ask(request)?.outcome {
                Outcome::OK => return Ok(()),
                Outcome::TIMEOUT => self.again(session.now(), length, late)?,
                outcome if outcome.is_poor() => {
                    return Err(Fault::Poor(Quality::Unclear).into());
                }
                outcome => return Err(Fault::Refused(request.command(), outcome).into()),
            }
        }
    }

    /// Another second, or the fault if there is no time left.
    fn again(&mut self, now: Instant, length: Duration, late: Fault) -> Result<(), Fault> {
        let end = match self.patience {
            Patience::Timed => now + length,
            Patience::Endless => Instant::FAR_FUTURE,
            Patience::Once => now,
        };
        if now >= *self.end.get_or_insert(end) { Err(late) } else { Ok(()) }
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
                    waiting.finger(session)?;
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
        (Outcome::OK, Some(true), Some(slot)) => Ok(Some(Match { slot, score: 0 })),
        (Outcome::OK, Some(false), _) | (Outcome::MISSING_TEMPLATE, None | Some(false), _) => {
            Ok(None)
        }
        (Outcome::OK | Outcome::MISSING_TEMPLATE, ..) => Err(session.out_of_step(&request)),
        (outcome, ..) => Err(Fault::Refused(request.command(), outcome).into()),
    }
}
