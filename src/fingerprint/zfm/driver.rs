use super::command::{
    AuraLed, CheckSensor, Command, Empty, HandShake, ReadIndexTable, ReadProdInfo, ReadSysPara,
};
use super::config::{Config, Password};
use super::script::{Ask, ChangePassword, Open};
use super::session::Link;
use crate::fingerprint::driver::{Driver, Held};

/// The R503; the same driver with another [`Config`].
pub type R503<P> = Zfm<P>;

/// A module of the ZFM family.
///
/// Every method opens a session where there is none: it resynchronises the
/// line, verifies the password and asks for the capacity.
/// [`init`](Self::init) does only that.
pub type Zfm<P> = Driver<P, Link>;

impl<P> Driver<P, Link> {
    /// A driver of the module behind `port`. No I/O.
    pub const fn new(port: P, config: Config) -> Self {
        Driver::on(port, Link::new(config))
    }

    /// Sends one command.
    pub fn ask<C: Command>(&mut self, command: C) -> Held<'_, P, Ask<C>> {
        self.hold(Ask::new(command))
    }

    /// Opens a session. A module that has just got power is waited for.
    pub fn init(&mut self) -> Held<'_, P, Open> {
        self.parts().1.close();
        self.hold(Open)
    }

    /// Deletes all templates.
    pub fn clear(&mut self) -> Held<'_, P, Ask<Empty>> {
        self.ask(Empty)
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
}
