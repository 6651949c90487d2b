//! GM65 and GM65-S bar code modules by Hangzhou Grow.
//!
//! A module the size of a coin with a camera for linear codes, QR, Data Matrix
//! and PDF417, on 3.3 V and a UART: 9 600 baud 8N1 from the factory. It has a
//! file of byte-wide registers (*zone bits*) that commands read, write and
//! save; what it reads from paper it sends whenever it likes.
//!
//! Built from the GM65-S user manual V1.3 (2020), whose setup codes tell what
//! its register list leaves out. Not tried on a module yet; what rests on a
//! reading of the manual is marked here.
//!
//! # What init does
//!
//! [`Gm65::init`] reads the model (00E0), stops at any but the GM65-S, and
//! then makes these settings, writing only what differs and reading back
//! whatever it wrote:
//!
//! | register | becomes | because |
//! | --- | --- | --- |
//! | 0000 bits 1-0 | 01 | it looks for codes on command only |
//! | 0003 bit 1 | 1 | **setup codes off**, see below |
//! | 000D bits 1-0 | 00 | what it reads goes to the UART |
//! | 0060 | E4 | output with protocol and code identifier, no prefix, suffix, tail |
//! | 0002 bit 6 | 0 | no `F` and `S` between the data |
//! | 00B0 | 0 | the data is output whole |
//! | 0006 | [`Config::read_time`] | |
//! | 0091-00A4 | `A` to `T` | the factory gives several symbologies the same identifier |
//! | 00BC | 08, with software 69 only | QR codes of bytes are output as they are |
//!
//! When anything had to be changed it goes through the list a second time:
//! until 0060 is set, a code that is read in that moment could be taken for a
//! reply. Settings last until the module loses power, or for good with
//! [`Config::persist`]. So that a module that lost power in between is not
//! trusted, [`Gm65::start`] looks at the first four again each time.
//!
//! # Setup codes and the erase command
//!
//! With setup codes on, which is how it comes, the module obeys what it reads:
//! a QR code of `R`, a register, a mask and a value, say, sets that register.
//! Anybody can print one, and hold it up instead of a payment code. Hence the
//! second line of the table. One serial command makes the module erase its
//! program; there is no type in this driver that it could be said with.
//!
//! # What comes
//!
//! With the protocol (manual 7.7) a code is `03`, its length, and its bytes.
//! So a zero byte or a carriage return in it ends nothing, and nothing printed
//! is mistaken for a reply. The length is one byte, so 255 is the longest
//! payload. Whatever follows a code without a pause and is no reply is more of
//! it; it is dropped, and the code is marked truncated. That the
//! length counts the code identifier is a reading of the manual; if a module
//! counts otherwise, every code is marked truncated: set [`Config::code_ids`]
//! to false.
//!
//! A code may come before, after or inside a reply. It waits in the driver, one
//! at a time, until it is asked for; [`Gm65::missed`] counts those for which
//! there was no room. A code that breaks off on the line is an error of kind
//! [`Retry`](crate::ErrorKind::Retry).
//!
//! # Replies
//!
//! A reply does not say which command it answers. So a read asks for a few
//! registers more than wanted, another number each time, and takes only a
//! reply of just that length; a write is followed by a read. The check is
//! verified always; the value that switches it off (`AB CD`) is never sent.

mod config;
mod fault;
mod frame;
mod link;
mod register;
mod script;
mod settle;
mod symbology;
mod talk;
mod timing;
mod transaction;
mod wait;

pub use config::Config;
pub use fault::Fault;
pub use link::{Code, Link};
pub use register::Register;
pub use script::{Identity, Init, Read, Save, Trigger};
pub use settle::Change;
pub use talk::Talk;
pub use timing::Timing;
pub use wait::Await;

use register::Setting;
use settle::Settle;

use crate::port::{Call, CallError, Channel, Clock, Clocked, Duration, Port};
use crate::scan::{Scan, Scanner};
use crate::{Error, ErrorType};

/// The driver of a GM65-S on the port `P`.
///
/// ```
/// use embedded_pos::port::{Clocked, Duration};
/// use embedded_pos::scan::Scanner;
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

    /// Identifies the module and makes it [safe to use](self#what-init-does).
    /// Takes half a second at 9 600 baud, a quarter if nothing has to be
    /// changed, and up to two if no module is there.
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
            |Gm65 { channel, link, .. }, wait, now| channel.poll(wait, link, now),
        )
        .map(|code| code.copy_to(buf))
    }
}
