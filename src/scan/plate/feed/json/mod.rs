//! JSON of any size, of which the wanted values are kept.
//!
//! picojson wants a whole text, UTF-8, and refuses a string longer than its
//! buffer; cameras send megabytes, GBK, and base64 pictures between the plates.
//! So this stands before it: it follows the structure byte by byte, keeps the
//! values that a vendor's table of paths names, with strings cut at
//! [`LONGEST`], and picojson reads those. Each byte above ASCII is carried
//! through as a character of the private use area and brought back after.

mod charset;
mod document;
mod store;
mod value;

use core::ops::Range;

use super::Room;
use super::message::is_blank;
use charset::Charset;
pub(super) use document::{JsonDocument, Vendor};
pub(super) use store::Record;
use store::Store;

/// What a vendor wants of its texts.
#[derive(Debug)]
pub(super) struct Schema {
    /// What the outermost object is.
    pub(super) root: Then,
    /// What stands behind which key.
    pub(super) rows: &'static [Row],
    /// Whether strings may be GBK, in which a backslash can be the second half of
    /// a character. It is one behind a byte above ASCII, unless all that came can
    /// be UTF-8 and no character of that is open.
    pub(super) gbk: bool,
}

/// In the objects of this scope, behind this key.
pub(super) type Row = (u8, &'static str, Then);

/// What a value is. An array of objects is what its elements are.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Then {
    /// An object whose members are wanted, by the number of its scope.
    Scope(u8),
    /// One that is a record of its own: a reading. Records within one another
    /// are one.
    Record(u8),
    /// A value that is wanted, under this number below 64. It is kept with the
    /// record it stands in, or once for the text. In an array, the text's is that
    /// of the first element, and records of the others go without.
    Field(u8),
    /// One that comes up to four times, under this number and those behind.
    List(u8),
}

impl Then {
    /// Under which numbers a value is kept.
    const fn fields(self) -> Option<Range<u8>> {
        match self {
            Self::Field(field) => Some(field..field + 1),
            Self::List(field) => Some(field..field + 4),
            Self::Scope(_) | Self::Record(_) => None,
        }
    }

    /// By which scope its members are looked up.
    const fn scope(self) -> Option<u8> {
        match self {
            Self::Scope(scope) | Self::Record(scope) => Some(scope),
            Self::Field(_) | Self::List(_) => None,
        }
    }
}

/// What is wrong with a text.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Wrong {
    /// It is not JSON.
    Syntax,
    /// Containers are nested deeper than [`DEEPEST`].
    Deep,
    /// The wanted values that stand in no record are more than there is room for.
    Long,
}

/// How deep containers may be nested. The deepest of the vendors has 8.
const DEEPEST: usize = 24;

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Place {
    /// Before a value; in an array that has none yet, or before the end of it.
    Value,
    First,
    /// Before a key; in an object that has none yet, or before the end of it.
    Key,
    FirstKey,
    /// Behind a key.
    Colon,
    /// Behind a value.
    After,
    /// In a number, `true`, `false` or `null`.
    Literal,
    /// In a string.
    Inside,
    /// Behind a backslash.
    Escape,
    /// In `\uXXXX`: so many digits are to come.
    Hex(u8),
    /// Behind the first byte of a Chinese character in GBK.
    Trail,
    /// Behind the text.
    End,
}

/// A container that is open.
#[derive(Clone, Copy, Debug)]
struct Frame {
    array: bool,
    /// What its members or elements are looked up by.
    what: Option<Then>,
    /// It, or one around it, is not the first of its array, so that what it
    /// says again is no repetition.
    again: bool,
}

/// A text that is being received, over room of the caller's.
#[derive(Debug)]
pub(super) struct Json<B> {
    schema: &'static Schema,
    store: Store<B>,
    frames: heapless::Vec<Frame, DEEPEST>,
    place: Place,
    /// What the next value is.
    what: Option<Then>,
    /// The string that is open is a key.
    is_key: bool,
    /// How many frames are open around the record that is.
    record: Option<usize>,
    charset: Charset,
}

