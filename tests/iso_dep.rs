//! ISO-DEP block by block: the scenarios of ISO/IEC 14443-4, Annex B, under
//! their numbers, and what the rules of clause 7 say besides.

use embedded_pos::card::contactless::iso_dep::{
    Block, BlockError, Fault, Heard, Limits, Next, Pcb, Session, Transfer, WrongBlock,
};
use embedded_pos::port::Duration;
use embedded_pos::{Error, ErrorKind};

/// What comes in answer to a block.
#[derive(Clone, Copy, Debug)]
enum Air {
    Block(&'static str),
    Garbled,
    Silence,
}

use Air::{Block as B, Garbled, Silence};

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<char> = hex.chars().filter(|c| !c.is_whitespace()).collect();
    digits
        .chunks(2)
        .map(|pair| u8::from_str_radix(&pair.iter().collect::<String>(), 16).unwrap())
        .collect()
}

/// FSC 16: thirteen bytes of an APDU in a block.
fn session() -> Session {
    let mut session = Session::new(Limits::DEFAULT);
    session.reset(16, 4, None);
    session
}

/// Plays a transfer: each block sent must be the one on the left.
fn play(
    session: &mut Session,
    mut transfer: Transfer,
    course: &[(&str, Air)],
) -> Result<(), Fault> {
    for (at, (sent, heard)) in course.iter().enumerate() {
        let mut out = [0; 256];
        let n = transfer.block(session, &mut out);
        assert_eq!(out[..n], bytes(sent), "block {at}");
        let held;
        let heard = match heard {
            B(hex) => {
                held = bytes(hex);
                Heard::Block(&held)
            }
            Garbled => Heard::Garbled,
            Silence => Heard::Silence,
        };
        match transfer.heard(session, heard) {
            Next::Transmit { wait } => {
                assert_eq!(wait, transfer.wait(session));
                assert!(at + 1 < course.len(), "goes on after {at}");
            }
            Next::Done(result) => {
                assert_eq!(at + 1, course.len(), "ends after {at}: {result:?}");
                return result;
            }
        }
    }
    unreachable!("a course ends with its last block")
}

fn command(session: &mut Session, apdu: &str, course: &[(&str, Air)]) -> Result<Vec<u8>, Fault> {
    let transfer = Transfer::command(session, &bytes(apdu))?;
    play(session, transfer, course).map(|()| session.response().to_vec())
}

fn ok(session: &mut Session, apdu: &str, course: &[(&str, Air)], response: &str) {
    assert_eq!(command(session, apdu, course), Ok(bytes(response)));
}

const A: &str = "00B0000001";
const C: &str = "00B0000101";

/// The next exchange goes well, with this block number.
fn settled(session: &mut Session, number: u8) {
    let (sent, answer) = match number {
        0 => ("02 00B0000101", B("02 77 9000")),
        _ => ("03 00B0000101", B("03 77 9000")),
    };
    ok(session, C, &[(sent, answer)], "77 9000");
}

#[test]
fn scenario_01_exchange_of_i_blocks() {
    let session = &mut session();
    ok(session, A, &[("02 00B0000001", B("02 11 9000"))], "11 9000");
    ok(session, C, &[("03 00B0000101", B("03 22 9000"))], "22 9000");
    settled(session, 0);
}

#[test]
fn scenario_02_waiting_time_extension() {
    let session = &mut session();
    let course = [("02 00B0000001", B("F2 01")), ("F2 01", B("02 11 9000"))];
    ok(session, A, &course, "11 9000");
    settled(session, 1);
}

#[test]
fn scenario_03_deselect() {
    let session = &mut session();
    settled(session, 0);
    let transfer = Transfer::deselect(session);
    assert_eq!(play(session, transfer, &[("C2", B("C2"))]), Ok(()));
}

const LONG: &str = "00D6000009 010203040506070809 00";
const FIRST: &str = "12 00D6000009 0102030405060708";

#[test]
fn scenario_04_reader_chains() {
    let session = &mut session();
    let course = [(FIRST, B("A2")), ("03 09 00", B("03 9000"))];
    ok(session, LONG, &course, "9000");
    settled(session, 0);
}

#[test]
fn scenario_05_card_chains() {
    let session = &mut session();
    let course = [("02 00B0000001", B("12 11 22")), ("A3", B("03 33 9000"))];
    ok(session, A, &course, "11 22 33 9000");
    settled(session, 0);
}

