//! Licences of North America: all that the view of a card tells, and faults.
#![no_std]
#![no_main]

use embedded_pos::scan::document::aamva::{Aamva, Card, Day};
use flash::wanted;

#[unsafe(no_mangle)]
extern "C" fn start() {
    flash::runtime();
    let payload = [flash::unknown() as u8; 400];
    match Aamva::parse(&payload) {
        Ok(aamva) => {
            wanted(aamva.faults().count() as u32);
            wanted(aamva.issuer().map_or(0, |issuer| issuer.short.len() as u32));
            card(&aamva.card());
        }
        Err(fault) => wanted(fault.at as u32),
    }
}

fn card(card: &Card<'_>) {
    let (name, address) = (card.name(), card.address());
    let texts = [name.family, name.first, name.full, address.street, address.city, card.number()];
    texts.into_iter().flatten().flatten().for_each(|byte| wanted((*byte).into()));
    for day in [card.birth(), card.issue(), card.expiry()] {
        wanted(day.and_then(|day: Day<'_>| day.date).map_or(0, |date| date.year().into()));
    }
    wanted(card.sex().is_some().into());
    wanted(card.height().is_some().into());
}