impl<B: Room> Json<B> {
    /// Nothing yet, for texts of this vendor.
    pub(super) const fn new(schema: &'static Schema, room: B) -> Self {
        Self {
            schema,
            store: Store::new(room),
            frames: heapless::Vec::new(),
            place: Place::Value,
            what: Some(schema.root),
            is_key: false,
            record: None,
            charset: Charset::new(),
        }
    }

    /// Makes ready for the next text.
    pub(super) fn clear(&mut self) {
        self.store.clear();
        self.frames.clear();
        self.place = Place::Value;
        self.what = Some(self.schema.root);
        self.record = None;
        self.charset = Charset::new();
    }

    /// Takes the next byte. True when the text is whole; a wrong one goes on
    /// being wrong.
    pub(super) fn push(&mut self, byte: u8) -> Result<bool, Wrong> {
        match self.place {
            Place::Inside => self.inside(byte),
            Place::Escape => self.escape(byte)?,
            Place::Hex(left) if byte.is_ascii_hexdigit() => {
                self.store.keep(&[byte]);
                self.place = if left > 1 { Place::Hex(left - 1) } else { Place::Inside };
            }
            Place::Hex(_) => return Err(Wrong::Syntax),
            Place::Trail if byte == b'\\' && self.charset.is_whole() => self.inside(byte),
            Place::Trail if matches!(byte, 0x40..=0x7E | 0x80..=0xFE) => {
                self.charset.take(byte);
                self.store.carry(byte);
                self.place = Place::Inside;
            }
            Place::Trail => self.inside(byte),
            Place::Literal => self.literal(byte)?,
            Place::Value if self.frames.is_empty() && is_blank(byte) => {}
            _ if matches!(byte, b' ' | b'\t' | b'\r' | b'\n') => {}
            _ => self.structure(byte)?,
        }
        Ok(self.place == Place::End)
    }

    fn structure(&mut self, byte: u8) -> Result<(), Wrong> {
        self.place = match (self.place, byte) {
            (Place::Value | Place::First, b'{') => self.open(false)?,
            (Place::Value | Place::First, b'[') => self.open(true)?,
            // A text of a value alone would have no end.
            (Place::Value, _) if self.frames.is_empty() => return Err(Wrong::Syntax),
            (Place::Value | Place::First, b'"') => self.begin(false),
            (Place::Value | Place::First, b'-' | b'0'..=b'9' | b'f' | b'n' | b't') => {
                self.begin(false);
                self.store.keep(&[byte]);
                Place::Literal
            }
            (Place::Key | Place::FirstKey, b'"') => self.begin(true),
            (Place::Colon, b':') => Place::Value,
            (Place::After, b',') => self.next(),
            (Place::After | Place::FirstKey, b'}') => self.close(false)?,
            (Place::After | Place::First, b']') => self.close(true)?,
            _ => return Err(Wrong::Syntax),
        };
        Ok(())
    }

    fn open(&mut self, array: bool) -> Result<Place, Wrong> {
        let outer = self.frames.last().is_some_and(|frame| frame.again);
        let what = self.what.take().filter(|what| what.scope().is_some());
        self.enter(Frame { array, what, again: outer })?;
        if array {
            self.what = what;
        }
        Ok(if array { Place::First } else { Place::FirstKey })
    }

    fn enter(&mut self, frame: Frame) -> Result<(), Wrong> {
        if let (Some(Then::Record(_)), None, false) = (frame.what, self.record, frame.array) {
            self.record = Some(self.frames.len());
            self.store.begin_record(self.frames.last().is_some_and(|outer| outer.again));
        }
        self.frames.push(frame).map_err(|_| Wrong::Deep)
    }

    fn close(&mut self, array: bool) -> Result<Place, Wrong> {
        if self.leave()?.array != array {
            return Err(Wrong::Syntax);
        }
        match self.frames.is_empty() {
            true if self.store.is_full() => Err(Wrong::Long),
            true => Ok(Place::End),
            false => Ok(Place::After),
        }
    }

    fn leave(&mut self) -> Result<Frame, Wrong> {
        let frame = self.frames.pop().ok_or(Wrong::Syntax)?;
        if self.record == Some(self.frames.len()) && !frame.array {
            self.record = None;
            self.store.end_record();
        }
        Ok(frame)
    }

