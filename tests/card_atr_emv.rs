//! What a payment terminal makes of an ATR (EMV Book 1, 8.3), and how host and
//! card agree on protocol and speed (ISO/IEC 7816-3:2006, clause 9).

use embedded_pos::card::Atr;
use embedded_pos::card::atr::{Character, Refusal, Reset, Terms, Verdict};
use embedded_pos::card::pps::{Host, Mode, Pps, Unmet};
use embedded_pos::{Error, ErrorKind};

/// T=0 with all that may be there: TA1 to TD1, TA2, TC2, TD2 (T=15), TA3.
const T0: [u8; 14] = [0x3B, 0xF2, 0x13, 0x00, 0xFF, 0xD0, 0x00, 0x0A, 0x1F, 0x03, b'P', b'O', 0, 0];
/// T=1: TA1 to TD1, TA2, TD2, TA3, TB3, TC3.
const T1: [u8; 14] =
    [0x3B, 0xF2, 0x13, 0x00, 0xFF, 0x91, 0x01, 0x71, 0x7C, 0x41, 0x00, b'P', b'O', 0];

/// With its check character put right, the byte after the historical ones.
fn checked(atr: &[u8], len: usize) -> Vec<u8> {
    let mut atr = atr[..len - 1].to_vec();
    atr.push(atr.iter().skip(1).fold(0, |sum, byte| sum ^ byte));
    atr
}

fn with(atr: &[u8; 14], at: usize, value: u8) -> Vec<u8> {
    let mut atr = *atr;
    atr[at] = value;
    checked(&atr, if atr[5] & 1 == 0 { 13 } else { 14 })
}

fn accepted(atr: &[u8], reset: Reset) -> Option<Terms> {
    match Verdict::of(atr, reset) {
        Verdict::Accepted(terms) => Some(terms),
        _ => None,
    }
}

/// Refused after both resets, for this.
fn refused(atr: &[u8], character: Character, value: impl Into<Option<u8>>) {
    let refusal = Refusal { character, value: value.into() };
    assert_eq!(Verdict::of(atr, Reset::Cold), Verdict::WarmReset(refusal), "{atr:02X?}");
    assert_eq!(Verdict::of(atr, Reset::Warm), Verdict::Rejected(refusal), "{atr:02X?}");
}

#[test]
fn the_basic_atrs_are_accepted() {
    let t0 = [0x3B, 0x60, 0x00, 0x00];
    assert_eq!(accepted(&t0, Reset::Cold), Some(Terms { protocol: 0, ta1: 0x11 }));
    assert_eq!(accepted(&[0x3F, 0x60, 0x00, 0xFF], Reset::Cold).map(|t| t.protocol), Some(0));
    let t1 = checked(&[0x3B, 0xE0, 0x00, 0xFF, 0x81, 0x31, 0x20, 0x45, 0], 9);
    assert_eq!(accepted(&t1, Reset::Cold), Some(Terms { protocol: 1, ta1: 0x11 }));
    assert_eq!(accepted(&with(&T0, 2, 0x13), Reset::Cold), Some(Terms { protocol: 0, ta1: 0x13 }));
    assert_eq!(accepted(&with(&T1, 2, 0x12), Reset::Cold), Some(Terms { protocol: 1, ta1: 0x12 }));
}

#[test]
fn tb1_matters_after_a_cold_reset_only() {
    for (atr, value) in [
        (&[0x3B, 0x60, 0x25, 0x00][..], Some(0x25)),
        (&[0x3B, 0x40, 0x00], None),
        (&[0x3B, 0x02, 0x14, 0x50], None),
    ] {
        let refusal = Refusal { character: Character::Tb1, value };
        assert_eq!(Verdict::of(atr, Reset::Cold), Verdict::WarmReset(refusal));
        assert_eq!(accepted(atr, Reset::Warm), Some(Terms { protocol: 0, ta1: 0x11 }));
    }
}

