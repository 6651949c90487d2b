//! One driver over any port that leads to a card.

mod activate;
mod answer;
#[cfg(feature = "async")]
mod asynch;
mod config;
mod face;
mod fault;
mod link;
mod talk;

pub use config::{Config, Rules};
pub use face::{Error, Reader};
pub use fault::Fault;
pub use link::Link;
pub use talk::{Look, Talk};

use crate::card::Atr;
use crate::port::{Call, Channel};

use activate::Activate;
use talk::{Inner, Task};

/// A card behind its contacts: any [`Port`](crate::port::Port) that leads to one
/// ([`Contacts`](super::Contacts), a chip with a UART of its own).
///
/// Presence, supply, cold reset, ATR, warm reset where the rules want one, PPS
/// or specific mode, T=0 or T=1 with information fields of 254 bytes, APDUs; no
/// power after any error that the protocol does not survive.
#[derive(Debug)]
pub struct ContactReader<P> {
    channel: Channel<P>,
    link: Link,
}

impl<P> ContactReader<P> {
    /// No I/O.
    pub const fn new(port: P, config: Config) -> Self {
        Self { channel: Channel::new(port), link: Link::new(config) }
    }

    /// Gives the port back. A card keeps its power; call
    /// [`deactivate`](Self::deactivate) before.
    pub fn release(self) -> P {
        self.channel.release()
    }

    /// The port, for what only this one has.
    pub fn port_mut(&mut self) -> &mut P {
        self.channel.port_mut()
    }

    /// Looks whether a card is in the slot; the output says so. Not more often
    /// than [`Config::look`].
    pub fn look(&mut self) -> Call<'_, P, Look> {
        self.channel.call(&mut self.link, Look(Talk::new(Task::Look { patient: true })))
    }

    /// Gives the card power, resets it, and agrees with it on a protocol. The
    /// output is the length of the [ATR](Self::atr).
    pub fn activate(&mut self) -> Call<'_, P, Talk> {
        self.channel.call(&mut self.link, Talk::new(Task::Activate(Activate::new())))
    }

    /// Sends a command APDU. The output is the length of the
    /// [response](Self::response).
    pub fn transmit(&mut self, command: &[u8]) -> Call<'_, P, Talk> {
        let task = Task::Command(Inner::command(&mut self.link, command));
        self.channel.call(&mut self.link, Talk::new(task))
    }

    /// Takes the power from the card.
    pub fn deactivate(&mut self) -> Call<'_, P, Talk> {
        self.channel.call(&mut self.link, Talk::new(Task::Deactivate))
    }

    /// The answer to reset of the card that is active.
    #[must_use]
    pub const fn atr(&self) -> Option<&Atr> {
        self.link.atr.as_ref()
    }

    /// The response to the last command, with its status word.
    #[must_use]
    pub fn response(&self) -> &[u8] {
        self.link.response()
    }
}
