//! A simulated ESC/POS printer that prints on a bitmap.
//!
//! It has a decoder, a font (Noto Sans Mono CJK SC, OFL: `font/OFL.txt`) and
//! codes of its own, a receive buffer that overflows, a mechanism that takes
//! its time, sensors, and a BUSY line. What it did is a bitmap and a list of
//! events.
//!
//! Bar codes and QR codes are drawn so that a scanner reads them; a GS1
//! DataBar is a black box of its width, and each other 2D code a box with its
//! name.
//!
//! ```
//! use embedded_pos::port::Clocked;
//! use embedded_pos::printer::escpos::{EscPos, Profile, Timed};
//! use embedded_pos::printer::{Item, Printer};
//! use embedded_pos::sim::printer::{EscPosPrinter, Model};
//! use embedded_pos::sim::{Simulated, VirtualClock};
//!
//! let clock = VirtualClock::new();
//! let sim = Simulated::new(EscPosPrinter::new(Model::CLONE_58MM));
//! let mut driver = EscPos::new(sim.port(clock.clone()), Timed, &Profile::CLONE_58MM);
//! driver.init().wait(&mut clock.clone())?;
//! let mut printer = Clocked::new(driver, clock);
//! printer.print(&Item::Text("津A12345\n"))?;
//! assert_eq!(sim.device().text(), "津A12345\n");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod answers;
mod bitmap;
mod busy;
mod code;
mod cpcl;
mod decoder;
mod event;
mod font;
mod jotter;
mod machine;
mod model;
mod page;
mod picture;
mod sheet;
mod star;
mod text;

pub use bitmap::Bitmap;
pub use busy::BusyLine;
pub use cpcl::CpclPrinter;
pub use event::{Event, TextStyle};
pub use jotter::Jotter;
pub use machine::{Dialect, Machine};
pub use model::{Flow, Model, Offline};
pub use star::StarPrinter;

use std::collections::VecDeque;
use std::string::String;
use std::vec::Vec;

use self::decoder::{Decoder, Op};
use self::page::Page;
use self::picture::Outcome;
use super::{Device, Outbox};
use crate::port::{Duration, Instant};

/// What is wrong with the printer.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Condition {
    /// The paper is about to end.
    pub paper_low: bool,
    /// There is no paper.
    pub paper_out: bool,
    /// The cover is open.
    pub cover_open: bool,
    /// The head is too hot.
    pub overheated: bool,
    /// The cutter is stuck.
    pub cutter_stuck: bool,
    /// It is broken.
    pub broken: bool,
    /// Someone holds the feed button.
    pub feeding: bool,
    /// The drawer's sense pin is high.
    pub drawer_pin: bool,
}

impl Condition {
    /// Whether it does not print.
    const fn stops(&self) -> bool {
        self.paper_out
            || self.cover_open
            || self.overheated
            || self.cutter_stuck
            || self.broken
            || self.feeding
    }

    /// The answer to `DLE EOT n`.
    fn answer(&self, n: u8) -> u8 {
        let bits: &[(bool, u8)] = match n {
            1 => &[(self.stops(), 0x08), (self.feeding, 0x40), (self.drawer_pin, 0x04)],
            2 => &[
                (self.cover_open, 0x04),
                (self.feeding, 0x08),
                (self.paper_out, 0x20),
                (self.overheated || self.cutter_stuck || self.broken, 0x40),
            ],
            3 => &[(self.cutter_stuck, 0x08), (self.broken, 0x20), (self.overheated, 0x40)],
            _ => &[(self.paper_low, 0x0C), (self.paper_out, 0x60)],
        };
        bits.iter().filter(|(set, _)| *set).fold(0x12, |byte, (_, mask)| byte | mask)
    }
}

