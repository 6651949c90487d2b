use core::fmt;

use super::dialect::{Dialect, Dialects};

/// The code in an acknowledgement: how a command went.
///
/// The meanings are those of the ZFM-20 (V2.0), R503 (V1.1, V1.2.2) and M5 (V1.0)
/// manuals. Where they disagree about a code, each reading is a variant of its
/// own; [`read`](Self::read) takes the one of the dialect. What a ZFM-20 manual
/// does not say is read as an R503's says it.
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
    /// 04h. Synochip.
    TooDry,
    /// 05h. Synochip.
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
    /// 12h: low power could not be entered. Synochip.
    SleepFailed,
    /// 13h.
    WrongPassword,
    /// 14h. Synochip.
    ResetFailed,
    /// 15h: there is no image to work on.
    NoImage,
    /// 16h. Synochip.
    UpgradeFailed,
    /// 17h: a print left on the glass, or a finger that never moved. Synochip;
    /// a sign of an attack.
    ResidualPrint,
    /// 18h: the flash could not be written.
    FlashFailed,
    /// 19h: undefined error. Not Synochip.
    Undefined,
    /// 19h: there is no random number. Synochip.
    RandomFailed,
    /// 1Ah.
    BadRegister,
    /// 1Bh.
    BadRegisterValue,
    /// 1Ch.
    BadNotepadPage,
    /// 1Dh.
    PortFailed,
    /// 1Eh. Synochip.
    AutoEnrollFailed,
    /// 1Fh.
    LibraryFull,
    /// 20h.
    WrongAddress,
    /// 21h: the password must be verified first. Not Synochip.
    Locked,
    /// 21h: the password is, or was, not right. Synochip.
    NotVerified,
    /// 22h: there is no template in the slot. Not Synochip.
    SlotEmpty,
    /// 22h: there is a template in the slot. Synochip.
    SlotInUse,
    /// 23h.
    TemplateEmpty,
    /// 24h.
    LibraryEmpty,
    /// 25h. Synochip.
    BadCaptureCount,
    /// 26h: nobody came in time.
    TimedOut,
    /// 27h: the finger is in the library already.
    AlreadyEnrolled,
    /// 28h: the same part of the finger as before. Synochip.
    TooSimilar,
    /// 29h: the sensor is broken.
    SensorFault,
    /// 31h: the module is set to encrypt. Synochip.
    WrongEncryption,
    /// 32h. Synochip.
    KeyLocked,
    /// 33h: too small a part of the finger. Synochip.
    TooSmall,
    /// 34h: something lies there that does not move. Synochip; a sign of an
    /// attack.
    StaticObject,
    /// 35h. Synochip.
    IllegalData,
    /// 37h: the features are of no finger. Synochip; a sign of an attack.
    ForeignObject,
    /// 3Bh: the template would be a poor one. Synochip.
    PoorTemplate,
    /// 55h: the answer to [`Echo`](super::command::Echo).
    Echo,
    /// FBh. Synochip.
    Busy,
    /// FCh: no such command. Not Synochip.
    Unsupported,
    /// FCh. Synochip.
    Blocked,
    /// FDh: the hardware is broken. Not Synochip.
    HardwareFault,
    /// FDh. Synochip.
    BadParameter,
    /// FEh: the command could not be carried out. Not Synochip.
    ExecutionFailed,
    /// FEh: the module is not open. Synochip.
    NotOpen,
    /// FFh: not an answer; the module was woken by a touch. Synochip.
    Woken,
    /// Any other code.
    Other(u8),
}

/// One row: code, value, who means it so.
type Row = (u8, Confirmation, Dialects);

/// A table of the codes, and apart from it what they mean: the words are in
/// firmware only where somebody reads them.
macro_rules! codes {
    ($($code:literal $value:ident, $by:ident: $meaning:literal;)*) => {
        const TABLE: &[Row] = &[$(($code, Confirmation::$value, $by)),*];

        impl Confirmation {
            /// What the code means, in a few words.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self {
                    $(Self::$value => $meaning,)*
                    Self::Other(_) => "unknown code",
                }
            }
        }
    };
}

const ALL: Dialects = Dialects::all();
const SYNOCHIP: Dialects = Dialects::SYNOCHIP;
const NOT_SYNOCHIP: Dialects = Dialects::NOT_SYNOCHIP;

