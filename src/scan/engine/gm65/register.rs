use super::family::Family;
use super::frame::Block;
use super::symbology::{self, CODE_IDS};

/// A register of a GM65-S, called *zone bit* in its manual (9.7), with the
/// bits of it that the driver itself looks after.
///
/// There are only the ones listed here: the function register 00D9 (sleep,
/// reset) and the code identifiers are not among them, nor is any whose
/// meaning is not in the manual.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Register {
    pub(super) address: u8,
    /// The bits that [`change`](super::Gm65::change) does not touch.
    pub(super) owned: u8,
}

const fn free(address: u8) -> Register {
    Register { address, owned: 0 }
}

const fn owned(address: u8, owned: u8) -> Register {
    Register { address, owned }
}

impl Register {
    /// One whose meaning depends on the family.
    pub(super) const fn at(address: u8) -> Self {
        free(address)
    }

    /// Whether it means the same in all families.
    pub(super) const fn is_common(self) -> bool {
        matches!(self.address, 0x00 | 0x02 | 0x03 | 0x0D | 0x2C)
    }

    /// 0000: LED on success (bit 7), sound (6), aim (5-4), light (3-2); the
    /// reading mode (1-0) is the driver's.
    pub const MODE: Self = owned(0x00, 0b11);
    /// 0002: the trigger (bit 0) and the decoding prompt (bit 6), both the
    /// driver's: the prompt would put an `F` or `S` between the data.
    pub const TRIGGER: Self = owned(0x02, 0xFF);
    /// 0003: setup codes off (bit 1), the driver's; whether their content is
    /// output (0); the USB poll cycle (7-2).
    pub const SETUP_CODES: Self = owned(0x03, 0b10);
    /// 0004: image stabilisation time, x 0.1 s.
    pub const STABILISATION: Self = free(0x04);
    /// 0005: interval between reads, x 0.1 s.
    pub const READ_INTERVAL: Self = free(0x05);
    /// 0006: how long one read may take, x 0.1 s, 0 for no limit; the driver's,
    /// see [`Config::read_time`](super::Config::read_time).
    pub const READ_TIME: Self = owned(0x06, 0xFF);
    /// 000A: success sound.
    pub const SOUND: Self = free(0x0A);
    /// 000B: its duration, ms.
    pub const SOUND_TIME: Self = free(0x0B);
    /// 000D: input character set (bits 5-4: 00 GBK, 10 automatic, 11 UTF-8),
    /// output character set (3-2: 00 GBK, 01 Unicode, 11 UTF-8); the port
    /// (1-0) is the driver's.
    pub const CHARACTERS: Self = owned(0x0D, 0b11);
    /// 000E: sound on success (bit 2), light sleep time (7-4).
    pub const SUCCESS: Self = free(0x0E);
    /// 0013: the module's own suppression of the same code (bit 7) and its
    /// time, x 0.1 s (6-0). The driver has [its own](super::Config::repeat).
    pub const SAME_CODE: Self = free(0x13);
    /// 002C: all symbologies on or off (bits 2-1), any rotation (0).
    pub const SYMBOLOGIES: Self = free(0x2C);
    /// 002E: EAN-13 (bit 0).
    pub const EAN_13: Self = free(0x2E);
    /// 002F: EAN-8 (bit 0).
    pub const EAN_8: Self = free(0x2F);
    /// 0030: UPC-A (bit 0).
    pub const UPC_A: Self = free(0x30);
    /// 0033: Code 128 (bit 0).
    pub const CODE_128: Self = free(0x33);
    /// 0034: shortest Code 128.
    pub const CODE_128_MIN: Self = free(0x34);
    /// 0035: longest Code 128.
    pub const CODE_128_MAX: Self = free(0x35);
    /// 0036: Code 39 (bit 0).
    pub const CODE_39: Self = free(0x36);
    /// 0039: Code 93 (bit 0).
    pub const CODE_93: Self = free(0x39);
    /// 003F: QR (bit 0).
    pub const QR: Self = free(0x3F);
    /// 0054: Data Matrix (bit 0).
    pub const DATA_MATRIX: Self = free(0x54);
    /// 0055: PDF417 (bit 0).
    pub const PDF417: Self = free(0x55);
    /// 0060: tail, prefix, code identifier, suffix, protocol; the driver's.
    pub const OUTPUT: Self = owned(0x60, 0xFF);
    /// 00B0: which part of the data is output; the driver's.
    pub const CUT_OUT: Self = owned(0xB0, 0xFF);

