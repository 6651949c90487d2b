use std::vec::Vec;

use super::Pn532;
use crate::card::contactless::{Rate, Technology};
use crate::port::{Duration, Instant};
use crate::sim::card::Signal;
use crate::sim::card::air::Reply;

/// The field is on so long before a frame (ISO/IEC 14443-3, 5.1), and a bit.
const GUARD: Duration = Duration::from_micros(5_200);
/// From an answer to the next frame.
const PAUSE: Duration = Duration::from_micros(500);
/// How long an answer to a frame of ISO/IEC 14443-3 is waited for.
const SOON: Duration = Duration::from_millis(5);
/// The same of RATS: the activation frame waiting time.
const ACTIVATION: Duration = Duration::from_millis(6);

/// A card that was activated.
#[derive(Clone, Debug)]
pub(super) struct Card {
    pub(super) technology: Technology,
    atqa: [u8; 2],
    sak: u8,
    /// UID or PUPI.
    uid: Vec<u8>,
    ats: Vec<u8>,
    atqb: Vec<u8>,
    attrib: Vec<u8>,
    pub(super) send: Rate,
    pub(super) receive: Rate,
    /// The longest frame it takes, with check bytes.
    pub(super) fsc: usize,
    /// Its waiting time.
    pub(super) wait: Duration,
    /// The block number of the next I-block.
    pub(super) block: u8,
    /// An APDU was sent to it.
    pub(super) used: bool,
}

/// The cards listed, one or two, and which is active.
#[derive(Debug, Default)]
pub(super) struct Listing {
    pub(super) cards: Vec<Card>,
    active: Option<u8>,
}

impl Listing {
    pub(super) fn count(&self) -> u8 {
        u8::try_from(self.cards.len()).unwrap_or(u8::MAX)
    }

    pub(super) fn active(&self) -> Option<u8> {
        self.active
    }

    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }

    /// None is active any more; all are still listed.
    pub(super) fn rest(&mut self) {
        self.active = None;
    }

    pub(super) fn card(&mut self) -> Option<&mut Card> {
        let index = usize::from(self.active?).checked_sub(1)?;
        self.cards.get_mut(index)
    }
}

/// Frame sizes by FSCI and FSDI.
fn frame_size(index: u8) -> usize {
    [16, 24, 32, 40, 48, 64, 96, 128, 256].get(usize::from(index)).copied().unwrap_or(256)
}

/// The frame waiting time, 256 x 16 / fc times 2 to the power of FWI.
fn waiting_time(fwi: u8) -> Duration {
    Duration::from_micros(302_u64 << fwi.min(14))
}

impl Pn532 {
    fn field_on(&mut self, now: Instant) -> Instant {
        if self.air.is_on() {
            return now;
        }
        self.air.field(true, now);
        now + GUARD
    }

    /// Sends a frame from `at` on; what comes back, and until when it took.
    pub(super) fn send(
        &mut self,
        signal: &Signal,
        wait: Duration,
        at: Instant,
    ) -> (Option<Reply>, Instant) {
        let end = at + PAUSE + signal.airtime();
        match self.air.transmit(signal, end).filter(|reply| reply.at <= end + wait) {
            Some(reply) => {
                let over = reply.end;
                (Some(reply), over)
            }
            None => (None, end + wait),
        }
    }

    /// InListPassiveTarget of type A (7.3.5).
    pub(super) fn list_a(
        &mut self,
        most: u8,
        uid: &[u8],
        now: Instant,
    ) -> (Option<Vec<u8>>, Instant) {
        self.cards.forget();
        let mut at = self.field_on(now);
        for _ in 0..=self.settings.passive_retries {
            let (card, end) = self.activate_a(0x26, at);
            at = end;
            self.cards.cards.extend(card.filter(|card| uid.is_empty() || card.uid == uid));
            if self.cards.count() > 0 {
                break;
            }
        }
        if most == 2 && self.cards.count() == 1 {
            at = self.another_a(at);
        }
        self.cards.active = Some(self.cards.count()).filter(|count| *count > 0);
        let mut data = std::vec![self.cards.count()];
        for (number, card) in (1..).zip(&self.cards.cards) {
            let [low, high] = card.atqa;
            let len = u8::try_from(card.uid.len()).unwrap_or(0);
            data.extend([number, high, low, card.sak, len]);
            data.extend(&card.uid);
            data.extend(&card.ats);
        }
        (Some(data), at)
    }

