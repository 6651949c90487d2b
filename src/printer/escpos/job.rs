use super::profile::{Cutter, Profile};
use super::raster::Bands;
use super::refusal::Refusal;
use super::symbol::{Code128, is_real_time, qr_modules};
use crate::printer::text::{self, Plain, Wrap};
use crate::printer::{Align, Item, QrLevel, Raster, Style};

/// An item that was checked, on its way into bytes.
#[derive(Clone, Debug)]
pub struct Job<'a> {
    plan: Plan<'a>,
    step: u8,
    pub(super) part: Option<Part<'a>>,
}

/// A checked item.
#[derive(Clone, Debug)]
enum Plan<'a> {
    Style(Style),
    Align(Align),
    Text(&'a str),
    Columns(Columns<'a>),
    Rule,
    Feed(u8),
    Qr { data: &'a [u8], module: u8, level: QrLevel, rows: u16 },
    Code128(Code128<'a>),
    Raster(Raster<'a>),
    Cut,
}

/// Two texts on one line, or one below the other.
#[derive(Clone, Copy, Debug)]
struct Columns<'a> {
    left: &'a str,
    right: &'a str,
    /// Spaces before the right one.
    gap: u8,
    one_line: bool,
}

/// A part of an item: one command, or bytes of one kind.
#[derive(Clone, Debug)]
pub(super) enum Part<'a> {
    /// Ends the line if anything stands on it.
    EndLine,
    NewLine,
    Text { wrap: Wrap<'a>, rest: Plain<'a> },
    Repeat { byte: u8, count: u8 },
    Style(Style),
    Align(Align),
    FeedLines(u8),
    FeedDots(u16),
    QrStore { module: u8, level: QrLevel, length: u16 },
    Data(&'a [u8]),
    QrPrint { rows: u16 },
    Code128(Code128<'a>),
    Bands(Bands<'a>),
    Cut { full: bool, dots: u8 },
}

/// What the text of an item depends on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Context {
    pub(super) style: Style,
    pub(super) align: Align,
    pub(super) column: u8,
}

impl<'a> Job<'a> {
    pub(super) fn new(
        item: &Item<'a>,
        profile: &Profile,
        context: Context,
    ) -> Result<Self, Refusal> {
        let plan = Plan::new(item, profile, context)?;
        // Text goes on with the line, and its style may change on it.
        Ok(match plan {
            Plan::Text(_) | Plan::Style(_) => {
                let part = plan.part(0, profile, context);
                Self { plan, step: 1, part }
            }
            _ => Self { plan, step: 0, part: Some(Part::EndLine) },
        })
    }

    /// Whether all of it was handed out.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.part.is_none()
    }

    /// How many bytes the printer expects before it takes a command again.
    pub(super) fn owed(&self) -> usize {
        match &self.part {
            Some(Part::Data(data)) => data.len(),
            Some(Part::Bands(bands)) => bands.owed(),
            _ => 0,
        }
    }

    /// Goes on to the next part.
    pub(super) fn advance(&mut self, profile: &Profile, context: Context) {
        self.part = self.plan.part(self.step, profile, context);
        self.step += 1;
    }
}

impl<'a> Plan<'a> {
    /// Checks all of the item.
    fn new(item: &Item<'a>, profile: &Profile, context: Context) -> Result<Self, Refusal> {
        let charset = profile.charset;
        Ok(match *item {
            Item::Style(style) => match (style.width, style.height) {
                (1..=8, 1..=8) => Self::Style(style),
                _ => return Err(Refusal::Style),
            },
            Item::Align(align) => Self::Align(align),
            Item::Text(text) => {
                text::check(text, charset)?;
                Self::Text(text)
            }
            Item::Columns(left, right) => {
                let widths = (text::columns(left, charset)?, text::columns(right, charset)?);
                Self::Columns(Columns::new((left, right), widths, profile, context.style))
            }
            Item::Rule => Self::Rule,
            Item::Feed(lines) => Self::Feed(lines),
            Item::Qr { data, module, level } => Self::qr(data, module, level, profile)?,
            Item::Code128 { data, height } => {
                Self::Code128(Code128::new(data, height, profile.paper.dots)?)
            }
            Item::Raster(raster) => {
                Bands::check(&raster, profile)?;
                Self::Raster(raster)
            }
            Item::Cut => Self::Cut,
        })
    }

    fn qr(
        data: &'a [u8],
        module: u8,
        level: QrLevel,
        profile: &Profile,
    ) -> Result<Self, Refusal> {
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
            return Err(Refusal::QrTooWide { dots: rows.into() });
        }
        if is_real_time(data.iter().copied()) {
            return Err(Refusal::QrRealTime);
        }
        Ok(Self::Qr { data, module, level, rows })
    }

    /// The parts, after the end of the line before.
    fn part(&self, step: u8, profile: &Profile, context: Context) -> Option<Part<'a>> {
        Some(match (self, step) {
            (Self::Style(style), 0) => Part::Style(*style),
            (Self::Align(align), 0) => Part::Align(*align),
            (Self::Text(text), 0) => Part::text(text, profile, context),
            (Self::Columns(columns), step) => columns.part(step, profile, context)?,
            (Self::Rule, 0) => {
                let count = profile.paper.columns / context.style.width.max(1);
                Part::Repeat { byte: b'-', count }
            }
            (Self::Rule, 1) => Part::NewLine,
            (Self::Feed(lines @ 1..), 0) => Part::FeedLines(*lines),
            (Self::Qr { data, module, level, .. }, 0) => {
                let length = u16::try_from(data.len()).unwrap_or(0);
                Part::QrStore { module: *module, level: *level, length }
            }
            (Self::Qr { data, .. }, 1) => Part::Data(data),
            (Self::Qr { rows, .. }, 2) => Part::QrPrint { rows: *rows },
            (Self::Code128(code), 0) => Part::Code128(*code),
            (Self::Raster(raster), 0) => {
                Part::Bands(Bands::new(*raster, context.align == Align::Left))
            }
            (Self::Cut, 0) => match profile.cutter {
                Cutter::TearBar { dots } => Part::FeedDots(dots),
                Cutter::Partial { dots } => Part::Cut { full: false, dots },
                Cutter::Full { dots } => Part::Cut { full: true, dots },
            },
            _ => return None,
        })
    }
}

impl<'a> Columns<'a> {
    fn new(
        (left, right): (&'a str, &'a str),
        (left_width, right_width): (usize, usize),
        profile: &Profile,
        style: Style,
    ) -> Self {
        let limit = usize::from(profile.paper.columns / style.width.max(1));
        let parted = usize::from(left_width > 0 && right_width > 0);
        let one_line = left_width + parted + right_width <= limit;
        let taken = if one_line { left_width + right_width } else { right_width };
        let gap = u8::try_from(limit.saturating_sub(taken)).unwrap_or(0);
        Self { left, right, gap, one_line }
    }

    fn part(&self, step: u8, profile: &Profile, context: Context) -> Option<Part<'a>> {
        let step = if self.one_line && step > 0 { step + 1 } else { step };
        Some(match step {
            0 => Part::text(self.left, profile, context),
            1 => Part::NewLine,
            2 => Part::Repeat { byte: b' ', count: self.gap },
            3 => Part::text(self.right, profile, context),
            4 => Part::NewLine,
            _ => return None,
        })
    }
}

impl<'a> Part<'a> {
    fn text(text: &'a str, profile: &Profile, context: Context) -> Self {
        let Context { style, column, .. } = context;
        let limit = profile.paper.columns;
        let wrap = Wrap::new(text, profile.charset, limit, column, style.width);
        Self::Text { wrap, rest: Plain::default() }
    }
}
