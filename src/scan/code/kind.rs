use core::fmt;

/// What the caller is about to scan.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Expect {
    /// What a payer shows.
    Payment,
    /// What is on a driving or vehicle licence, a resident ID card or another
    /// paper.
    Licence,
    /// Anything.
    #[default]
    Any,
}

/// What a code can be.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Kind {
    /// A WeChat Pay code shown by a payer (付款码).
    Wechat,
    /// An Alipay code shown by a payer (付款码).
    Alipay,
    /// A UnionPay code shown by a payer, as a number (付款码); banks and other
    /// wallets show such numbers too.
    UnionPayQr,
    /// A code of the digital yuan shown by a payer (数字人民币).
    ECny,
    /// A JD Pay code shown by a payer (京东支付).
    JdPay,
    /// A Bestpay code shown by a payer (翼支付).
    BestPay,
    /// A QQ Wallet code shown by a payer (QQ钱包).
    QqWallet,
    /// An EMVCo consumer-presented code.
    EmvCpm,
    /// A resident ID number, which is the number of a driving licence too.
    ResidentId,
    /// The core number of a licence (证芯编号).
    LicenceCore,
    /// The archive number of a driving licence (档案编号).
    ArchiveNumber,
    /// A vehicle identification number.
    Vin,
    /// A number plate.
    Plate,
    /// A machine readable zone.
    Mrz,
    /// A driving licence or ID card by AAMVA.
    Aamva,
    /// How to reach a mobile driving licence (ISO/IEC 18013-5).
    Mdoc,
    /// A bank card number.
    Pan,
    /// An EMVCo merchant-presented code: for payers to scan.
    EmvMpm,
    /// An article number.
    Ean13,
    /// A link.
    Url,
    /// A link of a payee: for payers to scan.
    PayeeLink,
    /// Another code with its AIM identifier in front of it: see
    /// [`split_aim`](super::split_aim).
    AimPrefixed,
    /// None of these.
    Unknown,
}

impl Kind {
    /// The name as tools print it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Wechat => "wechat",
            Self::Alipay => "alipay",
            Self::UnionPayQr => "unionpay-qr",
            Self::ECny => "e-cny",
            Self::JdPay => "jd-pay",
            Self::BestPay => "bestpay",
            Self::QqWallet => "qq-wallet",
            Self::EmvCpm => "emv-cpm",
            Self::ResidentId => "resident-id",
            Self::LicenceCore => "licence-core",
            Self::ArchiveNumber => "archive-number",
            Self::Vin => "vin",
            Self::Plate => "plate",
            Self::Mrz => "mrz",
            Self::Aamva => "aamva",
            Self::Mdoc => "mdoc",
            Self::Pan => "pan",
            Self::EmvMpm => "emv-mpm",
            Self::Ean13 => "ean13",
            Self::Url => "url",
            Self::PayeeLink => "payee-link",
            Self::AimPrefixed => "aim-prefixed",
            Self::Unknown => "unknown",
        }
    }

    /// Whether it is what a payer shows to be charged.
    #[must_use]
    pub const fn is_chargeable(self) -> bool {
        self.is_wallet_number() || matches!(self, Self::EmvCpm)
    }

    /// Whether it is a number that a wallet shows.
    pub(super) const fn is_wallet_number(self) -> bool {
        matches!(
            self,
            Self::Wechat
                | Self::Alipay
                | Self::UnionPayQr
                | Self::ECny
                | Self::JdPay
                | Self::BestPay
                | Self::QqWallet
        )
    }

    /// Whether it is what stands on a licence, an ID card or another paper.
    #[must_use]
    pub const fn is_licence(self) -> bool {
        matches!(
            self,
            Self::ResidentId
                | Self::LicenceCore
                | Self::ArchiveNumber
                | Self::Vin
                | Self::Plate
                | Self::Mrz
                | Self::Aamva
                | Self::Mdoc
        )
    }

    /// Whether it is of what is expected.
    #[must_use]
    pub const fn fits(self, expect: Expect) -> bool {
        match expect {
            Expect::Payment => self.is_chargeable(),
            Expect::Licence => self.is_licence(),
            Expect::Any => !matches!(self, Self::Unknown),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
