use crate::fingerprint::script::Waiting;
use crate::fingerprint::sfm::code::Code;
use crate::fingerprint::sfm::command::{self, Request};
use crate::fingerprint::sfm::fault::Fault;
use crate::fingerprint::sfm::packet::Packet;
use crate::fingerprint::sfm::session::Session;
use crate::fingerprint::{Match, Quality};

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
    waiting.begin(session.now(), session.config().timing.finger);
    loop {
        let reply = session.ask(request)?;
        match Code::from(reply.flag) {
            Code::TimeOut => waiting.again(session.now(), Fault::NoFinger)?,
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
