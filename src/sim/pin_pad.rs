//! A PIN pad, and the person at it.

use std::collections::VecDeque;
use std::fmt;
use std::string::String;
use std::vec::Vec;

use aes::Aes128;
use aes::cipher::{BlockCipherEncrypt, KeyInit};
use des::TdesEde2;

use super::draw::Draw;
use crate::emv::cvm::{Entered, Pin, PinBlock, PinEntry, PinRequest};
use crate::{ErrorKind, ErrorType, nb};

/// What the person at the pad does, once a PIN is asked for.
enum Deed {
    Types(String),
    Bypasses,
    Cancels,
    Leaves,
}

/// What a pad was asked to show.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Prompt {
    /// The amount, in its minor unit.
    pub amount: u64,
    /// Whether the PIN is for the issuer.
    pub online: bool,
    /// How many tries are left, where the card said so.
    pub tries: Option<u8>,
    /// Whether the PIN before was wrong.
    pub again: bool,
}

/// A simulated PIN pad. It enciphers as ISO 9564-1 has it, on its own.
///
/// What people do at it is laid up: each entry takes the next deed. With none
/// left, nobody is there, and the pad waits.
///
/// ```
/// use embedded_pos::emv::cvm::{Entered, Pin, PinEntry, PinRequest};
/// use embedded_pos::emv::{Amount, Currency};
/// use embedded_pos::nb;
/// use embedded_pos::sim::pin_pad::SimPinPad;
///
/// let mut pad = SimPinPad::new();
/// pad.types("1234");
/// let request = PinRequest::offline(Amount::ZERO, Currency::CNY);
/// let mut pin = Pin::new();
/// assert_eq!(nb::block!(pad.poll_offline(&request, &mut pin)), Ok(Entered::Given(())));
/// assert_eq!(pin.len(), 4);
/// ```
pub struct SimPinPad {
    deeds: VecDeque<Deed>,
    /// Keys pressed so far, of an entry that is under way.
    pressed: Option<usize>,
    tdes: Option<[u8; 16]>,
    aes: Option<[u8; 16]>,
    broken: Option<ErrorKind>,
    prompts: Vec<Prompt>,
    random: Draw,
}

impl Default for SimPinPad {
    fn default() -> Self {
        Self::new()
    }
}

/// Shows neither keys nor what is typed.
impl fmt::Debug for SimPinPad {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SimPinPad").field("prompts", &self.prompts).finish_non_exhaustive()
    }
}

impl SimPinPad {
    /// A pad without a key, and with nobody at it.
    #[must_use]
    pub fn new() -> Self {
        Self {
            deeds: VecDeque::new(),
            pressed: None,
            tdes: None,
            aes: None,
            broken: None,
            prompts: Vec::new(),
            random: Draw::new(0x9564),
        }
    }

    /// Gives it a key of 3DES, two times 56 bits, for PIN blocks of format 0.
    pub const fn load_tdes(&mut self, key: [u8; 16]) {
        self.tdes = Some(key);
    }

    /// Gives it a key of AES-128, for PIN blocks of format 4; they go before
    /// format 0.
    pub const fn load_aes(&mut self, key: [u8; 16]) {
        self.aes = Some(key);
    }

    /// At the next entry, somebody types these digits, a key a poll, and
    /// confirms. The pad takes 4 to 12; with any other number it goes on waiting.
    pub fn types(&mut self, digits: &str) {
        self.deeds.push_back(Deed::Types(digits.into()));
    }

    /// At the next entry, somebody confirms without a digit.
    pub fn bypasses(&mut self) {
        self.deeds.push_back(Deed::Bypasses);
    }

    /// At the next entry, somebody presses the red key.
    pub fn cancels(&mut self) {
        self.deeds.push_back(Deed::Cancels);
    }

    /// At the next entry, nobody presses a key until the pad gives up.
    pub fn leaves(&mut self) {
        self.deeds.push_back(Deed::Leaves);
    }

    /// From now on it fails in this way; with `None`, it works again.
    pub const fn breaks(&mut self, how: Option<ErrorKind>) {
        self.broken = how;
    }

    /// What it was asked to show, entry by entry.
    #[must_use]
    pub fn prompts(&self) -> &[Prompt] {
        &self.prompts
    }

    /// Whether an entry is under way.
    #[must_use]
    pub const fn is_asking(&self) -> bool {
        self.pressed.is_some()
    }

    /// How the entry ended, or that it has not; the digits, if they were typed.
    fn poll(&mut self, request: &PinRequest<'_>) -> nb::Result<Entered<String>, ErrorKind> {
        if let Some(kind) = self.broken {
            self.pressed = None;
            return Err(nb::Error::Other(kind));
        }
        let Some(pressed) = self.pressed else {
            self.pressed = Some(0);
            self.prompts.push(Prompt {
                amount: request.amount.minor(),
                online: request.is_online(),
                tries: request.tries,
                again: request.again,
            });
            return Err(nb::Error::WouldBlock);
        };
        let keys = match self.deeds.front() {
            None => return Err(nb::Error::WouldBlock),
            Some(Deed::Types(digits)) => digits.len() + 1,
            Some(_) => 1,
        };
        if pressed < keys {
            self.pressed = Some(pressed + 1);
            return Err(nb::Error::WouldBlock);
        }
        if keys > 1 && !(5..=13).contains(&keys) {
            self.deeds.pop_front();
            self.pressed = Some(0);
            return Err(nb::Error::WouldBlock);
        }
        self.pressed = None;
        Ok(match self.deeds.pop_front() {
            Some(Deed::Types(digits)) => Entered::Given(digits),
            Some(Deed::Bypasses) => Entered::Bypassed,
            Some(Deed::Cancels) => Entered::Cancelled,
            Some(Deed::Leaves) | None => Entered::TimedOut,
        })
    }

