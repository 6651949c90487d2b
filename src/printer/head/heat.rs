use super::profile::{Drop, Element, Profile};

/// A paper: how much energy turns a dot black.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Stock {
    /// At 25 C, in nJ.
    pub energy: u32,
    /// Less for each degree above, in nJ.
    pub above: u16,
    /// More for each degree below, in nJ.
    pub below: u16,
}

impl Stock {
    /// TF50KS-E2D, the ordinary paper (LTP01-245 manual, as all here).
    pub const TF50KS: Self = Self::new(285_300, 2_803, 2_803);
    /// PD150R.
    pub const PD150R: Self = Self::new(355_800, 2_432, 2_432);
    /// PD160R-N.
    pub const PD160R: Self = Self::new(323_800, 2_245, 2_245);
    /// F220VP.
    pub const F220VP: Self = Self::new(337_400, 2_683, 2_683);
    /// AF50KS-E.
    pub const AF50KS: Self = Self::new(306_100, 3_542, 2_260);
    /// KT55F20.
    pub const KT55F20: Self = Self::new(350_300, 4_436, 1_339);
    /// P300.
    pub const P300: Self = Self::new(325_400, 3_478, 3_478);

    const fn new(energy: u32, above: u16, below: u16) -> Self {
        Self { energy, above, below }
    }

    /// The energy for a dot when the head has `temperature` (tenths of a degree
    /// Celsius), in nJ: `E25 - Tc (T - 25)`.
    #[must_use]
    pub fn energy_at(&self, temperature: i16) -> u32 {
        let tenths = u32::from(temperature.abs_diff(250));
        if temperature > 250 {
            // No paper here turns black by itself at 80 C.
            self.energy.saturating_sub(u32::from(self.above) * tenths / 10).max(self.energy / 10)
        } else {
            self.energy.saturating_add(u32::from(self.below) * tenths / 10)
        }
    }
}

/// What a strobe's length depends on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Conditions {
    /// Of the head, in tenths of a degree Celsius.
    pub temperature: i16,
    /// Of the supply with nothing on, in mV.
    pub millivolts: u16,
    /// How far each dot that is on draws it down, in µV.
    pub sag: u16,
}

impl Conditions {
    /// The voltage that is left with so many dots on, in mV.
    #[must_use]
    pub fn loaded(&self, dots: u16) -> u16 {
        let sag = u32::from(self.sag) * u32::from(dots) / 1_000;
        self.millivolts.saturating_sub(u16::try_from(sag).unwrap_or(u16::MAX))
    }
}

impl Element {
    /// The voltage at the element, in mV.
    fn effective(&self, millivolts: u16, temperature: i16) -> u64 {
        let supply = u64::from(millivolts);
        let frost = if temperature < -50 { u64::from(temperature.unsigned_abs()) } else { 0 };
        let volts = match self.drop {
            Drop::None => return supply.max(1),
            Drop::Ltp1245 if supply >= 5_500 => (supply * 12 / 10).saturating_sub(1_800),
            Drop::Ltp1245 => (supply * 14 / 10).saturating_sub(2_900),
        };
        volts.saturating_sub(frost).max(1)
    }

    /// `(RH + Ri + (Rc + rc) N)^2 / RH` in mOhm: what V squared is divided by
    /// for the power of one of `dots` elements. `wiring` is rc.
    #[must_use]
    pub fn resistance(&self, dots: u16, wiring: u16) -> u32 {
        let shared = (u64::from(self.common) + u64::from(wiring)) * u64::from(dots);
        let loop_ = u64::from(self.heater) + u64::from(self.driver) + shared;
        u32::try_from(loop_ * loop_ / u64::from(self.heater.max(1))).unwrap_or(u32::MAX)
    }
}

impl Profile {
    /// How long `dots` dots have to be on for `energy` (nJ) in each: µs, by
    /// `t = E R / V^2` (LTP01-245 manual). `wiring` is the resistance of the
    /// supply's wires in mOhm.
    #[must_use]
    pub fn strobe_us(&self, energy: u32, conditions: &Conditions, dots: u16, wiring: u16) -> u16 {
        let volts = self.element.effective(conditions.loaded(dots), conditions.temperature);
        let resistance = u64::from(self.element.resistance(dots, wiring));
        let micros = u64::from(energy) * resistance / (volts * volts);
        u16::try_from(micros).unwrap_or(u16::MAX).min(self.longest_us)
    }

