//! Templates and images of a GT-511.

use std::vec::Vec;

use super::line::{response, with_sum};
use super::obey::Outcome;
use super::{Claim, Gt511Module};
use crate::port::{Duration, Instant};
use crate::sim::fingerprint::transfer::{finger, synthetic};

/// Bytes of a template.
pub(super) const TEMPLATE: usize = 498;

const IMAGE: usize = 258 * 202;
const RAW: usize = 160 * 120;

impl Gt511Module {
    /// The template of a finger.
    #[must_use]
    pub fn template(name: &str) -> Vec<u8> {
        synthetic(name, TEMPLATE)
    }

    /// The image of a finger, a byte a pixel, 258 in a row.
    #[must_use]
    pub fn image(name: &str) -> Vec<u8> {
        synthetic(name, IMAGE)
    }

    /// What is on the glass, with that finger or an empty name, a byte a pixel,
    /// 160 in a row.
    #[must_use]
    pub fn raw_image(name: &str) -> Vec<u8> {
        synthetic(name, RAW)
    }

    /// Keeps the next template that is sent wrongly.
    pub fn garble(&mut self) {
        self.garbled = true;
    }

    /// What a command that is about data comes to, before the data.
    pub(super) fn about_data(&self, command: u8, slot: Option<u16>) -> Outcome {
        let slot = slot.ok_or(0x1003_u32);
        match command {
            0x53 if self.library.is_empty() => Err(0x100A),
            0x53 => Ok(0),
            0x61 | 0x62 if self.image.is_some() => Ok(0),
            0x61 => Err(0x100C),
            0x62 => Err(0x1012),
            0x63 => Ok(0),
            0x52 | 0x70 if self.library.contains_key(&slot?) => Ok(0),
            0x52 | 0x70 => Err(0x1004),
            0x71 => slot.map(|_| 0),
            _ => Err(0x100E),
        }
    }

    /// The data packet behind a good answer.
    pub(super) fn data_behind(&self, command: u8, parameter: u32) -> Vec<u8> {
        let of = |slot: u32| u16::try_from(slot).ok().and_then(|slot| self.library.get(&slot));
        let live = self.image.as_deref().unwrap_or_default();
        let data = match command {
            0x01 if parameter != 0 => {
                [&[0x10, 0x04, 0x14, 0x20, 0, 0x30, 0, 0][..], &self.serial].concat()
            }
            0x61 => Self::template(live),
            0x62 => Self::image(live),
            0x63 => Self::raw_image(self.finger.as_ref().map_or("", |(name, _)| name)),
            0x70 => of(parameter).map(|name| Self::template(name)).unwrap_or_default(),
            _ => return Vec::new(),
        };
        with_sum([&[0x5A, 0xA5, 0x01, 0x00][..], &data].concat())
    }

    /// A template came.
    pub(super) fn take_data(&mut self, command: u8, slot: u32, data: &[u8], now: Instant) {
        let outcome = self.with_template(command, u16::try_from(slot).unwrap_or(u16::MAX), data);
        let delay = Duration::from_millis(if command == 0x71 { 60 } else { 40 });
        self.answer(command, response(outcome), Vec::new(), delay, now);
    }

    fn with_template(&mut self, command: u8, slot: u16, data: &[u8]) -> Outcome {
        let finger = finger(data).ok_or(0x100D_u32);
        match command {
            0x71 => {
                let mut finger = finger?;
                if let Some(twin) = self.slot_of(&finger).filter(|twin| *twin != slot) {
                    return Err(twin.into());
                }
                if core::mem::take(&mut self.garbled) {
                    finger.push('?');
                }
                self.library.insert(slot, finger);
                Ok(0)
            }
            0x52 if self.library.get(&slot) == finger.as_ref().ok() => {
                self.claims.push(Claim { finger: finger?, slot, score: 0 });
                Ok(0)
            }
            0x52 => Err(0x1007),
            _ => {
                let finger = finger.map_err(|_| 0x1008_u32)?;
                let slot = self.slot_of(&finger).ok_or(0x1008_u32)?;
                self.claims.push(Claim { finger, slot, score: 0 });
                Ok(slot.into())
            }
        }
    }
}
