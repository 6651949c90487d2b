//! Engines with Honeywell's serial menu; Datalogic 7000, Canmax and others
//! that took it over.
//!
//! Area imagers on a UART or RS-232, 115 200 or 9 600 baud 8N1 by model. Every
//! setting code of the manual is also a command: SYN M CR, a tag and a subtag of
//! three letters each, a value, and `!` (until power is lost) or `.` (for good).
//! The engine answers with the same, and ACK, ENQ (no such tag) or NAK (not with
//! that value) before the mark. `?`, `^` and `*` in place of the value ask for
//! it, for the factory's, and for its range.
//!
//! Built from the chapters on serial commands of the user's guides of the N86,
//! N431X, N3680 and HF680, and from two open drivers (enioka_scan, for the
//! header). The names of families of codes ([`Setting::Family`]) are those of
//! the tables of these guides as far as remembered; an engine that has another
//! says ENQ, and the call fails with the name. Not tried on an engine yet.
//!
//! # What init does
//!
//! SYN U, `DECHDR1!` and `TRGMOD0!`: it stops looking, says the length of what
//! it read, and looks on command only. [`start`](super::reader::Reader::start)
//! says both again before SYN T: the engine may have lost power. Nothing is
//! written to flash but by [`set`](Honeywell::set) with
//! [`Storage::Permanent`].
//!
//! # Setup codes
//!
//! The guides have a *menu bar code security* and no command for it ("contact
//! technical support"). **The engine goes on obeying the setup codes it is
//! shown**, among them some that switch the header or the line off. The first
//! is put right by the next start.
//!
//! # What cannot be said
//!
//! The line's settings (`232…`), the interface (`TERMID`) and the factory
//! values (`DEFALT`): each loses the line.
//!
//! # What comes
//!
//! With the header (Honeywell): SYN FE, length, `MSGGET`, digits, symbology,
//! GS, data, CR. The length says where a code ends, so binary codes are whole,
//! and what is printed is never a reply. A reply that does not repeat its
//! command is dropped. A code whose CR is not where its length says is lost,
//! an error of kind [`Retry`](crate::ErrorKind::Retry).
//!
//! Without it (the other [`Make`]s): see
//! [what it means that there is no length](super::dialect#what-it-means-that-there-is-no-length).
//! There a code that reads as the whole of the reply that is awaited is taken
//! for it.
//!
//! ```
//! use embedded_pos::port::Duration;
//! use embedded_pos::scan::engine::honeywell::{Config, Honeywell, Question, Setting};
//! use embedded_pos::sim::scanner::MenuModule;
//! use embedded_pos::sim::{Simulated, VirtualClock};
//!
//! let module = Simulated::new(MenuModule::new());
//! let mut clock = VirtualClock::new();
//! let mut driver = Honeywell::new(module.port(clock.clone()), Config::default());
//! driver.init().wait(&mut clock)?;
//! let value = driver.ask(Setting::Light, Question::Range).wait(&mut clock)?;
//! assert_eq!(value.as_slice(), b"0-1");
//!
//! driver.start().wait(&mut clock)?;
//! module.device().present(b"6901234567892", *b"E0");
//! let scan = driver.scan(Duration::from_secs(10)).wait(&mut clock)?;
//! assert_eq!(scan.symbology, Some(*b"E0"));
//! assert_eq!(driver.payload().map(|(_, payload)| payload), Some(&b"6901234567892"[..]));
//! # Ok::<(), embedded_pos::port::CallError<_, _>>(())
//! ```

mod command;
mod config;
mod header;
mod language;

pub use super::dialect::{Framing, Identifier};
pub use command::{Command, Question, Setting, Storage};
pub use config::{Config, Make};
pub use language::SerialMenu;

use super::dialect::{Ask, Steps};
use super::reader::{Held, Reader};

/// The driver of an engine with the serial menu.
pub type Honeywell<P, const N: usize = 2048> = Reader<P, SerialMenu, N>;

impl<P> Honeywell<P> {
    /// A driver over `port`. No I/O.
    pub const fn new(port: P, config: Config) -> Self {
        Self::speaking(port, SerialMenu::new(config))
    }
}

impl<P, const N: usize> Honeywell<P, N> {
    /// Gives a setting a value.
    pub fn set(
        &mut self,
        setting: Setting,
        value: u16,
        storage: Storage,
    ) -> Held<'_, P, Steps<Command>, SerialMenu, N> {
        self.hold(Steps::of([Command::Set(setting, value, storage)]))
    }

    /// Asks about a setting: the answer is text.
    pub fn ask(
        &mut self,
        setting: Setting,
        question: Question,
    ) -> Held<'_, P, Ask<Command>, SerialMenu, N> {
        self.hold(Ask(Some(Command::Ask(setting, question))))
    }
}
