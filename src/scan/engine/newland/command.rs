use crate::scan::Symbologies;
use crate::scan::engine::dialect::{Echo, Family, Said, decimal};
use crate::scan::engine::reader::Bytes;

/// Where a setting is kept.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Storage {
    /// Until power is lost: `#`.
    Temporary,
    /// For good: `@`.
    Permanent,
}

impl Storage {
    const fn mark(self) -> u8 {
        match self {
            Self::Temporary => b'#',
            Self::Permanent => b'@',
        }
    }
}

/// What is asked about a setting.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Question {
    /// Its value: `*`.
    Now,
    /// Its value from the factory: `&`.
    Default,
    /// Which values it may have: `^`.
    Range,
}

impl Question {
    const fn mark(self) -> u8 {
        match self {
            Self::Now => b'*',
            Self::Default => b'&',
            Self::Range => b'^',
        }
    }
}

/// A setting of the engine, by its tag and subtag. The line's (`232…`), the
/// interface's (`INTERF`), power and reboot, and the factory values (`FACDEF`)
/// are not among them.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Setting {
    /// `SETUPE`: in the middle of a setup by codes, 1, or not, 0. The driver's
    /// own.
    Setup,
    /// `SETUPN`: whether setup codes are obeyed. The driver's own.
    SetupCodes,
    /// `SCNMOD`: 0 on command, 2 by its sensor, 3 always, 4 by pulse.
    Mode,
    /// `AIDENA`: the AIM identifier before each code. The driver's own.
    AimId,
    /// `TSUENA`: a terminator behind each code. The driver's own.
    Terminator,
    /// `TSUSET`: the terminator; CR whatever the value. The driver's own.
    TerminatorIsCr,
    /// `PACKAG`: 0 codes as they are, 2 with length, symbology and check. The
    /// driver's own.
    Packing,
    /// `ORTSET`: how long it looks, ms.
    ReadTime,
    /// `RRDDUR`: how long the same code is not read again, ms.
    SameCode,
    /// `GRBENA`: a beep for each code.
    Beep,
    /// `ILLSCN`: the light; 0 off.
    Light,
    /// `AMLENA`: the aiming pattern; 0 off.
    Aimer,
    /// One [family](Setting::FAMILIES) of codes: 0 off, 1 on.
    Family(Family),
}

impl Setting {
    /// The families of codes that can be switched by themselves.
    pub const FAMILIES: &'static [Family] = &[
        Family::new(Symbologies::EAN_UPC, b"E13ENA"),
        Family::new(Symbologies::EAN_UPC, b"EA8ENA"),
        Family::new(Symbologies::EAN_UPC, b"UPAENA"),
        Family::new(Symbologies::EAN_UPC, b"UPEENA"),
        Family::new(Symbologies::CODE128, b"128ENA"),
        Family::new(Symbologies::CODE39, b"C39ENA"),
        Family::new(Symbologies::CODE93, b"C93ENA"),
        Family::new(Symbologies::CODE11, b"C11ENA"),
        Family::new(Symbologies::INTERLEAVED_2_OF_5, b"I25ENA"),
        Family::new(Symbologies::PDF417, b"PDFENA"),
        Family::new(Symbologies::QR, b"QRCENA"),
        Family::new(Symbologies::DATA_MATRIX, b"DMCENA"),
    ];

    const fn name(self) -> [u8; 6] {
        match self {
            Self::Setup => *b"SETUPE",
            Self::SetupCodes => *b"SETUPN",
            Self::Mode => *b"SCNMOD",
            Self::AimId => *b"AIDENA",
            Self::Terminator => *b"TSUENA",
            Self::TerminatorIsCr => *b"TSUSET",
            Self::Packing => *b"PACKAG",
            Self::ReadTime => *b"ORTSET",
            Self::SameCode => *b"RRDDUR",
            Self::Beep => *b"GRBENA",
            Self::Light => *b"ILLSCN",
            Self::Aimer => *b"AMLENA",
            Self::Family(family) => family.name(),
        }
    }
}

