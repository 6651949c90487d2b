use super::model::Model;
use super::violation::Violation;

/// A state of the coils that is shorter is a pin after the other.
const GLITCH: u64 = 20_000;
/// The rotor has come to rest.
const REST: u64 = 30_000_000;

/// A step may be so much early: the rotor swings.
const SWING: f64 = 1.03;

/// Coils, rotor and gears.
#[derive(Debug)]
pub(super) struct Motor {
    /// The levels of A, /A, B, /B, and since when.
    coils: u8,
    changed: u64,
    /// The last state that lasted.
    stood: u8,
    /// The rotor, in eighths of a cycle, if it has ever been held.
    rotor: Option<u8>,
    energised: u64,
    stepped: Option<u64>,
    speed: f64,
    /// Steps of the paper.
    pub(super) position: i64,
    /// Steps that the gears still swallow.
    pub(super) play: u32,
}

impl Motor {
    pub(super) const fn new(play: u32) -> Self {
        Self {
            coils: 0,
            changed: 0,
            stood: 0,
            rotor: None,
            energised: 0,
            stepped: None,
            speed: 0.0,
            position: 0,
            play,
        }
    }

    pub(super) const fn is_on(&self) -> bool {
        self.coils != 0
    }

    pub(super) const fn set(&mut self, coil: u32, high: bool, now: u64) {
        let bit = 1 << coil;
        let coils = if high { self.coils | bit } else { self.coils & !bit };
        if coils != self.coils {
            (self.coils, self.changed) = (coils, now);
        }
    }

    /// What the rotor does about a state of the coils that lasts.
    pub(super) fn settle(&mut self, model: &Model, now: u64) -> Option<Violation> {
        if self.coils == self.stood || now < self.changed + GLITCH {
            return None;
        }
        let before = std::mem::replace(&mut self.stood, self.coils);
        let angle = angle(self.coils)?;
        if before == 0 {
            (self.energised, self.stepped) = (self.changed, None);
        }
        let rotor = self.rotor.replace(angle)?;
        match (angle + 8 - rotor) % 8 {
            0 => None,
            eighths if eighths == model.eighths => self.step(model),
            eighths => Some(Violation::Phase(eighths)),
        }
    }

    fn step(&mut self, model: &Model) -> Option<Violation> {
        let at = self.changed;
        let last = self.stepped.replace(at).filter(|last| at - last < REST);
        let since_on = at - self.energised;
        let (speed, limit) = match last {
            None if since_on < model.settle_ns => return Some(Violation::Unsettled(since_on)),
            None => (0.0, model.pull_in),
            Some(last) => {
                let faster = self.speed * self.speed + 2.0 * model.acceleration;
                (1e9 / (at - last) as f64, faster.sqrt().max(model.pull_in).min(model.pull_out))
            }
        };
        self.speed = speed;
        if speed > limit * SWING {
            return Some(Violation::LostStep(speed));
        }
        if self.play > 0 {
            self.play -= 1;
        } else {
            self.position += 1;
        }
        None
    }
}

/// Where the coils pull the rotor, in eighths of a cycle; `None` if nowhere.
const fn angle(coils: u8) -> Option<u8> {
    Some(match coils {
        0b0001 => 0,
        0b0101 => 1,
        0b0100 => 2,
        0b0110 => 3,
        0b0010 => 4,
        0b1010 => 5,
        0b1000 => 6,
        0b1001 => 7,
        _ => return None,
    })
}
