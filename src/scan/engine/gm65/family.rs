use super::register::Setting;
use super::register::{Register, bits};
use crate::scan::Symbologies;

/// Which map of registers a module has. What it is, register 00E0 says.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Family {
    /// GM65, GM65-S, GM805.
    Gm65,
    /// GM60: other registers for symbologies, no known code identifiers, and
    /// codes of any length, for their length is two bytes.
    Gm60,
}

/// The models that are known by their number (00E0).
const MODELS: [(u8, Family); 1] = [(0x05, Family::Gm65)];

/// The registers of each family of codes, of which bit 0 switches it.
type Switches = [(Symbologies, &'static [u8])];

/// GM65-S manual 9.7.
const GM65: &Switches = &[
    (Symbologies::EAN_UPC, &[0x2E, 0x2F, 0x30]),
    (Symbologies::CODE128, &[0x33]),
    (Symbologies::CODE39, &[0x36]),
    (Symbologies::CODE93, &[0x39]),
    (Symbologies::QR, &[0x3F]),
    (Symbologies::DATA_MATRIX, &[0x54]),
    (Symbologies::PDF417, &[0x55]),
];

/// The list of the driver that the maker of the GM60's board gives out
/// (`DFRobot_GM60`); read.
const GM60: &Switches = &[
    (Symbologies::EAN_UPC, &[0x2E, 0x31, 0x34, 0x37, 0x38]),
    (Symbologies::CODE128, &[0x3B]),
    (Symbologies::CODE39, &[0x3E]),
    (Symbologies::CODE93, &[0x43]),
    (Symbologies::CODABAR, &[0x46]),
    (Symbologies::QR, &[0x49]),
    (Symbologies::INTERLEAVED_2_OF_5, &[0x4A]),
    (Symbologies::PDF417, &[0x4D]),
    (Symbologies::DATA_MATRIX, &[0x4E]),
];

impl Family {
    /// Of the model with this number, where it is known.
    pub(super) fn of(model: u8) -> Option<Self> {
        MODELS.iter().find(|(known, _)| *known == model).map(|(_, family)| *family)
    }

    const fn switches(self) -> &'static Switches {
        match self {
            Self::Gm65 => GM65,
            Self::Gm60 => GM60,
        }
    }

    /// The families of codes that can be switched.
    pub(super) fn symbologies(self) -> Symbologies {
        self.switches().iter().fold(Symbologies::empty(), |all, (one, _)| all | *one)
    }

    /// The `index`-th setting that switches those of `on` on and others off.
    pub(super) fn switch(self, on: Symbologies, index: usize) -> Option<Setting> {
        let of_each = |(one, registers): &(Symbologies, &'static [u8])| {
            let value = u8::from(on.contains(*one));
            registers.iter().map(move |address| bits(Register::at(*address), 1, value))
        };
        self.switches().iter().flat_map(of_each).nth(index)
    }
}
