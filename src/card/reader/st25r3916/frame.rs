use crate::card::contactless::{Abilities, Frame, Heard, Technology};
use crate::card::reader::transaction::DATA;
use crate::port::{Duration, Instant};

use super::chip::{Chip, SILENCE, State, Status};
use super::register as reg;
use super::{Interrupts, timer};

/// The shortest frame that is not taken for noise, with its check bytes.
const SHORT: usize = 4;

/// A frame out and the one that comes back.
impl Chip {
    /// What a frame needs in the registers, one step after the other.
    pub(super) fn prepare(&mut self, step: usize, wait: Duration, frame: &Frame, now: Instant) {
        let next = State::Prepare(step + 1, wait);
        let bits = self.technology == Technology::A && !frame.crc();
        let slicer = if bits { 0 } else { reg::DATA_SLICER };
        match step {
            0 => self.write(&[reg::STOP], next, now),
            1 => self.write(&[reg::RESET_GAIN], next, now),
            2 => {
                let anticollision = if bits { reg::ANTICOLLISION } else { 0 };
                let auxiliary = if frame.crc() { 0 } else { reg::NO_CRC };
                let settings = [reg::ISO14443A, anticollision, 0, 0, 0, 0, auxiliary];
                self.write(&settings, next, now);
            }
            3 if self.technology == Technology::A && self.rates == Abilities::DEFAULT.rates => {
                let data = reg::correlator(self.technology, self.rates.receive, self.model);
                let correlator = data & !reg::DATA_SLICER | slicer;
                self.write(&[reg::SPACE_B, reg::CORRELATOR, correlator], next, now);
            }
            3 => self.state = next,
            4 => {
                let [deaf, high, low, control] = timer::registers(self.technology, wait);
                self.write(&[reg::MASK_RECEIVE_TIMER, deaf, high, low, control], next, now);
            }
            5 => {
                let check = if frame.crc() { 16 } else { 0 };
                let [high, low] = (frame.bits() + check).to_be_bytes();
                self.write(&[reg::NUMBER_OF_BITS, high, low], next, now);
            }
            // Reading clears.
            6 => self.read(reg::INTERRUPTS, 4, next, now),
            _ => self.begin_load(frame, wait),
        }
    }

    fn begin_load(&mut self, frame: &Frame, wait: Duration) {
        self.interrupts = Interrupts::empty();
        self.loaded = 0;
        self.sent = usize::from(frame.bits() / 8);
        // The check bytes are ours, so that they hold for the bus as well.
        self.check = frame.crc().then(|| self.technology.crc(frame.bytes()));
        // REQA and WUPA are commands, not data.
        self.command = match (self.technology, frame.bits(), frame.bytes()) {
            (Technology::A, 7, [0x26]) => reg::TRANSMIT_REQA,
            (Technology::A, 7, [0x52]) => reg::TRANSMIT_WUPA,
            _ => reg::TRANSMIT_WITHOUT_CRC,
        };
        if matches!(self.command, reg::TRANSMIT_REQA | reg::TRANSMIT_WUPA) {
            self.loaded = usize::MAX;
        }
        self.state = State::Load(wait);
    }

    /// Bytes of the frame into the FIFO, which holds all, then the command to
    /// send.
    pub(super) fn load(&mut self, frame: &mut Frame, wait: Duration, now: Instant) {
        let check = self.check.as_ref().map_or(&[][..], |check| check);
        if self.loaded >= frame.bytes().len() + check.len() {
            frame.listen();
            return self.write(&[self.command], State::Poll, now);
        }
        self.bus.begin(&[reg::FIFO_LOAD], now);
        for byte in frame.bytes().iter().chain(check).skip(self.loaded).take(DATA) {
            self.bus.push(*byte);
            self.loaded += 1;
        }
        self.state = State::Load(wait);
    }

    pub(super) fn polled(&mut self, now: Instant) {
        let [_, _, _, _, level, fifo, collision] = self.bus.values();
        let status = Status { fifo, collision };
        let level = usize::from(level) | usize::from(fifo >> 6) << 8;
        if level > Self::FIFO {
            self.state = State::Suspect { frame: true };
        } else if self.reported(Interrupts::RECEIVE_END) {
            self.state = State::Drain(level, status);
        } else if self.reported(Interrupts::NO_RESPONSE)
            && !self.reported(Interrupts::RECEIVE_START)
        {
            self.state = SILENCE;
        } else if now >= self.deadline {
            self.state = State::Suspect { frame: true };
        } else {
            self.pause(self.settings.timing.poll, State::Poll, now);
        }
    }

    pub(super) fn drain(&mut self, rest: usize, status: Status, now: Instant) {
        let count = rest.min(DATA);
        self.bus.abandon();
        if count > 0 {
            self.bus.begin(&[reg::FIFO_READ], now);
            (0..count).for_each(|_| self.bus.push(0));
        }
        self.state = State::Drained(rest - count, status);
    }

    pub(super) fn drained(&mut self, frame: &mut Frame, rest: usize, status: Status) {
        if frame.bytes().is_empty() {
            // What stands below the alignment has no meaning.
            self.bus.clear_low_bits(frame.align());
        }
        let fits = frame.push(self.bus.reply());
        self.bus.abandon();
        self.state = if !fits {
            State::Over(Ok(Heard::Garbled))
        } else if rest > 0 {
            State::Drain(rest, status)
        } else {
            frame.set_last_bits(status.fifo >> 1 & 7);
            // Noise: a card that is at work draws more current or less (EMV:
            // frames of fewer than four bytes with an error). The answer is
            // still to come.
            let is_short = frame.crc() && frame.bytes().len() < SHORT;
            let is_over = self.interrupts.contains(Interrupts::NO_RESPONSE);
            match self.judged(frame, status) {
                Heard::Garbled if is_short && !is_over => State::ListenOn,
                heard => State::Over(Ok(heard)),
            }
        };
    }

    /// The receiver again, for what is left of the waiting time.
    pub(super) fn listen_on(&mut self, frame: &mut Frame, now: Instant) {
        frame.listen();
        self.interrupts = Interrupts::empty();
        self.write(&[reg::UNMASK_RECEIVE], State::Poll, now);
    }

    /// What came, by what the chip says of it.
    fn judged(&self, frame: &mut Frame, status: Status) -> Heard {
        let broken = Interrupts::CRC
            | Interrupts::PARITY
            | Interrupts::SOFT_FRAMING
            | Interrupts::HARD_FRAMING;
        let collides = self.interrupts.contains(Interrupts::COLLISION);
        // Underflow, overflow, the last parity bit missing.
        let is_whole = status.fifo & 0x31 == 0;
        let is_partial = frame.last_bits() != 0;
        if collides && !frame.crc() {
            self.collision(status.collision)
        } else if collides
            || self.interrupts.intersects(broken)
            || !is_whole
            || frame.bytes().is_empty()
            || (frame.crc() && (is_partial || !frame.take_crc(self.technology)))
        {
            Heard::Garbled
        } else {
            Heard::Frame
        }
    }

    /// The display register counts from the first byte of what we sent.
    fn collision(&self, display: u8) -> Heard {
        let (byte, bit) = (usize::from(display >> 4), display >> 1 & 7);
        let is_parity = display & 1 != 0;
        match byte.checked_sub(self.sent) {
            Some(byte) if !is_parity => {
                let bit = byte * 8 + usize::from(bit);
                Heard::Collision { bit: u16::try_from(bit).unwrap_or(0) }
            }
            _ => Heard::Garbled,
        }
    }
}
