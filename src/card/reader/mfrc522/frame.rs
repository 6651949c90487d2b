use crate::card::contactless::{Frame, Heard, Rates, Technology};
use crate::port::{Duration, Instant};

use super::chip::{Chip, State, Status};
use super::register::{
    self as reg, CLEAR_IRQ, CLEAR_RECEIVED, FLUSH, RX_IRQ, TIMER_IRQ, TX_IRQ, VALUES_AFTER_COLL,
};
use super::{Errors, Fault, timer};

/// A frame out and the one that comes back.
impl Chip {
    pub(super) fn prepare(&mut self, frame: &Frame, wait: Duration) {
        self.check = self.is_checked_here(frame).then(|| self.technology.crc(frame.bytes()));
        let by_chip = frame.crc() && self.check.is_none();
        let anticollision = self.technology == Technology::A && !frame.crc();
        (self.loaded, self.wait, self.answer_by) = (0, wait, None);
        self.errors = Errors::empty();
        self.state = State::Load;
        self.queue.set(&[
            (reg::COMMAND, reg::IDLE),
            (reg::COM_IRQ, CLEAR_IRQ),
            (reg::FIFO_LEVEL, FLUSH),
            (reg::TX_MODE, reg::mode(self.technology, self.rates.send, by_chip)),
            (reg::RX_MODE, reg::mode(self.technology, self.rates.receive, by_chip)),
            (reg::BIT_FRAMING, frame.align() << 4 | frame.last_bits()),
            (reg::COLL, if anticollision { 0 } else { VALUES_AFTER_COLL }),
        ]);
        self.set_timer(wait);
    }

    /// The timer registers for this waiting time.
    fn set_timer(&mut self, wait: Duration) {
        let (prescaler, reload) = timer::reload(wait);
        let [prescaler_high, prescaler_low] = prescaler.to_be_bytes();
        let [reload_high, reload_low] = reload.to_be_bytes();
        self.queue.add(&[
            (reg::T_MODE, reg::T_AUTO | prescaler_high),
            (reg::T_PRESCALER, prescaler_low),
            (reg::T_RELOAD_HIGH, reload_high),
            (reg::T_RELOAD_LOW, reload_low),
        ]);
    }

    /// Whether the check bytes are ours. The chip would append right ones to a
    /// frame that is cut off because the loop was late, and it knows nothing of
    /// what the bus does to its bytes. Above 106 kbit/s they have to be its own
    /// (9.3.2.3).
    fn is_checked_here(&self, frame: &Frame) -> bool {
        frame.crc() && self.rates == Rates::default()
    }

    /// As much as fits of what is still to be loaded.
    fn fill(&mut self, frame: &mut Frame, room: usize, now: Instant) {
        let check = self.check.as_ref().map_or(&[][..], |check| check);
        let total = frame.bytes().len() + check.len();
        self.bus.begin(&[reg::FIFO_DATA << 1], now);
        for byte in frame.bytes().iter().chain(check).skip(self.loaded).take(room) {
            self.bus.push(*byte);
            self.loaded += 1;
        }
        if self.loaded >= total {
            self.loaded = usize::MAX;
            frame.listen();
        }
    }

    const fn is_loaded(&self) -> bool {
        self.loaded == usize::MAX
    }

    pub(super) fn load(&mut self, frame: &mut Frame, now: Instant) {
        let framing = frame.align() << 4 | frame.last_bits();
        self.fill(frame, Self::FIFO, now);
        self.queue
            .set(&[(reg::COMMAND, reg::TRANSCEIVE), (reg::BIT_FRAMING, reg::START_SEND | framing)]);
        self.state = State::Poll;
    }

    pub(super) fn polled(&mut self, frame: &mut Frame, now: Instant) {
        let [irq, errors, level, control, coll] = self.bus.values();
        let status = Status {
            irq,
            errors: Errors::from_bits_retain(errors),
            level: level.into(),
            last_bits: control & 7,
            coll,
        };
        self.errors = status.errors;
        if irq & TX_IRQ != 0 {
            self.answer_by.get_or_insert(now + self.wait);
        }
        let is_over = irq & (RX_IRQ | TIMER_IRQ) != 0;
        if status.level > Self::FIFO || (now >= self.deadline && !is_over) {
            self.state = State::Suspect;
        } else if status.errors.contains(Errors::TEMPERATURE) {
            self.stop(Err(Fault::Hot));
        } else if !self.is_loaded() {
            self.refill(frame, status, now);
        } else if irq & TIMER_IRQ != 0 {
            self.stop(Ok(Heard::Silence));
        } else if irq & RX_IRQ != 0 || (irq & TX_IRQ != 0 && status.level >= Self::FIFO / 4) {
            self.drain(status, now);
        } else {
            self.pause(self.settings.timing.poll, State::Poll, now);
        }
    }

