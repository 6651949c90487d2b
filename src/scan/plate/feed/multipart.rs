//! Messages in parts (RFC 2046, RFC 7578): `multipart/form-data`, `mixed`, and
//! the `x-mixed-replace` of answers that never end.
//!
//! The boundary is taken from the first line, so that no header of HTTP is
//! needed. A part ends at the next boundary or after its Content-Length,
//! whichever comes first: an endless answer sends the boundary only with the
//! next event, and lengths are known to lie. A text that is not whole when its
//! length ends goes on to the boundary.

use heapless::Vec;

/// How long a boundary can be, with the line end and the dashes before it
/// (RFC 2046, 5.1.1: 70).
const DELIMITER: usize = 4 + 70;

/// How much is kept of a header's line.
const LINE: usize = 256;

/// What the headers of a part say, as far as it is wanted; longer ones are cut.
#[derive(Debug, Default)]
pub(super) struct Head {
    /// `name` of the Content-Disposition.
    pub(super) name: Vec<u8, 32>,
    /// `filename` of the Content-Disposition.
    pub(super) file: Vec<u8, 80>,
    /// The Content-Type, without its parameters.
    pub(super) mime: Vec<u8, 48>,
    /// The Content-Length.
    pub(super) length: Option<u32>,
}

/// What comes of some bytes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Part {
    /// A part begins, with [`Multipart::head`].
    Begin,
    /// More of it, to be had from [`Multipart::data`].
    Data(Span),
    /// It has ended.
    End,
    /// That was the last one.
    Close,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Place {
    /// Before the first boundary; how many dashes the line began with, if with
    /// nothing else.
    Preamble { dashes: Option<u8> },
    /// In the first boundary.
    First,
    /// Behind a boundary, in its line; how many dashes came, if nothing else.
    Behind { dashes: Option<u8> },
    /// In the headers.
    Headers,
    /// In a part; so many bytes are to come, if it has a length.
    Body { left: Option<u32> },
    /// Behind a part whose length has ended it.
    Gap,
}

/// Which bytes of a part there are: some of those pushed, or a stretch of the
/// delimiter, which were held back for looking like one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Span {
    held: bool,
    start: usize,
    end: usize,
}

impl Part {
    /// The same, of bytes of which so many were taken before.
    const fn behind(self, used: usize) -> Self {
        match self {
            Self::Data(Span { held: false, start, end }) => {
                Self::Data(Span { held: false, start: start + used, end: end + used })
            }
            _ => self,
        }
    }
}

/// Takes such a message apart.
#[derive(Debug)]
pub(super) struct Multipart {
    place: Place,
    /// `\r\n--` and the boundary.
    delimiter: Vec<u8, DELIMITER>,
    /// How much of it the last bytes are.
    matched: usize,
    /// Where in it they began: without a carriage return it will do, too.
    from: usize,
    /// How much of it the bytes are that were held back beyond a length.
    beyond: usize,
    line: Vec<u8, LINE>,
    head: Head,
}

impl Multipart {
    pub(super) const fn new() -> Self {
        Self {
            place: Place::Preamble { dashes: Some(0) },
            delimiter: Vec::new(),
            matched: 0,
            from: 0,
            beyond: 0,
            line: Vec::new(),
            head: Head { name: Vec::new(), file: Vec::new(), mime: Vec::new(), length: None },
        }
    }

    pub(super) const fn clear(&mut self) {
        self.place = Place::Preamble { dashes: Some(0) };
    }

    /// The headers of the part that began last.
    pub(super) const fn head(&self) -> &Head {
        &self.head
    }

    /// Whether a part has begun and not ended.
    pub(super) const fn is_inside(&self) -> bool {
        matches!(self.place, Place::Headers | Place::Body { .. })
    }

    /// Whether the part that is open has ended, though no more bytes came.
    pub(super) const fn is_due(&self) -> bool {
        matches!(self.place, Place::Body { left: Some(0) })
    }

    /// The part that ended last was not whole, and goes on to the next boundary,
    /// if only its length ended it.
    pub(super) fn resume(&mut self) -> bool {
        let by_length = self.place == Place::Gap;
        if by_length {
            (self.place, self.from) = (Place::Body { left: None }, self.matched);
        }
        by_length
    }

