//! A contactless card, from its side alone.

mod select;

use std::boxed::Box;
use std::fmt;
use std::string::String;
use std::vec::Vec;

use crate::card::contactless::Technology;
use crate::port::{Duration, Instant};

use super::{Application, Picc, Signal};
use select::State;

/// A contactless card (ISO/IEC 14443-3 and -4) over an [`Application`],
/// written from the card's side alone.
///
/// It keeps a list of what the reader did wrong:
/// [`violations`](Self::violations).
pub struct IsoDepCard {
    application: Box<dyn Application>,
    technology: Technology,
    uid: Vec<u8>,
    atqa: [u8; 2],
    sak: u8,
    ats: Vec<u8>,
    state: State,
    /// It was halted: only WUPA wakes it.
    halted: bool,
    /// How many cascade levels are selected.
    level: usize,
    thinks: Duration,
    violations: Vec<String>,
}

impl fmt::Debug for IsoDepCard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IsoDepCard")
            .field("technology", &self.technology)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

impl IsoDepCard {
    /// A card of type A with a UID of four bytes.
    pub fn type_a(application: impl Application + 'static) -> Self {
        Self {
            application: Box::new(application),
            technology: Technology::A,
            uid: [0x12, 0x34, 0x56, 0x78].into(),
            atqa: [0x04, 0x00],
            sak: 0x20,
            // FSCI 8, TA 00, TB: FWI 8, SFGI 0, TC: CID; "POS".
            ats: [0x08, 0x78, 0x00, 0x80, 0x02, b'P', b'O', b'S'].into(),
            state: State::Off,
            halted: false,
            level: 0,
            thinks: Duration::from_millis(2),
            violations: Vec::new(),
        }
    }

    /// Another UID: 4, 7 or 10 bytes. ATQA says so.
    #[must_use]
    pub fn with_uid(mut self, uid: &[u8]) -> Self {
        self.uid = uid.into();
        self.atqa = match uid.len() {
            7 => [0x44, 0x00],
            10 => [0x84, 0x00],
            _ => [0x04, 0x00],
        };
        self
    }

    /// What the reader did that the standard forbids.
    #[must_use]
    pub fn violations(&self) -> &[String] {
        &self.violations
    }
}

impl Picc for IsoDepCard {
    fn field(&mut self, on: bool, _: Instant) {
        self.application.reset();
        self.state = if on { State::Idle } else { State::Off };
        self.halted = false;
    }

    fn hear(&mut self, signal: &Signal, _: Instant) -> Option<(Duration, Signal)> {
        self.select(signal)
    }
}
