use super::command::{Command, Duplicates, Level, ReadSerial, Sleep};
use super::config::Config;
use super::script::{
    Adjust, Ask, CaptureTemplate, Clear, List, MatchFinger, MatchTemplate, Open, Rename, Unsealed,
};
use super::session::Link;
use crate::fingerprint::Slot;
use crate::fingerprint::driver::{Driver, Held};
use crate::fingerprint::link::Family;

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

    /// Which slots are in use.
    pub fn list(&mut self) -> Held<'_, P, List> {
        self.hold(List::new())
    }

    /// Sets how much a finger has to resemble its template, 0 to 9, and reads
    /// it back; modules are delivered with 5.
    pub fn set_level(&mut self, level: u8) -> Held<'_, P, Adjust<{ Level::CODE }>> {
        self.hold(Adjust::new(Level { 0: level }, 9))
    }

    /// Whether the module itself refuses to enrol a finger twice, and reads it
    /// back. The driver does so anyway.
    pub fn set_unique(&mut self, unique: bool) -> Held<'_, P, Adjust<{ Duplicates::CODE }>> {
        self.hold(Adjust::new(Duplicates { 0: unique.into() }, 1))
    }

    /// Waits for a finger and reads its features out, into the beginning of
    /// `buffer`; how many bytes they have. They are stored nowhere, and cannot
    /// be read a second time: what damages two of their bytes alike is not
    /// noticed.
    pub fn capture_template<'a>(
        &'a mut self,
        buffer: &'a mut [u8],
    ) -> Held<'a, P, CaptureTemplate<'a>> {
        self.hold(CaptureTemplate::new(buffer))
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

    /// Waits for a finger and compares it with a template that the host has,
    /// twice; whether it fits.
    pub fn match_finger<'a>(&'a mut self, template: &'a [u8]) -> Held<'a, P, MatchFinger<'a>> {
        self.hold(MatchFinger::new(template))
    }

    /// The module's serial number, 24 bits.
    pub fn serial(&mut self) -> Held<'_, P, Ask<ReadSerial>> {
        self.ask(ReadSerial)
    }

    /// Gives the module this serial number, 24 bits, and reads it back.
    pub fn set_serial(&mut self, serial: u32) -> Held<'_, P, Rename> {
        self.hold(Rename::new(serial))
    }

    /// Lets the module sleep until its reset line wakes it. It answers nothing
    /// more, so this is not made sure of.
    pub fn sleep(&mut self) -> Held<'_, P, Unsealed<Sleep>> {
        self.hold(Unsealed(Sleep))
    }
}
