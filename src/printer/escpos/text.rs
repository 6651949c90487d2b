//! The bytes of text: modes, code pages, and characters that are drawn.

use super::command;
use super::encoder::{Encoder, Out};
use super::line::{Context, GLYPH, Line, Mode};
use super::profile::Profile;
use super::refusal::Refusal;
use super::symbol::completes_real_time;
use crate::printer::text::{Cells, Dots, Hanzi, Letter, Piece, Plain, Select, Token};
use crate::printer::text::{Tokens, Unprintable, Wrap, is_opening};
use crate::printer::{Emphasis, Font};

/// What is left of a text.
#[derive(Clone, Debug)]
pub(super) enum Text<'a> {
    Plain(Copied<'a>),
    /// What stands on the line as it is, and has nothing to be drawn.
    Line(&'a str),
    Wrapped {
        /// A piece that was cut off the rest, and for which there was no room.
        piece: Option<Piece<'a>>,
        rest: Wrap<'a>,
    },
}

/// What stands on the line as it is, and needs no more than to be copied.
#[derive(Clone, Copy, Debug)]
pub(super) struct Copied<'a> {
    run: Plain<'a>,
    /// How wide each character is, in dots.
    narrow: u16,
}

impl<'a> Copied<'a> {
    #[inline]
    pub(super) fn new(text: &'a str, cells: Cells, taken: u16) -> Option<Self> {
        let Cells { line, narrow, .. } = cells;
        let run = Plain::all(text, line.saturating_sub(taken) / narrow)?;
        Some(Self { run, narrow })
    }

    /// Writes what fits; whether that is all.
    #[inline]
    pub(super) fn write(&mut self, line: &mut Line, out: &mut Out<'_>) -> bool {
        let written = put_plain(&mut self.run, out);
        line.wrote(written.saturating_mul(self.narrow));
        self.run.bytes().is_empty()
    }
}

/// A line and whether it is to be ended after it.
#[inline]
pub(super) fn ended(text: &str) -> (&str, bool) {
    text.strip_suffix('\n').map_or((text, false), |line| (line, true))
}

impl<'a> Text<'a> {
    /// The text, and whether it is one line that is to be ended after it.
    #[inline]
    pub(super) fn new(
        text: &'a str,
        profile: &Profile,
        context: &mut Context,
    ) -> Result<(Self, bool), Refusal> {
        let Context { cells: Cells { line, narrow, wide }, taken, .. } = *context;
        let (one, ended) = ended(text);
        let size = context.tokens(one, profile).measure(narrow.into(), wide.into())?;
        let is_one = !size.breaks && !size.drawn;
        if is_one && size.width <= line.saturating_sub(taken).into() && !one.ends_with(is_opening) {
            return Ok((Self::Line(one), ended));
        }
        let wrap = Wrap::of(context.tokens(text, profile), context.cells, taken);
        if size.drawn
            && let Some(DrawnText { check, .. }) = context.drawn
        {
            check(text, wrap, profile, context)?;
        }
        Ok((Self::Wrapped { piece: None, rest: wrap }, false))
    }

    /// A text that was checked, or nothing.
    pub(super) fn checked(text: &'a str, profile: &Profile, mut context: Context) -> Self {
        let text = Self::new(text, profile, &mut context);
        text.map_or(Self::Line(""), |(text, _)| text)
    }
}

/// What only text with drawn characters takes: linked by who draws them.
#[derive(Clone, Copy, Debug)]
pub(super) struct DrawnText {
    check: fn(&str, Wrap<'_>, &Profile, &mut Context) -> Result<(), Unprintable>,
    write: fn(&mut Encoder, char, &mut Out<'_>) -> bool,
}

impl DrawnText {
    pub(super) const NEW: &'static Self = &Self { check: check_drawn, write: Encoder::drawn };
}

/// How a character is drawn that the printer does not have.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Drawing {
    /// As a hanzi that the user defines.
    Hanzi,
    /// As two characters of one column that the user defines.
    Narrow,
    /// As a picture in the line.
    Picture,
}

impl Drawing {
    fn of(profile: &Profile) -> Self {
        let charset = &profile.charset;
        match (profile.user_glyphs, charset.utf8(), charset.has_hanzi()) {
            (1.., None, true) => Self::Hanzi,
            (1.., None, false) => Self::Narrow,
            _ => Self::Picture,
        }
    }

