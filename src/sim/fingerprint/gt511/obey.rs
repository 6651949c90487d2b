use std::vec::Vec;

use super::{Gt511Module, Outcome};
use crate::port::Instant;
use crate::sim::fingerprint::{Claim, Skin};

impl Gt511Module {
    pub(super) fn obey(&mut self, command: u8, parameter: u32, now: Instant) -> Outcome {
        let slot = u16::try_from(parameter).ok().filter(|slot| *slot < self.capacity);
        match command {
            0x01 | 0x02 => {
                (self.image, self.enrolment) = (None, None);
                Ok(0)
            }
            0x12 => {
                self.led = parameter != 0;
                Ok(0)
            }
            0x20 => u32::try_from(self.library.len()).map_err(|_| 0x100F),
            0x21 => match self.library.contains_key(&slot.ok_or(0x1003_u32)?) {
                true => Ok(0),
                false => Err(0x1004),
            },
            0x22 => self.start(slot.ok_or(0x1003_u32)?),
            0x23..=0x25 => self.enrol(usize::from(command - 0x23)),
            0x26 => Ok(if self.led && self.finger.is_some() { 0 } else { 0x1012 }),
            // Some firmware calls a slot without a template no slot.
            0x40 => self.library.remove(&slot.ok_or(0x1003_u32)?).map(|_| 0).ok_or(0x1003),
            0x41 if self.library.is_empty() => Err(0x100A),
            0x41 => {
                self.library.clear();
                Ok(0)
            }
            0x50 => self.verify(slot.ok_or(0x1003_u32)?),
            0x51 => self.identify(),
            0x60 => self.capture(),
            0x04 => self.change_speed(parameter, now),
            0x61 | 0x62 if self.image.is_none() => Err(0x100C),
            0x61..=0x63 => Ok(0),
            0x70 => match self.library.contains_key(&slot.ok_or(0x1003_u32)?) {
                true => Ok(0),
                false => Err(0x1004),
            },
            0x71 => {
                self.await_template(slot.ok_or(0x1003_u32)?, now);
                Ok(0)
            }
            _ => Err(0x100E),
        }
    }

    fn capture(&mut self) -> Outcome {
        self.image = None;
        match &self.finger {
            Some((name, Skin::Good)) if self.led => {
                self.image = Some(name.clone());
                Ok(0)
            }
            Some(_) if self.led => Err(0x100C),
            _ => Err(0x1012),
        }
    }

    fn verify(&mut self, slot: u16) -> Outcome {
        let Some(template) = self.library.get(&slot).cloned() else { return Err(0x1004) };
        let live = self.image.take().ok_or(0x100C_u32)?;
        if live != template {
            return Err(0x1007);
        }
        self.claims.push(Claim { finger: live, slot, score: 0 });
        Ok(0)
    }

    fn identify(&mut self) -> Outcome {
        if self.library.is_empty() {
            return Err(0x100A);
        }
        let live = self.image.take().ok_or(0x100C_u32)?;
        let slot = self.slot_of(&live).ok_or(0x1008_u32)?;
        self.claims.push(Claim { finger: live, slot, score: 0 });
        Ok(slot.into())
    }

    pub(super) fn slot_of(&self, name: &str) -> Option<u16> {
        self.library.iter().find(|(_, template)| *template == name).map(|(slot, _)| *slot)
    }

    fn start(&mut self, slot: u16) -> Outcome {
        if self.library.contains_key(&slot) {
            return Err(0x1005);
        }
        if self.library.len() >= usize::from(self.capacity) {
            return Err(0x1009);
        }
        self.enrolment = Some((slot, Vec::new()));
        Ok(0)
    }

    fn enrol(&mut self, nth: usize) -> Outcome {
        let (slot, mut captures) = self.enrolment.take().ok_or(0x100B_u32)?;
        if captures.len() != nth {
            return Err(0x100B);
        }
        let live = self.image.take().ok_or(0x100C_u32)?;
        if let Some(twin) = self.slot_of(&live) {
            return Err(twin.into());
        }
        captures.push(live.clone());
        if captures.iter().any(|name| *name != live) {
            return Err(0x100D);
        }
        if nth == 2 {
            self.library.insert(slot, live);
        } else {
            self.enrolment = Some((slot, captures));
        }
        Ok(0)
    }
}
