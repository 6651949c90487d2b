use core::ops::Range;

use super::{Room, value};
use crate::scan::plate::{Code, EventId, Note, ReadTime};

/// How many bytes are kept of a string: 128 of ASCII, or 42 above it, which are
/// 14 Chinese characters in UTF-8 and 21 in GBK.
pub(super) const LONGEST: usize = 128;

/// Kinds of entries. Before a value stand its kind, its field, its length and
/// whether it is cut; before a record its kind and its length, in three bytes.
const LITERAL: u8 = 0;
const STRING: u8 = 1;
const RECORD: u8 = 2;
/// With that: a field came twice in it.
const REPEATED: u8 = 1;
/// With that: what is kept of the text is said of others.
const APART: u8 = 4;
const HEAD: usize = 4;

/// Which fields came, of the text or of a record.
#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    fields: u64,
    repeated: bool,
}

/// The wanted values: those of the records from the front, the text's own from
/// the back, so that each record lies together wherever the text's own stand.
#[derive(Debug)]
pub(super) struct Store<B> {
    room: B,
    /// Bytes used at either end.
    front: usize,
    back: usize,
    full: bool,
    /// A record is left out, or of a list a value, for which there was no room.
    short: bool,
    /// The record that is open is.
    passing: bool,
    text: Seen,
    record: Seen,
    /// Where the record begins that is open, the one that was read last, and the
    /// one to be read next.
    open: usize,
    last: usize,
    next: usize,
    token: heapless::Vec<u8, LONGEST>,
    /// The token is not wanted.
    idle: bool,
    cut: bool,
}

impl<B: Room> Store<B> {
    pub(super) const fn new(room: B) -> Self {
        const NONE: Seen = Seen { fields: 0, repeated: false };
        Self {
            room,
            front: 0,
            back: 0,
            full: false,
            short: false,
            passing: false,
            text: NONE,
            record: NONE,
            open: 0,
            last: 0,
            next: 0,
            token: heapless::Vec::new(),
            idle: false,
            cut: false,
        }
    }

    pub(super) fn clear(&mut self) {
        (self.front, self.back, self.next) = (0, 0, 0);
        (self.full, self.short) = (false, false);
        self.text = Seen::default();
    }

    /// Whether the text's own values have no room.
    pub(super) const fn is_full(&self) -> bool {
        self.full
    }

    /// Whether there was no room for a record, or of a list for a value.
    pub(super) const fn is_short(&self) -> bool {
        self.short
    }

    /// A token begins: a key or a value, wanted or not.
    pub(super) fn begin(&mut self, wanted: bool) {
        self.token.clear();
        self.idle = !wanted;
        self.cut = false;
    }

    /// More of the token: all of it or nothing.
    pub(super) fn keep(&mut self, bytes: &[u8]) {
        if !self.idle && !self.cut {
            self.cut = self.token.extend_from_slice(bytes).is_err();
        }
    }

    /// An escape, if there is room for its digits.
    pub(super) fn keep_escape(&mut self, byte: u8) {
        let len = if byte == b'u' { 6 } else { 2 };
        self.cut |= self.token.len() + len > LONGEST;
        self.keep(&[b'\\', byte]);
    }

    /// A byte of a text that knows no escapes.
    pub(super) fn keep_plain(&mut self, byte: u8) {
        match byte {
            // Not allowed in a string, and no part of one that is wanted.
            0x00..=0x1F => {}
            b'"' | b'\\' => self.keep_escape(byte),
            0x20..=0x7F => self.keep(&[byte]),
            0x80..=0xFF => self.carry(byte),
        }
    }

    /// Keeps U+E000 + `byte`, in UTF-8.
    pub(super) fn carry(&mut self, byte: u8) {
        self.keep(&[0xEE, 0x80 | (byte >> 6), 0x80 | (byte & 0x3F)]);
    }

    /// Whether the token is this one, and whole.
    pub(super) fn is_token(&self, text: &str) -> bool {
        !self.cut && *self.token == *text.as_bytes()
    }

    /// A record begins; `apart` if the text's own values are not said of it.
    pub(super) fn begin_record(&mut self, apart: bool) {
        self.record = Seen::default();
        (self.open, self.passing) = (self.front, false);
        self.begin(true);
        self.write(true, [if apart { RECORD | APART } else { RECORD }; HEAD]);
    }

