//! Payments drawn by lot, against what the books say of each.
//!
//! The oracle is a second reading of EMV Books 2 to 4 and shares no code with
//! the kernel. It is told what terminal, payment, card, cardholder and issuer
//! are like, and which cryptograms the card gave; it says which results the
//! card is told, which cryptogram it is asked for, and what comes of it.

mod emv_matrix_support;

use std::collections::BTreeMap;

use embedded_pos::card::{CardReader, Response};
use embedded_pos::emv::cvm::{Pin, PinBlock};
use embedded_pos::emv::oda::Capk;
use embedded_pos::emv::{
    FIELD_55, OnlineResponse, Outcome, Step, Store, Tag, Transaction, Verdict,
};
use embedded_pos::sim::card::{Application as _, EmvApplet, Misbehaviour};
use embedded_pos::sim::issuer::{Issuer, Script, ScriptCommand};
use embedded_pos::{ErrorKind, ErrorType, nb};
use emv_matrix_support::book::{self, First, Last};
use emv_matrix_support::case::{self, CVM_AT, Case, Pad, Says, TSI_AT, TVR_AT};

/// Of each lot, so many payments.
const PAYMENTS: u64 = 1_500;

/// The card, which leaves out what it is not to tell.
struct Card<'c> {
    applet: EmvApplet,
    case: &'c Case,
    /// The data of each GENERATE AC with its P1, and the Cryptogram Information
    /// Data of the answer.
    generated: Vec<(u8, Vec<u8>, u8)>,
}

impl Card<'_> {
    fn process(&mut self, command: &[u8]) -> Vec<u8> {
        let answer = self.applet.process(command);
        let untold =
            |tag: &u16| command.starts_with(&[&[0x80, 0xCA][..], &tag.to_be_bytes()].concat());
        if self.case.untold.iter().any(untold) {
            return vec![0x6A, 0x88];
        }
        if command[1] == 0xAE {
            let data = command[5..command.len() - 1].to_vec();
            self.generated.push((command[2], data, information(&answer)));
        }
        answer
    }
}

/// The Cryptogram Information Data: the first value in either layout.
fn information(answer: &[u8]) -> u8 {
    match *answer {
        [0x80, _, information, ..]
        | [0x77, 0x81, _, 0x9F, 0x27, 0x01, information, ..]
        | [0x77, _, 0x9F, 0x27, 0x01, information, ..] => information,
        _ => panic!("no cryptogram: {answer:02X?}"),
    }
}

impl ErrorType for Card<'_> {
    type Error = ErrorKind;
}

impl CardReader for Card<'_> {
    fn poll_inserted(&mut self) -> nb::Result<(), ErrorKind> {
        Ok(())
    }

    fn activate(&mut self, _atr: &mut [u8]) -> Result<usize, ErrorKind> {
        Ok(0)
    }

    fn transmit(&mut self, command: &[u8], response: &mut [u8]) -> Result<usize, ErrorKind> {
        let answer = self.process(command);
        response[..answer.len()].copy_from_slice(&answer);
        Ok(answer.len())
    }

    fn deactivate(&mut self) -> Result<(), ErrorKind> {
        Ok(())
    }

    fn poll_removed(&mut self) -> nb::Result<(), ErrorKind> {
        Ok(())
    }
}

fn issuer(case: &Case) -> Issuer {
    let mut issuer = Issuer::default();
    if case.says == Says::Declined {
        issuer.answer(*b"51");
    }
    if case.forged {
        issuer.forge();
    }
    if case.silent {
        issuer.keep_silent();
    }
    let command = |good| match good {
        true => ScriptCommand::PutData(0x9F14, vec![9]),
        false => ScriptCommand::Raw(vec![0x84, 0xEE, 0, 0, 0]),
    };
    let [before, after] = case.scripts;
    before.into_iter().for_each(|good| issuer.send(Script::before([command(good)])));
    after.into_iter().for_each(|good| issuer.send(Script::after([command(good)])));
    issuer
}

fn pin(right: bool) -> Pin {
    let mut pin = Pin::new();
    let digits = if right { case::PIN } else { "9876" };
    digits.bytes().for_each(|digit| pin.push(digit - b'0').unwrap());
    pin
}

/// Plays the payment; returns its end and whether the issuer was asked.
fn play(
    card: &mut Card<'_>,
    transaction: &mut Transaction<'_>,
    issuer: &Issuer,
) -> (Outcome, bool) {
    let mut pad = card.case.pad.iter();
    let mut asked = false;
    for _ in 0..200 {
        match transaction.step() {
            Step::Transmit(command) => {
                let answer = card.process(command);
                transaction.response(&answer);
            }
            Step::Verify(command) => {
                let mut answer = [0; Response::MAX];
                let length = command.transmit(card, &mut answer).unwrap();
                transaction.response(&answer[..length]);
            }
            Step::EnterPin(request) => match (pad.next(), request.is_online()) {
                (Some(Pad::Right | Pad::Wrong), true) => {
                    transaction.online_pin(PinBlock::from_iso0([0x5A; 8]));
                }
                (Some(entry @ (Pad::Right | Pad::Wrong)), false) => {
                    let pin = pin(*entry == Pad::Right);
                    transaction.pin(&pin, |random| random.fill(0xA5)).unwrap();
                }
                (Some(Pad::Bypassed), _) => transaction.pin_bypassed(),
                (Some(Pad::Broken) | None, _) => transaction.pin_pad_failed(),
            },
            Step::Assess(_) => transaction.assessed(&card.case.assessment()),
            Step::GoOnline(request) => {
                asked = true;
                let mut field = [0; 255];
                let length = request.field_55(FIELD_55, &mut field).unwrap();
                let pan = request.pan().unwrap();
                let told = issuer.authorise(pan.expose(), 1, &field[..length]);
                assert_eq!(told.approved, card.case.says != Says::Declined, "no genuine ARQC");
                let mut response = match told.approved {
                    true => OnlineResponse::approved(told.arc),
                    false => OnlineResponse::declined(told.arc),
                };
                response.field_55(&told.field_55).unwrap();
                match card.case.says {
                    Says::Nothing => transaction.unable_to_go_online(),
                    _ => transaction.online(&response),
                }
            }
            Step::Done(outcome) => return (outcome, asked),
            step => panic!("{step:?}"),
        }
    }
    panic!("no end: {transaction:?}");
}

