use crate::card::contactless::{
    Abilities, Frame, FrontEnd, Heard, Operation, Rate, Rates, Technology, Wants,
};
use crate::card::reader::transaction::{DATA, Transaction, Waits};
use crate::port::{Duration, Instant};

use super::register::{self as reg, DRIVERS, FIELD_OFF, FIELD_ON, POWER_DOWN, Write};
use super::{Errors, Fault, Settings};

type Outcome = Result<Heard, Fault>;

/// Registers still to be written, one transaction each.
#[derive(Debug)]
pub(super) struct Queue {
    writes: heapless::Vec<Write, 16>,
    next: usize,
}

impl Queue {
    const fn new() -> Self {
        Self { writes: heapless::Vec::new(), next: 0 }
    }

    pub(super) fn set(&mut self, writes: &[Write]) {
        self.writes.clear();
        self.next = 0;
        self.add(writes);
    }

    pub(super) fn add(&mut self, writes: &[Write]) {
        // None of the tables fills it.
        let _ = self.writes.extend_from_slice(writes);
    }

    fn pop(&mut self) -> Option<Write> {
        let write = self.writes.get(self.next).copied();
        self.next += usize::from(write.is_some());
        write
    }
}

/// What comes when the bus is free and all registers are written.
#[derive(Clone, Copy, Debug)]
pub(super) enum State {
    /// Out of its reset?
    Wake,
    Woken,
    /// Does it keep what was written?
    Check,
    Checked,
    /// Out of power-down? Then the field goes on, or else modulation is set.
    Rise {
        field: bool,
    },
    Risen {
        field: bool,
    },
    /// All that a frame needs to be sent and heard, but itself.
    Prepare(Duration),
    /// Bytes of the frame into the FIFO, then the command to send.
    Load,
    /// How far is it?
    Poll,
    Polled,
    /// What came is on its way out of the FIFO; if it is all, how it ended.
    Drained(Option<Status>),
    /// It does not do as it should: is it there, and has it a field?
    Suspect,
    Suspected,
    Over(Outcome),
}

/// What is read in one poll.
#[derive(Clone, Copy, Debug)]
pub(super) struct Status {
    pub(super) irq: u8,
    pub(super) errors: Errors,
    /// Bytes in the FIFO.
    pub(super) level: usize,
    pub(super) last_bits: u8,
    pub(super) coll: u8,
}

/// An MFRC522 or a chip with its registers, as a machine without I/O.
#[derive(Debug)]
pub struct Chip {
    pub(super) settings: Settings,
    pub(super) bus: Transaction,
    pub(super) queue: Queue,
    pub(super) state: State,
    /// Nothing before this time.
    pub(super) resume: Instant,
    pub(super) deadline: Instant,
    pub(super) version: u8,
    pub(super) errors: Errors,
    pub(super) technology: Technology,
    pub(super) rates: Rates,
    pub(super) field: bool,
    /// How many bytes of the frame are in the FIFO or through it.
    pub(super) loaded: usize,
    /// How long an answer may take, and, once the frame is sent, until when.
    pub(super) wait: Duration,
    pub(super) answer_by: Option<Instant>,
    /// The check bytes of the frame, if they are not the chip's affair.
    pub(super) check: Option<[u8; 2]>,
}

impl Chip {
    /// How many bytes the FIFO holds.
    pub(super) const FIFO: usize = DATA;

    /// No I/O.
    pub const fn new(settings: Settings) -> Self {
        Self {
            settings,
            bus: Transaction::new(),
            queue: Queue::new(),
            state: State::Over(Ok(Heard::Silence)),
            resume: Instant::ZERO,
            deadline: Instant::ZERO,
            version: 0,
            errors: Errors::empty(),
            technology: Technology::A,
            rates: Rates { send: Rate::R106, receive: Rate::R106 },
            field: false,
            loaded: 0,
            wait: Duration::ZERO,
            answer_by: None,
            check: None,
        }
    }

    /// `VersionReg`, as the last initialisation read it; 0 before. The
    /// [page](super) has a table.
    #[must_use]
    pub const fn version(&self) -> u8 {
        self.version
    }

    /// What `ErrorReg` said of the last frame that came.
    #[must_use]
    pub const fn errors(&self) -> Errors {
        self.errors
    }

    fn start(&mut self, state: State, writes: &[Write], patience: Duration, now: Instant) {
        self.bus.abandon();
        self.queue.set(writes);
        self.state = state;
        self.resume = now;
        self.deadline = now + patience;
    }

    /// Stops the command, then ends.
    pub(super) fn stop(&mut self, outcome: Outcome) {
        self.queue.set(&[(reg::COMMAND, reg::IDLE)]);
        self.state = State::Over(outcome);
    }

    pub(super) fn pause(&mut self, length: Duration, state: State, now: Instant) {
        self.resume = now + length;
        self.state = state;
    }

    pub(super) fn read(&mut self, registers: &[u8], state: State, now: Instant) {
        self.bus.begin(&[], now);
        for register in registers {
            self.bus.push(0x80 | register << 1);
        }
        self.bus.push(0);
        self.state = state;
    }

