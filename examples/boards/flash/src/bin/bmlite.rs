//! FPC BM-Lite.
#![no_std]
#![no_main]

use embedded_pos::fingerprint::bmlite::{BmLite, Config};
use flash::Uart;

flash::program!(BmLite<Uart>, BmLite::new(Uart, Config::new(50)));