codes! {
    0x00 Ok, ALL: "ok";
    0x01 PacketDamaged, ALL: "the module received a damaged packet";
    0x02 NoFinger, ALL: "no finger on the sensor";
    0x03 ImageFailed, ALL: "taking the image failed";
    0x04 TooDry, SYNOCHIP: "finger too dry";
    0x05 TooWet, SYNOCHIP: "finger too wet";
    0x06 TooMessy, ALL: "image too disorderly";
    0x07 TooFewFeatures, ALL: "too few features, or area too small";
    0x08 NoMatch, ALL: "no match";
    0x09 NotFound, ALL: "not found in the library";
    0x0A MergeFailed, ALL: "captures are not of one finger";
    0x0B PageOutOfRange, ALL: "beyond the library";
    0x0C BadTemplate, ALL: "template unreadable or missing";
    0x0D TemplateUploadFailed, ALL: "template upload failed";
    0x0E CannotReceive, ALL: "cannot receive the data";
    0x0F ImageUploadFailed, ALL: "image upload failed";
    0x10 DeleteFailed, ALL: "deleting failed";
    0x11 ClearFailed, ALL: "clearing the library failed";
    0x12 SleepFailed, SYNOCHIP: "entering low power failed";
    0x13 WrongPassword, ALL: "wrong password";
    0x14 ResetFailed, SYNOCHIP: "reset failed";
    0x15 NoImage, ALL: "no valid image to work on";
    0x16 UpgradeFailed, SYNOCHIP: "upgrade failed";
    0x17 ResidualPrint, SYNOCHIP: "residual print, or the finger did not move";
    0x18 FlashFailed, ALL: "writing the flash failed";
    0x19 Undefined, NOT_SYNOCHIP: "undefined error";
    0x19 RandomFailed, SYNOCHIP: "random number failed";
    0x1A BadRegister, ALL: "no such register";
    0x1B BadRegisterValue, ALL: "register value not allowed";
    0x1C BadNotepadPage, ALL: "no such notepad page";
    0x1D PortFailed, ALL: "port control failed";
    0x1E AutoEnrollFailed, SYNOCHIP: "automatic enrolment failed";
    0x1F LibraryFull, ALL: "library full";
    0x20 WrongAddress, ALL: "wrong module address";
    0x21 Locked, NOT_SYNOCHIP: "password must be verified first";
    0x21 NotVerified, SYNOCHIP: "password incorrect";
    0x22 SlotEmpty, NOT_SYNOCHIP: "template empty";
    0x22 SlotInUse, SYNOCHIP: "template not empty";
    0x23 TemplateEmpty, ALL: "template empty";
    0x24 LibraryEmpty, ALL: "library empty";
    0x25 BadCaptureCount, SYNOCHIP: "wrong number of captures";
    0x26 TimedOut, ALL: "timed out";
    0x27 AlreadyEnrolled, ALL: "finger already enrolled";
    0x28 TooSimilar, SYNOCHIP: "the same part of the finger as before";
    0x29 SensorFault, ALL: "sensor fault";
    0x31 WrongEncryption, SYNOCHIP: "does not fit the encryption level";
    0x32 KeyLocked, SYNOCHIP: "the key is locked";
    0x33 TooSmall, SYNOCHIP: "image area too small";
    0x34 StaticObject, SYNOCHIP: "static foreign object";
    0x35 IllegalData, SYNOCHIP: "illegal data";
    0x37 ForeignObject, SYNOCHIP: "foreign object in the features";
    0x3B PoorTemplate, SYNOCHIP: "poor template";
    0x55 Echo, ALL: "echo";
    0xFB Busy, SYNOCHIP: "busy";
    0xFC Unsupported, NOT_SYNOCHIP: "unsupported command";
    0xFC Blocked, SYNOCHIP: "blocked";
    0xFD HardwareFault, NOT_SYNOCHIP: "hardware error";
    0xFD BadParameter, SYNOCHIP: "bad parameter";
    0xFE ExecutionFailed, NOT_SYNOCHIP: "execution failed";
    0xFE NotOpen, SYNOCHIP: "module not open";
    0xFF Woken, ALL: "woken by touch";
}

impl Confirmation {
    /// What a code says in this dialect.
    #[must_use]
    pub fn read(code: u8, dialect: Dialect) -> Self {
        let row = TABLE.iter().find(|row| row.0 == code && row.2.contains(dialect.into()));
        row.map_or(Self::Other(code), |row| row.1)
    }

    /// Every reading of a code, whoever means it so.
    pub fn readings(code: u8) -> impl Iterator<Item = Self> {
        TABLE.iter().filter(move |row| row.0 == code).map(|row| row.1)
    }

    /// The code as it stands in the acknowledgement.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Other(code) => code,
            known => TABLE.iter().find(|row| row.1 == known).map_or(0, |row| row.0),
        }
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
    fn every_code_survives_in_every_dialect() {
        for dialect in Dialect::ALL {
            for code in 0..=u8::MAX {
                assert_eq!(Confirmation::read(code, dialect).code(), code);
            }
        }
        assert_eq!(Confirmation::read(0x77, Dialect::R503), Confirmation::Other(0x77));
    }

    #[test]
    fn no_code_has_two_meanings_in_one_dialect() {
        for (at, row) in TABLE.iter().enumerate() {
            let others = &TABLE[at + 1..];
            assert!(!others.iter().any(|o| o.0 == row.0 && o.2.intersects(row.2)), "{row:?}");
        }
        assert_eq!(Confirmation::read(0x22, Dialect::R503V12), Confirmation::SlotEmpty);
        assert_eq!(Confirmation::read(0x22, Dialect::Synochip), Confirmation::SlotInUse);
        assert!(Confirmation::readings(0x22).count() == 2);
    }
}