    /// How much of the energy is lacking that [`strobe_us`](Self::strobe_us) was
    /// for, when `dots` draw the supply down to `millivolts`: %, 0 below 5.
    pub(super) fn lacks(&self, conditions: &Conditions, dots: u16, millivolts: u16) -> u32 {
        let effective = |mv| self.element.effective(mv, conditions.temperature);
        let (has, thought) = (effective(millivolts), effective(conditions.loaded(dots)));
        let lacks = 100_u64.saturating_sub(100 * has * has / (thought * thought));
        u32::try_from(lacks).ok().filter(|lacks| *lacks >= 5).unwrap_or(0)
    }

    /// How many dots `milliamperes` suffice for, at most.
    #[must_use]
    pub fn dots_for(&self, milliamperes: u16, millivolts: u16) -> u16 {
        let each = self.element.heater_least + self.element.driver;
        let dots =
            u64::from(milliamperes) * u64::from(each) / (u64::from(millivolts.max(1)) * 1_000);
        u16::try_from(dots).unwrap_or(u16::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The worked example of the manual: 25 C, TF50KS, 7.2 V, 64 dots.
    #[test]
    fn the_worked_example() {
        let profile = &Profile::LTP02_245;
        let conditions = Conditions { temperature: 250, millivolts: 7_200, sag: 0 };
        assert_eq!(profile.element.resistance(64, 0), 237_718);
        let energy = Stock::TF50KS.energy_at(250);
        assert_eq!(profile.strobe_us(energy, &conditions, 64, 0), 1_308);
    }

    /// Against the formulas in floating point, over all there is.
    #[test]
    fn widths_are_the_formula() {
        for profile in [Profile::LTP02_245, Profile::LTP1245, Profile::FTP_628, Profile::SS205] {
            for celsius in (-10..=80).step_by(5) {
                for millivolts in profile.millivolts.clone().step_by(250) {
                    for dots in [1, 17, 45, 64] {
                        let (t, v) = (f64::from(celsius), f64::from(millivolts) / 1e3);
                        let energy = 0.2853e-3 - 0.002803e-3 * (t - 25.0);
                        let v = match profile.element.drop {
                            Drop::None => v,
                            Drop::Ltp1245 if v >= 5.5 => 1.2 * v - 1.8,
                            Drop::Ltp1245 => 1.4 * v - 2.9,
                        } + if t < -5.0 && profile.element.drop == Drop::Ltp1245 {
                            0.01 * t
                        } else {
                            0.0
                        };
                        let rh = f64::from(profile.element.heater) / 1e3;
                        let all = rh
                            + f64::from(profile.element.driver) / 1e3
                            + f64::from(profile.element.common) / 1e3 * f64::from(dots);
                        let micros = (energy * all * all / rh / (v * v) * 1e6)
                            .min(f64::from(profile.longest_us));
                        let temperature = celsius * 10;
                        let conditions = Conditions { temperature, millivolts, sag: 0 };
                        let energy = Stock::TF50KS.energy_at(temperature);
                        let width = profile.strobe_us(energy, &conditions, dots, 0);
                        assert!(
                            (f64::from(width) - micros).abs() <= 1.0 + micros / 500.0,
                            "{} {t} C {v} V {dots}: {width} and {micros}",
                            profile.name
                        );
                    }
                }
            }
        }
    }

    /// No width is cut at the bound within what the profiles allow.
    #[test]
    fn the_longest_is_long_enough() {
        for profile in [Profile::LTP02_245, Profile::LTP1245, Profile::FTP_628, Profile::SS205] {
            let conditions =
                Conditions { temperature: -100, millivolts: profile.millivolts.start, sag: 0 };
            let dots = profile.dots_at_once;
            let width = profile.strobe_us(Stock::PD150R.energy_at(-100), &conditions, dots, 0);
            assert!(width < profile.longest_us, "{}: {width}", profile.name);
        }
    }

    #[test]
    fn current_limits_dots() {
        assert_eq!(Profile::LTP1245.dots_for(2_810, 8_500), 64);
        assert_eq!(Profile::LTP02_245.dots_for(1_000, 7_200), 23);
    }
}
