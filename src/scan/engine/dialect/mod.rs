//! What engines have in common whose commands are text.
//!
//! Many send what they read as it is, with a carriage return behind it, and
//! answer commands with single characters or with an echo. Here is how such
//! codes are told apart ([`Framing`]), how commands follow one another
//! ([`Steps`], [`Ask`]) and what the engine can object to ([`Refusal`]).
//!
//! # What it means that there is no length
//!
//! A carriage return ends a code, and a carriage return can be in a code. With
//! [`Framing::ending`] it always ends it: a binary code is then cut in pieces,
//! each told as a code. With [`Framing::then_silence`], which the drivers use
//! whose engine stops looking after a code, it ends it only where the line is
//! quiet behind it: binary codes are whole, but two codes that lie in the port
//! when it is looked at are told as one: in a mode in which such an engine goes on
//! looking, poll more often than codes come. Neither can be had without the other;
//! take the length where the engine has one.

mod echo;
mod family;
mod lines;
mod refusal;
mod steps;

pub(super) use echo::{Echo, Heard, decimal};
pub use family::Family;
pub(super) use lines::Lines;
pub use lines::{Framing, Identifier};
pub use refusal::{Reason, Refusal};
pub use steps::{Answer, Ask, Said, Steps};
