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
/// just the paper's width takes one line.
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

    /// As much of the run as fits; holds the others back.
    #[inline]
    fn plain(&mut self, plain: Plain<'a>) -> Piece<'a> {
        let room = match self.limit.saturating_sub(self.column) / self.scale {
            0 if self.column == 0 => 1,
            room => room,
        };
        let (fits, others) = plain.split(room.into());
        if !others.bytes().is_empty() {
            self.held = Some(Token::Plain(others));
        }
        if fits.bytes().is_empty() {
            return self.line_end();
        }
        let columns = u8::try_from(fits.bytes().len()).unwrap_or(u8::MAX);
        self.column = self.column.saturating_add(columns.saturating_mul(self.scale));
        Piece::Plain(fits)
    }

    #[inline]
    fn hanzi(&mut self, hanzi: Hanzi) -> Piece<'a> {
        let end = self.column.saturating_add(self.scale.saturating_mul(2));
        if end > self.limit && self.column > 0 {
            self.held = Some(Token::Hanzi(hanzi));
            return self.line_end();
        }
        self.column = end;
        Piece::Hanzi(hanzi)
    }
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
