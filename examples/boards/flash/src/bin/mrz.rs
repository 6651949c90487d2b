//! A machine readable zone out of text, every field and check.
#![no_std]
#![no_main]

use embedded_pos::scan::document::mrz::{Mrz, Zone};
use flash::{unknown, wanted};

/// Takes as much .bss as a zone has state.
#[used]
static mut STATE: core::mem::MaybeUninit<Zone> = core::mem::MaybeUninit::uninit();

fn look(mrz: &Mrz<'_>) {
    let (head, tail) = mrz.number().pieces();
    let names = mrz.surname().parts().chain(mrz.given_names().parts());
    let texts = [mrz.document_type(), mrz.issuer(), mrz.nationality(), head, tail, mrz.optional()];
    names.chain(texts).for_each(|text| wanted(text.len() as u32));
    for date in [mrz.birth(), mrz.expiry()].into_iter().flatten() {
        wanted(date.in_century(19).map_or(0, |day| day.year().into()));
    }
    wanted(mrz.checks().agree().into());
    wanted(mrz.advice().bits().into());
}

#[unsafe(no_mangle)]
extern "C" fn start() {
    flash::runtime();
    let text = [unknown() as u8; 92];
    let Ok(zone) = Zone::read(&text) else { return };
    wanted(zone.repairs().count() as u32);
    look(&zone.mrz());
}