#[test]
fn what_is_no_atr_is_refused() {
    refused(&[], Character::T0, None);
    refused(&[0x3A, 0x60, 0x00, 0x00], Character::Ts, 0x3A);
    refused(&[0x03], Character::Ts, 0x03);
    refused(&[0x3B], Character::T0, None);
    refused(&[0x3B, 0x61, 0x00, 0x00], Character::T0, 0x61);
    refused(&[0x3B, 0x60, 0x00, 0x00, 0x00, 0x00], Character::T0, 0x60);
}

/// One character after the other, all else good, in both protocols.
#[test]
fn each_character_alone() {
    for wrong in [0x10, 0x14, 0x01, 0x21, 0x94] {
        refused(&with(&T0, 2, wrong), Character::Ta1, wrong);
        refused(&with(&T1, 2, wrong), Character::Ta1, wrong);
    }
    for wrong in [0x01, 0x7F, 0xFE] {
        refused(&with(&T0, 4, wrong), Character::Tc1, wrong);
        refused(&with(&T1, 4, wrong), Character::Tc1, wrong);
    }
    refused(&with(&T0, 5, 0xD2), Character::Td1, 0xD2);
    refused(&with(&T1, 5, 0x9F), Character::Td1, 0x9F);
    for wrong in [0x10, 0x01, 0x02, 0x0F] {
        refused(&with(&T0, 6, wrong), Character::Ta2, wrong);
    }
    for wrong in [0x11, 0x00, 0x0F] {
        refused(&with(&T1, 6, wrong), Character::Ta2, wrong);
    }
    for wrong in [0x00, 0x09, 0x0B, 0xFF] {
        refused(&with(&T0, 7, wrong), Character::Tc2, wrong);
    }
    for wrong in [0x10, 0x12, 0x1D] {
        refused(&with(&T0, 8, wrong), Character::Td2, wrong);
    }
    for wrong in [0x70, 0x7E, 0x7F] {
        refused(&with(&T1, 7, wrong), Character::Td2, wrong);
    }
    for wrong in [0x00, 0x0F, 0xFF] {
        refused(&with(&T1, 8, wrong), Character::Ta3, wrong);
    }
    for wrong in [0x51, 0x46, 0x40, 0xFF] {
        // With TC1 = FF, CWI 0 is still longer than N + 1 = 0.
        match wrong {
            0x40 => assert!(accepted(&with(&T1, 9, wrong), Reset::Cold).is_some()),
            _ => refused(&with(&T1, 9, wrong), Character::Tb3, wrong),
        }
    }
    refused(&with(&T1, 10, 0x01), Character::Tc3, 0x01);
    for wrong in [0x00, 0x08, 0xC0] {
        refused(&with(&T0, 9, wrong), Character::Classes, wrong);
    }
}

#[test]
fn the_character_waiting_time_is_longer_than_the_guard_time() {
    let mut atr = T1;
    (atr[4], atr[9]) = (0x00, 0x40);
    refused(&checked(&atr, 14), Character::Tb3, 0x40);
    (atr[4], atr[9]) = (0x00, 0x41);
    assert!(accepted(&checked(&atr, 14), Reset::Cold).is_some());
}

#[test]
fn tb2_is_not_allowed() {
    let atr = [0x3B, 0xE0, 0x00, 0x00, 0x20, 0x00];
    refused(&atr, Character::Tb2, 0x00);
}

#[test]
fn t1_needs_its_waiting_times() {
    let no_td2 = checked(&[0x3B, 0xE0, 0x00, 0xFF, 0x01, 0], 6);
    refused(&no_td2, Character::Tb3, None);
    let no_tb3 = checked(&[0x3B, 0xE0, 0x00, 0xFF, 0x81, 0x11, 0x20, 0], 8);
    refused(&no_tb3, Character::Tb3, None);
    // Offered second, it is held to its rules too.
    let second = checked(&[0x3B, 0xE0, 0x00, 0xFF, 0x80, 0x11, 0x20, 0], 8);
    refused(&second, Character::Tb3, None);
    let second = checked(&[0x3B, 0xE0, 0x00, 0xFF, 0x80, 0x31, 0x20, 0x45, 0], 9);
    assert_eq!(accepted(&second, Reset::Cold).map(|terms| terms.protocol), Some(0));
}

