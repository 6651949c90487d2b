//! Contactless cards: ISO/IEC 14443-3 and -4, and EMV Level 1 polling, over any
//! bare front end.
//!
//! A chip is a [`FrontEnd`]: a machine that carries one [`Frame`] out and one
//! back, and knows nothing of what is in it. Over SPI its bytes go through
//! [`SpiTransfers`](crate::port::adapter::SpiTransfers). [`Contactless`] makes a
//! card reader of it; a chip's own module gives that a name and a
//! `new(port, config)`.
//!
//! ```
//! use embedded_pos::card::contactless::{Config, Contactless};
//! use embedded_pos::card::{Atr, CardReader, Response};
//! use embedded_pos::port::Clocked;
//! use embedded_pos::sim::card::{Echo, IdealFrontEnd, IdealReader, IsoDepCard};
//! use embedded_pos::sim::{Simulated, VirtualClock};
//!
//! let clock = VirtualClock::new();
//! let device = Simulated::new(IdealReader::new());
//! let port = device.port(clock.clone());
//! let driver = Contactless::over(port, IdealFrontEnd::new(), Config::EMV);
//! let mut reader = Clocked::new(driver, clock);
//!
//! device.device().air.add(IsoDepCard::type_a(Echo));
//! while reader.poll_inserted().is_err() {
//!     reader.clock.advance(embedded_pos::port::Duration::from_millis(1));
//! }
//! let mut atr = [0; Atr::MAX];
//! let n = reader.activate(&mut atr)?;
//! assert_eq!(Atr::new(&atr[..n]).unwrap().historical(), b"POS");
//! let mut response = [0; Response::MAX];
//! let n = reader.transmit(&[0x00, 0xB0, 0x00, 0x00, 0x02], &mut response)?;
//! assert_eq!(response[..n], [0x00, 0x01, 0x90, 0x00]);
//!
//! // A second card beside it: the person has to choose.
//! device.device().air.add(IsoDepCard::type_b(Echo));
//! let several = reader.activate(&mut atr).unwrap_err();
//! assert_eq!(several.to_string(), "there are cards of both types in the field");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What happens
//!
//! | call | in the field |
//! | --- | --- |
//! | a look without an active card | field on, guard time, WUPA and HLTA, guard time, WUPB |
//! | a look with one | R(NAK), which any ISO-DEP card answers and which changes nothing |
//! | activation | field off and on, the same as a look, then the one card: WUPA, anticollision, SELECT, RATS, PPS; or WUPB, ATTRIB |
//! | a command | I-blocks, chained both ways; R-blocks and S(WTX) as they come |
//! | deactivation | S(DESELECT), field off |
//!
//! [`Config::EMV`] and [`Config::ISO`] differ in bit rates, in the pause between
//! looks, in whether an extended ATQB is asked for, and in what a block that
//! breaks the protocol leads to.
//!
//! # Which faults are survived
//!
//! | what | how |
//! | --- | --- |
//! | a frame of the activation lost or garbled | sent again, three times in all; then all is begun anew, three times in all |
//! | a block lost or garbled | R(NAK), in a chain of the card R(ACK), three attempts in all |
//! | a card that needs time | S(WTX) granted and waited for, a minute in all |
//! | a late answer | it has another block number than is expected, and is dropped |
//! | a call dropped half way | the next asks the card for what it had to say, and drops it; in the middle of a chain of ours only activation helps |
//! | bit rates that do not work | activated anew at 106 kbit/s |
//! | a card taken away | [`Absent`](crate::ErrorKind::Absent), from the next command or look on |
//!
//! A command is never given to a card twice unless the card said that it did not
//! get it.
//!
//! # Not here
//!
//! HLTB: a card of type B that answered a look stays ready, and WUPB wakes it all the
//! same; ATTRIB goes to one of several by its PUPI, and with the slots of
//! [`Several::Resolve`] the others are passed over.
//!
//! Frames of more than 256 bytes, bit rates above 848 kbit/s, node addresses,
//! and S(PARAMETERS): EMV has none of them.

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
///
/// ```
/// use embedded_pos::card::contactless::{Config, Contactless, Technology};
/// use embedded_pos::sim::card::{Echo, IdealFrontEnd, IdealReader, IsoDepCard};
/// use embedded_pos::sim::{Simulated, VirtualClock};
///
/// let mut clock = VirtualClock::new();
/// let device = Simulated::new(IdealReader::new());
/// let port = device.port(clock.clone());
/// let mut reader = Contactless::over(port, IdealFrontEnd::new(), Config::ISO);
///
/// assert!(!reader.init().wait(&mut clock)?);
/// device.device().air.add(IsoDepCard::type_a(Echo).with_uid(&[4, 1, 2, 3, 4, 5, 6]));
/// reader.activate().wait(&mut clock)?;
/// let card = reader.identity().unwrap();
/// assert_eq!((card.technology(), card.uid().len()), (Technology::A, 7));
/// reader.transmit(&[0x00, 0xB0, 0x00, 0x00, 0x01]).wait(&mut clock)?;
/// assert_eq!(reader.response(), [0x00, 0x90, 0x00]);
/// reader.deactivate().wait(&mut clock)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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

    /// Sends a short command APDU. The output is the length of the
    /// [response](Self::response), which can be 258 bytes.
    pub fn transmit(&mut self, command: &[u8]) -> Call<'_, P, Talk<Transmit<'static>, F>> {
        let script = Transmit::kept(&mut self.link.core, command);
        self.channel.call(&mut self.link, Talk::new(script))
    }

    /// Sends a command APDU, short or extended; the response goes to the front of
    /// `response`. The output is its length. What stands in `response` after an
    /// error has no meaning.
    pub fn transmit_into<'a>(
        &'a mut self,
        command: &'a [u8],
        response: &'a mut [u8],
    ) -> Call<'a, P, Talk<Transmit<'a>, F>> {
        let script = Transmit::lent(&mut self.link.core, command, response);
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

    /// The response to the last command, with its status word; empty after
    /// [`transmit_into`](Self::transmit_into).
    #[must_use]
    pub fn response(&self) -> &[u8] {
        self.link.core.session.response()
    }

    /// The front end, for what no card reader does.
    pub const fn front_end(&self) -> &F {
        &self.link.front_end
    }
}
