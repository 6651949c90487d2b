use super::{Completion, Document, Item, State, Status};
use crate::ErrorKind;
use crate::printer::{Align, Layout, Raster, Style};

/// What became of a job.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Outcome {
    /// All of it stands on paper, once.
    Printed,
    /// It does not stand on paper whole, and will not.
    NotPrinted {
        /// A part of it may stand there.
        partial: bool,
        /// Why.
        why: Why,
    },
    /// It may stand on paper.
    Unknown(Why),
}

impl Outcome {
    pub(super) const fn state(self) -> State {
        match self {
            Self::Printed => State::Printed,
            Self::NotPrinted { .. } => State::NotPrinted,
            Self::Unknown(_) => State::Unknown,
        }
    }
}

/// Why a job is not known to be printed.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Why {
    /// The printer stopped.
    Stopped(Status),
    /// It failed, or did not answer, or cannot print an item.
    Failed(ErrorKind),
    /// All was sent and the time has passed; the printer does not prove it, or
    /// bytes may have been lost on the way.
    Unproven,
    /// It was given up.
    Cancelled,
}

/// What is to be done for a job.
pub(super) enum Do<'a> {
    /// Ask the printer how it is.
    Status,
    Print(usize, Item<'a>),
    /// Print what is left of an item.
    Resume(usize, Item<'a>),
    /// Ask whether all is printed.
    Finish,
    Close(Outcome),
}

/// The items of a job.
pub(super) struct Paper<'a, D: ?Sized> {
    pub(super) mark: &'a [Item<'a>],
    pub(super) document: &'a D,
    /// Dots across the paper.
    pub(super) dots: u16,
}

/// How many items come before each paper.
const PRELUDE: usize = 5;

/// What comes before each paper, whatever the one before left. A printer
/// without layouts refuses the last three, and needs none.
const fn prelude(dots: u16) -> [Item<'static>; PRELUDE] {
    const TABS: &[u8] = &[8, 16, 24, 32, 40, 48, 56, 64, 72, 80, 88, 96, 104, 112, 120, 128];
    [
        Item::Style(Style::NORMAL),
        Item::Align(Align::Left),
        Item::Layout(Layout::Area { left: 0, width: dots }),
        Item::Layout(Layout::LineSpacing(None)),
        Item::Layout(Layout::Tabs(TABS)),
    ]
}

impl<'a, D: Document + ?Sized> Paper<'a, D> {
    fn item(&self, index: usize, marked: bool) -> Option<Item<'a>> {
        let mark = if marked { self.mark } else { &[] };
        let before = prelude(self.dots).into_iter().chain(mark.iter().copied()).nth(index);
        before.or_else(|| self.document.item(index.checked_sub(PRELUDE + mark.len())?))
    }
}

/// Whether an item leaves ink for sure: without it, the paper is not whole. A
/// logo may be one that the printer does not keep.
fn has_ink(item: &Item<'_>) -> bool {
    match item {
        Item::Text(text) => is_seen(text),
        Item::Columns(left, right) => is_seen(left) || is_seen(right),
        Item::Table(table) => table.cells.iter().any(|cell| is_seen(cell)),
        Item::Raster(raster) => is_inked(raster),
        Item::Page(page) => {
            let mut placed = page.areas.iter().flat_map(|area| area.items);
            placed.any(|placed| has_ink(&placed.item))
        }
        Item::Rule | Item::Qr { .. } | Item::Barcode(_) | Item::Symbol(_) => true,
        _ => false,
    }
}

fn is_seen(text: &str) -> bool {
    text.chars().any(|c| !c.is_whitespace() && !c.is_control())
}

/// Whether a dot is black that is on the paper: what stands behind the width
/// is not.
fn is_inked(raster: &Raster<'_>) -> bool {
    let stride = usize::from(raster.width.div_ceil(8)).max(1);
    let last = 0xFF << u32::from(raster.width.wrapping_neg() % 8);
    raster.rows.chunks(stride).any(|row| match row.split_last() {
        Some((end, others)) => end & last != 0 || others.iter().any(|byte| *byte != 0),
        None => false,
    })
}

