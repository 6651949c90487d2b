use core::fmt;

/// The check of a block (ISO/IEC 7816-3:2006, 11.3.4).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Edc {
    /// One byte: the XOR of all others. The only one EMV allows.
    Lrc,
    /// Two bytes. The standard refers to ISO/IEC 13239 and leaves preset,
    /// complement and order open; here they are as cards in the field meet
    /// them in libccid: preset FFFF, not complemented, high byte first.
    Crc,
}

/// No table: a CRC is rare, flash is not to be had for it.
const CRC: crc::Crc<u16, crc::NoTable> = crc::Crc::<u16, crc::NoTable>::new(&crc::CRC_16_MCRF4XX);

impl Edc {
    /// How many bytes it has.
    #[must_use]
    #[allow(clippy::len_without_is_empty, reason = "it is never empty")]
    pub const fn len(self) -> usize {
        match self {
            Self::Lrc => 1,
            Self::Crc => 2,
        }
    }

    fn check(self, bytes: &[u8]) -> [u8; 2] {
        match self {
            Self::Lrc => [bytes.iter().fold(0, |sum, byte| sum ^ byte), 0],
            Self::Crc => CRC.checksum(bytes).to_be_bytes(),
        }
    }
}

/// What an R-block complains of (table 12).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Cause {
    /// Nothing: it acknowledges.
    None,
    /// Wrong check or parity.
    Check,
    /// Anything else: silence, wrong length, wrong number.
    Other,
}

/// What an S-block is about (table 13).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Control {
    /// Start again with sequence numbers 0.
    Resynch,
    /// The largest information field the sender takes.
    Ifs,
    /// Give up the chain.
    Abort,
    /// More time.
    Wtx,
}

/// The protocol control byte, taken apart (11.3.2.2).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Pcb {
    /// Information.
    I {
        /// Its number.
        ns: bool,
        /// The next block goes on with it.
        more: bool,
    },
    /// Ready for the block with this number.
    R {
        /// The number.
        nr: bool,
        /// What was wrong with what came.
        cause: Cause,
    },
    /// A request.
    Request(Control),
    /// The response to a request.
    Response(Control),
}

impl Pcb {
    /// The byte.
    #[must_use]
    pub const fn encode(self) -> u8 {
        match self {
            Self::I { ns, more } => ((ns as u8) << 6) | ((more as u8) << 5),
            Self::R { nr, cause } => 0x80 | ((nr as u8) << 4) | cause as u8,
            Self::Request(control) => 0xC0 | control as u8,
            Self::Response(control) => 0xE0 | control as u8,
        }
    }

    /// Takes the byte apart; `None` for a reserved one.
    #[must_use]
    pub const fn decode(pcb: u8) -> Option<Self> {
        let control = match pcb & 0x1F {
            0 => Control::Resynch,
            1 => Control::Ifs,
            2 => Control::Abort,
            _ => Control::Wtx,
        };
        Some(match pcb {
            0x00 | 0x20 | 0x40 | 0x60 => Self::I { ns: pcb & 0x40 != 0, more: pcb & 0x20 != 0 },
            0x80 | 0x90 => Self::R { nr: pcb & 0x10 != 0, cause: Cause::None },
            0x81 | 0x91 => Self::R { nr: pcb & 0x10 != 0, cause: Cause::Check },
            0x82 | 0x92 => Self::R { nr: pcb & 0x10 != 0, cause: Cause::Other },
            0xC0..=0xC3 => Self::Request(control),
            0xE0..=0xE3 => Self::Response(control),
            _ => return None,
        })
    }

    /// Whether an information field of this length may go with it.
    const fn allows(self, len: usize) -> bool {
        match self {
            Self::I { .. } => true,
            Self::Request(Control::Ifs | Control::Wtx)
            | Self::Response(Control::Ifs | Control::Wtx) => len == 1,
            Self::R { .. } | Self::Request(_) | Self::Response(_) => len == 0,
        }
    }
}

/// A block: NAD, PCB, LEN, information field, check (11.3).
///
/// `Debug` shows the length of the information, not the information.
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct Block<'a> {
    /// Node address: 00 unless something else was agreed.
    pub nad: u8,
    /// What kind of block.
    pub pcb: Pcb,
    /// The information field, at most 254 bytes.
    pub inf: &'a [u8],
}

impl<'a> Block<'a> {
    /// The longest block: prologue, 254 bytes, a CRC.
    pub const MAX: usize = 3 + 254 + 2;

    /// The length of the whole block, once its first three bytes are there.
    /// `None` while they are not, and for the reserved LEN of FF.
    #[must_use]
    pub fn total(start: &[u8], edc: Edc) -> Option<usize> {
        match start {
            [_, _, 0xFF, ..] => None,
            [_, _, len, ..] => Some(3 + usize::from(*len) + edc.len()),
            _ => None,
        }
    }

    /// Writes the block to the front of `out`; returns its length. `None` when
    /// the information is too long, for a block or for `out`.
    #[must_use]
    pub fn encode(&self, edc: Edc, out: &mut [u8]) -> Option<usize> {
        let len = u8::try_from(self.inf.len()).ok().filter(|len| *len < 0xFF)?;
        let body = 3 + self.inf.len();
        let out = out.get_mut(..body + edc.len())?;
        let (start, check) = out.split_at_mut_checked(body)?;
        let (prologue, inf) = start.split_first_chunk_mut()?;
        *prologue = [self.nad, self.pcb.encode(), len];
        inf.copy_from_slice(self.inf);
        check.copy_from_slice(edc.check(start).get(..edc.len())?);
        Some(out.len())
    }

