//! XML, read by xmlparser.
//!
//! xmlparser wants a whole text in UTF-8. So the text is held in room of the
//! caller's until its outermost element has ended; each byte above ASCII as the
//! character U+0080 to U+00FF, for a camera may send GBK. Prefixes and
//! attributes say nothing here. A document type is refused, so that there are
//! no entities but the five and numbers.

use xmlparser::{ElementEnd, Token, Tokenizer};

use super::json::{Json, JsonDocument, Vendor};
use super::message::{Document, Role, Told};
use super::multipart::Head;
use super::{FaultKind, Room};

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Place {
    /// Between tags.
    Text,
    /// Behind `<`.
    Open,
    /// In a start tag: in quotes, or behind a slash.
    Start { quote: Option<u8>, slash: bool },
    /// In an end tag.
    End,
    /// Behind `<!`.
    Mark,
    /// In `<?`, `<!--` or `<![`, which ends with two of these and `>`, or with
    /// one: so many of them were the last bytes.
    Until { byte: u8, count: u8, seen: u8 },
}

/// A text that is being received.
#[derive(Debug)]
struct Xml<X> {
    room: X,
    len: usize,
    place: Place,
    depth: u32,
}

impl<X: Room> Xml<X> {
    const fn new(room: X) -> Self {
        Self { room, len: 0, place: Place::Text, depth: 0 }
    }

    const fn clear(&mut self) {
        (self.len, self.place, self.depth) = (0, Place::Text, 0);
    }

    /// Takes the next byte; true when the outermost element has ended.
    fn push(&mut self, byte: u8) -> Result<bool, FaultKind> {
        let before = self.depth;
        let mut is_end = false;
        self.place = match (self.place, byte) {
            (Place::Text, b'<') => Place::Open,
            // Blanks, or the mark of UTF-8, before the beginning.
            (Place::Text, _) if before == 0 => {
                let passed = byte.is_ascii_whitespace() || byte >= 0x80;
                return if passed { Ok(false) } else { Err(FaultKind::Syntax) };
            }
            (Place::Text, _) => Place::Text,
            (Place::Open, b'/') => Place::End,
            (Place::Open, b'?') => Place::Until { byte: b'?', count: 1, seen: 0 },
            (Place::Open, b'!') => Place::Mark,
            (Place::Mark, b'-') => Place::Until { byte: b'-', count: 2, seen: 0 },
            (Place::Mark, b'[') => Place::Until { byte: b']', count: 2, seen: 0 },
            (Place::Mark, _) => return Err(FaultKind::Syntax),
            (Place::Start { quote: None, slash: false }, b'>') => {
                self.depth = before.saturating_add(1);
                Place::Text
            }
            (Place::Start { quote: None, slash: true }, b'>') => {
                is_end = true;
                Place::Text
            }
            (Place::Start { quote: None, .. }, b'"' | b'\'') => {
                Place::Start { quote: Some(byte), slash: false }
            }
            (Place::Start { quote: Some(quote), .. }, _) => {
                Place::Start { quote: (quote != byte).then_some(quote), slash: false }
            }
            (Place::Open | Place::Start { .. }, _) => {
                Place::Start { quote: None, slash: byte == b'/' }
            }
            (Place::End, b'>') => {
                is_end = true;
                self.depth = before.checked_sub(1).ok_or(FaultKind::Syntax)?;
                Place::Text
            }
            (Place::End, _) => Place::End,
            (Place::Until { count, seen, .. }, b'>') if seen >= count => Place::Text,
            (Place::Until { byte: wanted, count, seen }, _) => {
                let seen = if byte == wanted { seen.saturating_add(1) } else { 0 };
                Place::Until { byte: wanted, count, seen }
            }
        };
        self.hold(byte)?;
        Ok(is_end && self.depth == 0)
    }

