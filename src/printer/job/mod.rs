//! Jobs: a paper that is printed once, or of which is known that it was not.
//!
//! A [`Printer`] prints items. A job is a whole paper with a number, and what
//! becomes of it is one of three, with the reason:
//!
//! | outcome | on the paper |
//! | --- | --- |
//! | [`Printed`](Outcome::Printed) | the whole of it, once; the printer has proven it |
//! | [`NotPrinted`](Outcome::NotPrinted) | nothing, or a part; the rest will not come |
//! | [`Unknown`](Outcome::Unknown) | all, a part or nothing: a person looks |
//!
//! The job is written down in a [`JobStore`] before its first byte, and so is
//! its outcome. So after a power cut, and after a call or future that was
//! dropped, the next [`begin`](Jobs::begin) says that the job is not settled.
//! Each paper begins with normal text on the left of all of the paper, with the
//! printer's own line spacing and tab stops.
//! Nothing is printed twice by itself: [`reprint`](Jobs::reprint) is the
//! caller's word, and the copy begins with the caller's mark.
//!
//! After any other outcome than `Printed`, initialise the printer's driver
//! before the next job: what the printer still has of the old one comes out
//! first, and it must not pass for the new one's.
//!
//! When the paper ends or the cover is opened, the job waits
//! ([`waiting`](Jobs::waiting) says for what) and goes on where it stopped, if
//! the printer kept what it had and the flow control lost nothing; else it is
//! not printed.
//!
//! Between two items the printer is asked how it is. One that loses its power
//! in the middle is found out if it needs longer to start than passes between
//! two looks: poll often, four times a second at least. A printer without a
//! [`Proof`](super::escpos::Proof) never says more than `Unknown`, with
//! [`Unproven`](Why::Unproven).
//!
//! ```
//! # #[cfg(feature = "sim")] {
//! use embedded_pos::port::Clocked;
//! use embedded_pos::printer::Item;
//! use embedded_pos::printer::escpos::{EscPos, Profile, Timed};
//! use embedded_pos::printer::job::{Jobs, Outcome};
//! use embedded_pos::sim::printer::{EscPosPrinter, Jotter, Model};
//! use embedded_pos::sim::{Simulated, VirtualClock};
//!
//! let mut clock = VirtualClock::new();
//! let sim = Simulated::new(EscPosPrinter::new(Model::CLONE_58MM));
//! let mut driver = EscPos::new(sim.port(clock.clone()), Timed, &Profile::CLONE_58MM);
//! driver.init().wait(&mut clock)?;
//! let mut printer = Clocked::new(driver, clock.clone());
//!
//! let receipt = [Item::Text("罚款收据\n"), Item::Columns("罚款", "￥200.00"), Item::Cut];
//! let mut jobs = Jobs::new(Jotter::default(), &[Item::Text("重打 REPRINT\n")]);
//! jobs.begin(20_261_126_0001)?;
//! let outcome = loop {
//!     match jobs.poll(&mut printer, &receipt) {
//!         Err(nb::Error::WouldBlock) => clock.advance(embedded_pos::port::Duration::from_millis(1)),
//!         Err(nb::Error::Other(error)) => return Err(error.into()),
//!         Ok(outcome) => break outcome,
//!     }
//! };
//! assert_eq!(outcome, Outcome::Printed);
//! assert!(jobs.begin(20_261_126_0001).is_err(), "it is printed already");
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod machine;
mod record;

pub use machine::{Outcome, Why};
pub use record::{Document, JobStore, Record, State};

use core::fmt;

use self::machine::{Do, Machine, Paper};
#[cfg(feature = "async")]
use super::AsyncPrinter;
use super::{Completion, Item, Printer, Status};
use crate::{Error, ErrorKind};

/// The jobs of one printer, one at a time.
#[derive(Debug)]
pub struct Jobs<'m, S> {
    store: S,
    mark: &'m [Item<'m>],
    /// What is stored, once it was read.
    last: Option<Option<Record>>,
    running: Option<Machine>,
}