    /// Takes bytes in, up to the next event.
    pub(super) fn push(&mut self, bytes: &[u8]) -> (usize, Option<Part>) {
        let mut used = 0;
        loop {
            let rest = bytes.get(used..).unwrap_or_default();
            let part = if let Place::Body { left } = self.place {
                let start = used;
                let (more, part) = self.body(rest, left);
                used += more;
                part.map(|part| part.behind(start))
            } else {
                let Some(&byte) = rest.first() else { return (used, None) };
                used += 1;
                self.between(byte)
            };
            if part.is_some() || used == bytes.len() {
                return (used, part);
            }
        }
    }

    /// The data that came of those bytes.
    pub(super) fn data<'p>(&'p self, bytes: &'p [u8], span: Span) -> &'p [u8] {
        let of = if span.held { &self.delimiter } else { bytes };
        of.get(span.start..span.end).unwrap_or_default()
    }

    /// A byte that is none of a part.
    fn between(&mut self, byte: u8) -> Option<Part> {
        match (self.place, byte) {
            (Place::Preamble { dashes: Some(1) }, b'-') => {
                self.delimiter.clear();
                let _ = self.delimiter.extend_from_slice(b"\r\n--");
                self.place = Place::First;
            }
            (Place::Preamble { dashes: Some(_) }, b'-') => {
                self.place = Place::Preamble { dashes: Some(1) };
            }
            (Place::Preamble { .. }, _) => {
                self.place = Place::Preamble { dashes: (byte == b'\n').then_some(0) };
            }
            (Place::First, b'\r' | b'\n') => self.end_first(byte == b'\n'),
            (Place::First, _) => {
                if byte < b' ' && byte != b'\t' || self.delimiter.push(byte).is_err() {
                    self.place = Place::Preamble { dashes: None };
                }
            }
            (Place::Behind { dashes: Some(1) }, b'-') => {
                self.place = Place::Preamble { dashes: None };
                return Some(Part::Close);
            }
            (Place::Behind { dashes: Some(_) }, b'-') => {
                self.place = Place::Behind { dashes: Some(1) };
            }
            (Place::Behind { .. }, b'\n') => self.begin_headers(),
            (Place::Behind { .. }, _) => self.place = Place::Behind { dashes: None },
            (Place::Body { .. }, _) => {}
            (Place::Headers, b'\n') => return self.header(),
            // A longer line is cut.
            (Place::Headers, _) => _ = self.line.push(byte),
            (Place::Gap, _) => self.gap(byte),
        }
        None
    }

    /// The line of the first boundary ends, or begins to.
    fn end_first(&mut self, is_over: bool) {
        // Blanks may stand behind it, and are none of it (RFC 2046, 5.1.1).
        while matches!(self.delimiter.last(), Some(b' ' | b'\t')) {
            self.delimiter.pop();
        }
        match (self.delimiter.len(), is_over) {
            (..=4, _) => self.place = Place::Preamble { dashes: is_over.then_some(0) },
            (_, true) => self.begin_headers(),
            (_, false) => self.place = Place::Behind { dashes: None },
        }
    }

    fn begin_headers(&mut self) {
        self.line.clear();
        self.head = Head::default();
        self.place = Place::Headers;
    }

    /// The end of a line of the headers, and of the headers if it is empty.
    fn header(&mut self) -> Option<Part> {
        let line = self.line.trim_ascii();
        if line.is_empty() {
            self.place = Place::Body { left: self.head.length };
            // The line end before it can be the boundary's.
            (self.matched, self.from, self.beyond) = (2, 2, 2);
            return Some(Part::Begin);
        }
        self.head.take(line);
        self.line.clear();
        None
    }

    /// Looks for a boundary at the beginning of a line.
    fn gap(&mut self, byte: u8) {
        self.matched = self.step(self.matched, byte);
        self.end_if_matched();
    }

    /// How much of the delimiter the bytes are with one more.
    fn step(&self, matched: usize, byte: u8) -> usize {
        match byte {
            _ if self.delimiter.get(matched) == Some(&byte) => matched + 1,
            b'\r' => 1,
            b'\n' => 2,
            _ => 0,
        }
    }

    fn end_if_matched(&mut self) -> bool {
        let whole = self.matched == self.delimiter.len();
        if whole {
            self.matched = 0;
            self.place = Place::Behind { dashes: Some(0) };
        }
        whole
    }

    /// How many bytes at the beginning are the delimiter's from there on.
    fn common(&self, bytes: &[u8], from: usize) -> usize {
        let delimiter = self.delimiter.iter().skip(from);
        bytes.iter().zip(delimiter).take_while(|(byte, wanted)| byte == wanted).count()
    }

