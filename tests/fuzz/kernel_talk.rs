//! The contact kernel against cards whose answers are honest, and then changed
//! as the input says.

use std::sync::LazyLock;

use embedded_pos::card::CardReader;
use embedded_pos::civil::{CivilTime, Date};
use embedded_pos::emv::cvm::{Pin, PinBlock};
use embedded_pos::emv::oda::{Authorities, Capk};
use embedded_pos::emv::{
    ActionCodes, Amount, Application, Capabilities, FIELD_55, Limits, OnlineResponse, Payment,
    Step, Store, Terminal, Transaction, Tvr, Verdict,
};
use embedded_pos::sim::card::pki::{AuthorityKey, Key, Pki, Size};
use embedded_pos::sim::card::{
    Application as _, Authentication, CardApplication, EmvApplet, Personalisation, Risk,
};
use embedded_pos::sim::issuer::{Issuer, Script, ScriptCommand};
use embedded_pos::{ErrorKind, ErrorType, nb};

/// Bits of failed data authentication, all denied.
const NOT_AUTHENTIC: Tvr = Tvr::from_bytes([0xEC, 0, 0, 0, 0]);

struct World {
    cards: Vec<EmvApplet>,
    terminal: Terminal<'static>,
}

const APPLICATION: Application<'static> = Application {
    limits: Limits {
        floor: Amount::MAX,
        threshold: Amount::ZERO,
        target_percent: 0,
        maximum_percent: 0,
    },
    codes: ActionCodes { denial: NOT_AUTHENTIC, ..ActionCodes::NONE },
    ..Application::UNIONPAY
};

static PKI: LazyLock<Pki> = LazyLock::new(|| {
    let key = Key::new(Size::Bits1024);
    Pki { authority: key, issuer: key, card: key, ..Pki::default() }
});

static AUTHORITY: LazyLock<AuthorityKey> =
    LazyLock::new(|| PKI.authority_key([0xA0, 0x00, 0x00, 0x03, 0x33]));

static CAPKS: LazyLock<[Capk<'static>; 1]> = LazyLock::new(|| {
    let key = &*AUTHORITY;
    [Capk::new(key.rid, key.index, &key.modulus, &key.exponent)]
});

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let card = |by, cvm: [u8; 2], asks: bool| {
        let application = CardApplication::new(1, "UnionPay Debit", 1)
            .authenticated(by, PKI.clone())
            .with(0x8E, &[&[0; 8][..], &cvm].concat())
            .with(0x9F14, &[9])
            .with(0x9F23, &[9]);
        let risk = Risk { online_above: asks.then_some(0), ..Risk::default() };
        let application = CardApplication { risk, ..application };
        let personal = Personalisation {
            counter: 5,
            last_online: 4,
            ..Personalisation::of(application).with_pin("1234")
        };
        // Its records are made once.
        let mut card = EmvApplet::new(personal, &Issuer::default());
        card.process(b"\x00\xA4\x04\x00\x08\xA0\x00\x00\x03\x33\x01\x01\x01\x00");
        card.process(b"\x80\xA8\x00\x00\x0A\x83\x08\x01\x56\x00\x00\x00\x02\x00\x00\x00");
        card.process(b"\x00\xB2\x01\x14\x00");
        card.reset();
        card
    };
    let cards = vec![
        card(Authentication::Static, [0x1F, 0x00], true),
        card(Authentication::Dynamic, [0x01, 0x00], false),
        card(Authentication::Combined, [0x04, 0x00], true),
        card(Authentication::Combined, [0x02, 0x00], false),
    ];
    let terminal = Terminal {
        kind: 0x22,
        capabilities: Capabilities::from_bytes([0xE0, 0xF8, 0xC8]),
        applications: &[APPLICATION],
        authorities: Authorities { keys: &*CAPKS, revoked: &[] },
        ..Terminal::CHINA
    };
    World { cards, terminal }
});

/// The input: what to do with each answer. When it ends, all is honest.
struct Input<'a>(&'a [u8]);

