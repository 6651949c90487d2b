//! ESC/POS: text, style, status and native QR codes, each by itself.
#![no_std]
#![no_main]

use embedded_pos::printer::escpos::{EscPos, Profile, Qr, Timed};
use embedded_pos::printer::text::Charset;
use embedded_pos::printer::{QrLevel, Style};
use flash::{Timer, Uart, unknown, wanted};

static PROFILE: Profile = Profile { charset: Charset::ASCII, ..Profile::CLONE_58MM };

#[unsafe(no_mangle)]
extern "C" fn start() {
    flash::runtime();
    let mut printer = EscPos::new(Uart, Timed, &PROFILE);
    let text = [unknown() as u8; 16];
    let text = core::str::from_utf8(&text).unwrap_or_default();
    wanted(printer.print(Style::TITLE).wait(&mut Timer).is_ok().into());
    wanted(printer.print(text).wait(&mut Timer).is_ok().into());
    let qr = Qr { data: text.as_bytes(), module: 4, level: QrLevel::M };
    wanted(printer.print(qr).wait(&mut Timer).is_ok().into());
    wanted(printer.status().wait(&mut Timer).map_or(0, |status| status.bits().into()));
}
