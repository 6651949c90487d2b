use super::command;
use super::encoder::Encoder;
use super::flow::{Flow, Gate};
use super::job::Debt;
use super::line::Mark;
use super::part::{Fill, Printable};
use super::profile::{Profile, Proof};
use super::status::Replies;
use super::watch::Watch;
use super::work::{Load, Work, low, micros};
use crate::port::{Duration, Instant};
use crate::printer::Status;
use crate::printer::text::GlyphSource;

mod hear;
mod owed;

/// A slice, and a question.
const ROOM: usize = Encoder::SLICE + command::TRANSMIT_PAPER_STATUS.len();

/// What outlives a conversation with the printer.
#[derive(Debug)]
pub struct Link<F> {
    flow: F,
    pub(super) encoder: Encoder,
    pub(super) load: Load,
    bytes: [u8; ROOM],
    start: usize,
    end: usize,
    /// How long what the bytes make the mechanism do takes, when the last of
    /// them is out; in microseconds.
    work: u32,
    /// How many bytes may go before the gate is asked again.
    granted: usize,
    /// The printer was listened to, for what it says before the next slice.
    listened: bool,
    /// What the printer expects after those, before it takes a command again.
    owed: Debt,
    /// The slice being sent begins in the middle of a command.
    inside: bool,
    item: Progress,
    pub(super) replies: Replies,
    /// The status that the printer told by itself last, and whether the caller
    /// was told.
    automatic: Option<Status>,
    is_news: bool,
    pub(super) watch: Watch,
    /// Nothing is known of what the printer got before: the driver was just
    /// made.
    pub(super) cold: bool,
    /// A status request was given up; its answer may still come.
    pub(super) answer_owed: bool,
    /// A status request, of which so many bytes are not out: when that is
    /// dropped, the printer takes what comes next for them.
    request: [u8; 3],
    unasked: usize,
    /// `GS r` that were not answered. While the printer waits for paper they
    /// stand in its buffer.
    pub(super) barriers: u8,
    process: u32,
    /// The process number that came last.
    pub(super) processed: Option<[u8; 4]>,
}

/// How far the item is that was printed last.
#[derive(Clone, Debug)]
enum Progress {
    /// Something else was sent since.
    Unknown,
    /// How the line was at its start, and how many slices of it were taken.
    Begun(Mark, u16),
    /// All of it is out.
    Ended,
}

/// What there is to do about the bytes to be sent.
pub(super) enum Pump {
    Send,
    /// Listen until then.
    Listen {
        until: Instant,
    },
    Empty,
    Broken,
}

