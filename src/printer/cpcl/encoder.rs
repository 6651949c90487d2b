use super::chunk::Chunk;
use super::command;
use super::inquiry::Ear;
use super::line::{TextLine, aligned};
use super::profile::Profile;
use super::symbol::{Bar, Qr};
use crate::printer::engine::{Heard, Language, Line, Owed, Picture, Words, plain_style};
use crate::printer::escpos::{Cutter, Out, Profile as Printer, Refusal, Slice, Work};
use crate::printer::text::Piece;
use crate::printer::{Align, Item, Layout, Style};

/// Items into bytes, without a printer: for files, and for measuring.
///
/// Text stays in the encoder until its line is whole.
///
/// ```
/// use embedded_pos::printer::Item;
/// use embedded_pos::printer::cpcl::{Encoder, Profile};
///
/// let mut encoder = Encoder::new(&Profile::BELT_58MM);
/// let mut job = encoder.begin(&Item::Text("罚款\n"))?;
/// let (mut bytes, mut out) = (Vec::new(), [0; Encoder::SLICE]);
/// while !job.is_done() {
///     let slice = encoder.fill(&mut job, &mut out);
///     bytes.extend(&out[..slice.len]);
/// }
/// assert!(bytes.starts_with(b"! 0 200 200 30 1\r\nPAGE-WIDTH 384\r\n"));
/// assert!(bytes.ends_with(b"T 24 0 0 0 \xB7\xA3\xBF\xEE\r\nPRINT\r\n"));
/// # Ok::<(), embedded_pos::printer::escpos::Refusal>(())
/// ```
#[derive(Clone, Debug)]
pub struct Encoder {
    pub(super) profile: &'static Profile,
    line: Line,
    text: TextLine,
    /// A form of the text was begun.
    begun: bool,
}