    fn encipher(&mut self, digits: &str, account: &str) -> Option<PinBlock> {
        if let Some(key) = self.aes {
            let mut random = [0; 8];
            random.iter_mut().for_each(|byte| *byte = self.random.below(256).to_le_bytes()[0]);
            return Some(PinBlock::from_iso4(format_4(digits, account, random, key)?));
        }
        Some(PinBlock::from_iso0(format_0(digits, account, self.tdes?)?))
    }
}

impl ErrorType for SimPinPad {
    type Error = ErrorKind;
}

impl PinEntry for SimPinPad {
    fn poll_offline(
        &mut self,
        request: &PinRequest<'_>,
        pin: &mut Pin,
    ) -> nb::Result<Entered, ErrorKind> {
        pin.clear();
        Ok(match self.poll(request)? {
            Entered::Given(digits) => {
                for digit in digits.bytes() {
                    pin.push(digit.wrapping_sub(b'0')).map_err(|_| ErrorKind::Argument)?;
                }
                Entered::Given(())
            }
            Entered::Bypassed => Entered::Bypassed,
            Entered::Cancelled => Entered::Cancelled,
            Entered::TimedOut => Entered::TimedOut,
        })
    }

    fn poll_online(
        &mut self,
        request: &PinRequest<'_>,
    ) -> nb::Result<Entered<PinBlock>, ErrorKind> {
        if self.aes.is_none() && self.tdes.is_none() {
            return Err(nb::Error::Other(ErrorKind::Unsupported));
        }
        let pan = request.pan().ok_or(ErrorKind::Argument)?;
        Ok(match self.poll(request)? {
            Entered::Given(digits) => {
                Entered::Given(self.encipher(&digits, pan.expose()).ok_or(ErrorKind::Argument)?)
            }
            Entered::Bypassed => Entered::Bypassed,
            Entered::Cancelled => Entered::Cancelled,
            Entered::TimedOut => Entered::TimedOut,
        })
    }

    fn cancel(&mut self) -> Result<(), ErrorKind> {
        if self.pressed.take().is_some() {
            self.deeds.pop_front();
        }
        Ok(())
    }
}

#[cfg(feature = "async")]
impl crate::emv::cvm::AsyncPinEntry for SimPinPad {
    async fn offline(
        &mut self,
        request: &PinRequest<'_>,
        pin: &mut Pin,
    ) -> Result<Entered, ErrorKind> {
        std::future::poll_fn(|_| ready(self.poll_offline(request, pin))).await
    }

    async fn online(&mut self, request: &PinRequest<'_>) -> Result<Entered<PinBlock>, ErrorKind> {
        std::future::poll_fn(|_| ready(self.poll_online(request))).await
    }

    async fn cancel(&mut self) -> Result<(), ErrorKind> {
        PinEntry::cancel(self)
    }
}

#[cfg(feature = "async")]
fn ready<T>(result: nb::Result<T, ErrorKind>) -> std::task::Poll<Result<T, ErrorKind>> {
    match result {
        Ok(value) => std::task::Poll::Ready(Ok(value)),
        Err(nb::Error::Other(error)) => std::task::Poll::Ready(Err(error)),
        Err(nb::Error::WouldBlock) => std::task::Poll::Pending,
    }
}

/// Bytes from hexadecimal digits, as many as wanted.
fn packed<const N: usize>(digits: &str) -> Option<[u8; N]> {
    let mut nibbles = digits.chars().map(|digit| digit.to_digit(16));
    let mut bytes = [0; N];
    for byte in &mut bytes {
        let pair = nibbles.next()?? << 4 | nibbles.next()??;
        *byte = u8::try_from(pair).ok()?;
    }
    Some(bytes)
}

/// ISO 9564-1, format 0, enciphered.
fn format_0(digits: &str, account: &str, key: [u8; 16]) -> Option<[u8; 8]> {
    let pin = std::format!("0{:X}{digits:F<14}", digits.len());
    let account = std::format!("{account:0>17}");
    let end = account.len() - 1;
    let account = std::format!("0000{}", account.get(end - 12..end)?);
    let (pin, account): ([u8; 8], [u8; 8]) = (packed(&pin)?, packed(&account)?);
    let mut block = u64::from_be_bytes(pin) ^ u64::from_be_bytes(account);
    let mut bytes = block.to_be_bytes().into();
    TdesEde2::new(&key.into()).encrypt_block(&mut bytes);
    block = u64::from_be_bytes(bytes.into());
    Some(block.to_be_bytes())
}

/// ISO 9564-1, format 4, enciphered.
fn format_4(digits: &str, account: &str, random: [u8; 8], key: [u8; 16]) -> Option<[u8; 16]> {
    let pin = std::format!("4{:X}{digits:A<14}", digits.len());
    let random = u64::from_be_bytes(random);
    let pin: [u8; 16] = packed(&std::format!("{pin}{random:016X}"))?;
    let above = account.len().saturating_sub(12);
    let account = std::format!("{above}{account:0>12}");
    let account: [u8; 16] = packed(&std::format!("{account:0<32}"))?;
    let cipher = Aes128::new(&key.into());
    let mut first = pin.into();
    cipher.encrypt_block(&mut first);
    let mixed = u128::from_be_bytes(first.into()) ^ u128::from_be_bytes(account);
    let mut second = mixed.to_be_bytes().into();
    cipher.encrypt_block(&mut second);
    Some(second.into())
}
