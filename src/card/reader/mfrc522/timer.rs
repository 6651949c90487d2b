use crate::port::Duration;

/// The timer stops at the fifth bit of an answer (9.3.3.10, `TAuto`), NXP's
/// reader library reckons 4.8 bit times: five and a little.
const SHIFT: Duration = Duration::from_micros(50);

/// What the registers are to hold so that the timer ends after `wait`, or a
/// little later: the prescaler, 12 bits, and the reload value (8.5: `t =
/// (2 * prescaler + 1) * (reload + 1) / 13.56 MHz`). At most 12 s, for 32 bits;
/// the longest waiting time of a card is 4.95 s.
pub(super) fn reload(wait: Duration) -> (u16, u16) {
    const MOST: u32 = 12_000_000;
    let micros = u32::try_from((wait + SHIFT).as_micros()).unwrap_or(MOST).min(MOST);
    // 13.56 = 339 / 25.
    let cycles = (micros * 339).div_ceil(25);
    let prescaler = cycles.div_ceil(65_536).saturating_sub(1).div_ceil(2);
    let reload = cycles.div_ceil(2 * prescaler + 1).saturating_sub(1);
    let narrow = |value| u16::try_from(value).unwrap_or(u16::MAX);
    (narrow(prescaler), narrow(reload))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_timer_never_ends_early_and_at_most_a_little_late() {
        for wait in [0, 1, 65, 302, 4_833, 4_900, 10_000, 77_328, 618_000, 4_949_000, 11_900_000] {
            let (prescaler, reload) = reload(Duration::from_micros(wait));
            assert!(prescaler < 4096);
            let cycles = (2 * u64::from(prescaler) + 1) * (u64::from(reload) + 1);
            let wanted = (wait + 50) * 1356 / 100;
            assert!((wanted..=wanted + wanted / 1000 + 20).contains(&cycles), "{wait}: {cycles}");
        }
        assert_eq!(reload(Duration::from_secs(60)), reload(Duration::from_secs(12)));
    }
}
