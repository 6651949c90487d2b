//! Classes and days of licences.

use embedded_pos::scan::document::licence::{ClassError, Classes, Month, date};

/// What is read is read again from its printed form.
pub fn run(data: &[u8]) {
    let Ok(text) = core::str::from_utf8(data) else { return };
    match Classes::parse(text) {
        Ok(classes) => assert_eq!(Classes::parse(&classes.to_string()), Ok(classes)),
        Err(ClassError::Class(at)) => assert!(text.is_char_boundary(at) && at < text.len()),
        Err(ClassError::Empty) => {}
    }
    if let Some(day) = date(text) {
        assert_eq!(date(&day.to_string()), Some(day));
    }
    if let Some(month) = Month::find(text) {
        assert!((1..=12).contains(&month.month()));
    }
}
