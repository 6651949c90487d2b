//! The public operation of RSA.
#![no_std]
#![no_main]

use embedded_pos::emv::oda::rsa;
use flash::{unknown, wanted};

#[unsafe(no_mangle)]
extern "C" fn start() {
    flash::runtime();
    let (mut modulus, mut input, mut out) = ([0; 248], [0; 248], [0; 248]);
    flash::fill(&mut modulus);
    flash::fill(&mut input);
    let length = unknown() as usize;
    let modulus = modulus.get(..length).unwrap_or_default();
    let input = input.get(..length).unwrap_or_default();
    let result = rsa::recover(modulus, &[unknown() as u8], input, &mut out);
    wanted(result.is_ok().into());
    flash::shown(&out);
}
