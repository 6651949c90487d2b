//! APDUs: short and extended, chains, status words, GET RESPONSE.

use embedded_pos::card::apdu::Case;
use embedded_pos::card::{
    ApduError, CardReader, Command, Meaning, Response, StatusWord, transmit_whole,
};
use embedded_pos::{Error, ErrorKind, ErrorType, nb};
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
        (0x6390, Meaning::WarningChanged, "6390 (warning)"),
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
        expected in 0..300_u32,
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

/// ISO/IEC 7816-3:2006, 12.1.3: each case made, and taken apart again.
#[test]
fn the_seven_cases_both_ways() {
    let new = Command::new(0x00, 0xB0, 0x01, 0x02);
    let long = [0xAB; 300];
    let cases: [(Command<'_>, Case, &[u8]); 10] = [
        (new, Case::One, &[]),
        (new.expect(256), Case::ShortTwo, &[0x00]),
        (new.data(&[7, 8]), Case::ShortThree, &[0x02, 7, 8]),
        (new.data(&[7, 8]).expect(9), Case::ShortFour, &[0x02, 7, 8, 0x09]),
        (new.expect(1).extended(), Case::ExtendedTwo, &[0x00, 0x00, 0x01]),
        (new.expect(65_536).extended(), Case::ExtendedTwo, &[0x00, 0x00, 0x00]),
        (new.data(&[7]).extended(), Case::ExtendedThree, &[0x00, 0x00, 0x01, 7]),
        (new.data(&[7]).expect(0x102).extended(), Case::ExtendedFour, &[0, 0, 1, 7, 1, 2]),
        (new.data(&[7]).expect(65_536).extended(), Case::ExtendedFour, &[0, 0, 1, 7, 0, 0]),
        (new.data(&long).extended(), Case::ExtendedThree, &[0x00, 0x01, 0x2C]),
    ];
    for (command, case, body) in cases {
        let mut buf = vec![0; Command::MAX_EXTENDED];
        let apdu = command.write_to(&mut buf).unwrap();
        let (header, rest) = apdu.split_at(4);
        assert_eq!(header, [0x00, 0xB0, 0x01, 0x02]);
        assert!(rest.starts_with(body), "{rest:02X?}");
        assert!(rest.len() == body.len() || rest[3..] == long);
        let parsed = Command::parse(apdu).unwrap();
        assert_eq!((parsed, parsed.case()), (command, case));
        assert_eq!(parsed.reveal(), command.reveal());
        for len in 0..apdu.len() {
            assert_eq!(command.write_to(&mut vec![0; len]), Err(ApduError::Buffer));
        }
    }
    let too_long =
        new.data(&[0; 65_536]).extended().write_to(&mut vec![0; 70_000]).map(<[u8]>::len);
    assert_eq!(too_long, Err(ApduError::TooLong));
    let longest = new.data(&[0; 65_535]).expect(65_536).extended();
    let len = longest.write_to(&mut vec![0; 70_000]).map(<[u8]>::len);
    assert_eq!(len, Ok(Command::MAX_EXTENDED));
}

#[test]
fn what_is_no_command_is_refused() {
    for len in 0..4 {
        assert_eq!(Command::parse(&[0; 4][..len]), Err(ApduError::Header));
    }
    let bad: [&[u8]; 7] = [
        &[0, 0],          // An extended Lc or Le cut short.
        &[2, 7],          // Lc of 2, one byte.
        &[2, 7, 8, 0, 0], // And two bytes of Le.
        &[0, 0, 0, 7],    // An extended Lc of 0.
        &[0, 0, 2, 7],
        &[0, 0, 1, 7, 1], // An extended Le cut short.
        &[0, 0, 1, 7, 1, 2, 3],
    ];
    for body in bad {
        let command = [&[0x00, 0xB0, 0x00, 0x00], body].concat();
        assert_eq!(Command::parse(&command), Err(ApduError::Length), "{body:02X?}");
    }
}

/// ISO/IEC 7816-4:2013, 5.3.3.
#[test]
fn a_chain_says_more_in_all_but_its_last_part() {
    let data: Vec<u8> = (0..=255).cycle().take(600).collect();
    let command = Command::new(0x80, 0xE2, 0x90, 0x00).data(&data).expect(256);
    let parts: Vec<_> = command.chain(255).collect();
    let heads: Vec<_> = parts.iter().map(|part| (part.header()[0], part.expected())).collect();
    assert_eq!(heads, [(0x90, 0), (0x90, 0), (0x80, 256)]);
    let joined: Vec<u8> = parts.iter().flat_map(|part| part.reveal()).copied().collect();
    assert_eq!(joined, data);
    assert!(parts.iter().all(|part| part.write_to(&mut [0; Command::MAX]).is_ok()));
    for whole in [&data[..255], &data[..1], &[]] {
        let command = command.data(whole);
        assert_eq!(command.chain(255).collect::<Vec<_>>(), [command]);
    }
    assert_eq!(command.data(&data[..3]).chain(0).count(), 3);
}

/// A reader that carries T=0 raw, over a card that has these bytes to give.
struct Raw {
    rest: Vec<u8>,
    /// What is ready for GET RESPONSE at a time.
    at_once: usize,
    heard: Vec<Vec<u8>>,
}

impl ErrorType for Raw {
    type Error = ErrorKind;
}

impl CardReader for Raw {
    fn poll_inserted(&mut self) -> nb::Result<(), ErrorKind> {
        Ok(())
    }
    fn poll_removed(&mut self) -> nb::Result<(), ErrorKind> {
        Err(nb::Error::WouldBlock)
    }
    fn activate(&mut self, _: &mut [u8]) -> Result<usize, ErrorKind> {
        Ok(0)
    }
    fn transmit(&mut self, command: &[u8], response: &mut [u8]) -> Result<usize, ErrorKind> {
        self.heard.push(command.to_vec());
        let ready = self.rest.len().min(self.at_once);
        let mut answer = match command {
            [_, 0xA4, ..] => Vec::new(),
            [_, 0xC0 | 0xB2, 0, 0, le] | [_, 0xB2, 0, 0, 0, 0, le] if usize::from(*le) == ready => {
                self.rest.drain(..ready).collect()
            }
            [_, 0xC0 | 0xB2, 0, 0, _] | [_, 0xB2, 0, 0, 0, 0, _] => {
                response[..2].copy_from_slice(&[0x6C, ready as u8]);
                return Ok(2);
            }
            other => panic!("{other:02X?}"),
        };
        let ready = self.rest.len().min(self.at_once) as u8;
        answer.extend(if self.rest.is_empty() { [0x90, 0x00] } else { [0x61, ready] });
        let room = response.get_mut(..answer.len()).ok_or(ErrorKind::Argument)?;
        room.copy_from_slice(&answer);
        Ok(answer.len())
    }
    fn deactivate(&mut self) -> Result<(), ErrorKind> {
        Ok(())
    }
}

#[test]
fn a_response_is_fetched_whole_where_the_reader_does_not() {
    let data: Vec<u8> = (0..100).collect();
    let mut raw = Raw { rest: data.clone(), at_once: 40, heard: Vec::new() };
    let mut response = [0; 258];
    let select = [0x81, 0xA4, 0x04, 0x00, 1, 0x3F, 0x00];
    assert_eq!(transmit_whole(&mut raw, &select, &mut response), Ok(102));
    assert_eq!((&response[..100], &response[100..102]), (&data[..], &[0x90, 0x00][..]));
    let asked: Vec<_> = raw.heard[1..].iter().map(Vec::as_slice).collect();
    // The same logical channel, and an interindustry class.
    assert_eq!(asked, [[1, 0xC0, 0, 0, 40], [1, 0xC0, 0, 0, 40], [1, 0xC0, 0, 0, 20]]);
    // A wrong Le is put right, once.
    let mut raw = Raw { rest: data.clone(), at_once: 100, heard: Vec::new() };
    assert_eq!(transmit_whole(&mut raw, &[0, 0xB2, 0, 0, 0], &mut response), Ok(102));
    assert_eq!(raw.heard, [[0, 0xB2, 0, 0, 0], [0, 0xB2, 0, 0, 100]]);
    // In an extended command as well.
    let mut raw = Raw { rest: data.clone(), at_once: 100, heard: Vec::new() };
    assert_eq!(transmit_whole(&mut raw, &[0, 0xB2, 0, 0, 0, 0, 0], &mut response), Ok(102));
    assert_eq!(raw.heard, [[0, 0xB2, 0, 0, 0, 0, 0], [0, 0xB2, 0, 0, 0, 0, 100]]);
    // What does not fit is the reader's error.
    let mut raw = Raw { rest: data, at_once: 40, heard: Vec::new() };
    let short = transmit_whole(&mut raw, &select, &mut response[..60]);
    assert_eq!(short, Err(ErrorKind::Argument));
}

#[test]
fn a_card_that_has_always_more_is_left() {
    struct Endless(usize);
    impl ErrorType for Endless {
        type Error = ErrorKind;
    }
    impl CardReader for Endless {
        fn poll_inserted(&mut self) -> nb::Result<(), ErrorKind> {
            Ok(())
        }
        fn poll_removed(&mut self) -> nb::Result<(), ErrorKind> {
            Ok(())
        }
        fn activate(&mut self, _: &mut [u8]) -> Result<usize, ErrorKind> {
            Ok(0)
        }
        fn transmit(&mut self, _: &[u8], response: &mut [u8]) -> Result<usize, ErrorKind> {
            self.0 += 1;
            response[..3].copy_from_slice(&[0x55, 0x61, 0x00]);
            Ok(3)
        }
        fn deactivate(&mut self) -> Result<(), ErrorKind> {
            Ok(())
        }
    }
    let mut card = Endless(0);
    let len = transmit_whole(&mut card, &[0, 0xC0, 0, 0, 0], &mut [0; 1_000]).unwrap();
    assert_eq!((len, card.0), (259, 257));
}

/// Every status word has words, and EMV's are for the command they answer.
#[test]
fn words_of_status_words() {
    for word in 0..=u16::MAX {
        let status = StatusWord(word);
        let text = status.to_string();
        assert!(text.starts_with(&format!("{word:04X} (")) && text.len() > 7, "{text}");
        let named = status.text().is_some();
        assert!(!named || !matches!(status.meaning(), Meaning::Other | Meaning::More(_)));
    }
    assert_eq!(StatusWord(0x6283).emv(0xA4), Some("application blocked"));
    assert_eq!(StatusWord(0x63C2).emv(0x20), Some("wrong PIN"));
    assert_eq!(StatusWord(0x6283).emv(0xB2), None);
}

proptest! {
    #[test]
    fn what_is_parsed_is_written_the_same(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        if let Ok(command) = Command::parse(&bytes) {
            let mut buf = [0; 600];
            prop_assert_eq!(command.write_to(&mut buf).unwrap(), &bytes[..]);
        }
    }
}
