//! Simulated cards and card readers.
//!
//! A [`T1Card`] speaks T=1 from the card's side over an [`Application`], a
//! [`T0Card`] T=0. They sit in the slot of a [`CcidReader`], or at the end of a
//! [`CardLine`], which knows the etu and checks the host's times, or of a bare
//! [`T1Line`].
//! Contactless cards ([`IsoDepCard`], or any [`Picc`]) are in the [`Air`] of a
//! front end. The application of a payment card is [`EmvApplet`], its keys are in
//! [`pki`]. All of it can misbehave: see [`Trick`] for the card, the reader's own
//! methods for the reader, and [`Fault`](super::Fault) for the line.

mod air;
pub(super) mod applet;
mod ccid_reader;
pub mod contact;
mod ideal;
mod io;
mod iso_dep;
mod line;
mod mfrc522;
mod on_spi;
pub mod pki;
mod pn532;
mod st25r3916;
mod t0_card;
mod t1_card;
mod t1_line;
mod t1_trick;

pub use air::{Air, Disturbance, Picc, Reply, Signal};
pub use applet::{
    Authentication, CardApplication, CardPin, EmvApplet, Layout, Misbehaviour, Personalisation,
    Placement, Risk,
};
pub use ccid_reader::{ApduCard, CcidReader, Exchanges, Held, TpduCard};
pub use contact::{SimTda8007, SimTda8026, Socket};
pub use ideal::{Gone, IdealFrontEnd, IdealReader};
pub use io::{Mishap, Speaker};
pub use iso_dep::{IsoDepCard, PiccTrick};
pub use line::{CardLine, ContactCard, Said, T1Characters};
pub use mfrc522::Mfrc522Model;
pub use on_spi::{BusFault, Lent, OnI2c, OnSpi, SpiChip};
pub use pn532::{Pn532, Pn532I2c, Pn532Irq, Pn532Quirk, Pn532Spi};
pub use st25r3916::St25r3916Model;
pub use t0_card::{T0Card, T0Trick};
pub use t1_card::T1Card;
pub use t1_line::T1Line;
pub use t1_trick::Trick;

use std::vec::Vec;

/// What a simulated card computes: the application behind its protocol.
pub trait Application: Send {
    /// The card was reset: forget the session, keep the memory.
    fn reset(&mut self);

    /// The response APDU to a command APDU; it ends with the status word.
    fn process(&mut self, command: &[u8]) -> Vec<u8>;
}

/// An application that answers every command, short or extended, with 9000,
/// after its own data, or, if it had none, as many bytes as were expected,
/// counted from 0.
#[derive(Clone, Copy, Debug, Default)]
pub struct Echo;

impl Application for Echo {
    fn reset(&mut self) {}

    fn process(&mut self, command: &[u8]) -> Vec<u8> {
        let mut response = match command {
            [_, _, _, _] => Vec::new(),
            [_, _, _, _, 0] => (0..=255).collect(),
            [_, _, _, _, 0, high, low] => {
                let le = match u16::from_be_bytes([*high, *low]) {
                    0 => 65_536,
                    le => le.into(),
                };
                (0..=255).cycle().take(le).collect()
            }
            [_, _, _, _, 0, high, low, rest @ ..] => {
                let lc = u16::from_be_bytes([*high, *low]);
                rest.iter().copied().take(lc.into()).collect()
            }
            [_, _, _, _, le] => (0..*le).collect(),
            [_, _, _, _, lc, rest @ ..] => rest.iter().copied().take((*lc).into()).collect(),
            _ => return [0x67, 0x00].into(),
        };
        response.extend([0x90, 0x00]);
        response
    }
}