    /// A second card, while the first is halted; the first again if there is
    /// none.
    fn another_a(&mut self, mut at: Instant) -> Instant {
        self.cards.active = Some(1);
        at = self.halt(at);
        let (card, end) = self.activate_a(0x26, at);
        match card {
            Some(card) => {
                self.cards.cards.push(card);
                end
            }
            None => self.again(1, end).1,
        }
    }

    /// Activates a listed card again; whether it is there.
    pub(super) fn again(&mut self, number: u8, at: Instant) -> (bool, Instant) {
        let index = usize::from(number).saturating_sub(1);
        let known = self.cards.cards.get(index).map(|card| (card.technology, card.uid.clone()));
        let (found, at) = match known {
            Some((Technology::A, uid)) => {
                let (card, at) = self.activate_a(0x52, at);
                (card.filter(|card| card.uid == uid), at)
            }
            Some((Technology::B, uid)) => {
                let (card, at) = self.activate_b(0x08, 0x00, at);
                (card.filter(|card| card.uid == uid), at)
            }
            None => (None, at),
        };
        let is_there = found.is_some();
        if let (Some(found), Some(card)) = (found, self.cards.cards.get_mut(index)) {
            *card = found;
        }
        self.cards.active = Some(number).filter(|_| is_there);
        (is_there, at)
    }

    /// REQA or WUPA, anticollision, and RATS (ISO/IEC 14443-3, 6; -4, 5).
    fn activate_a(&mut self, request: u8, at: Instant) -> (Option<Card>, Instant) {
        let (reply, mut at) = self.send(&Signal::bits(&[request], 7), SOON, at);
        let Some(atqa) = reply.and_then(|reply| reply.signal.bytes.try_into().ok()) else {
            return (None, at);
        };
        let (mut uid, mut sak) = (Vec::new(), 0x04);
        for select in [0x93, 0x95, 0x97] {
            let (level, end) = self.resolve(select, at);
            at = end;
            let Some((bytes, answer)) = level else { return (None, at) };
            sak = answer;
            let cascaded = sak & 0x04 != 0;
            uid.extend(bytes.iter().skip(cascaded.into()).take(4 - usize::from(cascaded)));
            if !cascaded {
                break;
            }
        }
        let mut card = Card::new(Technology::A, uid);
        (card.atqa, card.sak) = (atqa, sak);
        if sak & 0x20 != 0 && self.settings.parameters & 0x10 != 0 {
            at = self.rats(&mut card, at);
        }
        (Some(card), at)
    }

    /// One cascade level: the UID part that is left when collisions are
    /// resolved with 1, and SAK.
    fn resolve(&mut self, select: u8, mut at: Instant) -> (Option<([u8; 5], u8)>, Instant) {
        let mut bits: Vec<bool> = Vec::new();
        while bits.len() < 40 {
            let [whole, rest] = [bits.len() / 8, bits.len() % 8];
            let nvb = u8::try_from((2 + whole) << 4 | rest).unwrap_or(0);
            let frame = [&[select, nvb], &packed(&bits)[..]].concat();
            let (reply, end) = self.send(&Signal::bits(&frame, 16 + bits.len()), SOON, at);
            at = end;
            let Some(reply) = reply else { return (None, at) };
            let heard = reply.collision.unwrap_or(reply.signal.bits);
            bits.extend((0..heard).filter_map(|at| reply.signal.bit(at)));
            if reply.collision.is_some() {
                bits.push(true);
            }
            if bits.len() > 40 || heard == 0 && reply.collision.is_none() {
                return (None, at);
            }
        }
        let Ok(uid) = <[u8; 5]>::try_from(packed(&bits)) else { return (None, at) };
        let frame = [&[select, 0x70], &uid[..]].concat();
        let (reply, at) = self.send(&Signal::with_crc(Technology::A, &frame), SOON, at);
        let sak = reply.and_then(|reply| match reply.signal.checked() {
            Some([sak]) => Some(*sak),
            _ => None,
        });
        let right = uid.iter().fold(0, |sum, byte| sum ^ byte) == 0;
        (sak.filter(|_| right).map(|sak| (uid, sak)), at)
    }

    /// RATS with FSD 64 and CID 0.
    fn rats(&mut self, card: &mut Card, at: Instant) -> Instant {
        let rats = Signal::with_crc(Technology::A, &[0xE0, 0x50]);
        let (reply, at) = self.send(&rats, ACTIVATION, at);
        let ats = reply.and_then(|reply| reply.signal.checked().map(<[u8]>::to_vec));
        let Some(ats) = ats.filter(|ats| ats.first().copied() == u8::try_from(ats.len()).ok())
        else {
            return at;
        };
        let mut fields = ats.iter().skip(1);
        let format = fields.next().copied().unwrap_or(0x02);
        card.fsc = frame_size(format & 0x0F);
        if format & 0x10 != 0 {
            fields.next();
        }
        if let Some(tb) = fields.next().filter(|_| format & 0x20 != 0) {
            card.wait = waiting_time(tb >> 4);
        }
        card.ats = ats;
        at
    }

