use std::collections::VecDeque;
use std::string::String;
use std::vec::Vec;

use super::bitmap::Bitmap;
use super::event::{self, Event};
use super::model::Model;
use super::page::Page;
use super::{Condition, Op};
use crate::port::Instant;
use crate::sim::{Device, Outbox};

/// The language of a simulated [`Machine`].
pub trait Dialect {
    /// As at power-up.
    fn new(model: &Model) -> Self;

    /// A byte is taken out of the buffer. Returns what is to be answered when
    /// all before is printed.
    fn read(&mut self, byte: u8, page: &mut Page) -> Vec<u8>;

    /// Forgets the last byte of a command that is not whole.
    fn retract(&mut self);

    /// The bytes of a command that is not whole yet.
    fn incomplete(&self) -> &[u8];

    /// Whether the last bytes that came in are a request that is answered at
    /// once: how many they are, and the answer.
    fn request(recent: &[u8], condition: &Condition, busy: bool) -> Option<(usize, Vec<u8>)>;
}

/// A simulated printer of another language than ESC/POS: a buffer that
/// overflows, a mechanism that takes its time, sensors.
#[derive(Debug)]
pub struct Machine<D> {
    model: Model,
    /// What is wrong with it; for a person to change.
    pub condition: Condition,
    /// What leaves it; to inject faults.
    pub outbox: Outbox,
    /// Every status is answered with this byte: a line that hangs.
    pub stuck: Option<u8>,
    dialect: D,
    buffer: VecDeque<(u8, Instant)>,
    /// The last bytes, and whether there was room for them.
    recent: Vec<(u8, bool)>,
    page: Page,
    /// What is answered when the mechanism stands.
    owed: Vec<u8>,
    paper: Bitmap,
    paper_left: Option<u32>,
    free_at: Instant,
    lost: usize,
    fullest: usize,
}

impl<D: Dialect> Machine<D> {
    /// A printer with paper, just switched on.
    #[must_use]
    pub fn new(model: Model) -> Self {
        Self {
            model,
            condition: Condition::default(),
            outbox: Outbox::default(),
            stuck: None,
            dialect: D::new(&model),
            buffer: VecDeque::new(),
            recent: Vec::new(),
            page: Page::new(model),
            owed: Vec::new(),
            paper: Bitmap::new(model.dots),
            paper_left: None,
            free_at: Instant::ZERO,
            lost: 0,
            fullest: 0,
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
        self.dialect.incomplete()
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
        self.condition.paper_low = false;
        self.condition.paper_out = false;
        self.condition.cover_open = false;
    }

    /// Switches it off and on: what it had not printed is gone.
    pub fn power_cycle(&mut self) {
        self.buffer.clear();
        self.outbox.clear();
        self.owed.clear();
        self.dialect = D::new(&self.model);
        self.page.reset();
    }

    /// Tears the paper off: an empty bitmap and no events.
    pub fn tear(&mut self) {
        self.paper = Bitmap::new(self.model.dots);
        self.page.events.clear();
    }

    /// Prints until `now`.
    fn run(&mut self, now: Instant) {
        loop {
            if self.condition.stops() {
                self.free_at = self.free_at.max(now);
                return;
            }
            let worked =
                if self.page.rows.is_empty() { self.read_byte(now) } else { self.print_row(now) };
            if !worked {
                return;
            }
        }
    }

    /// Prints the next row, if it is done by `now`.
    fn print_row(&mut self, now: Instant) -> bool {
        let printed = matches!(self.page.rows.front(), Some(Some(_)));
        let length = if printed { self.model.dot_row } else { self.model.feed_row };
        if self.free_at + length > now {
            return false;
        }
        self.free_at += length;
        let row = self.page.rows.pop_front().flatten().unwrap_or_default();
        self.paper.push(&row);
        if let Some(left) = &mut self.paper_left {
            *left = left.saturating_sub(1);
            self.condition.paper_out |= *left == 0;
        }
        true
    }

    /// Takes a byte out of the buffer, and does what it says.
    fn read_byte(&mut self, now: Instant) -> bool {
        if !self.owed.is_empty() {
            let owed = std::mem::take(&mut self.owed);
            self.outbox.push(now, self.model.answer, owed);
        }
        let Some((byte, arrived)) = self.buffer.pop_front() else { return false };
        self.free_at = self.free_at.max(arrived);
        self.owed = self.dialect.read(byte, &mut self.page);
        true
    }

    /// Looks for a request that is answered as it comes in, and taken out of
    /// what it stands in. Whether `byte` ends one.
    fn real_time(&mut self, byte: u8, now: Instant) -> bool {
        let bytes = self.recent.iter().map(|(byte, _)| *byte).chain([byte]);
        let bytes: Vec<u8> = bytes.collect();
        let busy = !self.is_idle();
        let Some((length, answer)) = D::request(&bytes, &self.condition, busy) else {
            return false;
        };
        let answer = match self.stuck {
            Some(stuck) => std::vec![stuck; answer.len()],
            None => answer,
        };
        self.outbox.push(now, self.model.answer, answer);
        for (_, kept) in self.recent.iter().rev().take(length - 1) {
            if !kept {
                self.lost -= 1;
            } else if self.buffer.pop_back().is_none() {
                self.dialect.retract();
            }
        }
        self.recent.clear();
        true
    }
}

impl<D: Dialect> Device for Machine<D> {
    fn receive(&mut self, bytes: &[u8], now: Instant) {
        for byte in bytes {
            self.run(now);
            if self.real_time(*byte, now) {
                continue;
            }
            let room = self.buffer.len() < self.model.buffer;
            if room {
                self.buffer.push_back((*byte, now));
                self.fullest = self.fullest.max(self.buffer.len());
            } else {
                self.lost += 1;
            }
            self.recent.push((*byte, room));
            if self.recent.len() > 2 {
                self.recent.remove(0);
            }
        }
        self.run(now);
    }

    fn transmit(&mut self, now: Instant) -> Vec<u8> {
        self.run(now);
        self.outbox.take(now)
    }
}

/// Hands operations to the page.
pub(super) fn apply(page: &mut Page, ops: impl IntoIterator<Item = Op>) {
    ops.into_iter().for_each(|op| page.apply(op));
}