    /// The address.
    #[must_use]
    pub const fn address(self) -> u8 {
        self.address
    }
}

/// 00BC, not in the manual: 08 makes modules of software 0x69 output byte-mode
/// QR as it is. Found by users of such modules (specter-diy, issue 288).
const RAW: Register = owned(0xBC, 0xFF);
/// The software version that needs it.
pub(super) const SOFTWARE_WITHOUT_RAW: u8 = 0x69;

/// 0060 as the driver has it: protocol (bit 7), no tail (6-5), nothing on read
/// failure (4), no prefix (3), the code identifier (2), no suffix (1), no tail
/// (0). Bit 7 is "keep" in the manual's list; its setup code for output with
/// protocol (7.7) sets just that bit.
const WITH_PROTOCOL: u8 = 0b1110_0000;
const WITH_CODE_ID: u8 = 0b0000_0100;

/// 001A of a GM60, bits 7-6: codes come behind 03 and a length of one byte
/// (00), behind 04 and one of two (01), or bare (11).
const HEADER: Register = owned(0x1A, 0b1100_0000);

/// What the driver needs a register to be.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Setting {
    /// Some of its bits.
    Bits { register: Register, mask: u8, value: u8 },
    /// The code identifiers, one register each.
    CodeIds,
}

pub(super) const fn bits(register: Register, mask: u8, value: u8) -> Setting {
    Setting::Bits { register, mask, value }
}

/// What decides the settings.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Wanted {
    pub(super) family: Family,
    /// 0000, bits 1-0.
    pub(super) mode: u8,
    pub(super) code_ids: bool,
    pub(super) read_time: u8,
    /// The module needs a register for raw output.
    pub(super) raw: bool,
}

impl Wanted {
    /// Whether codes come with an identifier of their symbology.
    pub(super) fn has_code_ids(self) -> bool {
        self.code_ids && self.family == Family::Gm65
    }

    /// The settings in the order they are made. First the module is stopped
    /// from reading codes on its own, then from obeying them.
    pub(super) fn setting(self, index: usize) -> Option<Setting> {
        let gm65 = self.family == Family::Gm65;
        let output = match self.family {
            Family::Gm65 if self.code_ids => WITH_PROTOCOL | WITH_CODE_ID,
            Family::Gm65 => WITH_PROTOCOL,
            Family::Gm60 => 0b1000_0000,
        };
        let settings = [
            Some(bits(Register::MODE, 0b11, self.mode)),
            Some(bits(Register::SETUP_CODES, 0b10, 0b10)),
            Some(bits(Register::CHARACTERS, 0b11, 0b00)),
            Some(bits(Register::OUTPUT, 0xFF, output)),
            (!gm65).then_some(bits(HEADER, 0b1100_0000, 0b0100_0000)),
            gm65.then_some(bits(Register::TRIGGER, 0b0100_0000, 0)),
            gm65.then_some(bits(Register::CUT_OUT, 0b11, 0b00)),
            gm65.then_some(bits(Register::READ_TIME, 0xFF, self.read_time)),
            self.has_code_ids().then_some(Setting::CodeIds),
            self.raw.then_some(bits(RAW, 0xFF, 0x08)),
        ];
        settings.into_iter().flatten().nth(index)
    }

    /// How many of them, at the front, must hold whenever the module looks for
    /// codes.
    pub(super) fn guard(self) -> usize {
        match self.family {
            Family::Gm65 => 4,
            Family::Gm60 => 5,
        }
    }
}

impl Setting {
    pub(super) const fn address(&self) -> u8 {
        match self {
            Self::Bits { register, .. } => register.address,
            Self::CodeIds => symbology::FIRST_CODE_ID,
        }
    }

    pub(super) const fn count(&self) -> u8 {
        match self {
            Self::Bits { .. } => 1,
            Self::CodeIds => CODE_IDS,
        }
    }

    /// What the registers that hold `now` are to hold.
    pub(super) fn applied_to(&self, now: &[u8]) -> Block {
        match self {
            Self::Bits { mask, value, .. } => now.iter().map(|now| now & !mask | value).collect(),
            Self::CodeIds => symbology::code_ids().collect(),
        }
    }
}
