//! GT-511.
#![no_std]
#![no_main]

use embedded_pos::fingerprint::gt511::{Config, Gt511};
use flash::Uart;

flash::program!(Gt511<Uart>, Gt511::new(Uart, Config::gt511c3()));
