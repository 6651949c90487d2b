//! Machine readable zones.

use std::hint::black_box;

use embedded_pos::scan::document::mrz::Zone;

/// The tolerant reader of machine readable zones: a passport between blank
/// lines and spaces.
#[must_use]
pub fn mrz(times: usize) -> u64 {
    let blank = " \r\n".repeat(256 * times);
    let text = format!(
        "{blank}P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<{blank}\
         L898902C36UTO7408122F1204159ZE184226B<<<<<10{blank}"
    );
    let zone = Zone::read(black_box(&text).as_bytes()).expect("blanks do not matter");
    zone.repairs().count() as u64
}
