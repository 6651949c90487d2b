use super::fault::FaultKind::{self, *};
use super::header::DESIGNATOR;
use super::split::{End, Split};
use super::version::{bit, number};
use super::{Element, Fault, Subfile};

/// What a payload is made of, in order.
pub(super) enum Item<'a> {
    Fault(Fault),
    Subfile(Subfile),
    Element(Element<'a>),
}

/// So much can come of one record.
const MOST: usize = 10;

/// Takes a payload apart, record by record. Each byte is looked at by one
/// record only.
pub(super) struct Scan<'b, 'a> {
    split: &'b Split<'a>,
    /// Where the next record begins, and whether it surely does.
    at: usize,
    sure: bool,
    /// The subfile that begins there.
    ahead: Option<Part>,
    phase: Phase,
    open: Subfile,
    /// The designator of the open subfile.
    listed: Option<usize>,
    /// The designators whose subfile has not begun.
    to_come: u128,
    /// The elements that the open subfile had: `D..`, and the jurisdiction's.
    seen: [u128; 2],
    found: heapless::Deque<Item<'a>, MOST>,
}

/// A subfile's type, and its designator, if it has one.
type Part = ([u8; 2], Option<usize>);

#[derive(Clone, Copy)]
enum Phase {
    /// The next of the header's faults.
    Header(usize),
    Records,
    /// The next designator, to see whether its subfile came.
    Missing(usize),
    Done,
}

impl<'b, 'a> Scan<'b, 'a> {
    pub(super) fn new(split: &'b Split<'a>) -> Self {
        Self {
            split,
            at: split.header.body,
            sure: true,
            ahead: None,
            phase: Phase::Header(0),
            open: Subfile { kind: *b"DL", at: split.header.body },
            listed: None,
            to_come: (1 << split.header.count) - 1,
            seen: [0; 2],
            found: heapless::Deque::new(),
        }
    }

    fn put(&mut self, item: Item<'a>) {
        // There is room for all that one record makes.
        let _ = self.found.push_back(item);
    }

    fn fault(&mut self, kind: FaultKind, at: usize) {
        self.put(Item::Fault(Fault { kind, at }));
    }

    fn step(&mut self) {
        match self.phase {
            Phase::Header(index) => match self.split.header.faults.get(index) {
                Some(fault) => {
                    self.put(Item::Fault(fault));
                    self.phase = Phase::Header(index + 1);
                }
                None => self.first(),
            },
            Phase::Records if self.at < self.split.bytes.len() => self.record(),
            Phase::Records => {
                self.close(self.at.min(self.split.bytes.len()));
                self.phase = Phase::Missing(0);
            }
            Phase::Missing(index) if index < self.split.header.count => {
                if self.to_come & 1 << index != 0 {
                    self.fault(SubfileMissing, self.designator(index));
                }
                self.phase = Phase::Missing(index + 1);
            }
            Phase::Missing(_) | Phase::Done => self.phase = Phase::Done,
        }
    }

    fn designator(&self, index: usize) -> usize {
        self.split.header.designators + index * DESIGNATOR
    }

    /// The first subfile, whose type may be lost.
    fn first(&mut self) {
        self.phase = Phase::Records;
        let blank = |at: &usize| self.split.is_blank(*at);
        let begin = (self.at..).find(|at| !blank(at)).unwrap_or(self.at);
        if begin > self.at {
            self.fault(EmptyRecord, self.at);
            self.at = begin;
        }
        self.ahead = self.subfile(self.at);
        if self.ahead.is_some() {
            return;
        }
        self.fault(SubfileType, self.at);
        let listed = self.split.designator(0).filter(|found| !found.0.starts_with(b"Z"));
        let kind = listed.map_or(*b"DL", |found| found.0);
        self.begin(kind, listed.map(|_| 0), 0);
    }

    /// A subfile begins here, with its type of so many bytes.
    fn begin(&mut self, kind: [u8; 2], listed: Option<usize>, len: usize) {
        self.open = Subfile { kind, at: self.at };
        self.listed = listed;
        self.seen = [0; 2];
        self.put(Item::Subfile(self.open));
        match listed {
            None => self.fault(SubfileUnlisted, self.at),
            Some(index) => {
                self.to_come &= !(1 << index);
                let offset = self.split.designator(index).map_or(0, |found| found.1);
                if self.split.header.base + offset != self.at {
                    self.fault(Offset, self.designator(index) + 2);
                }
            }
        }
        self.at += len;
        self.sure = true;
    }

    /// The open subfile ends here.
    fn close(&mut self, at: usize) {
        let Some(index) = self.listed.take() else { return };
        let length = self.split.designator(index).map_or(0, |found| found.2);
        if self.open.at + length != at {
            self.fault(Length, self.designator(index) + 6);
        }
    }

