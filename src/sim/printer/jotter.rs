use core::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};

use crate::ErrorType;
use crate::printer::job::{JobStore, Record};

/// A store of jobs in memory, which survives the cut of simulated power:
/// clones are the same store.
#[derive(Clone, Debug, Default)]
pub struct Jotter(Arc<Mutex<Option<[u8; Record::SIZE]>>>);

impl ErrorType for Jotter {
    type Error = Infallible;
}

impl JobStore for Jotter {
    fn load(&mut self) -> Result<Option<Record>, Infallible> {
        let bytes = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(bytes.and_then(|bytes| Record::from_bytes(&bytes)))
    }

    fn store(&mut self, record: &Record) -> Result<(), Infallible> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(record.to_bytes());
        Ok(())
    }
}
