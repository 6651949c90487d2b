use super::fault::Fault;
use super::io::{HeadSense, IoFault};
use crate::port::{Duration, Instant};
use crate::printer::Status;

/// How long a switch bounces, and a hole in the paper passes.
const BOUNCE: Duration = Duration::from_millis(20);

/// Paper and platen: heat stops at once when one of them is missing, and goes
/// on when both were there for a while.
#[derive(Debug)]
pub(super) struct Watch {
    /// Since when something is missing, and when it was last.
    missing: Option<(Instant, Instant)>,
}

impl Watch {
    pub(super) const fn new() -> Self {
        Self { missing: None }
    }

    /// What is missing now.
    pub(super) fn look(sense: &mut impl HeadSense) -> Result<Status, IoFault> {
        let mut status = Status::empty();
        status.set(Status::PAPER_OUT, !sense.paper()?);
        status.set(Status::COVER_OPEN, !sense.platen()?);
        Ok(status)
    }

    /// Whether there is paper under a closed platen.
    ///
    /// # Errors
    /// Something is missing, and was for longer than a switch bounces.
    pub(super) fn poll(&mut self, sense: &mut impl HeadSense, now: Instant) -> Result<bool, Fault> {
        let status = Self::look(sense)?;
        let (since, last) = self.missing.unwrap_or((now, now));
        if status.is_empty() {
            if now >= last + BOUNCE {
                self.missing = None;
            }
            return Ok(self.missing.is_none());
        }
        self.missing = Some((since, now));
        if now >= since + BOUNCE {
            self.missing = None;
            return Err(Fault::Stopped(Status::ONLINE | status));
        }
        Ok(false)
    }
}
