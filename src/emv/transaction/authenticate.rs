//! Offline data authentication (EMV Book 3, 10.3): what of it is commands.

use super::{Stage, Transaction, card};
use crate::emv::command::{Instruction, success};
use crate::emv::oda::{self, Check, Method, OdaFault};
use crate::emv::tlv::{Full, Tag};
use crate::emv::{Capabilities, Cid, Dol, Fault, Rule};

impl Transaction<'_> {
    /// Card and terminal agree on a method, before the records are read.
    pub(super) fn choose_method(&mut self) {
        self.method = oda::method(card::profile(&self.store), self.terminal.capabilities);
    }

    /// Whether records are to be kept as they came: the certificate of a card's
    /// key is about them, also where that key only enciphers a PIN.
    pub(super) fn keeps_records(&self) -> bool {
        self.method.is_some() || self.terminal.capabilities.contains(Capabilities::ENCIPHERED_PIN)
    }

    pub(super) fn authenticate(&mut self) -> Result<(), Fault> {
        let (authorities, date) = (&self.terminal.authorities, self.payment.time.date());
        let result = match self.method {
            None => {
                self.findings.note(Rule::NoCommonMethod);
                return self.restrict();
            }
            Some(Method::Sda) => {
                self.findings.note(Rule::SdaSelected);
                oda::static_authentication(&mut self.store, authorities, date)
            }
            Some(Method::Dda | Method::Cda) => {
                oda::recover_icc_key(&mut self.store, authorities, date)
            }
        };
        match (self.method, result) {
            (_, Err(fault)) => self.not_authentic(fault)?,
            (Some(Method::Dda), Ok(())) => return self.challenge_card(),
            (Some(Method::Cda), Ok(())) => self.combined = true,
            _ => self.findings.note(Rule::OfflineAuthenticationPerformed),
        }
        self.restrict()
    }

    /// Has the card sign what its DDOL, or the terminal's, asks for (EMV Book
    /// 2, 6.5.1). The list must have the Unpredictable Number in it.
    fn challenge_card(&mut self) -> Result<(), Fault> {
        let default = self.application()?.default_ddol;
        let store = &self.store;
        let list = Dol::new(store.get(Tag::DDOL).unwrap_or(default));
        let unpredictable = list.entries().any(|entry| {
            entry.is_ok_and(|entry| entry.tag == Tag::UNPREDICTABLE_NUMBER && entry.length > 0)
        });
        let filled = self.apdu.internal_authenticate(|out| list.fill(out, |tag| store.get(tag)));
        if filled.is_err() || !unpredictable {
            self.not_authentic(OdaFault::Failed(Tag::DDOL, Check::Fields))?;
            return self.restrict();
        }
        self.stage = Stage::Authenticating;
        Ok(())
    }

    /// The card signed. An answer that is none ends the transaction (EMV Book
    /// 3, 6.5.9.4); a signature that is wrong is noted.
    pub(super) fn signed(&mut self, response: &[u8]) -> Result<(), Fault> {
        let signature = card::signature(success(Instruction::InternalAuthenticate, response)?)?;
        match oda::dynamic_authentication(&mut self.store, signature, self.apdu.data()) {
            Ok(()) => self.findings.note(Rule::OfflineAuthenticationPerformed),
            Err(fault) => self.not_authentic(fault)?,
        }
        self.restrict()
    }

    /// The card is not authentic, or cannot show that it is.
    fn not_authentic(&mut self, fault: OdaFault) -> Result<(), Fault> {
        if let OdaFault::Full(Full { tag }) = fault {
            return Err(Fault::Full(Full { tag }));
        }
        self.oda_fault = Some(fault);
        self.combined = false;
        self.findings.note(Rule::OfflineAuthenticationPerformed);
        self.findings.note(match self.method {
            Some(Method::Cda) => Rule::CdaFailed,
            Some(Method::Dda) => Rule::DdaFailed,
            _ => Rule::SdaFailed,
        });
        if let OdaFault::Missing(_) = fault {
            self.findings.note(Rule::IccDataMissing);
        }
        Ok(())
    }

    /// Checks the signature that came with a cryptogram; whether it is good.
    pub(super) fn combine(
        &mut self,
        cid: Cid,
        second: bool,
        content: &[u8],
    ) -> Result<bool, Fault> {
        let store = &mut self.store;
        match oda::combined_authentication(store, cid, content, second) {
            Ok(()) => self.findings.note(Rule::OfflineAuthenticationPerformed),
            Err(fault) => {
                self.not_authentic(fault)?;
                return Ok(false);
            }
        }
        Ok(true)
    }
}
