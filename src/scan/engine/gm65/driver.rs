use super::config::Config;
use super::fault::Fault;
use super::link::Link;
use super::register::{Register, Setting};
use super::script::{Identity, Init, Read, Save, Trigger};
use super::settle::{Change, Settle};
use super::talk::Talk;
use super::wait::Await;
use crate::port::{Call, CallError, Channel, Clock, Clocked, Duration, Port};
use crate::scan::{Scan, Scanner};
use crate::{Error, ErrorType};

/// The driver of a GM65-S on the port `P`.
///
/// ```
/// use embedded_pos::port::Duration;
/// use embedded_pos::scan::engine::gm65::{Config, Gm65};
/// use embedded_pos::sim::scanner::{Gm65Module, Symbology};
/// use embedded_pos::sim::{Simulated, VirtualClock};
///
/// let module = Simulated::new(Gm65Module::new());
/// let mut clock = VirtualClock::new();
/// let mut driver = Gm65::new(module.port(clock.clone()), Config::new());
/// let identity = driver.init().wait(&mut clock)?;
/// assert_eq!(identity.model, 0x05);
///
/// driver.start().wait(&mut clock)?;
/// module.device().present(b"6901234567892", Symbology::Ean13);
/// let code = driver.scan(Duration::from_secs(10)).wait(&mut clock)?;
/// assert_eq!(code.payload(), b"6901234567892");
/// assert_eq!(code.scan().symbology, Some(*b"E0"));
/// # Ok::<(), embedded_pos::port::CallError<_, _>>(())
/// ```
#[derive(Debug)]
pub struct Gm65<P> {
    channel: Channel<P>,
    link: Link,
    config: Config,
}

impl<P> Gm65<P> {
    /// A driver over `port`. No I/O.
    pub const fn new(port: P, config: Config) -> Self {
        let link = Link::new(config.repeat, &config.timing);
        Self { channel: Channel::new(port), link, config }
    }

    /// Gives the port back.
    pub fn release(self) -> P {
        self.channel.release()
    }

    /// How many codes came while another was waiting to be asked for, and are
    /// lost.
    pub const fn missed(&self) -> u32 {
        self.link.missed()
    }

    /// Identifies the module and makes it [safe to use](super#what-init-does).
    /// Takes a second at 9 600 baud, a quarter if nothing has to be changed,
    /// and up to two if no module is there.
    pub fn init(&mut self) -> Call<'_, P, Talk<Init, Identity>> {
        let Config { also, persist, timing, .. } = self.config;
        let init = Init::new(self.config.wanted(), also, persist);
        self.channel.call(&mut self.link, Talk::new(init, timing))
    }

    /// Makes the module look for a code, once it is seen to obey no setup
    /// codes: until it found one, or the [time](Config::read_time) is over.
    pub fn start(&mut self) -> Call<'_, P, Talk<Trigger, ()>> {
        self.trigger(true)
    }

    /// Makes the module stop looking.
    pub fn stop(&mut self) -> Call<'_, P, Talk<Trigger, ()>> {
        self.trigger(false)
    }

    fn trigger(&mut self, on: bool) -> Call<'_, P, Talk<Trigger, ()>> {
        let trigger = Trigger::new(on, self.config.wanted());
        self.channel.call(&mut self.link, Talk::new(trigger, self.config.timing))
    }

    /// Waits for a code for so long. What has come of one by then is not lost
    /// for the next call.
    pub fn scan(&mut self, within: Duration) -> Call<'_, P, Await> {
        self.channel.call(&mut self.link, Await::within(within))
    }

    /// Reads a register.
    pub fn read(&mut self, register: Register) -> Call<'_, P, Talk<Read, u8>> {
        self.channel.call(&mut self.link, Talk::new(Read { register }, self.config.timing))
    }

    /// Gives the bits of `mask` in a register the values they have in `value`,
    /// and reads back. Writes nothing if they have them. Results in whether
    /// anything was written.
    ///
    /// The call fails with [`Fault::Owned`] if bits of the mask are the
    /// driver's.
    pub fn change(
        &mut self,
        register: Register,
        mask: u8,
        value: u8,
    ) -> Call<'_, P, Talk<Change, bool>> {
        let bits = register.owned & mask;
        let refused = match bits {
            0 => None,
            _ => Some(Fault::Owned { address: register.address, bits }),
        };
        let setting = Setting::Bits { register, mask, value: value & mask };
        let change = Change { refused, settle: Settle::new(setting) };
        self.channel.call(&mut self.link, Talk::new(change, self.config.timing))
    }

    /// Saves all registers to the EEPROM.
    pub fn save(&mut self) -> Call<'_, P, Talk<Save, ()>> {
        self.channel.call(&mut self.link, Talk::new(Save { asked: false }, self.config.timing))
    }
}

impl<P> Gm65<P> {
    /// What a face needs.
    pub(super) const fn parts(&mut self) -> (&mut Channel<P>, &mut Link) {
        (&mut self.channel, &mut self.link)
    }
}

impl<P: ErrorType, C> ErrorType for Clocked<Gm65<P>, C, Await> {
    type Error = CallError<Fault, P::Error>;
}

impl<P: Port, C: Clock> Scanner for Clocked<Gm65<P>, C, Await>
where
    P::Error: Error,
{
    fn start(&mut self) -> Result<(), Self::Error> {
        let (driver, clock) = self.parts();
        driver.start().wait(clock)
    }

    fn stop(&mut self) -> Result<(), Self::Error> {
        let (driver, clock) = self.parts();
        driver.stop().wait(clock)
    }

    fn poll_scan(&mut self, buf: &mut [u8]) -> nb::Result<Scan, Self::Error> {
        self.poll_with(
            |_| Await::a_person(),
            |driver, wait, now| {
                let (channel, link) = driver.parts();
                channel.poll(wait, link, now)
            },
        )
        .map(|code| code.copy_to(buf))
    }
}
