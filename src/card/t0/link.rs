use core::fmt;

use super::{Limits, Session, Timing};

/// What outlives an exchange on a byte line.
pub struct Link {
    pub(super) session: Session,
    pub(super) timing: Timing,
    pub(super) header: [u8; 5],
}

impl Link {
    /// No I/O.
    #[must_use]
    pub const fn new(timing: Timing, limits: Limits) -> Self {
        Self { session: Session::new(limits), timing, header: [0; 5] }
    }

    /// The session.
    #[must_use]
    pub const fn session(&self) -> &Session {
        &self.session
    }

    /// Whether an exchange was left half way.
    pub(in crate::card) const fn is_unsettled(&self) -> bool {
        self.session.unsettled
    }

    /// An exchange that was made never began: nothing of it was sent.
    pub(in crate::card) fn never_began(&mut self, unsettled: bool) {
        self.session.wipe();
        self.session.unsettled = unsettled;
    }

    /// Starts again after a reset of the card; `timing` is that of its ATR.
    pub fn reset(&mut self, timing: Timing) {
        self.session.reset();
        self.timing = timing;
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link")
            .field("session", &self.session)
            .field("timing", &self.timing)
            .finish_non_exhaustive()
    }
}
