use super::command;
use super::job::{Body, Columns, Command, Context, Job, Text};
use super::profile::Profile;
use super::refusal::Refusal;
use super::symbol::Code128;
use super::work::Work;
use crate::printer::text::{Piece, Plain, PlainLine, Wrap};
use crate::printer::{Align, Item, Style};

/// Dots of a character of normal size, along the paper.
const GLYPH: u32 = 24;

/// Black dots of a column of text: a fifth of 12 x 24.
const COLUMN_DOTS: u32 = 58;

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
    profile: &'static Profile,
    line: Line,
}

/// What is known of the line being set.
#[derive(Clone, Copy, Debug)]
struct Line {
    style: Style,
    align: Align,
    /// Columns taken.
    column: u8,
    /// The highest magnification on it; 0 when it is empty.
    height: u8,
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
pub(super) struct Out<'b> {
    rest: &'b mut [u8],
    pub(super) work: Work,
}

impl Out<'_> {
    pub(super) fn room(&self) -> usize {
        self.rest.len()
    }

    #[inline]
    pub(super) fn put(&mut self, bytes: &[u8]) -> bool {
        if bytes.len() > self.rest.len() {
            return false;
        }
        let (head, tail) = core::mem::take(&mut self.rest).split_at_mut(bytes.len());
        head.copy_from_slice(bytes);
        self.rest = tail;
        true
    }

    /// Adds what was written last makes the mechanism do.
    pub(super) fn working(&mut self, work: Work) -> bool {
        self.work += work;
        true
    }
}

impl Encoder {
    /// The shortest buffer that [`fill`](Self::fill) is to be given.
    pub const SLICE: usize = 96;

    /// What a printer is sent first: as at power-up, and two-byte characters.
    pub const PROLOGUE: [u8; 4] = {
        let ([a, b], [c, d]) = (command::INITIALIZE, command::KANJI_MODE);
        [a, b, c, d]
    };

    /// For a printer that was sent the [prologue](Self::PROLOGUE).
    #[must_use]
    pub const fn new(profile: &'static Profile) -> Self {
        let line = Line { style: Style::NORMAL, align: Align::Left, column: 0, height: 0 };
        Self { profile, line }
    }

