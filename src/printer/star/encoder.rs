use super::asb::Ear;
use super::command;
use super::profile::Profile;
use super::symbol::{Bar, Qr};
use crate::printer::engine::{Heard, Language, Line, Owed, Picture, Words, plain_style};
use crate::printer::escpos::{Cutter, Out, Profile as Printer, Refusal, Slice, Work};
use crate::printer::text::{Piece, Plain};
use crate::printer::{Align, Item, Layout, Style};

/// The longest that a character is.
const HANZI: usize = 4;

/// Items into bytes, without a printer: for files, and for measuring.
///
/// ```
/// use embedded_pos::printer::Item;
/// use embedded_pos::printer::star::{Encoder, Profile};
///
/// let mut encoder = Encoder::new(&Profile::STAR_80MM);
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
    line: Line,
}

/// An item that was checked, on its way into bytes.
#[derive(Clone, Debug)]
pub struct Job<'a> {
    words: Words<'a>,
    /// A run for which there was no room.
    held: Plain<'a>,
    /// The text is out.
    set: bool,
    body: Body<'a>,
}

/// What is left of an item after its text.
#[derive(Clone, Debug)]
enum Body<'a> {
    Done,
    Style(Style),
    Align(Align),
    FeedLines(u8),
    FeedDots(u16),
    Cut { full: bool },
    Bar(Bar<'a>),
    QrStore(Qr<'a>),
    QrData { data: &'a [u8], rows: u16 },
    QrPrint { rows: u16 },
    Picture(Picture<'a>),
}

impl Job<'_> {
    /// Whether all of it was handed out.
    #[must_use]
    pub const fn is_done(&self) -> bool {
        self.set && matches!(self.body, Body::Done)
    }
}

impl Encoder {
    /// The shortest buffer that [`fill`](Self::fill) is to be given.
    pub const SLICE: usize = 96;

    /// What a printer is sent first.
    pub const PROLOGUE: [u8; 13] = command::PROLOGUE;

    /// For a printer that was sent the [prologue](Self::PROLOGUE).
    #[must_use]
    pub const fn new(profile: &'static Profile) -> Self {
        Self { profile, line: Line::new() }
    }

    /// Checks all of an item and begins it.
    ///
    /// # Errors
    /// Why it cannot be printed.
    pub fn begin<'a>(&self, item: &Item<'a>) -> Result<Job<'a>, Refusal> {
        let printer = &self.profile.printer;
        let body = self.body(item, printer)?;
        let words = Words::new(item, &self.line, printer)?;
        Ok(Job { words, held: Plain::default(), set: false, body })
    }

    fn body<'a>(&self, item: &Item<'a>, printer: &Printer) -> Result<Body<'a>, Refusal> {
        Ok(match *item {
            Item::Style(style) => Body::Style(plain_style(style, 6)?),
            Item::Layout(Layout::Feed(dots)) => Body::FeedDots(dots),
            Item::Align(align) => Body::Align(align),
            Item::Feed(lines) => Body::FeedLines(lines),
            Item::Qr { data, module, level } => {
                Body::QrStore(Qr::new(data, module, level, printer)?)
            }
            Item::Barcode(code) => Body::Bar(Bar::new(&code, printer.paper.dots)?),
            Item::Raster(raster) => Body::Picture(Picture::new(raster, printer)?),
            Item::Cut => match printer.cutter {
                Cutter::TearBar { dots } => Body::FeedDots(dots),
                Cutter::Partial { .. } => Body::Cut { full: false },
                Cutter::Full { .. } => Body::Cut { full: true },
            },
            _ => Body::Done,
        })
    }

    /// Writes as much of a job as fits into `out`, which is at least
    /// [`SLICE`](Self::SLICE) long. Commands are not split over two calls.
    pub fn fill(&mut self, job: &mut Job<'_>, out: &mut [u8]) -> Slice {
        let length = out.len();
        let mut out = Out::new(out);
        job.set = job.set || self.words(&mut job.words, &mut job.held, &mut out);
        if job.set {
            while self.write(&mut job.body, &mut out) {}
        }
        Slice { len: length - out.room(), work: out.work }
    }

    /// Writes what fits of a text; whether that is all.
    fn words<'a>(
        &mut self,
        words: &mut Words<'a>,
        held: &mut Plain<'a>,
        out: &mut Out<'_>,
    ) -> bool {
        loop {
            let (fits, others) = held.split(out.room());
            out.put(fits.bytes());
            *held = others;
            if out.room() < HANZI {
                return false;
            }
            match words.next(&mut self.line) {
                None => return true,
                Some(Piece::Plain(plain)) => *held = plain,
                Some(Piece::Hanzi(hanzi)) => _ = out.put(hanzi.bytes()),
                Some(Piece::Break) => {
                    out.put(&command::LF);
                    let (high, printed) = self.line.end(self.profile.printer.line_pitch);
                    out.working(Work { printed, ..Work::feeding(high - printed) });
                }
                // There are none without code pages and glyphs.
                Some(Piece::Letter(_) | Piece::Drawn(_)) => {}
            }
        }
    }

    /// Writes a part of an item, or what fits of it; whether to go on.
    fn write(&mut self, body: &mut Body<'_>, out: &mut Out<'_>) -> bool {
        let next = match &mut *body {
            Body::Done => return false,
            Body::QrStore(qr) if out.put(&qr.header()) => {
                Body::QrData { data: qr.data, rows: qr.rows }
            }
            Body::QrData { data, rows } => {
                let (fits, others) = data.split_at_checked(out.room()).unwrap_or((data, &[]));
                out.put(fits);
                *data = others;
                if !others.is_empty() {
                    return false;
                }
                Body::QrPrint { rows: *rows }
            }
            Body::FeedLines(lines) if *lines > 0 => return self.feed_lines(lines, out),
            Body::FeedDots(dots) if *dots > 0 => return feed_dots(dots, out),
            Body::FeedLines(_) | Body::FeedDots(_) => Body::Done,
            other => {
                let done = match other {
                    Body::Picture(picture) => self.picture(picture, out),
                    command => self.command(command, out),
                };
                if !done {
                    return false;
                }
                Body::Done
            }
        };
        *body = next;
        true
    }

    /// An item of one command; whether there was room.
    fn command(&mut self, body: &Body<'_>, out: &mut Out<'_>) -> bool {
        match body {
            Body::Style(style) => {
                self.line.style = *style;
                out.put(&command::style(*style))
            }
            Body::Align(align) => {
                self.line.align = *align;
                out.put(&command::align(*align))
            }
            Body::Cut { full } => {
                // To the knife is about 12 mm.
                let work = Work { cuts: 1, ..Work::feeding(96) };
                out.put(&command::cut(*full)) && out.working(work)
            }
            Body::Bar(code) => code.write(out),
            Body::QrPrint { rows } => {
                let work = Work { symbols: 1, ..Work::printing((*rows).into()) };
                out.put(&command::QR_PRINT) && out.working(work)
            }
            _ => false,
        }
    }

    fn feed_lines(&self, lines: &mut u8, out: &mut Out<'_>) -> bool {
        let step = (*lines).min(127);
        let fed = u32::from(step) * u32::from(self.profile.printer.line_pitch);
        let put = out.put(&command::feed_lines(step)) && out.working(Work::feeding(fed));
        *lines -= if put { step } else { 0 };
        put
    }

    /// Writes what fits of a picture; whether that is all.
    fn picture(&self, picture: &mut Picture<'_>, out: &mut Out<'_>) -> bool {
        loop {
            // One dot is added, beside others, to what would be executed.
            let harmless = |last, byte| [byte | u8::from(command::is_real_time(last, byte))];
            if !picture.write(out, harmless) {
                return false;
            }
            let rows = picture.next_band(self.profile.printer.band);
            if rows == 0 {
                return true;
            }
            if !out.put(&command::raster(picture.stride(), rows.into())) {
                return false;
            }
            picture.begin(rows);
        }
    }
}

