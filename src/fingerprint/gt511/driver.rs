use super::command::{CaptureFinger, Close, Command};
use super::config::Config;
use super::script::{Ask, Clear, Led, Open};
use super::session::Link;
use crate::fingerprint::driver::{Driver, Held};

/// A GT-511C1R, GT-511C3 or GT-521F.
///
/// Every method opens a session where there is none: it resynchronises the
/// line and asks the module what it is. [`init`](Self::init) does only that.
pub type Gt511<P> = Driver<P, Link>;

impl<P> Driver<P, Link> {
    /// A driver of the module behind `port`. No I/O.
    pub const fn new(port: P, config: Config) -> Self {
        Driver::on(port, Link::new(config))
    }

    /// Sends one command.
    pub fn ask<C: Command>(&mut self, command: C) -> Held<'_, P, Ask<C>> {
        self.hold(Ask::new(command))
    }

    /// Opens a session: what the module says it is.
    pub fn init(&mut self) -> Held<'_, P, Open> {
        self.parts().1.close();
        self.hold(Open)
    }

    /// Deletes all templates.
    pub fn clear(&mut self) -> Held<'_, P, Clear> {
        self.hold(Clear::new())
    }

    /// Switches the light under the glass. Whoever waits for a finger switches
    /// it on; nobody switches it off but this, and it warms the module.
    pub fn led(&mut self, on: bool) -> Held<'_, P, Led> {
        self.hold(Led::new(on))
    }

    /// Takes an image of the finger that is on the sensor.
    pub fn capture(&mut self, best: bool) -> Held<'_, P, Ask<CaptureFinger>> {
        self.ask(CaptureFinger { best })
    }

    /// Says that the module is not needed any more. Light off first.
    pub fn close(&mut self) -> Held<'_, P, Ask<Close>> {
        self.ask(Close)
    }
}
