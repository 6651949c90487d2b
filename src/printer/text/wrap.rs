use super::{Charset, Hanzi, Plain, Token, Tokens, Unprintable};

/// What a line is made of.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Piece<'a> {
    /// One or more characters of one column that stand on the line.
    Plain(Plain<'a>),
    /// A character of two columns that stands on the line.
    Hanzi(Hanzi),
    /// The line ends, because the text says so or because it is full.
    Break,
}

/// Text broken into lines: an iterator of pieces.
///
/// A full line is broken only when something follows it, so that a text of
/// just the paper's width takes one line. Words and numbers stay whole if a
/// line takes them, and the space that a line is broken at is left out. A
/// hanzi is never split; closing punctuation does not begin a line, nor an
/// opening bracket end one, where that can be helped.
#[derive(Clone, Copy, Debug)]
pub struct Wrap<'a> {
    tokens: Tokens<'a>,
    held: Option<Token<'a>>,
    limit: u8,
    scale: u8,
    column: u8,
}

impl<'a> Wrap<'a> {
    /// Breaks `text` at `limit` columns. The first line has `column` columns
    /// taken already; each character is magnified `scale` times.
    ///
    /// A character wider than the limit stands on a line of its own.
    #[must_use]
    pub fn new(text: &'a str, charset: Charset, limit: u8, column: u8, scale: u8) -> Self {
        Self { tokens: Tokens::new(text, charset), held: None, limit, scale: scale.max(1), column }
    }

    /// The columns taken on the line now.
    #[must_use]
    pub const fn column(&self) -> u8 {
        self.column
    }

    fn line_end(&mut self) -> Piece<'a> {
        self.column = 0;
        Piece::Break
    }

    /// As much of the run as stands on this line; holds the others back.
    #[inline]
    fn plain(&mut self, plain: Plain<'a>) -> Piece<'a> {
        let room = usize::from(self.limit.saturating_sub(self.column) / self.scale);
        let all = plain.bytes().len();
        let n = match room.checked_sub(all) {
            None => self.break_point(plain, room),
            Some(left) if left < 2 && self.closing_follows() => {
                // Only between words: a word is not split for a comma.
                match self.break_point(plain, all.saturating_sub(1)) {
                    at if at > 0 && plain.bytes().get(at) != Some(&b' ') => all,
                    at => at,
                }
            }
            Some(_) => all,
        };
        let (fits, others) = plain.split(n);
        if n < all {
            let skip = usize::from(others.bytes().first() == Some(&b' '));
            let (_, others) = others.split(skip);
            if !others.bytes().is_empty() {
                self.held = Some(Token::Plain(others));
            }
        }
        if n == 0 {
            return self.line_end();
        }
        let columns = u8::try_from(n).unwrap_or(u8::MAX);
        self.column = self.column.saturating_add(columns.saturating_mul(self.scale));
        Piece::Plain(fits)
    }

    /// How much of a run, longer than the room, stands on this line: up to a
    /// space; none if the word fits on the next line; else as much as fits.
    fn break_point(&self, plain: Plain<'a>, room: usize) -> usize {
        let whole = usize::from(self.limit / self.scale);
        let bytes = plain.bytes();
        let is_space = |byte: &u8| *byte == b' ';
        let last = bytes.get(..=room).unwrap_or(bytes).iter().rposition(is_space);
        let word = bytes.iter().position(is_space).unwrap_or(bytes.len());
        match last {
            Some(at) if at > 0 || self.column > 0 => at,
            None if self.column > 0 && word <= whole => 0,
            _ if self.column > 0 => room,
            _ => room.max(1),
        }
    }

    #[inline]
    fn hanzi(&mut self, hanzi: Hanzi) -> Piece<'a> {
        let width = self.scale.saturating_mul(2);
        let end = self.column.saturating_add(width);
        let is_last = end.saturating_add(width) > self.limit;
        if is_last && self.column > 0 && (end > self.limit || self.moves_on(hanzi)) {
            self.held = Some(Token::Hanzi(hanzi));
            return self.line_end();
        }
        self.column = end;
        Piece::Hanzi(hanzi)
    }

    /// Whether the last hanzi of a line would better begin the next.
    fn moves_on(&self, hanzi: Hanzi) -> bool {
        is_opening(hanzi) || !is_closing(hanzi) && self.closing_follows()
    }

    fn closing_follows(&self) -> bool {
        let next = { self.tokens }.next();
        matches!(next, Some(Ok(Token::Hanzi(next))) if is_closing(next))
    }
}

/// `、。’”〕〉》」』】…` and `！％），．：；？` in full width.
const fn is_closing(hanzi: Hanzi) -> bool {
    matches!(
        hanzi.bytes(),
        [0xA1, 0xA2 | 0xA3 | 0xAD | 0xAF | 0xB1 | 0xB3 | 0xB5 | 0xB7 | 0xB9 | 0xBB | 0xBF]
            | [0xA3, 0xA1 | 0xA5 | 0xA9 | 0xAC | 0xAE | 0xBA | 0xBB | 0xBF]
    )
}

/// `‘“〔〈《「『【` and `（￥` in full width.
const fn is_opening(hanzi: Hanzi) -> bool {
    matches!(
        hanzi.bytes(),
        [0xA1, 0xAE | 0xB0 | 0xB2 | 0xB4 | 0xB6 | 0xB8 | 0xBA | 0xBE] | [0xA3, 0xA4 | 0xA8]
    )
}

impl<'a> Iterator for Wrap<'a> {
    type Item = Result<Piece<'a>, Unprintable>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let token = match self.held.take() {
            Some(token) => token,
            None => match self.tokens.next()? {
                Ok(token) => token,
                Err(unprintable) => return Some(Err(unprintable)),
            },
        };
        Some(Ok(match token {
            Token::Plain(plain) => self.plain(plain),
            Token::Hanzi(hanzi) => self.hanzi(hanzi),
            Token::NewLine => self.line_end(),
        }))
    }
}
