use core::fmt;
use std::vec::Vec;

use super::block::Cipher;
use crate::sim::card::applet::wire::compressed;
use crate::sim::card::pki::sha1;

/// How a card's master key comes from its issuer's (EMV Book 2, annex A1.4).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Derivation {
    /// From the last 16 digits of card number and sequence number.
    A,
    /// From all of them by SHA-1: for card numbers of more than 16 digits.
    B,
    /// With AES, from all of them.
    C,
}

impl Derivation {
    /// What fits a cipher and a card number.
    #[must_use]
    pub const fn of(cipher: Cipher, pan: &str) -> Self {
        match cipher {
            Cipher::Aes => Self::C,
            Cipher::TripleDes if pan.len() > 16 => Self::B,
            Cipher::TripleDes => Self::A,
        }
    }
}

/// A master key, of an issuer or of a card.
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct MasterKey {
    bytes: [u8; 16],
    cipher: Cipher,
}

/// A key for one transaction.
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct SessionKey {
    bytes: [u8; 16],
    cipher: Cipher,
}

impl MasterKey {
    /// A key for a cipher.
    #[must_use]
    pub const fn new(cipher: Cipher, bytes: [u8; 16]) -> Self {
        Self { bytes, cipher }
    }

    /// The key of a card, from that of its issuer. A PAN Sequence Number that
    /// is absent counts as 0.
    #[must_use]
    pub fn of_card(&self, derivation: Derivation, pan: &str, sequence: u8) -> Self {
        let digits = std::format!("{pan}{sequence:02}");
        let mut data = match derivation {
            Derivation::A => last(&digits, 16),
            Derivation::B => decimal(&digits),
            Derivation::C => last(&digits, 32),
        };
        if derivation != Derivation::C {
            data.extend(data.clone().iter().map(|byte| !byte));
        }
        self.cipher.ecb(&self.bytes, &mut data);
        Self { bytes: self.cipher.key(&data), ..*self }
    }

    /// The key for cryptograms at this transaction counter (Book 2, annex
    /// A1.3, the EMV common way).
    #[must_use]
    pub fn cryptogram_session(&self, counter: u16) -> SessionKey {
        let [high, low] = counter.to_be_bytes();
        self.session([high, low, 0, 0, 0, 0, 0, 0])
    }

    /// The key for scripts after this cryptogram, the first of the transaction.
    #[must_use]
    pub fn script_session(&self, cryptogram: [u8; 8]) -> SessionKey {
        self.session(cryptogram)
    }

    /// With DES, each half is from the value with `F0`, or `0F`, as its third
    /// byte; with AES, the key is from the value and zeros.
    fn session(&self, value: [u8; 8]) -> SessionKey {
        let with = |third| {
            let mut value = value;
            value.iter_mut().skip(2).take(1).for_each(|byte| *byte = third);
            value
        };
        let mut data = match self.cipher {
            Cipher::TripleDes => [with(0xF0), with(0x0F)].concat(),
            Cipher::Aes => [value, [0; 8]].concat(),
        };
        self.cipher.ecb(&self.bytes, &mut data);
        SessionKey { bytes: self.cipher.key(&data), cipher: self.cipher }
    }

    /// The key in the clear: all are made up.
    #[must_use]
    pub const fn expose(&self) -> [u8; 16] {
        self.bytes
    }
}

impl SessionKey {
    /// A key for a cipher.
    #[must_use]
    pub const fn new(cipher: Cipher, bytes: [u8; 16]) -> Self {
        Self { bytes, cipher }
    }

    /// An Application Cryptogram over these data (Book 2, 8.1).
    #[must_use]
    pub fn cryptogram(&self, data: &[u8]) -> [u8; 8] {
        self.cipher.mac(&self.bytes, data)
    }

