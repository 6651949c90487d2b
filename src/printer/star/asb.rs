use super::command;
use crate::printer::Status;
use crate::printer::engine::Heard;

/// The status that a printer sends, asked by `ESC ACK SOH` or unasked: two
/// header bytes, of which the first says how many bytes there are, and a byte
/// for each group of bits. STAR Line Mode Command Specifications, 5-8 to 5-11.
///
/// ```
/// use embedded_pos::printer::Status;
/// use embedded_pos::printer::star::Asb;
///
/// let ready = Asb::decode(&[0x23, 0x06, 0, 0, 0, 0, 0, 0, 0]).unwrap();
/// assert_eq!(ready.status(), Status::ONLINE);
/// let ended = Asb::decode(&[0x0F, 0x06, 0x08, 0, 0, 0x0C, 0]).unwrap();
/// assert_eq!(ended.status(), Status::PAPER_OUT | Status::PAPER_LOW);
/// assert!(Asb::decode(&[0; 9]).is_none());
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Asb {
    /// Printer, errors, errors, sensors: the third to sixth byte.
    bytes: [u8; 4],
}

impl Asb {
    /// A whole status, if it is one.
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let (first, rest) = bytes.split_first()?;
        let (version, status) = rest.split_first()?;
        let whole = *version != 0
            && length(*first)? == bytes.len()
            && (1..).zip(rest).all(|(at, byte)| is_body(at, *byte));
        let bytes = *status.first_chunk()?;
        whole.then_some(Self { bytes })
    }

    /// What it says. An error that is not named here is an error all the same.
    #[must_use]
    pub fn status(&self) -> Status {
        let [printer, errors, more, sensors] = self.bytes;
        let bit = |byte: u8, mask: u8, flag| if byte & mask == 0 { Status::empty() } else { flag };
        let online = if printer & 0x08 == 0 { Status::ONLINE } else { Status::empty() };
        online
            | bit(printer, 0x20, Status::COVER_OPEN)
            | bit(printer, 0x40, Status::FEEDING)
            | bit(errors, 0x40, Status::OVERHEATED)
            | bit(errors, 0x20, Status::FATAL)
            | bit(errors, 0x08, Status::CUTTER_ERROR)
            | bit(errors, 0x06, Status::RECOVERABLE)
            | bit(more, 0x6E, Status::RECOVERABLE)
            | bit(sensors, 0x08, Status::PAPER_OUT)
            | bit(sensors, 0x06, Status::PAPER_LOW)
    }
}

/// How many bytes the first one says there are, 7 or more; `0xx0xxx1`.
fn length(first: u8) -> Option<usize> {
    let length = usize::from(first >> 2 & 0x08 | first >> 1 & 0x07);
    (first & 0x91 == 0x01 && length >= 7).then_some(length)
}

/// `0xx0xxx0`; on a network, bit 7 of the second byte says that a length
/// follows, which passes for noise.
const fn is_body(at: usize, byte: u8) -> bool {
    byte & if at == 1 { 0x11 } else { 0x91 } == 0
}

/// What makes words of a printer's bytes.
#[derive(Debug, Default)]
pub struct Ear {
    bytes: [u8; 15],
    count: usize,
}

impl Ear {
    /// The first byte of something.
    fn begin(&mut self, byte: u8) -> Heard {
        self.count = 0;
        if length(byte).is_none() && byte != 0x1B {
            return Heard::Noise(byte);
        }
        self.push(byte);
        Heard::Nothing
    }

    /// What was begun is not gone on with.
    fn anew(&mut self, byte: u8) -> Heard {
        let _ = self.begin(byte);
        Heard::Noise(byte)
    }

    fn push(&mut self, byte: u8) {
        if let Some(slot) = self.bytes.get_mut(self.count) {
            *slot = byte;
            self.count += 1;
        }
    }

    /// `ESC GS ETX 1 a b`, the count, NUL.
    fn print_end(&mut self, byte: u8) -> Heard {
        let expected = command::print_end([0; 2]);
        let fits = match self.count {
            n @ 1..4 => expected.get(n) == Some(&byte),
            7 => byte == 0,
            _ => true,
        };
        if !fits {
            return self.anew(byte);
        }
        self.push(byte);
        match self.bytes {
            [_, _, _, _, a, b, ..] if self.count == 8 => {
                self.count = 0;
                Heard::Printed([a, b])
            }
            _ => Heard::Nothing,
        }
    }
}

impl Ear {
    /// A byte came.
    pub(super) fn hear(&mut self, byte: u8) -> Heard {
        match (self.bytes, self.count, byte) {
            // XON and XOFF stand anywhere.
            (_, _, 0x11 | 0x13) if !matches!(self.bytes, [0x1B, ..]) || self.count == 0 => {
                Heard::Nothing
            }
            (_, 0, _) => self.begin(byte),
            ([0x1B, ..], _, _) => self.print_end(byte),
            ([first, ..], _, _) if is_body(self.count, byte) => {
                self.push(byte);
                if length(first) != Some(self.count) {
                    return Heard::Nothing;
                }
                let whole = self.bytes.get(..self.count).and_then(Asb::decode);
                self.count = 0;
                whole.map_or(Heard::Noise(first), |asb| Heard::Status(asb.status(), false))
            }
            _ => self.anew(byte),
        }
    }
}