    pub(super) fn end_record(&mut self) {
        if self.passing {
            return;
        }
        let len = u32::try_from(self.front - self.open).unwrap_or(u32::MAX);
        let [a, b, c, _] = len.to_le_bytes();
        let repeated = if self.record.repeated { REPEATED } else { 0 };
        let head = self.room.as_mut().get_mut(self.open..self.front);
        if let Some(head) = head.and_then(|bytes| bytes.first_chunk_mut::<HEAD>()) {
            let [kind, ..] = *head;
            *head = [kind | repeated, a, b, c];
        }
    }

    /// Keeps the token as the value of a field, or of the first of so many that
    /// has none. If none is left it is a repetition, but not if it comes
    /// `again` of an array. What the text says once is what the first of an array
    /// says, if that is said in one at all.
    pub(super) fn put(&mut self, fields: Range<u8>, quoted: bool, again: bool, in_record: bool) {
        let seen = if in_record { &mut self.record } else { &mut self.text };
        let bit = |field: &u8| 1_u64.wrapping_shl(u32::from(*field));
        if again && !in_record && fields.len() == 1 {
            return;
        }
        let is_list = fields.len() > 1;
        let Some(field) = fields.into_iter().find(|field| seen.fields & bit(field) == 0) else {
            seen.repeated |= !again;
            return;
        };
        seen.fields |= bit(&field);
        let kind = if quoted { STRING } else { LITERAL };
        let len = u8::try_from(self.token.len()).unwrap_or_default();
        if is_list && !self.has_room() {
            self.short = true;
            return;
        }
        self.write(in_record, [kind, field, len, u8::from(self.cut)]);
    }

    /// Writes a head and the token behind it, if there is room: of a record all
    /// or nothing, and the text's own values before records.
    fn write(&mut self, at_front: bool, head: [u8; HEAD]) {
        while !at_front && !self.has_room() && self.drop_record() {}
        if !self.has_room() {
            if at_front {
                (self.front, self.passing, self.short) = (self.open, true, true);
            } else {
                self.full = true;
            }
        }
        if self.full || at_front && self.passing {
            return;
        }
        let size = self.room.as_ref().len();
        let len = HEAD + self.token.len();
        let at = if at_front { self.front } else { size - self.back - len };
        *(if at_front { &mut self.front } else { &mut self.back }) += len;
        let to = self.room.as_mut().iter_mut().skip(at);
        to.zip(head.iter().chain(&self.token)).for_each(|(to, from)| *to = *from);
    }

    /// Whether there is room for the token.
    fn has_room(&self) -> bool {
        self.front + self.back + HEAD + self.token.len() <= self.room.as_ref().len()
    }

    /// Drops the last record that is whole; false if there is none.
    fn drop_record(&mut self) -> bool {
        let (mut at, mut last) = (0, None);
        while let Some((_, len)) = self.head(at) {
            last = Some(at);
            at += len;
        }
        last.is_some_and(|last| {
            (self.front, self.short) = (last, true);
            true
        })
    }

    /// The kind and the length of the record there.
    fn head(&self, at: usize) -> Option<(u8, usize)> {
        let bytes = self.room.as_ref().get(at..self.front)?;
        let ([kind, a, b, c], _) = bytes.split_first_chunk::<HEAD>()?;
        Some((*kind, usize::try_from(u32::from_le_bytes([*a, *b, *c, 0])).ok()?))
    }

    /// The next record, once.
    pub(super) fn record(&mut self) -> Option<Record<'_>> {
        (self.last, self.next) = (self.next, self.next + self.head(self.next)?.1);
        self.last_record()
    }

    /// The same again.
    pub(super) fn last_record(&self) -> Option<Record<'_>> {
        let (kind, len) = self.head(self.last)?;
        let record = if kind & APART == 0 { self.outer() } else { Record::default() };
        let own = self.room.as_ref().get(self.last + HEAD..self.last + len).unwrap_or_default();
        let repeated = kind & REPEATED != 0;
        Some(Record { own, repeated: record.repeated || repeated, ..record })
    }

    /// What stands in no record.
    pub(super) fn outer(&self) -> Record<'_> {
        let room = self.room.as_ref();
        let outer = room.get(room.len() - self.back..).unwrap_or_default();
        Record { own: &[], outer, repeated: self.text.repeated }
    }
}

