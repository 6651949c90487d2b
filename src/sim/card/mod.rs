//! Simulated cards and card readers.

pub(super) mod applet;

pub use applet::{CardApplication, EmvApplet, Layout, Misbehaviour, Personalisation};

use std::vec::Vec;

/// What a simulated card computes: the application behind its protocol.
pub trait Application: Send {
    /// The card was reset: forget the session, keep the memory.
    fn reset(&mut self);

    /// The response APDU to a command APDU; it ends with the status word.
    fn process(&mut self, command: &[u8]) -> Vec<u8>;
}
