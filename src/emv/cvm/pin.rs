use core::fmt;

use zeroize::Zeroize;

use crate::{Error, ErrorKind};

/// A PIN on its way from the keys to the card or into a
/// [`PinBlock`](super::PinBlock): up to 12 digits, of which 4 to 12 make a PIN
/// (ISO 9564-1).
///
/// It goes in digit by digit and cannot be read out: it has no copy, shows no
/// digit, and is zeroised on drop. Lend it; what is moved may leave a copy
/// behind, as with any value.
///
/// ```
/// use embedded_pos::emv::cvm::Pin;
///
/// let mut pin = Pin::new();
/// for key in b"1234" {
///     pin.push(key - b'0')?;
/// }
/// pin.check()?;
/// assert_eq!(format!("{pin:?}"), "Pin(redacted)");
/// # Ok::<(), embedded_pos::emv::cvm::PinFault>(())
/// ```
///
/// It cannot be copied:
///
/// ```compile_fail,E0599
/// use embedded_pos::emv::cvm::Pin;
///
/// let pin = Pin::new();
/// let copy = pin.clone();
/// ```
///
/// ```compile_fail,E0382
/// use embedded_pos::emv::cvm::Pin;
///
/// let pin = Pin::new();
/// let moved = pin;
/// drop(pin);
/// # drop(moved);
/// ```
///
/// nor printed:
///
/// ```compile_fail,E0277
/// use embedded_pos::emv::cvm::Pin;
///
/// let pin = Pin::new();
/// println!("{pin}");
/// ```
///
/// nor read, nor tried out digit by digit:
///
/// ```compile_fail,E0616
/// use embedded_pos::emv::cvm::Pin;
///
/// let pin = Pin::new();
/// let bytes = pin.block;
/// ```
///
/// ```compile_fail,E0277
/// use embedded_pos::emv::cvm::Pin;
///
/// let pin = Pin::new();
/// let bytes: &[u8] = pin.as_ref();
/// ```
///
/// ```compile_fail,E0369
/// use embedded_pos::emv::cvm::Pin;
///
/// let equal = Pin::new() == Pin::new();
/// ```
pub struct Pin {
    /// It stands as VERIFY has it (EMV Book 3, 6.5.12.2), from its first digit
    /// on, so that it is not brought into another form anywhere.
    block: [u8; 8],
}

impl Pin {
    /// The fewest digits of a PIN.
    pub const MIN: usize = 4;
    /// The most.
    pub const MAX: usize = 12;

    /// Control field, no digit, fillers.
    const EMPTY: [u8; 8] = [0x20, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];

    /// No digit yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { block: Self::EMPTY }
    }

    /// Adds a digit, 0 to 9.
    ///
    /// # Errors
    /// It is no digit, or there are 12 already. It is then not added.
    pub fn push(&mut self, digit: u8) -> Result<(), PinFault> {
        if digit > 9 {
            return Err(PinFault::Digit);
        }
        let length = self.len();
        let [control, digits @ ..] = &mut self.block;
        let pair = digits.get_mut(length / 2).filter(|_| length < Self::MAX);
        let pair = pair.ok_or(PinFault::Long)?;
        *pair = if length.is_multiple_of(2) { digit << 4 | 0x0F } else { *pair & 0xF0 | digit };
        *control += 1;
        Ok(())
    }

    /// Takes the last digit away, if there is one.
    pub fn pop(&mut self) {
        let length = self.len();
        let [control, digits @ ..] = &mut self.block;
        let Some(last) = length.checked_sub(1) else { return };
        for pair in digits.iter_mut().skip(last / 2).take(1) {
            *pair |= if last.is_multiple_of(2) { 0xFF } else { 0x0F };
        }
        *control -= 1;
    }

    /// How many digits there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        let [control, ..] = self.block;
        (control & 0x0F) as usize
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether it can be a PIN.
    ///
    /// # Errors
    /// It has fewer than 4 digits.
    pub const fn check(&self) -> Result<(), PinFault> {
        if self.len() < Self::MIN { Err(PinFault::Short) } else { Ok(()) }
    }

    /// Forgets the digits.
    pub fn clear(&mut self) {
        self.block.zeroize();
        self.block = Self::EMPTY;
    }

    /// ISO 9564-1 format 2: control field 2, length, digits, fillers `F`.
    pub(crate) const fn block(&self) -> &[u8; 8] {
        &self.block
    }
}

impl Default for Pin {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Pin {
    fn drop(&mut self) {
        self.block.zeroize();
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin(redacted)")
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Pin {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "Pin(redacted)");
    }
}

/// Why a PIN cannot be taken, or not be sent.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum PinFault {
    /// It is no digit.
    Digit,
    /// More than 12 digits.
    Long,
    /// Fewer than 4 digits.
    Short,
    /// The card's public key cannot encipher it: it is no key, or its modulus
    /// does not have 17 to 248 bytes or is too small a number.
    Key,
}

impl fmt::Display for PinFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Digit => "not a digit",
            Self::Long => "a PIN has at most 12 digits",
            Self::Short => "a PIN has at least 4 digits",
            Self::Key => "the public key of the card cannot encipher the PIN",
        })
    }
}

impl core::error::Error for PinFault {}

impl Error for PinFault {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Digit | Self::Long | Self::Short => ErrorKind::Argument,
            Self::Key => ErrorKind::Protocol,
        }
    }
}
