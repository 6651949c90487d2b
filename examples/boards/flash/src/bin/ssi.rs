//! SSI scan engines.
#![no_std]
#![no_main]

use embedded_pos::scan::engine::ssi::{Config, Ssi};
use flash::Uart;

flash::scanner!(Ssi<Uart>, Ssi::new(Uart, Config::new()));
