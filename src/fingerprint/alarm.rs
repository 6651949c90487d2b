use super::driver::Driver;
use super::link::Family;
use super::{Match, Pending};
use crate::ErrorType;
use crate::port::{CallError, Clocked, Port};

/// Something about a finger that somebody has to hear of.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Alarm {
    /// A finger matches that its owner enrolled to say: I am forced to do
    /// this. It is no plain match, and whether it opens is for the application
    /// to say; the person should not be seen to have called for help.
    Duress(Match),
    /// The finger is a fake.
    Fake,
    /// No finger, but the print that the one before left on the glass, or a
    /// finger that never moved since.
    Residue,
}

/// A sensor that knows a finger given under duress, or a fake. Both are errors
/// of [`FingerprintSensor`](super::FingerprintSensor): who does not ask lets nobody in.
pub trait Alarms: ErrorType {
    /// What an error says that somebody has to hear of, if anything.
    fn alarm(error: &Self::Error) -> Option<Alarm>;
}

impl<T: Alarms + ?Sized> Alarms for &mut T {
    fn alarm(error: &Self::Error) -> Option<Alarm> {
        T::alarm(error)
    }
}

/// A family whose modules know a finger given under duress, or a fake.
pub trait Warns: Family {
    /// As [`Alarms::alarm`].
    fn alarm(fault: &Self::Fault) -> Option<Alarm>;
}

fn alarm<L: Warns, E>(error: &CallError<L::Fault, E>) -> Option<Alarm> {
    match error {
        CallError::Device(fault) => L::alarm(fault),
        _ => None,
    }
}

impl<P: Port, L: Warns, C> Alarms for Clocked<Driver<P, L>, C, Pending<L::Identify, L::Enrol>> {
    fn alarm(error: &Self::Error) -> Option<Alarm> {
        alarm::<L, _>(error)
    }
}

#[cfg(feature = "async")]
impl<P: embedded_io_async::ErrorType, L: Warns, T> Alarms for Clocked<Driver<P, L>, T> {
    fn alarm(error: &Self::Error) -> Option<Alarm> {
        alarm::<L, _>(error)
    }
}
