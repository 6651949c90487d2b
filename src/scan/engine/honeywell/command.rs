use crate::scan::Symbologies;
use crate::scan::engine::dialect::{Echo, Family, Said, decimal};
use crate::scan::engine::reader::Bytes;

/// Where a setting is kept.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Storage {
    /// Until power is lost: `!`.
    Volatile,
    /// For good: `.`. The flash takes a limited number of writes.
    Permanent,
}

impl Storage {
    const fn mark(self) -> &'static [u8] {
        match self {
            Self::Volatile => b"!",
            Self::Permanent => b".",
        }
    }
}

/// What is asked about a setting.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Question {
    /// Its value: `?`.
    Now,
    /// Its value from the factory: `^`.
    Default,
    /// Which values it may have: `*`. `-` stands in a range, `|` between
    /// values.
    Range,
}

impl Question {
    const fn mark(self) -> &'static [u8] {
        match self {
            Self::Now => b"?",
            Self::Default => b"^",
            Self::Range => b"*",
        }
    }
}

/// A setting of the engine, by its tag and subtag. The line's (`232…`), the
/// interface's (`TERMID`) and the factory values (`DEFALT`) are not among them.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Setting {
    /// Whether codes come with a header that says their length: `DECHDR`. The
    /// driver's own.
    Header,
    /// When the engine looks: `TRGMOD`. The driver's own: 0, on command.
    Trigger,
    /// The aiming pattern: `SCNAIM`, 0 off, 2 on.
    Aimer,
    /// The light: `SCNLED`, 0 off, 1 on.
    Light,
    /// One [family](Setting::FAMILIES) of codes: 0 off, 1 on.
    Family(Family),
}

impl Setting {
    /// The families of codes that can be switched by themselves.
    pub const FAMILIES: &'static [Family] = &[
        Family::new(Symbologies::EAN_UPC, b"E13ENA"),
        Family::new(Symbologies::EAN_UPC, b"EA8ENA"),
        Family::new(Symbologies::EAN_UPC, b"UPBENA"),
        Family::new(Symbologies::CODE128, b"128ENA"),
        Family::new(Symbologies::CODE128, b"GS1ENA"),
        Family::new(Symbologies::CODE39, b"C39ENA"),
        Family::new(Symbologies::CODE93, b"C93ENA"),
        Family::new(Symbologies::CODE11, b"C11ENA"),
        Family::new(Symbologies::CODABAR, b"CBRENA"),
        Family::new(Symbologies::INTERLEAVED_2_OF_5, b"I25ENA"),
        Family::new(Symbologies::MSI, b"MSIENA"),
        Family::new(Symbologies::DATABAR, b"RSSENA"),
        Family::new(Symbologies::PDF417, b"PDFENA"),
        Family::new(Symbologies::QR, b"QRCENA"),
        Family::new(Symbologies::DATA_MATRIX, b"IDMENA"),
        Family::new(Symbologies::AZTEC, b"AZTENA"),
        Family::new(Symbologies::HAN_XIN, b"HX_ENA"),
    ];

    const fn name(self) -> [u8; 6] {
        match self {
            Self::Header => *b"DECHDR",
            Self::Trigger => *b"TRGMOD",
            Self::Aimer => *b"SCNAIM",
            Self::Light => *b"SCNLED",
            Self::Family(family) => family.name(),
        }
    }
}

/// A command to the engine. None other can be said.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Command {
    /// SYN T: look for a code.
    Trigger,
    /// SYN U: stop looking.
    Untrigger,
    /// SYN BEL: a beep.
    Beep,
    /// SYN M: a setting becomes a value.
    Set(Setting, u16, Storage),
    /// SYN M: a question about a setting.
    Ask(Setting, Question),
}

impl Command {
    /// The name; that of what has none is what it sends.
    pub(super) const fn name(self) -> [u8; 6] {
        match self {
            Self::Trigger => *b"SYN T\0",
            Self::Untrigger => *b"SYN U\0",
            Self::Beep => *b"SYN BE",
            Self::Set(setting, ..) | Self::Ask(setting, _) => setting.name(),
        }
    }

    pub(super) fn encode(self) -> Bytes {
        let mut bytes = Bytes::of(match self {
            Self::Trigger => b"\x16T\r",
            Self::Untrigger => b"\x16U\r",
            Self::Beep => b"\x16\x07\r",
            Self::Set(..) | Self::Ask(..) => b"\x16M\r",
        });
        match self {
            Self::Trigger | Self::Untrigger | Self::Beep => {}
            Self::Set(setting, value, storage) => {
                bytes.extend(&setting.name());
                decimal(value, &mut bytes);
                bytes.extend(storage.mark());
            }
            Self::Ask(setting, question) => {
                bytes.extend(&setting.name());
                bytes.extend(question.mark());
                bytes.extend(Storage::Volatile.mark());
            }
        }
        bytes
    }

    /// The reply to it: the command, with the outcome before the mark at its
    /// end.
    pub(super) fn echo(self) -> Option<Echo> {
        let mut text = Bytes::new();
        match self {
            Self::Trigger | Self::Untrigger | Self::Beep => None,
            Self::Set(setting, value, storage) => {
                text.extend(&setting.name());
                decimal(value, &mut text);
                Some(Echo::new(text, false, storage.mark()))
            }
            Self::Ask(setting, _) => {
                text.extend(&setting.name());
                Some(Echo::new(text, true, Storage::Volatile.mark()))
            }
        }
    }
}

impl Said for Command {
    fn is_answered(self) -> bool {
        matches!(self, Self::Set(..) | Self::Ask(..))
    }
}
