//! RSA's public operation: `input ^ exponent mod modulus` (EMV Book 2, annex
//! B2.1), which recovers what a certificate or a signature holds, and enciphers
//! a PIN.
//!
//! How long it takes depends on the numbers. That is right: modulus, exponent
//! and signature are known to all. The one secret that goes through it, a PIN
//! block to be enciphered, stands among random bytes that are as secret (Book 2,
//! 7.2), and every limb of a product depends on them.
//!
//! # How
//!
//! Numbers are limbs of 32 bits, 64 on a machine of 64, the lowest first; B is
//! 2 to that, and the modulus has k limbs. `fold` is B^(k+2) mod the modulus. In a product, each limb above
//! the lowest k+2 is taken off, from the top, and as many times `fold` added
//! where it stood: the same number modulo the modulus, and shorter. That takes
//! no estimate and no correction. The k+2 limbs that are left are multiplied on
//! as they are; only the end result is divided down to below the modulus, and
//! once B^(k+2), for `fold`.

use core::fmt;

use zeroize::Zeroize;

use crate::{Error, ErrorKind};

/// The most bytes a modulus has: 1984 bits (EMV Book 2, annex B2.1).
pub const MODULUS_MAX: usize = 248;

/// A part of a number, and the product of two.
#[cfg(not(target_pointer_width = "64"))]
type Limb = u32;
#[cfg(not(target_pointer_width = "64"))]
type Wide = u64;
#[cfg(target_pointer_width = "64")]
type Limb = u64;
#[cfg(target_pointer_width = "64")]
type Wide = u128;

const BYTES: usize = size_of::<Limb>();
const LIMBS: usize = MODULUS_MAX / BYTES;

/// Why there is no result.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum RsaFault {
    /// The modulus is even, begins with a zero byte, or has no or more than 248
    /// bytes.
    Modulus,
    /// The exponent is neither `03` nor `010001`.
    Exponent,
    /// Input or output are not as long as the modulus.
    Length,
    /// The input is not below the modulus.
    Range,
}

impl fmt::Display for RsaFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Modulus => "the modulus is even, begins with zero or has no fitting length",
            Self::Exponent => "the exponent is neither 3 nor 65537",
            Self::Length => "the length is not the modulus's",
            Self::Range => "the number is not below the modulus",
        })
    }
}

impl core::error::Error for RsaFault {}

impl Error for RsaFault {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Protocol
    }
}

/// Whether the public operation can be done with this key.
pub(crate) fn check(modulus: &[u8], exponent: &[u8]) -> Result<(), RsaFault> {
    squarings(exponent).ok_or(RsaFault::Exponent)?;
    let odd = modulus.last().is_some_and(|last| last & 1 == 1);
    let whole = modulus.first().is_some_and(|&first| first != 0);
    let valid = odd && whole && modulus.len() <= MODULUS_MAX;
    valid.then_some(()).ok_or(RsaFault::Modulus)
}

/// Writes `input ^ exponent mod modulus` to `out`. All are big-endian; input
/// and output are as long as the modulus, of 1 to 248 bytes; the exponent is 3
/// or 65537, as `03` or `010001`.
///
/// ```
/// use embedded_pos::emv::oda::rsa;
///
/// let mut out = [0; 2];
/// rsa::recover(&[0xC0, 0xFF], &[3], &[0x12, 0x34], &mut out)?;
/// assert_eq!(out, [0x4C, 0xF9]);
/// # Ok::<(), rsa::RsaFault>(())
/// ```
///
/// # Errors
/// One of them cannot be; `out` is unchanged.
pub fn recover(
    modulus: &[u8],
    exponent: &[u8],
    input: &[u8],
    out: &mut [u8],
) -> Result<(), RsaFault> {
    check(modulus, exponent)?;
    if input.len() != modulus.len() || out.len() != modulus.len() {
        return Err(RsaFault::Length);
    }
    // Of the same length, so this is the order of the numbers.
    if input >= modulus {
        return Err(RsaFault::Range);
    }
    let squarings = squarings(exponent).ok_or(RsaFault::Exponent)?;
    power(modulus, squarings, input, out).ok_or(RsaFault::Modulus)
}

