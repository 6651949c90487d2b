use super::command::{Command, Level, ReadSerial, Sleep};
use super::config::Config;
use super::script::patience::Patience;
use super::script::{
    Ask, Clear, Conversation, Count, Delete, Enrol, Identify, Open, Script, Unsealed,
};
use super::session::Link;
use crate::fingerprint::Slot;
use crate::port::{Call, Channel};

/// A Waveshare UART fingerprint sensor, or another with the F5 frame.
///
/// Every method opens a session where there is none: it resynchronises the
/// line and sets how long the module waits for a finger. [`init`](Self::init)
/// does only that.
#[derive(Debug)]
pub struct F5<P> {
    channel: Channel<P>,
    link: Link,
}

/// What a method of [`F5`] returns.
pub type Held<'a, P, S> = Call<'a, P, Conversation<S>>;

impl<P> F5<P> {
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

    /// Opens a session.
    pub fn init(&mut self) -> Held<'_, P, Open> {
        self.link.close();
        self.hold(Open)
    }

    /// Waits for a finger and searches it in the whole library. `None`: a good
    /// capture that matches no template. The finger has to stay for two captures.
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

    pub(super) fn parts(&mut self) -> (&mut Channel<P>, &mut Link) {
        (&mut self.channel, &mut self.link)
    }
}
