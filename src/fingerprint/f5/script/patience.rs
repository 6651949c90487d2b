use crate::fingerprint::f5::fault::Fault;
use crate::fingerprint::f5::session::Session;
use crate::port::Instant;

/// Whose time it is when a person is waited for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::fingerprint::f5) enum Patience {
    /// The driver's: it ends as the timing table says.
    Timed,
    /// The caller's, who polls as long as there is any.
    Endless,
}

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
        let end = match self.patience {
            Patience::Timed => session.now() + length,
            Patience::Endless => Instant::FAR_FUTURE,
        };
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
