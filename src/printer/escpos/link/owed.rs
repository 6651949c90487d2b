//! What a conversation that was dropped leaves to be done.

use super::{Link, Progress};
use crate::port::{Duration, Instant};
use crate::printer::escpos::encoder::Encoder;
use crate::printer::escpos::job::{Debt, Owed};
use crate::printer::escpos::profile::{Profile, Proof};
use crate::printer::escpos::watch::Watch;
use crate::printer::escpos::work::Work;
use crate::printer::symbol::Symbols;

impl<F> Link<F> {
    /// Takes what ends the payload of a conversation that was dropped: white
    /// dots, or bytes of a code that is not printed; then what closes the
    /// command. Whether there was any.
    pub(in crate::printer::escpos) fn complete_payload(&mut self) -> bool {
        let timing = &self.profile().timing;
        if self.owed.bytes == 0 {
            let close = core::mem::take(&mut self.owed.close);
            (self.start, self.end) = (0, 0);
            if !close.bytes().is_empty() {
                self.load_bytes(close.bytes());
                // A line of a picture is ended by that, and a page given up.
                self.encoder.line.empty();
            }
            self.work = self.owed.pay(0, timing);
            return !close.bytes().is_empty();
        }
        let n = self.owed.bytes.min(Encoder::SLICE);
        self.bytes.fill(0);
        (self.start, self.end, self.work) = (0, n, self.owed.pay(n, timing));
        self.load.takes(n);
        (self.inside, self.item) = (true, Progress::Unknown);
        true
    }

    /// All that was sent and not printed is dropped, by the printer and here.
    pub(in crate::printer::escpos) fn dropped(&mut self) {
        (self.start, self.end, self.granted) = (0, 0, 0);
        (self.owed, self.inside, self.item) = (Debt::NOTHING, false, Progress::Unknown);
        self.barriers = 0;
        self.load.forgive();
        self.watch.lost();
    }

    /// The printer may be in the middle of a command that another driver
    /// began: NULs for the longest there is end it.
    pub(in crate::printer::escpos) fn owe_longest(&mut self) {
        let Profile { paper, band, symbols, page, proof, .. } = self.profile();
        let row = usize::from(paper.dots.div_ceil(8));
        // A picture in a page is one band. That many bytes take seconds: only
        // for a printer that would have answered.
        let rows = if *proof == Proof::None { 0 } else { *page };
        let picture = row * usize::from(rows.max((*band).into()));
        // The most that one takes: an Aztec code has 3 832 digits, a QR code
        // 2 953 bytes.
        let code = match symbols.intersects(Symbols::all().difference(Symbols::COMMON)) {
            true => 3_832,
            false => 0,
        };
        let end = Work::printing((*band).into());
        let owed = Owed { bytes: picture.max(code), row, end, ..Owed::NOTHING };
        self.owed = Debt::of(&owed, &self.profile().timing);
    }

    /// Forgets what a dropped conversation left, for a printer that may have
    /// been switched off since: as many NULs end any command there could be,
    /// and a printer that expects none passes over them.
    pub(in crate::printer::escpos) fn forget(&mut self, now: Instant) {
        self.owed.bytes += self.end - self.start;
        self.owed.end = self.owed.end.saturating_add(self.work);
        let begun = core::mem::take(&mut self.work);
        self.load.working(Duration::from_micros(begun.into()), now);
        (self.start, self.end) = (0, 0);
        self.encoder.restart();
        self.item = Progress::Unknown;
    }

    /// What was sent before does not matter any more.
    pub(in crate::printer::escpos) fn begin_anew(&mut self) {
        self.watch = Watch::new();
        self.load.forgive();
    }
}