/// The course of a job, without a printer.
#[derive(Debug)]
pub(super) struct Machine {
    phase: Phase,
    marked: bool,
    /// Something was sent.
    sent: bool,
    /// How often it failed though the printer says that it is ready, or does
    /// not say.
    failures: u8,
    why: Why,
}

#[derive(Clone, Copy, Debug)]
enum Phase {
    /// Nothing was sent.
    Begin,
    Print(usize),
    /// An item was sent: how is the printer?
    Look(usize),
    /// An item failed, or the printer stopped behind it.
    Stopped {
        index: usize,
        told: Option<Status>,
    },
    Resume(usize),
    Finish,
    /// The printer stopped when all was sent.
    Held {
        told: Option<Status>,
    },
    Done(Outcome),
}

impl Machine {
    const FAILURES: u8 = 3;

    pub(super) const fn new(marked: bool) -> Self {
        let why = Why::Cancelled;
        Self { phase: Phase::Begin, marked, sent: false, failures: 0, why }
    }

    pub(super) const fn waiting(&self) -> Option<Status> {
        match self.phase {
            Phase::Stopped { told, .. } | Phase::Held { told } => told,
            _ => None,
        }
    }

    pub(super) fn next<'a>(&self, paper: &Paper<'a, impl Document + ?Sized>) -> Do<'a> {
        match self.phase {
            Phase::Print(index) => match paper.item(index, self.marked) {
                Some(item) => Do::Print(index, item),
                None => Do::Finish,
            },
            Phase::Resume(index) => match paper.item(index, self.marked) {
                Some(item) => Do::Resume(index, item),
                None => Do::Finish,
            },
            Phase::Finish => Do::Finish,
            Phase::Done(outcome) => Do::Close(outcome),
            _ => Do::Status,
        }
    }

    /// The printer said how it is, or did not.
    pub(super) fn told(
        &mut self,
        asked: Result<Status, ErrorKind>,
        paper: &Paper<'_, impl Document + ?Sized>,
    ) {
        match asked {
            Ok(status) if status.is_ready() => self.ready(paper),
            // It has no status: then there is nothing to wait for.
            Err(ErrorKind::Unsupported) => self.ready(paper),
            Ok(status) => self.not_ready(status),
            Err(kind) => self.unheard(kind, paper),
        }
    }

    fn ready(&mut self, paper: &Paper<'_, impl Document + ?Sized>) {
        let phase = self.phase;
        self.phase = match phase {
            Phase::Begin => Phase::Print(0),
            Phase::Look(index) => {
                self.failures = 0;
                Phase::Print(index + 1)
            }
            // It failed, and the printer has nothing to say to it.
            Phase::Stopped { told: None, .. } if self.fails() => return self.incomplete(paper),
            Phase::Stopped { index, .. } => Phase::Resume(index),
            Phase::Held { told: None } if self.fails() => Phase::Done(Outcome::Unknown(self.why)),
            Phase::Held { .. } => Phase::Finish,
            other => other,
        };
    }

    fn not_ready(&mut self, status: Status) {
        self.why = Why::Stopped(status);
        self.failures = 0;
        let told = Some(status);
        self.phase = match self.phase {
            Phase::Begin => Phase::Done(Outcome::NotPrinted { partial: false, why: self.why }),
            Phase::Look(index) => Phase::Stopped { index, told },
            Phase::Stopped { index, .. } => Phase::Stopped { index, told },
            Phase::Held { .. } => Phase::Held { told },
            other => other,
        };
    }

    /// It does not answer.
    fn unheard(&mut self, kind: ErrorKind, paper: &Paper<'_, impl Document + ?Sized>) {
        let is_waiting = self.waiting().is_some();
        if !is_waiting {
            self.why = Why::Failed(kind);
        }
        let phase = self.phase;
        match phase {
            Phase::Begin => {
                let outcome = Outcome::NotPrinted { partial: false, why: self.why };
                self.phase = Phase::Done(outcome);
            }
            // It may come back; whether it can go on then, it says.
            Phase::Look(index) if !self.fails() => {
                self.phase = Phase::Stopped { index, told: None };
            }
            _ if !self.fails() => {}
            _ => self.incomplete(paper),
        }
    }

    /// Counts a failure; whether there are too many.
    const fn fails(&mut self) -> bool {
        self.failures += 1;
        self.failures >= Self::FAILURES
    }

    /// An item is being sent: should that be dropped, its rest is to be
    /// printed, not all of it once more.
    #[cfg(feature = "async")]
    pub(super) const fn begins(&mut self, index: usize) {
        self.sent = true;
        self.phase = Phase::Resume(index);
    }

    /// An item was sent, or not.
    pub(super) fn printed(
        &mut self,
        index: usize,
        result: Result<(), ErrorKind>,
        paper: &Paper<'_, impl Document + ?Sized>,
    ) {
        match result {
            Ok(()) => {
                self.sent = true;
                self.phase = Phase::Look(index);
            }
            Err(ErrorKind::Argument | ErrorKind::Unsupported) if index < PRELUDE => {
                self.phase = Phase::Print(index + 1);
            }
            // Nothing of it was sent, nor will be.
            Err(kind @ (ErrorKind::Argument | ErrorKind::Unsupported)) => {
                let outcome =
                    Outcome::NotPrinted { partial: index > PRELUDE, why: Why::Failed(kind) };
                self.phase = Phase::Done(match paper.item(index, self.marked) {
                    Some(item) if has_ink(&item) => outcome,
                    _ => return self.give_up(index, paper, Why::Failed(kind)),
                });
            }
            Err(kind) => {
                self.sent = true;
                self.why = Why::Failed(kind);
                self.phase = Phase::Stopped { index, told: None };
            }
        }
    }

    /// The rest of an item was sent; or it cannot be.
    pub(super) fn resumed(
        &mut self,
        index: usize,
        result: Result<bool, ErrorKind>,
        paper: &Paper<'_, impl Document + ?Sized>,
    ) {
        match result {
            Ok(false) => self.give_up(index, paper, self.why),
            Ok(true) => self.printed(index, Ok(()), paper),
            Err(kind) => self.printed(index, Err(kind), paper),
        }
    }

    /// All is printed, or it is not known.
    pub(super) fn finished(&mut self, result: Result<Completion, ErrorKind>) {
        self.phase = match result {
            Ok(Completion::Proven) => Phase::Done(Outcome::Printed),
            Ok(_) => Phase::Done(Outcome::Unknown(Why::Unproven)),
            Err(kind) => {
                self.why = Why::Failed(kind);
                Phase::Held { told: None }
            }
        };
    }

    /// The caller does not want to wait longer.
    pub(super) fn cancel(&mut self, paper: &Paper<'_, impl Document + ?Sized>) {
        if self.waiting().is_none() {
            self.why = Why::Cancelled;
        }
        if !matches!(self.phase, Phase::Done(_)) {
            self.incomplete(paper);
        }
    }

    /// The job ends here, wherever it is.
    fn incomplete(&mut self, paper: &Paper<'_, impl Document + ?Sized>) {
        match self.phase {
            Phase::Begin | Phase::Print(0) => {
                let outcome = Outcome::NotPrinted { partial: false, why: self.why };
                self.phase = Phase::Done(outcome);
            }
            Phase::Print(next) => self.give_up(next - 1, paper, self.why),
            Phase::Look(index) | Phase::Resume(index) | Phase::Stopped { index, .. } => {
                self.give_up(index, paper, self.why);
            }
            _ => self.phase = Phase::Done(Outcome::Unknown(self.why)),
        }
    }

    /// Nothing after this item was sent. Is the paper whole without it?
    fn give_up(&mut self, index: usize, paper: &Paper<'_, impl Document + ?Sized>, why: Why) {
        let rest = (index + 1..).map_while(|at| paper.item(at, self.marked));
        self.phase = Phase::Done(match rest.into_iter().any(|item| has_ink(&item)) {
            true => Outcome::NotPrinted { partial: self.sent, why },
            false => Outcome::Unknown(why),
        });
    }
}
