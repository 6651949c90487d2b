//! What is printed, each kind by itself: a program links those that it prints.

use super::command;
use super::encoder::{Encoder, Out, Slice};
use super::job::{self, Body, Job, Owed};
use super::line::Context;
use super::profile::{Cutter, Profile};
use super::refusal::Refusal;
use super::symbol::NativeQr;
use super::text::{Copied, Text, ended};
use super::work::Work;
use crate::printer::{Align, Item, QrLevel, Style};

/// What can be printed: an [`Item`], or one kind of it by itself, which takes
/// less flash. Not to be implemented by others.
pub trait Printable<'a> {
    /// It was checked, and is on its way into bytes.
    type Job: Fill;

    /// Checks all of it.
    #[doc(hidden)]
    fn begin(self, encoder: &Encoder) -> Result<Self::Job, Refusal>;
}

/// What is left of something to print.
pub trait Fill {
    /// Nothing is left.
    fn done() -> Self
    where
        Self: Sized;

    /// The next slice of it.
    fn fill(&mut self, encoder: &mut Encoder, out: &mut [u8]) -> Slice;

    /// What the printer expects after what was handed out.
    fn owed(&self) -> Owed;

    /// Whether what comes next takes the time that is counted for it, and not
    /// less: text, and feeds.
    fn is_paced(&self) -> bool;
}

/// A kind of thing to print.
pub(super) trait Kind {
    /// As [`Fill::is_paced`].
    const PACED: bool = true;

    /// Writes what fits; whether that is all.
    fn write(&mut self, encoder: &mut Encoder, out: &mut Out<'_>) -> bool;

    /// What the printer expects after what was written.
    fn owed(&self) -> Owed {
        Owed::NOTHING
    }
}

/// A [`Job`] of one kind.
#[derive(Clone, Debug)]
pub struct Part<K> {
    ends_line: bool,
    kind: Option<K>,
}

impl<K> Part<K> {
    /// On a line of its own.
    const fn line(kind: K) -> Self {
        Self { ends_line: true, kind: Some(kind) }
    }

    /// Whether all of it was handed out.
    #[must_use]
    pub const fn is_done(&self) -> bool {
        self.kind.is_none() && !self.ends_line
    }
}

impl Part<Align> {
    /// Only ends the line that is open.
    pub(super) const LINE_END: Self = Self { ends_line: true, kind: None };
}

impl<K: Kind> Fill for Part<K> {
    fn done() -> Self {
        Self { ends_line: false, kind: None }
    }

    fn fill(&mut self, encoder: &mut Encoder, out: &mut [u8]) -> Slice {
        let length = out.len();
        let mut room = Out::new(out);
        if encoder.ends_line(&mut self.ends_line, &mut room)
            && self.kind.as_mut().is_some_and(|kind| kind.write(encoder, &mut room))
        {
            self.kind = None;
        }
        Slice { len: length - room.room(), work: room.work }
    }

    fn owed(&self) -> Owed {
        self.kind.as_ref().map_or(Owed::NOTHING, Kind::owed)
    }

    fn is_paced(&self) -> bool {
        K::PACED
    }
}

impl Fill for Job<'_> {
    fn done() -> Self {
        Self::DONE
    }

    fn fill(&mut self, encoder: &mut Encoder, out: &mut [u8]) -> Slice {
        let Self { ends_line: false, body: body @ Body::Text(_), page: None } = self else {
            return encoder.fill_job(self, out);
        };
        let length = out.len();
        let mut room = Out::new(out);
        if let Body::Text(words) = body
            && words.write(encoder, &mut room)
        {
            *body = Body::Done;
        }
        Slice { len: length - room.room(), work: room.work }
    }

    fn owed(&self) -> Owed {
        Job::owed(self)
    }

    fn is_paced(&self) -> bool {
        Job::is_paced(self)
    }
}

impl<'a> Printable<'a> for &Item<'a> {
    type Job = Job<'a>;

    #[inline]
    fn begin(self, encoder: &Encoder) -> Result<Job<'a>, Refusal> {
        match *self {
            Item::Text(text) => Words::begin(text, encoder),
            _ => Job::new(self, encoder.profile, encoder.context()),
        }
    }
}

