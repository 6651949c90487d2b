use crate::card::T1Parameters;
use crate::card::etu::{Etu, longer};
use crate::port::Duration;

/// The times of T=1 on a line (ISO/IEC 7816-3:2006, 11.4.3).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Timing {
    /// Block waiting time: how long the card may take to begin its block, with
    /// the D x 960 etu that EMV has a terminal bear with on top (Book 1, 9.2.4.2).
    pub block: Duration,
    /// Character waiting time: how long it may take between two characters,
    /// with the 4 etu that EMV has a terminal bear with on top.
    pub character: Duration,
    /// Block guard time: how long we wait before we answer (22 etu).
    pub guard: Duration,
    /// How long one character takes that we send (12 etu and more).
    pub byte: Duration,
}

impl Timing {
    /// From what the ATR says about T=1, the clock of the card in hertz, and
    /// the factors in use, which are 372 and 1 unless others were agreed on.
    #[must_use]
    pub fn new(t1: &T1Parameters, clock: u32, f: u16, d: u8) -> Self {
        let etu = Etu::new(clock, f, d);
        // The block waiting time is that of the etu after a reset, whatever F
        // and D are. BWI above 9 is reserved; CWI has four bits.
        let (first, bwi, cwi) = (Etu::new(clock, 372, 1), t1.bwi.min(9), t1.cwi.min(15));
        Self {
            block: etu.times(11) + first.times(960 * ((1 << bwi) + 1)),
            character: etu.times(15 + (1 << cwi)),
            guard: etu.times(22),
            byte: etu.times(12),
        }
    }

    /// With the extra guard time N of TC1: characters we send are N etu longer;
    /// 255 means none, or one shorter.
    #[must_use]
    pub fn with_extra_guard(mut self, tc1: u8) -> Self {
        self.byte = longer(self.byte, if tc1 == 255 { 0 } else { tc1 });
        self
    }

    /// Longer than any block takes that keeps to these times.
    #[must_use]
    pub fn longest_block(&self) -> Duration {
        self.character.times(260)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_times_at_a_clock_of_3_579_545_hertz() {
        // The etu is 103.92 us.
        let timing = Timing::new(&T1Parameters::default(), 3_579_545, 372, 1);
        assert_eq!(timing.block.as_millis(), 1_697);
        assert_eq!(timing.character.as_millis(), 852);
        assert_eq!(timing.guard, Duration::from_micros(2_287));
        assert_eq!(timing.byte, Duration::from_micros(1_248));
        assert_eq!(timing.with_extra_guard(12).byte, Duration::from_micros(2_496));
        assert_eq!(timing.with_extra_guard(255), timing);
    }

    #[test]
    fn absurd_values_do_not_overflow() {
        let t1 = T1Parameters { bwi: 255, cwi: 255, ..T1Parameters::default() };
        let timing = Timing::new(&t1, 0, u16::MAX, 0);
        assert!(timing.block > Duration::from_secs(1));
    }
}
