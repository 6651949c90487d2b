use core::fmt;

use cipher::consts::{U8, U16};
use cipher::{BlockCipherEncrypt, BlockSizeUser};
use zeroize::Zeroizing;

use super::{Pin, PinFault};
use crate::emv::Pan;

/// A PIN for the issuer, enciphered (ISO 9564-1): field 52 of ISO 8583.
///
/// A PIN pad that enciphers by itself hands one out as it is; keys that this
/// processor holds make one of a [`Pin`]. Only what is enciphered comes out.
///
/// ```
/// # #[cfg(feature = "sim")] {
/// use aes::Aes128;
/// use cipher::KeyInit;
/// use embedded_pos::emv::Pan;
/// use embedded_pos::emv::cvm::{Pin, PinBlock};
///
/// let mut pin = Pin::new();
/// for digit in [1, 2, 3, 4] {
///     pin.push(digit).unwrap();
/// }
/// let pan = Pan::from_digits("6200000000000005").unwrap();
/// let key = Aes128::new(&[0x5A; 16].into());
/// // From the terminal's random number generator.
/// let random = |bytes: &mut [u8]| bytes.fill(0xA5);
/// let block = PinBlock::iso4(&pin, &pan, random, &key).unwrap();
/// assert_eq!(block.bytes().len(), 16);
/// # }
/// ```
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct PinBlock {
    block: Block,
    serial: Option<KeySerial>,
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Block {
    Iso0([u8; 8]),
    Iso4([u8; 16]),
}

/// The number that says under which key of DUKPT a PIN is enciphered (ANSI
/// X9.24-1, X9.24-3).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum KeySerial {
    /// With 3DES.
    Tdea([u8; 10]),
    /// With AES.
    Aes([u8; 12]),
}

impl KeySerial {
    /// Its bytes.
    #[must_use]
    pub const fn bytes(&self) -> &[u8] {
        match self {
            Self::Tdea(bytes) => bytes,
            Self::Aes(bytes) => bytes,
        }
    }
}

/// The format of a PIN block (ISO 9564-1).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum PinFormat {
    /// Format 0, 8 bytes: the PIN, bound to the card number.
    Iso0,
    /// Format 4, 16 bytes: the same for AES, with a random number.
    Iso4,
}

impl PinBlock {
    /// A block of format 0 from a PIN pad that enciphers by itself.
    #[must_use]
    pub const fn from_iso0(enciphered: [u8; 8]) -> Self {
        Self { block: Block::Iso0(enciphered), serial: None }
    }

    /// A block of format 4 from a PIN pad that enciphers by itself.
    #[must_use]
    pub const fn from_iso4(enciphered: [u8; 16]) -> Self {
        Self { block: Block::Iso4(enciphered), serial: None }
    }

    /// Enciphers a PIN in format 0 (ISO 9564-1), under a key of a
    /// cipher with blocks of 8 bytes: 3DES. DES alone is none.
    ///
    /// # Errors
    /// The PIN is none.
    pub fn iso0<C>(pin: &Pin, pan: &Pan, cipher: &C) -> Result<Self, PinFault>
    where
        C: BlockCipherEncrypt + BlockSizeUser<BlockSize = U8>,
    {
        pin.check()?;
        // The control field is 0 where the PIN has 2.
        let mut block = account(pan);
        combine(block.as_mut_slice(), &[0x20]);
        combine(block.as_mut_slice(), pin.block());
        cipher.encrypt_block((&mut *block).into());
        Ok(Self::from_iso0(*block))
    }

    /// Enciphers a PIN in format 4 (ISO 9564-1:2017), under a key of a
    /// cipher with blocks of 16 bytes: AES, SM4. `random` fills 8 bytes with what
    /// nobody can guess.
    ///
    /// # Errors
    /// The PIN is none.
    pub fn iso4<C>(
        pin: &Pin,
        pan: &Pan,
        random: impl FnOnce(&mut [u8]),
        cipher: &C,
    ) -> Result<Self, PinFault>
    where
        C: BlockCipherEncrypt + BlockSizeUser<BlockSize = U16>,
    {
        pin.check()?;
        let mut block = Zeroizing::new([0; 16]);
        let (field, fill) = block.split_at_mut(8);
        for (out, &pair) in field.iter_mut().zip(pin.block()) {
            // The fillers are A where the PIN has F.
            *out = match (pair >> 4, pair & 0x0F) {
                (0x0F, _) => 0xAA,
                (digit, 0x0F) => digit << 4 | 0x0A,
                _ => pair,
            };
        }
        // The control field is 4 where the PIN has 2.
        combine(field, &[0x60]);
        random(fill);
        cipher.encrypt_block((&mut *block).into());
        combine(block.as_mut_slice(), long_account(pan).as_slice());
        cipher.encrypt_block((&mut *block).into());
        Ok(Self::from_iso4(*block))
    }

    /// With the number of the key, where it is one of DUKPT.
    #[must_use]
    pub const fn with_serial(mut self, serial: KeySerial) -> Self {
        self.serial = Some(serial);
        self
    }

    /// Its format.
    #[must_use]
    pub const fn format(&self) -> PinFormat {
        match self.block {
            Block::Iso0(_) => PinFormat::Iso0,
            Block::Iso4(_) => PinFormat::Iso4,
        }
    }

    /// The enciphered bytes, for the host: 8 or 16.
    #[must_use]
    pub const fn bytes(&self) -> &[u8] {
        match &self.block {
            Block::Iso0(bytes) => bytes,
            Block::Iso4(bytes) => bytes,
        }
    }

    /// The number of the key, where it is one of DUKPT.
    #[must_use]
    pub const fn serial(&self) -> Option<KeySerial> {
        self.serial
    }
}

impl fmt::Debug for PinBlock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PinBlock({:?}, redacted)", self.format())
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for PinBlock {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "PinBlock({}, redacted)", self.format());
    }
}

fn combine(block: &mut [u8], with: &[u8]) {
    for (byte, other) in block.iter_mut().zip(with) {
        *byte ^= other;
    }
}

/// The digits of a card number.
fn digits(pan: &Pan) -> impl DoubleEndedIterator<Item = u8> {
    pan.expose().bytes().map(|digit| digit & 0x0F)
}

/// Format 0: the last twelve digits but for the check digit, right-justified.
fn account(pan: &Pan) -> Zeroizing<[u8; 8]> {
    let mut field = Zeroizing::new([0; 8]);
    for (place, digit) in digits(pan).rev().skip(1).take(12).enumerate() {
        put(field.as_mut_slice(), 15 - place, digit);
    }
    field
}

/// Format 4: how many digits there are above twelve, then the digits, at least
/// twelve with zeros in front, left-justified.
fn long_account(pan: &Pan) -> Zeroizing<[u8; 16]> {
    let mut field = Zeroizing::new([0; 16]);
    let length = pan.expose().len();
    let above = length.saturating_sub(12);
    let zeros = 12_usize.saturating_sub(length);
    put(field.as_mut_slice(), 0, u8::try_from(above).unwrap_or_default());
    for (place, digit) in digits(pan).enumerate() {
        put(field.as_mut_slice(), 1 + zeros + place, digit);
    }
    field
}

/// Puts a digit at a place, counted in half bytes, that holds 0.
fn put(field: &mut [u8], place: usize, digit: u8) {
    if let Some(pair) = field.get_mut(place / 2) {
        *pair |= if place.is_multiple_of(2) { digit << 4 } else { digit };
    }
}
