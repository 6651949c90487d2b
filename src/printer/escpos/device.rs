//! What hangs on a printer, and how it is tuned: drawer, beeper, heat, speed,
//! sleep. Each command with its ranges; what a profile does not have is
//! refused.

use super::profile::{Beeper, Extras, Profile};
use super::refusal::Refusal;
use super::symbol::is_real_time;
use crate::port::Duration;
use crate::printer::{Beep, Drawer};

const ESC: u8 = 0x1B;
const GS: u8 = 0x1D;
const DC2: u8 = 0x12;

/// A command of this class, whole.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Bytes {
    bytes: [u8; Self::MOST],
    length: usize,
}

impl Bytes {
    const MOST: usize = 9;

    pub(super) fn new<const N: usize>(bytes: [u8; N]) -> Self {
        let mut all = [0; Self::MOST];
        all.iter_mut().zip(bytes).for_each(|(slot, byte)| *slot = byte);
        Self { bytes: all, length: N.min(Self::MOST) }
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or(&self.bytes)
    }
}

/// A length in steps; `None` if it is longer than the most of them.
fn steps(length: Duration, step: Duration, most: u8) -> Option<u8> {
    let steps = length.as_micros().div_ceil(step.as_micros().max(1));
    u8::try_from(steps).ok().filter(|steps| *steps <= most)
}

/// `ESC p m t1 t2`: 5 bytes, whatever else one reads; times in 2 ms.
pub(super) fn drawer(drawer: Drawer, profile: &Profile) -> Result<Bytes, Refusal> {
    const STEP: Duration = Duration::from_millis(2);
    if !profile.extras.contains(Extras::DRAWER) {
        return Err(Refusal::NoDrawer);
    }
    let time = |length| steps(length, STEP, u8::MAX).ok_or(Refusal::DrawerPulse);
    let (on, off) = (time(drawer.on)?, time(drawer.off)?);
    if on == 0 {
        return Err(Refusal::DrawerPulse);
    }
    // Epson: off is not to be shorter than on. 10h 14h would begin a real-time
    // command.
    let off = if (on, off) == (0x10, 0x14) { 0x15 } else { off.max(on) };
    Ok(Bytes::new([ESC, b'p', u8::from(drawer.second), on, off]))
}

/// `ESC ( A` function 48, `ESC B`, or BEL.
pub(super) fn beep(beep: Beep, profile: &Profile) -> Result<Bytes, Refusal> {
    let Beep { times, length } = beep;
    match profile.beeper {
        Beeper::None => Err(Refusal::NoBeeper),
        Beeper::Epson => {
            // The cycle, in 100 ms, 10 at least; pattern 1.
            const STEP: Duration = Duration::from_millis(100);
            let cycle = steps(length, STEP, u8::MAX).ok_or(Refusal::Beep)?.max(10);
            match times {
                1..=63 => Ok(Bytes::new([ESC, b'(', b'A', 4, 0, 48, 49, times, cycle])),
                _ => Err(Refusal::Beep),
            }
        }
        Beeper::EscB => {
            const STEP: Duration = Duration::from_millis(50);
            let each = steps(length, STEP, 9).ok_or(Refusal::Beep)?.max(1);
            match times {
                1..=9 => Ok(Bytes::new([ESC, b'B', times, each])),
                _ => Err(Refusal::Beep),
            }
        }
        Beeper::Bel if times == 1 => Ok(Bytes::new([0x07])),
        Beeper::Bel => Err(Refusal::Beep),
    }
}

/// A setting of the mechanism. It holds until the printer is switched off.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Setting {
    /// `ESC 7`, CSN-A2 class: how the head is driven. Newer firmware ignores
    /// it.
    Heat {
        /// Dots heated at once: a multiple of 8, from 8 to 2 048. More is
        /// faster, and takes more current.
        dots: u16,
        /// How long, in steps of 10 us, from 30 us on to 2.55 ms. Longer is
        /// darker, and slower.
        time: Duration,
        /// The pause after it, in steps of 10 us, to 2.55 ms. Longer is
        /// clearer, and slower.
        interval: Duration,
    },
    /// `DC2 #`, CSN-A2 class: how dark.
    Density {
        /// 50 to 205 %, in steps of 5.
        percent: u8,
        /// A pause after each row, in steps of 250 us, to 1.75 ms.
        pause: Duration,
    },
    /// `GS ( K` function 49, Epson: how dark, from -6 to 6 about the normal 0.
    /// What a model does not have, it takes for the nearest.
    Darkness(i8),
    /// `GS ( K` function 50, Epson: how fast, from 1 (slowest) to 13; 0 is as
    /// the printer is set.
    Speed(u8),
    /// `GS |`, on some clones: how dark, from 0 to 8; 4 is normal.
    Level(u8),
    /// `ESC 8`, CSN-A2 class: to sleep when it had nothing to do for so long:
    /// whole seconds, to 65 535; zero for never.
    /// [`wake`](super::EscPos::wake) it before it prints again.
    Sleep(Duration),
}

impl Setting {
    /// What tells the printer; or why it cannot be told.
    pub(super) fn bytes(self, profile: &Profile) -> Result<Bytes, Refusal> {
        let has = match self {
            Self::Heat { .. } | Self::Density { .. } | Self::Sleep(_) => Extras::CSN_A2,
            Self::Darkness(_) | Self::Speed(_) => Extras::EPSON_TUNING,
            Self::Level(_) => Extras::LEVEL,
        };
        if !profile.extras.contains(has) {
            return Err(Refusal::NoSetting);
        }
        let safe = |bytes: &Bytes| !is_real_time(bytes.as_bytes().iter().copied());
        self.encoded().filter(safe).ok_or(Refusal::Setting)
    }

