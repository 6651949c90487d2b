use heapless::Vec;
use zeroize::Zeroize;

use super::command::{Command, LONGEST};
use super::config::Framing;
use super::status::Status;

const PREAMBLE: [u8; 5] = [0xAA, 0xAA, 0xAA, 0x96, 0x69];
const STX: u8 = 0x02;
const ETX: u8 = 0x03;

/// A command as it is on the wire.
pub(super) fn encode(command: Command, framing: Framing) -> Option<Vec<u8, LONGEST>> {
    let (bytes, count) = command.bytes(framing)?;
    let bytes = bytes.get(..count)?;
    let xor = |bytes: &[u8]| bytes.iter().fold(0, |sum, byte| sum ^ byte);
    let mut frame = Vec::new();
    // There is room for all of it: see the test.
    let mut put = |bytes: &[u8]| frame.extend_from_slice(bytes).ok();
    let count = u8::try_from(count).ok()?;
    match framing {
        Framing::Sdt => {
            put(&PREAMBLE)?;
            put(&[0, count + 1])?;
            put(bytes)?;
            put(&[xor(bytes) ^ (count + 1)])?;
        }
        Framing::Oem => {
            put(&[STX, 0, count])?;
            put(bytes)?;
            put(&[xor(bytes), ETX])?;
        }
    }
    Some(frame)
}

/// What a byte was.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Seen {
    /// Part of nothing, or of a head.
    Nothing,
    /// The last byte of the status: data may follow.
    Status,
    /// This many data bytes of the reply were there before it.
    Data(u16),
    /// The end of a reply that is whole.
    Good,
    /// The end of one whose check or end is wrong.
    Bad,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Place {
    Head,
    /// So many bytes of the body were there; of so many.
    Body(u16, u16),
    Check,
    End,
}

/// Reads replies, byte by byte. A head whose length no reply to the command
/// can have is none: so a late reply to another command is passed over.
#[derive(Debug)]
pub(super) struct Reader {
    framing: Framing,
    head: Vec<u8, 7>,
    place: Place,
    xor: u8,
    good: bool,
    status: [u8; 3],
    data_len: u16,
}

impl Reader {
    pub(super) const fn new(framing: Framing) -> Self {
        Self {
            framing,
            head: Vec::new(),
            place: Place::Head,
            xor: 0,
            good: true,
            status: [0; 3],
            data_len: 0,
        }
    }

    /// Looks for a head from here on.
    pub(super) fn restart(&mut self) {
        self.head.clear();
        self.place = Place::Head;
    }

    /// How many data bytes are there of a reply that has begun.
    pub(super) fn progress(&self) -> Option<u16> {
        match self.place {
            Place::Head => None,
            Place::Body(at, _) => Some(at.saturating_sub(self.status_len())),
            Place::Check | Place::End => Some(self.data_len),
        }
    }

    /// Whether a reply has begun and is not over.
    pub(super) fn is_inside(&self) -> bool {
        self.place != Place::Head
    }

    /// The status of the reply that came last.
    pub(super) const fn status(&self) -> Status {
        Status::new(self.framing, self.status)
    }

    /// How many data bytes that reply has.
    pub(super) const fn data_len(&self) -> u16 {
        self.data_len
    }

    const fn status_len(&self) -> u16 {
        match self.framing {
            Framing::Sdt => 3,
            Framing::Oem => 2,
        }
    }

    /// Takes a byte.
    pub(super) fn byte(&mut self, byte: u8, command: Command) -> Seen {
        match self.place {
            Place::Head => self.in_head(byte, command),
            Place::Body(at, len) => self.in_body(byte, at, len),
            Place::Check => {
                self.good = self.xor == byte;
                match self.framing {
                    Framing::Oem => self.place = Place::End,
                    Framing::Sdt => return self.end(),
                }
                Seen::Nothing
            }
            Place::End => {
                self.good &= byte == ETX;
                self.end()
            }
        }
    }

    fn end(&mut self) -> Seen {
        self.restart();
        if self.good { Seen::Good } else { Seen::Bad }
    }

    fn in_head(&mut self, byte: u8, command: Command) -> Seen {
        // There is room: a full head is a body's, or loses its first byte.
        let _ = self.head.push(byte);
        while !self.begins_head(command) {
            self.head.remove(0);
        }
        if let Some(len) = self.head_len() {
            let body = match self.framing {
                // The check counts.
                Framing::Sdt => len.saturating_sub(1),
                Framing::Oem => len,
            };
            self.place = Place::Body(0, body);
            self.data_len = body.saturating_sub(self.status_len());
            self.status = [0; 3];
            self.xor = match self.framing {
                Framing::Sdt => len.to_be_bytes().iter().fold(0, |sum, byte| sum ^ byte),
                Framing::Oem => 0,
            };
        }
        Seen::Nothing
    }

