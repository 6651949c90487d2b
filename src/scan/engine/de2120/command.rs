use crate::scan::engine::dialect::{Family, Said};
use crate::scan::engine::reader::Bytes;
use crate::scan::{Encoding, Symbologies};

/// When the module looks.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Look {
    /// When it is told to: `SCMMAN`.
    Manual,
    /// Always: `SCMCNT`.
    Continuous,
    /// When something moves: `SCMMDH`.
    Motion,
}

/// How little movement is noticed in [`Look::Motion`]: `MDTTHR`.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Sensitivity {
    /// 15.
    Highest,
    /// 20, from the factory.
    High,
    /// 30.
    Higher,
    /// 50.
    Medium,
    /// 100.
    Low,
}

/// How much of what it sees it looks at, about the middle: `IMGREG`.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Area {
    /// All of the width.
    Full,
    /// 80 %.
    Percent80,
    /// 60 %.
    Percent60,
    /// 40 %.
    Percent40,
    /// 20 %.
    Percent20,
}

/// A setting of the module. Those that would lose the line are not among them:
/// the speed (`232BAD`), the interface (`POR`), the factory values (`DEFALT`,
/// which are a USB keyboard).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Setting {
    /// When it looks.
    Look(Look),
    /// How little movement it notices.
    Sensitivity(Sensitivity),
    /// How much it looks at.
    Area(Area),
    /// Whether a letter for the symbology comes before each code: `CIDENA`. The
    /// driver's own; see [`Config::code_ids`](super::Config::code_ids).
    CodeIds(bool),
    /// In which encoding text comes: `232UTF`. [`Encoding::Unknown`] is GBK,
    /// the factory's. The driver's own; see
    /// [`Config::encoding`](super::Config::encoding).
    Encoding(Encoding),
    /// The light on what it looks at: `LAMENA`.
    Light(bool),
    /// The red line that shows where it looks: `AIMENA`.
    Aim(bool),
    /// Mirrored codes: `MIRLRE`.
    Mirrored(bool),
    /// A beep for each code: `BEPSUC`.
    CodeBeep(bool),
    /// A beep when power comes: `BEPPWR`.
    PowerBeep(bool),
    /// All linear codes: `ODCENA`, `ODCDIS`.
    Linear(bool),
    /// All matrix codes: `AQRENA`, `AQRDIS`.
    Matrix(bool),
    /// One [family](Setting::FAMILIES) of codes.
    Family(Family, bool),
}

impl Setting {
    /// The families of codes that can be switched by themselves.
    pub const FAMILIES: &'static [Family] = &[
        Family::new(Symbologies::EAN_UPC, b"E13ENA"),
        Family::new(Symbologies::EAN_UPC, b"EA8ENA"),
        Family::new(Symbologies::EAN_UPC, b"UPAENA"),
        Family::new(Symbologies::EAN_UPC, b"UPEENA"),
        Family::new(Symbologies::CODE128, b"128ENA"),
        Family::new(Symbologies::CODE128, b"GS1ENA"),
        Family::new(Symbologies::CODE39, b"C39ENA"),
        Family::new(Symbologies::CODE93, b"C93ENA"),
        Family::new(Symbologies::CODE11, b"C11ENA"),
        Family::new(Symbologies::INTERLEAVED_2_OF_5, b"I25ENA"),
        Family::new(Symbologies::QR, b"QRCENA"),
        Family::new(Symbologies::DATA_MATRIX, b"DMCENA"),
        Family::new(Symbologies::PDF417, b"PDFENA"),
        Family::new(Symbologies::AZTEC, b"AZTENA"),
    ];

    /// The name, and what stands behind it.
    const fn words(self) -> ([u8; 6], &'static [u8]) {
        const fn digit(on: bool) -> &'static [u8] {
            if on { b"1" } else { b"0" }
        }
        match self {
            Self::Look(Look::Manual) => (*b"SCMMAN", b""),
            Self::Look(Look::Continuous) => (*b"SCMCNT", b""),
            Self::Look(Look::Motion) => (*b"SCMMDH", b""),
            Self::Sensitivity(sensitivity) => (
                *b"MDTTHR",
                match sensitivity {
                    Sensitivity::Highest => b"15",
                    Sensitivity::High => b"20",
                    Sensitivity::Higher => b"30",
                    Sensitivity::Medium => b"50",
                    Sensitivity::Low => b"100",
                },
            ),
            Self::Area(area) => (
                *b"IMGREG",
                match area {
                    Area::Full => b"0",
                    Area::Percent80 => b"1",
                    Area::Percent60 => b"2",
                    Area::Percent40 => b"3",
                    Area::Percent20 => b"4",
                },
            ),
            Self::CodeIds(on) => (*b"CIDENA", digit(on)),
            Self::Encoding(encoding) => (
                *b"232UTF",
                match encoding {
                    Encoding::Unknown | Encoding::Gbk => b"0",
                    Encoding::Utf8 => b"1",
                    Encoding::Utf16Be => b"2",
                    Encoding::Utf16Le => b"3",
                },
            ),
            Self::Light(on) => (*b"LAMENA", digit(on)),
            Self::Aim(on) => (*b"AIMENA", digit(on)),
            Self::Mirrored(on) => (*b"MIRLRE", digit(on)),
            Self::CodeBeep(on) => (*b"BEPSUC", digit(on)),
            Self::PowerBeep(on) => (*b"BEPPWR", digit(on)),
            Self::Linear(true) => (*b"ODCENA", b""),
            Self::Linear(false) => (*b"ODCDIS", b""),
            Self::Matrix(true) => (*b"AQRENA", b""),
            Self::Matrix(false) => (*b"AQRDIS", b""),
            Self::Family(family, on) => (family.name(), digit(on)),
        }
    }
}

/// A command to the module. None other can be said.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Command {
    /// Look for a code; in [`Look::Manual`].
    Scan,
    /// Stop looking.
    Sleep,
    /// Set something.
    Set(Setting),
}

impl Command {
    /// The name.
    pub(super) const fn name(self) -> [u8; 6] {
        match self {
            Self::Scan => *b"SCAN\0\0",
            Self::Sleep => *b"SLEEP\0",
            Self::Set(setting) => setting.words().0,
        }
    }

    pub(super) fn encode(self) -> Bytes {
        let value = match self {
            Self::Scan | Self::Sleep => b"",
            Self::Set(setting) => setting.words().1,
        };
        let mut bytes = Bytes::of(b"^_^");
        self.name().iter().filter(|byte| **byte != 0).for_each(|byte| bytes.push(*byte));
        bytes.extend(value);
        bytes.push(b'.');
        bytes
    }
}

impl Said for Command {
    fn is_answered(self) -> bool {
        true
    }
}
