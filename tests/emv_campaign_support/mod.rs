//! Payments, and a line between terminal and card on which things go wrong.

pub mod mischief;
pub mod session;

use embedded_pos::card::{CardReader, Response};
use embedded_pos::emv::cvm::PinBlock;
use embedded_pos::emv::{OnlineResponse, Outcome, Step, Store, Transaction};
use embedded_pos::sim::card::{Application as _, EmvApplet};
use embedded_pos::{ErrorKind, ErrorType, nb};

use super::emv_support::{Entry, authorise, payment, pin};
use mischief::Mischief;
use session::{Says, Session};

/// A command and what became of it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Exchange {
    pub command: Vec<u8>,
    /// What the card answered; empty if the command did not reach it.
    pub genuine: Vec<u8>,
    /// What the terminal got; `None` if that was nothing.
    pub delivered: Option<Vec<u8>>,
}

impl Exchange {
    /// Whether the terminal got what the card answered, in whatever form of its
    /// length.
    pub fn is_genuine(&self) -> bool {
        let delivered = self.delivered.as_deref();
        delivered.is_some_and(|got| got == self.genuine || same(got, &self.genuine) == Some(true))
    }

    pub fn is_cryptogram(&self) -> bool {
        self.command[1] == 0xAE
    }

    /// The kind of the cryptogram that the terminal got, by a reading of its
    /// own: `00`, `40`, `80`.
    pub fn kind(&self) -> Option<u8> {
        first_or(self.delivered.as_deref()?, &[0x9F, 0x27], 1)
            .map(|information| information[0] & 0xC0)
    }

    /// Whether what the terminal got has the card's profile in it.
    pub fn has_genuine_profile(&self) -> bool {
        let profile = |answer| first_or(answer, &[0x82], 2);
        self.delivered.as_deref().and_then(profile) == profile(&self.genuine)
    }
}

/// What stands first in template `80`, so many bytes, or under this tag in
/// template `77`.
fn first_or<'a>(answer: &'a [u8], wanted: &[u8], length: usize) -> Option<&'a [u8]> {
    let (data, status) = answer.split_last_chunk::<2>()?;
    let (template, content, _) = object(data).filter(|_| *status == [0x90, 0x00])?;
    if template == [0x80] {
        return content.get(..length);
    }
    let mut rest = if template == [0x77] { content } else { &[] };
    while let Some((tag, value, behind)) = object(rest) {
        if tag == wanted {
            return value.get(..length);
        }
        rest = behind;
    }
    None
}

/// Whether both are the same object and status word. Zeros behind it are
/// padding.
fn same(one: &[u8], other: &[u8]) -> Option<bool> {
    let (one, status) = one.split_last_chunk::<2>()?;
    let (other, wanted) = other.split_last_chunk::<2>()?;
    let (tag, content, behind) = object(one)?;
    let (wanted_tag, wanted_content, _) = object(other)?;
    let padded = behind.iter().all(|&byte| byte == 0);
    Some(padded && (tag, content, status) == (wanted_tag, wanted_content, wanted))
}

/// Tag, content and what stands behind; zeros before it are padding.
fn object(bytes: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let bytes = &bytes[bytes.iter().position(|&byte| byte != 0)?..];
    let more = |first: u8| first & 0x1F == 0x1F;
    let mut end = 1;
    while more(bytes[0]) && (end == 1 || bytes.get(end - 1)? & 0x80 != 0) {
        end += 1;
    }
    let (tag, rest) = bytes.split_at_checked(end)?;
    let (&first, rest) = rest.split_first()?;
    let count = if first < 0x80 { 0 } else { usize::from(first & 0x7F) };
    let (length, rest) = rest.split_at_checked(count)?;
    let long = length.iter().fold(0_usize, |length, &byte| length << 8 | usize::from(byte));
    let (value, behind) = rest.split_at_checked(if count == 0 { first.into() } else { long })?;
    Some((tag, value, behind))
}

/// The line: everything goes over it, and some of it wrong.
pub struct Line<'m> {
    card: EmvApplet,
    mischief: &'m [(usize, Mischief)],
    pub exchanges: Vec<Exchange>,
}

impl Line<'_> {
    fn pass(&mut self, command: &[u8]) -> Option<Vec<u8>> {
        let at = self.exchanges.len();
        let mut here = self.mischief.iter().filter(|(place, _)| *place == at).map(|(_, how)| how);
        let how = here.next();
        let reaches = how != Some(&Mischief::Removed);
        let genuine = if reaches { self.card.process(command) } else { Vec::new() };
        let stale = self.exchanges.last().map_or(&[][..], |before| &before.genuine);
        let delivered = match how {
            None => Some(genuine.clone()),
            Some(how) => how.alter(&genuine, stale),
        };
        let command = command.to_vec();
        self.exchanges.push(Exchange { command, genuine, delivered: delivered.clone() });
        delivered
    }
}

impl ErrorType for Line<'_> {
    type Error = ErrorKind;
}

impl CardReader for Line<'_> {
    fn poll_inserted(&mut self) -> nb::Result<(), ErrorKind> {
        Ok(())
    }

    fn activate(&mut self, _atr: &mut [u8]) -> Result<usize, ErrorKind> {
        Ok(0)
    }

    fn transmit(&mut self, command: &[u8], response: &mut [u8]) -> Result<usize, ErrorKind> {
        let answer = self.pass(command).ok_or(ErrorKind::Timeout)?;
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

/// What somebody does instead of what a step asks for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Instead {
    Nothing,
    /// Everything that is out of turn, before each step.
    OutOfTurn,
    /// The card is taken out at the step of this number that is no command.
    Removes(usize),
    /// The payment is cancelled there.
    Cancels(usize),
}

