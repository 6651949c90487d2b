//! Contactless cards: ISO/IEC 14443-3 and -4 over any bare front end.
//!
//! A chip is a [`FrontEnd`]: a machine that carries one [`Frame`] out and one
//! back, and knows nothing of what is in it. Over SPI its bytes go through
//! [`SpiTransfers`](crate::port::adapter::SpiTransfers). What makes a card reader
//! of a front end is the driver `Contactless<P, F>`, made with
//! `Contactless::over(port, front_end, config)`; a chip's own module gives it
//! a name and a `new(port, config)`.

mod activate;
#[cfg(feature = "async")]
mod asynch;
mod atqb;
mod ats;
mod config;
mod face;
mod fault;
mod front_end;
mod identity;
pub mod iso_dep;
mod link;
mod probe;
mod rates;
mod script;
mod scripts;
mod select;

pub use activate::Activate;
pub use atqb::{Atqb, AtqbError};
pub use ats::{Ats, AtsError, CardRates};
pub use config::{Config, Several, Timing};
pub use face::{Error, Reader};
pub use fault::{DriverFault, Fault, Kinds};
pub use front_end::{Abilities, Frame, FrontEnd, Heard, Operation, Rate, Rates, Technology, Wants};
pub use identity::Identity;
pub use link::Link;
pub use script::Talk;
pub use scripts::{Deactivate, Look, Transmit};

use crate::port::{Call, Channel};

/// A contactless reader: a front end `F` behind a port `P`.
#[derive(Debug)]
pub struct Contactless<P, F> {
    channel: Channel<P>,
    link: Link<F>,
}

impl<P, F: FrontEnd> Contactless<P, F> {
    /// Joins the two. No I/O.
    pub const fn over(port: P, front_end: F, config: Config) -> Self {
        Self { channel: Channel::new(port), link: Link::new(front_end, config) }
    }

    /// Gives the port back. The field stays as it is; call
    /// [`deactivate`](Self::deactivate) before.
    pub fn release(self) -> P {
        self.channel.release()
    }

    /// Initialises the front end, and looks into the field; the output says
    /// whether a card is there. Without it the first conversation begins so.
    pub fn init(&mut self) -> Call<'_, P, Talk<Look, F>> {
        self.link.core.restart();
        self.channel.call(&mut self.link, Talk::new(Look::new(false)))
    }

    /// Looks whether a card is in the field; the output says so. Not more often
    /// than [`Timing::look`], and an active card is only asked for a sign of
    /// life, each [`Timing::presence`].
    pub fn look(&mut self) -> Call<'_, P, Talk<Look, F>> {
        self.channel.call(&mut self.link, Talk::new(Look::new(true)))
    }

    /// Resets what is in the field, finds the one card there, and activates it.
    pub fn activate(&mut self) -> Call<'_, P, Talk<Activate, F>> {
        self.channel.call(&mut self.link, Talk::new(Activate::NEW))
    }

    /// Sends a command APDU. The output is the length of the
    /// [response](Self::response).
    pub fn transmit(&mut self, command: &[u8]) -> Call<'_, P, Talk<Transmit, F>> {
        let script = Transmit::new(&mut self.link.core, command);
        self.channel.call(&mut self.link, Talk::new(script))
    }

    /// Tells the card that it is over (S(DESELECT)), and switches the field
    /// off until the next look or activation.
    pub fn deactivate(&mut self) -> Call<'_, P, Talk<Deactivate, F>> {
        self.channel.call(&mut self.link, Talk::new(Deactivate::NEW))
    }

    /// What the active card said of itself.
    #[must_use]
    pub fn identity(&self) -> Option<&Identity> {
        self.link.core.active.then_some(&self.link.core.identity)
    }

    /// The response to the last command, with its status word.
    #[must_use]
    pub fn response(&self) -> &[u8] {
        self.link.core.session.response()
    }

    /// The front end, for what no card reader does.
    pub const fn front_end(&self) -> &F {
        &self.link.front_end
    }
}
