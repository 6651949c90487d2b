//! What picojson cannot take is made so that it can, byte by byte.
//!
//! picojson wants UTF-8 and refuses a string longer than its buffer; cameras
//! send GB 2312, and may put a file path of any length beside the plate. So
//! each byte above ASCII is carried through as a character of the private use
//! area, and brought back by [`bytes`]; blanks between the values are left
//! out, and strings are cut at [`LONGEST_STRING`].

use heapless::Vec;

/// How long a JSON text can be, without blanks. The longest one seen, of
/// current firmware with every field, has some 1 300 bytes.
pub(super) const ROOM: usize = 2048;

/// How long a string can be, in bytes as they are kept: 32 Chinese bytes and
/// some more. What is wanted of a result is shorter.
pub(super) const LONGEST_STRING: usize = 104;

/// Where the first byte goes in the private use area: byte `b` is the
/// character U+E000 + `b`.
const CARRIER: u32 = 0xE000;

/// The bytes of a string that came through.
pub(super) fn bytes(text: &str) -> impl Iterator<Item = u8> {
    text.chars().flat_map(|c| {
        let mut room = [0; 4];
        let len = match u32::from(c).checked_sub(CARRIER).map(u8::try_from) {
            Some(Ok(byte)) => {
                room = [byte, 0, 0, 0];
                1
            }
            _ => c.encode_utf8(&mut room).len(),
        };
        room.into_iter().take(len)
    })
}

/// How far a text has come.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Progress {
    /// Something is missing.
    More,
    /// The outermost bracket is closed.
    Whole,
    /// It was ended by a zero byte before.
    Broken,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Place {
    Between,
    /// In a string.
    Inside,
    /// Behind a backslash.
    Escape,
    /// In `\uXXXX`: so many digits are to come.
    Hex(u8),
    /// Behind the first byte of a Chinese character. The second one can be a
    /// backslash (in GBK, not in GB 2312) and means nothing then.
    Trail,
}

/// A JSON text that is being received.
#[derive(Debug)]
pub(super) struct Json {
    kept: Vec<u8, ROOM>,
    place: Place,
    depth: u16,
    /// Bytes kept of the string that is open.
    string: usize,
    /// That string is cut.
    cut: bool,
    long: bool,
}

impl Json {
    pub(super) const fn new() -> Self {
        Self {
            kept: Vec::new(),
            place: Place::Between,
            depth: 0,
            string: 0,
            cut: false,
            long: false,
        }
    }

    pub(super) fn clear(&mut self) {
        self.kept.clear();
        self.place = Place::Between;
        self.depth = 0;
        self.long = false;
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.kept
    }

    /// Whether there was no room for all of it.
    pub(super) const fn is_long(&self) -> bool {
        self.long
    }

    /// Takes the next byte.
    pub(super) fn push(&mut self, byte: u8) -> Progress {
        if byte == 0 {
            return Progress::Broken;
        }
        match self.place {
            Place::Between => return self.between(byte),
            Place::Trail if matches!(byte, 0x40..=0x7E | 0x80..=0xFE) => {
                self.carry(byte);
                self.place = Place::Inside;
            }
            Place::Hex(left) if byte.is_ascii_hexdigit() => {
                self.emit(&[byte]);
                self.place = if left > 1 { Place::Hex(left - 1) } else { Place::Inside };
            }
            Place::Escape => self.escape(byte),
            Place::Inside | Place::Trail | Place::Hex(_) => self.inside(byte),
        }
        Progress::More
    }

