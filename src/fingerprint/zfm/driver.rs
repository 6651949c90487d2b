use super::command::{
    AuraLed, CheckSensor, Command, Empty, Note, PacketSize, ReadIndexTable, ReadInfPage,
    ReadNotepad, ReadProdInfo, ReadSysPara, Register,
};
use super::config::{Config, Password};
use super::doubt::Setting;
use super::link::Link;
use super::script::{
    Ask, AutoEnrol, AutoSearch, Candidates, Change, FreeSlot, Greet, IsPinned, List, Open, Pin,
    Probe, ReadPage, Recover, Restart, SetParameter, Shine, Sleep, WriteImage,
};
use crate::fingerprint::driver::{Driver, Held};
use crate::fingerprint::link::Family;
use crate::fingerprint::{Colour, Pattern, Slot};

/// The R503; the same driver with another [`Config`].
pub type R503<P> = Zfm<P>;

/// A module of the EF 01 family.
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

    /// The configuration as it is now: with the password and the address that
    /// are in force as far as the host knows, and the dialect that was found.
    pub const fn config(&self) -> &Config {
        self.link().config()
    }

    /// Sends one command; [`Fault::Unsupported`](super::Fault::Unsupported)
    /// before a byte if this dialect does not have it.
    pub fn ask<C: Command>(&mut self, command: C) -> Held<'_, P, Ask<C>> {
        self.hold(Ask::new(command))
    }

    /// Opens a session. A module that has just got power is waited for.
    pub fn init(&mut self) -> Held<'_, P, Open> {
        self.parts().1.close();
        self.hold(Open)
    }

    /// Finds out which dialect the module speaks, by what reads only in every
    /// one, and goes on in it. Checked on the simulator, not on hardware: pin
    /// the dialect in the [`Config`] where it is known.
    pub fn probe(&mut self) -> Held<'_, P, Probe> {
        self.hold(Probe::new())
    }

    /// Cancels what the module goes on with by itself, after a call to
    /// [`auto_enrol`](Self::auto_enrol) or [`auto_identify`](Self::auto_identify)
    /// was dropped. The next call would do it too, but only when it is made.
    pub fn cancel(&mut self) -> Held<'_, P, Open> {
        self.init()
    }

    /// Has the module enrol a finger by itself: nothing written over, no finger
    /// twice, each step told. R503 V1.2.2, with six captures, and Synochip. Its
    /// power must not go meanwhile.
    pub fn auto_enrol(&mut self, slot: Slot) -> Held<'_, P, AutoEnrol> {
        self.hold(AutoEnrol::new(slot))
    }

    /// Has the module wait for a finger and search it by itself, in one slot or
    /// in the whole library, as strictly as `level` says, 1 to 5. The finger
    /// has to stay for the second look that confirms a match. R503 V1.2.2 and
    /// Synochip.
    pub fn auto_identify(&mut self, slot: Option<Slot>, level: u8) -> Held<'_, P, AutoSearch> {
        self.hold(AutoSearch::new(slot, level))
    }

    /// Deletes all templates.
    pub fn clear(&mut self) -> Held<'_, P, Ask<Empty>> {
        self.ask(Empty)
    }

    /// Which slots are in use, of the 256 from 256 times `page`.
    pub fn index(&mut self, page: u8) -> Held<'_, P, Ask<ReadIndexTable>> {
        self.ask(ReadIndexTable { page })
    }

    /// Which slots are in use.
    pub fn slots(&mut self) -> Held<'_, P, List> {
        self.hold(List::new())
    }

    /// The first free slot; `None` if the library is full.
    pub fn free_slot(&mut self) -> Held<'_, P, FreeSlot> {
        self.hold(FreeSlot(List::new()))
    }

    /// The module's parameters.
    pub fn parameters(&mut self) -> Held<'_, P, Ask<ReadSysPara>> {
        self.ask(ReadSysPara)
    }

    /// What stands on the module's label. R503 only.
    pub fn product(&mut self) -> Held<'_, P, Ask<ReadProdInfo>> {
        self.ask(ReadProdInfo)
    }

    /// Reads the page in which the module describes itself. Not a ZFM-20.
    pub fn read_page<'a>(
        &'a mut self,
        page: &'a mut [u8; ReadInfPage::BYTES],
    ) -> Held<'a, P, ReadPage<'a>> {
        self.hold(ReadPage::new(page))
    }

    /// Gives an image to the module, as if it had taken it: two pixels to a
    /// byte, the left one in the high half, row by row. It is not read back: a
    /// packet that is lost leaves there what was before.
    pub fn write_image<'a>(&'a mut self, image: &'a [u8]) -> Held<'a, P, WriteImage<'a>> {
        self.hold(WriteImage::new(image))
    }

    /// Sets the light that the module has, without end.
    pub fn light(&mut self, pattern: Pattern, colour: Colour) -> Held<'_, P, Shine> {
        self.hold(Shine::new(pattern, colour))
    }

    /// Sets the ring of light. R503 only.
    pub fn led(&mut self, led: AuraLed) -> Held<'_, P, Ask<AuraLed>> {
        self.ask(led)
    }

    /// Asks whether the module is there. Not a ZFM-20.
    pub fn handshake(&mut self) -> Held<'_, P, Greet> {
        self.hold(Greet)
    }

    /// Asks whether the sensor works; [`Fault::Refused`] if not. Not a ZFM-20.
    ///
    /// [`Fault::Refused`]: super::Fault::Refused
    pub fn check_sensor(&mut self) -> Held<'_, P, Ask<CheckSensor>> {
        self.ask(CheckSensor)
    }

    /// Puts the module to sleep. What wakes it is the model's: a touch, its
    /// wake pin, or its power; then [`wake`](Self::wake).
    pub fn sleep(&mut self) -> Held<'_, P, Sleep> {
        self.hold(Sleep)
    }

    /// Opens a session with a module that was just woken. Its start-up, 55h or
    /// the notice that it was touched are no fault.
    pub fn wake(&mut self) -> Held<'_, P, Open> {
        self.init()
    }

    /// Starts the module anew and opens a session. R503 only.
    pub fn restart(&mut self) -> Held<'_, P, Restart> {
        self.hold(Restart::new())
    }

    /// Verifies the password again, as every new session does.
    pub fn verify_password(&mut self) -> Held<'_, P, Open> {
        self.init()
    }

    /// Changes the module's password, and the driver's. Write the new one down
    /// first: a module whose password is lost is lost.
    ///
    /// The new one is proven by a session that it opens. If the module does not
    /// take it, the call fails and the old one stands. If the line dies on the
    /// way, or the call is dropped, either may be in force: the driver keeps
    /// both, and the next call that reaches the module finds out which;
    /// [`config`](Self::config) then has it.
    pub fn set_password(&mut self, new: Password) -> Held<'_, P, Change> {
        self.hold(Change::new(Setting::Password(new)))
    }

    /// Changes the module's address, and the driver's; as
    /// [`set_password`](Self::set_password). The M5 unit's is fixed.
    pub fn set_address(&mut self, new: u32) -> Held<'_, P, Change> {
        self.hold(Change::new(Setting::Address(new)))
    }

    /// Changes the module's speed, in bits a second, and the port's; as
    /// [`set_password`](Self::set_password). A port that cannot be set is found
    /// out before the module is told. It stays when the power goes.
    pub fn set_baud(&mut self, baud: u32) -> Held<'_, P, Change> {
        self.hold(Change::new(Setting::Baud(baud)))
    }

    /// Sets how strictly the module matches, 1 to 5, and reads it back.
    pub fn set_level(&mut self, level: u8) -> Held<'_, P, SetParameter> {
        self.hold(SetParameter::new(Register::Level, level))
    }

    /// Sets the content of the module's data packets, and reads it back.
    pub fn set_packet(&mut self, size: PacketSize) -> Held<'_, P, SetParameter> {
        // A code that no byte holds is as wrong as any that is too large.
        let code = u8::try_from(size.0).unwrap_or(u8::MAX);
        self.hold(SetParameter::new(Register::Packet, code))
    }

    /// Looks for a module whose speed, address or password is not known any
    /// more: tries each combination once at most, and goes on with what fits.
    ///
    /// [`Fault::Password`] when a module answers but has none of the passwords;
    /// the driver then has its speed and address, and its own password as
    /// before. [`Fault::Nowhere`] when none
    /// answers; all is then as it was. Some 0.7 s each, with the default
    /// timing. Of a call that is dropped or whose port fails, the configuration
    /// keeps what was tried last.
    ///
    /// [`Fault::Password`]: super::Fault::Password
    /// [`Fault::Nowhere`]: super::Fault::Nowhere
    pub fn recover<'a>(&'a mut self, candidates: Candidates<'a>) -> Held<'a, P, Recover<'a>> {
        self.hold(Recover::new(candidates))
    }

    /// Reads a page of the notepad. Not a ZFM-20.
    pub fn note(&mut self, page: u8) -> Held<'_, P, Ask<ReadNotepad>> {
        self.ask(ReadNotepad { page })
    }

    /// Writes a page of the notepad, over what is there, and reads it back:
    /// 32 random bytes that the host keeps pin the module to it. Not a ZFM-20.
    ///
    /// What it is worth: [`is_pinned`](Self::is_pinned) tells this module from
    /// another that was put in its place, one that has a serial number or not.
    /// It is no proof against somebody who once had the wire, or the module and
    /// its password: the bytes cross the wire in the clear each time.
    pub fn pin(&mut self, page: u8, secret: Note) -> Held<'_, P, Pin> {
        self.hold(Pin::new(page, secret))
    }

    /// Whether a page of the notepad holds this, compared in constant time.
    pub fn is_pinned(&mut self, page: u8, secret: Note) -> Held<'_, P, IsPinned> {
        self.hold(IsPinned::new(page, secret))
    }
}
