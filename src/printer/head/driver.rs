use super::burn::{Burn, Counts, Heat, Length, Pulse};
use super::fault::Fault;
use super::font::Font;
use super::heat::{Conditions, Stock};
use super::io::{HeadIo, HeadSense, IoFault, StepperIo};
use super::job::Job;
use super::page::Page;
use super::plan::{Groups, LEAST_DOTS, divide};
use super::profile::{Profile, Row};
use super::refusal::Refusal;
use super::stepper::Stepper;
use super::watch::Watch;
use crate::port::{Duration, Instant};
use crate::printer::symbol::QrSource;
use crate::printer::{Item, Status};

/// What does not depend on the mechanism.
#[derive(Clone, Copy, Debug)]
pub struct Config {
    /// The paper.
    pub stock: Stock,
    /// What the supply gives for the head, in mA, if that is less than the head
    /// takes; 16 dots (0.8 A at 8.5 V) are heated at once at least.
    pub milliamperes: u16,
    /// The resistance of the wires to the head, both ways, in mOhm.
    pub wiring: u16,
    /// Whether dots that are warm get less: evener, for up to three strobes
    /// where there was one.
    pub history: bool,
    /// What makes QR codes; without it, they are refused.
    pub qr: Option<&'static dyn QrSource>,
}

impl Config {
    /// Ordinary paper, a supply that is strong enough, short wires.
    pub const DEFAULT: Self =
        Self { stock: Stock::TF50KS, milliamperes: u16::MAX, wiring: 0, history: true, qr: None };
}

/// A bare mechanism.
#[derive(Debug)]
pub struct Head<I: HeadIo, M: StepperIo, S: HeadSense, F> {
    burn: Burn<I>,
    stepper: Stepper<M>,
    sense: S,
    font: F,
    profile: &'static Profile,
    config: Config,
    page: Page,
    watch: Watch,
    conditions: Conditions,
    /// The most dots at once that the battery has borne.
    bears: u16,
    /// Rows since it did not.
    borne: u8,
    /// Whether the load of this pulse was measured.
    loaded: bool,
    next: Option<Planned>,
    /// Steps of this row, and to take up the play of the gears.
    steps: u8,
    take_up: u8,
    /// The least time between steps of this row, in µs.
    pace: u64,
    /// Since when it is too hot, and when that was looked at.
    hot: Option<(Instant, Instant)>,
}

#[derive(Debug)]
struct Planned {
    row: Row,
    groups: Groups,
    pace: u64,
}

impl<I: HeadIo, M: StepperIo, S: HeadSense, F: Font> Head<I, M, S, F> {
    /// A driver for a mechanism. No I/O.
    pub const fn new(
        io: I,
        stepper: M,
        sense: S,
        font: F,
        profile: &'static Profile,
        config: Config,
    ) -> Self {
        let millivolts = profile.millivolts.start;
        Self {
            burn: Burn::new(io, profile, config.history),
            stepper: Stepper::new(stepper, &profile.motor),
            sense,
            font,
            profile,
            config,
            page: Page::new(),
            watch: Watch::new(),
            conditions: Conditions { temperature: 250, millivolts, sag: 0 },
            bears: profile.dots_at_once,
            borne: 0,
            loaded: false,
            next: None,
            steps: 0,
            take_up: profile.motor.backlash,
            pace: 0,
            hot: None,
        }
    }

    /// Strobes and coils off, and the parts given back. They are there: only a
    /// value that is safe when it is dropped cannot be taken apart.
    pub fn release(self) -> Option<(I, M, S, F)> {
        let Self { burn, stepper, sense, font, .. } = self;
        burn.guard.release().zip(stepper.release()).map(|(io, motor)| (io, motor, sense, font))
    }

    /// How rows were divided so far.
    #[must_use]
    pub const fn counts(&self) -> Counts {
        self.burn.counts
    }

    /// The most dots that are heated at once now: fewer than the head takes
    /// after the supply broke down under them.
    #[must_use]
    pub fn dots_at_once(&self) -> u16 {
        let milliamperes = self.config.milliamperes.min(self.profile.milliamperes);
        let feeds = self.profile.dots_for(milliamperes, self.conditions.millivolts);
        self.bears.min(feeds).max(LEAST_DOTS)
    }

