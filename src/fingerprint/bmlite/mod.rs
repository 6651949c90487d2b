//! FPC BM-Lite modules, over a UART or SPI: messages in segments with a
//! CRC-32.
//!
//! [`BmLite`] is the driver.
//!
//! | model | by |
//! | --- | --- |
//! | BM-Lite | document only (FPC's description of HCP, FPC's host code) |
//!
//! No module was tried. The optional security layer of HCP is not spoken: its
//! keyed commands (nonce, MAC) are not documented.
//!
//! ```
//! use embedded_pos::fingerprint::bmlite::{BmLite, Config};
//! use embedded_pos::fingerprint::{Pgm, Slot};
//! use embedded_pos::sim::fingerprint::BmLiteModule;
//! use embedded_pos::sim::{Simulated, VirtualClock};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let module = Simulated::new(BmLiteModule::new());
//! module.device().store(3, "anna");
//! module.device().place("anna");
//! let mut clock = VirtualClock::new();
//! let port = module.port(clock.clone());
//!
//! // On SPI, `port` is a `bmlite::SpiPort`.
//! let mut sensor = BmLite::new(port, Config::new(50));
//! let found = sensor.identify().wait(&mut clock)?;
//! assert_eq!(found.map(|found| found.slot), Some(Slot(3)));
//!
//! // A copy of the template, in another slot.
//! let mut template = [0; 1024];
//! let size = sensor.read_template(Slot(3), &mut template).wait(&mut clock)?;
//! sensor.write_template(Slot(4), &template[..size]).wait(&mut clock)?;
//!
//! // An image of the finger, as the bytes of a PGM file.
//! let mut file = Vec::new();
//! sensor.image(Pgm(|bytes: &[u8]| file.extend_from_slice(bytes))).wait(&mut clock)?;
//! assert!(file.starts_with(b"P5\n160 160\n255\n"));
//! # Ok(())
//! # }
//! ```
//!
//! # UART or SPI
//!
//! Both carry the same frames, of 256 bytes at most. On a UART, 115 200 baud,
//! 8N1, the longest comes in 22 ms, in one piece: have an interrupt or DMA put
//! 256 bytes aside, or poll every 87 microseconds. On SPI, [`SpiPort`] reads
//! only when the module's pin says that there is something, and nothing is
//! lost however late it is polled. RESET is low to start the module anew; FPC's
//! host code holds it for 100 ms and waits another 100.
//!
//! # Slots
//!
//! A slot is the template's number in the module. The module does not tell for
//! how many it has room: [`Config::capacity`] says how many slots there are. It
//! gives no score: [`Match::score`](super::Match::score) is always 0.
//!
//! # Which answer answers which command
//!
//! An answer names its command, but not the time it was given. The driver
//!
//! - sends a command only into silence, and closes the session when a message
//!   comes that nobody asked for, or to another command;
//! - takes the segments of an answer only once each and in order, and the
//!   message only if it holds exactly the arguments that it announces and says
//!   whether the command was done;
//! - believes an answer only when that to the question for the version came
//!   behind it;
//! - counts a match only when the finger, still on the sensor, is captured and
//!   searched a second time and found in the same slot;
//! - after a timeout or a bad frame, believes nothing until version and count
//!   were answered in order.
//!
//! What is left: a frame garbled at random passes once in 2^32, and a match out
//! of nothing takes two. Somebody with a hand on the wire can say what he
//! likes.
//!
//! # Templates and images
//!
//! The module says how many bytes come before the first of them, and each
//! segment is checked before its bytes are given on. A template is whole in its
//! buffer, or the buffer is erased; one that is written is read back and
//! compared. Rows of an image are given out as they come, so an error can come
//! after some. No document says how large a template is, what a good one looks
//! like, or which way up an image is.
//!
//! # Waiting for a finger
//!
//! The module waits, a second at a time, and is asked again. After a call that
//! was dropped, the next one has to wait for the rest of that second, unless
//! the module knows [`cancel`](BmLite::cancel).

mod answer;
pub mod command;
mod config;
mod driver;
mod fault;
pub mod frame;
mod outcome;
mod script;
mod session;
mod spi;
mod wire;

pub use answer::Answer;
pub use config::{Config, Timing};
pub use driver::BmLite;
pub use fault::Fault;
pub use outcome::Outcome;
pub use script::{
    Ask, Count, Delete, Enrol, Holds, Identify, Identity, Image, Interrupt, Open, ReadTemplate,
    Size, WriteTemplate,
};
pub use session::{Link, Session};
pub use spi::{SpiPort, SpiPortError};

pub use super::{Conversation, Held, Script};

/// The conversation of a pending poll.
pub type Pending = super::Pending<Identify, Enrol>;
