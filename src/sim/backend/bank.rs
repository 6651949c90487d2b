use std::format;
use std::string::{String, ToString};
use std::vec::Vec;

use super::ledger::{Ledger, Payer, State};
use super::network::{NetFault, Network};
use crate::sim::issuer::Issuer;
use crate::terminal::payment::{
    Acquirer, Approval, Charge, Code, Method, OrderState, Reply, Reversal, Sale, Tender, Undo,
    Wallet,
};
use crate::terminal::{Fen, MaskedPan, OrderKey, Text};
use crate::{ErrorKind, ErrorType};

/// A message, as it travels.
#[derive(Clone, Debug)]
enum Message {
    Open { key: OrderKey, amount: u64, masked: Option<String>, scanned: bool },
    Refuse { key: OrderKey, code: &'static str },
    Query(OrderKey),
    Cancel(OrderKey),
    Close(OrderKey),
}

/// What the host answers.
#[derive(Clone, Copy, Debug)]
enum HostAnswer {
    Reply(Reply),
    Undo(Undo),
}

/// A simulated acquirer of cards and wallets.
///
/// It holds an order number unique, leaves a tombstone for a reversal or
/// cancelling of an order it never saw, and refuses the order if it comes
/// later.
#[derive(Debug, Default)]
pub struct Bank {
    ledger: Ledger,
    network: Network<Message>,
    messages: u32,
    issuer: Option<Issuer>,
    /// What the issuer sent to the chip, with the order.
    chip: Option<(OrderKey, Vec<u8>)>,
}

impl Bank {
    /// A bank without orders.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// From here on cards are authorised by their issuer, which verifies their
    /// cryptograms. Without one, the bank takes any.
    pub fn ask_issuer(&mut self, issuer: Issuer) {
        self.issuer = Some(issuer);
    }

    /// What the payer of the next order does; one for each order, in turn.
    pub fn expect(&mut self, payer: Payer) {
        self.ledger.payers.push_back(payer);
    }

    /// What the network does to the next message; one for each, in turn.
    pub fn inject(&mut self, fault: impl Into<Option<NetFault>>) {
        self.network.script(fault.into());
    }

    /// From here on the network fails by this seed, in about every fourth
    /// message.
    pub fn seed(&mut self, seed: u64) {
        self.network.seed(seed);
    }

    /// The network is whole from here on; what is under way stays so.
    pub fn heal(&mut self) {
        self.network.heal();
    }

    /// Everything that is under way arrives at last.
    pub fn deliver(&mut self) {
        for message in self.network.flush() {
            self.receive(&message);
        }
    }

    /// How many messages were sent to it.
    #[must_use]
    pub const fn messages(&self) -> u32 {
        self.messages
    }

    /// How many orders of a purchase are charged now, refunds deducted.
    #[must_use]
    pub fn charges(&self, purchase: &str) -> usize {
        let orders = self.ledger.orders.iter();
        let of_purchase = orders.filter(|(key, _)| key.as_str().starts_with(purchase));
        of_purchase.filter(|(_, order)| order.debited && !order.credited).count()
    }

    /// What is charged for an order now, in fen.
    #[must_use]
    pub fn charged(&self, key: OrderKey) -> u64 {
        let order = self.ledger.orders.get(&key);
        order.filter(|order| order.debited && !order.credited).map_or(0, |order| order.amount)
    }

    fn receive(&mut self, message: &Message) -> HostAnswer {
        match message {
            Message::Open { key, amount, masked, scanned } => {
                self.ledger.open(*key, *amount, masked.clone());
                if *scanned {
                    self.ledger.turn(*key);
                }
                HostAnswer::Reply(self.reply(*key))
            }
            Message::Refuse { key, code } => {
                let code = Code::new(code).unwrap_or_default();
                HostAnswer::Reply(Reply { key: *key, state: OrderState::Declined(code) })
            }
            Message::Query(key) => {
                self.ledger.turn(*key);
                HostAnswer::Reply(self.reply(*key))
            }
            Message::Cancel(key) => {
                self.ledger.close(*key, true);
                HostAnswer::Undo(Undo::Done)
            }
            Message::Close(key) => HostAnswer::Undo(if self.ledger.close(*key, false) {
                Undo::Done
            } else {
                Undo::Refused(Code::new("ORDERPAID").unwrap_or_default())
            }),
        }
    }

