//! Newland engines with unified commands, and their older dialect.
//!
//! Imagers on a UART or RS-232 (EM20, EM30, FM, HR series), and engines in
//! payment terminals that took their commands over. A command is `~` SOH `0000`,
//! `@` (for good) or `#` (until power is lost), a tag and a subtag of three
//! letters each, a value, `;` ETX. The engine answers with STX instead of `~`,
//! the same, and ACK, NAK (not with that value) or ENQ (no such tag) before the
//! `;`. `*`, `&` and `^` in place of the value ask for it, for the factory's,
//! and for its range.
//!
//! Built from the chapter on commands in the user manuals of these scanners
//! (HR52 and others: syntax, replies, data packing), and for the names of
//! settings from public sources of terminals that use such engines. Not tried
//! on an engine yet.
//!
//! # What init does
//!
//! | command | because |
//! | --- | --- |
//! | `SETUPE0` | it is in no setup by codes |
//! | `SETUPN0` | **setup codes off** ([`Config::lock`]) |
//! | `SCNMOD0` | it looks on command only |
//! | `PACKAG` | codes as lines, or [packed](Config::packed) |
//! | `AIDENA1`, `TSUENA1`, `TSUSET0D` | lines: behind the AIM identifier, before CR |
//!
//! All `#`, so nothing wears the flash; and all again at each
//! [`start`](super::reader::Reader::start), for the engine may have lost power.
//!
//! # What cannot be said
//!
//! The line's settings (`232…`), the interface (`INTERF`), power, reboot and the
//! factory values (`FACDEF`): each loses the line or the engine.
//!
//! # What comes
//!
//! Lines: `]`, AIM code and modifier, data, CR, silence; see
//! [what it means that there is no length](super::dialect#what-it-means-that-there-is-no-length).
//! What does not begin with `]` is no code, so a printed reply is none, and a code
//! right behind such bytes is marked truncated, for it may be printed in one whose
//! beginning is lost; but a
//! code in which a CR and the whole reply that is awaited stand is cut there.
//!
//! Packed: STX 00, length, 3B, number of the symbology, data, check. The length
//! says where a code ends, so any byte can be in it. A wrong check is an error of
//! kind [`Retry`](crate::ErrorKind::Retry). Of the check, manuals say both that
//! STX counts and that it does not; both are taken.
//!
//! # The older dialect
//!
//! [`Config::nls`]: `NLS`, seven digits, `;`, answered by ACK or NAK; `?`
//! answered by `!` (guide of the EM3000). Codes come packed. ESC 1 and ESC 0
//! start and stop. 0302000 for *on command* is remembered, the others are in
//! guides. The `$$%^` commands of old Bluetooth scanners, answered by a line of
//! text, are not there.
//!
//! ```
//! use embedded_pos::port::Duration;
//! use embedded_pos::scan::engine::newland::{Config, Newland, Question, Setting};
//! use embedded_pos::sim::scanner::NewlandModule;
//! use embedded_pos::sim::{Simulated, VirtualClock};
//!
//! let module = Simulated::new(NewlandModule::new());
//! let mut clock = VirtualClock::new();
//! let mut driver = Newland::new(module.port(clock.clone()), Config::new());
//! driver.init().wait(&mut clock)?;
//! let value = driver.ask(Setting::ReadTime, Question::Now).wait(&mut clock)?;
//! assert_eq!(value.as_slice(), b"5000");
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
mod language;
mod packet;

pub use command::{Command, Pro, Question, Setting, Storage};
pub use config::{Config, Dialect};
pub use language::Unified;

use super::dialect::{Ask, Steps};
use super::reader::{Held, Reader};

/// The driver of a Newland engine.
pub type Newland<P, const N: usize = 2048> = Reader<P, Unified, N>;

impl<P> Newland<P> {
    /// A driver over `port`. No I/O.
    pub const fn new(port: P, config: Config) -> Self {
        Self::speaking(port, Unified::new(config))
    }
}

impl<P, const N: usize> Newland<P, N> {
    /// Gives a setting a value.
    pub fn set(
        &mut self,
        setting: Setting,
        value: u16,
        storage: Storage,
    ) -> Held<'_, P, Steps<Command>, Unified, N> {
        self.hold(Steps::of([Command::Set(setting, value, storage)]))
    }

    /// Asks about a setting: the answer is text.
    pub fn ask(
        &mut self,
        setting: Setting,
        question: Question,
    ) -> Held<'_, P, Ask<Command>, Unified, N> {
        self.hold(Ask(Some(Command::Ask(setting, question))))
    }
}
