//! Leads the payment: does what the kernel says, and says what happens.

use embedded_pos::emv::cvm::{Entered, Pin, PinEntry as _, PinRequest};
use embedded_pos::emv::{
    Assessment, FIELD_55, OnlineRequest, OnlineResponse, Outcome, Step, Transaction,
};
use embedded_pos::sim::issuer::{Authorisation, Issuer};
use embedded_pos::sim::pin_pad::SimPinPad;
use embedded_pos::{ErrorKind, nb};

use super::args::{self, Args, Entry};
use super::scene;
use crate::sims::Hand;
use crate::{Bad, Session, meaning, shown};

/// Everybody but the card and the kernel.
pub(super) struct Talk<'a> {
    pub(super) args: &'a Args,
    pub(super) session: Session,
    pub(super) hand: Option<Hand>,
    pub(super) pad: SimPinPad,
    pub(super) issuer: Issuer,
    /// Commands to the card so far.
    pub(super) commands: u32,
}

impl Talk<'_> {
    /// Pays, to the end.
    pub(super) fn lead(&mut self, transaction: &mut Transaction<'_>) -> Result<Outcome, Bad> {
        loop {
            let sent = match transaction.step() {
                Step::Transmit(command) => self.send(command),
                Step::Verify(command) => {
                    self.next();
                    let sent = self.session.transmit_secret(&command);
                    self.heard("VERIFY", 0x20, sent)
                }
                Step::Choose(candidates) => {
                    candidates.iter().for_each(|candidate| say!("     application  {candidate}"));
                    transaction.choose(0);
                    continue;
                }
                Step::EnterPin(request) if request.is_online() => {
                    prompt(&request);
                    let entered = nb::block!(self.pad.poll_online(&request));
                    tell(&entered);
                    match entered {
                        Ok(Entered::Given(block)) => transaction.online_pin(block),
                        other => without(transaction, &other),
                    }
                    continue;
                }
                Step::EnterPin(request) => {
                    prompt(&request);
                    let mut pin = Pin::new();
                    let entered = nb::block!(self.pad.poll_offline(&request, &mut pin));
                    tell(&entered);
                    match entered {
                        Ok(Entered::Given(())) => verify(transaction, &pin),
                        other => without(transaction, &other),
                    }
                    continue;
                }
                Step::Assess(_) => {
                    transaction.assessed(&Assessment {
                        on_exception_file: self.args.exception_file,
                        force_online: self.args.force_online,
                        ..Assessment::default()
                    });
                    continue;
                }
                Step::GoOnline(request) => {
                    match self.ask(&request) {
                        Some(told) => answer(transaction, &told),
                        None => transaction.unable_to_go_online(),
                    }
                    continue;
                }
                Step::Done(outcome) => return Ok(outcome),
            };
            match sent? {
                Some(response) => transaction.response(&response),
                None => transaction.card_removed(),
            }
        }
    }

    /// Counts a command; before the one that was named, the card is pulled.
    fn next(&mut self) {
        self.commands += 1;
        if let (Some(hand), true) = (&self.hand, self.args.pull == Some(self.commands)) {
            say!("     card         is pulled out");
            hand();
        }
    }

    fn send(&mut self, command: &[u8]) -> Result<Option<Vec<u8>>, Bad> {
        self.next();
        let sent = self.session.transmit(command);
        let instruction = command.get(1).copied().unwrap_or(0);
        self.heard(&name(command), instruction, sent)
    }

    /// Says what came. Nothing: whether the card acted is not known, and it is
    /// taken for gone.
    fn heard(
        &mut self,
        name: &str,
        instruction: u8,
        sent: Result<Vec<u8>, Bad>,
    ) -> Result<Option<Vec<u8>>, Bad> {
        let number = self.commands;
        match sent {
            Ok(response) => {
                let length = response.len().saturating_sub(2);
                let meaning = meaning(instruction, &response);
                say!("{number:3}  {name:<36} {length:3} bytes, {meaning}");
                Ok(Some(response))
            }
            Err(Bad::Reader(failure)) => {
                say!("{number:3}  {name:<36} {failure}");
                Ok(None)
            }
            Err(other) => Err(other),
        }
    }

    /// Asks the issuer.
    fn ask(&mut self, request: &OnlineRequest<'_>) -> Option<Authorisation> {
        let mut field_55 = [0; 255];
        let length = request.field_55(FIELD_55, &mut field_55).ok()?;
        let pan = request.pan()?;
        let pin = request.pin_block().map_or(0, |block| block.bytes().len());
        say!("     issuer       is asked: field 55 of {length} bytes, PIN block of {pin}");
        if self.args.issuer == args::Issuer::Unreachable {
            say!("     issuer       cannot be reached");
            return None;
        }
        if !self.has_right_pin(request) {
            // Incorrect PIN (ISO 8583, field 39).
            self.issuer.answer(*b"55");
        }
        let sequence = request.pan_sequence().unwrap_or(0);
        let told = self.issuer.authorise(pan.expose(), sequence, &field_55[..length]);
        let verb = if told.approved { "approves" } else { "declines" };
        let (arc, answer) = (String::from_utf8_lossy(&told.arc), told.field_55.len());
        say!("     issuer       {verb} with {arc}, field 55 of {answer} bytes");
        Some(told)
    }

    /// Whether the PIN block, if there is one, is that of the card's PIN: the
    /// issuer's host makes it with the key it shares with the pad.
    fn has_right_pin(&self, request: &OnlineRequest<'_>) -> bool {
        let Some(block) = request.pin_block() else { return true };
        let account = request.data(embedded_pos::emv::Tag::PAN).unwrap_or_default();
        let asked = PinRequest::online(request.amount(), request.currency(), account);
        let mut pad = scene::pad(Entry::Right);
        let right = nb::block!(pad.poll_online(&asked));
        matches!(right, Ok(Entered::Given(right)) if right.bytes() == block.bytes())
    }
}