/// A simulated printer.
#[derive(Debug)]
pub struct EscPosPrinter {
    model: Model,
    /// What is wrong with it; for a person to change.
    pub condition: Condition,
    /// What leaves it; to inject faults.
    pub outbox: Outbox,
    /// Every status is answered with this byte: a line that hangs.
    pub stuck: Option<u8>,
    buffer: VecDeque<(u8, Instant)>,
    /// The last bytes, and whether there was room for them.
    recent: [(u8, bool); 9],
    decoder: Decoder,
    page: Page,
    paper: Bitmap,
    /// By how many rows the paper was drawn back.
    behind: usize,
    paper_left: Option<u32>,
    free_at: Instant,
    /// It starts anew, and takes nothing until then.
    restarted: Instant,
    lost: usize,
    fullest: usize,
    /// What `GS a` asked for, and what was told.
    automatic: u8,
    told: Option<[u8; 4]>,
    is_xoff: bool,
    was_open: bool,
    off_until: Instant,
    greets: bool,
    sleeps_after: Option<Duration>,
    busy_at: Instant,
    awake_at: Instant,
}

impl EscPosPrinter {
    const NONE: [(u8, bool); 9] = [(0, true); 9];

    /// A printer with paper, just switched on.
    #[must_use]
    pub fn new(model: Model) -> Self {
        Self {
            model,
            condition: Condition::default(),
            outbox: Outbox::default(),
            stuck: None,
            buffer: VecDeque::new(),
            recent: Self::NONE,
            decoder: Decoder::new(model.chinese, model.four_bytes),
            page: Page::new(model),
            paper: Bitmap::new(model.dots),
            behind: 0,
            paper_left: None,
            free_at: Instant::ZERO,
            restarted: Instant::ZERO,
            lost: 0,
            fullest: 0,
            automatic: 0,
            told: None,
            is_xoff: false,
            was_open: false,
            off_until: Instant::ZERO,
            greets: false,
            sleeps_after: None,
            busy_at: Instant::ZERO,
            awake_at: Instant::ZERO,
        }
    }

    /// A printer that has printed all of `bytes` at once.
    #[must_use]
    pub fn decoded(model: Model, bytes: &[u8]) -> Self {
        let mut printer = Self::new(model.instant());
        printer.receive(bytes, Instant::ZERO);
        printer.run(Instant::FAR_FUTURE);
        printer.page.end_run();
        printer
    }

    /// What is on the paper.
    #[must_use]
    pub const fn bitmap(&self) -> &Bitmap {
        &self.paper
    }

    /// What it did.
    #[must_use]
    pub fn events(&self) -> &[Event] {
        &self.page.events
    }

    /// The text it printed; a feed of any length ends a line.
    #[must_use]
    pub fn text(&self) -> String {
        event::text(self.events())
    }

    /// The bytes of a command that has not come whole.
    #[must_use]
    pub fn incomplete(&self) -> &[u8] {
        self.decoder.incomplete()
    }

    /// How many bytes were lost because the buffer was full.
    #[must_use]
    pub const fn lost(&self) -> usize {
        self.lost
    }

    /// How many bytes the buffer held at most.
    #[must_use]
    pub const fn fullest(&self) -> usize {
        self.fullest
    }

