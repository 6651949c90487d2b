//! Vehicle identification numbers.

use embedded_pos::scan::document::vin::{Vin, VinError};

/// What is read is what was given.
pub fn run(data: &[u8]) {
    match Vin::parse(data) {
        Ok(vin) => {
            assert!(vin.as_str().as_bytes().eq_ignore_ascii_case(data));
            assert!(vin.vis().ends_with(vin.last_six()));
            let years = vin.years();
            assert!(vin.year_hint().is_none_or(|hint| years.unwrap().contains(&hint)));
            let _ = (vin.check(), vin.region(), vin.country(), vin.advice(), vin.small_maker());
        }
        Err(VinError::Length(len)) => assert!(len == data.len() && len != 17),
        Err(VinError::Letter(at) | VinError::Character(at)) => assert!(at < data.len()),
        Err(other) => panic!("{other:?}"),
    }
}
