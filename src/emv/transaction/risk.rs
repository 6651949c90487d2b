//! Processing restrictions and terminal risk management (EMV Book 3, 10.4 and
//! 10.6): what of them is commands and questions.

use super::{Stage, Transaction, card};
use crate::emv::command::{Instruction, status};
use crate::emv::restrictions::restrictions;
use crate::emv::risk::{self, Velocity};
use crate::emv::tlv::Tag;
use crate::emv::{Assessment, Fault};

impl Transaction<'_> {
    pub(super) fn restrict(&mut self) -> Result<(), Fault> {
        let known = self.application()?;
        restrictions(&self.store, self.terminal, known, &self.payment, &mut self.findings);
        self.verify_cardholder()
    }

    pub(super) fn assess(&mut self) -> Result<(), Fault> {
        if self.terminal.assessment {
            self.stage = Stage::Assess;
            return Ok(());
        }
        self.manage_risk(&Assessment::default())
    }

    pub(super) fn manage_risk(&mut self, assessment: &Assessment) -> Result<(), Fault> {
        let known = self.application()?;
        let Self { store, terminal, payment, findings, .. } = self;
        risk::floor_and_selection(store, terminal, known, payment, assessment, findings);
        if risk::velocity_is_due(&self.store) {
            self.apdu.get_data(Tag::ATC);
            self.stage = Stage::Counter;
            return Ok(());
        }
        self.decide()
    }

    pub(super) fn counter(&mut self, response: &[u8]) -> Result<(), Fault> {
        let counter = number(Tag::ATC, response)?;
        self.apdu.get_data(Tag::LAST_ONLINE_ATC);
        self.stage = Stage::LastOnline { counter };
        Ok(())
    }

    pub(super) fn last_online(&mut self, atc: Option<u16>, response: &[u8]) -> Result<(), Fault> {
        let last_online = number(Tag::LAST_ONLINE_ATC, response)?;
        risk::velocity(&self.store, Velocity { atc, last_online }, &mut self.findings);
        self.decide()
    }
}

/// A number that GET DATA brought; a card need not tell it.
fn number(tag: Tag, response: &[u8]) -> Result<Option<u16>, Fault> {
    let command = Instruction::GetData(tag);
    let (data, sw) = status(command, response)?;
    if sw != crate::card::StatusWord::SUCCESS {
        return Ok(None);
    }
    let value = card::datum(command, data, tag)?;
    Ok(value.try_into().ok().map(u16::from_be_bytes))
}
