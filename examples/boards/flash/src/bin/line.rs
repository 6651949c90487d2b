//! Codes scanned with the driver of the module `line`.
#![no_std]
#![no_main]

use embedded_pos::scan::engine::line::{Config, Framing, LineEngine};
use flash::Uart;

flash::scanner!(LineEngine<Uart>, LineEngine::new(Uart, Config::new(Framing::ending(b"\r\n"))));
