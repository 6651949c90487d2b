use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::vec::Vec;

use embedded_hal::i2c::{self, I2c};
use embedded_hal::spi::{self, Operation, SpiDevice};

use super::{Mfrc522Model, Reply, Signal, St25r3916Model};
use crate::card::contactless::{Rate, Technology};
use crate::port::{Clock, Duration, Instant};
use crate::sim::VirtualClock;

/// A chip, from its side of an SPI bus.
pub trait SpiChip {
    /// One transaction, chip select and all: what the host clocks out, and what
    /// it gets for it, as many bytes.
    fn transfer(&mut self, out: &[u8], now: Instant) -> Vec<u8>;
}

impl Reply {
    /// A byte that no card sent.
    pub(super) fn noise(at: Instant, technology: Technology, rate: Rate) -> Self {
        let mut signal = Signal::new(technology, &[0x5A]).at(rate);
        signal.intact = false;
        Self { at, end: at + signal.airtime(), signal, collision: None }
    }
}

/// How a chip is spoken to on I2C instead.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Wires {
    /// A register; a read repeats it.
    Register,
    /// What it is on SPI.
    Same,
}

/// What can happen to one transaction.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum BusFault {
    /// The host's side reports an error, and the chip hears nothing.
    Error,
    /// The chip hears nothing, and the host reads this byte all along.
    Nobody(u8),
}

#[derive(Debug)]
struct Wire<D> {
    chip: D,
    transactions: usize,
    planned: BTreeMap<usize, BusFault>,
    lasting: Option<BusFault>,
}

/// A simulated chip on an SPI bus of 5 MHz: an [`SpiDevice`]. Clones are on the
/// same bus.
#[derive(Debug)]
pub struct OnSpi<D> {
    wire: Arc<Mutex<Wire<D>>>,
    clock: VirtualClock,
}

impl<D> Clone for OnSpi<D> {
    fn clone(&self) -> Self {
        Self { wire: Arc::clone(&self.wire), clock: self.clock.clone() }
    }
}

/// The chip of an [`OnSpi`], lent.
#[derive(Debug)]
pub struct Lent<'a, D>(MutexGuard<'a, Wire<D>>);

impl<D> std::ops::Deref for Lent<'_, D> {
    type Target = D;

    fn deref(&self) -> &D {
        &self.0.chip
    }
}

impl<D> std::ops::DerefMut for Lent<'_, D> {
    fn deref_mut(&mut self) -> &mut D {
        &mut self.0.chip
    }
}

impl<D> OnSpi<D> {
    /// Puts a chip on a bus.
    pub fn new(chip: D, clock: VirtualClock) -> Self {
        let wire = Wire { chip, transactions: 0, planned: BTreeMap::new(), lasting: None };
        Self { wire: Arc::new(Mutex::new(wire)), clock }
    }

