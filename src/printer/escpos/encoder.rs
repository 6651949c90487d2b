use super::command;
use super::job::{Body, Command, Job};
use super::line::{Context, GLYPH, Line, Tabs, cells};
use super::logo;
use super::page::Next;
use super::part::{Fill, Kind, Printable};
use super::profile::Profile;
use super::refusal::Refusal;
use super::text::{self, Copied, DrawnText};
use super::work::Work;
use crate::printer::text::{Cells, GlyphSource, Glyphs};
use crate::printer::{Font, Item, Style};

/// One dot in so many of a line of text is black.
const INK: u32 = 5;

/// Items into bytes, without a printer: for files, and for measuring.
///
/// ```
/// use embedded_pos::printer::Item;
/// use embedded_pos::printer::escpos::{Encoder, Profile};
///
/// let mut encoder = Encoder::new(&Profile::CLONE_58MM);
/// let mut job = encoder.begin(&Item::Text("罚款\n"))?;
/// let mut out = [0; Encoder::SLICE];
/// let slice = encoder.fill(&mut job, &mut out);
/// assert_eq!(out[..slice.len], *b"\xB7\xA3\xBF\xEE\n");
/// assert!(job.is_done());
/// # Ok::<(), embedded_pos::printer::escpos::Refusal>(())
/// ```
#[derive(Clone, Debug)]
pub struct Encoder {
    pub(super) profile: &'static Profile,
    pub(super) glyphs: Glyphs,
    /// With them.
    pub(super) drawn: Option<&'static DrawnText>,
    pub(super) line: Line,
}

/// What [`Encoder::fill`] wrote.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Slice {
    /// Bytes.
    pub len: usize,
    /// What they make the mechanism do.
    pub work: Work,
}

/// Room for bytes. What does not fit whole is not written.
#[derive(Debug)]
pub(in crate::printer) struct Out<'b> {
    rest: &'b mut [u8],
    pub(in crate::printer) work: Work,
}

impl<'b> Out<'b> {
    pub(in crate::printer) fn new(rest: &'b mut [u8]) -> Self {
        Self { rest, work: Work::default() }
    }

    pub(in crate::printer) fn room(&self) -> usize {
        self.rest.len()
    }

    #[inline]
    pub(in crate::printer) fn put(&mut self, bytes: &[u8]) -> bool {
        if bytes.len() > self.rest.len() {
            return false;
        }
        let (head, tail) = core::mem::take(&mut self.rest).split_at_mut(bytes.len());
        head.copy_from_slice(bytes);
        self.rest = tail;
        true
    }

    /// Writes all of the parts or none.
    pub(super) fn put_all(&mut self, parts: &[&[u8]]) -> bool {
        let length: usize = parts.iter().map(|part| part.len()).sum();
        length <= self.room() && parts.iter().all(|part| self.put(part))
    }

    /// Adds what was written last makes the mechanism do.
    pub(in crate::printer) fn working(&mut self, work: Work) -> bool {
        self.work += work;
        true
    }
}

impl Encoder {
    /// The shortest buffer that [`fill`](Self::fill) is to be given.
    pub const SLICE: usize = 96;

    /// What a printer with two-byte characters is sent first: as at power-up,
    /// ASCII without a national set's changes, and two-byte characters.
    pub const PROLOGUE: [u8; 7] = {
        let ([a, b], [c, d, e]) = (command::INITIALIZE, command::ASCII);
        let [f, g] = command::KANJI_MODE;
        [a, b, c, d, e, f, g]
    };

    /// For a printer that was sent the [prologue](Self::prologue).
    #[must_use]
    pub const fn new(profile: &'static Profile) -> Self {
        Self { profile, glyphs: Glyphs(None), drawn: None, line: Line::new(profile) }
    }

    /// The same, with what draws the characters that the printer lacks.
    #[must_use]
    pub fn drawn_by(self, source: &'static dyn GlyphSource) -> Self {
        Self { glyphs: Glyphs(Some(source)), drawn: Some(DrawnText::NEW), ..self }
    }

