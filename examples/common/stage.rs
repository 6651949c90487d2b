//! The devices and people the examples play with. All data is made up.

use std::sync::atomic::{AtomicU16, Ordering};

use embedded_pos::sim::camera::{Pass, VzenithCamera};
use embedded_pos::sim::card::{CcidReader, EmvApplet, Personalisation, T1Card};
use embedded_pos::sim::fingerprint::R503Module;
use embedded_pos::sim::issuer::Issuer;
use embedded_pos::sim::printer::{EscPosPrinter, Model};
use embedded_pos::sim::scanner::{Gm65Module, Symbology};

/// The vehicle that comes past.
pub const PLATE: &str = "津A12345";
/// What stands on the licence: a made-up number with a right check digit.
pub const LICENCE: &str = "120101199003070013";
/// Payment codes as payers show them.
pub const WECHAT: &str = "134567890123456789";
/// As Alipay shows them.
pub const ALIPAY: &str = "281234567890123456";
/// As UnionPay shows them.
pub const UNIONPAY: &str = "6212345678901234567";
/// The fingers the sensor knows, by slot.
pub const FINGERS: [(u16, &str); 2] = [(3, "anna"), (4, "bert")];

/// The bank that gave the card out.
pub fn issuer() -> Issuer {
    Issuer::default()
}

/// What the payer's card computes. It is the same card each time it is put in:
/// its transaction counter goes on, as the bank refuses one it saw.
pub fn applet() -> EmvApplet {
    static USED: AtomicU16 = AtomicU16::new(0);
    let counter = USED.fetch_add(16, Ordering::Relaxed);
    EmvApplet::new(Personalisation { counter, ..Personalisation::default() }, &issuer())
}

/// The payer's card.
pub fn card() -> T1Card {
    T1Card::new(applet())
}

/// A reader without a card.
pub fn reader() -> CcidReader {
    CcidReader::new()
}

/// A scan engine as it comes from the factory.
pub fn scanner() -> Gm65Module {
    Gm65Module::new()
}

/// How a code looks to a scan engine: the licence is CODE128, the rest is QR.
pub fn symbology(code: &str) -> Symbology {
    if code == LICENCE { Symbology::Code128 } else { Symbology::Qr }
}

/// A plate camera.
pub fn camera() -> VzenithCamera {
    VzenithCamera::new()
}

/// A vehicle, as the camera sees it.
pub fn pass(plate: &str) -> Pass {
    Pass::new(plate)
}

/// A fingerprint sensor that knows the officers.
pub fn sensor() -> R503Module {
    let mut sensor = R503Module::new();
    for (slot, name) in FINGERS {
        sensor.store(slot, name);
    }
    sensor
}

/// A 58 mm printer.
pub fn printer() -> EscPosPrinter {
    EscPosPrinter::new(Model::CLONE_58MM)
}
