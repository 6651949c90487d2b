use std::vec;
use std::vec::Vec;

use super::{Pn532, Pn532Quirk, Settings};
use crate::port::{Duration, Instant};

/// What a response says behind its code, or that the command is not understood;
/// and when it is there.
type Answer = (Option<Vec<u8>>, Instant);

impl Pn532 {
    /// Chapter 7 of the manual.
    pub(super) fn obey(&mut self, code: u8, data: &[u8], now: Instant) -> Answer {
        let soon = |data: &[u8]| (Some(data.to_vec()), now);
        match (code, data) {
            (0x00, [0x00, ..]) => soon(data),
            (0x00, [0x06]) => self.presence(now),
            (0x02, []) => soon(&[0x32, 0x01, 0x06, 0x07]),
            (0x04, []) => (Some(self.general()), now),
            (0x10, [baud @ 0..=8]) => {
                let bauds =
                    [9_600, 19_200, 38_400, 57_600, 115_200, 230_400, 460_800, 921_600, 1_288_000];
                self.next_baud = bauds.get(usize::from(*baud)).copied();
                soon(&[])
            }
            (0x12, [flags]) if flags & 0x88 == 0 => {
                self.settings.parameters = *flags;
                soon(&[])
            }
            (0x14, [mode @ 1..=4, rest @ ..]) if rest.len() <= 2 => {
                if *mode == 1 {
                    self.low_battery = false;
                }
                self.settings.irq = rest.get(1).is_none_or(|irq| *irq == 1);
                soon(&[])
            }
            (0x16, [wake_up, rest @ ..]) if rest.len() <= 1 && wake_up & 0x04 == 0 => {
                self.air.field(false, now);
                self.dozing = true;
                soon(&[0x00])
            }
            (0x32, [item, values @ ..]) => match self.configure(*item, values, now) {
                true => soon(&[]),
                false => (None, now),
            },
            (0x4A, [most @ (1 | 2), 0x00, uid @ ..]) => self.list_a(*most, uid, now),
            (0x4A, [most @ (1 | 2), 0x03, afi]) => self.list_b(*most, *afi, now),
            (0x40, [target, data @ ..]) => self.data_exchange(*target, data, now),
            (0x42, data) if !data.is_empty() => self.through(data, now),
            (0x44 | 0x52, [target]) => self.leave(*target, code == 0x52, now),
            (0x54, [target]) => self.select(*target, now),
            (0x4E, [target, send @ 0..=3, receive @ 0..=3]) => {
                self.rates(*target, *send, *receive, now)
            }
            _ => (None, now),
        }
    }

    /// RFConfiguration (7.3.1).
    fn configure(&mut self, item: u8, values: &[u8], now: Instant) -> bool {
        match (item, values) {
            (0x01, [field]) => {
                let on = field & 1 != 0;
                if !on {
                    self.cards.forget();
                }
                self.air.field(on, now);
            }
            (0x02, [_, _, retry]) => {
                let doubled = retry.checked_sub(1).map(|power| 100_u64 << power.min(15));
                self.settings.raw_wait = Duration::from_micros(doubled.unwrap_or(u64::MAX / 2));
            }
            (0x04, [_]) => {}
            (0x05, [_, _, passive]) => self.settings.passive_retries = *passive,
            _ => return false,
        }
        true
    }

    /// GetGeneralStatus (7.2.3): error, field, cards, and of each its number
    /// and rates; SAM.
    fn general(&self) -> Vec<u8> {
        let Settings { last_error, .. } = self.settings;
        let mut data = vec![last_error, 0x00, self.cards.count()];
        for number in 1..=self.cards.count() {
            data.extend([number, 0x00, 0x00, 0x00]);
        }
        data.push(0x00);
        data
    }

    /// Diagnose 06 (7.2.1).
    fn presence(&mut self, now: Instant) -> Answer {
        if self.cards.active().is_none() {
            return self.failed(0x27, now);
        }
        let (there, at) = self.is_there(now);
        match there && !self.has(Pn532Quirk::NoPresenceCheck) {
            true => (Some(vec![0x00]), at),
            false => self.failed(0x01, at),
        }
    }

    /// A status with an error, alone.
    pub(super) fn failed(&mut self, status: u8, at: Instant) -> Answer {
        self.settings.last_error = status;
        (Some(vec![status]), at)
    }

    /// InDataExchange (7.3.8): parts of a command are gathered, and what does
    /// not fit into one response is kept.
    fn data_exchange(&mut self, target: u8, data: &[u8], now: Instant) -> Answer {
        let number = target & 0x3F;
        if self.cards.active() != Some(number) {
            return self.failed(0x27, now);
        }
        if target & 0x40 != 0 {
            self.outgoing.extend(data);
            return (Some(vec![0x00]), now);
        }
        let mut at = now;
        if self.incoming.is_empty() || !data.is_empty() {
            self.outgoing.extend(data);
            self.incoming.clear();
            let command = core::mem::take(&mut self.outgoing);
            self.exchanges.push(command.clone());
            let (answer, end) = self.exchange(&command, now);
            at = end;
            match answer {
                Ok(answer) => {
                    self.exchanges.push(answer.clone());
                    self.incoming = answer;
                }
                Err(status) => return self.failed(status, at),
            }
        }
        let rest = self.incoming.split_off(self.incoming.len().min(self.part));
        let part = core::mem::replace(&mut self.incoming, rest);
        let more = if self.incoming.is_empty() { 0x00 } else { 0x40 };
        (Some([&[more], &part[..]].concat()), at)
    }
}
