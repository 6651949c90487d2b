//! The payer: the card, and what is done with it.

use clap::ValueEnum;
use embedded_pos::sim::card::pki::{Flaw, Signed};
use embedded_pos::sim::card::{Misbehaviour, Personalisation, T1Card};
use embedded_pos::sim::pin_pad::SimPinPad;

use crate::common::stage::{self, PIN};

/// What the payer's card does, and the payer.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum Payer {
    /// Pays, with a PIN that the card verifies.
    Approves,
    /// The card declines.
    Declines,
    /// The card declines after the bank approved: that is reversed.
    Refuses,
    /// The card is pulled out before it can say anything.
    PulledEarly,
    /// The card is pulled out when the bank has approved: that is reversed.
    Pulled,
    /// The card has expired.
    Expired,
    /// The signature of the card's cryptogram is wrong.
    Forged,
    /// The card approves where the bank is to be asked, which it may not.
    Offline,
    /// The PIN is wrong, then right.
    WrongPin,
    /// The card has no PIN tries left: a signature is taken.
    BlockedPin,
    /// The payer does not want to enter a PIN: a signature is taken.
    NoPin,
    /// The payer ends the payment at the PIN pad.
    Cancels,
    /// The card wants a signature.
    Signature,
}

impl Payer {
    /// Whether it pays if the bank approves. Who does not, tries once.
    pub const fn pays(self) -> bool {
        matches!(
            self,
            Self::Approves | Self::WrongPin | Self::BlockedPin | Self::NoPin | Self::Signature
        )
    }

    /// The card, put in anew.
    pub fn card(self) -> T1Card {
        let mut personal = stage::personal();
        match (self, &mut personal.pin) {
            (Self::BlockedPin, Some(pin)) => pin.tries = 0,
            (Self::Expired, _) => {
                let application = stage::application().with(0x5F24, &[0x20, 0x12, 0x31]);
                personal = Personalisation::of(application).with_pin(PIN);
            }
            (Self::Signature, _) => {
                let list = stage::cvm_list(&[[0x1E, 0x03]]);
                personal = Personalisation::of(stage::application().with(0x8E, &list));
            }
            _ => {}
        }
        let mut applet = stage::issued(personal);
        match self {
            Self::Declines => applet.misbehave(Misbehaviour::First(0x00)),
            Self::Refuses => applet.misbehave(Misbehaviour::Second(0x00)),
            Self::Offline => applet.misbehave(Misbehaviour::First(0x40)),
            Self::Forged => {
                applet.misbehave(Misbehaviour::Flawed(Signed::Cryptogram, Flaw::DataHash));
            }
            _ => {}
        }
        T1Card::new(applet)
    }

    /// The PIN pad, and what the payer does at it in as many payments as there
    /// may be.
    pub fn pad(self) -> SimPinPad {
        let mut pad = SimPinPad::new();
        for _ in 0..8 {
            match self {
                Self::NoPin => pad.bypasses(),
                Self::Cancels => pad.cancels(),
                Self::WrongPin => {
                    pad.types("4321");
                    pad.types(PIN);
                }
                _ => pad.types(PIN),
            }
        }
        pad
    }
}
