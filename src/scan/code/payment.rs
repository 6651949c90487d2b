use core::fmt;

use subtle::ConstantTimeEq;
use zeroize::Zeroize;

use super::{Kind, emv, number};

/// A payment code as a payer shows it: a secret for the minute it is good.
///
/// `Debug` shows its length only; comparison takes the same time whatever
/// differs; the bytes are overwritten when it is dropped. It is not `Clone`:
/// a code is used once.
pub struct PaymentCode {
    bytes: [u8; Self::LONGEST],
    len: usize,
}

impl PaymentCode {
    /// The longest there is: an EMVCo consumer-presented code.
    pub const LONGEST: usize = 512;

    /// Takes a code; `None` if it is empty or too long.
    #[must_use]
    pub fn new(payload: &[u8]) -> Option<Self> {
        let mut code = Self { bytes: [0; Self::LONGEST], len: payload.len() };
        code.bytes.get_mut(..payload.len()).filter(|to| !to.is_empty())?.copy_from_slice(payload);
        Some(code)
    }

    /// The code, for whom it is sent to and nobody else.
    #[must_use]
    pub fn reveal(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    /// Whether it has the form of a code that payers show, of this kind; no
    /// other kind has one.
    #[must_use]
    pub fn has_form_of(&self, kind: Kind) -> bool {
        let reading = match kind {
            Kind::Wechat => number::wechat,
            Kind::Alipay => number::alipay,
            Kind::UnionPayQr => number::unionpay,
            Kind::ECny => number::e_cny,
            Kind::JdPay => number::jd_pay,
            Kind::BestPay => number::bestpay,
            Kind::QqWallet => number::qq_wallet,
            Kind::EmvCpm => emv::consumer,
            _ => return false,
        };
        reading(self.reveal()).is_some()
    }
}

impl PartialEq for PaymentCode {
    fn eq(&self, other: &Self) -> bool {
        (self.bytes.ct_eq(&other.bytes) & self.len.ct_eq(&other.len)).into()
    }
}

impl Eq for PaymentCode {}

impl fmt::Debug for PaymentCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PaymentCode({} bytes)", self.len)
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for PaymentCode {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "PaymentCode({=usize} bytes)", self.len);
    }
}

impl Drop for PaymentCode {
    fn drop(&mut self) {
        self.bytes.zeroize();
        self.len.zeroize();
    }
}
