use std::collections::BTreeMap;
use std::vec::Vec;

use super::packet::{self, SsiValue};
use SsiValue::{Byte, Word};

/// Values from the factory, as far as the tests need them.
const FACTORY: [(u16, SsiValue); 20] = [
    (0x00, Byte(1)),
    (0x01, Byte(1)),
    (0x08, Byte(1)),
    (0x2D, Byte(0)),
    (0x38, Byte(1)),
    (0x88, Byte(0x1E)),
    (0x8A, Byte(0)),
    (0x9B, Byte(20)),
    (0x9C, Byte(6)),
    (0x9F, Byte(1)),
    (0xEB, Byte(0)),
    (0xEC, Byte(1)),
    (0xEE, Byte(0)),
    (256, Byte(0)),
    (293, Byte(1)),
    (318, Word(0x04FF)),
    (334, Byte(0)),
    (574, Byte(0)),
    (1000, Byte(3)),
    (1254, Byte(0)),
];

/// What a decoder is set to, and will be after the power was off.
#[derive(Clone, Debug)]
pub(super) struct Parameters {
    now: BTreeMap<u16, SsiValue>,
    saved: BTreeMap<u16, SsiValue>,
    stuck: Vec<u16>,
}

impl Parameters {
    pub(super) fn new() -> Self {
        let now = BTreeMap::from(FACTORY);
        Self { saved: now.clone(), now, stuck: Vec::new() }
    }

    pub(super) fn get(&self, number: u16) -> Option<SsiValue> {
        self.now.get(&number).copied()
    }

    pub(super) fn saved(&self, number: u16) -> Option<SsiValue> {
        self.saved.get(&number).copied()
    }

    pub(super) fn put(&mut self, number: u16, value: Option<SsiValue>) {
        match value {
            Some(value) => _ = self.now.insert(number, value),
            None => _ = self.now.remove(&number),
        }
    }

    pub(super) fn save(&mut self) {
        self.saved.clone_from(&self.now);
    }

    pub(super) fn lose_power(&mut self) {
        self.now.clone_from(&self.saved);
    }

    pub(super) fn stick(&mut self, number: u16) {
        self.stuck.push(number);
    }

    /// The values of the parameters asked for that it has; FE asks for all.
    pub(super) fn settings(&self, mut numbers: &[u8]) -> Vec<u8> {
        let mut out = std::vec![0xFF];
        if numbers.first() == Some(&0xFE) {
            let all = self.now.iter().map(|(number, value)| packet::setting(*number, *value));
            out.extend(all.flatten());
            return out;
        }
        while let Some((number, rest)) = packet::number(numbers) {
            let value = self.get(number).map(|value| packet::setting(number, value));
            out.extend(value.unwrap_or_default());
            numbers = rest;
        }
        out
    }

    /// Makes settings; whether it has all of them.
    pub(super) fn change(&mut self, mut settings: &[u8]) -> bool {
        while !settings.is_empty() {
            let Some((number, value, rest)) = take(settings) else { return false };
            if self.get(number).is_none() {
                return false;
            }
            if !self.stuck.contains(&number) {
                self.put(number, Some(value));
            }
            settings = rest;
        }
        true
    }
}

fn take(settings: &[u8]) -> Option<(u16, SsiValue, &[u8])> {
    let (is_word, bytes) = match settings {
        [0xF4, rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    let (number, rest) = packet::number(bytes)?;
    match rest {
        [high, low, rest @ ..] if is_word => {
            Some((number, Word(u16::from_be_bytes([*high, *low])), rest))
        }
        [value, rest @ ..] if !is_word => Some((number, Byte(*value), rest)),
        _ => None,
    }
}