/// Why a job is not begun, or not gone on with.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum JobError<E> {
    /// The store failed.
    Store(E),
    /// This job is on paper.
    AlreadyPrinted,
    /// It is not known whether the last job, this or another, is on paper:
    /// [`reprint`](Jobs::reprint) or [`settle`](Jobs::settle) it.
    Unsettled(Record),
    /// A job of a higher number was begun: numbers only rise.
    Old,
    /// A job is being printed.
    Running,
    /// There is no such job.
    NoJob,
}

impl<E: fmt::Display> fmt::Display for JobError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Store(error) => write!(f, "store: {error}"),
            Self::AlreadyPrinted => f.write_str("the job is on paper"),
            Self::Unsettled(record) => {
                write!(f, "whether job {} is on paper is not known", record.id)
            }
            Self::Old => f.write_str("the number is lower than the last job's"),
            Self::Running => f.write_str("a job is being printed"),
            Self::NoJob => f.write_str("there is no such job"),
        }
    }
}

impl<E: Error> core::error::Error for JobError<E> {}

impl<E: Error> Error for JobError<E> {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Store(error) => error.kind(),
            Self::AlreadyPrinted | Self::Unsettled(_) => ErrorKind::Refused,
            Self::Running => ErrorKind::Busy,
            Self::Old | Self::NoJob => ErrorKind::Argument,
        }
    }
}

