//! Where the code is in `DECODE_DATA`.

/// How a decoder lays out what it read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Layout {
    /// The guide's: type, code.
    Classic,
    /// Newer decoders': type, a byte of flags, the length of the code in two
    /// bytes, code.
    Extended,
}

/// A code within a packet.
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct Decoded<'a> {
    /// The SSI code type.
    pub kind: u8,
    /// The code. It may be a secret.
    pub payload: &'a [u8],
}

impl core::fmt::Debug for Decoded<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Decoded")
            .field("kind", &self.kind)
            .field("len", &self.payload.len())
            .finish()
    }
}

impl Layout {
    /// Reads the data of a `DECODE_DATA` packet in this layout; `None` if it
    /// cannot be that: for [`Extended`](Self::Extended), if the length is not
    /// that of the code.
    ///
    /// A classic code fits the extended layout too if its second and third
    /// byte are its own length less three. The length of what one packet holds
    /// is below 256, so the second must be 00: no printed text is that, a
    /// binary code may be.
    ///
    /// ```
    /// use embedded_pos::scan::engine::ssi::Layout;
    ///
    /// let data = b"\x01\x00\x00\x02NR";
    /// assert_eq!(Layout::Extended.read(data).map(|code| code.payload), Some(&b"NR"[..]));
    /// assert_eq!(Layout::Classic.read(data).map(|code| code.payload), Some(&data[1..]));
    /// ```
    #[must_use]
    pub fn read(self, data: &[u8]) -> Option<Decoded<'_>> {
        match (self, data) {
            (Self::Classic, [kind, payload @ ..]) => Some(Decoded { kind: *kind, payload }),
            (Self::Extended, [kind, _, high, low, payload @ ..]) => {
                let len = usize::from(u16::from_be_bytes([*high, *low]));
                (len == payload.len()).then_some(Decoded { kind: *kind, payload })
            }
            _ => None,
        }
    }
}

/// What the first of several `MULTIPACKET_SEGMENT` of a code says, and where
/// the code begins: opcode, source and status of the message, its length
/// behind the type, the type, flags, the length of the code.
pub(super) struct First<'a> {
    pub(super) kind: u8,
    /// How long the code is in all.
    pub(super) len: usize,
    pub(super) payload: &'a [u8],
}

impl<'a> First<'a> {
    /// Of what stands behind the index of the segment. Only codes are sent in
    /// segments as far as is known; anything else is `None`.
    pub(super) fn read(message: &'a [u8]) -> Option<Self> {
        let [0xF3, _, _, total_high, total_low, kind, _, high, low, payload @ ..] = message else {
            return None;
        };
        let total = u16::from_be_bytes([*total_high, *total_low]);
        let len = u16::from_be_bytes([*high, *low]);
        (total == len.wrapping_add(3)).then_some(Self { kind: *kind, len: len.into(), payload })
    }
}
