use heapless::Vec;

use super::fault::Fault;
use super::guard::HeatGuard;
use super::io::{HeadIo, IoFault};
use super::plan::{Group, Groups, heated, ones, split, within};
use super::profile::{History, Profile, Row};
use crate::port::{Duration, Instant};

/// How long a head without a timer waits for polls that come soon enough.
const PATIENCE: Duration = Duration::from_millis(100);
const ALWAYS_FRESH: History = History { gap_us: 0, once: 100, twice: 100 };
const WHITE: Row = [0; 48];

/// How dots were divided and heated, since the start.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Counts {
    /// Rows, white ones too.
    pub rows: u32,
    /// Groups of dots that were heated together.
    pub groups: u32,
    /// Strobes: a group takes up to three when dots of it are warm.
    pub strobes: u32,
}

/// The row that burns.
#[derive(Debug)]
pub(super) struct Burn<I: HeadIo> {
    pub(super) guard: HeatGuard<I>,
    profile: &'static Profile,
    /// It, and the two rows before it, the last one first.
    rows: [Row; 3],
    /// When the first and the last pulse of this row ended, and of the row
    /// before.
    ended: [Option<(Instant, Instant)>; 2],
    history: bool,
    groups: Groups,
    /// Which of the groups comes next.
    next: usize,
    /// What the group that is heated lacks, the last first.
    pulses: Vec<(Row, Pulse), 8>,
    shifted: Row,
    latched: Row,
    /// What is in the register for it.
    ready: Option<Pulse>,
    state: State,
    pub(super) counts: Counts,
}

#[derive(Debug)]
enum State {
    Idle,
    /// It was latched at the last poll.
    Latched(Pulse),
    /// Heat then.
    Wait(Pulse, Instant),
    Heat(Pulse),
}

/// What is heated at once.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pulse {
    strobes: u8,
    pub(super) dots: u16,
    pub(super) length: Length,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Length {
    /// So much of the energy of a fresh dot: %.
    Percent(u8),
    /// What an interruption left: µs.
    Rest(u16),
}

/// What the head does.
#[derive(Clone, Copy, Debug)]
pub(super) enum Heat {
    Nothing,
    /// It is to be heated now.
    Due(Pulse),
    /// It is heated for so long still.
    On(Pulse, Duration),
}

impl<I: HeadIo> Burn<I> {
    pub(super) const fn new(io: I, profile: &'static Profile, history: bool) -> Self {
        Self {
            guard: HeatGuard::new(io),
            profile,
            rows: [WHITE; 3],
            ended: [None; 2],
            history,
            groups: Groups::new(),
            next: 0,
            pulses: Vec::new(),
            shifted: WHITE,
            latched: WHITE,
            ready: None,
            state: State::Idle,
            counts: Counts { rows: 0, groups: 0, strobes: 0 },
        }
    }

    /// Begins a row.
    pub(super) fn begin(&mut self, row: Row, groups: Groups) {
        let [last, before, _] = self.rows;
        self.rows = [row, last, before];
        let [ended, _] = self.ended;
        self.ended = [None, ended];
        (self.groups, self.next) = (groups, 0);
        self.counts.rows += 1;
    }

    /// Whether nothing is left to heat.
    pub(super) fn is_done(&self) -> bool {
        matches!(self.state, State::Idle)
            && self.ready.is_none()
            && self.pulses.is_empty()
            && self.next >= self.groups.len()
    }

    /// Ends what has an end, and says what is next. To be called first at every
    /// poll; it is not slowed down by the bus.
    pub(super) fn poll(&mut self, now: Instant) -> Result<Heat, Fault> {
        let on = self.guard.poll(now)?;
        match (&self.state, on) {
            (State::Heat(pulse), Some(left)) => return Ok(Heat::On(*pulse, left)),
            (State::Heat(_), None) => {
                let [ended, _] = &mut self.ended;
                let first = ended.map_or(now, |(first, _)| first);
                *ended = Some((first, now));
                self.state = State::Idle;
            }
            (State::Wait(pulse, at), _) if now >= *at => return Ok(Heat::Due(*pulse)),
            (State::Latched(pulse), _) => {
                // From now, which is after the latch.
                let wait = Duration::from_micros(self.profile.lines.strobe_wait_us.into());
                self.state = State::Wait(*pulse, now + wait);
            }
            _ => {}
        }
        Ok(Heat::Nothing)
    }

    /// Shifts and latches what comes next, with at most so many dots at once.
    /// While it heats, only if a timer ends that: a transfer takes long.
    pub(super) fn prepare(&mut self, most: u16, now: Instant) -> Result<(), IoFault> {
        match self.state {
            State::Heat(_) if self.guard.is_timed() && !self.guard.shares_bus() => {
                self.shift(most, now)
            }
            State::Idle => self.shift(most, now).and_then(|()| self.take_over(now)),
            _ => Ok(()),
        }
    }

    /// Latches what is in the register.
    fn take_over(&mut self, now: Instant) -> Result<(), IoFault> {
        let Some(pulse) = self.ready.take() else { return Ok(()) };
        self.state = State::Wait(pulse, now);
        if self.latched != self.shifted {
            self.guard.latch()?;
            self.latched = self.shifted;
            self.state = State::Latched(pulse);
        }
        Ok(())
    }