    fn between(&mut self, byte: u8) -> Progress {
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' => return Progress::More,
            b'{' | b'[' => self.depth = self.depth.saturating_add(1),
            b'}' | b']' => self.depth = self.depth.saturating_sub(1),
            b'"' => {
                self.place = Place::Inside;
                self.string = 0;
            }
            _ => {}
        }
        self.cut = false;
        self.emit(&[byte]);
        let closed = matches!(byte, b'}' | b']') && self.depth == 0;
        if closed { Progress::Whole } else { Progress::More }
    }

    fn inside(&mut self, byte: u8) {
        self.place = Place::Inside;
        match byte {
            b'"' => {
                self.cut = false;
                self.place = Place::Between;
                self.emit(&[byte]);
            }
            b'\\' => self.place = Place::Escape,
            // Not allowed in a string, and no part of one that is wanted.
            0x01..=0x1F => {}
            0x20..=0x7F => self.keep(&[byte]),
            0x80..=0xFF => {
                self.carry(byte);
                self.place = Place::Trail;
            }
            0x00 => {}
        }
    }

    fn escape(&mut self, byte: u8) {
        self.place = Place::Inside;
        if byte == b'u' {
            // All of it or nothing.
            self.cut |= self.string + 6 > LONGEST_STRING;
            self.string += 4;
            self.place = Place::Hex(4);
        }
        self.keep(&[b'\\', byte]);
    }

    fn carry(&mut self, byte: u8) {
        // U+E000 + byte in UTF-8.
        self.keep(&[0xEE, 0x80 | (byte >> 6), 0x80 | (byte & 0x3F)]);
    }

    fn keep(&mut self, bytes: &[u8]) {
        self.cut |= self.string + bytes.len() > LONGEST_STRING;
        self.string += bytes.len();
        self.emit(bytes);
    }

    fn emit(&mut self, bytes: &[u8]) {
        if !self.cut {
            self.long |= self.kept.extend_from_slice(bytes).is_err();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn through(text: &[u8]) -> (std::string::String, Progress) {
        let mut json = Json::new();
        let mut progress = Progress::More;
        for byte in text {
            assert_eq!(progress, Progress::More, "{text:?}");
            progress = json.push(*byte);
        }
        (std::str::from_utf8(json.as_bytes()).unwrap().into(), progress)
    }

    #[test]
    fn blanks_between_are_left_out_and_blanks_inside_are_not() {
        let (text, progress) = through(b"{\n\t\"a b\" : [ 1, \"c\\\" } d\" ]\n}");
        assert_eq!((&*text, progress), (r#"{"a b":[1,"c\" } d"]}"#, Progress::Whole));
    }

    #[test]
    fn every_byte_comes_through_a_string() {
        for lead in 0x80..=0xFF_u8 {
            for trail in [b'A', b'\\', b'|', 0x7E, 0x80, 0xA1, 0xFE] {
                let sent = [b'"', lead, trail, b'1', b'"'];
                // A backslash behind 0xFF or 0x80 is a trail byte too; GBK has
                // no such character.
                let (text, _) = through(&sent);
                let inner = text.trim_matches('"');
                assert_eq!(bytes(inner).collect::<std::vec::Vec<_>>(), sent[1..4]);
            }
        }
    }

    #[test]
    fn escapes_stay_whole_when_a_string_is_cut() {
        for lead in 0..12 {
            let mut sent = std::vec![b'"'];
            sent.extend(core::iter::repeat_n(b'x', LONGEST_STRING - lead));
            sent.extend(br#"\u6D25\n\\\u6D25yyyyyyy\"","z":1}"#);
            let (text, progress) = through(&[b"{\"k\":", &*sent].concat());
            assert_eq!(progress, Progress::Whole);
            let value: serde_json::Value = serde_json::from_str(&text).unwrap();
            assert_eq!(value["z"], 1);
            assert!(value["k"].as_str().unwrap().len() <= LONGEST_STRING);
        }
    }

    #[test]
    fn too_long_is_noticed_at_the_end() {
        let mut json = Json::new();
        json.push(b'[');
        for _ in 0..ROOM {
            assert_eq!(json.push(b'1'), Progress::More);
        }
        assert_eq!(json.push(b']'), Progress::Whole);
        assert!(json.is_long());
        json.clear();
        assert!(!json.is_long());
    }
}
