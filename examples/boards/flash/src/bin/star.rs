//! Star, through the same trait.
#![no_std]
#![no_main]

use embedded_pos::printer::escpos::{self, Timed};
use embedded_pos::printer::star::{Profile, Star};
use embedded_pos::printer::text::Charset;
use flash::{Timer, Uart};

static PROFILE: Profile = Profile {
    printer: escpos::Profile { charset: Charset::ASCII, ..Profile::STAR_58MM.printer },
    ..Profile::STAR_58MM
};

flash::printer!(Star<Uart, Timed>, Star::new(Uart, Timed, &PROFILE), |driver| driver.init());
