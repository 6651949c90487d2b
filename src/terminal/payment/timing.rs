use super::Wallet;
use crate::port::Duration;

/// How often something is tried.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Tries {
    /// How often at most, 1 or more.
    pub most: u8,
    /// From one to the next.
    pub interval: Duration,
}

/// How a wallet wants to be asked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct QrTiming {
    /// Asking whether the payer has agreed, after scanning his code.
    pub poll: Tries,
    /// Not to be cancelled earlier than this after it was sent.
    pub cancel_after: Duration,
    /// Asking whether the code that is shown was paid.
    pub shown: Tries,
    /// Not to be closed earlier than this after it was made.
    pub close_after: Duration,
    /// Cancelling, closing, and asking for the last time.
    pub undo: Tries,
}

/// The intervals and limits of payments.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Timing {
    /// The latest an answer to a payment comes; then it is not known.
    pub answer: Duration,
    /// Reversals of a card payment in one go.
    pub reverse: Tries,
    /// WeChat Pay.
    pub wechat: QrTiming,
    /// Alipay.
    pub alipay: QrTiming,
    /// UnionPay QR.
    pub unionpay: QrTiming,
}

const fn tries(most: u8, seconds: u64) -> Tries {
    Tries { most, interval: Duration::from_secs(seconds) }
}

impl Timing {
    /// What the providers publish.
    ///
    /// WeChat Pay: query every 5 s, 12 times; a reverse not before 15 s after
    /// the payment; a close not before 5 min after the order. Alipay: query
    /// every 3 to 6 s for about 60 s, then cancel at once. UnionPay QR: no
    /// public figures; as Alipay. Cards: three reversals in one go, as field
    /// terminals are set.
    pub const PUBLISHED: Self = Self {
        answer: Duration::from_secs(60),
        reverse: tries(3, 5),
        wechat: QrTiming {
            poll: tries(12, 5),
            cancel_after: Duration::from_secs(15),
            shown: tries(100, 3),
            close_after: Duration::from_secs(300),
            undo: tries(5, 5),
        },
        alipay: QrTiming {
            poll: tries(12, 5),
            cancel_after: Duration::ZERO,
            shown: tries(60, 3),
            close_after: Duration::ZERO,
            undo: tries(5, 5),
        },
        unionpay: QrTiming {
            poll: tries(12, 5),
            cancel_after: Duration::ZERO,
            shown: tries(60, 3),
            close_after: Duration::ZERO,
            undo: tries(5, 5),
        },
    };

    /// The wallet's part.
    #[must_use]
    pub const fn of(&self, wallet: Wallet) -> &QrTiming {
        match wallet {
            Wallet::WeChat => &self.wechat,
            Wallet::Alipay => &self.alipay,
            Wallet::UnionPay => &self.unionpay,
        }
    }
}

impl Default for Timing {
    fn default() -> Self {
        Self::PUBLISHED
    }
}
