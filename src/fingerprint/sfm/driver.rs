use core::marker::PhantomData;

use super::command::{FakeDetection, Request, SecurityLevel, Setting};
use super::config::Config;
use super::script::{Ask, Check, Clear, Get, Open, Set};
use super::session::Link;
use crate::fingerprint::Slot;
use crate::fingerprint::driver::{Driver, Held};
use crate::fingerprint::link::Family;

/// A UniFinger SFM module.
///
/// Every method opens a session where there is none: it cancels what is going
/// on, sets what the driver relies on until the power goes, and asks how full
/// the library is. [`init`](Self::init) does only that.
///
/// Of an [enrolment](Driver::enrol), the template is in the module from the
/// first capture on. If the call is dropped or the line dies before the second
/// one proves it, the next call deletes it first; if the host loses power
/// there, it stays.
pub type Sfm<P> = Driver<P, Link>;

impl<P> Driver<P, Link> {
    /// A driver of the module behind `port`. No I/O.
    pub const fn new(port: P, config: Config) -> Self {
        Driver::on(port, Link::new(config))
    }

    /// Sends one command, which is to succeed. A request that reads only may
    /// be sent more than once, when the line fails.
    pub fn ask(&mut self, request: Request) -> Held<'_, P, Ask> {
        self.hold(Ask(request))
    }

    /// Opens a session.
    pub fn init(&mut self) -> Held<'_, P, Open> {
        self.parts().1.close();
        self.hold(Open)
    }

    /// Cancels what the module is at, such as the scan of a call that was
    /// dropped. The next call would do it too, but only when it is made.
    pub fn cancel(&mut self) -> Held<'_, P, Open> {
        self.init()
    }

    /// Deletes all templates.
    pub fn clear(&mut self) -> Held<'_, P, Clear> {
        self.hold(Clear)
    }

    /// How many templates there are in a slot. Slot by slot, this lists the
    /// library: the module's own list comes as bare data without a sum, and is
    /// not used.
    pub fn templates(&mut self, slot: Slot) -> Held<'_, P, Check> {
        self.hold(Check(slot))
    }

    /// Reads a setting.
    pub fn get<V: Setting>(&mut self) -> Held<'_, P, Get<V>> {
        self.hold(Get(PhantomData))
    }

    /// Sets a setting until the power goes, and reads it back.
    pub fn set<V: Setting>(&mut self, value: V) -> Held<'_, P, Set<V>> {
        self.hold(Set::new(value))
    }

    /// How often a stranger may be taken for somebody.
    pub fn security_level(&mut self) -> Held<'_, P, Get<SecurityLevel>> {
        self.get()
    }

    /// Sets how often a stranger may be taken for somebody.
    pub fn set_security_level(&mut self, level: SecurityLevel) -> Held<'_, P, Set<SecurityLevel>> {
        self.set(level)
    }

    /// How hard the module looks for fake fingers.
    pub fn fake_detection(&mut self) -> Held<'_, P, Get<FakeDetection>> {
        self.get()
    }

    /// Sets how hard the module looks for fake fingers.
    pub fn set_fake_detection(&mut self, level: FakeDetection) -> Held<'_, P, Set<FakeDetection>> {
        self.set(level)
    }

    /// Keeps the settings for the next time the power comes; with them those
    /// that the driver sets for itself: a second to wait for a finger, one
    /// scan to enrol it, and that an empty library matches nobody.
    pub fn save(&mut self) -> Held<'_, P, Ask> {
        self.ask(Request::save())
    }
}