/// An item that was checked, on its way into bytes.
#[derive(Clone, Debug)]
pub struct Job<'a> {
    words: Words<'a>,
    /// A piece for which there was no room on the line, and its column.
    held: Option<(Piece<'a>, u8)>,
    /// How far the form of the line is.
    form: Option<usize>,
    stage: Stage,
    body: Body<'a>,
    /// How far the form of the item is.
    step: usize,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Stage {
    New,
    Words,
    Body,
}

/// What is left of an item after its text.
#[derive(Clone, Debug)]
enum Body<'a> {
    Done,
    Style(Style),
    Align(Align),
    Feed(u16),
    Bar(Bar<'a>),
    Qr(Qr<'a>),
    Picture { picture: Picture<'a>, x: u16, open: bool },
}

impl Job<'_> {
    /// Whether all of it was handed out.
    #[must_use]
    pub const fn is_done(&self) -> bool {
        matches!((self.stage, &self.body), (Stage::Body, Body::Done))
    }
}

impl Encoder {
    /// The shortest buffer that [`fill`](Self::fill) is to be given.
    pub const SLICE: usize = Chunk::SIZE;

    /// What a printer is sent first.
    pub const PROLOGUE: &[u8] = command::PROLOGUE;

    /// For a printer that was sent the [prologue](Self::PROLOGUE).
    #[must_use]
    pub const fn new(profile: &'static Profile) -> Self {
        Self { profile, line: Line::new(), text: TextLine::new(), begun: false }
    }

    /// Checks all of an item and begins it.
    ///
    /// # Errors
    /// Why it cannot be printed.
    pub fn begin<'a>(&self, item: &Item<'a>) -> Result<Job<'a>, Refusal> {
        let body = self.body(item, &self.profile.printer)?;
        let words = Words::new(item, &self.line, &self.profile.printer)?;
        Ok(Job { words, held: None, form: None, stage: Stage::New, body, step: 0 })
    }

    fn body<'a>(&self, item: &Item<'a>, printer: &Printer) -> Result<Body<'a>, Refusal> {
        let (align, dots) = (self.line.align, printer.paper.dots);
        Ok(match *item {
            Item::Feed(0) => Body::Done,
            Item::Style(style) => Body::Style(plain_style(style, 8)?),
            Item::Layout(Layout::Feed(dots)) => Body::Feed(dots),
            Item::Align(align) => Body::Align(align),
            Item::Feed(lines) => Body::Feed(u16::from(lines) * u16::from(printer.line_pitch)),
            Item::Qr { data, module, level } => {
                Body::Qr(Qr::new(data, module, level, align, printer)?)
            }
            Item::Barcode(code) => Body::Bar(Bar::new(&code, align, dots)?),
            Item::Raster(raster) => {
                let picture = Picture::new(raster, printer)?;
                let x = aligned(dots.saturating_sub(raster.width), align);
                Body::Picture { picture, x, open: false }
            }
            Item::Cut => match printer.cutter {
                Cutter::TearBar { dots } => Body::Feed(dots),
                Cutter::Partial { .. } | Cutter::Full { .. } => return Err(Refusal::Unsupported),
            },
            _ => Body::Done,
        })
    }

    /// Writes as much of a job as fits into `out`, which is at least
    /// [`SLICE`](Self::SLICE) long. Lines are not split over two calls, but
    /// for the data of a QR code and of a picture.
    pub fn fill(&mut self, job: &mut Job<'_>, out: &mut [u8]) -> Slice {
        let length = out.len();
        let mut out = Out::new(out);
        if job.stage == Stage::New {
            job.stage = Stage::Words;
            // The form of a job that was dropped was given up.
            if core::mem::take(&mut self.begun) {
                self.end_line();
            }
        }
        if job.stage == Stage::Words && self.words(job, &mut out) {
            job.stage = Stage::Body;
        }
        if job.stage == Stage::Body && self.write(job, &mut out) {
            job.body = Body::Done;
        }
        Slice { len: length - out.room(), work: out.work }
    }

    /// Sets what there is of a text, and prints the lines that are whole;
    /// whether that is all.
    fn words(&mut self, job: &mut Job<'_>, out: &mut Out<'_>) -> bool {
        loop {
            if job.form.is_some() && !self.form(&mut job.form, out) {
                return false;
            }
            let column = self.line.column;
            let held = job.held.take();
            let next = || job.words.next(&mut self.line).map(|piece| (piece, column));
            let Some((piece, column)) = held.or_else(next) else { return true };
            let style = self.line.style;
            let (set, rest) = match &piece {
                Piece::Hanzi(hanzi) => (self.text.push(hanzi.bytes(), 2, style, column), None),
                Piece::Plain(plain) => {
                    let (head, rest) = plain.split(TextLine::LONGEST);
                    let columns = head.bytes().len();
                    (self.text.push(head.bytes(), columns, style, column), Some((rest, columns)))
                }
                // There are none without code pages and glyphs.
                Piece::Break | Piece::Letter(_) | Piece::Drawn(_) => (false, None),
            };
            match (piece, set, rest) {
                (Piece::Break, ..) => job.form = Some(0),
                (piece, false, _) => {
                    job.form = Some(0);
                    job.held = Some((piece, column));
                }
                (_, true, Some((rest, columns))) if !rest.bytes().is_empty() => {
                    let columns = u8::try_from(columns).unwrap_or(0).saturating_mul(style.width);
                    job.held = Some((Piece::Plain(rest), column.saturating_add(columns)));
                }
                _ => {}
            }
        }
    }

    /// Writes what fits of the form of the line; whether that is all.
    fn form(&mut self, form: &mut Option<usize>, out: &mut Out<'_>) -> bool {
        while let Some(step) = *form {
            let Line { height, align, .. } = self.line;
            let Some(chunk) = self.text.chunk(step, height, align, self.profile) else {
                let (high, _) = self.end_line();
                out.working(Work::printing(high));
                *form = None;
                return true;
            };
            if !out.put(chunk.bytes()) {
                return false;
            }
            self.begun = true;
            *form = Some(step + 1);
        }
        true
    }

    fn end_line(&mut self) -> (u32, u32) {
        self.text = TextLine::new();
        self.begun = false;
        self.line.end(self.profile.printer.line_pitch)
    }

    /// Writes what fits of an item; whether that is all.
    fn write(&mut self, job: &mut Job<'_>, out: &mut Out<'_>) -> bool {
        match &mut job.body {
            Body::Done => {}
            Body::Style(style) => self.line.style = *style,
            Body::Align(align) => self.line.align = *align,
            Body::Feed(dots) => {
                let form = command::form(*dots, self.profile.printer.paper.dots);
                let form = form.text(command::PRINT);
                return out.put(form.bytes()) && out.working(Work::feeding((*dots).into()));
            }
            Body::Bar(code) => return self.bar(code, &mut job.step, out),
            Body::Qr(qr) => return self.qr(qr, &mut job.step, out),
            Body::Picture { picture, x, open } => return self.picture(picture, *x, open, out),
        }
        true
    }

    fn bar(&self, code: &Bar<'_>, step: &mut usize, out: &mut Out<'_>) -> bool {
        let width = self.profile.printer.paper.dots;
        while let Some(chunk) = code.chunk(*step, width, self.profile.font) {
            if !out.put(chunk.bytes()) {
                return false;
            }
            *step += 1;
        }
        out.working(Work::printing(code.rows().into()))
    }

    fn qr(&self, qr: &mut Qr<'_>, step: &mut usize, out: &mut Out<'_>) -> bool {
        loop {
            let put = match *step {
                0 => {
                    let form = command::form(qr.rows, self.profile.printer.paper.dots);
                    out.put(form.bytes())
                }
                1 => out.put(qr.header().bytes()),
                2 => {
                    let (fits, others) =
                        qr.data.split_at_checked(out.room()).unwrap_or((qr.data, &[]));
                    out.put(fits);
                    qr.data = others;
                    others.is_empty()
                }
                3 => out.put(command::PRINT_QR),
                _ => {
                    return out.working(Work { symbols: 1, ..Work::printing(qr.rows.into()) });
                }
            };
            if !put {
                return false;
            }
            *step += 1;
        }
    }

    fn picture(
        &self,
        picture: &mut Picture<'_>,
        x: u16,
        open: &mut bool,
        out: &mut Out<'_>,
    ) -> bool {
        let Profile { binary, printer, .. } = self.profile;
        loop {
            let whole = match binary {
                true => picture.write(out, |_, byte| [command::harmless(byte)]),
                false => picture.write(out, |_, byte| command::hex(byte)),
            };
            if !whole || *open && !out.put(command::PRINT_PICTURE) {
                return false;
            }
            *open = false;
            let rows = picture.next_band(printer.band);
            if rows == 0 {
                return true;
            }
            let form = command::form(rows.into(), printer.paper.dots);
            let form = command::picture(form, *binary, picture.stride(), rows.into(), x);
            if !out.put(form.bytes()) {
                return false;
            }
            // Printed when it is whole; each row counts when it is out, too.
            out.working(Work::printing(rows.into()));
            picture.begin(rows);
            *open = true;
        }
    }
}

