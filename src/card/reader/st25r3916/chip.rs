use crate::card::contactless::{
    Abilities, Frame, FrontEnd, Heard, Operation, Rates, Technology, Wants,
};
use crate::card::reader::transaction::{Transaction, Waits};
use crate::port::{Duration, Instant};

use super::register as reg;
use super::{Fault, Interrupts, Model, Settings};

type Outcome = Result<Heard, Fault>;

pub(super) const SILENCE: State = State::Over(Ok(Heard::Silence));

/// What comes when the bus is free.
#[derive(Clone, Copy, Debug)]
pub(super) enum State {
    /// A reset, and who it is.
    Configure,
    Identify,
    Identified,
    /// The registers that stay as they are, one step after the other.
    Basic(usize),
    /// Oscillator on; does it run? `true` if the field is to follow.
    Start(bool),
    Starting(bool),
    Started(bool),
    /// The regulators to the supply there is.
    Adjust,
    Adjusting,
    Adjusted,
    Check,
    Checked,
    /// The registers of a technology, one step after the other.
    Modulate(usize),
    /// The field goes on unless there is another.
    Detect(u8),
    Rising,
    Risen,
    /// The field goes off.
    Fall,
    /// A frame and all that it needs, one step after the other.
    Prepare(usize, Duration),
    Load(Duration),
    Poll,
    Polled,
    /// So many bytes are still in the FIFO.
    Drain(usize, Status),
    Drained(usize, Status),
    /// What came was noise.
    ListenOn,
    /// It does not do as it should, with a frame or else with the field: is it
    /// there, and does it run?
    Suspect {
        frame: bool,
    },
    Suspected {
        frame: bool,
    },
    Over(Outcome),
}

/// What is read in one poll, besides the interrupts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Status {
    /// FIFO status 2: more bits of the level, what went wrong, bits of the last
    /// byte.
    pub(super) fifo: u8,
    pub(super) collision: u8,
}

/// An ST25R3916 or ST25R3916B, as a machine without I/O.
#[derive(Debug)]
pub struct Chip {
    pub(super) settings: Settings,
    pub(super) bus: Transaction,
    pub(super) state: State,
    /// Nothing before this time.
    pub(super) resume: Instant,
    pub(super) deadline: Instant,
    pub(super) identity: u8,
    pub(super) model: Model,
    pub(super) interrupts: Interrupts,
    pub(super) technology: Technology,
    pub(super) rates: Rates,
    pub(super) field: bool,
    /// How many bytes of the frame are in the FIFO.
    pub(super) loaded: usize,
    /// The check bytes of the frame.
    pub(super) check: Option<[u8; 2]>,
    /// How to send it: a direct command.
    pub(super) command: u8,
    /// How many whole bytes it has, for the place of a collision.
    pub(super) sent: usize,
}

impl Chip {
    /// How many bytes the FIFO holds.
    pub(super) const FIFO: usize = 512;

    /// No I/O.
    pub const fn new(settings: Settings) -> Self {
        Self {
            settings,
            bus: Transaction::new(),
            state: SILENCE,
            resume: Instant::ZERO,
            deadline: Instant::ZERO,
            identity: 0,
            model: Model::St25r3916,
            interrupts: Interrupts::empty(),
            technology: Technology::A,
            rates: Abilities::DEFAULT.rates,
            field: false,
            loaded: 0,
            check: None,
            command: 0,
            sent: 0,
        }
    }

    /// Which it is, once it is initialised.
    #[must_use]
    pub const fn model(&self) -> Option<Model> {
        reg::model(self.identity)
    }

    /// Its revision, once it is initialised.
    #[must_use]
    pub const fn revision(&self) -> u8 {
        self.identity & 7
    }

    /// What was reported while the last frame was under way.
    #[must_use]
    pub const fn interrupts(&self) -> Interrupts {
        self.interrupts
    }

    fn start(&mut self, state: State, patience: Duration, now: Instant) {
        self.bus.abandon();
        self.state = state;
        self.resume = now;
        self.deadline = now + patience;
    }

    /// Starts with the end of whatever is under way.
    fn halt(&mut self, state: State, patience: Duration, now: Instant) {
        self.start(state, patience, now);
        self.write(&[reg::STOP], state, now);
    }

