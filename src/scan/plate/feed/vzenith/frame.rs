//! Frames: an 8-byte header, and data whose length it gives (TCP protocol
//! manual 1.0.3, clause 1.1).

use super::message::SCHEMA;
use crate::scan::plate::feed::json::{Json, Wrong};

/// Neither side sends or takes more than 1 MB in one frame (clause 1.1).
const LONGEST: u32 = 1 << 20;

/// What a frame carries; the third byte of its header.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    /// 0: JSON, and after a zero byte the pictures.
    Json,
    /// 1: nothing.
    Heartbeat,
    /// 2: a C structure, for those who asked for it.
    Binary,
}

/// The header of a frame.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Header {
    pub(super) kind: Kind,
    /// A reply has the number of its command; what is told unasked has 0.
    pub(super) number: u8,
    pub(super) len: u32,
}

impl Header {
    pub(super) const SIZE: usize = 8;
    pub(super) const HEARTBEAT: Self = Self { kind: Kind::Heartbeat, number: 0, len: 0 };

    pub(super) const fn encode(self) -> [u8; Self::SIZE] {
        let kind = match self.kind {
            Kind::Json => 0,
            Kind::Heartbeat => 1,
            Kind::Binary => 2,
        };
        let [a, b, c, d] = self.len.to_be_bytes();
        [b'V', b'Z', kind, self.number, a, b, c, d]
    }

    /// A header, unless nothing that is one looks so.
    pub(super) const fn decode(bytes: [u8; Self::SIZE]) -> Option<Self> {
        let [b'V', b'Z', kind, number, a, b, c, d] = bytes else { return None };
        let len = u32::from_be_bytes([a, b, c, d]);
        let kind = match (kind, len) {
            (0, 0..=LONGEST) => Kind::Json,
            (1, 0) => Kind::Heartbeat,
            (2, 0..=LONGEST) => Kind::Binary,
            _ => return None,
        };
        Some(Self { kind, number, len })
    }

    /// Whether a header can begin with these bytes.
    fn begins(bytes: &[u8]) -> bool {
        match bytes.first_chunk() {
            Some(whole) => Self::decode(*whole).is_some(),
            None => match bytes {
                [b'V', b'Z', kind, ..] => *kind <= 2,
                [first, second] => (*first, *second) == (b'V', b'Z'),
                _ => bytes == b"V",
            },
        }
    }
}

/// Room for the values of a JSON text that are wanted: four strings of 132
/// bytes and seventeen numbers.
const ROOM: usize = 768;

/// What part of a frame comes next.
#[derive(Debug)]
enum Part {
    /// The header; so many bytes of it are there.
    Header([u8; Header::SIZE], usize),
    /// The JSON.
    Json,
    /// The zero byte behind it.
    Tail,
    /// The pictures behind that.
    Pictures,
    /// Data that nobody wants.
    Skipped,
}

impl Part {
    const START: Self = Self::Header([0; Header::SIZE], 0);
}

/// What has come in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Arrival {
    /// A JSON text, to be had from [`Reader::json`]; its frame's number.
    Json(u8),
    /// One that is too long to be kept; the length of its frame.
    Long(u32),
    /// One that broke off; the length of its frame.
    Broken(u32),
}

/// Takes frames apart, whatever pieces they come in.
#[derive(Debug)]
pub(super) struct Reader {
    part: Part,
    header: Header,
    /// Bytes of the frame that are still to come.
    left: u32,
    /// How many of them are pictures, where the JSON says.
    declared: Option<u32>,
    /// The last bytes of the JSON, the newest last.
    last: [u8; 3],
    json: Json<[u8; ROOM]>,
    /// What is wrong with the JSON so far.
    wrong: Option<Wrong>,
    arrival: Option<Arrival>,
}

impl Reader {
    pub(super) const fn new() -> Self {
        Self {
            part: Part::START,
            header: Header::HEARTBEAT,
            left: 0,
            declared: None,
            last: [0; 3],
            json: Json::new(&SCHEMA, [0; ROOM]),
            wrong: None,
            arrival: None,
        }
    }

    /// Takes bytes in, up to the next arrival; returns how many.
    pub(super) fn take(&mut self, bytes: &[u8]) -> usize {
        let mut rest = bytes;
        while let Some(&byte) = rest.first() {
            if self.arrival.is_some() {
                break;
            }
            let used = self.consume(byte, rest.len());
            rest = rest.get(used..).unwrap_or_default();
        }
        bytes.len() - rest.len()
    }

    /// Takes the next byte, or more of them where they need not be looked at;
    /// none when the frame turns out to have ended before.
    fn consume(&mut self, byte: u8, available: usize) -> usize {
        match self.part {
            Part::Header(bytes, len) => self.header_byte(bytes, len, byte),
            Part::Json => self.json_byte(byte),
            Part::Tail => return self.tail_byte(byte),
            Part::Pictures => return self.picture_bytes(byte, available),
            Part::Skipped => return self.skip(available),
        }
        1
    }

    fn header_byte(&mut self, mut bytes: [u8; Header::SIZE], mut len: usize, byte: u8) {
        if let Some(slot) = bytes.get_mut(len) {
            *slot = byte;
            len += 1;
        }
        // Garbage, or a byte was lost: look for a header further on.
        while len > 0 && !Header::begins(bytes.get(..len).unwrap_or_default()) {
            bytes.rotate_left(1);
            len -= 1;
        }
        self.part = Part::Header(bytes, len);
        if len == Header::SIZE
            && let Some(header) = Header::decode(bytes)
        {
            self.begin(header);
        }
    }

