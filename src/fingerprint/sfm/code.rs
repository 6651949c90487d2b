use core::fmt;

macro_rules! codes {
    ($($raw:literal $name:ident $meaning:literal,)*) => {
        /// What a module says about a command, by the error codes of the
        /// UniFinger protocol.
        #[non_exhaustive]
        #[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
        #[cfg_attr(feature = "defmt", derive(defmt::Format))]
        pub enum Code {
            $(#[doc = concat!(stringify!($raw), ": ", $meaning, ".")] $name,)*
            /// A code that the manual does not have.
            Other(u8),
        }

        impl Code {
            /// The code as it stands in the packet.
            #[must_use]
            pub const fn raw(self) -> u8 {
                match self {
                    $(Self::$name => $raw,)*
                    Self::Other(raw) => raw,
                }
            }

            /// What it says.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self {
                    $(Self::$name => $meaning,)*
                    Self::Other(_) => "no code of the manual",
                }
            }
        }

        impl From<u8> for Code {
            fn from(raw: u8) -> Self {
                match raw {
                    $($raw => Self::$name,)*
                    raw => Self::Other(raw),
                }
            }
        }
    };
}

codes! {
    0x61 Success "done",
    0x62 ScanSuccess "an image was taken, the rest follows",
    0x63 ScanFail "the sensor took no image",
    0x69 NotFound "not found",
    0x6A NotMatch "the finger does not match",
    0x6B TryAgain "the image is not good enough",
    0x6C TimeOut "no finger came",
    0x6D MemoryFull "the library is full",
    0x6E ExistingId "the user ID is in use",
    0x72 FingerLimit "the user ID has ten templates",
    0x74 Continue "the check is over, enrolment goes on",
    0x75 Unsupported "not supported",
    0x76 InvalidId "the user ID is not valid",
    0x7A MatchTimeOut "the search took too long",
    0x7C InvalidFirmware "the firmware is not valid",
    0x80 Busy "busy with another command",
    0x81 Cancelled "cancelled",
    0x82 DataError "the data arrived damaged",
    0x83 DataOk "the data arrived",
    0x86 ExistingFinger "the finger is enrolled",
    0x90 RejectedId "the user is on the black list",
    0x91 DuressFinger "a duress finger matches",
    0x93 AccessNotGranted "an administrator has to verify first",
    0x94 EntranceLimit "the user came in too often",
    0xA0 CardError "the card failed",
    0xA1 Locked "the module is locked",
    0xA2 NoSerialNumber "the module has no serial number",
    0xA3 RecoveryMode "the module is in recovery mode",
    0xB0 FakeDetected "the finger is a fake",
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({:02X}h)", self.meaning(), self.raw())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_there_and_back() {
        for raw in 0..=u8::MAX {
            assert_eq!(Code::from(raw).raw(), raw);
        }
        assert_eq!(Code::from(0x91), Code::DuressFinger);
        assert_eq!(Code::from(0x60), Code::Other(0x60));
    }
}
