//! A terminal, a simulated card and its issuer, without a line between them.
#![allow(dead_code)]

use embedded_pos::card::{CardReader, Response};
use embedded_pos::civil::{CivilTime, Date};
use embedded_pos::emv::cvm::{Pin, PinBlock};
use embedded_pos::emv::oda::{Authorities, Capk};
use embedded_pos::emv::{
    ActionCodes, Amount, Application, Assessment, Capabilities, FIELD_55, Limits, OnlineResponse,
    Outcome, Pan, Payment, Step, Store, Terminal, Transaction,
};
use embedded_pos::sim::card::pki::Pki;
use embedded_pos::sim::card::{Application as _, EmvApplet, Misbehaviour, Personalisation};
use embedded_pos::sim::issuer::{Authorisation, Issuer};
use embedded_pos::{ErrorKind, ErrorType, nb};

/// More steps than any transaction needs.
pub const STEPS: usize = 200;

pub fn payment() -> Payment {
    let amount = Amount::from_minor(20_000).unwrap();
    let date = Date::new(2025, 3, 1).unwrap();
    let time = CivilTime::new(date, 10, 15, 30).unwrap();
    Payment::yuan(amount, time, 42, [0xB8, 0x1C, 0xCF, 0x08])
}

pub fn arena() -> Vec<u8> {
    vec![0; Store::ROOM]
}

/// A terminal in China with all that the kernel can do: attended, offline with
/// online capability, every method of authentication and verification.
pub const FULL: Terminal<'_> = Terminal {
    kind: 0x22,
    capabilities: Capabilities::from_bytes([0xE0, 0xF8, 0xC8]),
    ..Terminal::CHINA
};

/// What the world does to a transaction.
pub struct World {
    pub card: EmvApplet,
    pub issuer: Issuer,
    pub online: bool,
    /// Which candidate is chosen, each time there is a choice.
    pub choices: Vec<Option<usize>>,
    /// What was offered, each time.
    pub offered: Vec<Vec<String>>,
    /// What is entered at the PIN pad, the last first; without any, there is
    /// none.
    pub pins: Vec<Entry>,
    /// What was asked of it, each time: for the issuer, tries left, and whether
    /// the one before was wrong.
    pub asked_pins: Vec<(bool, Option<u8>, bool)>,
    /// What the terminal's lists have.
    pub assessment: Assessment,
    /// The card is taken out while the issuer is asked.
    pub pulled_online: bool,
    /// How often the issuer was asked.
    pub asked: usize,
    /// Whether it approved.
    pub issuer_approved: bool,
}

/// What somebody does at the PIN pad.
#[derive(Clone, Copy, Debug)]
pub enum Entry {
    Digits(&'static str),
    Bypassed,
    Broken,
    Cancelled,
}

pub fn pin(digits: &str) -> Pin {
    let mut pin = Pin::new();
    digits.bytes().for_each(|digit| pin.push(digit - b'0').unwrap());
    pin
}

/// A reader that is nothing but the card.
pub struct Slot<'c>(pub &'c mut EmvApplet);

impl ErrorType for Slot<'_> {
    type Error = ErrorKind;
}

