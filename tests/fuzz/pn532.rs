//! What stands in a stream of bytes from a PN532.

use embedded_pos::card::reader::pn532::frame::{Found, find};

/// Whatever comes, something is used of it; what is a frame adds up, and is one
/// however little more came behind it.
pub fn run(data: &[u8]) {
    let mut rest = data;
    while let Some((found, used)) = find(rest) {
        assert!((1..=rest.len()).contains(&used), "{used} of {}", rest.len());
        let frame = &rest[..used];
        if let Found::Data(content) = found {
            let sum =
                frame[used - 2 - content.len()..].iter().fold(0, |a: u8, b| a.wrapping_add(*b));
            assert!(sum == 0 && frame.starts_with(&[0x00, 0xFF]), "{frame:02X?}");
            assert!(content.len() <= 265 && used - content.len() <= 9);
        }
        if !matches!(found, Found::Noise | Found::Garbled) {
            assert_eq!(find(frame), Some((found, used)), "more was needed");
        }
        rest = &rest[used..];
    }
}
