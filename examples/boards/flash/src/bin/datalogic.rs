//! Codes scanned with the driver of the module `datalogic`.
#![no_std]
#![no_main]

use embedded_pos::scan::engine::datalogic::{Config, Datalogic};
use flash::Uart;

flash::scanner!(Datalogic<Uart>, Datalogic::new(Uart, Config::new()));
