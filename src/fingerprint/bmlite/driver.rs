use super::command::Request;
use super::config::Config;
use super::script::{
    Ask, Conversation, Count, Delete, Enrol, Holds, Identify, Open, Patience, Script,
};
use super::session::Link;
use crate::fingerprint::Slot;
use crate::port::{Call, Channel};

/// An FPC BM-Lite module.
///
/// Every method opens a session where there is none: it asks for version and
/// count, past whatever is left over. [`init`](Self::init) does only that.
#[derive(Debug)]
pub struct BmLite<P> {
    channel: Channel<P>,
    link: Link,
}

/// What a method of [`BmLite`] returns.
pub type Held<'a, P, S> = Call<'a, P, Conversation<S>>;

impl<P> BmLite<P> {
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

    /// Sends one command, which is to be done; more than once, when the line
    /// fails.
    pub fn ask(&mut self, request: Request) -> Held<'_, P, Ask> {
        self.hold(Ask(request))
    }

    /// Opens a session.
    pub fn init(&mut self) -> Held<'_, P, Open> {
        self.link.close();
        self.hold(Open)
    }

    /// Waits for a finger and searches it in the whole library. `None`: a good
    /// capture that matches no template.
    pub fn identify(&mut self) -> Held<'_, P, Identify> {
        self.hold(Identify::new(None, Patience::Timed))
    }

    /// Waits for a finger and asks whether it is that of one slot. `None`: a
    /// good capture that is not. No documented command compares with one
    /// template only: all are searched, and another's hit is none.
    pub fn verify(&mut self, slot: Slot) -> Held<'_, P, Identify> {
        self.hold(Identify::new(Some(slot), Patience::Timed))
    }

    /// Enrols a finger. Each step is told; without [`Call::next`] or
    /// [`Call::poll_event`] the person has to know them.
    ///
    /// If the line dies while the template is saved, the slot may be in use
    /// afterwards.
    pub fn enrol(&mut self, slot: Slot) -> Held<'_, P, Enrol> {
        self.hold(Enrol::new(slot, Patience::Timed))
    }

    /// Deletes what is in a slot, if anything.
    pub fn delete(&mut self, slot: Slot) -> Held<'_, P, Delete> {
        self.hold(Delete(slot))
    }

    /// Deletes all templates.
    pub fn clear(&mut self) -> Held<'_, P, Ask> {
        self.ask(Request::clear())
    }

    /// How full the library is.
    pub fn count(&mut self) -> Held<'_, P, Count> {
        self.hold(Count)
    }

    /// Whether there is a template in a slot.
    pub fn holds(&mut self, slot: Slot) -> Held<'_, P, Holds> {
        self.hold(Holds(slot))
    }

    pub(super) fn parts(&mut self) -> (&mut Channel<P>, &mut Link) {
        (&mut self.channel, &mut self.link)
    }
}