    /// Whether the style can be given to it.
    fn takes(self, context: &Context) -> bool {
        let style = &context.style;
        match self {
            Self::Hanzi => true,
            Self::Narrow => style.font == Font::A && !style.emphasis.contains(Emphasis::ROTATED),
            Self::Picture => context.cells.wide == GLYPH && style.magnified() == (1, 1),
        }
    }
}

/// That no line has more drawn characters than there are places, and that they
/// can have its style.
fn check_drawn(
    text: &str,
    mut wrap: Wrap<'_>,
    profile: &Profile,
    context: &mut Context,
) -> Result<(), Unprintable> {
    let drawing = Drawing::of(profile);
    let takes = drawing.takes(context);
    while let Some(piece) = piece_of(&mut wrap) {
        match piece {
            Piece::Break => context.slots.clear(),
            Piece::Drawn(drawn) => {
                let character = drawn.character();
                let mut place = || context.slots.place(character, profile.user_glyphs);
                if !takes || drawing != Drawing::Picture && place().is_none() {
                    let at = text.find(character).unwrap_or(0);
                    return Err(Unprintable { character, at });
                }
            }
            _ => {}
        }
    }
    Ok(())
}

impl Context {
    pub(super) const fn tokens<'a>(&self, text: &'a str, profile: &Profile) -> Tokens<'a> {
        Tokens::new(text, profile.charset).with(self.glyphs)
    }
}

impl Encoder {
    #[inline]
    pub(super) fn text(&mut self, text: &mut Text<'_>, out: &mut Out<'_>) -> bool {
        match text {
            Text::Plain(copied) => copied.write(&mut self.line, out),
            Text::Line(rest) => self.on_line(rest, out),
            Text::Wrapped { piece, rest } => self.wrapped(piece, rest, out),
        }
    }

    fn on_line(&mut self, rest: &mut &str, out: &mut Out<'_>) -> bool {
        let Cells { narrow, wide, .. } = self.line.cells;
        let mut tokens = Tokens::new(rest, self.profile.charset).with(self.glyphs);
        let (mut dots, mut all) = (0_u16, true);
        while all {
            if self.line.mode == Mode::TwoByte
                && out.room() >= 2
                && let Some(pair) = tokens.pair()
            {
                out.put(&pair);
                dots += wide;
                continue;
            }
            *rest = tokens.rest();
            // They are no more than the line.
            match tokens.next() {
                Some(Ok(Token::Plain(mut plain))) => {
                    let written = put_plain(&mut plain, out);
                    dots += written * narrow;
                    all = plain.bytes().is_empty();
                    if !all {
                        *rest = rest.get(written.into()..).unwrap_or_default();
                    }
                }
                Some(Ok(Token::Hanzi(hanzi))) if self.hanzi(&hanzi, out) => dots += wide,
                Some(Ok(Token::Letter(letter))) if self.letter(letter, out) => dots += narrow,
                Some(Ok(_)) => all = false,
                _ => break,
            }
        }
        self.line.wrote(dots);
        all
    }

