use super::Record;
use crate::ErrorType;

/// The number a sink gave a record: one more than the record before.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Seq(pub u32);

/// Keeps records.
///
/// Only a [`Record`] can be appended, and no field of a record is for a card
/// number, a track, a PIN block or a payment code (PCI PIN requirement 4, PCI
/// DSS 3.3).
pub trait RecordSink: ErrorType {
    /// Makes sure that this many records fit.
    ///
    /// # Errors
    /// They do not, or the store failed. What was to be begun is not begun.
    fn reserve(&mut self, records: usize) -> Result<(), Self::Error>;

    /// Keeps a record. When this returns, a power cut does not lose it.
    ///
    /// # Errors
    /// The store failed; the record may or may not be kept. It may be appended
    /// again: `case` and `line` tell that it is the same.
    fn append(&mut self, record: &Record) -> Result<Seq, Self::Error>;
}

/// A sink whose records can be read, and leave for a server.
pub trait RecordStore: RecordSink {
    /// Goes through all records it holds, the oldest first: after a start, to
    /// find what is not finished. See [`ack_up_to`](Self::ack_up_to) for what
    /// it always holds.
    ///
    /// # Errors
    /// The store failed.
    fn replay(&mut self, each: &mut dyn FnMut(Seq, &Record)) -> Result<(), Self::Error>;

    /// The oldest record the server has not acknowledged.
    ///
    /// # Errors
    /// The store failed.
    fn unsent(&mut self) -> Result<Option<(Seq, Record)>, Self::Error>;

    /// The server has all records up to and including this one. When this
    /// returns, a power cut does not forget it.
    ///
    /// Their room may be used again, except for what a start needs, whoever
    /// else has it: the records of a payment without an end; the last that
    /// counts an attempt or signs an officer in; the last that takes a number,
    /// of each block still in use; the last of all, for its case. Without
    /// these, a power cut would reset the lock-out, drop a reversal, or give a
    /// number out twice.
    ///
    /// # Errors
    /// The store failed, or has no such record.
    fn ack_up_to(&mut self, seq: Seq) -> Result<(), Self::Error>;
}

impl<T: RecordSink + ?Sized> RecordSink for &mut T {
    fn reserve(&mut self, records: usize) -> Result<(), Self::Error> {
        T::reserve(self, records)
    }

    fn append(&mut self, record: &Record) -> Result<Seq, Self::Error> {
        T::append(self, record)
    }
}

impl<T: RecordStore + ?Sized> RecordStore for &mut T {
    fn replay(&mut self, each: &mut dyn FnMut(Seq, &Record)) -> Result<(), Self::Error> {
        T::replay(self, each)
    }

    fn unsent(&mut self) -> Result<Option<(Seq, Record)>, Self::Error> {
        T::unsent(self)
    }

    fn ack_up_to(&mut self, seq: Seq) -> Result<(), Self::Error> {
        T::ack_up_to(self, seq)
    }
}
