//! CPCL, through the same trait.
#![no_std]
#![no_main]

use embedded_pos::printer::cpcl::{Cpcl, Profile};
use embedded_pos::printer::escpos::{self, Timed};
use embedded_pos::printer::text::Charset;
use flash::{Timer, Uart};

static PROFILE: Profile = Profile {
    printer: escpos::Profile { charset: Charset::ASCII, ..Profile::BELT_58MM.printer },
    ..Profile::BELT_58MM
};

flash::printer!(Cpcl<Uart, Timed>, Cpcl::new(Uart, Timed, &PROFILE), |driver| driver.init());
