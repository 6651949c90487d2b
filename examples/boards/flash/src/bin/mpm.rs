//! A merchant-presented code: every field, the check and what is found.
#![no_std]
#![no_main]

use embedded_pos::scan::code::mpm::{Field, Finding, Mpm, Said};
use flash::{unknown, wanted};

#[unsafe(no_mangle)]
extern "C" fn start() {
    flash::runtime();
    let text = [unknown() as u8; 260];
    let Ok(code) = Mpm::parse(&text) else { return };
    wanted(code.crc() as u32);
    wanted(code.findings().any(|finding| finding == Finding::NotFirst).into());
    code.accounts().for_each(|account| wanted(account.unionpay().is_some().into()));
    wanted(code.minor_amount().unwrap_or_default() as u32);
    wanted(code.tip().is_some().into());
    wanted(code.localised().is_some().into());
    wanted(matches!(code.additional(Field::Reference), Some(Said::Ask)).into());
    wanted(code.name().map_or(0, <[u8]>::len) as u32);
}
