use core::fmt;

use crate::emv::{Cid, Fault};

/// How a transaction ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Outcome {
    /// What became of it.
    pub result: Verdict,
    /// Whether the issuer approved and the transaction failed after that: the
    /// card refused, did not understand, or was taken out. The host must then
    /// be told to reverse it.
    ///
    /// It says what the card did to an approval. Whether a request that got no
    /// answer must be reversed is for the payment protocol to say.
    pub reversal_due: bool,
    /// The card's last cryptogram information: the advice it wants sent, and
    /// why. `None` before the first cryptogram.
    pub cid: Option<Cid>,
}

/// What became of a transaction.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Verdict {
    /// Approved: the card gave a TC.
    Approved(Approval),
    /// Declined.
    Declined(Decline),
    /// It came to no decision.
    Failed(Fault),
}

/// Who approved.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Approval {
    /// Terminal and card, offline.
    Offline,
    /// The issuer, and the card after it.
    Online,
    /// Terminal and card, after the issuer could not be reached.
    UnableOnline,
}

impl Outcome {
    /// Whether the payment is good.
    #[must_use]
    pub const fn is_approved(&self) -> bool {
        matches!(self.result, Verdict::Approved(_))
    }
}

/// Who declined.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Decline {
    /// The card, of its own accord.
    Card,
    /// The issuer.
    Issuer,
    /// The card, after the issuer approved.
    CardAfterIssuer,
    /// The terminal, by its action codes and those of the card: see
    /// [`why`](crate::emv::Transaction::why).
    Terminal,
    /// The terminal: the signature of the card's cryptogram is wrong.
    Authentication,
    /// The terminal, by the same codes: the issuer could not be reached.
    NotOnline,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.result {
            Verdict::Approved(approval) => approval.fmt(f)?,
            Verdict::Declined(decline) => decline.fmt(f)?,
            Verdict::Failed(fault) => fault.fmt(f)?,
        }
        if self.reversal_due { f.write_str("; a reversal is due") } else { Ok(()) }
    }
}

impl fmt::Display for Approval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Offline => "approved offline",
            Self::Online => "approved",
            Self::UnableOnline => "approved offline: the issuer could not be reached",
        })
    }
}

impl fmt::Display for Decline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Card => "declined by the card",
            Self::Terminal => "declined by the terminal",
            Self::Authentication => "declined: the card is not authentic",
            Self::Issuer => "declined by the issuer",
            Self::CardAfterIssuer => "declined by the card after the issuer approved",
            Self::NotOnline => "declined: the issuer could not be reached",
        })
    }
}
