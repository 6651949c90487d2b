use super::command::{CaptureFinger, Close, Command};
use super::config::Config;
use super::script::presence::Patience;
use super::script::{Ask, Clear, Conversation, Count, Delete, Enrol, Identify, Led, Open, Script};
use super::session::Link;
use crate::fingerprint::Slot;
use crate::port::{Call, Channel};

/// A GT-511C1R, GT-511C3 or GT-521F.
///
/// Every method opens a session where there is none: it resynchronises the
/// line and asks the module what it is. [`init`](Self::init) does only that.
#[derive(Debug)]
pub struct Gt511<P> {
    channel: Channel<P>,
    link: Link,
}

/// What a method of [`Gt511`] returns.
pub type Held<'a, P, S> = Call<'a, P, Conversation<S>>;

impl<P> Gt511<P> {
    /// A driver of the module behind `port`. No I/O.
    pub const fn new(port: P, config: Config) -> Self {
        Self { channel: Channel::new(port), link: Link::new(config) }
    }

    /// Gives the port back.
    pub fn release(self) -> P {
        self.channel.release()
    }

    /// Holds a script of your own.
    pub fn hold<S: Script>(&mut self, script: S) -> Held<'_, P, S> {
        self.channel.call(&mut self.link, Conversation::new(script))
    }

    /// Sends one command.
    pub fn ask<C: Command>(&mut self, command: C) -> Held<'_, P, Ask<C>> {
        self.hold(Ask::new(command))
    }

    /// Opens a session: what the module says it is.
    pub fn init(&mut self) -> Held<'_, P, Open> {
        self.link.close();
        self.hold(Open)
    }

    /// Waits for a finger and searches it in the whole library. `None`: a good
    /// capture that matches no template. The finger has to stay for two images.
    pub fn identify(&mut self) -> Held<'_, P, Identify> {
        self.hold(Identify::new(None, Patience::Timed))
    }

    /// Waits for a finger and compares it with one template. `None`: a good
    /// capture that does not match it, or no template there.
    pub fn verify(&mut self, slot: Slot) -> Held<'_, P, Identify> {
        self.hold(Identify::new(Some(slot), Patience::Timed))
    }

    /// Enrols a finger. Each step is told; without [`Call::next`] or
    /// [`Call::poll_event`] the person has to know them.
    ///
    /// If the line dies while the template is stored, the slot may be in use
    /// afterwards.
    pub fn enrol(&mut self, slot: Slot) -> Held<'_, P, Enrol> {
        self.hold(Enrol::new(slot, Patience::Timed))
    }

    /// Deletes a template; there need not be one.
    pub fn delete(&mut self, slot: Slot) -> Held<'_, P, Delete> {
        self.hold(Delete::new(slot))
    }

    /// Deletes all templates.
    pub fn clear(&mut self) -> Held<'_, P, Clear> {
        self.hold(Clear::new())
    }

    /// How full the library is.
    pub fn count(&mut self) -> Held<'_, P, Count> {
        self.hold(Count::new())
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

    pub(super) fn parts(&mut self) -> (&mut Channel<P>, &mut Link) {
        (&mut self.channel, &mut self.link)
    }
}
