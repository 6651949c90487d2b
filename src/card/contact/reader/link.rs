use core::fmt;

use crate::card::{Atr, t0, t1};
use crate::port::Instant;

use super::Config;

/// The protocol that was agreed on, and what it remembers. The card speaks one
/// at a time, so they share the room.
#[allow(clippy::large_enum_variant, reason = "there is one of it, and no allocator")]
pub(super) enum Protocol {
    None,
    T0(t0::Link),
    T1(t1::Link),
}

/// What the driver remembers between conversations.
pub struct Link {
    pub(super) config: Config,
    pub(super) protocol: Protocol,
    pub(super) atr: Option<Atr>,
    /// The card must be without power until then.
    pub(super) rest_until: Instant,
    /// When to look at the slot next.
    pub(super) look_at: Instant,
    /// A command was made that has not begun yet: whether the protocol was left
    /// half way before it.
    pub(super) unbegun: Option<bool>,
}

impl Link {
    pub(super) const fn new(config: Config) -> Self {
        Self {
            config,
            protocol: Protocol::None,
            atr: None,
            rest_until: Instant::ZERO,
            look_at: Instant::ZERO,
            unbegun: None,
        }
    }

    /// The card is gone, or has no power any more.
    pub(super) fn deactivated(&mut self) {
        self.atr = None;
        self.protocol = Protocol::None;
        self.unbegun = None;
    }

    /// A command is about to be made. One that never began, because the I/O line
    /// was another's or the slot failed, has not left the card half way.
    pub(super) fn command_made(&mut self) {
        let before = self.unbegun.take();
        self.unbegun = match &mut self.protocol {
            Protocol::None => None,
            Protocol::T0(link) => {
                before.into_iter().for_each(|unsettled| link.never_began(unsettled));
                Some(link.is_unsettled())
            }
            Protocol::T1(link) => {
                before.into_iter().for_each(|unsettled| link.never_began(unsettled));
                Some(link.is_unsettled())
            }
        };
    }

    pub(super) fn response(&self) -> &[u8] {
        match &self.protocol {
            Protocol::None => &[],
            Protocol::T0(link) => link.session().response(),
            Protocol::T1(link) => link.session().response(),
        }
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link")
            .field("config", &self.config)
            .field("atr", &self.atr)
            .finish_non_exhaustive()
    }
}
