use crate::fingerprint::Quality;
use crate::fingerprint::script::Patience;
use crate::fingerprint::zfm::command::{Command, GenImg, Img2Tz};
use crate::fingerprint::zfm::confirmation::Confirmation;
use crate::fingerprint::zfm::fault::Fault;
use crate::fingerprint::zfm::session::Session;
use crate::port::Instant;

/// Looks in a row that may give no image: two seconds on an R503, whose image
/// takes about as long as the pause between two looks.
const UNCLEAR: u8 = 16;

/// Waits until a finger is there, or is not.
#[derive(Clone, Copy, Debug)]
pub(super) struct Presence {
    wanted: Wanted,
    patience: Patience,
    end: Option<Instant>,
    next: Option<Instant>,
    /// Looks in a row that gave no image.
    unclear: u8,
    /// Since when it is so, if that answer was to this look.
    seen: Option<Instant>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Wanted {
    Finger,
    NoFinger,
}

impl Presence {
    /// Waits for a finger; its image is then in the module.
    pub(super) const fn finger(patience: Patience) -> Self {
        Self { wanted: Wanted::Finger, patience, end: None, next: None, unclear: 0, seen: None }
    }

    /// Waits until the finger is lifted.
    pub(super) const fn no_finger(patience: Patience) -> Self {
        Self { wanted: Wanted::NoFinger, patience, end: None, next: None, unclear: 0, seen: None }
    }

    /// `WouldBlock` until it is so.
    pub(super) fn poll(&mut self, session: &mut Session<'_>) -> nb::Result<(), Fault> {
        while self.seen.is_none() {
            if let Some(next) = self.next {
                session.wait_until(next)?;
                self.next = None;
            }
            let seen = match session.ask(&GenImg)? {
                Ok(()) => Wanted::Finger,
                Err(Confirmation::NoFinger) => Wanted::NoFinger,
                Err(
                    code
                    @ (Confirmation::ImageFailed | Confirmation::TooDry | Confirmation::TooWet),
                ) => {
                    self.unclear(code)?;
                    self.again(session)?;
                    continue;
                }
                Err(code) => return Err(Fault::Refused(GenImg::OPCODE, code).into()),
            };
            self.unclear = 0;
            if seen == self.wanted {
                self.seen = Some(session.now());
            } else {
                self.again(session)?;
            }
        }
        // Else a second answer to the look before could stand for the features
        // that are extracted next, and those of the finger before be searched.
        session.seal::<GenImg>()
    }

    /// Whether the image is still of the finger that is there, as far as anybody
    /// can tell: a caller who polls may have been away meanwhile.
    pub(super) fn is_fresh(&self, session: &Session<'_>) -> bool {
        self.seen.is_none_or(|seen| session.now() <= seen + session.config().timing.match_time())
    }

    /// A finger on its way down or up; one that stays like that is a poor
    /// capture.
    fn unclear(&mut self, code: Confirmation) -> Result<(), Fault> {
        self.unclear = self.unclear.saturating_add(1);
        if self.wanted == Wanted::Finger && self.unclear > UNCLEAR {
            return Err(Fault::Poor(Img2Tz::quality(code).unwrap_or(Quality::Unclear)));
        }
        Ok(())
    }

    /// The same wait, from a new look on.
    pub(super) fn renew(&mut self) {
        self.seen = None;
    }

    /// Another look later, if there is time.
    fn again(&mut self, session: &Session<'_>) -> Result<(), Fault> {
        let (timing, now) = (&session.config().timing, session.now());
        let (length, late) = match self.wanted {
            Wanted::Finger => (timing.finger, Fault::NoFinger),
            Wanted::NoFinger => (timing.lift, Fault::NotLifted),
        };
        let end = *self.end.get_or_insert(self.patience.end(now, length));
        if now >= end {
            return Err(late);
        }
        self.next = Some(now + timing.poll);
        Ok(())
    }
}