    fn reply(&self, key: OrderKey) -> Reply {
        let state = match self.ledger.orders.get(&key) {
            None => OrderState::NotFound,
            Some(order) => match order.state {
                State::Waiting => OrderState::Pending,
                State::Declined(code) => OrderState::Declined(Code::new(code).unwrap_or_default()),
                State::Closed => OrderState::Closed,
                State::Paid => OrderState::Paid(Approval {
                    amount: Fen(order.amount),
                    reference: Text::new(&format!("{:012}", order.trace)).unwrap_or_default(),
                    authorisation: order
                        .masked
                        .as_ref()
                        .and_then(|_| Text::new(&format!("A{:05}", order.trace)).ok())
                        .unwrap_or_default(),
                    batch: 24,
                    trace: order.trace,
                    pan: order.masked.as_ref().and_then(|pan| MaskedPan::new(pan).ok()),
                }),
            },
        };
        Reply { key, state }
    }

    /// What the card's issuer sends to its chip, or its refusal.
    fn authorise(&self, tender: &Tender<'_>) -> Result<Vec<u8>, &'static str> {
        let (Some(issuer), Tender::Card(card)) = (&self.issuer, tender) else {
            return Ok(Vec::new());
        };
        let pan = core::str::from_utf8(card.pan.expose()).map_err(|_| "14")?;
        let answer = issuer.authorise(pan, card.sequence.unwrap_or(0), card.data.expose());
        if answer.approved { Ok(answer.field_55) } else { Err("05") }
    }

    /// Sends a message over the network and waits for the answer.
    fn exchange(&mut self, message: Message) -> Result<HostAnswer, ErrorKind> {
        self.messages += 1;
        for late in self.network.arrivals() {
            self.receive(&late);
        }
        match self.network.fate() {
            None => Ok(self.receive(&message)),
            Some(NetFault::RequestLost) => Err(ErrorKind::Timeout),
            Some(NetFault::Delayed(messages)) => {
                self.network.delay(messages, message);
                Err(ErrorKind::Timeout)
            }
            Some(NetFault::AnswerLost) => {
                self.receive(&message);
                Err(ErrorKind::Timeout)
            }
            Some(NetFault::Garbled) => {
                self.receive(&message);
                Err(ErrorKind::Protocol)
            }
            Some(fault) => Ok(altered(self.receive(&message), fault)),
        }
    }

    fn ask(&mut self, message: Message) -> Result<Reply, ErrorKind> {
        match self.exchange(message)? {
            HostAnswer::Reply(reply) => Ok(reply),
            HostAnswer::Undo(_) => Err(ErrorKind::Protocol),
        }
    }

    fn undo(&mut self, message: Message) -> Result<Undo, ErrorKind> {
        match self.exchange(message)? {
            HostAnswer::Undo(undo) => Ok(undo),
            HostAnswer::Reply(_) => Err(ErrorKind::Protocol),
        }
    }
}

/// Another answer: of another order, which fared the other way, or with another
/// amount. An answer to a closing has neither: it says "not yet".
fn altered(answer: HostAnswer, fault: NetFault) -> HostAnswer {
    let HostAnswer::Reply(Reply { key, state }) = answer else {
        return HostAnswer::Undo(Undo::Again);
    };
    if fault == NetFault::OtherOrder {
        let other = if key.attempt() == 1 { "02" } else { "01" };
        let state = opposite(state);
        return HostAnswer::Reply(Reply { key: with_attempt(key, other), state });
    }
    let OrderState::Paid(approval) = state else { return answer };
    let state = OrderState::Paid(Approval { amount: Fen(approval.amount.0 + 1), ..approval });
    HostAnswer::Reply(Reply { key, state })
}

fn opposite(state: OrderState) -> OrderState {
    match state {
        OrderState::Paid(_) => OrderState::Declined(Code::new("51").unwrap_or_default()),
        _ => OrderState::Paid(Approval {
            // The fine of many behaviours.
            amount: Fen::yuan(200),
            reference: Text::EMPTY,
            authorisation: Text::EMPTY,
            batch: 24,
            trace: 0,
            pan: None,
        }),
    }
}

fn with_attempt(key: OrderKey, attempt: &str) -> OrderKey {
    let head = key.purchase().to_string() + attempt;
    let symbols = ('0'..='9').chain('A'..='Z');
    let mut keys = symbols.filter_map(|check| format!("{head}{check}").parse().ok());
    keys.next().unwrap_or(key)
}

impl ErrorType for Bank {
    type Error = ErrorKind;
}

impl Acquirer for Bank {
    fn pay(&mut self, sale: Sale<'_>) -> Result<Reply, ErrorKind> {
        let (charge, tender) = (sale.charge(), sale.tender());
        let (key, amount) = (charge.key(), charge.amount().0);
        let authorised = accepted(charge.method(), tender)
            .and_then(|masked| self.authorise(tender).map(|chip| (masked, chip)));
        let (message, chip) = match authorised {
            Ok((masked, chip)) => (Message::Open { key, amount, masked, scanned: true }, chip),
            Err(code) => (Message::Refuse { key, code }, Vec::new()),
        };
        let reply = self.ask(message)?;
        self.chip = Some((key, chip));
        Ok(reply)
    }