    /// The profile.
    #[must_use]
    pub const fn profile(&self) -> &'static Profile {
        self.profile
    }

    /// What sets a printer that was switched on to where this encoder is; the
    /// line that was begun is gone.
    pub(super) fn modes(&mut self) -> [u8; 28] {
        (self.line.column, self.line.height) = (0, 0);
        let mut modes = [0; 28];
        let parts = [
            &Self::PROLOGUE[..],
            &command::style(self.line.style),
            &command::align(self.line.align),
        ];
        let bytes = parts.into_iter().flatten();
        modes.iter_mut().zip(bytes).for_each(|(slot, byte)| *slot = *byte);
        modes
    }

    /// Checks all of an item and begins it.
    ///
    /// # Errors
    /// Why it cannot be printed.
    #[inline]
    pub fn begin<'a>(&self, item: &Item<'a>) -> Result<Job<'a>, Refusal> {
        Job::new(item, self.profile, self.line.context())
    }

    /// Encodes all of an item into `out`: where there is room for a whole
    /// paper, and nothing to wait for.
    ///
    /// # Errors
    /// Why it cannot be printed, or [`Refusal::Room`]. Nothing is encoded then,
    /// whatever stands in `out`.
    #[inline]
    pub fn encode(&mut self, item: &Item<'_>, out: &mut [u8]) -> Result<Slice, Refusal> {
        if let Item::Text(text) = item
            && let Some(PlainLine { mut plain, ended }) = PlainLine::of(text)
            && self.line.context().fits(plain, self.profile)
            && out.len() > plain.bytes().len()
        {
            let length = out.len();
            let mut out = Out { rest: out, work: Work::default() };
            // There is room for both.
            let _ = self.plain(&mut plain, &mut out) && ended && self.new_line(&mut out);
            return Ok(Slice { len: length - out.room(), work: out.work });
        }
        self.encode_other(item, out)
    }

    fn encode_other(&mut self, item: &Item<'_>, out: &mut [u8]) -> Result<Slice, Refusal> {
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
    pub fn fill(&mut self, job: &mut Job<'_>, out: &mut [u8]) -> Slice {
        let length = out.len();
        let is_picture = matches!(job.body, Body::Bands(_));
        let mut room = Out { rest: &mut *out, work: Work::default() };
        if job.ends_line {
            job.ends_line = self.line.height > 0 && !self.new_line(&mut room);
        }
        if !job.ends_line {
            while self.write(&mut job.body, &mut room) {}
        }
        let (len, mut work) = (length - room.room(), room.work);
        if is_picture {
            // The few dots of the headers do not matter.
            let bytes = out.get(..len).unwrap_or_default();
            work.dots += bytes.iter().map(|byte| byte.count_ones()).sum::<u32>();
        }
        Slice { len, work }
    }

    /// Writes a part of an item, or what fits of it; whether to go on.
    fn write(&mut self, body: &mut Body<'_>, out: &mut Out<'_>) -> bool {
        let done = match body {
            Body::Done => return false,
            Body::Text { text, ended } => self.text(text, out) && (!*ended || self.new_line(out)),
            Body::Columns(columns) => self.columns(columns, out),
            Body::Rule { dashes } => self.repeat(b'-', dashes, out) && self.new_line(out),
            Body::Command(command) => self.command(command, out),
            Body::FeedDots(dots) => self.feed_dots(dots, out),
            Body::Bands(bands) => bands.write(self.profile, out),
            Body::QrStore { data, module, level, rows } => {
                let length = u16::try_from(data.len()).unwrap_or(0);
                let stored = out.put(&command::qr_store(*module, *level, length));
                if stored {
                    *body = Body::QrData { data, rows: *rows };
                }
                return stored;
            }
            Body::QrData { data, rows } => {
                let sent = put_some(data, out);
                if sent {
                    *body = Body::Command(Command::QrPrint { rows: *rows });
                }
                return sent;
            }
        };
        if done {
            *body = Body::Done;
        }
        false
    }

    fn command(&mut self, command: &Command<'_>, out: &mut Out<'_>) -> bool {
        match *command {
            Command::Style(style) => {
                self.line.style = style;
                out.put(&command::style(style))
            }
            Command::Align(align) => {
                self.line.align = align;
                out.put(&command::align(align))
            }
            Command::FeedLines(n) => {
                let fed = u32::from(n) * u32::from(self.profile.line_pitch);
                out.put(&command::feed_lines(n)) && out.working(Work::feeding(fed))
            }
            Command::QrPrint { rows } => {
                let work = Work { symbols: 1, ..Work::printing(rows.into()) };
                out.put(&command::QR_PRINT) && out.working(work)
            }
            Command::Code128(code) => code128(&code, out),
            Command::Device(bytes) => out.put(bytes.as_bytes()),
            Command::Cut { full, dots } => {
                let units = dots.saturating_mul(self.profile.units_per_dot);
                let cut = if full { command::cut_full(units) } else { command::cut_partial(units) };
                out.put(&cut) && out.working(Work { cuts: 1, ..Work::feeding(dots.into()) })
            }
        }
    }

    #[inline]
    fn text(&mut self, text: &mut Text<'_>, out: &mut Out<'_>) -> bool {
        match text {
            Text::Plain(plain) => self.plain(plain, out),
            Text::Wrapped { run, rest } => self.wrapped(run, rest, out),
        }
    }

    #[inline]
    fn plain(&mut self, plain: &mut Plain<'_>, out: &mut Out<'_>) -> bool {
        let before = plain.bytes().len();
        let done = put_plain(plain, out);
        if before > 0 {
            let columns = u8::try_from(before - plain.bytes().len()).unwrap_or(u8::MAX);
            let width = columns.saturating_mul(self.line.style.width);
            self.line.column = self.line.column.saturating_add(width);
            self.line.height = self.line.height.max(self.line.style.height);
        }
        done
    }

    fn wrapped<'a>(&mut self, run: &mut Plain<'a>, rest: &mut Wrap<'a>, out: &mut Out<'_>) -> bool {
        let done = loop {
            if !run.bytes().is_empty() && !put_plain(run, out) || out.room() < 2 {
                break false;
            }
            // An error cannot come: the text was checked.
            let Some(Ok(piece)) = rest.next() else { break true };
            match piece {
                Piece::Plain(plain) => *run = plain,
                Piece::Hanzi(hanzi) => _ = out.put(&hanzi.bytes()),
                Piece::Break => {
                    self.new_line(out);
                    continue;
                }
            }
            self.line.height = self.line.height.max(self.line.style.height);
        };
        self.line.column = rest.column();
        done
    }

    fn columns(&mut self, columns: &mut Columns<'_>, out: &mut Out<'_>) -> bool {
        loop {
            if !self.repeat(b' ', &mut columns.gap, out) || !self.text(&mut columns.text, out) {
                return false;
            }
            let Some((breaks, gap, right)) = columns.then else { return self.new_line(out) };
            if breaks && !self.new_line(out) {
                return false;
            }
            let column = self.line.column.saturating_add(gap.saturating_mul(self.line.style.width));
            let context = Context { column, ..self.line.context() };
            columns.text = Text::checked(right, self.profile, context);
            (columns.gap, columns.then) = (gap, None);
        }
    }

    fn repeat(&mut self, byte: u8, count: &mut u8, out: &mut Out<'_>) -> bool {
        while *count > 0 {
            if !out.put(&[byte]) {
                return false;
            }
            *count -= 1;
            self.line.column = self.line.column.saturating_add(self.line.style.width);
            self.line.height = self.line.height.max(self.line.style.height);
        }
        true
    }

    fn new_line(&mut self, out: &mut Out<'_>) -> bool {
        if !out.put(&command::LF) {
            return false;
        }
        let printed = GLYPH * u32::from(self.line.height);
        let fed = u32::from(self.profile.line_pitch).saturating_sub(printed);
        let dots = COLUMN_DOTS * u32::from(self.line.column) * u32::from(self.line.height);
        out.working(Work { printed, dots, ..Work::feeding(fed) });
        self.line.column = 0;
        self.line.height = 0;
        true
    }

    fn feed_dots(&self, dots: &mut u16, out: &mut Out<'_>) -> bool {
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

impl Line {
    const fn context(&self) -> Context {
        Context { style: self.style, align: self.align, column: self.column }
    }
}

/// Writes what fits; whether that is all.
#[inline]
fn put_plain(plain: &mut Plain<'_>, out: &mut Out<'_>) -> bool {
    let (fits, others) = plain.split(out.room());
    *plain = others;
    out.put(fits.bytes()) && others.bytes().is_empty()
}

fn put_some(data: &mut &[u8], out: &mut Out<'_>) -> bool {
    let (fits, others) = data.split_at_checked(out.room()).unwrap_or((data, &[]));
    *data = others;
    out.put(fits) && others.is_empty()
}

/// The bar code in one piece: half of one would be printed as another.
fn code128(code: &Code128<'_>, out: &mut Out<'_>) -> bool {
    let length = code.bytes().count();
    let header = command::code128(code.height, code.module, u8::try_from(length).unwrap_or(0));
    if out.room() < header.len() + length {
        return false;
    }
    out.working(Work::printing(u32::from(code.height) + GLYPH));
    out.put(&header);
    code.bytes().all(|byte| out.put(&[byte]))
}