#[test]
fn scenario_06_start_of_protocol() {
    let session = &mut session();
    let course = [("02 00B0000001", Silence), ("B2", B("A3")), ("02 00B0000001", B("02 11 9000"))];
    ok(session, A, &course, "11 9000");
    settled(session, 1);
}

#[test]
fn scenario_07_i_block_lost() {
    let session = &mut session();
    settled(session, 0);
    let course = [("03 00B0000001", Silence), ("B3", B("A2")), ("03 00B0000001", B("03 11 9000"))];
    ok(session, A, &course, "11 9000");
    settled(session, 0);
}

#[test]
fn scenario_08_i_block_of_the_card_garbled() {
    let session = &mut session();
    let course = [("02 00B0000001", Garbled), ("B2", B("02 11 9000"))];
    ok(session, A, &course, "11 9000");
    settled(session, 1);
}

#[test]
fn scenario_09_i_block_of_the_card_garbled_and_nak_lost() {
    let session = &mut session();
    let course = [("02 00B0000001", Garbled), ("B2", Silence), ("B2", B("02 11 9000"))];
    ok(session, A, &course, "11 9000");
    settled(session, 1);
}

#[test]
fn scenario_10_wtx_request_garbled() {
    let session = &mut session();
    let course = [("02 00B0000001", Garbled), ("B2", B("F2 02")), ("F2 02", B("02 11 9000"))];
    ok(session, A, &course, "11 9000");
    settled(session, 1);
}

#[test]
fn scenario_11_wtx_request_garbled_and_nak_lost() {
    let session = &mut session();
    let course = [
        ("02 00B0000001", Garbled),
        ("B2", Silence),
        ("B2", B("F2 02")),
        ("F2 02", B("02 11 9000")),
    ];
    ok(session, A, &course, "11 9000");
    settled(session, 1);
}

#[test]
fn scenario_12_wtx_response_lost() {
    let session = &mut session();
    let course = [
        ("02 00B0000001", B("F2 02")),
        ("F2 02", Silence),
        ("B2", B("F2 02")),
        ("F2 02", B("02 11 9000")),
    ];
    ok(session, A, &course, "11 9000");
    settled(session, 1);
}

#[test]
fn scenario_13_i_block_after_wtx_garbled() {
    let session = &mut session();
    let course = [("02 00B0000001", B("F2 02")), ("F2 02", Garbled), ("B2", B("02 11 9000"))];
    ok(session, A, &course, "11 9000");
    settled(session, 1);
}

#[test]
fn scenario_14_i_block_after_wtx_garbled_and_nak_lost() {
    let session = &mut session();
    let course = [
        ("02 00B0000001", B("F2 02")),
        ("F2 02", Garbled),
        ("B2", Silence),
        ("B2", B("02 11 9000")),
    ];
    ok(session, A, &course, "11 9000");
    settled(session, 1);
}

#[test]
fn scenario_15_deselect_lost() {
    let session = &mut session();
    settled(session, 0);
    let transfer = Transfer::deselect(session);
    assert_eq!(play(session, transfer, &[("C2", Silence), ("C2", B("C2"))]), Ok(()));
}

#[test]
fn scenario_16_acknowledgement_of_a_chain_garbled() {
    let session = &mut session();
    let course = [(FIRST, Garbled), ("B2", B("A2")), ("03 09 00", B("03 9000"))];
    ok(session, LONG, &course, "9000");
    settled(session, 0);
}

#[test]
fn scenario_17_i_block_of_a_chain_lost() {
    let session = &mut session();
    let apdu = "00D6000019 0102030405060708 090A0B0C0D0E0F101112131415 16171819";
    let second = "13 090A0B0C0D0E0F101112131415";
    let course = [
        ("12 00D6000019 0102030405060708", B("A2")),
        (second, Silence),
        ("B3", B("A2")),
        (second, B("A3")),
        ("02 16171819", B("02 9000")),
    ];
    ok(session, apdu, &course, "9000");
    settled(session, 1);
}

#[test]
fn scenario_18_acknowledgement_of_a_chain_garbled_and_nak_lost() {
    let session = &mut session();
    let course = [(FIRST, Garbled), ("B2", Silence), ("B2", B("A2")), ("03 09 00", B("03 9000"))];
    ok(session, LONG, &course, "9000");
    settled(session, 0);
}

