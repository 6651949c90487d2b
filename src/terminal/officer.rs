use bitflags::bitflags;

use super::{CivilTime, Text};
use crate::fingerprint::Slot;
use crate::fingerprint::trust::Evidence;

/// An officer's number (警号).
pub type OfficerId = Text<8>;

bitflags! {
    /// What an officer may do at the terminal.
    #[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
    pub struct Rights: u8 {
        /// Look up vehicles and drivers.
        const QUERY = 1;
        /// Issue a decision in the simple procedure.
        const PENALTY = 1 << 1;
        /// Issue a compulsory-measure certificate.
        const MEASURE = 1 << 2;
        /// Take a fine.
        const COLLECT = 1 << 3;
        /// Void a number that was taken.
        const VOID = 1 << 4;
    }
}

/// What an officer is.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Role {
    /// Auxiliary police (辅警): supports, decides nothing.
    Auxiliary,
    /// Police officer.
    Officer,
    /// May void numbers as well.
    Supervisor,
}

impl Role {
    /// What the role may do.
    #[must_use]
    pub const fn rights(self) -> Rights {
        let officer =
            Rights::QUERY.union(Rights::PENALTY).union(Rights::MEASURE).union(Rights::COLLECT);
        match self {
            Self::Auxiliary => Rights::QUERY,
            Self::Officer => officer,
            Self::Supervisor => officer.union(Rights::VOID),
        }
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Auxiliary => "auxiliary",
            Self::Officer => "officer",
            Self::Supervisor => "supervisor",
        }
    }
}

/// A second thing an officer shows beside the finger.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Factor {
    /// A number the officer knows.
    Pin,
    /// The officer's card.
    Card,
}

impl Factor {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Pin => "pin",
            Self::Card => "card",
        }
    }
}

/// One who may sign in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Officer<'a> {
    /// The officer's number.
    pub id: OfficerId,
    /// The officer's name, for the papers.
    pub name: &'a str,
    /// The templates of the officer's fingers in the sensor.
    pub slots: &'a [Slot],
    /// What the officer is.
    pub role: Role,
    /// What is asked for beside the finger.
    pub second: Option<Factor>,
}

/// The officer laid the finger anew, for one decision. Made by
/// [`SignIn`](super::SignIn) alone, and used up.
#[derive(Debug, Eq, PartialEq)]
pub struct Authorisation(pub(super) Evidence<OfficerId>);

/// An officer who signed in: made by [`SignIn`](super::SignIn) alone.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Session<'a> {
    pub(super) officer: &'a Officer<'a>,
    pub(super) since: CivilTime,
    pub(super) evidence: Evidence<OfficerId>,
}

impl<'a> Session<'a> {
    /// Who signed in.
    #[must_use]
    pub const fn officer(&self) -> &'a Officer<'a> {
        self.officer
    }

    /// How it is known: method, score, level, sensor.
    #[must_use]
    pub const fn evidence(&self) -> &Evidence<OfficerId> {
        &self.evidence
    }

    /// When.
    #[must_use]
    pub const fn since(&self) -> CivilTime {
        self.since
    }
}
