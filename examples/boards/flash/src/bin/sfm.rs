//! Suprema SFM.
#![no_std]
#![no_main]

use embedded_pos::fingerprint::sfm::{Config, Sfm};
use flash::Uart;

flash::program!(Sfm<Uart>, Sfm::new(Uart, Config::new()));
