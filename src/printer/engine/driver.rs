use super::ask::Ask;
use super::finish::Finish;
use super::init::Init;
use super::language::Language;
use super::link::Link;
use super::print::Print;
use crate::ErrorType;
use crate::port::{Call, CallError, Channel, Clock, Clocked, Port};
use crate::printer::escpos::{Fault, Flow};
use crate::printer::{Completion, Item, Paper, Printer, Status};

/// A printer that speaks `L`.
#[derive(Debug)]
pub struct Driver<P, F, L> {
    channel: Channel<P>,
    link: Link<F, L>,
}

impl<P, F, L: Language> Driver<P, F, L> {
    /// A driver for the printer behind `port`. No I/O.
    pub const fn with(port: P, flow: F, encoder: L) -> Self {
        Self { channel: Channel::new(port), link: Link::new(flow, encoder) }
    }

    /// Gives the port and the flow control back.
    pub fn release(self) -> (P, F) {
        (self.channel.release(), self.link.release())
    }

    /// The paper it prints on.
    #[must_use]
    pub fn paper(&self) -> Paper {
        self.link.profile().paper
    }
}

impl<P, F: Flow, L: Language> Driver<P, F, L> {
    /// Sets the printer to a known state and asks how it is.
    ///
    /// Call it first, and after the printer was switched off or has stopped.
    /// The [`Status`] of a printer that cannot say is empty.
    ///
    /// # Faults
    /// [`Silent`](Fault::Silent) or [`Garbled`](Fault::Garbled): nothing that
    /// speaks this language is there, or not at this speed.
    pub fn init(&mut self) -> Call<'_, P, Init<F, L>> {
        self.channel.call(&mut self.link, Init::new())
    }

    /// Prints an item.
    ///
    /// The item is checked as a whole; when it is refused, no byte of it is
    /// sent. When the call is dropped, the next one first sends what ends the
    /// command that was begun.
    ///
    /// # Faults
    /// [`Refused`](Fault::Refused), or why the printer takes no more bytes.
    pub fn print<'a>(&'a mut self, item: &Item<'a>) -> Call<'a, P, Print<'a, F, L>> {
        let print = Print::new(self.link.encoder.begin(item));
        self.channel.call(&mut self.link, print)
    }

    /// Finds out whether all that was sent is printed; ends the line first.
    ///
    /// # Faults
    /// [`Stopped`](Fault::Stopped) with the reason; or the printer does not
    /// answer. How much is on the paper is not known then.
    pub fn finish(&mut self) -> Call<'_, P, Finish<F, L>> {
        self.channel.call(&mut self.link, Finish::new())
    }

    /// Asks the printer how it is.
    ///
    /// # Faults
    /// [`Silent`](Fault::Silent), [`Garbled`](Fault::Garbled), or
    /// [`NoStatus`](Fault::NoStatus).
    pub fn status(&mut self) -> Call<'_, P, Ask<F, L>> {
        self.channel.call(&mut self.link, Ask::new())
    }
}

impl<P: ErrorType, F, L: Language, C> ErrorType for Clocked<Driver<P, F, L>, C, Finish<F, L>> {
    type Error = CallError<Fault, P::Error>;
}

impl<P: Port, F: Flow, L: Language, C: Clock> Printer
    for Clocked<Driver<P, F, L>, C, Finish<F, L>>
{
    fn paper(&self) -> Paper {
        self.driver().paper()
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
