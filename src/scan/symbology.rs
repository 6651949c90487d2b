//! AIM symbology identifiers (ISO/IEC 15424, annex A) for the names that
//! engines have for codes of their own.
//!
//! Engines do not say whether they saw a check digit, FNC1 or an ECI, so the
//! modifier is that of plain data.

/// Letter and modifier, without the `]`.
pub(in crate::scan) type Aim = [u8; 2];

/// Not one of the letters of the standard.
const OTHER: Aim = *b"X0";

/// By the code types of SSI (guide, `DECODE_DATA`), in their order.
const SSI: [(u8, Aim); 46] = [
    (0x01, *b"A0"), // Code 39
    (0x02, *b"F0"), // Codabar
    (0x03, *b"C0"), // Code 128
    (0x04, *b"S0"), // Discrete 2 of 5
    (0x05, *b"R0"), // IATA 2 of 5
    (0x06, *b"I0"), // Interleaved 2 of 5
    (0x07, *b"G0"), // Code 93
    (0x08, *b"E0"), // UPC-A
    (0x09, *b"E0"), // UPC-E
    (0x0A, *b"E4"), // EAN-8
    (0x0B, *b"E0"), // EAN-13
    (0x0C, *b"H0"), // Code 11
    (0x0E, *b"M0"), // MSI
    (0x0F, *b"C1"), // GS1-128
    (0x10, *b"E0"), // UPC-E1
    (0x11, *b"L0"), // PDF417
    (0x13, *b"A4"), // Code 39 with full ASCII
    (0x15, OTHER),  // Trioptic
    (0x16, *b"E0"), // Bookland
    (0x17, *b"E0"), // Coupon
    (0x18, *b"F0"), // Codabar, of NW-7
    (0x19, *b"C0"), // ISBT 128
    (0x1A, *b"L0"), // MicroPDF417
    (0x1B, *b"d1"), // Data Matrix
    (0x1C, *b"Q1"), // QR
    (0x1E, OTHER),  // Postnet
    (0x1F, OTHER),  // Planet
    (0x20, *b"A0"), // Code 32
    (0x21, *b"C4"), // ISBT 128, concatenated
    (0x22, OTHER),  // Japan Post
    (0x23, OTHER),  // Australia Post
    (0x24, OTHER),  // Dutch post
    (0x25, *b"U0"), // MaxiCode
    (0x26, OTHER),  // Canada Post
    (0x27, OTHER),  // Royal Mail
    (0x28, *b"L0"), // Macro PDF417
    (0x2D, *b"z0"), // Aztec
    (0x2E, *b"zC"), // Aztec Rune
    (0x30, *b"e0"), // GS1 DataBar
    (0x31, *b"e0"), // GS1 DataBar Limited
    (0x32, *b"e0"), // GS1 DataBar Expanded
    (0x48, *b"E3"), // UPC-A with a supplement, of 2 digits; 5 is 0x40 more
    (0x49, *b"E3"), // UPC-E
    (0x4B, *b"E3"), // EAN-13
    (0x50, *b"E3"), // UPC-E1
    (0xB4, *b"e0"), // GS1 DataBar coupon
];

/// Of a code type of SSI.
pub(in crate::scan) fn of_ssi(kind: u8) -> Option<Aim> {
    // UPC and EAN with a supplement of 5 digits are as those with 2.
    let kind = if matches!(kind, 0x88 | 0x89 | 0x8B | 0x90) { kind - 0x40 } else { kind };
    let (_, aim) = SSI.iter().find(|(ssi, _)| *ssi == kind)?;
    Some(*aim)
}

/// By the letter of Honeywell's list (code identifiers of the manuals of its
/// area imagers; those of EAN-13, EAN-8, UPC-A, Code 128, PDF417, QR, Data
/// Matrix, Aztec and Han Xin are in open drivers too).
pub(in crate::scan) const fn honeywell(letter: u8) -> Option<Aim> {
    Some(*match letter {
        b'a' => b"F0",               // Codabar
        b'b' => b"A0",               // Code 39
        b'c' | b'd' | b'E' => b"E0", // UPC-A, EAN-13, UPC-E
        b'D' => b"E4",               // EAN-8
        b'e' => b"I0",               // Interleaved 2 of 5
        b'f' => b"S0",               // Industrial 2 of 5
        b'g' => b"M0",               // MSI
        b'h' => b"H0",               // Code 11
        b'i' => b"G0",               // Code 93
        b'I' => b"C1",               // GS1-128
        b'j' => b"C0",               // Code 128
        b'm' => &OTHER,              // Matrix 2 of 5
        b'r' | b'R' => b"L0",        // PDF417, MicroPDF417
        b's' => b"Q1",               // QR
        b'w' => b"d1",               // Data Matrix
        b'x' => b"U0",               // MaxiCode
        b'y' | b'{' | b'}' => b"e0", // GS1 DataBar
        b'z' => b"z0",               // Aztec
        b'H' => b"h0",               // Han Xin
        _ => return None,
    })
}

/// By the number of Newland's list (*Symbology ID Number* of its manuals; that
/// of Code 128 is in an example of them).
pub(in crate::scan) const fn newland(number: u8) -> Option<Aim> {
    Some(*match number {
        2 => b"C0",     // Code 128
        3 => b"C1",     // GS1-128
        4 => b"E4",     // EAN-8
        5..=7 => b"E0", // EAN-13, UPC-E, UPC-A
        8 => b"I0",     // Interleaved 2 of 5
        13 => b"A0",    // Code 39
        15 => b"F0",    // Codabar
        17 => b"G0",    // Code 93
        32 => b"L0",    // PDF417
        33 => b"Q1",    // QR
        34 => b"z0",    // Aztec
        35 => b"d1",    // Data Matrix
        36 => b"U0",    // MaxiCode
        _ => return None,
    })
}
