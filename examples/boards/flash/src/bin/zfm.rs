//! EF01: ZFM-20, R503.
#![no_std]
#![no_main]

use embedded_pos::fingerprint::zfm::{Config, Password, Zfm};
use flash::{Uart, unknown};

flash::program!(Zfm<Uart>, Zfm::new(Uart, Config::r503(Password::new(unknown()))));
