//! Vehicle identification numbers: sections, check digit, years, country.

use std::hint::black_box;

use embedded_pos::scan::document::Check;
use embedded_pos::scan::document::vin::{Region, Vin};

use crate::digest;

/// Published examples and synthetic numbers; years of which both are past, and
/// countries that both know.
static NUMBERS: [&str; 6] = [
    "1M8GDM9AXKP042788",
    "1HGRM2U17RCH1X043",
    "wp0zzz99zes392124",
    "LSV5C1S82CYHG9922",
    "JHMLUZZB0ECM8N559",
    "SA9AK3NA0FS388001",
];

struct Seen<'a> {
    parts: [&'a str; 3],
    region: u64,
    country: &'a str,
    years: [u64; 2],
    valid: bool,
    small: bool,
}

fn add(state: u64, seen: &Seen<'_>) -> u64 {
    let texts = seen.parts.iter().chain([&seen.country]).flat_map(|text| text.bytes());
    let state = texts.fold(state, |state, byte| digest(state, byte.into()));
    let [early, late] = seen.years;
    let flags = u64::from(seen.valid) << 1 | u64::from(seen.small);
    [seen.region, early, late, flags].into_iter().fold(state, digest)
}

/// `embedded_pos::scan::document::vin`.
pub fn ours() -> u64 {
    black_box(NUMBERS).iter().fold(0, |state, number| {
        let vin = Vin::parse(number.as_bytes()).expect("the numbers are well-formed");
        let seen = Seen {
            parts: [vin.wmi(), vin.vds(), vin.vis()],
            region: match vin.region() {
                Region::Asia => 1,
                Region::Europe => 2,
                Region::NorthAmerica => 3,
                _ => 0,
            },
            country: vin.country().expect("the countries are known"),
            years: vin.years().expect("all have a year").map(u64::from),
            valid: vin.check() == Check::Valid,
            small: vin.small_maker().is_some(),
        };
        add(state, &seen)
    })
}

/// `vin_parser`, which knows the names of makers and countries.
pub fn vin_parser() -> u64 {
    black_box(NUMBERS).iter().fold(0, |state, number| {
        let vin = vin_parser::get_info(number).expect("the numbers are well-formed");
        let years = vin.years();
        let seen = Seen {
            parts: [vin.wmi(), vin.vds(), vin.vis()],
            region: match &*vin.region {
                "Asia" => 1,
                "Europe" => 2,
                "North America" => 3,
                _ => 0,
            },
            country: match &*vin.country {
                "United States" => "US",
                "Germany/West Germany" => "DE",
                "China (Mainland)," => "CN",
                "Japan" => "JP",
                "United Kingdom" => "GB",
                other => other,
            },
            years: [years[0].into(), years[1].into()],
            valid: vin.valid_checksum.is_ok(),
            small: vin.small_manufacturer(),
        };
        add(state, &seen)
    })
}
