//! A reader that speaks CCID over a UART: the GemPC Twin serial and its
//! relatives (GemPC PinPad, GemCore POS Pro, GemCore SIM Pro, SEC1210), which
//! are handed blocks and TPDUs; and such as are handed whole APDUs.
//!
//! A command is a USB CCID message (CCID 1.1) in a frame
//!
//! ```text
//! 03 06 | header of 10 bytes | data | XOR of all before
//! ```
//!
//! Some of them echo it, all answer with a message in such a frame, or with
//! `03 15 16` (NAK) if they did not understand. Between messages they may say
//! `50 02` or `50 03` (a card was taken out, put in) and bytes from 80 (give
//! me time). Framing and behaviour after `ccid_serial.c` of libccid 1.5. Not
//! tried on a reader yet, by documents only.
//!
//! # Who speaks the protocols
//!
//! [`Config::level`] says what the reader is handed: blocks of T=1 and TPDUs of
//! T=0, short APDUs, or APDUs of any length in parts. With the first,
//! [`t1`](crate::card::t1) and [`t0`](crate::card::t0) are spoken here, inside
//! the reader's commands. With the others the reader's firmware decides, and
//! does not tell, whether a command is sent to the card again after a
//! resynchronisation of T=1: for payments take the first where there is a choice.
//! A response longer than 258 bytes needs room of the caller:
//! [`SerialCcid::transmit_into`], which is what
//! [`CardReader`](crate::card::CardReader) has.
//!
//! The card stays at the speed of its reset, as with EMV, unless it insists on
//! another (specific mode), [`Config::fastest`] allows one (PPS), or the reader
//! negotiates it itself ([`Features::NEGOTIATES`]).
//!
//! # Which faults are survived
//!
//! | what | how |
//! | --- | --- |
//! | noise, echoes, card movements, late replies | passed over, by framing and message number |
//! | NAK | the frame again, three times in all; that of a TPDU or an APDU only if the NAK stands alone, for in the data of a reply can stand one too |
//! | a garbled or missing reply | the command again, three times in all, if that does no harm |
//! | the same to a block of T=1 | T=1 asks the card to repeat its block |
//! | the same three times in a row | T=1 is resynchronised, or given up: [`AfterResynch`](crate::card::t1::AfterResynch) in [`Config::limits`] says what happens to the command |
//! | the same to a TPDU of T=0, or to an APDU | an error: nobody knows whether the card acted. T=0 needs a new activation then |
//! | a card that asks for time | the reader asks us (bmCommandStatus 2, or a byte from 80), and we wait, a hundred times at most |
//!
//! What no retry can mend: both checks, of the frame and of the block in it, are
//! XORs, so the same bit wrong in two bytes of one frame passes unseen. A TPDU
//! and an APDU have the frame's check alone; one byte doubled that has the value
//! of the check leaves it right. So behind such a reply the line has to be quiet
//! for [`Timing::tail`], and an echo has to be what was sent. With a reader that
//! does not echo, a command that is doubled so (1 in 256) is not found.
//!
//! # Wiring
//!
//! 115 200 baud, 8 data bits, 2 stop bits, no flow control. With GemPC Twin
//! on RS-232 keep RTS low while it starts, or it sends its plug-and-play name.
//! A GemCore SIM Pro 2 starts at 9 600 baud: [`SerialCcid::speed_up`]. A UART
//! needs a buffer of 274 bytes, twice that with a reader that echoes, or an
//! interrupt every 95 us.
//!
//! # Several slots
//!
//! A GemCore POS Pro has a slot for the customer's card and four for security
//! modules. The driver speaks to one at a time and keeps what it knows of it in
//! a [`Slot`]; [`SerialCcid::swap_slot`] hands it another.
//!
//! # Not here
//!
//! Readers that are handed single characters. The PIN commands
//! (PC_to_RDR_Secure).

#[cfg(feature = "async")]
mod asynch;
mod commands;
mod config;
mod error;
mod face;
mod fault;
mod frame;
mod link;
mod message;
mod parameters;
mod script;
mod scripts;
mod slot;
mod turn;

pub use commands::Rates;
pub use config::{Config, Features, Level, Preference, Timing};
pub use error::ReaderError;
pub use face::{Error, Reader};
pub use fault::Fault;
pub use link::Link;
pub use message::{Icc, Mechanical, Voltage};
pub use parameters::Parameters;
pub use script::Talk;
pub use scripts::{Activate, Deactivate, Look, SpeedUp, Tell, Transmit};
pub use slot::Slot;

