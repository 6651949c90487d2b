//! Commands, registers and their values (ST25R3916 data sheet DS12484; the
//! analog values are those that ST's RFAL recommends).

use crate::card::contactless::{Rate, Technology};

use super::Model;

/// In front of the address of a register in space B (4.4.3).
pub(super) const SPACE_B: u8 = 0xFB;
/// In front of the address of a test register.
pub(super) const TEST: u8 = 0xFC;
/// With the address of the first of the registers to be read.
pub(super) const READ: u8 = 0x40;
pub(super) const FIFO_LOAD: u8 = 0x80;
pub(super) const FIFO_READ: u8 = 0x9F;

/// Direct commands (4.4).
pub(super) const SET_DEFAULT: u8 = 0xC1;
pub(super) const STOP: u8 = 0xC2;
pub(super) const TRANSMIT_WITHOUT_CRC: u8 = 0xC5;
pub(super) const TRANSMIT_REQA: u8 = 0xC6;
pub(super) const TRANSMIT_WUPA: u8 = 0xC7;
pub(super) const FIELD_ON: u8 = 0xC8;
pub(super) const UNMASK_RECEIVE: u8 = 0xD1;
pub(super) const RESET_GAIN: u8 = 0xD5;
pub(super) const ADJUST_REGULATORS: u8 = 0xD6;

pub(super) const IO_CONFIGURATION: u8 = 0x00;
pub(super) const OPERATION: u8 = 0x02;
pub(super) const MODE: u8 = 0x03;
pub(super) const ISO14443A: u8 = 0x05;
pub(super) const RECEIVER: u8 = 0x0B;
pub(super) const MASK_RECEIVE_TIMER: u8 = 0x0F;
pub(super) const INTERRUPTS: u8 = 0x1A;
pub(super) const NUMBER_OF_BITS: u8 = 0x22;
pub(super) const TX_DRIVER: u8 = 0x28;
pub(super) const FIELD_THRESHOLDS: u8 = 0x2A;
pub(super) const REGULATOR: u8 = 0x2C;
pub(super) const AUXILIARY_DISPLAY: u8 = 0x31;
pub(super) const IDENTITY: u8 = 0x3F;

/// In space B.
pub(super) const EMD: u8 = 0x05;
pub(super) const CORRELATOR: u8 = 0x0C;
pub(super) const FIELD_ON_GUARD: u8 = 0x15;
pub(super) const AUX_MODULATION: u8 = 0x28;
pub(super) const RESISTIVE_AM: u8 = 0x2A;
pub(super) const OVERSHOOT: u8 = 0x30;

/// Bits of [`OPERATION`].
pub(super) const EN: u8 = 0x80;
pub(super) const RX_EN: u8 = 0x40;
pub(super) const TX_EN: u8 = 0x08;
pub(super) const DETECT_MANUAL: u8 = 0x01;
pub(super) const DETECT_AUTO: u8 = 0x03;

/// Bits of [`AUXILIARY_DISPLAY`].
pub(super) const OSCILLATOR_STABLE: u8 = 0x10;

/// `antcl` of [`ISO14443A`], `no_crc_rx` five registers on.
pub(super) const ANTICOLLISION: u8 = 0x01;
pub(super) const NO_CRC: u8 = 0x80;
/// `corr_s6` of [`CORRELATOR`]: 0 for anticollision.
pub(super) const DATA_SLICER: u8 = 0x40;
/// `nrt_emv`: the no-response timer goes on when something begins to come.
pub(super) const KEEPS_ON: u8 = 0x02;
/// `nrt_step`: 4096 cycles instead of 64.
pub(super) const LONG_STEPS: u8 = 0x01;

/// The type in [`IDENTITY`], its upper five bits.
pub(super) const fn model(identity: u8) -> Option<Model> {
    match identity >> 3 {
        5 => Some(Model::St25r3916),
        6 => Some(Model::St25r3916B),
        _ => None,
    }
}

/// The four receiver registers: filters; gain control and squelch; gains.
pub(super) const fn receiver(technology: Technology, rate: Rate, model: Model) -> [u8; 4] {
    let filters = match (rate, technology) {
        (Rate::R106, Technology::A) => 0x08,
        (Rate::R106, Technology::B) => 0x04,
        (Rate::R212, _) => 0x02,
        (Rate::R424 | Rate::R848, _) => 0x42,
    };
    let control = match (rate, technology) {
        (Rate::R106, Technology::A) => 0x2D,
        _ => 0x3D,
    };
    // The 3916B demodulates both channels with mixers.
    let mixers = match model {
        Model::St25r3916 => 0x00,
        Model::St25r3916B => 0xC0,
    };
    [filters, control | mixers, 0x00, 0x00]
}

/// The first correlator register.
pub(super) const fn correlator(technology: Technology, rate: Rate, model: Model) -> u8 {
    match (rate, technology, model) {
        (Rate::R106, Technology::A, _) => 0x51,
        (Rate::R106, Technology::B, Model::St25r3916) => 0x1B,
        (Rate::R212, _, Model::St25r3916) => 0x14,
        (Rate::R424, _, Model::St25r3916) => 0x54,
        (Rate::R848, _, Model::St25r3916) => 0x44,
        (Rate::R106 | Rate::R212, _, Model::St25r3916B) => 0x97,
        (Rate::R424, _, Model::St25r3916B) => 0xD7,
        (Rate::R848, _, Model::St25r3916B) => 0x47,
    }
}