#[test]
fn scenario_19_acknowledgement_of_the_cards_chain_lost() {
    let session = &mut session();
    let course =
        [("02 00B0000001", B("12 11")), ("A3", Silence), ("A3", B("13 22")), ("A2", B("02 9000"))];
    ok(session, A, &course, "11 22 9000");
    settled(session, 1);
}

#[test]
fn scenario_20_i_block_of_the_cards_chain_garbled() {
    let session = &mut session();
    let course =
        [("02 00B0000001", B("12 11")), ("A3", Garbled), ("A3", B("13 22")), ("A2", B("02 9000"))];
    ok(session, A, &course, "11 22 9000");
    settled(session, 1);
}

#[test]
fn wtx_inside_both_chains_and_lost_there() {
    let session = &mut session();
    let course = [
        (FIRST, B("F2 05")),
        ("F2 05", Silence),
        ("B2", B("F2 05")),
        ("F2 05", B("A2")),
        ("03 09 00", B("F2 01")),
        ("F2 01", B("13 11")),
        ("A2", B("F2 01")),
        ("F2 01", Silence),
        // In a chain of the card it is asked with R(ACK) (rule 5).
        ("A2", B("F2 01")),
        ("F2 01", B("02 22 9000")),
    ];
    ok(session, LONG, &course, "11 22 9000");
    settled(session, 1);
}

#[test]
fn an_extension_lasts_until_a_block_comes_and_is_bounded() {
    let mut session = session();
    let fwt = Duration::from_micros(4_834);
    let tolerance = Duration::from_micros(3_625);
    let mut transfer = Transfer::command(&mut session, &bytes(A)).unwrap();
    let wait = |next| match next {
        Next::Transmit { wait } => wait,
        Next::Done(result) => panic!("{result:?}"),
    };
    assert_eq!(transfer.wait(&session), fwt + tolerance);
    // Bits 8 and 7 tell how strong the field is.
    let next = transfer.heard(&mut session, Heard::Block(&[0xF2, 0xC0 | 59]));
    assert_eq!(wait(next), fwt.times(59) + tolerance);
    let mut out = [0; 16];
    let n = transfer.block(&mut session, &mut out);
    assert_eq!(out[..n], [0xF2, 59]);
    let next = transfer.heard(&mut session, Heard::Silence);
    assert_eq!(wait(next), fwt.times(59) + tolerance);
    let next = transfer.heard(&mut session, Heard::Block(&[0xF2, 1]));
    assert_eq!(wait(next), fwt + tolerance);
    // FWT 14 is 4.9 s, and no extension makes it more.
    session.reset(16, 14, None);
    let mut transfer = Transfer::command(&mut session, &bytes(A)).unwrap();
    let next = transfer.heard(&mut session, Heard::Block(&[0xF2, 59]));
    assert_eq!(wait(next), Duration::from_micros(4_949_030) + tolerance);
    // A card that asks and asks is given up within its patience: a minute.
    for times in 0.. {
        match transfer.heard(&mut session, Heard::Block(&[0xF2, 1])) {
            Next::Transmit { .. } => assert!(times < 12),
            Next::Done(result) => {
                assert_eq!(result, Err(Fault::KeepsAsking));
                break;
            }
        }
    }
    // 15 is reserved, and means 4.
    session.reset(16, 15, None);
    assert_eq!(Transfer::presence(&session).wait(&session), fwt + tolerance);
}

#[test]
fn an_extension_of_0_or_over_59_is_no_block() {
    for inf in [0, 60, 63] {
        let mut session = session();
        let mut transfer = Transfer::command(&mut session, &bytes(A)).unwrap();
        let _ = transfer.heard(&mut session, Heard::Block(&[0xF2, inf]));
        let mut out = [0; 16];
        let n = transfer.block(&mut session, &mut out);
        assert_eq!(out[..n], [0xB2]);
    }
}

#[test]
fn after_three_attempts_it_ends() {
    for (heard, fault) in [(Silence, Fault::Silent), (Garbled, Fault::Garbled)] {
        let session = &mut session();
        let course = [("02 00B0000001", heard), ("B2", heard), ("B2", heard)];
        assert_eq!(command(session, A, &course), Err(fault));
    }
    // A card that never gets the block.
    let session = &mut session();
    let sent = ("02 00B0000001", Silence);
    let asked = ("B2", B("A3"));
    let course = [sent, asked, sent, asked, sent, asked];
    assert_eq!(command(session, A, &course), Err(Fault::Garbled));
    assert_eq!(Fault::Silent.kind(), ErrorKind::Absent);
}