/// The wanted values of a record, and of the text around it.
#[derive(Clone, Copy, Debug, Default)]
pub(in super::super) struct Record<'a> {
    own: &'a [u8],
    outer: &'a [u8],
    repeated: bool,
}

/// One value, as written.
#[derive(Clone, Copy, Debug)]
struct Entry<'a> {
    quoted: bool,
    cut: bool,
    token: &'a [u8],
}

fn find(mut bytes: &[u8], wanted: u8) -> Option<Entry<'_>> {
    loop {
        let ([kind, field, len, cut], rest) = bytes.split_first_chunk::<HEAD>()?;
        let (token, rest) = rest.split_at_checked(usize::from(*len))?;
        if *field == wanted {
            return Some(Entry { quoted: *kind == STRING, cut: *cut != 0, token });
        }
        bytes = rest;
    }
}

impl Record<'_> {
    fn find(&self, field: u8) -> Option<Entry<'_>> {
        find(self.own, field).or_else(|| find(self.outer, field))
    }

    /// Whether a field came twice, in it or around it.
    pub(in super::super) const fn is_repeated(&self) -> bool {
        self.repeated
    }

    /// A field that is a string, in the camera's charset; of a longer one, the
    /// beginning.
    pub(in super::super) fn text(&self, field: u8) -> Option<heapless::Vec<u8, LONGEST>> {
        value::text(self.find(field).filter(|entry| entry.quoted)?.token)
    }

    /// A field that is a string of which nothing was cut off.
    pub(in super::super) fn whole(&self, field: u8) -> Option<heapless::Vec<u8, LONGEST>> {
        self.text(field).filter(|_| self.find(field).is_some_and(|entry| !entry.cut))
    }

    /// A field that is a whole number; 0 or 1 for one that is a truth value.
    pub(in super::super) fn int(&self, field: u8) -> Option<i64> {
        self.find(field)
            .filter(|entry| !entry.quoted && !entry.cut)
            .and_then(|entry| value::int(entry.token))
    }

    /// A field that is a whole number, or a string of digits.
    pub(in super::super) fn loose_int(&self, field: u8) -> Option<i64> {
        let entry = self.find(field).filter(|entry| !entry.cut)?;
        if !entry.quoted {
            return value::int(entry.token);
        }
        core::str::from_utf8(entry.token).ok()?.trim_ascii().parse().ok()
    }

    /// A field that is a number, or a string of one, times 10 to the power of
    /// `places`, what is left then cut off.
    pub(in super::super) fn decimal(&self, field: u8, places: u8) -> Option<u32> {
        let entry = self.find(field).filter(|entry| !entry.cut)?;
        value::decimal(entry.token, places)
    }

    /// A field that is a code: a whole number, or a word.
    pub(in super::super) fn code(&self, field: u8) -> Option<Code> {
        match self.int(field) {
            Some(number) => i32::try_from(number).ok().map(Code::Number),
            None => Some(self.note(field)).filter(|note| !note.is_empty()).map(Code::Text),
        }
    }

    /// A field that names an event: a number, or a text; none if some of it is
    /// cut off, for others can begin with the same.
    pub(in super::super) fn event(&self, field: u8) -> Option<EventId> {
        match self.int(field) {
            Some(number) => u64::try_from(number).ok().map(EventId::Number),
            None => EventId::text(&self.whole(field)?),
        }
    }

    /// A field that is a time as in ISO 8601.
    pub(in super::super) fn time(&self, field: u8) -> Option<ReadTime> {
        let text = self.text(field)?;
        ReadTime::parse(core::str::from_utf8(&text).ok()?)
    }

    /// A field that is the name of something.
    pub(in super::super) fn note<const N: usize>(&self, field: u8) -> Note<N> {
        let Some(text) = self.text(field) else { return Note::empty() };
        let is_cut = self.find(field).is_some_and(|entry| entry.cut);
        if is_cut { Note::beginning(&text) } else { Note::new(&text) }
    }
}
