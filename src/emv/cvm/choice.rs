use super::circumstances::Circumstances;
use super::{CvmFault, CvmList, CvmMethod, CvmRule};
use crate::emv::tlv::Tag;
use crate::emv::{Aip, Findings, Payment, Rule, Store, Terminal};

/// The walk over a CVM list (EMV Book 3, 10.5): which rule counts, and what
/// comes of it. Each step is a function of the store, the terminal, the payment
/// and what was done so far; it sends nothing and asks nobody.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Verification {
    /// The index of the rule that comes next.
    next: u8,
    /// The last rule whose method was performed, or is.
    last: Option<CvmRule>,
    /// Whether the condition of any rule was met.
    counted: bool,
    /// Why no further PIN is asked for.
    foregone: Option<Performed>,
    results: Option<[u8; 3]>,
}

/// What cardholder verification wants next.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum CvmNext {
    /// Have the card verify a PIN: VERIFY.
    OfflinePin {
        /// Whether it is to be sent enciphered.
        enciphered: bool,
    },
    /// Have a PIN entered for the issuer.
    OnlinePin,
    /// Nothing: these are the CVM Results, `9F34`.
    Done([u8; 3]),
}

/// What came of a PIN.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Performed {
    /// The card said that the PIN is right.
    Successful,
    /// The card did not say so, or the PIN could not be enciphered for it.
    Failed,
    /// The card takes no PIN any more: the PIN Try Counter is 0, or it answered
    /// VERIFY with `63C0`, `6983` or `6984` (EMV Book 3, 10.5.1).
    TryLimitExceeded,
    /// Cardholder or attendant did not want one to be entered (EMV Book 4,
    /// 6.3.4.3).
    Bypassed,
    /// There is no PIN pad, or it does not work.
    PadAbsentOrBroken,
    /// A PIN was entered, for the issuer to verify.
    OnlineEntered,
}

/// CVM Results, byte 3 (EMV Book 4, annex A4).
const UNKNOWN: u8 = 0x00;
const FAILED: u8 = 0x01;
const SUCCESSFUL: u8 = 0x02;

/// CVM Results, byte 1: no CVM was performed. Byte 2 is then `00` (EMV Book 4,
/// 6.3.4.5, table 2).
const NONE: CvmRule = CvmRule::new(0x3F, 0x00);

impl Verification {
    /// Begins, with what the card said in its records, and goes on to the first
    /// PIN or to the end. What is found is noted.
    ///
    /// # Errors
    /// The CVM list is malformed; the transaction is then to be terminated (EMV
    /// Book 3, 7.5). A list without a rule is not malformed, but as good as
    /// none.
    pub fn begin(
        store: &Store<'_>,
        terminal: &Terminal<'_>,
        payment: &Payment,
        findings: &mut Findings,
    ) -> Result<(Self, CvmNext), CvmFault> {
        let mut walk = Self { next: 0, last: None, counted: false, foregone: None, results: None };
        let why = match (supported(store), list(store)) {
            (false, _) => Rule::NoVerificationSupported,
            (true, None) => Rule::CvmListMissing,
            (true, Some(Err(CvmFault::NoRules))) => Rule::NoCvmRules,
            (true, Some(Err(fault))) => return Err(fault),
            (true, Some(Ok(list))) => {
                let next =
                    walk.walk(&list, &Circumstances::new(store, terminal, payment), findings);
                return Ok((walk, next));
            }
        };
        findings.note(why);
        let next = walk.end(NONE, UNKNOWN);
        Ok((walk, next))
    }

    /// Goes on, with what came of the PIN that was wanted. What is found is
    /// noted. When it is over, it stays so.
    pub fn went(
        &mut self,
        store: &Store<'_>,
        terminal: &Terminal<'_>,
        payment: &Payment,
        performed: Performed,
        findings: &mut Findings,
    ) -> CvmNext {
        if let Some(results) = self.results {
            return CvmNext::Done(results);
        }
        let rule = self.last.unwrap_or(NONE);
        if let Some(result) = self.came_of(rule.method(), performed, findings) {
            return self.performed(rule, result, findings);
        }
        match list(store) {
            Some(Ok(list)) if rule.continues() => {
                self.walk(&list, &Circumstances::new(store, terminal, payment), findings)
            }
            _ => self.unsuccessful(findings),
        }
    }

    /// Tries the rules that are left.
    fn walk(
        &mut self,
        list: &CvmList<'_>,
        circumstances: &Circumstances,
        findings: &mut Findings,
    ) -> CvmNext {
        while let Some(rule) = list.rule(self.next) {
            self.next = self.next.saturating_add(1);
            if !circumstances.satisfy(rule, list) {
                continue;
            }
            self.counted = true;
            if let Some(next) = self.attempt(rule, circumstances, findings) {
                return next;
            }
            if !rule.continues() {
                break;
            }
        }
        self.unsuccessful(findings)
    }