    /// Checks all of an item and begins it. It is printed by
    /// [`poll`](Self::poll), and is to be polled to its end before the next.
    ///
    /// # Errors
    /// Why it cannot be printed.
    pub fn begin<'a>(&mut self, item: &Item<'a>) -> Result<Job<'a>, Refusal> {
        let tear_bar = self.profile.tear_bar;
        Job::new(item, &mut self.page, &self.font, tear_bar, self.config.qr)
    }

    /// What ends the line that was begun.
    #[must_use]
    pub const fn end_line(&self) -> Job<'static> {
        Job::line_end(true)
    }

    /// Goes on with a job: does what is due and returns. `Ok` when its last row
    /// is burnt and fed.
    ///
    /// Once begun, call it every 20 to 50 µs until it is `Ok` or failed: while
    /// it is not called, a strobe without a timer stays on. To give up, call
    /// [`stop`](Self::stop).
    ///
    /// # Errors
    /// `WouldBlock` while it prints, or waits for the head to cool down; else
    /// why it stopped. All is off then, the rest of the job and the line are
    /// gone, and how much is on the paper is not known.
    pub fn poll(&mut self, job: &mut Job<'_>, now: Instant) -> nb::Result<(), Fault> {
        match self.go_on(job, now) {
            Ok(true) => Ok(()),
            Ok(false) => Err(nb::Error::WouldBlock),
            Err(fault) => {
                *job = Job::line_end(false);
                let _ = self.stop();
                Err(nb::Error::Other(fault))
            }
        }
    }

    /// Lets the motor go when the paper has come to rest.
    ///
    /// # Errors
    /// `WouldBlock` while it moves; else a pin failed.
    pub fn poll_rest(&mut self, now: Instant) -> nb::Result<(), Fault> {
        match self.stepper.rest(now) {
            Ok(true) => Ok(()),
            Ok(false) => Err(nb::Error::WouldBlock),
            Err(fault) => Err(nb::Error::Other(fault.into())),
        }
    }

    /// Strobes and coils off at once. What was begun is gone.
    ///
    /// # Errors
    /// A pin failed; all others are off.
    pub fn stop(&mut self) -> Result<(), IoFault> {
        self.next = None;
        self.steps = 0;
        self.hot = None;
        self.watch = Watch::new();
        self.page.clear();
        let off = self.burn.stop();
        self.stepper.let_go().and(off)
    }

    /// What the sensors say now.
    ///
    /// # Errors
    /// A sensor cannot be read.
    pub fn status(&mut self) -> Result<Status, IoFault> {
        let temperature = self.profile.thermistor.temperature(self.sense.thermistor_mv()?);
        let limit = if self.hot.is_some() { self.profile.resume_at } else { self.profile.stop_at };
        let volts = self.profile.millivolts.contains(&self.sense.vhead_mv()?);
        let mut status = Status::ONLINE | Watch::look(&mut self.sense)?;
        status.set(Status::OVERHEATED, temperature.is_some_and(|now| now >= limit));
        status.set(Status::FATAL, temperature.is_none());
        status.set(Status::RECOVERABLE, !volts);
        Ok(status)
    }

    fn go_on(&mut self, job: &mut Job<'_>, now: Instant) -> Result<bool, Fault> {
        let heat = self.burn.poll(now)?;
        if self.next.is_none() && self.steps == 0 && self.burn.is_done() {
            self.plan(job, heat);
            if self.next.is_none() {
                return Ok(true);
            }
        }
        if !self.is_present(now)? {
            return Ok(false);
        }
        if self.is_hot(now)? {
            self.burn.pause(now)?;
            self.stepper.rest(now)?;
            return Ok(false);
        }
        self.feed(now)?;
        match heat {
            Heat::Due(pulse) if self.measure(now)? => self.heat(pulse, now)?,
            Heat::On(pulse, _) if !self.loaded => self.measure_load(pulse)?,
            _ => {}
        }
        // What takes long comes last; and what follows a pulse, when its load
        // was measured.
        if !matches!(heat, Heat::Due(_)) {
            self.burn.prepare(self.dots_at_once(), now)?;
            self.plan(job, heat);
        }
        Ok(false)
    }

    /// Whether there is paper under a closed platen; if not, heat stops.
    fn is_present(&mut self, now: Instant) -> Result<bool, Fault> {
        let present = self.watch.poll(&mut self.sense, now);
        if !matches!(present, Ok(true)) {
            self.burn.pause(now)?;
        }
        if present.is_err() {
            self.take_up = self.profile.motor.backlash;
        }
        present
    }

    /// Heats, unless the supply is higher than when it was divided, and so many
    /// dots draw too much.
    fn heat(&mut self, pulse: Pulse, now: Instant) -> Result<(), Fault> {
        if pulse.dots > self.dots_at_once() {
            self.burn.put_back();
            return Ok(());
        }
        self.loaded = false;
        self.burn.heat(self.micros(pulse.length, pulse.dots), now)
    }

    fn micros(&self, length: Length, dots: u16) -> u16 {
        let Self { config: Config { stock, wiring, .. }, conditions, profile, .. } = self;
        match length {
            Length::Rest(micros) => micros,
            Length::Percent(percent) => {
                let energy = stock.energy_at(conditions.temperature) / 100 * u32::from(percent);
                profile.strobe_us(energy, conditions, dots, *wiring)
            }
        }
    }

    /// Draws and divides the next row while the present one burns, unless its
    /// strobe would be late for it.
    fn plan(&mut self, job: &mut Job<'_>, heat: Heat) {
        const LONG: Duration = Duration::from_micros(300);
        let late = matches!(heat, Heat::On(_, left) if left < LONG);
        if self.next.is_some() || late && !self.burn.guard.is_timed() {
            return;
        }
        let mut row = [0; 48];
        if job.next_row(&mut self.page, &self.font, &mut row) {
            let groups = divide(&row, self.dots_at_once(), self.profile.strobes);
            // A transfer and the latch take so long, about.
            let micros = |dots| u64::from(self.micros(Length::Percent(100), dots)) + 70;
            let burns = groups.iter().map(|group| micros(group.dots)).sum::<u64>();
            let pace = burns / u64::from(self.profile.motor.steps_per_row.max(1));
            self.next = Some(Planned { row, groups, pace });
        }
    }

    /// Temperature and voltage before a pulse; whether it may be.
    fn measure(&mut self, now: Instant) -> Result<bool, Fault> {
        let mv = self.sense.thermistor_mv()?;
        let temperature = self.profile.thermistor.temperature(mv).ok_or(Fault::Thermistor(mv))?;
        if temperature >= self.profile.stop_at {
            self.hot = Some((now, now));
            return Ok(false);
        }
        let millivolts = self.vhead_mv()?;
        if millivolts >= self.profile.millivolts.end {
            return Err(Fault::Voltage(millivolts));
        }
        self.conditions = Conditions { temperature, millivolts, ..self.conditions };
        self.bear(millivolts)
    }

    /// The supply. A voltage that is out of range is measured again: it stops
    /// the paper, and a converter errs now and then.
    fn vhead_mv(&mut self) -> Result<u16, IoFault> {
        let mv = self.sense.vhead_mv()?;
        if self.profile.millivolts.contains(&mv) { Ok(mv) } else { self.sense.vhead_mv() }
    }

    /// How far the dots that are on draw the supply down. If that is further
    /// than was thought, they get what they lack afterwards.
    fn measure_load(&mut self, pulse: Pulse) -> Result<(), Fault> {
        let Pulse { dots, length, .. } = pulse;
        let millivolts = self.vhead_mv()?;
        self.loaded = true;
        if let Length::Percent(percent) = length {
            let lacks = self.profile.lacks(&self.conditions, dots, millivolts);
            self.burn.top_up(u8::try_from(u32::from(percent) * lacks / 100).unwrap_or(0));
        }
        let drop = u32::from(self.conditions.millivolts.saturating_sub(millivolts)) * 1_000;
        let sag = u16::try_from(drop / u32::from(dots.max(1))).unwrap_or(u16::MAX);
        // The few dots of a light row say little.
        if dots >= LEAST_DOTS {
            let before = self.conditions.sag;
            self.conditions.sag = if before == 0 { sag } else { before.midpoint(sag) };
        }
        self.bear(millivolts).map(|_| ())
    }

    /// Whether the supply is high enough. If not, it will have half as many
    /// dots to bear; an error if those are the fewest already.
    fn bear(&mut self, millivolts: u16) -> Result<bool, Fault> {
        if millivolts >= self.profile.millivolts.start {
            return Ok(true);
        }
        if self.bears <= LEAST_DOTS {
            return Err(Fault::Voltage(millivolts));
        }
        self.bears = (self.dots_at_once() / 2).max(LEAST_DOTS);
        self.borne = 0;
        Ok(false)
    }

    /// Whether the head is still too hot. It is looked at now and then.
    fn is_hot(&mut self, now: Instant) -> Result<bool, Fault> {
        const AGAIN: Duration = Duration::from_millis(50);
        const LONGEST: Duration = Duration::from_secs(60);
        let Some((since, looked)) = self.hot else { return Ok(false) };
        if now < looked + AGAIN {
            return Ok(true);
        }
        let mv = self.sense.thermistor_mv()?;
        let temperature = self.profile.thermistor.temperature(mv).ok_or(Fault::Thermistor(mv))?;
        let is_hot = temperature > self.profile.resume_at;
        self.hot = is_hot.then_some((since, now));
        if is_hot && now >= since + LONGEST {
            return Err(Fault::Stopped(Status::ONLINE | Status::OVERHEATED));
        }
        Ok(is_hot)
    }

    /// Makes the step that is due; the first one of a row begins it.
    fn feed(&mut self, now: Instant) -> Result<(), Fault> {
        if !self.stepper.wake(now)? {
            return Ok(());
        }
        if self.steps > 0 {
            self.steps -= u8::from(self.stepper.step(self.pace, now)?);
        } else if self.burn.is_done() {
            if self.take_up > 0 {
                self.take_up -= u8::from(self.stepper.step(0, now)?);
            } else if self.next.is_some() && self.stepper.step(0, now)? {
                self.begin_row();
            }
        }
        Ok(())
    }

    fn begin_row(&mut self) {
        let Some(Planned { row, groups, pace }) = self.next.take() else { return };
        self.burn.begin(row, groups);
        self.steps = self.profile.motor.steps_per_row.saturating_sub(1);
        self.pace = pace;
        self.borne = self.borne.saturating_add(1);
        if self.borne == 64 {
            self.bears = (self.bears + 8).min(self.profile.dots_at_once);
            self.borne = 0;
        }
    }
}
