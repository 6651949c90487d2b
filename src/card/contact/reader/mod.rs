//! One driver over any port that leads to a card.
//!
//! # What it does
//!
//! | step | how | source |
//! | --- | --- | --- |
//! | presence | looked at every [`Config::look`], also while the card computes | |
//! | supply | [`Config::classes`] in their order, while the card is mute or its ATR says that it needs another | ISO/IEC 7816-3:2006, 6.2.4 |
//! | cold reset | RST low for [`Config::low`] clock cycles | 6.2.2; EMV Book 1, 6.1.3.2 |
//! | ATR | begins 400 to 42 000 cycles after it; 10 080 etu between characters, 20 160 in all; nothing for 22 etu after it | 6.2.2; EMV Book 1, 8.1 |
//! | verdict | by [`Rules`] | EMV Book 1, 8.3; ISO clause 8 |
//! | warm reset | once, after an ATR that is not accepted, was damaged, or is followed by more | EMV Book 1, 6.1.3.3 |
//! | speed | specific mode, or PPS by the rules of ISO | 6.3, clause 9 |
//! | protocol | [`t0`](crate::card::t0), or [`t1`](crate::card::t1) with information fields of 254 bytes | |
//! | power off | after every error that the protocol does not survive; 10 ms until it is given again | 6.4 |
//!
//! # Errors, and whether the card still has power
//!
//! It has after kind `Argument`, after a card of T=0 that does not know ENVELOPE,
//! and after what T=1 survives (resynchronised, given up by the card, a response
//! too long, no status word). After all other
//! faults it has not: activate again. An error of the port itself (a bus that
//! failed, another card that has the line) changes nothing at the card.
//!
//! # Polling
//!
//! The faces poll. A UART with a buffer of `n` characters needs a poll every
//! `12 n` etu: 1.1 ms a character at the speed of a reset and 4 MHz. Async, the
//! port is polled every millisecond.
//!
//! ```
//! use embedded_pos::card::contact::reader::{Config, ContactReader, Fault};
//! use embedded_pos::card::contact::{Contacts, HalfDuplex};
//! use embedded_pos::card::reader::tda8035::{Chip, PinSlot};
//! use embedded_pos::port::CallError;
//! use embedded_pos::sim::VirtualClock;
//! use embedded_pos::sim::card::{Socket, T0Card};
//!
//! let mut clock = VirtualClock::new();
//! let socket = Socket::tda8024(clock.clone());
//! let pins = socket.pins();
//! let slot = PinSlot::new(pins.cmdvccn, pins.rstin, pins.offn, (pins.en_5v,), Chip::TDA8024);
//! let uart = HalfDuplex::new(socket.uart(), clock.clone(), true);
//! let mut reader = ContactReader::new(Contacts::new(uart, slot), Config::emv(4_000_000));
//!
//! let none = reader.activate().wait(&mut clock);
//! assert_eq!(none, Err(CallError::Device(Fault::Absent)));
//! socket.insert(T0Card::echo());
//! while !reader.look().wait(&mut clock)? {}
//! reader.activate().wait(&mut clock)?;
//! assert_eq!(reader.atr().unwrap().historical(), b"POS");
//! reader.transmit(&[0x00, 0xB2, 0x01, 0x0C, 0x01]).wait(&mut clock)?;
//! assert_eq!(reader.response(), [0x00, 0x90, 0x00]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod activate;
mod answer;
#[cfg(feature = "async")]
mod asynch;
mod config;
mod face;
mod fault;
mod inner;
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
use inner::Inner;
use talk::Task;

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
    pub fn activate(&mut self) -> Call<'_, P, Talk<'static>> {
        self.channel.call(&mut self.link, Talk::new(Task::Activate(Activate::new())))
    }

    /// Sends a short command APDU. The output is the length of the
    /// [response](Self::response), which can be 258 bytes.
    pub fn transmit(&mut self, command: &[u8]) -> Call<'_, P, Talk<'static>> {
        let task = Task::Command(Inner::command(&mut self.link, command));
        self.channel.call(&mut self.link, Talk::new(task))
    }

    /// Sends a command APDU, short or extended; the response goes to the front of
    /// `response`. The output is its length. What stands in `response` after an
    /// error has no meaning.
    pub fn transmit_into<'a>(
        &'a mut self,
        command: &'a [u8],
        response: &'a mut [u8],
    ) -> Call<'a, P, Talk<'a>> {
        let task = Task::Command(Inner::lent(&mut self.link, command, response));
        self.channel.call(&mut self.link, Talk::new(task))
    }

    /// Takes the power from the card.
    pub fn deactivate(&mut self) -> Call<'_, P, Talk<'static>> {
        self.channel.call(&mut self.link, Talk::new(Task::Deactivate))
    }

    /// The answer to reset of the card that is active.
    #[must_use]
    pub const fn atr(&self) -> Option<&Atr> {
        self.link.atr.as_ref()
    }

    /// The response to the last command, with its status word; empty after
    /// [`transmit_into`](Self::transmit_into).
    #[must_use]
    pub fn response(&self) -> &[u8] {
        self.link.response()
    }
}