/// As [`Item::Text`].
impl<'a> Printable<'a> for &'a str {
    type Job = Part<Words<'a>>;

    fn begin(self, encoder: &Encoder) -> Result<Self::Job, Refusal> {
        Words::begin(self, encoder)
    }
}

/// Text.
#[derive(Clone, Debug)]
pub struct Words<'a> {
    pub(super) text: Text<'a>,
    /// The line is ended after it.
    pub(super) ended: bool,
}

impl<'a> Words<'a> {
    #[inline]
    fn begin<J: From<Self>>(text: &'a str, encoder: &Encoder) -> Result<J, Refusal> {
        let (one, ended) = ended(text);
        match Copied::new(one, encoder.line.cells, encoder.line.taken) {
            Some(copied) => Ok(Self { text: Text::Plain(copied), ended }.into()),
            None => Self::new(text, encoder.profile, &mut encoder.context()).map(J::from),
        }
    }

    /// One line is ended after it, and not in it.
    pub(super) fn new(
        text: &'a str,
        profile: &Profile,
        context: &mut Context,
    ) -> Result<Self, Refusal> {
        let (text, ended) = Text::new(text, profile, context)?;
        Ok(Self { text, ended })
    }
}

impl<'a> From<Words<'a>> for Part<Words<'a>> {
    #[inline]
    fn from(words: Words<'a>) -> Self {
        Self { ends_line: false, kind: Some(words) }
    }
}

impl<'a> From<Words<'a>> for Job<'a> {
    #[inline]
    fn from(words: Words<'a>) -> Self {
        Self { ends_line: false, body: Body::Text(words), page: None }
    }
}

impl Kind for Words<'_> {
    #[inline]
    fn write(&mut self, encoder: &mut Encoder, out: &mut Out<'_>) -> bool {
        encoder.text(&mut self.text, out) && (!self.ended || encoder.new_line(out))
    }
}

/// As [`Item::Style`].
impl Printable<'_> for Style {
    type Job = Part<Self>;

    fn begin(self, encoder: &Encoder) -> Result<Self::Job, Refusal> {
        let ends_line = job::turns(self, encoder.line.style);
        Ok(Part { ends_line, kind: Some(job::checked(self, encoder.profile)?) })
    }
}

impl Kind for Style {
    fn write(&mut self, encoder: &mut Encoder, out: &mut Out<'_>) -> bool {
        encoder.style(*self, out)
    }
}

/// As [`Item::Align`].
impl Printable<'_> for Align {
    type Job = Part<Self>;

    fn begin(self, _: &Encoder) -> Result<Self::Job, Refusal> {
        Ok(Part::line(self))
    }
}

impl Kind for Align {
    fn write(&mut self, encoder: &mut Encoder, out: &mut Out<'_>) -> bool {
        encoder.line.align = *self;
        out.put(&command::align(*self))
    }
}

/// So many blank lines, as [`Item::Feed`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Feed(pub u8);

impl Printable<'_> for Feed {
    type Job = Part<Self>;

    fn begin(self, _: &Encoder) -> Result<Self::Job, Refusal> {
        Ok(Part { ends_line: true, kind: Some(self).filter(|feed| feed.0 > 0) })
    }
}

impl Kind for Feed {
    fn write(&mut self, encoder: &mut Encoder, out: &mut Out<'_>) -> bool {
        let fed = u32::from(self.0) * u32::from(encoder.line.pitch);
        out.put(&command::feed_lines(self.0)) && out.working(Work::feeding(fed))
    }
}

/// As [`Item::Cut`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Cut;

/// What cuts: dots to feed, or a command.
#[derive(Clone, Debug)]
pub enum Cutting {
    /// Past a tear bar.
    Feed(u16),
    /// By a knife.
    Knife {
        /// No bridge is left.
        full: bool,
        /// Margin.
        dots: u8,
    },
}