fn told<const N: usize>(data: &[u8], (at, length): (usize, usize)) -> [u8; N] {
    data[at..at + length].try_into().unwrap()
}

/// What came up in all payments, so that none of it is only thought to.
type Seen = BTreeMap<String, u32>;

fn check(seed: u64, seen: &mut Seen) {
    let case = Case::draw(seed);
    let key = case::authority();
    let capk = Capk {
        checksum: Some(key.checksum),
        ..Capk::new(key.rid, key.index, &key.modulus, &key.exponent)
    };
    let (applications, keys) = ([case.application()], [capk]);
    let terminal = case.terminal(&applications, &keys);
    let issuer = issuer(&case);
    let mut applet = EmvApplet::new(case.card(), &issuer);
    if let Some((signed, flaw)) = case.flaw {
        applet.misbehave(Misbehaviour::Flawed(signed, flaw));
    }
    let mut card = Card { applet, case: &case, generated: Vec::new() };
    let mut memory = vec![0; Store::ROOM];
    let mut transaction = Transaction::new(&terminal, case.payment(), &mut memory);
    let (outcome, asked_issuer) = play(&mut card, &mut transaction, &issuer);
    let what = || format!("payment {seed}: {case:?}\n{:?}\n{outcome:?}", transaction.findings());

    let (wanted, signed) = book::first(&case);
    let Some((p1, data, _)) = card.generated.first() else { panic!("{}", what()) };
    let first = First {
        tvr: told(data, TVR_AT),
        tsi: told(data, TSI_AT),
        cvm: told(data, CVM_AT),
        p1: *p1,
    };
    assert_eq!(first, wanted, "{}", what());

    let given: Vec<u8> = card.generated.iter().map(|(.., information)| *information).collect();
    let wanted = book::last(&case, wanted, signed, &given);
    let result = match outcome.result {
        Verdict::Approved(by) => Ok(by),
        Verdict::Declined(by) => Err(by),
        Verdict::Failed(fault) => panic!("{fault}: {}", what()),
    };
    let last = Last {
        tvr: transaction.tvr().to_bytes(),
        tsi: transaction.tsi().bits().to_be_bytes(),
        result,
        reversal: outcome.reversal_due,
        second: card.generated.get(1).map(|(p1, data, _)| (*p1, told(data, TVR_AT))),
        asked_issuer,
        arc: transaction.data(Tag::ARC).unwrap_or(b"??").try_into().unwrap(),
    };
    assert_eq!(last, wanted, "{}", what());
    assert_eq!(transaction.data(Tag::TVR), Some(&wanted.tvr[..]), "{}", what());
    assert_eq!(transaction.data(Tag::TSI), Some(&wanted.tsi[..]), "{}", what());
    assert!(card.generated.len() <= 2);

    let bits = |name: &str, bytes: &[u8]| -> Vec<String> {
        let set = |bit: &usize| bytes[bit / 8] & 0x80 >> (bit % 8) != 0;
        (0..8 * bytes.len()).filter(set).map(|bit| format!("{name}{bit}")).collect()
    };
    let mut names = bits("tvr", &last.tvr);
    names.extend(bits("tsi", &last.tsi));
    names.extend([
        format!("{result:?}"),
        format!("asked {p1:02X}"),
        format!("cvm {}", first.cvm[2]),
    ]);
    names.push(format!("reversal {}", last.reversal));
    names.extend(last.second.map(|(p1, _)| format!("asked again {p1:02X}")));
    names.into_iter().for_each(|name| *seen.entry(name).or_default() += 1);
}

fn lot(number: u64) {
    let mut seen = Seen::new();
    (number * PAYMENTS..(number + 1) * PAYMENTS).for_each(|seed| check(seed, &mut seen));
    // Bits of the results that EMV defines, verdicts, and what is asked for.
    let tvr = (0..=6).chain(8..=12).chain(16..=21).chain(24..=28).chain(32..=35);
    let expected = tvr
        .map(|bit| format!("tvr{bit}"))
        .chain((0..=5).map(|bit| format!("tsi{bit}")))
        .chain(["Offline", "Online", "UnableOnline"].map(|by| format!("Ok({by})")))
        .chain(
            ["Card", "Issuer", "CardAfterIssuer", "Terminal", "Authentication", "NotOnline"]
                .map(|by| format!("Err({by})")),
        )
        .chain(["00", "40", "50", "80", "90"].map(|p1| format!("asked {p1}")))
        .chain(["00", "40", "50"].map(|p1| format!("asked again {p1}")))
        .chain((0..=2).map(|result| format!("cvm {result}")))
        .chain(["reversal true".into(), "reversal false".into()]);
    for name in expected {
        assert!(seen.get(&name).is_some_and(|&count| count >= 3), "{name}: {seen:?}");
    }
}

#[test]
fn the_first_lot_is_as_the_books_have_it() {
    lot(0);
}

#[test]
fn the_second_lot_is_as_the_books_have_it() {
    lot(1);
}

#[test]
fn the_third_lot_is_as_the_books_have_it() {
    lot(2);
}
