//! The devices and people the examples play with. All data is made up.

use std::sync::atomic::{AtomicU16, Ordering};

use embedded_pos::sim::camera::{Pass, VzenithCamera};
use embedded_pos::sim::card::pki::Pki;
use embedded_pos::sim::card::{
    Authentication, CardApplication, CcidReader, EmvApplet, Personalisation, T1Card,
};
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

/// The PIN of the payer's card.
pub const PIN: &str = "1234";

/// A CVM list without amounts, of these rules.
pub fn cvm_list(rules: &[[u8; 2]]) -> Vec<u8> {
    [&[0; 8][..], rules.as_flattened()].concat()
}

/// The application in the payer's card, not authenticated in any way. Its PIN is
/// verified by the card, enciphered or not as the terminal can; else the
/// cardholder signs. Its issuer lets payments be approved offline if nothing was
/// found, is to be asked if something was, and declines what has expired.
pub fn bare_application() -> CardApplication {
    CardApplication::new(1, "UnionPay Debit", 1)
        .with(0x8E, &cvm_list(&[[0x44, 0x03], [0x41, 0x03], [0x5E, 0x03], [0x1F, 0x00]]))
        .with(0x9F0E, &[0x00, 0x50, 0x00, 0x00, 0x00])
        .with(0x9F0F, &[0xFC, 0x70, 0xBC, 0xF8, 0x00])
        .with(0x9F0D, &[0xFC, 0x70, 0xAC, 0xA0, 0x00])
}

/// The same, authenticated with each cryptogram.
pub fn application() -> CardApplication {
    bare_application().authenticated(Authentication::Combined, Pki::default())
}

/// What is written in the payer's card.
pub fn personal() -> Personalisation {
    Personalisation::of(application()).with_pin(PIN)
}

/// What a card computes. It is the same card each time it is put in: its
/// transaction counter goes on, as the bank refuses one it saw.
pub fn issued(personal: Personalisation) -> EmvApplet {
    static USED: AtomicU16 = AtomicU16::new(0);
    let counter = USED.fetch_add(16, Ordering::Relaxed);
    EmvApplet::new(Personalisation { counter, ..personal }, &issuer())
}

/// What the payer's card computes.
pub fn applet() -> EmvApplet {
    issued(personal())
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
