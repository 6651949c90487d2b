//! What the printer says: asked in the order of the stream, in real time, and
//! by itself.

use std::format;
use std::string::String;
use std::vec::Vec;

use super::decoder::Op;
use super::{Condition, EscPosPrinter, Event, Flow, Offline};
use crate::port::{Duration, Instant};

/// `DLE DC4 8`, with the seven bytes that are to stand behind it.
const CLEAR: [u8; 10] = [0x10, 0x14, 0x08, 0x01, 0x03, 0x14, 0x01, 0x06, 0x02, 0x08];

impl Condition {
    /// The four bytes of automatic status.
    fn automatic(&self) -> [u8; 4] {
        let set = |bits: &[(bool, u8)]| {
            bits.iter().filter(|(set, _)| *set).fold(0, |byte, (_, mask)| byte | mask)
        };
        [
            0x10 | set(&[
                (self.stops(), 0x08),
                (self.cover_open, 0x20),
                (self.feeding, 0x40),
                (self.drawer_pin, 0x04),
            ]),
            set(&[
                (self.feeding, 0x02),
                (self.cutter_stuck, 0x08),
                (self.broken, 0x20),
                (self.overheated, 0x40),
            ]),
            set(&[(self.paper_low, 0x03), (self.paper_out, 0x0C)]),
            0,
        ]
    }

    /// The parts of it that the bits of `GS a` ask for.
    fn masked(&self, mask: u8) -> [u8; 4] {
        let [a, b, c, d] = self.automatic();
        let keep = |bit: u8, mask_of: u8| if mask & bit != 0 { mask_of } else { 0 };
        let first = 0x10 | a & (keep(0x01, 0x04) | keep(0x02, 0x28) | keep(0x40, 0x40));
        [first, b & keep(0x04, 0x69), c & keep(0x08, 0x0F), d]
    }
}

impl EscPosPrinter {
    /// Carries out what was read, if it is to be answered; else gives it back.
    pub(super) fn answer(&mut self, op: Op, now: Instant) -> Option<Op> {
        let paper = [if self.condition.paper_low { 0x03 } else { 0x00 }];
        let reply: Vec<u8> = match &op {
            Op::PaperStatus if self.model.barrier => paper.into(),
            Op::ProcessId(id) if self.model.process_id => [&[0x37, 0x22], &id[..], &[0]].concat(),
            Op::Asked(bytes) => self.identity(bytes)?,
            Op::Automatic(mask) if self.model.automatic => {
                self.automatic = *mask;
                self.told = None;
                return None;
            }
            Op::Sleep(seconds) if self.model.sleeps => {
                self.sleeps_after = (*seconds > 0).then(|| Duration::from_secs((*seconds).into()));
                return None;
            }
            Op::Sleep(_) | Op::Automatic(_) => return Some(Op::Ignored(op.bytes())),
            _ => return Some(op),
        };
        self.outbox.push(now, self.model.answer, reply);
        None
    }

    /// The answer to `GS I`, `GS g 2`, `GS r 2`; if it has none, it passes over
    /// the question.
    fn identity(&mut self, bytes: &[u8]) -> Option<Vec<u8>> {
        let block = |text: &str| Some([b"\x5F", text.as_bytes(), b"\0"].concat());
        let answer = match (self.model.identity, bytes) {
            (_, [b'r', 2 | 50]) if self.model.barrier => {
                Some([u8::from(self.condition.drawer_pin)].into())
            }
            (None, _) => None,
            (Some(_), [b'I', 1 | 49]) => Some([0x20].into()),
            (Some(_), [b'I', 2 | 50]) => {
                let cutter = if self.model.cutter.is_some() { 0x02 } else { 0 };
                Some([0x01 | cutter].into())
            }
            (Some(_), [b'I', 3 | 51]) => Some([0x05].into()),
            (Some(_), [b'I', 65]) => block("1.05 ESC/POS"),
            (Some((maker, ..)), [b'I', 66]) => block(maker),
            (Some((_, model, _)), [b'I', 67]) => block(model),
            (Some((.., serial)), [b'I', 68]) => block(serial),
            (Some(_), [b'I', 69]) => block("CHINA GB18030"),
            (Some(_), [b'g', b'2', 0, low, 0]) => block(&self.counter(*low)),
            _ => None,
        };
        if answer.is_none() {
            self.page.apply(Op::Ignored([&[0x1D], bytes].concat()));
        }
        answer
    }

    fn counter(&self, n: u8) -> String {
        let cuts = self.page.events.iter().filter(|event| matches!(event, Event::Cut { .. }));
        match n & 0x7F {
            20 => format!("{}", self.bitmap().height() / usize::from(self.model.line_spacing)),
            21 => format!("{}", self.bitmap().height()),
            50 => format!("{}", cuts.count()),
            _ => "7".into(),
        }
    }

