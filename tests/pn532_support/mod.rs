//! A PN532 on each of its buses, with cards.
#![allow(dead_code, reason = "each test uses a part")]

pub mod broken;

use std::sync::{Arc, Mutex};

use embedded_pos::card::reader::pn532::{AlwaysLow, Config, Fault, I2cPort, Pn532, SpiPort};
use embedded_pos::port::{CallError, Clock, Instant, Port};
use embedded_pos::sim::card::{
    Echo, IsoDepCard, Picc, Pn532 as Chip, Pn532I2c, Pn532Irq, Pn532Spi,
};
use embedded_pos::sim::{SimPort, Simulated, VirtualClock};

/// A handle to a card in the field.
pub type Shared = Arc<Mutex<IsoDepCard>>;

pub struct Bench<P> {
    pub reader: Pn532<P>,
    pub chip: Simulated<Chip>,
    pub clock: VirtualClock,
}

pub type Uart = SimPort<Chip, VirtualClock>;
pub type Spi = SpiPort<Pn532Spi, Pn532Irq>;
pub type PolledSpi = SpiPort<Pn532Spi, AlwaysLow>;
pub type I2c = I2cPort<Pn532I2c, Pn532Irq>;
pub type PolledI2c = I2cPort<Pn532I2c, AlwaysLow>;

/// On HSU.
pub fn hsu(chip: Chip, config: Config) -> Bench<Uart> {
    let (clock, chip) = (VirtualClock::new(), Simulated::new(chip));
    let port = chip.port(clock.clone());
    Bench { reader: Pn532::new(port, config), chip, clock }
}

pub fn spi(chip: Chip, config: Config) -> Bench<Spi> {
    let (clock, chip) = (VirtualClock::new(), Simulated::new(chip));
    let bus = Pn532Spi::new(chip.clone(), clock.clone());
    let irq = bus.irq();
    Bench { reader: Pn532::new(SpiPort::new(bus, irq), config), chip, clock }
}

pub fn polled_spi(chip: Chip, config: Config) -> Bench<PolledSpi> {
    let (clock, chip) = (VirtualClock::new(), Simulated::new(chip));
    let bus = Pn532Spi::new(chip.clone(), clock.clone());
    Bench { reader: Pn532::new(SpiPort::polled(bus), config), chip, clock }
}

pub fn i2c(chip: Chip, config: Config) -> Bench<I2c> {
    let (clock, chip) = (VirtualClock::new(), Simulated::new(chip));
    let bus = Pn532I2c::new(chip.clone(), clock.clone());
    let irq = bus.irq();
    Bench { reader: Pn532::new(I2cPort::new(bus, irq), config), chip, clock }
}

pub fn polled_i2c(chip: Chip, config: Config) -> Bench<PolledI2c> {
    let (clock, chip) = (VirtualClock::new(), Simulated::new(chip));
    let bus = Pn532I2c::new(chip.clone(), clock.clone());
    Bench { reader: Pn532::new(I2cPort::polled(bus), config), chip, clock }
}

impl<P: Port> Bench<P> {
    /// Brings a card near; what to take it away with.
    pub fn bring(&self, card: impl Picc + 'static) -> usize {
        self.chip.device().air.add(card)
    }

    pub fn take(&self, card: usize) {
        self.chip.device().air.remove(card);
    }

    pub fn look(&mut self) -> Result<bool, Fault> {
        self.reader.look().wait(&mut self.clock).map_err(fault)
    }

    pub fn activate(&mut self) -> Result<usize, Fault> {
        self.reader.activate().wait(&mut self.clock).map_err(fault)
    }

    pub fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, Fault> {
        let result = self.reader.transmit(command).wait(&mut self.clock);
        result.map_err(fault).map(|n| {
            assert_eq!(n, self.reader.response().len());
            self.reader.response().to_vec()
        })
    }

    pub fn deactivate(&mut self) -> Result<(), Fault> {
        self.reader.deactivate().wait(&mut self.clock).map_err(fault)
    }

    pub fn now(&mut self) -> Instant {
        self.clock.now()
    }

    pub fn no_violations(&self) {
        let chip = self.chip.device();
        assert_eq!(chip.violations(), [""; 0]);
        assert_eq!(chip.air.violations(), [""; 0]);
    }
}

pub fn fault<E: std::fmt::Debug>(error: CallError<Fault, E>) -> Fault {
    match error {
        CallError::Device(fault) => fault,
        other => panic!("{other:?}"),
    }
}

pub const UID: [u8; 4] = [0x08, 0xA1, 0xB2, 0xC3];
pub const READ: [u8; 5] = [0x00, 0xB2, 0x01, 0x0C, 0x00];

pub fn echo() -> IsoDepCard {
    IsoDepCard::type_a(Echo).with_uid(&UID)
}

pub fn echo_b() -> IsoDepCard {
    IsoDepCard::type_b(Echo)
}

pub fn shared(card: IsoDepCard) -> Shared {
    Arc::new(Mutex::new(card))
}

/// 255 bytes of data, and an answer to it.
pub fn longest_command() -> Vec<u8> {
    let mut command = vec![0x00, 0xDA, 0x00, 0x00, 255];
    command.extend(0..255);
    command.push(0);
    command
}