    /// While it sends: more of the frame, before the FIFO runs empty.
    fn refill(&mut self, frame: &mut Frame, status: Status, now: Instant) {
        let room = Self::FIFO - status.level;
        if status.irq & TX_IRQ != 0 {
            // Too late: what went out is cut off, and no card takes it.
            self.errors |= Errors::WRITE;
            self.stop(Ok(Heard::Garbled));
        } else if room >= Self::FIFO / 4 {
            self.fill(frame, room, now);
            self.state = State::Poll;
        } else {
            self.pause(self.settings.timing.poll, State::Poll, now);
        }
    }

    /// Takes out what is in the FIFO.
    fn drain(&mut self, status: Status, now: Instant) {
        let last = (status.irq & RX_IRQ != 0).then_some(status);
        self.state = State::Drained(last);
        if status.level > 0 {
            self.bus.begin(&[], now);
            for _ in 0..status.level {
                self.bus.push(0x80 | reg::FIFO_DATA << 1);
            }
            self.bus.push(0);
        } else {
            self.bus.abandon();
        }
    }

    pub(super) fn drained(&mut self, frame: &mut Frame, last: Option<Status>, now: Instant) {
        let fits = frame.push(self.bus.reply());
        self.bus.abandon();
        match last {
            _ if !fits => self.stop(Ok(Heard::Garbled)),
            None => self.state = State::Poll,
            Some(status) => {
                frame.set_last_bits(status.last_bits);
                let is_short = self.is_checked_here(frame) && frame.bytes().len() < SHORT;
                match (self.judged(frame, status), self.answer_by) {
                    (Heard::Garbled, Some(until)) if is_short && now < until => {
                        self.listen_on(frame, until.since(now));
                    }
                    (heard, _) => self.stop(Ok(heard)),
                }
            }
        }
    }

    /// What came was noise: a card that is at work draws more current or less
    /// (EMV: frames of fewer than four bytes with an error). The answer is still
    /// to come.
    fn listen_on(&mut self, frame: &mut Frame, wait: Duration) {
        frame.listen();
        self.queue.set(&[
            (reg::COMMAND, reg::IDLE),
            (reg::COM_IRQ, CLEAR_RECEIVED),
            (reg::FIFO_LEVEL, FLUSH),
        ]);
        self.set_timer(wait);
        self.queue.add(&[(reg::COMMAND, reg::RECEIVE), (reg::CONTROL, reg::T_START)]);
        self.state = State::Poll;
    }

    /// What came, by what the chip says of it.
    fn judged(&mut self, frame: &mut Frame, status: Status) -> Heard {
        let broken =
            Errors::CRC | Errors::PARITY | Errors::PROTOCOL | Errors::OVERFLOW | Errors::WRITE;
        let is_partial = frame.last_bits() != 0;
        match status.errors {
            _ if frame.bytes().is_empty() => Heard::Garbled,
            errors if errors.contains(Errors::COLLISION) => collision(status.coll),
            errors if errors.intersects(broken) || (frame.crc() && is_partial) => Heard::Garbled,
            _ if self.is_checked_here(frame) && !frame.take_crc(self.technology) => {
                self.errors |= Errors::CRC;
                Heard::Garbled
            }
            _ => Heard::Frame,
        }
    }
}

/// The shortest frame that is not taken for noise, with its check bytes.
const SHORT: usize = 4;

/// `CollPos` counts from 1, 0 for 32, and counts what the alignment leaves out:
/// NXP's reader library reckons so.
fn collision(coll: u8) -> Heard {
    match (coll & reg::NO_POSITION, coll & 0x1F) {
        (0, 0) => Heard::Collision { bit: 31 },
        (0, position) => Heard::Collision { bit: u16::from(position) - 1 },
        _ => Heard::Garbled,
    }
}
