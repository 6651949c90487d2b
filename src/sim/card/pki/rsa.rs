use std::vec::Vec;

use num_bigint::BigUint;

use super::primes::Primes;

/// How long a modulus is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Size {
    /// 128 bytes.
    Bits1024,
    /// 144 bytes.
    Bits1152,
    /// 176 bytes.
    Bits1408,
    /// 248 bytes, the longest of EMV.
    Bits1984,
}

/// A public exponent of EMV.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Exponent {
    /// 3.
    Three,
    /// 65537.
    F4,
}

/// Which key of its owner: they have one of each size, for both exponents.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Key {
    /// How long its modulus is.
    pub size: Size,
    /// Its public exponent.
    pub exponent: Exponent,
}

impl Key {
    /// A key of this size, with the exponent 3.
    #[must_use]
    pub const fn new(size: Size) -> Self {
        Self { size, exponent: Exponent::Three }
    }

    /// The same with the exponent 65537.
    #[must_use]
    pub const fn with_f4(self) -> Self {
        Self { exponent: Exponent::F4, ..self }
    }
}

impl Exponent {
    const fn bytes(self) -> &'static [u8] {
        match self {
            Self::Three => &[3],
            Self::F4 => &[1, 0, 1],
        }
    }
}

/// A key pair.
#[derive(Clone, Debug)]
pub(crate) struct RsaKey {
    p: BigUint,
    q: BigUint,
    d: BigUint,
    exponent: Exponent,
}

impl RsaKey {
    /// The key of this choice from the table of its owner.
    pub(super) fn new(table: &[Primes; 4], key: Key) -> Self {
        let [a, b, c, d] = *table;
        let (p, q) = match key.size {
            Size::Bits1024 => a,
            Size::Bits1152 => b,
            Size::Bits1408 => c,
            Size::Bits1984 => d,
        };
        let number = |hex: &str| BigUint::parse_bytes(hex.as_bytes(), 16).unwrap_or_default();
        let (p, q) = (number(p), number(q));
        let e = BigUint::from_bytes_be(key.exponent.bytes());
        let d = e.modinv(&((&p - 1_u8) * (&q - 1_u8))).unwrap_or_default();
        Self { p, q, d, exponent: key.exponent }
    }

    pub(crate) fn modulus(&self) -> Vec<u8> {
        (&self.p * &self.q).to_bytes_be()
    }

    pub(crate) const fn exponent(&self) -> &'static [u8] {
        self.exponent.bytes()
    }

    /// The length of the modulus in bytes.
    pub(crate) fn len(&self) -> usize {
        self.modulus().len()
    }

    /// The operation with the private key: signs what is recovered with the
    /// public key, deciphers what was enciphered with it. By the Chinese
    /// remainder theorem, in a quarter of the time.
    pub(crate) fn sign(&self, block: &[u8]) -> Vec<u8> {
        let (p, q) = (&self.p, &self.q);
        let message = BigUint::from_bytes_be(block);
        let half = |prime: &BigUint| (&message % prime).modpow(&(&self.d % (prime - 1_u8)), prime);
        let (of_p, of_q) = (half(p), half(q));
        let inverse = (q % p).modinv(p).unwrap_or_default();
        let steps = (of_p + p - (&of_q % p)) * inverse % p;
        let bytes = (of_q + steps * q).to_bytes_be();
        let mut signature = std::vec![0; self.len().saturating_sub(bytes.len())];
        signature.extend(bytes);
        signature
    }
}
