use core::convert::Infallible;

use crate::port::Exchange;
use crate::printer::escpos::{Ask, Encoder, Fault, Job, Link, Owed, Profile, Refusal, Slice};
use crate::printer::{Item, Status};

/// A language that printers speak: items into bytes, slice by slice, and the
/// conversation that asks a printer how it is.
pub trait Language: Sized {
    /// An item that was checked, on its way into bytes.
    type Job<'a>;

    /// The conversation that asks.
    type Ask<F>: Exchange<Link = Link<F, Self>, Output = Status, Fault = Fault, Event = Infallible>;

    /// What the printer has.
    fn profile(&self) -> &'static Profile;

    /// Checks all of an item and begins it.
    ///
    /// # Errors
    /// Why it cannot be printed.
    fn begin<'a>(&self, item: &Item<'a>) -> Result<Self::Job<'a>, Refusal>;

    /// Writes as much of a job as fits into `out`.
    fn fill(&mut self, job: &mut Self::Job<'_>, out: &mut [u8]) -> Slice;

    /// What the printer expects after what was handed out.
    fn owed(job: &Self::Job<'_>) -> Owed;

    /// The printer is as after power-up.
    fn restart(&mut self);

    /// Begins to ask.
    fn ask<F>() -> Self::Ask<F>;
}

impl Language for Encoder {
    type Job<'a> = Job<'a>;
    type Ask<F> = Ask<F>;

    fn profile(&self) -> &'static Profile {
        Self::profile(self)
    }

    fn begin<'a>(&self, item: &Item<'a>) -> Result<Job<'a>, Refusal> {
        Self::begin(self, item)
    }

    fn fill(&mut self, job: &mut Job<'_>, out: &mut [u8]) -> Slice {
        Self::fill(self, job, out)
    }

    fn owed(job: &Job<'_>) -> Owed {
        job.owed()
    }

    fn restart(&mut self) {
        *self = Self::new(Self::profile(self));
    }

    fn ask<F>() -> Ask<F> {
        Ask::new()
    }
}
