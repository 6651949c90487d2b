use core::fmt;
use core::str::FromStr;

use super::{DecisionNumber, Fault};

/// The number of a terminal at its acquirer: eight digits or capital letters
/// (ISO 8583 field 41).
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct TerminalId([u8; 8]);

impl TerminalId {
    /// Takes an identifier in.
    ///
    /// # Errors
    /// [`Fault::Malformed`].
    pub fn new(id: &str) -> Result<Self, Fault> {
        let bytes: [u8; 8] = id.as_bytes().try_into().map_err(|_| Fault::Malformed)?;
        if bytes.iter().copied().all(is_symbol) { Ok(Self(bytes)) } else { Err(Fault::Malformed) }
    }

    /// The identifier.
    #[must_use]
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Debug for TerminalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

/// The one key of a payment, whatever its method: the order number at the
/// acquirer and at the wallets.
///
/// `terminal (8) | decision (16, zeros in front) | attempt (2) | check (1)`:
/// 27 characters, inside the 32 that WeChat Pay allows for `out_trade_no`. The
/// check character is ISO/IEC 7064 MOD 37,36. The first 24 characters are the
/// purchase: among the keys that share them at most one may be charged.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct OrderKey([u8; Self::LEN]);

impl OrderKey {
    /// Characters in a key.
    pub const LEN: usize = 27;
    /// Characters that name the purchase.
    pub const PURCHASE: usize = 24;
    /// Attempts a purchase can have.
    pub const ATTEMPTS: u8 = 99;

    pub(super) fn new(terminal: TerminalId, decision: DecisionNumber, attempt: u8) -> Self {
        let symbols = terminal.0.into_iter();
        let symbols = symbols.chain(decimal::<16>(decision.value()));
        let symbols = symbols.chain(decimal::<2>(attempt.into()));
        let mut key = [b'0'; Self::LEN];
        for (place, symbol) in key.iter_mut().zip(symbols) {
            *place = symbol;
        }
        let check = check_character(key.iter().copied().take(Self::LEN - 1));
        if let Some(last) = key.last_mut() {
            *last = check;
        }
        Self(key)
    }

    /// The key.
    #[must_use]
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The part that all attempts to pay the same decision share.
    #[must_use]
    pub fn purchase(&self) -> &str {
        self.as_str().get(..Self::PURCHASE).unwrap_or_default()
    }

    /// The attempt, 1 to 99.
    #[must_use]
    pub fn attempt(&self) -> u8 {
        self.as_str().get(24..26).and_then(|text| text.parse().ok()).unwrap_or_default()
    }
}

/// The lowest `N` decimal figures of `value`.
fn decimal<const N: usize>(mut value: u64) -> [u8; N] {
    let mut figures = [b'0'; N];
    for figure in figures.iter_mut().rev() {
        *figure += u8::try_from(value % 10).unwrap_or(0);
        value /= 10;
    }
    figures
}

fn is_symbol(byte: u8) -> bool {
    byte.is_ascii_digit() || byte.is_ascii_uppercase()
}

/// The value of a symbol in base 36.
fn value(byte: u8) -> u32 {
    char::from(byte).to_digit(36).unwrap_or(0)
}

/// ISO/IEC 7064 MOD 37,36, the hybrid system for digits and capital letters.
fn check_character(symbols: impl Iterator<Item = u8>) -> u8 {
    let product = symbols.fold(36, |product, symbol| {
        let sum = (product + value(symbol)) % 36;
        (if sum == 0 { 36 } else { sum }) * 2 % 37
    });
    let check = char::from_digit((37 - product) % 36, 36).unwrap_or('0');
    u8::try_from(check.to_ascii_uppercase()).unwrap_or(b'0')
}

impl FromStr for OrderKey {
    type Err = Fault;

    /// Reads a key back.
    fn from_str(text: &str) -> Result<Self, Fault> {
        let bytes: [u8; Self::LEN] = text.as_bytes().try_into().map_err(|_| Fault::Malformed)?;
        let digits = bytes.iter().skip(8).take(18).all(u8::is_ascii_digit);
        if !digits || !bytes.iter().copied().all(is_symbol) {
            return Err(Fault::Malformed);
        }
        let check = check_character(bytes.iter().copied().take(Self::LEN - 1));
        if bytes.last() == Some(&check) { Ok(Self(bytes)) } else { Err(Fault::WrongCheck) }
    }
}

impl fmt::Display for OrderKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for OrderKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> OrderKey {
        let terminal = TerminalId::new("TJ000123").unwrap();
        OrderKey::new(terminal, DecisionNumber::new("120101150000007").unwrap(), 1)
    }

    #[test]
    fn check_character_of_the_grid_standard() {
        // The example of the Global Release Identifier standard, which uses
        // the same system: A1-2425G-ABC1234002-M.
        assert_eq!(check_character("A12425GABC1234002".bytes()), b'M');
    }

    #[test]
    fn layout() {
        let key = key();
        assert_eq!(key.as_str().get(..26), Some("TJ000123012010115000000701"));
        assert_eq!(key.purchase(), "TJ0001230120101150000007");
        assert_eq!(key.attempt(), 1);
        assert_eq!(key.as_str().parse(), Ok(key));
    }

    #[test]
    fn every_wrong_symbol_and_transposition_is_found() {
        let key = key();
        for place in 0..OrderKey::LEN {
            for symbol in (b'0'..=b'9').chain(b'A'..=b'Z') {
                let mut bytes = key.0;
                bytes[place] = symbol;
                let text = core::str::from_utf8(&bytes).unwrap();
                assert_eq!(text.parse::<OrderKey>().is_ok(), bytes == key.0, "{text}");
            }
        }
        for place in 1..OrderKey::LEN {
            let mut bytes = key.0;
            bytes.swap(place - 1, place);
            let text = core::str::from_utf8(&bytes).unwrap();
            assert_eq!(text.parse::<OrderKey>().is_ok(), bytes == key.0, "{text}");
        }
    }
}
