use super::LockOut;
use crate::fingerprint::{SensorId, Slot};
use crate::port::Duration;

/// One who can be authenticated, as the program's roster knows him.
pub trait Enrolee {
    /// What names him: an officer's number.
    type Id: Copy + Eq + core::fmt::Debug;

    /// His name.
    fn id(&self) -> Self::Id;

    /// The templates of his fingers in the sensor. Who has none never passes.
    fn slots(&self) -> &[Slot];

    /// Whether he shows something else beside the finger.
    fn needs_second_factor(&self) -> bool {
        false
    }
}

/// Who the finger is said to be of.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Claim<I> {
    /// This person's: it is compared with his templates (1:1).
    Is(I),
    /// Somebody's: it is searched in the whole library (1:N), where
    /// [`Policy::search`] allows that.
    Anyone,
}

/// What is asked of a search (1:N).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Search {
    /// The lowest score that passes, in the model's own scale. The models without
    /// scores say 0.
    pub minimum_score: u16,
}

/// Which sensor an answer may come from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Pin {
    /// This one, as it was noted when the terminal was set up.
    To(SensorId),
    /// The one that is there at first, and then no other until the next start.
    FirstSeen,
}

/// What becomes of a finger that was enrolled to say: I am forced to do this.
/// Either way the person sees nothing of it; [`Evidence`](super::Evidence) or
/// [`Denied`](super::Denied) says it to the program.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum OnDuress {
    /// It passes as any other; who forces the person sees what he expects.
    Admit,
    /// It does not pass, as a finger that matches nobody's.
    Deny,
}

/// What it takes to pass.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Policy {
    /// How many attempts there are.
    pub lock_out: LockOut,
    /// Whether a finger may be searched among all, and at what score; `None`: a
    /// person has to say who he is.
    pub search: Option<Search>,
    /// The lowest score of a comparison with one template (1:1) that passes, in
    /// the model's own scale; 0 leaves it to the module.
    pub minimum_score: u16,
    /// Which sensor it has to be.
    pub sensor: Pin,
    /// A sensor passes that cannot be told from others of its model.
    pub accept_alike: bool,
    /// The sensor has to prove that it knows a secret, such as one in its
    /// notepad, before each authentication.
    pub proof: bool,
    /// How long what comes of it can be used.
    pub validity: Duration,
    /// What becomes of a finger under duress.
    pub on_duress: OnDuress,
}

impl Policy {
    /// Persons say who they are; the sensor is one of its kind and stays the
    /// same; what passed can be used for thirty seconds.
    pub const STANDARD: Self = Self {
        lock_out: LockOut::STANDARD,
        search: None,
        minimum_score: 0,
        sensor: Pin::FirstSeen,
        accept_alike: false,
        proof: false,
        validity: Duration::from_secs(30),
        on_duress: OnDuress::Admit,
    };
}
