use core::fmt;

use super::{Pin, PinBlock};
use crate::ErrorType;
use crate::emv::{Amount, Currency, Pan};

/// What a PIN is asked for: what the PIN pad shows, and what it needs to encipher
/// the PIN.
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct PinRequest<'t> {
    /// The amount that the cardholder agrees to.
    pub amount: Amount,
    /// Its currency.
    pub currency: Currency,
    /// How many tries are left, where the card said so. At 1, show that it is
    /// the last (EMV Book 4, 11.2: "LAST PIN TRY").
    pub tries: Option<u8>,
    /// Whether the PIN before this was wrong, which is to be shown ("INCORRECT
    /// PIN").
    pub again: bool,
    /// The card number as `5A` has it, where the issuer is to verify the PIN.
    account: Option<&'t [u8]>,
}

impl<'t> PinRequest<'t> {
    /// For a PIN that the card is to verify.
    #[must_use]
    pub const fn offline(amount: Amount, currency: Currency) -> Self {
        Self { amount, currency, tries: None, again: false, account: None }
    }

    /// For a PIN that the issuer is to verify. The card number comes as `5A` of
    /// the card has it: compressed digits, padded with `F`.
    #[must_use]
    pub const fn online(amount: Amount, currency: Currency, account: &'t [u8]) -> Self {
        Self { amount, currency, tries: None, again: false, account: Some(account) }
    }

    /// Whether the issuer is to verify the PIN.
    #[must_use]
    pub const fn is_online(&self) -> bool {
        self.account.is_some()
    }

    /// The card number, which is part of the PIN block for the issuer.
    #[must_use]
    pub fn pan(&self) -> Option<Pan> {
        self.account.and_then(Pan::from_compressed)
    }
}

/// Shows no card number.
impl fmt::Debug for PinRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PinRequest")
            .field("amount", &self.amount)
            .field("currency", &self.currency)
            .field("tries", &self.tries)
            .field("again", &self.again)
            .field("online", &self.is_online())
            .finish()
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for PinRequest<'_> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "PinRequest({}, online: {})", self.amount, self.is_online());
    }
}

/// How the entry of a PIN ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Entered<T = ()> {
    /// The cardholder entered it.
    Given(T),
    /// Cardholder or attendant did not want to: the payment goes on without
    /// (EMV Book 4, 6.3.4.3).
    Bypassed,
    /// The cardholder wants to end the payment.
    Cancelled,
    /// Nobody pressed a key for too long.
    TimedOut,
}

/// A PIN pad.
///
/// The first poll begins an entry and shows what is asked for; the poll that
/// returns anything but `WouldBlock` ends it, and the next one begins another.
/// An error of any kind means that no PIN can be had from the pad: the payment
/// goes on without.
pub trait PinEntry: ErrorType {
    /// Whether a PIN for the card was entered. Its digits go into `pin`, which is
    /// [cleared](Pin::clear) before; unless it was given, there are none.
    ///
    /// # Errors
    /// `WouldBlock` until the entry is over; else the pad failed. Kind
    /// [`Unsupported`](crate::ErrorKind::Unsupported) for one that hands out no
    /// PIN for a card.
    fn poll_offline(
        &mut self,
        request: &PinRequest<'_>,
        pin: &mut Pin,
    ) -> nb::Result<Entered, Self::Error>;

    /// Whether a PIN for the issuer was entered. It comes enciphered.
    ///
    /// # Errors
    /// `WouldBlock` until the entry is over; else the pad failed. Kind
    /// [`Unsupported`](crate::ErrorKind::Unsupported) for one that has no key of
    /// an acquirer, [`Argument`](crate::ErrorKind::Argument) for a request
    /// without a card number.
    fn poll_online(
        &mut self,
        request: &PinRequest<'_>,
    ) -> nb::Result<Entered<PinBlock>, Self::Error>;

    /// Ends an entry that is under way: the card was pulled, or the attendant
    /// ends the payment. Its digits are forgotten. Without one it does nothing.
    ///
    /// # Errors
    /// The pad failed.
    fn cancel(&mut self) -> Result<(), Self::Error>;
}

impl<T: PinEntry + ?Sized> PinEntry for &mut T {
    fn poll_offline(
        &mut self,
        request: &PinRequest<'_>,
        pin: &mut Pin,
    ) -> nb::Result<Entered, Self::Error> {
        T::poll_offline(self, request, pin)
    }

    fn poll_online(
        &mut self,
        request: &PinRequest<'_>,
    ) -> nb::Result<Entered<PinBlock>, Self::Error> {
        T::poll_online(self, request)
    }

    fn cancel(&mut self) -> Result<(), Self::Error> {
        T::cancel(self)
    }
}

/// [`PinEntry`], async. Drop a future to stop waiting, and then
/// [`cancel`](Self::cancel) the entry.
#[cfg(feature = "async")]
#[allow(async_fn_in_trait, reason = "a single-threaded executor is the rule on a board")]
pub trait AsyncPinEntry: ErrorType {
    /// As [`PinEntry::poll_offline`].
    ///
    /// # Errors
    /// The pad failed.
    async fn offline(
        &mut self,
        request: &PinRequest<'_>,
        pin: &mut Pin,
    ) -> Result<Entered, Self::Error>;

    /// As [`PinEntry::poll_online`].
    ///
    /// # Errors
    /// The pad failed.
    async fn online(&mut self, request: &PinRequest<'_>) -> Result<Entered<PinBlock>, Self::Error>;

    /// As [`PinEntry::cancel`].
    ///
    /// # Errors
    /// The pad failed.
    async fn cancel(&mut self) -> Result<(), Self::Error>;
}

#[cfg(feature = "async")]
impl<T: AsyncPinEntry + ?Sized> AsyncPinEntry for &mut T {
    async fn offline(
        &mut self,
        request: &PinRequest<'_>,
        pin: &mut Pin,
    ) -> Result<Entered, Self::Error> {
        T::offline(self, request, pin).await
    }

    async fn online(&mut self, request: &PinRequest<'_>) -> Result<Entered<PinBlock>, Self::Error> {
        T::online(self, request).await
    }

    async fn cancel(&mut self) -> Result<(), Self::Error> {
        T::cancel(self).await
    }
}
