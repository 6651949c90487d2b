//! A consumer-presented code: every application and what is for the issuer.
#![no_std]
#![no_main]

use embedded_pos::scan::code::cpm::{Cpm, Template};
use flash::{unknown, wanted};

fn look(template: &Template<'_>) {
    let values = [template.aid(), template.label(), template.languages()];
    values.into_iter().flatten().for_each(|value| wanted(value.len() as u32));
    wanted(template.pan().map_or(0, |pan| pan.expose().len() as u32));
    wanted(template.track2().map_or(0, |track| track.expose().len() as u32));
    wanted(template.cryptogram().and_then(|chip| chip.counter).map_or(0, |atc| atc.len() as u32));
}

#[unsafe(no_mangle)]
extern "C" fn start() {
    flash::runtime();
    let text = [unknown() as u8; 168];
    let mut buf = [0; 126];
    let Ok(code) = Cpm::decode(&text, &mut buf) else { return };
    code.applications().chain(code.common()).for_each(|template| look(&template));
}
