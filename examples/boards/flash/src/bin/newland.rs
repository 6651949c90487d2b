//! Codes scanned with the driver of the module `newland`.
#![no_std]
#![no_main]

use embedded_pos::scan::engine::newland::{Config, Newland};
use flash::Uart;

flash::scanner!(Newland<Uart>, Newland::new(Uart, Config::new()));