/// A command of the older dialect, by its seven digits.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Pro {
    /// 0006000: setup codes are not obeyed.
    SetupCodesOff,
    /// 0302000: look on command.
    OnCommand,
    /// 0302010: look by the sensor.
    Sensor,
    /// 0314070: codes with length, symbology and check.
    Packing,
    /// 0203010: a beep for each code.
    Beep,
    /// 0203000: none.
    NoBeep,
}

impl Pro {
    const fn digits(self) -> &'static [u8; 7] {
        match self {
            Self::SetupCodesOff => b"0006000",
            Self::OnCommand => b"0302000",
            Self::Sensor => b"0302010",
            Self::Packing => b"0314070",
            Self::Beep => b"0203010",
            Self::NoBeep => b"0203000",
        }
    }
}

/// A command to the engine. None other can be said.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Command {
    /// `SCNTRG`: look for a code, or stop.
    Trigger(bool),
    /// A setting becomes a value.
    Set(Setting, u16, Storage),
    /// A question about a setting.
    Ask(Setting, Question),
    /// In the older dialect: `?`, answered by `!`.
    AreYouThere,
    /// In the older dialect: ESC 1, ESC 0. Look for a code, or stop.
    Escape(bool),
    /// In the older dialect: `NLS` and seven digits.
    Pro(Pro),
}

impl Command {
    /// The name without the value.
    pub(super) const fn name(self) -> [u8; 6] {
        match self {
            Self::Trigger(_) => *b"SCNTRG",
            Self::Set(setting, ..) | Self::Ask(setting, _) => setting.name(),
            Self::AreYouThere => *b"?\0\0\0\0\0",
            Self::Escape(_) => *b"ESC\0\0\0",
            Self::Pro(pro) => {
                let [a, b, c, d, e, f, _] = *pro.digits();
                [a, b, c, d, e, f]
            }
        }
    }

    /// From the mark of the storage to before the `;`, for the unified
    /// commands.
    fn body(self, asked: bool) -> Option<Bytes> {
        let (storage, value) = match self {
            Self::Trigger(on) => (Storage::Temporary, Some(u16::from(on))),
            Self::Set(_, value, storage) => (storage, Some(value)),
            Self::Ask(..) => (Storage::Temporary, None),
            Self::AreYouThere | Self::Escape(_) | Self::Pro(_) => return None,
        };
        let mut body = Bytes::new();
        body.push(storage.mark());
        body.extend(&self.name());
        match (self, value) {
            (Self::Set(Setting::TerminatorIsCr, ..), _) => body.extend(b"0D"),
            (Self::Ask(_, question), _) if asked => body.push(question.mark()),
            (_, Some(value)) => decimal(value, &mut body),
            (_, None) => {}
        }
        Some(body)
    }

    pub(super) fn encode(self) -> Bytes {
        let Some(body) = self.body(true) else { return self.older() };
        let mut bytes = Bytes::of(b"~\x010000");
        bytes.extend(body.as_slice());
        bytes.extend(b";\x03");
        bytes
    }

    fn older(self) -> Bytes {
        match self {
            Self::AreYouThere => Bytes::of(b"?"),
            Self::Escape(true) => Bytes::of(b"\x1B1"),
            Self::Escape(false) => Bytes::of(b"\x1B0"),
            Self::Pro(pro) => {
                let mut bytes = Bytes::of(b"NLS");
                bytes.extend(pro.digits());
                bytes.push(b';');
                bytes
            }
            Self::Trigger(_) | Self::Set(..) | Self::Ask(..) => Bytes::new(),
        }
    }

    /// The reply to it: the command behind another head, with the outcome
    /// before the `;`.
    pub(super) fn echo(self) -> Option<Echo> {
        let mut text = Bytes::of(b"\x02\x010000");
        text.extend(self.body(false)?.as_slice());
        Some(Echo::new(text, matches!(self, Self::Ask(..)), b";\x03"))
    }
}

impl Said for Command {
    fn is_answered(self) -> bool {
        !matches!(self, Self::Escape(_))
    }
}
