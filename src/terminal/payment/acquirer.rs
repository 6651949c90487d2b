use core::fmt;

use super::{Code, Doubt, Method};
use crate::scan::code::AdmittedCode;
use crate::terminal::{Fen, MaskedPan, OrderKey, Text};
use crate::{Error, ErrorKind, ErrorType};

/// A payment that is ready to be sent, once. Only a [`Payment`](super::Payment)
/// makes one, after its intent was kept.
///
/// ```compile_fail,E0451
/// use embedded_pos::terminal::payment::{Charge, Method};
/// use embedded_pos::terminal::{Fen, OrderKey};
///
/// fn forge(key: OrderKey, method: Method, amount: Fen) -> Charge {
///     Charge { key, method, amount }
/// }
/// ```
#[derive(Debug, Eq, PartialEq)]
pub struct Charge {
    pub(super) key: OrderKey,
    pub(super) method: Method,
    pub(super) amount: Fen,
}

impl Charge {
    /// The key of the payment.
    #[must_use]
    pub const fn key(&self) -> OrderKey {
        self.key
    }

    /// How it is paid.
    #[must_use]
    pub const fn method(&self) -> Method {
        self.method
    }

    /// How much.
    #[must_use]
    pub const fn amount(&self) -> Fen {
        self.amount
    }
}

/// Bytes that must not be kept, printed or logged: a card number, the data of a
/// chip. Shows nothing in `Debug`; the owner of the bytes
/// erases them.
#[derive(Clone, Copy)]
pub struct Secret<'a>(&'a [u8]);

impl<'a> Secret<'a> {
    /// Lends bytes.
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// The bytes, to put them into a message.
    #[must_use]
    pub const fn expose(&self) -> &'a [u8] {
        self.0
    }
}

impl fmt::Debug for Secret<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(****)")
    }
}

/// What a chip card has to say to its issuer.
#[derive(Clone, Copy, Debug)]
pub struct ChipCard<'a> {
    /// The card number (ISO 8583 field 2): digits.
    pub pan: Secret<'a>,
    /// Which of the cards with this number it is (field 23), as two coded
    /// digits.
    pub sequence: Option<u8>,
    /// When it expires (field 14): YYMMDD in coded digits.
    pub expiry: Option<[u8; 3]>,
    /// The data of the chip, with its cryptogram (field 55).
    pub data: Secret<'a>,
}

impl<'a> ChipCard<'a> {
    /// A card without the fields that not every host asks for.
    #[must_use]
    pub const fn new(pan: Secret<'a>, data: Secret<'a>) -> Self {
        Self { pan, sequence: None, expiry: None, data }
    }
}

/// What a payment is to be made with. It goes to the acquirer and nowhere else.
#[derive(Debug)]
pub enum Means<'a> {
    /// A chip card.
    Card(ChipCard<'a>),
    /// The code the payer shows, that was not used before. Sending it spends
    /// it, whatever comes of it. If it is not spent,
    /// [take it back](crate::scan::code::OneTime::take_back).
    Code(&'a mut AdmittedCode),
    /// A place for the text of the code that is to be shown.
    Show(&'a mut [u8]),
    /// Nothing: enough for a question, and for undoing.
    Nothing,
}

/// A charge with what it is made with, as it is sent. Only [`Request::ask`]
/// makes one: the means are of the charge's method, and a code is spent.
///
/// ```compile_fail,E0451
/// use embedded_pos::terminal::payment::{Charge, Sale, Tender};
///
/// fn forge(charge: Charge, tender: Tender<'_>) -> Sale<'_> {
///     Sale { charge, tender }
/// }
/// ```
#[derive(Debug)]
pub struct Sale<'a> {
    charge: Charge,
    tender: Tender<'a>,
}

impl<'a> Sale<'a> {
    /// What is charged.
    #[must_use]
    pub const fn charge(&self) -> &Charge {
        &self.charge
    }

    /// What it is paid with.
    #[must_use]
    pub const fn tender(&self) -> &Tender<'a> {
        &self.tender
    }
}

