//! The same in GB 2312.
#![no_std]
#![no_main]

use embedded_pos::printer::escpos::Profile;
use embedded_pos::printer::text::Charset;

static PROFILE: Profile = Profile { charset: Charset::GB2312, ..Profile::CLONE_58MM };

#[unsafe(no_mangle)]
extern "C" fn start() {
    flash::runtime();
    flash::text(&PROFILE);
}
