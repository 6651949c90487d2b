//! Numbers of persons.

use embedded_pos::scan::document::{ForeignerId, HomeReturnPermit, IdError, ResidentId};

/// What is read is what was given.
pub fn run(data: &[u8]) {
    match ResidentId::parse(data) {
        Ok(id) => assert!(id.as_bytes().eq_ignore_ascii_case(data)),
        Err(error) => placed(error, data),
    }
    match ForeignerId::parse(data) {
        Ok(id) => assert!([id.nationality(), id.area()].concat() == data[..7]),
        Err(error) => placed(error, data),
    }
    match HomeReturnPermit::parse(data) {
        Ok(permit) => assert!(permit.person() == &data[1..9]),
        Err(error) => placed(error, data),
    }
}

fn placed(error: IdError, data: &[u8]) {
    match error {
        IdError::Length(len) => assert_eq!(len, data.len()),
        IdError::Character(at) | IdError::Date(at) => assert!(at < data.len()),
        other => panic!("{other:?}"),
    }
}
