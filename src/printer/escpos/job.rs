use super::command;
use super::logo;
use super::page::PageJob;
use super::profile::{Cutter, Profile};
use super::raster::Bands;
use super::refusal::Refusal;
use super::symbol::{Code128, is_real_time, qr_modules};
use super::work::Work;
use crate::printer::text::{self, Plain, PlainLine, Wrap};
use crate::printer::{Align, Item, Logo, QrLevel, Style};

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
pub(super) struct Owed {
    pub(super) bytes: usize,
    /// How many of them are a row of dots; 0 for a code.
    pub(super) row: usize,
    /// What the last of them makes the mechanism do.
    pub(super) end: Work,
    /// What is to be sent after them.
    pub(super) close: &'static [u8],
}

impl Owed {
    pub(super) const NOTHING: Self = Self { bytes: 0, row: 0, end: Work::printing(0), close: &[] };

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
    Columns(Columns<'a>),
    Rule { dashes: u8 },
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
    FeedLines(u8),
    QrPrint { rows: u16 },
    Code128(Code128<'a>),
    Logo(Logo),
    Cut { full: bool, dots: u8 },
}

/// What is left of a text.
#[derive(Clone, Debug)]
pub(super) enum Text<'a> {
    /// Characters of one column that fit on the line.
    Plain(Plain<'a>),
    Wrapped {
        /// A run that was cut off the rest, and for which there was no room.
        run: Plain<'a>,
        rest: Wrap<'a>,
    },
}

/// What is left of two texts on one line, or one below the other.
#[derive(Clone, Debug)]
pub(super) struct Columns<'a> {
    pub(super) text: Text<'a>,
    /// After the left one: whether it ends its line, spaces, the right one.
    pub(super) then: Option<(bool, u8, &'a str)>,
    pub(super) gap: u8,
}

/// What the text of an item depends on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Context {
    pub(super) style: Style,
    pub(super) align: Align,
    pub(super) column: u8,
}

impl Context {
    /// Whether a run stands on what is left of the line.
    #[inline]
    pub(super) fn fits(&self, plain: Plain<'_>, profile: &Profile) -> bool {
        let columns = plain.bytes().len().saturating_mul(self.style.width.into());
        columns.saturating_add(self.column.into()) <= profile.paper.columns.into()
    }
}

impl<'a> Job<'a> {
    /// Checks all of the item.
    #[inline]
    pub(super) fn new(
        item: &Item<'a>,
        profile: &Profile,
        context: Context,
    ) -> Result<Self, Refusal> {
        if let Item::Text(text) = *item {
            let (text, ended) = Text::new(text, profile, context)?;
            return Ok(Self { ends_line: false, body: Body::Text { text, ended }, page: None });
        }
        Self::other(item, profile, context)
    }

    /// All but text.
    fn other(item: &Item<'a>, profile: &Profile, context: Context) -> Result<Self, Refusal> {
        let dots = profile.paper.dots;
        let mut page = None;
        let body = match *item {
            Item::Text(_) | Item::Feed(0) => Body::Done,
            Item::Style(style) => match (style.width, style.height) {
                (1..=8, 1..=8) => Body::Command(Command::Style(style)),
                _ => return Err(Refusal::Style),
            },
            Item::Align(align) => Body::Command(Command::Align(align)),
            Item::Columns(left, right) => {
                Body::Columns(Columns::new(left, right, profile, context)?)
            }
            Item::Rule => Body::Rule { dashes: profile.paper.columns / context.style.width.max(1) },
            Item::Feed(lines) => Body::Command(Command::FeedLines(lines)),
            Item::Qr { data, module, level } => qr(data, module, level, profile)?,
            Item::Code128 { data, height } => {
                Body::Command(Command::Code128(Code128::new(data, height, dots)?))
            }
            Item::Raster(raster) => Body::Bands(Bands::new(raster, context.align, profile)?),
            Item::Logo(logo) => Body::Command(Command::Logo(logo::check(logo, profile)?)),
            Item::Page(of) => {
                page = Some(PageJob::new(of, profile, context)?);
                Body::Done
            }
            Item::Cut => match profile.cutter {
                Cutter::TearBar { dots } => Body::FeedDots(dots),
                Cutter::Partial { dots } => Body::Command(Command::Cut { full: false, dots }),
                Cutter::Full { dots } => Body::Command(Command::Cut { full: true, dots }),
            },
        };
        // A style may change on the line.
        Ok(Self { ends_line: !matches!(item, Item::Style(_)), body, page })
    }

    /// Whether all of it was handed out.
    #[must_use]
    pub const fn is_done(&self) -> bool {
        matches!(self.body, Body::Done) && !self.ends_line && self.page.is_none()
    }

    /// What the printer expects after what was handed out.
    pub(super) fn owed(&self) -> Owed {
        let owed = match &self.body {
            Body::QrData { data, .. } => Owed { bytes: data.len(), ..Owed::NOTHING },
            Body::Bands(bands) => bands.owed(),
            _ => Owed::NOTHING,
        };
        self.page.as_ref().map_or(owed, |page| page.owed(owed.bytes))
    }
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

impl<'a> Text<'a> {
    /// The text, and whether it is one line that is to be ended after it.
    #[inline]
    pub(super) fn new(
        text: &'a str,
        profile: &Profile,
        context: Context,
    ) -> Result<(Self, bool), Refusal> {
        if let Some(PlainLine { plain, ended }) = PlainLine::of(text)
            && context.fits(plain, profile)
        {
            return Ok((Self::Plain(plain), ended));
        }
        text::check(text, profile.charset)?;
        let Context { style, column, .. } = context;
        let columns = profile.paper.columns;
        let rest = Wrap::new(text, profile.charset, columns, column, style.width);
        Ok((Self::Wrapped { run: Plain::default(), rest }, false))
    }

    /// A text that was checked, or nothing.
    pub(super) fn checked(text: &'a str, profile: &Profile, context: Context) -> Self {
        Self::new(text, profile, context).map_or(Self::Plain(Plain::default()), |(text, _)| text)
    }
}

impl<'a> Columns<'a> {
    fn new(
        left: &'a str,
        right: &'a str,
        profile: &Profile,
        context: Context,
    ) -> Result<Self, Refusal> {
        let (lefts, rights) =
            (text::columns(left, profile.charset)?, text::columns(right, profile.charset)?);
        let limit = usize::from(profile.paper.columns / context.style.width.max(1));
        let parted = usize::from(lefts > 0 && rights > 0);
        let breaks = lefts + parted + rights > limit;
        let taken = if breaks { rights } else { lefts + rights };
        let gap = u8::try_from(limit.saturating_sub(taken)).unwrap_or(0);
        let text = Text::checked(left, profile, Context { column: 0, ..context });
        Ok(Self { text, then: Some((breaks, gap, right)), gap: 0 })
    }
}
