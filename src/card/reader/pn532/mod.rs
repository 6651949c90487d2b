//! NXP PN532: a reader of contactless cards of type A and B, over HSU (a UART),
//! SPI or I2C. The chip does ISO/IEC 14443-3 and -4 itself; what crosses the bus
//! is commands and APDUs, in the [frames](frame) of its user manual (UM0701-02,
//! referred to by clause). By documents only: not tried on a chip yet.
//!
//! A command is acknowledged (within 15 ms) before it is done, and answered by
//! a response with its code. A new command ends the one before; so does an
//! acknowledgement from the host, which this driver sends first where an answer
//! may be owed.
//!
//! # Which faults are survived
//!
//! | what | how |
//! | --- | --- |
//! | noise, late responses, echoes | passed over: by framing, code, and what came before the acknowledgement |
//! | a garbled acknowledgement | that something came is one: a chip that got no command says nothing |
//! | a garbled response | asked for again (NACK), three times in all |
//! | a command that is lost or garbled | sent again, three times in all, if that does no harm |
//! | a list of cards that is lost | the field goes off, and the cards are listed again, three times in all |
//! | an APDU that is lost, or its acknowledgement | reported: it is never sent twice |
//! | a call that failed or was dropped | before the next command the chip is woken up, told to stop, and asked to give back a number of its own: what comes before that number belongs to nobody |
//! | a chip that lost its power | set up again; its card is then gone |
//!
//! What the wire cannot detect: the check of a frame is a sum. A byte 00 of a
//! command that is lost on its way to the chip makes another command that fits
//! its check, since the 00 behind the frame takes the place of the check. From
//! the chip it is noticed, for the frame is then one byte short.
//!
//! # Wiring
//!
//! The bus is chosen by the pins I0 and I1 (switches on most boards):
//!
//! | bus | I0 | I1 | line | what to pass to [`Pn532::new`] |
//! | --- | --- | --- | --- | --- |
//! | HSU | 0 | 0 | 115 200 baud, 8N1; no flow control | any [`Port`](crate::port::Port) |
//! | I2C | 1 | 0 | address 24, up to 400 kHz, clock stretching | [`I2cPort`] |
//! | SPI | 0 | 1 | mode 0, up to 5 MHz, lowest bit first | [`SpiPort`] |
//!
//! P70_IRQ is optional on SPI and I2C, and low when there is something to read.
//! RSTPD_N stays high. 3.3 V; a peak of 150 mA while the field is on.
//!
//! On HSU the longest response is 276 bytes, and the chip does not wait: the
//! UART needs a buffer of that size, or an interrupt every 87 us at 115 200
//! baud. On SPI and I2C nothing is lost by coming late.
//!
//! # Cards
//!
//! [`activate`](Pn532::activate) resets the field and looks for cards of both
//! types: one card is wanted, and two or more are
//! [reported](Fault::SeveralCards). What stands for an ATR is that of PC/SC part
//! 3: `3B 8n 80 01`, the historical bytes of the ATS (of type B: application
//! data, protocol information and MBLI), TCK. UID, ATQA, SAK, ATS and ATQB are
//! in [`listed`](Pn532::listed).
//!
//! [`look`](Pn532::look) lists cards while none is known, and switches the field
//! off if there is none; a card that is known is asked by Diagnose 06 whether it
//! is there, and by an R(NAK) of our own if the chip says no: of some cards it
//! always does (libnfc, of a JCOP31).
//!
//! Polled ([`Clocked`](crate::port::Clocked)), call it every 10 ms or so while
//! somebody waits: one look takes about 30 ms without a card.
//!
//! # Not here
//!
//! FeliCa, Jewel, MIFARE Classic, card emulation, peer to peer, a SAM.
//!
//! ```
//! use embedded_pos::card::Response;
//! use embedded_pos::card::reader::pn532::{Config, Pn532, SpiPort};
//! use embedded_pos::sim::card::{self, Echo, IsoDepCard, Pn532Spi};
//! use embedded_pos::sim::{Simulated, VirtualClock};
//!
//! let mut clock = VirtualClock::new();
//! let chip = Simulated::new(card::Pn532::new());
//! let bus = Pn532Spi::new(chip.clone(), clock.clone());
//! let irq = bus.irq();
//! let mut reader = Pn532::new(SpiPort::new(bus, irq), Config::DEFAULT);
//!
//! assert!(!reader.look().wait(&mut clock)?);
//! chip.device().air.add(IsoDepCard::type_a(Echo));
//! reader.activate().wait(&mut clock)?;
//! assert_eq!(reader.atr().unwrap().historical(), b"POS");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#[cfg(feature = "async")]
mod asynch;
mod bus;
mod command;
mod face;
mod fault;
pub mod frame;
mod link;
mod script;
mod scripts;
mod setup;
mod status;
mod target;
mod turn;

