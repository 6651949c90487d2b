use core::fmt;

/// The code in an acknowledgement: how a command went.
///
/// The meanings are those of the ZFM-20 (V2.0) and R503 (V1.1, V1.2.2)
/// manuals. Codes that other makers of the same frame give another meaning are
/// kept raw in [`Dependent`](Self::Dependent).
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Confirmation {
    /// 00h.
    Ok,
    /// 01h: the module did not receive the command well.
    PacketDamaged,
    /// 02h.
    NoFinger,
    /// 03h: the image could not be taken.
    ImageFailed,
    /// 04h. Synochip modules only.
    TooDry,
    /// 05h. Synochip modules only.
    TooWet,
    /// 06h: the image is too disorderly.
    TooMessy,
    /// 07h: too few features, or too small an area.
    TooFewFeatures,
    /// 08h: the two do not match.
    NoMatch,
    /// 09h: no template of the library matches.
    NotFound,
    /// 0Ah: the captures are not of one finger.
    MergeFailed,
    /// 0Bh: no such place in the library.
    PageOutOfRange,
    /// 0Ch: the template cannot be read, or there is none.
    BadTemplate,
    /// 0Dh.
    TemplateUploadFailed,
    /// 0Eh: the module cannot take the data that follow.
    CannotReceive,
    /// 0Fh.
    ImageUploadFailed,
    /// 10h.
    DeleteFailed,
    /// 11h.
    ClearFailed,
    /// 13h.
    WrongPassword,
    /// 15h: there is no image to work on.
    NoImage,
    /// 17h: a print left on the glass, or a finger that never moved. Synochip
    /// modules only; a sign of an attack.
    ResidualPrint,
    /// 18h: the flash could not be written.
    FlashFailed,
    /// 1Ah.
    BadRegister,
    /// 1Bh.
    BadRegisterValue,
    /// 1Ch.
    BadNotepadPage,
    /// 1Dh.
    PortFailed,
    /// 1Fh.
    LibraryFull,
    /// 20h.
    WrongAddress,
    /// 21h: the password must be verified first.
    Locked,
    /// 23h.
    TemplateEmpty,
    /// 24h.
    LibraryEmpty,
    /// 26h: nobody came in time.
    TimedOut,
    /// 27h: the finger is in the library already.
    AlreadyEnrolled,
    /// 29h: the sensor is broken.
    SensorFault,
    /// 19h, 22h, FBh to FFh: depends on the maker, see
    /// [`meaning`](Self::meaning).
    Dependent(u8),
    /// Any other code.
    Other(u8),
}

/// One row: code, value, meaning.
type Row = (u8, Confirmation, &'static str);

const TABLE: [Row; 41] = {
    use Confirmation::*;
    [
        (0x00, Ok, "ok"),
        (0x01, PacketDamaged, "the module received a damaged packet"),
        (0x02, NoFinger, "no finger on the sensor"),
        (0x03, ImageFailed, "taking the image failed"),
        (0x04, TooDry, "finger too dry"),
        (0x05, TooWet, "finger too wet"),
        (0x06, TooMessy, "image too disorderly"),
        (0x07, TooFewFeatures, "too few features, or area too small"),
        (0x08, NoMatch, "no match"),
        (0x09, NotFound, "not found in the library"),
        (0x0A, MergeFailed, "captures are not of one finger"),
        (0x0B, PageOutOfRange, "beyond the library"),
        (0x0C, BadTemplate, "template unreadable or missing"),
        (0x0D, TemplateUploadFailed, "template upload failed"),
        (0x0E, CannotReceive, "cannot receive the data"),
        (0x0F, ImageUploadFailed, "image upload failed"),
        (0x10, DeleteFailed, "deleting failed"),
        (0x11, ClearFailed, "clearing the library failed"),
        (0x13, WrongPassword, "wrong password"),
        (0x15, NoImage, "no valid image to work on"),
        (0x17, ResidualPrint, "residual print, or the finger did not move"),
        (0x18, FlashFailed, "writing the flash failed"),
        (0x19, Dependent(0x19), "undefined error (Grow) or random number failed (Synochip)"),
        (0x1A, BadRegister, "no such register"),
        (0x1B, BadRegisterValue, "register value not allowed"),
        (0x1C, BadNotepadPage, "no such notepad page"),
        (0x1D, PortFailed, "port control failed"),
        (0x1F, LibraryFull, "library full"),
        (0x20, WrongAddress, "wrong module address"),
        (0x21, Locked, "password must be verified first"),
        (0x22, Dependent(0x22), "template empty (Grow) or template not empty (Synochip)"),
        (0x23, TemplateEmpty, "template empty"),
        (0x24, LibraryEmpty, "library empty"),
        (0x26, TimedOut, "timed out"),
        (0x27, AlreadyEnrolled, "finger already enrolled"),
        (0x29, SensorFault, "sensor fault"),
        (0xFB, Dependent(0xFB), "busy (M5)"),
        (0xFC, Dependent(0xFC), "unsupported command (Grow) or blocked (M5)"),
        (0xFD, Dependent(0xFD), "hardware error (Grow) or bad parameter (M5)"),
        (0xFE, Dependent(0xFE), "execution failed (Grow) or module not open (M5)"),
        (0xFF, Dependent(0xFF), "woken by touch (M5)"),
    ]
};

impl Confirmation {
    /// The code as it stands in the acknowledgement.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Dependent(code) | Self::Other(code) => code,
            known => TABLE.iter().find(|row| row.1 == known).map_or(0, |row| row.0),
        }
    }

    /// What the code means, in a few words; both readings where makers
    /// disagree.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        TABLE.iter().find(|row| row.1 == self).map_or("unknown code", |row| row.2)
    }
}

impl From<u8> for Confirmation {
    fn from(code: u8) -> Self {
        TABLE.iter().find(|row| row.0 == code).map_or(Self::Other(code), |row| row.1)
    }
}

impl fmt::Display for Confirmation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({:02X}h)", self.meaning(), self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_survives() {
        for code in 0..=u8::MAX {
            assert_eq!(Confirmation::from(code).code(), code);
        }
        assert_eq!(Confirmation::from(0x77), Confirmation::Other(0x77));
    }
}
