use std::boxed::Box;
use std::fmt;
use std::string::String;
use std::vec::Vec;
use std::{format, vec};

use crate::port::Duration;
use crate::sim::card::{Application, Echo, T1Card};

/// A card of which the reader shows whole TPDUs of T=0: it sees to the
/// procedure bytes itself.
pub struct TpduCard {
    application: Box<dyn Application>,
    atr: Vec<u8>,
    /// Fetched with GET RESPONSE.
    ready: Vec<u8>,
    /// How many bytes it has ready at a time.
    at_once: usize,
    thinks: Duration,
    violations: Vec<String>,
}

/// A card of which the reader shows whole APDUs: it speaks the protocol itself.
pub struct ApduCard {
    application: Box<dyn Application>,
    atr: Vec<u8>,
    thinks: Duration,
}

/// Whatever is in the slot.
#[derive(Debug)]
pub enum Held {
    /// A card that speaks T=1.
    T1(T1Card),
    /// One that speaks T=0, as the reader shows it.
    Tpdu(TpduCard),
    /// One whose protocol the reader speaks.
    Apdu(ApduCard),
}

impl From<T1Card> for Held {
    fn from(card: T1Card) -> Self {
        Self::T1(card)
    }
}

impl From<TpduCard> for Held {
    fn from(card: TpduCard) -> Self {
        Self::Tpdu(card)
    }
}

impl From<ApduCard> for Held {
    fn from(card: ApduCard) -> Self {
        Self::Apdu(card)
    }
}

impl fmt::Debug for TpduCard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TpduCard").finish_non_exhaustive()
    }
}

impl fmt::Debug for ApduCard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApduCard").finish_non_exhaustive()
    }
}

impl TpduCard {
    /// A card with a plain ATR.
    pub fn new(application: impl Application + 'static) -> Self {
        Self {
            application: Box::new(application),
            // Direct convention, T=0 alone, "POS".
            atr: vec![0x3B, 0x63, 0x00, 0x00, b'P', b'O', b'S'],
            ready: Vec::new(),
            at_once: 256,
            thinks: Duration::from_millis(5),
            violations: Vec::new(),
        }
    }

    /// A card with the application [`Echo`].
    #[must_use]
    pub fn echo() -> Self {
        Self::new(Echo)
    }

    /// The ATR to give instead.
    #[must_use]
    pub fn with_atr(mut self, atr: &[u8]) -> Self {
        self.atr = atr.into();
        self
    }

    /// A card that gives a response in parts of so many bytes, 1 to 256.
    #[must_use]
    pub fn giving(mut self, at_once: usize) -> Self {
        self.at_once = at_once;
        self
    }

    /// What the host did that the standard forbids.
    #[must_use]
    pub fn violations(&self) -> &[String] {
        &self.violations
    }

    /// The response to a TPDU.
    fn hear(&mut self, tpdu: &[u8]) -> Vec<u8> {
        match tpdu {
            [_, 0xC0, 0x00, 0x00, le] => self.give(*le),
            [_, _, _, _, le] => {
                self.ready.clear();
                self.answer(tpdu, *le)
            }
            [_, _, _, _, lc, data @ ..] if data.len() == usize::from(*lc) => {
                self.ready = self.application.process(&[tpdu, &[0x00]].concat());
                // In a response without data the status word is all.
                match self.ready.len() {
                    2 => std::mem::take(&mut self.ready),
                    _ => self.more(),
                }
            }
            _ => {
                self.violations.push(format!("TPDU of {} bytes", tpdu.len()));
                vec![0x67, 0x00]
            }
        }
    }

    /// Data is in the response: as much as asked for, or how much there is.
    fn answer(&mut self, command: &[u8], le: u8) -> Vec<u8> {
        let response = self.application.process(command);
        let there = response.len().saturating_sub(2);
        if there == 0 || there == usize::from(le) || le == 0 && there == 256 {
            return response;
        }
        vec![0x6C, there.to_le_bytes()[0]]
    }

    fn more(&self) -> Vec<u8> {
        let there = self.ready.len().saturating_sub(2).min(self.at_once);
        vec![0x61, there.to_le_bytes()[0]]
    }

    fn give(&mut self, le: u8) -> Vec<u8> {
        let there = self.ready.len().saturating_sub(2).min(self.at_once);
        let wanted = if le == 0 { 256 } else { le.into() };
        if there == 0 {
            return vec![0x69, 0x85];
        }
        if wanted > there {
            return vec![0x6C, there.to_le_bytes()[0]];
        }
        let mut part: Vec<u8> = self.ready.drain(..wanted).collect();
        part.extend(if self.ready.len() == 2 {
            std::mem::take(&mut self.ready)
        } else {
            self.more()
        });
        part
    }
}

impl ApduCard {
    /// A card with a plain ATR of T=1.
    pub fn new(application: impl Application + 'static) -> Self {
        let atr = vec![0x3B, 0x83, 0x01, b'P', b'O', b'S', 0x83 ^ 0x01 ^ b'P' ^ b'O' ^ b'S'];
        Self { application: Box::new(application), atr, thinks: Duration::from_millis(5) }
    }

    /// A card with the application [`Echo`].
    #[must_use]
    pub fn echo() -> Self {
        Self::new(Echo)
    }

    /// The ATR to give instead.
    #[must_use]
    pub fn with_atr(mut self, atr: &[u8]) -> Self {
        self.atr = atr.into();
        self
    }
}

impl Held {
    pub(super) fn reset(&mut self) -> Vec<u8> {
        match self {
            Self::T1(card) => card.reset(),
            Self::Tpdu(card) => {
                card.application.reset();
                card.ready.clear();
                card.atr.clone()
            }
            Self::Apdu(card) => {
                card.application.reset();
                card.atr.clone()
            }
        }
    }

    /// What it answers to what the reader is handed; empty for silence.
    pub(super) fn hear(&mut self, data: &[u8]) -> Vec<u8> {
        match self {
            Self::T1(card) => card.hear(data),
            Self::Tpdu(card) => card.hear(data),
            Self::Apdu(card) => card.application.process(data),
        }
    }

    pub(super) fn thinks(&self) -> Duration {
        match self {
            Self::T1(card) => card.thinks(),
            Self::Tpdu(TpduCard { thinks, .. }) | Self::Apdu(ApduCard { thinks, .. }) => *thinks,
        }
    }

    /// What the host did to it.
    pub(super) fn violations(&self) -> &[String] {
        match self {
            Self::T1(card) => card.violations(),
            Self::Tpdu(card) => card.violations(),
            Self::Apdu(_) => &[],
        }
    }
}
