use crate::card::contactless::{Rate, Technology};
use crate::port::Instant;

use super::Model;
use super::chip::{Chip, SILENCE, State};
use super::register as reg;

/// The registers that stay as they are, and those of a technology, each written
/// in a transaction of its own.
impl Chip {
    /// One step after the other, when the oscillator is not needed yet.
    pub(super) fn basic(&mut self, step: usize, now: Instant) {
        let next = State::Basic(step + 1);
        match step {
            // Errata sheet, 2.1: its own protection against heat acts too early.
            0 if self.model == Model::St25r3916 => self.write(&[reg::TEST, 0x04, 0x10], next, now),
            // An answer starts with its first four bits, as EMV wants it.
            0 | 1 => self.write(&[reg::SPACE_B, reg::EMD, 0x40], State::Basic(2), now),
            // The least overlap of the drivers.
            2 => self.write(&[reg::SPACE_B, reg::RESISTIVE_AM, 0x80], next, now),
            // Of a foreign field: 105 mV and 205 mV on, 75 mV and 150 mV off.
            3 => self.write(&[reg::FIELD_THRESHOLDS, 0x13, 0x02], next, now),
            // The field stands 75 us before it is reported; cards need longer.
            4 => self.write(&[reg::SPACE_B, reg::FIELD_ON_GUARD, 0x00], next, now),
            // The regulators start afresh with the next adjustment.
            5 => self.write(&[reg::REGULATOR, 0x80], next, now),
            _ => self.write(&[reg::REGULATOR, 0x00], State::Start(false), now),
        }
    }

    /// What the technology and the rates want.
    pub(super) fn modulate(&mut self, step: usize, now: Instant) {
        let next = State::Modulate(step + 1);
        let (technology, rates, model) = (self.technology, self.rates, self.model);
        let is_a = technology == Technology::A;
        let is_slow_a = is_a && rates.send == Rate::R106;
        match step {
            // Mode, OOK or AM; bit rates.
            0 => {
                let mode = if is_a { 0x08 } else { 0x10 };
                let am = if is_slow_a { 0x00 } else { 0x04 };
                let rates = (rates.send as u8) << 4 | rates.receive as u8;
                self.write(&[reg::MODE, mode | am, rates], next, now);
            }
            1 => {
                let [filters, gain, am, pm] = reg::receiver(technology, rates.receive, model);
                self.write(&[reg::RECEIVER, filters, gain, am, pm], next, now);
            }
            2 => {
                let correlator = reg::correlator(technology, rates.receive, model);
                self.write(&[reg::SPACE_B, reg::CORRELATOR, correlator, 0x00], next, now);
            }
            // How deep AM is: 12 %, at 848 kbit/s of type A 40 %.
            3 => {
                let depth = match (model, is_a && rates.send == Rate::R848) {
                    (Model::St25r3916, false) => 0x70,
                    (Model::St25r3916, true) => 0xF0,
                    (Model::St25r3916B, false) => 0x40,
                    (Model::St25r3916B, true) => 0xB0,
                };
                self.write(&[reg::TX_DRIVER, depth], next, now);
            }
            // AM by the regulator, load modulation by the driver.
            4 => self.write(&[reg::SPACE_B, reg::AUX_MODULATION, 0x10], next, now),
            _ => {
                let [first, second] = if is_slow_a { [0x40, 0x03] } else { [0x00; 2] };
                let shape = [reg::SPACE_B, reg::OVERSHOOT, first, second, first, second];
                self.write(&shape, SILENCE, now);
            }
        }
    }
}
