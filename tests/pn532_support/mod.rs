//! A PN532 on each of its buses, with cards.
#![allow(dead_code, reason = "each test uses a part")]

pub mod broken;

use std::sync::{Arc, Mutex};

use embedded_pos::card::contactless::Technology;
use embedded_pos::card::reader::pn532::{AlwaysLow, Config, Fault, I2cPort, Pn532, SpiPort};
use embedded_pos::port::{CallError, Clock, Duration, Instant, Port};
use embedded_pos::sim::card::{
    Application, Echo, IsoDepCard, Picc, Pn532 as Chip, Pn532I2c, Pn532Irq, Pn532Spi, Signal,
};
use embedded_pos::sim::{SimPort, Simulated, VirtualClock};

/// The blocks of ISO/IEC 14443-4 from the card's side, behind the activation
/// of an [`IsoDepCard`], or one of type B of its own.
pub struct Card {
    application: Box<dyn Application>,
    /// None of type B.
    a: Option<IsoDepCard>,
    active: bool,
    halted: bool,
    on: bool,
    /// So often it asks for time before each answer.
    pub extensions: u8,
    /// It does not answer to blocks.
    pub mute: bool,
    asked: u8,
    command: Vec<u8>,
    response: Vec<u8>,
    last: Vec<u8>,
    block: u8,
}

/// The longest answer: FSD is 64.
const PART: usize = 61;

impl Card {
    pub fn a(application: impl Application + 'static, uid: &[u8]) -> Self {
        let inner = IsoDepCard::type_a(Echo).with_uid(uid);
        Self { a: Some(inner), ..Self::b(application) }
    }

    pub fn b(application: impl Application + 'static) -> Self {
        Self {
            application: Box::new(application),
            a: None,
            active: false,
            halted: false,
            on: false,
            extensions: 0,
            mute: false,
            asked: 0,
            command: Vec::new(),
            response: Vec::new(),
            last: Vec::new(),
            block: 1,
        }
    }

    fn reset(&mut self, now: Instant) {
        self.application.reset();
        if let Some(a) = &mut self.a {
            a.field(false, now);
            a.field(self.on, now);
        }
        (self.active, self.block) = (false, 1);
        self.command.clear();
        self.response.clear();
    }

    fn technology(&self) -> Technology {
        if self.a.is_some() { Technology::A } else { Technology::B }
    }

    fn begin(&mut self, signal: &Signal, now: Instant) -> Option<(Duration, Signal)> {
        let Some(a) = &mut self.a else { return self.begin_b(signal) };
        if self.halted && (signal.bits, &signal.bytes[..]) != (7, &[0x52]) {
            return None;
        }
        self.halted = false;
        let answer = a.hear(signal, now);
        let is_rats = signal.checked().is_some_and(|frame| frame.first() == Some(&0xE0));
        self.active = is_rats && answer.is_some();
        answer
    }

    fn begin_b(&mut self, signal: &Signal) -> Option<(Duration, Signal)> {
        // PUPI, application data, 106 kbit/s only, frames of 256, FWI 8.
        const ATQB: [u8; 12] =
            [0x50, 0xA1, 0xA2, 0xA3, 0xA4, 0x11, 0x22, 0x33, 0x44, 0x00, 0x81, 0x81];
        let answer = match signal.checked()? {
            [0x05, _, parameter] if !self.halted || parameter & 0x08 != 0 => &ATQB[..],
            [0x1D, 0xA1, 0xA2, 0xA3, 0xA4, ..] => {
                self.active = true;
                &[0x00]
            }
            _ => return None,
        };
        Some((Duration::from_micros(200), Signal::with_crc(Technology::B, answer)))
    }

    /// A block, and the answer to it.
    fn block(&mut self, block: &[u8]) -> Option<Vec<u8>> {
        let (pcb, data) = block.split_first()?;
        match *pcb {
            pcb if pcb & 0xEE == 0x02 => {
                self.block ^= 1;
                self.command.extend(data);
                if pcb & 0x10 != 0 {
                    return Some(vec![0xA2 | self.block]);
                }
                let command = std::mem::take(&mut self.command);
                self.response = self.application.process(&command);
                self.asked = self.extensions;
                self.answer()
            }
            0xF2 => self.answer(),
            0xC2 => {
                (self.active, self.halted) = (false, true);
                Some(vec![0xC2])
            }
            // The block number is ours: the last block again.
            pcb if pcb & 0xE6 == 0xA2 && pcb & 1 == self.block => Some(self.last.clone()),
            pcb if pcb & 0xF6 == 0xB2 => Some(vec![0xA2 | self.block]),
            pcb if pcb & 0xF6 == 0xA2 => {
                self.block ^= 1;
                self.answer()
            }
            0xD0 => Some(vec![0xD0]),
            _ => None,
        }
    }

    fn answer(&mut self) -> Option<Vec<u8>> {
        if self.asked > 0 {
            self.asked -= 1;
            return Some(vec![0xF2, 0x02]);
        }
        let rest = self.response.split_off(self.response.len().min(PART));
        let part = std::mem::replace(&mut self.response, rest);
        let chained = if self.response.is_empty() { 0x00 } else { 0x10 };
        Some([&[0x02 | chained | self.block], &part[..]].concat())
    }
}

impl Picc for Card {
    fn field(&mut self, on: bool, now: Instant) {
        (self.on, self.halted) = (on, false);
        self.reset(now);
    }

    fn hear(&mut self, signal: &Signal, now: Instant) -> Option<(Duration, Signal)> {
        if !self.on || signal.technology != self.technology() {
            return None;
        }
        if !self.active {
            return self.begin(signal, now);
        }
        let block = signal.checked()?.to_vec();
        if self.mute {
            return None;
        }
        let answer = self.block(&block)?;
        if answer == [0xC2] {
            self.reset(now);
            self.halted = true;
        }
        self.last.clone_from(&answer);
        let answer = Signal::with_crc(self.technology(), &answer).at(signal.rate);
        Some((Duration::from_millis(1), answer))
    }
}

/// A handle to a card in the field.
pub type Shared = Arc<Mutex<Card>>;

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

pub fn echo() -> Card {
    Card::a(Echo, &UID)
}

pub fn shared(card: Card) -> Shared {
    Arc::new(Mutex::new(card))
}

/// 255 bytes of data, and an answer to it.
pub fn longest_command() -> Vec<u8> {
    let mut command = vec![0x00, 0xDA, 0x00, 0x00, 255];
    command.extend(0..255);
    command.push(0);
    command
}
