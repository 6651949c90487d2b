use crc::{CRC_16_MODBUS, Crc};

use super::Item;
use crate::ErrorType;

/// A paper, item by item: it can be printed from the start as often as needed.
pub trait Document {
    /// The item at an index; `None` behind the last. The same each time.
    fn item(&self, index: usize) -> Option<Item<'_>>;
}

impl Document for [Item<'_>] {
    fn item(&self, index: usize) -> Option<Item<'_>> {
        self.get(index).copied()
    }
}

impl<const N: usize> Document for [Item<'_>; N] {
    fn item(&self, index: usize) -> Option<Item<'_>> {
        self.get(index).copied()
    }
}

impl<D: Document + ?Sized> Document for &D {
    fn item(&self, index: usize) -> Option<Item<'_>> {
        D::item(self, index)
    }
}

/// How far a job is, as it is written down.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum State {
    /// It was begun: bytes of it may have been sent.
    Open,
    /// It is on paper.
    Printed,
    /// It is not on paper whole, and will not be.
    NotPrinted,
    /// It may be on paper.
    Unknown,
    /// A person has seen to it.
    Settled,
}

/// What is written down about the last job.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Record {
    /// The job's number.
    pub id: u64,
    /// How far it is.
    pub state: State,
    /// How many copies were begun, the first one counted.
    pub copies: u8,
}

impl Record {
    /// The length of [`to_bytes`](Self::to_bytes).
    pub const SIZE: usize = 12;
    const CRC: Crc<u16> = Crc::<u16>::new(&CRC_16_MODBUS);

    /// For a storage of bytes: the number, the state, the copies and a check.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; Self::SIZE] {
        let state = match self.state {
            State::Open => 1,
            State::Printed => 2,
            State::NotPrinted => 3,
            State::Unknown => 4,
            State::Settled => 5,
        };
        let [a, b, c, d, e, f, g, h] = self.id.to_be_bytes();
        let body = [a, b, c, d, e, f, g, h, state, self.copies];
        let [high, low] = Self::CRC.checksum(&body).to_be_bytes();
        [a, b, c, d, e, f, g, h, state, self.copies, high, low]
    }

    /// Reads them; `None` if they are no record.
    #[must_use]
    pub fn from_bytes(bytes: &[u8; Self::SIZE]) -> Option<Self> {
        let [a, b, c, d, e, f, g, h, state, copies, high, low] = *bytes;
        let state = match state {
            1 => State::Open,
            2 => State::Printed,
            3 => State::NotPrinted,
            4 => State::Unknown,
            5 => State::Settled,
            _ => return None,
        };
        let body = bytes.first_chunk::<10>()?;
        let whole = Self::CRC.checksum(body) == u16::from_be_bytes([high, low]);
        whole.then_some(Self { id: u64::from_be_bytes([a, b, c, d, e, f, g, h]), state, copies })
    }
}

/// Where the record of the last job survives the loss of power.
pub trait JobStore: ErrorType {
    /// The record that was stored last; `None` if none ever was.
    ///
    /// # Errors
    /// It cannot be read.
    fn load(&mut self) -> Result<Option<Record>, Self::Error>;

    /// Stores a record in the place of the last. When it returns, the record
    /// survives; when the power is cut meanwhile, the one or the other is
    /// there, whole.
    ///
    /// # Errors
    /// It was not stored, or that is not known.
    fn store(&mut self, record: &Record) -> Result<(), Self::Error>;
}

impl<S: JobStore + ?Sized> JobStore for &mut S {
    fn load(&mut self) -> Result<Option<Record>, Self::Error> {
        S::load(self)
    }

    fn store(&mut self, record: &Record) -> Result<(), Self::Error> {
        S::store(self, record)
    }
}

#[cfg(test)]
mod tests {
    use super::{Record, State};

    #[test]
    fn records_survive_and_rubbish_does_not() {
        use State::{NotPrinted, Open, Printed, Settled, Unknown};
        for state in [Open, Printed, NotPrinted, Unknown, Settled] {
            let record = Record { id: 0x0123_4567_89AB_CDEF, state, copies: 2 };
            let bytes = record.to_bytes();
            assert_eq!(Record::from_bytes(&bytes), Some(record));
            for bit in 0..Record::SIZE * 8 {
                let mut wrong = bytes;
                wrong[bit / 8] ^= 1 << (bit % 8);
                assert_eq!(Record::from_bytes(&wrong), None);
            }
        }
        assert_eq!(Record::from_bytes(&[0xFF; Record::SIZE]), None);
        assert_eq!(Record::from_bytes(&[0; Record::SIZE]), None);
    }
}