/// What is sent of the [`Means`].
#[derive(Clone, Copy, Debug)]
pub enum Tender<'a> {
    /// The chip card.
    Card(ChipCard<'a>),
    /// The payer's code.
    Code(Secret<'a>),
}

/// What an acquirer says of a payment that was made.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Approval {
    /// What was charged.
    pub amount: Fen,
    /// 检索参考号 (ISO 8583 field 37), or the wallet's transaction number.
    pub reference: Text<32>,
    /// 授权码 (field 38); empty where there is none.
    pub authorisation: Text<6>,
    /// 批次号 (field 60.2).
    pub batch: u32,
    /// 凭证号 (field 11).
    pub trace: u32,
    /// The card.
    pub pan: Option<MaskedPan>,
}

/// What an acquirer says of an order.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum OrderState {
    /// It is paid.
    Paid(Approval),
    /// It is refused for good.
    Declined(Code),
    /// It waits for the payer, or it is not decided.
    Pending,
    /// There is no such order. It may still be under way.
    NotFound,
    /// It is closed, cancelled, reversed or refunded: nothing is charged.
    Closed,
}

/// An acquirer's answer. It names the order it is about.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Reply {
    /// The order.
    pub key: OrderKey,
    /// What it says.
    pub state: OrderState,
}

/// An acquirer's answer to a reversal, a cancelling or a closing.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Undo {
    /// It is done, or there was nothing to undo: nothing is charged, and will
    /// not be (response codes 00, 12, 25).
    Done,
    /// Not yet: ask again.
    Again,
    /// No.
    Refused(Code),
}

/// A card payment that is taken back (0400).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Reversal {
    /// The payment.
    pub key: OrderKey,
    /// Its amount.
    pub amount: Fen,
    /// Why.
    pub reason: Doubt,
}

/// What a payment asks of the acquirer.
#[derive(Debug, Eq, PartialEq)]
pub enum Request {
    /// Charge a card, or a code that was scanned.
    Pay(Charge),
    /// Make an order and give the code to show.
    Show(Charge),
    /// How is this order?
    Query(OrderKey),
    /// Take it back if it is paid, close it if not.
    Cancel(OrderKey),
    /// Close it unless it is paid.
    Close(OrderKey),
    /// Take a card payment back.
    Reverse(Reversal),
}

/// What came of a [`Request`].
#[derive(Debug, Eq, PartialEq)]
pub enum Answer {
    /// The state of the order.
    Reply(Reply),
    /// The order is made; so many bytes are the code to show.
    Shown(usize),
    /// How undoing went.
    Undo(Undo),
    /// The charge was not sent, here it is back: the card was pulled out, or
    /// refused, before anything went to the acquirer.
    NotSent(Charge),
    /// No answer, or none that can be used.
    Nothing(Doubt),
}

/// The host that charges cards and wallets.
///
/// Each method sends one message and waits for its answer, no longer than
/// [`Timing::answer`](super::Timing). It may block: nothing else can be decided
/// meanwhile. An error means *not known*, whatever its kind; what is known is
/// in the answer. Every order is named by its [`OrderKey`], which the host must
/// hold unique: the same key again is the same payment.
pub trait Acquirer: ErrorType {
    /// Charges a card or a scanned code.
    ///
    /// # Errors
    /// No usable answer: the payment may have been made.
    fn pay(&mut self, sale: Sale<'_>) -> Result<Reply, Self::Error>;

    /// What the issuer sent to the chip with its answer to this card payment
    /// (field 55 of the response); it goes to the front of `out`. Returns its
    /// length: 0 if nothing came, or it does not fit.
    fn chip_response(&mut self, key: OrderKey, out: &mut [u8]) -> usize {
        let _ = (key, out);
        0
    }

    /// Makes an order that the payer scans; the text of the code goes to the
    /// front of `code`. Returns its length in bytes.
    ///
    /// # Errors
    /// No usable answer: the order may exist.
    fn show(&mut self, charge: Charge, code: &mut [u8]) -> Result<usize, Self::Error>;

    /// Asks for the state of an order.
    ///
    /// # Errors
    /// No usable answer.
    fn query(&mut self, key: OrderKey) -> Result<Reply, Self::Error>;

    /// Cancels by key: refunds the order if it is paid, closes it if not, and
    /// refuses it if it comes later.
    ///
    /// # Errors
    /// No usable answer: it may be cancelled.
    fn cancel(&mut self, key: OrderKey) -> Result<Undo, Self::Error>;

    /// Closes an order that is not paid; refuses if it is.
    ///
    /// # Errors
    /// No usable answer: it may be closed.
    fn close(&mut self, key: OrderKey) -> Result<Undo, Self::Error>;

    /// Reverses a card payment. A host that never saw it answers
    /// [`Undo::Done`] and must refuse it if it comes later.
    ///
    /// # Errors
    /// No usable answer: it may be reversed.
    fn reverse(&mut self, reversal: &Reversal) -> Result<Undo, Self::Error>;
}

impl<T: Acquirer + ?Sized> Acquirer for &mut T {
    fn pay(&mut self, sale: Sale<'_>) -> Result<Reply, Self::Error> {
        T::pay(self, sale)
    }