    /// Whether another payload begins here: nothing of it is this one's.
    fn is_another(&self) -> bool {
        let rest = self.split.bytes.get(self.at..).unwrap_or_default();
        rest.starts_with(b"@") || rest.starts_with(b"ANSI") || rest.starts_with(b"AAMVA")
    }

    fn record(&mut self) {
        if self.is_another() {
            self.close(self.at);
            self.fault(TrailingBytes, self.at);
            self.at = self.split.bytes.len();
            return;
        }
        if let Some((kind, listed)) = self.ahead.take() {
            self.close(self.at);
            self.begin(kind, listed, 2);
            if self.split.is_separator(self.at) {
                let end = self.split.separator(self.at);
                // A subfile may be empty, not begin with an empty record.
                if self.next_is_element(end.at + end.len) {
                    self.fault(EmptyRecord, end.at);
                }
                return self.behind(end);
            }
        }
        let end = self.split.end(self.at, self.sure, self.open.kind, self.to_come);
        self.element(&end);
        self.behind(end);
    }

    fn subfile(&self, at: usize) -> Option<Part> {
        self.split.subfile(at, self.to_come, self.open.kind)
    }

    fn next_is_element(&self, at: usize) -> bool {
        at < self.split.bytes.len() && self.subfile(at).is_none()
    }

    /// Whether what stands behind a CR belongs to the payload: more is to
    /// come, or it is an element.
    fn goes_on(&self, at: usize) -> bool {
        let own = |id: &[u8]| id.starts_with(&self.open.kind) || number(id).is_some();
        self.to_come != 0 || self.split.bytes.get(at..at + 3).is_some_and(own)
    }

    /// The record from here to there.
    fn element(&mut self, end: &End) {
        let begin = self.at;
        if end.at == begin {
            return self.fault(EmptyRecord, begin);
        }
        let record = self.split.bytes.get(begin..end.at).unwrap_or_default();
        let is_id = |id: &[u8; 3]| {
            let [first, second, third] = id;
            first.is_ascii_uppercase()
                && second.is_ascii_uppercase()
                && third.is_ascii_alphanumeric()
        };
        let Some((id, value)) = record.split_first_chunk::<3>().filter(|(id, _)| is_id(id)) else {
            return self.fault(ElementId, begin);
        };
        let again = bit(id).is_some_and(|bit| self.split.repeated & bit != 0);
        let doubtful = again || !self.sure || !end.sure || end.ambiguous.is_some();
        let subfile = self.open.kind;
        self.put(Item::Element(Element { id: *id, value, subfile, at: begin, doubtful }));
        if self.was_seen(id) {
            self.fault(Repeated, begin);
        }
        if let Some(at) = end.ambiguous {
            self.fault(Ambiguous, at);
        }
    }

    fn was_seen(&mut self, id: &[u8; 3]) -> bool {
        let (set, bit) = match (number(id), id) {
            (Some(number), _) => (0, 1 << number),
            (None, [a, b, c]) if [*a, *b] == self.open.kind && c.is_ascii_alphanumeric() => {
                (1, 1_u128 << (c & 0x7F))
            }
            _ => return false,
        };
        let Some(seen) = self.seen.get_mut(set) else { return false };
        let before = *seen & bit != 0;
        *seen |= bit;
        before
    }

    /// Goes behind what ends a record, and says what is wrong with it.
    fn behind(&mut self, end: End) {
        let next = end.at + end.len;
        let here = self.split.byte(end.at).filter(|_| end.len > 0);
        let last = next >= self.split.bytes.len();
        self.ahead = self.subfile(next);
        let segment = last || self.ahead.is_some();
        let kind = match here {
            None if segment => Some(ReturnLost),
            None => Some(LineFeedLost),
            Some(b'\r') if end.len == 2 => Some(ReturnLineFeed),
            Some(b'\r') if segment => None,
            Some(b'\r') if !self.goes_on(next) => {
                self.close(next);
                self.at = self.split.bytes.len();
                return self.fault(TrailingBytes, next);
            }
            Some(b'\r') => Some(ReturnForLineFeed),
            Some(b'\n') => segment.then_some(LineFeedForReturn),
            Some(b'|') => Some(PipeForSeparator),
            Some(b' ') => Some(SpaceForSeparator),
            Some(_) => Some(OtherForSeparator),
        };
        if let Some(kind) = kind {
            self.fault(kind, end.at);
        }
        if !end.sure {
            self.fault(Ambiguous, next);
        }
        self.at = next;
        self.sure = end.sure;
    }
}

impl<'a> Iterator for Scan<'_, 'a> {
    type Item = Item<'a>;

    fn next(&mut self) -> Option<Item<'a>> {
        loop {
            if let Some(item) = self.found.pop_front() {
                return Some(item);
            }
            if matches!(self.phase, Phase::Done) {
                return None;
            }
            self.step();
        }
    }
}
