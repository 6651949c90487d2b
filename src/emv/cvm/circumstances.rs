use super::{CvmCondition, CvmList, CvmMethod, CvmRule};
use crate::emv::amount::bcd;
use crate::emv::tlv::Tag;
use crate::emv::{Capabilities, Payment, Store, Terminal};

/// What the conditions of a CVM list ask about.
pub(super) struct Circumstances {
    capabilities: Capabilities,
    attended: bool,
    cash: bool,
    cashback: bool,
    /// The amount, if it is in the application's currency.
    amount: Option<u64>,
}

impl Circumstances {
    pub(super) fn new(store: &Store<'_>, terminal: &Terminal<'_>, payment: &Payment) -> Self {
        let currency = bcd::<2>(payment.currency.code.into());
        let own = store.get(Tag::CURRENCY_APPLICATION) == Some(currency.as_slice());
        Self {
            capabilities: terminal.capabilities,
            attended: terminal.is_attended(),
            cash: payment.is_cash(),
            cashback: payment.has_cashback(),
            amount: own.then_some(payment.amount.minor()),
        }
    }

    /// Whether the terminal can do this (EMV Book 4, 6.3.4): of two methods in
    /// one, both.
    pub(super) fn support(&self, method: CvmMethod) -> bool {
        self.capabilities.contains(match method {
            CvmMethod::Fail => Capabilities::empty(),
            CvmMethod::PlaintextPin => Capabilities::PLAINTEXT_PIN,
            CvmMethod::OnlinePin => Capabilities::ONLINE_PIN,
            CvmMethod::PlaintextPinAndSignature => {
                Capabilities::PLAINTEXT_PIN.union(Capabilities::SIGNATURE)
            }
            CvmMethod::EncipheredPin => Capabilities::ENCIPHERED_PIN,
            CvmMethod::EncipheredPinAndSignature => {
                Capabilities::ENCIPHERED_PIN.union(Capabilities::SIGNATURE)
            }
            CvmMethod::Signature => Capabilities::SIGNATURE,
            CvmMethod::NoCvm => Capabilities::NO_CVM,
            CvmMethod::Other(_) => return false,
        })
    }

    /// Whether this rule counts (EMV Book 3, table 40). One whose condition is
    /// not known, or needs an element that the card does not have, does not.
    pub(super) fn satisfy(&self, rule: CvmRule, list: &CvmList<'_>) -> bool {
        let under = |limit: u32| self.amount.is_some_and(|amount| amount < limit.into());
        let over = |limit: u32| self.amount.is_some_and(|amount| amount > limit.into());
        match rule.condition() {
            CvmCondition::Always => true,
            CvmCondition::UnattendedCash => self.cash && !self.attended,
            CvmCondition::NoCash => !self.cash && !self.cashback,
            CvmCondition::Supported => self.support(rule.method()),
            CvmCondition::ManualCash => self.cash && self.attended,
            CvmCondition::Cashback => self.cashback,
            CvmCondition::UnderX => under(list.x()),
            CvmCondition::OverX => over(list.x()),
            CvmCondition::UnderY => under(list.y()),
            CvmCondition::OverY => over(list.y()),
            CvmCondition::Other(_) => false,
        }
    }
}
