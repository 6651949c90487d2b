//! PN532.

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
pub use scripts::{
    Abort, Activate, Deactivate, Init, Look, Once, PowerDown, SetBaud, Thru, Transmit,
};
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
    /// the card and extends it when the card asks; here is an end to that.
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

    /// Sends a command APDU. The output is the length of the
    /// [response](Self::response).
    pub fn transmit(&mut self, command: &[u8]) -> Call<'_, P, Talk<Transmit>> {
        let script = Transmit::new(&mut self.link, command);
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

    /// The response to the last command, with its status word; or what came
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

    /// Makes the chip end what it is at, such as a call that was dropped.
    /// Every other call does so first where it is needed.
    pub fn abort(&mut self) -> Call<'_, P, Talk<Abort>> {
        self.talk(Abort)
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