    fn chip_response(&mut self, key: OrderKey, out: &mut [u8]) -> usize {
        T::chip_response(self, key, out)
    }

    fn show(&mut self, charge: Charge, code: &mut [u8]) -> Result<usize, Self::Error> {
        T::show(self, charge, code)
    }

    fn query(&mut self, key: OrderKey) -> Result<Reply, Self::Error> {
        T::query(self, key)
    }

    fn cancel(&mut self, key: OrderKey) -> Result<Undo, Self::Error> {
        T::cancel(self, key)
    }

    fn close(&mut self, key: OrderKey) -> Result<Undo, Self::Error> {
        T::close(self, key)
    }

    fn reverse(&mut self, reversal: &Reversal) -> Result<Undo, Self::Error> {
        T::reverse(self, reversal)
    }
}

impl Request {
    /// Asks the acquirer and waits. `means` is used by [`Request::Pay`] and
    /// [`Request::Show`]; if it is not of the charge's method, or a code that was
    /// sent before or has not the form of its wallet's, nothing is sent.
    pub fn ask<A: Acquirer>(self, acquirer: &mut A, means: &mut Means<'_>) -> Answer {
        match self {
            Self::Show(charge) => match means {
                Means::Show(code) => Answer::of_show(acquirer.show(charge, code)),
                _ => Answer::NotSent(charge),
            },
            Self::Pay(charge) => match charge.with(means) {
                Ok(sale) => Answer::of_reply(acquirer.pay(sale)),
                Err(charge) => Answer::NotSent(charge),
            },
            Self::Query(key) => Answer::of_reply(acquirer.query(key)),
            Self::Cancel(key) => Answer::of_undo(acquirer.cancel(key)),
            Self::Close(key) => Answer::of_undo(acquirer.close(key)),
            Self::Reverse(reversal) => Answer::of_undo(acquirer.reverse(&reversal)),
        }
    }
}

impl Charge {
    /// With these means, if it can be paid with them; a code is spent by it.
    pub(in crate::terminal) fn with<'a>(self, means: &'a mut Means<'_>) -> Result<Sale<'a>, Self> {
        let tender = match (self.method, means) {
            (Method::Card, Means::Card(card)) => Some(Tender::Card(*card)),
            (Method::Scanned(wallet), Means::Code(code)) if wallet.shows(code) => {
                code.spend().map(|code| Tender::Code(Secret(code)))
            }
            _ => None,
        };
        match tender {
            Some(tender) => Ok(Sale { charge: self, tender }),
            None => Err(self),
        }
    }
}

impl Answer {
    pub(in crate::terminal) fn of_reply(reply: Result<Reply, impl Error>) -> Self {
        reply.map_or_else(Self::of_error, Self::Reply)
    }

    pub(in crate::terminal) fn of_show(len: Result<usize, impl Error>) -> Self {
        len.map_or_else(Self::of_error, Self::Shown)
    }

    pub(in crate::terminal) fn of_undo(undo: Result<Undo, impl Error>) -> Self {
        undo.map_or_else(Self::of_error, Self::Undo)
    }

    fn of_error(error: impl Error) -> Self {
        Self::Nothing(match error.kind() {
            ErrorKind::Protocol => Doubt::Unusable,
            _ => Doubt::NoAnswer,
        })
    }
}