    fn hold(&mut self, byte: u8) -> Result<(), FaultKind> {
        let bytes = match byte {
            // Not allowed in XML.
            0x00..=0x08 | 0x0B | 0x0C | 0x0E..=0x1F => return Ok(()),
            0x80..=0xFF => [0xC0 | (byte >> 6), 0x80 | (byte & 0x3F)],
            _ => [byte, 0],
        };
        let len = if byte < 0x80 { 1 } else { 2 };
        let room = self.room.as_mut().get_mut(self.len..self.len + len);
        room.ok_or(FaultKind::Long)?.iter_mut().zip(bytes).for_each(|(to, from)| *to = from);
        self.len += len;
        Ok(())
    }

    /// Reads the text that is whole, as members of that name in one another.
    fn read<B: Room>(&self, json: &mut Json<B>) -> Result<(), FaultKind> {
        let text = self.room.as_ref().get(..self.len).unwrap_or_default();
        let text = core::str::from_utf8(text).map_err(|_| FaultKind::Syntax)?;
        for token in Tokenizer::from(text) {
            match token.map_err(|_| FaultKind::Syntax)? {
                Token::ElementStart { local, .. } => json.begin_element(local.as_str())?,
                Token::ElementEnd { end: ElementEnd::Open, .. } => {}
                Token::ElementEnd { .. } => json.end_element()?,
                Token::Text { text } => decode(text.as_str(), json),
                Token::Cdata { text, .. } => raw(text.as_str(), json),
                _ => {}
            }
        }
        Ok(())
    }
}

fn raw<B: Room>(text: &str, json: &mut Json<B>) {
    text.chars().for_each(|c| json.element_byte(u8::try_from(c).unwrap_or(b'?')));
}

/// A text in which entities stand; an unknown one is left as it is.
fn decode<B: Room>(text: &str, json: &mut Json<B>) {
    let mut rest = text.trim_ascii();
    while let Some((before, after)) = rest.split_once('&') {
        raw(before, json);
        // The longest is `&#x10FFFF;`.
        let end = after.bytes().take(10).position(|byte| byte == b';');
        let named = end.and_then(|end| after.split_at_checked(end));
        let c = named.and_then(|(name, _)| entity(name));
        if let (Some(c), Some((_, behind))) = (c, named) {
            let mut room = [0; 4];
            c.encode_utf8(&mut room).bytes().for_each(|byte| json.element_byte(byte));
            rest = behind.get(1..).unwrap_or_default();
        } else {
            json.element_byte(b'&');
            rest = after;
        }
    }
    raw(rest, json);
}

/// The character of an entity.
fn entity(name: &str) -> Option<char> {
    Some(match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix('x') {
                Some(digits) => u32::from_str_radix(digits, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)?
        }
    })
}

/// The texts of a vendor, XML or JSON of the same members: an element is a
/// member by its name.
#[derive(Debug)]
pub(super) struct XmlDocument<V, X, B> {
    xml: Xml<X>,
    values: JsonDocument<V, B>,
    /// By the first byte.
    is_xml: Option<bool>,
}

impl<V: Vendor, X: Room, B: Room> XmlDocument<V, X, B> {
    /// Nothing yet; room for the XML, and for the values.
    pub(super) const fn new(xml: X, values: B) -> Self {
        Self { xml: Xml::new(xml), values: JsonDocument::new(values), is_xml: None }
    }
}

impl<V: Vendor, X: Room, B: Room> Document for XmlDocument<V, X, B> {
    fn push(&mut self, byte: u8) -> Result<bool, FaultKind> {
        if self.is_xml.is_none() && matches!(byte, b'<' | b'{' | b'[') {
            self.is_xml = Some(byte == b'<');
        }
        if self.is_xml == Some(false) {
            return self.values.push(byte);
        }
        let whole = self.xml.push(byte)?;
        if whole {
            self.xml.read(&mut self.values.json)?;
        }
        Ok(whole)
    }

    fn told(&mut self) -> Option<Told> {
        self.values.told()
    }

    fn is_cut(&self) -> bool {
        self.values.is_cut()
    }

    fn clear(&mut self) {
        self.xml.clear();
        self.values.clear();
        self.is_xml = None;
    }

    fn role(head: &Head) -> Role {
        V::role(head)
    }
}