#[test]
fn the_check_character() {
    let mut atr = with(&T1, 2, 0x13);
    *atr.last_mut().unwrap() ^= 1;
    refused(&atr, Character::Tck, atr.last().copied());
    atr.pop();
    refused(&atr, Character::Tck, None);
    refused(&[0x3B, 0x60, 0x00, 0x00, 0x55], Character::Tck, 0x55);
}

#[test]
fn in_negotiable_mode_the_speed_of_the_reset_stays() {
    let atr = [0x3B, 0x70, 0x96, 0x00, 0xFF];
    assert_eq!(accepted(&atr, Reset::Cold), Some(Terms { protocol: 0, ta1: 0x11 }));
}

#[test]
fn refusals_name_the_character_and_the_clause() {
    let text = |character, value| Refusal { character, value }.to_string();
    assert_eq!(text(Character::Tb3, Some(0x46)), "TB3 is 46 (EMV Book 1, 8.3.3.10)");
    assert_eq!(text(Character::Tck, None), "TCK is missing (EMV Book 1, 8.3.4)");
}

/// Whatever the bytes, there is a verdict, and it is never milder cold.
#[test]
fn a_cold_reset_is_judged_no_milder_than_a_warm_one() {
    let bytes = [0x00, 0x01, 0x0A, 0x11, 0x31, 0x3B, 0x45, 0x60, 0x81, 0xF1, 0xFF];
    for a in bytes {
        for b in bytes {
            for c in bytes {
                for d in bytes {
                    let atr = checked(&[0x3B, 0xE0, 0x00, a, b, c, d, 0], 8);
                    let cold = accepted(&atr, Reset::Cold);
                    assert!(cold.is_none() || cold == accepted(&atr, Reset::Warm));
                }
            }
        }
    }
}

fn atr(bytes: &[u8]) -> Atr {
    Atr::new(bytes).unwrap()
}

const BOTH: Host = Host { protocols: &[0, 1], clock: 3_579_545, fastest: 115_200 };

/// Both protocols offered, T=0 first; TA1 as given.
fn negotiable(ta1: u8) -> Atr {
    atr(&checked(&[0x3B, 0xD0, ta1, 0xFF, 0x80, 0x81, 0x31, 0xFE, 0x45, 0], 10))
}

#[test]
fn the_cards_first_offer_at_the_speed_of_the_reset_needs_no_pps() {
    assert_eq!(BOTH.meet(&negotiable(0x11)), Ok(Mode::Ready { protocol: 0, ta1: 0x11 }));
    let slow = Host { fastest: 0, ..BOTH };
    assert_eq!(slow.meet(&negotiable(0x96)), Ok(Mode::Ready { protocol: 0, ta1: 0x11 }));
    let t1 = Host { protocols: &[1], fastest: 0, ..BOTH };
    assert_eq!(t1.meet(&negotiable(0x96)), Ok(Mode::Ask(Pps::new(1))));
    let none = Host { protocols: &[], ..BOTH };
    assert_eq!(none.meet(&negotiable(0x11)), Err(Unmet::Protocol));
    assert_eq!(Unmet::Protocol.kind(), ErrorKind::Unsupported);
}

#[test]
fn the_fastest_speed_that_both_can_is_asked_for() {
    let at = |ta1, fastest| match (Host { fastest, ..BOTH }).meet(&negotiable(ta1)) {
        Ok(Mode::Ask(pps)) => pps.request().to_vec(),
        other => panic!("{other:?}"),
    };
    // 96 is 3 579 545 x 32 / 512 = 223 721 bits a second.
    assert_eq!(at(0x96, 250_000), [0xFF, 0x10, 0x96, 0x79]);
    assert_eq!(at(0x96, 223_721), [0xFF, 0x10, 0x96, 0x79]);
    // D = 20 and 12 are between 16 and 32, and 8 and 16.
    assert_eq!(at(0x96, 223_720), [0xFF, 0x10, 0x99, 0x76]);
    assert_eq!(at(0x96, 115_200), [0xFF, 0x10, 0x95, 0x7A]);
    assert_eq!(at(0x96, 60_000), [0xFF, 0x10, 0x94, 0x7B]);
    assert_eq!(at(0x19, 400_000), [0xFF, 0x10, 0x19, 0xF6]);
    assert_eq!(at(0x19, 150_000), [0xFF, 0x10, 0x18, 0xF7]);
}

