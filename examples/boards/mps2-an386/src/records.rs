//! Records in RAM. A product has a journal on flash here.

use embedded_pos::terminal::{Record, RecordSink, RecordStore, Seq};
use embedded_pos::{ErrorKind, ErrorType};

/// Room for the records of a sign-in and a case.
const ROOM: usize = 32;

/// The records, and how many of them the archive has.
pub struct Memory {
    records: heapless::Vec<Record, ROOM>,
    acked: usize,
}

impl Memory {
    /// No records.
    pub const fn new() -> Self {
        Self { records: heapless::Vec::new(), acked: 0 }
    }
}

/// The number of the record at an index.
fn seq(index: usize) -> Seq {
    Seq(u32::try_from(index + 1).unwrap_or(u32::MAX))
}

impl ErrorType for Memory {
    type Error = ErrorKind;
}

impl RecordSink for Memory {
    fn reserve(&mut self, records: usize) -> Result<(), ErrorKind> {
        if ROOM - self.records.len() < records { Err(ErrorKind::Refused) } else { Ok(()) }
    }

    fn append(&mut self, record: &Record) -> Result<Seq, ErrorKind> {
        self.records.push(*record).map_err(|_| ErrorKind::Refused)?;
        Ok(seq(self.records.len() - 1))
    }
}

impl RecordStore for Memory {
    fn replay(&mut self, each: &mut dyn FnMut(Seq, &Record)) -> Result<(), ErrorKind> {
        self.records.iter().enumerate().for_each(|(index, record)| each(seq(index), record));
        Ok(())
    }

    fn unsent(&mut self) -> Result<Option<(Seq, Record)>, ErrorKind> {
        Ok(self.records.get(self.acked).map(|record| (seq(self.acked), *record)))
    }

    fn ack_up_to(&mut self, upto: Seq) -> Result<(), ErrorKind> {
        let count = usize::try_from(upto.0).map_err(|_| ErrorKind::Argument)?;
        if count > self.records.len() {
            return Err(ErrorKind::Argument);
        }
        self.acked = self.acked.max(count);
        Ok(())
    }
}
