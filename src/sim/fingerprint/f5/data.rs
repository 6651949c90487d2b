//! Features and images of an F5 module.

use std::vec::Vec;

use super::line::long_frame;
use super::obey::Reply;
use super::{Claim, F5Module, FAIL, NO_USER, OK};
use crate::port::Instant;
use crate::sim::fingerprint::transfer::{finger, synthetic};

/// Bytes of features, and of the long frame that they come in.
const TEMPLATE: usize = 193;
pub(super) const FEATURES: usize = TEMPLATE + 3;

const IMAGE: usize = 140 * 140 / 2;

impl F5Module {
    /// The features of a finger.
    #[must_use]
    pub fn template(name: &str) -> Vec<u8> {
        synthetic(name, TEMPLATE)
    }

    /// The image of a finger, two pixels to a byte, 140 in a row.
    #[must_use]
    pub fn image(name: &str) -> Vec<u8> {
        synthetic(name, IMAGE)
    }

    /// Keeps the next features that are sent wrongly.
    pub fn garble(&mut self) {
        self.garbled = true;
    }

    /// A finger's features or image, which were asked for.
    pub(super) fn exposed(&self, command: u8, live: &str) -> Reply {
        match command {
            0x23 => reply(&[&[0, 0, 0][..], &Self::template(live)].concat()),
            _ => reply(&Self::image(live)),
        }
    }

    pub(super) fn features_of(&self, number: u16) -> Reply {
        let Some((name, permission)) = self.library.get(&number) else {
            return ([0, 0, NO_USER], Vec::new());
        };
        let [high, low] = number.to_be_bytes();
        reply(&[&[high, low, *permission][..], &Self::template(name)].concat())
    }

    pub(super) fn listed(&self) -> Reply {
        let mut data = u16::try_from(self.library.len()).unwrap_or(0).to_be_bytes().to_vec();
        for (number, (_, permission)) in &self.library {
            data.extend(number.to_be_bytes());
            data.push(*permission);
        }
        reply(&data)
    }

    pub(super) fn is_template_of(&self, live: &str) -> bool {
        finger(&self.features).is_some_and(|name| name == live)
    }

    /// Features came.
    pub(super) fn take_data(&mut self, request: [u8; 4], data: &[u8], now: Instant) {
        let [command, high, low, _] = request;
        let (owner, features) = data.split_at(3);
        self.features = features.to_vec();
        if usize::from(high) * 256 + usize::from(low) != FEATURES {
            return self.answer(command, [0, 0, FAIL], Vec::new(), 3, now);
        }
        if command == 0x44 {
            return self.wait_for_finger(request, now);
        }
        let number = owner.iter().take(2).fold(0, |n: u16, byte| n * 256 + u16::from(*byte));
        let permission = owner.last().copied().unwrap_or(0);
        let result = match command {
            0x41 => [0, 0, self.keep(number, permission)],
            0x42 => [0, 0, self.fits(number)],
            _ => self.search_features(),
        };
        self.answer(command, result, Vec::new(), 40, now);
    }

    fn keep(&mut self, number: u16, permission: u8) -> u8 {
        let Some(mut name) = finger(&self.features) else { return FAIL };
        if !(1..=self.capacity).contains(&number) || !(1..=3).contains(&permission) {
            return FAIL;
        }
        if core::mem::take(&mut self.garbled) {
            name.push('?');
        }
        self.library.insert(number, (name, permission));
        OK
    }

    fn fits(&mut self, slot: u16) -> u8 {
        match (self.library.get(&slot), finger(&self.features)) {
            (None, _) => NO_USER,
            (Some((name, _)), Some(finger)) if *name == finger => {
                self.claims.push(Claim { finger, slot, score: 0 });
                OK
            }
            _ => FAIL,
        }
    }

    fn search_features(&mut self) -> [u8; 3] {
        finger(&self.features).map_or([0, 0, NO_USER], |name| self.search(name))
    }
}

/// An answer with this behind it.
fn reply(data: &[u8]) -> Reply {
    let [high, low] = u16::try_from(data.len()).unwrap_or(0).to_be_bytes();
    ([high, low, OK], long_frame(data))
}
