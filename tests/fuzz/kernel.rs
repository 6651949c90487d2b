//! The contact kernel against a card, a cardholder and an issuer that say what
//! the input does.

use embedded_pos::civil::{CivilTime, Date};
use embedded_pos::emv::cvm::{Pin, PinBlock};
use embedded_pos::emv::{
    Amount, Assessment, Capabilities, Cid, Cryptogram, FIELD_55, OnlineResponse, Payment, Step,
    Store, Terminal, Transaction,
};

/// The next piece of the input: a length, and so many bytes.
fn piece<'a>(rest: &mut &'a [u8]) -> &'a [u8] {
    let Some((&length, behind)) = rest.split_first() else { return &[] };
    let (piece, behind) = behind.split_at(usize::from(length).min(behind.len()));
    *rest = behind;
    piece
}

fn payment() -> Payment {
    let date = Date::new(2025, 3, 1).unwrap();
    let time = CivilTime::new(date, 10, 15, 30).unwrap();
    Payment::yuan(Amount::from_minor(20_000).unwrap(), time, 42, [0xB8, 0x1C, 0xCF, 0x08])
}

/// It comes to an end, approves nothing without a TC, and a reversal is due
/// exactly when the issuer approved and it did not.
pub fn run(data: &[u8]) {
    let Some((&[how, person], mut rest)) = data.split_first_chunk() else { return };
    let terminal = Terminal {
        kind: 0x21 + how % 3,
        capabilities: Capabilities::from_bytes([
            0xE0,
            0xF8,
            if how & 0x10 == 0 { 0x00 } else { 0xC8 },
        ]),
        assessment: how & 0x20 != 0,
        ..Terminal::CHINA
    };
    let mut memory = [0; Store::ROOM];
    let mut transaction = Transaction::new(&terminal, payment(), &mut memory);
    let (mut sent, mut scripts, mut approved) = (0, 0, false);
    let outcome = loop {
        assert!(sent <= Transaction::most_commands(&terminal) + scripts);
        match transaction.step() {
            Step::Transmit(_) | Step::Verify(_) if rest.is_empty() && how & 0x80 != 0 => {
                transaction.card_removed();
            }
            Step::Transmit(_) | Step::Verify(_) => {
                sent += 1;
                transaction.response(piece(&mut rest));
            }
            Step::Choose(_) => transaction.choose(0),
            Step::EnterPin(request) if request.is_online() => match person & 3 {
                0 => transaction.pin_bypassed(),
                1 => transaction.cancel(),
                _ => transaction.online_pin(PinBlock::from_iso0([0; 8])),
            },
            Step::EnterPin(_) => {
                let mut pin = Pin::new();
                (0..person % 5).for_each(|digit| pin.push(digit).unwrap());
                if transaction.pin(&pin, |random| random.fill(0x5A)).is_err() {
                    transaction.pin_pad_failed();
                }
            }
            Step::Assess(_) => {
                let on_exception_file = person & 0x40 != 0;
                transaction.assessed(&Assessment { on_exception_file, ..Assessment::default() });
            }
            Step::GoOnline(request) => {
                assert!(request.field_55(FIELD_55, &mut [0; 255]).is_ok());
                let field = piece(&mut rest);
                scripts = field.len();
                approved = how & 0x40 != 0 && person & 0x80 == 0;
                let mut response = match approved {
                    true => OnlineResponse::approved(*b"00"),
                    false => OnlineResponse::declined(*b"05"),
                };
                let _ = response.field_55(field);
                match person & 0x80 {
                    0 => transaction.online(&response),
                    _ => transaction.unable_to_go_online(),
                }
            }
            Step::Done(outcome) => break outcome,
        }
    };
    assert_eq!(outcome.reversal_due, approved && !outcome.is_approved(), "{outcome:?}");
    let certified = outcome.cid.and_then(Cid::cryptogram) == Some(Cryptogram::Tc);
    assert!(!outcome.is_approved() || certified, "{outcome:?}");
    assert_eq!(
        transaction.tvr(),
        transaction.why().fold(embedded_pos::emv::Tvr::empty(), |bits, rule| bits | rule.tvr())
    );
}