/// What is left of a payment.
pub struct Report {
    pub outcome: Outcome,
    pub exchanges: Vec<Exchange>,
    /// What the terminal was told of the issuer: that it approved, or not.
    pub told: Option<bool>,
    pub asked_issuer: usize,
    /// Steps that are no commands.
    pub questions: usize,
    pub tvr: embedded_pos::emv::Tvr,
}

/// Plays the payment with this mischief, and looks on.
pub fn play(session: &Session, mischief: &[(usize, Mischief)], instead: Instead) -> Report {
    let mut line = Line { card: session.card.clone(), mischief, exchanges: Vec::new() };
    let issuer = (session.issuer)();
    let mut memory = vec![0; Store::ROOM];
    let mut transaction = Transaction::new(&session.terminal, payment(), &mut memory);
    let mut pins = session.pins.iter();
    let (mut told, mut asked_issuer, mut questions) = (None, 0, 0);
    let outcome = loop {
        assert!(line.exchanges.len() < 1_000, "no end: {mischief:?}");
        if instead == Instead::OutOfTurn {
            out_of_turn(&mut transaction);
        }
        if is_question(&transaction.step()) {
            questions += 1;
            match instead {
                Instead::Removes(at) if at + 1 == questions => transaction.card_removed(),
                Instead::Cancels(at) if at + 1 == questions => transaction.cancel(),
                _ => {}
            }
        }
        match transaction.step() {
            Step::Transmit(command) => match line.pass(command) {
                Some(answer) => transaction.response(&answer),
                None => transaction.card_removed(),
            },
            Step::Verify(command) => {
                let mut answer = [0; Response::MAX];
                match command.transmit(&mut line, &mut answer) {
                    Ok(length) => transaction.response(&answer[..length]),
                    Err(_) => transaction.card_removed(),
                }
            }
            Step::Choose(_) => transaction.choose(0),
            Step::EnterPin(request) => match (pins.next(), request.is_online()) {
                (Some(Entry::Digits(_)), true) => {
                    transaction.online_pin(PinBlock::from_iso0([0x5A; 8]));
                }
                (Some(Entry::Digits(digits)), false) => {
                    _ = transaction.pin(&pin(digits), |random| random.fill(0xA5));
                }
                (Some(Entry::Bypassed), _) => transaction.pin_bypassed(),
                _ => transaction.pin_pad_failed(),
            },
            Step::Assess(_) => transaction.assessed(&session.assessment),
            Step::GoOnline(_) => {
                asked_issuer += 1;
                let answer = authorise(&issuer, &transaction);
                // A request that was spoilt on its way is declined; here the
                // worst issuer approves all the same.
                let approved = answer.approved || session.says == Says::Approved;
                let mut response = match approved {
                    true => OnlineResponse::approved(*b"00"),
                    false => OnlineResponse::declined(answer.arc),
                };
                response.field_55(&answer.field_55).unwrap();
                if session.says == Says::Nothing {
                    transaction.unable_to_go_online();
                } else {
                    told = Some(approved);
                    transaction.online(&response);
                }
            }
            Step::Done(outcome) => break outcome,
        }
    };
    // What is over stays so.
    let tvr = transaction.tvr();
    out_of_turn(&mut transaction);
    transaction.card_removed();
    transaction.response(b"\x90\x00");
    assert!(matches!(transaction.step(), Step::Done(end) if end == outcome), "{outcome:?}");
    assert_eq!(transaction.tvr(), tvr);
    Report { outcome, exchanges: line.exchanges, told, asked_issuer, questions, tvr }
}

const fn is_question(step: &Step<'_>) -> bool {
    matches!(step, Step::Choose(_) | Step::EnterPin(_) | Step::Assess(_) | Step::GoOnline(_))
}

/// All that this step does not ask for.
fn out_of_turn(transaction: &mut Transaction<'_>) {
    let (mut wants_choice, mut wants_answer, mut wants_lists) = (false, false, false);
    let (mut wants_issuer, mut wants_pin) = (false, None);
    match transaction.step() {
        Step::Transmit(_) | Step::Verify(_) => wants_answer = true,
        Step::Choose(_) => wants_choice = true,
        Step::EnterPin(request) => wants_pin = Some(request.is_online()),
        Step::Assess(_) => wants_lists = true,
        Step::GoOnline(_) => wants_issuer = true,
        _ => {}
    }
    if !wants_choice {
        transaction.choose(0);
    }
    if !wants_answer {
        transaction.response(b"\x90\x00");
    }
    if !wants_lists {
        transaction.assessed(&Default::default());
    }
    if !wants_issuer {
        transaction.online(&OnlineResponse::approved(*b"00"));
        transaction.unable_to_go_online();
    }
    if wants_pin != Some(true) {
        transaction.online_pin(PinBlock::from_iso0([0; 8]));
    }
    if wants_pin != Some(false) {
        transaction.pin(&pin("0000"), |_| panic!("no PIN is wanted")).unwrap();
    }
    if wants_pin.is_none() {
        transaction.pin_bypassed();
        transaction.pin_pad_failed();
        if !wants_choice && !wants_lists {
            transaction.cancel();
        }
    }
}
