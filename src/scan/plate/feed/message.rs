//! A message: a document, or parts of which some are documents and some are
//! pictures.

use super::multipart::{Head, Multipart, Part, Span};
use super::{Event, Fault, FaultKind, Piece, View};
use crate::scan::plate::{Candidate, PlateRead};

/// The text of a vendor.
pub(super) trait Document {
    /// Takes the next byte of it; true when it is whole.
    fn push(&mut self, byte: u8) -> Result<bool, FaultKind>;

    /// Nothing comes any more; whether what came is whole.
    fn end(&mut self) -> Result<(), FaultKind> {
        Err(FaultKind::Truncated)
    }

    /// The next of what a whole text tells.
    fn told(&mut self) -> Option<Told>;

    /// Whether a whole text tells more, for which there was no room.
    fn is_cut(&self) -> bool;

    /// Makes ready for the next text.
    fn clear(&mut self);

    /// What a part is.
    fn role(head: &Head) -> Role;
}

/// What a text tells.
#[allow(clippy::large_enum_variant, reason = "there is no heap to put a reading on")]
#[derive(Clone, Copy, Debug)]
pub(super) enum Told {
    Plate(PlateRead),
    Candidate(Candidate),
    Heartbeat,
}

/// What a part is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Role {
    Document,
    Picture(Option<View>),
    /// It does not say: a document if it begins like one.
    Untold,
    Other,
}

/// What the bytes that come are of.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Place {
    /// Nothing yet.
    Start,
    /// A document: the message itself, or the part that is open.
    Document,
    /// A document that is whole, of which there is more to be told.
    Telling,
    /// A part that does not say what it is.
    Untold,
    /// What stands between the parts, or in those that nobody wants.
    Between,
    /// A picture.
    Picture { view: Option<View>, offset: u32 },
    /// The rest of a message that is wrong, or what stands behind its parts.
    Rest,
}

/// Reads messages of a vendor.
#[derive(Debug)]
pub(super) struct Message<D> {
    document: D,
    multipart: Multipart,
    in_parts: bool,
    place: Place,
    /// How many pictures have begun.
    pictures: u16,
    /// Bytes of the message that came.
    offset: u64,
}

impl<D: Document> Message<D> {
    pub(super) const fn new(document: D) -> Self {
        Self {
            document,
            multipart: Multipart::new(),
            in_parts: false,
            place: Place::Start,
            pictures: 0,
            offset: 0,
        }
    }