pub use bus::{AlwaysLow, BusError, I2cPort, SpiPort};
pub use command::{Firmware, General, Parameters, RfItem, WakeUp};
pub use face::{Error, Reader};
pub use fault::Fault;
pub use link::Link;
pub use script::Talk;
pub use scripts::{Activate, Deactivate, Init, Look, Once, PowerDown, SetBaud, Thru, Transmit};
pub use status::{Cause, Status};
pub use target::{Listed, Target, TypeA, TypeB};

use crate::card::Atr;
use crate::card::contactless::{Rates, Technology};
use crate::port::{Call, Channel, Duration};

use command::Request;

/// How long the chip may take.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Timing {
    /// For an acknowledgement: 15 ms (UM0701-02, 6.2.2), and what a port or a
    /// USB bridge adds.
    pub acknowledge: Duration,
    /// For an answer of the chip, or of a card that answers at once. It took
    /// up to some hundred ms to tell that a card is gone (libnfc, 1 s).
    pub answer: Duration,
    /// For a list of the cards in the field, and to leave a card.
    pub cards: Duration,
    /// For the answer of a card to an APDU. The chip heeds the waiting time of
    /// the card and extends it when the card asks; here is an end to that. If
    /// the APDU or the answer goes in parts, for each; all of them have three
    /// times this, and 4 ms for each byte beyond a short command and its response.
    pub card: Duration,
    /// From waking up to the first command: 2 ms at most (PN532 data sheet,
    /// start of the oscillator).
    pub wake: Duration,
    /// After an abort, and after a change of speed.
    pub settle: Duration,
    /// Between two bytes of one frame at most.
    pub gap: Duration,
    /// Between two looks for a card.
    pub look: Duration,
    /// How long the field is off to reset a card: 5.1 ms at least (EMV
    /// Contactless Interface Specification, tRESET).
    pub reset: Duration,
}

impl Timing {
    /// For a chip on a port without much delay of its own.
    pub const DEFAULT: Self = Self {
        acknowledge: Duration::from_millis(50),
        answer: Duration::from_millis(1_000),
        cards: Duration::from_millis(3_000),
        card: Duration::from_millis(10_000),
        wake: Duration::from_millis(3),
        settle: Duration::from_millis(5),
        gap: Duration::from_millis(50),
        look: Duration::from_millis(200),
        reset: Duration::from_millis(10),
    };
}

/// What can be chosen.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Config {
    /// The speed of HSU in bits a second: 115 200 after reset. On SPI and I2C
    /// it gives the times somewhat more room, and does not matter.
    pub baud: u32,
    /// How often a card is called again in one look; FF is without end.
    pub retries: u8,
    /// The highest bit rates to use with a card that says it can.
    pub rates: Rates,
    /// How much of a command APDU is sent in one frame at most, 1 to 262.
    pub chunk: usize,
    /// How long the chip may take.
    pub timing: Timing,
}

