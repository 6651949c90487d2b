/// An NTC thermistor from the converter's input to ground, and a resistor from
/// there to a reference.
#[derive(Clone, Copy, Debug)]
pub struct Thermistor {
    /// Ohm from -20 C to 100 C, each 5 degrees.
    pub ohms: &'static [u32; 25],
    /// The resistor, in Ohm.
    pub pull_up: u32,
    /// The reference, in mV.
    pub reference_mv: u16,
}

impl Thermistor {
    /// 30 kOhm at 25 C, B = 3 950 K, with 30 kOhm to 3.3 V.
    pub const SEIKO_30K: Self = Self { ohms: &B_3950, pull_up: 30_000, reference_mv: 3_300 };

    /// The temperature for a voltage, in tenths of a degree Celsius, by a
    /// straight line between two entries; `None` outside of the table: broken,
    /// short, not there, or hotter than a head ever is.
    #[must_use]
    pub fn temperature(&self, mv: u16) -> Option<i16> {
        let above = self.reference_mv.checked_sub(mv).filter(|above| *above > 0)?;
        let ohms = self.pull_up.checked_mul(mv.into())? / u32::from(above);
        let hotter = self.ohms.iter().position(|entry| *entry <= ohms)?;
        let colder = *self.ohms.get(hotter.checked_sub(1)?)?;
        let span = colder.saturating_sub(*self.ohms.get(hotter)?).max(1);
        let tenths = (ohms.saturating_sub(*self.ohms.get(hotter)?)) * 50 / span;
        let at = i16::try_from(hotter).ok()? * 50 - 200;
        Some(at - i16::try_from(tenths).ok()?)
    }
}

#[rustfmt::skip]
const B_3950: [u32; 25] = [
    316154, 233694, 174737, 132078, 100862, 77774, 60524, 47511, 37606, 30000, 24111, 19517, 15904, 13044, 10765, 8935, 7458, 6259, 5280, 4475, 3811, 3260, 2801, 2416, 2093,
];

#[cfg(test)]
mod tests {
    use super::*;

    /// R = R25 exp(B (1/T - 1/T25)).
    #[test]
    fn the_table_is_the_formula() {
        for (n, entry) in B_3950.into_iter().enumerate() {
            let kelvin = n as f64 * 5.0 - 20.0 + 273.15;
            let ohms = 30_000.0 * (3_950.0 * (1.0 / kelvin - 1.0 / 298.15)).exp();
            assert!((f64::from(entry) / ohms - 1.0).abs() < 0.001, "{n}: {ohms}");
        }
    }

    #[test]
    fn every_voltage_is_a_temperature_or_none() {
        let thermistor = Thermistor::SEIKO_30K;
        for mv in 0..=4_000_u16 {
            let ohms = 30_000.0 * f64::from(mv) / (3_300.0 - f64::from(mv));
            let celsius = 1.0 / ((ohms / 30_000.0).ln() / 3_950.0 + 1.0 / 298.15) - 273.15;
            match thermistor.temperature(mv) {
                Some(tenths) => assert!((f64::from(tenths) / 10.0 - celsius).abs() < 0.8, "{mv}"),
                None => assert!(!(-19.5..=99.5).contains(&celsius), "{mv}: {celsius}"),
            }
        }
        assert_eq!(thermistor.temperature(1_650), Some(250));
    }
}