fn feed_dots(dots: &mut u16, out: &mut Out<'_>) -> bool {
    let step = u8::try_from(*dots).unwrap_or(u8::MAX);
    let put = out.put(&command::feed_dots(step)) && out.working(Work::feeding(step.into()));
    *dots -= if put { step.into() } else { 0 };
    put
}

impl Language for Encoder {
    type Job<'a> = Job<'a>;
    type Ear = Ear;

    const PROLOGUE: &'static [u8] = &command::PROLOGUE;
    const ANSWERS_IN_ORDER: bool = false;

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
        match &job.body {
            Body::QrData { data, .. } => Owed { bytes: data.len(), ..Owed::NOTHING },
            Body::Picture(picture) => picture.owed(1),
            _ => Owed::NOTHING,
        }
    }

    fn longest(&self) -> Owed {
        /// No command has more bytes before its payload.
        const HEADER: usize = 16;
        /// The most that a QR code takes.
        const QR: usize = 2_953;
        let Printer { paper, band, .. } = self.profile();
        let row = usize::from(paper.dots.div_ceil(8));
        let bytes = HEADER + QR.max(row * usize::from(*band));
        Owed { bytes, row, ..Owed::NOTHING }
    }

    fn restart(&mut self) {
        *self = Self::new(self.profile);
    }

    fn request(&self) -> &'static [u8] {
        if self.profile.status { &command::STATUS } else { &[] }
    }

    fn prove(&self, id: [u8; 2]) -> Option<[u8; 6]> {
        self.profile.counter.then(|| command::print_end(id))
    }

    fn idle_proves(&self) -> bool {
        false
    }

    fn hear(ear: &mut Ear, byte: u8) -> Heard {
        ear.hear(byte)
    }
}
