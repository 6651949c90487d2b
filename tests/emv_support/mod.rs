//! A terminal, a simulated card and its issuer, without a line between them.
#![allow(dead_code)]

use embedded_pos::civil::{CivilTime, Date};
use embedded_pos::emv::{
    Amount, FIELD_55, OnlineResponse, Outcome, Payment, Step, Store, Terminal, Transaction,
};
use embedded_pos::sim::card::{Application as _, EmvApplet, Misbehaviour, Personalisation};
use embedded_pos::sim::issuer::Issuer;

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

/// What the world does to a transaction.
pub struct World {
    pub card: EmvApplet,
    pub issuer: Issuer,
    pub online: bool,
    /// Which candidate is chosen, each time there is a choice.
    pub choices: Vec<Option<usize>>,
    /// What was offered, each time.
    pub offered: Vec<Vec<String>>,
    /// The card is taken out while the issuer is asked.
    pub pulled_online: bool,
    /// How often the issuer was asked.
    pub asked: usize,
    /// Whether it approved.
    pub issuer_approved: bool,
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
            pulled_online: false,
            asked: 0,
            issuer_approved: false,
        }
    }

    pub fn with(mut self, how: Misbehaviour) -> Self {
        self.card.misbehave(how);
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
                Step::Choose(candidates) => {
                    self.offered.push(candidates.iter().map(ToString::to_string).collect());
                    match self.choices.pop() {
                        Some(Some(index)) => transaction.choose(index),
                        _ => transaction.cancel(),
                    }
                }
                Step::GoOnline(_) => self.go_online(transaction),
                Step::Done(outcome) => return outcome,
            }
        }
        panic!("no end: {transaction:?}");
    }

    fn go_online(&mut self, transaction: &mut Transaction<'_>) {
        self.asked += 1;
        let (answer, approved) = authorise(&self.issuer, transaction);
        self.issuer_approved = approved;
        if self.pulled_online {
            transaction.card_removed();
        }
        match self.online {
            true => transaction.online(&answer),
            false => transaction.unable_to_go_online(),
        }
    }
}

/// Asks the issuer what a terminal would ask; its answer, and whether it approved.
pub fn authorise(issuer: &Issuer, transaction: &Transaction<'_>) -> (OnlineResponse, bool) {
    let Step::GoOnline(request) = transaction.step() else { panic!("nothing to ask") };
    let mut field = [0; 255];
    let length = request.field_55(FIELD_55, &mut field).unwrap();
    let pan = request.pan().unwrap();
    let sequence = request.pan_sequence().unwrap_or(0);
    let answer = issuer.authorise(pan.expose(), sequence, &field[..length]);
    let mut response = match answer.approved {
        true => OnlineResponse::approved(answer.arc),
        false => OnlineResponse::declined(answer.arc),
    };
    response.field_55(&answer.field_55).unwrap();
    (response, answer.approved)
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
