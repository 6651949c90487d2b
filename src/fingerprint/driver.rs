use super::link::Family;
use super::script::{Conversation, Patience, Script};
use super::{Capabilities, Slot};
use crate::port::{Call, Channel};

/// A module of the family that has this link: [`Zfm`](super::zfm::Zfm),
/// [`Gt511`](super::gt511::Gt511), [`F5`](super::f5::F5),
/// [`BmLite`](super::bmlite::BmLite), [`Sfm`](super::sfm::Sfm).
///
/// Every method opens a session where there is none: it resynchronises the
/// line first.
#[derive(Debug)]
pub struct Driver<P, L> {
    channel: Channel<P>,
    link: L,
}

/// What a method of a [`Driver`] returns.
pub type Held<'a, P, S> = Call<'a, P, Conversation<S>>;

impl<P, L> Driver<P, L> {
    pub(super) const fn on(port: P, link: L) -> Self {
        Self { channel: Channel::new(port), link }
    }

    /// Gives the port back.
    pub fn release(self) -> P {
        self.channel.release()
    }

    pub(super) const fn link(&self) -> &L {
        &self.link
    }

    pub(super) fn parts(&mut self) -> (&mut Channel<P>, &mut L) {
        (&mut self.channel, &mut self.link)
    }
}

impl<P, L: Family> Driver<P, L> {
    /// What the module can do, as it is configured; no I/O.
    pub fn capabilities(&self) -> Capabilities {
        self.link.capabilities()
    }

    /// Holds a script of your own.
    pub fn hold<S: Script<Link = L>>(&mut self, script: S) -> Held<'_, P, S> {
        self.channel.call(&mut self.link, Conversation::new(script))
    }

    /// Waits for a finger and searches it in the whole library. `None`: a good
    /// capture that matches no template. Some models take two captures, for
    /// which the finger has to stay.
    pub fn identify(&mut self) -> Held<'_, P, L::Identify> {
        self.hold(L::identify(None, Patience::Timed))
    }

    /// Waits for a finger and compares it with one template. `None`: a good
    /// capture that does not match it, or no template there.
    pub fn verify(&mut self, slot: Slot) -> Held<'_, P, L::Identify> {
        self.hold(L::identify(Some(slot), Patience::Timed))
    }

    /// Enrols a finger. Each step is told; without [`Call::next`] or
    /// [`Call::poll_event`] the person has to know them.
    ///
    /// If the line dies while the template is stored, the slot may be in use
    /// afterwards.
    pub fn enrol(&mut self, slot: Slot) -> Held<'_, P, L::Enrol> {
        self.hold(L::enrol(slot, Patience::Timed))
    }

    /// Deletes a template; there need not be one.
    pub fn delete(&mut self, slot: Slot) -> Held<'_, P, L::Delete> {
        self.hold(L::delete(slot))
    }

    /// How full the library is.
    pub fn count(&mut self) -> Held<'_, P, L::Count> {
        self.hold(L::count())
    }
}
