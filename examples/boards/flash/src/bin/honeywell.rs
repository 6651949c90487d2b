//! Codes scanned with the driver of the module `honeywell`.
#![no_std]
#![no_main]

use embedded_pos::scan::engine::honeywell::{Config, Honeywell};
use flash::Uart;

flash::scanner!(Honeywell<Uart>, Honeywell::new(Uart, Config::default()));
