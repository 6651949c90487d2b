use super::device::{self, Bytes};
use super::layout;
use super::line::{Context, font_width};
use super::logo;
use super::page::PageJob;
use super::part::{Cutting, Feed, Qr, Words};
use super::profile::{Profile, Timing};
use super::raster::Bands;
use super::refusal::Refusal;
use super::symbol::Code;
use super::table::Row;
use super::work::{Work, micros};
use crate::printer::{Align, Emphasis, Item, Layout, Logo, Style};

/// An item that was checked, on its way into bytes.
#[derive(Clone, Debug)]
pub struct Job<'a> {
    /// The line before is to be ended first, if anything stands on it.
    pub(super) ends_line: bool,
    pub(super) body: Body<'a>,
    /// What is left of a page, after that.
    pub(super) page: Option<PageJob<'a>>,
}

/// What a printer expects before it takes a command again.
#[derive(Clone, Copy, Debug)]
pub struct Owed {
    pub(super) bytes: usize,
    /// How many of them are a row of dots; 0 for a code.
    pub(super) row: usize,
    /// What the last of them makes the mechanism do.
    pub(super) end: Work,
    /// What is to be sent after them.
    pub(super) close: Close,
}

/// A few bytes that make a printer ready for text again.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Close {
    bytes: [u8; 7],
    len: u8,
}

impl Close {
    pub(super) const NOTHING: Self = Self { bytes: [0; 7], len: 0 };

    /// No more than seven.
    pub(super) fn of(bytes: &[u8]) -> Self {
        let mut close = Self::NOTHING;
        for (slot, byte) in close.bytes.iter_mut().zip(bytes) {
            *slot = *byte;
            close.len += 1;
        }
        close
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.len.into()).unwrap_or(&[])
    }
}

impl Owed {
    pub(super) const NOTHING: Self =
        Self { bytes: 0, row: 0, end: Work::printing(0), close: Close::NOTHING };
}

/// [`Owed`], kept: what it makes the mechanism do in microseconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Debt {
    pub(super) bytes: usize,
    pub(super) end: u32,
    row: u16,
    pub(super) close: Close,
}

impl Debt {
    pub(super) const NOTHING: Self = Self { bytes: 0, end: 0, row: 0, close: Close::NOTHING };

    pub(super) fn of(owed: &Owed, timing: &Timing) -> Self {
        let row = u16::try_from(owed.row).unwrap_or(u16::MAX);
        let end = micros(owed.end.duration(timing));
        Self { bytes: owed.bytes, end, row, close: owed.close }
    }

    /// `n` bytes go out; how long what they make the mechanism do takes.
    pub(super) fn pay(&mut self, n: usize, timing: &Timing) -> u32 {
        self.bytes = self.bytes.saturating_sub(n);
        let rows = if self.row > 0 { n.div_ceil(self.row.into()) } else { 0 };
        let rows = timing.dot_row.times(u64::try_from(rows).unwrap_or(u64::MAX));
        let end = if self.bytes == 0 { core::mem::take(&mut self.end) } else { 0 };
        micros(rows).saturating_add(end)
    }
}