    /// What the printer is sent first; [`PROLOGUE`](Self::PROLOGUE), if it has
    /// two-byte characters.
    #[must_use]
    pub const fn prologue(&self) -> &'static [u8] {
        const ONE_BYTE: &[u8] = Encoder::PROLOGUE.split_at(5).0;
        if self.profile.charset.has_hanzi() { &Self::PROLOGUE } else { ONE_BYTE }
    }

    /// As after the prologue.
    pub(super) const fn restart(&mut self) {
        self.line = Line::new(self.profile);
    }

    /// The profile.
    #[must_use]
    pub const fn profile(&self) -> &'static Profile {
        self.profile
    }

    /// What sets a printer that was switched on to where this encoder is, but
    /// for what stood on the line; how many bytes.
    pub(super) fn modes(&mut self, out: &mut [u8; Self::SLICE]) -> usize {
        let Line { style, align, pitch, left, cells: Cells { line: width, .. }, tabs, .. } =
            self.line;
        self.restart();
        let mut out = Out { rest: out, work: Work::default() };
        out.put(self.prologue());
        self.style(style, &mut out);
        { align }.write(self, &mut out);
        if pitch != self.line.pitch {
            self.line_spacing(Some(pitch), &mut out);
        }
        if (left, width) != (self.line.left, self.line.cells.line) {
            self.area(left, width, &mut out);
        }
        // It would take stops in the characters of now, not of then.
        let kept = tabs.stops == self.line.tabs.stops && tabs.unit == self.line.tabs.unit;
        self.line.tabs = Tabs { kept, ..tabs };
        Self::SLICE - out.room()
    }

    /// Checks all of an item and begins it.
    ///
    /// # Errors
    /// Why it cannot be printed.
    #[inline]
    pub fn begin<'a, I: Printable<'a>>(&self, item: I) -> Result<I::Job, Refusal> {
        item.begin(self)
    }

    /// Encodes all of an item into `out`: where there is room for a whole
    /// paper, and nothing to wait for.
    ///
    /// # Errors
    /// Why it cannot be printed, or [`Refusal::Room`]. Nothing is encoded then,
    /// whatever stands in `out`.
    #[inline]
    pub fn encode(&mut self, item: &Item<'_>, out: &mut [u8]) -> Result<Slice, Refusal> {
        match item {
            Item::Text(text) => self.encode_text(text, out),
            _ => self.encode_item(item, out),
        }
    }

    /// The short way, for a text that needs no more than to be copied.
    #[inline]
    fn encode_text(&mut self, text: &str, out: &mut [u8]) -> Result<Slice, Refusal> {
        let (line, ended) = text::ended(text);
        match Copied::new(line, self.line.cells, self.line.taken) {
            Some(mut copied) if text.len() <= out.len() => {
                let mut room = Out::new(out);
                copied.write(&mut self.line, &mut room);
                if ended {
                    self.new_line(&mut room);
                }
                Ok(Slice { len: text.len(), work: room.work })
            }
            _ => self.encode_item(&Item::Text(text), out),
        }
    }

    #[inline(never)]
    fn encode_item(&mut self, item: &Item<'_>, out: &mut [u8]) -> Result<Slice, Refusal> {
        let line = self.line;
        let mut job = self.begin(item)?;
        let slice = self.fill(&mut job, out);
        if !job.is_done() {
            self.line = line;
            return Err(Refusal::Room);
        }
        Ok(slice)
    }

    /// Writes as much of a job as fits into `out`, which is at least
    /// [`SLICE`](Self::SLICE) long. Commands are not split over two calls.
    pub fn fill(&mut self, job: &mut impl Fill, out: &mut [u8]) -> Slice {
        job.fill(self, out)
    }

    /// Ends the line that is open, if it is to be; whether to go on.
    pub(super) fn ends_line(&mut self, ends_line: &mut bool, out: &mut Out<'_>) -> bool {
        *ends_line = *ends_line && self.line.is_begun() && !self.new_line(out);
        !*ends_line
    }

    pub(super) fn fill_job(&mut self, job: &mut Job<'_>, out: &mut [u8]) -> Slice {
        let length = out.len();
        let is_picture = matches!(job.body, Body::Bands(_));
        let mut room = Out { rest: &mut *out, work: Work::default() };
        if self.ends_line(&mut job.ends_line, &mut room) {
            self.write_all(job, &mut room);
        }
        let (len, mut work) = (length - room.room(), room.work);
        if is_picture {
            // The few dots of the headers do not matter.
            let bytes = out.get(..len).unwrap_or_default();
            work.dots += bytes.iter().map(|byte| byte.count_ones()).sum::<u32>();
        }
        Slice { len, work }
    }

    /// Writes what fits of an item, and of the page that it is.
    fn write_all<'a>(&mut self, job: &mut Job<'a>, out: &mut Out<'_>) {
        loop {
            let work = out.work;
            while self.write(&mut job.body, out) {}
            let (Some(page), Body::Done) = (&mut job.page, &job.body) else { return };
            // Nothing is printed yet.
            out.work = work;
            (self.line.taken, self.line.height) = (0, 0);
            match page.next(self.profile, self.context(), out) {
                Next::Full => return,
                Next::Item(body) => job.body = body,
                Next::End => {
                    self.line.slots.clear();
                    job.page = None;
                }
            }
        }
    }

    /// Writes a part of an item, or what fits of it; whether to go on.
    fn write(&mut self, body: &mut Body<'_>, out: &mut Out<'_>) -> bool {
        let done = match body {
            Body::Done => return false,
            Body::Text(words) => words.write(self, out),
            Body::Row(row) => self.row(row, out),
            Body::Rule { dashes } => self.repeat(b'-', dashes, out) && self.new_line(out),
            Body::Command(command) => self.command(command, out),
            Body::Cut(cutting) => cutting.write(self, out),
            Body::FeedDots(dots) => self.feed_dots(dots, out),
            Body::Bands(bands) => bands.write(self.profile, out),
            Body::Code(code) => code.write(self, out),
        };
        if done {
            *body = Body::Done;
        }
        false
    }

    fn command(&mut self, command: &Command, out: &mut Out<'_>) -> bool {
        match *command {
            Command::Style(style) => self.style(style, out),
            Command::Layout(layout) => self.layout(layout, out),
            Command::Align(mut align) => align.write(self, out),
            Command::Feed(mut feed) => feed.write(self, out),
            Command::Logo(logo) => logo::print(logo, self.profile, out),
            Command::Device(bytes) => out.put(bytes.as_bytes()),
        }
    }

    pub(super) fn style(&mut self, style: Style, out: &mut Out<'_>) -> bool {
        if out.room() < command::STYLES {
            return false;
        }
        let old = core::mem::replace(&mut self.line.style, style);
        self.line.cells = cells(&style, self.line.cells.line, self.profile);
        let quadruple = command::kanji_quadruple(style);
        // There is room for all.
        let _ = quadruple == command::kanji_quadruple(old) || out.put(&quadruple);
        out.put(&command::style(style));
        let rare = command::rare_styles(style);
        for (new, old) in rare.iter().zip(command::rare_styles(old)) {
            let _ = *new == old || out.put(new);
        }
        // The third font is lost by `ESC !`.
        let _ = style.font != Font::C || old.font != Font::C || out.put(&command::font(Font::C));
        style.spacing == old.spacing || out.put(&command::kanji_spacing(style.spacing))
    }

    pub(super) fn context(&self) -> Context {
        let Line { style, align, taken, pitch, cells, tabs, slots, .. } = self.line;
        let Self { glyphs, drawn, .. } = *self;
        Context { style, align, taken, pitch, tabs, slots, cells, glyphs, drawn }
    }

    /// A character of one column, on the next line if this one is full.
    pub(super) fn character(&mut self, byte: u8, out: &mut Out<'_>) -> bool {
        let Cells { narrow, line, .. } = self.line.cells;
        let full = self.line.taken.saturating_add(narrow) > line;
        if full && self.line.taken > 0 && !self.new_line(out) {
            return false;
        }
        self.repeat(byte, &mut 1, out)
    }

    fn repeat(&mut self, byte: u8, count: &mut u16, out: &mut Out<'_>) -> bool {
        let narrow = self.line.cells.narrow;
        while *count > 0 {
            if !out.put(&[byte]) {
                return false;
            }
            *count -= 1;
            self.line.wrote(narrow);
        }
        true
    }

    #[inline]
    pub(super) fn new_line(&mut self, out: &mut Out<'_>) -> bool {
        if !out.put(&command::LF) {
            return false;
        }
        let printed = u32::from(GLYPH) * u32::from(self.line.height);
        let fed = u32::from(self.line.pitch).saturating_sub(printed);
        let dots = u32::from(self.line.taken) * printed / INK;
        out.working(Work { printed, dots, ..Work::feeding(fed) });
        self.line.empty();
        true
    }

    pub(super) fn feed_dots(&self, dots: &mut u16, out: &mut Out<'_>) -> bool {
        let scale = self.profile.units_per_dot.max(1);
        while *dots > 0 {
            let step = u8::try_from(*dots).unwrap_or(u8::MAX).min(u8::MAX / scale);
            if !out.put(&command::feed_units(step * scale)) {
                return false;
            }
            out.working(Work::feeding(u32::from(step)));
            *dots -= u16::from(step);
        }
        true
    }
}