    /// Takes a block apart.
    ///
    /// # Errors
    /// What is wrong with it. The check comes before the meaning.
    pub fn decode(block: &'a [u8], edc: Edc) -> Result<Self, BlockError> {
        if Self::total(block, edc) != Some(block.len()) {
            return Err(BlockError::Length);
        }
        let body = block.len() - edc.len();
        let (start, check) = block.split_at_checked(body).ok_or(BlockError::Length)?;
        // Byte by byte: two are not worth a call of `memcmp`.
        if !edc.check(start).iter().zip(check).all(|(wanted, came)| wanted == came) {
            return Err(BlockError::Check);
        }
        let ([nad, pcb, _], inf) = start.split_first_chunk().ok_or(BlockError::Length)?;
        let pcb = Pcb::decode(*pcb).ok_or(BlockError::Pcb(*pcb))?;
        if !pcb.allows(inf.len()) {
            return Err(BlockError::Length);
        }
        Ok(Self { nad: *nad, pcb, inf })
    }
}

impl fmt::Debug for Block<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Block({:02X} {:?}, {} bytes)", self.nad, self.pcb, self.inf.len())
    }
}

/// Why bytes are not a block.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum BlockError {
    /// The length does not fit LEN, or LEN does not fit the kind of block.
    Length,
    /// The check does not fit.
    Check,
    /// The PCB is reserved.
    Pcb(u8),
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Recorded between libccid and a card with CRC (OsEID, doc/T1_CRC.txt).
    const WITH_CRC: [&[u8]; 5] = [
        &[0x00, 0xC1, 0x01, 0xFE, 0x54, 0x4E],
        &[0x00, 0xE1, 0x01, 0xFE, 0x57, 0x75],
        &[0x00, 0x90, 0x00, 0x20, 0x6E],
        &[0x00, 0x80, 0x00, 0xB5, 0xFF],
        &[0x00, 0x00, 0x05, 0x00, 0xA4, 0x00, 0x00, 0x00, 0xB8, 0xDA],
    ];

    /// From the scenarios of Annex A as Open-ISO7816-Stack writes them.
    const WITH_LRC: [&[u8]; 5] = [
        &[0x00, 0x00, 0x02, 0x90, 0x00, 0x92],
        &[0x00, 0x40, 0x02, 0x90, 0x00, 0xD2],
        &[0x00, 0xC3, 0x01, 0x02, 0xC0],
        &[0x00, 0xC1, 0x01, 0x0A, 0xCA],
        &[0x00, 0x20, 0x05, 0x75, 0x74, 0x77, 0x74, 0x75, 0x52],
    ];

    fn vectors() -> impl Iterator<Item = (Edc, &'static [u8])> {
        let crc = WITH_CRC.into_iter().map(|block| (Edc::Crc, block));
        crc.chain(WITH_LRC.into_iter().map(|block| (Edc::Lrc, block)))
    }

    #[test]
    fn vectors_decode_and_encode_to_themselves() {
        for (edc, bytes) in vectors() {
            let block = Block::decode(bytes, edc).unwrap();
            let mut out = [0; Block::MAX];
            let n = block.encode(edc, &mut out).unwrap();
            assert_eq!(&out[..n], bytes);
            assert_eq!(block.encode(edc, &mut out[..n - 1]), None);
        }
    }

    #[test]
    fn every_flipped_bit_and_every_truncation_is_refused() {
        for (edc, bytes) in vectors() {
            for bit in 0..bytes.len() * 8 {
                let mut wrong = bytes.to_vec();
                wrong[bit / 8] ^= 1 << (bit % 8);
                assert!(Block::decode(&wrong, edc).is_err(), "{wrong:02X?}");
            }
            for len in 0..bytes.len() {
                assert_eq!(Block::decode(&bytes[..len], edc), Err(BlockError::Length));
            }
        }
    }

    #[test]
    fn a_pcb_is_reserved_or_encodes_to_itself() {
        let known = (0..=0xFF).filter_map(Pcb::decode).count();
        assert_eq!(known, 4 + 6 + 8);
        for byte in 0..=0xFF {
            assert!(Pcb::decode(byte).is_none_or(|pcb| pcb.encode() == byte));
        }
    }

    #[test]
    fn an_information_field_of_255_bytes_is_refused() {
        let block = Block { nad: 0, pcb: Pcb::I { ns: false, more: false }, inf: &[0; 255] };
        assert_eq!(block.encode(Edc::Lrc, &mut [0; 300]), None);
        assert_eq!(Block::total(&[0, 0, 0xFF], Edc::Lrc), None);
    }

    #[test]
    fn debug_shows_no_information() {
        let block = Block { nad: 0, pcb: Pcb::I { ns: true, more: false }, inf: b"secret" };
        let text = std::format!("{block:?}");
        assert!(text.contains("6 bytes") && !text.contains("115"), "{text}");
    }
}