    /// The next bytes of a part: how many are taken, and what they are.
    fn body(&mut self, bytes: &[u8], left: Option<u32>) -> (usize, Option<Part>) {
        let left = left.map_or(usize::MAX, |left| usize::try_from(left).unwrap_or(usize::MAX));
        if left == 0 {
            (self.place, self.matched) = (Place::Gap, self.beyond);
            return (0, Some(Part::End));
        }
        if self.matched > 0 {
            return self.go_on(bytes, left);
        }
        let clear = self.clear_bytes(bytes).min(left);
        if clear > 0 {
            self.count(clear);
            return (clear, Some(Part::Data(Span { held: false, start: 0, end: clear })));
        }
        // What begins here is a delimiter as far as it goes.
        self.from = match bytes.first() {
            Some(b'\r') => 0,
            Some(b'\n') => 1,
            _ => return (0, None),
        };
        self.matched = self.from;
        self.go_on(bytes, left)
    }

    /// How many bytes are no delimiter, nor the beginning of one.
    fn clear_bytes(&self, bytes: &[u8]) -> usize {
        let mut at = 0;
        loop {
            let rest = bytes.get(at..).unwrap_or_default();
            let Some(next) = rest.iter().position(|byte| matches!(byte, b'\r' | b'\n')) else {
                return bytes.len();
            };
            let rest = rest.get(next..).unwrap_or_default();
            let from = usize::from(rest.first() == Some(&b'\n'));
            let common = self.common(rest, from);
            if common == rest.len() || from + common == self.delimiter.len() {
                return at + next;
            }
            at += next + common.max(1);
        }
    }

    /// Goes on in what looks like a delimiter.
    fn go_on(&mut self, bytes: &[u8], left: usize) -> (usize, Option<Part>) {
        // A line end that the length counts is the part's: what is behind it may
        // be long in coming.
        let is_last = self.from.saturating_add(left) <= 2;
        let line_end = left.saturating_sub(self.matched - self.from);
        let most = if is_last { bytes.get(..line_end).unwrap_or(bytes) } else { bytes };
        let used = self.common(most, self.matched);
        self.matched += used;
        if self.end_if_matched() {
            return (used, Some(Part::End));
        }
        let held = self.matched - self.from;
        if used == bytes.len() && !(is_last && held == left) {
            return (used, None);
        }
        self.matched = 0;
        let kept = held.min(left);
        self.count(kept);
        let span = Span { held: true, start: self.from, end: self.from + kept };
        let beyond = self.delimiter.get(span.end..self.from + held).unwrap_or_default();
        self.beyond = beyond.iter().fold(2, |matched, byte| self.step(matched, *byte));
        (used, (kept > 0).then_some(Part::Data(span)))
    }

    fn count(&mut self, bytes: usize) {
        if let Place::Body { left: Some(left) } = &mut self.place {
            *left = left.saturating_sub(u32::try_from(bytes).unwrap_or(u32::MAX));
        }
    }
}

impl Head {
    fn take(&mut self, line: &[u8]) {
        let mut parts = line.splitn(2, |byte| *byte == b':');
        let name = parts.next().unwrap_or_default().trim_ascii();
        let value = parts.next().unwrap_or_default().trim_ascii();
        if name.eq_ignore_ascii_case(b"content-length") {
            self.length = core::str::from_utf8(value).ok().and_then(|value| value.parse().ok());
        } else if name.eq_ignore_ascii_case(b"content-type") {
            self.mime = value.iter().copied().take_while(|byte| *byte != b';').take(48).collect();
        } else if name.eq_ignore_ascii_case(b"content-disposition") {
            self.disposition(value);
        }
    }

    fn disposition(&mut self, value: &[u8]) {
        let mut rest = value;
        while !rest.is_empty() {
            let mut quoted = false;
            let end = rest.iter().position(|byte| {
                quoted ^= *byte == b'"';
                *byte == b';' && !quoted
            });
            let (parameter, behind) = rest.split_at(end.unwrap_or(rest.len()));
            rest = behind.get(1..).unwrap_or_default();
            let mut parts = parameter.splitn(2, |byte| *byte == b'=');
            let name = parts.next().unwrap_or_default().trim_ascii();
            let value = parts.next().unwrap_or_default().trim_ascii();
            let value = value.iter().copied().filter(|byte| *byte != b'"');
            if name.eq_ignore_ascii_case(b"name") {
                self.name = value.take(32).collect();
            } else if name.eq_ignore_ascii_case(b"filename") {
                self.file = value.take(80).collect();
            }
        }
    }
}

#[cfg(test)]
mod tests;
