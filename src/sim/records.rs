//! Records that are kept in memory.

use std::vec::Vec;

use crate::terminal::{Record, RecordSink, RecordStore, Seq};
use crate::{ErrorKind, ErrorType};

/// How a sink fails.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SinkFault {
    /// The record is not kept, and the sink says so.
    Lost,
    /// The record is kept, and the sink says that it is not.
    KeptUnsaid,
}

/// A [`RecordSink`] and [`RecordStore`] in memory: what it holds survives the
/// machines of a test that plays a power cut, as flash would.
///
/// Fails with [`ErrorKind::Hardware`] when told to, and with
/// [`ErrorKind::Refused`] when it is full.
#[derive(Clone, Debug)]
pub struct MemorySink {
    records: Vec<Record>,
    acked: usize,
    capacity: usize,
    fault: Option<(usize, SinkFault)>,
}

impl Default for MemorySink {
    fn default() -> Self {
        Self::new()
    }
}

impl MemorySink {
    /// An empty sink without end.
    #[must_use]
    pub const fn new() -> Self {
        Self { records: Vec::new(), acked: 0, capacity: usize::MAX, fault: None }
    }

    /// An empty sink that holds so many records that are not acknowledged.
    #[must_use]
    pub const fn with_capacity(capacity: usize) -> Self {
        Self { records: Vec::new(), acked: 0, capacity, fault: None }
    }

    /// The append after `appends` more fails.
    pub fn fail_after(&mut self, appends: usize, fault: SinkFault) {
        self.fault = Some((appends, fault));
    }

    /// All records, the acknowledged too; the first has [`Seq`] 1.
    #[must_use]
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// How many records the server has.
    #[must_use]
    pub const fn acked(&self) -> usize {
        self.acked
    }

    fn seq(&self, index: usize) -> Seq {
        Seq(u32::try_from(index).unwrap_or(u32::MAX).saturating_add(1))
    }

    fn fault(&mut self) -> Option<SinkFault> {
        match &mut self.fault {
            Some((0, fault)) => {
                let fault = *fault;
                self.fault = None;
                Some(fault)
            }
            Some((left, _)) => {
                *left -= 1;
                None
            }
            None => None,
        }
    }
}

impl ErrorType for MemorySink {
    type Error = ErrorKind;
}

impl RecordSink for MemorySink {
    fn reserve(&mut self, records: usize) -> Result<(), ErrorKind> {
        let free = self.capacity.saturating_sub(self.records.len() - self.acked);
        if records > free { Err(ErrorKind::Refused) } else { Ok(()) }
    }

    fn append(&mut self, record: &Record) -> Result<Seq, ErrorKind> {
        self.reserve(1)?;
        let fault = self.fault();
        if fault == Some(SinkFault::Lost) {
            return Err(ErrorKind::Hardware);
        }
        self.records.push(*record);
        match fault {
            None => Ok(self.seq(self.records.len() - 1)),
            Some(_) => Err(ErrorKind::Hardware),
        }
    }
}

impl RecordStore for MemorySink {
    fn replay(&mut self, each: &mut dyn FnMut(Seq, &Record)) -> Result<(), ErrorKind> {
        for (index, record) in self.records.iter().enumerate() {
            each(self.seq(index), record);
        }
        Ok(())
    }

    fn unsent(&mut self) -> Result<Option<(Seq, Record)>, ErrorKind> {
        let record = self.records.get(self.acked);
        Ok(record.map(|record| (self.seq(self.acked), *record)))
    }

    fn ack_up_to(&mut self, seq: Seq) -> Result<(), ErrorKind> {
        let count = usize::try_from(seq.0).unwrap_or(usize::MAX);
        if count > self.records.len() {
            return Err(ErrorKind::Argument);
        }
        self.acked = self.acked.max(count);
        Ok(())
    }
}
