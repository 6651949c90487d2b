//! The count of attempts, kept in memory.

use crate::fingerprint::trust::AttemptStore;
use crate::{ErrorKind, ErrorType};

/// When the power goes in a store, or how it fails.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum StoreFault {
    /// Before the bytes are kept.
    Before,
    /// After they are, and before anybody is told.
    After,
    /// While they are: half of them are new.
    Torn,
}

/// An [`AttemptStore`] in memory: what it holds survives the machines of a test
/// that plays a power cut, as flash would.
///
/// Fails with [`ErrorKind::Hardware`] when told to: drop the machine then, or
/// go on with it.
#[derive(Clone, Debug, Default)]
pub struct MemoryAttempts {
    bytes: Option<[u8; 4]>,
    stores: usize,
    fault: Option<(usize, StoreFault)>,
}

impl MemoryAttempts {
    /// A device that never stored anything.
    #[must_use]
    pub const fn new() -> Self {
        Self { bytes: None, stores: 0, fault: None }
    }

    /// The store after `stores` more fails.
    pub fn fail_after(&mut self, stores: usize, fault: StoreFault) {
        self.fault = Some((self.stores + stores, fault));
    }

    /// What it holds.
    #[must_use]
    pub const fn bytes(&self) -> Option<[u8; 4]> {
        self.bytes
    }
}

impl ErrorType for MemoryAttempts {
    type Error = ErrorKind;
}

impl AttemptStore for MemoryAttempts {
    fn load(&mut self) -> Result<Option<[u8; 4]>, ErrorKind> {
        Ok(self.bytes)
    }

    fn store(&mut self, bytes: [u8; 4]) -> Result<(), ErrorKind> {
        let fault = self.fault.filter(|(at, _)| *at == self.stores).map(|(_, fault)| fault);
        self.stores += 1;
        let [a, b, ..] = bytes;
        let [.., c, d] = self.bytes.unwrap_or([0xFF; 4]);
        match fault {
            Some(StoreFault::Before) => {}
            Some(StoreFault::Torn) => self.bytes = Some([a, b, c, d]),
            None | Some(StoreFault::After) => self.bytes = Some(bytes),
        }
        if fault.is_some() { Err(ErrorKind::Hardware) } else { Ok(()) }
    }
}
