use core::mem;

use super::config::{Config, Password};
use super::fault::Fault;

/// A setting that host and module must have alike.
#[derive(Clone, Debug)]
pub(super) enum Setting {
    Password(Password),
    Address(u32),
    /// Bits a second.
    Baud(u32),
}

/// Of a setting that was changed, either the old or the new value is in force.
/// One is in the configuration; this is the other.
#[derive(Clone, Debug)]
pub(super) struct Doubt {
    other: Setting,
    /// How often the two may still change places.
    left: u8,
}

/// Both are tried, and the first once more.
const SWAPS: u8 = 2;

impl Doubt {
    pub(super) const fn new(other: Setting) -> Self {
        Self { other, left: SWAPS }
    }

    pub(super) const fn is_of_password(&self) -> bool {
        matches!(self.other, Setting::Password(_))
    }

    /// Another conversation, other tries.
    pub(super) fn renew(&mut self) {
        self.left = SWAPS;
    }

    /// Whether a session that could not be opened for this fault may be opened
    /// with the other value.
    pub(super) fn explains(&self, fault: Fault) -> bool {
        self.left > 0
            && match self.other {
                Setting::Password(_) => matches!(fault, Fault::Password),
                Setting::Address(_) | Setting::Baud(_) => fault.is_line(),
            }
    }

    /// The two change places; whether the line has to be set.
    pub(super) fn swap(&mut self, config: &mut Config, baud: &mut u32) -> bool {
        self.left = self.left.saturating_sub(1);
        match &mut self.other {
            Setting::Password(other) => mem::swap(other, &mut config.password),
            Setting::Address(other) => mem::swap(other, &mut config.address),
            Setting::Baud(other) => mem::swap(other, baud),
        }
        matches!(self.other, Setting::Baud(_))
    }
}
