//! F5: Waveshare.
#![no_std]
#![no_main]

use embedded_pos::fingerprint::f5::{Config, F5};
use flash::Uart;

flash::program!(F5<Uart>, F5::new(Uart, Config::waveshare()));
