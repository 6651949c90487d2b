use super::command;
use super::encoder::Encoder;
use super::flow::{Flow, Gate};
use super::job::{Job, Owed};
use super::profile::Profile;
use super::work::{Load, Work};
use crate::port::Instant;
use crate::printer::text::GlyphSource;

/// What outlives a conversation with the printer.
#[derive(Debug)]
pub struct Link<F> {
    flow: F,
    pub(super) encoder: Encoder,
    pub(super) load: Load,
    bytes: [u8; Encoder::SLICE],
    start: usize,
    end: usize,
    /// What the bytes make the mechanism do when the last of them is out.
    work: Work,
    /// How many bytes may go before the gate is asked again.
    granted: usize,
    /// What the printer expects after those, before it takes a command again.
    owed: Owed,
    /// A status request was given up; its answer may still come.
    pub(super) answer_owed: bool,
    /// `GS r` that were not answered. While the printer waits for paper they
    /// stand in its buffer.
    pub(super) barriers: u8,
    process: u32,
}

/// What there is to do about the bytes to be sent.
pub(super) enum Pump {
    Send,
    Pause { until: Instant },
    Empty,
    Broken,
}

impl<F> Link<F> {
    pub(super) const fn new(flow: F, profile: &'static Profile) -> Self {
        Self {
            flow,
            encoder: Encoder::new(profile),
            load: Load::new(),
            bytes: [0; Encoder::SLICE],
            start: 0,
            end: 0,
            work: Work { printed: 0, fed: 0, cuts: 0, symbols: 0 },
            granted: 0,
            owed: Owed::NOTHING,
            answer_owed: false,
            barriers: 0,
            process: 0,
        }
    }

    pub(super) fn draw_by(&mut self, source: &'static dyn GlyphSource) {
        self.encoder = self.encoder.clone().drawn_by(source);
    }

    pub(super) fn release(self) -> F {
        self.flow
    }

    pub(super) fn profile(&self) -> &'static Profile {
        self.encoder.profile()
    }

    /// A number that the last ones did not have, nor, but for chance, those of
    /// before a restart, which the printer may still have to answer.
    pub(super) fn next_process(&mut self, now: Instant) -> [u8; 4] {
        // A digit is from 20h to 7Eh.
        const DIGITS: u32 = 95;
        let chance = u32::try_from(now.as_micros() % 10_000).unwrap_or(0);
        self.process = (self.process + 1 + chance) % DIGITS.pow(4);
        [3, 2, 1, 0].map(|place| {
            let digit = self.process / DIGITS.pow(place) % DIGITS;
            b' ' + u8::try_from(digit).unwrap_or(0)
        })
    }

    /// Takes the request for an answer in the order of the stream.
    pub(super) fn load_barrier(&mut self) {
        self.barriers = self.barriers.saturating_add(1);
        self.load_bytes(&command::TRANSMIT_PAPER_STATUS);
    }

    /// A byte came that the conversation has no use for.
    pub(super) fn overhear(&mut self, byte: u8) {
        if command::is_paper_status(byte) {
            self.barriers = self.barriers.saturating_sub(1);
        }
    }

    fn unsent(&self) -> &[u8] {
        self.bytes.get(self.start..self.end).unwrap_or(&[])
    }

    /// What may be sent now.
    pub(super) fn outgoing(&self) -> &[u8] {
        let unsent = self.unsent();
        unsent.get(..self.granted).unwrap_or(unsent)
    }

    pub(super) fn sent(&mut self, n: usize, now: Instant) {
        let timing = &self.profile().timing;
        self.start = self.end.min(self.start.saturating_add(n));
        self.granted = self.granted.saturating_sub(n);
        self.load.sent(n, timing.byte, now);
        if self.start == self.end {
            let work = core::mem::take(&mut self.work);
            self.load.working(work.duration(timing), now);
        }
    }

    /// Takes the next slice of a job; whether there was any.
    pub(super) fn refill(&mut self, job: &mut Job<'_>) -> bool {
        let slice = self.encoder.fill(job, &mut self.bytes);
        (self.start, self.end, self.work) = (0, slice.len, slice.work);
        self.owed = job.owed();
        slice.len > 0
    }

    /// Takes bytes that make the mechanism do nothing.
    pub(super) fn load_bytes(&mut self, bytes: &[u8]) {
        let end = bytes.len().min(self.bytes.len());
        for (slot, byte) in self.bytes.iter_mut().zip(bytes) {
            *slot = *byte;
        }
        (self.start, self.end, self.work) = (0, end, Work::default());
    }

    /// Takes what ends the payload of a conversation that was dropped: white
    /// dots, or bytes of a code that is not printed; then what closes the
    /// command. Whether there was any.
    pub(super) fn complete_payload(&mut self) -> bool {
        if self.owed.bytes == 0 {
            let close = core::mem::take(&mut self.owed.close);
            self.load_bytes(close.bytes());
            self.work = self.owed.pay(0);
            return !close.bytes().is_empty();
        }
        let n = self.owed.bytes.min(self.bytes.len());
        self.bytes.fill(0);
        (self.start, self.end, self.work) = (0, n, self.owed.pay(n));
        true
    }

    /// Forgets what a dropped conversation left, for a printer that may have
    /// been switched off since: as many NULs end any command there could be,
    /// and a printer that expects none passes over them.
    pub(super) fn forget(&mut self, now: Instant) {
        self.owed.bytes += self.end - self.start;
        self.owed.end += self.work;
        let begun = core::mem::take(&mut self.work).duration(&self.profile().timing);
        self.load.working(begun, now);
        (self.start, self.end) = (0, 0);
        self.encoder.restart();
    }
}

impl<F: Flow> Link<F> {
    pub(super) fn pump(&mut self, now: Instant) -> Pump {
        if self.unsent().is_empty() {
            return Pump::Empty;
        }
        if self.granted == 0 {
            match self.flow.gate(self.encoder.profile(), &self.load, now) {
                Gate::Open(n) => self.granted = n.max(1),
                Gate::Shut(until) => return Pump::Pause { until },
                Gate::Broken => return Pump::Broken,
            }
        }
        Pump::Send
    }
}
