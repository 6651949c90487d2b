use super::command;
use super::job::{Context, Job, Part};
use super::profile::Profile;
use super::refusal::Refusal;
use super::symbol::Code128;
use super::work::Work;
use crate::printer::text::{Piece, Plain, Wrap};
use crate::printer::{Align, Item, Style};

/// Dots of a character of normal size, along the paper.
const GLYPH: u32 = 24;

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

    /// Checks all of an item and begins it.
    ///
    /// # Errors
    /// Why it cannot be printed.
    pub fn begin<'a>(&self, item: &Item<'a>) -> Result<Job<'a>, Refusal> {
        Job::new(item, self.profile, self.line.context())
    }

    /// Writes as much of a job as fits into `out`, which is at least
    /// [`SLICE`](Self::SLICE) long. Commands are not split over two calls.
    pub fn fill(&mut self, job: &mut Job<'_>, out: &mut [u8]) -> Slice {
        let length = out.len();
        let mut out = Out { rest: out, work: Work::default() };
        while let Some(part) = &mut job.part {
            if !self.write(part, &mut out) {
                break;
            }
            job.advance(self.profile, self.line.context());
        }
        Slice { len: length - out.room(), work: out.work }
    }

    /// Writes a part, or what fits of it; whether that is all.
    fn write(&mut self, part: &mut Part<'_>, out: &mut Out<'_>) -> bool {
        match part {
            Part::Text { wrap, rest } => self.text(wrap, rest, out),
            Part::Repeat { byte, count } => self.repeat(*byte, count, out),
            Part::EndLine => self.line.height == 0 || self.new_line(out),
            Part::NewLine => self.new_line(out),
            Part::Style(style) => {
                self.line.style = *style;
                out.put(&command::style(*style))
            }
            Part::Align(align) => {
                self.line.align = *align;
                out.put(&command::align(*align))
            }
            Part::FeedLines(n) => {
                let fed = u32::from(*n) * u32::from(self.profile.line_pitch);
                out.put(&command::feed_lines(*n)) && out.working(Work::feeding(fed))
            }
            Part::FeedDots(dots) => self.feed_dots(dots, out),
            Part::QrStore { module, level, length } => {
                out.put(&command::qr_store(*module, *level, *length))
            }
            Part::Data(data) => put_some(data, out),
            Part::QrPrint { rows } => {
                let work = Work { symbols: 1, ..Work::printing(u32::from(*rows)) };
                out.put(&command::QR_PRINT) && out.working(work)
            }
            Part::Code128(code) => code128(code, out),
            Part::Bands(bands) => bands.write(self.profile, out),
            Part::Cut { full, dots } => {
                let units = dots.saturating_mul(self.profile.units_per_dot);
                let cut = if *full { command::cut_full(units) } else { command::cut_partial(units) };
                out.put(&cut) && out.working(Work { cuts: 1, ..Work::feeding(u32::from(*dots)) })
            }
        }
    }

    fn text<'a>(&mut self, wrap: &mut Wrap<'a>, rest: &mut Plain<'a>, out: &mut Out<'_>) -> bool {
        let done = loop {
            if !put_plain(rest, out) || out.room() < 2 {
                break false;
            }
            // An error cannot come: the text was checked.
            let Some(Ok(piece)) = wrap.next() else { break true };
            match piece {
                Piece::Plain(plain) => *rest = plain,
                Piece::Hanzi(hanzi) => _ = out.put(&hanzi.bytes()),
                Piece::Break => {
                    self.new_line(out);
                    continue;
                }
            }
            self.line.height = self.line.height.max(self.line.style.height);
        };
        self.line.column = wrap.column();
        done
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
        out.working(Work { printed, ..Work::feeding(fed) });
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
    let length = code.length();
    let header = command::code128(code.height, code.module, u8::try_from(length).unwrap_or(0));
    if out.room() < header.len() + length {
        return false;
    }
    out.working(Work::printing(u32::from(code.height) + GLYPH));
    out.put(&header);
    code.bytes().all(|byte| out.put(&[byte]))
}