    /// InListPassiveTarget of type B.
    pub(super) fn list_b(&mut self, most: u8, afi: u8, now: Instant) -> (Option<Vec<u8>>, Instant) {
        self.cards.forget();
        let mut at = self.field_on(now);
        for _ in 0..=self.settings.passive_retries {
            let (card, end) = self.activate_b(0x00, afi, at);
            at = end;
            self.cards.cards.extend(card);
            if self.cards.count() > 0 {
                break;
            }
        }
        if most == 2 && self.cards.count() == 1 {
            // The first is active, and silent.
            let (card, end) = self.activate_b(0x00, afi, at);
            at = end;
            self.cards.cards.extend(card);
        }
        self.cards.active = Some(self.cards.count()).filter(|count| *count > 0);
        let mut data = std::vec![self.cards.count()];
        for (number, card) in (1..).zip(&self.cards.cards) {
            data.push(number);
            data.extend(&card.atqb);
            data.push(u8::try_from(card.attrib.len()).unwrap_or(0));
            data.extend(&card.attrib);
        }
        (Some(data), at)
    }

    /// REQB or WUPB, with slots where cards collide, and ATTRIB (ISO/IEC
    /// 14443-3, 7).
    fn activate_b(&mut self, parameter: u8, afi: u8, at: Instant) -> (Option<Card>, Instant) {
        let (mut atqb, mut at) = self.ask_b(&[0x05, afi, parameter], at);
        if let Some(None) = atqb {
            // Four slots: the first is this request's own.
            let (first, end) = self.ask_b(&[0x05, afi, parameter | 0x02], at);
            (atqb, at) = (first, end);
            for slot in [0x15, 0x25, 0x35] {
                if let Some(Some(_)) = atqb {
                    break;
                }
                (atqb, at) = self.ask_b(&[slot], at);
            }
        }
        let Some(atqb) = atqb.flatten() else { return (None, at) };
        let [_, a, b, c, d, .., format, wait] = atqb[..] else { return (None, at) };
        let mut card = Card::new(Technology::B, [a, b, c, d].into());
        card.fsc = frame_size(format >> 4);
        card.wait = waiting_time(wait >> 4);
        let attrib = [0x1D, a, b, c, d, 0x00, 0x05, 0x01, 0x00];
        let (reply, at) =
            self.send(&Signal::with_crc(Technology::B, &attrib), card.wait.max(SOON), at);
        let answer = reply.and_then(|reply| reply.signal.checked().map(<[u8]>::to_vec));
        let Some(answer) = answer else { return (None, at) };
        (card.atqb, card.attrib) = (atqb, answer);
        (Some(card), at)
    }

    /// An ATQB of twelve bytes; inside `None` if what came is none.
    fn ask_b(&mut self, frame: &[u8], at: Instant) -> (Option<Option<Vec<u8>>>, Instant) {
        let (reply, at) = self.send(&Signal::with_crc(Technology::B, frame), SOON, at);
        let heard = reply.map(|reply| {
            let atqb = reply.signal.checked().filter(|atqb| atqb.first() == Some(&0x50));
            atqb.filter(|atqb| atqb.len() == 12).map(<[u8]>::to_vec)
        });
        (heard, at)
    }
}

impl Card {
    fn new(technology: Technology, uid: Vec<u8>) -> Self {
        Self {
            technology,
            atqa: [0; 2],
            sak: 0,
            uid,
            ats: Vec::new(),
            atqb: Vec::new(),
            attrib: Vec::new(),
            send: Rate::R106,
            receive: Rate::R106,
            fsc: 32,
            wait: waiting_time(4),
            block: 0,
            used: false,
        }
    }

    /// Whether it speaks ISO/IEC 14443-4.
    pub(super) fn is_dep(&self) -> bool {
        self.technology == Technology::B || !self.ats.is_empty()
    }
}

/// Bits, the lowest of each byte first.
fn packed(bits: &[bool]) -> Vec<u8> {
    let byte = |bits: &[bool]| {
        bits.iter().enumerate().fold(0, |byte, (at, bit)| byte | u8::from(*bit) << at)
    };
    bits.chunks(8).map(byte).collect()
}
