//! Simulated readers of every kind, each with a card over the same application.
//!
//! Their time passes while somebody waits for them: a poll is a millisecond.

use std::str::FromStr;

use embedded_pos::card::CardReader;
use embedded_pos::card::contact::reader::{Config as ContactConfig, ContactReader};
use embedded_pos::card::contact::{Contacts, HalfDuplex};
use embedded_pos::card::contactless::{Config as AirConfig, Contactless};
use embedded_pos::card::reader::serial_ccid::{self, SerialCcid};
use embedded_pos::card::reader::tda8035::{Chip, PinSlot};
use embedded_pos::card::reader::{mfrc522, pn532, st25r3916};
use embedded_pos::port::adapter::SpiTransfers;
use embedded_pos::port::{Clocked, Duration};
use embedded_pos::sim::card::{
    Application, CcidReader, IsoDepCard, Mfrc522Model, OnSpi, Pn532, Socket, St25r3916Model,
    T0Card, T1Card,
};
use embedded_pos::sim::{Simulated, VirtualClock};
use embedded_pos::{ErrorType, nb};

use crate::common::{AnyError, erase};

/// A reader of any kind.
pub(crate) type AnyReader = Box<dyn CardReader<Error = AnyError>>;

/// Pulls the card out of a simulated reader.
pub(crate) type Hand = Box<dyn Fn()>;

/// What is simulated.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Sim {
    /// T=0 over a TDA8035.
    T0,
    /// T=1 over a TDA8035.
    T1,
    /// T=1 in a serial CCID reader.
    Ccid,
    /// A PN532 at a UART.
    Pn532,
    /// An MFRC522 on SPI.
    Mfrc522,
    /// An ST25R3916 on SPI.
    St25r3916,
}

impl Sim {
    pub(crate) const ALL: [(&'static str, Self); 6] = [
        ("t0", Self::T0),
        ("t1", Self::T1),
        ("ccid", Self::Ccid),
        ("pn532", Self::Pn532),
        ("mfrc522", Self::Mfrc522),
        ("st25r3916", Self::St25r3916),
    ];

    pub(crate) fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, sim)| *sim == self).map_or("", |(name, _)| name)
    }

    /// The reader, with a card in it that computes this, and what pulls the card
    /// out.
    pub(crate) fn held(self, application: impl Application + 'static) -> (AnyReader, Hand) {
        // Characters of contact cards are a few hundred microseconds apart.
        let clock = VirtualClock::in_steps(Duration::from_micros(50));
        match self {
            Self::T0 => pins(clock, |socket| socket.insert(T0Card::new(application))),
            Self::T1 => pins(clock, |socket| socket.insert(T1Card::new(application))),
            Self::Ccid => {
                let device = Simulated::new(CcidReader::new());
                device.device().insert(T1Card::new(application));
                let port = device.port(clock.clone());
                let driver = SerialCcid::new(port, serial_ccid::Config::DEFAULT);
                let reader = boxed(Clocked::new(driver, clock.clone()), clock);
                (reader, Box::new(move || drop(device.device().remove())))
            }
            Self::Pn532 => {
                let device = Simulated::new(Pn532::new());
                let card = device.device().air.add(IsoDepCard::type_a(application));
                let port = device.port(clock.clone());
                let driver = pn532::Pn532::new(port, pn532::Config::DEFAULT);
                let reader = boxed(Clocked::new(driver, clock.clone()), clock);
                (reader, Box::new(move || drop(device.device().air.remove(card))))
            }
            Self::Mfrc522 => {
                let bus = OnSpi::new(Mfrc522Model::new(), clock.clone());
                let card = bus.chip().air.add(IsoDepCard::type_a(application));
                let chip = mfrc522::Chip::new(mfrc522::Settings::MFRC522);
                let driver =
                    Contactless::over(SpiTransfers::new(bus.clone()), chip, AirConfig::EMV);
                let reader = boxed(Clocked::new(driver, clock.clone()), clock);
                (reader, Box::new(move || drop(bus.chip().air.remove(card))))
            }
            Self::St25r3916 => {
                let bus = OnSpi::new(St25r3916Model::new(), clock.clone());
                let card = bus.chip().air.add(IsoDepCard::type_a(application));
                let chip = st25r3916::Chip::new(st25r3916::Settings::DEFAULT);
                let driver =
                    Contactless::over(SpiTransfers::new(bus.clone()), chip, AirConfig::EMV);
                let reader = boxed(Clocked::new(driver, clock.clone()), clock);
                (reader, Box::new(move || drop(bus.chip().air.remove(card))))
            }
        }
    }
}

fn pins(clock: VirtualClock, insert: impl FnOnce(&Socket)) -> (AnyReader, Hand) {
    let socket = Socket::tda8035(clock.clone());
    insert(&socket);
    let pins = socket.pins();
    let supply = (pins.en_5v, pins.en_1v8n);
    let slot = PinSlot::new(pins.cmdvccn, pins.rstin, pins.offn, supply, Chip::TDA8035);
    let uart = HalfDuplex::new(socket.uart(), clock.clone(), true);
    let driver = ContactReader::new(Contacts::new(uart, slot), ContactConfig::emv(4_000_000));
    let reader = boxed(Clocked::new(driver, clock.clone()), clock);
    (reader, Box::new(move || socket.remove()))
}

impl FromStr for Sim {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.iter().find(|(name, _)| *name == text);
        let names = Self::ALL.map(|(name, _)| name).join(", ");
        found.map(|(_, sim)| *sim).ok_or(format!("one of {names} is wanted"))
    }
}

fn boxed(reader: impl CardReader + 'static, clock: VirtualClock) -> AnyReader {
    Box::new(Erased { reader, clock: Some(clock) })
}

/// A reader of this computer's time.
pub(crate) fn erased(reader: impl CardReader + 'static) -> AnyReader {
    Box::new(Erased { reader, clock: None })
}

/// Any reader, with its error made an [`AnyError`].
struct Erased<R> {
    reader: R,
    clock: Option<VirtualClock>,
}

impl<R> Erased<R> {
    fn pass(&self) {
        if let Some(clock) = &self.clock {
            clock.advance(Duration::from_millis(1));
        }
    }
}

impl<R> ErrorType for Erased<R> {
    type Error = AnyError;
}

impl<R: CardReader> CardReader for Erased<R> {
    fn poll_inserted(&mut self) -> nb::Result<(), AnyError> {
        self.pass();
        self.reader.poll_inserted().map_err(|error| error.map(erase))
    }

    fn poll_removed(&mut self) -> nb::Result<(), AnyError> {
        self.pass();
        self.reader.poll_removed().map_err(|error| error.map(erase))
    }

    fn activate(&mut self, atr: &mut [u8]) -> Result<usize, AnyError> {
        self.reader.activate(atr).map_err(erase)
    }

    fn transmit(&mut self, command: &[u8], response: &mut [u8]) -> Result<usize, AnyError> {
        self.reader.transmit(command, response).map_err(erase)
    }

    fn deactivate(&mut self) -> Result<(), AnyError> {
        self.reader.deactivate().map_err(erase)
    }
}
