//! All methods, conditions, terminals and answers, against a second walk over
//! the list: a flat table, written down from the books alone.

mod emv_cvm_support;

use embedded_pos::emv::cvm::Performed;
use embedded_pos::sim::Draw;
use emv_cvm_support::{Case, Outcome};

/// EMV Book 3, table 39: code, the bits of terminal capabilities byte 2 that it
/// takes, how a PIN is asked for, CVM result if it is successful.
const METHODS: [(u8, u8, Option<char>, u8); 8] = [
    (0b00_0000, 0b0000_0000, None, 1),
    (0b00_0001, 0b1000_0000, Some('P'), 2),
    (0b00_0010, 0b0100_0000, Some('O'), 0),
    (0b00_0011, 0b1010_0000, Some('P'), 0),
    (0b00_0100, 0b0001_0000, Some('E'), 2),
    (0b00_0101, 0b0011_0000, Some('E'), 0),
    (0b01_1110, 0b0010_0000, None, 0),
    (0b01_1111, 0b0000_1000, None, 2),
];

/// What comes of an attempt, and its bits of TVR byte 3.
const ANSWERS: [(Performed, u8); 6] = [
    (Performed::Successful, 0x00),
    (Performed::Failed, 0x00),
    (Performed::TryLimitExceeded, 0x20),
    (Performed::Bypassed, 0x08),
    (Performed::PadAbsentOrBroken, 0x10),
    (Performed::OnlineEntered, 0x04),
];

const CODES: [u8; 12] = [0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0D, 0x1E, 0x1F, 0x2F, 0x3F];
const CONDITIONS: [u8; 13] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0x0A, 0x7F, 0x80];

/// EMV Book 3, table 40.
fn counts(case: &Case, code: u8, condition: u8) -> bool {
    let known = METHODS.iter().find(|method| method.0 == code & 0x3F);
    let cash = [0x01, 0x17].contains(&case.kind);
    let attended = [1, 2, 3].contains(&(case.terminal % 16));
    let cashback = case.kind == 0x09 || case.cashback != 0;
    let domestic = case.application_currency == Some([0x01, 0x56]);
    let (x, y) = (u64::from(case.x), u64::from(case.y));
    [
        true,
        cash && !attended,
        !(cash || cashback),
        known.is_some_and(|method| method.1 & !case.capabilities == 0),
        cash && attended,
        cashback,
        domestic && case.amount < x,
        domestic && case.amount > x,
        domestic && case.amount < y,
        domestic && case.amount > y,
    ]
    .get(usize::from(condition))
    .copied()
    .unwrap_or(false)
}

struct Expected {
    asked: String,
    results: [u8; 3],
    third: u8,
}

/// EMV Book 3, 10.5, and Book 4, 6.3.4.
fn expected(case: &Case, rules: &[[u8; 2]], answers: &[Performed]) -> Expected {
    let mut asked = String::new();
    let mut results = [0x3F, 0x00, 0x01];
    let mut third = 0x00;
    let mut answers = answers.iter();
    for &[code, condition] in rules.iter().filter(|rule| counts(case, rule[0], rule[1])) {
        let success = match METHODS.iter().find(|method| method.0 == code & 0x3F) {
            None => {
                third |= 0x40;
                false
            }
            Some(&(_, needs, pin, _)) if needs & !case.capabilities != 0 => {
                third |= if pin.is_some() { 0x10 } else { 0x00 };
                false
            }
            Some(&(_, _, None, result)) => {
                results = [code, condition, result];
                result != 1
            }
            Some(&(_, _, Some(pin), result)) => {
                results = [code, condition, 1];
                // Bypassed, or the pad broken: for good. No tries: at the card.
                let gone =
                    third & 0x08 != 0 || asked.ends_with('!') || third & 0x20 != 0 && pin != 'O';
                let answer = if gone { None } else { Some(answers.next()) };
                let answer = answer.map(|given| *given.unwrap_or(&Performed::Failed));
                if answer.is_some() {
                    asked.push(pin);
                }
                if answer == Some(Performed::PadAbsentOrBroken) {
                    // A mark that no PIN is asked for any more.
                    asked.push('!');
                }
                let right =
                    if pin == 'O' { Performed::OnlineEntered } else { Performed::Successful };
                let bits = ANSWERS.iter().find(|known| Some(known.0) == answer);
                // "Online PIN entered" is said of an online PIN only.
                let bits = bits.map_or(0, |known| known.1) & if pin == 'O' { 0xFF } else { 0xFB };
                third |= bits;
                if answer == Some(right) {
                    results[2] = result;
                }
                answer == Some(right)
            }
        };
        if success {
            return Expected { asked: asked.replace('!', ""), results, third };
        }
        if code & 0x40 == 0 {
            break;
        }
    }
    Expected { asked: asked.replace('!', ""), results, third: third | 0x80 }
}