    /// `None` when it is out of range.
    fn encoded(self) -> Option<Bytes> {
        const HEAT: Duration = Duration::from_micros(10);
        const PAUSE: Duration = Duration::from_micros(250);
        Some(match self {
            Self::Heat { dots, time, interval } => {
                let groups = u8::try_from((dots / 8).checked_sub(1)?).ok()?;
                let time = steps(time, HEAT, u8::MAX).filter(|time| *time >= 3)?;
                let whole = dots % 8 == 0;
                whole.then_some(Bytes::new([
                    ESC,
                    b'7',
                    groups,
                    time,
                    steps(interval, HEAT, u8::MAX)?,
                ]))?
            }
            // The density in bits 0 to 4, the pause in 5 to 7.
            Self::Density { percent, pause } => {
                let density = percent.checked_sub(50)? / 5;
                let pause = steps(pause, PAUSE, 7)?;
                (percent <= 205 && percent % 5 == 0).then_some(Bytes::new([
                    DC2,
                    b'#',
                    pause << 5 | density,
                ]))?
            }
            Self::Darkness(n @ -6..=6) => {
                let [n] = n.to_le_bytes();
                Bytes::new([GS, b'(', b'K', 2, 0, 49, n])
            }
            Self::Speed(n @ 0..=13) => Bytes::new([GS, b'(', b'K', 2, 0, 50, n]),
            Self::Level(n @ 0..=8) => Bytes::new([GS, b'|', n]),
            Self::Sleep(after) => {
                let seconds = u16::try_from(after.as_micros().div_ceil(1_000_000)).ok()?;
                let [low, high] = seconds.to_le_bytes();
                Bytes::new([ESC, b'8', low, high])
            }
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static CSN: Profile = Profile::CSN_A2;
    static EPSON: Profile = Profile::EPSON_80MM;

    fn micros(n: u64) -> Duration {
        Duration::from_micros(n)
    }

    /// The arguments of Adafruit's defaults: 11, 120, 40; and 10 and 2 for the
    /// density.
    #[test]
    fn csn_a2() {
        let heat = Setting::Heat { dots: 96, time: micros(1_200), interval: micros(400) };
        assert_eq!(heat.bytes(&CSN).unwrap().as_bytes(), b"\x1B7\x0B\x78\x28");
        let density = Setting::Density { percent: 100, pause: micros(500) };
        assert_eq!(density.bytes(&CSN).unwrap().as_bytes(), [0x12, b'#', 0x4A]);
        let sleep = Setting::Sleep(Duration::from_secs(300));
        assert_eq!(sleep.bytes(&CSN).unwrap().as_bytes(), b"\x1B8\x2C\x01");
        assert_eq!(heat.bytes(&EPSON), Err(Refusal::NoSetting));
        for wrong in [
            Setting::Heat { dots: 12, time: micros(800), interval: micros(20) },
            Setting::Heat { dots: 0, time: micros(800), interval: micros(20) },
            Setting::Heat { dots: 64, time: micros(20), interval: micros(20) },
            Setting::Heat { dots: 64, time: micros(2_560), interval: micros(20) },
            Setting::Density { percent: 210, pause: micros(0) },
            Setting::Density { percent: 52, pause: micros(0) },
            Setting::Density { percent: 100, pause: micros(2_000) },
            Setting::Sleep(Duration::from_secs(65_536)),
        ] {
            assert_eq!(wrong.bytes(&CSN), Err(Refusal::Setting), "{wrong:?}");
        }
    }

    #[test]
    fn epson() {
        let bytes = |setting: Setting| setting.bytes(&EPSON).map(|bytes| bytes.as_bytes().to_vec());
        assert_eq!(bytes(Setting::Darkness(-1)).unwrap(), b"\x1D(K\x02\x00\x31\xFF");
        assert_eq!(bytes(Setting::Speed(9)).unwrap(), b"\x1D(K\x02\x00\x32\x09");
        assert_eq!(bytes(Setting::Speed(14)), Err(Refusal::Setting));
        assert_eq!(bytes(Setting::Darkness(7)), Err(Refusal::Setting));
        assert_eq!(bytes(Setting::Level(4)), Err(Refusal::NoSetting));
    }

    #[test]
    fn drawers_and_beepers() {
        let pulse = Drawer { second: true, on: micros(100_000), off: micros(500_000) };
        assert_eq!(drawer(pulse, &EPSON).unwrap().as_bytes(), b"\x1Bp\x01\x32\xFA");
        assert_eq!(drawer(pulse, &CSN), Err(Refusal::NoDrawer));
        let long = Drawer { on: micros(512_000), ..pulse };
        assert_eq!(drawer(long, &EPSON), Err(Refusal::DrawerPulse));
        let twice = Beep { times: 2, length: Duration::from_millis(200) };
        assert_eq!(beep(twice, &EPSON).unwrap().as_bytes(), b"\x1B(A\x04\x00\x30\x31\x02\x0A");
        let clone = Profile { beeper: Beeper::EscB, ..CSN };
        assert_eq!(beep(twice, &clone).unwrap().as_bytes(), b"\x1BB\x02\x04");
        assert_eq!(beep(Beep { times: 10, ..twice }, &clone), Err(Refusal::Beep));
        let bel = Profile { beeper: Beeper::Bel, ..CSN };
        assert_eq!(beep(Beep { times: 1, ..twice }, &bel).unwrap().as_bytes(), [0x07]);
        assert_eq!(beep(twice, &CSN), Err(Refusal::NoBeeper));
    }
}
