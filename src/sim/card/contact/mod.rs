//! Cards from their contacts: supply, clock, reset, characters in etu; and the
//! interface chips in front of them.

mod seat;
mod socket;
mod tda8007;
mod tda8026;
mod uart;

pub use seat::Character;
pub use socket::{Pins, SimPin, Socket};
pub use tda8007::{SimBus, SimTda8007};
pub use tda8026::{SimI2c, SimTda8026};
pub use uart::{SimUart, UartError};
