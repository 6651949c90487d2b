//! What `oda` has, with SM2 and SM3 beside RSA.
#![no_std]
#![no_main]

use embedded_pos::civil::Date;
use embedded_pos::emv::oda::{Authorities, Capk, CardData, Sent};
use embedded_pos::emv::{Aip, Store, Tag};
use flash::{unknown, wanted};

#[unsafe(no_mangle)]
extern "C" fn start() {
    flash::runtime();
    let mut memory = [0; Store::ROOM];
    let (mut record, mut modulus, mut point) = ([0; 256], [0; 248], [0; 64]);
    flash::fill(&mut modulus);
    flash::fill(&mut point);
    let rid = [0xA0, 0x00, 0x00, 0x03, 0x33];
    let rsa = Capk::new(rid, unknown() as u8, &modulus, &[0x03]);
    let keys = [rsa, Capk::sm2(rid, unknown() as u8, &point)];
    let trusted = Authorities { keys: &keys, revoked: &[] };
    let aip = Aip::from_bits_retain(unknown() as u16);
    let Ok(mut card) = CardData::new(&mut memory, &record, aip) else { return };
    let Ok(date) = Date::new(unknown() as u16, unknown() as u8, unknown() as u8) else { return };
    for _ in 0..unknown() {
        flash::fill(&mut record);
        wanted(card.record(unknown() as u8, unknown() != 0, &record).is_ok().into());
    }
    flash::fill(&mut record);
    let sent = Sent { unpredictable_number: &record, ..Sent::default() };
    wanted(card.sda(&trusted, date).is_ok().into());
    wanted(card.dda(&trusted, date, &record, &record).is_ok().into());
    wanted(card.cda(&trusted, date, &record, &sent).is_ok().into());
    flash::shown(card.data(Tag::DYNAMIC_NUMBER).unwrap_or_default());
}