    /// Whether there is anything left to print, by the last time it was
    /// looked at.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.buffer.is_empty() && self.page.rows.is_empty()
    }

    /// The paper ends after this many rows.
    pub const fn paper_ends_after(&mut self, rows: u32) {
        self.paper_left = Some(rows);
    }

    /// Puts a new roll in and closes the cover.
    pub const fn load_paper(&mut self) {
        self.paper_left = None;
        self.condition = Condition { paper_low: false, paper_out: false, ..self.condition };
        self.condition.cover_open = false;
    }

    /// Switches it off and on: what it had not printed is gone.
    pub fn power_cycle(&mut self) {
        self.buffer.clear();
        self.outbox.clear();
        self.decoder = Decoder::new(self.model.chinese, self.model.four_bytes);
        self.page.reset();
        self.recent = Self::NONE;
        (self.automatic, self.is_xoff, self.greets) = (0, false, true);
        self.sleeps_after = None;
    }

    /// Tears the paper off: an empty bitmap and no events.
    pub fn tear(&mut self) {
        self.paper = Bitmap::new(self.model.dots);
        self.page.events.clear();
    }

    /// Whether BUSY is high.
    pub fn is_busy(&mut self, now: Instant) -> bool {
        self.run(now);
        let stopped = self.condition.stops() && self.model.offline == Offline::Busy;
        stopped
            || self.is_off(now)
            || self.model.buffer - self.buffer.len() <= self.model.busy_below
    }

    /// Prints until `now`.
    fn run(&mut self, now: Instant) {
        self.report(now);
        while !self.condition.stops() {
            if self.free_at > now {
                self.report(now);
                return;
            }
            let worked =
                if self.page.rows.is_empty() { self.read_byte(now) } else { self.print_row(now) };
            if !worked {
                self.report(now);
                return;
            }
        }
        self.report(now);
        self.free_at = self.free_at.max(now);
    }

    /// Prints the next row, if it is done by `now`.
    fn print_row(&mut self, now: Instant) -> bool {
        let printed = matches!(self.page.rows.front(), Some(Some(_)));
        let length = if printed { self.model.dot_row } else { self.model.feed_row };
        if self.free_at + length > now {
            return false;
        }
        self.free_at += length;
        let row = self.page.rows.pop_front().flatten();
        if row.as_deref() == Some(page::BACK) {
            self.behind += 1;
            return true;
        }
        self.paper.overprint(&row.unwrap_or_default(), self.behind);
        self.behind = self.behind.saturating_sub(1);
        if let Some(left) = &mut self.paper_left {
            *left = left.saturating_sub(1);
            self.condition.paper_out |= *left == 0;
        }
        true
    }

    /// Takes a byte out of the buffer, and does what it says.
    fn read_byte(&mut self, now: Instant) -> bool {
        if self.withholds(now) {
            return false;
        }
        let Some((byte, arrived)) = self.buffer.pop_front() else { return false };
        self.free_at = self.free_at.max(arrived);
        if let Some(op) = self.decoder.push(byte)
            && let Some(op) = self.answer(op, now)
        {
            if op == Op::Initialize {
                self.decoder.kanji = self.model.chinese;
            }
            match op {
                Op::Picture(command) => self.picture(command, now),
                op => {
                    if op == Op::Initialize {
                        self.decoder = Decoder::new(self.model.chinese, self.model.four_bytes);
                    }
                    self.page.apply(op);
                }
            }
        }
        true
    }

    /// Stores or prints a picture. Writing memory takes its time.
    fn picture(&mut self, command: picture::Command, now: Instant) {
        let writing = self.model.feed_row.times(100);
        match self.page.store.apply(command) {
            Outcome::Nothing => {}
            Outcome::Print(bitmap) => self.page.print_stored(&bitmap),
            Outcome::Reply(bytes) => self.outbox.push(now, self.model.answer, bytes),
            Outcome::Written => self.free_at += writing,
            Outcome::Restart => {
                self.free_at += writing;
                self.restarted = self.free_at;
                self.lost += self.buffer.len();
                self.buffer.clear();
                self.page.reset();
                self.decoder = Decoder::new(self.model.chinese, self.model.four_bytes);
            }
            Outcome::Refused(reason) => self.page.refuse(reason),
        }
    }

    /// How often the memory for logos was written, which wears it.
    #[must_use]
    pub const fn logo_writes(&self) -> usize {
        self.page.store.writes
    }
}

impl Device for EscPosPrinter {
    fn receive(&mut self, bytes: &[u8], now: Instant) {
        for byte in bytes {
            self.run(now);
            if self.is_off(now) || self.sleeps(now) || self.real_time(*byte, now) {
                continue;
            }
            let swallowed = self.condition.stops() && self.model.offline == Offline::Swallows;
            let restarting = self.restarted > now;
            let room = self.buffer.len() < self.model.buffer && !swallowed && !restarting;
            if room {
                self.buffer.push_back((*byte, now));
                self.fullest = self.fullest.max(self.buffer.len());
            } else {
                self.lost += 1;
            }
            self.recent.rotate_left(1);
            let [.., last] = &mut self.recent;
            *last = (*byte, room);
        }
        self.run(now);
    }

    fn transmit(&mut self, now: Instant) -> Vec<u8> {
        self.run(now);
        if self.is_off(now) {
            return Vec::new();
        }
        self.outbox.take(now)
    }
}
