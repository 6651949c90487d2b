use core::fmt;

use super::{Attempts, Evidence};
use crate::port::{Duration, Instant};
use crate::{Error, ErrorKind};

/// Why nobody was authenticated.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Denied {
    /// The finger matches no template that it was compared with, or not well
    /// enough.
    NoMatch,
    /// The second factor was wrong.
    SecondFactor,
    /// The finger is a fake.
    Fake,
    /// What the finger before left on the glass, or one that never moved.
    Residue,
    /// The finger says that the person is forced, and that passes nobody. To the
    /// person it is as [`NoMatch`](Self::NoMatch): its text and kind are the
    /// same.
    Duress,
    /// Too many attempts failed.
    LockedOut {
        /// When there is another.
        until: Instant,
    },
    /// The person has no template, or the sensor has none at all.
    NoTemplate,
    /// Searching is not allowed: somebody has to be claimed.
    NoClaim,
    /// The sensor is not the one that it should be.
    OtherSensor,
    /// The sensor cannot be told from others of its model.
    AlikeSensor,
    /// The sensor did not prove that it knows its secret.
    Unproven,
    /// The sensor started anew or fell silent since it said which one it is.
    Interrupted,
    /// The count of attempts could not be kept.
    Storage,
    /// The line garbled; what was compared is not known.
    Line,
    /// The sensor did not answer in time; what was compared is not known.
    Timeout,
    /// The sensor answered something that nobody asked.
    Protocol,
    /// The sensor refused.
    Refused,
    /// The sensor reports that it is broken.
    Device,
    /// The sensor failed in another way.
    Other(ErrorKind),
    /// The person left, or was sent away.
    Abandoned,
}

impl Denied {
    pub(super) const fn of(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::Line => Self::Line,
            ErrorKind::Timeout => Self::Timeout,
            ErrorKind::Protocol => Self::Protocol,
            ErrorKind::Refused => Self::Refused,
            ErrorKind::Hardware => Self::Device,
            kind => Self::Other(kind),
        }
    }

    /// A word for records.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NoMatch => "no-match",
            Self::SecondFactor => "second-factor",
            Self::Fake => "fake",
            Self::Residue => "residue",
            Self::Duress => "duress",
            Self::LockedOut { .. } => "locked-out",
            Self::NoTemplate => "no-template",
            Self::NoClaim => "no-claim",
            Self::OtherSensor => "other-sensor",
            Self::AlikeSensor => "alike-sensor",
            Self::Unproven => "unproven",
            Self::Interrupted => "interrupted",
            Self::Storage => "storage",
            Self::Line => "line",
            Self::Timeout => "timeout",
            Self::Protocol => "protocol",
            Self::Refused => "refused",
            Self::Device => "device",
            Self::Other(_) => "other",
            Self::Abandoned => "abandoned",
        }
    }
}

impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoMatch | Self::Duress => "the finger does not match",
            Self::SecondFactor => "the second factor is wrong",
            Self::Fake => "the finger is a fake",
            Self::Residue => "no finger, but what one left: clean the glass",
            Self::LockedOut { .. } => "too many attempts failed: wait",
            Self::NoTemplate => "no template to compare with",
            Self::NoClaim => "say who it is: nobody is searched for",
            Self::OtherSensor => "another sensor is there",
            Self::AlikeSensor => "the sensor cannot be told from others of its model",
            Self::Unproven => "the sensor does not know its secret",
            Self::Interrupted => "the sensor started anew or fell silent",
            Self::Storage => "the attempt cannot be counted",
            Self::Line => "the line to the sensor garbled",
            Self::Timeout => "the sensor did not answer in time",
            Self::Protocol => "the sensor broke its protocol",
            Self::Refused => "the sensor refused",
            Self::Device => "the sensor reports a fault",
            Self::Other(kind) => return write!(f, "the sensor: {kind}"),
            Self::Abandoned => "nobody stayed",
        })
    }
}

impl core::error::Error for Denied {}

impl Error for Denied {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::LockedOut { .. } => ErrorKind::Busy,
            Self::NoTemplate | Self::Abandoned => ErrorKind::Absent,
            Self::NoClaim => ErrorKind::Argument,
            Self::Storage | Self::Device => ErrorKind::Hardware,
            Self::Line => ErrorKind::Line,
            Self::Timeout => ErrorKind::Timeout,
            Self::Protocol => ErrorKind::Protocol,
            Self::Other(kind) => *kind,
            _ => ErrorKind::Refused,
        }
    }
}

/// What happened, for the records: nothing in it is for the person to see.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Audit<I> {
    /// An attempt was counted as failed, before it is made.
    Counted(Attempts),
    /// It was not made, and is given back.
    Returned(Attempts),
    /// A capture was poor; nothing was compared.
    Poor,
    /// Somebody was authenticated; the failed attempts are forgiven.
    Passed(Evidence<I>),
    /// Nobody was.
    Denied(Denied),
    /// Nobody has another attempt for so long.
    LockedOut {
        /// Failed attempts.
        attempts: Attempts,
        /// For how long.
        length: Duration,
    },
}
