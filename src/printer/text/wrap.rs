use super::{Charset, Drawn, Hanzi, Letter, Plain, Token, Tokens, Unprintable};

/// What a line is made of.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Piece<'a> {
    /// One or more characters of one column that stand on the line.
    Plain(Plain<'a>),
    /// A character of two columns that stands on the line.
    Hanzi(Hanzi),
    /// A character of one column that is not ASCII.
    Letter(Letter),
    /// A character of two columns that is to be drawn.
    Drawn(Drawn),
    /// The line ends, because the text says so or because it is full.
    Break,
}

/// How wide things are, in any unit: columns or dots.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Cells {
    /// The line.
    pub(crate) line: u16,
    /// A character of one column; not 0.
    pub(crate) narrow: u16,
    /// A character of two columns.
    pub(crate) wide: u16,
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
    cells: Cells,
    taken: u16,
    /// The piece before was a part of a word.
    in_word: bool,
}

impl<'a> Wrap<'a> {
    /// Breaks `text` at `limit` columns. The first line has `column` columns
    /// taken already; each character is magnified `scale` times.
    ///
    /// A character wider than the limit stands on a line of its own.
    #[must_use]
    pub fn new(text: &'a str, charset: Charset, limit: u8, column: u8, scale: u8) -> Self {
        let narrow = scale.max(1).into();
        let cells = Cells { line: limit.into(), narrow, wide: 2 * narrow };
        Self::of(Tokens::new(text, charset), cells, column.into())
    }

    pub(crate) const fn of(tokens: Tokens<'a>, cells: Cells, taken: u16) -> Self {
        Self { tokens, held: None, cells, taken, in_word: false }
    }

    /// The columns taken on the line now.
    #[must_use]
    pub fn column(&self) -> u8 {
        u8::try_from(self.taken).unwrap_or(u8::MAX)
    }

    /// The same in the unit of the cells.
    pub(crate) const fn taken(&self) -> u16 {
        self.taken
    }

