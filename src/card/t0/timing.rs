use crate::card::etu::{Etu, longer};
use crate::port::Duration;

/// The times of T=0 on a line (ISO/IEC 7816-3:2006, 10.2; EMV Book 1, 9.2.2.1).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Timing {
    /// Work waiting time: how long the card may take between two characters,
    /// whoever sent the first; with the D x 480 etu that EMV has a terminal
    /// bear with on top.
    pub work: Duration,
    /// How long we wait before we answer (16 etu), and how long a card must be
    /// silent after a status word.
    pub turnaround: Duration,
    /// How long one character takes that we send (12 etu and more).
    pub byte: Duration,
}

impl Timing {
    /// The work waiting integer without TC2 (8.3).
    pub const DEFAULT_WI: u8 = 10;

    /// From TC2 of the ATR (0 is reserved: the default then), the clock of the
    /// card in hertz, and the factors in use, which are 372 and 1 unless others
    /// were agreed on.
    #[must_use]
    pub fn new(wi: u8, clock: u32, f: u16, d: u8) -> Self {
        let etu = Etu::new(clock, f, d);
        let wi = u32::from(if wi == 0 { Self::DEFAULT_WI } else { wi });
        let work = etu.times((960 * wi + 480) * u32::from(d.max(1)));
        Self { work, turnaround: etu.times(16), byte: etu.times(12) }
    }

    /// With the extra guard time N of TC1: characters we send are N etu longer;
    /// 255 means none.
    #[must_use]
    pub fn with_extra_guard(mut self, tc1: u8) -> Self {
        self.byte = longer(self.byte, if tc1 == 255 { 0 } else { tc1 });
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_times_at_a_clock_of_3_579_545_hertz() {
        // The etu is 103.92 us; 10 x 960 and 480 of them.
        let timing = Timing::new(10, 3_579_545, 372, 1);
        assert_eq!(timing.work.as_millis(), 1_047);
        assert_eq!(timing.turnaround, Duration::from_micros(1_663));
        assert_eq!(timing.byte, Duration::from_micros(1_248));
        assert_eq!(timing.with_extra_guard(12).byte, Duration::from_micros(2_496));
        assert_eq!(timing.with_extra_guard(255), timing);
    }

    #[test]
    fn the_work_waiting_time_does_not_depend_on_d() {
        let slow = Timing::new(0, 3_579_545, 372, 1);
        let fast = Timing::new(10, 3_579_545, 372, 4);
        assert_eq!(fast.work.as_millis(), slow.work.as_millis());
        assert_eq!(fast.turnaround, Duration::from_micros(416));
    }

    #[test]
    fn absurd_values_do_not_overflow() {
        assert!(Timing::new(255, 0, u16::MAX, 0).work > Duration::from_secs(1));
        assert!(Timing::new(255, u32::MAX, u16::MAX, 255).work > Duration::ZERO);
    }
}
