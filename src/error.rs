use core::convert::Infallible;
use core::fmt;

/// What went wrong, in terms a caller can act on.
///
/// Every error of the crate has a kind; the error value itself says what was
/// wrong and where. Generic code matches on the kind, a person reads the value.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum ErrorKind {
    /// The line is gone or garbles: check cable, power, baud rate.
    Line,
    /// The peer did not answer within the time its data sheet allows.
    Timeout,
    /// The peer answered with something its protocol does not allow.
    Protocol,
    /// The peer understood and said no.
    Refused,
    /// A person has to try again: finger moved, code not readable.
    Retry,
    /// What is to be worked on is not there: no card, no paper, no finger.
    Absent,
    /// The peer is at work; ask again later.
    Busy,
    /// The device reports that it is broken.
    Hardware,
    /// The device or the port cannot do this.
    Unsupported,
    /// The caller's argument is out of range; nothing was sent.
    Argument,
    /// None of the above.
    Other,
}

/// An error with a [kind](ErrorKind).
pub trait Error: core::error::Error {
    /// The kind of this error.
    fn kind(&self) -> ErrorKind;
}

/// The one error type that all traits of an implementor share.
pub trait ErrorType {
    /// What its methods fail with.
    type Error: Error;
}

impl<T: ErrorType + ?Sized> ErrorType for &mut T {
    type Error = T::Error;
}

impl Error for Infallible {
    fn kind(&self) -> ErrorKind {
        match *self {}
    }
}

impl Error for ErrorKind {
    fn kind(&self) -> ErrorKind {
        *self
    }
}

impl core::error::Error for ErrorKind {}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Line => "the line is gone or garbles",
            Self::Timeout => "no answer in time",
            Self::Protocol => "the answer breaks the protocol",
            Self::Refused => "the device refused",
            Self::Retry => "try again",
            Self::Absent => "nothing there to work on",
            Self::Busy => "the device is busy",
            Self::Hardware => "the device reports a fault",
            Self::Unsupported => "not supported",
            Self::Argument => "argument out of range",
            Self::Other => "other error",
        })
    }
}