    /// ARPC method 1 (Book 2, 8.2.1): over the ARQC and the response code.
    #[must_use]
    pub fn response(&self, arqc: [u8; 8], arc: [u8; 2]) -> [u8; 8] {
        let mut data = std::vec![0; self.cipher.block()];
        data.iter_mut().zip(arqc).for_each(|(to, byte)| *to = byte);
        data.iter_mut().zip(arc).for_each(|(to, byte)| *to ^= byte);
        self.cipher.ecb(&self.bytes, &mut data);
        data.first_chunk().copied().unwrap_or_default()
    }

    /// ARPC method 2 (Book 2, 8.2.2): over the ARQC, the Card Status Update
    /// and up to eight bytes of Proprietary Authentication Data.
    #[must_use]
    pub fn status_update(&self, arqc: [u8; 8], csu: [u8; 4], proprietary: &[u8]) -> [u8; 4] {
        let [a, b, c, d, ..] =
            self.cipher.mac(&self.bytes, &[&arqc[..], &csu, proprietary].concat());
        [a, b, c, d]
    }

    /// The MAC of a script command (Book 2, 9.2.3, format 2): over its header
    /// with `Lc`, the transaction counter, the first cryptogram, and its data.
    #[must_use]
    pub fn script_mac(
        &self,
        header: [u8; 5],
        counter: u16,
        cryptogram: [u8; 8],
        data: &[u8],
    ) -> [u8; 8] {
        let parts = [&header[..], &counter.to_be_bytes(), &cryptogram, data];
        self.cipher.mac(&self.bytes, &parts.concat())
    }

    /// Enciphers the data of a script command (Book 2, 9.3): cipher block
    /// chaining, always padded.
    #[must_use]
    pub fn encipher(&self, data: &[u8]) -> Vec<u8> {
        self.cipher.cbc(&self.bytes, data)
    }

    /// Deciphers them; `None` when they were not enciphered with this key.
    #[must_use]
    pub fn decipher(&self, data: &[u8]) -> Option<Vec<u8>> {
        self.cipher.undo_cbc(&self.bytes, data)
    }

    /// The key in the clear: all are made up.
    #[must_use]
    pub const fn expose(&self) -> [u8; 16] {
        self.bytes
    }
}

impl Cipher {
    /// The first 16 bytes as a key; of DES, with odd parity.
    fn key(self, bytes: &[u8]) -> [u8; 16] {
        let key: [u8; 16] = bytes.first_chunk().copied().unwrap_or_default();
        match self {
            Self::TripleDes => key.map(|byte| byte ^ u8::from(byte.count_ones() % 2 == 0)),
            Self::Aes => key,
        }
    }
}

/// The last so many digits, with zeros in front.
fn last(digits: &str, count: usize) -> Vec<u8> {
    let kept = digits.get(digits.len().saturating_sub(count)..).unwrap_or(digits);
    compressed(&std::format!("{kept:0>count$}"))
}

/// Option B: the first 16 decimal digits of the hash; where it has fewer, its
/// letters follow, `A` to `F` as 0 to 5.
fn decimal(digits: &str) -> Vec<u8> {
    let even = digits.len().next_multiple_of(2);
    let hash = sha1(&[&compressed(&std::format!("{digits:0>even$}"))]);
    let nibbles: Vec<u8> = hash.iter().flat_map(|byte| [byte >> 4, byte & 0x0F]).collect();
    let numbers = nibbles.iter().copied().filter(|&nibble| nibble < 10);
    let letters = nibbles.iter().filter(|&&nibble| nibble > 9).map(|nibble| nibble - 10);
    let all: Vec<u8> = numbers.chain(letters).take(16).collect();
    all.chunks(2).map(|pair| pair.iter().fold(0, |byte, nibble| byte << 4 | nibble)).collect()
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MasterKey").field("cipher", &self.cipher).finish_non_exhaustive()
    }
}

impl fmt::Debug for SessionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionKey").field("cipher", &self.cipher).finish_non_exhaustive()
    }
}
