//! Registers and their values (MFRC522 data sheet 112139, rev. 3.9, 9.3).

use crate::card::contactless::{Rate, Rates, Technology};

use super::Settings;

pub(super) const COMMAND: u8 = 0x01;
pub(super) const COM_IRQ: u8 = 0x04;
pub(super) const ERROR: u8 = 0x06;
pub(super) const FIFO_DATA: u8 = 0x09;
pub(super) const FIFO_LEVEL: u8 = 0x0A;
pub(super) const CONTROL: u8 = 0x0C;
pub(super) const BIT_FRAMING: u8 = 0x0D;
pub(super) const COLL: u8 = 0x0E;
pub(super) const TX_MODE: u8 = 0x12;
pub(super) const RX_MODE: u8 = 0x13;
pub(super) const TX_CONTROL: u8 = 0x14;
pub(super) const TX_ASK: u8 = 0x15;
pub(super) const RX_SEL: u8 = 0x17;
pub(super) const RX_THRESHOLD: u8 = 0x18;
pub(super) const MOD_WIDTH: u8 = 0x24;
pub(super) const RF_CFG: u8 = 0x26;
pub(super) const GS_N: u8 = 0x27;
pub(super) const CW_GS_P: u8 = 0x28;
pub(super) const MOD_GS_P: u8 = 0x29;
pub(super) const T_MODE: u8 = 0x2A;
pub(super) const T_PRESCALER: u8 = 0x2B;
pub(super) const T_RELOAD_HIGH: u8 = 0x2C;
pub(super) const T_RELOAD_LOW: u8 = 0x2D;
pub(super) const VERSION: u8 = 0x37;

/// Commands (10.3), and bits of their register.
pub(super) const IDLE: u8 = 0x00;
pub(super) const RECEIVE: u8 = 0x08;
pub(super) const TRANSCEIVE: u8 = 0x0C;
pub(super) const SOFT_RESET: u8 = 0x0F;
pub(super) const POWER_DOWN: u8 = 0x10;
pub(super) const RECEIVER_OFF: u8 = 0x20;

/// `ComIrqReg`.
pub(super) const TX_IRQ: u8 = 0x40;
pub(super) const RX_IRQ: u8 = 0x20;
pub(super) const TIMER_IRQ: u8 = 0x01;
/// Clears all that are set: `Set1` is 0. All but `TxIRq`.
pub(super) const CLEAR_IRQ: u8 = 0x7F;
pub(super) const CLEAR_RECEIVED: u8 = 0x3F;

/// `FlushBuffer` of `FIFOLevelReg`.
pub(super) const FLUSH: u8 = 0x80;
/// `StartSend` of `BitFramingReg`.
pub(super) const START_SEND: u8 = 0x80;
/// `ValuesAfterColl` of `CollReg`: 0 only for anticollision.
pub(super) const VALUES_AFTER_COLL: u8 = 0x80;
/// `CollPosNotValid`.
pub(super) const NO_POSITION: u8 = 0x20;
/// `TxCRCEn` and `RxCRCEn`.
pub(super) const CRC: u8 = 0x80;
/// `TStartNow` of `ControlReg`.
pub(super) const T_START: u8 = 0x40;
/// `TAuto`: the timer starts when the last bit is sent.
pub(super) const T_AUTO: u8 = 0x80;
/// TX2 inverted when on, as it is after a reset; both drivers off or on.
pub(super) const FIELD_OFF: u8 = 0x80;
pub(super) const FIELD_ON: u8 = 0x83;
pub(super) const DRIVERS: u8 = 0x03;
/// `Force100ASK`.
pub(super) const ASK_100: u8 = 0x40;

/// A register and what to write to it.
pub(super) type Write = (u8, u8);

/// Speed, CRC and framing: what `TxModeReg` and `RxModeReg` have in common.
pub(super) const fn mode(technology: Technology, rate: Rate, crc: bool) -> u8 {
    let framing = match technology {
        Technology::A => 0x00,
        Technology::B => 0x03,
    };
    (rate as u8) << 4 | framing | if crc { CRC } else { 0 }
}

/// What a technology wants written, but for the modes. Type A: reset values,
/// and the modulation width that NXP's reader library has for each rate. Type
/// B: as that library has it for the RC523.
pub(super) const fn modulation(
    technology: Technology,
    rates: Rates,
    settings: &Settings,
) -> [Write; 6] {
    match technology {
        Technology::A => [
            (TX_ASK, ASK_100),
            (RX_THRESHOLD, 0x84),
            (GS_N, 0x88),
            (CW_GS_P, 0x20),
            (MOD_GS_P, 0x20),
            (MOD_WIDTH, width(rates.send)),
        ],
        Technology::B => [
            (TX_ASK, 0x00),
            (RX_THRESHOLD, 0x50),
            (GS_N, 0xFF),
            (CW_GS_P, 0x3F),
            (MOD_GS_P, settings.index_b & 0x3F),
            (MOD_WIDTH, width(rates.send)),
        ],
    }
}

const fn width(rate: Rate) -> u8 {
    match rate {
        Rate::R106 => 0x26,
        Rate::R212 => 0x15,
        Rate::R424 => 0x0A,
        Rate::R848 => 0x05,
    }
}
