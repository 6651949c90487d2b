//! Codes scanned with the driver of the module `de2120`.
#![no_std]
#![no_main]

use embedded_pos::scan::engine::de2120::{Config, De2120};
use flash::Uart;

flash::scanner!(De2120<Uart>, De2120::new(Uart, Config::new()));