    fn mark(&self) -> &'static [u8] {
        match self.framing {
            Framing::Sdt => &PREAMBLE,
            Framing::Oem => &[STX],
        }
    }

    /// What every frame begins with.
    pub(super) const fn mark_byte(&self) -> u8 {
        match self.framing {
            Framing::Sdt => PREAMBLE[0],
            Framing::Oem => STX,
        }
    }

    /// The length in a head that is whole.
    fn head_len(&self) -> Option<u16> {
        let len = self.head.get(self.mark().len()..)?.first_chunk()?;
        Some(u16::from_be_bytes(*len))
    }

    /// Whether what is there can be the beginning of a reply. Nothing can.
    fn begins_head(&self, command: Command) -> bool {
        let marked = self.head.iter().zip(self.mark()).all(|(byte, mark)| byte == mark);
        marked && self.head_len().is_none_or(|len| command.fits(self.framing, len))
    }

    fn in_body(&mut self, byte: u8, at: u16, len: u16) -> Seen {
        let status_len = self.status_len();
        self.xor ^= byte;
        let next = at + 1;
        self.place = if next < len { Place::Body(next, len) } else { Place::Check };
        if let Some(to) = self.status.get_mut(usize::from(at)).filter(|_| at < status_len) {
            *to = byte;
        }
        match next.checked_sub(status_len) {
            None => Seen::Nothing,
            Some(0) => Seen::Status,
            Some(n) => Seen::Data(n - 1),
        }
    }
}

/// The data of a short reply: a number, an address. Overwritten when dropped.
#[derive(Default)]
pub(super) struct Data {
    bytes: Vec<u8, 70>,
}

impl Data {
    pub(super) const fn new() -> Self {
        Self { bytes: Vec::new() }
    }

    pub(super) fn clear(&mut self) {
        self.bytes.zeroize();
    }

    /// Takes what fits.
    pub(super) fn push(&mut self, byte: u8) {
        let _ = self.bytes.push(byte);
    }

    pub(super) fn as_slice(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for Data {
    fn drop(&mut self) {
        self.clear();
    }
}

impl core::fmt::Debug for Data {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Data({} bytes)", self.bytes.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(text: &str) -> std::vec::Vec<u8> {
        let digits: std::vec::Vec<_> = text.chars().filter(|c| !c.is_whitespace()).collect();
        digits
            .chunks(2)
            .map(|two| u8::from_str_radix(&std::string::String::from_iter(two), 16).unwrap())
            .collect()
    }

    /// As the documents and public programs print them.
    #[test]
    fn commands_as_in_the_documents() {
        for (command, framing, frame) in [
            (Command::Reset, Framing::Sdt, "AA AA AA 96 69 00 03 10 FF EC"),
            (Command::Status, Framing::Sdt, "AA AA AA 96 69 00 03 11 FF ED"),
            (Command::SamId, Framing::Sdt, "AA AA AA 96 69 00 03 12 FF EE"),
            (Command::Find, Framing::Sdt, "AA AA AA 96 69 00 03 20 01 22"),
            (Command::Select, Framing::Sdt, "AA AA AA 96 69 00 03 20 02 21"),
            (Command::Read, Framing::Sdt, "AA AA AA 96 69 00 03 30 01 32"),
            (Command::ReadAll, Framing::Sdt, "AA AA AA 96 69 00 03 30 10 23"),
            (Command::Address, Framing::Sdt, "AA AA AA 96 69 00 03 30 03 30"),
            (Command::Speed(2), Framing::Sdt, "AA AA AA 96 69 00 03 60 02 61"),
            (Command::Read, Framing::Oem, "02 00 03 CA 01 00 CB 03"),
            (Command::Find, Framing::Oem, "02 00 03 CA 01 01 CA 03"),
            (Command::Reset, Framing::Oem, "02 00 02 31 12 23 03"),
        ] {
            assert_eq!(encode(command, framing).unwrap().as_slice(), hex(frame), "{command:?}");
        }
        assert_eq!(encode(Command::ReadAll, Framing::Oem), None);
    }

    fn read(frame: &[u8], command: Command, framing: Framing) -> std::vec::Vec<Seen> {
        let mut reader = Reader::new(framing);
        frame.iter().map(|byte| reader.byte(*byte, command)).collect()
    }

    #[test]
    fn replies_as_in_the_documents() {
        let found = hex("AA AA AA 96 69 00 08 00 00 9F 00 00 00 00 97");
        let seen = read(&found, Command::Find, Framing::Sdt);
        assert_eq!(seen[9..], {
            [Seen::Status, Seen::Data(0), Seen::Data(1), Seen::Data(2), Seen::Data(3), Seen::Good]
        });
        // The same is no reply to another command.
        let seen = read(&found, Command::Select, Framing::Sdt);
        assert!(seen.iter().all(|seen| *seen == Seen::Nothing));
        let damaged = hex("AA AA AA 96 69 00 08 00 00 9F 00 00 00 01 97");
        assert_eq!(read(&damaged, Command::Find, Framing::Sdt).last(), Some(&Seen::Bad));
        let refused = hex("02 00 02 80 00 80 03");
        assert_eq!(read(&refused, Command::Find, Framing::Oem).last(), Some(&Seen::Good));
    }

    #[test]
    fn a_head_is_found_behind_what_looks_like_one() {
        for noise in ["AA", "AA AA AA", "AA AA AA 96", "AA AA AA 96 69 00", "AA AA AA 96 69 00 09"]
        {
            let frame = [hex(noise), hex("AA AA AA 96 69 00 04 00 00 80 84")].concat();
            let seen = read(&frame, Command::Find, Framing::Sdt);
            // A length whose second byte is the first of the preamble is read
            // as a length, and the frame behind it is found all the same.
            assert_eq!(seen.last(), Some(&Seen::Good), "{noise}");
        }
        let frame = hex("02 02 00 02 80 00 80 03");
        assert_eq!(read(&frame, Command::Find, Framing::Oem).last(), Some(&Seen::Good));
    }
}
