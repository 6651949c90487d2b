//! Contactless cards: ISO/IEC 14443-3 and -4 over any bare front end.
//!
//! A chip is a [`FrontEnd`]: a machine that carries one [`Frame`] out and one
//! back, and knows nothing of what is in it. Over SPI its bytes go through
//! [`SpiTransfers`](crate::port::adapter::SpiTransfers). What makes a card reader
//! of a front end is the driver `Contactless<P, F>`, made with
//! `Contactless::over(port, front_end, config)`; a chip's own module gives it
//! a name and a `new(port, config)`.

mod front_end;

pub use front_end::{Abilities, Frame, FrontEnd, Heard, Operation, Rate, Rates, Technology, Wants};