/// Gives the kernel what the issuer said. Whatever field 55 holds, the card must
/// hear it.
fn answer(transaction: &mut Transaction<'_>, told: &Authorisation) {
    let mut response = match told.approved {
        true => OnlineResponse::approved(told.arc),
        false => OnlineResponse::declined(told.arc),
    };
    if let Err(fault) = response.field_55(&told.field_55) {
        say!("     issuer       {fault}");
    }
    transaction.online(&response);
}

/// The card is to verify this PIN. What is none is asked for again.
fn verify(transaction: &mut Transaction<'_>, pin: &Pin) {
    if let Err(fault) = transaction.pin(pin, random) {
        say!("     PIN          {fault}");
    }
}

/// No PIN was given.
fn without<T>(transaction: &mut Transaction<'_>, entered: &Result<Entered<T>, ErrorKind>) {
    match entered {
        Ok(Entered::Bypassed) => transaction.pin_bypassed(),
        Ok(_) => transaction.cancel(),
        Err(_) => transaction.pin_pad_failed(),
    }
}

fn prompt(request: &PinRequest<'_>) {
    let whom = if request.is_online() { "the issuer" } else { "the card" };
    let tries = request.tries.map_or(String::new(), |tries| format!(", {tries} tries left"));
    let again = if request.again { ", incorrect PIN" } else { "" };
    say!("     PIN          is asked for, for {whom}{tries}{again}");
}

fn tell<T>(entered: &Result<Entered<T>, ErrorKind>) {
    match entered {
        Ok(Entered::Given(_)) => say!("     PIN          entered"),
        Ok(Entered::Bypassed) => say!("     PIN          bypassed"),
        Ok(Entered::Cancelled) => say!("     PIN          cancelled"),
        Ok(Entered::TimedOut) => say!("     PIN          nobody entered one"),
        Err(kind) => say!("     PIN          the pad fails: {kind}"),
    }
}

/// What hides an enciphered PIN. Seeded by the operating system.
pub(super) fn random(bytes: &mut [u8]) {
    use std::hash::{BuildHasher, RandomState};
    for (index, chunk) in bytes.chunks_mut(8).enumerate() {
        let drawn = RandomState::new().hash_one(index).to_le_bytes();
        chunk.iter_mut().zip(drawn).for_each(|(byte, drawn)| *byte = drawn);
    }
}

/// A command in words (EMV Book 1, 11; Book 3, 6.5).
fn name(command: &[u8]) -> String {
    let &[_, instruction, p1, p2, ref rest @ ..] = command else { return "?".into() };
    match instruction {
        0xA4 => format!("SELECT {}", selected(rest)),
        0xA8 => "GET PROCESSING OPTIONS".into(),
        0xB2 => format!("READ RECORD {p1} of file {}", p2 >> 3),
        0x88 => "INTERNAL AUTHENTICATE".into(),
        0x84 => "GET CHALLENGE".into(),
        0xCA => format!("GET DATA {p1:02X}{p2:02X}"),
        0xAE => {
            let kind = ["AAC", "TC", "ARQC", "?"][usize::from(p1 >> 6)];
            let signed = if p1 & 0x10 == 0 { "" } else { ", signed" };
            format!("GENERATE AC: {kind}{signed}")
        }
        0x82 => "EXTERNAL AUTHENTICATE".into(),
        0xDA => format!("script: PUT DATA {p1:02X}{p2:02X}"),
        other => format!("script: {other:02X}"),
    }
}

/// The name in a SELECT.
fn selected(rest: &[u8]) -> String {
    let Some((&length, rest)) = rest.split_first() else { return String::new() };
    let name = rest.get(..length.into()).unwrap_or_default();
    match name.iter().all(|byte| byte.is_ascii_graphic()) {
        true => String::from_utf8_lossy(name).into_owned(),
        false => shown(name),
    }
}
