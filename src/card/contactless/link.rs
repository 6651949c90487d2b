use core::fmt;

use crate::port::Instant;

use super::Config;
use super::front_end::{Abilities, Frame};
use super::identity::Identity;
use super::iso_dep::Session;

/// What the driver remembers between conversations.
pub struct Link<F> {
    pub(super) front_end: F,
    pub(super) frame: Frame,
    pub(super) core: Core,
}

impl<F> Link<F> {
    pub(super) const fn new(front_end: F, config: Config) -> Self {
        Self { front_end, frame: Frame::new(), core: Core::new(config) }
    }
}

impl<F> fmt::Debug for Link<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link").field("core", &self.core).finish_non_exhaustive()
    }
}

/// What of it has nothing to do with the chip.
#[derive(Debug)]
pub struct Core {
    pub(super) config: Config,
    pub(super) abilities: Abilities,
    pub(super) session: Session,
    pub(super) identity: Identity,
    /// A card is active.
    pub(super) active: bool,
    /// The front end is initialised.
    pub(super) ready: bool,
    /// A conversation was begun and did not end.
    pub(super) open: bool,
    /// An answer to a frame of it may come until then.
    pub(super) owed: Instant,
    pub(super) field: bool,
    /// A card was seen, and how often since then none was.
    pub(super) present: bool,
    pub(super) misses: u8,
    /// When to look into the field next.
    pub(super) look_at: Instant,
}

impl Core {
    const fn new(config: Config) -> Self {
        Self {
            session: Session::new(config.limits),
            config,
            abilities: Abilities::DEFAULT,
            identity: Identity::new(),
            active: false,
            ready: false,
            open: false,
            owed: Instant::ZERO,
            field: false,
            present: false,
            misses: 0,
            look_at: Instant::ZERO,
        }
    }

    /// The card is gone, or takes no command any more.
    pub(super) fn lost(&mut self) {
        self.active = false;
        self.identity.clear();
        self.session.wipe();
    }

    /// The front end begins anew, without a field.
    pub(super) fn restart(&mut self) {
        self.lost();
        (self.ready, self.field) = (false, false);
    }
}