impl Cutting {
    pub(super) const fn of(cutter: Cutter) -> Self {
        match cutter {
            Cutter::TearBar { dots } => Self::Feed(dots),
            Cutter::Partial { dots } => Self::Knife { full: false, dots },
            Cutter::Full { dots } => Self::Knife { full: true, dots },
        }
    }
}

impl Printable<'_> for Cut {
    type Job = Part<Cutting>;

    fn begin(self, encoder: &Encoder) -> Result<Self::Job, Refusal> {
        Ok(Part::line(Cutting::of(encoder.profile.cutter)))
    }
}

impl Kind for Cutting {
    const PACED: bool = false;

    fn write(&mut self, encoder: &mut Encoder, out: &mut Out<'_>) -> bool {
        let (full, dots) = match self {
            Self::Feed(dots) => return encoder.feed_dots(dots, out),
            Self::Knife { full, dots } => (*full, *dots),
        };
        let units = dots.saturating_mul(encoder.profile.units_per_dot);
        let cut = if full { command::cut_full(units) } else { command::cut_partial(units) };
        out.put(&cut) && out.working(Work { cuts: 1, ..Work::feeding(dots.into()) })
    }
}

/// A QR code as [`Item::Qr`], but one that the printer makes itself: it is
/// never drawn.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Qr<'a> {
    /// What it says.
    pub data: &'a [u8],
    /// Dots a module, 1 to 16.
    pub module: u8,
    /// Error correction.
    pub level: QrLevel,
}

impl<'a> Printable<'a> for Qr<'a> {
    type Job = Part<NativeQr<'a>>;

    fn begin(self, encoder: &Encoder) -> Result<Self::Job, Refusal> {
        NativeQr::new(self, encoder.profile, encoder.line.cells.line).map(Part::line)
    }
}

impl Kind for NativeQr<'_> {
    const PACED: bool = false;

    fn write(&mut self, _: &mut Encoder, out: &mut Out<'_>) -> bool {
        NativeQr::write(self, out)
    }

    fn owed(&self) -> Owed {
        NativeQr::owed(self)
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::vec::Vec;

    use super::{Align, Cut, Encoder, Feed, Fill, Item, Printable, Qr, QrLevel, Slice, Style};
    use crate::printer::escpos::Profile;

    fn slices<'a>(encoder: &mut Encoder, item: impl Printable<'a>) -> Vec<(Vec<u8>, Slice)> {
        let mut job = item.begin(encoder).unwrap();
        let mut all = Vec::new();
        loop {
            let mut out = [0; Encoder::SLICE];
            let slice = job.fill(encoder, &mut out);
            if slice.len == 0 {
                return all;
            }
            all.push((out[..slice.len].to_vec(), slice));
        }
    }

    /// So that either goes on where the other stopped.
    #[test]
    fn a_kind_by_itself_has_the_slices_of_the_item() {
        let long = "罚款 200.00\n".repeat(40);
        let (data, module, level) = (&[b'x'; 300][..], 2, QrLevel::L);
        let turned = Style { emphasis: crate::printer::Emphasis::UPSIDE_DOWN, ..Style::TITLE };
        for profile in [&Profile::CLONE_58MM, &Profile::EPSON_80MM] {
            let (mut ours, mut items) = (Encoder::new(profile), Encoder::new(profile));
            let mut same = |ours: Vec<_>, item| assert_eq!(ours, slices(&mut items, &item));
            for text in ["on the line", &long] {
                same(slices(&mut ours, text), Item::Text(text));
                same(slices(&mut ours, turned), Item::Style(turned));
                same(slices(&mut ours, Style::BOLD), Item::Style(Style::BOLD));
                same(slices(&mut ours, text), Item::Text(text));
                same(slices(&mut ours, Align::Center), Item::Align(Align::Center));
                let qr = Qr { data, module, level };
                same(slices(&mut ours, qr), Item::Qr { data, module, level });
                same(slices(&mut ours, text), Item::Text(text));
                same(slices(&mut ours, Feed(0)), Item::Feed(0));
                same(slices(&mut ours, Feed(3)), Item::Feed(3));
                same(slices(&mut ours, Cut), Item::Cut);
            }
        }
    }
}
