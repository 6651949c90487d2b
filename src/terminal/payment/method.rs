use crate::scan::code::{AdmittedCode, Kind};
use crate::terminal::Text;

/// A wallet that pays by QR code.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Wallet {
    /// 微信支付.
    WeChat,
    /// 支付宝.
    Alipay,
    /// 云闪付.
    UnionPay,
}

impl Wallet {
    /// Whether a code has the form of those it shows.
    pub(super) fn shows(self, code: &AdmittedCode) -> bool {
        match self {
            Self::WeChat => code.has_form_of(Kind::Wechat),
            Self::Alipay => code.has_form_of(Kind::Alipay),
            Self::UnionPay => code.has_form_of(Kind::UnionPayQr) || code.has_form_of(Kind::EmvCpm),
        }
    }
}

/// How a fine is paid.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Method {
    /// By bank card.
    Card,
    /// The payer shows a code, the terminal scans it (被扫).
    Scanned(Wallet),
    /// The terminal shows a code, the payer scans it (主扫).
    Shown(Wallet),
}

impl Method {
    /// A word for records.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::Scanned(Wallet::WeChat) => "wechat-scanned",
            Self::Scanned(Wallet::Alipay) => "alipay-scanned",
            Self::Scanned(Wallet::UnionPay) => "unionpay-scanned",
            Self::Shown(Wallet::WeChat) => "wechat-shown",
            Self::Shown(Wallet::Alipay) => "alipay-shown",
            Self::Shown(Wallet::UnionPay) => "unionpay-shown",
        }
    }

    /// The words on the paper.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Card => "银行卡",
            Self::Scanned(wallet) | Self::Shown(wallet) => match wallet {
                Wallet::WeChat => "微信支付",
                Wallet::Alipay => "支付宝",
                Wallet::UnionPay => "云闪付",
            },
        }
    }
}

/// A response code of an acquirer or wallet: `51`, `PAYERROR`.
pub type Code = Text<32>;

/// Why it is not known whether a payment was made; the reason a reversal
/// gives (UnionPay field 39).
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Doubt {
    /// No answer came in time.
    NoAnswer,
    /// The answer's check value was wrong.
    BadMac,
    /// The answer made no sense: another order, another amount, unreadable.
    Unusable,
    /// The host approved and the card then did not.
    CardRefused,
    /// The terminal restarted in between.
    Restart,
}

impl Doubt {
    pub(in crate::terminal) const fn name(self) -> &'static str {
        match self {
            Self::NoAnswer => "no-answer",
            Self::BadMac => "bad-mac",
            Self::Unusable => "unusable",
            Self::CardRefused => "card-refused",
            Self::Restart => "restart",
        }
    }

    /// The code of the reason on the wire.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoAnswer | Self::Restart => "98",
            Self::BadMac => "A0",
            Self::Unusable | Self::CardRefused => "06",
        }
    }
}
