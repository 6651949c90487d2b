use super::command::Request;
use super::config::Config;
use super::script::{Ask, Holds, Interrupt, Open};
use super::session::Link;
use crate::fingerprint::Slot;
use crate::fingerprint::driver::{Driver, Held};
use crate::fingerprint::link::Family;

/// An FPC BM-Lite module.
///
/// Every method opens a session where there is none: it asks for version and
/// count, past whatever is left over. [`init`](Self::init) does only that.
///
/// No documented command compares with one template only: to
/// [`verify`](Driver::verify), all are searched, and another's hit is none.
pub type BmLite<P> = Driver<P, Link>;

impl<P> Driver<P, Link> {
    /// A driver of the module behind `port`. No I/O.
    pub const fn new(port: P, config: Config) -> Self {
        Driver::on(port, Link::new(config))
    }

    /// Sends one command, which is to be done; more than once, when the line
    /// fails.
    pub fn ask(&mut self, request: Request) -> Held<'_, P, Ask> {
        self.hold(Ask(request))
    }

    /// Opens a session.
    pub fn init(&mut self) -> Held<'_, P, Open> {
        self.parts().1.close();
        self.hold(Open)
    }

    /// Deletes all templates.
    pub fn clear(&mut self) -> Held<'_, P, Ask> {
        self.ask(Request::clear())
    }

    /// Whether there is a template in a slot.
    pub fn holds(&mut self, slot: Slot) -> Held<'_, P, Holds> {
        self.hold(Holds(slot))
    }

    /// Starts the module anew. It answers first; how long it then takes, no
    /// document says.
    pub fn reset(&mut self) -> Held<'_, P, Interrupt> {
        self.interrupt(Request::reset())
    }

    /// Cancels what the module is at, such as the wait of a call that was
    /// dropped. The number of this command is documented, its answer is not.
    pub fn cancel(&mut self) -> Held<'_, P, Interrupt> {
        self.interrupt(Request::cancel())
    }

    fn interrupt(&mut self, request: Request) -> Held<'_, P, Interrupt> {
        self.parts().1.close();
        self.hold(Interrupt(request))
    }
}
