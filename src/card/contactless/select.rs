use super::config::Several;
use super::fault::{Fault, Kinds};
use super::front_end::{Frame, Heard};
use super::identity::Identity;

/// Bytes of a cascade level: four of the UID, one to check them.
const LEVEL: usize = 5;
const CASCADE_TAG: u8 = 0x88;
/// SAK: the UID is not complete.
const CASCADE: u8 = 0x04;
/// SAK: the card speaks ISO/IEC 14443-4.
const ISO_DEP: u8 = 0x20;

/// How selection goes on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Selection {
    /// With the next frame.
    Next,
    /// The frame is to be sent again.
    Again,
    /// The card is selected.
    Selected,
}

/// Anticollision and selection of type A (ISO/IEC 14443-3:2011, 6.5), one
/// cascade level after the other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Select {
    level: u8,
    /// What is known of the bytes of this level, and how many bits.
    known: [u8; LEVEL],
    bits: u16,
}

impl Select {
    pub(super) const NEW: Self = Self { level: 0, known: [0; LEVEL], bits: 0 };
    /// So many bits are in a level.
    const ALL: u16 = 40;

    /// Prepares ANTICOLLISION, or SELECT when all bits are known.
    pub(super) fn ask(&self, frame: &mut Frame) {
        let [nvb, ..] = (0x20 + ((self.bits / 8) << 4) + self.bits % 8).to_le_bytes();
        let [a, b, c, d, check] = self.known;
        let bytes = [0x93 + 2 * self.level, nvb, a, b, c, d, check];
        match self.bits {
            Self::ALL => frame.send(&bytes, true),
            bits => frame.send_bits(&bytes, 16 + bits, true),
        }
    }

    /// What came in answer to it.
    pub(super) fn heard(
        &mut self,
        identity: &mut Identity,
        frame: &Frame,
        heard: Heard,
        several: Several,
    ) -> Result<Selection, Fault> {
        match (self.bits, heard, frame.bytes()) {
            (Self::ALL, Heard::Frame, [sak]) => self.selected(identity, *sak),
            (Self::ALL, ..) => Ok(Selection::Again),
            (_, Heard::Frame, bytes) => Ok(self.uid(bytes)),
            (_, Heard::Collision { .. }, _) if several == Several::Refuse => {
                Err(Fault::SeveralCards(Kinds { a: true, b: false }))
            }
            (_, Heard::Collision { bit }, bytes) => Ok(self.collided(bit, bytes)),
            _ => Ok(Selection::Again),
        }
    }

    /// The rest of the level came.
    fn uid(&mut self, bytes: &[u8]) -> Selection {
        let known = self.known;
        self.learn(bytes, Self::ALL);
        let sum = self.known.iter().fold(0, |sum, byte| sum ^ byte);
        if bytes.len() != LEVEL - usize::from(self.bits / 8) || sum != 0 {
            self.known = known;
            return Selection::Again;
        }
        self.bits = Self::ALL;
        Selection::Next
    }

    /// Cards differ at this bit: goes on with those that have a 1 there.
    fn collided(&mut self, bit: u16, bytes: &[u8]) -> Selection {
        let at = self.bits / 8 * 8 + bit;
        // The check byte cannot differ where nothing before it does.
        if !(self.bits..Self::ALL - 8).contains(&at) {
            return Selection::Again;
        }
        self.learn(bytes, at);
        if let Some(byte) = self.known.get_mut(usize::from(at / 8)) {
            *byte |= 1 << (at % 8);
        }
        self.bits = at + 1;
        Selection::Next
    }

    /// Takes over the bits from the first unknown one to the one before `end`.
    fn learn(&mut self, bytes: &[u8], end: u16) {
        let first = usize::from(self.bits / 8);
        for at in self.bits..end {
            let byte = usize::from(at / 8);
            let from = bytes.get(byte - first).copied().unwrap_or(0);
            if let Some(to) = self.known.get_mut(byte) {
                *to = *to & !(1 << (at % 8)) | from & 1 << (at % 8);
            }
        }
    }

    fn selected(&mut self, identity: &mut Identity, sak: u8) -> Result<Selection, Fault> {
        let [first, b, c, d, _] = self.known;
        let fits = match sak & CASCADE {
            0 => identity.append(&[first, b, c, d]),
            _ => first == CASCADE_TAG && self.level < 2 && identity.append(&[b, c, d]),
        };
        identity.sak = sak;
        match (fits, sak & (CASCADE | ISO_DEP)) {
            (false, _) => Err(Fault::Uid),
            (true, ISO_DEP) => Ok(Selection::Selected),
            (true, 0) => Err(Fault::NotIsoDepA { sak }),
            (true, _) => {
                *self = Self { level: self.level + 1, ..Self::NEW };
                Ok(Selection::Next)
            }
        }
    }
}
