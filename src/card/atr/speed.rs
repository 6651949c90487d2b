/// Fd = 372, Dd = 1 (8.1).
pub(in crate::card) const DEFAULT_TA1: u8 = 0x11;

/// Fi (table 7); 0 is reserved.
const FI: [u16; 16] =
    [372, 372, 558, 744, 1116, 1488, 1860, 0, 0, 512, 768, 1024, 1536, 2048, 0, 0];

/// The highest clock, in half megahertz (table 7).
const FMAX: [u8; 16] = [8, 10, 12, 16, 24, 32, 40, 0, 0, 10, 15, 20, 30, 40, 0, 0];

/// Di (table 8); 0 is reserved.
const DI: [u8; 16] = [0, 1, 2, 4, 8, 16, 32, 64, 12, 20, 0, 0, 0, 0, 0, 0];

pub(in crate::card) fn fi(ta1: u8) -> Option<u16> {
    FI.get(usize::from(ta1 >> 4)).copied().filter(|fi| *fi > 0)
}

pub(in crate::card) fn di(ta1: u8) -> Option<u8> {
    DI.get(usize::from(ta1 & 0x0F)).copied().filter(|di| *di > 0)
}

/// The highest clock in hertz that the card bears.
pub(in crate::card) fn fmax(ta1: u8) -> u32 {
    FMAX.get(usize::from(ta1 >> 4)).map_or(0, |half| u32::from(*half) * 500_000)
}
