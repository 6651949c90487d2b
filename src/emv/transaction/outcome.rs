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
    /// Approved by the issuer and by the card, which gave a TC.
    Approved,
    /// Declined.
    Declined(Decline),
    /// It came to no decision.
    Failed(Fault),
}

/// Who declined.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Decline {
    /// The card, when first asked.
    Card,
    /// The issuer.
    Issuer,
    /// The card, after the issuer approved.
    CardAfterIssuer,
    /// Nobody could be asked. A terminal that does no terminal action analysis
    /// cannot approve offline.
    NotOnline,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.result {
            Verdict::Approved => f.write_str("approved")?,
            Verdict::Declined(decline) => decline.fmt(f)?,
            Verdict::Failed(fault) => fault.fmt(f)?,
        }
        if self.reversal_due { f.write_str("; a reversal is due") } else { Ok(()) }
    }
}

impl fmt::Display for Decline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Card => "declined by the card",
            Self::Issuer => "declined by the issuer",
            Self::CardAfterIssuer => "declined by the card after the issuer approved",
            Self::NotOnline => "declined: the issuer could not be reached",
        })
    }
}
