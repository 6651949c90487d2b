//! Packets as bytes (guide, chapter 2).

use core::fmt;

use bitflags::bitflags;

use crate::scan::engine::reader::Bytes;

/// What a packet is about.
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Opcode(pub(super) u8);

macro_rules! opcodes {
    ($($name:ident = $raw:literal;)*) => {
        #[allow(missing_docs, reason = "the names are those of the guide")]
        impl Opcode {
            $(pub const $name: Self = Self($raw);)*

            /// The name that the guide has for it; `None` if it has none, or
            /// if it is none of the guide.
            #[must_use]
            pub const fn name(self) -> Option<&'static str> {
                match self.0 {
                    $($raw => Some(stringify!($name)),)*
                    _ => None,
                }
            }
        }
    };
}

opcodes! {
    FLUSH_MACRO_PDF = 0x10;
    ABORT_MACRO_PDF = 0x11;
    CUSTOM_DEFAULTS = 0x12;
    SEND_LOG = 0x13;
    LOG_DATA = 0x14;
    MULTIPACKET_SEGMENT = 0x73;
    MULTIPACKET_ACK = 0x74;
    SSI_MGMT_COMMAND = 0x80;
    SCANNER_INIT_COMMAND = 0x90;
    SCANNER_INIT = 0x91;
    TEMP_COMMAND = 0x93;
    HOST_ACK = 0x96;
    REQUEST_REVISION = 0xA3;
    REPLY_REVISION = 0xA4;
    REPLY_ID = 0xA6;
    IMAGE_DATA = 0xB1;
    VIDEO_DATA = 0xB4;
    ILLUMINATION_OFF = 0xC0;
    ILLUMINATION_ON = 0xC1;
    AIM_OFF = 0xC4;
    AIM_ON = 0xC5;
    PARAM_SEND = 0xC6;
    PARAM_REQUEST = 0xC7;
    PARAM_DEFAULTS = 0xC8;
    CHANGE_ALL_CODE_TYPES = 0xC9;
    PAGER_MOTOR_ACTIVATION = 0xCA;
    CMD_ACK = 0xD0;
    CMD_NAK = 0xD1;
    FLUSH_QUEUE = 0xD2;
    CAPABILITIES_REQUEST = 0xD3;
    CAPABILITIES_REPLY = 0xD4;
    BATCH_REQUEST = 0xD5;
    BATCH_DATA = 0xD6;
    CMD_ACK_ACTION = 0xD8;
    START_SESSION = 0xE4;
    STOP_SESSION = 0xE5;
    BEEP = 0xE6;
    LED_ON = 0xE7;
    LED_OFF = 0xE8;
    SCAN_ENABLE = 0xE9;
    SCAN_DISABLE = 0xEA;
    SLEEP = 0xEB;
    DECODE_DATA = 0xF3;
    EVENT = 0xF6;
    IMAGER_MODE = 0xF7;
}

impl Opcode {
    /// The byte.
    #[must_use]
    pub const fn raw(self) -> u8 {
        self.0
    }

    /// Whether it says how something was received.
    pub(super) const fn is_answer(self) -> bool {
        matches!(self, Self::CMD_ACK | Self::CMD_NAK)
    }

    /// Whether a decoder sends it without being asked.
    pub(super) const fn is_unasked(self) -> bool {
        !matches!(
            self,
            Self::PARAM_SEND
                | Self::SCANNER_INIT
                | Self::REPLY_REVISION
                | Self::REPLY_ID
                | Self::CAPABILITIES_REPLY
        )
    }

    /// Whether such a command is replied to with data.
    pub(super) const fn has_reply(self) -> bool {
        matches!(self, Self::REQUEST_REVISION | Self::CAPABILITIES_REQUEST)
    }

    /// What the host has to answer to such a packet of the decoder: nothing to
    /// replies without that need; why not, if it has no use for it.
    pub(super) const fn answer(self) -> Result<Option<Self>, Cause> {
        match self {
            Self::SCANNER_INIT => Ok(Some(Self::HOST_ACK)),
            // TEMP, of no manual: users of hosts that refuse it had trouble.
            Self::TEMP_COMMAND | Self::LOG_DATA | Self::PARAM_SEND | Self::EVENT => {
                Ok(Some(Self::CMD_ACK))
            }
            Self::REPLY_REVISION | Self::REPLY_ID | Self::CAPABILITIES_REPLY => Ok(None),
            // To acknowledge a batch is to have it erased.
            Self::IMAGE_DATA | Self::VIDEO_DATA | Self::BATCH_DATA => Err(Cause::Cancel),
            _ => Err(Cause::BadContext),
        }
    }
}

impl fmt::Debug for Opcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "{:02X}", self.0),
        }
    }
}

/// Who sent a packet.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Source {
    /// 00: the scan engine.
    Decoder,
    /// 04: us.
    Host,
    /// Another. The first of several `MULTIPACKET_SEGMENT` has 02.
    Other(u8),
}

impl Source {
    const fn of(raw: u8) -> Self {
        match raw {
            0x00 => Self::Decoder,
            0x04 => Self::Host,
            other => Self::Other(other),
        }
    }
}

bitflags! {
    /// The status byte of a packet. Bits without a name are kept.
    #[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
    pub struct Status: u8 {
        /// The packet is sent again.
        const RETRANSMIT = 1;
        /// More packets of this message follow.
        const CONTINUED = 1 << 1;
        /// Of `PARAM_SEND`: the change outlasts the power.
        const PERMANENT = 1 << 3;
        /// Newer decoders, not in the guide: nobody asked for this packet.
        const NOTIFICATION = 1 << 5;
        /// Newer decoders, not in the guide: this packet is a reply.
        const RESPONSE = 1 << 7;
        const _ = !0;
    }
}