impl Input<'_> {
    fn byte(&mut self) -> u8 {
        let (&byte, rest) = self.0.split_first().unwrap_or((&0, &[]));
        self.0 = rest;
        byte
    }

    fn bytes(&mut self) -> Vec<u8> {
        let count = usize::from(self.byte()).min(self.0.len());
        let (bytes, rest) = self.0.split_at(count);
        self.0 = rest;
        bytes.to_vec()
    }

    /// The answer, changed; `None` if it is lost.
    fn alter(&mut self, honest: Vec<u8>) -> Option<Vec<u8>> {
        let mut answer = honest;
        let end = answer.len().saturating_sub(2);
        match self.byte() % 8 {
            1 => {
                let (at, mask) = (self.byte(), self.byte());
                answer.get_mut(usize::from(at)).into_iter().for_each(|byte| *byte ^= mask);
            }
            2 => answer.truncate(self.byte().into()),
            3 => answer.splice(end.., [self.byte(), self.byte()]).for_each(drop),
            4 => answer = [&self.bytes()[..], &[0x90, 0x00]].concat(),
            5 => {
                let (tag, content) = (self.byte(), self.bytes());
                let length = u8::try_from(content.len()).unwrap_or(0xFF);
                answer = [&[tag, 0x81, length], &content[..], &[0x90, 0x00]].concat();
            }
            6 => return None,
            7 => {
                let at = usize::from(self.byte()).min(end);
                let inserted = self.bytes();
                answer.splice(at..at, inserted).for_each(drop);
            }
            _ => {}
        }
        Some(answer)
    }
}

/// What the kernel heard last in answer to GENERATE AC.
#[derive(Default)]
struct Heard {
    commands: usize,
    cryptograms: usize,
    asked: u8,
    answer: Vec<u8>,
    honest: Vec<u8>,
    is_gone: bool,
}

/// The card behind a line on which the input speaks too.
struct Line<'l, 'i> {
    heard: &'l mut Heard,
    card: &'l mut EmvApplet,
    input: &'l mut Input<'i>,
}

impl ErrorType for Line<'_, '_> {
    type Error = ErrorKind;
}

impl CardReader for Line<'_, '_> {
    fn poll_inserted(&mut self) -> nb::Result<(), ErrorKind> {
        Ok(())
    }

    fn activate(&mut self, _atr: &mut [u8]) -> Result<usize, ErrorKind> {
        Ok(0)
    }

    fn transmit(&mut self, command: &[u8], response: &mut [u8]) -> Result<usize, ErrorKind> {
        let answer = pass(self.heard, self.card, command, self.input).ok_or(ErrorKind::Absent)?;
        let place = response.get_mut(..answer.len()).ok_or(ErrorKind::Argument)?;
        place.copy_from_slice(&answer);
        Ok(answer.len())
    }

    fn deactivate(&mut self) -> Result<(), ErrorKind> {
        Ok(())
    }

    fn poll_removed(&mut self) -> nb::Result<(), ErrorKind> {
        Ok(())
    }
}

/// Whether two answers in template `77` have the same objects: padding and the
/// template's own length may be other ones.
fn same(one: &[u8], other: &[u8]) -> Option<bool> {
    let objects = |answer: &[u8]| {
        let (data, _status) = answer.split_last_chunk::<2>()?;
        let ((tag, content), behind) = object(data)?;
        let mut found = vec![tag];
        let mut rest = content.as_slice();
        while rest.iter().any(|&byte| byte != 0) {
            let ((tag, value), behind) = object(rest)?;
            found.extend([tag, value]);
            rest = behind;
        }
        behind.iter().all(|&byte| byte == 0).then_some(found)
    };
    Some(objects(one)? == objects(other)?)
}

type Object = (Vec<u8>, Vec<u8>);

/// The first object, and what is behind it.
fn object(bytes: &[u8]) -> Option<(Object, &[u8])> {
    let bytes = &bytes[bytes.iter().position(|&byte| byte != 0)?..];
    let mut end = 1;
    if bytes[0] & 0x1F == 0x1F {
        while *bytes.get(end)? >= 0x80 {
            end += 1;
        }
        end += 1;
    }
    let (tag, rest) = bytes.split_at_checked(end)?;
    let (&first, rest) = rest.split_first()?;
    let count = usize::from(first.saturating_sub(0x80));
    let (digits, rest) = rest.split_at_checked(count)?;
    let long = digits.iter().fold(0, |length, &byte| length << 8 | usize::from(byte));
    let length = if count == 0 { first.into() } else { long };
    let (value, rest) = rest.split_at_checked(length)?;
    Some(((tag.to_vec(), value.to_vec()), rest))
}

