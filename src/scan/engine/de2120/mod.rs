//! DE2120 modules, as SparkFun sells them.
//!
//! A camera module for linear and matrix codes on 3.3 V and a UART: 115 200
//! baud 8N1, once it was shown the setup code *TTL/RS232* (`POR232`), for it
//! leaves the factory as a USB keyboard. A command is `^_^`, a name of four to
//! six letters, a value, and a full stop; the reply is ACK (06) or NAK (15).
//!
//! Built from the sources of SparkFun's libraries for Arduino and Python, whose
//! lists of commands are those of the module's manual. Not tried on a module
//! yet.
//!
//! # What init does
//!
//! `SLEEP` and `SCMMAN`: it looks on command only. `CIDENA1`: each code comes
//! with a letter for its symbology. `232UTF`, if [`Config::encoding`] says so.
//! The module keeps its settings.
//!
//! # What cannot be said
//!
//! The speed (`232BAD`), the interface (`POR`) and the factory values
//! (`DEFALT`): each loses the line. `DSPYFW`, the version, is answered by text
//! of a form that no source shows; between codes it would look like one. Nor is
//! a command known that makes the module obey no setup codes: **it goes on
//! obeying what it is shown**. Where the public can hold codes before it, look
//! for the setup code in its manual that ends this, or take another module.
//!
//! # What comes
//!
//! The letter, the code, a carriage return, and silence: see
//! [what it means that there is no length](super::dialect#what-it-means-that-there-is-no-length).
//! An 06 or 15 inside a code is payload. Which letter stands for which symbology
//! no source says; the commands have the names of Honeywell's, so Honeywell's
//! list is taken. A letter that is not on it stays in the payload, and the code
//! is marked truncated.
//!
//! ```
//! use embedded_pos::port::Duration;
//! use embedded_pos::scan::engine::de2120::{Config, De2120};
//! use embedded_pos::sim::scanner::De2120Module;
//! use embedded_pos::sim::{Simulated, VirtualClock};
//!
//! let module = Simulated::new(De2120Module::new());
//! let mut clock = VirtualClock::new();
//! let mut driver = De2120::new(module.port(clock.clone()), Config::new());
//! driver.init().wait(&mut clock)?;
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

pub use command::{Area, Command, Look, Sensitivity, Setting};
pub use config::Config;
pub use language::CaretCommands;

use super::dialect::Steps;
use super::reader::{Held, Reader};

/// The driver of a DE2120.
pub type De2120<P, const N: usize = 2048> = Reader<P, CaretCommands, N>;

impl<P> De2120<P> {
    /// A driver over `port`. No I/O.
    pub const fn new(port: P, config: Config) -> Self {
        Self::speaking(port, CaretCommands::new(config))
    }
}

impl<P, const N: usize> De2120<P, N> {
    /// Sets something, for good.
    pub fn set(&mut self, setting: Setting) -> Held<'_, P, Steps<Command>, CaretCommands, N> {
        self.hold(Steps::of([Command::Set(setting)]))
    }
}