/// Why a packet was refused (`CMD_NAK`).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Cause {
    /// 1: the check is wrong; send it again.
    Resend,
    /// 2: unknown, or not expected now.
    BadContext,
    /// 6: cannot or must not be done.
    Denied,
    /// 10 (0A): not wanted.
    Cancel,
    /// Another.
    Other(u8),
}

impl Cause {
    /// Of its byte.
    #[must_use]
    pub const fn of(raw: u8) -> Self {
        match raw {
            1 => Self::Resend,
            2 => Self::BadContext,
            6 => Self::Denied,
            10 => Self::Cancel,
            other => Self::Other(other),
        }
    }

    /// The byte.
    #[must_use]
    pub const fn raw(self) -> u8 {
        match self {
            Self::Resend => 1,
            Self::BadContext => 2,
            Self::Denied => 6,
            Self::Cancel => 10,
            Self::Other(raw) => raw,
        }
    }
}

/// Why bytes are no packet.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Malformed {
    /// The length at the front is less than the four bytes that it counts at
    /// least.
    Length(u8),
    /// There are fewer bytes than the length and the check need.
    Short {
        /// How many it needs.
        needs: usize,
    },
    /// There are more.
    Long {
        /// Where the packet ends.
        end: usize,
    },
}

impl Malformed {
    /// At which byte.
    #[must_use]
    pub const fn offset(self, len: usize) -> usize {
        match self {
            Self::Length(_) => 0,
            Self::Short { .. } => len,
            Self::Long { end } => end,
        }
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length(len) => write!(f, "length {len} is below 4"),
            Self::Short { needs } => write!(f, "ends before {needs} bytes"),
            Self::Long { end } => write!(f, "bytes behind the packet, from {end} on"),
        }
    }
}

impl core::error::Error for Malformed {}

/// A packet, looked at where it lies: length, opcode, source, status, data,
/// and a check of two bytes that the length does not count.
///
/// ```
/// use embedded_pos::scan::engine::ssi::{Opcode, Packet, Source};
///
/// let packet = Packet::parse(&[0x07, 0xF3, 0x00, 0x00, 0x01, 0x4E, 0x52, 0xFE, 0x65])?;
/// assert_eq!((packet.opcode(), packet.source()), (Opcode::DECODE_DATA, Source::Decoder));
/// assert_eq!(packet.data(), b"\x01NR");
/// assert!(packet.is_intact());
/// # Ok::<(), embedded_pos::scan::engine::ssi::Malformed>(())
/// ```
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct Packet<'a> {
    opcode: Opcode,
    source: Source,
    status: Status,
    data: &'a [u8],
    is_intact: bool,
}

impl<'a> Packet<'a> {
    /// Bytes before the data.
    pub(super) const HEAD: usize = 4;
    /// Bytes behind it.
    pub(super) const CHECK: usize = 2;
    /// The longest packet (guide: 255 bytes and the check).
    pub const MAX: usize = 257;

    /// Looks at exactly one packet, whatever its check.
    ///
    /// # Errors
    /// The bytes are not as many as the first of them says.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Malformed> {
        let Some(len) = bytes.first() else { return Err(Malformed::Short { needs: 6 }) };
        let counted = usize::from(*len);
        if counted < Self::HEAD {
            return Err(Malformed::Length(*len));
        }
        let needs = counted + Self::CHECK;
        if bytes.len() > needs {
            return Err(Malformed::Long { end: needs });
        }
        let short = Malformed::Short { needs };
        let (summed, check) = bytes.split_at_checked(counted).ok_or(short)?;
        let check = u16::from_be_bytes(check.try_into().map_err(|_| short)?);
        let [_, opcode, source, status, data @ ..] = summed else { return Err(short) };
        Ok(Self {
            opcode: Opcode(*opcode),
            source: Source::of(*source),
            status: Status::from_bits_retain(*status),
            data,
            is_intact: checksum(summed) == check,
        })
    }

    /// What it is about.
    #[must_use]
    pub const fn opcode(&self) -> Opcode {
        self.opcode
    }

    /// Who sent it.
    #[must_use]
    pub const fn source(&self) -> Source {
        self.source
    }

    /// The status byte.
    #[must_use]
    pub const fn status(&self) -> Status {
        self.status
    }

    /// What lies between status and check.
    #[must_use]
    pub const fn data(&self) -> &'a [u8] {
        self.data
    }

    /// Whether the check is right.
    #[must_use]
    pub const fn is_intact(&self) -> bool {
        self.is_intact
    }
}

/// What is scanned may be a secret.
impl fmt::Debug for Packet<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Packet")
            .field("opcode", &self.opcode)
            .field("source", &self.source)
            .field("status", &self.status)
            .field("len", &self.data.len())
            .field("is_intact", &self.is_intact)
            .finish()
    }
}

/// The two's complement of the sum of all bytes, as 16 bits.
pub(super) fn checksum(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0_u16, |sum, byte| sum.wrapping_sub(u16::from(*byte)))
}

/// Writes a packet of the host.
pub(super) fn encode(opcode: Opcode, status: Status, data: &[u8]) -> Bytes {
    // Data are never longer than what there is room for.
    let len = u8::try_from(Packet::HEAD + data.len()).unwrap_or(0);
    let mut packet = Bytes::of(&[len, opcode.0, 0x04, status.bits()]);
    packet.extend(data);
    let check = checksum(packet.as_slice());
    packet.extend(&check.to_be_bytes());
    packet
}
