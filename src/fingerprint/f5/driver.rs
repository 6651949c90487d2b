use super::command::{Command, Level, ReadSerial, Sleep};
use super::config::Config;
use super::script::{Ask, Clear, Open, Unsealed};
use super::session::Link;
use crate::fingerprint::driver::{Driver, Held};
use crate::fingerprint::link::Kin;

/// A Waveshare UART fingerprint sensor, or another with the F5 frame.
///
/// Every method opens a session where there is none: it resynchronises the
/// line and sets how long the module waits for a finger. [`init`](Self::init)
/// does only that.
pub type F5<P> = Driver<P, Link>;

impl<P> Driver<P, Link> {
    /// A driver of the module behind `port`. No I/O.
    pub const fn new(port: P, config: Config) -> Self {
        Driver::on(port, Link::new(config))
    }

    /// Sends one command.
    pub fn ask<C: Command>(&mut self, command: C) -> Held<'_, P, Ask<C>> {
        self.hold(Ask::new(command))
    }

    /// Opens a session.
    pub fn init(&mut self) -> Held<'_, P, Open> {
        self.parts().1.close();
        self.hold(Open)
    }

    /// Deletes all templates.
    pub fn clear(&mut self) -> Held<'_, P, Clear> {
        self.hold(Clear::new())
    }

    /// Sets how much a finger has to resemble its template, 0 to 9; modules are
    /// delivered with 5.
    pub fn set_level(&mut self, level: u8) -> Held<'_, P, Ask<Level>> {
        self.ask(Level(level.min(9)))
    }

    /// The module's serial number, 24 bits.
    pub fn serial(&mut self) -> Held<'_, P, Ask<ReadSerial>> {
        self.ask(ReadSerial)
    }

    /// Lets the module sleep until its reset line wakes it. It answers nothing
    /// more, so this is not made sure of.
    pub fn sleep(&mut self) -> Held<'_, P, Unsealed<Sleep>> {
        self.hold(Unsealed(Sleep))
    }
}