    fn begin(&mut self, header: Header) {
        self.header = header;
        self.left = header.len;
        self.declared = None;
        self.last = [0; 3];
        self.part = match header.kind {
            _ if header.len == 0 => Part::START,
            Kind::Json => Part::Json,
            Kind::Heartbeat | Kind::Binary => Part::Skipped,
        };
        self.json.clear();
        self.wrong = None;
    }

    fn json_byte(&mut self, byte: u8) {
        self.left = self.left.saturating_sub(1);
        let whole = match (self.wrong, byte) {
            // Of a wrong text, the end is not known but by the zero behind it.
            (None, 1..) => self.json.push(byte),
            _ => Ok(false),
        };
        self.wrong = self.wrong.or(whole.err());
        let ended = whole == Ok(true) || whole == Err(Wrong::Long);
        if !ended && byte != 0 && self.left > 0 {
            let [_, b, c] = self.last;
            self.last = [b, c, byte];
            return;
        }
        self.part = match byte {
            _ if self.left == 0 => Part::START,
            0 => self.overrun(),
            _ => Part::Tail,
        };
        self.arrival = Some(match self.wrong {
            Some(Wrong::Long) => Arrival::Long(self.header.len),
            None if ended && self.json.is_short() => Arrival::Long(self.header.len),
            None if ended => Arrival::Json(self.header.number),
            _ => Arrival::Broken(self.header.len),
        });
    }

    /// What comes behind a zero byte in the JSON: the rest of the next header,
    /// if the JSON was cut short and that one followed.
    const fn overrun(&self) -> Part {
        match self.last {
            [_, b'V', b'Z'] => Part::Header([b'V', b'Z', 0, 0, 0, 0, 0, 0], 3),
            [b'V', b'Z', kind @ 1..=2] => Part::Header([b'V', b'Z', kind, 0, 0, 0, 0, 0], 4),
            _ => Part::Pictures,
        }
    }

    fn tail_byte(&mut self, byte: u8) -> usize {
        match byte {
            0 => self.part = Part::Pictures,
            _ if byte.is_ascii_whitespace() => {}
            // Nothing of this frame: its length lied.
            _ => return self.restart(),
        }
        self.skip(1)
    }

    fn picture_bytes(&mut self, byte: u8, available: usize) -> usize {
        match self.declared {
            Some(0) if byte == b'V' => return self.restart(),
            Some(0) => self.declared = None,
            _ => {}
        }
        let most = self.declared.map_or(available, |declared| {
            available.min(usize::try_from(declared).unwrap_or(usize::MAX))
        });
        let used = self.skip(most);
        let counted = u32::try_from(used).unwrap_or(u32::MAX);
        self.declared = self.declared.map(|declared| declared.saturating_sub(counted));
        used
    }

    fn skip(&mut self, most: usize) -> usize {
        let used = most.min(usize::try_from(self.left).unwrap_or(usize::MAX));
        self.left = self.left.saturating_sub(u32::try_from(used).unwrap_or(u32::MAX));
        if self.left == 0 {
            self.part = Part::START;
        }
        used
    }

    fn restart(&mut self) -> usize {
        self.part = Part::START;
        0
    }

    /// What has come in, once.
    pub(super) fn arrival(&mut self) -> Option<Arrival> {
        self.arrival.take()
    }

    /// The text of the last [`Arrival::Json`].
    pub(super) const fn json(&mut self) -> &mut Json<[u8; ROOM]> {
        &mut self.json
    }

    /// What the JSON says of the pictures behind it: how many bytes.
    pub(super) fn declare(&mut self, pictures: u32) {
        self.declared = Some(pictures);
    }

    /// Whether pictures are coming, or about to.
    pub(super) const fn in_pictures(&self) -> bool {
        matches!(self.part, Part::Tail | Part::Pictures) && self.arrival.is_none()
    }

    /// Takes bytes in like [`take`](Self::take), but not beyond the pictures,
    /// and tells which of those taken are pictures.
    pub(super) fn take_picture<'b>(&mut self, bytes: &'b [u8]) -> (usize, &'b [u8]) {
        let Some(&first) = bytes.first() else { return (0, &[]) };
        if matches!(self.part, Part::Pictures) {
            let used = self.picture_bytes(first, bytes.len());
            return (used, bytes.get(..used).unwrap_or_default());
        }
        (self.consume(first, 1), &[])
    }

    /// Whether a frame has begun and not ended.
    pub(super) const fn is_inside(&self) -> bool {
        !matches!(self.part, Part::Header(_, 0))
    }

    /// Gives the frame up whose rest does not come. Says whether more than
    /// pictures is lost.
    pub(super) fn abandon(&mut self) -> Option<Arrival> {
        let lost = matches!(self.part, Part::Json).then_some(Arrival::Broken(self.header.len));
        self.part = Part::START;
        lost
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_as_in_the_manual() {
        let bytes = [b'V', b'Z', 0, 7, 0, 0, 0x03, 0xE8];
        let header = Header { kind: Kind::Json, number: 7, len: 1000 };
        assert_eq!(Header::decode(bytes), Some(header));
        assert_eq!(header.encode(), bytes);
        assert_eq!(Header::HEARTBEAT.encode(), *b"VZ\x01\0\0\0\0\0");
    }

    #[test]
    fn what_cannot_be_a_header_is_none() {
        for bytes in [
            *b"VX\0\0\0\0\0\x01",
            *b"VZ\x03\0\0\0\0\x01",
            *b"VZ\x01\0\0\0\0\x01",
            *b"VZ\0\0\0\x10\0\x01",
        ] {
            assert_eq!(Header::decode(bytes), None);
        }
    }
}