impl Config {
    /// A chip as it is after reset.
    pub const DEFAULT: Self = Self {
        baud: 115_200,
        retries: 1,
        rates: Rates {
            send: crate::card::contactless::Rate::R106,
            receive: crate::card::contactless::Rate::R106,
        },
        chunk: 262,
        timing: Timing::DEFAULT,
    };
}

impl Default for Config {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// A PN532.
#[derive(Debug)]
pub struct Pn532<P> {
    channel: Channel<P>,
    link: Link,
}

impl<P> Pn532<P> {
    /// No I/O.
    pub const fn new(port: P, config: Config) -> Self {
        Self { channel: Channel::new(port), link: Link::new(config) }
    }

    /// Gives the port back. A card keeps its field; call
    /// [`deactivate`](Self::deactivate) before.
    pub fn release(self) -> P {
        self.channel.release()
    }

    /// Wakes the chip up and sets it up; the output is what it is. Every other
    /// call does so first where it is needed.
    pub fn init(&mut self) -> Call<'_, P, Talk<Init>> {
        self.link.firmware = None;
        self.talk(Init)
    }

    /// Looks whether a card is in the field; the output says so. Not more often
    /// than [`Timing::look`]. An active card stays active.
    pub fn look(&mut self) -> Call<'_, P, Talk<Look>> {
        self.talk(Look::new())
    }

    /// Resets what is in the field, looks for the only card there, of type A
    /// or B, and activates it. The output is the length of its
    /// [ATR](Self::atr).
    pub fn activate(&mut self) -> Call<'_, P, Talk<Activate>> {
        self.talk(Activate::new())
    }

    /// Sends a short command APDU. The output is the length of the
    /// [response](Self::response), which can be 258 bytes.
    pub fn transmit(&mut self, command: &[u8]) -> Call<'_, P, Talk<Transmit<'static>>> {
        let script = Transmit::kept(&mut self.link, command);
        self.talk(script)
    }

    /// Sends a command APDU, short or extended; the response goes to the front of
    /// `response`. The output is its length. What stands in `response` after an
    /// error has no meaning.
    pub fn transmit_into<'a>(
        &'a mut self,
        command: &'a [u8],
        response: &'a mut [u8],
    ) -> Call<'a, P, Talk<Transmit<'a>>> {
        let script = Transmit::lent(&mut self.link, command, response);
        self.talk(script)
    }

    /// Releases the card and switches the field off.
    pub fn deactivate(&mut self) -> Call<'_, P, Talk<Deactivate>> {
        self.talk(Deactivate::new())
    }

    /// The ATR that stands for the active card.
    #[must_use]
    pub const fn atr(&self) -> Option<&Atr> {
        self.link.atr.as_ref()
    }

    /// The response to the last command, with its status word, but for one of
    /// [`transmit_into`](Self::transmit_into); or what came
    /// [through](Self::communicate_thru).
    #[must_use]
    pub fn response(&self) -> &[u8] {
        self.link.apdu.response()
    }

    /// The cards found last: by a look, an activation, or a list.
    #[must_use]
    pub const fn listed(&self) -> &Listed {
        &self.link.listed
    }
}

