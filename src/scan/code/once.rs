use core::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::Zeroize;

use super::PaymentCode;
use crate::port::{Duration, Instant};
use crate::{Error, ErrorKind};

/// Lets each payment code through once.
///
/// It remembers the last `N` codes for a time, each as a digest with a salt,
/// and refuses one that comes again: a code that is scanned twice, sent again
/// after a fault, or held before the engine by the next payer.
///
/// The digest is HMAC-SHA-256, cut to 16 bytes. The salt stands in the same
/// memory, so the digest must be one-way for somebody who knows the key too;
/// SipHash and CMAC are not. A code of 18 digits can still be found by trying
/// all 10^16: that takes days, and the code is worth nothing after a minute.
/// Nothing outlives a restart; then the wallet's own rule, each code once,
/// stands alone.
///
/// ```
/// use embedded_pos::port::{Duration, Instant};
/// use embedded_pos::scan::code::{OneTime, PaymentCode, Refusal};
///
/// // From the terminal's random number generator, at every start.
/// let salt = [0x5A; 16];
/// let mut guard: OneTime<8> = OneTime::new(salt, Duration::from_secs(300));
/// let scanned = || PaymentCode::new(b"134567890123456789").unwrap();
///
/// let code = guard.admit(scanned(), Instant::ZERO)?;
/// assert_eq!(code.expose(), b"134567890123456789");
/// assert_eq!(guard.admit(scanned(), Instant::ZERO).unwrap_err(), Refusal::Used);
/// # Ok::<(), Refusal>(())
/// ```
pub struct OneTime<const N: usize> {
    salt: [u8; 16],
    keep: Duration,
    used: [Option<Used>; N],
}

#[derive(Clone, Copy)]
struct Used {
    digest: [u8; DIGEST],
    until: Instant,
}

/// 128 bits: two different codes agree once in 10^38.
const DIGEST: usize = 16;

/// Why a code is not let through.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Refusal {
    /// It was let through before.
    Used,
    /// No more can be remembered before this time, and none is forgotten
    /// early.
    Full {
        /// When there is room again.
        until: Instant,
    },
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Used => f.write_str("the payment code was used already"),
            Self::Full { .. } => f.write_str("too many payment codes in a short time"),
        }
    }
}

impl core::error::Error for Refusal {}

impl Error for Refusal {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Used => ErrorKind::Argument,
            Self::Full { .. } => ErrorKind::Retry,
        }
    }
}

impl<const N: usize> OneTime<N> {
    /// Remembers no code yet. A code is good for a minute, or for as long as
    /// the payer's telephone is offline: five minutes are enough for most.
    #[must_use]
    pub const fn new(salt: [u8; 16], keep: Duration) -> Self {
        Self { salt, keep, used: [None; N] }
    }

    /// Lets a code through that has not been before, and takes it: what comes
    /// back is the only form that can be sent.
    ///
    /// # Errors
    /// The code is refused, and overwritten.
    pub fn admit(&mut self, code: PaymentCode, now: Instant) -> Result<AdmittedCode, Refusal> {
        let digest = self.digest(&code);
        self.forget(now);
        if self.used.iter().flatten().any(|used| bool::from(used.digest.ct_eq(&digest))) {
            return Err(Refusal::Used);
        }
        match self.used.iter_mut().find(|place| place.is_none()) {
            Some(place) => *place = Some(Used { digest, until: now + self.keep }),
            None => {
                let until = self.used.iter().flatten().map(|used| used.until).min();
                return Err(Refusal::Full { until: until.unwrap_or(now) });
            }
        }
        Ok(AdmittedCode { code, spent: false })
    }

    fn forget(&mut self, now: Instant) {
        for place in &mut self.used {
            if place.is_some_and(|used| used.until <= now) {
                *place = None;
            }
        }
    }

    fn digest(&self, code: &PaymentCode) -> [u8; DIGEST] {
        // A key may have any length.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.salt) else { return [0; DIGEST] };
        mac.update(code.reveal());
        let whole = mac.finalize().into_bytes();
        let mut digest = [0; DIGEST];
        digest.iter_mut().zip(whole).for_each(|(to, from)| *to = from);
        digest
    }
}

impl<const N: usize> Drop for OneTime<N> {
    fn drop(&mut self) {
        self.salt.zeroize();
        self.used.iter_mut().flatten().for_each(|used| used.digest.zeroize());
    }
}

impl<const N: usize> fmt::Debug for OneTime<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OneTime({} of {N} codes)", self.used.iter().flatten().count())
    }
}

/// A payment code that a [`OneTime`] let through, to be sent once. It is not
/// `Clone`, and is overwritten when it is dropped.
#[derive(Debug)]
pub struct AdmittedCode {
    code: PaymentCode,
    spent: bool,
}

impl AdmittedCode {
    /// The code, for whom it is sent to and nobody else.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        self.code.reveal()
    }

    /// Whether it was spent.
    #[must_use]
    pub const fn is_spent(&self) -> bool {
        self.spent
    }

    /// Marks it as sent; false if it was already.
    pub const fn spend(&mut self) -> bool {
        !core::mem::replace(&mut self.spent, true)
    }
}
