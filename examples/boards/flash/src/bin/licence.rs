//! A driving licence: its parts, and what does not fit together.
#![no_std]
#![no_main]

use core::fmt::Write as _;

use embedded_pos::scan::document::card::Expiry;
use embedded_pos::scan::document::licence::{ArchiveNumber, Classes, DrivingLicence, Term, date};
use embedded_pos::scan::document::{LicenceCore, ResidentId};
use flash::{unknown, wanted};

struct Out;

impl core::fmt::Write for Out {
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        text.bytes().for_each(|byte| wanted(byte.into()));
        Ok(())
    }
}

#[unsafe(no_mangle)]
extern "C" fn start() {
    flash::runtime();
    let bytes = [unknown() as u8; 18];
    let text = core::str::from_utf8(&bytes).unwrap_or_default();
    let (Ok(number), Ok(classes)) = (ResidentId::parse(&bytes), Classes::parse(text)) else {
        return;
    };
    let (Some(from), Some(today)) = (date(text), date(text)) else { return };
    let licence = DrivingLicence {
        number,
        archive: bytes.get(..12).and_then(|text| ArchiveNumber::parse(text).ok()),
        classes,
        term: Term { from, until: date(text).map_or(Expiry::LongTerm, Expiry::On) },
        first_issued: date(text),
        core: bytes.get(..13).and_then(LicenceCore::parse),
    };
    wanted(licence.advice(today).bits().into());
    wanted(licence.classes.covers(Classes::C1).into());
    let _ = write!(Out, "{}", licence.classes);
}
