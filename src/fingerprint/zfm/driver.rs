use super::command::{
    AuraLed, CheckSensor, Command, DeletChar, Empty, HandShake, ReadIndexTable, ReadProdInfo,
    ReadSysPara,
};
use super::config::{Config, Password};
use super::script::presence::Patience;
use super::script::{Ask, ChangePassword, Conversation, Count, Enrol, Identify, Open, Script};
use super::session::Link;
use crate::fingerprint::Slot;
use crate::port::{Call, Channel};

/// The R503; the same driver with another [`Config`].
pub type R503<P> = Zfm<P>;

/// A module of the ZFM family.
///
/// Every method opens a session where there is none: it resynchronises the
/// line, verifies the password and asks for the capacity.
/// [`init`](Self::init) does only that.
#[derive(Debug)]
pub struct Zfm<P> {
    channel: Channel<P>,
    link: Link,
}

/// What a method of [`Zfm`] returns.
pub type Held<'a, P, S> = Call<'a, P, Conversation<S>>;

impl<P> Zfm<P> {
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

    /// Opens a session. A module that has just got power is waited for.
    pub fn init(&mut self) -> Held<'_, P, Open> {
        self.link.close();
        self.hold(Open)
    }

    /// Waits for a finger and searches it in the whole library. `None`: a good
    /// capture that matches no template.
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
    pub fn delete(&mut self, slot: Slot) -> Held<'_, P, Ask<DeletChar>> {
        self.hold(Ask::of_slot(DeletChar { slot, count: 1 }, slot))
    }

    /// Deletes all templates.
    pub fn clear(&mut self) -> Held<'_, P, Ask<Empty>> {
        self.ask(Empty)
    }

    /// How full the library is.
    pub fn count(&mut self) -> Held<'_, P, Count> {
        self.hold(Count::new())
    }

    /// Which slots are in use, of the 256 from 256 times `page`.
    pub fn index(&mut self, page: u8) -> Held<'_, P, Ask<ReadIndexTable>> {
        self.ask(ReadIndexTable { page })
    }

    /// The module's parameters.
    pub fn parameters(&mut self) -> Held<'_, P, Ask<ReadSysPara>> {
        self.ask(ReadSysPara)
    }

    /// What stands on the module's label. R503 only.
    pub fn product(&mut self) -> Held<'_, P, Ask<ReadProdInfo>> {
        self.ask(ReadProdInfo)
    }

    /// Sets the ring of light. R503 only.
    pub fn led(&mut self, led: AuraLed) -> Held<'_, P, Ask<AuraLed>> {
        self.ask(led)
    }

    /// Asks whether the module is there. R503 only.
    pub fn handshake(&mut self) -> Held<'_, P, Ask<HandShake>> {
        self.ask(HandShake)
    }

    /// Asks whether the sensor works; [`Fault::Refused`] if not. R503 only.
    ///
    /// [`Fault::Refused`]: super::Fault::Refused
    pub fn check_sensor(&mut self) -> Held<'_, P, Ask<CheckSensor>> {
        self.ask(CheckSensor)
    }

    /// Verifies the password again, as every new session does.
    pub fn verify_password(&mut self) -> Held<'_, P, Open> {
        self.init()
    }

    /// Changes the module's password, and the driver's. Write the new one down
    /// first: a module whose password is lost is lost. If the line dies on the
    /// way, either may be in force; the driver then tries the new one.
    pub fn set_password(&mut self, new: Password) -> Held<'_, P, ChangePassword> {
        self.hold(ChangePassword::new(new))
    }

    pub(super) fn parts(&mut self) -> (&mut Channel<P>, &mut Link) {
        (&mut self.channel, &mut self.link)
    }
}
