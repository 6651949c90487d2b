//! Text, styles and QR codes, in ASCII.
#![no_std]
#![no_main]

use embedded_pos::printer::escpos::Profile;
use embedded_pos::printer::text::Charset;

static PROFILE: Profile = Profile { charset: Charset::ASCII, ..Profile::CLONE_58MM };

#[unsafe(no_mangle)]
extern "C" fn start() {
    flash::runtime();
    flash::text(&PROFILE);
}