    pub(super) fn write(&mut self, bytes: &[u8], next: State, now: Instant) {
        self.bus.begin(bytes, now);
        self.state = next;
    }

    /// Reads so many registers one after the other.
    pub(super) fn read(&mut self, first: u8, count: usize, next: State, now: Instant) {
        self.bus.begin(&[reg::READ | first], now);
        (0..count).for_each(|_| self.bus.push(0));
        self.state = next;
    }

    pub(super) fn pause(&mut self, length: Duration, next: State, now: Instant) {
        self.resume = now + length;
        self.state = next;
    }

    /// Once more after a while; when there is no more time, the fault.
    fn again(&mut self, state: State, fault: Fault, now: Instant) {
        if now < self.deadline {
            self.pause(self.settings.timing.poll, state, now);
        } else {
            self.state = State::Over(Err(fault));
        }
    }

    /// Whether one of them was reported; clears what it reads.
    pub(super) fn reported(&mut self, which: Interrupts) -> bool {
        let [main, timer, error] = self.bus.values();
        let bits = u32::from_le_bytes([main, timer, error, 0]);
        self.interrupts |= Interrupts::from_bits_retain(bits);
        self.interrupts.intersects(which)
    }

    /// One step, with the bus free.
    fn advance(&mut self, frame: &mut Frame, now: Instant) {
        match self.state {
            State::Prepare(step, wait) => self.prepare(step, wait, frame, now),
            State::Load(wait) => self.load(frame, wait, now),
            State::Poll => self.read(reg::INTERRUPTS, 7, State::Polled, now),
            State::Polled => self.polled(now),
            State::Drain(rest, status) => self.drain(rest, status, now),
            State::Drained(rest, status) => self.drained(frame, rest, status),
            State::ListenOn => self.listen_on(frame, now),
            State::Suspect { frame } => {
                self.read(reg::AUXILIARY_DISPLAY, 15, State::Suspected { frame }, now);
            }
            State::Suspected { frame } => self.suspected(frame, now),
            State::Modulate(step) => self.modulate(step, now),
            State::Detect(_) | State::Rising | State::Risen | State::Fall => self.switch(now),
            _ => self.initialise(now),
        }
    }

    fn initialise(&mut self, now: Instant) {
        let supply = self.settings.supply.bit();
        let state = self.state;
        match state {
            State::Configure => {
                let configuration = [reg::IO_CONFIGURATION, 0x07, 0x1C | supply];
                self.write(&configuration, State::Identify, now);
            }
            State::Identify => self.read(reg::IDENTITY, 1, State::Identified, now),
            State::Identified => self.identified(),
            State::Basic(step) => self.basic(step, now),
            State::Start(field) => {
                self.write(&[reg::OPERATION, reg::EN], State::Starting(field), now);
            }
            State::Starting(field) => {
                self.read(reg::AUXILIARY_DISPLAY, 1, State::Started(field), now);
            }
            State::Started(field) => {
                let [display] = self.bus.values();
                match (display & reg::OSCILLATOR_STABLE, field) {
                    (0, _) => self.again(State::Starting(field), Fault::Oscillator, now),
                    (_, true) => self.state = State::Detect(0),
                    (_, false) => self.state = State::Adjust,
                }
            }
            State::Adjust => {
                self.interrupts = Interrupts::empty();
                self.write(&[reg::ADJUST_REGULATORS], State::Adjusting, now);
            }
            State::Adjusting => self.read(reg::INTERRUPTS, 3, State::Adjusted, now),
            State::Adjusted if self.reported(Interrupts::COMMAND_DONE) => self.state = State::Check,
            State::Adjusted => self.again(State::Adjusting, Fault::Regulator, now),
            State::Check => self.read(reg::IO_CONFIGURATION, 3, State::Checked, now),
            State::Checked => {
                let kept = self.bus.values() == [0x07, 0x1C | supply, reg::EN];
                self.state =
                    if kept { State::Modulate(0) } else { State::Over(Err(Fault::Register)) };
            }
            _ => {}
        }
    }

    fn identified(&mut self) {
        let [identity] = self.bus.values();
        self.identity = identity;
        self.state = match reg::model(identity) {
            Some(model) => {
                self.model = model;
                State::Basic(0)
            }
            None => State::Over(Err(Fault::NotThere { identity })),
        };
    }

