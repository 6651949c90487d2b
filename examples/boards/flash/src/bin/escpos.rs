//! ESC/POS: text, style, status, native QR codes, proof of printing.
#![no_std]
#![no_main]

use embedded_pos::port::Clock;
use embedded_pos::printer::escpos::{EscPos, Profile, Qr, Timed};
use embedded_pos::printer::text::Charset;
use embedded_pos::printer::{QrLevel, Style};
use flash::{Timer, Uart, unknown, wanted};

static PROFILE: Profile = Profile { charset: Charset::ASCII, ..Profile::CLONE_58MM };

/// Takes as much .bss as the driver has state.
#[used]
static mut STATE: core::mem::MaybeUninit<EscPos<Uart, Timed>> = core::mem::MaybeUninit::uninit();

#[unsafe(no_mangle)]
extern "C" fn start() {
    flash::runtime();
    let mut printer = EscPos::new(Uart, Timed, &PROFILE);
    let digits = (unknown() % 1_000_000_000).to_be_bytes();
    let text = core::str::from_utf8(&digits).unwrap_or("");
    wanted(printer.init().wait(&mut Timer).map_or(0, |status| status.bits().into()));
    wanted(printer.print(Style::TITLE).wait(&mut Timer).is_ok().into());
    wanted(printer.print(text).wait(&mut Timer).is_ok().into());
    let qr = Qr { data: text.as_bytes(), module: 4, level: QrLevel::M };
    wanted(printer.print(qr).wait(&mut Timer).is_ok().into());
    wanted(printer.status().wait(&mut Timer).map_or(0, |status| status.bits().into()));
    wanted(printer.finish().wait(&mut Timer).is_ok().into());
    let _ = Timer.now();
}
