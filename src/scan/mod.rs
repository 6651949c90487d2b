//! Scanners, plate cameras, documents and payment codes.
//!
//! A scan engine reads what is held in front of it: a payment code on a
//! telephone, the bar code on a licence. [`Scanner`] is what all of them can
//! do; [`code::classify`] says what the payload can be. Number plates are in
//! [`plate`], numbers of persons and papers in [`document`].
//!
//! # What the trait promises
//!
//! - [`start`](Scanner::start) makes the engine look,
//!   [`stop`](Scanner::stop) makes it rest. Both are waited for: they take as
//!   long as the wire does.
//! - [`poll_scan`](Scanner::poll_scan) never waits. A person takes seconds, and
//!   a terminal has a card slot and a keypad to look at as well.
//! - A payload is bytes. It is not cut at zero bytes, not converted, not
//!   trimmed. If it may not be whole, that is [said](Scan::truncated).
//! - A code held up for a while is reported once.
//!
//! What only some engines have is in [`Modes`] and [`Indicators`].
//!
//! # Engines
//!
//! | engine | module | line | payload | symbology |
//! | --- | --- | --- | --- | --- |
//! | Grow GM65, GM65-S, GM805, GM60 | [`engine::gm65`] | UART, 9 600 baud 8N1, 3.3 V | up to 255 bytes; GM60, as long as the buffer | yes; GM60, no |
//! | Zebra, Motorola, Symbol; Grow GM67 (SSI) | [`engine::ssi`] | UART, 9 600 baud 8N1, acknowledged | as long as the buffer | yes |
//! | DE2120 | [`engine::de2120`] | UART, 115 200 baud 8N1, 3.3 V | to CR and silence | yes |
//! | Honeywell's serial menu | [`engine::honeywell`] | UART or RS-232, by model | any, with its length | yes |
//! | Datalogic 7000, Canmax and other clones of it | [`engine::honeywell`] | the same | to CR and silence | as set |
//! | Newland, unified commands and `NLS` | [`engine::newland`] | UART or RS-232, by model | to CR and silence, or with length and check | yes |
//! | Datalogic and CipherLab, single bytes | [`engine::datalogic`] | RS-232, by model | to CR | as set |
//! | M3Y-W | [`engine::m3y`] | UART, 9 600 baud 8N1 | up to 2 070 bytes, with length and check | no |
//! | any that only sends | [`engine::line`] | by model | as set | as set |
//!
//! # Wiring
//!
//! Four wires: supply, ground, and the two data lines crossed. A GM65-S takes
//! 160 mA while its light is on; a supply that dips resets it, and it then has
//! forgotten what was not saved. Its manual has 3.3 V in the list of pins and
//! 4.2 to 6 V in the list of ratings, so look at the module: those on a carrier
//! board with USB take 5 V. Its trigger pin stays open: the driver triggers by
//! command.
//!
//! # Buffering
//!
//! A code comes when it comes, at full line speed: 258 bytes in 270 ms at 9 600
//! baud, in 23 ms at 115 200. Without flow control, so the port must hold what
//! comes between two polls: a ring buffer of the longest code, 300 bytes for a
//! GM65, filled by interrupt or DMA is always enough. With a bare 16-byte FIFO
//! poll every 10 ms at 9 600 baud. Between polls the driver holds one code.
//!
//! # Timing
//!
//! Where no check and no end mark says that a code is whole, it is reported at
//! the first poll but one that is 20 ms after its last byte (GM65; the other
//! engines' pages say theirs). A start takes some 120 ms at 9 600 baud. Each
//! engine has a table of its times, such as [`engine::gm65::Config::TIMING`].
//!
//! # When it does not work
//!
//! | what | look at |
//! | --- | --- |
//! | kind `Timeout` at `init` | supply, crossed lines, speed: some modules are sold set to 115 200, or to USB (hold the manual's setup code *Series Output* in front of it) |
//! | kind `Line` | the speed, a ground that is missing |
//! | kind `Unsupported` | the error says the model; a GM60 has other registers |
//! | `start` works, the light is on, nothing comes | the code's symbology may be off ([`engine::gm65::Register`]); a telephone at full brightness reflects |
//! | every code is truncated | [`engine::gm65::Config::code_ids`] |
//! | kind `Retry` | bytes are lost: the buffer of the port is too small |
//!
//! # Secrets
//!
//! What is scanned may be a [payment code](code::PaymentCode). Do not log it, and
//! let it through [once](code::OneTime).
//!
//! # Example
//!
//! From the engine to what the code can be, in a super-loop:
//!
//! ```
//! use embedded_pos::nb;
//! use embedded_pos::port::Clocked;
//! use embedded_pos::scan::Scanner;
//! use embedded_pos::scan::code::{Expect, Kind, classify};
//! use embedded_pos::scan::engine::gm65::{Config, Gm65};
//! use embedded_pos::sim::scanner::{Gm65Module, Symbology};
//! use embedded_pos::sim::{Simulated, VirtualClock};
//! # use embedded_pos::port::Duration;
//!
//! let module = Simulated::new(Gm65Module::new());
//! let mut clock = VirtualClock::new();
//! let mut driver = Gm65::new(module.port(clock.clone()), Config::new());
//! driver.init().wait(&mut clock)?;
//! let mut scanner = Clocked::new(driver, clock.clone());
//!
//! scanner.start()?;
//! module.device().present(b"134567890123456789", Symbology::Qr);
//! let mut buf = [0; 256];
//! let found = loop {
//!     match scanner.poll_payload(&mut buf) {
//!         Ok((scan, payload)) => break classify(payload, scan.symbology, Expect::Payment),
//!         Err(nb::Error::WouldBlock) => {} // Look at the card slot, the keypad.
//!         Err(nb::Error::Other(error)) => return Err(error),
//!     }
//!     # clock.advance(Duration::from_millis(1));
//! };
//! let kinds: Vec<Kind> = found.expected().map(|candidate| candidate.kind).collect();
//! assert_eq!(kinds, [Kind::Wechat]);
//! # Ok::<(), embedded_pos::port::CallError<_, _>>(())
//! ```

#[cfg(feature = "async")]
mod asynch;
mod base64;
mod capability;
pub mod code;
pub mod document;
pub mod engine;
pub mod plate;
mod scanner;
mod symbology;

#[cfg(feature = "async")]
pub use asynch::AsyncScanner;
pub use capability::{Indicators, Mode, Modes, Signals, Symbologies};
pub use scanner::{Encoding, Scan, Scanner};
