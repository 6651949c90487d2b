use super::ask::Ask;
use super::encoder::Encoder;
use super::finish::Finish;
use super::flow::Flow;
use super::init::Init;
use super::link::Link;
use super::print::Print;
use super::profile::Profile;
use crate::ErrorType;
use crate::port::{Call, CallError, Channel, Clock, Clocked, Port};
use crate::printer::{Completion, Item, Paper, Printer, Status};

/// A printer that speaks ESC/POS.
#[derive(Debug)]
pub struct EscPos<P, F> {
    channel: Channel<P>,
    link: Link<F>,
}

impl<P, F> EscPos<P, F> {
    /// A driver for the printer behind `port`. No I/O.
    pub const fn new(port: P, flow: F, profile: &'static Profile) -> Self {
        Self { channel: Channel::new(port), link: Link::new(flow, Encoder::new(profile)) }
    }

    /// Gives the port and the flow control back.
    pub fn release(self) -> (P, F) {
        (self.channel.release(), self.link.release())
    }

    /// The printer's profile.
    #[must_use]
    pub fn profile(&self) -> &'static Profile {
        self.link.profile()
    }
}

impl<P, F: Flow> EscPos<P, F> {
    /// Sets the printer to a known state (`ESC @`, `FS &`) and asks how it is.
    ///
    /// Call it first, and after the printer was switched off or has stopped.
    /// A printer that is out of paper is initialised all the same; the
    /// [`Status`] says so, and is empty for a printer that cannot say. Call it
    /// again when the paper is in.
    ///
    /// One that is ready and has a [`Barrier`](super::Proof::Barrier) is asked
    /// for an answer, so that those it owes from before, even to a controller
    /// that has restarted since, do not pass for later ones. That takes a
    /// third of a second; [`Timing::proof`](super::Timing::proof) if it does
    /// not answer.
    ///
    /// # Faults
    /// [`Silent`](super::Fault::Silent) or [`Garbled`](super::Fault::Garbled):
    /// nothing that speaks ESC/POS is there, or not at this speed.
    pub fn init(&mut self) -> Call<'_, P, Init<F>> {
        self.channel.call(&mut self.link, Init::new())
    }

    /// Prints an item.
    ///
    /// The item is checked as a whole; when it is refused, no byte of it is
    /// sent. When the call is dropped, the next one first sends what ends the
    /// command that was begun.
    ///
    /// # Faults
    /// [`Refused`](super::Fault::Refused), or why the printer takes no more
    /// bytes.
    pub fn print<'a>(&'a mut self, item: &Item<'a>) -> Call<'a, P, Print<'a, F>> {
        let print = Print::new(self.link.encoder.begin(item));
        self.channel.call(&mut self.link, print)
    }

    /// Finds out whether all that was sent is printed; ends the line first.
    ///
    /// # Faults
    /// [`Stopped`](super::Fault::Stopped) with the reason; or the printer does
    /// not answer. How much is on the paper is not known then.
    pub fn finish(&mut self) -> Call<'_, P, Finish<F>> {
        self.channel.call(&mut self.link, Finish::new())
    }

    /// Asks the printer how it is. It answers while it prints, too.
    ///
    /// # Faults
    /// [`Silent`](super::Fault::Silent), [`Garbled`](super::Fault::Garbled),
    /// or [`NoStatus`](super::Fault::NoStatus).
    pub fn status(&mut self) -> Call<'_, P, Ask<F>> {
        self.channel.call(&mut self.link, Ask::new())
    }
}

impl<P: ErrorType, F, C> ErrorType for Clocked<EscPos<P, F>, C, Finish<F>> {
    type Error = CallError<super::Fault, P::Error>;
}

impl<P: Port, F: Flow, C: Clock> Printer for Clocked<EscPos<P, F>, C, Finish<F>> {
    fn paper(&self) -> Paper {
        self.driver().profile().paper
    }

    fn print(&mut self, item: &Item<'_>) -> Result<(), Self::Error> {
        let (driver, clock) = self.parts();
        driver.print(item).wait(clock)
    }

    fn poll_printed(&mut self) -> nb::Result<Completion, Self::Error> {
        self.poll_with(
            |_| Finish::new(),
            |driver, finish, now| driver.channel.poll(finish, &mut driver.link, now),
        )
    }

    fn status(&mut self) -> Result<Status, Self::Error> {
        let (driver, clock) = self.parts();
        driver.status().wait(clock)
    }
}
