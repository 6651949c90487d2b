//! EMVCo merchant-presented codes.

use embedded_pos::scan::code::mpm::{Lengths, Mpm};
use embedded_pos::scan::document::Check;

/// Objects lie one behind the other, and cover the payload; a CRC that agrees
/// stands in it.
pub fn run(data: &[u8]) {
    let Ok(code) = Mpm::parse(data) else { return };
    let mut end = 0;
    for object in code.objects() {
        let object = object.unwrap();
        assert_eq!(object.offset, end);
        assert!(object.id <= 99);
        end += 4 + object.value.len();
        let inner = object.objects().filter_map(Result::ok);
        inner.for_each(|inner| assert!(inner.offset >= object.offset + 4));
    }
    assert_eq!(end, data.len());
    assert_eq!(code.lengths() == Lengths::Either, data.is_ascii());
    assert_eq!(code.crc() == Check::Absent, code.get(63).is_none());
    assert!(code.findings().count() <= data.len() + 16);
    let _ = (code.tip(), code.localised(), code.minor_amount(), code.accounts().count());
}