#[test]
fn an_acknowledgement_that_was_not_asked_for_has_nothing_sent_again() {
    // It is of an R(NAK) before, and late: the card may have the command.
    let session = &mut session();
    let course = [("02 00B0000001", B("A3")), ("B2", B("02 11 9000"))];
    ok(session, A, &course, "11 9000");
    let second = "02 09 00";
    let course =
        [("13 00D6000009 0102030405060708", B("A3")), (second, B("A3")), ("B2", B("02 9000"))];
    let transfer = Transfer::command(session, &bytes(LONG)).unwrap();
    assert_eq!(play(session, transfer, &course), Ok(()));
}

#[test]
fn what_a_card_may_not_say_is_repeated_or_ends_it() {
    let wrong = [
        "03 11 9000", // another number
        "B2",         // only the reader says R(NAK)
        "A2",         // nothing to acknowledge
        "C2",
        "F2",
        "F2 01 02",
        "A2 00",
        "E2",
        "00",
        "06 00 9000",
        "0A 00 9000",
        "22 9000",
        "",
    ];
    for wrong in wrong {
        let mut lenient = session();
        let course = [("02 00B0000001", B(wrong)), ("B2", B("02 11 9000"))];
        ok(&mut lenient, A, &course, "11 9000");
        let limits = Limits { wrong_block: WrongBlock::Fail, ..Limits::DEFAULT };
        let mut strict = Session::new(limits);
        let course = [("02 00B0000001", B(wrong))];
        assert_eq!(command(&mut strict, A, &course), Err(Fault::Protocol), "{wrong}");
    }
}

#[test]
fn what_the_card_chains_is_bounded() {
    let full = || {
        let mut session = Session::new(Limits::DEFAULT);
        session.reset(256, 8, None);
        session
    };
    // Longer than a response can be: taken to its end, then reported.
    let session = &mut full();
    let mut transfer = Transfer::command(session, &bytes(A)).unwrap();
    let mut out = [0; 256];
    let mut number = 0;
    for _ in 0..2 {
        let _ = transfer.block(session, &mut out);
        let block = [&[0x12 | number], &[0x55; 200][..]].concat();
        assert!(matches!(transfer.heard(session, Heard::Block(&block)), Next::Transmit { .. }));
        number ^= 1;
    }
    let _ = transfer.block(session, &mut out);
    let next = transfer.heard(session, Heard::Block(&[0x02, 0x90, 0x00]));
    assert_eq!(next, Next::Done(Err(Fault::ResponseTooLong)));
    settled(session, 1);
    // A chain of nothing.
    let session = &mut full();
    let mut transfer = Transfer::command(session, &bytes(A)).unwrap();
    let mut blocks = 0;
    loop {
        let _ = transfer.block(session, &mut out);
        let block = [0x12 | (blocks & 1) as u8];
        match transfer.heard(session, Heard::Block(&block)) {
            Next::Transmit { .. } => blocks += 1,
            Next::Done(result) => {
                assert_eq!((result, blocks), (Err(Fault::KeepsAsking), 12_000));
                break;
            }
        }
    }
    let session = &mut full();
    let course = [("02 00B0000001", B("02 90"))];
    assert_eq!(command(session, A, &course), Err(Fault::NoStatus));
}

