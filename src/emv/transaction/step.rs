use core::fmt;

use super::{OnlineRequest, Outcome, Question};
use crate::emv::Candidate;
use crate::emv::cvm::{PinRequest, SecretCommand};

/// What a [`Transaction`](super::Transaction) wants next.
#[derive(Clone, Copy)]
pub enum Step<'t> {
    /// Send this command to the card, and resume with the
    /// [response](super::Transaction::response), or say that the card
    /// [is gone](super::Transaction::card_removed).
    Transmit(&'t [u8]),
    /// Have the cardholder [choose](super::Transaction::choose) one of these, in this
    /// order, or [cancel](super::Transaction::cancel). One alone is to be confirmed.
    Choose(&'t [Candidate]),
    /// Have the cardholder enter a PIN, and resume with it: for the card with
    /// [`pin`](super::Transaction::pin), for the issuer with
    /// [`online_pin`](super::Transaction::online_pin); or say that it was
    /// [bypassed](super::Transaction::pin_bypassed), that the PIN pad
    /// [does not work](super::Transaction::pin_pad_failed), or
    /// [cancel](super::Transaction::cancel).
    EnterPin(PinRequest<'t>),
    /// Send this command, which has a PIN in it, to the card, and resume as
    /// after `Transmit`.
    Verify(SecretCommand<'t>),
    /// Say what the terminal's own lists [have](super::Transaction::assessed) on this
    /// card.
    Assess(Question<'t>),
    /// Ask the issuer, and resume with its [answer](super::Transaction::online), or
    /// say that there is [none](super::Transaction::unable_to_go_online).
    GoOnline(OnlineRequest<'t>),
    /// It is over.
    Done(Outcome),
}

/// Shows no command: it may hold a card number.
impl fmt::Debug for Step<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Transmit(command) => write!(f, "Transmit({} bytes)", command.len()),
            Self::Choose(candidates) => f.debug_tuple("Choose").field(candidates).finish(),
            Self::EnterPin(_) => f.write_str("EnterPin"),
            Self::Verify(_) => f.write_str("Verify"),
            Self::Assess(_) => f.write_str("Assess"),
            Self::GoOnline(_) => f.write_str("GoOnline"),
            Self::Done(outcome) => f.debug_tuple("Done").field(outcome).finish(),
        }
    }
}
