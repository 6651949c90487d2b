use bitflags::bitflags;

bitflags! {
    /// The character sets that bytes can be of. A scan engine says none, or a
    /// wrong one: so every one that is plausible is here, and often there are
    /// two.
    ///
    /// ```
    /// use embedded_pos::scan::code::Encodings;
    ///
    /// let both = Encodings::UTF_8 | Encodings::GBK;
    /// assert_eq!(Encodings::of("津A12345".as_bytes()), both);
    /// assert_eq!(Encodings::of(b"\xBD\xF2A12345"), Encodings::GBK);
    /// assert_eq!(Encodings::of(b"\x6D\x25\0A\x001\x002"), Encodings::UTF_16_BE);
    /// assert_eq!(Encodings::of(b"\x01\xFF\x00"), Encodings::BINARY);
    /// ```
    #[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
    #[cfg_attr(feature = "defmt", derive(defmt::Format))]
    pub struct Encodings: u8 {
        /// ASCII, with the separators of ISO/IEC 15434: it reads the same in
        /// UTF-8 and in GBK, which are then not said.
        const ASCII = 1;
        /// UTF-8, with at least one character that is not ASCII.
        const UTF_8 = 2;
        /// GBK by its form, with at least one pair.
        const GBK = 4;
        /// UTF-16, high byte first.
        const UTF_16_BE = 8;
        /// UTF-16, low byte first.
        const UTF_16_LE = 16;
        /// No text: none of these.
        const BINARY = 32;
    }
}

impl Encodings {
    /// What the bytes can be. One pass over them for each set.
    #[must_use]
    pub fn of(payload: &[u8]) -> Self {
        if payload.iter().all(|byte| is_text(*byte)) {
            return Self::ASCII;
        }
        let sets = [
            (Self::UTF_8, is_utf_8(payload)),
            (Self::GBK, is_gbk(payload)),
            (Self::UTF_16_BE, is_utf_16(payload, u16::from_be_bytes)),
            (Self::UTF_16_LE, is_utf_16(payload, u16::from_le_bytes)),
        ];
        let found = sets.into_iter().filter(|(_, fits)| *fits).map(|(set, _)| set);
        match found.collect::<Self>() {
            none if none.is_empty() => Self::BINARY,
            found => found,
        }
    }

    /// The names, as tools print them.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        self.iter().map(|set| match set {
            Self::ASCII => "ascii",
            Self::UTF_8 => "utf-8",
            Self::GBK => "gbk",
            Self::UTF_16_BE => "utf-16be",
            Self::UTF_16_LE => "utf-16le",
            _ => "binary",
        })
    }
}

/// Printable ASCII, tabulators and ends of lines, and what separates fields: EOT,
/// FS, GS, RS and US.
const fn is_text(byte: u8) -> bool {
    matches!(byte, b' '..=b'~' | b'\t' | b'\n' | b'\r' | 0x04 | 0x1C..=0x1F)
}

fn is_utf_8(payload: &[u8]) -> bool {
    payload.iter().all(|byte| !byte.is_ascii() || is_text(*byte))
        && core::str::from_utf8(payload).is_ok()
}

/// GBK: a first byte of 81 to FE, a second of 40 to FE but 7F.
fn is_gbk(payload: &[u8]) -> bool {
    let mut rest = payload;
    loop {
        rest = match rest {
            [] => return true,
            [0x81..=0xFE, 0x40..=0x7E | 0x80..=0xFE, rest @ ..] => rest,
            [byte, rest @ ..] if is_text(*byte) => rest,
            _ => return false,
        };
    }
}

/// UTF-16 of what stands on papers: a mark at the begin, or nothing but ASCII,
/// Latin, Chinese characters and their punctuation.
fn is_utf_16(payload: &[u8], unit: fn([u8; 2]) -> u16) -> bool {
    let (pairs, []) = payload.as_chunks::<2>() else { return false };
    let mut units = pairs.iter().map(|pair| unit(*pair)).peekable();
    let marked = units.next_if_eq(&0xFEFF).is_some();
    let known = |unit: u16| match unit {
        0..0x80 => u8::try_from(unit).is_ok_and(is_text),
        0xA0..=0x24F | 0x2010..=0x203A | 0x3000..=0x30FF | 0x4E00..=0x9FFF => true,
        0xFF01..=0xFF5E => true,
        _ => false,
    };
    match marked {
        true => char::decode_utf16(units).all(|unit| unit.is_ok()),
        false => units.all(known),
    }
}
