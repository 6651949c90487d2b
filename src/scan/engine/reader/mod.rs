//! What all scan engines have in common, once.
//!
//! An engine's own is its [`Language`]: how commands look, and what the bytes
//! that come mean. Everything else is here: a [`Reader`] puts a code together,
//! holds it until it is asked for, does not tell the same one twice, sends
//! commands until they are answered, and can be used blocking, polled or async.
//!
//! # How a language is spoken
//!
//! ```text
//!  bytes ──► Language::front ──► Open      more is needed to tell what it is
//!                                Noise     nothing
//!                                Stray     perhaps what is left of a code
//!                                Begin     a code begins
//!                                Piece     bytes of it
//!                                End, Last it is whole
//!                                Excess    it was, and more of it follows
//!                                Spoilt    it broke off, or its check is wrong
//!                                Reply     to the command that is waited for
//!                                Again     the command is wanted once more
//! ```
//!
//! `front` sees what has come and is not understood, from the first byte on, and
//! says what stands there. What it takes is not shown again. When the line has
//! been quiet for [`Timing::byte_gap`] it is asked once more with `silent`: what
//! is incomplete then stays so. The bytes of a code go straight to where it is
//! kept, so a code may be as long as `N`, and frames as long as
//! [`INBOX`] bytes.
//!
//! What the engine wants to hear, an acknowledgement say, the language gives to
//! [`Language::answer`]; it is sent before all else.
//!
//! [`Script`]s say which command follows which reply. They see typed replies and
//! never bytes.
//!
//! # Codes
//!
//! One code waits at a time; [`Reader::missed`] counts those that came
//! meanwhile. One longer than `N` is cut and marked [truncated](crate::scan::Scan).

#[cfg(feature = "async")]
mod asynch;
mod clocked;
mod code;
mod driver;
mod fault;
mod inbox;
mod language;
mod link;
mod talk;
mod timing;
mod wait;

pub(super) use code::Fingerprint;
pub use driver::{Done, Held, Reader};
pub use fault::Fault;
pub use inbox::INBOX;
pub use language::{Abilities, Bytes, Front, Head, Job, Language, Next, NextOf, Script};
pub use link::Link;
pub use talk::Talk;
pub use timing::Timing;
pub use wait::Await;