    fn chip_response(&mut self, key: OrderKey, out: &mut [u8]) -> usize {
        let Some((_, chip)) = self.chip.take_if(|(order, _)| *order == key) else { return 0 };
        let place = out.get_mut(..chip.len()).unwrap_or_default();
        place.copy_from_slice(chip.get(..place.len()).unwrap_or_default());
        place.len()
    }

    fn show(&mut self, charge: Charge, code: &mut [u8]) -> Result<usize, ErrorKind> {
        let (key, amount) = (charge.key(), charge.amount().0);
        self.ask(Message::Open { key, amount, masked: None, scanned: false })?;
        let host = match charge.method() {
            Method::Shown(Wallet::WeChat) => "weixin://wxpay/bizpayurl?pr=",
            Method::Shown(Wallet::Alipay) => "https://qr.alipay.com/",
            _ => "https://qr.95516.com/",
        };
        let text = format!("{host}{key}");
        let place = code.get_mut(..text.len()).ok_or(ErrorKind::Argument)?;
        place.copy_from_slice(text.as_bytes());
        Ok(text.len())
    }

    fn query(&mut self, key: OrderKey) -> Result<Reply, ErrorKind> {
        self.ask(Message::Query(key))
    }

    fn cancel(&mut self, key: OrderKey) -> Result<Undo, ErrorKind> {
        self.undo(Message::Cancel(key))
    }

    fn close(&mut self, key: OrderKey) -> Result<Undo, ErrorKind> {
        self.undo(Message::Close(key))
    }

    fn reverse(&mut self, reversal: &Reversal) -> Result<Undo, ErrorKind> {
        self.undo(Message::Cancel(reversal.key))
    }
}

/// What the host finds wrong with the tender: the masked card number, or a
/// response code.
fn accepted(method: Method, tender: &Tender<'_>) -> Result<Option<String>, &'static str> {
    match (method, tender) {
        (Method::Card, Tender::Card(card)) => {
            let pan = core::str::from_utf8(card.pan.expose()).map_err(|_| "14")?;
            if card.data.expose().is_empty() || !passes_luhn(pan) {
                return Err("14");
            }
            let hidden = "*".repeat(pan.len().saturating_sub(10));
            let first = pan.get(..6).ok_or("14")?;
            let last = pan.get(pan.len() - 4..).ok_or("14")?;
            Ok(Some(format!("{first}{hidden}{last}")))
        }
        (Method::Scanned(wallet), Tender::Code(code)) if is_code_of(wallet, code.expose()) => {
            Ok(None)
        }
        _ => Err("AUTH_CODE_INVALID"),
    }
}

/// ISO/IEC 7812-1 annex B.
fn passes_luhn(pan: &str) -> bool {
    let digits = pan.chars().rev().map(|c| c.to_digit(10));
    let sum = digits.enumerate().try_fold(0, |sum, (index, digit)| {
        let digit = digit? * if index % 2 == 1 { 2 } else { 1 };
        Some(sum + digit / 10 + digit % 10)
    });
    (13..=19).contains(&pan.len()) && sum.is_some_and(|sum| sum % 10 == 0)
}

/// WeChat: 18 digits, 10 to 15 first; Alipay: 16 to 24 digits, 25 to 30 first;
/// UnionPay: 19 digits, 62 first.
fn is_code_of(wallet: Wallet, code: &[u8]) -> bool {
    let Ok(text) = core::str::from_utf8(code) else { return false };
    let first: u32 = text.get(..2).and_then(|first| first.parse().ok()).unwrap_or(0);
    text.bytes().all(|b| b.is_ascii_digit())
        && match wallet {
            Wallet::WeChat => text.len() == 18 && (10..=15).contains(&first),
            Wallet::Alipay => (16..=24).contains(&text.len()) && (25..=30).contains(&first),
            Wallet::UnionPay => text.len() == 19 && first == 62,
        }
}