    /// As [`Feed::push`](super::Feed::push).
    pub(super) fn push<'p>(
        &'p mut self,
        bytes: &'p [u8],
    ) -> (usize, Option<Result<Event<'p>, Fault>>) {
        let mut used = 0;
        loop {
            if let Some(event) = self.tell() {
                return (used, Some(event));
            }
            let rest = bytes.get(used..).unwrap_or_default();
            let (more, result) = if self.in_parts { self.part(rest) } else { self.bare(rest) };
            used += more;
            self.offset = self.offset.saturating_add(u64::try_from(more).unwrap_or(u64::MAX));
            match result {
                Err((kind, back)) => {
                    let back = u64::try_from(back).unwrap_or(u64::MAX);
                    let offset = self.offset.saturating_sub(back);
                    return (used, Some(Err(Fault { kind, offset })));
                }
                Ok(Some(span)) => return (used, Some(Ok(self.picture(rest, span)))),
                Ok(None) if self.place == Place::Telling => {}
                Ok(None) if self.in_parts && self.multipart.is_due() => {}
                Ok(None) if used == bytes.len() => return (used, None),
                Ok(None) => {}
            }
        }
    }

    /// As [`Feed::end`](super::Feed::end).
    pub(super) fn end(&mut self) -> Option<Result<Event<'_>, Fault>> {
        let mut fault = None;
        if self.place == Place::Document {
            match self.document.end() {
                Ok(()) => self.place = Place::Telling,
                Err(kind) => fault = Some(kind),
            }
        } else if self.in_parts && self.multipart.is_inside() && self.place != Place::Telling {
            fault = Some(FaultKind::Truncated);
        }
        if let Some(event) = self.tell() {
            return Some(event);
        }
        let offset = self.offset;
        self.document.clear();
        (self.in_parts, self.place) = (false, Place::Start);
        (self.pictures, self.offset) = (0, 0);
        fault.map(|kind| Err(Fault { kind, offset }))
    }

    /// The next of what a document that is whole tells.
    fn tell(&mut self) -> Option<Result<Event<'static>, Fault>> {
        if self.place != Place::Telling {
            return None;
        }
        if let Some(told) = self.document.told() {
            return Some(Ok(match told {
                Told::Plate(plate) => Event::Plate(plate),
                Told::Candidate(candidate) => Event::Candidate(candidate),
                Told::Heartbeat => Event::Heartbeat,
            }));
        }
        let is_cut = self.document.is_cut();
        self.document.clear();
        self.place = if self.in_parts { Place::Between } else { Place::Start };
        let offset = self.offset.saturating_sub(1);
        is_cut.then_some(Err(Fault { kind: FaultKind::Long, offset }))
    }

    /// Takes bytes of a message that is no parts.
    fn bare(&mut self, bytes: &[u8]) -> (usize, Result<Option<Span>, Wrong>) {
        match self.place {
            Place::Document => {
                let result = document(&mut self.document, bytes);
                self.place = match result {
                    Ok(None) => Place::Document,
                    Ok(Some(_)) => Place::Telling,
                    Err(_) => Place::Rest,
                };
                let used = result.map_or(bytes.len(), |whole| whole.unwrap_or(bytes.len()));
                (used, result.map(|_| None))
            }
            Place::Start => {
                let used = bytes.iter().take_while(|byte| is_blank(**byte)).count();
                match bytes.get(used) {
                    None => {}
                    Some(b'-') => {
                        self.multipart.clear();
                        (self.in_parts, self.place) = (true, Place::Between);
                    }
                    Some(_) => self.place = Place::Document,
                }
                (used, Ok(None))
            }
            _ => (bytes.len(), Ok(None)),
        }
    }

    /// Takes bytes of a message in parts.
    fn part(&mut self, bytes: &[u8]) -> (usize, Result<Option<Span>, Wrong>) {
        let (used, part) = self.multipart.push(bytes);
        if let (Some(Part::Data(span)), Place::Untold) = (part, self.place) {
            let data = self.multipart.data(bytes, span);
            self.place = match data.iter().find(|byte| !is_blank(**byte)) {
                None => Place::Untold,
                Some(b'{' | b'[' | b'<') => Place::Document,
                Some(_) => Place::Between,
            };
        }
        let result = match (part, self.place) {
            (Some(Part::Begin), _) => return (used, self.begin().map_err(|kind| (kind, 0))),
            (Some(Part::Data(span)), Place::Picture { .. }) => return (used, Ok(Some(span))),
            (Some(Part::Data(span)), Place::Document) => {
                document(&mut self.document, self.multipart.data(bytes, span))
            }
            (Some(Part::End), Place::Document) => match self.document.end() {
                Err(FaultKind::Truncated) if self.multipart.resume() => return (used, Ok(None)),
                end => end.map(|()| Some(0)).map_err(|kind| (kind, 0)),
            },
            (Some(Part::Close), _) => {
                (self.in_parts, self.place) = (false, Place::Rest);
                return (used, Ok(None));
            }
            (Some(Part::End), Place::Picture { .. } | Place::Untold) => {
                self.place = Place::Between;
                return (used, Ok(None));
            }
            _ => return (used, Ok(None)),
        };
        match result {
            Ok(None) => {}
            Ok(Some(_)) => self.place = Place::Telling,
            Err(_) => self.place = Place::Between,
        }
        (used, result.map(|_| None))
    }

    fn begin(&mut self) -> Result<Option<Span>, FaultKind> {
        let head = self.multipart.head();
        self.place = Place::Between;
        if head.mime.get(..10).is_some_and(|mime| mime.eq_ignore_ascii_case(b"multipart/")) {
            return Err(FaultKind::Nested);
        }
        match D::role(head) {
            Role::Document => {
                self.document.clear();
                self.place = Place::Document;
            }
            Role::Picture(view) => {
                self.place = Place::Picture { view, offset: 0 };
                self.pictures = self.pictures.saturating_add(1);
            }
            Role::Untold => {
                self.document.clear();
                self.place = Place::Untold;
            }
            Role::Other => {}
        }
        Ok(None)
    }

    fn picture<'p>(&'p mut self, bytes: &'p [u8], span: Span) -> Event<'p> {
        let bytes = self.multipart.data(bytes, span);
        let picture = self.pictures.saturating_sub(1);
        let (mut view, mut offset) = (None, 0);
        if let Place::Picture { view: of, offset: at } = &mut self.place {
            (view, offset) = (*of, *at);
            *at = at.saturating_add(u32::try_from(bytes.len()).unwrap_or(u32::MAX));
        }
        Event::Picture(Piece { picture, view, offset, bytes })
    }
}

/// What is wrong, and how many bytes before the last one that was taken.
type Wrong = (FaultKind, usize);

/// Takes bytes of a document: how many there were when it was whole.
fn document<D: Document>(document: &mut D, bytes: &[u8]) -> Result<Option<usize>, Wrong> {
    for (at, byte) in bytes.iter().enumerate() {
        match document.push(*byte) {
            Ok(false) => {}
            Ok(true) => return Ok(Some(at + 1)),
            Err(kind) => return Err((kind, bytes.len() - at)),
        }
    }
    Ok(None)
}

/// What can stand before a text or behind it: blanks, the mark of UTF-8, and the
/// end of a string in C.
pub(super) const fn is_blank(byte: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, 0x00 | 0xEF | 0xBB | 0xBF)
}

/// What a part is by its type, or by the ending of its name where the type is
/// missing or says nothing.
pub(super) fn role_of(head: &Head) -> Role {
    let has = |text: &[u8], word: &[u8]| {
        text.windows(word.len()).any(|window| window.eq_ignore_ascii_case(word))
    };
    let either = |word| has(&head.mime, word) || has(&head.file, word) || has(&head.name, word);
    if has(&head.mime, b"image/") || has(&head.file, b".jp") {
        return Role::Picture(None);
    }
    if [&b"xml"[..], b"json", b"text/"].into_iter().any(either) {
        return Role::Document;
    }
    if head.mime.is_empty() { Role::Untold } else { Role::Other }
}

impl From<super::json::Wrong> for FaultKind {
    fn from(wrong: super::json::Wrong) -> Self {
        match wrong {
            super::json::Wrong::Syntax => Self::Syntax,
            super::json::Wrong::Deep => Self::Deep,
            super::json::Wrong::Long => Self::Long,
        }
    }
}
