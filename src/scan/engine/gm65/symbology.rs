//! Which code identifier stands for which symbology (manual, appendix B).

/// The register of the first code identifier.
pub(super) const FIRST_CODE_ID: u8 = 0x91;
/// How many there are: 0091 to 00A4.
pub(super) const CODE_IDS: u8 = 20;

/// The AIM identifiers (ISO/IEC 15424, annex A) in the order of the registers
/// of the code identifiers. The module does not say whether it saw a check
/// digit, FNC1 or an ECI, so the modifier is that of plain data.
const AIM: [[u8; 2]; CODE_IDS as usize] = [
    *b"E0", // EAN-13
    *b"E4", // EAN-8
    *b"E0", // UPC-A
    *b"E0", // UPC-E, number system 0
    *b"E0", // UPC-E, number system 1
    *b"C0", // Code 128
    *b"A0", // Code 39
    *b"G0", // Code 93
    *b"F0", // Codabar
    *b"I0", // Interleaved 2 of 5
    *b"S0", // Industrial 2 of 5
    *b"X0", // Matrix 2 of 5, which has no letter of its own
    *b"H0", // Code 11
    *b"M0", // MSI
    *b"e0", // GS1 DataBar
    *b"e0", // GS1 DataBar Limited
    *b"e0", // GS1 DataBar Expanded
    *b"Q1", // QR, model 2
    *b"d1", // Data Matrix, ECC 200
    *b"L0", // PDF417
];

/// The identifiers the driver programs: `A` to `T`. Those of the factory are
/// not unique (EAN-13 and EAN-8 are both `d`, UPC-A and UPC-E both `c`, all
/// DataBars `R`).
pub(super) fn code_ids() -> impl Iterator<Item = u8> {
    (b'A'..).take(usize::from(CODE_IDS))
}

/// The AIM identifier of a code with the identifier `code_id`.
pub(super) fn aim(code_id: u8) -> Option<[u8; 2]> {
    let (_, aim) = code_ids().zip(AIM).find(|(id, _)| *id == code_id)?;
    Some(aim)
}
