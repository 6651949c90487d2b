//! Codes scanned with the driver of the module `gm65`.
#![no_std]
#![no_main]

use embedded_pos::scan::engine::gm65::{Config, Gm65};
use flash::Uart;

flash::scanner!(Gm65<Uart>, Gm65::new(Uart, Config::new()));
