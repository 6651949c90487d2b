//! AAMVA licences.

use std::hint::black_box;

use embedded_pos::scan::document::aamva::Aamva;

/// The tolerant reader of AAMVA licences: the same elements again and again.
#[must_use]
pub fn aamva(times: usize) -> u64 {
    read_aamva(&AAMVA_ELEMENTS.replace(' ', "\n"), times)
}

/// The same without separators.
#[must_use]
pub fn aamva_bare(times: usize) -> u64 {
    read_aamva(&AAMVA_ELEMENTS.replace(' ', ""), times)
}

const AAMVA_ELEMENTS: &str = "DAQT64230000 DCSMADDEN DDEN DACPAT DDFN DADLEE DDGN DCAD DCBK DCDPH \
DBD06062019 DBB06061986 DBA12102034 DBC1 DAU068in DAYBRO DAG2300DAISYSTREET DAIAYTOWN DAJVA \
DAK232690000 DCF2424244747474786000000 DCGUSA DCK123456789 DDAF DDB06062018 DDD1 DAW180 DAZBRO ";

fn read_aamva(elements: &str, times: usize) -> u64 {
    let text = format!("@\n\u{1E}\rANSI 000000100001DL00310000DL{}", elements.repeat(times));
    let aamva = Aamva::parse(black_box(&text).as_bytes()).expect("it has a header");
    (aamva.elements().count() + aamva.faults().count()) as u64
}
