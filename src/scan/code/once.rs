use core::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

use super::{Kind, PaymentCode};
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
/// It takes 9 KB of flash, nearly all of it SHA-256; where that is too much,
/// build with `--cfg sha2_backend_soft="compact"`.
///
/// Nothing outlives a restart; then the wallet's own rule, each code once,
/// stands alone.
///
/// # A code that was not sent
///
/// It may be tried again only if that is certain: if it was let through and
/// never [spent](AdmittedCode::spend), for nobody can read it unspent.
/// [`take_back`](Self::take_back) then forgets it. One that is dropped instead
/// stays used, and so does one that was spent, also if sending it failed: no
/// answer does not say that nothing arrived.
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
/// assert_eq!(guard.admit(scanned(), Instant::ZERO).unwrap_err(), Refusal::Used);
/// guard.take_back(code); // the payer pays by card after all
///
/// let mut code = guard.admit(scanned(), Instant::ZERO)?;
/// assert_eq!(code.spend(), Some(&b"134567890123456789"[..]));
/// guard.take_back(code);
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

impl Zeroize for Used {
    fn zeroize(&mut self) {
        self.digest.zeroize();
    }
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
    /// back can be sent once.
    ///
    /// # Errors
    /// The code is refused, and overwritten.
    pub fn admit(&mut self, code: PaymentCode, now: Instant) -> Result<AdmittedCode, Refusal> {
        let digest = self.digest(&code);
        self.forget(now);
        if self.used.iter().flatten().any(|used| bool::from(used.digest.ct_eq(&*digest))) {
            return Err(Refusal::Used);
        }
        let until = now + self.keep;
        match self.used.iter_mut().find(|place| place.is_none()) {
            Some(place) => *place = Some(Used { digest: *digest, until }),
            None => {
                let until = self.used.iter().flatten().map(|used| used.until).min();
                return Err(Refusal::Full { until: until.unwrap_or(now) });
            }
        }
        Ok(AdmittedCode { code, until, spent: false })
    }

    /// Takes a code back that was let through. If it was not spent, it is
    /// forgotten and may come again; if it was, it stays used.
    pub fn take_back(&mut self, code: AdmittedCode) {
        if code.spent {
            return;
        }
        let digest = self.digest(&code.code);
        // With another time it is a later one, that may have been spent.
        self.forget_if(|used| used.until == code.until && used.digest.ct_eq(&*digest).into());
    }

    fn forget(&mut self, now: Instant) {
        self.forget_if(|used| used.until <= now);
    }

    fn forget_if(&mut self, is_over: impl Fn(&Used) -> bool) {
        self.used
            .iter_mut()
            .filter(|place| place.as_ref().is_some_and(&is_over))
            .for_each(Zeroize::zeroize);
    }

    fn digest(&self, code: &PaymentCode) -> Zeroizing<[u8; DIGEST]> {
        let mut digest = Zeroizing::new([0; DIGEST]);
        // A key may have any length.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.salt) else { return digest };
        mac.update(code.reveal());
        let mut whole = mac.finalize().into_bytes();
        digest.iter_mut().zip(&whole).for_each(|(to, from)| *to = *from);
        whole.as_mut_slice().zeroize();
        digest
    }
}

impl<const N: usize> Drop for OneTime<N> {
    fn drop(&mut self) {
        self.salt.zeroize();
        self.used.zeroize();
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
    /// Until when it is remembered.
    until: Instant,
    spent: bool,
}

impl AdmittedCode {
    /// The code, for whom it is sent to and nobody else: the first time only.
    pub fn spend(&mut self) -> Option<&[u8]> {
        let spent = core::mem::replace(&mut self.spent, true);
        (!spent).then(|| self.code.reveal())
    }

    /// Whether it was spent.
    #[must_use]
    pub const fn is_spent(&self) -> bool {
        self.spent
    }

    /// Whether it has the form of a code that payers show, of this kind.
    #[must_use]
    pub fn has_form_of(&self, kind: Kind) -> bool {
        self.code.has_form_of(kind)
    }
}