use crate::card::Atr;
use crate::port::{Call, Channel};

/// A serial CCID reader.
///
/// ```
/// use embedded_pos::card::reader::serial_ccid::{Config, SerialCcid};
/// use embedded_pos::card::Response;
/// use embedded_pos::sim::card::{CcidReader, T1Card};
/// use embedded_pos::sim::{Simulated, VirtualClock};
///
/// let mut clock = VirtualClock::new();
/// let device = Simulated::new(CcidReader::new());
/// let mut reader = SerialCcid::new(device.port(clock.clone()), Config::DEFAULT);
///
/// assert!(!reader.init().wait(&mut clock)?);
/// device.device().insert(T1Card::echo());
/// assert!(reader.look().wait(&mut clock)?);
/// reader.activate().wait(&mut clock)?;
/// assert_eq!(reader.atr().unwrap().historical(), b"POS");
/// reader.transmit(&[0x00, 0xB2, 0x01, 0x0C, 0x00]).wait(&mut clock)?;
/// assert!(Response::new(reader.response()).unwrap().status().is_success());
/// reader.deactivate().wait(&mut clock)?;
/// # Ok::<(), embedded_pos::port::CallError<embedded_pos::card::reader::serial_ccid::Fault, embedded_pos::sim::Unplugged>>(())
/// ```
#[derive(Debug)]
pub struct SerialCcid<P> {
    channel: Channel<P>,
    link: Link,
}

impl<P> SerialCcid<P> {
    /// No I/O.
    pub const fn new(port: P, config: Config) -> Self {
        Self { channel: Channel::new(port), link: Link::new(config) }
    }

    /// Gives the port back. A card keeps its power; call
    /// [`deactivate`](Self::deactivate) before.
    pub fn release(self) -> P {
        self.channel.release()
    }

    /// Finds out whether the reader is there; the output says whether a card
    /// is.
    pub fn init(&mut self) -> Call<'_, P, Talk<Look>> {
        self.channel.call(&mut self.link, Talk::new(Look { patient: false }))
    }

    /// Looks whether a card is in the slot; the output says so. Looks at once
    /// when the reader tells of a movement, else not more often than
    /// [`Timing::look`].
    pub fn look(&mut self) -> Call<'_, P, Talk<Look>> {
        self.channel.call(&mut self.link, Talk::new(Look { patient: true }))
    }

    /// Gives the card power, resets it, and agrees with it on a protocol, and
    /// in T=1 on information fields of 254 bytes. The output is the length of
    /// the [ATR](Self::atr).
    pub fn activate(&mut self) -> Call<'_, P, Talk<Activate>> {
        self.channel.call(&mut self.link, Talk::new(Activate::new()))
    }

    /// Sends a short command APDU. The output is the length of the
    /// [response](Self::response), which can be 258 bytes.
    pub fn transmit(&mut self, command: &[u8]) -> Call<'_, P, Talk<Transmit<'static>>> {
        let script = Transmit::kept(&mut self.link, command);
        self.channel.call(&mut self.link, Talk::new(script))
    }

    /// Sends a command APDU; the response goes to the front of `response`. The
    /// output is its length. Both can be of any length but with
    /// [`Level::ShortApdu`]. What stands in `response` after an error has no
    /// meaning.
    pub fn transmit_into<'a>(
        &'a mut self,
        command: &'a [u8],
        response: &'a mut [u8],
    ) -> Call<'a, P, Talk<Transmit<'a>>> {
        let script = Transmit::lent(&mut self.link, command, response);
        self.channel.call(&mut self.link, Talk::new(script))
    }

    /// Takes the power from the card.
    pub fn deactivate(&mut self) -> Call<'_, P, Talk<Deactivate>> {
        self.channel.call(&mut self.link, Talk::new(Deactivate))
    }

    /// The answer to reset of the card that is active.
    #[must_use]
    pub const fn atr(&self) -> Option<&Atr> {
        self.link.slot.atr()
    }

    /// The response to the last command that was sent with
    /// [`transmit`](Self::transmit), with its status word.
    #[must_use]
    pub fn response(&self) -> &[u8] {
        self.link.slot.response()
    }
}
