//! Number plates.

use embedded_pos::scan::plate::Plate;

/// What is read is read again from its canonical form.
pub fn run(data: &[u8]) {
    let _ = Plate::parse_gbk(data);
    let Ok(text) = core::str::from_utf8(data) else { return };
    match Plate::parse(text) {
        Ok(plate) => {
            let again = Plate::parse(plate.canonical().as_str()).unwrap();
            assert_eq!(again.canonical(), plate.canonical());
            assert_eq!(again.class(), plate.class());
        }
        Err(error) => assert!(error.offset() <= data.len(), "{error:?}"),
    }
}
