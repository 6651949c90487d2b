use super::Match;
use crate::ErrorType;

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
