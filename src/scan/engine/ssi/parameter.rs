//! Parameters: what a decoder can be set to.

use core::fmt;

use crate::scan::engine::reader::Bytes;

/// The most parameters that are asked for or set at once.
pub(super) const SETTINGS: usize = 8;

/// The number of a parameter. Those on which the line or the safety of the
/// engine rests are the driver's: they can be read, not written.
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Parameter(u16);

impl Parameter {
    /// Code 39.
    pub const CODE_39: Self = Self(0x00);
    /// UPC-A.
    pub const UPC_A: Self = Self(0x01);
    /// UPC-E.
    pub const UPC_E: Self = Self(0x02);
    /// EAN-13.
    pub const EAN_13: Self = Self(0x03);
    /// EAN-8.
    pub const EAN_8: Self = Self(0x04);
    /// Interleaved 2 of 5.
    pub const INTERLEAVED_2_OF_5: Self = Self(0x06);
    /// Codabar.
    pub const CODABAR: Self = Self(0x07);
    /// Code 128.
    pub const CODE_128: Self = Self(0x08);
    /// Code 93.
    pub const CODE_93: Self = Self(0x09);
    /// PDF417.
    pub const PDF417: Self = Self(0x0F);
    /// Whether a code identifier is put before the code; the driver's.
    pub const CODE_ID: Self = Self(0x2D);
    /// Beep when a code was read.
    pub const BEEP: Self = Self(0x38);
    /// How long a session looks for a code, x 0.1 s.
    pub const SESSION_TIME: Self = Self(0x88);
    /// What starts a session: 08 is the host; the driver's.
    pub const TRIGGER_MODE: Self = Self(0x8A);
    /// How long the decoder waits for an answer, x 0.1 s; the driver's.
    pub const RESPONSE_TIME: Self = Self(0x9B);
    /// Packets are acknowledged (1); the driver's.
    pub const HANDSHAKE: Self = Self(0x9F);
    /// What is put around the code; the driver's.
    pub const DATA_FORMAT: Self = Self(0xEB);
    /// Setup codes are obeyed (1); the driver's.
    pub const SETUP_CODES: Self = Self(0xEC);
    /// Codes come in packets (1) or bare (0); the driver's.
    pub const PACKETS: Self = Self(0xEE);
    /// An event when a code was read.
    pub const DECODE_EVENT: Self = Self(256);
    /// Data Matrix.
    pub const DATA_MATRIX: Self = Self(292);
    /// QR.
    pub const QR: Self = Self(293);
    /// How packets of one message are acknowledged: each (0); the driver's.
    pub const MULTIPACKET: Self = Self(334);
    /// Aztec.
    pub const AZTEC: Self = Self(574);

    /// Of its number: 0 to 239, 256 to 495, 512 to 751, 768 to 1007, or 1024
    /// and up. Others cannot be sent.
    #[must_use]
    pub const fn new(number: u16) -> Option<Self> {
        match number {
            0..=0xEF | 256..=495 | 512..=751 | 768..=1007 | 1024.. => Some(Self(number)),
            _ => None,
        }
    }

    /// The number.
    #[must_use]
    pub const fn number(self) -> u16 {
        self.0
    }

    /// Whether only the driver writes it: speed, stop bits, parity and time
    /// limits of the line, handshaking, and what [`init`](super::Ssi::init)
    /// sets.
    #[must_use]
    pub const fn is_owned(self) -> bool {
        matches!(self.0, 0x2D | 0x6E | 0x8A | 0x9B..=0x9F | 0xEB | 0xEC | 0xEE | 0xEF | 334)
    }

    /// The number as it is sent: one byte, F0 to F2 and the rest, or F8 and
    /// two bytes.
    pub(super) fn encode(self, to: &mut Bytes) {
        let [high, low] = self.0.to_be_bytes();
        match high {
            0 => to.push(low),
            1..=3 => to.extend(&[0xEF + high, low]),
            _ => to.extend(&[0xF8, high, low]),
        }
    }

    /// The number at the front, and what is behind it.
    fn decode(bytes: &[u8]) -> Option<(Self, &[u8])> {
        match bytes {
            [low @ 0..=0xEF, rest @ ..] => Some((Self(u16::from(*low)), rest)),
            [prefix @ 0xF0..=0xF2, low, rest @ ..] => {
                Some((Self(u16::from_be_bytes([prefix - 0xEF, *low])), rest))
            }
            [0xF8, high, low, rest @ ..] => Some((Self(u16::from_be_bytes([*high, *low])), rest)),
            _ => None,
        }
    }
}

impl fmt::Debug for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Parameter({})", self.0)
    }
}

/// What a parameter is set to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Value {
    /// One byte.
    Byte(u8),
    /// Two bytes (prefix F4).
    Word(u16),
}

/// What a decoder says that a parameter holds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Held<'a> {
    /// A byte or a word.
    Value(Value),
    /// A text or a list of bytes (prefix F3 or F6).
    Bytes(&'a [u8]),
}

/// A parameter and what it is set to.
pub(super) type Setting = (Parameter, Value);

/// A setting as it is sent, behind the beep code or another.
pub(super) fn encode((parameter, value): Setting, to: &mut Bytes) {
    match value {
        Value::Byte(byte) => {
            parameter.encode(to);
            to.push(byte);
        }
        Value::Word(word) => {
            to.push(0xF4);
            parameter.encode(to);
            to.extend(&word.to_be_bytes());
        }
    }
}

/// The parameters in the data of a `PARAM_SEND`, behind its beep code.
///
/// ```
/// use embedded_pos::scan::engine::ssi::{Held, Settings, Value};
///
/// let mut settings = Settings::new(&[0xFF, 0xF4, 0xF0, 0x3E, 0x04, 0xFF]);
/// let (parameter, held) = settings.next().unwrap();
/// assert_eq!((parameter.number(), held), (318, Held::Value(Value::Word(0x04FF))));
/// assert!(settings.next().is_none() && settings.rest().is_empty());
/// ```
#[derive(Clone, Copy)]
pub struct Settings<'a> {
    rest: &'a [u8],
}

impl<'a> Settings<'a> {
    /// Of the data of a packet.
    #[must_use]
    pub fn new(data: &'a [u8]) -> Self {
        Self { rest: data.get(1..).unwrap_or_default() }
    }

    /// What could not be read: settings have no length, so behind one of an
    /// unknown form nothing is known.
    #[must_use]
    pub const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    fn read(bytes: &'a [u8]) -> Option<(Parameter, Held<'a>, &'a [u8])> {
        let (form, bytes) = match bytes {
            [form @ (0xF3 | 0xF4 | 0xF6), rest @ ..] => (*form, rest),
            _ => (0, bytes),
        };
        let (parameter, behind) = Parameter::decode(bytes)?;
        let (held, rest) = match (form, behind) {
            (0, [byte, rest @ ..]) => (Held::Value(Value::Byte(*byte)), rest),
            (0xF4, [high, low, rest @ ..]) => {
                (Held::Value(Value::Word(u16::from_be_bytes([*high, *low]))), rest)
            }
            (0xF3 | 0xF6, [len, rest @ ..]) => {
                let (bytes, rest) = rest.split_at_checked(usize::from(*len))?;
                (Held::Bytes(bytes), rest)
            }
            _ => return None,
        };
        Some((parameter, held, rest))
    }
}

impl<'a> Iterator for Settings<'a> {
    type Item = (Parameter, Held<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let (parameter, held, rest) = Self::read(self.rest)?;
        self.rest = rest;
        Some((parameter, held))
    }
}

impl fmt::Debug for Settings<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(*self).finish()
    }
}