/// Both exponents are 2^s + 1: so many squarings, and one product.
const fn squarings(exponent: &[u8]) -> Option<u8> {
    match exponent {
        [0x03] => Some(1),
        [0x01, 0x00, 0x01] => Some(16),
        _ => None,
    }
}

/// `None` cannot be: lengths were checked.
fn power(modulus: &[u8], squarings: u8, input: &[u8], out: &mut [u8]) -> Option<()> {
    let count = modulus.len().div_ceil(BYTES);
    let (mut modulus_room, mut base_room) = ([0; LIMBS], [0; LIMBS]);
    let (mut fold_room, mut power_room) = ([0; LIMBS + 3], [0; LIMBS + 2]);
    let mut product_room = [0; 2 * (LIMBS + 2)];
    let n = modulus_room.get_mut(..count)?;
    load(modulus, n);
    let fold = fold_room.get_mut(..count + 3)?;
    *fold.last_mut()? = 1;
    reduce(fold, n);
    let fold = fold.get(..count)?;
    let base = base_room.get_mut(..count)?;
    load(input, base);
    let power = power_room.get_mut(..count + 2)?;
    power.get_mut(..count)?.copy_from_slice(base);

    for _ in 0..squarings {
        let product = product_room.get_mut(..2 * power.len())?;
        square(product, power);
        fold_down(product, fold);
        power.copy_from_slice(product.get(..power.len())?);
    }
    let product = product_room.get_mut(..power.len() + count)?;
    multiply(product, power, base);
    fold_down(product, fold);

    // The limb above those that are left is zero, as `reduce` wants it.
    let rest = product_room.get_mut(..count + 3)?;
    reduce(rest, n);
    store(rest, out);
    // It may have been a PIN, or what came out a certificate with a card number.
    base_room.zeroize();
    power_room.zeroize();
    product_room.zeroize();
    Some(())
}

/// Reads a big-endian number.
fn load(bytes: &[u8], limbs: &mut [Limb]) {
    for (limb, chunk) in limbs.iter_mut().zip(bytes.rchunks(BYTES)) {
        *limb = chunk.iter().fold(0, |limb, &byte| limb << 8 | Limb::from(byte));
    }
}

/// Writes a number big-endian.
fn store(limbs: &[Limb], bytes: &mut [u8]) {
    for (limb, chunk) in limbs.iter().zip(bytes.rchunks_mut(BYTES)) {
        for (byte, part) in chunk.iter_mut().rev().zip(limb.to_le_bytes()) {
            *byte = part;
        }
    }
}

/// The low and the high half.
fn halves(whole: Wide) -> (Limb, Limb) {
    let low = Limb::try_from(whole & Wide::from(Limb::MAX));
    (low.unwrap_or_default(), Limb::try_from(whole >> Limb::BITS).unwrap_or_default())
}

/// Adds `factor` times `by` to `sum`, which is no shorter than `factor`. What
/// carries out of `sum` is lost.
///
/// This is where the time goes: a multiplication and two additions a limb, one
/// instruction (UMAAL) where there is one for it.
fn multiply_add(sum: &mut [Limb], factor: &[Limb], by: Limb) {
    let Some((low, high)) = sum.split_at_mut_checked(factor.len()) else { return };
    let mut carry = 0;
    for (limb, &part) in low.iter_mut().zip(factor) {
        let whole = Wide::from(part) * Wide::from(by) + Wide::from(*limb) + Wide::from(carry);
        (*limb, carry) = halves(whole);
    }
    for limb in high {
        let (whole, over) = limb.overflowing_add(carry);
        *limb = whole;
        if !over {
            return;
        }
        carry = 1;
    }
}