    /// The chip, to put cards before it and to read its state.
    #[must_use]
    pub fn chip(&self) -> Lent<'_, D> {
        Lent(self.wire())
    }

    /// How many transactions there were.
    #[must_use]
    pub fn transactions(&self) -> usize {
        self.wire().transactions
    }

    /// What is to happen to a transaction: the first is number 0.
    pub fn disturb(&self, transaction: usize, fault: BusFault) {
        self.wire().planned.insert(transaction, fault);
    }

    /// What happens to all transactions from now on, or no more.
    pub fn break_off(&self, fault: Option<BusFault>) {
        self.wire().lasting = fault;
    }

    fn wire(&self) -> MutexGuard<'_, Wire<D>> {
        self.wire.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<D: SpiChip> OnSpi<D> {
    fn obey(&self, operations: &mut [Operation<'_, u8>]) -> Result<(), spi::ErrorKind> {
        let out: Vec<u8> = operations.iter().flat_map(clocked_out).collect();
        let mut wire = self.wire();
        let number = wire.transactions;
        wire.transactions += 1;
        let came = match wire.planned.remove(&number).or(wire.lasting) {
            Some(BusFault::Error) => return Err(spi::ErrorKind::Other),
            Some(BusFault::Nobody(byte)) => std::vec![byte; out.len()],
            None => {
                // 1.6 us a byte.
                let micros = (out.len() as u64 * 8).div_ceil(5);
                self.clock.advance(Duration::from_micros(micros));
                wire.chip.transfer(&out, self.clock.clone().now())
            }
        };
        let mut came = came.into_iter();
        for operation in operations {
            match operation {
                Operation::Read(to) | Operation::Transfer(to, _) => fill(to, &mut came),
                Operation::TransferInPlace(to) => fill(to, &mut came),
                Operation::Write(sent) => came.by_ref().take(sent.len()).for_each(drop),
                Operation::DelayNs(_) => {}
            }
        }
        Ok(())
    }
}

fn clocked_out(operation: &Operation<'_, u8>) -> Vec<u8> {
    match operation {
        Operation::Write(sent) => sent.to_vec(),
        Operation::TransferInPlace(both) => both.to_vec(),
        Operation::Read(to) => std::vec![0; to.len()],
        Operation::Transfer(to, sent) => {
            let mut out = sent.to_vec();
            out.resize(to.len().max(sent.len()), 0);
            out
        }
        Operation::DelayNs(_) => Vec::new(),
    }
}

fn fill(to: &mut [u8], from: &mut impl Iterator<Item = u8>) {
    to.iter_mut().zip(from).for_each(|(to, from)| *to = from);
}

impl<D> spi::ErrorType for OnSpi<D> {
    type Error = spi::ErrorKind;
}

impl<D: SpiChip> SpiDevice for OnSpi<D> {
    fn transaction(&mut self, operations: &mut [Operation<'_, u8>]) -> Result<(), Self::Error> {
        self.obey(operations)
    }
}

/// A simulated chip on an I2C bus, at its address. Clones are on the same bus.
#[derive(Debug)]
pub struct OnI2c<D> {
    spi: OnSpi<D>,
    address: u8,
    wires: Wires,
}

impl OnI2c<Mfrc522Model> {
    /// An MFRC522 whose pins say 28h.
    #[must_use]
    pub const fn mfrc522(spi: OnSpi<Mfrc522Model>) -> Self {
        Self { spi, address: 0x28, wires: Wires::Register }
    }
}

impl OnI2c<St25r3916Model> {
    /// An ST25R3916.
    #[must_use]
    pub const fn st25r3916(spi: OnSpi<St25r3916Model>) -> Self {
        Self { spi, address: 0x50, wires: Wires::Same }
    }
}

impl<D: SpiChip> OnI2c<D> {
    fn obey(
        &self,
        address: u8,
        operations: &mut [i2c::Operation<'_>],
    ) -> Result<(), i2c::ErrorKind> {
        if address != self.address {
            return Err(i2c::ErrorKind::NoAcknowledge(i2c::NoAcknowledgeSource::Address));
        }
        let [i2c::Operation::Write(written), rest @ ..] = operations else {
            return Err(i2c::ErrorKind::Other);
        };
        let mut none = [];
        let read = match rest {
            [] => &mut none[..],
            [i2c::Operation::Read(read)] => &mut **read,
            _ => return Err(i2c::ErrorKind::Other),
        };
        let out = match (self.wires, &written[..], read.len()) {
            (Wires::Register, [register, values @ ..], 0) => [&[register << 1], values].concat(),
            (Wires::Register, [register], count) => {
                let mut out = std::vec![0x80 | register << 1; count];
                out.push(0);
                out
            }
            (Wires::Same, ..) => [written, &std::vec![0; read.len()][..]].concat(),
            _ => return Err(i2c::ErrorKind::Other),
        };
        let mut came = std::vec![0; out.len()];
        let transfer = &mut [Operation::Transfer(&mut came, &out)];
        self.spi.obey(transfer).map_err(|_| i2c::ErrorKind::Bus)?;
        fill(read, &mut came.into_iter().skip(1));
        Ok(())
    }
}

impl<D> i2c::ErrorType for OnI2c<D> {
    type Error = i2c::ErrorKind;
}

impl<D: SpiChip> I2c for OnI2c<D> {
    fn transaction(
        &mut self,
        address: u8,
        operations: &mut [i2c::Operation<'_>],
    ) -> Result<(), Self::Error> {
        self.obey(address, operations)
    }
}

#[cfg(feature = "async")]
impl<D: SpiChip> embedded_hal_async::i2c::I2c for OnI2c<D> {
    async fn transaction(
        &mut self,
        address: u8,
        operations: &mut [i2c::Operation<'_>],
    ) -> Result<(), Self::Error> {
        self.obey(address, operations)
    }
}

#[cfg(feature = "async")]
impl<D: SpiChip> embedded_hal_async::spi::SpiDevice for OnSpi<D> {
    async fn transaction(
        &mut self,
        operations: &mut [Operation<'_, u8>],
    ) -> Result<(), Self::Error> {
        self.obey(operations)
    }
}
