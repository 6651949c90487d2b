//! Resident ID numbers.

use embedded_pos::scan::document::{IdError, ResidentId};

/// What is read is what was given.
pub fn run(data: &[u8]) {
    match ResidentId::parse(data) {
        Ok(id) => assert!(id.as_bytes().eq_ignore_ascii_case(data)),
        Err(IdError::Length(len)) => assert_eq!(len, data.len()),
        Err(IdError::Character(at) | IdError::Date(at)) => assert!(at < data.len()),
        Err(other) => panic!("{other:?}"),
    }
}