    fn wrapped<'a>(
        &mut self,
        held: &mut Option<Piece<'a>>,
        rest: &mut Wrap<'a>,
        out: &mut Out<'_>,
    ) -> bool {
        let (_, height) = self.line.style.magnified();
        let mut next = held.take();
        while let Some(mut piece) = next.or_else(|| piece_of(rest)) {
            let done = self.piece(&mut piece, out);
            if !matches!(piece, Piece::Break) {
                self.line.height = self.line.height.max(height);
            }
            if !done {
                *held = Some(piece);
                break;
            }
            next = None;
        }
        self.line.taken = rest.taken();
        held.is_none()
    }

    /// Writes a piece, or what fits of it; whether that is all.
    #[inline]
    fn piece(&mut self, piece: &mut Piece<'_>, out: &mut Out<'_>) -> bool {
        match piece {
            Piece::Plain(plain) => {
                put_plain(plain, out);
                plain.bytes().is_empty()
            }
            Piece::Hanzi(hanzi) => self.hanzi(hanzi, out),
            Piece::Letter(letter) => self.letter(*letter, out),
            Piece::Drawn(drawn) => {
                self.drawn.is_none_or(|of| (of.write)(self, drawn.character(), out))
            }
            Piece::Break => self.new_line(out),
        }
    }

    #[inline]
    fn hanzi(&mut self, hanzi: &Hanzi, out: &mut Out<'_>) -> bool {
        let is_on = self.line.mode != Mode::OneByte || self.shift(Mode::TwoByte, out);
        is_on
            && match *hanzi.bytes() {
                [lead, trail] => out.put(&[lead, trail]),
                ref others => out.put(others),
            }
    }

    /// Makes the printer take bytes for characters of two bytes, or of one;
    /// where it takes UTF-8, for that.
    #[inline]
    fn shift(&mut self, mode: Mode, out: &mut Out<'_>) -> bool {
        let utf8 = self.profile.charset.utf8();
        let mode = if utf8.is_some() { Mode::Utf8 } else { mode };
        if self.line.mode == mode {
            return true;
        }
        let done = out.put(match (utf8, mode) {
            (Some(utf8), _) => command::utf8(utf8),
            (None, Mode::OneByte) => &command::SINGLE_BYTE_MODE,
            (None, _) => &command::KANJI_MODE,
        });
        if done {
            self.line.mode = mode;
        }
        done
    }

    fn letter(&mut self, letter: Letter, out: &mut Out<'_>) -> bool {
        if !self.shift(Mode::OneByte, out) {
            return false;
        }
        match (letter.select(), letter.bytes()) {
            (_, utf8) if self.line.mode == Mode::Utf8 => out.put(utf8),
            (Select::Page(page), byte) => self.code_page(page, out) && out.put(byte),
            (Select::National(set), byte) => {
                out.put_all(&[&command::national(set), byte, &command::ASCII])
            }
        }
    }

    fn code_page(&mut self, page: u8, out: &mut Out<'_>) -> bool {
        let done = self.line.page == Some(page) || out.put(&command::code_page(page));
        if done {
            self.line.page = Some(page);
        }
        done
    }

    fn drawn(&mut self, character: char, out: &mut Out<'_>) -> bool {
        // There are dots, and a place: the text was checked.
        let Some(dots) = self.glyphs.dots(character) else { return true };
        let drawing = Drawing::of(self.profile);
        if drawing == Drawing::Picture {
            return out.put_all(&[&command::PICTURE_24, &columns(&dots)]);
        }
        let mut slots = self.line.slots;
        let Some((n, known)) = slots.place(character, self.profile.user_glyphs) else {
            return true;
        };
        let done = match drawing {
            Drawing::Hanzi => self.user_hanzi(n, (!known).then_some(dots), out),
            _ => user_narrow(n, (!known).then_some(dots), out),
        };
        if done {
            self.line.slots = slots;
        }
        done
    }

    /// The `n`th hanzi of the user, defined with dots that are new.
    fn user_hanzi(&mut self, n: u8, new: Option<Dots>, out: &mut Out<'_>) -> bool {
        let code = command::user_hanzi(n);
        let defined = match new {
            Some(dots) => out.put_all(&[&command::DEFINE_HANZI, &code, &columns(&dots)]),
            None => true,
        };
        defined && self.shift(Mode::TwoByte, out) && out.put(&code)
    }
}

/// The `n`th pair of characters of the user, defined with dots that are new;
/// user characters are on for no longer.
fn user_narrow(n: u8, new: Option<Dots>, out: &mut Out<'_>) -> bool {
    let code = command::user_pair(n);
    let columns = new.map(|dots| columns(&dots));
    let (left, right) = match columns.as_ref().and_then(|columns| columns.split_at_checked(36)) {
        Some(halves) => halves,
        None => return out.put_all(&[&command::USER_ON, &code, &command::USER_OFF]),
    };
    let (define, narrow) = (command::define_narrow(code), &[command::NARROW]);
    out.put_all(&[
        &define,
        narrow,
        left,
        narrow,
        right,
        &command::USER_ON,
        &code,
        &command::USER_OFF,
    ])
}

/// An error cannot come: the text was checked. One copy of it is enough.
#[inline(never)]
fn piece_of<'a>(rest: &mut Wrap<'a>) -> Option<Piece<'a>> {
    rest.next().and_then(Result::ok)
}

/// Column by column from the left, three bytes each from the top, and no
/// real-time command among them.
fn columns(dots: &Dots) -> [u8; 72] {
    let mut out = [0; 72];
    let mut last = 0;
    let places = (0..24_u32).flat_map(|x| dots.chunks_exact(8).map(move |rows| (x, rows)));
    for (byte, (x, rows)) in out.iter_mut().zip(places) {
        for row in rows {
            let [a, b, c] = *row;
            let black = u32::from_be_bytes([a, b, c, 0]) << x >> 31 == 1;
            *byte = *byte << 1 | u8::from(black);
        }
        if completes_real_time(last, *byte) {
            // Made harmless by one dot, beside one that is there.
            *byte |= 0x02;
        }
        last = *byte;
    }
    out
}

/// Writes what fits; how many characters.
#[inline]
fn put_plain(plain: &mut Plain<'_>, out: &mut Out<'_>) -> u16 {
    let (fits, others) = plain.split(out.room());
    *plain = others;
    out.put(fits.bytes());
    u16::try_from(fits.bytes().len()).unwrap_or(u16::MAX)
}
