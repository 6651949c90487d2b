//! Codes scanned with the driver of the module `m3y`.
#![no_std]
#![no_main]

use embedded_pos::scan::engine::m3y::{Config, M3y};
use flash::Uart;

flash::scanner!(M3y<Uart>, M3y::new(Uart, Config::new()));