    /// One step, with the bus free and nothing left to write.
    fn advance(&mut self, frame: &mut Frame, now: Instant) {
        match self.state {
            State::Wake => self.read(&[reg::COMMAND, reg::VERSION], State::Woken, now),
            State::Woken => self.woken(now),
            State::Check => {
                self.read(&[reg::T_MODE, reg::RX_SEL, reg::RF_CFG], State::Checked, now);
            }
            State::Checked => {
                let kept = [reg::T_AUTO, RX_WAIT, self.settings.gain.register()];
                let outcome = self.bus.values() == kept;
                self.state = State::Over(outcome.then_some(Heard::Silence).ok_or(Fault::Register));
            }
            State::Rise { field } => self.read(&[reg::COMMAND], State::Risen { field }, now),
            State::Risen { field } => self.risen(field, now),
            State::Prepare(wait) => self.prepare(frame, wait),
            State::Load => self.load(frame, now),
            State::Poll => {
                let all = [reg::COM_IRQ, reg::ERROR, reg::FIFO_LEVEL, reg::CONTROL, reg::COLL];
                self.read(&all, State::Polled, now);
            }
            State::Polled => self.polled(frame, now),
            State::Drained(last) => self.drained(frame, last, now),
            State::Suspect => self.read(&[reg::VERSION, reg::TX_CONTROL], State::Suspected, now),
            State::Suspected => self.suspected(now),
            State::Over(_) => {}
        }
    }

    fn woken(&mut self, now: Instant) {
        let [command, version] = self.bus.values();
        let there = !matches!(version, 0x00 | 0xFF);
        if there && command & POWER_DOWN == 0 {
            self.version = version;
            self.queue.set(&[
                (reg::T_MODE, reg::T_AUTO),
                (reg::RX_SEL, RX_WAIT),
                (reg::RF_CFG, self.settings.gain.register()),
                (reg::TX_CONTROL, FIELD_OFF),
            ]);
            self.queue.add(&reg::modulation(Technology::A, Rates::default(), &self.settings));
            self.state = State::Check;
        } else if now < self.deadline {
            self.pause(STEP, State::Wake, now);
        } else {
            let fault = if there { Fault::Reset } else { Fault::NotThere { version } };
            self.state = State::Over(Err(fault));
        }
    }

    fn risen(&mut self, field: bool, now: Instant) {
        let [command] = self.bus.values();
        if command & POWER_DOWN == 0 {
            match field {
                true => self.queue.set(&[(reg::TX_CONTROL, FIELD_ON)]),
                false => {
                    self.queue.set(&reg::modulation(self.technology, self.rates, &self.settings));
                }
            }
            self.state = State::Over(Ok(Heard::Silence));
        } else if now < self.deadline {
            // What was written while it slept may be lost (WS1850S).
            self.queue.set(&[(reg::COMMAND, reg::IDLE)]);
            self.pause(STEP, State::Rise { field }, now);
        } else {
            self.state = State::Suspect;
        }
    }

    fn suspected(&mut self, now: Instant) {
        let [version, control] = self.bus.values();
        if version != self.version {
            self.state = State::Over(Err(Fault::NotThere { version }));
        } else if self.field && control & DRIVERS != DRIVERS {
            self.state = State::Over(Err(Fault::Lost));
        } else if now < self.deadline {
            // Only the bus was disturbed. A card may still be about to answer.
            self.state = State::Poll;
        } else {
            self.stop(Ok(Heard::Garbled));
        }
    }
}

/// The receiver starts so many bit times after a frame: a card answers after
/// nine at the earliest. 80h: from the antenna (9.3.2.8).
const RX_WAIT: u8 = 0x80 | 8;

/// Between two looks at a chip that starts.
const STEP: Duration = Duration::from_millis(1);

impl FrontEnd for Chip {
    type Fault = Fault;

    fn abilities(&self) -> Abilities {
        let rates = self.settings.rates;
        // Above 106 kbit/s the check bytes are the chip's affair, so that a frame
        // must be in the FIFO before it starts.
        let frame = if rates == Rates::default() { Frame::MAX } else { Self::FIFO };
        Abilities { frame, rates }
    }

    fn init(&mut self, now: Instant) {
        self.field = false;
        (self.technology, self.rates) = (Technology::A, Rates::default());
        let patience = self.settings.timing.start;
        self.start(State::Wake, &[(reg::COMMAND, reg::SOFT_RESET)], patience, now);
    }

    fn begin(&mut self, operation: Operation, now: Instant) {
        let over = State::Over(Ok(Heard::Silence));
        let wake = [(reg::COMMAND, reg::IDLE)];
        let patience = self.settings.timing.start;
        match operation {
            Operation::Field(true) => {
                self.field = true;
                self.start(State::Rise { field: true }, &wake, patience, now);
            }
            Operation::Field(false) => {
                self.field = false;
                let writes = [
                    (reg::COMMAND, reg::IDLE),
                    (reg::TX_CONTROL, FIELD_OFF),
                    (reg::COMMAND, reg::RECEIVER_OFF | POWER_DOWN),
                ];
                let count = if self.settings.power_down { 3 } else { 2 };
                self.start(over, writes.get(..count).unwrap_or_default(), patience, now);
            }
            Operation::Modulation { technology, rates } => {
                (self.technology, self.rates) = (technology, rates);
                self.start(State::Rise { field: false }, &wake, patience, now);
            }
            Operation::Transceive { wait } => {
                let is_deaf = self.technology == Technology::B && !self.settings.type_b;
                let state = if is_deaf { over } else { State::Prepare(wait) };
                self.start(state, &[], wait + self.settings.timing.longest, now);
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
            if let Some((register, value)) = self.queue.pop() {
                self.bus.begin(&[register << 1, value], now);
                continue;
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