fn pass(
    heard: &mut Heard,
    card: &mut EmvApplet,
    command: &[u8],
    input: &mut Input<'_>,
) -> Option<Vec<u8>> {
    assert!(!heard.is_gone, "sent to nobody");
    heard.commands += 1;
    let honest = card.process(command);
    let delivered = input.alter(honest.clone());
    heard.is_gone = delivered.is_none();
    if command.get(1) == Some(&0xAE) {
        heard.cryptograms += 1;
        heard.asked = command[2];
        heard.answer = delivered.clone().unwrap_or_default();
        heard.honest = honest;
    }
    delivered
}

fn issuer(choice: u8) -> Issuer {
    let mut issuer = Issuer::default();
    if choice & 0x20 != 0 {
        issuer.send(Script::before([ScriptCommand::PutData(0x9F14, vec![9])]));
        issuer.send(Script::after([ScriptCommand::PutData(0x9F23, vec![9])]));
    }
    issuer
}

/// The first byte chooses the card, what the issuer says, and whether it sends
/// scripts.
pub fn run(data: &[u8]) {
    let Some((&choice, input)) = data.split_first() else { return };
    let mut input = Input(input);
    let world = &*WORLD;
    let mut card = world.cards[usize::from(choice % 4)].clone();
    let mut memory = [0; Store::ROOM];
    let amount = Amount::from_minor(20_000).unwrap();
    let time = CivilTime::new(Date::new(2025, 3, 1).unwrap(), 10, 15, 30).unwrap();
    let payment = Payment::yuan(amount, time, 42, [0xB8, 0x1C, 0xCF, 0x08]);
    let mut transaction = Transaction::new(&world.terminal, payment, &mut memory);
    let mut heard = Heard::default();
    let mut told = None;
    let most = Transaction::most_commands(&world.terminal) + 2;
    let outcome = loop {
        assert!(heard.commands <= most, "no end");
        match transaction.step() {
            Step::Transmit(command) => match pass(&mut heard, &mut card, command, &mut input) {
                Some(answer) => transaction.response(&answer),
                None => transaction.card_removed(),
            },
            Step::Verify(command) => {
                let mut line = Line { heard: &mut heard, card: &mut card, input: &mut input };
                let mut answer = [0; 600];
                match command.transmit(&mut line, &mut answer) {
                    Ok(length) => transaction.response(&answer[..length]),
                    Err(_) => transaction.card_removed(),
                }
            }
            Step::Choose(_) => transaction.choose(0),
            Step::EnterPin(request) if request.is_online() => {
                transaction.online_pin(PinBlock::from_iso0([0x5A; 8]));
            }
            Step::EnterPin(_) => {
                let mut pin = Pin::new();
                let wrong = input.byte() & 1;
                [1, 2, 3, 4 - wrong].into_iter().for_each(|digit| pin.push(digit).unwrap());
                _ = transaction.pin(&pin, |random| random.fill(0xA5));
            }
            Step::Assess(_) => unreachable!("there are no lists"),
            Step::GoOnline(request) => {
                assert!(told.is_none(), "asked twice");
                let mut field = [0; 255];
                let length = request.field_55(FIELD_55, &mut field).unwrap();
                let pan = request.pan().unwrap();
                let answer = issuer(choice).authorise(pan.expose(), 1, &field[..length]);
                told = Some(choice >> 6);
                let mut response = match choice >> 6 {
                    0 | 1 => OnlineResponse::approved(*b"00"),
                    2 => OnlineResponse::declined(*b"51"),
                    _ => {
                        transaction.unable_to_go_online();
                        continue;
                    }
                };
                response.field_55(&answer.field_55).unwrap();
                transaction.online(&response);
            }
            Step::Done(outcome) => break outcome,
        }
    };
    let approved = outcome.is_approved();
    let issuer_approved = matches!(told, Some(0 | 1));
    assert_eq!(outcome.reversal_due, issuer_approved && !approved, "{outcome:?}");
    assert!(heard.cryptograms <= 2);
    if approved {
        assert!(heard.answer.ends_with(&[0x90, 0x00]) && heard.asked & 0xC0 == 0x40);
        assert!(!transaction.tvr().intersects(NOT_AUTHENTIC), "{:?}", transaction.tvr());
        assert_ne!(told, Some(2), "the issuer declined");
        if heard.asked & 0x10 != 0 {
            assert!(same(&heard.answer, &heard.honest) == Some(true), "a signature of nobody");
        }
    }
    if let Verdict::Failed(fault) = outcome.result {
        assert!(!fault.to_string().is_empty());
    }
}
