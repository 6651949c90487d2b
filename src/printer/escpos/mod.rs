//! ESC/POS: the driver, its profiles, and the encoder alone.
//!
//! # Choosing
//!
//! - **A [`Profile`]** says what the printer has. [`Profile::CLONE_58MM`] is a
//!   58 mm mechanism as it is built into terminals, [`Profile::EPSON_80MM`] a
//!   counter printer. Change what differs in a `static` of your own.
//! - **Flow control** says how its buffer is not outrun: [`BusyPin`] where the
//!   BUSY or DTR line is wired (the best there is), [`XonXoff`] where the
//!   printer sends these, [`Credit`] on three wires and a printer that answers
//!   `GS r`, [`Timed`] or [`Learned`] on three wires and nothing else,
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
//! | style | `ESC !` `FS !` `GS !` `ESC E` `ESC -` `FS -` `GS B`: all, for clones take one and not the other; of `ESC M` `ESC G` `ESC {` `ESC V` `GS b` `ESC SP` `FS S` `FS W` what changes |
//! | text | GBK or GB 18030 after `FS &`, code pages by `ESC t` after `FS .`, national sets by `ESC R`, or UTF-8 after `FS ( C` or `ESC 9`; broken into lines here, so that no printer breaks a hanzi |
//! | what the printer lacks | drawn by a [`GlyphSource`](crate::printer::text::GlyphSource): `FS 2`, `ESC &` and `ESC %`, or `ESC *` |
//! | layout | `ESC 2` `ESC 3` `ESC D` HT `GS L` `GS W` `ESC $` `ESC \` `ESC J` `ESC K` |
//! | table, columns | spaces; `ESC \` for less than one |
//! | bar code | `GS h` `GS w` `GS H`, `GS f` where it is known, `GS k`; else drawn, its text as text |
//! | QR | `GS ( k` 65, 67, 69, 80, 81; or `ESC Z`, or `GS k 97`; or drawn |
//! | other 2D codes | `GS ( k` |
//! | picture | `GS v 0`, `GS ( L` 112 and 50, `ESC *` or `DC2 *` by [`RasterForm`], in bands; `ESC J` for blank rows |
//! | logo | `GS ( L` 69 or `FS p` by [`Logos`] |
//! | page | `ESC L`, `ESC W`, `ESC T`, `ESC $`, `GS $`, FF |
//! | cut | `GS V 65/66`, which feed first; at a tear bar `ESC J` |
//! | drawer, beeper | `ESC p`; `ESC ( A` 48, `ESC B` or BEL |
//! | status | `DLE EOT` 1 to 4, answered while busy too; `GS a`, where the profile has it switched on |
//! | proof | `GS ( H` 48, or `GS r 1` |
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
//! # What it says
//!
//! [`Replies`] is the one parser of all that a printer sends. A change that it
//! tells by itself is the event of the call that hears it, or the result of
//! [`EscPos::listen`].
//!
//! # When it stops
//!
//! A call ends at the latest [`Timing::stall`] after the time that what was
//! sent takes; then the printer is asked why: [`Fault::Stopped`]. On the way it
//! is asked every [`Timing::watch`] whether it is there and online, between two
//! commands. The printer keeps what it had received and goes on when the paper
//! is in; [`EscPos::resume`] prints the rest of the item that failed, unless
//! bytes may have been lost: the flow control could not hold us up, the profile
//! says that the printer loses them, or it did not answer for as long as it
//! takes to be off and on again. What may be lost, no later proof proves.
//!
//! Without `resume`, the command that was begun is ended before the next item,
//! and the rest of the item is left out. To begin anew, let it finish or switch
//! it off and on, call [`EscPos::init`], and print all of the paper again: or
//! leave all of that to [`job`](crate::printer::job).

mod ask;
#[cfg(feature = "async")]
mod asynch;
mod command;
mod device;
mod driver;
mod encoder;
mod fault;
mod finish;
mod flow;
mod graphics;
mod identify;
mod init;
mod job;
mod keep;
mod layout;
mod line;
mod link;
mod logo;
mod page;
mod part;
mod print;
mod profile;
mod profiles;
mod raster;
mod recover;
mod refusal;
mod status;
mod symbol;
mod table;
mod text;
mod wait;
mod wake;
mod watch;
mod work;

pub(in crate::printer) use encoder::Out;
pub(in crate::printer) use wait::Wait;

pub use ask::Ask;
pub use device::Setting;
pub use driver::EscPos;
pub use encoder::{Encoder, Slice};
pub use fault::Fault;
pub use finish::Finish;
pub use flow::{BusyPin, Credit, Flow, Gate, Learned, Timed, Unpaced, XonXoff};
pub use graphics::RasterForm;
pub use identify::{Answer, Counter, Identify, Question};
pub use init::Init;
pub use job::Job;
pub use keep::KeepLogo;
pub use link::Link;
pub use logo::AskLogos;
pub use part::{Cut, Feed, Part, Printable, Qr};
pub use print::Print;
pub use profile::{
    BarcodeCommands, Beeper, Cutter, Dialect, Extras, Logos, Offline, Profile, Proof, Timing,
};
pub use recover::{Listen, Recover, Recovery};
pub use refusal::Refusal;
pub use status::{Replies, Reply, automatic, is_real_time, paper, real_time};
pub use symbol::QrCommand;
pub use wake::Wake;
pub use work::{Load, Work};
