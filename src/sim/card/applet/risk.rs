//! Which cryptogram a card makes: its own risk management and decision.

use std::vec::Vec;

use super::wire::{decimal, value};
use super::{CardApplication, EmvApplet, Misbehaviour};

/// Bits 8 and 7 of the Cryptogram Information Data.
pub(super) const AAC: u8 = 0x00;
pub(super) const TC: u8 = 0x40;
pub(super) const ARQC: u8 = 0x80;

/// An AAC because the issuer did not prove to be the issuer.
const NOT_TRUSTED: u8 = 0x0B;

impl EmvApplet {
    /// The information of the first cryptogram.
    pub(super) fn first(&self, asked: u8, amount: u64, application: &CardApplication) -> u8 {
        let told = self.misbehaviour.iter().find_map(|how| match how {
            Misbehaviour::First(information) => Some(*information),
            _ => None,
        });
        let risk = &application.risk;
        told.unwrap_or(match asked {
            AAC => AAC,
            _ if is_above(amount, risk.decline_above) || application.blocked => AAC,
            TC if !self.wants_issuer(amount, application) => TC,
            _ => ARQC,
        })
    }

    fn wants_issuer(&self, amount: u64, application: &CardApplication) -> bool {
        let (risk, memory) = (&application.risk, &self.memory);
        let in_all = memory.offline_amount.saturating_add(amount);
        is_above(amount, risk.online_above)
            || is_above(in_all, risk.online_above_in_all)
            || risk.online_after.is_some_and(|limit| memory.offline >= limit)
            || (risk.first_online && memory.last_online == 0)
    }

    /// The information of the second.
    pub(super) fn second(
        &mut self,
        asked: u8,
        told: &[(u32, Vec<u8>)],
        index: usize,
        application: &CardApplication,
    ) -> Result<u8, u16> {
        if let Some(data) = value(told, 0x91).filter(|data| data.iter().any(|&byte| byte != 0)) {
            self.prove(index, data)?;
        }
        let misbehaving = self.misbehaviour.iter().find_map(|how| match how {
            Misbehaviour::Second(information) => Some(*information),
            _ => None,
        });
        let unreached = is_unreached(told);
        let risk = &application.risk;
        let refused = self.session.status.is_some_and(|[_, bits, ..]| bits & 0x80 == 0);
        // A script, or a Card Status Update, may have blocked it just now.
        let blocked = self.application(index)?.blocked || self.memory.blocked;
        Ok(match misbehaving {
            Some(information) => information,
            None if !unreached && application.mutual && self.session.trusted != Some(true) => {
                NOT_TRUSTED
            }
            None if asked == AAC || refused || blocked => AAC,
            None if unreached
                && risk.decline_after.is_some_and(|limit| self.memory.offline >= limit) =>
            {
                AAC
            }
            None => asked,
        })
    }

    /// What a final cryptogram means for the counters.
    pub(super) fn remember(&mut self, information: u8, amount: u64, offline: bool) {
        let memory = &mut self.memory;
        match (information & 0xC0, offline) {
            (TC, true) => {
                memory.offline = memory.offline.saturating_add(1);
                memory.offline_amount = memory.offline_amount.saturating_add(amount);
            }
            (TC, false) => {
                memory.last_online = memory.counter;
                memory.offline = 0;
                memory.offline_amount = 0;
            }
            _ => {}
        }
    }
}

/// The amount of a transaction, `9F02`.
pub(super) fn amount(told: &[(u32, Vec<u8>)]) -> u64 {
    value(told, 0x9F02).map_or(0, |digits| decimal(digits))
}

/// Whether the terminal says that the issuer could not be reached.
pub(super) fn is_unreached(told: &[(u32, Vec<u8>)]) -> bool {
    value(told, 0x8A).is_some_and(|arc| matches!(arc.as_slice(), b"Y3" | b"Z3"))
}

fn is_above(amount: u64, limit: Option<u64>) -> bool {
    limit.is_some_and(|limit| amount > limit)
}
