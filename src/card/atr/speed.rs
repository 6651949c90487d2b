/// Fd = 372, Dd = 1 (8.1).
pub(in crate::card) const DEFAULT_TA1: u8 = 0x11;

/// Table 7.
pub(in crate::card) fn fi(ta1: u8) -> Option<u16> {
    match ta1 >> 4 {
        0 | 1 => Some(372),
        2 => Some(558),
        3 => Some(744),
        4 => Some(1116),
        5 => Some(1488),
        6 => Some(1860),
        9 => Some(512),
        10 => Some(768),
        11 => Some(1024),
        12 => Some(1536),
        13 => Some(2048),
        _ => None,
    }
}

/// Table 8.
pub(in crate::card) fn di(ta1: u8) -> Option<u8> {
    match ta1 & 0x0F {
        1 => Some(1),
        2 => Some(2),
        3 => Some(4),
        4 => Some(8),
        5 => Some(16),
        6 => Some(32),
        7 => Some(64),
        8 => Some(12),
        9 => Some(20),
        _ => None,
    }
}

/// The highest clock in hertz that the card bears (table 7).
pub(in crate::card) fn fmax(ta1: u8) -> u32 {
    match ta1 >> 4 {
        0 => 4_000_000,
        1 | 9 => 5_000_000,
        2 => 6_000_000,
        3 => 8_000_000,
        4 => 12_000_000,
        5 => 16_000_000,
        6 | 13 => 20_000_000,
        10 => 7_500_000,
        11 => 10_000_000,
        12 => 15_000_000,
        _ => 0,
    }
}