    /// Looks for real-time commands, which are executed as they come in,
    /// whatever they stand in, and taken out of it. Whether `byte` ends one.
    pub(super) fn real_time(&mut self, byte: u8, now: Instant) -> bool {
        let [.., (first, _), (second, _)] = self.recent;
        match ([first, second], byte) {
            ([0x10, 0x04], n @ 1..=4) => {
                let answer = self.stuck.unwrap_or_else(|| self.condition.answer(n));
                self.outbox.push(now, self.model.answer, [answer]);
            }
            ([0x10, 0x05], n @ 0..=2) => {
                // The cutter is freed; what else is wrong stays so.
                self.condition.cutter_stuck &= n == 0;
                if n == 2 {
                    self.clear();
                }
            }
            ([0x10, 0x14], 1) => {
                self.page.events.push(Event::Drawer);
                return false;
            }
            _ => return self.clears(byte, now),
        }
        self.take_out();
        true
    }

    /// Whether `byte` ends `DLE DC4 8`.
    fn clears(&mut self, byte: u8, now: Instant) -> bool {
        let recent = self.recent.iter().map(|(byte, _)| *byte);
        let clears = self.model.identity.is_some() && recent.chain([byte]).eq(CLEAR);
        if clears {
            self.clear();
            self.outbox.push(now, self.model.answer, [0x37, 0x25, 0x00]);
            self.recent = Self::NONE;
        }
        clears
    }

    /// Whether all that is left to read came just now and may be the beginning
    /// of a real-time command, which is no data.
    pub(super) fn withholds(&self, now: Instant) -> bool {
        /// Longer than a byte takes on any line.
        const SOON: Duration = Duration::from_millis(2);
        let [.., first, second] = self.recent;
        let begun = match (first, second) {
            (_, (0x10, true)) => 1,
            ((0x10, true), (0x04 | 0x05 | 0x14, true)) => 2,
            _ => 0,
        };
        let latest = self.buffer.back().map(|(_, arrived)| *arrived);
        self.buffer.len() <= begun && latest.is_some_and(|latest| now < latest + SOON)
    }

    /// The last two bytes are no data.
    fn take_out(&mut self) {
        let [.., first, second] = self.recent;
        for (_, kept) in [first, second] {
            if !kept {
                self.lost = self.lost.saturating_sub(1);
            } else if self.buffer.pop_back().is_none() {
                self.decoder.retract();
            }
        }
        self.recent = Self::NONE;
    }

    /// What was received and set is dropped; what it has in its mechanism too.
    fn clear(&mut self) {
        self.buffer.clear();
        self.decoder.forget();
        self.page.drop_line();
    }

    /// Says what has changed, if it says such things.
    pub(super) fn report(&mut self, now: Instant) {
        if self.is_off(now) {
            return;
        }
        if let Some(greeting) = self.model.greeting.filter(|_| self.greets) {
            self.outbox.push(now, Duration::ZERO, [greeting]);
        }
        self.greets = false;
        if self.condition.cover_open && !self.was_open && !self.model.keeps_when_opened {
            self.clear();
        }
        self.was_open = self.condition.cover_open;
        let status = self.condition.masked(self.automatic);
        if self.automatic != 0 && self.told != Some(status) {
            self.told = Some(status);
            self.outbox.push(now, Duration::ZERO, status);
        }
        if self.model.flow == Flow::XonXoff {
            self.signal(now);
        }
    }

    /// XOFF when there is little room, XON when there is twice as much.
    fn signal(&mut self, now: Instant) {
        let free = self.model.buffer - self.buffer.len();
        let stopped = self.condition.stops() && self.model.offline == Offline::Busy;
        let off = match self.is_xoff {
            true => stopped || free < self.model.busy_below * 2,
            false => stopped || free <= self.model.busy_below,
        };
        if off != self.is_xoff {
            self.is_xoff = off;
            self.outbox.push(now, Duration::ZERO, [if off { 0x13 } else { 0x11 }]);
        }
    }

    /// Cuts its power, for at least as long as it takes to start.
    pub fn cut_power(&mut self, now: Instant, length: Duration) {
        self.power_cycle();
        self.off_until = now + length + self.model.boot;
        self.free_at = self.off_until;
    }

    /// Whether it is off, or starting.
    #[must_use]
    pub fn is_off(&self, now: Instant) -> bool {
        now < self.off_until
    }

    /// Whether it sleeps, or wakes up from this byte.
    pub(super) fn sleeps(&mut self, now: Instant) -> bool {
        /// CSN-A2: 50 ms from the first byte on.
        const WAKES: Duration = Duration::from_millis(50);
        let idle = self.is_idle() && now >= self.awake_at;
        let asleep = idle && self.sleeps_after.is_some_and(|after| now >= self.busy_at + after);
        if asleep {
            self.awake_at = now + WAKES;
        }
        self.busy_at = now;
        asleep || now < self.awake_at
    }
}
