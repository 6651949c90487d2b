use super::command::{CaptureFinger, CheckEnrolled, Close, Command};
use super::config::Config;
use super::script::{Ask, Clear, Holds, Image, Led, MatchTemplate, Open, ReadTemplate};
use super::session::Link;
use crate::fingerprint::driver::{Driver, Held};
use crate::fingerprint::link::Kin;
use crate::fingerprint::{ImageSink, Slot};

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

    /// Whether there is a template in a slot.
    pub fn holds(&mut self, slot: Slot) -> Held<'_, P, Holds> {
        self.hold(Holds(Ask::new(CheckEnrolled(slot))))
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

    /// Takes the best image of the finger that is on the sensor, makes a
    /// template of it that is stored nowhere, and reads that out, into the
    /// beginning of `buffer`; how many bytes it has.
    pub fn make_template<'a>(&'a mut self, buffer: &'a mut [u8]) -> Held<'a, P, ReadTemplate<'a>> {
        self.hold(ReadTemplate::made(buffer))
    }

    /// Compares a template with that of a slot, twice. `None`: it does not fit,
    /// or there is none.
    ///
    /// A match says whose template it is, not whose finger: a template can have
    /// been copied.
    pub fn verify_template<'a>(
        &'a mut self,
        slot: Slot,
        template: &'a [u8],
    ) -> Held<'a, P, MatchTemplate<'a>> {
        self.hold(MatchTemplate::new(Some(slot), template))
    }

    /// Searches a template in the whole library, and compares it with what was
    /// found. As for [`verify_template`](Self::verify_template).
    pub fn identify_template<'a>(
        &'a mut self,
        template: &'a [u8],
    ) -> Held<'a, P, MatchTemplate<'a>> {
        self.hold(MatchTemplate::new(None, template))
    }

    /// Gives out what is on the glass, finger or not, 160 x 120 pixels. As for
    /// [`image`](Self::image).
    pub fn raw_image<S: ImageSink>(&mut self, sink: S) -> Held<'_, P, Image<S>> {
        self.hold(Image::raw(sink))
    }

    /// Says that the module is not needed any more. Light off first.
    pub fn close(&mut self) -> Held<'_, P, Ask<Close>> {
        self.ask(Close)
    }
}