    /// Heats the pulse that is due.
    pub(super) fn heat(&mut self, micros: u16, now: Instant) -> Result<(), Fault> {
        let State::Wait(pulse, since) = self.state else { return Ok(()) };
        if self.guard.heat(pulse.strobes, micros, now)? {
            self.counts.strobes += 1;
            self.state = State::Heat(pulse);
        } else if now >= since + PATIENCE {
            return Err(Fault::Slow);
        }
        Ok(())
    }

    /// What is heated now gets so much more afterwards: %.
    pub(super) fn top_up(&mut self, percent: u8) {
        if let State::Heat(pulse) = self.state
            && percent > 0
        {
            let more = Pulse { length: Length::Percent(percent), ..pulse };
            let _ = self.pulses.push((self.latched, more));
        }
    }

    /// The pulse that is due has more dots than may be on now: it is divided.
    pub(super) fn put_back(&mut self) {
        if let State::Wait(pulse, _) = self.state {
            let _ = self.pulses.push((self.latched, pulse));
            self.state = State::Idle;
        }
    }

    /// Stops heating; what is left of the pulse, or all of it, is for later.
    pub(super) fn pause(&mut self, now: Instant) -> Result<(), IoFault> {
        let left = self.guard.pause(now)?;
        match self.state {
            State::Heat(pulse) => {
                let micros = u16::try_from(left.as_micros()).unwrap_or(u16::MAX);
                self.state = State::Wait(Pulse { length: Length::Rest(micros), ..pulse }, now);
            }
            State::Wait(pulse, at) => self.state = State::Wait(pulse, at.max(now)),
            _ => {}
        }
        Ok(())
    }

    /// All off, and nothing left to heat.
    pub(super) fn stop(&mut self) -> Result<(), IoFault> {
        (self.state, self.ready) = (State::Idle, None);
        self.pulses.clear();
        self.groups.clear();
        (self.rows, self.ended) = ([WHITE; 3], [None; 2]);
        (self.shifted, self.latched) = (WHITE, WHITE);
        self.guard.clear()
    }

    /// Shifts the next pulse, if there is one.
    fn shift(&mut self, most: u16, now: Instant) -> Result<(), IoFault> {
        if self.ready.is_some() {
            return Ok(());
        }
        if self.pulses.is_empty() {
            self.open(now);
        }
        let Some((row, pulse)) = self.pop(most) else { return Ok(()) };
        if self.shifted != row || self.guard.shares_bus() {
            self.guard.shift(&row)?;
            self.shifted = row;
        }
        self.ready = Some(pulse);
        Ok(())
    }

    /// The next pulse, or a part of it if it has become too large since it was
    /// planned.
    fn pop(&mut self, most: u16) -> Option<(Row, Pulse)> {
        let (row, pulse) = self.pulses.pop()?;
        if pulse.dots <= most {
            return Some((row, pulse));
        }
        let strobes = pulse.strobes;
        let all = heated(&row, strobes, self.profile.strobes);
        let (first, rest) = split(&all, most);
        let _ = self.pulses.push((rest, Pulse { dots: pulse.dots - most, ..pulse }));
        Some((first, Pulse { dots: most, ..pulse }))
    }

    /// Takes the next group.
    fn open(&mut self, now: Instant) {
        if let Some(group) = self.groups.get(self.next).cloned() {
            self.next += 1;
            self.counts.groups += 1;
            self.set_pulses(&group, self.history(now));
        }
    }

    /// The pulses of a group: one for all of its dots, as long as the warmest
    /// of them need, and more for those that need more.
    fn set_pulses(&mut self, group: &Group, history: History) {
        let History { once, twice, .. } = history;
        let levels = [twice, once, 100];
        let [row, ..] = self.rows;
        let row = within(&row, &group.shifted);
        let all = heated(&row, group.strobes, self.profile.strobes);
        let dots = [0, 1, 2, 3].map(|level| ones(&self.level(&all, level)));
        let mut given = 0;
        for ((level, upto), dots) in (0..).zip(levels).zip(dots.windows(2)) {
            // Where no dot has enough, the next level heats these too.
            if let [dots, more] = *dots
                && dots > more
                && upto > given
            {
                let length = Length::Percent(upto - given);
                let row = self.level(&row, level);
                let pulse = Pulse { strobes: group.strobes, dots, length };
                let _ = self.pulses.push((row, pulse));
                given = upto;
            }
        }
        self.pulses.reverse();
    }

    /// Those of the dots that were not black twice (1), not black before (2).
    fn level(&self, dots: &Row, level: u8) -> Row {
        let [_, last, before] = self.rows;
        let mut cold = *dots;
        for ((dot, last), before) in cold.iter_mut().zip(last).zip(before) {
            *dot &= match level {
                0 => 0xFF,
                1 => !(last & before),
                2 => !last,
                _ => 0,
            };
        }
        cold
    }

    /// What holds for dots that were black in the row before, on the average of
    /// its first and its last.
    fn history(&self, now: Instant) -> History {
        let [_, Some((first, last))] = self.ended else { return ALWAYS_FRESH };
        let gap = now.since(first).as_micros().midpoint(now.since(last).as_micros());
        let holds = |entry: &&History| self.history && gap <= entry.gap_us.into();
        self.profile.history.iter().find(holds).copied().unwrap_or(ALWAYS_FRESH)
    }
}
