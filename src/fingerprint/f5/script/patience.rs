use crate::fingerprint::f5::fault::Fault;
use crate::fingerprint::f5::session::Session;
use crate::fingerprint::script::Patience;
use crate::port::Instant;

/// How long a person is still waited for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Waiting {
    patience: Patience,
    end: Option<Instant>,
}

impl Waiting {
    pub(super) const fn new(patience: Patience) -> Self {
        Self { patience, end: None }
    }

    /// The wait begins, unless it has.
    pub(super) fn begin(&mut self, session: &Session<'_>) {
        let length = session.config().timing.finger;
        let end = self.patience.end(session.now(), length);
        self.end.get_or_insert(end);
    }

    /// Nobody came yet: whether there is time left.
    pub(super) fn again(&self, session: &Session<'_>, late: Fault) -> Result<(), Fault> {
        match self.end {
            Some(end) if session.now() >= end => Err(late),
            _ => Ok(()),
        }
    }
}
