//! What engines call symbologies, as AIM identifiers (ISO/IEC 15424) without
//! the `]`. Where an engine does not say whether it saw a check digit, FNC1 or
//! an ECI, the modifier is that of plain data.

/// By the letter of Honeywell's list (code identifiers of the manuals of its
/// area imagers; those of EAN-13, EAN-8, UPC-A, Code 128, PDF417, QR, Data
/// Matrix, Aztec and Han Xin are in open drivers too).
pub(crate) const fn honeywell(letter: u8) -> Option<[u8; 2]> {
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
        b'm' => b"X0",               // Matrix 2 of 5, which has no letter of its own
        b'r' | b'R' => b"L0",        // PDF417, MicroPDF417
        b's' => b"Q1",               // QR
        b'w' => b"d1",               // Data Matrix
        b'x' => b"U0",               // MaxiCode
        b'y' | b'{' | b'}' => b"e0", // GS1 DataBar
        b'z' => b"z0",               // Aztec
        b'H' => b"X0",               // Han Xin, which has no letter of its own
        _ => return None,
    })
}

/// By the number of Newland's list (*Symbology ID Number* of its manuals; that
/// of Code 128 is in an example of them).
pub(crate) const fn newland(number: u8) -> Option<[u8; 2]> {
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