impl<F> Link<F> {
    pub(super) const fn new(flow: F, profile: &'static Profile) -> Self {
        Self {
            flow,
            encoder: Encoder::new(profile),
            load: Load::new(),
            bytes: [0; ROOM],
            start: 0,
            end: 0,
            work: 0,
            granted: 0,
            listened: false,
            owed: Debt::NOTHING,
            inside: false,
            item: Progress::Unknown,
            replies: Replies::new(),
            automatic: None,
            is_news: false,
            watch: Watch::new(),
            cold: true,
            answer_owed: false,
            request: [0; 3],
            unasked: 0,
            barriers: 0,
            process: 0,
            processed: None,
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
        let chance = low(now) % 10_000;
        self.process = (self.process + 1 + chance) % DIGITS.pow(4);
        [3, 2, 1, 0].map(|place| {
            let digit = self.process / DIGITS.pow(place) % DIGITS;
            b' ' + u8::try_from(digit).unwrap_or(0)
        })
    }

    /// Takes the request for an answer in the order of the stream.
    pub(super) fn load_barrier(&mut self) {
        self.load_bytes(&command::TRANSMIT_PAPER_STATUS);
        self.asked_in_order();
    }

    /// The last of the bytes taken are a request, to be answered in the order
    /// of the stream.
    fn asked_in_order(&mut self) {
        self.barriers = self.barriers.saturating_add(1);
        self.load.asks();
    }

    /// What the printer told by itself, once.
    pub(super) fn news(&mut self) -> Option<Status> {
        self.automatic.filter(|_| core::mem::take(&mut self.is_news))
    }

    /// Whether there is nothing to send.
    pub(super) const fn is_empty(&self) -> bool {
        self.start >= self.end
    }

    fn unsent(&self) -> &[u8] {
        self.bytes.get(self.start..self.end).unwrap_or(&[])
    }

    /// A real-time request is to be sent.
    pub(super) const fn asks(&mut self, request: [u8; 3]) {
        (self.request, self.unasked) = (request, request.len());
    }

    /// What is left of the request that was begun.
    pub(super) fn unasked(&self) -> &[u8] {
        self.request.get(self.request.len() - self.unasked..).unwrap_or(&[])
    }

    /// Bytes of it left.
    pub(super) fn asked(&mut self, n: usize, now: Instant) {
        self.unasked = self.unasked.saturating_sub(n);
        // Until it comes; the conversation may be dropped.
        self.answer_owed = true;
        self.watch.asks(now);
        let byte = self.profile().timing.byte;
        self.load.requested(n, byte, now);
    }

    /// What may be sent now.
    pub(super) fn outgoing(&self) -> &[u8] {
        if self.unasked > 0 {
            return self.unasked();
        }
        let unsent = self.unsent();
        unsent.get(..self.granted).unwrap_or(unsent)
    }

    pub(super) fn sent(&mut self, n: usize, now: Instant) {
        if self.unasked > 0 {
            return self.asked(n, now);
        }
        let timing = &self.profile().timing;
        self.start = self.end.min(self.start.saturating_add(n));
        self.granted = self.granted.saturating_sub(n);
        self.load.sent(n, timing.byte, now);
        self.watch.sent(n, now);
        if self.start == self.end {
            self.load.is_out();
            let work = core::mem::take(&mut self.work);
            self.load.working(Duration::from_micros(work.into()), now);
        }
    }

    /// An item begins here: what is needed to go on with it if the printer
    /// stops.
    pub(super) fn begin_item(&mut self) {
        self.item = Progress::Begun(self.encoder.line.mark(), 0);
    }

    /// Another item is to be printed: should it fail before it begins, it is not
    /// to be gone on with where the last one was.
    pub(super) fn forget_item(&mut self) {
        self.item = Progress::Unknown;
    }

    /// All of the item is out.
    pub(super) fn end_item(&mut self) {
        self.item = Progress::Ended;
    }

    /// What is left of the item that the printer stopped at; `None` if it is
    /// not known.
    pub(super) fn rest_of<'i, I: Printable<'i>>(&mut self, item: I) -> Option<I::Job> {
        let (mark, slices) = match self.item {
            Progress::Unknown => return None,
            Progress::Ended => return Some(I::Job::done()),
            Progress::Begun(mark, slices) => (mark, slices),
        };
        let mut scratch = [0; Encoder::SLICE];
        let mut encoder = self.encoder.clone();
        encoder.line.back_to(mark);
        let mut job = encoder.begin(item).ok()?;
        self.encoder = encoder;
        for _ in 0..slices {
            self.encoder.fill(&mut job, &mut scratch);
        }
        Some(job)
    }

    /// Takes the next slice of a job; whether there was any.
    pub(super) fn refill(&mut self, job: &mut dyn Fill) -> bool {
        let is_paced = job.is_paced() && self.encoder.line.is_paced();
        let room = self.bytes.first_chunk_mut::<{ Encoder::SLICE }>();
        let slice = room.map(|room| job.fill(&mut self.encoder, room)).unwrap_or_default();
        let timing = &self.encoder.profile.timing;
        (self.start, self.end, self.work) = (0, slice.len, micros(slice.work.duration(timing)));
        self.load.takes(slice.len);
        if !is_paced && slice.work != Work::default() {
            self.load.spares();
        }
        self.inside = self.owed.bytes > 0;
        self.owed = Debt::of(&job.owed(), timing);
        if let Progress::Begun(_, slices) = &mut self.item {
            *slices = slices.saturating_add(1);
        }
        slice.len > 0
    }

    /// Takes bytes that make the mechanism do nothing.
    pub(super) fn load_bytes(&mut self, bytes: &[u8]) {
        self.start = 0;
        self.end = 0;
        self.append(bytes);
        self.work = 0;
        self.inside = false;
        self.item = Progress::Unknown;
    }

    fn append(&mut self, bytes: &[u8]) {
        let room = self.bytes.get_mut(self.end..).unwrap_or_default();
        let n = bytes.len().min(room.len());
        self.end += n;
        self.load.takes(n);
        room.iter_mut().zip(bytes).for_each(|(slot, byte)| *slot = *byte);
    }

    /// Whether a command begins with the next byte.
    pub(super) const fn is_between_commands(&self) -> bool {
        self.start == 0 && !self.inside
    }

    /// Takes what sets the modes again, on a printer that may have lost them;
    /// whether it may.
    pub(super) fn restore(&mut self) -> bool {
        let restarted = self.watch.restarted();
        if restarted {
            let mut modes = [0; Encoder::SLICE];
            let n = self.encoder.modes(&mut modes);
            self.load_bytes(modes.get(..n).unwrap_or(&[]));
            self.append_automatic();
        }
        restarted
    }

    /// Takes what a printer is sent first.
    pub(super) fn load_prologue(&mut self) {
        self.load_bytes(self.encoder.prologue());
        self.append_automatic();
    }

    /// Appends what it is to tell by itself.
    fn append_automatic(&mut self) {
        let Profile { automatic, proof, .. } = *self.profile();
        if automatic != 0 && proof != Proof::Barrier {
            self.append(&command::automatic(automatic));
        }
    }
}

impl<F: Flow> Link<F> {
    pub(super) fn pump(&mut self, now: Instant) -> Pump {
        if self.unasked > 0 {
            // It is answered, with nobody to hear it.
            self.answer_owed = true;
            return Pump::Send;
        }
        if self.unsent().is_empty() {
            return Pump::Empty;
        }
        if self.granted == 0 {
            match self.flow.gate(self.encoder.profile(), &self.load, now) {
                Gate::Open(_) if F::LISTENS && !core::mem::replace(&mut self.listened, true) => {
                    return Pump::Listen { until: now };
                }
                Gate::Open(n) => {
                    self.watch.free(self.profile().timing.boot, now);
                    // By answers, a grant is for what was counted.
                    let most = if F::COUNTS { self.unsent().len() } else { usize::MAX };
                    self.granted = n.clamp(1, most.max(1));
                    self.listened = false;
                }
                Gate::Shut(until) => return Pump::Listen { until },
                Gate::Busy(until) => {
                    // What is left of the slice may begin to be printed.
                    let slice = Duration::from_micros(self.work.into());
                    self.watch.busy(self.load.done().since(now) + slice, now);
                    self.load.surprised(now);
                    return Pump::Listen { until };
                }
                Gate::Broken => return Pump::Broken,
            }
        }
        Pump::Send
    }

    /// Appends a question to a slice, where the flow control counts answers.
    pub(super) fn ask_for_credit(&mut self) {
        let answers = self.profile().proof != Proof::None;
        if F::COUNTS && answers && self.owed.bytes == 0 && self.start == 0 && self.end > 0 {
            let quarter = usize::from(self.profile().buffer) / 4;
            if self.load.wants_question(quarter) {
                self.append(&command::TRANSMIT_PAPER_STATUS);
                self.asked_in_order();
            }
        }
    }
}