#[test]
fn an_exchange_left_half_way_is_brought_to_its_end_first() {
    // The command did not reach the card.
    let half = |course: &[(&str, Air)]| {
        let mut session = session();
        let mut transfer = Transfer::command(&mut session, &bytes(LONG)).unwrap();
        for (sent, heard) in course {
            let mut out = [0; 256];
            let n = transfer.block(&mut session, &mut out);
            assert_eq!(out[..n], bytes(sent));
            if let B(hex) = heard {
                let _ = transfer.heard(&mut session, Heard::Block(&bytes(hex)));
            }
        }
        session
    };
    let mut session = session();
    let transfer = Transfer::command(&mut session, &bytes(A)).unwrap();
    let _ = transfer.block(&mut session, &mut [0; 256]);
    let course = [("B2", B("A3")), ("02 00B0000101", B("02 77 9000"))];
    ok(&mut session, C, &course, "77 9000");
    // It did: its response is dropped, whatever it takes.
    let _ = Transfer::command(&mut session, &bytes(A)).unwrap().block(&mut session, &mut [0; 99]);
    let course = [
        ("B3", B("F2 01")),
        ("F2 01", B("13 11")),
        ("A2", B("02 9000")),
        ("03 00B0000101", B("03 77 9000")),
    ];
    ok(&mut session, C, &course, "77 9000");
    // In the middle of the card's chain.
    let mut session = half(&[(FIRST, B("A2")), ("03 09 00", B("13 11")), ("A2", Silence)]);
    let course = [("A2", B("02 22 9000")), ("03 00B0000101", B("03 77 9000"))];
    ok(&mut session, C, &course, "77 9000");
    // After all of ours.
    let mut session = half(&[(FIRST, B("A2")), ("03 09 00", Silence)]);
    let course = [("B3", B("03 9000")), ("02 00B0000101", B("02 77 9000"))];
    ok(&mut session, C, &course, "77 9000");
    // In the middle of ours: the card would take what comes for its rest.
    for answer in ["A2", "A3"] {
        let mut session = half(&[(FIRST, Silence)]);
        assert_eq!(command(&mut session, C, &[("B2", B(answer))]), Err(Fault::Unsettled));
    }
    // A call that was never begun is nothing to bring to an end.
    let mut session = half(&[]);
    settled(&mut session, 0);
}

#[test]
fn the_card_identifier_is_in_every_block_or_in_none() {
    let mut session = Session::new(Limits::DEFAULT);
    session.reset(16, 4, Some(5));
    let course = [
        ("1A 05 00D6000009 01020304050607", B("AA 05")),
        ("0B 05 080900", B("FA 05 01")),
        ("FA 05 01", B("03 9000")),
        ("BB 05", B("0B 04 9000")),
        ("BB 05", B("0B C5 9000")),
    ];
    ok(&mut session, LONG, &course, "9000");
    let transfer = Transfer::deselect(&session);
    assert_eq!(play(&mut session, transfer, &[("CA 05", B("CA 05"))]), Ok(()));
}

#[test]
fn presence_is_any_block_and_changes_nothing() {
    for answer in ["A3", "02 9000", "F2 01"] {
        let session = &mut session();
        let transfer = Transfer::presence(session);
        assert_eq!(play(session, transfer, &[("B2", B(answer))]), Ok(()));
        settled(session, 0);
    }
    let session = &mut session();
    let transfer = Transfer::presence(session);
    let course = [("B2", Silence), ("B2", Silence), ("B2", Silence)];
    assert_eq!(play(session, transfer, &course), Err(Fault::Silent));
}

#[test]
fn what_is_no_command_is_refused() {
    let session = &mut session();
    for len in [0, 3, 262] {
        assert_eq!(Transfer::command(session, &vec![0; len]).err(), Some(Fault::Command));
    }
    settled(session, 0);
}

#[test]
fn blocks_and_what_is_none() {
    let decode = |hex: &str| {
        let held = bytes(hex);
        Block::decode(&held).map(|block| (block.pcb, block.cid, block.inf.len()))
    };
    assert_eq!(decode("12 00"), Ok((Pcb::I { number: false, more: true }, None, 1)));
    assert_eq!(decode("AB C7"), Ok((Pcb::Ack { number: true }, Some(7), 0)));
    assert_eq!(decode(""), Err(BlockError::Short));
    assert_eq!(decode("0A"), Err(BlockError::Short));
    assert_eq!(decode("06 01"), Err(BlockError::Nad));
    assert_eq!(decode("F0 01"), Err(BlockError::Pcb(0xF0)));
    // Every block that decodes is the one it encodes to.
    for pcb in 0..=255 {
        for rest in [&[][..], &[3], &[3, 1], &[3, 1, 2]] {
            let whole = [&[pcb], rest].concat();
            let Ok(block) = Block::decode(&whole) else { continue };
            let mut out = [0; 8];
            let n = block.encode(&mut out).unwrap();
            assert_eq!(out[..n], whole);
            for short in 0..n {
                assert_eq!(block.encode(&mut out[..short]), None);
            }
        }
    }
}
