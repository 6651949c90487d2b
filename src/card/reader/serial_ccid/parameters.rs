use crate::card::t1::Edc;
use crate::card::{Atr, Convention, T1Parameters, t0};

/// TC2, the work waiting integer.
pub(super) fn wi(atr: &Atr) -> u8 {
    let tc2 = atr.groups().nth(1).and_then(|group| group.tc);
    tc2.unwrap_or(t0::Timing::DEFAULT_WI)
}

/// What the reader and the card have agreed on (USB CCID 1.1, 6.1.7,
/// abProtocolDataStructure).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Parameters {
    /// Of T=0.
    T0 {
        /// F and D, as in TA1 of an ATR.
        ta1: u8,
        /// The card speaks the inverse convention.
        inverse: bool,
        /// Extra guard time, as in TC1.
        guard: u8,
        /// Work waiting integer, as in TC2.
        wi: u8,
        /// When the clock may be stopped: 0 never, 1 low, 2 high, 3 either.
        clock_stop: u8,
    },
    /// Of T=1.
    T1 {
        /// F and D, as in TA1 of an ATR.
        ta1: u8,
        /// The card speaks the inverse convention.
        inverse: bool,
        /// The check of its blocks.
        edc: Edc,
        /// Extra guard time, as in TC1.
        guard: u8,
        /// Block and character waiting integers, as in TB of T=1.
        waiting: u8,
        /// When the clock may be stopped: 0 never, 1 low, 2 high, 3 either.
        clock_stop: u8,
        /// The largest information field the card takes.
        ifsc: u8,
        /// Node addresses.
        nad: u8,
    },
}

impl Parameters {
    /// From an ATR, with the F and D in use.
    #[must_use]
    pub fn new(atr: &Atr, protocol: u8, ta1: u8) -> Self {
        let inverse = atr.convention() == Convention::Inverse;
        let (guard, clock_stop) = (atr.tc1().unwrap_or(0), 0);
        if protocol == 0 {
            let wi = wi(atr);
            return Self::T0 { ta1, inverse, guard, wi, clock_stop };
        }
        let T1Parameters { ifsc, bwi, cwi, edc } = atr.t1();
        let waiting = bwi << 4 | cwi;
        Self::T1 { ta1, inverse, edc, guard, waiting, clock_stop, ifsc, nad: 0 }
    }

    /// 0 or 1.
    #[must_use]
    pub const fn protocol(&self) -> u8 {
        matches!(self, Self::T1 { .. }) as u8
    }

    /// Writes them to the front of `out`; returns how many bytes.
    pub(super) fn write(&self, out: &mut [u8]) -> usize {
        let (bytes, len) = match *self {
            Self::T0 { ta1, inverse, guard, wi, clock_stop } => {
                ([ta1, u8::from(inverse) << 1, guard, wi, clock_stop, 0, 0], 5)
            }
            Self::T1 { ta1, inverse, edc, guard, waiting, clock_stop, ifsc, nad } => {
                let checks = 0x10 | u8::from(inverse) << 1 | u8::from(edc == Edc::Crc);
                ([ta1, checks, guard, waiting, clock_stop, ifsc, nad], 7)
            }
        };
        out.iter_mut().zip(&bytes).take(len).for_each(|(room, byte)| *room = *byte);
        len
    }

    /// Of RDR_to_PC_Parameters (6.2.3); `None` for another protocol or length.
    pub(super) fn decode(protocol: u8, data: &[u8]) -> Option<Self> {
        match (protocol, data) {
            (0, &[ta1, checks, guard, wi, clock_stop]) => {
                Some(Self::T0 { ta1, inverse: checks & 2 != 0, guard, wi, clock_stop })
            }
            (1, &[ta1, checks, guard, waiting, clock_stop, ifsc, nad]) => {
                let edc = if checks & 1 == 0 { Edc::Lrc } else { Edc::Crc };
                let inverse = checks & 2 != 0;
                Some(Self::T1 { ta1, inverse, edc, guard, waiting, clock_stop, ifsc, nad })
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Between libccid and a Gemalto reader (OsEID, doc/T1_CRC.txt), but for
    /// the speed, which stays that of the reset here.
    #[test]
    fn the_parameters_of_a_recorded_session() {
        let atr = [
            0x3B, 0xD5, 0x96, 0x02, 0x80, 0x71, 0xFE, 0x65, 0x01, 0x4F, 0x73, 0x45, 0x49, 0x44,
            0x5E,
        ];
        let atr = Atr::new(&atr).unwrap();
        let want = [0x96, 0x11, 0x02, 0x65, 0x00, 0xFE, 0x00];
        let parameters = Parameters::new(&atr, 1, 0x96);
        let mut out = [0; 8];
        assert_eq!((parameters.write(&mut out), out[..7] == want), (7, true));
        assert_eq!(Parameters::decode(1, &want), Some(parameters));
        assert_eq!(Parameters::decode(0, &want), None);
    }
}