    /// The field, on or off.
    fn switch(&mut self, now: Instant) {
        let on = reg::EN | reg::RX_EN | reg::TX_EN | reg::DETECT_AUTO;
        let state = self.state;
        match state {
            State::Fall => {
                let en = if self.settings.power_down { 0 } else { reg::EN };
                self.write(&[reg::OPERATION, en], SILENCE, now);
            }
            State::Detect(0) => {
                let operation = [reg::OPERATION, reg::EN | reg::DETECT_MANUAL];
                self.write(&operation, State::Detect(1), now);
            }
            // What was reported before is of no interest.
            State::Detect(1) => self.read(reg::INTERRUPTS, 4, State::Detect(2), now),
            State::Detect(_) => {
                self.interrupts = Interrupts::empty();
                self.write(&[reg::FIELD_ON], State::Rising, now);
            }
            State::Rising => self.read(reg::INTERRUPTS, 3, State::Risen, now),
            // Nothing on the bus would report everything.
            _ if self.bus.values() == [0xFF; 3] => self.state = State::Suspect { frame: false },
            _ if self.reported(Interrupts::FOREIGN_FIELD) => {
                self.state = State::Over(Err(Fault::ForeignField));
            }
            _ if self.reported(Interrupts::FIELD_STANDS) => {
                self.write(&[reg::OPERATION, on], SILENCE, now);
            }
            _ => self.again(State::Rising, Fault::Field, now),
        }
    }

    fn suspected(&mut self, frame: bool, now: Instant) {
        let display = self.bus.reply().first().copied().unwrap_or(0);
        let identity = self.bus.reply().last().copied().unwrap_or(0);
        let runs = display & reg::OSCILLATOR_STABLE != 0;
        self.state = match frame {
            _ if identity != self.identity => State::Over(Err(Fault::NotThere { identity })),
            _ if self.field && !runs => State::Over(Err(Fault::Lost)),
            false => State::Over(Err(Fault::Field)),
            // Only the bus was disturbed. A card may still be about to answer.
            true if now < self.deadline => State::Poll,
            true => State::Over(Ok(Heard::Garbled)),
        };
    }
}

impl FrontEnd for Chip {
    type Fault = Fault;

    fn abilities(&self) -> Abilities {
        Abilities { frame: Frame::MAX, rates: self.settings.rates }
    }

    fn init(&mut self, now: Instant) {
        self.field = false;
        (self.technology, self.rates) = (Technology::A, Abilities::DEFAULT.rates);
        self.start(SILENCE, self.settings.timing.start, now);
        self.write(&[reg::SET_DEFAULT], State::Configure, now);
    }

    fn begin(&mut self, operation: Operation, now: Instant) {
        let patience = self.settings.timing.start;
        match operation {
            Operation::Field(true) => {
                self.field = true;
                self.halt(State::Start(true), patience, now);
            }
            Operation::Field(false) => {
                self.field = false;
                self.halt(State::Fall, patience, now);
            }
            Operation::Modulation { technology, rates } => {
                (self.technology, self.rates) = (technology, rates);
                self.halt(State::Modulate(0), patience, now);
            }
            Operation::Transceive { wait } => {
                self.start(State::Prepare(0, wait), wait + self.settings.timing.longest, now);
            }
        }
    }

    fn step(&mut self, frame: &mut Frame, now: Instant) -> Wants<Fault> {
        // Ends: each state hands over to a later one, or the bus is waited for.
        loop {
            match self.bus.waits(now) {
                Waits::Send(until) => return Wants::Send { until },
                Waits::Receive(until) => return Wants::Receive { until },
                Waits::Stalled => return Wants::Done(Err(Fault::Stalled)),
                Waits::Nothing => {}
            }
            match self.state {
                State::Over(outcome) => return Wants::Done(outcome),
                _ if now < self.resume => return Wants::Pause { until: self.resume },
                _ => self.advance(frame, now),
            }
        }
    }

    fn outgoing<'a>(&'a self, _frame: &'a Frame) -> &'a [u8] {
        self.bus.outgoing()
    }

    fn sent(&mut self, n: usize, _now: Instant) {
        self.bus.sent(n);
    }

    fn received(&mut self, _frame: &mut Frame, bytes: &[u8], _now: Instant) -> usize {
        self.bus.received(bytes)
    }
}