impl Language for Encoder {
    type Job<'a> = Job<'a>;
    type Ear = Ear;

    const PROLOGUE: &'static [u8] = command::PROLOGUE;
    const ANSWERS_IN_ORDER: bool = true;

    fn profile(&self) -> &'static Printer {
        &self.profile.printer
    }

    fn begin<'a>(&self, item: &Item<'a>) -> Result<Job<'a>, Refusal> {
        Self::begin(self, item)
    }

    fn fill(&mut self, job: &mut Job<'_>, out: &mut [u8]) -> Slice {
        Self::fill(self, job, out)
    }

    fn owed(&self, job: &Job<'_>) -> Owed {
        match (&job.body, job.step) {
            _ if self.begun => Owed { tail: command::ABORT, ..Owed::NOTHING },
            (Body::Bar(_), 1..) | (Body::Qr(_), 1) => {
                Owed { tail: command::ABORT, ..Owed::NOTHING }
            }
            (Body::Qr(_), 2..) => Owed { tail: command::ABORT_QR, ..Owed::NOTHING },
            (Body::Picture { picture, open: true, .. }, _) => {
                let (digits, fill) = if self.profile.binary { (1, 0) } else { (2, b'0') };
                Owed { fill, tail: command::ABORT, ..picture.owed(digits) }
            }
            _ => Owed::NOTHING,
        }
    }

    fn restart(&mut self) {
        *self = Self::new(self.profile);
    }

    fn request(&self) -> &'static [u8] {
        if self.profile.status { &command::STATUS } else { &[] }
    }

    fn prove(&self, _: [u8; 2]) -> Option<[u8; 6]> {
        None
    }

    fn idle_proves(&self) -> bool {
        self.profile.idle_proves
    }

    fn hear(ear: &mut Ear, byte: u8) -> Heard {
        ear.hear(byte)
    }
}
