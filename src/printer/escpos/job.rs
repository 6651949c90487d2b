use super::command;
use super::layout;
use super::line::{Context, font_width};
use super::profile::{Cutter, Profile};
use super::raster::Bands;
use super::refusal::Refusal;
use super::symbol::{Code128, is_real_time, qr_modules};
use super::table::Row;
use super::text::Text;
use super::work::Work;
use crate::printer::{Align, Emphasis, Item, Layout, QrLevel, Style};

/// An item that was checked, on its way into bytes.
#[derive(Clone, Debug)]
pub struct Job<'a> {
    /// The line before is to be ended first, if anything stands on it.
    pub(super) ends_line: bool,
    pub(super) body: Body<'a>,
}

/// What a printer expects before it takes a command again.
#[derive(Clone, Copy, Debug)]
pub(super) struct Owed {
    pub(super) bytes: usize,
    /// How many of them are a row of dots; 0 for a code.
    pub(super) row: usize,
    /// What the last of them makes the mechanism do.
    pub(super) end: Work,
}

impl Owed {
    pub(super) const NOTHING: Self = Self { bytes: 0, row: 0, end: Work::printing(0) };

    /// `n` bytes go out; what they make the mechanism do.
    pub(super) fn pay(&mut self, n: usize) -> Work {
        self.bytes = self.bytes.saturating_sub(n);
        let rows = if self.row > 0 { n.div_ceil(self.row) } else { 0 };
        let mut work = Work::printing(u32::try_from(rows).unwrap_or(u32::MAX));
        if self.bytes == 0 {
            work += core::mem::take(&mut self.end);
        }
        work
    }
}

/// What is left of an item.
#[derive(Clone, Debug)]
pub(super) enum Body<'a> {
    Done,
    Text { text: Text<'a>, ended: bool },
    Row(Row<'a>),
    Rule { dashes: u16 },
    Command(Command<'a>),
    FeedDots(u16),
    QrStore { data: &'a [u8], module: u8, level: QrLevel, rows: u16 },
    QrData { data: &'a [u8], rows: u16 },
    Bands(Bands<'a>),
}

/// An item of one command.
#[derive(Clone, Copy, Debug)]
pub(super) enum Command<'a> {
    Style(Style),
    Align(Align),
    Layout(Layout),
    FeedLines(u8),
    QrPrint { rows: u16 },
    Code128(Code128<'a>),
    Cut { full: bool, dots: u8 },
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
            let (text, ended) = Text::new(text, profile, &mut context)?;
            return Ok(Self { ends_line: false, body: Body::Text { text, ended } });
        }
        Self::other(item, profile, context)
    }

    /// All but text.
    fn other(item: &Item<'a>, profile: &Profile, context: Context) -> Result<Self, Refusal> {
        let dots = profile.paper.dots;
        let body = match *item {
            Item::Text(_) | Item::Feed(0) => Body::Done,
            Item::Style(style) => Body::Command(Command::Style(checked(style, profile)?)),
            Item::Align(align) => Body::Command(Command::Align(align)),
            Item::Layout(layout) => layout::body(layout, profile, &context)?,
            Item::Columns(left, right) => Body::Row(Row::columns(left, right, profile, context)?),
            Item::Table(table) => Body::Row(Row::table(table, profile, context)?),
            Item::Rule => Body::Rule { dashes: context.cells.line / context.cells.narrow },
            Item::Feed(lines) => Body::Command(Command::FeedLines(lines)),
            Item::Qr { data, module, level } => qr(data, module, level, profile)?,
            Item::Code128 { data, height } => {
                Body::Command(Command::Code128(Code128::new(data, height, dots)?))
            }
            Item::Raster(raster) => {
                Body::Bands(Bands::new(raster, context.align == Align::Left, profile)?)
            }
            Item::Cut => match profile.cutter {
                Cutter::TearBar { dots } => Body::FeedDots(dots),
                Cutter::Partial { dots } => Body::Command(Command::Cut { full: false, dots }),
                Cutter::Full { dots } => Body::Command(Command::Cut { full: true, dots }),
            },
        };
        Ok(Self { ends_line: ends_line(item, context.style), body })
    }

    /// Whether all of it was handed out.
    #[must_use]
    pub const fn is_done(&self) -> bool {
        matches!(self.body, Body::Done) && !self.ends_line
    }

    /// What the printer expects after what was handed out.
    pub(super) fn owed(&self) -> Owed {
        match &self.body {
            Body::QrData { data, .. } => Owed { bytes: data.len(), ..Owed::NOTHING },
            Body::Bands(bands) => bands.owed(),
            _ => Owed::NOTHING,
        }
    }
}

/// Whether it is for whole lines. A style may change on the line, but one that
/// is read from the other side.
fn ends_line(item: &Item<'_>, before: Style) -> bool {
    match item {
        Item::Style(style) => (style.emphasis ^ before.emphasis).contains(Emphasis::UPSIDE_DOWN),
        Item::Layout(layout) => layout::ends_line(*layout),
        _ => true,
    }
}

fn checked(style: Style, profile: &Profile) -> Result<Style, Refusal> {
    if !matches!((style.width, style.height, style.spacing), (1..=8, 1..=8, 0..=32)) {
        return Err(Refusal::Style);
    }
    font_width(profile, style.font).map(|_| style).ok_or(Refusal::Font)
}

fn qr<'a>(
    data: &'a [u8],
    module: u8,
    level: QrLevel,
    profile: &Profile,
) -> Result<Body<'a>, Refusal> {
    if !profile.qr {
        return Err(Refusal::NoQr);
    }
    if !matches!(module, 1..=16) {
        return Err(Refusal::QrModule);
    }
    if data.is_empty() {
        return Err(Refusal::QrEmpty);
    }
    let rows = qr_modules(data, level)?.saturating_mul(module.into());
    if rows > profile.paper.dots {
        return Err(Refusal::QrTooWide { dots: rows });
    }
    let length = u16::try_from(data.len()).unwrap_or(0);
    if is_real_time(data.iter().copied())
        || is_real_time(command::qr_store(module, level, length).into_iter())
    {
        return Err(Refusal::QrRealTime);
    }
    Ok(Body::QrStore { data, module, level, rows })
}