impl<'m, S: JobStore> Jobs<'m, S> {
    /// Jobs written down in `store`; a copy begins with the items of `mark`,
    /// such as a line `重打 REPRINT`. No I/O.
    pub const fn new(store: S, mark: &'m [Item<'m>]) -> Self {
        Self { store, mark, last: None, running: None }
    }

    /// Gives the store back. A job that is being printed stays open in it.
    pub fn release(self) -> S {
        self.store
    }

    /// What is written down about the last job. [`Open`](State::Open), though
    /// none is being printed here: the power was cut in the middle of it.
    ///
    /// # Errors
    /// [`Store`](JobError::Store).
    pub fn last(&mut self) -> Result<Option<Record>, JobError<S::Error>> {
        if let Some(last) = self.last {
            return Ok(last);
        }
        let last = self.store.load().map_err(JobError::Store)?;
        self.last = Some(last);
        Ok(last)
    }

    /// Begins a job: writes it down. [`poll`](Self::poll) prints it.
    ///
    /// A job that was [`NotPrinted`](Outcome::NotPrinted) may be begun again.
    ///
    /// # Errors
    /// It may be on paper already, or another may be; or the store failed:
    /// nothing was printed.
    pub fn begin(&mut self, id: u64) -> Result<(), JobError<S::Error>> {
        if self.running.is_some() {
            return Err(JobError::Running);
        }
        let copies = match self.last()? {
            Some(record) if matches!(record.state, State::Open | State::Unknown) => {
                return Err(JobError::Unsettled(record));
            }
            Some(record) if record.id == id => match record.state {
                State::NotPrinted => record.copies,
                _ => return Err(JobError::AlreadyPrinted),
            },
            Some(record) if record.id > id => return Err(JobError::Old),
            _ => 0,
        };
        self.open(id, copies, false)
    }

    /// Begins a copy of the last job, which begins with the mark.
    ///
    /// # Errors
    /// The last job is another, or the store failed.
    pub fn reprint(&mut self, id: u64) -> Result<(), JobError<S::Error>> {
        let record = self.of(id)?;
        self.open(id, record.copies, true)
    }

    /// A person has seen to the last job: the next may begin.
    ///
    /// # Errors
    /// The last job is another, or the store failed.
    pub fn settle(&mut self, id: u64) -> Result<(), JobError<S::Error>> {
        let record = self.of(id)?;
        self.write(Record { state: State::Settled, ..record })
    }

    /// What a job that is being printed waits for, if it does: not
    /// [ready](Status::is_ready).
    #[must_use]
    pub fn waiting(&self) -> Option<Status> {
        self.running.as_ref().and_then(Machine::waiting)
    }

    /// Gives a job up that is being printed; [`poll`](Self::poll) says what it
    /// came to.
    pub fn cancel(&mut self, document: &(impl Document + ?Sized)) {
        if let Some(machine) = &mut self.running {
            machine.cancel(&Paper { mark: self.mark, document, dots: 0 });
        }
    }

    /// The last job, if it has this number and is not being printed.
    fn of(&mut self, id: u64) -> Result<Record, JobError<S::Error>> {
        if self.running.is_some() {
            return Err(JobError::Running);
        }
        self.last()?.filter(|record| record.id == id).ok_or(JobError::NoJob)
    }

    fn open(&mut self, id: u64, copies: u8, marked: bool) -> Result<(), JobError<S::Error>> {
        self.write(Record { id, state: State::Open, copies: copies.saturating_add(1) })?;
        self.running = Some(Machine::new(marked));
        Ok(())
    }

    fn write(&mut self, record: Record) -> Result<(), JobError<S::Error>> {
        // If this fails, it is read again.
        self.last = None;
        self.store.store(&record).map_err(JobError::Store)?;
        self.last = Some(Some(record));
        Ok(())
    }

    /// Writes the outcome down; a job whose outcome cannot be written is still
    /// open.
    fn close(&mut self, outcome: Outcome) -> Result<Outcome, JobError<S::Error>> {
        let record = self.last()?.ok_or(JobError::NoJob)?;
        self.write(Record { state: outcome.state(), ..record })?;
        self.running = None;
        Ok(outcome)
    }

    /// Goes on with the job by one step: an item, or a question to the printer.
    ///
    /// # Errors
    /// `WouldBlock` while it goes on, or waits; else the store failed: poll
    /// again.
    pub fn poll<P: Printer>(
        &mut self,
        printer: &mut P,
        document: &(impl Document + ?Sized),
    ) -> nb::Result<Outcome, JobError<S::Error>> {
        let machine = self.running.as_mut().ok_or(JobError::NoJob)?;
        let paper = Paper { mark: self.mark, document, dots: printer.paper().dots };
        match machine.next(&paper) {
            Do::Status => machine.told(printer.status().map_err(kind), &paper),
            Do::Print(index, item) => {
                machine.printed(index, printer.print(&item).map_err(kind), &paper);
            }
            Do::Resume(index, item) => {
                machine.resumed(index, printer.resume(&item).map_err(kind), &paper);
            }
            Do::Finish => match printer.poll_printed() {
                Err(nb::Error::WouldBlock) => {}
                Err(nb::Error::Other(error)) => machine.finished(Err(error.kind())),
                Ok(completion) => machine.finished(Ok(completion)),
            },
            Do::Close(outcome) => return Ok(self.close(outcome)?),
        }
        Err(nb::Error::WouldBlock)
    }

    /// Prints the job to its end, async. It waits for paper as long as it
    /// takes; when the future is dropped, the job stays open, and goes on where
    /// it was when this is called again.
    ///
    /// # Errors
    /// The store failed: run again.
    #[cfg(feature = "async")]
    pub async fn run<P: AsyncPrinter>(
        &mut self,
        printer: &mut P,
        document: &(impl Document + ?Sized),
    ) -> Result<Outcome, JobError<S::Error>> {
        loop {
            let machine = self.running.as_mut().ok_or(JobError::NoJob)?;
            let paper = Paper { mark: self.mark, document, dots: printer.paper().dots };
            match machine.next(&paper) {
                Do::Status => machine.told(printer.status().await.map_err(kind), &paper),
                Do::Print(index, item) => {
                    machine.begins(index);
                    machine.printed(index, printer.print(&item).await.map_err(kind), &paper);
                }
                Do::Resume(index, item) => {
                    machine.resumed(index, printer.resume(&item).await.map_err(kind), &paper);
                }
                Do::Finish => machine.finished(printer.printed().await.map_err(kind)),
                Do::Close(outcome) => return self.close(outcome),
            }
        }
    }
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn kind<E: Error>(error: E) -> ErrorKind {
    error.kind()
}