    /// Performs the method of a rule; `None` if that was not successful.
    fn attempt(
        &mut self,
        rule: CvmRule,
        circumstances: &Circumstances,
        findings: &mut Findings,
    ) -> Option<CvmNext> {
        let method = rule.method();
        if !circumstances.support(method) {
            if let CvmMethod::Other(_) = method {
                findings.note(Rule::UnrecognisedMethod);
            } else if method.has_pin() {
                findings.note(Rule::PinPadAbsent);
            }
            return None;
        }
        self.last = Some(rule);
        match method {
            CvmMethod::Fail | CvmMethod::Other(_) => None,
            CvmMethod::Signature => Some(self.performed(rule, UNKNOWN, findings)),
            CvmMethod::NoCvm => Some(self.performed(rule, SUCCESSFUL, findings)),
            _ if self.is_foregone(method) => None,
            CvmMethod::OnlinePin => Some(CvmNext::OnlinePin),
            CvmMethod::PlaintextPin | CvmMethod::PlaintextPinAndSignature => {
                Some(CvmNext::OfflinePin { enciphered: false })
            }
            CvmMethod::EncipheredPin | CvmMethod::EncipheredPinAndSignature => {
                Some(CvmNext::OfflinePin { enciphered: true })
            }
        }
    }

    /// Whether what came of an earlier PIN holds for this one as well. A card
    /// that is out of tries leaves the issuer's PIN (EMV Book 4, 6.3.4.2).
    fn is_foregone(&self, method: CvmMethod) -> bool {
        match self.foregone {
            Some(Performed::TryLimitExceeded) => method != CvmMethod::OnlinePin,
            other => other.is_some(),
        }
    }

    /// The result of a PIN that was successful (EMV Book 4, 6.3.4).
    fn came_of(
        &mut self,
        method: CvmMethod,
        performed: Performed,
        findings: &mut Findings,
    ) -> Option<u8> {
        let found = match performed {
            Performed::TryLimitExceeded => Some(Rule::PinTryLimit),
            Performed::Bypassed => Some(Rule::PinNotEntered),
            Performed::PadAbsentOrBroken => Some(Rule::PinPadAbsent),
            Performed::Successful | Performed::Failed | Performed::OnlineEntered => None,
        };
        if let Some(rule) = found {
            findings.note(rule);
            self.foregone = Some(performed);
        }
        match (performed, method) {
            (Performed::Successful, CvmMethod::PlaintextPin | CvmMethod::EncipheredPin) => {
                Some(SUCCESSFUL)
            }
            // What the signature is worth is not known.
            (
                Performed::Successful,
                CvmMethod::PlaintextPinAndSignature | CvmMethod::EncipheredPinAndSignature,
            ) => Some(UNKNOWN),
            (Performed::OnlineEntered, CvmMethod::OnlinePin) => {
                findings.note(Rule::OnlinePinEntered);
                Some(UNKNOWN)
            }
            _ => None,
        }
    }

    fn performed(&mut self, rule: CvmRule, result: u8, findings: &mut Findings) -> CvmNext {
        findings.note(Rule::VerificationPerformed);
        self.end(rule, result)
    }

    /// Ends: no method was successful.
    fn unsuccessful(&mut self, findings: &mut Findings) -> CvmNext {
        let failed = self.last.is_some_and(|last| last.method() == CvmMethod::Fail);
        findings.note(match (failed, self.counted) {
            (true, _) => Rule::VerificationForbidden,
            (false, true) => Rule::VerificationFailed,
            (false, false) => Rule::NoConditionSatisfied,
        });
        self.performed(self.last.unwrap_or(NONE), FAILED, findings)
    }

    fn end(&mut self, rule: CvmRule, result: u8) -> CvmNext {
        let [code, condition] = rule.to_bytes();
        let results = [code, condition, result];
        self.results = Some(results);
        CvmNext::Done(results)
    }
}

/// Whether the card supports cardholder verification.
fn supported(store: &Store<'_>) -> bool {
    let profile = store.get(Tag::AIP).and_then(|aip| aip.first_chunk()).copied();
    Aip::from_bits_retain(u16::from_be_bytes(profile.unwrap_or_default()))
        .contains(Aip::CARDHOLDER_VERIFICATION)
}

fn list<'s>(store: &'s Store<'_>) -> Option<Result<CvmList<'s>, CvmFault>> {
    store.get(Tag::CVM_LIST).map(CvmList::new)
}
