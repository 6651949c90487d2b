use super::language::Language;
use crate::port::Instant;
use crate::printer::escpos::{Flow, Gate, Load, Profile, Work};

/// As long as the longest piece that is not split.
const SLICE: usize = 96;

/// What outlives a conversation with a printer that speaks `L`.
#[derive(Debug)]
pub struct Link<F, L> {
    flow: F,
    pub(super) encoder: L,
    pub(super) load: Load,
    bytes: [u8; SLICE],
    start: usize,
    end: usize,
    /// What the bytes make the mechanism do when the last of them is out.
    work: Work,
    /// How many bytes may go before the gate is asked again.
    granted: usize,
    owed: Owed,
    /// Nothing was sent to it yet.
    cold: bool,
    /// A status request was given up; its answer may still come.
    pub(super) answer_owed: bool,
    /// Bytes that are left of a status request: one that was begun is ended
    /// first, for the printer takes what comes next for its end.
    unasked: usize,
    requests: u16,
}

/// What a printer expects before it takes a command again.
#[derive(Clone, Copy, Debug)]
pub struct Owed {
    /// So many bytes,
    pub(in crate::printer) bytes: usize,
    /// of which so many are a row of dots, or 0 of a code,
    pub(in crate::printer) row: usize,
    /// which may all be this one,
    pub(in crate::printer) fill: u8,
    /// and what ends the command after them.
    pub(in crate::printer) tail: &'static [u8],
}

impl Owed {
    pub(in crate::printer) const NOTHING: Self = Self { bytes: 0, row: 0, fill: 0, tail: &[] };
}

/// What there is to do about the bytes to be sent.
pub(super) enum Pump {
    Send,
    Pause { until: Instant },
    Empty,
    Broken,
}

impl<F, L> Link<F, L> {
    pub(super) const fn new(flow: F, encoder: L) -> Self {
        Self {
            flow,
            encoder,
            load: Load::new(),
            bytes: [0; SLICE],
            start: 0,
            end: 0,
            work: Work::printing(0),
            granted: 0,
            owed: Owed::NOTHING,
            cold: true,
            answer_owed: false,
            unasked: 0,
            requests: 0,
        }
    }

    pub(super) fn release(self) -> F {
        self.flow
    }

    fn unsent(&self) -> &[u8] {
        self.bytes.get(self.start..self.end).unwrap_or(&[])
    }

    /// What may be sent now, of no request.
    fn granted(&self) -> &[u8] {
        let unsent = self.unsent();
        unsent.get(..self.granted).unwrap_or(unsent)
    }

    /// A number that the last request did not have, nor, but for chance, those
    /// of before a restart, which the printer may still have to answer.
    pub(super) fn next_request(&mut self, now: Instant) -> [u8; 2] {
        let chance = u16::try_from(now.as_micros() % 251).unwrap_or(0);
        self.requests = self.requests.wrapping_add(1 + chance);
        self.requests.to_le_bytes()
    }

    /// Takes bytes that make the mechanism do nothing.
    pub(super) fn load_bytes(&mut self, bytes: &[u8]) {
        self.bytes.iter_mut().zip(bytes).for_each(|(slot, byte)| *slot = *byte);
        (self.start, self.end) = (0, bytes.len().min(SLICE));
        self.work = Work::default();
    }

    /// Takes what ends the command of a conversation that was dropped. Whether
    /// there was any.
    pub(super) fn complete(&mut self) -> bool {
        let n = self.owed.bytes.min(SLICE);
        if n > 0 {
            self.owed.bytes -= n;
            self.load_bytes(&[self.owed.fill; SLICE]);
            self.end = n;
            let rows = n.checked_div(self.owed.row).unwrap_or(0);
            self.work = Work::printing(u32::try_from(rows + 1).unwrap_or(u32::MAX));
            return true;
        }
        let tail = core::mem::take(&mut self.owed.tail);
        self.load_bytes(tail);
        !tail.is_empty()
    }
}

impl<F, L: Language> Link<F, L> {
    pub(super) fn profile(&self) -> &'static Profile {
        self.encoder.profile()
    }

    /// A request is to be sent.
    pub(super) fn ask(&mut self) {
        self.unasked = self.encoder.request().len();
    }

    /// Whether a request was begun and is not out.
    pub(super) fn is_asking(&self) -> bool {
        self.unasked > 0 && self.unasked < self.encoder.request().len()
    }

    /// What is left of a request.
    pub(super) fn unasked(&self) -> &[u8] {
        let request = self.encoder.request();
        request.get(request.len().saturating_sub(self.unasked)..).unwrap_or(&[])
    }

    /// Bytes of it left.
    pub(super) fn asked(&mut self, n: usize, now: Instant) {
        self.unasked = self.unasked.saturating_sub(n);
        self.answer_owed = true;
        self.load.requested(n, self.profile().timing.byte, now);
    }

    /// What may be sent now.
    pub(super) fn outgoing(&self) -> &[u8] {
        if self.is_asking() { self.unasked() } else { self.granted() }
    }

    pub(super) fn sent(&mut self, n: usize, now: Instant) {
        if self.is_asking() {
            return self.asked(n, now);
        }
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
    pub(super) fn refill(&mut self, job: &mut L::Job<'_>) -> bool {
        let slice = self.encoder.fill(job, &mut self.bytes);
        (self.start, self.end, self.work) = (0, slice.len, slice.work);
        self.owed = self.encoder.owed(job);
        slice.len > 0
    }

    /// Forgets what a dropped conversation left, for a printer that may have
    /// been switched off since: as many bytes end any command there could be,
    /// and a printer that expects none passes over NULs.
    pub(super) fn forget(&mut self, now: Instant) {
        if core::mem::take(&mut self.cold) {
            self.owed = self.encoder.longest();
        }
        self.owed.bytes += self.end - self.start;
        let begun = core::mem::take(&mut self.work).duration(&self.profile().timing);
        self.load.working(begun, now);
        (self.start, self.end) = (0, 0);
        self.encoder.restart();
    }
}

impl<F: Flow, L: Language> Link<F, L> {
    pub(super) fn pump(&mut self, now: Instant) -> Pump {
        const { assert!(!F::LISTENS, "XON/XOFF and answers to GS r are for ESC/POS") };
        if self.is_asking() {
            return Pump::Send;
        }
        if self.unsent().is_empty() {
            return Pump::Empty;
        }
        if self.granted == 0 {
            match self.flow.gate(self.encoder.profile(), &self.load, now) {
                Gate::Open(n) => self.granted = n.max(1),
                Gate::Shut(until) | Gate::Busy(until) => return Pump::Pause { until },
                Gate::Broken => return Pump::Broken,
            }
        }
        Pump::Send
    }
}