/// The commands of the chip, one each. They are for what the calls above do not
/// do; a card that was activated may be so no longer.
impl<P> Pn532<P> {
    /// GetFirmwareVersion.
    pub fn firmware(&mut self) -> Call<'_, P, Talk<Once<Firmware>>> {
        self.once(Request::FIRMWARE, command::firmware)
    }

    /// GetGeneralStatus.
    pub fn general_status(&mut self) -> Call<'_, P, Talk<Once<General>>> {
        self.once(Request::GENERAL, command::general)
    }

    /// Diagnose 00: whether the line gives back what it is given.
    pub fn diagnose_line(&mut self) -> Call<'_, P, Talk<Once<()>>> {
        let request = self.link.echo();
        self.once(request, command::nothing)
    }

    /// Diagnose 06: fails with a status if the active card is not there.
    pub fn diagnose_presence(&mut self) -> Call<'_, P, Talk<Once<()>>> {
        self.once(Request::PRESENCE, command::presence)
    }

    /// RFConfiguration.
    pub fn configure_rf(&mut self, item: RfItem) -> Call<'_, P, Talk<Once<()>>> {
        self.once(Request::rf(item), command::nothing)
    }

    /// SetParameters.
    pub fn set_parameters(&mut self, flags: Parameters) -> Call<'_, P, Talk<Once<()>>> {
        self.once(Request::parameters(flags), command::nothing)
    }

    /// InListPassiveTarget at 106 kbit/s, two cards at most: they are activated,
    /// those of type A with RATS. Not in [`listed`](Self::listed).
    pub fn list(&mut self, technology: Technology) -> Call<'_, P, Talk<Once<Listed>>> {
        let decode = match technology {
            Technology::A => command::type_a,
            Technology::B => command::type_b,
        };
        self.once(Request::list(technology), decode)
    }

    /// InCommunicateThru: sends up to 261 bytes to the card as they are, with
    /// CRC and parity only. The output is how many came back, 258 at most: the
    /// [response](Self::response).
    pub fn communicate_thru(&mut self, bytes: &[u8]) -> Call<'_, P, Talk<Thru>> {
        let script = Thru::new(&mut self.link, bytes);
        self.talk(script)
    }

    /// InSelect: makes a card that was deselected active again.
    pub fn select(&mut self, number: u8) -> Call<'_, P, Talk<Once<()>>> {
        self.once(Request::target(0x54, number), command::status)
    }

    /// InDeselect: the card is left, and stays listed. 0 is all cards.
    pub fn deselect(&mut self, number: u8) -> Call<'_, P, Talk<Once<()>>> {
        self.once(Request::target(0x44, number), command::status)
    }

    /// InRelease: the card is left and forgotten. 0 is all cards.
    pub fn release_card(&mut self, number: u8) -> Call<'_, P, Talk<Once<()>>> {
        self.once(Request::target(0x52, number), command::status)
    }

    /// InPSL: changes the bit rates, before the first APDU.
    pub fn set_rates(&mut self, number: u8, rates: Rates) -> Call<'_, P, Talk<Once<()>>> {
        self.once(Request::psl(number, rates), command::status)
    }

    /// PowerDown: until one of these wakes it up. Any other call does, if the
    /// bus is among them.
    pub fn power_down(&mut self, wake_up: WakeUp) -> Call<'_, P, Talk<PowerDown>> {
        self.talk(PowerDown::new(wake_up))
    }

    /// Makes the chip end what it is at, such as a call that was dropped; the
    /// output is what it is. Every other call does so first where it is needed.
    pub fn abort(&mut self) -> Call<'_, P, Talk<Init>> {
        self.link.settled = false;
        self.talk(Init)
    }

    /// SetSerialBaudRate: changes the speed of chip and port, in bits a second,
    /// and proves it.
    ///
    /// If the chip does not take it, the call fails and the old speed stands.
    /// Whatever is lost on the way, also if this is dropped half way, every
    /// call tries both speeds until one is proven.
    ///
    /// Fails with [`CallError::Line`](crate::port::CallError::Line) if the port
    /// cannot be set, before anything is sent.
    pub fn set_baud(&mut self, baud: u32) -> Call<'_, P, Talk<SetBaud>> {
        self.talk(SetBaud::new(baud))
    }

    /// The speed, as far as the driver knows.
    #[must_use]
    pub const fn baud(&self) -> u32 {
        self.link.baud
    }

    fn once<T>(
        &mut self,
        request: Request,
        decode: fn(&[u8]) -> Result<T, Fault>,
    ) -> Call<'_, P, Talk<Once<T>>> {
        self.talk(Once::new(request, decode))
    }

    fn talk<S: script::Script>(&mut self, script: S) -> Call<'_, P, Talk<S>> {
        self.channel.call(&mut self.link, Talk::new(script))
    }
}
