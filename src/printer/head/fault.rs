use core::fmt;

use super::io::IoFault;
use super::refusal::Refusal;
use crate::printer::Status;
use crate::{Error, ErrorKind};

/// Why a head does not print. All strobes and coils are off then.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Fault {
    /// The item cannot be printed; nothing of it was.
    Refused(Refusal),
    /// No paper, an open platen, or a head that did not cool down.
    Stopped(Status),
    /// The supply is out of the head's range, in mV; if it is too low, with the
    /// fewest dots.
    Voltage(u16),
    /// The thermistor is broken or not there: its voltage, in mV.
    Thermistor(u16),
    /// A strobe was on so many µs longer than it should have been, because
    /// [`poll`](super::Head::poll) came so late.
    Overrun(u32),
    /// Polls come too seldom to heat without a timer.
    Slow,
    /// The clock went back, or stood still while a strobe was on.
    Clock,
    /// A pin, the bus or a converter failed.
    Io(IoFault),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refusal) => refusal.fmt(f),
            Self::Stopped(status) => write!(f, "the printer stopped: {status}"),
            Self::Voltage(mv) => write!(f, "{mv} mV are no voltage for the head"),
            Self::Thermistor(mv) => write!(f, "{mv} mV are no temperature of the head"),
            Self::Overrun(micros) => write!(f, "a strobe was on {micros} us too long"),
            Self::Slow => f.write_str("the head is polled too seldom"),
            Self::Clock => f.write_str("the clock does not run while the head heats"),
            Self::Io(fault) => fault.fmt(f),
        }
    }
}

impl core::error::Error for Fault {}

impl Error for Fault {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Refused(refusal) => refusal.kind(),
            Self::Stopped(status) if status.contains(Status::OVERHEATED) => ErrorKind::Busy,
            Self::Stopped(_) => ErrorKind::Absent,
            Self::Slow => ErrorKind::Timeout,
            _ => ErrorKind::Hardware,
        }
    }
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<IoFault> for Fault {
    fn from(fault: IoFault) -> Self {
        Self::Io(fault)
    }
}
