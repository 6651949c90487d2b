use core::fmt;

macro_rules! outcomes {
    ($($raw:literal $name:ident $meaning:literal,)*) => {
        /// What a module says about a command, by FPC's table of results.
        #[non_exhaustive]
        #[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
        #[cfg_attr(feature = "defmt", derive(defmt::Format))]
        pub enum Outcome {
            $(#[doc = concat!(stringify!($raw), ": ", $meaning, ".")] $name,)*
            /// A result that the table does not have.
            Other(i8),
        }

        impl Outcome {
            /// The result as it stands in the message.
            #[must_use]
            pub const fn raw(self) -> i8 {
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
                    Self::Other(_) => "no result of the table",
                }
            }
        }

        impl From<i8> for Outcome {
            fn from(raw: i8) -> Self {
                match raw {
                    $($raw => Self::$name,)*
                    raw => Self::Other(raw),
                }
            }
        }
    };
}

outcomes! {
    0 Ok "done",
    -1 General "general error",
    -2 Internal "internal error",
    -3 InvalidArgument "invalid argument",
    -4 NotImplemented "not implemented",
    -5 Cancelled "cancelled",
    -6 NoMemory "out of memory",
    -7 NoResource "out of resources",
    -8 InputOutput "input or output failed",
    -9 BrokenSensor "the sensor is broken",
    -10 WrongState "wrong state",
    -11 Timeout "no finger came or went in time",
    -12 IdNotUnique "the ID is in use",
    -13 IdNotFound "there is no such ID",
    -14 InvalidFormat "invalid format",
    -15 Capture "no image could be taken",
    -16 SensorMismatch "another sensor",
    -17 InvalidParameter "invalid parameter",
    -18 MissingTemplate "no template",
    -19 InvalidCalibration "invalid calibration",
    -20 StorageNotFormatted "the storage is not formatted",
    -21 SensorNotInitialised "the sensor is not initialised",
    -22 TooManyBadImages "too many bad images",
    -23 Crypto "cryptographic error",
    -24 NotSupported "not supported",
    -25 FingerNotStable "the finger moved",
    -26 NotInitialised "not initialised",
}

impl Outcome {
    pub(super) const fn is_poor(self) -> bool {
        matches!(self, Self::Capture | Self::TooManyBadImages | Self::FingerNotStable)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.meaning(), self.raw())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_result_there_and_back() {
        for raw in i8::MIN..=i8::MAX {
            assert_eq!(Outcome::from(raw).raw(), raw);
        }
        assert_eq!(Outcome::from(-13), Outcome::IdNotFound);
        assert_eq!(Outcome::from(-27), Outcome::Other(-27));
    }
}