/// What is left of an item.
#[derive(Clone, Debug)]
pub(super) enum Body<'a> {
    Done,
    Text(Words<'a>),
    Row(Row<'a>),
    Rule { dashes: u16 },
    Command(Command),
    Cut(Cutting),
    FeedDots(u16),
    Code(Code<'a>),
    Bands(Bands<'a>),
}

/// An item of one command.
#[derive(Clone, Copy, Debug)]
pub(super) enum Command {
    Style(Style),
    Align(Align),
    Layout(Layout),
    Feed(Feed),
    Logo(Logo),
    Device(Bytes),
}

impl<'a> Job<'a> {
    /// Checks all of the item.
    #[inline]
    pub(super) fn new(
        item: &Item<'a>,
        profile: &Profile,
        mut context: Context,
    ) -> Result<Self, Refusal> {
        if let Item::Text(text) = *item {
            return Words::new(text, profile, &mut context).map(Self::from);
        }
        Self::other(item, profile, context)
    }

    /// All but text.
    fn other(item: &Item<'a>, profile: &Profile, context: Context) -> Result<Self, Refusal> {
        let mut page = None;
        let body = match *item {
            Item::Text(_) | Item::Feed(0) => Body::Done,
            Item::Style(style) => Body::Command(Command::Style(checked(style, profile)?)),
            Item::Align(align) => Body::Command(Command::Align(align)),
            Item::Layout(layout) => layout::body(layout, profile, &context)?,
            Item::Columns(left, right) => Body::Row(Row::columns(left, right, profile, context)?),
            Item::Table(table) => Body::Row(Row::table(table, profile, context)?),
            Item::Rule => Body::Rule { dashes: context.cells.line / context.cells.narrow },
            Item::Feed(lines) => Body::Command(Command::Feed(Feed(lines))),
            Item::Qr { data, module, level } => {
                Body::Code(Code::qr(Qr { data, module, level }, profile, &context)?)
            }
            Item::Barcode(code) => Body::Code(Code::barcode(&code, profile, &context)?),
            Item::Symbol(symbol) => Body::Code(Code::symbol(&symbol, profile, &context)?),
            Item::Raster(raster) => Body::Bands(Bands::new(raster, &context, profile)?),
            Item::Logo(logo) => Body::Command(Command::Logo(logo::check(logo, profile)?)),
            Item::Page(of) => {
                page = Some(PageJob::new(of, profile, context)?);
                Body::Done
            }
            Item::Drawer(drawer) => {
                Body::Command(Command::Device(device::drawer(drawer, profile)?))
            }
            Item::Beep(beep) => Body::Command(Command::Device(device::beep(beep, profile)?)),
            Item::Cut => Body::Cut(Cutting::of(profile.cutter)),
        };
        Ok(Self { ends_line: ends_line(item, context.style), body, page })
    }

    /// Nothing is left.
    pub(super) const DONE: Self = Self { ends_line: false, body: Body::Done, page: None };

    /// A command that prints nothing.
    pub(super) const fn device(bytes: Bytes) -> Self {
        Self { ends_line: false, body: Body::Command(Command::Device(bytes)), page: None }
    }

    /// Whether all of it was handed out.
    #[must_use]
    pub const fn is_done(&self) -> bool {
        matches!(self.body, Body::Done) && !self.ends_line && self.page.is_none()
    }

    /// As [`Fill::is_paced`](super::part::Fill::is_paced).
    pub(super) const fn is_paced(&self) -> bool {
        let is_other = matches!(
            self.body,
            Body::Command(Command::Logo(_) | Command::Device(_))
                | Body::Cut(_)
                | Body::Code(_)
                | Body::Bands(_)
        );
        self.page.is_none() && !is_other
    }

    /// What the printer expects after what was handed out.
    pub(super) fn owed(&self) -> Owed {
        let owed = match &self.body {
            Body::Code(code) => code.owed(),
            Body::Bands(bands) => bands.owed(),
            _ => Owed::NOTHING,
        };
        self.page.as_ref().map_or(owed, |page| page.owed(owed.bytes))
    }
}

/// Whether it is for whole lines. A style may change on the line, but one that
/// is read from the other side.
fn ends_line(item: &Item<'_>, before: Style) -> bool {
    match item {
        Item::Style(style) => turns(*style, before),
        Item::Layout(layout) => layout::ends_line(*layout),
        // What hangs on the printer does not stand on the line.
        Item::Drawer(_) | Item::Beep(_) => false,
        _ => true,
    }
}

/// Whether lines are read from the other side from here on.
pub(super) fn turns(style: Style, before: Style) -> bool {
    (style.emphasis ^ before.emphasis).contains(Emphasis::UPSIDE_DOWN)
}

pub(super) fn checked(style: Style, profile: &Profile) -> Result<Style, Refusal> {
    if !matches!((style.width, style.height, style.spacing), (1..=8, 1..=8, 0..=32)) {
        return Err(Refusal::Style);
    }
    font_width(profile, style.font).map(|_| style).ok_or(Refusal::Font)
}
