//! GM65, GM65-S, GM805 and GM60 bar code modules by Hangzhou Grow.
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
//! [`Gm65::init`](Reader::init) reads the model (00E0), stops at one that is not
//! known, and then makes these settings, writing only what differs and reading back
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
//! trusted, [`start`](Reader::start) looks at the first four again each time.
//!
//! # Models
//!
//! | model | 00E0 | known from |
//! | --- | --- | --- |
//! | GM65-S | 05 | its manual |
//! | GM65, GM805 | not published | open drivers use the registers of the GM65-S with both; software that is not 69 needs no 00BC |
//! | GM60 | not published | the open driver of its board: other registers for symbologies, and codes behind `04` and a length of two bytes (001A) |
//!
//! A number that is not in the list is told by [`Refusal::Model`]; say which map
//! it has with [`Config::also_model`]. With a GM60 there are no code identifiers,
//! and a [`Register`] whose place differs is [refused](Refusal::OtherMap).
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
//! payload; a GM60 has two. Whatever follows a code without a pause and is no reply is more of
//! it; it is dropped, and the code is marked truncated. So is a code right
//! behind noise, for it may be what is left of a garbled reply. That the length
//! counts the code identifier is a reading of the manual; if a module counts
//! otherwise, every code is marked truncated: set [`Config::code_ids`] to
//! false.
//!
//! So in the [modes](crate::scan::Mode) in which it goes on after a code, two that
//! lie in the port without a pause are told as one that is truncated, and the other
//! counts as missed: what stands behind a code could be printed in it. Poll more
//! often than every 20 ms there.
//!
//! A code may come before, after or inside a reply. It waits in the driver, one
//! at a time, until it is asked for; [`missed`](Reader::missed) counts those for which
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
mod family;
mod fault;
mod frame;
mod language;
mod register;
mod script;
mod settle;
mod speed;
mod symbology;
mod talk;

pub use config::Config;
pub use family::Family;
pub use fault::Refusal;
pub use language::Grow;
pub use register::Register;
pub use script::{Identity, Read, Save};
pub use settle::Change;
pub use speed::{Find, SetSpeed};
pub use talk::Held;

use super::reader::{self, Reader};
use settle::Settle;

/// What a GM65 conversation fails with.
pub type Fault = reader::Fault<Refusal>;

/// What waits for a code.
pub type Await<const N: usize = 256> = reader::Await<Grow, N>;

/// What a method of [`Gm65`] returns.
pub type Call<'a, P, S, const N: usize> = reader::Held<'a, P, Held<S>, Grow, N>;

/// The driver of a GM65, GM65-S, GM805 or GM60 on the port `P`, for codes of up
/// to `N` bytes.
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
/// driver.init().wait(&mut clock)?;
/// assert_eq!(driver.identity().map(|identity| identity.model), Some(0x05));
///
/// driver.start().wait(&mut clock)?;
/// module.device().present(b"6901234567892", Symbology::Ean13);
/// let scan = driver.scan(Duration::from_secs(10)).wait(&mut clock)?;
/// assert_eq!(scan.symbology, Some(*b"E0"));
/// assert_eq!(driver.payload().map(|(_, code)| code), Some(&b"6901234567892"[..]));
/// # Ok::<(), embedded_pos::port::CallError<_, _>>(())
/// ```
pub type Gm65<P, const N: usize = 256> = Reader<P, Grow, N>;

impl<P> Gm65<P> {
    /// A driver over `port`, for codes of up to 256 bytes, which a GM60 alone has
    /// longer ones than: for those, [`Reader::speaking`] and [`Grow::new`]. No
    /// I/O.
    pub const fn new(port: P, config: Config) -> Self {
        Self::speaking(port, Grow::new(config))
    }
}

impl<P, const N: usize> Gm65<P, N> {
    /// What the module said of itself at the last [`init`](Self::init).
    pub const fn identity(&self) -> Option<Identity> {
        self.language().identity
    }

    /// Reads a register.
    pub fn read(&mut self, register: Register) -> Call<'_, P, Read, N> {
        self.hold(Held(Read { register }))
    }

    /// Gives the bits of `mask` in a register the values they have in `value`,
    /// and reads back. Writes nothing if they have them. Results in whether
    /// anything was written.
    ///
    /// The call fails with [`Refusal::Owned`] if bits of the mask are the
    /// driver's.
    pub fn change(&mut self, register: Register, mask: u8, value: u8) -> Call<'_, P, Change, N> {
        let settle = Settle::new(register::bits(register, mask, value & mask));
        self.hold(Held(Change { register, mask, settle, allowed: false }))
    }

    /// Saves all registers to the EEPROM.
    pub fn save(&mut self) -> Call<'_, P, Save, N> {
        self.hold(Held(Save { asked: false }))
    }

    /// Sets module and port to a speed: 9 600, 14 400, 19 200, 38 400, 57 600 or
    /// 115 200 baud. If the module is not heard then, the port goes back, and
    /// the call fails with [`Refusal::Speed`]. Results in whether anything was
    /// changed. The module forgets it with its power, unless it is
    /// [saved](Self::save). A call that is dropped, or whose fault is another, may
    /// leave them at different speeds: [`find`](Self::find) joins them again.
    pub fn set_speed(&mut self, baud: u32) -> Call<'_, P, SetSpeed, N> {
        self.hold(Held(SetSpeed::new(baud)))
    }

    /// As [`init`](Self::init), for a module whose speed is not known: all are
    /// tried, for up to 0.8 s each. Results in the speed. A call that fails or is
    /// dropped leaves the port at one of those that were tried.
    pub fn find(&mut self) -> Call<'_, P, Find, N> {
        self.hold(Held(Find::new()))
    }
}
