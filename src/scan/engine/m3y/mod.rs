//! M3Y-W modules.
//!
//! A small camera module of the market of the GM65, 9 600 baud 8N1 from the
//! factory. Everything is a frame: `5A`, its kind (00 command, 01 reply, 02
//! code), a length of two bytes, the highest first, that many bytes, the XOR
//! from the kind on, `A5`. Commands are text. `90 00` says yes, `6A 89` no.
//!
//! Built from two open drivers (`SerialBarcodeReaderTools`, Coldcard Q) and
//! the pages of setup codes of scanners with the same firmware. Not tried on a
//! module yet.
//!
//! # What init does
//!
//! `T_OUT_CVER` finds the module, `S_CMD_020D` stops it, and `S_CMD_0000` has
//! it **obey no setup codes**, which [`start`](super::reader::Reader::start)
//! says again.
//!
//! # Before first use
//!
//! Codes must come as frames. Which command has them do so, no source says:
//! show the module the setup code for *output with protocol* of its manual
//! once. One that sends codes as lines is a [`line`](super::line) engine.
//!
//! # What cannot be said
//!
//! The speed (`S_CMD_H3BR`) and the factory values (`S_CMD_FFFF`): each may
//! lose the line.
//!
//! # What comes
//!
//! A frame of kind 02, up to 2070 bytes. The length says where it ends, so any
//! byte can be in it; a wrong check is an error of kind
//! [`Retry`](crate::ErrorKind::Retry). The symbology is not said. The module
//! goes on looking after a code, until it is stopped.
//!
//! A reply does not say to which command it is. A yes is taken for the one that
//! is waited for; only the version differs from the rest.
//!
//! ```
//! use embedded_pos::port::Duration;
//! use embedded_pos::scan::engine::m3y::{Config, M3y};
//! use embedded_pos::sim::scanner::M3yModule;
//! use embedded_pos::sim::{Simulated, VirtualClock};
//!
//! let module = Simulated::new(M3yModule::new());
//! let mut clock = VirtualClock::new();
//! let mut driver = M3y::new(module.port(clock.clone()), Config::new());
//! driver.init().wait(&mut clock)?;
//! assert_eq!(driver.version().wait(&mut clock)?.as_slice(), b"V2.3.0.7\r\n");
//!
//! driver.start().wait(&mut clock)?;
//! module.device().present(b"6901234567892", *b"E0");
//! driver.scan(Duration::from_secs(10)).wait(&mut clock)?;
//! assert_eq!(driver.payload().map(|(_, payload)| payload), Some(&b"6901234567892"[..]));
//! # Ok::<(), embedded_pos::port::CallError<_, _>>(())
//! ```

mod command;
mod config;
mod language;

pub use command::Command;
pub use config::Config;
pub use language::BccFrames;

use super::dialect::Ask;
use super::reader::{Held, Reader};

/// The driver of an M3Y-W.
pub type M3y<P, const N: usize = 2070> = Reader<P, BccFrames, N>;

impl<P> M3y<P> {
    /// A driver over `port`. No I/O.
    pub const fn new(port: P, config: Config) -> Self {
        Self::speaking(port, BccFrames::new(config))
    }
}

impl<P, const N: usize> M3y<P, N> {
    /// Asks for the version: the answer is text.
    pub fn version(&mut self) -> Held<'_, P, Ask<Command>, BccFrames, N> {
        self.hold(Ask(Some(Command::Version)))
    }
}
