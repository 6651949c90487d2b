//! ESC/POS: the driver, its profiles, and the encoder alone.
//!
//! # Choosing
//!
//! - **A [`Profile`]** says what the printer has. [`Profile::CLONE_58MM`] is a
//!   58 mm mechanism as it is built into terminals, [`Profile::EPSON_80MM`] a
//!   counter printer. Change what differs in a `static` of your own.
//! - **Flow control** says how its buffer is not outrun: [`BusyPin`] where the
//!   BUSY or DTR line is wired (the best there is), [`Timed`] on three wires,
//!   [`Unpaced`] where the line holds us up by itself (USB, TCP, RTS/CTS).
//!   Without it, a printer of 256 bytes loses half of a receipt.
//! - **[`Proof`]** says how it proves that it has printed.
//!
//! Not tried on a printer yet, by documents only.
//!
//! # What is sent
//!
//! | item | commands |
//! | --- | --- |
//! | style | `ESC !` `FS !` `GS !` `ESC E` `ESC -` `FS -` `GS B`: all, for clones take one and not the other |
//! | text | GB 18030 after `FS &`; broken into lines here, so that no printer breaks a hanzi |
//! | bar code | `GS h` `GS w` `GS H`, `GS f` where it is known, `GS k`; else drawn, its text as text |
//! | QR | `GS ( k` 65, 67, 69, 80, 81; or `ESC Z`, or `GS k 97`; or drawn |
//! | other 2D codes | `GS ( k` |
//! | picture | `GS v 0`, `GS ( L` 112 and 50, `ESC *` or `DC2 *` by [`RasterForm`], in bands; `ESC J` for blank rows |
//! | logo | `GS ( L` 69 or `FS p` by [`Logos`] |
//! | page | `ESC L`, `ESC W`, `ESC T`, `ESC $`, `GS $`, FF |
//! | cut | `GS V 65/66`, which feed first; at a tear bar `ESC J` |
//! | status | `DLE EOT` 1 to 4, answered while busy too |
//!
//! A QR code or bar code that is too long or too wide is refused: a printer
//! would print nothing, and say nothing.
//!
//! Blank margins of a picture are not sent: the right one; on a line that
//! stands right, the left one; in the middle, as much on both sides.
//!
//! A printer executes a real-time command (DLE with EOT, ENQ or DC4) wherever
//! its bytes stand, in a picture too. There, one dot is added to break it; in
//! a CODE128 the digits are paired otherwise; in another code it is refused.
//!
//! # Blocking, polled, async
//!
//! The methods of [`EscPos`] return a [`Call`](crate::port::Call). Joined with
//! a clock (or, for `AsyncPrinter`, with a timer), it is a
//! [`Printer`](crate::printer::Printer).
//!
//! # When it stops
//!
//! A call ends at the latest [`Timing::stall`] after the time that what was
//! sent takes; then the printer is asked why: [`Fault::Stopped`]. The printer
//! keeps what it had received and goes on when the paper is in. Of the item
//! that failed, the command that was begun is ended before the next item; the
//! rest is left out. To begin anew, let it finish or switch
//! it off and on, call [`EscPos::init`], and print all of the paper again.

mod ask;
#[cfg(feature = "async")]
mod asynch;
mod command;
mod driver;
mod encoder;
mod fault;
mod finish;
mod flow;
mod graphics;
mod init;
mod job;
mod keep;
mod layout;
mod line;
mod link;
mod logo;
mod page;
mod print;
mod profile;
mod raster;
mod refusal;
mod symbol;
mod table;
mod text;
mod wait;
mod work;

pub use ask::Ask;
pub use driver::EscPos;
pub use encoder::{Encoder, Slice};
pub use fault::Fault;
pub use finish::Finish;
pub use flow::{BusyPin, Flow, Gate, Timed, Unpaced};
pub use graphics::RasterForm;
pub use init::Init;
pub use job::Job;
pub use keep::KeepLogo;
pub use link::Link;
pub use logo::AskLogos;
pub use print::Print;
pub use profile::{BarcodeCommands, Cutter, Logos, Profile, Proof, Timing};
pub use refusal::Refusal;
pub use symbol::QrCommand;
pub use work::{Load, Work};
