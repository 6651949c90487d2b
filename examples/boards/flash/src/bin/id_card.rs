//! What the text of an ID card says.
#![no_std]
#![no_main]

use embedded_pos::scan::document::card::{Expiry, Field, IdText};
use flash::{unknown, wanted};

#[unsafe(no_mangle)]
extern "C" fn start() {
    flash::runtime();
    let text = IdText::from([unknown() as u8; IdText::LEN]);
    let card = text.card();
    let mut buf = [0; 192];
    for field in [Field::Name, Field::EnglishName, Field::Address, Field::Issuer] {
        let utf8 = card.text(field).and_then(|text| text.to_utf8(&mut buf).ok());
        utf8.unwrap_or_default().bytes().for_each(|byte| wanted(byte.into()));
    }
    wanted(card.birth().map_or(0, |date| date.day().into()));
    wanted(matches!(card.valid_until(), Ok(Expiry::LongTerm)).into());
    wanted(card.resident_id().map_or(0, |id| id.birth().day().into()));
    let nation = card.nation().and_then(|nation| nation.name());
    nation.unwrap_or_default().bytes().for_each(|byte| wanted(byte.into()));
}