#[test]
fn a_reserved_speed_or_a_clock_too_fast_is_left_alone() {
    for ta1 in [0x70, 0x71, 0x7F, 0x10, 0x1A, 0xE4, 0xF8] {
        assert_eq!(BOTH.meet(&negotiable(ta1)), Ok(Mode::Ready { protocol: 0, ta1: 0x11 }));
    }
    let hot = Host { clock: 5_000_001, fastest: 1_000_000, ..BOTH };
    assert_eq!(hot.meet(&negotiable(0x96)), Ok(Mode::Ready { protocol: 0, ta1: 0x11 }));
    assert!(matches!(hot.meet(&negotiable(0xA6)), Ok(Mode::Ask(_))));
}

#[test]
fn specific_mode_is_followed_or_not() {
    let card = |ta1, ta2| atr(&[0x3B, 0x90, ta1, 0x10, ta2]);
    assert_eq!(BOTH.meet(&card(0x13, 0x00)), Ok(Mode::Ready { protocol: 0, ta1: 0x13 }));
    let slow = Host { fastest: 0, ..BOTH };
    assert_eq!(slow.meet(&card(0x11, 0x80)), Ok(Mode::Ready { protocol: 0, ta1: 0x11 }));
    assert_eq!(slow.meet(&card(0x13, 0x80)), Err(Unmet::Specific { changes: false }));
    assert_eq!(slow.meet(&card(0x13, 0x00)), Err(Unmet::Specific { changes: true }));
    assert_eq!(BOTH.meet(&card(0x11, 0x10)), Err(Unmet::Specific { changes: true }));
    assert_eq!(BOTH.meet(&card(0x11, 0x85)), Err(Unmet::Specific { changes: false }));
}

#[test]
fn every_response_to_a_request_for_a_protocol() {
    let pps = Pps::new(1);
    assert_eq!((pps.request(), pps.protocol()), (&[0xFF, 0x01, 0xFE][..], 1));
    assert_eq!(pps.agreed(&[0xFF, 0x01, 0xFE]), Some(0x11));
    for wrong in [
        &[][..],
        &[0xFF, 0x01],
        &[0xFF, 0x01, 0xFF],
        &[0xFF, 0x00, 0xFF],
        &[0xFE, 0x01, 0xFF],
        &[0xFF, 0x11, 0x11, 0xFF],
        &[0xFF, 0x81, 0x7E],
    ] {
        assert_eq!(pps.agreed(wrong), None, "{wrong:02X?}");
    }
}

#[test]
fn every_response_to_a_request_for_a_speed() {
    let pps = Pps::with_speed(0, 0x94);
    assert_eq!(pps.request(), [0xFF, 0x10, 0x94, 0x7B]);
    assert_eq!(pps.agreed(&[0xFF, 0x10, 0x94, 0x7B]), Some(0x94));
    assert_eq!(pps.agreed(&[0xFF, 0x00, 0xFF]), Some(0x11));
    // All other second bytes, with what they announce and a right check.
    for pps0 in 0..=0xFF_u8 {
        let mut response = vec![0xFF, pps0];
        response.extend(&[0x94, 0x00, 0x00][..(pps0 & 0x70).count_ones() as usize]);
        response.push(response.iter().fold(0, |sum, byte| sum ^ byte));
        assert_eq!(Pps::response_len(&response[..2]), Some(response.len()));
        let want = match pps0 {
            0x10 => Some(0x94),
            0x00 => Some(0x11),
            _ => None,
        };
        assert_eq!(pps.agreed(&response), want, "{response:02X?}");
    }
    assert_eq!(pps.agreed(&[0xFF, 0x10, 0x93, 0x7C]), None);
    assert_eq!(pps.agreed(&[0xFF, 0x10, 0x94, 0x7A]), None);
    assert_eq!(Pps::response_len(&[0xFF]), None);
}
