//! Simulated devices: what the drivers are tested against.
//!
//! A simulated device decodes our bytes on its own, with none of the driver's
//! code, and can misbehave. It is a [`Device`]: bytes in, bytes out, by a
//! clock. [`Simulated`] holds one and gives out ports to it: in the same
//! process by virtual or real time ([`Simulated::port`]), or over any other
//! port ([`Simulated::serve`]): a socket, a pseudo-terminal, a serial line.

#[cfg(feature = "async")]
mod asynch;
pub mod attempts;
pub mod backend;
pub mod camera;
pub mod card;
mod clock;
pub mod documents;
mod draw;
pub mod fingerprint;
pub mod head;
pub mod id_reader;
pub mod issuer;
mod outbox;
pub mod pin_pad;
pub mod plates;
pub mod printer;
pub mod records;
pub mod scanner;
mod wire;

#[cfg(feature = "async")]
pub use asynch::block_on;
pub use clock::VirtualClock;
pub use draw::Draw;
pub use outbox::{Fault, Outbox};
pub use wire::{Device, SimPort, Simulated, Unplugged};
