use core::fmt;

use subtle::ConstantTimeEq;

use crate::fingerprint::{Match, SensorId};
use crate::port::Instant;

/// What a token is bound to: a number of the session or the deed, that is never
/// used again.
#[derive(Clone, Copy)]
pub struct Nonce([u8; 16]);

impl Nonce {
    /// Takes sixteen bytes.
    #[must_use]
    pub const fn new(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// In constant time.
    fn is(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl fmt::Debug for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Nonce(..)")
    }
}

/// What the sensor says of itself.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Presence {
    /// Which one it is.
    pub id: SensorId,
    /// How often it may have been exchanged so far, as
    /// [`Identified::interruptions`](crate::fingerprint::Identified::interruptions).
    pub interruptions: u32,
    /// How many templates it has.
    pub stored: u16,
}

/// How the finger was compared.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Method {
    /// With the templates of the person who was claimed (1:1).
    Verified,
    /// With all (1:N).
    Searched,
}

impl Method {
    /// The trade's short form.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Verified => "1:1",
            Self::Searched => "1:N",
        }
    }
}

/// How strong an authentication is.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Level {
    /// A finger that was searched, or on a sensor that is not one of its kind.
    Low,
    /// A finger that was verified, on a sensor that is one of its kind; or a
    /// weaker one and a second factor.
    Substantial,
    /// The verified finger, and a second factor.
    High,
}

impl Level {
    /// A word for records.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Substantial => "substantial",
            Self::High => "high",
        }
    }
}

/// Who was authenticated, how, by what, and when.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Evidence<I> {
    /// Who.
    pub who: I,
    /// How the finger was compared.
    pub method: Method,
    /// The template that matched, and how well.
    pub found: Match,
    /// A second factor was shown.
    pub second_factor: bool,
    /// The finger says that the person is forced. Nobody may be seen to learn
    /// of it.
    pub duress: bool,
    /// The sensor that said so.
    pub sensor: SensorId,
    /// When, by the monotonic clock of this start.
    pub at: Instant,
}

impl<I> Evidence<I> {
    /// How strong it is.
    #[must_use]
    pub const fn level(&self) -> Level {
        let strong = matches!(self.method, Method::Verified) && self.sensor.is_unique();
        match (strong, self.second_factor) {
            (false, false) => Level::Low,
            (true, true) => Level::High,
            _ => Level::Substantial,
        }
    }
}

/// Why a token is worth nothing.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Void {
    /// It is for another session.
    OtherNonce,
    /// Another sensor is there.
    OtherSensor,
    /// The sensor started anew or fell silent: it may be another.
    Interrupted,
    /// It is too old.
    Expired,
    /// It is younger than the time: the clock is another, or went back.
    NotYet,
}

impl fmt::Display for Void {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OtherNonce => "the authentication is for another session",
            Self::OtherSensor => "the authentication is by another sensor",
            Self::Interrupted => "the sensor may have been exchanged since the authentication",
            Self::Expired => "the authentication is too old",
            Self::NotYet => "the authentication is younger than the time",
        })
    }
}

impl core::error::Error for Void {}

impl crate::Error for Void {
    fn kind(&self) -> crate::ErrorKind {
        crate::ErrorKind::Refused
    }
}

/// Somebody was authenticated: good for one deed. Made by
/// [`Authenticator`](super::Authenticator) alone, neither copied nor kept over a
/// restart.
#[must_use = "an authentication that nobody redeems opens nothing"]
#[derive(Debug)]
pub struct Authenticated<I> {
    pub(super) evidence: Evidence<I>,
    pub(super) nonce: Nonce,
    pub(super) until: Instant,
    pub(super) interruptions: u32,
}

impl<I: Copy> Authenticated<I> {
    /// What it says. It is worth something once it is redeemed.
    #[must_use]
    pub const fn evidence(&self) -> &Evidence<I> {
        &self.evidence
    }

    /// Uses it up. `sensor` is what the sensor says of itself now.
    ///
    /// # Errors
    /// [`Void`]; it is used up all the same.
    pub fn redeem(
        self,
        nonce: &Nonce,
        now: Instant,
        sensor: &Presence,
    ) -> Result<Evidence<I>, Void> {
        let evidence = self.evidence;
        if !self.nonce.is(nonce) {
            Err(Void::OtherNonce)
        } else if sensor.id != evidence.sensor {
            Err(Void::OtherSensor)
        } else if sensor.interruptions != self.interruptions {
            Err(Void::Interrupted)
        } else if now < evidence.at {
            Err(Void::NotYet)
        } else if now >= self.until {
            Err(Void::Expired)
        } else {
            Ok(evidence)
        }
    }
}
