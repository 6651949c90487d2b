//! ESC/POS through [`Printer`](embedded_pos::printer::Printer): all items.
#![no_std]
#![no_main]

use embedded_pos::printer::escpos::{EscPos, Profile, Timed};
use embedded_pos::printer::text::Charset;
use flash::{Timer, Uart};

static PROFILE: Profile = Profile { charset: Charset::ASCII, ..Profile::CLONE_58MM };

flash::printer!(EscPos<Uart, Timed>, EscPos::new(Uart, Timed, &PROFILE), |driver| driver.init());
