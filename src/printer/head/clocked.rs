use super::driver::Head;
use super::fault::Fault;
use super::font::Font;
use super::guard::LATE;
use super::io::{HeadIo, HeadSense, StepperIo};
use super::job::Job;
use super::page::PAPER;
use crate::ErrorType;
use crate::port::{Clock, Clocked, Duration};
use crate::printer::{Completion, Item, Paper, Printer, Status};

impl<I: HeadIo, M: StepperIo, S: HeadSense, F, C> ErrorType for Clocked<Head<I, M, S, F>, C> {
    type Error = Fault;
}

/// Nothing is heated between two calls: each returns when the rows that it has
/// begun are burnt. After the last, [`poll_printed`](Printer::poll_printed)
/// lets the motor go.
impl<I, M, S, F, C> Printer for Clocked<Head<I, M, S, F>, C>
where
    I: HeadIo,
    M: StepperIo,
    S: HeadSense,
    F: Font,
    C: Clock,
{
    fn paper(&self) -> Paper {
        PAPER
    }

    fn print(&mut self, item: &Item<'_>) -> Result<(), Fault> {
        let (head, clock) = self.parts();
        let job = head.begin(item)?;
        run(head, job, clock)
    }

    fn poll_printed(&mut self) -> nb::Result<Completion, Fault> {
        let (head, clock) = self.parts();
        run(head, head.end_line(), clock)?;
        head.poll_rest(clock.now())?;
        Ok(Completion::Proven)
    }

    fn status(&mut self) -> Result<Status, Fault> {
        Ok(self.parts().0.status()?)
    }
}

/// Prints a job to its end.
fn run<I: HeadIo, M: StepperIo, S: HeadSense, F: Font>(
    head: &mut Head<I, M, S, F>,
    mut job: Job<'_>,
    clock: &mut impl Clock,
) -> Result<(), Fault> {
    let often = Duration::from_micros(LATE.as_micros() / 10);
    loop {
        let now = clock.now();
        match head.poll(&mut job, now) {
            Err(nb::Error::WouldBlock) => clock.idle(now + often),
            Err(nb::Error::Other(fault)) => return Err(fault),
            Ok(()) => return Ok(()),
        }
    }
}
