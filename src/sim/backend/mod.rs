//! The hosts a terminal talks to: the traffic police's databases and archive,
//! and an acquirer with its ledger.
//!
//! They keep their own books and judge every message by themselves; a test
//! compares the books with what the terminal believes. The network between can
//! lose a message or its answer, or deliver it later, in the order a test says
//! or by a seed.
//!
//! ```
//! use embedded_pos::sim::backend::{Backend, NetFault};
//!
//! let mut backend = Backend::new();
//! backend.bank.inject(NetFault::AnswerLost); // the next message is booked, unheard
//! assert_eq!(backend.bank.charges("TJ0001230120101150000007"), 0);
//! ```

mod authority;
mod bank;
mod ledger;
mod network;

pub use authority::{Authority, VehicleFile};
pub use bank::Bank;
pub use ledger::Payer;
pub use network::NetFault;

use crate::terminal::payment::{Acquirer, Charge, Reply, Reversal, Sale, Undo};
use crate::terminal::{
    NumberBlock, OrderKey, Platform, Record, Seq, Series, Standing, Subject, Vehicle, Violation,
};
use crate::{ErrorKind, ErrorType};

/// Both hosts.
#[derive(Debug, Default)]
pub struct Backend {
    /// The traffic police.
    pub authority: Authority,
    /// The acquirer.
    pub bank: Bank,
}

impl Backend {
    /// Hosts that know nothing yet, over a network without faults.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

impl ErrorType for Backend {
    type Error = ErrorKind;
}

impl Acquirer for Backend {
    fn pay(&mut self, sale: Sale<'_>) -> Result<Reply, ErrorKind> {
        self.bank.pay(sale)
    }

    fn chip_response(&mut self, key: OrderKey, out: &mut [u8]) -> usize {
        self.bank.chip_response(key, out)
    }

    fn show(&mut self, charge: Charge, code: &mut [u8]) -> Result<usize, ErrorKind> {
        self.bank.show(charge, code)
    }

    fn query(&mut self, key: OrderKey) -> Result<Reply, ErrorKind> {
        self.bank.query(key)
    }

    fn cancel(&mut self, key: OrderKey) -> Result<Undo, ErrorKind> {
        self.bank.cancel(key)
    }

    fn close(&mut self, key: OrderKey) -> Result<Undo, ErrorKind> {
        self.bank.close(key)
    }

    fn reverse(&mut self, reversal: &Reversal) -> Result<Undo, ErrorKind> {
        self.bank.reverse(reversal)
    }
}

impl Platform for Backend {
    fn violations(
        &mut self,
        subject: &Subject,
        list: &mut [Option<Violation>],
    ) -> Result<usize, ErrorKind> {
        self.authority.violations(subject, list)
    }

    fn inspection(&mut self, vehicle: &Vehicle) -> Result<Standing, ErrorKind> {
        self.authority.inspection(vehicle)
    }

    fn insurance(&mut self, vehicle: &Vehicle) -> Result<Standing, ErrorKind> {
        self.authority.insurance(vehicle)
    }

    fn numbers(&mut self, series: Series) -> Result<NumberBlock, ErrorKind> {
        self.authority.numbers(series)
    }

    fn upload(&mut self, seq: Seq, record: &Record) -> Result<Seq, ErrorKind> {
        self.authority.upload(seq, record)
    }
}