    fn next(&mut self) -> Place {
        match self.frames.last_mut() {
            Some(frame) if frame.array => {
                self.what = frame.what;
                frame.again |= !matches!(frame.what, Some(Then::Record(_)));
                Place::Value
            }
            _ => Place::Key,
        }
    }

    /// A string or another value begins.
    fn begin(&mut self, is_key: bool) -> Place {
        self.is_key = is_key;
        self.store.begin(is_key || self.what.and_then(Then::fields).is_some());
        Place::Inside
    }

    /// A string or another value has ended.
    fn ended(&mut self, quoted: bool) {
        if self.is_key {
            let scope = self.frames.last().and_then(|frame| frame.what).and_then(Then::scope);
            self.what = self.look_up(scope, |name| self.store.is_token(name));
            self.place = Place::Colon;
            return;
        }
        let again = self.frames.last().is_some_and(|frame| frame.again);
        if let Some(fields) = self.what.take().and_then(Then::fields) {
            self.store.put(fields, quoted, again, self.record.is_some());
        }
        self.place = Place::After;
    }

    fn look_up(&self, scope: Option<u8>, is: impl Fn(&str) -> bool) -> Option<Then> {
        let mut rows = self.schema.rows.iter();
        rows.find(|(within, name, _)| Some(*within) == scope && is(name)).map(|(.., then)| *then)
    }

    fn literal(&mut self, byte: u8) -> Result<(), Wrong> {
        if matches!(byte, b'0'..=b'9' | b'a'..=b'z' | b'E' | b'+' | b'-' | b'.') {
            self.store.keep(&[byte]);
            return Ok(());
        }
        self.ended(false);
        if byte.is_ascii_whitespace() { Ok(()) } else { self.structure(byte) }
    }

    fn inside(&mut self, byte: u8) {
        self.place = Place::Inside;
        self.charset.take(byte);
        match byte {
            b'"' => self.ended(true),
            b'\\' => self.place = Place::Escape,
            _ => {
                self.store.keep_plain(byte);
                let leads = self.schema.gbk && byte >= 0x80;
                self.place = if leads { Place::Trail } else { Place::Inside };
            }
        }
    }

    fn escape(&mut self, byte: u8) -> Result<(), Wrong> {
        self.place = match byte {
            b'u' => Place::Hex(4),
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Place::Inside,
            _ => return Err(Wrong::Syntax),
        };
        self.store.keep_escape(byte);
        Ok(())
    }

    /// How many containers are open.
    pub(super) fn depth(&self) -> usize {
        self.frames.len()
    }

    /// An element of XML begins: a member by that name.
    pub(super) fn begin_element(&mut self, name: &str) -> Result<(), Wrong> {
        let around = self.frames.last().map_or(Some(self.schema.root), |frame| frame.what);
        let what = self.look_up(around.and_then(Then::scope), |known| known == name);
        self.enter(Frame { array: false, what, again: false })?;
        self.store.begin(what.and_then(Then::fields).is_some());
        Ok(())
    }

    /// A byte of its text.
    pub(super) fn element_byte(&mut self, byte: u8) {
        self.store.keep_plain(byte);
    }

    /// It ends.
    pub(super) fn end_element(&mut self) -> Result<(), Wrong> {
        if let Some(fields) = self.leave()?.what.and_then(Then::fields) {
            self.store.put(fields, true, false, self.record.is_some());
        }
        // The text of the element around it is of no value that is wanted.
        self.store.begin(false);
        if self.store.is_full() { Err(Wrong::Long) } else { Ok(()) }
    }

    /// The next record of a text that is whole, once.
    pub(super) fn record(&mut self) -> Option<Record<'_>> {
        self.store.record()
    }

    /// The same again.
    pub(super) fn last_record(&self) -> Option<Record<'_>> {
        self.store.last_record()
    }

    /// Whether there was no room for a record of a text that is whole, or of a list
    /// for a value.
    pub(super) fn is_short(&self) -> bool {
        self.store.is_short()
    }

    /// What a text without records says.
    pub(super) fn outer(&self) -> Record<'_> {
        self.store.outer()
    }
}

#[cfg(test)]
mod tests;