fn compare(case: &Case, rules: &[[u8; 2]], answers: &[Performed]) {
    let Outcome { asked, results, findings } = case.run(rules, answers);
    let want = expected(case, rules, answers);
    let got = (asked, results, findings.tvr().to_bytes(), findings.tsi().bits());
    let want = (want.asked, want.results, [0, 0, want.third, 0, 0], 0x4000);
    assert_eq!(got, want, "{case:?} {rules:02X?} {answers:?}");
}

/// Every kind of payment that a condition can tell from another.
fn cases() -> Vec<Case> {
    let base = Case { x: 1_000, y: 2_000, ..Case::PURCHASE };
    let mut cases = Vec::new();
    for amount in [999, 1_000, 1_001, 2_000, 2_001] {
        cases.push(Case { amount, ..base });
    }
    for kind in [0x00, 0x01, 0x09, 0x17] {
        for terminal in [0x14, 0x21, 0x25] {
            cases.push(Case { kind, terminal, ..base });
        }
    }
    cases.push(Case { cashback: 500, ..base });
    cases.push(Case { kind: 0x01, cashback: 500, ..base });
    cases.push(Case { amount: 1, application_currency: None, ..base });
    cases.push(Case { amount: 1, application_currency: Some([0x08, 0x40]), ..base });
    cases
}

/// The capabilities: all combinations of the five bits, and a reserved one.
fn capabilities() -> impl Iterator<Item = u8> {
    (0..32).map(|bits: u8| bits << 3 | 0x01)
}

fn rules() -> Vec<[u8; 2]> {
    let codes = CODES.iter().flat_map(|&code| [code, code | 0x40]);
    codes.flat_map(|code| CONDITIONS.map(|condition| [code, condition])).collect()
}

#[test]
fn one_rule() {
    let mut compared = 0;
    for case in cases() {
        for capabilities in capabilities() {
            let case = Case { capabilities, ..case };
            for rule in rules() {
                // What comes of a PIN matters only where one is asked for.
                let pin = matches!(rule[0] & 0x3F, 1..=5);
                for (answer, _) in ANSWERS.into_iter().take(if pin { 6 } else { 1 }) {
                    // A condition that does not count is the same with any.
                    if answer == Performed::Successful || counts(&case, rule[0], rule[1]) {
                        compare(&case, &[rule], &[answer]);
                        compared += 1;
                    }
                }
            }
        }
    }
    assert!(compared > 150_000, "{compared}");
}

#[test]
fn two_rules() {
    let (cases, rules) = (cases(), rules());
    let mut draw = Draw::new(2);
    for &first in &rules {
        for &second in &rules {
            let mut case = *draw.one_of(&cases).unwrap();
            // A terminal that can do most makes for the longer walks.
            case.capabilities = if draw.below(2) == 0 { 0xF8 } else { draw.below(256) as u8 };
            let answers = [(); 2].map(|()| draw.one_of(&ANSWERS).unwrap().0);
            compare(&case, &[first, second], &answers);
        }
    }
}

#[test]
fn lists_as_cards_have_them() {
    let (cases, rules) = (cases(), rules());
    let mut draw = Draw::new(3);
    let mut asked = 0;
    for _ in 0..40_000 {
        let mut case = *draw.one_of(&cases).unwrap();
        case.capabilities = if draw.below(2) == 0 { 0xF8 } else { draw.below(256) as u8 };
        // Most of them go on, always count or count if supported.
        let list: Vec<[u8; 2]> = (0..3 + draw.below(6))
            .map(|_| match draw.below(3) {
                0 => *draw.one_of(&rules).unwrap(),
                _ => [0x40 | draw.one_of(&CODES).unwrap(), [0, 3][draw.below(2)]],
            })
            .collect();
        let answers = [(); 8].map(|()| draw.one_of(&ANSWERS).unwrap().0);
        compare(&case, &list, &answers);
        asked += case.run(&list, &answers).asked.len();
    }
    assert!(asked > 20_000, "{asked}");
}

#[test]
fn the_longest_list_ends() {
    let case = Case { capabilities: 0xF8, ..Case::PURCHASE };
    let rules = [[0x42, 0x00]; 122];
    let got = case.run(&rules, &[]);
    assert_eq!((got.asked.len(), got.results), (122, [0x42, 0x00, 0x01]));
    compare(&case, &rules, &[]);
}
