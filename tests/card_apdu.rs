//! Short APDUs.

use embedded_pos::card::{ApduError, Command, Meaning, Response, StatusWord};
use embedded_pos::{Error, ErrorKind};
use proptest::prelude::*;

fn written(command: Command<'_>) -> Result<Vec<u8>, ApduError> {
    command.write_to(&mut [0; Command::MAX]).map(<[u8]>::to_vec)
}

/// ISO/IEC 7816-3:2006, 12.1.2.
#[test]
fn the_four_cases() {
    let case1 = Command::new(0x00, 0xE4, 0x00, 0x00);
    assert_eq!(written(case1), Ok(vec![0x00, 0xE4, 0x00, 0x00]));
    assert_eq!(written(case1.expect(5)), Ok(vec![0x00, 0xE4, 0x00, 0x00, 5]));
    assert_eq!(written(case1.expect(256)), Ok(vec![0x00, 0xE4, 0x00, 0x00, 0]));
    assert_eq!(written(case1.data(&[9, 8])), Ok(vec![0x00, 0xE4, 0x00, 0x00, 2, 9, 8]));
    let case4 = case1.data(&[9, 8]).expect(255);
    assert_eq!(written(case4), Ok(vec![0x00, 0xE4, 0x00, 0x00, 2, 9, 8, 255]));
}

#[test]
fn what_a_short_command_cannot_carry_is_refused() {
    let command = Command::new(0, 0xDA, 0, 0);
    assert_eq!(written(command.data(&[0; 255]).expect(256)).unwrap().len(), Command::MAX);
    assert_eq!(written(command.data(&[0; 256])), Err(ApduError::TooLong));
    assert_eq!(written(command.expect(257)), Err(ApduError::TooLong));
    for len in 0..8 {
        let result = command.data(&[1, 2]).expect(3).write_to(&mut [0; 8][..len]).map(<[u8]>::len);
        assert_eq!(result, Err(ApduError::Buffer));
    }
    assert_eq!(ApduError::Buffer.kind(), ErrorKind::Argument);
}

#[test]
fn a_response_is_data_and_a_status_word() {
    let response = Response::new(&[0x6F, 0x00, 0x90, 0x00]).unwrap();
    assert_eq!((response.data(), response.status()), (&[0x6F, 0x00][..], StatusWord::SUCCESS));
    assert_eq!(Response::new(&[0x90]), Err(ApduError::NoStatus));
    assert_eq!(Response::new(&[]), Err(ApduError::NoStatus));
    assert_eq!(Response::new(&[0x6A, 0x82]).unwrap().data(), []);
}

#[test]
fn status_words_and_what_they_mean() {
    let cases = [
        (0x9000, Meaning::Success, "9000 (done)"),
        (0x6110, Meaning::More(16), "6110 (16 bytes more)"),
        (0x6100, Meaning::More(256), "6100 (256 bytes more)"),
        (0x6C05, Meaning::WrongLength(5), "6C05 (wrong length, 5 is right)"),
        (0x6283, Meaning::Warning, "6283 (selected file deactivated)"),
        (0x63C2, Meaning::Counter(2), "63C2 (counter at 2)"),
        (0x6381, Meaning::WarningChanged, "6381 (warning)"),
        (0x6581, Meaning::Failed, "6581 (memory failure)"),
        (0x6985, Meaning::Refused, "6985 (conditions of use not satisfied)"),
        (0x6FFF, Meaning::Refused, "6FFF (refused)"),
        (0x9001, Meaning::Other, "9001 (unknown)"),
    ];
    for (word, meaning, text) in cases {
        let status = StatusWord(word);
        assert_eq!((status.meaning(), status.to_string().as_str()), (meaning, text));
        assert_eq!(u16::from_be_bytes([status.sw1(), status.sw2()]), word);
    }
    assert_eq!(StatusWord::from([0x6A, 0x82]), StatusWord(0x6A82));
}

#[test]
fn debug_shows_no_data() {
    let pin = [0x24, 0x12, 0x34, 0xFF];
    let text = format!("{:?}", Command::new(0x00, 0x20, 0x00, 0x80).data(&pin));
    assert_eq!(text, "Command(00 20 00 80, 4 bytes, expects 0)");
    let text = format!("{:?}", Response::new(&[0x5A, 0x47, 0x61, 0x90, 0x00]).unwrap());
    assert_eq!(text, "Response(3 bytes, 9000 (done))");
}

proptest! {
    #[test]
    fn any_command_fits_or_is_refused(
        data in prop::collection::vec(any::<u8>(), 0..300),
        expected in 0..300_u16,
    ) {
        let command = Command::new(0x80, 0xAE, 0x80, 0x00).data(&data).expect(expected);
        match written(command) {
            Ok(apdu) => {
                prop_assert!(data.len() <= 255 && expected <= 256);
                let lc = usize::from(!data.is_empty());
                let le = usize::from(expected > 0);
                prop_assert_eq!(apdu.len(), 4 + lc + data.len() + le);
                prop_assert!(apdu[4 + lc..].starts_with(&data));
            }
            Err(error) => {
                prop_assert_eq!(error, ApduError::TooLong);
                prop_assert!(data.len() > 255 || expected > 256);
            }
        }
    }
}
