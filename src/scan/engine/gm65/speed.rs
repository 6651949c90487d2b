use super::fault::Refusal;
use super::frame::{Block, Command};
use super::language::Grow;
use super::script::{Identity, Work};
use super::talk::{Next, Talk};
use crate::port::{Duration, Line};
use crate::scan::engine::reader::{Fault, Timing};

/// The speeds and their divisors (002A, 002B, the lowest byte first), in the
/// order in which they are tried: that of the factory, then the one that is
/// mostly set (manual 2.1).
const SPEEDS: [(u32, u16); 6] = [
    (9_600, 0x0139),
    (115_200, 0x001A),
    (57_600, 0x0034),
    (38_400, 0x004E),
    (19_200, 0x009C),
    (14_400, 0x00D0),
];

/// Where the divisor is.
const DIVISOR: u8 = 0x2A;

fn divisor(baud: u32) -> Option<[u8; 2]> {
    let (_, divisor) = SPEEDS.iter().find(|(speed, _)| *speed == baud)?;
    Some(divisor.to_le_bytes())
}

/// The speed of a divisor; one that is in no table is of a clock of 3 MHz.
fn baud(divisor: [u8; 2]) -> u32 {
    let divisor = u16::from_le_bytes(divisor);
    let known = SPEEDS.iter().find(|(_, known)| *known == divisor);
    known.map_or(3_000_000 / u32::from(divisor.max(1)), |(speed, _)| *speed)
}

/// Sets the speed of module and port; goes back if the module is not heard at
/// the new one. Whether anything was changed.
#[derive(Debug)]
pub struct SetSpeed {
    to: u32,
    from: u32,
    stage: Stage,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Stage {
    Read,
    Write,
    /// The port is to be set to it.
    Change,
    Check,
    CheckBack,
}

impl SetSpeed {
    pub(super) const fn new(to: u32) -> Self {
        Self { to, from: 0, stage: Stage::Read }
    }

    const READ: Command = Command::Read { address: DIVISOR, count: 2 };

    fn set(&mut self, stage: Stage, baud: u32) -> Next<bool> {
        self.stage = stage;
        Next::Set(Line::Baud(baud))
    }

    fn write(&mut self, wanted: [u8; 2], heard: &[u8]) -> Next<bool> {
        let Some((now, _)) = heard.split_first_chunk::<2>() else {
            return Next::Ask(Self::READ);
        };
        if *now == wanted {
            return Next::Done(Ok(false));
        }
        (self.from, self.stage) = (baud(*now), Stage::Change);
        let data = Block::from_slice(&wanted).unwrap_or_default();
        Next::Ask(Command::Write { address: DIVISOR, data })
    }
}

impl Talk for SetSpeed {
    type Output = bool;

    fn next(&mut self, _grow: &mut Grow, heard: &[u8]) -> Next<bool> {
        let Some(wanted) = divisor(self.to) else {
            return Next::Done(Err(Fault::Unsupported));
        };
        match self.stage {
            Stage::Read => {
                self.stage = Stage::Write;
                Next::Ask(Self::READ)
            }
            Stage::Write => self.write(wanted, heard),
            // The reply came at the old speed.
            Stage::Change => self.set(Stage::Check, self.to),
            Stage::Check if heard.is_empty() => Next::Ask(Self::READ),
            Stage::Check if heard == wanted => Next::Done(Ok(true)),
            Stage::Check => self.set(Stage::CheckBack, self.from),
            Stage::CheckBack if heard.is_empty() => Next::Ask(Self::READ),
            Stage::CheckBack => Next::refused(Refusal::Speed { back: self.from }),
        }
    }

    fn lost(&mut self, _grow: &mut Grow, fault: Fault<Refusal>) -> Next<bool> {
        match self.stage {
            // It may have come at the new one.
            Stage::Change => self.set(Stage::Check, self.to),
            Stage::Check => self.set(Stage::CheckBack, self.from),
            Stage::Read | Stage::Write | Stage::CheckBack => Next::Done(Err(fault)),
        }
    }
}

/// Finds the speed, and makes the module ready.
#[derive(Debug)]
pub struct Find {
    speed: usize,
    heard: bool,
    work: Work,
}

/// While the speed is searched: long enough for a reply that the longest code
/// parts at 9 600 baud.
const SEARCHING: (Duration, u8) = (Duration::from_millis(400), 2);

impl Find {
    pub(super) const fn new() -> Self {
        Self { speed: 0, heard: false, work: Work::INIT }
    }

    fn try_next(&mut self, grow: &mut Grow, fault: Fault<Refusal>) -> Next<u32> {
        let Some((baud, _)) = SPEEDS.get(self.speed) else {
            grow.searching = None;
            return Next::Done(Err(fault));
        };
        let (reply, attempts) = SEARCHING;
        grow.searching = Some(Timing { reply, attempts, ..grow.config.timing });
        self.speed += 1;
        Next::Set(Line::Baud(*baud))
    }

    fn init(&mut self, grow: &mut Grow, heard: &[u8]) -> Next<u32> {
        let baud = self.speed.checked_sub(1).and_then(|found| SPEEDS.get(found));
        match self.work.next(grow, heard) {
            Next::Ask(command) => Next::Ask(command),
            Next::Set(line) => Next::Set(line),
            Next::Done(Ok(())) => Next::Done(Ok(baud.map_or(0, |(baud, _)| *baud))),
            Next::Done(Err(fault)) => Next::Done(Err(fault)),
        }
    }
}

impl Talk for Find {
    type Output = u32;

    fn is_init(&self) -> bool {
        true
    }

    fn next(&mut self, grow: &mut Grow, heard: &[u8]) -> Next<u32> {
        if self.heard {
            return self.init(grow, heard);
        }
        match heard {
            [] if self.speed == 0 => self.try_next(grow, Fault::NoReply),
            [] => Next::Ask(Identity::READ),
            _ => {
                self.heard = true;
                self.init(grow, &[])
            }
        }
    }

    fn lost(&mut self, grow: &mut Grow, fault: Fault<Refusal>) -> Next<u32> {
        if self.heard { Next::Done(Err(fault)) } else { self.try_next(grow, fault) }
    }
}
