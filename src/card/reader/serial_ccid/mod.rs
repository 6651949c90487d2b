//! A reader that speaks CCID over a UART: the GemPC Twin serial and its
//! relatives (GemPC PinPad, GemCore POS Pro, GemCore SIM Pro, SEC1210), one
//! slot, TPDU level.
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
//! # Which faults are survived
//!
//! | what | how |
//! | --- | --- |
//! | noise, echoes, card movements, late replies | passed over, by framing and message number |
//! | NAK | the frame again, three times in all |
//! | a garbled or missing reply | the command again, three times in all, if that does no harm |
//! | the same to a block of T=1 | T=1 asks the card to repeat its block |
//! | the same three times in a row | T=1 is resynchronised, and the command sent again, unless [`AfterResynch`](crate::card::t1::AfterResynch) in [`Config::limits`] says no |
//! | a card that asks for time | the reader asks us (bmCommandStatus 2), and we wait, a hundred times at most |
//!
//! What no retry can mend: both checks, of the frame and of the block in it, are
//! XORs, so the same bit wrong in two bytes of one frame passes unseen.
//!
//! # Wiring
//!
//! 115 200 baud, 8 data bits, 2 stop bits, no flow control. With GemPC Twin
//! on RS-232 keep RTS low while it starts, or it sends its plug-and-play name.
//! A UART needs a buffer of 274 bytes, twice that with a reader that echoes,
//! or an interrupt every 95 us.
//!
//! # Not here
//!
//! Cards that speak T=0 only are refused with kind
//! [`Unsupported`](crate::ErrorKind::Unsupported). The speed stays that of the
//! reset, except with cards that insist on another (specific mode).

#[cfg(feature = "async")]
mod asynch;
mod face;
mod fault;
mod frame;
mod link;
mod message;
mod script;
mod scripts;
mod turn;

pub use face::{Error, Reader};
pub use fault::Fault;
pub use link::Link;
pub use message::{Icc, ReaderError, Voltage};
pub use script::Talk;
pub use scripts::{Activate, Deactivate, Look, Transmit};

use crate::card::Atr;
use crate::card::t1::Limits;
use crate::port::{Call, Channel, Duration};

/// How long the reader may take.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Timing {
    /// For an answer, besides what the card takes. libccid gives 2 s to find
    /// out whether a reader is there, and adds 1 s to what a card may take.
    pub answer: Duration,
    /// For the reset of a card: 40 000 clock cycles until the ATR begins, and
    /// 19 200 etu until it is over (EMV Book 1, 8.3.3.1), are 2.0 s at 3.58
    /// MHz.
    pub reset: Duration,
    /// Between two bytes of one message at most.
    pub gap: Duration,
    /// Before a command is sent again, so that the reader gives up what is left
    /// of a broken frame.
    pub settle: Duration,
    /// Between two looks at a slot that is waited at.
    pub look: Duration,
}

impl Timing {
    /// For a reader at 115 200 baud.
    pub const DEFAULT: Self = Self {
        answer: Duration::from_millis(1_000),
        reset: Duration::from_millis(3_500),
        gap: Duration::from_millis(100),
        settle: Duration::from_millis(250),
        look: Duration::from_millis(250),
    };
}

/// What can be chosen.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Config {
    /// Which slot of the reader; 0 is the one of a reader with one.
    pub slot: u8,
    /// The voltage to try first; lower ones follow while a card is mute. 5 V
    /// is what a bank card of class A needs.
    pub voltage: Voltage,
    /// The clock of the card in hertz; these readers have 4 MHz or 4.8 MHz.
    pub clock: u32,
    /// How long the reader may take.
    pub timing: Timing,
    /// How long a card is borne with.
    pub limits: Limits,
}

impl Config {
    /// The only slot of a GemPC Twin.
    pub const DEFAULT: Self = Self {
        slot: 0,
        voltage: Voltage::V5,
        clock: 4_000_000,
        timing: Timing::DEFAULT,
        limits: Limits::DEFAULT,
    };
}

impl Default for Config {
    fn default() -> Self {
        Self::DEFAULT
    }
}

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

    /// Gives the card power, resets it, and agrees with it on T=1 and on
    /// information fields of 254 bytes. The output is the length of the
    /// [ATR](Self::atr).
    pub fn activate(&mut self) -> Call<'_, P, Talk<Activate>> {
        let first = self.link.config.voltage;
        self.channel.call(&mut self.link, Talk::new(Activate::new(first)))
    }

    /// Sends a command APDU. The output is the length of the
    /// [response](Self::response).
    pub fn transmit(&mut self, command: &[u8]) -> Call<'_, P, Talk<Transmit>> {
        let script = Transmit::new(&mut self.link, command);
        self.channel.call(&mut self.link, Talk::new(script))
    }

    /// Takes the power from the card.
    pub fn deactivate(&mut self) -> Call<'_, P, Talk<Deactivate>> {
        self.channel.call(&mut self.link, Talk::new(Deactivate))
    }

    /// The answer to reset of the card that is active.
    #[must_use]
    pub const fn atr(&self) -> Option<&Atr> {
        self.link.atr.as_ref()
    }

    /// The response to the last command, with its status word.
    #[must_use]
    pub fn response(&self) -> &[u8] {
        self.link.t1.response()
    }
}
