use crate::card::contactless::Technology;
use crate::port::Duration;

use super::register::{KEEPS_ON, LONG_STEPS};

/// How many cycles of the carrier later than the first bit of an answer the
/// chip notices it: four bits and half of one and a jitter of one step for type
/// A, SOF and the rest of 22 bits for type B (as ST's RFAL reckons).
const fn notices(technology: Technology) -> u32 {
    match technology {
        Technology::A => 512 + 64 + 64,
        Technology::B => 22 * 128 + 64,
    }
}

/// Mask-receive timer in steps of 64 cycles: nothing is listened to for so long
/// after a frame. Type A: 1172 cycles less 276; type B: as after a reset.
const fn deaf(technology: Technology) -> u8 {
    match technology {
        Technology::A => 14,
        Technology::B => 8,
    }
}

/// The registers from the mask-receive timer on: that, the no-response timer
/// (16 bits in steps of 64 cycles, or of 4096), timer control. A little more
/// than `wait`, at most 19.8 s.
pub(super) fn registers(technology: Technology, wait: Duration) -> [u8; 4] {
    const MOST: u32 = 12_000_000;
    let micros = u32::try_from(wait.as_micros()).unwrap_or(MOST).min(MOST);
    // 13.56 = 339 / 25.
    let cycles = (micros * 339).div_ceil(25) + notices(technology);
    let (steps, control) = match u16::try_from(cycles.div_ceil(64)) {
        Ok(steps) => (steps, KEEPS_ON),
        Err(_) => (u16::try_from(cycles.div_ceil(4096)).unwrap_or(u16::MAX), KEEPS_ON | LONG_STEPS),
    };
    let [high, low] = steps.to_be_bytes();
    [deaf(technology), high, low, control]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_timer_never_ends_early_and_at_most_a_step_late() {
        for wait in [0, 1, 65, 302, 4_833, 300_000, 309_000, 4_949_000, 11_900_000] {
            for technology in [Technology::A, Technology::B] {
                let [_, high, low, control] = registers(technology, Duration::from_micros(wait));
                let step = if control & LONG_STEPS == 0 { 64 } else { 4096 };
                let cycles = u64::from(u16::from_be_bytes([high, low])) * step;
                let wanted = (wait * 1356).div_ceil(100) + u64::from(notices(technology));
                assert!((wanted..wanted + step).contains(&cycles), "{wait}: {cycles}");
            }
        }
        let longest = registers(Technology::A, Duration::from_secs(12));
        assert_eq!(registers(Technology::A, Duration::from_secs(60)), longest);
    }
}
