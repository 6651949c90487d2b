use crate::fingerprint::sfm::code::Code;
use crate::fingerprint::sfm::command::{self, Request};
use crate::fingerprint::sfm::fault::Fault;
use crate::fingerprint::sfm::packet::Packet;
use crate::fingerprint::sfm::session::Session;
use crate::fingerprint::{Match, Quality};
use crate::port::{Duration, Instant};

/// Whose time it is when a person is waited for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::fingerprint::sfm) enum Patience {
    /// The driver's: it ends as the timing table says.
    Timed,
    /// The caller's, who polls as long as there is any.
    Endless,
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

    /// Another second, or the fault if there is no time left.
    pub(super) fn again(
        &mut self,
        now: Instant,
        length: Duration,
        late: Fault,
    ) -> Result<(), Fault> {
        let end = match self.patience {
            Patience::Timed => now + length,
            Patience::Endless => Instant::FAR_FUTURE,
        };
        if now >= *self.end.get_or_insert(end) { Err(late) } else { Ok(()) }
    }
}

/// What a good capture came to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Hit {
    pub(super) found: Match,
    pub(super) duress: bool,
}

/// Waits for a finger and has it searched or compared. `None`: no match.
pub(super) fn scan(
    session: &mut Session<'_>,
    request: &Request,
    waiting: &mut Waiting,
) -> nb::Result<Option<Hit>, Fault> {
    loop {
        let reply = session.ask(request)?;
        match Code::from(reply.flag) {
            Code::TimeOut => {
                let length = session.config().timing.finger;
                waiting.again(session.now(), length, Fault::NoFinger)?;
            }
            Code::Success => return hit(&reply, false).map(Some),
            Code::DuressFinger => return hit(&reply, true).map(Some),
            Code::NotFound | Code::NotMatch => return Ok(None),
            code => return Err(capture(request, code).into()),
        }
    }
}

fn hit(reply: &Packet, duress: bool) -> nb::Result<Hit, Fault> {
    let slot = command::slot(reply.param).ok_or(Fault::User(reply.param))?;
    Ok(Hit { found: Match { slot, score: 0 }, duress })
}

/// What went wrong with a capture.
pub(super) fn capture(request: &Request, code: Code) -> Fault {
    match code {
        Code::ScanFail | Code::MatchTimeOut => Fault::Poor(Quality::Unclear),
        Code::TryAgain => Fault::Poor(Quality::Sparse),
        Code::FakeDetected => Fault::Fake,
        code => Fault::Refused(request.command, code),
    }
}
