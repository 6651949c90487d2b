use super::command::{CaptureFinger, Close, Command};
use super::config::Config;
use super::link::Link;
use super::script::{Ask, Clear, Image, Led, Open, ReadTemplate};
use crate::fingerprint::ImageSink;
use crate::fingerprint::driver::{Driver, Held};
use crate::fingerprint::link::Family;

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
        self.hold(Ask(command))
    }

    /// Opens a session: what the module says it is.
    pub fn init(&mut self) -> Held<'_, P, Open> {
        self.parts().1.close();
        self.hold(Open)
    }

    /// Deletes all templates.
    pub fn clear(&mut self) -> Held<'_, P, Clear> {
        self.hold(Clear)
    }

    /// Switches the light under the glass. Whoever waits for a finger switches
    /// it on; nobody switches it off but this, and it warms the module.
    pub fn led(&mut self, on: bool) -> Held<'_, P, Led> {
        self.hold(Led(on))
    }

    /// Takes an image of the finger that is on the sensor.
    pub fn capture(&mut self, best: bool) -> Held<'_, P, Ask<CaptureFinger>> {
        self.ask(CaptureFinger { best })
    }

    /// Makes a template of the finger that is on the sensor, and reads it out
    /// into the beginning of `buffer`; as
    /// [`read_template`](Driver::read_template) does one of the library.
    pub fn make_template<'a>(&'a mut self, buffer: &'a mut [u8]) -> Held<'a, P, ReadTemplate<'a>> {
        self.hold(ReadTemplate::of_finger(buffer))
    }

    /// Gives out what the sensor sees, finger or not, in few pixels.
    pub fn raw_image<S: ImageSink>(&mut self, sink: S) -> Held<'_, P, Image<S>> {
        self.hold(Image::raw(sink))
    }

    /// Says that the module is not needed any more. Light off first.
    pub fn close(&mut self) -> Held<'_, P, Ask<Close>> {
        self.ask(Close)
    }
}