    fn line_end(&mut self) -> Piece<'a> {
        (self.taken, self.in_word) = (0, false);
        Piece::Break
    }

    fn room(&self) -> u16 {
        self.cells.line.saturating_sub(self.taken)
    }

    fn take(&mut self, width: u16) {
        self.taken = self.taken.saturating_add(width);
    }

    /// As much of the run as stands on this line; holds the others back.
    #[inline]
    fn plain(&mut self, plain: Plain<'a>) -> Piece<'a> {
        let room = usize::from(self.room() / self.cells.narrow);
        let all = plain.bytes().len();
        let n = match room.checked_sub(all) {
            None => self.break_point(plain, room),
            Some(left) if self.is_torn(left * usize::from(self.cells.narrow)) => {
                // Only between words: a word is not split for a comma, nor
                // one that no line takes.
                match self.break_point(plain, all.saturating_sub(1)) {
                    at if (at > 0 || self.in_word) && plain.bytes().get(at) != Some(&b' ') => all,
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
        self.in_word = n == all && fits.bytes().last() != Some(&b' ');
        if n < all {
            // The others are for the next line, even if they fit without the
            // space.
            self.taken = self.cells.line;
        } else {
            self.take(u16::try_from(n).unwrap_or(u16::MAX).saturating_mul(self.cells.narrow));
        }
        Piece::Plain(fits)
    }

    /// How much of a run, longer than the room, stands on this line: up to a
    /// space; none if the word fits on the next line; else as much as fits.
    fn break_point(&self, plain: Plain<'a>, room: usize) -> usize {
        let whole = usize::from(self.cells.line / self.cells.narrow);
        let bytes = plain.bytes();
        let is_space = |byte: &u8| *byte == b' ';
        let last = bytes.get(..=room).unwrap_or(bytes).iter().rposition(is_space);
        let word = bytes.iter().position(is_space).unwrap_or(bytes.len());
        match last {
            Some(at) if at > 0 || self.taken > 0 => at,
            None if self.taken > 0 && word <= whole && !self.in_word => 0,
            _ if self.taken > 0 => room,
            _ => room.max(1),
        }
    }

    /// Takes the place of a character of two columns, unless it is for the next
    /// line.
    #[inline]
    fn wide(&mut self, character: char) -> bool {
        let room = self.room();
        let is_last = room < self.cells.wide.saturating_mul(2);
        if is_last && self.taken > 0 && (room < self.cells.wide || self.moves_on(character)) {
            return false;
        }
        self.take(self.cells.wide);
        self.in_word = false;
        true
    }

    fn hold(&mut self, token: Token<'a>) -> Piece<'a> {
        self.held = Some(token);
        self.line_end()
    }

    fn letter(&mut self, letter: Letter) -> Piece<'a> {
        let word = if self.in_word { 1 } else { 1 + self.word_goes_on() };
        let word = word.saturating_mul(usize::from(self.cells.narrow));
        let fits = word <= self.room().into();
        let hopeless = word > self.cells.line.into() && self.room() >= self.cells.narrow;
        if self.taken > 0 && !fits && !hopeless {
            return self.hold(Token::Letter(letter));
        }
        self.take(self.cells.narrow);
        self.in_word = true;
        Piece::Letter(letter)
    }

    /// Whether the last hanzi of a line would better begin the next.
    fn moves_on(&self, character: char) -> bool {
        is_opening(character) || !is_closing(character) && self.closing_follows()
    }

    /// Rare, and large.
    #[inline(never)]
    fn peek(&self) -> Option<Result<Token<'a>, Unprintable>> {
        { self.tokens }.next()
    }

    fn closing_follows(&self) -> bool {
        let next = self.peek();
        matches!(next, Some(Ok(Token::Hanzi(next))) if is_closing(next.character()))
    }

    /// Whether what must stand on the line with the run's last word finds no
    /// room.
    #[inline]
    fn is_torn(&self, room: usize) -> bool {
        (room < self.cells.wide.into() || self.tokens.may_be_letter()) && self.glued() > room
    }

    /// How wide it is.
    fn glued(&self) -> usize {
        match self.peek() {
            Some(Ok(Token::Hanzi(next))) if is_closing(next.character()) => self.cells.wide.into(),
            Some(Ok(Token::Letter(_))) => {
                self.word_goes_on().saturating_mul(self.cells.narrow.into())
            }
            _ => 0,
        }
    }

    /// How many characters of a word follow, at most a line of them.
    fn word_goes_on(&self) -> usize {
        let mut n = 0;
        for token in self.tokens.map_while(Result::ok) {
            match token {
                Token::Letter(_) => n += 1,
                Token::Plain(plain) => {
                    let bytes = plain.bytes();
                    let space = bytes.iter().position(|byte| *byte == b' ');
                    n += space.unwrap_or(bytes.len());
                    if space.is_some() {
                        break;
                    }
                }
                _ => break,
            }
            if n > self.cells.line.into() {
                break;
            }
        }
        n
    }
}

const fn is_closing(c: char) -> bool {
    matches!(c, '、' | '。' | '’' | '”' | '〕' | '〉' | '》' | '」' | '』' | '】' | '…' | '〗')
        || matches!(c, '！' | '％' | '）' | '，' | '．' | '：' | '；' | '？')
}

pub(crate) const fn is_opening(c: char) -> bool {
    matches!(c, '‘' | '“' | '〔' | '〈' | '《' | '「' | '『' | '【' | '〖' | '（' | '￥')
}

impl<'a> Iterator for Wrap<'a> {
    type Item = Result<Piece<'a>, Unprintable>;

    #[inline(always)]
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
            Token::Hanzi(hanzi) if self.wide(hanzi.character()) => Piece::Hanzi(hanzi),
            Token::Drawn(drawn) if self.wide(drawn.character()) => Piece::Drawn(drawn),
            Token::Hanzi(_) | Token::Drawn(_) => self.hold(token),
            Token::Letter(letter) => self.letter(letter),
            Token::NewLine => self.line_end(),
        }))
    }
}