impl CardReader for Slot<'_> {
    fn poll_inserted(&mut self) -> nb::Result<(), ErrorKind> {
        Ok(())
    }

    fn activate(&mut self, _atr: &mut [u8]) -> Result<usize, ErrorKind> {
        Ok(0)
    }

    fn transmit(&mut self, command: &[u8], response: &mut [u8]) -> Result<usize, ErrorKind> {
        let answer = self.0.process(command);
        if self.0.is_removed() {
            return Err(ErrorKind::Absent);
        }
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

impl World {
    pub fn new(personal: Personalisation) -> Self {
        let issuer = Issuer::default();
        Self {
            card: EmvApplet::new(personal, &issuer),
            issuer,
            online: true,
            choices: Vec::new(),
            offered: Vec::new(),
            pins: Vec::new(),
            asked_pins: Vec::new(),
            assessment: Assessment::default(),
            pulled_online: false,
            asked: 0,
            issuer_approved: false,
        }
    }

    pub fn with(mut self, how: Misbehaviour) -> Self {
        self.card.misbehave(how);
        self
    }

    pub fn entering(mut self, pins: &[Entry]) -> Self {
        self.pins = pins.iter().rev().copied().collect();
        self
    }

    /// Plays the transaction to its end.
    pub fn play(&mut self, transaction: &mut Transaction<'_>) -> Outcome {
        for _ in 0..STEPS {
            match transaction.step() {
                Step::Transmit(command) => {
                    let answer = self.card.process(command);
                    if self.card.is_removed() {
                        transaction.card_removed();
                    } else {
                        transaction.response(&answer);
                    }
                }
                Step::Verify(command) => {
                    let mut answer = [0; Response::MAX];
                    match command.transmit(&mut Slot(&mut self.card), &mut answer) {
                        Ok(length) => transaction.response(&answer[..length]),
                        Err(_) => transaction.card_removed(),
                    }
                }
                Step::Choose(candidates) => {
                    self.offered.push(candidates.iter().map(ToString::to_string).collect());
                    match self.choices.pop() {
                        Some(Some(index)) => transaction.choose(index),
                        _ => transaction.cancel(),
                    }
                }
                Step::EnterPin(request) => {
                    self.asked_pins.push((request.is_online(), request.tries, request.again));
                    let pan = request.pan();
                    self.enter_pin(pan.as_ref(), transaction);
                }
                Step::Assess(question) => {
                    assert_eq!(question.pan(), transaction.pan());
                    transaction.assessed(&self.assessment);
                }
                Step::GoOnline(_) => self.go_online(transaction),
                Step::Done(outcome) => return outcome,
            }
        }
        panic!("no end: {transaction:?}");
    }

    fn enter_pin(&mut self, pan: Option<&Pan>, transaction: &mut Transaction<'_>) {
        match (self.pins.pop(), pan) {
            (Some(Entry::Digits(digits)), Some(_)) => {
                assert!(!digits.is_empty());
                transaction.online_pin(PinBlock::from_iso0([0x5A; 8]));
            }
            (Some(Entry::Digits(digits)), None) => {
                transaction.pin(&pin(digits), |random| random.fill(0xA5)).unwrap();
            }
            (Some(Entry::Bypassed), _) => transaction.pin_bypassed(),
            (Some(Entry::Cancelled), _) => transaction.cancel(),
            (Some(Entry::Broken) | None, _) => transaction.pin_pad_failed(),
        }
    }

    fn go_online(&mut self, transaction: &mut Transaction<'_>) {
        self.asked += 1;
        let answer = authorise(&self.issuer, transaction);
        self.issuer_approved = answer.approved;
        if self.pulled_online {
            transaction.card_removed();
        }
        match self.online {
            true => transaction.online(&response(&answer)),
            false => transaction.unable_to_go_online(),
        }
    }
}

/// Asks the issuer what a terminal would ask.
pub fn authorise(issuer: &Issuer, transaction: &Transaction<'_>) -> Authorisation {
    let Step::GoOnline(request) = transaction.step() else { panic!("nothing to ask") };
    let mut field = [0; 255];
    let length = request.field_55(FIELD_55, &mut field).unwrap();
    let pan = request.pan().unwrap();
    let sequence = request.pan_sequence().unwrap_or(0);
    issuer.authorise(pan.expose(), sequence, &field[..length])
}

/// The answer, as the terminal gets it.
pub fn response(answer: &Authorisation) -> OnlineResponse<'_> {
    let mut response = match answer.approved {
        true => OnlineResponse::approved(answer.arc),
        false => OnlineResponse::declined(answer.arc),
    };
    response.field_55(&answer.field_55).unwrap();
    response
}

/// Plays a whole transaction with a terminal of all UnionPay applications.
pub fn play(world: &mut World) -> Outcome {
    play_at(&Terminal::CHINA, world)
}

pub fn play_at(terminal: &Terminal<'_>, world: &mut World) -> Outcome {
    let mut arena = arena();
    let mut transaction = Transaction::new(terminal, payment(), &mut arena);
    world.play(&mut transaction)
}

/// The full terminal, with the key of this payment system's authority, a floor
/// limit of 1000 yuan, and these action codes of the acquirer.
pub fn trusting(pki: &Pki, codes: ActionCodes) -> Terminal<'static> {
    let key = Box::leak(Box::new(pki.authority_key([0xA0, 0x00, 0x00, 0x03, 0x33])));
    let capk = Capk {
        checksum: Some(key.checksum),
        ..Capk::new(key.rid, key.index, &key.modulus, &key.exponent)
    };
    let limits = Limits {
        floor: Amount::from_minor(100_000).unwrap(),
        threshold: Amount::ZERO,
        target_percent: 0,
        maximum_percent: 0,
    };
    let own = Application { limits, codes, ..Application::UNIONPAY };
    Terminal {
        applications: Box::leak(Box::new([own])),
        authorities: Authorities { keys: Box::leak(Box::new([capk])), revoked: &[] },
        ..FULL
    }
}