/// Takes `factor` times `by`, which is no more, off `from`, which has one limb
/// more than `factor`.
fn multiply_subtract(from: &mut [Limb], factor: &[Limb], by: Limb) {
    let mut borrow = 0;
    for (limb, &part) in from.iter_mut().zip(factor.iter().chain(&[0])) {
        let (low, high) = halves(Wide::from(part) * Wide::from(by) + Wide::from(borrow));
        let (rest, under) = limb.overflowing_sub(low);
        *limb = rest;
        // At most B - 1: where the high half is that already, the low one is 0.
        borrow = high + Limb::from(under);
    }
}

/// `product`, of the length of both together, becomes `a` times `b`.
fn multiply(product: &mut [Limb], a: &[Limb], b: &[Limb]) {
    product.fill(0);
    for (place, &limb) in b.iter().enumerate() {
        multiply_add(product.get_mut(place..).unwrap_or_default(), a, limb);
    }
}

/// `product`, twice as long, becomes `a` times itself: the products of two
/// different limbs once, doubled, and the squares of the limbs.
fn square(product: &mut [Limb], a: &[Limb]) {
    product.fill(0);
    let mut rest = a;
    let mut place = 1;
    while let Some((&limb, higher)) = rest.split_first() {
        multiply_add(product.get_mut(place..).unwrap_or_default(), higher, limb);
        rest = higher;
        place += 2;
    }
    let (mut carry, mut bit) = (0, 0);
    for (pair, &limb) in product.as_chunks_mut::<2>().0.iter_mut().zip(a) {
        let [low, high] = pair;
        let (square_low, square_high) = halves(Wide::from(limb) * Wide::from(limb));
        let doubled = (*low << 1 | bit, *high << 1 | *low >> (Limb::BITS - 1));
        bit = *high >> (Limb::BITS - 1);
        (*low, carry) = halves(Wide::from(doubled.0) + Wide::from(square_low) + Wide::from(carry));
        (*high, carry) =
            halves(Wide::from(doubled.1) + Wide::from(square_high) + Wide::from(carry));
    }
}

/// Makes all limbs zero above those of `fold` and two more, and leaves the
/// number the same modulo the modulus.
fn fold_down(number: &mut [Limb], fold: &[Limb]) {
    let kept = fold.len() + 2;
    for top in (kept..number.len()).rev() {
        let window = number.get_mut(top - kept..=top).unwrap_or_default();
        // Adding less than B^(k+1) to B^(k+2) or less carries one at most, and
        // then leaves so little that the second time carries nothing.
        while let Some(limb) = window.last_mut().map(core::mem::take).filter(|&limb| limb != 0) {
            multiply_add(window, fold, limb);
        }
    }
}

/// Divides down to below `n`. The top limb of the number is not above that of
/// `n`.
fn reduce(number: &mut [Limb], n: &[Limb]) {
    let divisor = n.last().map_or(1, |&top| Wide::from(top) + 1);
    for start in (0..number.len().saturating_sub(n.len())).rev() {
        let window = number.get_mut(start..=start + n.len()).unwrap_or_default();
        // Never too much, as n is rounded up, and below B, as the top limb is
        // not above n's. At the end it is not above it one place lower.
        while let Some(quotient) = quotient(window, divisor) {
            multiply_subtract(window, n, quotient);
        }
    }
    // What is left is below the modulus rounded up in its top limb.
    let window = number.get_mut(..=n.len()).unwrap_or_default();
    if window.iter().rev().skip(1).ge(n.iter().rev()) {
        multiply_subtract(window, n, 1);
    }
}

/// How often the divisor is in the two upper limbs; `None` if it is not.
///
/// Bit by bit: it is done some twenty times, and a division of 64 bits is a
/// kilobyte of the compiler's that firmware may not have otherwise.
fn quotient(window: &[Limb], divisor: Wide) -> Option<Limb> {
    let &[.., low, high] = window else { return None };
    let mut rest = Wide::from(high) << Limb::BITS | Wide::from(low);
    let mut quotient = 0;
    for bit in (0..Limb::BITS).rev() {
        if let Some(less) = rest.checked_sub(divisor << bit) {
            rest = less;
            quotient |= 1 << bit;
        }
    }
    Some(quotient).filter(|&quotient| quotient != 0)
}
